#include "common/base/clock.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <time.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/file.h"
#include "common/base/text.h"

static int64_t read_clock(clockid_t which) {
    struct timespec now;
    clock_gettime(which, &now);
    return (int64_t)now.tv_sec * MS_SECOND + now.tv_nsec / 1000000;
}

struct tick tick_now(void) {
    return (struct tick){read_clock(CLOCK_MONOTONIC)};
}

struct instant real_now(void) {
    return (struct instant){read_clock(CLOCK_REALTIME)};
}

struct tick tick_after(struct tick t, int64_t ms) {
    int64_t sum;
    return __builtin_add_overflow(t.ms, ms, &sum) ? TICK_NONE : (struct tick){sum};
}

static int clamp_wait(int64_t from, int64_t until) {
    if (until <= from) return 0;
    int64_t ms;
    if (__builtin_sub_overflow(until, from, &ms) || ms > INT_MAX) return INT_MAX;
    return (int)ms;
}

int tick_wait(struct tick now, struct tick due) {
    return due.ms == TICK_NONE.ms ? -1 : clamp_wait(now.ms, due.ms);
}

/* --- the stepped clock's file --- */

enum error_code clock_file_write(const char *file, int64_t step, struct instant now, struct error *err) {
    char text[INSTANT_TEXT_MAX], line[INSTANT_TEXT_MAX + 24];
    if (step < 0 || !instant_print(now, text))
        return error_set(err, ERROR_USAGE, "%s: a step has a number from 0 and an instant of the years 1900 to 2999",
                         file);
    int len = snprintf(line, sizeof line, "%" PRId64 " %s\n", step, text);
    return file_write_fast(file, line, (size_t)len, 0644, err);
}

enum error_code clock_file_read(const char *file, int64_t *step, struct instant *now, struct error *err) {
    enum { LINE_MAX_BYTES = 128 };
    CLEAN(buffer_finish) struct buffer line = {0};
    enum error_code code = file_read(file, LINE_MAX_BYTES, &line, err);
    if (code) return code;
    const char *text = buffer_text(&line);
    size_t len = line.len;
    if (len && text[len - 1] == '\n') len--;
    const char *space = memchr(text, ' ', len);
    size_t digits = space ? (size_t)(space - text) : 0;
    if (!space || !text_to_int(text, digits, step) || *step < 0 || !instant_parse(space + 1, len - digits - 1, now))
        return error_set(err, ERROR_INPUT,
                         "%s: expected one line \"STEP INSTANT\", like \"184 2021-07-01T00:00:00+08:00\"", file);
    return ERROR_OK;
}

/* --- the domain clock --- */

static enum error_code watch_folder(struct clock *clock, struct error *err) {
    AUTO_FREE char *folder = path_folder(clock->file);
    if (!folder) return error_set(err, ERROR_MEMORY, "%s: no memory", clock->file);
    clock->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (clock->inotify < 0 || inotify_add_watch(clock->inotify, folder, IN_MOVED_TO | IN_CLOSE_WRITE) < 0)
        return error_set_errno(err, ERROR_IO, errno, "cannot watch the folder %s of the stepped clock", folder);
    return ERROR_OK;
}

static void drain(int fd) {
    char events[4096];
    while (read(fd, events, sizeof events) > 0) {
    }
}

static enum error_code wait_for_file(struct clock *clock, int wait_ms, struct error *err) {
    struct tick end = tick_after(tick_now(), wait_ms);
    for (;;) {
        drain(clock->inotify);
        enum error_code code = clock_file_read(clock->file, &clock->step, &clock->now, err);
        int left = tick_wait(tick_now(), end);
        if (code != ERROR_NOT_FOUND || left == 0) return code;
        struct pollfd ready = {.fd = clock->inotify, .events = POLLIN};
        if (poll(&ready, 1, left) < 0 && errno != EINTR)
            return error_set_errno(err, ERROR_IO, errno, "cannot wait for %s", clock->file);
    }
}

enum error_code clock_open(struct clock *clock, const char *file, int wait_ms, struct error *err) {
    *clock = (struct clock){.inotify = -1, .step = -1};
    if (!file || !file[0]) {
        clock->now = real_now();
        return ERROR_OK;
    }
    clock->file = strdup(file);
    enum error_code code = clock->file ? watch_folder(clock, err) : error_set(err, ERROR_MEMORY, "no memory");
    if (!code) code = wait_for_file(clock, wait_ms, err);
    if (code) clock_finish(clock);
    return code;
}

void clock_finish(struct clock *clock) {
    if (!clock) return;
    if (clock->file && clock->inotify >= 0) close(clock->inotify);
    free(clock->file);
    *clock = (struct clock){.inotify = -1, .step = -1};
}

enum error_code clock_refresh(struct clock *clock, bool *changed, struct error *err) {
    if (changed) *changed = false;
    if (!clock->file) {
        clock->now = real_now();
        return ERROR_OK;
    }
    drain(clock->inotify);
    int64_t step;
    struct instant now;
    enum error_code code = clock_file_read(clock->file, &step, &now, err);
    if (code || (step == clock->step && now.ms == clock->now.ms)) return code;
    if (step <= clock->step || now.ms < clock->now.ms)
        return error_set(err, ERROR_INPUT,
                         "%s: step %" PRId64 " does not follow step %" PRId64
                         "; a stepped clock only goes forward, restart the rehearsal to begin again",
                         clock->file, step, clock->step);
    clock->step = step;
    clock->now = now;
    if (changed) *changed = true;
    return ERROR_OK;
}

int clock_fd(const struct clock *clock) {
    return clock->file ? clock->inotify : -1;
}

bool clock_is_stepped(const struct clock *clock) {
    return clock->file != NULL;
}

struct instant clock_domain(const struct clock *clock) {
    return clock->now;
}

int64_t clock_step(const struct clock *clock) {
    return clock->file ? clock->step : -1;
}

int clock_wait(const struct clock *clock, struct instant until) {
    int ms = clamp_wait(clock->now.ms, until.ms);
    return clock->file && ms > 0 ? -1 : ms;
}
