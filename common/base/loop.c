#include "common/base/loop.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* --- signals --- */

static void our_signals(sigset_t *set) {
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGHUP);
}

enum error_code loop_signals_open(int *fd, struct error *err) {
    sigset_t set;
    our_signals(&set);
    *fd = -1;
    signal(SIGPIPE, SIG_IGN);
    int why = pthread_sigmask(SIG_BLOCK, &set, NULL);
    if (why) return error_set_errno(err, ERROR_IO, why, "cannot block signals");
    *fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (*fd < 0) return error_set_errno(err, ERROR_IO, errno, "cannot open a signalfd");
    return ERROR_OK;
}

enum loop_signal loop_signals_read(int fd) {
    struct signalfd_siginfo info;
    ssize_t got;
    do
        got = read(fd, &info, sizeof info);
    while (got < 0 && errno == EINTR);
    if (got != (ssize_t)sizeof info) return LOOP_SIGNAL_NONE;
    return info.ssi_signo == SIGHUP ? LOOP_SIGNAL_RELOAD : LOOP_SIGNAL_STOP;
}

void loop_signals_restore(void) {
    sigset_t set;
    our_signals(&set);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    signal(SIGPIPE, SIG_DFL);
}

void loop_fd_close(int *fd) {
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

/* --- timers --- */

void loop_timer_cancel(struct loop_timers *timers, struct loop_timer *timer) {
    for (struct loop_timer **at = &timers->first; *at; at = &(*at)->next) {
        if (*at == timer) {
            *at = timer->next;
            break;
        }
    }
    timer->next = NULL;
    timer->due = TICK_NONE;
}

void loop_timer_arm(struct loop_timers *timers, struct loop_timer *timer, struct tick due) {
    loop_timer_cancel(timers, timer);
    if (due.ms == TICK_NONE.ms) return;
    timer->due = due;
    struct loop_timer **at = &timers->first;
    while (*at && (*at)->due.ms <= due.ms)
        at = &(*at)->next;
    timer->next = *at;
    *at = timer;
}

void loop_timers_run(struct loop_timers *timers, struct tick now) {
    /* A handler may arm its timer for a moment that is due already: that one waits for the next run, so the count of
     * what is due now bounds this one. */
    size_t due = 0;
    for (const struct loop_timer *t = timers->first; t && t->due.ms <= now.ms; t = t->next)
        due++;
    while (due-- > 0 && timers->first && timers->first->due.ms <= now.ms) {
        struct loop_timer *timer = timers->first;
        loop_timer_cancel(timers, timer);
        timer->fire(timer->context);
    }
}

int loop_timers_wait(const struct loop_timers *timers, struct tick now) {
    return timers->first ? tick_wait(now, timers->first->due) : -1;
}

/* --- the loop --- */

enum error_code loop_init(struct loop *loop, struct clock *clock, struct error *err) {
    *loop = (struct loop){.clock = clock, .signal_fd = -1};
    return loop_signals_open(&loop->signal_fd, err);
}

void loop_finish(struct loop *loop) {
    if (!loop) return;
    loop_fd_close(&loop->signal_fd);
    loop->count = 0;
    loop->timers.first = NULL;
}

static size_t find_watch(const struct loop *loop, int fd) {
    size_t i = 0;
    while (i < loop->count && loop->fds[i].fd != fd)
        i++;
    return i;
}

enum error_code loop_watch(struct loop *loop, int fd, short events, void (*ready)(void *context, short events),
                           void *context, struct error *err) {
    size_t i = find_watch(loop, fd);
    if (i == LOOP_WATCH_MAX)
        return error_set(err, ERROR_CONFLICT, "the event loop watches %d files already", LOOP_WATCH_MAX);
    loop->fds[i] = (struct pollfd){.fd = fd, .events = events};
    loop->watches[i] = (struct loop_watch){.ready = ready, .context = context};
    if (i == loop->count) loop->count++;
    return ERROR_OK;
}

void loop_unwatch(struct loop *loop, int fd) {
    size_t i = find_watch(loop, fd);
    if (i == loop->count) return;
    loop->count--;
    loop->fds[i] = loop->fds[loop->count];
    loop->watches[i] = loop->watches[loop->count];
}

static void take_signals(struct loop *loop) {
    for (;;) {
        enum loop_signal signal = loop_signals_read(loop->signal_fd);
        if (signal == LOOP_SIGNAL_NONE) return;
        if (signal == LOOP_SIGNAL_STOP)
            loop->stopping = true;
        else if (loop->on_reload)
            loop->on_reload(loop->context);
    }
}

static enum error_code take_clock(struct loop *loop, struct error *err) {
    bool changed = false;
    if (!loop->clock) return ERROR_OK;
    enum error_code code = clock_refresh(loop->clock, &changed, err);
    if (!code && changed && loop->on_clock) loop->on_clock(loop->context);
    return code;
}

static int shorter_wait(int a, int b) {
    if (a < 0 || b < 0) return a < 0 ? b : a;
    return a < b ? a : b;
}

/* Handlers may watch and unwatch while this runs: what was polled is a copy, and each one is looked up again. */
static void call_ready(struct loop *loop, const struct pollfd *polled, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (!polled[i].revents) continue;
        size_t at = find_watch(loop, polled[i].fd);
        if (at < loop->count) loop->watches[at].ready(loop->watches[at].context, polled[i].revents);
    }
}

enum error_code loop_turn(struct loop *loop, int max_ms, struct error *err) {
    struct pollfd polled[LOOP_WATCH_MAX + 2];
    size_t count = loop->count;
    memcpy(polled, loop->fds, count * sizeof polled[0]);
    polled[count] = (struct pollfd){.fd = loop->signal_fd, .events = POLLIN};
    polled[count + 1] = (struct pollfd){.fd = loop->clock ? clock_fd(loop->clock) : -1, .events = POLLIN};
    int wait = loop->stopping ? 0 : shorter_wait(max_ms, loop_timers_wait(&loop->timers, tick_now()));
    if (poll(polled, (nfds_t)count + 2, wait) < 0) {
        if (errno != EINTR) return error_set_errno(err, ERROR_IO, errno, "poll failed");
        return ERROR_OK;
    }
    if (polled[count].revents) take_signals(loop);
    enum error_code code = take_clock(loop, err);
    if (code) return code;
    call_ready(loop, polled, count);
    loop_timers_run(&loop->timers, tick_now());
    if (loop->on_turn) loop->on_turn(loop->context);
    return ERROR_OK;
}

enum error_code loop_run(struct loop *loop, struct error *err) {
    while (!loop->stopping) {
        enum error_code code = loop_turn(loop, -1, err);
        if (code) return code;
    }
    return ERROR_OK;
}

void loop_stop(struct loop *loop) {
    loop->stopping = true;
}
