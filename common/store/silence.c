#include "common/store/silence.h"

#include <stdlib.h>

#include "common/base/cleanup.h"
#include "common/store/history.h"

static const char heard_sql[] =
    "SELECT w.ordinal, s.status_at, s.previous_at, m.made_at,"
    "       m.role = 'office' AND coalesce(s.software, 'duban ') LIKE 'duban %'"
    "  FROM unnest($1::int[]) WITH ORDINALITY AS w(stream, ordinal)"
    "  JOIN stream m ON m.id = w.stream LEFT JOIN stream_status s ON s.stream = w.stream ORDER BY w.ordinal";

/* A file refused as a whole may count no rows: its refusals say that it was. */
static const char files_sql[] =
    "SELECT w.ordinal, f.id, e.uid, f.known_at, f.file, f.feed, f.period, f.taken, f.unchanged, f.held,"
    "       GREATEST(f.refused, CASE WHEN jsonb_array_length(f.refusals) > 0 THEN 1 ELSE 0 END),"
    "       f.refusals #>> '{0,0}', f.refusals #>> '{0,1}', f.refusals #>> '{0,2}'"
    "  FROM unnest($1::int[]) WITH ORDINALITY AS w(stream, ordinal)"
    "  CROSS JOIN LATERAL (SELECT * FROM file_receipt r WHERE r.stream = w.stream AND r.known_at < $2"
    "                       ORDER BY r.id DESC LIMIT $3) f"
    "  LEFT JOIN event e ON e.known_at = f.known_at AND e.log = f.log AND e.seq = f.seq"
    " ORDER BY w.ordinal, f.known_at, f.log, f.seq";

static void take_receipt(const struct pg_rows *rows, size_t row, struct receipt *out) {
    *out = (struct receipt){
        .id = pg_int(rows, row, 1),
        .known_at = pg_instant(rows, row, 3),
        .file = pg_slice(rows, row, 4),
        .feed = pg_slice(rows, row, 5),
        .period = pg_slice(rows, row, 6),
        .taken = (int32_t)pg_int(rows, row, 7),
        .unchanged = (int32_t)pg_int(rows, row, 8),
        .held = (int32_t)pg_int(rows, row, 9),
        .refused = (int32_t)pg_int(rows, row, 10),
        .place = pg_slice(rows, row, 11),
        .code = pg_slice(rows, row, 12),
        .text = pg_slice(rows, row, 13),
    };
    (void)pg_bytes(rows, row, 2, out->uid, sizeof out->uid);
}

static enum error_code read_heard(struct pg *pg, const int32_t *streams, size_t count, struct instant now,
                                  struct silences *out, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    pg_put_ints(&params, streams, count);
    enum error_code code = pg_run(pg, heard_sql, &params, &rows, err);
    for (size_t row = 0; !code && row < pg_count(&rows); row++) {
        struct silence *item = &out->items[pg_int(&rows, row, 0) - 1];
        item->made_at = pg_instant(&rows, row, 3);
        item->desk = pg_bool(&rows, row, 4);
        item->heard_at = pg_instant(&rows, row, 1);
        item->heard_before = item->heard_at.ms < now.ms ? item->heard_at : pg_instant(&rows, row, 2);
    }
    return code;
}

/* Issues, mutes and what took them back. */
static const char decisions_sql[] =
    "SELECT w.ordinal, " HISTORY_EVENT_SQL
    "  FROM event e JOIN log l ON l.id = e.log JOIN stream s ON s.id = l.stream LEFT JOIN area r ON r.id = e.area"
    "  JOIN (unnest($1::int[]) WITH ORDINALITY AS w(stream, ordinal) JOIN stream m ON m.id = w.stream)"
    "    ON m.programme = s.programme AND (r.code = ANY(m.areas) OR e.note = m.name)"
    " WHERE e.kind >= 16 AND e.kind IN (35, 39, 40) AND e.target IS NULL AND s.role = 'office' AND e.known_at <= $2"
    " ORDER BY w.ordinal, e.known_at, e.log, e.seq";

static enum error_code read_decisions(struct pg *pg, const int32_t *streams, size_t count, struct instant now,
                                      struct silences *out, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_ints(&params, streams, count);
    pg_put_instant(&params, now);
    enum error_code code = pg_run(pg, decisions_sql, &params, &out->decision_rows, err);
    size_t found = code ? 0 : pg_count(&out->decision_rows);
    if (code || found == 0) return code;
    out->decisions = calloc(found, sizeof *out->decisions);
    if (!out->decisions) return error_set(err, ERROR_MEMORY, "out of memory for %zu decisions", found);
    for (size_t row = 0; row < found; row++) {
        struct silence *item = &out->items[pg_int(&out->decision_rows, row, 0) - 1];
        history_take_event(&out->decision_rows, row, 1, &out->decisions[row]);
        if (item->decision_count++ == 0) item->decisions = &out->decisions[row];
    }
    return ERROR_OK;
}

enum error_code silences_read(struct pg *pg, const int32_t *streams, size_t count, struct instant now,
                              struct silences *out, struct error *err) {
    *out = (struct silences){0};
    out->items = calloc(count ? count : 1, sizeof *out->items);
    if (!out->items) return error_set(err, ERROR_MEMORY, "out of memory for %zu streams", count);
    out->count = count;
    for (size_t i = 0; i < count; i++)
        out->items[i] =
            (struct silence){.stream = streams[i], .made_at = INSTANT_NONE, .heard_at = INSTANT_NONE,
                             .heard_before = INSTANT_NONE};
    enum error_code code = read_heard(pg, streams, count, now, out, err);
    if (!code) code = read_decisions(pg, streams, count, now, out, err);
    if (code) return code;
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_ints(&params, streams, count);
    pg_put_instant(&params, now);
    pg_put_int(&params, SILENCE_FILES_MAX);
    if ((code = pg_run(pg, files_sql, &params, &out->rows, err))) return code;
    size_t files = pg_count(&out->rows);
    out->receipts = calloc(files ? files : 1, sizeof *out->receipts);
    if (!out->receipts) return error_set(err, ERROR_MEMORY, "out of memory for %zu files", files);
    for (size_t row = 0; row < files; row++) {
        struct silence *item = &out->items[pg_int(&out->rows, row, 0) - 1];
        take_receipt(&out->rows, row, &out->receipts[row]);
        if (item->receipt_count++ == 0) item->receipts = &out->receipts[row];
    }
    return ERROR_OK;
}

void silences_finish(struct silences *silences) {
    free(silences->items);
    free(silences->receipts);
    free(silences->decisions);
    pg_rows_finish(&silences->decision_rows);
    pg_rows_finish(&silences->rows);
    *silences = (struct silences){0};
}
