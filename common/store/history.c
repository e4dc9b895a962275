#include "common/store/history.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"

/* Columns of the answer: the ordinal, those of every event, the epoch. */
enum { COL_ORDINAL, COL_EVENT, COL_EPOCH = COL_EVENT + HISTORY_EVENT_COLUMNS };

/* Columns of an event, in this order. */
enum {
    COL_LOG, COL_SEQ, COL_KNOWN, COL_KIND, COL_UID, COL_AS_OF, COL_VALUE, COL_DENOMINATOR, COL_DONE, COL_REPORTED,
    COL_REPORTER, COL_FILE, COL_PLACE, COL_RAW, COL_DOCUMENT, COL_REPLACES, COL_REASON, COL_NOTE, COL_BLOCKED, COL_MORE,
    COL_STREAM, COL_UNIT, COL_ROLE,
};
_Static_assert(COL_ROLE + 1 == HISTORY_EVENT_COLUMNS, "as many as HISTORY_EVENT_SQL names");

static const char history_sql[] =
    "SELECT w.ordinal, " HISTORY_EVENT_SQL ", l.epoch"
    "  FROM unnest($1::int[]) WITH ORDINALITY AS w(cell, ordinal)"
    "  JOIN cell c ON c.id = w.cell"
    "  JOIN event e ON e.target = c.target AND e.area = c.area"
    "  JOIN log l ON l.id = e.log"
    "  JOIN stream s ON s.id = l.stream"
    " WHERE e.known_at < $2"
    " ORDER BY w.ordinal, e.known_at, e.log, e.seq";

static struct figure take_figure(const struct pg_rows *rows, size_t row, size_t first) {
    struct figure figure = {.form = FIGURE_NONE};
    if (!pg_is_null(rows, row, first + COL_DONE)) {
        figure.form = FIGURE_DONE;
        figure.done = pg_bool(rows, row, first + COL_DONE);
    } else if (pg_decimal(rows, row, first + COL_VALUE, &figure.value)) {
        figure.form =
            pg_decimal(rows, row, first + COL_DENOMINATOR, &figure.denominator) ? FIGURE_FRACTION : FIGURE_VALUE;
    }
    return figure;
}

void history_take_event(const struct pg_rows *rows, size_t row, size_t first, struct cell_event *out) {
    struct slice role = pg_slice(rows, row, first + COL_ROLE);
    *out = (struct cell_event){
        .kind = (enum event_kind)pg_int(rows, row, first + COL_KIND),
        .as_of = pg_day(rows, row, first + COL_AS_OF),
        .figure = take_figure(rows, row, first),
        .known_at = pg_instant(rows, row, first + COL_KNOWN),
        .reported_at = pg_instant(rows, row, first + COL_REPORTED),
        .reporter = pg_slice(rows, row, first + COL_REPORTER),
        .reason = pg_slice(rows, row, first + COL_REASON),
        .note = pg_slice(rows, row, first + COL_NOTE),
        .blocked_by = pg_slice(rows, row, first + COL_BLOCKED),
        .source_file = pg_slice(rows, row, first + COL_FILE),
        .source_place = pg_slice(rows, row, first + COL_PLACE),
        .source_raw = pg_slice(rows, row, first + COL_RAW),
        .source_document = pg_slice(rows, row, first + COL_DOCUMENT),
        .more = pg_slice(rows, row, first + COL_MORE),
        .log = (int32_t)pg_int(rows, row, first + COL_LOG),
        .seq = pg_int(rows, row, first + COL_SEQ),
        .stream = pg_slice(rows, row, first + COL_STREAM),
        .stream_unit = pg_slice(rows, row, first + COL_UNIT),
        .stream_office = slice_is(role, "office"),
        .stream_county = slice_is(role, "county"),
    };
    (void)pg_bytes(rows, row, first + COL_UID, out->uid, sizeof out->uid);
    out->has_replaces = pg_bytes(rows, row, first + COL_REPLACES, out->replaces, sizeof out->replaces);
}

/* Few logs, many events: the list is searched and kept in order. */
static bool note_log(const struct pg_rows *rows, size_t row, struct history *out) {
    int32_t log = (int32_t)pg_int(rows, row, COL_EVENT + COL_LOG);
    size_t low = 0, high = out->log_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (out->logs[middle].log < log)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < out->log_count && out->logs[low].log == log) return true;
    if ((out->log_count & (out->log_count - 1)) == 0) {
        size_t capacity = out->log_count ? 2 * out->log_count : 1;
        struct history_log *logs = realloc(out->logs, capacity * sizeof *logs);
        if (!logs) return false;
        out->logs = logs;
    }
    memmove(&out->logs[low + 1], &out->logs[low], (out->log_count - low) * sizeof *out->logs);
    out->logs[low] = (struct history_log){.log = log};
    (void)pg_bytes(rows, row, COL_EPOCH, out->logs[low].epoch, sizeof out->logs[low].epoch);
    out->log_count++;
    return true;
}

enum error_code history_load(struct pg *pg, const int32_t *cells, size_t count, struct instant before,
                             struct history *out, struct error *err) {
    *out = (struct history){0};
    out->cells = calloc(count ? count : 1, sizeof *out->cells);
    if (!out->cells) return error_set(err, ERROR_MEMORY, "out of memory for the events of %zu cells", count);
    out->count = count;
    for (size_t i = 0; i < count; i++) out->cells[i].cell = cells[i];
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_ints(&params, cells, count);
    pg_put_instant(&params, before);
    enum error_code code = pg_run(pg, history_sql, &params, &out->rows, err);
    if (code) return code;
    size_t rows = pg_count(&out->rows);
    out->events = calloc(rows ? rows : 1, sizeof *out->events);
    if (!out->events) return error_set(err, ERROR_MEMORY, "out of memory for %zu events", rows);
    for (size_t row = 0; row < rows; row++) {
        history_take_event(&out->rows, row, COL_EVENT, &out->events[row]);
        struct history_cell *cell = &out->cells[pg_int(&out->rows, row, COL_ORDINAL) - 1];
        if (cell->count++ == 0) cell->events = &out->events[row];
        if (!note_log(&out->rows, row, out)) return error_set(err, ERROR_MEMORY, "out of memory for the streams");
    }
    return ERROR_OK;
}

void history_finish(struct history *history) {
    free(history->cells);
    free(history->events);
    free(history->logs);
    pg_rows_finish(&history->rows);
    *history = (struct history){0};
}
