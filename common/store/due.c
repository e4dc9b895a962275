#include "common/store/due.h"

#include <stdlib.h>

#include "common/base/cleanup.h"

/* Rows that no plan looks at any more must not stay due for ever. */
static const char retired_sql[] =
    "WITH gone AS (SELECT id FROM cell WHERE retired AND programme = $1),"
    "     quiet AS (UPDATE cell_light SET next_check_at = NULL"
    "                WHERE next_check_at <= $2 AND cell IN (SELECT id FROM gone))"
    "DELETE FROM wake WHERE not_before <= $2 AND cell IN (SELECT id FROM gone)";

static const char claim_sql[] =
    "SELECT l.cell FROM cell_light l"
    " WHERE l.cell IN (SELECT min(c.id) FROM cell c WHERE c.programme = $1 AND NOT c.retired AND c.target IN"
    "           (SELECT d.target FROM cell_light dl JOIN cell d ON d.id = dl.cell"
    "             WHERE d.programme = $1 AND NOT d.retired AND dl.next_check_at <= $2"
    "            UNION SELECT d.target FROM wake w JOIN cell d ON d.id = w.cell"
    "             WHERE d.programme = $1 AND NOT d.retired AND w.not_before <= $2)"
    "        GROUP BY c.target)"
    " ORDER BY l.cell LIMIT $3 FOR UPDATE OF l SKIP LOCKED";

static const char wakes_sql[] =
    "SELECT w.id, w.cell FROM wake w JOIN cell c ON c.id = w.cell JOIN cell f ON f.target = c.target"
    " WHERE f.id = ANY($1) AND w.not_before <= $2 ORDER BY w.id";

static const char cells_sql[] =
    "SELECT c.id, c.target, coalesce(l.next_check_at <= $2, false) OR c.id = ANY($3), coalesce(l.computed, l.light)"
    "  FROM cell f JOIN cell c ON c.target = f.target AND NOT c.retired JOIN cell_light l ON l.cell = c.id"
    " WHERE f.id = ANY($1) ORDER BY c.target, c.id";

static enum error_code out_of_memory(struct error *err) {
    return error_set(err, ERROR_MEMORY, "out of memory for the due queue");
}

static enum error_code take_ids(const struct pg_rows *rows, int32_t **out, size_t *count, struct error *err) {
    *count = pg_count(rows);
    *out = calloc(*count ? *count : 1, sizeof **out);
    if (!*out) return out_of_memory(err);
    for (size_t i = 0; i < *count; i++) (*out)[i] = (int32_t)pg_int(rows, i, 0);
    return ERROR_OK;
}

/* $1 programme, $2 now: those two and, where limit >= 0, $3. */
static enum error_code ids_of(struct pg *pg, const char *sql, int32_t programme, struct instant now, int limit,
                              int32_t **out, size_t *count, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    pg_put_int(&params, programme);
    pg_put_instant(&params, now);
    if (limit >= 0) pg_put_bigint(&params, limit);
    enum error_code code = pg_run(pg, sql, &params, &rows, err);
    return code ? code : take_ids(&rows, out, count, err);
}

static enum error_code take_wakes(const struct pg_rows *rows, int64_t **wakes, size_t *count, struct error *err) {
    *count = pg_count(rows);
    *wakes = calloc(*count ? *count : 1, sizeof **wakes);
    if (!*wakes) return out_of_memory(err);
    for (size_t i = 0; i < *count; i++) (*wakes)[i] = pg_int(rows, i, 0);
    return ERROR_OK;
}

static enum error_code read_cells(struct pg *pg, const int32_t *firsts, size_t count, const int32_t *woken,
                                  size_t woken_count, struct instant now, struct due_cells *out, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    pg_put_ints(&params, firsts, count);
    pg_put_instant(&params, now);
    pg_put_ints(&params, woken, woken_count);
    enum error_code code = pg_run(pg, cells_sql, &params, &rows, err);
    if (code) return code;
    out->count = pg_count(&rows);
    out->cells = calloc(out->count ? out->count : 1, sizeof *out->cells);
    if (!out->cells) return out_of_memory(err);
    for (size_t i = 0; i < out->count; i++)
        out->cells[i] = (struct due_cell_row){.cell = (int32_t)pg_int(&rows, i, 0),
                                              .target = (int32_t)pg_int(&rows, i, 1),
                                              .due = pg_bool(&rows, i, 2),
                                              .light = alert_light(pg_slice(&rows, i, 3))};
    return ERROR_OK;
}

