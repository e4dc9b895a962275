/* The status file: what a running program says of itself, for `duban settle`, `duban doctor` and health checks. JSON,
 * renamed into place, so that a reader sees the old one or the new:
 *     {"program": "duban-collector", "pid": 42, "process_start": 8123, "started": "…+08:00", "written": "…+08:00",
 *      "step": 184, "domain": "…+08:00", "state": "running", "numbers": {"pending": 0, …}, "texts": {…}}
 * Keys about one stream are "stream/NAME/acked_seq". Writing and reading touch the disk. */
#ifndef DUBAN_BASE_STATUS_H
#define DUBAN_BASE_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/base/clock.h"
#include "common/base/error.h"

enum { STATUS_WORD_MAX = 96, STATUS_TEXT_MAX = 256 };

struct status {
    char program[STATUS_WORD_MAX];
    pid_t pid;
    int64_t process_start;           /* field 22 of /proc/PID/stat: tells a reused pid */
    int64_t pid_namespace;           /* in which the pid means something: a container has its own; 0 = not told */
    struct instant started, written; /* real time */
    int64_t step;                    /* -1: real clock */
    struct instant domain;
    char state[STATUS_WORD_MAX]; /* "starting", "running", "waiting", "halted", "stopping" */
    struct status_number {
        char key[STATUS_WORD_MAX];
        int64_t value;
    } * numbers;
    size_t number_count, number_capacity;
    struct status_text {
        char key[STATUS_WORD_MAX];
        char value[STATUS_TEXT_MAX];
    } * texts;
    size_t text_count, text_capacity;
};

void status_init(struct status *status, const char *program); /* this process, state "starting" */
void status_finish(struct status *status);
void status_set_state(struct status *status, const char *state);
void status_set_clock(struct status *status, const struct clock *clock);
void status_set(struct status *status, const char *key, int64_t value); /* adds or replaces */
void status_set_text(struct status *status, const char *key, const char *value);
bool status_get(const struct status *status, const char *key, int64_t *value);
const char *status_get_text(const struct status *status, const char *key); /* borrows; NULL if absent */
void status_forget(struct status *status, const char *prefix);             /* drops keys that begin so */

__attribute__((warn_unused_result)) enum error_code status_write(struct status *status, const char *file,
                                                                 struct error *err);
/* Fills an uninitialised status; wants status_finish either way. */
__attribute__((warn_unused_result)) enum error_code status_read(struct status *status, const char *file,
                                                                struct error *err);
/* That very process runs. One of another pid namespace (another container) cannot be seen from here and is believed. */
bool status_alive(const struct status *status);

#endif
