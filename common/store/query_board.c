#include "common/store/query_board.h"

#include <stdlib.h>

#include "common/base/cleanup.h"

/* The line of an item in the newest message of some notices of alert a, its recipient's own before a room's. */
#define NEWEST_LINE(which)                                                                                             \
    "LEFT JOIN LATERAL (SELECT m.number, x.item, coalesce((SELECT f->>'line' FROM jsonb_array_elements(m.facts) f "    \
    "WHERE (f->>'item')::int = x.item LIMIT 1), m.first_line) AS line FROM notice n JOIN message m ON m.id = "         \
    "ANY (n.messages), LATERAL (SELECT m.items[array_position(m.notices, n.id)] AS item) x "                           \
    "WHERE n.alert = a.id AND m.rendered_at <= $2 AND " which                                                          \
    " ORDER BY m.rendered_at DESC, m.recipient <> n.recipient, m.id DESC LIMIT 1)"

/* Since when a rung counts is kept of the present one alone; of an earlier one it is the first message after it was
 * reached. */
static const char standing_sql[] =
    "SELECT a.id, CASE WHEN w.rung IS NULL OR w.rung = a.rung THEN CASE WHEN a.rung_said_at <= $2 THEN a.rung_said_at "
    "END ELSE (SELECT min(m.rendered_at) FROM notice n JOIN message m ON m.id = ANY (n.messages) "
    "WHERE n.alert = a.id AND m.rendered_at BETWEEN w.reached AND $2) END, "
    "coalesce(one.number, ''), coalesce(one.line, ''), coalesce(one.item, 0), coalesce(two.number, ''), "
    "coalesce(two.line, ''), coalesce(two.item, 0) "
    "FROM alert a LEFT JOIN LATERAL (SELECT t.to_state, t.rung, (SELECT min(u.at) FROM alert_transition u WHERE "
    "u.alert = a.id AND u.rung = t.rung) AS reached FROM alert_transition t WHERE t.alert = a.id AND t.at <= $2 "
    "ORDER BY t.at DESC, t.stored_at DESC LIMIT 1) w ON true " NEWEST_LINE("true") " one ON true "
    NEWEST_LINE("n.step NOT IN ('yellow_card', 'red_card')") " two ON true "
    "WHERE a.programme = $1 AND a.opened_at <= $2 AND (a.resolved_at IS NULL OR a.resolved_at > $2) ORDER BY a.id";

static struct board_line take_line(const struct pg_rows *rows, size_t row, size_t first) {
    return (struct board_line){pg_text(rows, row, first), pg_text(rows, row, first + 1), pg_int(rows, row, first + 2)};
}

enum error_code query_board_standing(struct pg *pg, int32_t programme, struct instant known_at,
                                     struct board_standing *out, struct error *err) {
    *out = (struct board_standing){0};
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_int(&params, programme);
    pg_put_instant(&params, known_at);
    enum error_code code = pg_run(pg, standing_sql, &params, &out->rows, err);
    if (code) return code;
    size_t count = pg_count(&out->rows);
    out->items = calloc(count + 1, sizeof *out->items);
    if (!out->items) return error_set(err, ERROR_MEMORY, "out of memory");
    out->count = count;
    for (size_t i = 0; i < count; i++)
        out->items[i] = (struct board_said){.alert = pg_int(&out->rows, i, 0),
                                            .rung_said_at = pg_instant(&out->rows, i, 1),
                                            .newest = take_line(&out->rows, i, 2),
                                            .open = take_line(&out->rows, i, 5)};
    return ERROR_OK;
}

void board_standing_finish(struct board_standing *standing) {
    free(standing->items);
    pg_rows_finish(&standing->rows);
    *standing = (struct board_standing){0};
}

const struct board_said *board_standing_of(const struct board_standing *standing, int64_t alert) {
    size_t low = 0, high = standing->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (standing->items[middle].alert < alert)
            low = middle + 1;
        else
            high = middle;
    }
    return low < standing->count && standing->items[low].alert == alert ? &standing->items[low] : NULL;
}

/* --- pages of what is over --- */

