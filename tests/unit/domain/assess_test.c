/* The vectors of the domain rules, as they stand there, and a table per rule of state, light and report state. */
#include "tests/unit/domain/programme.h"

static void expect_light(const struct assessment *a, enum cell_state state, enum light light, enum light proposed) {
    cr_expect_str_eq(cell_state_word(a->state), cell_state_word(state));
    cr_expect_str_eq(light_word(a->light), light_word(light));
    cr_expect_str_eq(light_word(a->proposed), light_word(proposed));
}

#define EXPECT_REPORT(a, wanted)                                                                                       \
    cr_expect_eq((a).report_state, wanted, "report state %s", report_state_word((a).report_state))

/* --- the vectors --- */

Test(vectors, a_figure_of_half_at_nine_months) {
    struct programme p;
    programme_start(&p);
    report(&p, "31", "2021-09-30", "2021-10-04");
    struct assessment a = look(&p, "2021-10-07");
    cr_expect_str_eq(text_of(a.planned), "46.5");
    cr_expect_eq(a.deviation_tenths, -250);
    cr_expect_eq(a.days_behind, 92);
    cr_expect_str_eq(text_of(a.units_behind), "15.5");
    expect_light(&a, STATE_BEHIND, LIGHT_YELLOW, LIGHT_YELLOW);
}

Test(vectors, last_months_figure_against_last_months_plan) {
    struct programme p;
    programme_start(&p);
    report(&p, "46.5", "2021-09-30", "2021-10-04");
    struct assessment a = look(&p, "2021-10-07");
    cr_expect_eq(a.deviation_tenths, 0);
    cr_expect_eq(a.days_behind, 0);
    expect_light(&a, STATE_ON_PLAN, LIGHT_BLUE, LIGHT_BLUE);
}

Test(vectors, a_red_waits_for_its_release) {
    struct programme p;
    programme_start(&p);
    report(&p, "24.6", "2021-09-30", "2021-10-04");
    struct assessment a = look(&p, "2021-10-07");
    cr_expect_eq(a.deviation_tenths, -353);
    expect_light(&a, STATE_BEHIND, LIGHT_YELLOW, LIGHT_RED);
    decide(&p, EVENT_RELEASE, "2021-10-08", NULL, NULL);
    a = look(&p, "2021-10-09");
    expect_light(&a, STATE_BEHIND, LIGHT_RED, LIGHT_RED);
    cr_expect_str_eq(day_of(a.light_since), "2021-10-08");
}

Test(vectors, counted_share_of_four) {
    struct programme p;
    programme_start(&p);
    programme_counted(&p, "4");
    report(&p, "3", "2021-11-30", "2021-12-03");
    struct assessment a = look(&p, "2021-12-04");
    cr_expect_str_eq(text_of(a.planned), "3");
    cr_expect_str_eq(text_of(a.units_behind), "0");
    expect_light(&a, STATE_ON_PLAN, LIGHT_BLUE, LIGHT_BLUE);
    cr_expect_str_eq(forecast_refusal_word(a.forecast.refused), "small_goal");
}

Test(vectors, counted_share_of_one) {
    struct programme p;
    programme_start(&p);
    programme_counted(&p, "1");
    report(&p, "0", "2021-11-30", "2021-11-30");
    struct assessment a = look(&p, "2021-11-30T18:00:00+08:00");
    cr_expect_str_eq(text_of(a.planned), "0");
    expect_light(&a, STATE_ON_PLAN, LIGHT_BLUE, LIGHT_BLUE);
    cr_expect_not(a.due_soon_30 || a.due_soon_7);
    a = look(&p, "2021-12-01");
    cr_expect(a.due_soon_30);
}

static void report_until_november(struct programme *p) {
    programme_start(p);
    report(p, "58.1", "2021-11-30", "2021-12-03");
}

Test(vectors, awaiting_the_final_figure) {
    struct programme p;
    report_until_november(&p);
    struct assessment a = look(&p, "2022-01-03");
    expect_light(&a, STATE_AWAITING_FINAL, LIGHT_BLUE, LIGHT_BLUE);
    cr_expect_eq(a.days_overdue, 0);
    cr_expect_str_eq(day_of(instant_day(a.next_check)), "2022-01-06");
}

Test(vectors, finished_in_time_and_reported_on_the_closing_day) {
    struct programme p;
    report_until_november(&p);
    report(&p, "62", "2021-12-28", "2022-01-05");
    struct assessment a = look(&p, "2022-01-06");
    expect_light(&a, STATE_DONE, LIGHT_GREEN, LIGHT_GREEN);
    EXPECT_REPORT(a, REPORT_ON_TIME);
    cr_expect_not(a.made_good);
}

