#include "common/store/account.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/store/account_audit.h"

/* --- reading --- */

enum error_code accounts_read(struct pg *pg, struct account_rows *out, struct error *err) {
    static const char sql[] =
        "SELECT a.id, a.name, a.role, a.area, a.unit, a.password, a.made_at, a.made_by, a.locked_at, a.locked_by,"
        "       (SELECT count(*) FROM session s WHERE s.account = a.id AND s.ended_at IS NULL)"
        "  FROM account a ORDER BY a.name";
    *out = (struct account_rows){0};
    enum error_code code = pg_run(pg, sql, NULL, &out->rows, err);
    if (code) return code;
    size_t count = pg_count(&out->rows);
    out->items = calloc(count + 1, sizeof *out->items);
    if (!out->items) return error_set(err, ERROR_MEMORY, "out of memory");
    for (size_t i = 0; i < count; i++)
        out->items[i] = (struct account_row){.id = pg_int(&out->rows, i, 0),
                                             .name = pg_text(&out->rows, i, 1),
                                             .role = pg_text(&out->rows, i, 2),
                                             .area = pg_text(&out->rows, i, 3),
                                             .unit = pg_text(&out->rows, i, 4),
                                             .password = pg_text(&out->rows, i, 5),
                                             .made_at = pg_instant(&out->rows, i, 6),
                                             .made_by = pg_text(&out->rows, i, 7),
                                             .locked_at = pg_instant(&out->rows, i, 8),
                                             .locked_by = pg_text(&out->rows, i, 9),
                                             .sessions = pg_int(&out->rows, i, 10)};
    out->count = count;
    return ERROR_OK;
}

void account_rows_finish(struct account_rows *rows) {
    free(rows->items);
    pg_rows_finish(&rows->rows);
    *rows = (struct account_rows){0};
}

enum error_code account_change(struct pg *pg, int64_t *out, struct error *err) {
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    enum error_code code = pg_run(pg, "SELECT last_value FROM account_no", NULL, &rows, err);
    if (!code) *out = pg_int(&rows, 0, 0);
    return code;
}

/* --- writing: one change, its record, all or nothing --- */

static enum error_code end_all(struct pg *pg, const char *name, const char *why, struct instant real,
                               struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_text(&params, name);
    pg_put_text(&params, why);
    pg_put_instant(&params, real);
    return pg_run(pg,
                  "UPDATE session s SET ended_at = $3, ended_why = $2 FROM account a"
                  " WHERE a.id = s.account AND a.name = $1 AND s.ended_at IS NULL",
                  &params, NULL, err);
}

struct change {
    const char *sql, *name, *verb, *outcome, *ends; /* ends: why its sessions end; NULL = they do not */
    struct instant at, real;
    const char *by;
};

static enum error_code run_change(struct pg *pg, const struct change *change, const struct pg_params *params,
                                  struct error *err) {
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    struct audit_entry entry = {.what = "account",
                                .at = change->at,
                                .account = change->by,
                                .verb = change->verb,
                                .subject = change->name,
                                .outcome = change->outcome};
    enum error_code code = pg_run(pg, change->sql, params, &rows, err);
    if (code == ERROR_CONFLICT)
        return error_set(err, ERROR_CONFLICT, "there is an account %s already, or its name or role cannot be",
                         change->name);
    if (!code && pg_affected(&rows) == 0)
        return error_set(err, ERROR_NOT_FOUND, "there is no account %s: `duban user list`", change->name);
    if (!code && change->ends) code = end_all(pg, change->name, change->ends, change->real, err);
    return code ? code : audit_add(pg, &entry, err);
}

static enum error_code do_change(struct pg *pg, const struct change *change, const struct pg_params *params,
                                 struct error *err) {
    enum error_code code = pg_begin(pg, err);
    if (code) return code;
    code = run_change(pg, change, params, err);
    if (!code) return pg_commit(pg, err);
    pg_rollback(pg);
    return code;
}

enum error_code account_add(struct pg *pg, const struct account_words *words, struct instant at, const char *by,
                            struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_text(&params, words->name);
    pg_put_text(&params, words->role);
    pg_put_text(&params, words->area);
    pg_put_text(&params, words->unit);
    pg_put_text(&params, words->password);
    pg_put_instant(&params, at);
    pg_put_text(&params, by);
    struct change change = {.sql = "INSERT INTO account (name, role, area, unit, password, made_at, made_by)"
                                   " VALUES ($1, $2, $3, $4, $5, $6, $7)",
                            .name = words->name,
                            .verb = "add",
                            .outcome = words->role,
                            .at = at,
                            .by = by};
    return do_change(pg, &change, &params, err);
}

