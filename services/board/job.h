/* What is computed on demand: one computation a key however many ask (single flight), a bounded queue, and the newest
 * results of the past kept (least recently used goes first). A pure core: no thread, no clock; its owner locks it.
 *
 * A waiter belongs to who asks and waits in the job until it is answered; then it is given back with the result. */
#ifndef DUBAN_BOARD_JOB_H
#define DUBAN_BOARD_JOB_H

#include "services/board/route.h"
#include "services/board/scope.h"
#include "services/board/snapshot.h"

enum { JOBS_KEPT = 64, JOBS_PAST_MAX = 4, JOBS_LIVE_MAX = 64, JOB_KEY_MAX = SCOPE_KEY_MAX + ASK_KEY_MAX + 32 };

enum job_lane {
    JOB_LIVE, /* made of the facts at hand, by the reader */
    JOB_PAST, /* a moment or an explanation: read anew */
    JOB_LANES,
};

/* A scope that owns its texts. */
struct scope_copy {
    enum role role;
    char area[ASK_WORD_MAX], unit[ASK_TEXT_MAX];
};
void scope_copy_of(const struct scope *scope, struct scope_copy *out);
struct scope scope_copy_scope(const struct scope_copy *copy); /* borrows */

struct waiter {
    struct waiter *next;
    struct rendering *rendering; /* the answer, held for the waiter; NULL = problem */
    struct problem problem;
    bool answered;
};

struct job {
    struct job *next;
    enum job_lane lane;
    bool running;
    char key[JOB_KEY_MAX];
    struct scope_copy scope;
    struct ask ask;
    struct waiter *waiters;
};

struct jobs {
    struct job *first; /* in the order they came */
    size_t count[JOB_LANES];
    struct kept {
        char *key;
        struct rendering *rendering;
    } kept[JOBS_KEPT]; /* newest use first */
    size_t kept_count;
};
void jobs_finish(struct jobs *jobs); /* nobody may be waiting any more */

/* What is kept under the key, held for the caller; NULL = nothing. */
struct rendering *jobs_kept(struct jobs *jobs, const char *key);
enum jobs_answer { JOBS_WAIT, JOBS_FULL };
/* The waiter joins the job of that key, or a new one; *begun: a new one, somebody must work on it. FULL: too many wait. */
enum jobs_answer jobs_ask(struct jobs *jobs, enum job_lane lane, const char *key, const struct scope *scope,
                          const struct ask *ask, struct waiter *waiter, bool *begun);
/* The next one nobody works on, now running; NULL = none. It stays in the list. */
struct job *jobs_take(struct jobs *jobs, enum job_lane lane);
/* Ends it: each waiter gets the rendering (borrowed: held anew for each) or the problem; JOB_PAST renderings are kept.
 * The waiters are given back as a list. Frees the job. */
struct waiter *jobs_end(struct jobs *jobs, struct job *job, struct rendering *rendering, const struct problem *problem);

#endif
