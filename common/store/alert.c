#include "common/store/alert.h"

#include <stdlib.h>

#include "common/base/cleanup.h"

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

/* The array parameters below run over the items for which `pick` holds. */
typedef bool picker(const struct alert_write *item);
static bool is_new(const struct alert_write *item) {
    return item->id == 0;
}
static bool is_old(const struct alert_write *item) {
    return item->id != 0;
}
static bool is_over(const struct alert_write *item) {
    return item->id != 0 && item->to != ALERT_OPEN;
}
static bool is_recovered(const struct alert_write *item) {
    return item->id != 0 && item->recovered;
}
static bool is_recovered_for_office(const struct alert_write *item) {
    return item->id != 0 && item->office_recovered;
}
static bool is_withdrawn(const struct alert_write *item) {
    return item->id != 0 && item->withdrawn;
}

static size_t picked(const struct alert_writes *writes, picker *pick) {
    size_t count = 0;
    for (size_t i = 0; i < writes->count; i++) count += pick(&writes->items[i]);
    return count;
}

enum column { COLUMN_ID, COLUMN_KEY, COLUMN_RULE, COLUMN_CELL, COLUMN_STREAM, COLUMN_PERIOD, COLUMN_FILE, COLUMN_MESSAGE,
              COLUMN_FROM, COLUMN_TO, COLUMN_CAUSE, COLUMN_STEP, COLUMN_BACK_FILLED, COLUMN_FACTS, COLUMN_DECISION,
              COLUMN_RUNG, COLUMN_ISSUED, COLUMN_RUNG_AT, COLUMN_SAID_AT };

static const enum pg_element elements[] = {
    [COLUMN_ID] = PG_ELEMENT_BIGINT,      [COLUMN_KEY] = PG_ELEMENT_TEXT,        [COLUMN_RULE] = PG_ELEMENT_TEXT,
    [COLUMN_CELL] = PG_ELEMENT_INT,       [COLUMN_STREAM] = PG_ELEMENT_INT,      [COLUMN_PERIOD] = PG_ELEMENT_DAY,
    [COLUMN_FILE] = PG_ELEMENT_BIGINT,    [COLUMN_MESSAGE] = PG_ELEMENT_BIGINT,  [COLUMN_FROM] = PG_ELEMENT_TEXT,
    [COLUMN_TO] = PG_ELEMENT_TEXT,        [COLUMN_CAUSE] = PG_ELEMENT_TEXT,      [COLUMN_STEP] = PG_ELEMENT_TEXT,
    [COLUMN_BACK_FILLED] = PG_ELEMENT_BOOL, [COLUMN_FACTS] = PG_ELEMENT_TEXT,    [COLUMN_DECISION] = PG_ELEMENT_TEXT,
    [COLUMN_RUNG] = PG_ELEMENT_INT,       [COLUMN_ISSUED] = PG_ELEMENT_INT,      [COLUMN_RUNG_AT] = PG_ELEMENT_INSTANT,
    [COLUMN_SAID_AT] = PG_ELEMENT_INSTANT,
};

static void put_text(struct buffer *out, const char *text) {
    binary_slice(out, slice_of(text));
}

static void put_value(struct buffer *out, const struct alert_write *item, enum column column) {
    switch (column) {
    case COLUMN_ID: binary_int8(out, item->id); break;
    case COLUMN_KEY: put_text(out, item->key); break;
    case COLUMN_RULE: put_text(out, alert_rule_name(item->rule)); break;
    case COLUMN_CELL: item->cell ? binary_int4(out, item->cell) : binary_null(out); break;
    case COLUMN_STREAM: item->stream ? binary_int4(out, item->stream) : binary_null(out); break;
    case COLUMN_PERIOD: binary_day(out, item->period); break;
    case COLUMN_FILE: item->file ? binary_int8(out, item->file) : binary_null(out); break;
    case COLUMN_MESSAGE: item->message ? binary_int8(out, item->message) : binary_null(out); break;
    case COLUMN_FROM: put_text(out, item->id ? alert_state_name(item->from) : NULL); break;
    case COLUMN_TO: put_text(out, alert_state_name(item->to)); break;
    case COLUMN_CAUSE: put_text(out, item->cause); break;
    case COLUMN_STEP: put_text(out, item->step); break;
    case COLUMN_BACK_FILLED: binary_bool(out, item->back_filled); break;
    case COLUMN_FACTS: put_text(out, item->facts ? item->facts : "{}"); break;
    case COLUMN_DECISION: put_text(out, item->decision); break;
    case COLUMN_RUNG: binary_int4(out, (int32_t)item->rung); break;
    case COLUMN_ISSUED: binary_int4(out, (int32_t)item->issued); break;
    case COLUMN_RUNG_AT: binary_instant(out, item->rung_at); break;
    case COLUMN_SAID_AT: binary_instant(out, item->rung_said_at); break;
    }
}

