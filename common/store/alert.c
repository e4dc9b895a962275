#include "common/store/alert.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/store/alert_notice.h"

/* --- lists of changes --- */

static void *grow(void *items, size_t count, size_t *capacity, size_t size) {
    if (count < *capacity) return items;
    size_t wanted = *capacity ? 2 * *capacity : 16;
    void *grown = realloc(items, wanted * size);
    if (grown) *capacity = wanted;
    return grown;
}
struct alert_write *alert_writes_add(struct alert_writes *writes) {
    struct alert_write *items = grow(writes->items, writes->count, &writes->capacity, sizeof *items);
    if (!items) {
        writes->failed = true;
        return NULL;
    }
    writes->items = items;
    items[writes->count] =
        (struct alert_write){.period = DAY_NONE, .rung_at = INSTANT_NONE, .rung_said_at = INSTANT_NONE};
    return &items[writes->count++];
}
struct notice_write *alert_writes_notice(struct alert_writes *writes) {
    struct notice_write *items = grow(writes->notices, writes->notice_count, &writes->notice_capacity, sizeof *items);
    if (!items) {
        writes->failed = true;
        return NULL;
    }
    writes->notices = items;
    items[writes->notice_count] = (struct notice_write){0};
    return &items[writes->notice_count++];
}
struct answer_write *alert_writes_answer(struct alert_writes *writes) {
    struct answer_write *items = grow(writes->answers, writes->answer_count, &writes->answer_capacity, sizeof *items);
    if (!items) {
        writes->failed = true;
        return NULL;
    }
    writes->answers = items;
    items[writes->answer_count] = (struct answer_write){0};
    return &items[writes->answer_count++];
}
void alert_writes_finish(struct alert_writes *writes) {
    for (size_t i = 0; i < writes->count; i++) free(writes->items[i].facts);
    free(writes->items);
    free(writes->notices);
    free(writes->answers);
    *writes = (struct alert_writes){0};
}

/* --- writing --- */

static bool is_new(const struct alert_write *item) {
    return item->id == 0;
}
static bool is_old(const struct alert_write *item) {
    return item->id != 0;
}

/* Rows of new alerts are numbered before they are written: what hangs on them is written without asking for them again. */
static enum error_code number_new(struct pg *pg, const struct alert_writes *writes, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    size_t count = 0;
    for (size_t i = 0; i < writes->count; i++) count += is_new(&writes->items[i]);
    pg_put_bigint(&params, (int64_t)count);
    enum error_code code =
        count ? pg_run(pg, "SELECT nextval('alert_id_seq') FROM generate_series(1, $1)", &params, &rows, err) : ERROR_OK;
    for (size_t i = 0, n = 0; !code && i < writes->count; i++) {
        struct alert_write *item = &writes->items[i];
        item->row = is_new(item) ? pg_int(&rows, n++, 0) : item->id;
        if (is_new(item)) item->opening = 1;
    }
    return code;
}

/* An alert whose cause came back after it was over (a retraction taken back) has the same key: it opens again. */
static const char open_sql[] =
    "WITH made AS (INSERT INTO alert (id, programme, key, rule, cell, stream, period, file, message, state, cause, step,"
    "                                 opened_at, changed_at, rung, rung_at, rules_version, back_filled, facts)"
    "              OVERRIDING SYSTEM VALUE"
    "              SELECT id, $1, key, rule, cell, stream, period, file, message, state, cause, step, $2, $2, rung,"
    "                     coalesce(rung_at, $2), $3, back_filled, facts::json"
    "                FROM unnest($4::bigint[], $5::text[], $6::text[], $7::int[], $8::int[], $9::date[], $10::bigint[],"
    "                            $11::bigint[], $12::text[], $13::text[], $14::text[], $15::bool[], $16::text[],"
    "                            $17::int[], $18::timestamptz[])"
    "                     AS n(id, key, rule, cell, stream, period, file, message, state, cause, step, back_filled, facts,"
    "                          rung, rung_at)"
    "              ON CONFLICT (key) DO UPDATE SET state = excluded.state, cause = excluded.cause, step = excluded.step,"
    "                     opened_at = excluded.opened_at, changed_at = excluded.changed_at, resolved_at = NULL,"
    "                     facts = excluded.facts,"
    "                     rung = excluded.rung, rung_at = excluded.rung_at, rung_said_at = NULL,"
    "                     opening = alert.opening + 1 WHERE alert.resolved_at IS NOT NULL"
    "              RETURNING id, key, opening, back_filled)"
    "SELECT id, opening, back_filled, key FROM made WHERE opening > 1"
    " UNION ALL SELECT count(*), 0, false, NULL FROM made";
