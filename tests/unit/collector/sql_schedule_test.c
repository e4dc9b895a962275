#include <criterion/criterion.h>

#include "services/collector/sql_schedule.h"

static const struct sql_schedule hourly = {
    .every_ms = MS_HOUR, .from_minute = 510, .to_minute = 1050, .days = SQL_WORKING_DAYS};

static struct instant at(const char *text) {
    struct instant t;
    cr_assert(instant_parse(text, strlen(text), &t), "%s", text);
    return t;
}
static const char *said(struct instant t) {
    static char text[INSTANT_TEXT_MAX];
    instant_print(t, text);
    return text;
}

Test(sql_schedule, hours_and_days) {
    static const struct {
        const char *last, *now, *next; /* 2021-07-02 is a Friday */
    } rows[] = {
        {NULL, "2021-07-02T09:00:00+08:00", "2021-07-02T09:00:00+08:00"},
        {NULL, "2021-07-02T03:00:00+08:00", "2021-07-02T08:30:00+08:00"},
        {NULL, "2021-07-02T17:30:00+08:00", "2021-07-02T17:30:00+08:00"},
        {NULL, "2021-07-02T17:30:01+08:00", "2021-07-05T08:30:00+08:00"},
        {NULL, "2021-07-04T12:00:00+08:00", "2021-07-05T08:30:00+08:00"},
        {"2021-07-02T09:00:00+08:00", "2021-07-02T09:00:00+08:00", "2021-07-02T10:00:00+08:00"},
        {"2021-07-02T17:00:00+08:00", "2021-07-02T17:00:00+08:00", "2021-07-05T08:30:00+08:00"},
        {"2021-06-01T09:00:00+08:00", "2021-07-02T12:00:00+08:00", "2021-06-01T10:00:00+08:00"}, /* long due */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_str_eq(said(sql_schedule_next(&hourly, NULL, rows[i].last ? at(rows[i].last) : INSTANT_NONE,
                                                at(rows[i].now))),
                         rows[i].next, "%zu", i);
    struct sql_schedule always = hourly;
    always.from_minute = 0, always.to_minute = 1440, always.days = SQL_EVERY_DAY;
    cr_expect_str_eq(said(sql_schedule_next(&always, NULL, at("2021-07-03T23:30:00+08:00"), at("2021-07-03T23:30:00+08:00"))),
                     "2021-07-04T00:30:00+08:00");
}

Test(sql_schedule, the_plans_holidays_and_working_sundays) {
    static const char text[] = "date,kind,name\n2021-07-05,holiday,x\n2021-07-04,workday,x\n";
    struct calendar *calendar = NULL;
    struct findings findings = {0};
    cr_assert_eq(calendar_read("c", slice_of(text), &calendar, &findings), ERROR_OK, "%s",
                 findings.count ? findings.items[0].message : "");
    cr_expect_str_eq(said(sql_schedule_next(&hourly, calendar, INSTANT_NONE, at("2021-07-03T12:00:00+08:00"))),
                     "2021-07-04T08:30:00+08:00", "a Sunday that works");
    cr_expect_str_eq(said(sql_schedule_next(&hourly, calendar, INSTANT_NONE, at("2021-07-05T12:00:00+08:00"))),
                     "2021-07-06T08:30:00+08:00", "a Monday that does not");
    cr_expect_str_eq(said(sql_schedule_next(&hourly, calendar, INSTANT_NONE, at("2025-07-05T12:00:00+08:00"))),
                     "2025-07-07T08:30:00+08:00", "a year nobody has published yet: Monday to Friday");
    calendar_destroy(&calendar);
    findings_finish(&findings);
}

Test(sql_schedule, failures_wait_longer_and_apart) {
    static const struct {
        unsigned failures;
        const char *plain, *spread; /* without, and with the whole quarter taken off */
    } rows[] = {
        {1, "2021-07-02T09:01:00+08:00", "2021-07-02T09:00:45.015+08:00"},
        {2, "2021-07-02T09:02:00+08:00", "2021-07-02T09:01:30.030+08:00"},
        {3, "2021-07-02T09:04:00+08:00", "2021-07-02T09:03:00.060+08:00"},
        {7, "2021-07-02T10:00:00+08:00", "2021-07-02T09:45:00.900+08:00"}, /* never longer than every */
        {4000000000u, "2021-07-02T10:00:00+08:00", "2021-07-02T09:45:00.900+08:00"},
    };
    struct instant last = at("2021-07-02T09:00:00+08:00");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect_str_eq(said(sql_schedule_again(&hourly, NULL, last, rows[i].failures, 0)), rows[i].plain);
        cr_expect_str_eq(said(sql_schedule_again(&hourly, NULL, last, rows[i].failures, 999)), rows[i].spread);
    }
    cr_expect_str_eq(said(sql_schedule_again(&hourly, NULL, at("2021-07-02T17:30:00+08:00"), 1, 0)),
                     "2021-07-05T08:30:00+08:00", "not at night, either");
}
