#include "common/spool/sources.h"

#include <string.h>

#include "common/base/text.h"
#include "common/spool/spool_sql.h"

enum error_code sources_file_find(struct spool *spool, const char *source, const uint8_t hash[SOURCE_HASH_BYTES],
                                  struct source_file *out, struct error *err) {
    memset(out, 0, sizeof *out);
    sqlite3_stmt *statement = spool_statement(spool, SQL_FILE_FIND, err);
    if (!statement) return ERROR_IO;
    spool_bind_slice(statement, 1, slice_of(source));
    sqlite3_bind_blob(statement, 2, hash, SOURCE_HASH_BYTES, SQLITE_TRANSIENT);
    enum error_code code = spool_step(spool, statement, &out->found, err);
    if (code || !out->found) return code;
    const char *name = (const char *)sqlite3_column_text(statement, 0);
    size_t len = name ? text_cut_bytes(name, strlen(name), sizeof out->name - 1) : 0;
    if (name) memcpy(out->name, name, len);
    out->taken_at.ms = sqlite3_column_int64(statement, 1);
    sqlite3_reset(statement);
    return ERROR_OK;
}

enum error_code sources_file_mark(struct spool *spool, const char *source, const uint8_t hash[SOURCE_HASH_BYTES],
                                  const char *name, struct instant now, struct error *err) {
    sqlite3_stmt *statement = spool_statement(spool, SQL_FILE_MARK, err);
    if (!statement) return ERROR_IO;
    spool_bind_slice(statement, 1, slice_of(source));
    sqlite3_bind_blob(statement, 2, hash, SOURCE_HASH_BYTES, SQLITE_TRANSIENT);
    spool_bind_slice(statement, 3, slice_of(name));
    sqlite3_bind_int64(statement, 4, now.ms);
    return spool_run(spool, statement, err);
}

enum error_code sources_look_find(struct spool *spool, const char *source, const char *name, struct source_look *out,
                                  struct error *err) {
    memset(out, 0, sizeof *out);
    sqlite3_stmt *statement = spool_statement(spool, SQL_LOOK_FIND, err);
    if (!statement) return ERROR_IO;
    spool_bind_slice(statement, 1, slice_of(source));
    spool_bind_slice(statement, 2, slice_of(name));
    enum error_code code = spool_step(spool, statement, &out->found, err);
    if (code || !out->found) return code;
    out->size = sqlite3_column_int64(statement, 0);
    out->mtime_ns = sqlite3_column_int64(statement, 1);
    out->since.ms = sqlite3_column_int64(statement, 2);
    out->first.ms = sqlite3_column_int64(statement, 3);
    out->decided = sqlite3_column_int(statement, 4) != 0;
    sqlite3_reset(statement);
    return ERROR_OK;
}

enum error_code sources_look_set(struct spool *spool, const char *source, const char *name,
                                 const struct source_look *look, struct error *err) {
    sqlite3_stmt *statement = spool_statement(spool, SQL_LOOK_SET, err);
    if (!statement) return ERROR_IO;
    spool_bind_slice(statement, 1, slice_of(source));
    spool_bind_slice(statement, 2, slice_of(name));
    sqlite3_bind_int64(statement, 3, look->size);
    sqlite3_bind_int64(statement, 4, look->mtime_ns);
    sqlite3_bind_int64(statement, 5, look->since.ms);
    sqlite3_bind_int64(statement, 6, look->first.ms);
    sqlite3_bind_int(statement, 7, look->decided);
    return spool_run(spool, statement, err);
}

void source_extent_finish(struct source_extent *extent) {
    buffer_finish(&extent->cells);
}

enum error_code sources_extent_find(struct spool *spool, const char *source, struct source_extent *out,
                                    struct error *err) {
    memset(out, 0, sizeof *out);
    sqlite3_stmt *statement = spool_statement(spool, SQL_EXTENT_FIND, err);
    if (!statement) return ERROR_IO;
    spool_bind_slice(statement, 1, slice_of(source));
    enum error_code code = spool_step(spool, statement, &out->found, err);
    if (code || !out->found) return code;
    const char *name = (const char *)sqlite3_column_text(statement, 0);
    size_t len = name ? text_cut_bytes(name, strlen(name), sizeof out->name - 1) : 0;
    if (name) memcpy(out->name, name, len);
    out->figures = sqlite3_column_int64(statement, 1);
    const char *cells = (const char *)sqlite3_column_text(statement, 2);
    buffer_add_text(&out->cells, cells ? cells : "");
    sqlite3_reset(statement);
    return out->cells.failed ? error_set(err, ERROR_MEMORY, "no memory for the last file's cells") : ERROR_OK;
}