enum { MADE_ID, MADE_OPENING, MADE_BACK_FILLED, MADE_KEY };

/* The rows of those that were there before; and how many there are in all. */
static enum error_code take_opened(struct alert_write *const *items, size_t count, const struct pg_rows *rows,
                                   struct error *err) {
    for (size_t row = 0; row < pg_count(rows); row++) {
        if (pg_int(rows, row, MADE_OPENING) == 0) {
            if (pg_int(rows, row, MADE_ID) == (int64_t)count) continue;
            return error_set(err, ERROR_CONFLICT, "%zu alerts were to be opened, and some of them stand already", count);
        }
        for (size_t i = 0; i < count; i++) {
            if (strcmp(items[i]->key, pg_text(rows, row, MADE_KEY)) != 0) continue;
            items[i]->row = pg_int(rows, row, MADE_ID);
            items[i]->opening = (unsigned)pg_int(rows, row, MADE_OPENING);
            items[i]->back_filled = pg_bool(rows, row, MADE_BACK_FILLED);
        }
    }
    return ERROR_OK;
}

static const struct bulk open_new = {
    .sql = open_sql,
    BULK_COLUMNS(BULK_ROW, BULK_KEY, BULK_RULE, BULK_CELL, BULK_STREAM, BULK_PERIOD, BULK_FILE, BULK_MESSAGE, BULK_TO,
                 BULK_CAUSE, BULK_STEP, BULK_BACK_FILLED, BULK_FACTS, BULK_RUNG, BULK_RUNG_AT),
    .pick = is_new,
    .answered = take_opened,
};
static const struct bulk change_old = {
    .sql = "UPDATE alert a SET state = n.state, cause = n.cause, step = n.step, changed_at = $2, rung = n.rung,"
           "                   issued = n.issued, rung_at = coalesce(n.rung_at, a.rung_at), rung_said_at = n.said_at,"
           "                   resolved_at = CASE WHEN n.state = 'resolved' THEN $2 END"
           "  FROM unnest($4::bigint[], $5::text[], $6::text[], $7::text[], $8::int[], $9::int[], $10::timestamptz[],"
           "              $11::timestamptz[]) AS n(id, state, cause, step, rung, issued, rung_at, said_at)"
           " WHERE a.id = n.id",
    BULK_COLUMNS(BULK_ROW, BULK_TO, BULK_CAUSE, BULK_STEP, BULK_RUNG, BULK_ISSUED, BULK_RUNG_AT, BULK_SAID_AT),
    .pick = is_old,
};
static const struct bulk transitions = {
    .sql = "INSERT INTO alert_transition (alert, at, from_state, to_state, step, cause, rules_version, facts, rung)"
           " SELECT alert, $2, from_state, state, step, cause, $3, facts::json, rung"
           "   FROM unnest($4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::int[])"
           "        AS n(alert, from_state, state, step, cause, facts, rung)",
    BULK_COLUMNS(BULK_ROW, BULK_FROM, BULK_TO, BULK_STEP, BULK_CAUSE, BULK_FACTS, BULK_RUNG),
};

