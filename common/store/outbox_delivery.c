/* Deliveries: leased, closed, counted. */
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/store/outbox.h"

/* d: a delivery that may be taken now. */
#define IS_DUE "d.state IN ('waiting', 'leased')" \
               " AND CASE d.state WHEN 'waiting' THEN d.next_try_at <= now() ELSE d.lease_until < now() END"

/* m: a message. Notice by notice (OFFSET 0 keeps it so): joined as a whole, the notices and alerts of years would be read
 * for the few messages that leave now. */
#define ONE_OF_ITS_NOTICES(says)                                                                                       \
    " AND EXISTS (SELECT FROM unnest(m.notices) AS s(notice)"                                                          \
    " CROSS JOIN LATERAL (SELECT alert, step FROM notice WHERE id = s.notice OFFSET 0) AS n"                           \
    " CROSS JOIN LATERAL (SELECT cell, resolved_at, cause FROM alert WHERE id = n.alert OFFSET 0) AS a"                \
    " WHERE " says " OFFSET 0)"

/* free: configured channels that may take some, how many (their bucket's tokens, less what is under way). The row of the
 * channel is locked: a second alerter passes it by, so that both together keep one pace.
 * unsure: a figure that may complete the matter was committed and is not assessed yet: the delivery waits for that, at most
 * the minute a wake waits. Not in a rehearsal, whose clock stands still until all deliveries are out.
 * The limit hides from the planner, so that the statement is planned once and not at every claim.
 * over: nothing is sent for what was done before the message was claimed. Only a message with nothing else in it is
 * dropped: its text is kept and numbered, and one item of several must not vanish from a numbered list. Recoveries tell
 * the completion itself and are always said. */
static const char lease_sql[] =
    "WITH free AS (SELECT c.name, c.kind, least(c.abreast"
                   " - (SELECT count(*) FROM delivery l WHERE l.channel = c.kind AND l.address = c.name"
                         " AND l.state = 'leased' AND l.lease_until >= now()),"
                   " CASE c.interval_ms WHEN 0 THEN c.abreast ELSE least(c.burst, floor(c.burst"
                     " - extract(epoch FROM c.next_at - now() /* real */) * 1000 / c.interval_ms)) END)::int AS room"
                   " FROM channel c WHERE channel_free_at(c) <= now() /* real */"
                    " AND EXISTS (SELECT FROM delivery d WHERE d.channel = c.kind AND d.address = c.name AND " IS_DUE ")"
                    " FOR UPDATE OF c SKIP LOCKED),"
        " paced AS (SELECT w.id FROM free f, LATERAL (SELECT d.id FROM delivery d"
                   " WHERE d.channel = f.kind AND d.address = f.name AND " IS_DUE
                   " ORDER BY d.id LIMIT greatest(f.room, 0) FOR UPDATE OF d SKIP LOCKED) AS w),"
        " plain AS (SELECT d.id FROM delivery d WHERE " IS_DUE
                   " AND NOT EXISTS (SELECT FROM channel c WHERE c.kind = d.channel AND c.name = d.address)"
                   " ORDER BY d.id LIMIT (SELECT $1) FOR UPDATE OF d SKIP LOCKED),"
        " unsure AS (SELECT d.id FROM (SELECT id FROM paced UNION SELECT id FROM plain) AS x JOIN delivery d USING (id)"
                     " JOIN message m ON m.id = d.message"
                    " WHERE (SELECT kind = 'real' FROM installation)" ONE_OF_ITS_NOTICES(
           "a.resolved_at IS NULL AND n.step <> 'recovered' AND EXISTS (SELECT FROM wake w WHERE w.cell = a.cell)"
           " AND EXISTS (SELECT FROM cell_current u JOIN cell_assessment l USING (cell) WHERE u.cell = a.cell"
           "               AND (u.done OR u.value >= (l.assessment->>'goal')::numeric))") "),"
        " due AS (SELECT id FROM (SELECT id FROM paced UNION ALL SELECT id FROM plain) AS x"
                 " WHERE id NOT IN (SELECT id FROM unsure) ORDER BY id LIMIT (SELECT $1)),"
        " over AS (UPDATE delivery d SET state = 'dropped', lease_until = NULL, lease_epoch = d.lease_epoch + 1,"
                        " last_answer = 'done before it was sent'"
                   " FROM due, message m WHERE d.id = due.id AND m.id = d.message AND m.kind IN ('notices', 'room')"
                    " AND m.notices <> '{}' AND NOT (true" ONE_OF_ITS_NOTICES(
           "(n.step = 'recovered' OR a.resolved_at IS NULL OR a.cause <> 'done')") ")"
                  " RETURNING d.id),"
        " kept AS (INSERT INTO delivery_attempt (delivery, outcome, answer)"
                 " SELECT id, 'dropped', 'done before it was sent' FROM over),"
        " held AS (UPDATE delivery d SET state = 'leased',"
                        " lease_until = now() + $2 * interval '1 millisecond',"
                        " lease_epoch = (d.lease_epoch >> 31) + 1 << 31 | $3, attempts = d.attempts + 1"
                   " FROM due WHERE d.id = due.id AND NOT EXISTS (SELECT FROM over WHERE over.id = due.id)"
                  " RETURNING d.*),"
        " spent AS (UPDATE channel c SET next_at = greatest(c.next_at, now() /* real */)"
                                     " + t.taken * c.interval_ms * interval '1 millisecond'"
                    " FROM (SELECT channel, address, count(*) AS taken FROM held GROUP BY 1, 2) AS t"
                   " WHERE c.kind = t.channel AND c.name = t.address)"
    "SELECT h.id, h.lease_epoch, h.attempts, h.channel, h.address, m.key, m.number, m.recipient, m.first_line, m.body,"
    " m.facts::text, p.code, m.kind, h.mention, m.long_body, m.attachment_name, m.rendered_at, m.attachment,"
    " h.fallback_channel IS NOT NULL"
     " FROM held h JOIN message m ON m.id = h.message JOIN programme p ON p.id = m.programme ORDER BY h.id";

