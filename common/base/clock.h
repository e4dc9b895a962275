/* Two clocks, two types. `struct instant` is domain time: it decides everything a report or an alert says. `struct
 * tick` is monotonic: heartbeats, back-off, leases, retries. Nothing converts one into the other.
 *
 * Domain time is real, or stepped by a file with one line `STEP INSTANT` ("184 2021-07-01T00:00:00+08:00") that the
 * director alone replaces; every process reads it once a loop turn, woken by inotify on the folder. The calendar is
 * UTC+8 by arithmetic: China has one zone and no summer time since 1991; no zone database is asked. */
#ifndef DUBAN_BASE_CLOCK_H
#define DUBAN_BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"
#include "proto/day.h"

struct instant {
    int64_t ms; /* since 1970-01-01T00:00:00Z */
};
struct tick {
    int64_t ms; /* since the machine started */
};

#define INSTANT_NONE ((struct instant){INT64_MIN})
#define TICK_NONE ((struct tick){INT64_MAX}) /* never due */
enum { INSTANT_TEXT_MAX = 32, MS_SECOND = 1000, MS_MINUTE = 60000, MS_HOUR = 3600000, MS_DAY = 86400000 };

static inline bool instant_is(struct instant t) {
    return t.ms != INT64_MIN;
}

/* --- instants, pure --- */

/* RFC 3339: "2021-07-01T00:00:00+08:00", with up to 3 decimals of a second; other offsets and Z are read too. Days
 * that do not exist, and years outside 1900-2999, are refused. */
__attribute__((warn_unused_result)) bool instant_parse(const char *text, size_t len, struct instant *out);
/* Always at +08:00; ".123" only when it is not zero; "" for INSTANT_NONE and outside 1900-2999. Returns the length. */
size_t instant_print(struct instant t, char out[INSTANT_TEXT_MAX]);
struct day instant_day(struct instant t);    /* the calendar day in UTC+8; DAY_NONE for none */
int64_t instant_ms_of_day(struct instant t); /* 0 … MS_DAY - 1, UTC+8 */
struct instant day_start(struct day d);      /* 00:00 in UTC+8; INSTANT_NONE for none */
struct instant day_end(struct day d);        /* 00:00 of the next day: the first instant after it */
struct instant day_at(struct day d, int hour, int minute);

/* --- the machine's own --- */

struct tick tick_now(void);
struct tick tick_after(struct tick t, int64_t ms); /* saturates */
/* Milliseconds from now until due, for poll: 0 when past, -1 for TICK_NONE. */
int tick_wait(struct tick now, struct tick due);
struct instant real_now(void); /* logs, HTTP, skew; nothing else */

/* --- the domain clock --- */

struct clock {
    char *file;  /* NULL: real time */
    int inotify; /* -1: none */
    struct instant now;
    int64_t step;
};

/* file NULL opens the real clock. A stepped one waits up to wait_ms of real time for the file to appear. */
__attribute__((warn_unused_result)) enum error_code clock_open(struct clock *clock, const char *file, int wait_ms,
                                                               struct error *err);
void clock_finish(struct clock *clock);
/* Once a loop turn, and when clock_fd is readable: takes the present domain time. *changed (may be NULL): a stepped
 * clock has a new step. A step or instant that goes back is ERROR_INPUT and the old one stays. */
__attribute__((warn_unused_result)) enum error_code clock_refresh(struct clock *clock, bool *changed,
                                                                  struct error *err);
int clock_fd(const struct clock *clock); /* for poll, POLLIN; -1 for the real clock */
bool clock_is_stepped(const struct clock *clock);
struct instant clock_domain(const struct clock *clock); /* of the last refresh */
int64_t clock_step(const struct clock *clock);          /* -1 for the real clock */
/* poll's timeout for "until this domain instant": -1 (until the file changes) while stepped and not yet reached. */
int clock_wait(const struct clock *clock, struct instant until);

/* The director's side. */
__attribute__((warn_unused_result)) enum error_code clock_file_write(const char *file, int64_t step, struct instant now,
                                                                     struct error *err);
__attribute__((warn_unused_result)) enum error_code clock_file_read(const char *file, int64_t *step,
                                                                    struct instant *now, struct error *err);

#endif
