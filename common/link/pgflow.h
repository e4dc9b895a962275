/* A connection to PostgreSQL inside an event loop: nothing here blocks. It connects by itself, host after host with
 * back-off, runs its set-up statements, then carries out *flows*: lists of steps (statements, COPY) that end well or
 * not at all, each with a deadline. One flow at a time. */
#ifndef DUBAN_LINK_PGFLOW_H
#define DUBAN_LINK_PGFLOW_H

#include "common/link/params.h"
#include "common/link/poll.h"
#include "common/link/rows.h"

struct pgflow;

enum pgflow_state { PGFLOW_AWAY, PGFLOW_CONNECTING, PGFLOW_IDLE, PGFLOW_BUSY };

enum pgstep_kind {
    PGSTEP_SQL,      /* statements without parameters */
    PGSTEP_QUERY,    /* one statement with params */
    PGSTEP_PREPARED, /* `sql` is the name of a prepared statement (settings.prepare), with params */
    PGSTEP_COPY,     /* `sql` is COPY … FROM STDIN (FORMAT binary), with bytes */
    PGSTEP_COMMIT,   /* `sql` ends in COMMIT: a lost answer leaves the flow in doubt, a WARNING too */
};
struct pgstep {
    enum pgstep_kind kind;
    const char *sql;
    const struct pg_params *params;
    const void *bytes;
    size_t len;
    int64_t expect_rows; /* exactly so many affected, else the flow is rolled back; -1 = any */
};

enum pgflow_outcome {
    PGFLOW_OK,
    PGFLOW_REFUSED,   /* a statement failed: rolled back, the connection is sound */
    PGFLOW_UNEXPECTED, /* a step touched another number of rows: rolled back */
    PGFLOW_LOST,      /* the connection went away or the deadline passed before COMMIT was sent: nothing happened */
    PGFLOW_IN_DOUBT,  /* … after COMMIT was sent: only the row lock can tell */
};
struct pgflow_answer {
    enum pgflow_outcome outcome;
    size_t step;                 /* where it ended */
    const struct pg_rows *rows;  /* of each step, lent for the call */
    const char *sqlstate;
    struct error error;
};

struct pgprepare {
    const char *name, *sql;
};
struct pgflow_settings {
    const char *conninfo, *application;
    const char *setup; /* SQL after connecting: SET …; LISTEN …; may be NULL */
    const struct pgprepare *prepare;
    size_t prepare_count;
    int connect_ms, answer_ms; /* 0 = 5 s, 30 s */
    int retry_min_ms, retry_max_ms; /* 0 = 200 ms, 5 s; full jitter */
    void (*on_ready)(void *context);  /* connected and set up */
    void (*on_away)(void *context, const struct error *err);
    void (*on_notify)(void *context, const char *channel, const char *payload);
    void *context;
};

/* Everything in settings is borrowed for its life. Starts connecting in the loop's next turn. */
__attribute__((warn_unused_result)) enum error_code pgflow_open(struct link_loop *loop,
                                                                const struct pgflow_settings *settings,
                                                                struct pgflow **out, struct error *err);
void pgflow_close(struct pgflow **flow); /* a flow under way is dropped without its `done` */

enum pgflow_state pgflow_state(const struct pgflow *flow);
/* Hands on what the connection takes of a COPY under way. poll() calls a local socket writable only when three quarters
 * of it are empty: a caller with long work in between calls this after each piece of it. */
void pgflow_push(struct pgflow *flow);
/* A small statement was sent less than within_ms ago: its answer is on its way, and the flow wants to go on at once. */
bool pgflow_answer_is_near(const struct pgflow *flow, int64_t within_ms);
enum { PGFLOW_STEPS_MAX = 32 };
/* Only when PGFLOW_IDLE; at most PGFLOW_STEPS_MAX steps. steps, params and bytes are borrowed until done has been called; done may start the next. */
void pgflow_run(struct pgflow *flow, const struct pgstep *steps, size_t count,
                void (*done)(void *context, const struct pgflow_answer *answer), void *context);
/* A connection that can no longer be trusted: drop it and connect again. */
void pgflow_drop(struct pgflow *flow);

#endif
