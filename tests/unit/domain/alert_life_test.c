/* What becomes of an alert: promises, answers, mutes, inhibition, cards issued and taken back, and when it is looked at
 * again. Every row is written from the rules; Monday to Friday are worked, windows at 08:30 and 16:30. */
#include "common/domain/alert_life.h"

#include "tests/unit/domain/office.h"

/* One alert of 青川's road and what its cell calls for. */
struct story {
    struct programme p;
    struct alert_wants wants;
    struct alert alert;
    struct alert_answer answers[4];
    struct alert_changes changes;
};

static const char *progressed(const struct alert *standing, const void *context) {
    (void)standing;
    return context ? context : "progress";
}

static void start(struct story *s, enum alert_rule rule, const char *step) {
    *s = (struct story){0};
    windows_start(&s->p);
    s->wants = (struct alert_wants){.count = 1};
    s->wants.items[0] =
        (struct alert_want){.rule = rule, .step = step, .rank = 1, .period = DAY_NONE, .about = DAY_NONE};
    s->alert = (struct alert){.id = 5,
                              .rule = rule,
                              .state = ALERT_OPEN,
                              .cause = "called",
                              .period = DAY_NONE,
                              .opened_at = at("2022-01-06T00:00:00+08:00"),
                              .changed_at = at("2022-01-06T00:00:00+08:00"),
                              .rung_at = at("2022-01-06T00:00:00+08:00"),
                              .rung_said_at = at("2022-01-06T08:30:00+08:00"),
                              .answers = s->answers};
    (void)snprintf(s->alert.step, sizeof s->alert.step, "%s", step);
}
static void answered(struct story *s, const char *known, const char *by) {
    struct alert_answer *answer = &s->answers[s->alert.answer_count];
    *answer = (struct alert_answer){.reply = (int64_t)++s->alert.answer_count,
                                    .uid = {0xaa, (uint8_t)s->alert.answer_count},
                                    .known_at = at(known),
                                    .by_day = by ? on(by) : DAY_NONE,
                                    .outcome = by ? PROMISE_STANDING : ANSWERED};
}
static const struct alert_change *live(struct story *s, const char *now) {
    struct alert_case judged = case_at(&s->p, now);
    alert_life(&judged, &s->wants, &s->alert, 1, progressed, NULL, &s->changes);
    cr_assert_leq(s->changes.count, 1);
    return s->changes.count ? &s->changes.items[0] : NULL;
}
/* The same, and the store keeps it. */
static const struct alert_change *live_and_keep(struct story *s, const char *now) {
    const struct alert_change *change = live(s, now);
    struct alert_case judged = case_at(&s->p, now);
    struct alert after;
    if (change) {
        alert_after(&judged, &s->alert, NULL, change, &after);
        s->alert = after;
    }
    for (size_t i = 0; i < s->changes.answer_count; i++)
        s->answers[s->changes.answers[i].answer].outcome = s->changes.answers[i].outcome;
    return change;
}
static struct instant next(struct story *s, const char *now) {
    struct alert_case judged = case_at(&s->p, now);
    (void)live(s, now);
    return alert_life_next(&judged, &s->wants, &s->alert, 1, &s->changes);
}

/* --- promises --- */

Test(alert_life, an_answer_with_a_day_is_a_promise_and_nothing_is_said) {
    struct story s;
    start(&s, ALERT_OVERDUE, "first");
    answered(&s, "2022-01-07", "2022-01-20");
    const struct alert_change *c = live_and_keep(&s, "2022-01-07");
    cr_assert(c);
    cr_assert_eq(c->to, ALERT_PROMISED);
    cr_assert_str_eq(c->cause, "promised");
    cr_assert(!c->say && !c->also);
    cr_assert_eq(s.answers[0].outcome, PROMISE_STANDING);
    cr_assert(!live(&s, "2022-01-13T08:30:00+08:00"), "promised: the ladder stands still");
    cr_assert_eq(next(&s, "2022-01-13T08:30:00+08:00").ms, at("2022-01-21T00:00:00+08:00").ms);
}

