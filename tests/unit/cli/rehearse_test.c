/* Two tellings of one county's road, by a red from 30.1 and from 25.1 points on, and what differs: worked out by hand.
 * 2021-07-05 is a Monday; the road was 28.6 points behind and was not finished in its year. */
#include "services/cli/rehearse.h"

#include "services/cli/rehearse_say.h"
#include "tests/unit/domain/office.h"

struct story {
    struct programme p;
    struct cell_events events[1 + COUNTIES];
    struct light_rules stricter;
    struct instant loaded;
    struct rehearsal r;
};

static void start(struct story *s, const char *final) {
    *s = (struct story){0};
    windows_start(&s->p);
    for (size_t i = 0; i < 1 + COUNTIES; i++)
        s->p.areas[i].reachable = true;
    s->p.units[0].reachable = true;
    s->p.plan.cells = &s->p.cells[QINGCHUAN]; /* it alone */
    s->p.plan.cell_count = 1;
    s->p.target.cell_count = 1;
    s->stricter = *rules_shipped();
    for (size_t i = 0; i < s->stricter.report_count; i++)
        if (strcmp(s->stricter.reports[i].name, "points_30") == 0) s->stricter.reports[i].tenths = 251;
    (void)report(&s->p, "13.0", "2021-06-30", "2021-07-05");
    (void)report(&s->p, final, "2021-12-31", "2022-01-04");
    s->events[0] = (struct cell_events){s->p.events, s->p.count};
    s->loaded = at("2021-01-01T00:00:00+08:00");
    s->r.span = (struct rehearse_span){on("2021-07-01"), on("2022-01-20"), at("2022-01-20T23:59:59+08:00")};
    s->r.loaded = s->loaded;
    s->r.rules_file = "new.yaml";
    s->r.now = (struct rehearse_by){
        .plan = &s->p.plan, .rules = rules_shipped(), .events = s->events, .loads = &s->loaded, .load_count = 1};
    s->r.then = s->r.now;
    s->r.then.rules = &s->stricter;
    cr_assert(rehearse_tell(&s->r.now, &s->r.span, &s->r.told_now));
    cr_assert(rehearse_tell(&s->r.then, &s->r.span, &s->r.told_then));
    cr_assert(rehearse_compare(&s->r.told_now, &s->r.told_then, &s->r.comparison));
}
static void finish(struct story *s) {
    rehearse_comparison_finish(&s->r.comparison);
    rehearse_telling_finish(&s->r.told_now);
    rehearse_telling_finish(&s->r.told_then);
}

Test(rehearse, a_red_sooner_is_one_more_and_it_was_real) {
    struct story s;
    start(&s, "40.0");
    const struct rehearse_telling *now = &s.r.told_now, *then = &s.r.told_then;
    cr_assert_eq(now->reds.total, 0);
    cr_assert_eq(then->reds.total, 1);
    cr_assert_eq(then->reds.real, 1);
    cr_assert_eq(then->reds.false_alarm, 0);
    cr_assert_eq(now->missed, 1);
    cr_assert_eq(now->warned, 1);
    cr_assert_eq(rehearse_median_ahead(now), 179); /* 5 July to 31 December */
    const struct rehearse_comparison *c = &s.r.comparison;
    cr_assert_eq(c->kinds[ALERT_REVIEW].now, 1); /* when it is overdue */
    cr_assert_eq(c->kinds[ALERT_REVIEW].more, 1);
    cr_assert_eq(c->kinds[ALERT_REVIEW].before_miss_then, 1);
    cr_assert_eq(c->kinds[ALERT_SLIPPING].now, 2);  /* yellow: county and lead */
    cr_assert_eq(c->kinds[ALERT_SLIPPING].then, 2); /* red */
    cr_assert_eq(c->kinds[ALERT_SLIPPING].more, 2);
    cr_assert_eq(c->kinds[ALERT_SLIPPING].fewer, 2);
    cr_assert_eq(c->kinds[ALERT_OVERDUE].more + c->kinds[ALERT_OVERDUE].fewer, 0);
    cr_assert_eq(c->kinds[ALERT_OVERDUE].before_miss_now, 0, "after it");
    cr_assert_eq(c->difference_count, 5);
    cr_assert_str_eq(rehearse_kind_word(c->differences[0].item->kind), "核定", "the worst first");
    cr_assert(c->differences[0].more);
    finish(&s);
}

Test(rehearse, a_red_of_a_target_that_was_met_was_a_false_alarm) {
    struct story s;
    start(&s, "62.0");
    cr_assert_eq(s.r.told_then.reds.total, 1);
    cr_assert_eq(s.r.told_then.reds.false_alarm, 1);
    cr_assert_eq(s.r.told_then.missed, 0);
    cr_assert_eq(s.r.comparison.kinds[ALERT_REVIEW].before_miss_then, 0);
    finish(&s);
}

Test(rehearse, messages_are_counted_once_a_window_and_recipient) {
    struct story s;
    start(&s, "40.0");
    const struct rehearse_recipient *office = NULL;
    for (size_t i = 0; i < s.r.comparison.recipient_count; i++)
        if (strcmp(s.r.comparison.recipients[i].key, "office") == 0) office = &s.r.comparison.recipients[i];
    cr_assert(office);
    cr_assert_eq(office->more, 1, "the review of 5 July is a message of its own");
    cr_assert_eq(office->fewer, 0);
    cr_assert_eq(office->then, office->now + 1);
    finish(&s);
}

Test(rehearse, the_page_says_what_differs) {
    struct story s;
    start(&s, "40.0");
    struct buffer out = {0};
    rehearse_print(&s.r, false, &out);
    static const char *const lines[] = {"规则预演 2021-07-01 至 2022-01-20\n", "什么也没有发，什么也没有写",
                                        "不含报送方的未报、断线、退回", "差别 3 处：\n",
                                        "多  2021-07-05 16:30  核定        青川 直连道路  到期未完成  "};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        cr_assert(strstr(buffer_text(&out), lines[i]), "no “%s” in\n%s", lines[i], buffer_text(&out));
    buffer_finish(&out);
    finish(&s);
}

Test(rehearse, the_same_rules_differ_in_nothing) {
    struct story s;
    start(&s, "40.0");
    struct rehearse_comparison same;
    cr_assert(rehearse_compare(&s.r.told_now, &s.r.told_now, &same));
    cr_assert_eq(same.difference_count, 0);
    rehearse_comparison_finish(&same);
    finish(&s);
}