static const char resolved_sql[] =
    "SELECT a.id, coalesce(a.file, 0), a.rule, coalesce(t.code, ''), coalesce(r.code, ''), coalesce(s.name, ''), "
    "a.period, a.state, a.cause, a.step, a.opened_at, a.changed_at, a.resolved_at, a.back_filled, a.facts::text, "
    "coalesce(a.cell, 0), a.rung, a.issued FROM alert a LEFT JOIN cell c ON c.id = a.cell LEFT JOIN target t ON t.id = "
    "c.target LEFT JOIN area r ON r.id = c.area LEFT JOIN stream s ON s.id = a.stream "
    "WHERE a.programme = $1 AND a.state = 'resolved' AND a.resolved_at <= $2 AND ($3 = 0 OR a.id < $3) "
    "ORDER BY a.id DESC LIMIT $4";

enum error_code query_board_resolved(struct pg *pg, int32_t programme, struct instant known_at, int64_t before,
                                     size_t limit, struct alert_rows *out, struct error *err) {
    *out = (struct alert_rows){0};
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_int(&params, programme);
    pg_put_instant(&params, known_at);
    pg_put_bigint(&params, before);
    pg_put_bigint(&params, (int64_t)limit);
    enum error_code code = pg_run(pg, resolved_sql, &params, &out->rows, err);
    if (code) return code;
    size_t count = pg_count(&out->rows);
    out->items = calloc(count + 1, sizeof *out->items);
    if (!out->items) return error_set(err, ERROR_MEMORY, "out of memory");
    out->count = count;
    for (size_t i = 0; i < count; i++)
        out->items[i] = alert_row_take(&out->rows, i);
    return ERROR_OK;
}

static const char over_sql[] =
    "SELECT a.rule, coalesce(t.code, ''), coalesce(r.code, ''), coalesce(s.name, ''), count(*) FROM "
    "(SELECT rule, cell, stream FROM alert WHERE programme = $1 AND state = 'resolved' AND resolved_at <= $2 "
    "ORDER BY id DESC LIMIT $3) a LEFT JOIN cell c ON c.id = a.cell LEFT JOIN target t ON t.id = c.target "
    "LEFT JOIN area r ON r.id = c.area LEFT JOIN stream s ON s.id = a.stream GROUP BY 1, 2, 3, 4";

enum error_code query_board_over(struct pg *pg, int32_t programme, struct instant known_at, struct board_over *out,
                                 struct error *err) {
    *out = (struct board_over){0};
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_int(&params, programme);
    pg_put_instant(&params, known_at);
    pg_put_bigint(&params, BOARD_OVER_MAX);
    enum error_code code = pg_run(pg, over_sql, &params, &out->rows, err);
    if (code) return code;
    size_t count = pg_count(&out->rows);
    out->items = calloc(count + 1, sizeof *out->items);
    if (!out->items) return error_set(err, ERROR_MEMORY, "out of memory");
    out->count = count;
    for (size_t i = 0; i < count; i++)
        out->items[i] = (struct board_over_row){.alert = {.rule = pg_text(&out->rows, i, 0),
                                                          .target = pg_text(&out->rows, i, 1),
                                                          .area = pg_text(&out->rows, i, 2),
                                                          .stream = pg_text(&out->rows, i, 3),
                                                          .state = "resolved",
                                                          .step = ""},
                                                .count = pg_int(&out->rows, i, 4)};
    return ERROR_OK;
}

void board_over_finish(struct board_over *over) {
    free(over->items);
    pg_rows_finish(&over->rows);
    *over = (struct board_over){0};
}

static enum error_code take_files(struct feed_files *out, struct error *err) {
    size_t count = pg_count(&out->rows);
    out->items = calloc(count + 1, sizeof *out->items);
    if (!out->items) return error_set(err, ERROR_MEMORY, "out of memory");
    out->count = count;
    for (size_t i = 0; i < count; i++)
        out->items[i] = feed_file_take(&out->rows, i);
    return ERROR_OK;
}

static const char files_sql[] = "SELECT " FEED_FILE_SQL
                                "AND ($3 = 0 OR f.id = $3) AND ($4 = 0 OR f.id < $4) ORDER BY f.id DESC LIMIT $5";

