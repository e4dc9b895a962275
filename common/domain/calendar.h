/* Working days and the reporting calendar of a programme. UTC+8 arithmetic, no time zone database.
 * A year that is not in the table has no working days yet: that is an error to be seen, never a guess. Pure. */
#ifndef DUBAN_DOMAIN_CALENDAR_H
#define DUBAN_DOMAIN_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "proto/day.h"
#include "proto/event.h"

struct calendar; /* sorted exceptions by day, and the range of years they cover */
struct reporting;

/* Reads "date,kind,name" (kind: holiday | workday). Borrows nothing. */
__attribute__((warn_unused_result)) enum error_code calendar_read(const char *name, struct slice bytes, struct calendar **out,
                                                          struct findings *findings);
void calendar_destroy(struct calendar **calendar);

bool calendar_covers(const struct calendar *calendar, struct day day);
/* False, too, for a day whose year is not covered. A NULL calendar works Monday to Friday. */
bool calendar_works(const struct calendar *calendar, struct day day);
/* The day itself when it works. DAY_NONE (here and below, INSTANT_NONE for instants) when the table ends before the
 * answer: so too for the closing day of a period. plan_lint says so a year ahead. */
struct day calendar_next_working(const struct calendar *calendar, struct day day);
struct day calendar_add_working(const struct calendar *calendar, struct day day, unsigned working_days);
int calendar_working_between(const struct calendar *calendar, struct day after, struct day until); /* (after, until] */
/* Working time of [from, to) in milliseconds, by the programme's hours; and the instant at which it reaches `ms`. */
int64_t calendar_working_ms(const struct calendar *calendar, const struct reporting *reporting, struct instant from,
                            struct instant to);
struct instant calendar_add_working_ms(const struct calendar *calendar, const struct reporting *reporting,
                                       struct instant from, int64_t ms);
/* The next message window at or after `at` (08:30 and 16:30 of working days). */
struct instant calendar_window(const struct calendar *calendar, const struct reporting *reporting, struct instant at);

/* A reporting period by its first day. */
struct period {
    struct day first, last;
    struct day closing; /* the day its figures are owed by, moved to a working day; ends at 24:00 */
};
struct period period_of(const struct calendar *calendar, const struct reporting *reporting, struct day day);
struct period period_after(const struct calendar *calendar, const struct reporting *reporting, struct period period);
struct period period_before(const struct calendar *calendar, const struct reporting *reporting, struct period period);
size_t period_name(const struct reporting *reporting, struct period period, char out[32]); /* "2021-09", "2021-Q3" */
size_t period_words(const struct reporting *reporting, struct period period, char out[32]); /* "9月", "三季度" */

#endif
