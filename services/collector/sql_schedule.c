#include "services/collector/sql_schedule.h"

enum { DAYS_AHEAD = 400, FIRST_WAIT_MS = 60000, DOUBLINGS_MAX = 12, WEEK_SUNDAY = 0, WEEK_SATURDAY = 6 };

static bool works(const struct sql_schedule *schedule, const struct calendar *calendar, struct day day) {
    if (schedule->days == SQL_EVERY_DAY) return true;
    if (calendar && calendar_covers(calendar, day)) return calendar_works(calendar, day);
    int weekday = day_weekday(day);
    return weekday != WEEK_SUNDAY && weekday != WEEK_SATURDAY;
}

static struct instant at_minute(struct day day, int minute) {
    return (struct instant){day_start(day).ms + (int64_t)minute * MS_MINUTE};
}

struct instant sql_schedule_open(const struct sql_schedule *schedule, const struct calendar *calendar,
                                 struct instant t) {
    struct day day = instant_day(t);
    for (int i = 0; i < DAYS_AHEAD && day_is(day); i++, day.n++) {
        if (!works(schedule, calendar, day)) continue;
        struct instant from = at_minute(day, schedule->from_minute), to = at_minute(day, schedule->to_minute);
        if (t.ms <= from.ms) return from;
        if (t.ms <= to.ms) return t;
    }
    return t; /* more than a year of holidays: nobody means that */
}

struct instant sql_schedule_next(const struct sql_schedule *schedule, const struct calendar *calendar,
                                 struct instant last, struct instant now) {
    if (!instant_is(last)) return sql_schedule_open(schedule, calendar, now);
    return sql_schedule_open(schedule, calendar, (struct instant){last.ms + schedule->every_ms});
}

struct instant sql_schedule_again(const struct sql_schedule *schedule, const struct calendar *calendar,
                                  struct instant last, unsigned failures, uint32_t spread) {
    unsigned doublings = failures > 1 ? failures - 1 : 0;
    int64_t wait = (int64_t)FIRST_WAIT_MS << (doublings < DOUBLINGS_MAX ? doublings : DOUBLINGS_MAX);
    if (wait > schedule->every_ms) wait = schedule->every_ms;
    wait -= wait / 4 * (spread % 1000) / 1000;
    return sql_schedule_open(schedule, calendar, (struct instant){last.ms + wait});
}