Test(alert_life, a_promise_holds_until_the_end_of_its_day_and_then_the_next_rung_is_said) {
    struct story s;
    start(&s, ALERT_OVERDUE, "first");
    answered(&s, "2022-01-07", "2022-01-20");
    (void)live_and_keep(&s, "2022-01-07");
    cr_assert(!live(&s, "2022-01-20T23:59:59+08:00"));
    const struct alert_change *c = live_and_keep(&s, "2022-01-21T00:00:00+08:00");
    cr_assert(c);
    cr_assert_eq(c->to, ALERT_OPEN);
    cr_assert_str_eq(c->cause, "promise_broken");
    cr_assert_eq(c->rung, RUNG_URGED);
    cr_assert_str_eq(c->also, "urged");
    cr_assert(!instant_is(c->rung_said_at), "not said yet");
    cr_assert_eq(s.answers[0].outcome, PROMISE_BROKEN);
    cr_assert(!live(&s, "2022-03-01"), "nothing counts until it is said");
}

Test(alert_life, a_promise_broken_before_the_rung_was_said_says_that_rung) {
    struct story s;
    start(&s, ALERT_OVERDUE, "first");
    s.alert.rung = RUNG_URGED;
    s.alert.rung_said_at = INSTANT_NONE; /* decided at 08:30, answered before the window was rendered */
    answered(&s, "2022-01-13", "2022-01-20");
    (void)live_and_keep(&s, "2022-01-13");
    const struct alert_change *c = live(&s, "2022-01-21T00:00:00+08:00");
    cr_assert_eq(c->rung, RUNG_URGED);
    cr_assert_str_eq(c->also, "urged");
}

Test(alert_life, at_the_top_a_broken_promise_opens_it_again_and_no_more) {
    struct story s;
    start(&s, ALERT_OVERDUE, "first");
    s.p.target.firmness = FIRM_ASPIRE;
    answered(&s, "2022-01-07", "2022-01-20");
    (void)live_and_keep(&s, "2022-01-07");
    const struct alert_change *c = live(&s, "2022-01-21T00:00:00+08:00");
    cr_assert_str_eq(c->cause, "promise_broken");
    cr_assert_eq(c->rung, RUNG_REMINDED);
    cr_assert(!c->also && !c->say);
}

