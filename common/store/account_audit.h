/* The record of logins, refusals, actions and changes of accounts: rows are added and never touched again (the roles
 * have no right to). And the answers of actions by their Idempotency-Key. Inside the caller's transaction, or each by
 * itself. */
#ifndef DUBAN_STORE_ACCOUNT_AUDIT_H
#define DUBAN_STORE_ACCOUNT_AUDIT_H

#include "common/link/pg.h"

struct audit_entry {
    const char *what;  /* "login" "login_refused" "logout" "action" "action_refused" "account" */
    struct instant at; /* domain time */
    const char *account, *peer, *verb, *subject, *outcome; /* NULL = "" */
    const uint8_t *uid;                                    /* of the event recorded; NULL */
};
/* Texts are cut to 200 characters. */
__attribute__((warn_unused_result)) enum error_code audit_add(struct pg *pg, const struct audit_entry *entry,
                                                              struct error *err);

enum { ANSWER_DIGEST_BYTES = 32 };
struct action_answer {
    int64_t account;
    const char *key;
    uint8_t digest[ANSWER_DIGEST_BYTES]; /* of what was asked */
    int status;
    const char *answer; /* NULL from action_answer_find: nothing was kept */
    struct pg_rows rows;
};
/* By account and key; answer is lent until action_answer_finish. *out is initialised either way. */
__attribute__((warn_unused_result)) enum error_code action_answer_find(struct pg *pg, int64_t account, const char *key,
                                                                       struct action_answer *out, struct error *err);
void action_answer_finish(struct action_answer *answer);
/* The first answer of a key stays. */
__attribute__((warn_unused_result)) enum error_code
action_answer_keep(struct pg *pg, const struct action_answer *answer, struct error *err);

#endif
