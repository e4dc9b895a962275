/* How a flood of one event is held back: at most 20 lines in 10 s, the rest counted. Pure: the time is given.
 * Events beyond the table's slots are not limited. */
#ifndef DUBAN_BASE_LOG_REPEAT_H
#define DUBAN_BASE_LOG_REPEAT_H

#include <stdbool.h>

#include "common/base/clock.h"

enum { LOG_REPEATS_MAX = 20, LOG_REPEAT_MS = 10 * MS_SECOND, LOG_REPEAT_SLOTS = 64, LOG_EVENT_MAX = 48 };

struct log_repeats {
    struct log_repeat {
        char event[LOG_EVENT_MAX]; /* "": a free slot */
        struct tick since;
        unsigned lines;
        unsigned long suppressed;
    } slots[LOG_REPEAT_SLOTS];
};

/* May a line of this event go out now? *suppressed = how many of the time before did not. */
bool log_repeats_pass(struct log_repeats *repeats, const char *event, struct tick now, unsigned long *suppressed);

#endif