static enum error_code write_answers(struct pg *pg, const struct alert_writes *writes, struct instant now,
                                     struct error *err) {
    size_t count = writes->answer_count;
    if (count == 0) return ERROR_OK;
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_instant(&params, now);
    pg_array_begin(&params, PG_ELEMENT_BIGINT, count);
    for (size_t i = 0; i < count; i++) binary_int8(&params.bytes, writes->answers[i].reply);
    pg_array_end(&params);
    pg_array_begin(&params, PG_ELEMENT_BIGINT, count);
    for (size_t i = 0; i < count; i++) binary_int8(&params.bytes, writes->answers[i].alert);
    pg_array_end(&params);
    pg_array_begin(&params, PG_ELEMENT_TEXT, count);
    for (size_t i = 0; i < count; i++) bulk_put_text(&params.bytes, answer_outcome_name(writes->answers[i].outcome));
    pg_array_end(&params);
    return pg_run(pg,
                  "UPDATE reply_alert x SET outcome = n.outcome,"
                  "       ended_at = CASE WHEN n.outcome NOT IN ('standing', 'answer') THEN $1 END"
                  "  FROM unnest($2::bigint[], $3::bigint[], $4::text[]) AS n(reply, alert, outcome)"
                  " WHERE x.reply = n.reply AND x.alert = n.alert",
                  &params, NULL, err);
}

enum error_code alerts_write(struct pg *pg, int32_t programme, const struct alert_writes *writes, struct instant now,
                             struct instant window, const char *rules_version, struct error *err) {
    if (writes->failed) return error_set(err, ERROR_MEMORY, "out of memory for alerts");
    const struct bulk_frame frame = {programme, now, rules_version}, said = {programme, window, rules_version};
    enum error_code code = number_new(pg, writes, err);
    if (!code) code = bulk_run(pg, &change_old, &frame, writes, err);
    if (!code) code = notices_drop(pg, &frame, writes, err);
    if (!code) code = write_answers(pg, writes, now, err);
    if (!code) code = bulk_run(pg, &open_new, &frame, writes, err);
    if (!code) code = bulk_run(pg, &transitions, &frame, writes, err);
    return code ? code : notices_write(pg, &said, writes, err);
}

/* --- what a window said --- */

enum error_code alerts_said(struct pg *pg, const struct alert_said *said, size_t count, struct instant at,
                            struct error *err) {
    if (count == 0) return ERROR_OK;
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_array_begin(&params, PG_ELEMENT_BIGINT, count);
    for (size_t i = 0; i < count; i++) binary_int8(&params.bytes, said[i].alert);
    pg_array_end(&params);
    pg_put_instant(&params, at);
    enum error_code code = pg_run(pg,
                                  "UPDATE alert a SET rung_said_at = $2 FROM unnest($1::bigint[]) AS n(id)"
                                  " WHERE a.id = n.id AND a.rung_said_at IS NULL",
                                  &params, NULL, err);
    if (code) return code;
    pg_params_clear(&params);
    pg_array_begin(&params, PG_ELEMENT_INT, count);
    for (size_t i = 0; i < count; i++) said[i].cell ? binary_int4(&params.bytes, said[i].cell) : binary_null(&params.bytes);
    pg_array_end(&params);
    pg_array_begin(&params, PG_ELEMENT_INT, count);
    for (size_t i = 0; i < count; i++)
        said[i].stream ? binary_int4(&params.bytes, said[i].stream) : binary_null(&params.bytes);
    pg_array_end(&params);
    pg_array_begin(&params, PG_ELEMENT_INSTANT, count);
    for (size_t i = 0; i < count; i++) binary_instant(&params.bytes, said[i].next);
    pg_array_end(&params);
    return pg_run(pg,
                  "WITH n AS (SELECT cell, stream, min(next_at) AS next_at"
                  "             FROM unnest($1::int[], $2::int[], $3::timestamptz[]) AS n(cell, stream, next_at)"
                  "            WHERE next_at IS NOT NULL GROUP BY cell, stream),"
                  "     cells AS (UPDATE cell_light l SET next_check_at = n.next_at FROM n WHERE l.cell = n.cell"
                  "                  AND (l.next_check_at IS NULL OR l.next_check_at > n.next_at))"
                  "UPDATE stream_due d SET next_check_at = n.next_at FROM n WHERE d.stream = n.stream"
                  "   AND (d.next_check_at IS NULL OR d.next_check_at > n.next_at)",
                  &params, NULL, err);
}
