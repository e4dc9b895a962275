/* When a database is asked: every so often, within the hours of the day and on the days that the configuration names.
 * Working days are those of the plan's calendar; a year it does not know yet works Monday to Friday. After a failure
 * the waiting grows and is spread, so that a county's agents do not come back all at once. Pure, domain time. */
#ifndef DUBAN_COLLECTOR_SQL_SCHEDULE_H
#define DUBAN_COLLECTOR_SQL_SCHEDULE_H

#include "common/domain/calendar.h"
#include "services/collector/sql_settings.h"

/* The first moment at or after t at which one may ask. calendar may be NULL. */
struct instant sql_schedule_open(const struct sql_schedule *schedule, const struct calendar *calendar,
                                 struct instant t);
/* The next time after one that was at `last` (INSTANT_NONE: never) and gave an answer. */
struct instant sql_schedule_next(const struct sql_schedule *schedule, const struct calendar *calendar,
                                 struct instant last, struct instant now);
/* The next time after `failures` in a row, the last at `last`: 1, 2, 4 … min, never longer than `every`; up to a
 * quarter is taken off by `spread` (any number). */
struct instant sql_schedule_again(const struct sql_schedule *schedule, const struct calendar *calendar,
                                  struct instant last, unsigned failures, uint32_t spread);

#endif