static void put_column(struct pg_params *params, const struct alert_writes *writes, picker *pick, enum column column) {
    pg_array_begin(params, elements[column], picked(writes, pick));
    for (size_t i = 0; i < writes->count; i++)
        if (pick(&writes->items[i])) put_value(&params->bytes, &writes->items[i], column);
    pg_array_end(params);
}

/* An alert whose cause came back after it was over (a retraction taken back) has the same key: it opens again. */
static const char open_sql[] =
    "WITH n AS (SELECT * FROM unnest($4::text[], $5::text[], $6::int[], $7::int[], $8::date[], $9::bigint[],"
    "           $10::bigint[], $11::text[], $12::text[], $13::text[], $14::bool[], $15::text[], $16::int[],"
    "           $17::timestamptz[])"
    "           AS n(key, rule, cell, stream, period, file, message, state, cause, step, back_filled, facts, rung, rung_at)),"
    "     made AS (INSERT INTO alert (programme, key, rule, cell, stream, period, file, message, state, cause, step,"
    "                                 opened_at, changed_at, rung, rung_at, rules_version, back_filled, facts)"
    "              SELECT $1, key, rule, cell, stream, period, file, message, state, cause, step, $2, $2, rung,"
    "                     coalesce(rung_at, $2), $3, back_filled, facts::jsonb FROM n"
    "              ON CONFLICT (key) DO UPDATE SET state = excluded.state, cause = excluded.cause, step = excluded.step,"
    "                     opened_at = excluded.opened_at, changed_at = excluded.changed_at, resolved_at = NULL,"
    "                     facts = excluded.facts,"
    "                     rung = excluded.rung, rung_at = excluded.rung_at, rung_said_at = NULL,"
    "                     opening = alert.opening + 1 WHERE alert.state = 'resolved'"
    "              RETURNING id, key, state, step, cause, facts, rung)"
    "INSERT INTO alert_transition (alert, at, from_state, to_state, step, cause, rules_version, facts, rung)"
    " SELECT id, $2, NULL, state, step, cause, $3, facts, rung FROM made";

static enum error_code write_new(struct pg *pg, int32_t programme, const struct alert_writes *writes,
                                 struct instant now, const char *rules_version, struct error *err) {
    if (picked(writes, is_new) == 0) return ERROR_OK;
    static const enum column columns[] = {COLUMN_KEY, COLUMN_RULE, COLUMN_CELL, COLUMN_STREAM, COLUMN_PERIOD,
                                          COLUMN_FILE, COLUMN_MESSAGE, COLUMN_TO, COLUMN_CAUSE, COLUMN_STEP,
                                          COLUMN_BACK_FILLED, COLUMN_FACTS, COLUMN_RUNG, COLUMN_RUNG_AT};
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_int(&params, programme);
    pg_put_instant(&params, now);
    pg_put_text(&params, rules_version);
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) put_column(&params, writes, is_new, columns[i]);
    return pg_run(pg, open_sql, &params, NULL, err);
}

static const char change_sql[] =
    "WITH n AS (SELECT * FROM unnest($3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::int[],"
    "           $10::int[], $11::timestamptz[], $12::timestamptz[])"
    "           AS n(id, from_state, state, cause, step, facts, rung, issued, rung_at, said_at)),"
    "     done AS (UPDATE alert a SET state = n.state, cause = n.cause, step = n.step, changed_at = $1, rung = n.rung,"
    "                     issued = n.issued, rung_at = coalesce(n.rung_at, a.rung_at), rung_said_at = n.said_at,"
    "                     resolved_at = CASE WHEN n.state = 'resolved' THEN $1 END"
    "                FROM n WHERE a.id = n.id)"
    "INSERT INTO alert_transition (alert, at, from_state, to_state, step, cause, rules_version, facts, rung)"
    " SELECT id, $1, from_state, state, step, cause, $2, facts::jsonb, rung FROM n";

