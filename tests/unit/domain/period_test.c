#include "common/domain/calendar.h"

#include "plan_texts.h"

static void is_period(struct period period, const char *first, const char *last, const char *closing) {
    is_day(period.first, first);
    is_day(period.last, last);
    is_day(period.closing, closing);
}

Test(period, closes_on_the_working_day_at_or_after_the_closing_day) {
    CLEAN(plan_destroy) struct plan *plan = real_plan(false);
    const struct calendar *calendar = plan->calendar;
    const struct reporting *reporting = &plan->reporting;
    struct period september = period_of(calendar, reporting, day_from("2021-09-17"));
    is_period(september, "2021-09-01", "2021-09-30", "2021-10-08");
    is_period(period_after(calendar, reporting, september), "2021-10-01", "2021-10-31", "2021-11-05");
    is_period(period_before(calendar, reporting, september), "2021-08-01", "2021-08-31", "2021-09-06");
    is_period(period_of(calendar, reporting, day_from("2021-12-31")), "2021-12-01", "2021-12-31", "2022-01-05");
    is_period(period_of(calendar, reporting, day_from("2026-12-01")), "2026-12-01", "2026-12-31", "");
}

Test(period, has_a_name_for_machines_and_one_for_people) {
    struct reporting monthly = {.period = PERIOD_MONTH, .closing_day = 5},
                     quarterly = {.period = PERIOD_QUARTER, .closing_day = 10};
    char text[32];
    struct period september = period_of(NULL, &monthly, day_from("2021-09-30"));
    cr_expect_eq(period_name(&monthly, september, text), 7);
    cr_expect_str_eq(text, "2021-09");
    period_words(&monthly, september, text);
    cr_expect_str_eq(text, "9月");
    struct period third = period_of(NULL, &quarterly, day_from("2021-09-30"));
    is_period(third, "2021-07-01", "2021-09-30", "2021-10-11");
    period_name(&quarterly, third, text);
    cr_expect_str_eq(text, "2021-Q3");
    period_words(&quarterly, third, text);
    cr_expect_str_eq(text, "三季度");
    is_period(period_after(NULL, &quarterly, period_after(NULL, &quarterly, third)), "2022-01-01", "2022-03-31",
              "2022-04-11");
    cr_expect_eq(period_name(&monthly, (struct period){DAY_NONE, DAY_NONE, DAY_NONE}, text), 0);
}