Test(vectors, a_tenth_short_is_short) {
    struct programme p;
    report_until_november(&p);
    report(&p, "61.9", "2021-12-31", "2022-01-05");
    struct assessment a = look(&p, "2022-01-05T10:00:00+08:00");
    expect_light(&a, STATE_OVERDUE, LIGHT_YELLOW, LIGHT_RED);
    cr_expect_str_eq(day_of(a.overdue_since), "2022-01-01");
    cr_expect_eq(a.days_overdue, 5);
    cr_expect_str_eq(text_of(a.missing), "0.1");
    cr_expect_str_eq(a.value_text, "61.9");
}

Test(vectors, done_in_june_then_silent) {
    struct programme p;
    programme_start(&p);
    report(&p, "62", "2021-06-30", "2021-07-02");
    struct assessment a = look(&p, "2021-07-10");
    EXPECT_REPORT(a, REPORT_ON_TIME);
    a = look(&p, "2021-11-20");
    expect_light(&a, STATE_DONE, LIGHT_GREEN, LIGHT_GREEN);
    EXPECT_REPORT(a, REPORT_NONE);
    cr_expect_str_eq(day_of(a.light_since), "2021-07-02");
}

Test(vectors, behind_in_november_then_silent) {
    struct programme p;
    programme_start(&p);
    report(&p, "40", "2021-11-30", "2021-12-03");
    struct assessment a = look(&p, "2022-01-06T00:00:00+08:00");
    cr_expect_str_eq(cell_state_word(a.state), "overdue");
    EXPECT_REPORT(a, REPORT_MISSING);
}

Test(vectors, a_hold_reached_then_lost) {
    struct programme p;
    programme_start(&p);
    programme_ratio(&p, KIND_HOLD, "87", NULL);
    p.target.denominator = DENOMINATOR_REPORTED;
    programme_due(&p, NULL);
    report(&p, "87/100", "2021-06-30", "2021-07-02");
    struct assessment a = look(&p, "2021-07-03");
    expect_light(&a, STATE_HOLDING, LIGHT_BLUE, LIGHT_BLUE);
    report(&p, "86/100", "2021-07-31", "2021-08-03");
    a = look(&p, "2021-08-04");
    expect_light(&a, STATE_FELL_BACK, LIGHT_YELLOW, LIGHT_YELLOW);
    a = look(&p, "2021-10-20");
    expect_light(&a, STATE_FELL_BACK, LIGHT_YELLOW, LIGHT_YELLOW);
}

Test(vectors, an_aspiration_missed) {
    struct programme p;
    programme_start(&p);
    p.target.kind = KIND_MILESTONE;
    p.target.firmness = FIRM_ASPIRE;
    report(&p, "not done", "2021-12-31", "2022-01-04");
    struct assessment a = look(&p, "2022-01-06");
    expect_light(&a, STATE_OVERDUE, LIGHT_YELLOW, LIGHT_YELLOW);
}

Test(vectors, a_fall_is_held_until_a_reason_comes) {
    struct programme p;
    programme_start(&p);
    report(&p, "57", "2021-09-30", "2021-10-04");
    report(&p, "51", "2021-09-30", "2021-10-06");
    struct assessment a = look(&p, "2021-10-07");
    cr_expect_str_eq(a.value_text, "57");
    cr_expect(a.held);
    cr_expect_str_eq(text_of(a.held_from.value), "57");
    cr_expect_str_eq(text_of(a.held_to.value), "51");
    correct(&p, "51", "2021-09-30", "2021-10-08", NULL, "重复计算");
    a = look(&p, "2021-10-09");
    cr_expect_str_eq(a.value_text, "51");
    cr_expect_not(a.held);
}

Test(vectors, a_released_red_recovers) {
    struct programme p;
    programme_start(&p);
    report(&p, "20", "2021-08-31", "2021-09-02"); /* planned 41.33: -34.4 */
    decide(&p, EVENT_RELEASE, "2021-09-03", NULL, NULL);
    report(&p, "37.7", "2021-09-30", "2021-10-04"); /* planned 46.5: -14.1 */
    struct assessment a = look(&p, "2021-10-06");
    cr_expect_eq(a.deviation_tenths, -141);
    expect_light(&a, STATE_BEHIND, LIGHT_RED, LIGHT_RED);
    report(&p, "49.6", "2021-10-31", "2021-11-03"); /* planned 51.67: -3.3 */
    a = look(&p, "2021-11-04");
    cr_expect_eq(a.deviation_tenths, -33);
    expect_light(&a, STATE_ON_PLAN, LIGHT_YELLOW, LIGHT_YELLOW);
    cr_expect_not(a.made_good);
    report(&p, "50.7", "2021-11-30", "2021-12-03"); /* planned 56.83: -9.8 */
    a = look(&p, "2021-12-04");
    cr_expect_eq(a.deviation_tenths, -98);
    expect_light(&a, STATE_ON_PLAN, LIGHT_BLUE, LIGHT_BLUE);
    cr_expect(a.made_good);
    cr_expect_str_eq(day_of(a.light_since), "2021-12-03");
}