static enum error_code write_old(struct pg *pg, const struct alert_writes *writes, struct instant now,
                                 const char *rules_version, struct error *err) {
    if (picked(writes, is_old) == 0) return ERROR_OK;
    static const enum column columns[] = {COLUMN_ID, COLUMN_FROM, COLUMN_TO, COLUMN_CAUSE, COLUMN_STEP, COLUMN_FACTS,
                                          COLUMN_RUNG, COLUMN_ISSUED, COLUMN_RUNG_AT, COLUMN_SAID_AT};
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_instant(&params, now);
    pg_put_text(&params, rules_version);
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) put_column(&params, writes, is_old, columns[i]);
    return pg_run(pg, change_sql, &params, NULL, err);
}

/* What is over before it was said is not said; who has answered is not urged, but hears what else is new. What a person
 * decided is said in any case. */
static enum error_code drop_unsaid(struct pg *pg, const struct alert_writes *writes, struct error *err) {
    if (picked(writes, is_over) == 0) return ERROR_OK;
    CLEAN(pg_params_finish) struct pg_params params = {0};
    put_column(&params, writes, is_over, COLUMN_ID);
    put_column(&params, writes, is_over, COLUMN_CAUSE);
    put_column(&params, writes, is_over, COLUMN_TO);
    return pg_run(pg,
                  "UPDATE notice SET state = 'dropped', cause = n.cause"
                  "  FROM unnest($1::bigint[], $2::text[], $3::text[]) AS n(alert, cause, state)"
                  " WHERE notice.alert = n.alert AND notice.state = 'waiting'"
                  "   AND notice.step NOT IN ('issued', 'withdrawn', 'recovered')"
                  "   AND (n.state <> 'promised' OR notice.step IN ('urged', 'yellow_card', 'red_card'))",
                  &params, NULL, err);
}

/* a: an alert. What is said of one that came back after it was over is said anew: its notices have keys of their own. */
#define NOTICE_OF "a.key || CASE WHEN a.opening > 1 THEN '|again:' || a.opening ELSE '' END || "

/* Who was told: a notice to him stands in a message that left the house (in trial, that was shown to it). */
#define WAS_TOLD                                                                                                       \
    "n.state = 'rendered' AND NOT n.unroutable AND EXISTS (SELECT FROM delivery d WHERE d.message = ANY (n.messages)"  \
    " AND (d.state <> 'trial' OR p.trial))"

/* Those who were told hear that it is over; nobody else does. */
static const char recovered_sql[] =
    "INSERT INTO notice (programme, key, alert, step, recipient, not_before)"
    " SELECT $1, " NOTICE_OF "'|recovered|' || said.recipient, a.id, 'recovered', said.recipient, $2"
    "   FROM unnest($3::bigint[]) AS w(alert) JOIN alert a ON a.id = w.alert JOIN programme p ON p.id = $1"
    "   JOIN LATERAL (SELECT DISTINCT n.recipient FROM notice n WHERE n.alert = a.id AND n.step <> 'recovered'"
    "                    AND " WAS_TOLD ") said ON true ON CONFLICT (alert, key) DO NOTHING";

static enum error_code write_recovered(struct pg *pg, int32_t programme, const struct alert_writes *writes,
                                       struct instant window, struct error *err) {
    if (picked(writes, is_recovered) == 0) return ERROR_OK;
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_int(&params, programme);
    pg_put_instant(&params, window);
    put_column(&params, writes, is_recovered, COLUMN_ID);
    return pg_run(pg, recovered_sql, &params, NULL, err);
}

static enum error_code write_office_recovered(struct pg *pg, int32_t programme, const struct alert_writes *writes,
                                              struct instant window, struct error *err) {
    if (picked(writes, is_recovered_for_office) == 0) return ERROR_OK;
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_int(&params, programme);
    pg_put_instant(&params, window);
    put_column(&params, writes, is_recovered_for_office, COLUMN_ID);
    return pg_run(pg,
                  "INSERT INTO notice (programme, key, alert, step, recipient, not_before)"
                  " SELECT $1, " NOTICE_OF "'|recovered|office', a.id, 'recovered', 'office', $2"
                  "   FROM alert a WHERE a.id = ANY($3) ON CONFLICT (alert, key) DO NOTHING",
                  &params, NULL, err);
}

/* Taken back before it was said: nobody hears of either. */
static const char unsaid_issue_sql[] =
    "UPDATE notice SET state = 'dropped', cause = 'withdrawn'"
    " WHERE alert = ANY($1) AND step = 'issued' AND state = 'waiting'";
