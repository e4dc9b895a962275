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

/* --- state, a row per rule --- */

enum { FIGURES_MAX = 4 };

struct state_case {
    const char *what;
    enum target_kind kind;
    const char *goal, *due;
    const char *figures[FIGURES_MAX][3]; /* value, as of, known */
    const char *now;
    const char *state, *light, *report; /* report NULL = null */
};

static const struct state_case states[] = {
    {"no task", KIND_CUMULATIVE, "0", "2021-12-31", {{0}}, "2021-05-10", "no_task", "none", NULL},
    {"words", KIND_ACTIVITY, "1", "2021-12-31", {{0}}, "2021-05-10", "words", "none", NULL},
    {"parameter", KIND_PARAMETER, "3", NULL, {{"3", "2021-03-31", "2021-04-02"}}, "2021-05-10", "words", "none", NULL},
    {"no figure", KIND_CUMULATIVE, "62", "2021-12-31", {{0}}, "2021-01-20", "no_figure", "grey", NULL},
    {"no figure, a period closed",
     KIND_CUMULATIVE,
     "62",
     "2021-12-31",
     {{0}},
     "2021-05-10",
     "no_figure",
     "grey",
     "missing"},
    {"not reported",
     KIND_CUMULATIVE,
     "62",
     "2021-12-31",
     {{"20", "2021-04-30", "2021-05-03"}},
     "2021-06-08",
     "not_reported",
     "grey",
     "missing"},
    {"still within the closing day",
     KIND_CUMULATIVE,
     "62",
     "2021-12-31",
     {{"21", "2021-04-30", "2021-05-03"}},
     "2021-06-05",
     "on_plan",
     "blue",
     "on_time"},
    {"reported late",
     KIND_CUMULATIVE,
     "62",
     "2021-12-31",
     {{"21", "2021-04-30", "2021-05-07"}},
     "2021-05-10",
     "on_plan",
     "blue",
     "late"},
    {"a later day that came by the closing day",
     KIND_CUMULATIVE,
     "62",
     "2021-12-31",
     {{"16", "2021-03-31", "2021-04-02"}, {"21", "2021-05-03", "2021-05-04"}},
     "2021-05-10",
     "on_plan",
     "blue",
     "on_time"},
    {"it reports that period, not its own",
     KIND_CUMULATIVE,
     "62",
     "2021-12-31",
     {{"16", "2021-03-31", "2021-04-02"}, {"21", "2021-05-03", "2021-05-04"}},
     "2021-06-08",
     "not_reported",
     "grey",
     "missing"},
    {"unchanged",
     KIND_CUMULATIVE,
     "62",
     "2021-12-31",
     {{"30", "2021-03-31", "2021-04-02"}, {"30", "2021-04-30", "2021-05-03"}},
     "2021-05-10",
     "on_plan",
     "blue",
     "unchanged"},
    {"late before unchanged",
     KIND_CUMULATIVE,
     "62",
     "2021-12-31",
     {{"30", "2021-03-31", "2021-04-02"}, {"30", "2021-04-30", "2021-05-08"}},
     "2021-05-10",
     "on_plan",
     "blue",
     "late"},
    {"undated",
     KIND_CUMULATIVE,
     "62",
     NULL,
     {{"1", "2021-04-30", "2021-05-03"}},
     "2021-05-10",
     "undated",
     "none",
     "on_time"},
    {"undated without a figure", KIND_CUMULATIVE, "62", NULL, {{0}}, "2021-01-20", "no_figure", "none", NULL},
    {"undated, done",
     KIND_CUMULATIVE,
     "62",
     NULL,
     {{"62", "2021-04-30", "2021-05-03"}},
     "2021-05-10",
     "done",
     "green",
     "on_time"},
    {"overdue without any figure",
     KIND_CUMULATIVE,
     "62",
     "2021-06-30",
     {{0}},
     "2021-07-10",
     "overdue",
     "grey",
     "missing"},
    {"a final figure is short",
     KIND_CUMULATIVE,
     "62",
     "2021-06-30",
     {{"61", "2021-06-30", "2021-07-01"}},
     "2021-07-02",
     "overdue",
     "yellow",
     "on_time"},
    {"past due, silent",
     KIND_CUMULATIVE,
     "62",
     "2021-06-30",
     {{"61", "2021-04-30", "2021-05-02"}},
     "2021-07-02",
     "awaiting_final",
     "grey",
     "missing"},
    {"at 24:00 of due it is not past",
     KIND_CUMULATIVE,
     "62",
     "2021-06-30",
     {{"52", "2021-05-31", "2021-06-02"}},
     "2021-06-30T23:59:59+08:00",
     "on_plan",
     "blue",
     "on_time"},
    {"milestone on plan until due",
     KIND_MILESTONE,
     "1",
     "2021-12-31",
     {{"not done", "2021-11-30", "2021-12-02"}},
     "2021-12-10",
     "on_plan",
     "blue",
     "on_time"},
    {"milestone done",
     KIND_MILESTONE,
     "1",
     "2021-12-31",
     {{"done", "2021-11-30", "2021-12-02"}},
     "2021-12-10",
     "done",
     "green",
     "on_time"},
    {"a level judged at due",
     KIND_LATEST,
     "5",
     "2021-06-30",
     {{"6", "2021-06-30", "2021-07-02"}, {"4", "2021-07-31", "2021-08-02"}},
     "2021-08-03",
     "done",
     "green",
     "on_time"},
    {"a level that meets later",
     KIND_LATEST,
     "5",
     "2021-06-30",
     {{"4", "2021-06-30", "2021-07-02"}, {"6", "2021-07-31", "2021-08-02"}},
     "2021-08-03",
     "done",
     "green",
     "on_time"},
    {"a level short at due",
     KIND_LATEST,
     "5",
     "2021-06-30",
     {{"6", "2021-05-31", "2021-06-02"}, {"4", "2021-06-30", "2021-07-02"}},
     "2021-07-03",
     "overdue",
     "yellow",
     "on_time"},
    {"a hold never reached",
     KIND_HOLD,
     "87",
     NULL,
     {{"80", "2021-04-30", "2021-05-03"}},
     "2021-05-10",
     "undated",
     "none",
     "on_time"},
    {"a hold silent while holding",
     KIND_HOLD,
     "87",
     NULL,
     {{"88", "2021-04-30", "2021-05-03"}},
     "2021-06-10",
     "not_reported",
     "grey",
     "missing"},
    {"a dated hold below its goal at due",
     KIND_HOLD,
     "87",
     "2021-06-30",
     {{"88", "2021-05-31", "2021-06-02"}, {"80", "2021-06-30", "2021-07-02"}},
     "2021-07-03",
     "overdue",
     "yellow",
     "on_time"},
    {"a dated hold at its goal at due, lost later",
     KIND_HOLD,
     "87",
     "2021-06-30",
     {{"88", "2021-06-30", "2021-07-02"}, {"80", "2021-07-31", "2021-08-02"}},
     "2021-08-03",
     "fell_back",
     "yellow",
     "on_time"},
};

