/* The alerts that stand, with the answers to them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/store/alert.h"

static void copy_slice(struct slice text, char *out, size_t capacity) {
    snprintf(out, capacity, "%.*s", text.ptr ? (int)text.len : 0, text.ptr ? text.ptr : "");
}

#define STANDING_COLUMNS                                                                                               \
    "cell, stream, id, rule, state, key, step, cause, period, file, message, opened_at, changed_at, rung, rung_at, "    \
    "rung_said_at, issued, opening, back_filled"
enum { COL_CELL, COL_STREAM, COL_ID, COL_RULE, COL_STATE, COL_KEY, COL_STEP, COL_CAUSE, COL_PERIOD, COL_FILE,
       COL_MESSAGE, COL_OPENED, COL_CHANGED, COL_RUNG, COL_RUNG_AT, COL_SAID_AT, COL_ISSUED, COL_OPENING, COL_BACK_FILLED };

/* false: a rule or a state of a later duban: its alert is not ours to judge. */
static bool take_standing(const struct pg_rows *rows, size_t row, struct standing_alert *out) {
    *out = (struct standing_alert){.cell = (int32_t)pg_int(rows, row, COL_CELL),
                                   .stream = (int32_t)pg_int(rows, row, COL_STREAM)};
    struct alert *alert = &out->alert;
    alert->id = pg_int(rows, row, COL_ID);
    copy_slice(pg_slice(rows, row, COL_KEY), alert->key, sizeof alert->key);
    copy_slice(pg_slice(rows, row, COL_STEP), alert->step, sizeof alert->step);
    copy_slice(pg_slice(rows, row, COL_CAUSE), alert->cause, sizeof alert->cause);
    alert->period = pg_day(rows, row, COL_PERIOD);
    alert->file = pg_int(rows, row, COL_FILE);
    alert->message = pg_int(rows, row, COL_MESSAGE);
    alert->opened_at = pg_instant(rows, row, COL_OPENED);
    alert->changed_at = pg_instant(rows, row, COL_CHANGED);
    alert->rung = (enum alert_rung)pg_int(rows, row, COL_RUNG);
    alert->rung_at = pg_instant(rows, row, COL_RUNG_AT);
    alert->rung_said_at = pg_instant(rows, row, COL_SAID_AT);
    alert->issued = (enum alert_rung)pg_int(rows, row, COL_ISSUED);
    alert->opening = (unsigned)pg_int(rows, row, COL_OPENING);
    alert->back_filled = pg_bool(rows, row, COL_BACK_FILLED);
    return alert_rule_find(pg_slice(rows, row, COL_RULE), &alert->rule) &&
           alert_state_find(pg_slice(rows, row, COL_STATE), &alert->state);
}

static const char answers_sql[] =
    "SELECT w.place, r.id, r.uid, r.known_at, r.by_day, coalesce(r.reason_code, ''), x.outcome"
    "  FROM unnest($1::bigint[]) WITH ORDINALITY AS w(alert, place) JOIN reply_alert x ON x.alert = w.alert"
    "  JOIN reply r ON r.id = x.reply ORDER BY w.place, r.known_at, r.log, r.seq";

static enum error_code read_answers(struct pg *pg, struct standing_alerts *out, struct error *err) {
    if (out->count == 0) return ERROR_OK;
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    pg_array_begin(&params, PG_ELEMENT_BIGINT, out->count);
    for (size_t i = 0; i < out->count; i++) binary_int8(&params.bytes, out->items[i].alert.id);
    pg_array_end(&params);
    enum error_code code = pg_run(pg, answers_sql, &params, &rows, err);
    size_t found = code ? 0 : pg_count(&rows);
    if (code || found == 0) return code;
    out->answers = calloc(found, sizeof *out->answers);
    if (!out->answers) return error_set(err, ERROR_MEMORY, "out of memory for %zu answers", found);
    for (size_t i = 0; i < found; i++) {
        struct alert_answer *answer = &out->answers[i];
        struct alert *alert = &out->items[pg_int(&rows, i, 0) - 1].alert;
        answer->reply = pg_int(&rows, i, 1);
        (void)pg_bytes(&rows, i, 2, answer->uid, sizeof answer->uid);
        answer->known_at = pg_instant(&rows, i, 3);
        answer->by_day = pg_day(&rows, i, 4);
        copy_slice(pg_slice(&rows, i, 5), answer->reason, sizeof answer->reason);
        if (!answer_outcome_find(pg_slice(&rows, i, 6), &answer->outcome)) answer->outcome = ANSWERED;
        if (alert->answer_count++ == 0) alert->answers = answer;
    }
    return ERROR_OK;
}

static enum error_code standing(struct pg *pg, const char *sql, const struct pg_params *params,
                                struct standing_alerts *out, struct error *err) {
    *out = (struct standing_alerts){0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    enum error_code code = pg_run(pg, sql, params, &rows, err);
    if (code) return code;
    size_t found = pg_count(&rows);
    out->items = calloc(found ? found : 1, sizeof *out->items);
    if (!out->items) return error_set(err, ERROR_MEMORY, "out of memory for %zu alerts", found);
    for (size_t i = 0; i < found; i++)
        if (take_standing(&rows, i, &out->items[out->count])) out->count++;
    return read_answers(pg, out, err);
}

enum error_code alerts_of_cells(struct pg *pg, const int32_t *cells, size_t count, struct standing_alerts *out,
                                struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_ints(&params, cells, count);
    return standing(pg,
                    "SELECT " STANDING_COLUMNS " FROM alert WHERE resolved_at IS NULL AND cell = ANY($1)"
                    " ORDER BY cell, id",
                    &params, out, err);
}
enum error_code alerts_of_streams(struct pg *pg, const int32_t *streams, size_t count, struct standing_alerts *out,
                                  struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_ints(&params, streams, count);
    return standing(pg,
                    "SELECT " STANDING_COLUMNS " FROM alert WHERE resolved_at IS NULL AND stream = ANY($1)"
                    " ORDER BY stream, id",
                    &params, out, err);
}
enum error_code alerts_of_house(struct pg *pg, int32_t programme, struct standing_alerts *out, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_int(&params, programme);
    return standing(pg,
                    "SELECT " STANDING_COLUMNS " FROM alert WHERE resolved_at IS NULL AND programme = $1"
                    " AND cell IS NULL AND stream IS NULL ORDER BY id",
                    &params, out, err);
}
enum error_code alerts_by_id(struct pg *pg, const int64_t *ids, size_t count, struct standing_alerts *out,
                             struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_bigints(&params, ids, count);
    return standing(pg,
                    "SELECT " STANDING_COLUMNS " FROM unnest($1::bigint[]) AS w(wanted) JOIN alert ON id = w.wanted"
                    " WHERE resolved_at IS NULL ORDER BY cell, stream, id",
                    &params, out, err);
}
void standing_alerts_finish(struct standing_alerts *alerts) {
    free(alerts->items);
    free(alerts->answers);
    *alerts = (struct standing_alerts){0};
}
