#include "common/store/query_alert.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"

/* How an alert stood at an instant is its last transition by then; of one that has not changed since, its row says it. */
static const char alerts_sql[] =
    "SELECT a.id, coalesce(a.file, 0), a.rule, coalesce(t.code, ''), coalesce(r.code, ''), coalesce(s.name, ''), "
    "a.period,"
    "       coalesce(w.to_state, a.state), coalesce(w.cause, a.cause), coalesce(w.step, a.step), a.opened_at,"
    "       coalesce(w.at, a.changed_at), CASE WHEN coalesce(w.to_state, a.state) = 'resolved' THEN coalesce(w.at, "
    "a.resolved_at) END, a.back_filled, a.facts::text, coalesce(a.cell, 0), coalesce(w.rung, a.rung), a.issued "
    "FROM alert a LEFT JOIN cell c ON c.id = a.cell LEFT JOIN target t ON t.id = c.target LEFT JOIN area r ON r.id = "
    "c.area "
    "LEFT JOIN stream s ON s.id = a.stream LEFT JOIN LATERAL (SELECT x.to_state, x.cause, x.step, x.rung, x.at FROM "
    "alert_transition x WHERE x.alert = a.id AND x.at <= $2 AND a.changed_at > $2 ORDER BY x.at DESC, x.stored_at DESC "
    "LIMIT 1) w ON true "
    "WHERE a.programme = $1 AND a.opened_at <= $2 AND ($3 OR coalesce(w.to_state, a.state) <> 'resolved') "
    "ORDER BY a.opened_at, a.id";

/* The message that says a notice: its recipient's own before a room's. */
static const char notices_sql[] =
    "WITH said AS (SELECT DISTINCT ON (n.id) n.id, m.id AS message, x.item FROM message m,"
    "   unnest(m.notices, m.items) AS x(notice, item) JOIN notice n ON n.id = x.notice"
    "   WHERE m.programme = $1 ORDER BY n.id, m.recipient <> n.recipient, m.id),"
    " line AS (SELECT m.id, (f->>'item')::int AS item, f->>'line' AS line FROM message m, jsonb_array_elements(m.facts) f"
    "   WHERE m.programme = $1)"
    "SELECT n.id, n.alert, coalesce(m.id, 0), n.step, n.recipient, coalesce(n.meant_for, ''), n.state, "
    "coalesce(n.cause, ''), coalesce(m.number, ''), coalesce(line.line, m.first_line, ''), n.unroutable, n.not_before,"
    "       m.window_at, coalesce(said.item, 0) "
    "FROM notice n JOIN alert a ON a.id = n.alert LEFT JOIN said ON said.id = n.id LEFT JOIN message m ON m.id = "
    "said.message LEFT JOIN line ON line.id = said.message AND line.item = said.item "
    "WHERE n.programme = $1 AND a.opened_at <= $2 ORDER BY n.alert, n.not_before, n.recipient, n.id";

static const char messages_sql[] =
    "SELECT id, number, recipient, first_line, body, window_at, rendered_at FROM message "
    "WHERE programme = $1 AND rendered_at <= $2 AND ($3::timestamptz IS NULL OR rendered_at > $3) "
    "ORDER BY window_at, number";

static const char deliveries_sql[] =
    "SELECT d.message, d.channel, d.address, d.state, coalesce(d.last_answer, ''), d.attempts FROM delivery d "
    "JOIN message m ON m.id = d.message WHERE m.programme = $1 ORDER BY d.message, d.id";

/* Runs and makes room for one item a row. */
static enum error_code ask(struct pg *pg, const char *sql, const struct pg_params *params, struct pg_rows *rows,
                           size_t size, void **items, size_t *count, struct error *err) {
    enum error_code code = pg_run(pg, sql, params, rows, err);
    if (code) return code;
    *count = pg_count(rows);
    *items = calloc(*count ? *count : 1, size);
    return *items ? ERROR_OK : error_set(err, ERROR_MEMORY, "out of memory");
}

struct alert_row alert_row_take(const struct pg_rows *rows, size_t row) {
    return (struct alert_row){
        .id = pg_int(rows, row, 0),
        .file = pg_int(rows, row, 1),
        .rule = pg_text(rows, row, 2),
        .target = pg_text(rows, row, 3),
        .area = pg_text(rows, row, 4),
        .stream = pg_text(rows, row, 5),
        .period = pg_day(rows, row, 6),
        .state = pg_text(rows, row, 7),
        .cause = pg_text(rows, row, 8),
        .step = pg_text(rows, row, 9),
        .opened_at = pg_instant(rows, row, 10),
        .changed_at = pg_instant(rows, row, 11),
        .resolved_at = pg_instant(rows, row, 12),
        .back_filled = pg_bool(rows, row, 13),
        .facts = pg_text(rows, row, 14),
        .cell = pg_int(rows, row, 15),
        .rung = pg_int(rows, row, 16),
        .issued = pg_int(rows, row, 17),
    };
}