enum error_code due_cells_claim(struct pg *pg, int32_t programme, struct instant now, int targets,
                                struct due_cells *out, struct error *err) {
    *out = (struct due_cells){0};
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    AUTO_FREE int32_t *firsts = NULL, *woken = NULL;
    size_t count = 0;
    pg_put_int(&params, programme);
    pg_put_instant(&params, now);
    enum error_code code = pg_run(pg, retired_sql, &params, NULL, err);
    if (code) return code;
    code = ids_of(pg, claim_sql, programme, now, targets, &firsts, &count, err);
    if (code || count == 0) return code;
    /* The wakes first, the events after them: a wake that comes meanwhile is not consumed unseen. */
    pg_params_clear(&params);
    pg_put_ints(&params, firsts, count);
    pg_put_instant(&params, now);
    if ((code = pg_run(pg, wakes_sql, &params, &rows, err))) return code;
    if ((code = take_wakes(&rows, &out->wakes, &out->wake_count, err))) return code;
    woken = calloc(out->wake_count ? out->wake_count : 1, sizeof *woken);
    if (!woken) return out_of_memory(err);
    for (size_t i = 0; i < out->wake_count; i++) woken[i] = (int32_t)pg_int(&rows, i, 1);
    return read_cells(pg, firsts, count, woken, out->wake_count, now, out, err);
}

void due_cells_finish(struct due_cells *cells) {
    free(cells->cells);
    free(cells->wakes);
    *cells = (struct due_cells){0};
}

static enum error_code delete_wakes(struct pg *pg, const int64_t *wakes, size_t count, struct error *err) {
    if (count == 0) return ERROR_OK;
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_bigints(&params, wakes, count);
    return pg_run(pg, "DELETE FROM wake WHERE id = ANY($1)", &params, NULL, err);
}

/* A roll-up does not say since when (assess_rollup looks at today alone): as long as its row says the same light. */
static const char write_sql[] =
    "UPDATE cell_light l SET next_check_at = n.next_at, assessed_at = $11, plan_version = $12, rules_version = $13,"
    "       state = n.state, light = n.light, proposed = n.proposed, rule = n.rule,"
    "       light_since = coalesce(n.since, CASE WHEN l.light = n.light AND l.proposed IS NOT DISTINCT FROM n.proposed"
    "           THEN l.light_since END, ($11 AT TIME ZONE interval '8 hours')::date),"
    "       deviation_tenths = n.tenths, why = n.why, computed = n.computed"
    "  FROM unnest($1::int[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::date[], $7::text[],"
    "              $8::int[], $9::text[], $10::text[])"
    "       AS n(cell, next_at, state, light, proposed, since, rule, tenths, why, computed)"
    " WHERE l.cell = n.cell";

/* What says the same as before is not written again: the board reads what was written since its last look. */
static const char assessment_sql[] =
    "INSERT INTO cell_assessment AS old (cell, assessment)"
    " SELECT cell, assessment::json FROM unnest($1::int[], $2::text[]) AS n(cell, assessment)"
    " ON CONFLICT (cell) DO UPDATE SET assessment = excluded.assessment"
    "  WHERE old.assessment::text <> excluded.assessment::text";

#define PUT_TEXTS(field)                                                                                               \
    do {                                                                                                               \
        pg_array_begin(&params, PG_ELEMENT_TEXT, count);                                                               \
        for (size_t i = 0; i < count; i++) binary_slice(&params.bytes, slice_of(lights[i].field));                     \
        pg_array_end(&params);                                                                                         \
    } while (0)

static void put_cells(struct pg_params *params, const struct cell_light *lights, size_t count) {
    pg_array_begin(params, PG_ELEMENT_INT, count);
    for (size_t i = 0; i < count; i++) binary_int4(&params->bytes, lights[i].cell);
    pg_array_end(params);
}