enum error_code sources_extent_set(struct spool *spool, const char *source, const char *name, int64_t figures,
                                   struct slice cells, struct error *err) {
    sqlite3_stmt *statement = spool_statement(spool, SQL_EXTENT_SET, err);
    if (!statement) return ERROR_IO;
    spool_bind_slice(statement, 1, slice_of(source));
    spool_bind_slice(statement, 2, slice_of(name));
    sqlite3_bind_int64(statement, 3, figures);
    spool_bind_slice(statement, 4, cells);
    return spool_run(spool, statement, err);
}

enum error_code sources_receipt_set(struct spool *spool, const char *source, const uint8_t hash[SOURCE_HASH_BYTES],
                                    struct slice more, struct instant now, struct error *err) {
    sqlite3_stmt *statement = spool_statement(spool, SQL_RECEIPT_SET, err);
    if (!statement) return ERROR_IO;
    spool_bind_slice(statement, 1, slice_of(source));
    sqlite3_bind_blob(statement, 2, hash, SOURCE_HASH_BYTES, SQLITE_TRANSIENT);
    sqlite3_bind_blob(statement, 3, more.ptr, (int)more.len, SQLITE_TRANSIENT);
    sqlite3_bind_int64(statement, 4, now.ms);
    return spool_run(spool, statement, err);
}

enum error_code sources_receipt_find(struct spool *spool, const char *source, const uint8_t hash[SOURCE_HASH_BYTES],
                                     struct buffer *more, bool *found, struct error *err) {
    *found = false;
    sqlite3_stmt *statement = spool_statement(spool, SQL_RECEIPT_FIND, err);
    if (!statement) return ERROR_IO;
    spool_bind_slice(statement, 1, slice_of(source));
    sqlite3_bind_blob(statement, 2, hash, SOURCE_HASH_BYTES, SQLITE_TRANSIENT);
    enum error_code code = spool_step(spool, statement, found, err);
    if (code || !*found) return code;
    const void *bytes = sqlite3_column_blob(statement, 0);
    if (bytes) buffer_add(more, bytes, (size_t)sqlite3_column_bytes(statement, 0));
    sqlite3_reset(statement);
    return more->failed ? error_set(err, ERROR_MEMORY, "no memory for a receipt") : ERROR_OK;
}

enum error_code sources_receipt_forget(struct spool *spool, struct instant before, struct error *err) {
    sqlite3_stmt *statement = spool_statement(spool, SQL_RECEIPT_FORGET, err);
    if (!statement) return ERROR_IO;
    sqlite3_bind_int64(statement, 1, before.ms);
    return spool_run(spool, statement, err);
}

static void take_text(sqlite3_stmt *statement, int column, char *out, size_t size) {
    const char *text = (const char *)sqlite3_column_text(statement, column);
    size_t len = text ? text_cut_bytes(text, strlen(text), size - 1) : 0;
    if (text) memcpy(out, text, len);
    out[len] = 0;
}

enum error_code sources_pull_find(struct spool *spool, const char *source, struct source_pull *out,
                                  struct error *err) {
    memset(out, 0, sizeof *out);
    out->asked_at = INSTANT_NONE;
    sqlite3_stmt *statement = spool_statement(spool, SQL_PULL_FIND, err);
    if (!statement) return ERROR_IO;
    spool_bind_slice(statement, 1, slice_of(source));
    enum error_code code = spool_step(spool, statement, &out->found, err);
    if (code || !out->found) return code;
    take_text(statement, 0, out->mark, sizeof out->mark);
    out->asked_at.ms = sqlite3_column_int64(statement, 1);
    out->failures = (uint32_t)sqlite3_column_int64(statement, 2);
    take_text(statement, 3, out->code, sizeof out->code);
    bool sound = spool_column_bytes(statement, 4, out->refused, SOURCE_HASH_BYTES) &&
                 spool_column_bytes(statement, 5, out->noted, SOURCE_HASH_BYTES) &&
                 spool_column_bytes(statement, 6, out->basis, SOURCE_HASH_BYTES);
    sqlite3_reset(statement);
    return sound ? ERROR_OK : error_set(err, ERROR_INPUT, "what is kept of a database's last answer is damaged");
}

enum error_code sources_pull_set(struct spool *spool, const char *source, const struct source_pull *pull,
                                 struct error *err) {
    sqlite3_stmt *statement = spool_statement(spool, SQL_PULL_SET, err);
    if (!statement) return ERROR_IO;
    spool_bind_slice(statement, 1, slice_of(source));
    spool_bind_slice(statement, 2, slice_of(pull->mark));
    sqlite3_bind_int64(statement, 3, pull->asked_at.ms);
    sqlite3_bind_int64(statement, 4, pull->failures);
    spool_bind_slice(statement, 5, slice_of(pull->code));
    sqlite3_bind_blob(statement, 6, pull->refused, SOURCE_HASH_BYTES, SQLITE_TRANSIENT);
    sqlite3_bind_blob(statement, 7, pull->noted, SOURCE_HASH_BYTES, SQLITE_TRANSIENT);
    sqlite3_bind_blob(statement, 8, pull->basis, SOURCE_HASH_BYTES, SQLITE_TRANSIENT);
    return spool_run(spool, statement, err);
}

