/* Accounts of people who look at the board and decide there. Written by `duban user` as duban_admin, read by the board
 * as duban_board; only the end of sessions is written by both. Waits for the database. */
#ifndef DUBAN_STORE_ACCOUNT_H
#define DUBAN_STORE_ACCOUNT_H

#include "common/link/pg.h"

enum { ACCOUNT_NAME_MAX = 96, ACCOUNT_PASSWORD_MAX = 128 }; /* bytes with the NUL; of a password its Argon2id text */

struct account_row {
    int64_t id, sessions;                             /* sessions: open ones */
    const char *name, *role, *area, *unit, *password; /* area, unit, password "" = none */
    struct instant made_at, locked_at;                /* locked_at INSTANT_NONE = not locked */
    const char *made_by, *locked_by;
};
struct account_rows {
    struct account_row *items; /* by name */
    size_t count;
    struct pg_rows rows;
};
__attribute__((warn_unused_result)) enum error_code accounts_read(struct pg *pg, struct account_rows *out,
                                                                  struct error *err);
void account_rows_finish(struct account_rows *rows);
/* Grows with every change of an account and every end of a session. */
__attribute__((warn_unused_result)) enum error_code account_change(struct pg *pg, int64_t *out, struct error *err);

/* What is said of an account that is made or changed; NULL = none. */
struct account_words {
    const char *name, *role, *area, *unit, *password;
};
/* Each in a transaction of its own, with its row of the record; `by`: who does it. ERROR_CONFLICT: the name is taken.
 * ERROR_NOT_FOUND: there is none of that name. A new password, a new role and a lock end all its sessions. */
__attribute__((warn_unused_result)) enum error_code account_add(struct pg *pg, const struct account_words *words,
                                                                struct instant at, const char *by, struct error *err);
__attribute__((warn_unused_result)) enum error_code account_set_password(struct pg *pg, const char *name,
                                                                         const char *password, struct instant at,
                                                                         struct instant real, const char *by,
                                                                         struct error *err);
__attribute__((warn_unused_result)) enum error_code account_set_role(struct pg *pg, const struct account_words *words,
                                                                     struct instant at, struct instant real,
                                                                     const char *by, struct error *err);
__attribute__((warn_unused_result)) enum error_code account_lock(struct pg *pg, const char *name, bool locked,
                                                                 struct instant at, struct instant real, const char *by,
                                                                 struct error *err);

/* --- sessions; all times real --- */

enum { SESSION_HASH_BYTES = 32 };
struct session_row {
    int64_t id, account;
    uint8_t hash[SESSION_HASH_BYTES];
    struct instant begun_at, seen_at;
};
struct session_rows {
    struct session_row *items;
    size_t count;
};
__attribute__((warn_unused_result)) enum error_code sessions_read(struct pg *pg, struct session_rows *out,
                                                                  struct error *err);
void session_rows_finish(struct session_rows *rows);
__attribute__((warn_unused_result)) enum error_code session_begin(struct pg *pg, int64_t account,
                                                                  const uint8_t hash[SESSION_HASH_BYTES],
                                                                  struct instant real, int64_t *id, struct error *err);
__attribute__((warn_unused_result)) enum error_code session_seen(struct pg *pg, int64_t id, struct instant real,
                                                                 struct error *err);
/* why: "logout" "idle" "age". One that has ended stays as it is. */
__attribute__((warn_unused_result)) enum error_code session_end(struct pg *pg, int64_t id, const char *why,
                                                                struct instant real, struct error *err);

#endif
