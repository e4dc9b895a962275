/* Days and times as databases write them: 2021-06-30, 2021-06-30 08:00:00.25, with or without an offset. Microseconds,
 * because a watermark is compared to the last of them. Pure. */
#ifndef DUBAN_COLLECTOR_SQL_STAMP_H
#define DUBAN_COLLECTOR_SQL_STAMP_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/day.h"
#include "proto/event.h"

enum { STAMP_TEXT_MAX = 48, STAMP_MINUTES_MAX = 14 * 60, STAMP_HERE = 8 * 60 /* minutes east: UTC+8 */ };

struct stamp {
    int64_t us;    /* since 1970-01-01 00:00:00 of its own clock; of one with an offset: UTC */
    bool has_zone; /* it bore an offset */
    bool has_time; /* more than a day was written */
};

/* False: it is no such text, or no such day (0000-00-00, infinity). */
bool stamp_read(struct slice text, struct stamp *out);
/* "+08:00", "-5", "Z", "UTC", "北京时间": minutes east of UTC. */
bool stamp_zone(const char *text, int *minutes);
/* The day a clock in UTC+8 shows; zone: minutes east, of a stamp without its own. */
struct day stamp_day(const struct stamp *stamp, int zone);
/* "2021-06-30 08:00:00.25"; fractions without needless zeros; " +00:00" behind one with a zone. */
void stamp_print(const struct stamp *stamp, char out[STAMP_TEXT_MAX]);

#endif