Test(alert_life, progress_keeps_a_promise) {
    static const struct {
        const char *cause;
        enum answer_outcome outcome;
    } rows[] = {
        {"progress", PROMISE_KEPT},      {"done", PROMISE_KEPT},          {"reported", PROMISE_KEPT},
        {"overdue", PROMISE_WORSE},      {"superseded", PROMISE_WORSE}, /* a new period is missing */
        {"extension", PROMISE_REPLACED}, {"corrected", PROMISE_REPLACED}, {"retired", PROMISE_REPLACED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct story s;
        start(&s, ALERT_SLIPPING, "yellow");
        answered(&s, "2022-01-07", "2022-01-20");
        (void)live_and_keep(&s, "2022-01-07");
        struct alert_wants none = {0};
        struct alert_case judged = case_at(&s.p, "2022-01-12");
        alert_life(&judged, &none, &s.alert, 1, progressed, rows[i].cause, &s.changes);
        cr_assert_eq(s.changes.count, 1);
        cr_assert_eq(s.changes.items[0].to, ALERT_RESOLVED);
        cr_assert_eq(s.changes.answer_count, 1);
        cr_assert_eq(s.changes.answers[0].outcome, rows[i].outcome, "%s", rows[i].cause);
    }
}

Test(alert_life, what_gets_worse_ends_a_promise_at_once) {
    struct story s;
    start(&s, ALERT_SLIPPING, "yellow");
    answered(&s, "2022-01-07", "2022-01-31");
    (void)live_and_keep(&s, "2022-01-07");
    s.wants.items[0].step = "red";
    s.wants.items[0].rank = 2;
    const struct alert_change *c = live_and_keep(&s, "2022-01-10");
    cr_assert_eq(c->to, ALERT_OPEN);
    cr_assert_str_eq(c->cause, "worse");
    cr_assert_str_eq(c->step, "red");
    cr_assert(c->say);
    cr_assert_eq(s.answers[0].outcome, PROMISE_WORSE);
}

Test(alert_life, what_gets_worse_is_a_new_question_with_days_of_its_own) {
    struct story s;
    start(&s, ALERT_SLIPPING, "yellow"); /* said on the 6th: to be urged on the 13th */
    s.wants.items[0].step = "red";
    s.wants.items[0].rank = 2;
    (void)live_and_keep(&s, "2022-01-11T17:00:00+08:00"); /* said on Wednesday the 12th */
    cr_assert_eq(next(&s, "2022-01-12").ms, at("2022-01-19T08:30:00+08:00").ms);
    s.alert.rung_said_at = INSTANT_NONE;
    (void)snprintf(s.alert.step, sizeof s.alert.step, "yellow");
    (void)live_and_keep(&s, "2022-01-12");
    cr_assert(!instant_is(s.alert.rung_said_at), "what was never said does not begin to count by getting worse");
}

Test(alert_life, a_nearer_due_day_is_not_worse) {
    struct story s;
    start(&s, ALERT_DUE_SOON, "30");
    answered(&s, "2022-01-07", "2022-01-31");
    (void)live_and_keep(&s, "2022-01-07");
    s.wants.items[0].step = "7";
    s.wants.items[0].rank = 2;
    const struct alert_change *c = live_and_keep(&s, "2022-01-24");
    cr_assert_eq(c->to, ALERT_PROMISED);
    cr_assert_str_eq(c->cause, "nearer");
    cr_assert_str_eq(c->step, "7");
    cr_assert(!c->say, "they have answered");
    cr_assert_eq(s.answers[0].outcome, PROMISE_STANDING);
}

Test(alert_life, a_newer_promise_replaces_the_older_one) {
    struct story s;
    start(&s, ALERT_OVERDUE, "first");
    answered(&s, "2022-01-07", "2022-01-12");
    (void)live_and_keep(&s, "2022-01-07");
    answered(&s, "2022-01-11", "2022-01-28");
    const struct alert_change *c = live_and_keep(&s, "2022-01-11");
    cr_assert_str_eq(c->cause, "promised");
    cr_assert_eq(s.answers[0].outcome, PROMISE_REPLACED);
    cr_assert_eq(s.answers[1].outcome, PROMISE_STANDING);
    cr_assert(!live(&s, "2022-01-13T00:00:00+08:00"));
    cr_assert_eq(next(&s, "2022-01-13").ms, at("2022-01-29T00:00:00+08:00").ms);
}

Test(alert_life, an_answer_taken_back_is_as_if_it_had_not_been_given) {
    struct story s;
    start(&s, ALERT_OVERDUE, "first");
    answered(&s, "2022-01-07", "2022-01-28");
    (void)live_and_keep(&s, "2022-01-07"); /* one working day of five was over */
    (void)take_back(&s.p, s.answers[0].uid, "2022-01-11");
    const struct alert_change *c = live_and_keep(&s, "2022-01-11");
    cr_assert_eq(c->to, ALERT_OPEN);
    cr_assert_str_eq(c->cause, "answer_reversed");
    cr_assert_eq(s.answers[0].outcome, PROMISE_REVERSED);
    /* it stood still on the 10th and 11th: two working days later than the 13th */
    cr_assert_eq(next(&s, "2022-01-12").ms, at("2022-01-17T08:30:00+08:00").ms);
}

Test(alert_life, a_day_that_was_over_when_it_was_named_promises_nothing) {
    struct story s;
    start(&s, ALERT_OVERDUE, "first");
    answered(&s, "2022-01-10", "2022-01-09");
    cr_assert(!live_and_keep(&s, "2022-01-10"));
    cr_assert_eq(s.answers[0].outcome, ANSWERED);
}

Test(alert_life, a_promise_is_judged_only_where_the_figure_can_be_seen) {
    struct story s;
    start(&s, ALERT_SLIPPING, "yellow");
    answered(&s, "2022-01-07", "2022-01-20");
    (void)live_and_keep(&s, "2022-01-07");
    s.wants.items[0].inhibit = "held";
    const struct alert_change *c = live_and_keep(&s, "2022-01-18");
    cr_assert_eq(c->to, ALERT_SUPPRESSED);
    cr_assert(!live_and_keep(&s, "2022-01-21T00:00:00+08:00"));
    cr_assert_eq(s.answers[0].outcome, PROMISE_STANDING);
    s.wants.items[0].inhibit = NULL; /* the office has looked: it is still behind */
    c = live_and_keep(&s, "2022-01-25");
    cr_assert_str_eq(c->cause, "promise_broken");
    cr_assert_str_eq(c->also, "urged");
}

/* --- the ladder --- */

Test(alert_life, five_working_days_after_it_was_said_it_is_urged_in_the_first_window) {
    struct story s;
    start(&s, ALERT_OVERDUE, "first"); /* said on Thursday the 6th */
    cr_assert_eq(next(&s, "2022-01-06").ms, at("2022-01-13T08:30:00+08:00").ms);
    cr_assert(!live(&s, "2022-01-13T08:29:59+08:00"));
    const struct alert_change *c = live_and_keep(&s, "2022-01-13T08:30:00+08:00");
    cr_assert_eq(c->to, ALERT_OPEN);
    cr_assert_eq(c->rung, RUNG_URGED);
    cr_assert_str_eq(c->cause, "urged");
    cr_assert_str_eq(c->also, "urged");
    cr_assert(!c->say, "its first words are not said again");
    cr_assert_eq(c->rung_at.ms, at("2022-01-13T08:30:00+08:00").ms);
    cr_assert(!live(&s, "2022-01-13T08:30:00+08:00"), "once");
    cr_assert(!instant_is(next(&s, "2022-01-13T08:30:00+08:00")));
    s.alert.rung_said_at = at("2022-01-13T08:30:00+08:00");
    cr_assert_eq(next(&s, "2022-01-13T09:00:00+08:00").ms, at("2022-01-27T08:30:00+08:00").ms);
    c = live_and_keep(&s, "2022-01-27T08:30:00+08:00");
    cr_assert_str_eq(c->also, "yellow_card");
    s.alert.rung_said_at = at("2022-01-27T08:30:00+08:00");
    c = live_and_keep(&s, "2022-02-10T08:30:00+08:00");
    cr_assert_str_eq(c->also, "red_card");
    s.alert.rung_said_at = at("2022-02-10T08:30:00+08:00");
    cr_assert(!live(&s, "2023-02-10"), "there is nothing above it");
}

Test(alert_life, a_step_missed_while_nobody_looked_is_taken_later_and_never_lost) {
    struct story s;
    start(&s, ALERT_OVERDUE, "first");
    const struct alert_change *c = live_and_keep(&s, "2022-01-13T12:00:00+08:00");
    cr_assert_str_eq(c->also, "urged");
    cr_assert_eq(c->rung, RUNG_URGED, "one rung at a time, however late");
}

Test(alert_life, tops_table) {
    static const struct {
        enum alert_rule rule;
        enum firmness firmness;
        enum alert_rung top;
    } rows[] = {
        {ALERT_OVERDUE, FIRM_HARD, RUNG_RED_CARD},     {ALERT_OVERDUE, FIRM_SOFT, RUNG_RED_CARD},
        {ALERT_SLIPPING, FIRM_HARD, RUNG_YELLOW_CARD}, {ALERT_FELL_BACK, FIRM_HARD, RUNG_URGED},
        {ALERT_DUE_SOON, FIRM_HARD, RUNG_REMINDED},    {ALERT_REVIEW, FIRM_HARD, RUNG_REMINDED},
        {ALERT_CORRECTION, FIRM_HARD, RUNG_REMINDED},  {ALERT_OVERDUE, FIRM_ASPIRE, RUNG_REMINDED},
        {ALERT_SLIPPING, FIRM_ASPIRE, RUNG_REMINDED},  {ALERT_FELL_BACK, FIRM_ASPIRE, RUNG_REMINDED},
    };
    struct programme p;
    windows_start(&p);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        p.target.firmness = rows[i].firmness;
        cr_assert_eq(alert_ladder_top(&p.plan, NULL, &p.cells[QINGCHUAN], rows[i].rule), rows[i].top, "row %zu", i);
    }
    cr_assert_eq(alert_ladder_top(&p.plan, NULL, NULL, ALERT_MISSING), RUNG_URGED);
    cr_assert_eq(alert_ladder_top(&p.plan, NULL, NULL, ALERT_REJECTED), RUNG_URGED);
    cr_assert_eq(alert_ladder_top(&p.plan, NULL, NULL, ALERT_OFFLINE), RUNG_REMINDED);
}

