#include "common/store/key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"

enum error_code key_allow(struct pg *pg, const char *public_key, const char *label, int32_t stream, struct instant at,
                          const char *by, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    uint8_t raw[KEY_BYTES];
    if (!key_to_bytes(public_key, raw))
        return error_set(err, ERROR_INPUT, "\"%s\" is no public key: 40 characters of Z85", public_key);
    pg_put_text(&params, public_key);
    pg_put_text(&params, label);
    pg_put_instant(&params, at);
    pg_put_text(&params, by);
    enum error_code code = pg_run(pg, "INSERT INTO key (pubkey, label, allowed_at, allowed_by) VALUES ($1, $2, $3, $4) "
                                  "ON CONFLICT DO NOTHING", &params, NULL, err);
    pg_params_clear(&params);
    pg_put_text(&params, public_key);
    pg_put_int(&params, stream);
    if (code == ERROR_OK)
        code = pg_run(pg, "INSERT INTO key_stream (pubkey, stream) SELECT pubkey, $2 FROM key WHERE pubkey = $1 "
                      "AND revoked_at IS NULL ON CONFLICT DO NOTHING", &params, NULL, err);
    params.count = 1;
    if (code == ERROR_OK)
        code = pg_run(pg, "SELECT FROM key WHERE pubkey = $1 AND revoked_at IS NULL", &params, &rows, err);
    if (code == ERROR_OK && pg_count(&rows) == 0)
        return error_set(err, ERROR_CONFLICT, "this key was revoked, and a revoked key is never let in again: make a new one");
    return code == ERROR_OK ? pg_script(pg, "NOTIFY duban_keys", err) : code;
}

enum error_code key_revoke(struct pg *pg, const char *public_key, int32_t stream, struct instant at, const char *by,
                           struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    const char *sql;
    pg_put_text(&params, public_key);
    if (stream) {
        pg_put_int(&params, stream);
        sql = "DELETE FROM key_stream WHERE pubkey = $1 AND stream = $2";
    } else {
        pg_put_instant(&params, at);
        pg_put_text(&params, by);
        sql = "UPDATE key SET revoked_at = coalesce(revoked_at, $2), revoked_by = coalesce(revoked_by, $3) WHERE pubkey = $1";
    }
    enum error_code code = pg_run(pg, sql, &params, &rows, err);
    if (code == ERROR_OK && pg_affected(&rows) == 0)
        return error_set(err, ERROR_NOT_FOUND, "no such key: `duban key list` shows them");
    return code == ERROR_OK ? pg_script(pg, "NOTIFY duban_keys", err) : code;
}

const char keys_sql[] =
    "SELECT k.pubkey, k.label, k.allowed_at, k.allowed_by, k.revoked_at, k.revoked_by, s.stream FROM key k "
    "LEFT JOIN key_stream s ON s.pubkey = k.pubkey ORDER BY k.pubkey COLLATE \"C\", s.stream";

static bool take_key(const struct pg_rows *rows, size_t row, struct key_row *out) {
    *out = (struct key_row){.allowed_at = pg_instant(rows, row, 2), .revoked_at = pg_instant(rows, row, 4)};
    (void)snprintf(out->public_key, sizeof out->public_key, "%s", pg_text(rows, row, 0));
    out->label = strdup(pg_text(rows, row, 1));
    out->allowed_by = strdup(pg_text(rows, row, 3));
    if (!pg_is_null(rows, row, 5)) out->revoked_by = strdup(pg_text(rows, row, 5));
    return out->label && out->allowed_by;
}

static bool add_stream(struct key_row *key, int32_t stream) {
    int32_t *more = reallocarray(key->streams, key->stream_count + 1, sizeof *more);
    if (!more) return false;
    key->streams = more;
    more[key->stream_count++] = stream;
    return true;
}

enum error_code keys_take(const struct pg_rows *rows, struct key_list *out, struct error *err) {
    *out = (struct key_list){calloc(pg_count(rows) + 1, sizeof *out->items), 0};
    bool whole = out->items != NULL;
    for (size_t i = 0; whole && i < pg_count(rows); i++) {
        struct key_row *last = out->count ? &out->items[out->count - 1] : NULL;
        if (!last || strcmp(last->public_key, pg_text(rows, i, 0)) != 0) {
            last = &out->items[out->count++];
            whole = take_key(rows, i, last);
        }
        if (whole && !pg_is_null(rows, i, 6)) whole = add_stream(last, (int32_t)pg_int(rows, i, 6));
    }
    if (whole) return ERROR_OK;
    keys_finish(out);
    return error_set(err, ERROR_MEMORY, "no memory for the list of keys");
}

enum error_code keys_read(struct pg *pg, struct key_list *out, struct error *err) {
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    *out = (struct key_list){0};
    enum error_code code = pg_run(pg, keys_sql, NULL, &rows, err);
    return code == ERROR_OK ? keys_take(&rows, out, err) : code;
}

void keys_finish(struct key_list *keys) {
    for (size_t i = 0; i < keys->count; i++) {
        free(keys->items[i].label);
        free(keys->items[i].allowed_by);
        free(keys->items[i].revoked_by);
        free(keys->items[i].streams);
    }
    free(keys->items);
    *keys = (struct key_list){0};
}

const struct key_row *keys_find(const struct key_list *keys, const char *public_key) {
    size_t low = 0, high = keys->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(public_key, keys->items[middle].public_key);
        if (order == 0) return &keys->items[middle];
        if (order < 0) high = middle;
        else low = middle + 1;
    }
    return NULL;
}

enum key_permission keys_permit(const struct key_list *keys, const char *public_key, int32_t stream) {
    const struct key_row *key = keys_find(keys, public_key);
    if (!key) return KEY_UNKNOWN;
    if (instant_is(key->revoked_at)) return KEY_REVOKED;
    for (size_t i = 0; i < key->stream_count; i++)
        if (key->streams[i] == stream) return KEY_ALLOWED;
    return KEY_UNKNOWN;
}
