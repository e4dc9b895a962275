/* What the files of access share. */
#ifndef DUBAN_BOARD_ACCESS_PARTS_H
#define DUBAN_BOARD_ACCESS_PARTS_H

#include <pthread.h>

#include "services/board/access.h"
#include "services/board/limit.h"
#include "services/board/session.h"

enum access_lane {
    LANE_PEOPLE, /* logins and logouts; looks at the accounts */
    LANE_DESK,   /* actions: one at a time, they wait for the centre */
    ACCESS_LANES,
};
enum { ERRANDS_MAX = 64 /* waiting, of each lane */ };

struct lane {
    struct access *access;
    pthread_t thread;
    pthread_cond_t waits;
    struct errand *first, **end;
    size_t count;
    bool started;
    struct pg *pg; /* the thread's own */
};
struct access {
    struct access_settings settings;
    struct token key;                 /* of this process: for tokens of who has no session */
    char dummy[ACCOUNT_PASSWORD_MAX]; /* what a password is held against where there is no account */
    pthread_mutex_t lock;
    struct sessions sessions;
    struct lane lanes[ACCESS_LANES];
    bool stopping;
    /* LANE_PEOPLE alone */
    struct limits limits;
    int64_t change; /* of the accounts, as last read; -1 = never */
};

/* The lane's connection, opened anew where it was lost. ERROR_CONNECTION. */
__attribute__((warn_unused_result)) enum error_code access_connect(struct lane *lane, struct error *err);
/* Reads accounts and sessions where they have changed; ends and saves those of the sessions. */
__attribute__((warn_unused_result)) enum error_code access_look(struct lane *lane, struct error *err);
/* A row of the record by itself; a failure is logged. */
void access_note(struct lane *lane, const struct errand *errand, const char *what, const char *subject,
                 const char *outcome);

/* Fill in the errand's answer or problem. */
void login_run(struct lane *lane, struct errand *errand);
void logout_run(struct lane *lane, struct errand *errand);
void action_run(struct lane *lane, struct errand *errand);

/* The visitor an account is. */
void visitor_of(const struct account *account, int64_t session, struct visitor *out);
/* Who has no account: nobody, or what a rehearsal allows. */
void visitor_nobody(struct access *access, struct visitor *out);

#endif
