/* Who comes, what he may, and what he does: accounts, sessions, the limits of logins, and the office's actions. The
 * HTTP thread asks who a visitor is and never waits; what needs the database, a hash or the centre is an errand for the
 * one thread of this room, which also looks every two seconds whose account was locked, so that sessions end. */
#ifndef DUBAN_BOARD_ACCESS_H
#define DUBAN_BOARD_ACCESS_H

#include <jansson.h>

#include "common/desk/office.h"
#include "services/board/problem.h"
#include "services/board/visitor.h"

struct access;
struct errand;

struct access_settings {                         /* borrowed until access_close */
    const char *database;                        /* conninfo of duban_board */
    const char *programme;                       /* NULL = the only one */
    const struct office *office;                 /* NULL: actions answer that they are not set up */
    const struct clock *clock;                   /* never touched here: see domain_now */
    struct instant (*domain_now)(void *context); /* any thread */
    bool by_header;                              /* X-Remote-User of a listed proxy names the account; no passwords */
    const char *const *proxies;                  /* addresses that are believed */
    size_t proxy_count;
    bool open_to_public;
    enum role rehearsal_role; /* of who has no account; ROLE_PUBLIC = nothing */
    bool stepped;             /* the clock is a rehearsal's */
    /* An errand is answered; on the room's thread. */
    void (*done)(void *context, struct errand *errand);
    /* Something was recorded; on the room's thread. May be NULL. */
    void (*recorded)(void *context);
    void *context;
};
__attribute__((warn_unused_result)) enum error_code access_open(const struct access_settings *settings,
                                                                struct access **out, struct error *err);
/* Stops the thread; what is still waiting is answered as busy. Accepts NULL. */
void access_close(struct access **access);

/* --- the HTTP thread; none of these waits --- */

/* What of a request tells who sends it; all borrowed, NULL = not sent. */
struct access_head {
    const char *peer; /* "192.0.2.7", of the connection */
    const char *cookie, *remote_user, *forwarded_for, *fetch_site, *origin, *host, *content_type;
    const char *csrf; /* X-CSRF-Token */
    const char *key;  /* Idempotency-Key */
    bool tls;
};
/* Who it is; nobody is ROLE_PUBLIC and not known. false: a problem (forged proxy). */
bool access_visitor(struct access *access, const struct access_head *head, struct visitor *out,
                    struct problem *problem);
/* Whether he may read the resource; else needs-login, no-accounts, not-allowed. */
bool access_may_read(struct access *access, const struct visitor *visitor, const char *resource,
                     struct problem *problem);
/* Whether the request changes something by his own will: same site, JSON, and, but for a login, the session's token. */
bool access_may_change(struct access *access, const struct access_head *head, const struct visitor *visitor, bool login,
                       struct problem *problem);
/* Whether a stream that was opened by him may go on: asked at each beat. */
bool access_still(struct access *access, const struct visitor *visitor);
/* The members of GET session beside the envelope: account, csrf, csrf_header, needs_account, may, language, clock. NULL
 * without memory. */
json_t *access_session(struct access *access, const struct visitor *visitor);

/* --- errands --- */

enum errand_kind { ERRAND_LOGIN, ERRAND_LOGOUT, ERRAND_ACTION };
enum { ERRAND_VERB_MAX = 32, ERRAND_KEY_MAX = 80, ERRAND_COOKIE_MAX = 192, ERRAND_PEER_MAX = 64 };
struct errand {
    struct errand *next;
    enum errand_kind kind;
    struct visitor visitor; /* a login and a logout change it */
    char verb[ERRAND_VERB_MAX]; /* of an action */
    char key[ERRAND_KEY_MAX];   /* Idempotency-Key */
    char peer[ERRAND_PEER_MAX]; /* whose limits count: access_peer */
    bool tls;
    json_t *body; /* taken; of a login and an action */
    /* the answer */
    int status;                     /* 200, 204; else as problem.kind has it */
    struct problem problem;         /* kind PROBLEM_NONE = none */
    struct buffer answer;           /* JSON; of an action */
    char cookie[ERRAND_COOKIE_MAX]; /* of Set-Cookie; "" = none */
    void *waits;                    /* the HTTP thread's own */
};
/* The address whose limits count: the connection's, or what a listed proxy says of it. */
void access_peer(struct access *access, const struct access_head *head, char out[ERRAND_PEER_MAX]);
/* Queues it until settings->done; false: too many wait (answer busy). */
bool access_run(struct access *access, struct errand *errand);
void errand_finish(struct errand *errand); /* its body and answer */

#endif