Test(state, table) {
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        const struct state_case *c = &states[i];
        struct programme p;
        programme_start(&p);
        programme_due(&p, c->due);
        programme_goal(&p, c->goal);
        p.target.kind = c->kind;
        p.cells[1].no_task = strcmp(c->goal, "0") == 0;
        for (size_t f = 0; f < FIGURES_MAX && c->figures[f][0]; f++)
            report(&p, c->figures[f][0], c->figures[f][1], c->figures[f][2]);
        struct assessment a = look(&p, c->now);
        cr_expect_str_eq(cell_state_word(a.state), c->state, "%s: %s", c->what, cell_state_word(a.state));
        cr_expect_str_eq(light_word(a.light), c->light, "%s: %s", c->what, light_word(a.light));
        const char *reported = report_state_word(a.report_state);
        cr_expect(c->report ? reported && strcmp(reported, c->report) == 0 : !reported, "%s: %s", c->what,
                  reported ? reported : "null");
    }
}

Test(state, not_started_before_from) {
    struct programme p;
    programme_start(&p);
    p.target.from = on("2021-06-01");
    struct assessment a = look(&p, "2021-05-31");
    expect_light(&a, STATE_NOT_STARTED, LIGHT_NONE, LIGHT_NONE);
    EXPECT_REPORT(a, REPORT_NONE);
    cr_expect_str_eq(day_of(instant_day(a.next_check)), "2021-06-01");
    a = look(&p, "2021-06-01");
    expect_light(&a, STATE_NO_FIGURE, LIGHT_GREY, LIGHT_GREY);
    cr_expect_str_eq(day_of(a.light_since), "2021-06-01");
}

