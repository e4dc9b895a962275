/* One county's road told again: what was said to whom and when, under the shipped rules and with a red from 25 points
 * on. Every row is worked out by hand; Monday to Friday are worked, windows at 08:30 and 16:30, a look a minute after a
 * report. 2021-07-05 is a Monday. */
#include "common/domain/replay.h"

#include "tests/unit/domain/office.h"

struct story {
    struct programme p;
    struct cell_events events[1 + COUNTIES];
    struct contact contacts[2];
    struct replay_answer answers[2];
    size_t answer_count;
    struct light_rules rules;
    struct instant loaded;
    struct assess_scratch *scratch;
    struct replay replay;
};

static void start(struct story *s) {
    *s = (struct story){0};
    windows_start(&s->p);
    s->contacts[0] = (struct contact){
        .role = CONTACT_LIAISON, .area = QINGCHUAN, .unit = NO_INDEX, .channel = "email", .address = "qc@example"};
    s->contacts[1] = (struct contact){
        .role = CONTACT_LEAD, .area = NO_INDEX, .unit = 0, .channel = "email", .address = "jt@example"};
    s->p.plan.contacts = s->contacts;
    s->p.plan.contact_count = 2;
    s->p.areas[QINGCHUAN].reachable = s->p.units[0].reachable = true;
    s->rules = *rules_shipped();
    s->loaded = at("2021-01-01T00:00:00+08:00");
    s->scratch = assess_scratch_create();
}

static void red_from_25_points(struct story *s) {
    for (size_t i = 0; i < s->rules.report_count; i++)
        if (strcmp(s->rules.reports[i].name, "points_30") == 0) s->rules.reports[i].tenths = 251;
}

static void promise(struct story *s, enum alert_rule rule, const char *by, const char *known) {
    struct replay_answer *answer = &s->answers[s->answer_count++];
    *answer = (struct replay_answer){.rule = rule,
                                     .answer = {.reply = (int64_t)s->answer_count,
                                                .uid = {0xaa, (uint8_t)s->answer_count},
                                                .known_at = at(known),
                                                .by_day = on(by),
                                                .outcome = PROMISE_STANDING}};
}

static struct replay_case told_until(struct story *s, const char *until) {
    s->events[QINGCHUAN] = (struct cell_events){s->p.events, s->p.count};
    return (struct replay_case){.plan = &s->p.plan,
                                .rules = &s->rules,
                                .cell = QINGCHUAN,
                                .events = s->events,
                                .answers = s->answers,
                                .answer_count = s->answer_count,
                                .loads = &s->loaded,
                                .load_count = 1,
                                .until = at(until),
                                .scratch = s->scratch};
}

static void tell(struct story *s, const char *until) {
    struct replay_case replayed = told_until(s, until);
    cr_assert(replay_cell(&replayed, &s->replay));
}

static enum replay_outcome outcome(struct story *s, const char *until) {
    struct replay_case replayed = told_until(s, until);
    enum replay_outcome out;
    struct day due;
    cr_assert(replay_outcome(&replayed, &out, &due));
    cr_assert_str_eq(day_of(due), "2021-12-31");
    return out;
}

struct row {
    const char *window, *rule, *step, *recipient;
};

static void expect(struct story *s, const char *until, const struct row *rows, size_t count) {
    tell(s, until);
    for (size_t i = 0; i < s->replay.said_count || i < count; i++) {
        char window[INSTANT_TEXT_MAX] = "";
        const struct replay_said *said = i < s->replay.said_count ? &s->replay.said[i] : NULL;
        if (said) instant_print(said->window, window);
        window[16] = '\0';
        cr_assert(said && i < count, "row %zu: %s", i, said ? window : "nothing is said");
        cr_assert_str_eq(window, rows[i].window, "row %zu", i);
        cr_assert_str_eq(alert_rule_name(s->replay.alerts[said->alert].rule), rows[i].rule, "row %zu", i);
        cr_assert_str_eq(said->step, rows[i].step, "row %zu", i);
        cr_assert_str_eq(said->recipient, rows[i].recipient, "row %zu", i);
    }
}
#define EXPECT(story, until, ...)                                                                                      \
    expect(story, until, (const struct row[]){__VA_ARGS__},                                                            \
           sizeof((const struct row[]){__VA_ARGS__}) / sizeof(struct row))

static void finish(struct story *s) {
    replay_finish(&s->replay);
    assess_scratch_destroy(&s->scratch);
}

/* 13.0 of 62 kilometres by 30 June are 21.0 %, a little less than half of the year is gone: 28.6 points behind. */
static void behind_by_28_points(struct story *s) {
    (void)report(&s->p, "13.0", "2021-06-30", "2021-07-05");
}

Test(replay, who_is_behind_is_told_urged_and_proposed_for_a_card) {
    struct story s;
    start(&s);
    behind_by_28_points(&s);
    EXPECT(&s, "2021-08-01", {"2021-07-05T16:30", "slipping", "yellow", "area:510822"},
           {"2021-07-05T16:30", "slipping", "yellow", "unit:市交通运输局"},
           {"2021-07-12T08:30", "slipping", "urged", "area:510822"},
           {"2021-07-12T08:30", "slipping", "urged", "unit:市交通运输局"},
           {"2021-07-26T08:30", "slipping", "yellow_card", "office"});
    cr_assert_eq(s.replay.red_count, 0);
    cr_assert_eq(s.replay.alert_count, 1);
    cr_assert(!instant_is(s.replay.alerts[0].ended_at));
    finish(&s);
}

