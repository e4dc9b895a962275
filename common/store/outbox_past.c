/* What was said and answered before, and how the outbox itself fares: what a window tells beside its notices. */
#include <stdlib.h>

#include "common/base/cleanup.h"
#include "common/store/outbox.h"

/* --- of alerts --- */

static const char said_sql[] =
    "SELECT w.alert, CASE n.step WHEN 'urged' THEN 1 WHEN 'yellow_card' THEN 2 WHEN 'red_card' THEN 3 ELSE 0 END,"
    "       min(m.rendered_at)"
    "  FROM unnest($1::bigint[]) AS w(alert) JOIN notice n ON n.alert = w.alert"
    "  JOIN message m ON m.id = ANY (n.messages) WHERE n.step NOT IN ('issued', 'withdrawn', 'recovered')"
    " GROUP BY 1, 2 ORDER BY 1, 2";
static const char newest_sql[] =
    "SELECT DISTINCT ON (w.alert) w.alert, r.known_at, r.who, r.reason_code, r.words, r.by_day"
    "  FROM unnest($1::bigint[]) AS w(alert) JOIN reply_alert x ON x.alert = w.alert AND x.outcome <> 'reversed'"
    "  JOIN reply r ON r.id = x.reply ORDER BY w.alert, r.known_at DESC, r.log DESC, r.seq DESC";

const struct alert_past *alert_pasts_find(const struct alert_pasts *pasts, int64_t alert) {
    for (size_t low = 0, high = pasts->count; low < high;) {
        size_t middle = (low + high) / 2;
        if (pasts->items[middle].alert == alert) return &pasts->items[middle];
        if (pasts->items[middle].alert < alert)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static struct alert_past *add_past(struct alert_pasts *out, int64_t alert) {
    if (out->count > 0 && out->items[out->count - 1].alert == alert) return &out->items[out->count - 1];
    struct alert_past *past = &out->items[out->count++];
    *past = (struct alert_past){.alert = alert, .answered_at = INSTANT_NONE, .by_day = DAY_NONE};
    for (size_t i = 0; i < sizeof past->said / sizeof past->said[0]; i++) past->said[i] = INSTANT_NONE;
    return past;
}

/* Two lists by alert become one. */
static void merge(struct alert_pasts *out) {
    size_t s = 0, r = 0, said = pg_count(&out->said), answers = pg_count(&out->answers);
    while (s < said || r < answers) {
        bool from_said = r == answers || (s < said && pg_int(&out->said, s, 0) <= pg_int(&out->answers, r, 0));
        struct alert_past *past =
            add_past(out, from_said ? pg_int(&out->said, s, 0) : pg_int(&out->answers, r, 0));
        if (from_said) {
            past->said[pg_int(&out->said, s, 1)] = pg_instant(&out->said, s, 2);
            s++;
            continue;
        }
        past->answered = true;
        past->answered_at = pg_instant(&out->answers, r, 1);
        past->who = pg_slice(&out->answers, r, 2);
        past->reason = pg_slice(&out->answers, r, 3);
        past->words = pg_slice(&out->answers, r, 4);
        past->by_day = pg_day(&out->answers, r, 5);
        r++;
    }
}

enum error_code outbox_past(struct pg *pg, const int64_t *alerts, size_t count, struct alert_pasts *out,
                            struct error *err) {
    *out = (struct alert_pasts){0};
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_bigints(&params, alerts, count);
    enum error_code code = pg_run(pg, said_sql, &params, &out->said, err);
    if (!code) code = pg_run(pg, newest_sql, &params, &out->answers, err);
    if (code) return code;
    out->items = calloc(pg_count(&out->said) + pg_count(&out->answers) + 1, sizeof *out->items);
    if (!out->items) return error_set(err, ERROR_MEMORY, "out of memory for what was said before");
    merge(out);
    return ERROR_OK;
}

void alert_pasts_finish(struct alert_pasts *pasts) {
    free(pasts->items);
    pg_rows_finish(&pasts->said);
    pg_rows_finish(&pasts->answers);
    *pasts = (struct alert_pasts){0};
}

/* --- of messages that did not arrive --- */

static const char failures_sql[] =
    "SELECT DISTINCT ON (m.id) m.id, m.number, m.recipient, d.channel, d.address, coalesce(d.last_answer, ''),"
    "       NOT EXISTS (SELECT FROM delivery x WHERE x.message = m.id AND x.state = 'delivered')"
    "       AND NOT EXISTS (SELECT FROM delivery x WHERE x.channel = d.channel AND x.address = d.address AND x.id > d.id"
    "                          AND x.state = 'delivered')"
    "  FROM (SELECT unnest($2::bigint[]) AS id UNION SELECT a.message FROM alert a WHERE a.programme = $1"
    "           AND a.message IS NOT NULL AND a.resolved_at IS NULL) w"
    "  JOIN message m ON m.id = w.id JOIN delivery d ON d.message = m.id AND d.state = 'failed' ORDER BY m.id, d.id";

enum error_code outbox_failures(struct pg *pg, int32_t programme, const int64_t *messages, size_t count,
                                struct message_failures *out, struct error *err) {
    *out = (struct message_failures){0};
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_int(&params, programme);
    pg_put_bigints(&params, messages, count);
    enum error_code code = pg_run(pg, failures_sql, &params, &out->rows, err);
    if (code) return code;
    out->items = calloc(pg_count(&out->rows) + 1, sizeof *out->items);
    if (!out->items) return error_set(err, ERROR_MEMORY, "out of memory for failed messages");
    out->count = pg_count(&out->rows);
    for (size_t i = 0; i < out->count; i++)
        out->items[i] = (struct message_failure){.message = pg_int(&out->rows, i, 0),
                                                 .number = pg_text(&out->rows, i, 1),
                                                 .recipient = pg_text(&out->rows, i, 2),
                                                 .channel = pg_text(&out->rows, i, 3),
                                                 .address = pg_text(&out->rows, i, 4),
                                                 .answer = pg_text(&out->rows, i, 5),
                                                 .undelivered = pg_bool(&out->rows, i, 6)};
    return ERROR_OK;
}

const struct message_failure *message_failures_find(const struct message_failures *failures, int64_t message) {
    for (size_t i = 0; i < failures->count; i++)
        if (failures->items[i].message == message) return &failures->items[i];
    return NULL;
}

void message_failures_finish(struct message_failures *failures) {
    free(failures->items);
    pg_rows_finish(&failures->rows);
    *failures = (struct message_failures){0};
}

/* Since its first try, or since it might have been tried and nobody did. */
static const char waits_sql[] =
    "SELECT count(*), coalesce(floor(extract(epoch FROM now() /* real */ - min(coalesce((SELECT min(a.at) FROM delivery_attempt a"
    "       WHERE a.delivery = d.id), d.next_try_at))) * 1000), 0)::bigint"
    "  FROM delivery d JOIN message m ON m.id = d.message"
    " WHERE m.programme = $1 AND d.state IN ('waiting', 'leased')";

enum error_code outbox_waits(struct pg *pg, int32_t programme, struct outbox_wait *out, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    pg_put_int(&params, programme);
    enum error_code code = pg_run(pg, waits_sql, &params, &rows, err);
    if (!code) *out = (struct outbox_wait){.waiting = pg_int(&rows, 0, 0), .oldest_ms = pg_int(&rows, 0, 1)};
    if (!code && out->oldest_ms < 0) out->oldest_ms = 0;
    return code;
}
