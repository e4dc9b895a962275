#include "common/store/stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"

static const char *const role_names[] = {
    [STREAM_COUNTY] = "county", [STREAM_DEPARTMENT] = "department", [STREAM_OFFICE] = "office"};

const char *stream_role_name(enum stream_role role) {
    return role_names[role];
}

bool stream_role_parse(const char *word, enum stream_role *out) {
    for (size_t i = 0; i < sizeof role_names / sizeof *role_names; i++) {
        if (strcmp(word, role_names[i]) != 0) continue;
        *out = (enum stream_role)i;
        return true;
    }
    return false;
}

const char streams_sql[] =
    "SELECT s.id, s.programme, s.name, s.role, s.unit, s.areas, s.tasks, l.id, l.epoch, l.gen, l.committed_seq, l.head_hash, "
    "l.first_hash, EXISTS (SELECT FROM stream_reopen r WHERE r.stream = s.id AND r.used_log IS NULL), t.status_at, t.last_seq, "
    "t.depth, t.oldest_age_ms, t.disk_free, t.clock_skew_ms, t.software, "
    "(SELECT b.known_at FROM batch b WHERE b.log = l.id ORDER BY b.first_seq DESC LIMIT 1) "
    "FROM stream s LEFT JOIN log l ON l.stream = s.id AND l.current LEFT JOIN stream_status t ON t.stream = s.id "
    "WHERE $1 = 0 OR s.programme = $1 ORDER BY s.name COLLATE \"C\"";

/* An array of text as heap texts; NULL stays NULL. */
static bool take_list(const struct pg_rows *rows, size_t row, size_t column, char ***list, size_t *count) {
    struct slice item;
    size_t at = 0;
    if (pg_is_null(rows, row, column)) return true;
    *list = calloc(pg_array_count(rows, row, column) + 1, sizeof **list);
    while (*list && pg_array_next(rows, row, column, &at, &item)) {
        char *text = strndup(item.ptr ? item.ptr : "", item.len);
        if (!text) return false;
        (*list)[(*count)++] = text;
    }
    return *list != NULL;
}

static void take_row(const struct pg_rows *rows, size_t row, struct stream *out) {
    out->row.log = (int32_t)pg_int(rows, row, 7);
    out->row.has_epoch = pg_bytes(rows, row, 8, out->row.epoch.bytes, sizeof out->row.epoch.bytes);
    out->row.gen = (uint64_t)pg_int(rows, row, 9);
    out->row.committed_seq = (uint64_t)pg_int(rows, row, 10);
    (void)pg_bytes(rows, row, 11, out->row.head.bytes, sizeof out->row.head.bytes);
    (void)pg_bytes(rows, row, 12, out->first_hash.bytes, sizeof out->first_hash.bytes);
    out->row.reopen = pg_bool(rows, row, 13);
}

static bool take(const struct pg_rows *rows, size_t row, struct stream *out) {
    *out = (struct stream){.id = (int32_t)pg_int(rows, row, 0), .programme = (int32_t)pg_int(rows, row, 1)};
    (void)snprintf(out->name, sizeof out->name, "%s", pg_text(rows, row, 2));
    if (!stream_role_parse(pg_text(rows, row, 3), &out->role)) return false;
    take_row(rows, row, out);
    out->status_at = pg_instant(rows, row, 14);
    out->last_seq = pg_int(rows, row, 15);
    out->depth = pg_int(rows, row, 16);
    out->oldest_age_ms = pg_int(rows, row, 17);
    out->disk_free = pg_int(rows, row, 18);
    out->clock_skew_ms = pg_int(rows, row, 19);
    out->known_at = pg_instant(rows, row, 21);
    out->unit = strdup(pg_text(rows, row, 4));
    if (!pg_is_null(rows, row, 20)) out->software = strdup(pg_text(rows, row, 20));
    return out->unit && (out->software || pg_is_null(rows, row, 20)) &&
           take_list(rows, row, 5, &out->areas, &out->area_count) &&
           take_list(rows, row, 6, &out->tasks, &out->task_count);
}

enum error_code streams_take(const struct pg_rows *rows, struct streams *out, struct error *err) {
    *out = (struct streams){calloc(pg_count(rows) + 1, sizeof *out->items), 0};
    bool whole = out->items != NULL;
    for (size_t i = 0; whole && i < pg_count(rows); i++) whole = take(rows, i, &out->items[out->count++]);
    if (whole) return ERROR_OK;
    streams_finish(out);
    return error_set(err, ERROR_MEMORY, "no memory for the list of streams");
}

enum error_code streams_read(struct pg *pg, int32_t programme, struct streams *out, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    *out = (struct streams){0};
    pg_put_int(&params, programme);
    enum error_code code = pg_run(pg, streams_sql, &params, &rows, err);
    return code == ERROR_OK ? streams_take(&rows, out, err) : code;
}

static void free_list(char **list, size_t count) {
    for (size_t i = 0; i < count; i++) free(list[i]);
    free(list);
}

void streams_finish(struct streams *streams) {
    for (size_t i = 0; i < streams->count; i++) {
        struct stream *stream = &streams->items[i];
        free(stream->unit);
        free(stream->software);
        free_list(stream->areas, stream->area_count);
        free_list(stream->tasks, stream->task_count);
    }
    free(streams->items);
    *streams = (struct streams){0};
}

