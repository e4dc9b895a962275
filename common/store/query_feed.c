#include "common/store/query_feed.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"

static const char all_sql[] = "SELECT " FEED_FILE_SQL "ORDER BY f.id DESC";
static const char last_sql[] = "SELECT DISTINCT ON (f.stream) " FEED_FILE_SQL "ORDER BY f.stream, f.id DESC";

struct feed_file feed_file_take(const struct pg_rows *rows, size_t row) {
    return (struct feed_file){
        .id = pg_int(rows, row, 0),
        .stream = (int32_t)pg_int(rows, row, 1),
        .log = (int32_t)pg_int(rows, row, 2),
        .seq = pg_int(rows, row, 3),
        .stream_name = pg_text(rows, row, 4),
        .file = pg_text(rows, row, 5),
        .feed = pg_text(rows, row, 6),
        .period = pg_text(rows, row, 7),
        .known_at = pg_instant(rows, row, 8),
        .reported_at = pg_instant(rows, row, 9),
        .taken = pg_int(rows, row, 10),
        .unchanged = pg_int(rows, row, 11),
        .held = pg_int(rows, row, 12),
        .refused = pg_int(rows, row, 13),
        .refusals = pg_text(rows, row, 14),
    };
}

enum error_code query_files(struct pg *pg, int32_t programme, struct instant known_at, enum feed_choice choice,
                            struct feed_files *out, struct error *err) {
    *out = (struct feed_files){0};
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_int(&params, programme);
    pg_put_instant(&params, known_at);
    enum error_code code = pg_run(pg, choice == FEED_ALL ? all_sql : last_sql, &params, &out->rows, err);
    if (code) return code;
    size_t count = pg_count(&out->rows);
    out->items = calloc(count ? count : 1, sizeof *out->items);
    if (!out->items) return error_set(err, ERROR_MEMORY, "out of memory");
    out->count = count;
    for (size_t i = 0; i < count; i++)
        out->items[i] = feed_file_take(&out->rows, i);
    return ERROR_OK;
}

void feed_files_finish(struct feed_files *files) {
    free(files->items);
    pg_rows_finish(&files->rows);
    *files = (struct feed_files){0};
}

const struct feed_file *feed_files_of(const struct feed_files *files, int32_t stream) {
    for (size_t i = 0; i < files->count; i++)
        if (files->items[i].stream == stream) return &files->items[i];
    return NULL;
}

static const char positions_sql[] =
    "SELECT DISTINCT ON (l.stream) l.stream, b.last_seq, b.known_at FROM batch b JOIN log l ON l.id = b.log "
    "WHERE b.known_at <= $1 ORDER BY l.stream, b.known_at DESC, l.id DESC, b.last_seq DESC";

enum error_code query_positions(struct pg *pg, struct instant known_at, struct feed_positions *out, struct error *err) {
    *out = (struct feed_positions){0};
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    pg_put_instant(&params, known_at);
    enum error_code code = pg_run(pg, positions_sql, &params, &rows, err);
    if (code) return code;
    size_t count = pg_count(&rows);
    out->items = calloc(count ? count : 1, sizeof *out->items);
    if (!out->items) return error_set(err, ERROR_MEMORY, "out of memory");
    out->count = count;
    for (size_t i = 0; i < count; i++)
        out->items[i] = (struct feed_position){.stream = (int32_t)pg_int(&rows, i, 0),
                                               .last_seq = pg_int(&rows, i, 1),
                                               .known_at = pg_instant(&rows, i, 2)};
    return ERROR_OK;
}

void feed_positions_finish(struct feed_positions *positions) {
    free(positions->items);
    *positions = (struct feed_positions){0};
}

const struct feed_position *feed_positions_of(const struct feed_positions *positions, int32_t stream) {
    for (size_t i = 0; i < positions->count; i++)
        if (positions->items[i].stream == stream) return &positions->items[i];
    return NULL;
}

static const char receipt_sql[] =
    "SELECT e.reporter, e.source_document, e.note FROM event e WHERE e.log = $1 AND e.seq = $2 AND e.known_at = $3";

enum error_code query_receipt(struct pg *pg, const struct feed_file *file, struct feed_receipt *out,
                              struct error *err) {
    *out = (struct feed_receipt){.reporter = "", .document = "", .note = ""};
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_int(&params, file->log);
    pg_put_bigint(&params, file->seq);
    pg_put_instant(&params, file->known_at);
    enum error_code code = pg_run(pg, receipt_sql, &params, &out->rows, err);
    if (code || pg_count(&out->rows) == 0) return code;
    out->reporter = pg_text(&out->rows, 0, 0);
    out->document = pg_text(&out->rows, 0, 1);
    out->note = pg_text(&out->rows, 0, 2);
    return ERROR_OK;
}

void feed_receipt_finish(struct feed_receipt *receipt) {
    pg_rows_finish(&receipt->rows);
}

static const char origin_sql[] =
    "SELECT e.source_hash, (SELECT b.head FROM batch b WHERE b.log = e.log AND b.first_seq <= e.seq AND b.last_seq >= "
    "e.seq LIMIT 1) FROM event e WHERE e.log = $1 AND e.seq = $2 AND e.known_at = $3";

enum error_code query_origin(struct pg *pg, int32_t log, int64_t seq, struct instant known_at, struct event_origin *out,
                             struct error *err) {
    *out = (struct event_origin){0};
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    pg_put_int(&params, log);
    pg_put_bigint(&params, seq);
    pg_put_instant(&params, known_at);
    enum error_code code = pg_run(pg, origin_sql, &params, &rows, err);
    if (code || pg_count(&rows) == 0) return code;
    out->found = true;
    out->has_hash = !pg_is_null(&rows, 0, 0) && pg_bytes(&rows, 0, 0, out->hash, sizeof out->hash);
    out->has_head = !pg_is_null(&rows, 0, 1) && pg_bytes(&rows, 0, 1, out->head.bytes, sizeof out->head.bytes);
    return ERROR_OK;
}