Test(state, before_the_first_period_is_back_filled) {
    struct programme p;
    programme_start(&p);
    p.plan.reporting.first_period = on("2021-06-01");
    report(&p, "16", "2021-03-31", "2021-06-20");
    struct assessment a = look(&p, "2021-06-25");
    EXPECT_REPORT(a, REPORT_BACK_FILLED);
    cr_expect(a.back_filled && !a.late);
    a = look(&p, "2021-07-06");
    EXPECT_REPORT(a, REPORT_MISSING);
}

Test(state, the_office_has_a_held_final_figure) {
    struct programme p;
    programme_start(&p);
    report(&p, "6.2", "2021-11-30", "2021-12-03");
    struct cell_event *held = report(&p, "62", "2021-12-31", "2022-01-05"); /* ten times the last: held */
    struct assessment a = look(&p, "2022-01-20");
    cr_expect_str_eq(cell_state_word(a.state), "awaiting_final");
    decide(&p, EVENT_CONFIRM, "2022-01-21", held, NULL);
    a = look(&p, "2022-01-22");
    expect_light(&a, STATE_DONE, LIGHT_GREEN, LIGHT_GREEN);
    cr_expect_not(a.made_good); /* known by the closing day */
}

Test(state, a_retracted_figure_is_no_report) {
    struct programme p;
    programme_start(&p);
    struct cell_event *figure = report(&p, "16", "2021-03-31", "2021-04-02");
    struct cell_event *retraction = event_add(&p, EVENT_RETRACTION, "2021-03-31", "2021-04-03");
    retraction->has_replaces = true;
    memcpy(retraction->replaces, figure->uid, EVENT_UID_BYTES);
    retraction->reason = slice_of("报错");
    struct assessment a = look(&p, "2021-04-08");
    EXPECT_REPORT(a, REPORT_MISSING);
}

Test(state, a_correction_keeps_the_day_of_the_first_report) {
    struct programme p;
    programme_start(&p);
    struct cell_event *figure = report(&p, "16", "2021-03-31", "2021-04-02");
    correct(&p, "15", "2021-03-31", "2021-04-20", figure, "核减");
    struct assessment a = look(&p, "2021-04-21");
    EXPECT_REPORT(a, REPORT_ON_TIME);
}

/* The calendar of 2021 and 2022 alone: 8 October is the first working day from the 5th; what it does not know is not
 * guessed, so nobody is called late by a closing day of 2023. */
Test(state, closing_days_by_the_calendar) {
    static const char csv[] = "date,kind,name\n2021-01-01,holiday,a\n2021-10-04,holiday,b\n2021-10-05,holiday,b\n"
                              "2021-10-06,holiday,b\n2021-10-07,holiday,b\n2022-01-03,holiday,c\n";
    struct programme p;
    struct findings findings = {0};
    programme_start(&p);
    cr_assert_eq(calendar_read("calendar.csv", slice_of(csv), &p.plan.calendar, &findings), ERROR_OK);
    report(&p, "42", "2021-08-31", "2021-09-03");
    struct assessment a = look(&p, "2021-10-08T23:59:59.999+08:00");
    EXPECT_REPORT(a, REPORT_ON_TIME);
    cr_expect_str_eq(day_of(instant_day(a.next_check)), "2021-10-09");
    a = look(&p, "2021-10-09T00:00:00+08:00");
    EXPECT_REPORT(a, REPORT_MISSING);
    cr_expect_str_eq(day_of(a.report_period.first), "2021-09-01");
    cr_expect_str_eq(day_of(a.light_since), "2021-10-09");
    programme_due(&p, "2023-01-31");
    a = look(&p, "2023-04-01");
    cr_expect_str_eq(cell_state_word(a.state), "awaiting_final");
    calendar_destroy(&p.plan.calendar);
    findings_finish(&findings);
}

/* --- light --- */

static enum light proposed_of(const char *goal, bool counted, const char *value) {
    struct programme p;
    programme_start(&p);
    if (counted)
        programme_counted(&p, goal);
    else
        programme_goal(&p, goal);
    report(&p, value, "2021-06-30", "2021-07-02"); /* half of the plan */
    return look(&p, "2021-07-03").proposed;
}

