/* The accounts and open sessions as the board remembers them: found by the hash of what the browser sends, ended by
 * rest, by age, or by what the database says. A pure core; times are real (a browser's eight hours are eight hours
 * whatever a rehearsal's clock says) and given; its owner locks it. */
#ifndef DUBAN_BOARD_SESSION_H
#define DUBAN_BOARD_SESSION_H

#include "common/store/account.h"
#include "services/board/scope.h"
#include "services/board/token.h"

enum {
    SESSION_IDLE_MS = 8 * MS_HOUR,
    SESSION_AGE_MS = 7 * MS_DAY,
    SESSION_SAVE_MS = MS_MINUTE, /* how exactly its last use is kept */
    SESSION_AREA_MAX = 16,
    SESSION_UNIT_MAX = 128,
};

struct account {
    int64_t id;
    char name[ACCOUNT_NAME_MAX], area[SESSION_AREA_MAX], unit[SESSION_UNIT_MAX];
    enum role role;
    bool locked;
    char password[ACCOUNT_PASSWORD_MAX]; /* Argon2id; "" = none */
};
struct session {
    int64_t id, account;
    uint8_t hash[TOKEN_HASH];
    struct instant begun_at, seen_at, saved_at; /* saved_at: of seen_at as the database has it */
};
struct sessions {
    struct account *accounts; /* by id */
    size_t account_count;
    struct session *items; /* by hash */
    size_t count, capacity;
    bool loaded; /* the database was read once */
};
void sessions_finish(struct sessions *sessions);

/* What the database says now takes the place of what was known; of a session seen here since then the later use stays.
 * Rows with an unknown role or texts too long are left out. false: no memory, nothing changed. */
__attribute__((warn_unused_result)) bool sessions_load(struct sessions *sessions, const struct account_rows *accounts,
                                                       const struct session_rows *rows);
/* One that was just begun. false: no memory. */
__attribute__((warn_unused_result)) bool sessions_add(struct sessions *sessions, const struct session *session);
void sessions_drop(struct sessions *sessions, int64_t id);

const struct account *sessions_account(const struct sessions *sessions, int64_t id);
const struct account *sessions_named(const struct sessions *sessions, const char *name);
/* Open, not too old, not too long at rest, its account there and not locked. NULL = none. */
struct session *sessions_find(struct sessions *sessions, const uint8_t hash[TOKEN_HASH], struct instant real);
struct session *sessions_by_id(struct sessions *sessions, int64_t id, struct instant real);
/* Why it has ended: "idle", "age"; NULL = it goes on. */
const char *session_over(const struct session *session, struct instant real);

#endif
