/* The event loop of a program: poll(2) over file descriptors, timers in ticks, signals by signalfd, the domain clock.
 * Programs with ZeroMQ sockets run zmq_poll instead and take the pieces: loop_signals_*, clock_fd, struct loop_timers.
 * Nothing here knows ZeroMQ. One loop, one thread; handlers must not block. */
#ifndef DUBAN_BASE_LOOP_H
#define DUBAN_BASE_LOOP_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/base/clock.h"
#include "common/base/error.h"

/* --- signals --- */

enum loop_signal { LOOP_SIGNAL_NONE, LOOP_SIGNAL_STOP, LOOP_SIGNAL_RELOAD };

/* Blocks SIGTERM, SIGINT, SIGHUP in this and all later threads and ignores SIGPIPE; *fd becomes readable instead. Call
 * it before any thread and before zmq_ctx_new. */
__attribute__((warn_unused_result)) enum error_code loop_signals_open(int *fd, struct error *err);
/* Takes one waiting signal; LOOP_SIGNAL_NONE when there is none. Never blocks. */
enum loop_signal loop_signals_read(int fd);
/* Gives a child back the default mask and SIGPIPE; between fork and exec. */
void loop_signals_restore(void);
void loop_fd_close(int *fd); /* closes unless -1, sets -1 */

/* --- timers --- */

/* A timer belongs to the caller and must be cancelled before it goes. */
struct loop_timer {
    struct tick due; /* TICK_NONE: not armed */
    void (*fire)(void *context);
    void *context;
    struct loop_timer *next;
};
struct loop_timers {
    struct loop_timer *first; /* by due */
};
void loop_timer_arm(struct loop_timers *timers, struct loop_timer *timer, struct tick due); /* again = moves it */
void loop_timer_cancel(struct loop_timers *timers, struct loop_timer *timer);
/* Fires all that are due at now (disarmed before firing, so that a handler may arm again). */
void loop_timers_run(struct loop_timers *timers, struct tick now);
int loop_timers_wait(const struct loop_timers *timers, struct tick now); /* for poll: ms, -1 = none */

/* --- the loop --- */

enum { LOOP_WATCH_MAX = 64 };

struct loop {
    struct pollfd fds[LOOP_WATCH_MAX];
    struct loop_watch {
        void (*ready)(void *context, short events);
        void *context;
    } watches[LOOP_WATCH_MAX];
    size_t count;
    struct loop_timers timers;
    int signal_fd;
    struct clock *clock; /* borrowed; may be NULL */
    bool stopping;
    void (*on_reload)(void *context); /* SIGHUP; may be NULL */
    void (*on_clock)(void *context);  /* domain time has moved (stepped clock); may be NULL */
    void (*on_turn)(void *context);   /* at the end of every turn; may be NULL */
    void *context;                    /* of the three above */
};

__attribute__((warn_unused_result)) enum error_code loop_init(struct loop *loop, struct clock *clock,
                                                              struct error *err);
void loop_finish(struct loop *loop);
/* Watches fd (borrowed) for POLLIN / POLLOUT; a second call for the same fd changes it. */
__attribute__((warn_unused_result)) enum error_code loop_watch(struct loop *loop, int fd, short events,
                                                               void (*ready)(void *context, short events),
                                                               void *context, struct error *err);
void loop_unwatch(struct loop *loop, int fd); /* also from a handler */
/* One turn: waits at most max_ms (-1 = as long as it takes), refreshes the clock, calls handlers and timers. */
__attribute__((warn_unused_result)) enum error_code loop_turn(struct loop *loop, int max_ms, struct error *err);
/* Turns until loop_stop, SIGTERM or SIGINT. */
__attribute__((warn_unused_result)) enum error_code loop_run(struct loop *loop, struct error *err);
void loop_stop(struct loop *loop);

#endif