Test(light, thresholds_of_one_report) {
    static const struct {
        const char *goal;
        bool counted;
        const char *value;
        enum light light;
    } table[] = {
        {"1000", false, "500", LIGHT_BLUE},   {"1000", false, "401", LIGHT_BLUE},
        {"1000", false, "400.1", LIGHT_BLUE}, {"1000", false, "400", LIGHT_YELLOW},
        {"1000", false, "200", LIGHT_YELLOW}, {"1000", false, "199.1", LIGHT_YELLOW},
        {"1000", false, "199", LIGHT_RED},    {"1000", true, "401", LIGHT_BLUE},
        {"18", true, "9", LIGHT_BLUE},        {"18", true, "8", LIGHT_YELLOW},
        {"18", true, "4", LIGHT_YELLOW},      {"18", true, "3", LIGHT_RED},
        {"4", true, "0", LIGHT_YELLOW},       {"6", true, "0", LIGHT_RED},
        {"1", true, "0", LIGHT_BLUE},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        enum light light = proposed_of(table[i].goal, table[i].counted, table[i].value);
        cr_expect_eq(light, table[i].light, "row %zu: %s", i, light_word(light));
    }
}

/* Five reports at 2.5 a month, planned 5.17: at 30 June 15 of 62, 25.8 points behind. Best pace 2.5 in 30 days, plan's
 * own pace for the rest 31; 15 + 1.5 × 31 = 61.5 < 62: out of reach. With 15.5 it is 62.0, just in reach. */
Test(light, out_of_reach) {
    static const struct {
        const char *june;
        enum light light;
    } table[] = {{"15", LIGHT_RED}, {"15.5", LIGHT_YELLOW}};
    for (size_t i = 0; i < 2; i++) {
        struct programme p;
        programme_start(&p);
        report(&p, "5", "2021-02-28", "2021-03-02");
        report(&p, "7.5", "2021-03-31", "2021-04-02");
        report(&p, "11", "2021-04-30", "2021-05-02");
        report(&p, "12.5", "2021-05-31", "2021-06-02");
        report(&p, table[i].june, "2021-06-30", "2021-07-02");
        struct assessment a = look(&p, "2021-07-03");
        cr_expect_eq(a.proposed, table[i].light, "row %zu: %s %s", i, light_word(a.proposed), a.rule);
    }
}

Test(light, a_missed_node) {
    struct programme p;
    struct node node = {on("2021-06-30"), number("31")};
    programme_start(&p);
    p.cells[1].nodes = &node;
    p.cells[1].node_count = 1;
    report(&p, "30", "2021-06-30", "2021-07-02");
    struct assessment a = look(&p, "2021-07-03");
    expect_light(&a, STATE_BEHIND, LIGHT_YELLOW, LIGHT_YELLOW);
    cr_expect(a.node_missed);
    cr_expect_str_eq(a.rule, "node_missed");
}

Test(light, an_extension_clears_the_history) {
    struct programme p;
    programme_start(&p);
    report(&p, "15", "2021-08-31", "2021-09-02");
    decide(&p, EVENT_RELEASE, "2021-09-03", NULL, NULL);
    struct assessment a = look(&p, "2021-09-04");
    expect_light(&a, STATE_BEHIND, LIGHT_RED, LIGHT_RED);
    decide(&p, EVENT_EXTENSION, "2021-09-06", NULL, "2022-12-31");
    a = look(&p, "2021-09-07"); /* planned 62 × 8/24 = 20.67: -9.1 points */
    expect_light(&a, STATE_ON_PLAN, LIGHT_BLUE, LIGHT_BLUE);
    cr_expect(a.extended && !a.made_good);
    cr_expect_str_eq(day_of(a.due), "2022-12-31");
    cr_expect_str_eq(day_of(a.due_original), "2021-12-31");
    cr_expect_str_eq(text_of(a.planned), "20.67");
    cr_expect_str_eq(text_of(a.planned_original), "41.33");
}

Test(light, a_release_can_be_taken_back) {
    struct programme p;
    programme_start(&p);
    report(&p, "15", "2021-08-31", "2021-09-02");
    struct cell_event *release = decide(&p, EVENT_RELEASE, "2021-09-03", NULL, NULL);
    decide(&p, EVENT_REVERSAL, "2021-09-06", release, NULL);
    struct assessment a = look(&p, "2021-09-07");
    expect_light(&a, STATE_BEHIND, LIGHT_YELLOW, LIGHT_RED);
    cr_expect_str_eq(day_of(a.light_since), "2021-09-06");
}