Test(replay, a_red_from_25_points_on_asks_the_office_first) {
    struct story s;
    start(&s);
    red_from_25_points(&s);
    behind_by_28_points(&s);
    EXPECT(&s, "2021-07-11", {"2021-07-05T16:30", "review", "first", "office"},
           {"2021-07-05T16:30", "slipping", "red", "area:510822"},
           {"2021-07-05T16:30", "slipping", "red", "unit:市交通运输局"});
    cr_assert_eq(s.replay.red_count, 1);
    cr_assert_eq(s.replay.reds[0].from.ms, at("2021-07-05T09:01:00+08:00").ms);
    cr_assert(!instant_is(s.replay.reds[0].until));
    finish(&s);
}

Test(replay, a_promise_keeps_the_urging_away_until_its_day_is_over) {
    struct story s;
    start(&s);
    behind_by_28_points(&s);
    promise(&s, ALERT_SLIPPING, "2021-07-20", "2021-07-08");
    EXPECT(&s, "2021-07-30", {"2021-07-05T16:30", "slipping", "yellow", "area:510822"},
           {"2021-07-05T16:30", "slipping", "yellow", "unit:市交通运输局"},
           {"2021-07-21T08:30", "slipping", "urged", "area:510822"},
           {"2021-07-21T08:30", "slipping", "urged", "unit:市交通运输局"});
    finish(&s);
}

Test(replay, an_answer_to_an_alert_that_does_not_stand_answers_nothing) {
    struct story s;
    start(&s);
    behind_by_28_points(&s);
    promise(&s, ALERT_OVERDUE, "2021-07-20", "2021-07-08");
    tell(&s, "2021-07-13");
    cr_assert_eq(s.replay.said_count, 4);
    cr_assert_str_eq(s.replay.said[2].step, "urged");
    finish(&s);
}

Test(replay, who_was_told_hears_that_it_is_over) {
    struct story s;
    start(&s);
    behind_by_28_points(&s);
    (void)report(&s.p, "40.0", "2021-07-07", "2021-07-08");
    EXPECT(&s, "2021-07-31", {"2021-07-05T16:30", "slipping", "yellow", "area:510822"},
           {"2021-07-05T16:30", "slipping", "yellow", "unit:市交通运输局"},
           {"2021-07-08T16:30", "slipping", "recovered", "area:510822"},
           {"2021-07-08T16:30", "slipping", "recovered", "unit:市交通运输局"});
    cr_assert_eq(s.replay.alerts[0].ended_at.ms, at("2021-07-08T09:01:00+08:00").ms);
    cr_assert_eq(alert_cause_class(s.replay.alerts[0].cause), CAUSE_PROGRESS);
    finish(&s);
}

Test(replay, what_is_over_before_its_window_is_never_said) {
    struct story s;
    start(&s);
    (void)report(&s.p, "13.0", "2021-06-30", "2021-07-05T17:00:00+08:00");
    (void)report(&s.p, "40.0", "2021-07-05", "2021-07-06T07:00:00+08:00");
    tell(&s, "2021-07-31");
    cr_assert_eq(s.replay.said_count, 0);
    cr_assert_eq(s.replay.alert_count, 1);
    finish(&s);
}

Test(replay, nobody_to_reach_is_told_to_the_office) {
    struct story s;
    start(&s);
    s.p.areas[QINGCHUAN].reachable = false;
    behind_by_28_points(&s);
    tell(&s, "2021-07-06");
    cr_assert_eq(s.replay.said_count, 2);
    cr_assert_str_eq(s.replay.said[0].recipient, "office");
    cr_assert_str_eq(s.replay.said[0].meant_for, "area:510822");
    finish(&s);
}

Test(replay, what_is_about_a_day_before_the_first_load_is_not_said) {
    struct story s;
    start(&s);
    s.loaded = at("2021-07-10T00:00:00+08:00");
    behind_by_28_points(&s);
    tell(&s, "2021-08-01");
    cr_assert_eq(s.replay.said_count, 0);
    cr_assert_eq(s.replay.alert_count, 1);
    cr_assert(s.replay.alerts[0].back_filled);
    finish(&s);
}

Test(replay, the_figures_as_of_the_due_day_decide_what_became_of_it) {
    static const struct {
        const char *value, *until;
        enum replay_outcome outcome;
    } rows[] = {{"62.0", "2022-01-20", REPLAY_MET},
                {"61.9", "2022-01-20", REPLAY_MISSED},
                {NULL, "2021-12-20", REPLAY_OPEN},
                {NULL, "2022-01-03", REPLAY_OPEN}}; /* over, but its last report is not due yet */
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct story s;
        start(&s);
        (void)report(&s.p, "55.0", "2021-11-30", "2021-12-03");
        if (rows[i].value) (void)report(&s.p, rows[i].value, "2021-12-31", "2022-01-10");
        cr_assert_eq(outcome(&s, rows[i].until), rows[i].outcome, "row %zu", i);
        finish(&s);
    }
}
