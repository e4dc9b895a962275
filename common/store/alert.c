#include "common/store/alert.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"

static void copy_slice(struct slice text, char *out, size_t capacity) {
    snprintf(out, capacity, "%.*s", text.ptr ? (int)text.len : 0, text.ptr ? text.ptr : "");
}

static enum error_code standing(struct pg *pg, const char *sql, const int32_t *ids, size_t count,
                                struct standing_alerts *out, struct error *err) {
    *out = (struct standing_alerts){0};
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    pg_put_ints(&params, ids, count);
    enum error_code code = pg_run(pg, sql, &params, &rows, err);
    if (code) return code;
    size_t found = pg_count(&rows);
    out->items = calloc(found ? found : 1, sizeof *out->items);
    if (!out->items) return error_set(err, ERROR_MEMORY, "out of memory for %zu alerts", found);
    for (size_t i = 0; i < found; i++) {
        struct standing_alert item = {.cell = (int32_t)pg_int(&rows, i, 0), .stream = (int32_t)pg_int(&rows, i, 1)};
        struct alert *alert = &item.alert;
        alert->id = pg_int(&rows, i, 2);
        /* A rule of a later duban: its alert is not ours to judge. */
        if (!alert_rule_find(pg_slice(&rows, i, 3), &alert->rule) ||
            !alert_state_find(pg_slice(&rows, i, 4), &alert->state))
            continue;
        copy_slice(pg_slice(&rows, i, 5), alert->key, sizeof alert->key);
        copy_slice(pg_slice(&rows, i, 6), alert->step, sizeof alert->step);
        alert->period = pg_day(&rows, i, 7);
        alert->file = pg_int(&rows, i, 8);
        alert->opened_at = pg_instant(&rows, i, 9);
        out->items[out->count++] = item;
    }
    return ERROR_OK;
}

#define STANDING_COLUMNS "cell, stream, id, rule, state, key, step, period, file, opened_at"