static enum error_code write_assessments(struct pg *pg, const struct cell_light *lights, size_t count, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    put_cells(&params, lights, count);
    PUT_TEXTS(json);
    return pg_run(pg, assessment_sql, &params, NULL, err);
}

static void put_deviations(struct pg_params *params, const struct cell_light *lights, size_t count) {
    pg_array_begin(params, PG_ELEMENT_INT, count);
    for (size_t i = 0; i < count; i++)
        lights[i].has_deviation ? binary_int4(&params->bytes, lights[i].deviation_tenths) : binary_null(&params->bytes);
    pg_array_end(params);
}

static enum error_code write_lights(struct pg *pg, const struct cell_light *lights, size_t count, struct instant now,
                                    int32_t plan_version, const char *rules_version, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    put_cells(&params, lights, count);
    pg_array_begin(&params, PG_ELEMENT_INSTANT, count);
    for (size_t i = 0; i < count; i++) binary_instant(&params.bytes, lights[i].next_check);
    pg_array_end(&params);
    PUT_TEXTS(state);
    PUT_TEXTS(light);
    PUT_TEXTS(proposed);
    pg_array_begin(&params, PG_ELEMENT_DAY, count);
    for (size_t i = 0; i < count; i++) binary_day(&params.bytes, lights[i].light_since);
    pg_array_end(&params);
    PUT_TEXTS(rule);
    put_deviations(&params, lights, count);
    PUT_TEXTS(why);
    PUT_TEXTS(computed);
    pg_put_instant(&params, now);
    pg_put_int(&params, plan_version);
    pg_put_text(&params, rules_version);
    return pg_run(pg, write_sql, &params, NULL, err);
}

/* Cells a statement: libpq moves what it could not send yet once for every piece it sends. */
enum { WRITE_PART = 1024 };

enum error_code due_cells_write(struct pg *pg, const struct due_cells *claimed, const struct cell_light *lights,
                                size_t count, struct instant now, int32_t plan_version, const char *rules_version,
                                struct error *err) {
    enum error_code code = ERROR_OK;
    for (size_t from = 0; !code && from < count; from += WRITE_PART) {
        size_t part = count - from < WRITE_PART ? count - from : WRITE_PART;
        code = write_lights(pg, lights + from, part, now, plan_version, rules_version, err);
        if (!code) code = write_assessments(pg, lights + from, part, err);
    }
    return code ? code : delete_wakes(pg, claimed->wakes, claimed->wake_count, err);
}

void cell_lights_finish(struct cell_light *lights, size_t count) {
    for (size_t i = 0; i < count; i++) {
        free(lights[i].why);
        free(lights[i].json);
        lights[i].why = lights[i].json = NULL;
    }
}

/* --- streams --- */

static const char new_streams_sql[] =
    "INSERT INTO stream_due (stream, next_check_at) SELECT s.id, $2 FROM stream s"
    " WHERE s.programme = $1 AND NOT EXISTS (SELECT FROM stream_due d WHERE d.stream = s.id) ON CONFLICT DO NOTHING";

static const char claim_streams_sql[] =
    "SELECT d.stream FROM stream_due d JOIN stream s ON s.id = d.stream"
    " WHERE s.programme = $1 AND (d.next_check_at <= $2 OR EXISTS (SELECT FROM wake w WHERE w.stream = d.stream AND"
    "       w.not_before <= $2))"
    " ORDER BY d.stream LIMIT $3 FOR UPDATE OF d SKIP LOCKED";

enum error_code due_streams_claim(struct pg *pg, int32_t programme, struct instant now, int limit,
                                  struct due_streams *out, struct error *err) {
    *out = (struct due_streams){0};
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    pg_put_int(&params, programme);
    pg_put_instant(&params, now);
    enum error_code code = pg_run(pg, new_streams_sql, &params, NULL, err);
    if (code) return code;
    code = ids_of(pg, claim_streams_sql, programme, now, limit, &out->streams, &out->count, err);
    if (code || out->count == 0) return code;
    pg_params_clear(&params);
    pg_put_ints(&params, out->streams, out->count);
    pg_put_instant(&params, now);
    code = pg_run(pg, "SELECT id FROM wake WHERE stream = ANY($1) AND not_before <= $2", &params, &rows, err);
    return code ? code : take_wakes(&rows, &out->wakes, &out->wake_count, err);
}

