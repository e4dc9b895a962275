#include "common/store/query_answer.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/base/cleanup.h"

static const char said_sql[] =
    "SELECT x.item, n.alert, n.id, m.number, a.rule, n.step, coalesce(t.code, ''), coalesce(r.code, ''),"
    "       coalesce(s.name, ''), coalesce(s.unit, ''), a.state, n.recipient, a.rung, m.window_at"
    "  FROM message m JOIN message_notice x ON x.message = m.id JOIN notice n ON n.id = x.notice"
    "  JOIN alert a ON a.id = n.alert LEFT JOIN cell c ON c.id = a.cell LEFT JOIN target t ON t.id = c.target"
    "  LEFT JOIN area r ON r.id = c.area LEFT JOIN stream s ON s.id = a.stream"
    " WHERE m.programme = $1 AND m.number = upper($2) ORDER BY x.item, n.id";

/* Whoever answers for a cell answers what was said last of each matter of it that still stands. */
static const char newest_sql[] =
    "SELECT m.number || '/' || x.item FROM message m JOIN message_notice x ON x.message = m.id"
    "  JOIN notice n ON n.id = x.notice JOIN alert a ON a.id = n.alert JOIN cell c ON c.id = a.cell"
    "  JOIN target t ON t.id = c.target JOIN area r ON r.id = c.area"
    " WHERE m.programme = $1 AND t.code = $2 AND r.code = $3 AND a.resolved_at IS NULL"
    "   AND a.rule IN ('overdue', 'fell_back', 'slipping') AND n.step NOT IN ('recovered', 'withdrawn')"
    " ORDER BY array_position(ARRAY['overdue', 'fell_back', 'slipping'], a.rule), m.rendered_at DESC, n.recipient = 'office', m.number"
    " LIMIT 1";

static const char near_sql[] =
    "SELECT string_agg(number, '、' ORDER BY number) FROM (SELECT number FROM message WHERE programme = $1"
    " ORDER BY left(number, 8) = left(upper($2), 8) DESC, rendered_at DESC, number DESC LIMIT 5) f";

/* How a promise stood at an instant: what has ended it later had not happened yet. */
static const char answers_sql[] =
    "SELECT p.id, coalesce(x.alert, 0), coalesce(p.item, 0), p.uid, p.number, p.who, coalesce(p.reason_code, ''),"
    "       coalesce(p.words, ''), coalesce(p.reporter, ''), coalesce(p.refused, ''), coalesce(a.rule, ''),"
    "       coalesce(t.code, ''), coalesce(r.code, ''), coalesce(s.name, ''),"
    "       CASE WHEN x.ended_at > $2 THEN 'standing' ELSE coalesce(x.outcome, '') END, p.by_day, p.on_behalf,"
    "       p.known_at, CASE WHEN x.ended_at <= $2 THEN x.ended_at END"
    "  FROM reply p LEFT JOIN reply_alert x ON x.reply = p.id LEFT JOIN alert a ON a.id = x.alert"
    "  LEFT JOIN cell c ON c.id = a.cell LEFT JOIN target t ON t.id = c.target LEFT JOIN area r ON r.id = c.area"
    "  LEFT JOIN stream s ON s.id = a.stream"
    " WHERE p.programme = $1 AND p.known_at <= $2 ORDER BY p.known_at, p.id, x.alert";

/* What is only told wants nothing: that the day comes near, that it is over, that a card was taken back. */
static const char asked_sql[] =
    "WITH said AS (SELECT DISTINCT coalesce(n.meant_for, n.recipient) AS recipient, m.id AS message, n.id AS notice,"
    "       a.rule <> 'due_soon' AND n.step NOT IN ('recovered', 'withdrawn') AS asks,"
    "       EXISTS (SELECT FROM reply_alert y WHERE y.alert = a.id) AS answered"
    "  FROM message m JOIN message_notice x ON x.message = m.id JOIN notice n ON n.id = x.notice"
    "  JOIN alert a ON a.id = n.alert"
    " WHERE m.programme = $1 AND m.kind <> 'test' AND m.rendered_at <= $3 AND ($2::timestamptz IS NULL OR m.window_at >= $2)"
    " UNION SELECT m.recipient, m.id, NULL, false, false FROM message m"
    " WHERE m.programme = $1 AND m.kind = 'brief' AND m.rendered_at <= $3 AND ($2::timestamptz IS NULL OR m.window_at >= $2))"
    "SELECT recipient, count(DISTINCT message), count(notice), count(notice) FILTER (WHERE asks),"
    "       count(DISTINCT message) FILTER (WHERE EXISTS (SELECT FROM delivery d WHERE d.message = said.message"
    "       AND d.state = 'trial')), count(notice) FILTER (WHERE asks AND answered) FROM said GROUP BY 1 ORDER BY 1";