enum error_code account_set_password(struct pg *pg, const char *name, const char *password, struct instant at,
                                     struct instant real, const char *by, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_text(&params, name);
    pg_put_text(&params, password);
    struct change change = {.sql = "UPDATE account SET password = $2 WHERE name = $1",
                            .name = name,
                            .verb = "passwd",
                            .ends = "password",
                            .at = at,
                            .real = real,
                            .by = by};
    return do_change(pg, &change, &params, err);
}

enum error_code account_set_role(struct pg *pg, const struct account_words *words, struct instant at,
                                 struct instant real, const char *by, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_text(&params, words->name);
    pg_put_text(&params, words->role);
    pg_put_text(&params, words->area);
    pg_put_text(&params, words->unit);
    struct change change = {.sql = "UPDATE account SET role = $2, area = $3, unit = $4 WHERE name = $1",
                            .name = words->name,
                            .verb = "role",
                            .outcome = words->role,
                            .ends = "role",
                            .at = at,
                            .real = real,
                            .by = by};
    return do_change(pg, &change, &params, err);
}

enum error_code account_lock(struct pg *pg, const char *name, bool locked, struct instant at, struct instant real,
                             const char *by, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_text(&params, name);
    pg_put_instant(&params, locked ? at : INSTANT_NONE);
    pg_put_text(&params, locked ? by : NULL);
    struct change change = {.sql = "UPDATE account SET locked_at = $2, locked_by = $3 WHERE name = $1",
                            .name = name,
                            .verb = locked ? "lock" : "unlock",
                            .ends = locked ? "lock" : NULL,
                            .at = at,
                            .real = real,
                            .by = by};
    return do_change(pg, &change, &params, err);
}

/* --- sessions --- */

enum error_code sessions_read(struct pg *pg, struct session_rows *out, struct error *err) {
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    *out = (struct session_rows){0};
    enum error_code code = pg_run(pg,
                                  "SELECT id, account, token_hash, begun_at, seen_at FROM session"
                                  " WHERE ended_at IS NULL ORDER BY id",
                                  NULL, &rows, err);
    if (code) return code;
    size_t count = pg_count(&rows);
    out->items = calloc(count + 1, sizeof *out->items);
    if (!out->items) return error_set(err, ERROR_MEMORY, "out of memory");
    for (size_t i = 0; i < count; i++) {
        struct session_row *one = &out->items[out->count];
        *one = (struct session_row){.id = pg_int(&rows, i, 0),
                                    .account = pg_int(&rows, i, 1),
                                    .begun_at = pg_instant(&rows, i, 3),
                                    .seen_at = pg_instant(&rows, i, 4)};
        out->count += pg_bytes(&rows, i, 2, one->hash, sizeof one->hash);
    }
    return ERROR_OK;
}

void session_rows_finish(struct session_rows *rows) {
    free(rows->items);
    *rows = (struct session_rows){0};
}

enum error_code session_begin(struct pg *pg, int64_t account, const uint8_t hash[SESSION_HASH_BYTES],
                              struct instant real, int64_t *id, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    pg_put_bigint(&params, account);
    pg_put_bytes(&params, hash, SESSION_HASH_BYTES);
    pg_put_instant(&params, real);
    enum error_code code = pg_run(pg,
                                  "INSERT INTO session (account, token_hash, begun_at, seen_at)"
                                  " VALUES ($1, $2, $3, $3) RETURNING id",
                                  &params, &rows, err);
    if (!code) *id = pg_int(&rows, 0, 0);
    return code;
}

enum error_code session_seen(struct pg *pg, int64_t id, struct instant real, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_bigint(&params, id);
    pg_put_instant(&params, real);
    return pg_run(pg, "UPDATE session SET seen_at = $2 WHERE id = $1 AND ended_at IS NULL", &params, NULL, err);
}

enum error_code session_end(struct pg *pg, int64_t id, const char *why, struct instant real, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_bigint(&params, id);
    pg_put_text(&params, why);
    pg_put_instant(&params, real);
    return pg_run(pg, "UPDATE session SET ended_at = $3, ended_why = $2 WHERE id = $1 AND ended_at IS NULL", &params,
                  NULL, err);
}