enum error_code alerts_of_cells(struct pg *pg, const int32_t *cells, size_t count, struct standing_alerts *out,
                                struct error *err) {
    return standing(pg,
                    "SELECT " STANDING_COLUMNS " FROM alert WHERE state <> 'resolved' AND cell = ANY($1)"
                    " ORDER BY cell, id",
                    cells, count, out, err);
}
enum error_code alerts_of_streams(struct pg *pg, const int32_t *streams, size_t count, struct standing_alerts *out,
                                  struct error *err) {
    return standing(pg,
                    "SELECT " STANDING_COLUMNS " FROM alert WHERE state <> 'resolved' AND stream = ANY($1)"
                    " ORDER BY stream, id",
                    streams, count, out, err);
}
void standing_alerts_finish(struct standing_alerts *alerts) {
    free(alerts->items);
    *alerts = (struct standing_alerts){0};
}

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
    items[writes->count] = (struct alert_write){.period = DAY_NONE};
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
void alert_writes_finish(struct alert_writes *writes) {
    for (size_t i = 0; i < writes->count; i++) free(writes->items[i].facts);
    free(writes->items);
    free(writes->notices);
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

static size_t picked(const struct alert_writes *writes, picker *pick) {
    size_t count = 0;
    for (size_t i = 0; i < writes->count; i++) count += pick(&writes->items[i]);
    return count;
}

enum column { COLUMN_ID, COLUMN_KEY, COLUMN_RULE, COLUMN_CELL, COLUMN_STREAM, COLUMN_PERIOD, COLUMN_FILE, COLUMN_FROM,
              COLUMN_TO, COLUMN_CAUSE, COLUMN_STEP, COLUMN_BACK_FILLED, COLUMN_FACTS };

static const enum pg_element elements[] = {
    [COLUMN_ID] = PG_ELEMENT_BIGINT,  [COLUMN_KEY] = PG_ELEMENT_TEXT,   [COLUMN_RULE] = PG_ELEMENT_TEXT,
    [COLUMN_CELL] = PG_ELEMENT_INT,   [COLUMN_STREAM] = PG_ELEMENT_INT, [COLUMN_PERIOD] = PG_ELEMENT_DAY,
    [COLUMN_FILE] = PG_ELEMENT_BIGINT, [COLUMN_FROM] = PG_ELEMENT_TEXT, [COLUMN_TO] = PG_ELEMENT_TEXT,
    [COLUMN_CAUSE] = PG_ELEMENT_TEXT, [COLUMN_STEP] = PG_ELEMENT_TEXT,  [COLUMN_BACK_FILLED] = PG_ELEMENT_BOOL,
    [COLUMN_FACTS] = PG_ELEMENT_TEXT,
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
    case COLUMN_FROM: put_text(out, item->id ? alert_state_name(item->from) : NULL); break;
    case COLUMN_TO: put_text(out, alert_state_name(item->to)); break;
    case COLUMN_CAUSE: put_text(out, item->cause); break;
    case COLUMN_STEP: put_text(out, item->step); break;
    case COLUMN_BACK_FILLED: binary_bool(out, item->back_filled); break;
    case COLUMN_FACTS: put_text(out, item->facts ? item->facts : "{}"); break;
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
    "           $10::text[], $11::text[], $12::text[], $13::bool[], $14::text[])"
    "           AS n(key, rule, cell, stream, period, file, state, cause, step, back_filled, facts)),"
    "     made AS (INSERT INTO alert (programme, key, rule, cell, stream, period, file, state, cause, step, opened_at,"
    "                                 changed_at, rung_at, rules_version, back_filled, facts)"
    "              SELECT $1, key, rule, cell, stream, period, file, state, cause, step, $2, $2, $2, $3, back_filled,"
    "                     facts::jsonb FROM n"
    "              ON CONFLICT (key) DO UPDATE SET state = excluded.state, cause = excluded.cause, step = excluded.step,"
    "                     changed_at = excluded.changed_at, resolved_at = NULL, facts = excluded.facts"
    "              RETURNING id, key, state, step, cause, facts)"
    "INSERT INTO alert_transition (alert, at, from_state, to_state, step, cause, rules_version, facts)"
    " SELECT id, $2, NULL, state, step, cause, $3, facts FROM made";

static enum error_code write_new(struct pg *pg, int32_t programme, const struct alert_writes *writes,
                                 struct instant now, const char *rules_version, struct error *err) {
    if (picked(writes, is_new) == 0) return ERROR_OK;
    static const enum column columns[] = {COLUMN_KEY, COLUMN_RULE, COLUMN_CELL, COLUMN_STREAM, COLUMN_PERIOD,
                                          COLUMN_FILE, COLUMN_TO, COLUMN_CAUSE, COLUMN_STEP, COLUMN_BACK_FILLED,
                                          COLUMN_FACTS};
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_int(&params, programme);
    pg_put_instant(&params, now);
    pg_put_text(&params, rules_version);
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) put_column(&params, writes, is_new, columns[i]);
    return pg_run(pg, open_sql, &params, NULL, err);
}

static const char change_sql[] =
    "WITH n AS (SELECT * FROM unnest($3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])"
    "           AS n(id, from_state, state, cause, step, facts)),"
    "     done AS (UPDATE alert a SET state = n.state, cause = n.cause, step = n.step, changed_at = $1,"
    "                     resolved_at = CASE WHEN n.state = 'resolved' THEN $1 END"
    "                FROM n WHERE a.id = n.id)"
    "INSERT INTO alert_transition (alert, at, from_state, to_state, step, cause, rules_version, facts)"
    " SELECT id, $1, from_state, state, step, cause, $2, facts::jsonb FROM n";

static enum error_code write_old(struct pg *pg, const struct alert_writes *writes, struct instant now,
                                 const char *rules_version, struct error *err) {
    if (picked(writes, is_old) == 0) return ERROR_OK;
    static const enum column columns[] = {COLUMN_ID, COLUMN_FROM, COLUMN_TO, COLUMN_CAUSE, COLUMN_STEP, COLUMN_FACTS};
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_instant(&params, now);
    pg_put_text(&params, rules_version);
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) put_column(&params, writes, is_old, columns[i]);
    return pg_run(pg, change_sql, &params, NULL, err);
}

