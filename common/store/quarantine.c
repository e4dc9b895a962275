#include "common/store/quarantine.h"

#include <stdio.h>

#include "common/base/cleanup.h"

const char quarantine_copy_sql[] = "COPY quarantine (log, seq, known_at, code, field, hint, raw) FROM STDIN (FORMAT binary)";
enum { COPY_COLUMNS = 7 };

void quarantine_copy_row(struct copy *copy, const struct quarantined *row) {
    struct buffer *out = &copy->bytes;
    copy_row(copy, COPY_COLUMNS);
    binary_int4(out, row->log);
    binary_int8(out, row->seq);
    binary_instant(out, row->known_at);
    binary_slice(out, slice_of(row->code));
    binary_slice(out, slice_of(row->field));
    binary_slice(out, slice_of(row->hint));
    binary_slice(out, row->raw);
}

static const char *text_or_null(const struct pg_rows *rows, size_t row, size_t column) {
    return pg_is_null(rows, row, column) ? NULL : pg_text(rows, row, column);
}

void quarantined_take(const struct pg_rows *rows, size_t row, struct quarantined *out) {
    *out = (struct quarantined){
        .log = (int32_t)pg_int(rows, row, 0),
        .seq = pg_int(rows, row, 1),
        .known_at = pg_instant(rows, row, 3),
        .code = pg_text(rows, row, 4),
        .field = text_or_null(rows, row, 5),
        .hint = text_or_null(rows, row, 6),
        .raw = pg_slice(rows, row, 7),
    };
    (void)snprintf(out->stream, sizeof out->stream, "%s", pg_text(rows, row, 2));
}

enum error_code quarantine_each(struct pg *pg, int32_t programme, const char *stream, int64_t limit,
                                bool (*each)(void *context, const struct quarantined *row), void *context,
                                struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    pg_put_int(&params, programme);
    pg_put_text(&params, stream);
    if (limit) pg_put_bigint(&params, limit);
    else pg_put_null(&params);
    enum error_code code = pg_run(
        pg, "SELECT " QUARANTINED_SQL "WHERE ($1 = 0 OR s.programme = $1) AND ($2::text IS NULL OR s.name = $2) "
        "ORDER BY q.known_at DESC, q.log DESC, q.seq DESC LIMIT $3::bigint", &params, &rows, err);
    for (size_t i = 0; code == ERROR_OK && i < pg_count(&rows); i++) {
        struct quarantined row;
        quarantined_take(&rows, i, &row);
        if (!each(context, &row)) break;
    }
    return code;
}