Test(alert_life, an_answer_without_a_day_starts_the_count_again_once) {
    struct story s;
    start(&s, ALERT_OVERDUE, "first");
    answered(&s, "2022-01-11", NULL); /* a Tuesday: five working days later is the 18th */
    cr_assert(!live(&s, "2022-01-11"));
    cr_assert_eq(next(&s, "2022-01-11").ms, at("2022-01-18T08:30:00+08:00").ms);
    answered(&s, "2022-01-17", NULL); /* the second one changes nothing */
    cr_assert_eq(next(&s, "2022-01-17").ms, at("2022-01-18T08:30:00+08:00").ms);
    const struct alert_change *c = live_and_keep(&s, "2022-01-18T08:30:00+08:00");
    cr_assert_str_eq(c->also, "urged");
    s.alert.rung_said_at = at("2022-01-18T08:30:00+08:00");
    answered(&s, "2022-01-19", NULL); /* of the next rung: ten working days from the 19th */
    cr_assert_eq(next(&s, "2022-01-19").ms, at("2022-02-02T08:30:00+08:00").ms);
}

Test(alert_life, what_was_never_said_is_never_urged) {
    struct story s;
    start(&s, ALERT_OVERDUE, "first");
    s.alert.rung_said_at = INSTANT_NONE;
    cr_assert(!live(&s, "2022-06-01"));
    cr_assert(!instant_is(next(&s, "2022-06-01")));
}

