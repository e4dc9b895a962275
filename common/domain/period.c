/* Reporting periods: whole months or quarters, and the working day their figures are owed by. */
#include <stdio.h>

#include "common/domain/calendar.h"
#include "common/domain/plan.h"

static int months_of(const struct reporting *reporting) {
    return reporting->period == PERIOD_QUARTER ? 3 : 1;
}

/* Months since the year 0 make month arithmetic a sum. */
static struct day month_day(int month_count, int mday) {
    struct day day = DAY_NONE;
    return day_make(month_count / 12, month_count % 12 + 1, mday, &day) ? day : DAY_NONE;
}

static struct period period_from(const struct calendar *calendar, const struct reporting *reporting, int first_month) {
    int next = first_month + months_of(reporting);
    struct period period = {.first = month_day(first_month, 1), .last = month_day(next, 1), .closing = DAY_NONE};
    if (day_is(period.last)) period.last.n--;
    period.closing = calendar_next_working(calendar, month_day(next, (int)reporting->closing_day));
    return period;
}

struct period period_of(const struct calendar *calendar, const struct reporting *reporting, struct day day) {
    if (!day_is(day)) return (struct period){DAY_NONE, DAY_NONE, DAY_NONE};
    int year, month, mday;
    day_split(day, &year, &month, &mday);
    int length = months_of(reporting), count = year * 12 + month - 1;
    return period_from(calendar, reporting, count - count % length);
}

struct period period_after(const struct calendar *calendar, const struct reporting *reporting, struct period period) {
    struct day day = period.last;
    if (day_is(day)) day.n++;
    return period_of(calendar, reporting, day);
}

struct period period_before(const struct calendar *calendar, const struct reporting *reporting, struct period period) {
    struct day day = period.first;
    if (day_is(day)) day.n--;
    return period_of(calendar, reporting, day);
}

size_t period_name(const struct reporting *reporting, struct period period, char out[32]) {
    int year, month, mday;
    out[0] = '\0';
    if (!day_is(period.first)) return 0;
    day_split(period.first, &year, &month, &mday);
    if (reporting->period == PERIOD_QUARTER) return (size_t)snprintf(out, 32, "%04d-Q%d", year, (month - 1) / 3 + 1);
    return (size_t)snprintf(out, 32, "%04d-%02d", year, month);
}

size_t period_words(const struct reporting *reporting, struct period period, char out[32]) {
    static const char *const quarters[] = {"一季度", "二季度", "三季度", "四季度"};
    int year, month, mday;
    out[0] = '\0';
    if (!day_is(period.first)) return 0;
    day_split(period.first, &year, &month, &mday);
    if (reporting->period == PERIOD_QUARTER) return (size_t)snprintf(out, 32, "%s", quarters[(month - 1) / 3 % 4]);
    return (size_t)snprintf(out, 32, "%d月", month);
}
