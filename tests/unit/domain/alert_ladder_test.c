/* The days of the ladder, counted by hand on calendars with and without holidays. */
#include "common/domain/alert_ladder.h"

#include "tests/unit/domain/office.h"

Test(alert_ladder, the_day_a_message_names) {
    static const struct {
        enum alert_rule rule;
        enum alert_rung rung;
        const char *said, *next;
    } rows[] = {
        {ALERT_OVERDUE, RUNG_REMINDED, "2022-01-06", "2022-01-13"}, /* Thursday to Thursday */
        {ALERT_OVERDUE, RUNG_URGED, "2022-01-13", "2022-01-27"},
        {ALERT_OVERDUE, RUNG_YELLOW_CARD, "2022-01-27", "2022-02-10"},
        {ALERT_OVERDUE, RUNG_RED_CARD, "2022-02-10", NULL},
        {ALERT_SLIPPING, RUNG_URGED, "2022-01-13", "2022-01-27"},
        {ALERT_SLIPPING, RUNG_YELLOW_CARD, "2022-01-27", NULL},
        {ALERT_FELL_BACK, RUNG_REMINDED, "2022-01-07", "2022-01-14"},
        {ALERT_FELL_BACK, RUNG_URGED, "2022-01-14", NULL},
        {ALERT_DUE_SOON, RUNG_REMINDED, "2022-01-06", NULL},
        {ALERT_OVERDUE, RUNG_REMINDED, "2022-01-08", "2022-01-14"}, /* a Saturday: counted from Monday on */
    };
    struct programme p;
    windows_start(&p);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct day day =
            alert_ladder_day(&p.plan, NULL, &p.cells[QINGCHUAN], rows[i].rule, rows[i].rung, on(rows[i].said));
        cr_assert_eq(day_is(day), rows[i].next != NULL, "row %zu", i);
        if (rows[i].next) cr_assert_str_eq(day_of(day), rows[i].next, "row %zu", i);
    }
}

Test(alert_ladder, holidays_and_worked_saturdays_are_of_the_calendar) {
    static const char days[] =
        "date,kind,name\n2022-01-31,holiday,春节\n2022-02-01,holiday,春节\n2022-02-02,holiday,春节\n"
        "2022-02-03,holiday,春节\n2022-02-04,holiday,春节\n2022-01-29,workday,春节调休\n"
        "2022-01-30,workday,春节调休\n";
    struct findings findings = {0};
    struct calendar *calendar = NULL;
    cr_assert_eq(calendar_read("c.csv", slice_of(days), &calendar, &findings), ERROR_OK);
    struct programme p;
    windows_start(&p);
    p.plan.calendar = calendar;
    /* said on Thursday the 27th: 28 Jan, Saturday 29, Sunday 30, 7 Feb, 8 Feb */
    struct day day =
        alert_ladder_day(&p.plan, NULL, &p.cells[QINGCHUAN], ALERT_OVERDUE, RUNG_REMINDED, on("2022-01-27"));
    cr_assert_str_eq(day_of(day), "2022-02-08");
    calendar_destroy(&calendar);
    findings_finish(&findings);
}

Test(alert_ladder, resuming_adds_the_working_days_it_stood_still) {
    struct programme p;
    windows_start(&p);
    struct alert alert = {.rule = ALERT_OVERDUE, .rung_said_at = at("2022-01-06T08:30:00+08:00")};
    struct alert_case judged = case_at(&p, "2022-01-17");
    /* Friday the 7th to Monday the 17th: 10, 11, 12, 13, 14, 17 */
    cr_assert_eq(alert_ladder_resume(&judged, &alert, at("2022-01-07"), at("2022-01-17")).ms,
                 at("2022-01-14T08:30:00+08:00").ms);
    /* over a weekend: none */
    cr_assert_eq(alert_ladder_resume(&judged, &alert, at("2022-01-08"), at("2022-01-09")).ms,
                 at("2022-01-06T08:30:00+08:00").ms);
    alert.rung_said_at = INSTANT_NONE;
    cr_assert(!instant_is(alert_ladder_resume(&judged, &alert, at("2022-01-07"), at("2022-01-17"))));
}