void due_streams_finish(struct due_streams *streams) {
    free(streams->streams);
    free(streams->wakes);
    *streams = (struct due_streams){0};
}

enum error_code due_streams_write(struct pg *pg, const struct due_streams *claimed, const struct instant *next,
                                  struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_ints(&params, claimed->streams, claimed->count);
    pg_array_begin(&params, PG_ELEMENT_INSTANT, claimed->count);
    for (size_t i = 0; i < claimed->count; i++) binary_instant(&params.bytes, next[i]);
    pg_array_end(&params);
    enum error_code code = pg_run(pg,
                                  "UPDATE stream_due d SET next_check_at = n.next_at FROM unnest($1::int[],"
                                  " $2::timestamptz[]) AS n(stream, next_at) WHERE d.stream = n.stream",
                                  &params, NULL, err);
    return code ? code : delete_wakes(pg, claimed->wakes, claimed->wake_count, err);
}

/* --- what is left --- */

/* The first of the queue is found at once; to count, a plan that does not know the instant would read a million cells. */
#define IF_CELLS_ARE_DUE(now) "CASE WHEN (SELECT min(next_check_at) FROM cell_light) <= " now " THEN "

/* So many, or "a thousand at least": while one alerter works a storm off, the other asks again and again. */
#define SOME(of) "(SELECT count(*) FROM (SELECT FROM " of " LIMIT 1000) AS some_of_it)"

static const char left_sql[] =
    "SELECT " IF_CELLS_ARE_DUE("$1") SOME("cell_light WHERE next_check_at <= $1") " ELSE 0 END"
    "     + " SOME("wake WHERE cell IS NOT NULL AND not_before <= $1") ","
    "       (SELECT count(*) FROM stream_due WHERE next_check_at <= $1)"
    "     + " SOME("wake WHERE stream IS NOT NULL AND not_before <= $1") ","
    "       " SOME("notice WHERE state = 'waiting' AND not_before <= $1")
    "     + (SELECT count(*) FROM brief_due WHERE next_at <= $1),"
    "       (SELECT count(*) FROM delivery WHERE state IN ('waiting', 'leased')),"
    "       (SELECT count(*) FROM delivery WHERE state = 'failed'),"
    "       LEAST((SELECT min(next_check_at) FROM cell_light WHERE next_check_at > $1),"
    "             (SELECT min(not_before) FROM wake WHERE not_before > $1),"
    "             (SELECT min(next_check_at) FROM stream_due WHERE next_check_at > $1),"
    "             (SELECT min(not_before) FROM notice WHERE state = 'waiting' AND not_before > $1),"
    "             (SELECT min(next_at) FROM brief_due WHERE next_at > $1))";

enum error_code due_left(struct pg *pg, struct instant now, struct due_left *out, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    pg_put_instant(&params, now);
    enum error_code code = pg_run(pg, left_sql, &params, &rows, err);
    if (code) return code;
    *out = (struct due_left){
        .cells = pg_int(&rows, 0, 0),
        .streams = pg_int(&rows, 0, 1),
        .notices = pg_int(&rows, 0, 2),
        .deliveries = pg_int(&rows, 0, 3),
        .failed = pg_int(&rows, 0, 4),
        .next_at = pg_instant(&rows, 0, 5),
    };
    return ERROR_OK;
}

static const char work_sql[] =
    "SELECT " IF_CELLS_ARE_DUE("$2") "EXISTS (SELECT FROM cell_light l JOIN cell c ON c.id = l.cell"
    "         WHERE c.programme = $1 AND l.next_check_at <= $2) ELSE false END"
    "    OR EXISTS (SELECT FROM wake w JOIN cell c ON c.id = w.cell WHERE c.programme = $1 AND w.not_before <= $2),"
    "       EXISTS (SELECT FROM stream s LEFT JOIN stream_due d ON d.stream = s.id"
    "         WHERE s.programme = $1 AND (d.stream IS NULL OR d.next_check_at <= $2))"
    "    OR EXISTS (SELECT FROM wake w JOIN stream s ON s.id = w.stream"
    "         WHERE s.programme = $1 AND w.not_before <= $2),"
    "       EXISTS (SELECT FROM notice WHERE programme = $1 AND state = 'waiting' AND not_before <= $2),"
    "       EXISTS (SELECT FROM brief_due WHERE programme = $1 AND next_at <= $2)";

