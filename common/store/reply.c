#include "common/store/reply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/domain/alert_words.h"
#include "common/domain/requests.h"
#include "common/domain/route.h"
#include "proto/more.h"

const char reply_no_such_number[] = "no_such_number", reply_no_such_item[] = "no_such_item";
const char reply_not_yours[] = "not_yours", reply_over[] = "over", reply_past[] = "past";

const char *reply_refusal_words(const char *refused) {
    static const struct {
        const char *code, *words;
    } table[] = {
        {reply_no_such_number, "没有这个编号"}, {reply_no_such_item, "编号里没有这一项，或这一项不用回复"},
        {reply_not_yours, "不是发给本单位的"},  {reply_over, "已经了结"},
        {reply_past, "所报日期已过"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strcmp(table[i].code, refused) == 0) return table[i].words;
    return refused;
}

/* Events are looked for from a little before the newest one handled: two aggregators may commit out of order. */
static const char unhandled_sql[] =
    "SELECT e.log, e.seq, e.uid, e.known_at, e.more, e.reporter, l.stream, coalesce(c.id, 0)"
    "  FROM event e JOIN log l ON l.id = e.log JOIN stream s ON s.id = l.stream"
    "  LEFT JOIN cell c ON c.target = e.target AND c.area = e.area"
    " WHERE e.kind >= 16 AND e.kind = 16 AND s.programme = $1 AND e.known_at <= $2"
    "   AND e.known_at >= (SELECT coalesce(max(r.known_at) - interval '2 days', '-infinity') FROM reply r"
    "                       WHERE r.programme = $1)"
    "   AND NOT EXISTS (SELECT FROM reply r WHERE r.log = e.log AND r.seq = e.seq)"
    " ORDER BY e.known_at, e.log, e.seq";

/* One row a notice of the message; a message without any gives one row without an alert. */
static const char of_message_sql[] =
    "SELECT m.id, s.item, n.recipient, n.step, a.id, a.rule, a.state, a.cell, a.stream, coalesce(r.code, '')"
    "  FROM message m LEFT JOIN message_notice s ON s.message = m.id LEFT JOIN notice n ON n.id = s.notice"
    "  LEFT JOIN alert a ON a.id = n.alert LEFT JOIN cell c ON c.id = a.cell LEFT JOIN area r ON r.id = c.area"
    " WHERE m.programme = $1 AND m.number = $2 ORDER BY s.item, a.id";
static const char of_cell_sql[] =
    "SELECT NULL::bigint, NULL::integer, '', a.step, a.id, a.rule, a.state, a.cell, a.stream, coalesce(r.code, '')"
    "  FROM alert a JOIN cell c ON c.id = a.cell JOIN area r ON r.id = c.area"
    " WHERE a.programme = $1 AND a.cell = $2 AND a.resolved_at IS NULL ORDER BY a.id";
enum { COL_MESSAGE, COL_ITEM, COL_RECIPIENT, COL_STEP, COL_ALERT, COL_RULE, COL_STATE, COL_CELL, COL_STREAM, COL_AREA };

struct said {
    int32_t log, cell;
    int64_t seq;
    uint8_t uid[EVENT_UID_BYTES];
    struct instant known_at;
    struct slice reporter;
    const struct stream *stream;
    struct more more;
};

struct match {
    int64_t message;
    unsigned item;
    const char *refused;
    int64_t *alerts; /* each once */
    size_t count;
};

/* --- which alerts --- */

static bool is_to(const char *recipient, const char *kind, const char *name) {
    size_t len = strlen(kind);
    return strncmp(recipient, kind, len) == 0 && strcmp(recipient + len, name) == 0;
}

static bool may_answer(const struct plan *plan, const struct stream *stream, const struct pg_rows *rows, size_t row) {
    const char *recipient = pg_text(rows, row, COL_RECIPIENT);
    if (stream->role == STREAM_OFFICE || pg_int(rows, row, COL_STREAM) == stream->id) return true;
    for (size_t i = 0; stream->role == STREAM_COUNTY && i < stream->area_count; i++)
        if (is_to(recipient, "area:", stream->areas[i]) || is_to(recipient, "it:", stream->areas[i]) ||
            strcmp(pg_text(rows, row, COL_AREA), stream->areas[i]) == 0)
            return true;
    size_t unit = plan_find_unit(plan, slice_of(stream->unit));
    const char *name = unit == NO_INDEX ? stream->unit : plan->units[unit].name;
    return stream->role == STREAM_DEPARTMENT && (is_to(recipient, "unit:", name) || is_to(recipient, "it:", name));
}

/* Decisions that wait for the office are not answered but taken; what the house says of itself is mended. */
static bool is_answerable(const struct pg_rows *rows, size_t row) {
    enum alert_rule rule;
    if (pg_is_null(rows, row, COL_ALERT) || !alert_rule_find(pg_slice(rows, row, COL_RULE), &rule)) return false;
    return !route_is_private(rule, NULL) && !alert_rule_is_house(rule);
}

static void add(struct match *match, int64_t alert) {
    for (size_t i = 0; i < match->count; i++)
        if (match->alerts[i] == alert) return;
    match->alerts[match->count++] = alert;
}

static void choose(const struct plan *plan, const struct said *said, const struct pg_rows *rows, struct match *match) {
    size_t there = 0, allowed = 0;
    for (size_t row = 0; row < pg_count(rows); row++) {
        match->message = pg_int(rows, row, COL_MESSAGE);
        if (match->item && pg_int(rows, row, COL_ITEM) != match->item) continue;
        if (!is_answerable(rows, row)) continue;
        there++;
        if (!may_answer(plan, said->stream, rows, row)) continue;
        allowed++;
        if (!slice_is(pg_slice(rows, row, COL_STATE), "resolved")) add(match, pg_int(rows, row, COL_ALERT));
    }
    bool past = day_is(said->more.reply.by_when) && said->more.reply.by_when.n < instant_day(said->known_at).n;
    if (pg_count(rows) == 0)
        match->refused = reply_no_such_number;
    else if (there == 0)
        match->refused = reply_no_such_item;
    else if (allowed == 0)
        match->refused = reply_not_yours;
    else if (match->count == 0)
        match->refused = reply_over;
    else if (past)
        match->refused = reply_past;
    if (match->refused) match->count = 0;
}

static enum error_code find(struct pg *pg, int32_t programme, const struct plan *plan, const struct said *said,
                            struct match *match, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    char number[64];
    size_t len = 0;
    snprintf(number, sizeof number, "%.*s", (int)said->more.reply.number.len,
             said->more.reply.number.ptr ? said->more.reply.number.ptr : "");
    bool by_cell = !*number && said->cell;
    if (!by_cell && !message_number_parse(number, &len, &match->item)) {
        match->refused = reply_no_such_number;
        return ERROR_OK;
    }
    pg_put_int(&params, programme);
    if (by_cell)
        pg_put_int(&params, said->cell);
    else
        pg_put_slice(&params, (struct slice){number, len});
    enum error_code code = pg_run(pg, by_cell ? of_cell_sql : of_message_sql, &params, &rows, err);
    if (code) return code;
    match->alerts = calloc(pg_count(&rows) + 1, sizeof *match->alerts);
    if (!match->alerts) return error_set(err, ERROR_MEMORY, "out of memory for an answer");
    choose(plan, said, &rows, match);
    if (by_cell && pg_count(&rows) == 0) match->refused = reply_over;
    return ERROR_OK;
}

/* --- written --- */

/* Another alerter may have been here first: then nothing is written. */
static const char reply_sql[] =
    "WITH made AS (INSERT INTO reply (programme, log, seq, uid, known_at, number, message, item, who, by_day, reason_code,"
    "                                 words, reporter, on_behalf, refused)"
    "              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
    "              ON CONFLICT (log, seq) DO NOTHING RETURNING id),"
    "     linked AS (INSERT INTO reply_alert (reply, alert, outcome)"
    "                SELECT made.id, a.id, $17 FROM made, unnest($16::bigint[]) AS a(id))"
    "INSERT INTO wake (cell, stream, not_before)"
    " SELECT DISTINCT a.cell, a.stream, $18::timestamptz FROM made, alert a WHERE a.id = ANY($16)"
    "    AND (a.cell IS NULL) <> (a.stream IS NULL)";

static struct slice text_or_empty(struct slice text) {
    return text.ptr ? text : slice_of("");
}

static enum error_code write(struct pg *pg, int32_t programme, const struct said *said, const struct match *match,
                             struct instant now, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_int(&params, programme);
    pg_put_int(&params, said->log);
    pg_put_bigint(&params, said->seq);
    pg_put_uid(&params, said->uid);
    pg_put_instant(&params, said->known_at);
    pg_put_slice(&params, text_or_empty(said->more.reply.number));
    if (match->message)
        pg_put_bigint(&params, match->message);
    else
        pg_put_null(&params);
    if (match->item)
        pg_put_int(&params, (int32_t)match->item);
    else
        pg_put_null(&params);
    pg_put_slice(&params, text_or_empty(said->more.reply.who));
    pg_put_day(&params, said->more.reply.by_when);
    pg_put_slice(&params, said->more.reply.reason_code);
    pg_put_slice(&params, said->more.reply.text);
    pg_put_slice(&params, said->reporter);
    pg_put_bool(&params, said->stream->role == STREAM_OFFICE);
    pg_put_text(&params, match->refused);
    pg_put_bigints(&params, match->alerts, match->count);
    pg_put_text(&params, answer_outcome_name(day_is(said->more.reply.by_when) ? PROMISE_STANDING : ANSWERED));
    pg_put_instant(&params, now);
    return pg_run(pg, reply_sql, &params, NULL, err);
}

static enum error_code take(const struct pg_rows *rows, size_t row, const struct streams *streams, struct said *out,
                            struct error *err) {
    int32_t stream = (int32_t)pg_int(rows, row, 6);
    *out = (struct said){.log = (int32_t)pg_int(rows, row, 0),
                         .seq = pg_int(rows, row, 1),
                         .known_at = pg_instant(rows, row, 3),
                         .reporter = pg_slice(rows, row, 5),
                         .stream = streams_by_id(streams, stream),
                         .cell = (int32_t)pg_int(rows, row, 7)};
    (void)pg_bytes(rows, row, 2, out->uid, sizeof out->uid);
    if (!out->stream) return error_set(err, ERROR_CONFLICT, "stream %d is newer than the list read last", (int)stream);
    if (more_decode(EVENT_REPLY, pg_slice(rows, row, 4), &out->more))
        return error_set(err, ERROR_DATABASE, "the answer at log %d, seq %lld cannot be read: was its row altered?",
                         (int)out->log, (long long)out->seq);
    return ERROR_OK;
}

enum error_code replies_match(struct pg *pg, int32_t programme, const struct plan *plan, const struct streams *streams,
                              struct instant now, size_t *matched, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    *matched = 0;
    pg_put_int(&params, programme);
    pg_put_instant(&params, now);
    enum error_code code = pg_run(pg, unhandled_sql, &params, &rows, err);
    for (size_t row = 0; !code && row < pg_count(&rows); row++) {
        struct said said;
        struct match match = {0};
        code = take(&rows, row, streams, &said, err);
        if (!code) code = find(pg, programme, plan, &said, &match, err);
        if (!code) code = write(pg, programme, &said, &match, now, err);
        free(match.alerts);
        *matched += !code;
    }
    return code;
}