const struct stream *streams_find(const struct streams *streams, struct slice name) {
    size_t low = 0, high = name.ptr ? streams->count : 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const char *other = streams->items[middle].name;
        int order = strncmp(name.ptr, other, name.len);
        if (order == 0 && other[name.len]) order = -1;
        if (order == 0) return &streams->items[middle];
        if (order < 0) high = middle;
        else low = middle + 1;
    }
    return NULL;
}

const struct stream *streams_by_id(const struct streams *streams, int32_t id) {
    for (size_t i = 0; i < streams->count; i++)
        if (streams->items[i].id == id) return &streams->items[i];
    return NULL;
}

/* Codes of GB/T 2260: the six digits of a county, with more behind them for what lies inside. */
enum { COUNTY_DIGITS = 6 };

static bool holds_area(const struct stream *stream, struct slice area) {
    for (size_t i = 0; i < stream->area_count; i++) {
        const char *own = stream->areas[i];
        size_t len = strlen(own);
        if (slice_is(area, own)) return true;
        if (len == COUNTY_DIGITS && area.len > len && memcmp(area.ptr, own, len) == 0) return true;
    }
    return false;
}

bool stream_covers(const struct stream *stream, struct slice area, struct slice task) {
    if (area.ptr && stream->areas && !holds_area(stream, area)) return false;
    if (!task.ptr || !stream->tasks) return true;
    for (size_t i = 0; i < stream->task_count; i++)
        if (slice_is(task, stream->tasks[i])) return true;
    return false;
}

/* --- making --- */

static void put_scope(struct pg_params *params, const char *const *items, size_t count) {
    if (items) pg_put_texts(params, items, count);
    else pg_put_null(params);
}

static enum error_code check_same(struct pg *pg, const struct stream_new *stream, int32_t *id, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    *id = 0;
    pg_put_text(&params, stream->name);
    enum error_code code = pg_run(pg, "SELECT id, programme, role FROM stream WHERE name = $1", &params, &rows, err);
    if (code != ERROR_OK || pg_count(&rows) == 0) return code;
    if (pg_int(&rows, 0, 1) != stream->programme || strcmp(pg_text(&rows, 0, 2), stream_role_name(stream->role)) != 0)
        return error_set(err, ERROR_CONFLICT, "stream %s exists already, with another programme or role (%s): choose another "
                         "name", stream->name, pg_text(&rows, 0, 2));
    *id = (int32_t)pg_int(&rows, 0, 0);
    return ERROR_OK;
}

enum error_code stream_make(struct pg *pg, const struct stream_new *stream, int32_t *id, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    if (!chain_stream_name_valid(slice_of(stream->name)))
        return error_set(err, ERROR_INPUT, "\"%s\" is no name of a stream: 1 to 32 of a-z, 0-9 and -", stream->name);
    enum error_code code = check_same(pg, stream, id, err);
    if (code != ERROR_OK) return code;
    bool is_new = *id == 0;
    pg_put_text(&params, stream->name);
    pg_put_text(&params, stream->unit);
    put_scope(&params, stream->areas, stream->area_count);
    put_scope(&params, stream->tasks, stream->task_count);
    if (is_new) {
        pg_put_int(&params, stream->programme);
        pg_put_text(&params, stream_role_name(stream->role));
        pg_put_instant(&params, stream->made_at);
        code = pg_run(pg, "INSERT INTO stream (name, unit, areas, tasks, programme, role, made_at) "
                      "VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id", &params, &rows, err);
        if (code == ERROR_OK) *id = (int32_t)pg_int(&rows, 0, 0);
    } else {
        code = pg_run(pg, "UPDATE stream SET unit = $2, areas = $3, tasks = $4 WHERE name = $1", &params, NULL, err);
    }
    if (code == ERROR_OK && is_new) { /* its silence is looked at from now on */
        pg_params_clear(&params);
        pg_put_int(&params, *id);
        pg_put_instant(&params, stream->made_at);
        code = pg_run(pg, "INSERT INTO stream_due (stream, next_check_at) VALUES ($1, $2) ON CONFLICT DO NOTHING", &params,
                      NULL, err);
    }
    return code == ERROR_OK ? pg_script(pg, "NOTIFY duban_keys", err) : code;
}

enum error_code stream_reopen(struct pg *pg, const char *name, struct instant at, const char *by, const char *reason,
                              struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    pg_put_text(&params, name);
    pg_put_instant(&params, at);
    pg_put_text(&params, by);
    pg_put_text(&params, reason);
    enum error_code code = pg_run(pg, "INSERT INTO stream_reopen (stream, asked_at, asked_by, reason) SELECT id, $2, $3, $4 "
                                  "FROM stream WHERE name = $1", &params, &rows, err);
    if (code == ERROR_CONFLICT)
        return error_set(err, ERROR_CONFLICT, "stream %s is reopened already and waits for its agent", name);
    if (code != ERROR_OK) return code;
    if (pg_affected(&rows) == 0) return error_set(err, ERROR_NOT_FOUND, "no stream %s: `duban key list` shows them", name);
    return pg_script(pg, "NOTIFY duban_keys", err);
}