static void bind_cell(sqlite3_stmt *statement, const struct source_cell *cell, struct day as_of) {
    spool_bind_slice(statement, 1, cell->target);
    spool_bind_slice(statement, 2, cell->area);
    spool_bind_slice(statement, 3, cell->reporter);
    sqlite3_bind_int(statement, 4, as_of.n);
}

static enum error_code read_figure(struct spool *spool, enum spool_statement which, const struct source_cell *cell,
                                   struct day as_of, struct source_figure *out, struct error *err) {
    memset(out, 0, sizeof *out);
    sqlite3_stmt *statement = spool_statement(spool, which, err);
    if (!statement) return ERROR_IO;
    bind_cell(statement, cell, as_of);
    enum error_code code = spool_step(spool, statement, &out->found, err);
    if (code || !out->found) return code;
    out->as_of.n = sqlite3_column_int(statement, 0);
    out->kind = (uint32_t)sqlite3_column_int64(statement, 1);
    out->doubted = sqlite3_column_int(statement, 2) != 0;
    out->figure.form = (enum figure_form)sqlite3_column_int(statement, 3);
    int64_t mantissa = sqlite3_column_int64(statement, 4);
    out->figure.done = out->figure.form == FIGURE_DONE && mantissa != 0;
    if (out->figure.form != FIGURE_DONE) {
        out->figure.value = (struct decimal){mantissa, (uint8_t)sqlite3_column_int(statement, 5)};
        out->figure.denominator =
            (struct decimal){sqlite3_column_int64(statement, 6), (uint8_t)sqlite3_column_int(statement, 7)};
    }
    bool sound = spool_column_bytes(statement, 8, out->uid, EVENT_UID_BYTES);
    sqlite3_reset(statement);
    return sound ? ERROR_OK : error_set(err, ERROR_INPUT, "a remembered figure is damaged");
}

enum error_code sources_figure_at(struct spool *spool, const struct source_cell *cell, struct day as_of,
                                  struct source_figure *out, struct error *err) {
    return read_figure(spool, SQL_FIGURE_AT, cell, as_of, out, err);
}

enum error_code sources_figure_before(struct spool *spool, const struct source_cell *cell, struct day as_of,
                                      struct source_figure *out, struct error *err) {
    return read_figure(spool, SQL_FIGURE_BEFORE, cell, as_of, out, err);
}

enum error_code sources_figure_set(struct spool *spool, const struct source_cell *cell,
                                   const struct source_figure *figure, struct error *err) {
    sqlite3_stmt *statement = spool_statement(spool, SQL_FIGURE_SET, err);
    if (!statement) return ERROR_IO;
    bool done = figure->figure.form == FIGURE_DONE;
    bind_cell(statement, cell, figure->as_of);
    sqlite3_bind_int64(statement, 5, figure->kind);
    sqlite3_bind_int(statement, 6, figure->doubted);
    sqlite3_bind_int(statement, 7, (int)figure->figure.form);
    sqlite3_bind_int64(statement, 8, done ? figure->figure.done : figure->figure.value.mantissa);
    sqlite3_bind_int(statement, 9, done ? 0 : figure->figure.value.scale);
    sqlite3_bind_int64(statement, 10, figure->figure.denominator.mantissa);
    sqlite3_bind_int(statement, 11, figure->figure.denominator.scale);
    sqlite3_bind_blob(statement, 12, figure->uid, EVENT_UID_BYTES, SQLITE_TRANSIENT);
    return spool_run(spool, statement, err);
}

enum error_code sources_words_same(struct spool *spool, const struct source_cell *cell, struct day as_of,
                                   struct slice words, bool *same, struct error *err) {
    *same = false;
    sqlite3_stmt *statement = spool_statement(spool, SQL_WORDS_FIND, err);
    if (!statement) return ERROR_IO;
    bind_cell(statement, cell, as_of);
    bool row = false;
    enum error_code code = spool_step(spool, statement, &row, err);
    if (code || !row) return code;
    struct slice stored = {(const char *)sqlite3_column_text(statement, 0), (size_t)sqlite3_column_bytes(statement, 0)};
    *same = stored.len == words.len && (words.len == 0 || memcmp(stored.ptr, words.ptr, words.len) == 0);
    sqlite3_reset(statement);
    return ERROR_OK;
}

enum error_code sources_words_set(struct spool *spool, const struct source_cell *cell, struct day as_of,
                                  struct slice words, struct error *err) {
    sqlite3_stmt *statement = spool_statement(spool, SQL_WORDS_SET, err);
    if (!statement) return ERROR_IO;
    bind_cell(statement, cell, as_of);
    spool_bind_slice(statement, 5, words);
    return spool_run(spool, statement, err);
}