Test(light, grey_and_overdue_do_not_end_a_release) {
    struct programme p;
    programme_start(&p);
    report(&p, "15", "2021-10-31", "2021-11-02");
    decide(&p, EVENT_RELEASE, "2021-11-03", NULL, NULL);
    struct assessment a = look(&p, "2021-12-10");
    expect_light(&a, STATE_NOT_REPORTED, LIGHT_GREY, LIGHT_GREY);
    a = look(&p, "2022-01-10");
    expect_light(&a, STATE_OVERDUE, LIGHT_RED, LIGHT_RED);
}

Test(light, finished_later_than_due) {
    struct programme p;
    programme_start(&p);
    report(&p, "58.1", "2021-11-30", "2021-12-03");
    report(&p, "60", "2021-12-31", "2022-01-04");
    report(&p, "62", "2022-01-31", "2022-02-03");
    struct assessment a = look(&p, "2022-02-04");
    expect_light(&a, STATE_DONE, LIGHT_GREEN, LIGHT_GREEN);
    cr_expect(a.made_good);
    p.target.firmness = FIRM_ASPIRE; /* never 已补齐 */
    a = look(&p, "2022-02-04");
    cr_expect_not(a.made_good);
}

Test(light, a_late_figure_for_an_older_day_is_named) {
    struct programme p;
    char why[512];
    programme_start(&p);
    report(&p, "47", "2021-09-30", "2021-10-04");
    report(&p, "5", "2021-08-31", "2021-10-12"); /* red in August, on plan in September: yellow */
    struct assessment a = look(&p, "2021-10-13");
    expect_light(&a, STATE_ON_PLAN, LIGHT_YELLOW, LIGHT_YELLOW);
    cr_expect(a.has_older);
    assess_why(&p.plan, &p.cells[1], &a, why, sizeof why);
    cr_expect(strstr(why, "10月12日补报的8月31日数"), "%s", why);
}

/* --- as-of and known-at --- */

Test(views, as_of_and_known_at) {
    struct programme p;
    programme_start(&p);
    report(&p, "20", "2021-08-31", "2021-09-02");
    report(&p, "31", "2021-09-30", "2021-10-04");
    struct cell_event *first = &p.events[0];
    correct(&p, "22", "2021-08-31", "2021-10-20", first, "补计");
    struct assessment a = look(&p, "2021-09-10"); /* as known then */
    cr_expect_str_eq(a.value_text, "20");
    a = look_as(&p, "2021-11-01", "2021-09-15"); /* that day, as known now */
    cr_expect_str_eq(a.value_text, "22");
    cr_expect_str_eq(cell_state_word(a.state), "behind");
}

/* --- words --- */

static void collect(const char *flag, void *arg) {
    char *out = arg;
    snprintf(out + strlen(out), 256 - strlen(out), "%s%s", out[0] ? "|" : "", flag);
}

Test(words, why_and_flags) {
    struct programme p;
    char why[512], flags[256] = "";
    programme_start(&p);
    p.target.from_assumed = true;
    report(&p, "31", "2021-09-30", "2021-10-04");
    report(&p, "29", "2021-09-30", "2021-10-06");
    struct assessment a = look(&p, "2021-10-07");
    assess_why(&p.plan, &p.cells[1], &a, why, sizeof why);
    cr_expect_str_eq(
        why, "截至2021年9月30日31/62公里，应达46.5，落后25.0个百分点，慢92天，落后超过10个百分点；更正待核 31→29。");
    assess_flags(&p.plan, &a, collect, flags);
    cr_expect_str_eq(flags, "held 31→29|assumed_from");
}

/* --- printing --- */