enum error_code query_board_files(struct pg *pg, int32_t programme, struct instant known_at, int64_t id,
                                  int64_t before, size_t limit, struct feed_files *out, struct error *err) {
    *out = (struct feed_files){0};
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_int(&params, programme);
    pg_put_instant(&params, known_at);
    pg_put_bigint(&params, id);
    pg_put_bigint(&params, before);
    pg_put_bigint(&params, (int64_t)limit);
    enum error_code code = pg_run(pg, files_sql, &params, &out->rows, err);
    return code ? code : take_files(out, err);
}

static const char stream_files_sql[] = "SELECT " FEED_FILE_SQL "AND f.stream = $3 ORDER BY f.id DESC";

enum error_code query_board_stream_files(struct pg *pg, int32_t programme, struct instant known_at, int32_t stream,
                                         struct feed_files *out, struct error *err) {
    *out = (struct feed_files){0};
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_int(&params, programme);
    pg_put_instant(&params, known_at);
    pg_put_int(&params, stream);
    enum error_code code = pg_run(pg, stream_files_sql, &params, &out->rows, err);
    return code ? code : take_files(out, err);
}

static const char quarantine_sql[] =
    "SELECT " QUARANTINED_SQL "WHERE s.programme = $1 AND q.known_at <= $2 AND ($3::timestamptz IS NULL OR "
    "(q.known_at, q.log, q.seq) < ($3, $4::int, $5::bigint)) ORDER BY q.known_at DESC, q.log DESC, q.seq DESC LIMIT $6";

enum error_code query_board_quarantine(struct pg *pg, int32_t programme, struct instant known_at,
                                       const struct quarantine_place *after, size_t limit,
                                       bool (*each)(void *context, const struct quarantined *row), void *context,
                                       struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    pg_put_int(&params, programme);
    pg_put_instant(&params, known_at);
    pg_put_instant(&params, after->known_at);
    pg_put_int(&params, after->log);
    pg_put_bigint(&params, after->seq);
    pg_put_bigint(&params, (int64_t)limit);
    enum error_code code = pg_run(pg, quarantine_sql, &params, &rows, err);
    for (size_t i = 0; !code && i < pg_count(&rows); i++) {
        struct quarantined row;
        quarantined_take(&rows, i, &row);
        if (!each(context, &row)) break;
    }
    return code;
}

/* --- who reported which month when --- */

static const char reports_sql[] =
    "SELECT l.stream, date_trunc('month', e.as_of)::date, min(e.known_at) FROM event e JOIN log l ON l.id = e.log "
    "WHERE l.stream = ANY ($1::int[]) AND e.kind IN (1, 2, 3) AND e.area IS NOT NULL AND e.as_of >= $2 AND "
    "e.known_at <= $3 GROUP BY 1, 2 ORDER BY 1, 2";

enum error_code query_board_reports(struct pg *pg, const int32_t *streams, size_t count, struct day from,
                                    struct instant known_at, struct board_reports *out, struct error *err) {
    *out = (struct board_reports){0};
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    pg_put_ints(&params, streams, count);
    pg_put_day(&params, from);
    pg_put_instant(&params, known_at);
    enum error_code code = pg_run(pg, reports_sql, &params, &rows, err);
    if (code) return code;
    out->items = calloc(pg_count(&rows) + 1, sizeof *out->items);
    if (!out->items) return error_set(err, ERROR_MEMORY, "out of memory");
    out->count = pg_count(&rows);
    for (size_t i = 0; i < out->count; i++)
        out->items[i] =
            (struct board_report){(int32_t)pg_int(&rows, i, 0), pg_day(&rows, i, 1), pg_instant(&rows, i, 2)};
    return ERROR_OK;
}

void board_reports_finish(struct board_reports *reports) {
    free(reports->items);
    *reports = (struct board_reports){0};
}

struct instant board_reports_first(const struct board_reports *reports, int32_t stream, struct day from,
                                   struct day until) {
    struct instant first = INSTANT_NONE;
    for (size_t i = 0; i < reports->count; i++) {
        const struct board_report *one = &reports->items[i];
        if (one->stream != stream || one->month.n < from.n || one->month.n > until.n) continue;
        if (!instant_is(first) || one->first_at.ms < first.ms) first = one->first_at;
    }
    return first;
}