Test(alert_life, the_ladder_stands_still_while_suppressed_and_does_not_go_back) {
    struct story s;
    start(&s, ALERT_SLIPPING, "yellow"); /* said on the 6th; 7 and 10 January are over */
    s.wants.items[0].inhibit = "missing";
    (void)live_and_keep(&s, "2022-01-10");
    cr_assert(!live(&s, "2022-01-13T08:30:00+08:00"));
    cr_assert(!instant_is(next(&s, "2022-01-13T08:30:00+08:00")));
    s.wants.items[0].inhibit = NULL;
    const struct alert_change *c = live_and_keep(&s, "2022-01-17"); /* five working days stood still */
    cr_assert_str_eq(c->cause, "again");
    cr_assert(!c->also);
    cr_assert_eq(next(&s, "2022-01-17").ms, at("2022-01-20T08:30:00+08:00").ms);
}

Test(alert_life, a_rung_that_was_not_said_before_it_stood_still_is_said_afterwards) {
    struct story s;
    start(&s, ALERT_SLIPPING, "yellow");
    (void)live_and_keep(&s, "2022-01-13T08:30:00+08:00");
    s.wants.items[0].inhibit = "held";
    (void)live_and_keep(&s, "2022-01-13T08:31:00+08:00");
    s.wants.items[0].inhibit = NULL;
    const struct alert_change *c = live_and_keep(&s, "2022-01-14");
    cr_assert_eq(c->rung, RUNG_URGED);
    cr_assert_str_eq(c->also, "urged");
}

Test(alert_life, a_slip_that_waits_for_its_final_figure_is_not_urged) {
    struct story s;
    start(&s, ALERT_SLIPPING, "yellow");
    s.wants.items[0].stands_only = true;
    cr_assert(!live(&s, "2022-01-13T08:30:00+08:00"));
    cr_assert(!instant_is(next(&s, "2022-01-13T08:30:00+08:00")));
}

/* --- inhibition --- */

Test(alert_life, what_is_inhibited_stays_listed_with_its_cause_of_today) {
    struct story s;
    start(&s, ALERT_SLIPPING, "yellow");
    s.wants.items[0].inhibit = "held";
    const struct alert_change *c = live_and_keep(&s, "2022-01-07");
    cr_assert_eq(c->to, ALERT_SUPPRESSED);
    cr_assert_str_eq(c->cause, "held");
    cr_assert(!live(&s, "2022-01-08"));
    s.wants.items[0].inhibit = "missing";
    c = live_and_keep(&s, "2022-01-10");
    cr_assert_eq(c->to, ALERT_SUPPRESSED);
    cr_assert_str_eq(c->cause, "missing");
}