/* Not while a window is written: whoever writes it holds the programme. */
static const char hold_notice_sql[] =
    "WITH house AS MATERIALIZED (SELECT id FROM programme WHERE id = $1 FOR NO KEY UPDATE),"
    "     held AS (UPDATE notice n SET state = CASE WHEN $3 THEN 'held' ELSE 'waiting' END,"
    "       cause = CASE WHEN $3 THEN 'office' END FROM house"
    " WHERE n.programme = house.id AND n.id = $2 AND ($3 AND state = 'waiting' OR NOT $3 AND state = 'held' AND cause = 'office')"
    " RETURNING 1) SELECT count(*), pg_notify('duban_wake', '')::text FROM held";

static const char hold_message_sql[] =
    "WITH held AS (UPDATE delivery d SET state = CASE WHEN $3 THEN 'held' ELSE 'waiting' END FROM message m"
    " WHERE m.id = d.message AND m.programme = $1 AND m.number = upper($2)"
    "   AND d.state = CASE WHEN $3 THEN 'waiting' ELSE 'held' END"
    " RETURNING 1) SELECT count(*), pg_notify('duban_wake', '')::text FROM held";

static enum error_code ask(struct pg *pg, const char *sql, const struct pg_params *params, struct pg_rows *rows,
                           size_t size, void **items, size_t *count, struct error *err) {
    enum error_code code = pg_run(pg, sql, params, rows, err);
    if (code) return code;
    *count = pg_count(rows);
    *items = calloc(*count + 1, size);
    return *items ? ERROR_OK : error_set(err, ERROR_MEMORY, "out of memory");
}

enum error_code query_said(struct pg *pg, int32_t programme, struct slice number, struct said_items *out,
                           struct error *err) {
    *out = (struct said_items){0};
    CLEAN(pg_params_finish) struct pg_params params = {0};
    void *items = NULL;
    pg_put_int(&params, programme);
    pg_put_slice(&params, number);
    enum error_code code = ask(pg, said_sql, &params, &out->rows, sizeof *out->items, &items, &out->count, err);
    out->items = items;
    const struct pg_rows *rows = &out->rows;
    for (size_t i = 0; !code && i < out->count; i++)
        out->items[i] = (struct said_item){.item = pg_int(rows, i, 0),
                                           .alert = pg_int(rows, i, 1),
                                           .notice = pg_int(rows, i, 2),
                                           .number = pg_text(rows, i, 3),
                                           .rule = pg_text(rows, i, 4),
                                           .step = pg_text(rows, i, 5),
                                           .target = pg_text(rows, i, 6),
                                           .area = pg_text(rows, i, 7),
                                           .stream = pg_text(rows, i, 8),
                                           .unit = pg_text(rows, i, 9),
                                           .state = pg_text(rows, i, 10),
                                           .recipient = pg_text(rows, i, 11),
                                           .rung = pg_int(rows, i, 12),
                                           .window_at = pg_instant(rows, i, 13)};
    return code;
}

enum error_code query_newest_said(struct pg *pg, int32_t programme, const char *target, const char *area, char *out,
                                  size_t capacity, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    pg_put_int(&params, programme);
    pg_put_text(&params, target);
    pg_put_text(&params, area);
    out[0] = '\0';
    enum error_code code = pg_run(pg, newest_sql, &params, &rows, err);
    if (!code && pg_count(&rows)) snprintf(out, capacity, "%s", pg_text(&rows, 0, 0));
    return code;
}

enum error_code query_numbers_near(struct pg *pg, int32_t programme, struct slice number, char *out, size_t capacity,
                                   struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    pg_put_int(&params, programme);
    pg_put_slice(&params, number);
    out[0] = '\0';
    enum error_code code = pg_run(pg, near_sql, &params, &rows, err);
    if (!code && pg_count(&rows) && !pg_is_null(&rows, 0, 0)) snprintf(out, capacity, "%s", pg_text(&rows, 0, 0));
    return code;
}