enum error_code due_work(struct pg *pg, int32_t programme, struct instant now, struct due_work *out,
                         struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    pg_put_int(&params, programme);
    pg_put_instant(&params, now);
    enum error_code code = pg_run(pg, work_sql, &params, &rows, err);
    if (!code)
        *out = (struct due_work){.cells = pg_bool(&rows, 0, 0),
                                 .streams = pg_bool(&rows, 0, 1),
                                 .notices = pg_bool(&rows, 0, 2),
                                 .brief = pg_bool(&rows, 0, 3)};
    return code;
}

static const char mark_sql[] =
    "SELECT coalesce(sum((SELECT max(version) FROM plan_version v WHERE v.programme = p.id)), 0)::bigint,"
    "       coalesce(sum((SELECT count(*) FROM stream s WHERE s.programme = p.id)), 0)::bigint,"
    "       count(*) FILTER (WHERE p.trial) FROM programme p WHERE $1::text IS NULL OR p.code = $1";

enum error_code due_mark(struct pg *pg, const char *programme, struct due_mark *out, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    pg_put_text(&params, programme);
    enum error_code code = pg_run(pg, mark_sql, &params, &rows, err);
    if (!code)
        *out = (struct due_mark){.versions = pg_int(&rows, 0, 0), .streams = pg_int(&rows, 0, 1),
                                 .trials = pg_int(&rows, 0, 2)};
    return code;
}

/* --- the window and the brief --- */

static enum error_code set_brief(struct pg *pg, const char *sql, int32_t programme, struct instant at,
                                 struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    if (!instant_is(at)) return ERROR_OK; /* the calendar ends before it: the house says so by itself */
    pg_put_int(&params, programme);
    pg_put_instant(&params, at);
    return pg_run(pg, sql, &params, NULL, err);
}

enum error_code due_brief_make(struct pg *pg, int32_t programme, struct instant first, struct error *err) {
    return set_brief(pg, "INSERT INTO brief_due (programme, next_at) VALUES ($1, $2) ON CONFLICT DO NOTHING", programme,
                     first, err);
}
enum error_code due_brief_next(struct pg *pg, int32_t programme, struct instant next, struct error *err) {
    return set_brief(pg, "UPDATE brief_due SET next_at = $2 WHERE programme = $1", programme, next, err);
}

enum error_code due_hold(struct pg *pg, int32_t programme, bool *held, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    pg_put_int(&params, programme);
    enum error_code code =
        pg_run(pg, "SELECT id FROM programme WHERE id = $1 FOR NO KEY UPDATE SKIP LOCKED", &params, &rows, err);
    *held = !code && pg_count(&rows) > 0;
    return code;
}

enum error_code due_hold_all(struct pg *pg, int32_t programme, struct instant now, bool *brief, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    pg_put_int(&params, programme);
    enum error_code code =
        pg_run(pg, "SELECT next_at FROM brief_due WHERE programme = $1 FOR UPDATE", &params, &rows, err);
    *brief = !code && pg_count(&rows) > 0 && pg_instant(&rows, 0, 0).ms <= now.ms;
    if (code) return code;
    code = pg_run(pg,
                  "SELECT FROM cell_light WHERE cell IN (SELECT min(id) FROM cell WHERE programme = $1 AND NOT retired"
                  " GROUP BY target) ORDER BY cell FOR UPDATE",
                  &params, NULL, err);
    if (code) return code;
    return pg_run(pg,
                  "SELECT FROM stream_due WHERE stream IN (SELECT id FROM stream WHERE programme = $1)"
                  " ORDER BY stream FOR UPDATE",
                  &params, NULL, err);
}