Test(alert_life, another_due_day_is_another_approaching_one) {
    struct story s;
    start(&s, ALERT_DUE_SOON, "7");
    (void)snprintf(s.alert.key, sizeof s.alert.key, "test|due_soon|T06.1@510822|2021-12-31");
    (void)snprintf(s.wants.items[0].key, sizeof s.wants.items[0].key, "test|due_soon|T06.1@510822|2022-03-31");
    s.wants.items[0].step = "30";
    struct alert_case judged = case_at(&s.p, "2022-03-01");
    alert_life(&judged, &s.wants, &s.alert, 1, progressed, "extension", &s.changes);
    cr_assert_eq(s.changes.count, 2);
    cr_assert_eq(s.changes.items[0].to, ALERT_RESOLVED);
    cr_assert_eq(s.changes.items[1].to, ALERT_OPEN);
    cr_assert_str_eq(s.changes.items[1].step, "30");
}

/* --- mutes --- */

Test(alert_life, a_mute_ends_with_its_day) {
    struct story s;
    start(&s, ALERT_OVERDUE, "first");
    (void)mute(&s.p, "overdue", "2022-01-31", "2022-01-07");
    const struct alert_change *c = live_and_keep(&s, "2022-01-07");
    cr_assert_eq(c->to, ALERT_SUPPRESSED);
    cr_assert_str_eq(c->cause, "muted");
    cr_assert_eq(next(&s, "2022-01-10").ms, at("2022-02-01T00:00:00+08:00").ms);
    cr_assert(!live(&s, "2022-01-31T23:59:59+08:00"));
    c = live_and_keep(&s, "2022-02-01T00:00:00+08:00");
    cr_assert_eq(c->to, ALERT_OPEN);
    cr_assert_str_eq(c->cause, "again");
    cr_assert(!c->office_recovered);
}