/* What is over before it was said is not said. */
static enum error_code drop_unsaid(struct pg *pg, const struct alert_writes *writes, struct error *err) {
    if (picked(writes, is_over) == 0) return ERROR_OK;
    CLEAN(pg_params_finish) struct pg_params params = {0};
    put_column(&params, writes, is_over, COLUMN_ID);
    put_column(&params, writes, is_over, COLUMN_CAUSE);
    return pg_run(pg,
                  "UPDATE notice SET state = 'dropped', cause = n.cause"
                  "  FROM unnest($1::bigint[], $2::text[]) AS n(alert, cause)"
                  " WHERE notice.alert = n.alert AND notice.state = 'waiting'",
                  &params, NULL, err);
}

/* Those who were told hear that it is over; nobody else does. */
static const char recovered_sql[] =
    "INSERT INTO notice (programme, key, alert, step, recipient, not_before)"
    " SELECT $1, a.key || '|recovered|' || said.recipient, a.id, 'recovered', said.recipient, $2"
    "   FROM alert a JOIN LATERAL (SELECT DISTINCT n.recipient FROM notice n WHERE n.alert = a.id"
    "              AND n.state = 'rendered' AND n.step <> 'recovered' AND NOT n.unroutable) said ON true"
    "  WHERE a.id = ANY($3::bigint[]) ON CONFLICT (key) DO NOTHING";

static enum error_code write_recovered(struct pg *pg, int32_t programme, const struct alert_writes *writes,
                                       struct instant window, struct error *err) {
    if (picked(writes, is_recovered) == 0) return ERROR_OK;
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_int(&params, programme);
    pg_put_instant(&params, window);
    put_column(&params, writes, is_recovered, COLUMN_ID);
    return pg_run(pg, recovered_sql, &params, NULL, err);
}

static const char notices_sql[] =
    "INSERT INTO notice (programme, key, alert, step, recipient, unroutable, meant_for, not_before, state, cause)"
    " SELECT $1, a.key || '|' || n.step || '|' || n.recipient || coalesce('|for:' || n.meant_for, ''), a.id, n.step,"
    "        n.recipient, n.meant_for IS NOT NULL, n.meant_for, $2,"
    "        CASE WHEN a.back_filled THEN 'held' ELSE 'waiting' END,"
    "        CASE WHEN a.back_filled THEN 'back_filled' END"
    "   FROM unnest($3::text[], $4::text[], $5::text[], $6::text[]) WITH ORDINALITY"
    "        AS n(key, step, recipient, meant_for, place)"
    "   JOIN alert a ON a.key = n.key ORDER BY n.place"
    " ON CONFLICT (key) DO UPDATE SET state = 'waiting', cause = NULL, not_before = excluded.not_before"
    "  WHERE notice.state = 'dropped'";

enum notice_column { NOTICE_KEY, NOTICE_STEP, NOTICE_RECIPIENT, NOTICE_MEANT_FOR, NOTICE_COLUMNS };

static const char *notice_text(const struct alert_writes *writes, size_t at, enum notice_column column) {
    const struct notice_write *n = &writes->notices[at];
    switch (column) {
    case NOTICE_KEY: return writes->items[n->alert].key;
    case NOTICE_STEP: return writes->items[n->alert].step;
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

enum error_code alerts_write(struct pg *pg, int32_t programme, const struct alert_writes *writes, struct instant now,
                             struct instant window, const char *rules_version, struct error *err) {
    if (writes->failed) return error_set(err, ERROR_MEMORY, "out of memory for alerts");
    enum error_code code = write_old(pg, writes, now, rules_version, err);
    if (!code) code = drop_unsaid(pg, writes, err);
    if (!code) code = write_recovered(pg, programme, writes, window, err);
    if (!code) code = write_new(pg, programme, writes, now, rules_version, err);
    if (!code) code = write_notices(pg, programme, writes, window, err);
    return code;
}
