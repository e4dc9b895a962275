#include "common/store/programme.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"

static bool take(const struct pg_rows *rows, size_t row, struct programme *out) {
    *out = (struct programme){.id = (int32_t)pg_int(rows, row, 0), .trial = pg_bool(rows, row, 3)};
    (void)snprintf(out->code, sizeof out->code, "%s", pg_text(rows, row, 1));
    out->title = strdup(pg_text(rows, row, 2));
    return out->title != NULL;
}

enum error_code programmes_read(struct pg *pg, struct programmes *out, struct error *err) {
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    *out = (struct programmes){0};
    enum error_code code = pg_run(pg, "SELECT id, code, title, trial FROM programme ORDER BY code COLLATE \"C\"", NULL, &rows, err);
    if (code != ERROR_OK) return code;
    out->items = calloc(pg_count(&rows) + 1, sizeof *out->items);
    for (size_t i = 0; out->items && i < pg_count(&rows); i++) {
        out->count++;
        if (!take(&rows, i, &out->items[i])) break;
    }
    if (out->items && out->count == pg_count(&rows) && (out->count == 0 || out->items[out->count - 1].title))
        return ERROR_OK;
    programmes_finish(out);
    return error_set(err, ERROR_MEMORY, "no memory");
}

void programme_finish(struct programme *programme) {
    free(programme->title);
    programme->title = NULL;
}

void programmes_finish(struct programmes *programmes) {
    for (size_t i = 0; i < programmes->count; i++) programme_finish(&programmes->items[i]);
    free(programmes->items);
    *programmes = (struct programmes){0};
}

static enum error_code not_found(const struct programmes *all, const char *code, struct error *err) {
    CLEAN(buffer_finish) struct buffer list = {0};
    for (size_t i = 0; i < all->count; i++) buffer_printf(&list, "%s%s", i ? ", " : "", all->items[i].code);
    if (all->count == 0)
        return error_set(err, ERROR_NOT_FOUND, "the database holds no programme yet: run `duban plan load FILE`");
    if (!code) return error_set(err, ERROR_USAGE, "there are several programmes: name one with --programme (%s)", buffer_text(&list));
    return error_set(err, ERROR_NOT_FOUND, "no programme \"%s\"; there are: %s", code, buffer_text(&list));
}

enum error_code programme_find(struct pg *pg, const char *code, struct programme *out, struct error *err) {
    CLEAN(programmes_finish) struct programmes all = {0};
    *out = (struct programme){0};
    enum error_code failed = programmes_read(pg, &all, err);
    if (failed != ERROR_OK) return failed;
    for (size_t i = 0; i < all.count; i++) {
        if (code ? strcmp(all.items[i].code, code) != 0 : all.count != 1) continue;
        *out = all.items[i];
        all.items[i].title = NULL;
        return ERROR_OK;
    }
    return not_found(&all, code, err);
}

enum error_code programme_set_trial(struct pg *pg, int32_t programme, bool trial, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_int(&params, programme);
    pg_put_bool(&params, trial);
    return pg_run(pg, "UPDATE programme SET trial = $2 WHERE id = $1", &params, NULL, err);
}