Test(alert_life, mutes_table) {
    static const struct {
        const char *what, *rule, *until, *known, *back;
        bool holds;
    } rows[] = {
        {"of this rule", "overdue", "2022-01-31", "2022-01-07", NULL, true},
        {"of all rules", NULL, "2022-01-31", "2022-01-07", NULL, true},
        {"of another rule", "slipping", "2022-01-31", "2022-01-07", NULL, false},
        {"until resolved", "overdue", NULL, "2022-01-07", NULL, true},
        {"until another was resolved, before this one opened", "overdue", NULL, "2022-01-05", NULL, false},
        {"with a day, before this one opened", "overdue", "2022-01-31", "2022-01-05", NULL, true},
        {"taken back", "overdue", "2022-01-31", "2022-01-07", "2022-01-08", false},
        {"taken back later", "overdue", "2022-01-31", "2022-01-07", "2022-01-11", true},
        {"not known yet", "overdue", "2022-01-31", "2022-01-11", NULL, false},
        {"over", "overdue", "2022-01-09", "2022-01-07", NULL, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct story s;
        start(&s, ALERT_OVERDUE, "first");
        struct cell_event *event = mute(&s.p, rows[i].rule, rows[i].until, rows[i].known);
        if (rows[i].back) (void)take_back(&s.p, event->uid, rows[i].back);
        const struct alert_change *c = live(&s, "2022-01-10");
        cr_assert_eq(c && c->to == ALERT_SUPPRESSED, rows[i].holds, "%s", rows[i].what);
    }
}

Test(alert_life, a_mute_until_resolved_tells_the_office_when_it_is_over) {
    struct story s;
    start(&s, ALERT_CORRECTION, "first"); /* whose end is otherwise silent */
    (void)mute(&s.p, NULL, NULL, "2022-01-07");
    (void)live_and_keep(&s, "2022-01-07");
    struct alert_wants none = {0};
    struct alert_case judged = case_at(&s.p, "2022-01-12");
    alert_life(&judged, &none, &s.alert, 1, progressed, "settled", &s.changes);
    cr_assert(s.changes.items[0].office_recovered);
    cr_assert(!s.changes.items[0].recovered);
}

Test(alert_life, what_opens_under_a_mute_is_listed_and_said_when_it_ends) {
    struct story s;
    start(&s, ALERT_SLIPPING, "yellow");
    (void)mute(&s.p, "slipping", "2022-01-31", "2022-01-03");
    struct alert_case judged = case_at(&s.p, "2022-01-06");
    alert_life(&judged, &s.wants, NULL, 0, progressed, NULL, &s.changes);
    cr_assert_eq(s.changes.items[0].to, ALERT_SUPPRESSED);
    cr_assert_str_eq(s.changes.items[0].cause, "muted");
    cr_assert(!s.changes.items[0].say);
    cr_assert_eq(alert_life_next(&judged, &s.wants, NULL, 0, &s.changes).ms, at("2022-02-01T00:00:00+08:00").ms);
}

Test(alert_life, a_mute_of_one_stream_leaves_the_countys_other_one) {
    struct story s;
    start(&s, ALERT_MISSING, "first");
    struct cell_event *event = mute(&s.p, "missing", "2022-01-31", "2022-01-07");
    struct alert_case judged = case_at(&s.p, "2022-01-10");
    judged.cell = NULL;
    judged.stream = "qingchuan";
    cr_assert_neq(alert_mute(&judged, ALERT_MISSING, s.alert.opened_at), NO_INDEX, "the whole county");
    event->note = slice_of("qingchuan");
    cr_assert_neq(alert_mute(&judged, ALERT_MISSING, s.alert.opened_at), NO_INDEX);
    event->note = slice_of("qingchuan-traffic");
    cr_assert_eq(alert_mute(&judged, ALERT_MISSING, s.alert.opened_at), NO_INDEX);
}

/* --- cards --- */

Test(alert_life, a_card_is_issued_by_a_person_and_taken_back_by_one) {
    struct story s;
    start(&s, ALERT_OVERDUE, "first");
    s.alert.rung = RUNG_YELLOW_CARD;
    s.alert.rung_said_at = at("2022-01-27T08:30:00+08:00");
    struct cell_event *event = issue(&s.p, "yellow_card", "2022-01-28");
    const struct alert_change *c = live_and_keep(&s, "2022-01-28");
    cr_assert_eq(c->to, ALERT_OPEN);
    cr_assert_str_eq(c->cause, "issued");
    cr_assert_str_eq(c->also, "issued");
    cr_assert_eq(c->issued, RUNG_YELLOW_CARD);
    cr_assert_eq(c->rung, RUNG_YELLOW_CARD);
    cr_assert(instant_is(c->rung_said_at), "its count goes on");
    cr_assert_eq(c->decision, 0);
    cr_assert(!live(&s, "2022-01-29"), "once");
    (void)take_back(&s.p, event->uid, "2022-02-08");
    c = live_and_keep(&s, "2022-02-08");
    cr_assert_str_eq(c->cause, "withdrawn");
    cr_assert_str_eq(c->also, "withdrawn");
    cr_assert_eq(c->issued, RUNG_REMINDED);
    cr_assert_eq(c->rung, RUNG_YELLOW_CARD, "a rung does not go back");
    cr_assert_eq(c->decision, 1);
    cr_assert(!live(&s, "2022-02-09"));
}

Test(alert_life, a_second_card_of_the_same_weight_is_said_too) {
    struct story s;
    start(&s, ALERT_OVERDUE, "first");
    struct cell_event *first = issue(&s.p, "red_card", "2022-01-28");
    (void)live_and_keep(&s, "2022-01-28");
    (void)issue(&s.p, "circular", "2022-01-31");
    const struct alert_change *c = live_and_keep(&s, "2022-01-31");
    cr_assert(c && strcmp(c->also, "issued") == 0);
    cr_assert_eq(c->decision, 1);
    cr_assert(!live(&s, "2022-01-31"));
    (void)take_back(&s.p, first->uid, "2022-02-01"); /* the circular stands */
    c = live_and_keep(&s, "2022-02-01");
    cr_assert(c && strcmp(c->also, "withdrawn") == 0);
    cr_assert_eq(c->decision, 2);
    cr_assert_eq(c->issued, RUNG_RED_CARD);
    cr_assert(!live(&s, "2022-02-02"));
}

Test(alert_life, a_card_written_anew_is_said_after_the_old_one_was_taken_back) {
    struct story s;
    start(&s, ALERT_OVERDUE, "first");
    struct cell_event *first = issue(&s.p, "yellow_card", "2022-01-28");
    (void)live_and_keep(&s, "2022-01-28");
    (void)take_back(&s.p, first->uid, "2022-01-31T10:00:00+08:00");
    (void)issue(&s.p, "yellow_card", "2022-01-31T10:00:20+08:00"); /* another document number */
    const struct alert_change *c = live(&s, "2022-01-31T10:01:00+08:00");
    cr_assert_str_eq(c->also, "withdrawn");
    cr_assert_eq(next(&s, "2022-01-31T10:01:00+08:00").ms, at("2022-01-31T16:30:00+08:00").ms);
    (void)live_and_keep(&s, "2022-01-31T10:01:00+08:00");
    c = live_and_keep(&s, "2022-01-31T16:30:00+08:00"); /* said in the same window */
    cr_assert_str_eq(c->also, "issued");
    cr_assert_eq(c->decision, 2);
}

Test(alert_life, a_card_nobody_had_proposed_counts_from_the_window_that_says_it) {
    struct story s;
    start(&s, ALERT_OVERDUE, "first");
    (void)issue(&s.p, "yellow_card", "2022-01-07T17:00:00+08:00"); /* a Friday: said on Monday the 10th */
    (void)live_and_keep(&s, "2022-01-07T17:00:00+08:00");
    cr_assert_eq(s.alert.rung, RUNG_YELLOW_CARD);
    cr_assert_eq(next(&s, "2022-01-10").ms, at("2022-01-24T08:30:00+08:00").ms);
}

Test(alert_life, issues_table) {
    static const struct {
        enum alert_rule rule;
        const char *level, *known;
        enum alert_rung issued, rung;
    } rows[] = {
        {ALERT_OVERDUE, "yellow_card", "2022-01-07", RUNG_YELLOW_CARD, RUNG_YELLOW_CARD},
        {ALERT_OVERDUE, "red_card", "2022-01-07", RUNG_RED_CARD, RUNG_RED_CARD},
        {ALERT_OVERDUE, "circular", "2022-01-07", RUNG_RED_CARD, RUNG_RED_CARD},
        {ALERT_OVERDUE, "yellow_card", "2022-01-05", RUNG_REMINDED, RUNG_REMINDED},  /* before it opened */
        {ALERT_DUE_SOON, "yellow_card", "2022-01-07", RUNG_REMINDED, RUNG_REMINDED}, /* cannot lead to a card */
        {ALERT_CORRECTION, "red_card", "2022-01-07", RUNG_REMINDED, RUNG_REMINDED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct story s;
        start(&s, rows[i].rule, "first");
        (void)issue(&s.p, rows[i].level, rows[i].known);
        (void)live_and_keep(&s, "2022-01-07");
        cr_assert_eq(s.alert.issued, rows[i].issued, "row %zu", i);
        cr_assert_eq(s.alert.rung, rows[i].rung, "row %zu", i);
    }
}

Test(alert_life, a_card_reaches_its_county_even_while_its_alert_is_suppressed) {
    struct story s;
    start(&s, ALERT_SLIPPING, "yellow");
    s.wants.items[0].inhibit = "missing";
    (void)live_and_keep(&s, "2022-01-07");
    (void)issue(&s.p, "yellow_card", "2022-01-10");
    const struct alert_change *c = live_and_keep(&s, "2022-01-10");
    cr_assert_eq(c->to, ALERT_SUPPRESSED);
    cr_assert_str_eq(c->cause, "missing");
    cr_assert_str_eq(c->also, "issued");
}

/* --- ends --- */

Test(alert_life, classes_table) {
    static const struct {
        const char *cause, *class;
    } rows[] = {
        {"done", "progress"},        {"progress", "progress"},
        {"holding", "progress"},     {"reported", "progress"},
        {"heard", "progress"},       {"retaken", "progress"},
        {"red_blue", "progress"},    {"released", "progress"},
        {"extension", "extension"},  {"corrected", "correction"},
        {"retracted", "correction"}, {"settled", "correction"},
        {"no_task", "correction"},   {"retired", "correction"},
        {"overdue", "ignored"},      {"superseded", "ignored"},
        {"changed", "false"},        {"called", NULL},
        {"promise_broken", NULL},    {"muted", NULL},
        {"of a later duban", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *class = cause_class_name(alert_cause_class(rows[i].cause));
        cr_assert_eq(class == NULL, rows[i].class == NULL, "%s", rows[i].cause);
        if (class) cr_assert_str_eq(class, rows[i].class, "%s", rows[i].cause);
    }
}
