#include "common/link/poll.h"

#include <errno.h>
#include <string.h>
#include <zmq.h>

#include "common/base/log.h"

enum error_code link_loop_init(struct link_loop *loop, struct clock *clock, struct error *err) {
    *loop = (struct link_loop){.signal_fd = -1, .clock = clock};
    return loop_signals_open(&loop->signal_fd, err);
}

void link_loop_finish(struct link_loop *loop) {
    loop_fd_close(&loop->signal_fd);
    loop->count = 0;
}

static struct link_watch *find(struct link_loop *loop, void *socket, int fd) {
    for (size_t i = 0; i < loop->count; i++) {
        struct link_watch *watch = &loop->watches[i];
        if (watch->ready && watch->socket == socket && watch->fd == fd) return watch;
    }
    return NULL;
}

static enum error_code watch_either(struct link_loop *loop, struct link_watch wanted, struct error *err) {
    struct link_watch *watch = find(loop, wanted.socket, wanted.fd);
    if (!watch) {
        if (loop->count == LINK_WATCH_MAX)
            return error_set(err, ERROR_CONFLICT, "more than %d sockets and files in one loop", LINK_WATCH_MAX);
        watch = &loop->watches[loop->count++];
    }
    *watch = wanted;
    return ERROR_OK;
}

enum error_code link_watch_fd(struct link_loop *loop, int fd, short events,
                              void (*ready)(void *context, short events), void *context, struct error *err) {
    return watch_either(loop, (struct link_watch){NULL, fd, events, ready, context}, err);
}

enum error_code link_watch_socket(struct link_loop *loop, void *socket, short events,
                                  void (*ready)(void *context, short events), void *context, struct error *err) {
    return watch_either(loop, (struct link_watch){socket, -1, events, ready, context}, err);
}

/* Only marked: a turn may be walking the list. It is swept before the next poll. */
static void unwatch(struct link_loop *loop, void *socket, int fd) {
    struct link_watch *watch = find(loop, socket, fd);
    if (watch) watch->ready = NULL;
}
void link_unwatch_fd(struct link_loop *loop, int fd) {
    unwatch(loop, NULL, fd);
}
void link_unwatch_socket(struct link_loop *loop, void *socket) {
    unwatch(loop, socket, -1);
}

static void sweep(struct link_loop *loop) {
    size_t kept = 0;
    for (size_t i = 0; i < loop->count; i++)
        if (loop->watches[i].ready) loop->watches[kept++] = loop->watches[i];
    loop->count = kept;
}

static int soonest(int a, int b) {
    if (a < 0) return b;
    return b < 0 || a < b ? a : b;
}

static size_t fill(const struct link_loop *loop, zmq_pollitem_t *items) {
    size_t count = 0;
    for (size_t i = 0; i < loop->count; i++) {
        const struct link_watch *watch = &loop->watches[i];
        int events = ZMQ_POLLERR;
        if (watch->events & POLLIN) events |= ZMQ_POLLIN;
        if (watch->events & POLLOUT) events |= ZMQ_POLLOUT;
        items[count++] = (zmq_pollitem_t){watch->socket, watch->fd, (short)events, 0};
    }
    items[count++] = (zmq_pollitem_t){NULL, loop->signal_fd, ZMQ_POLLIN, 0};
    int clock = loop->clock ? clock_fd(loop->clock) : -1;
    if (clock >= 0) items[count++] = (zmq_pollitem_t){NULL, clock, ZMQ_POLLIN, 0};
    return count;
}

static void serve_signals(struct link_loop *loop) {
    for (;;) {
        enum loop_signal signal = loop_signals_read(loop->signal_fd);
        if (signal == LOOP_SIGNAL_NONE) return;
        if (signal == LOOP_SIGNAL_RELOAD) {
            if (loop->on_reload) loop->on_reload(loop->context);
        } else if (loop->on_stop) {
            loop->on_stop(loop->context);
        } else {
            loop->stopping = true;
        }
    }
}

static short happened(short zmq_events) {
    int events = 0;
    if (zmq_events & ZMQ_POLLIN) events |= POLLIN;
    if (zmq_events & ZMQ_POLLOUT) events |= POLLOUT;
    if (zmq_events & ZMQ_POLLERR) events |= POLLERR;
    return (short)events;
}

/* A handler may unwatch and close what stands further on in the list: it is looked up again before its turn. */
static void serve_watches(struct link_loop *loop, const zmq_pollitem_t *items, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct link_watch *watch = items[i].revents ? find(loop, items[i].socket, items[i].fd) : NULL;
        if (watch) watch->ready(watch->context, happened(items[i].revents));
    }
}

enum error_code link_loop_turn(struct link_loop *loop, int max_ms, struct error *err) {
    zmq_pollitem_t items[LINK_WATCH_MAX + 2];
    sweep(loop);
    size_t watched = loop->count, count = fill(loop, items);
    int wait = loop->again ? 0 : soonest(max_ms, loop_timers_wait(&loop->timers, tick_now()));
    loop->again = false;
    if (zmq_poll(items, (int)count, wait) < 0 && zmq_errno() != EINTR)
        return error_set(err, ERROR_IO, "cannot wait for sockets: %s", zmq_strerror(zmq_errno()));

    bool changed = false;
    if (loop->clock) {
        struct error bad = {0};
        if (clock_refresh(loop->clock, &changed, &bad) != ERROR_OK) log_failure(LOG_LEVEL_WARN, "clock_refused", &bad);
    }
    if (items[watched].revents) serve_signals(loop);
    if (changed && loop->on_clock) loop->on_clock(loop->context);
    serve_watches(loop, items, watched);
    loop_timers_run(&loop->timers, tick_now());
    if (loop->on_turn) loop->on_turn(loop->context);
    return ERROR_OK;
}

enum error_code link_loop_run(struct link_loop *loop, struct error *err) {
    enum error_code code = ERROR_OK;
    while (!loop->stopping && code == ERROR_OK) code = link_loop_turn(loop, -1, err);
    return code;
}

void link_loop_stop(struct link_loop *loop) {
    loop->stopping = true;
}