enum error_code query_alerts(struct pg *pg, int32_t programme, struct instant known_at, bool all,
                             struct alert_rows *out, struct error *err) {
    *out = (struct alert_rows){0};
    CLEAN(pg_params_finish) struct pg_params params = {0};
    void *items = NULL;
    pg_put_int(&params, programme);
    pg_put_instant(&params, known_at);
    pg_put_bool(&params, all);
    enum error_code code = ask(pg, alerts_sql, &params, &out->rows, sizeof *out->items, &items, &out->count, err);
    out->items = items;
    const struct pg_rows *rows = &out->rows;
    for (size_t i = 0; !code && i < out->count; i++)
        out->items[i] = alert_row_take(rows, i);
    return code;
}

enum error_code query_notices(struct pg *pg, int32_t programme, struct instant known_at, struct notice_rows *out,
                              struct error *err) {
    *out = (struct notice_rows){0};
    CLEAN(pg_params_finish) struct pg_params params = {0};
    void *items = NULL;
    pg_put_int(&params, programme);
    pg_put_instant(&params, known_at);
    enum error_code code = ask(pg, notices_sql, &params, &out->rows, sizeof *out->items, &items, &out->count, err);
    out->items = items;
    const struct pg_rows *rows = &out->rows;
    for (size_t i = 0; !code && i < out->count; i++)
        out->items[i] = (struct notice_row){.id = pg_int(rows, i, 0),
                                            .alert = pg_int(rows, i, 1),
                                            .message_id = pg_int(rows, i, 2),
                                            .step = pg_text(rows, i, 3),
                                            .recipient = pg_text(rows, i, 4),
                                            .meant_for = pg_text(rows, i, 5),
                                            .state = pg_text(rows, i, 6),
                                            .cause = pg_text(rows, i, 7),
                                            .message = pg_text(rows, i, 8),
                                            .line = pg_text(rows, i, 9),
                                            .unroutable = pg_bool(rows, i, 10),
                                            .not_before = pg_instant(rows, i, 11),
                                            .window_at = pg_instant(rows, i, 12),
                                            .item = pg_int(rows, i, 13)};
    return code;
}

enum error_code query_messages(struct pg *pg, int32_t programme, struct instant from, struct instant known_at,
                               struct message_rows *out, struct error *err) {
    *out = (struct message_rows){0};
    CLEAN(pg_params_finish) struct pg_params params = {0};
    void *items = NULL;
    pg_put_int(&params, programme);
    pg_put_instant(&params, known_at);
    pg_put_instant(&params, from);
    enum error_code code = ask(pg, messages_sql, &params, &out->rows, sizeof *out->items, &items, &out->count, err);
    out->items = items;
    const struct pg_rows *rows = &out->rows;
    for (size_t i = 0; !code && i < out->count; i++)
        out->items[i] = (struct message_row_read){.id = pg_int(rows, i, 0),
                                                  .number = pg_text(rows, i, 1),
                                                  .recipient = pg_text(rows, i, 2),
                                                  .first_line = pg_text(rows, i, 3),
                                                  .body = pg_text(rows, i, 4),
                                                  .window_at = pg_instant(rows, i, 5),
                                                  .rendered_at = pg_instant(rows, i, 6)};
    return code;
}

enum error_code query_deliveries(struct pg *pg, int32_t programme, struct delivery_rows *out, struct error *err) {
    *out = (struct delivery_rows){0};
    CLEAN(pg_params_finish) struct pg_params params = {0};
    void *items = NULL;
    pg_put_int(&params, programme);
    enum error_code code = ask(pg, deliveries_sql, &params, &out->rows, sizeof *out->items, &items, &out->count, err);
    out->items = items;
    const struct pg_rows *rows = &out->rows;
    for (size_t i = 0; !code && i < out->count; i++)
        out->items[i] = (struct delivery_row){.message = pg_int(rows, i, 0),
                                              .channel = pg_text(rows, i, 1),
                                              .address = pg_text(rows, i, 2),
                                              .state = pg_text(rows, i, 3),
                                              .last_answer = pg_text(rows, i, 4),
                                              .attempts = pg_int(rows, i, 5)};
    return code;
}

void alert_rows_finish(struct alert_rows *rows) {
    free(rows->items);
    pg_rows_finish(&rows->rows);
    *rows = (struct alert_rows){0};
}

void notice_rows_finish(struct notice_rows *rows) {
    free(rows->items);
    pg_rows_finish(&rows->rows);
    *rows = (struct notice_rows){0};
}

void message_rows_finish(struct message_rows *rows) {
    free(rows->items);
    pg_rows_finish(&rows->rows);
    *rows = (struct message_rows){0};
}

void delivery_rows_finish(struct delivery_rows *rows) {
    free(rows->items);
    pg_rows_finish(&rows->rows);
    *rows = (struct delivery_rows){0};
}