static const char withdrawn_sql[] =
    "INSERT INTO notice (programme, key, alert, step, recipient, not_before)"
    " SELECT $1, " NOTICE_OF "'|withdrawn:' || w.decision || '|' || said.recipient, a.id, 'withdrawn', said.recipient, $2"
    "   FROM unnest($3::bigint[], $4::text[]) AS w(alert, decision) JOIN alert a ON a.id = w.alert"
    "   JOIN programme p ON p.id = $1"
    "   JOIN LATERAL (SELECT DISTINCT n.recipient FROM notice n WHERE n.alert = a.id AND n.step = 'issued'"
    "                    AND " WAS_TOLD ") said ON true ON CONFLICT (alert, key) DO NOTHING";

static enum error_code write_withdrawn(struct pg *pg, int32_t programme, const struct alert_writes *writes,
                                       struct instant window, struct error *err) {
    if (picked(writes, is_withdrawn) == 0) return ERROR_OK;
    CLEAN(pg_params_finish) struct pg_params params = {0};
    put_column(&params, writes, is_withdrawn, COLUMN_ID);
    enum error_code code = pg_run(pg, unsaid_issue_sql, &params, NULL, err);
    if (code) return code;
    pg_params_clear(&params);
    pg_put_int(&params, programme);
    pg_put_instant(&params, window);
    put_column(&params, writes, is_withdrawn, COLUMN_ID);
    put_column(&params, writes, is_withdrawn, COLUMN_DECISION);
    return pg_run(pg, withdrawn_sql, &params, NULL, err);
}

static const char notices_sql[] =
    "INSERT INTO notice (programme, key, alert, step, recipient, unroutable, meant_for, not_before, state, cause)"
    " SELECT $1, " NOTICE_OF "'|' || n.step || coalesce(':' || n.decision, '') || '|' || n.recipient"
    "        || coalesce('|for:' || n.meant_for, ''), a.id, n.step,"
    "        n.recipient, n.meant_for IS NOT NULL, n.meant_for, $2,"
    "        CASE WHEN a.back_filled AND n.step <> 'issued' THEN 'held' ELSE 'waiting' END,"
    "        CASE WHEN a.back_filled AND n.step <> 'issued' THEN 'back_filled' END"
    "   FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) WITH ORDINALITY"
    "        AS n(key, step, decision, recipient, meant_for, place)"
    "   JOIN alert a ON a.key = n.key ORDER BY n.place"
    " ON CONFLICT (alert, key) DO UPDATE SET state = 'waiting', cause = NULL, not_before = excluded.not_before"
    "  WHERE notice.state = 'dropped'";

enum notice_column { NOTICE_KEY, NOTICE_STEP, NOTICE_DECISION, NOTICE_RECIPIENT, NOTICE_MEANT_FOR, NOTICE_COLUMNS };

static const char *notice_text(const struct alert_writes *writes, size_t at, enum notice_column column) {
    const struct notice_write *n = &writes->notices[at];
    switch (column) {
    case NOTICE_KEY: return writes->items[n->alert].key;
    case NOTICE_STEP: return n->step;
    case NOTICE_DECISION: return *n->decision ? n->decision : NULL;
    case NOTICE_RECIPIENT: return n->recipient;
    case NOTICE_MEANT_FOR: return n->unroutable ? n->meant_for : NULL;
    case NOTICE_COLUMNS: break;
    }
    return NULL;
}

static enum error_code write_notices(struct pg *pg, int32_t programme, const struct alert_writes *writes,
                                     struct instant window, struct error *err) {
    if (writes->notice_count == 0) return ERROR_OK;
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_int(&params, programme);
    pg_put_instant(&params, window);
    for (int column = 0; column < NOTICE_COLUMNS; column++) {
        pg_array_begin(&params, PG_ELEMENT_TEXT, writes->notice_count);
        for (size_t i = 0; i < writes->notice_count; i++)
            put_text(&params.bytes, notice_text(writes, i, (enum notice_column)column));
        pg_array_end(&params);
    }
    return pg_run(pg, notices_sql, &params, NULL, err);
}

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
    for (size_t i = 0; i < count; i++) put_text(&params.bytes, answer_outcome_name(writes->answers[i].outcome));
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
    enum error_code code = write_old(pg, writes, now, rules_version, err);
    if (!code) code = drop_unsaid(pg, writes, err);
    if (!code) code = write_recovered(pg, programme, writes, window, err);
    if (!code) code = write_office_recovered(pg, programme, writes, window, err);
    if (!code) code = write_withdrawn(pg, programme, writes, window, err);
    if (!code) code = write_answers(pg, writes, now, err);
    if (!code) code = write_new(pg, programme, writes, now, rules_version, err);
    if (!code) code = write_notices(pg, programme, writes, window, err);
    return code;
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