enum error_code query_answers(struct pg *pg, int32_t programme, struct instant known_at, struct answer_rows *out,
                              struct error *err) {
    *out = (struct answer_rows){0};
    CLEAN(pg_params_finish) struct pg_params params = {0};
    void *items = NULL;
    pg_put_int(&params, programme);
    pg_put_instant(&params, known_at);
    enum error_code code = ask(pg, answers_sql, &params, &out->rows, sizeof *out->items, &items, &out->count, err);
    out->items = items;
    const struct pg_rows *rows = &out->rows;
    for (size_t i = 0; !code && i < out->count; i++) {
        out->items[i] = (struct answer_row){.reply = pg_int(rows, i, 0),
                                            .alert = pg_int(rows, i, 1),
                                            .item = pg_int(rows, i, 2),
                                            .number = pg_text(rows, i, 4),
                                            .who = pg_text(rows, i, 5),
                                            .reason = pg_text(rows, i, 6),
                                            .words = pg_text(rows, i, 7),
                                            .reporter = pg_text(rows, i, 8),
                                            .refused = pg_text(rows, i, 9),
                                            .rule = pg_text(rows, i, 10),
                                            .target = pg_text(rows, i, 11),
                                            .area = pg_text(rows, i, 12),
                                            .stream = pg_text(rows, i, 13),
                                            .outcome = pg_text(rows, i, 14),
                                            .by_day = pg_day(rows, i, 15),
                                            .on_behalf = pg_bool(rows, i, 16),
                                            .known_at = pg_instant(rows, i, 17),
                                            .ended_at = pg_instant(rows, i, 18)};
        (void)pg_bytes(rows, i, 3, out->items[i].uid, EVENT_UID_BYTES);
    }
    return code;
}

enum error_code query_asked(struct pg *pg, int32_t programme, struct instant since, struct instant known_at,
                            struct asked_rows *out, struct error *err) {
    *out = (struct asked_rows){0};
    CLEAN(pg_params_finish) struct pg_params params = {0};
    void *items = NULL;
    pg_put_int(&params, programme);
    pg_put_instant(&params, since);
    pg_put_instant(&params, known_at);
    enum error_code code = ask(pg, asked_sql, &params, &out->rows, sizeof *out->items, &items, &out->count, err);
    out->items = items;
    for (size_t i = 0; !code && i < out->count; i++)
        out->items[i] = (struct asked_row){.recipient = pg_text(&out->rows, i, 0),
                                           .messages = pg_int(&out->rows, i, 1),
                                           .items = pg_int(&out->rows, i, 2),
                                           .asks = pg_int(&out->rows, i, 3),
                                           .trial = pg_int(&out->rows, i, 4),
                                           .answered = pg_int(&out->rows, i, 5)};
    return code;
}

static enum error_code change(struct pg *pg, const char *sql, const struct pg_params *params, int64_t *changed,
                              struct error *err) {
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    enum error_code code = pg_run(pg, sql, params, &rows, err);
    *changed = !code && pg_count(&rows) ? pg_int(&rows, 0, 0) : 0;
    return code;
}

enum error_code outbox_hold_notice(struct pg *pg, int32_t programme, int64_t notice, bool hold, int64_t *changed,
                                   struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_int(&params, programme);
    pg_put_bigint(&params, notice);
    pg_put_bool(&params, hold);
    return change(pg, hold_notice_sql, &params, changed, err);
}

enum error_code outbox_hold_message(struct pg *pg, int32_t programme, struct slice number, bool hold, int64_t *changed,
                                    struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_int(&params, programme);
    pg_put_slice(&params, number);
    pg_put_bool(&params, hold);
    return change(pg, hold_message_sql, &params, changed, err);
}

void said_items_finish(struct said_items *items) {
    free(items->items);
    pg_rows_finish(&items->rows);
    *items = (struct said_items){0};
}

void answer_rows_finish(struct answer_rows *rows) {
    free(rows->items);
    pg_rows_finish(&rows->rows);
    *rows = (struct answer_rows){0};
}

void asked_rows_finish(struct asked_rows *rows) {
    free(rows->items);
    pg_rows_finish(&rows->rows);
    *rows = (struct asked_rows){0};
}
