/* The event loop of a program that has ZeroMQ sockets: zmq_poll over sockets and file descriptors (libpq, inotify),
 * signals, the domain clock, timers in ticks. The same shape as base's struct loop; ZMQ_FD is never used. One loop, one
 * thread; handlers must not block. */
#ifndef DUBAN_LINK_POLL_H
#define DUBAN_LINK_POLL_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/loop.h"

enum { LINK_WATCH_MAX = 64 };

struct link_loop {
    struct link_watch {
        void *socket; /* ZeroMQ, or NULL for fd */
        int fd;
        short events; /* POLLIN | POLLOUT, for sockets too */
        void (*ready)(void *context, short events);
        void *context;
    } watches[LINK_WATCH_MAX];
    size_t count;
    struct loop_timers timers;
    int signal_fd;
    struct clock *clock; /* borrowed; may be NULL */
    bool stopping;
    bool again;                       /* set by a handler that left work: the next turn does not wait */
    void (*on_stop)(void *context);   /* SIGTERM, SIGINT; NULL = link_loop_stop */
    void (*on_reload)(void *context); /* SIGHUP; may be NULL */
    void (*on_clock)(void *context);  /* domain time has moved (stepped clock); may be NULL */
    void (*on_turn)(void *context);   /* at the end of every turn; may be NULL */
    void *context;                    /* of the four above */
};

/* Blocks the signals: before link_context_open. */
__attribute__((warn_unused_result)) enum error_code link_loop_init(struct link_loop *loop, struct clock *clock,
                                                                   struct error *err);
void link_loop_finish(struct link_loop *loop);

/* fd and socket are borrowed; a second call for the same one changes it. events 0 = watched for errors only. */
__attribute__((warn_unused_result)) enum error_code link_watch_fd(struct link_loop *loop, int fd, short events,
                                                                  void (*ready)(void *context, short events),
                                                                  void *context, struct error *err);
__attribute__((warn_unused_result)) enum error_code link_watch_socket(struct link_loop *loop, void *socket,
                                                                      short events,
                                                                      void (*ready)(void *context, short events),
                                                                      void *context, struct error *err);
void link_unwatch_fd(struct link_loop *loop, int fd); /* also from a handler */
void link_unwatch_socket(struct link_loop *loop, void *socket);

/* One turn: waits at most max_ms (-1 = as long as it takes), refreshes the clock, calls handlers and timers. */
__attribute__((warn_unused_result)) enum error_code link_loop_turn(struct link_loop *loop, int max_ms,
                                                                   struct error *err);
/* Turns until link_loop_stop. */
__attribute__((warn_unused_result)) enum error_code link_loop_run(struct link_loop *loop, struct error *err);
void link_loop_stop(struct link_loop *loop);

#endif