static char *heap(const struct pg_rows *rows, size_t row, size_t column) {
    struct slice text = pg_slice(rows, row, column);
    return strndup(text.ptr ? text.ptr : "", text.len);
}

static bool read_delivery(const struct pg_rows *rows, size_t row, struct delivery *d) {
    char **const texts[] = {&d->channel,   &d->address, &d->key,       &d->number, &d->recipient, &d->first_line, &d->body,
                            &d->facts,     &d->programme, &d->kind,    &d->mention, &d->long_body, &d->attachment_name};
    bool good = true;
    d->id = pg_int(rows, row, 0);
    d->lease_epoch = pg_int(rows, row, 1);
    d->attempts = (int)pg_int(rows, row, 2);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) good = (*texts[i] = heap(rows, row, 3 + i)) && good;
    d->rendered_at = pg_instant(rows, row, 16);
    struct slice attachment = pg_slice(rows, row, 17);
    if (attachment.ptr) buffer_add(&d->attachment, attachment.ptr, attachment.len);
    d->has_fallback = pg_bool(rows, row, 18);
    return good && !d->attachment.failed;
}

enum error_code outbox_lease(struct pg *pg, int holder, int limit, int lease_ms, struct deliveries *out,
                             struct error *err) {
    *out = (struct deliveries){0};
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    pg_put_bigint(&params, limit);
    pg_put_int(&params, lease_ms);
    pg_put_bigint(&params, holder);
    enum error_code code = pg_run(pg, lease_sql, &params, &rows, err);
    if (code) return code;
    size_t count = pg_count(&rows);
    out->items = calloc(count ? count : 1, sizeof *out->items);
    if (!out->items) return error_set(err, ERROR_MEMORY, "out of memory for %zu deliveries", count);
    out->count = count;
    for (size_t row = 0; row < count; row++)
        if (!read_delivery(&rows, row, &out->items[row])) return error_set(err, ERROR_MEMORY, "out of memory");
    return ERROR_OK;
}

void delivery_finish(struct delivery *d) {
    char *const texts[] = {d->channel,   d->address,   d->key,  d->number,  d->recipient, d->first_line,     d->body,
                           d->facts,     d->programme, d->kind, d->mention, d->long_body, d->attachment_name};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) free(texts[i]);
    buffer_finish(&d->attachment);
    *d = (struct delivery){0};
}
void deliveries_finish(struct deliveries *deliveries) {
    for (size_t i = 0; i < deliveries->count; i++) delivery_finish(&deliveries->items[i]);
    free(deliveries->items);
    *deliveries = (struct deliveries){0};
}

/* The attempt, what becomes of the delivery, the channel's hold and the fallback: together or not at all. */
static const char close_sql[] =
    "WITH closed AS (UPDATE delivery SET state = $3, last_answer = $4, lease_until = NULL,"
    "                       attempts = attempts - CASE WHEN $6 = 'throttled' THEN 1 ELSE 0 END,"
    "                       next_try_at = now() + $5 * interval '1 millisecond',"
    "                       delivered_at = CASE WHEN $3 = 'delivered' THEN now() END"
    "                 WHERE id = $1 AND lease_epoch = $2 AND state = 'leased' RETURNING *),"
    "     kept AS (INSERT INTO delivery_attempt (delivery, outcome, answer) SELECT id, $6, $4 FROM closed),"
    "     hold AS (UPDATE channel c SET held_until = greatest(c.held_until,"
    "                                                         now() /* real */ + $5 * interval '1 millisecond'),"
    "                     held_cause = $4"
    "                FROM closed d WHERE $6 = 'throttled' AND c.kind = d.channel AND c.name = d.address)"
    "INSERT INTO delivery (message, channel, address, fallback_of, state)"
    " SELECT message, fallback_channel, fallback_address, id, 'waiting' FROM closed"
    "  WHERE $3 = 'failed' AND fallback_channel IS NOT NULL ON CONFLICT DO NOTHING";