Test(rounding, a_quotient_is_cut_away_from_the_goal) {
    static const struct {
        const char *figure, *goal;
        enum comparator comparator;
        uint8_t decimals;
        const char *text;
    } table[] = {
        {"2499/2500", "100", AT_LEAST, 1, "99.9"},   {"9999/10000", "100", AT_LEAST, 0, "99"},
        {"2500/2500", "100", AT_LEAST, 1, "100"},    {"2/3", "100", AT_LEAST, 2, "66.66"},
        {"9999/10000", "87", AT_LEAST, 1, "99.9"},   {"201/10000", "2", AT_MOST, 0, "3"},
        {"201/10000", "2", AT_MOST, 2, "2.01"},      {"87/100", "87", AT_LEAST, 0, "87"},
        {"8751/10000", "87.5", AT_LEAST, 0, "87.5"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct programme p;
        programme_start(&p);
        programme_ratio(&p, KIND_RATIO, table[i].goal, NULL);
        p.target.denominator = DENOMINATOR_REPORTED;
        p.target.comparator = table[i].comparator;
        p.target.decimals = table[i].decimals;
        report(&p, table[i].figure, "2021-06-30", "2021-07-02");
        struct assessment a = look(&p, "2021-07-03");
        cr_expect_str_eq(a.value_text, table[i].text, "row %zu: %s", i, a.value_text);
    }
}

Test(extension, stands_beside_whatever_it_made_better) {
    struct programme p;
    programme_start(&p);
    report(&p, "31", "2021-09-30", "2021-10-05");
    decide(&p, EVENT_EXTENSION, "2021-10-11", NULL, "2022-06-30");
    struct assessment a = look(&p, "2021-10-12"); /* planned 62 × 9/18 */
    expect_light(&a, STATE_ON_PLAN, LIGHT_BLUE, LIGHT_BLUE);
    cr_expect(a.extended);
    cr_expect_str_eq(text_of(a.planned), "31");
    cr_expect_str_eq(text_of(a.planned_original), "46.5");
    a = look(&p, "2022-01-20"); /* over by the original day, not by the decided one: silent */
    cr_expect_eq(a.state, STATE_NOT_REPORTED);
    cr_expect(a.extended && a.days_overdue == 0);
    report(&p, "62", "2022-05-31", "2022-06-02");
    a = look(&p, "2022-06-03"); /* done in the time decided, and that stays said */
    expect_light(&a, STATE_DONE, LIGHT_GREEN, LIGHT_GREEN);
    cr_expect(a.extended && !a.made_good);
    cr_expect_str_eq(day_of(a.due_original), "2021-12-31");
}

Test(extension, has_no_effect_before_it_was_known) {
    struct programme p;
    programme_start(&p);
    report(&p, "31", "2021-09-30", "2021-10-05");
    decide(&p, EVENT_EXTENSION, "2021-11-15", NULL, "2022-06-30");
    struct assessment a = look(&p, "2021-10-12"); /* as it was known then */
    expect_light(&a, STATE_BEHIND, LIGHT_YELLOW, LIGHT_YELLOW);
    cr_expect(!a.extended);
    cr_expect_str_eq(day_of(a.due), "2021-12-31");
    a = look_as(&p, "2021-11-20", "2021-10-12"); /* that day, as it is known now: plans of today judge the whole history */
    cr_expect(a.extended);
    cr_expect_str_eq(day_of(a.due), "2022-06-30");
}

Test(extension, taken_back_leaves_the_original_day) {
    struct programme p;
    programme_start(&p);
    report(&p, "31", "2021-09-30", "2021-10-05");
    struct cell_event *extension = decide(&p, EVENT_EXTENSION, "2021-10-11", NULL, "2022-06-30");
    decide(&p, EVENT_REVERSAL, "2021-10-13", extension, NULL);
    struct assessment a = look(&p, "2021-10-12");
    cr_expect(a.extended, "it was not taken back yet");
    a = look(&p, "2021-10-14");
    expect_light(&a, STATE_BEHIND, LIGHT_YELLOW, LIGHT_YELLOW);
    cr_expect(!a.extended);
    cr_expect_str_eq(day_of(a.due), "2021-12-31");
}

Test(release, by_the_rules_alone_shows_a_red_at_once) {
    struct programme p;
    programme_start(&p);
    report(&p, "24.6", "2021-09-30", "2021-10-05"); /* -35.3 points */
    struct light_rules rules = *rules_shipped();
    rules.release = RELEASE_AUTO;
    struct assess_scratch *scratch = assess_scratch_create();
    struct assess_context context = {&p.plan, &rules, at("2021-10-07"), on("2021-10-07")};
    struct assessment a;
    assess_cell(&context, &p.cells[1], p.events, p.count, scratch, &a);
    expect_light(&a, STATE_BEHIND, LIGHT_RED, LIGHT_RED);
    cr_expect_eq(a.rules, &rules);
    cr_expect_eq(a.reports, 1);
    assess_scratch_destroy(&scratch);
}
