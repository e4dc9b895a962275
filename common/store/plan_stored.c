/* Plans read back from the texts they were loaded from. */
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/store/programme.h"

static char *copy_or_null(const struct pg_rows *rows, size_t row, size_t column) {
    return pg_is_null(rows, row, column) ? NULL : strdup(pg_text(rows, row, column));
}

enum error_code plan_versions_read(struct pg *pg, int32_t programme, struct plan_versions *out, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    *out = (struct plan_versions){0};
    pg_put_int(&params, programme);
    enum error_code code = pg_run(pg, "SELECT version, hash, loaded_at, loaded_by, document FROM plan_version "
                                  "WHERE programme = $1 ORDER BY version", &params, &rows, err);
    if (code != ERROR_OK) return code;
    out->items = calloc(pg_count(&rows) + 1, sizeof *out->items);
    if (!out->items) return error_set(err, ERROR_MEMORY, "no memory");
    for (size_t i = 0; i < pg_count(&rows); i++) {
        struct plan_version *version = &out->items[out->count++];
        version->version = (int32_t)pg_int(&rows, i, 0);
        version->loaded_at = pg_instant(&rows, i, 2);
        version->loaded_by = copy_or_null(&rows, i, 3);
        version->document = copy_or_null(&rows, i, 4);
        if (version->loaded_by && pg_bytes(&rows, i, 1, version->hash.bytes, sizeof version->hash.bytes)) continue;
        plan_versions_finish(out);
        return error_set(err, ERROR_MEMORY, "no memory");
    }
    return ERROR_OK;
}

void plan_versions_finish(struct plan_versions *versions) {
    for (size_t i = 0; i < versions->count; i++) {
        free(versions->items[i].loaded_by);
        free(versions->items[i].document);
    }
    free(versions->items);
    *versions = (struct plan_versions){0};
}

static enum error_code texts_rows(struct pg *pg, int32_t programme, int32_t version, struct pg_rows *rows,
                                  struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_int(&params, programme);
    pg_put_int(&params, version);
    enum error_code code = pg_run(pg, "SELECT role, name, content FROM plan_text WHERE programme = $1 AND version = $2 "
                                  "ORDER BY ordinal", &params, rows, err);
    if (code == ERROR_OK && pg_count(rows) == 0)
        return error_set(err, ERROR_NOT_FOUND, "no version %d of this programme's plan", version);
    return code;
}

/* texts borrow from rows. */
static struct plan_text *texts_over(const struct pg_rows *rows) {
    struct plan_text *texts = calloc(pg_count(rows), sizeof *texts);
    for (size_t i = 0; texts && i < pg_count(rows); i++)
        texts[i] = (struct plan_text){pg_text(rows, i, 0), pg_text(rows, i, 1), pg_slice(rows, i, 2)};
    return texts;
}

static enum error_code read_version(struct pg *pg, int32_t programme, const struct plan_version *version,
                                    struct plan **out, struct error *err) {
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    CLEAN(findings_finish) struct findings findings = {0};
    enum error_code code = texts_rows(pg, programme, version->version, &rows, err);
    if (code != ERROR_OK) return code;
    AUTO_FREE struct plan_text *texts = texts_over(&rows);
    if (!texts) return error_set(err, ERROR_MEMORY, "no memory");
    code = plan_read_on(texts, pg_count(&rows), instant_day(version->loaded_at), out, &findings);
    if (code == ERROR_OK) return code;
    for (size_t i = 0; i < findings.count; i++) {
        if (findings.items[i].warning) continue;
        (void)error_set(err, ERROR_DATABASE, "version %d of the plan cannot be read any more: %.400s", version->version,
                        findings.items[i].message);
        if (err) error_place(err, "%s", findings.items[i].place);
        return ERROR_DATABASE;
    }
    return error_set(err, code, "version %d of the plan cannot be read", version->version);
}

static enum error_code read_all(struct pg *pg, const struct plan_versions *versions, size_t count,
                                struct stored_plan *out, struct error *err) {
    AUTO_FREE struct day *days = calloc(count, sizeof *days);
    out->older = calloc(count, sizeof *out->older);
    if (!days || !out->older) return error_set(err, ERROR_MEMORY, "no memory");
    for (size_t i = 0; i < count; i++) {
        struct plan *plan = NULL;
        enum error_code code = read_version(pg, out->programme, &versions->items[i], &plan, err);
        if (code != ERROR_OK) return code;
        days[i] = instant_day(versions->items[i].loaded_at);
        if (i + 1 == count) out->plan = plan;
        else out->older[out->older_count++] = plan;
    }
    out->version = versions->items[count - 1].version;
    out->loaded_at = versions->items[count - 1].loaded_at;
    plan_apply_history(out->plan, (const struct plan *const *)out->older, days, out->older_count);
    return ERROR_OK;
}

enum error_code stored_plan_read(struct pg *pg, int32_t programme, struct instant known_at, struct stored_plan *out,
                                 struct error *err) {
    CLEAN(plan_versions_finish) struct plan_versions versions = {0};
    *out = (struct stored_plan){.programme = programme};
    enum error_code code = plan_versions_read(pg, programme, &versions, err);
    if (code != ERROR_OK) return code;
    size_t count = versions.count;
    while (instant_is(known_at) && count && versions.items[count - 1].loaded_at.ms > known_at.ms) count--;
    if (count == 0) return error_set(err, ERROR_NOT_FOUND, "no plan was loaded by then");
    code = read_all(pg, &versions, count, out, err);
    if (code != ERROR_OK) stored_plan_finish(out);
    return code;
}

void stored_plan_finish(struct stored_plan *stored) {
    plan_destroy(&stored->plan);
    for (size_t i = 0; i < stored->older_count; i++) plan_destroy(&stored->older[i]);
    free(stored->older);
    *stored = (struct stored_plan){0};
}

enum error_code plan_texts_read(struct pg *pg, int32_t programme, int32_t version, struct plan_text **texts,
                                size_t *count, struct buffer *memory, struct error *err) {
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    *texts = NULL;
    *count = 0;
    enum error_code code = texts_rows(pg, programme, version, &rows, err);
    if (code != ERROR_OK) return code;
    size_t n = pg_count(&rows), at = memory->len;
    for (size_t i = 0; i < n; i++) {
        for (size_t column = 0; column < 3; column++) {
            struct slice text = pg_slice(&rows, i, column);
            buffer_add(memory, text.ptr, text.len);
            buffer_add_char(memory, '\0');
        }
    }
    struct plan_text *out = calloc(n, sizeof *out);
    if (!out || memory->failed) {
        free(out);
        return error_set(err, ERROR_MEMORY, "no memory");
    }
    for (size_t i = 0; i < n; i++) {
        out[i].role = memory->data + at;
        at += pg_slice(&rows, i, 0).len + 1;
        out[i].name = memory->data + at;
        at += pg_slice(&rows, i, 1).len + 1;
        out[i].bytes = (struct slice){memory->data + at, pg_slice(&rows, i, 2).len};
        at += out[i].bytes.len + 1;
    }
    *texts = out;
    *count = n;
    return ERROR_OK;
}