enum error_code outbox_close(struct pg *pg, const struct delivery *delivery, enum delivery_outcome outcome,
                             const char *answer, int wait_ms, struct error *err) {
    static const char *const states[] = {[DELIVERY_DELIVERED] = "delivered",
                                         [DELIVERY_RETRY] = "waiting",
                                         [DELIVERY_FAILED] = "failed",
                                         [DELIVERY_THROTTLED] = "waiting"};
    static const char *const outcomes[] = {[DELIVERY_DELIVERED] = "delivered",
                                           [DELIVERY_RETRY] = "retry",
                                           [DELIVERY_FAILED] = "failed",
                                           [DELIVERY_THROTTLED] = "throttled"};
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_bigint(&params, delivery->id);
    pg_put_bigint(&params, delivery->lease_epoch);
    pg_put_text(&params, states[outcome]);
    pg_put_text(&params, answer);
    pg_put_int(&params, wait_ms);
    pg_put_text(&params, outcomes[outcome]);
    return pg_run(pg, close_sql, &params, NULL, err);
}

/* A channel that is busy as far as it goes is not waited for here: the end of what it carries is an event of its own. */
static const char next_try_sql[] =
    "WITH way AS MATERIALIZED (SELECT kind, name, abreast, channel_free_at(c) AS free_at FROM channel c)"
    "SELECT ceil(extract(epoch FROM min(CASE WHEN d.state = 'leased'"
    "                                        THEN least(d.lease_until, now() /* real */ + interval '1 second')"
    "                                        WHEN c.name IS NULL THEN d.next_try_at"
    "                                        WHEN b.busy >= c.abreast THEN NULL"
    "                                        ELSE greatest(d.next_try_at, c.free_at) END)"
    "                       - now() /* real */) * 1000)::bigint"
    "  FROM delivery d LEFT JOIN way c ON c.kind = d.channel AND c.name = d.address"
    "  LEFT JOIN (SELECT channel, address, count(*) AS busy FROM delivery"
    "              WHERE state = 'leased' AND lease_until >= now() GROUP BY 1, 2) AS b"
    "         ON b.channel = d.channel AND b.address = d.address"
    " WHERE d.state IN ('waiting', 'leased')";

enum error_code outbox_next_try(struct pg *pg, int64_t *ms, struct error *err) {
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    enum error_code code = pg_run(pg, next_try_sql, NULL, &rows, err);
    if (code) return code;
    *ms = pg_is_null(&rows, 0, 0) ? -1 : pg_int(&rows, 0, 0);
    if (*ms < 0 && !pg_is_null(&rows, 0, 0)) *ms = 0;
    return ERROR_OK;
}

/* --- what could not be delivered --- */

static const char failed_sql[] =
    "SELECT d.id, m.id, m.number, m.recipient, d.channel, m.first_line, d.last_answer, m.rendered_at"
    "  FROM delivery d JOIN message m ON m.id = d.message"
    " WHERE m.programme = $1 AND d.state = 'failed' AND NOT d.told AND m.kind <> 'test'"
    "   AND NOT EXISTS (SELECT FROM delivery f WHERE f.fallback_of = d.id)"
    " ORDER BY d.id FOR UPDATE OF d SKIP LOCKED";

enum error_code outbox_failed_since(struct pg *pg, int32_t programme, struct failed_deliveries *out, struct error *err) {
    *out = (struct failed_deliveries){0};
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    pg_put_int(&params, programme);
    enum error_code code = pg_run(pg, failed_sql, &params, &rows, err);
    if (code) return code;
    size_t count = pg_count(&rows);
    out->items = calloc(count ? count : 1, sizeof *out->items);
    if (!out->items) return error_set(err, ERROR_MEMORY, "out of memory for %zu deliveries", count);
    out->count = count;
    for (size_t row = 0; row < count; row++) {
        struct failed_delivery *f = &out->items[row];
        char **const texts[] = {&f->number, &f->recipient, &f->channel, &f->first_line, &f->answer};
        f->id = pg_int(&rows, row, 0);
        f->message = pg_int(&rows, row, 1);
        f->rendered_at = pg_instant(&rows, row, 7);
        for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
            if (!(*texts[i] = heap(&rows, row, 2 + i))) return error_set(err, ERROR_MEMORY, "out of memory");
    }
    return ERROR_OK;
}

enum error_code outbox_failed_told(struct pg *pg, const struct failed_deliveries *told, struct error *err) {
    if (told->count == 0) return ERROR_OK;
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_array_begin(&params, PG_ELEMENT_BIGINT, told->count);
    for (size_t i = 0; i < told->count; i++) binary_int8(&params.bytes, told->items[i].id);
    pg_array_end(&params);
    return pg_run(pg, "UPDATE delivery SET told = true WHERE id = ANY($1)", &params, NULL, err);
}

void failed_deliveries_finish(struct failed_deliveries *failed) {
    for (size_t i = 0; i < failed->count; i++) {
        struct failed_delivery *f = &failed->items[i];
        char *const texts[] = {f->number, f->recipient, f->channel, f->first_line, f->answer};
        for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++) free(texts[k]);
    }
    free(failed->items);
    *failed = (struct failed_deliveries){0};
}
