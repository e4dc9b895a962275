/* Which alerts a cell and an agent call for, and what becomes of those that stand. Expected values are written from
 * DOMAIN's rules and the calendar (Monday to Friday here). */
#include "common/domain/alert.h"

#include "common/domain/due.h"
#include "tests/unit/domain/office.h"

static void assess_at(struct programme *p, const char *now, struct assessment *out) {
    struct assess_scratch *scratch = assess_scratch_create();
    struct assess_context context = {.plan = &p->plan, .known_at = at(now), .as_of = instant_day(at(now))};
    assess_cell(&context, &p->cells[QINGCHUAN], p->events, p->count, scratch, out);
    assess_scratch_destroy(&scratch);
}

static struct alert_wants wants_at(struct programme *p, const char *now) {
    struct assessment a;
    struct alert_wants wants;
    assess_at(p, now, &a);
    alert_wants_cell(&p->plan, NULL, &p->cells[QINGCHUAN], p->events, p->count, &a, at(now), &wants);
    assessment_finish(&a);
    return wants;
}

static const struct alert_want *find(const struct alert_wants *wants, enum alert_rule rule) {
    for (size_t i = 0; i < wants->count; i++)
        if (wants->items[i].rule == rule) return &wants->items[i];
    return NULL;
}

static void start(struct programme *p) {
    windows_start(p);
}

Test(alert, on_plan_calls_for_nothing) {
    struct programme p;
    start(&p);
    report(&p, "46.5", "2021-09-30", "2021-10-05");
    struct alert_wants wants = wants_at(&p, "2021-10-07");
    cr_assert_eq(wants.count, 0);
}

Test(alert, yellow_is_slipping_with_a_key_of_its_figure) {
    struct programme p;
    start(&p);
    report(&p, "31", "2021-09-30", "2021-10-05"); /* -25.0 points */
    struct alert_wants wants = wants_at(&p, "2021-10-07");
    const struct alert_want *want = find(&wants, ALERT_SLIPPING);
    cr_assert(want);
    cr_assert_str_eq(want->step, "yellow");
    cr_assert_str_eq(want->key, "test|slipping|T06.1@510822|01000000000000000000000000000000");
    cr_assert(!want->stands_only && !want->inhibit);
    cr_assert(!find(&wants, ALERT_REVIEW));
}

Test(alert, a_computed_red_is_slipping_for_all_and_review_for_the_office) {
    struct programme p;
    start(&p);
    report(&p, "24.6", "2021-09-30", "2021-10-05"); /* -35.3 points */
    struct alert_wants wants = wants_at(&p, "2021-10-07");
    cr_assert_str_eq(find(&wants, ALERT_SLIPPING)->step, "red");
    cr_assert(find(&wants, ALERT_REVIEW));
}

Test(alert, silence_suppresses_slipping_and_opens_nothing) {
    struct programme p;
    start(&p);
    report(&p, "31", "2021-09-30", "2021-10-05");
    struct alert_wants wants = wants_at(&p, "2021-11-08"); /* October closed on the 5th without a report */
    const struct alert_want *want = find(&wants, ALERT_SLIPPING);
    cr_assert(want && want->stands_only);
    cr_assert_str_eq(want->inhibit, "missing");
}

Test(alert, a_held_figure_inhibits_slipping) {
    struct programme p;
    start(&p);
    report(&p, "20", "2021-05-31", "2021-06-03"); /* planned 25.83: -9.4 points */
    report(&p, "21", "2021-06-30", "2021-07-02"); /* planned 31.00: -16.1 points */
    report(&p, "15", "2021-07-31", "2021-08-03"); /* a fall: held */
    struct alert_wants wants = wants_at(&p, "2021-08-05");
    const struct alert_want *want = find(&wants, ALERT_SLIPPING);
    cr_assert(want && !want->stands_only, "listed, even where nothing stood before");
    cr_assert_str_eq(want->inhibit, "held");
    cr_assert(!find(&wants, ALERT_CORRECTION)->inhibit);
}

Test(alert, an_approaching_due_day_waits_for_its_final_figure) {
    struct programme p;
    start(&p);
    report(&p, "58.1", "2021-11-30", "2021-12-03");
    struct alert_wants wants = wants_at(&p, "2022-01-03"); /* the closing day is the 5th */
    const struct alert_want *want = find(&wants, ALERT_DUE_SOON);
    cr_assert(want && want->stands_only && !want->inhibit);
    report(&p, "62", "2021-12-28", "2022-01-05");
    wants = wants_at(&p, "2022-01-06");
    cr_assert(!find(&wants, ALERT_DUE_SOON));
}

Test(alert, due_soon_has_two_steps) {
    struct programme p;
    start(&p);
    report(&p, "58.1", "2021-11-30", "2021-12-03");
    cr_assert(!find(&(struct alert_wants){0}, ALERT_DUE_SOON));
    struct alert_wants before = wants_at(&p, "2021-11-30"), first = wants_at(&p, "2021-12-01T00:00:00+08:00"),
                       second = wants_at(&p, "2021-12-24T00:00:00+08:00");
    cr_assert(!find(&before, ALERT_DUE_SOON));
    cr_assert_str_eq(find(&first, ALERT_DUE_SOON)->step, "30");
    cr_assert_str_eq(find(&second, ALERT_DUE_SOON)->step, "7");
    cr_assert_str_eq(find(&first, ALERT_DUE_SOON)->key, find(&second, ALERT_DUE_SOON)->key);
}

Test(alert, overdue_takes_the_place_of_slipping_and_inhibits_due_soon) {
    struct programme p;
    start(&p);
    report(&p, "51.3", "2021-12-31", "2022-01-05");
    struct alert_wants wants = wants_at(&p, "2022-01-06");
    const struct alert_want *want = find(&wants, ALERT_OVERDUE);
    cr_assert(want);
    cr_assert_str_eq(want->key, "test|overdue|T06.1@510822|2022-01-01");
    cr_assert(!want->inhibit);
    cr_assert(!find(&wants, ALERT_SLIPPING));
    const struct alert_want *due_soon = find(&wants, ALERT_DUE_SOON);
    cr_assert(due_soon && due_soon->stands_only, "what was said stays on the list, nothing new opens");
    cr_assert_str_eq(due_soon->inhibit, "overdue");
}

Test(alert, done_calls_for_nothing) {
    struct programme p;
    start(&p);
    report(&p, "62", "2021-12-28", "2022-01-05");
    struct alert_wants wants = wants_at(&p, "2022-01-06");
    cr_assert_eq(wants.count, 0);
}

Test(alert, a_held_fall_waits_for_the_office_and_after_three_working_days_again) {
    struct programme p;
    start(&p);
    report(&p, "57", "2021-05-31", "2021-06-03");
    report(&p, "51", "2021-06-30", "2021-07-02"); /* a Friday: held */
    struct alert_wants first = wants_at(&p, "2021-07-05"), later = wants_at(&p, "2021-07-08T00:00:00+08:00");
    cr_assert_str_eq(find(&first, ALERT_CORRECTION)->step, "first");
    cr_assert_str_eq(find(&later, ALERT_CORRECTION)->step, "days_3"); /* Mon, Tue, Wed are over */
    struct assessment a;
    assess_at(&p, "2021-07-05", &a);
    struct instant next = alert_next_cell(&p.plan, NULL, &p.cells[QINGCHUAN], p.events, p.count, &a, at("2021-07-05"));
    cr_assert_eq(next.ms, at("2021-07-08T00:00:00+08:00").ms);
}

/* --- agents --- */

static struct stream_facts agent(void) {
    return (struct stream_facts){.id = 1,
                                 .name = "jiange",
                                 .role = SPEAKER_COUNTY,
                                 .area = 6,
                                 .unit = NO_INDEX,
                                 .made_at = at("2021-01-01"),
                                 .heard_at = INSTANT_NONE,
                                 .heard_before = INSTANT_NONE,
                                 .period = {DAY_NONE, DAY_NONE, DAY_NONE}};
}
static struct alert_wants stream_wants(struct programme *p, const struct stream_facts *facts, const char *now) {
    struct alert_wants wants;
    alert_wants_stream(&p->plan, NULL, facts, at(now), &wants);
    return wants;
}

Test(alert, an_agent_is_offline_after_eight_working_hours) {
    struct programme p;
    start(&p);
    struct stream_facts facts = agent();
    facts.heard_at = facts.heard_before = at("2021-05-17T10:00:00+08:00"); /* Monday: 7.5 hours, then 08:30-09:00 */
    /* at 09:00 everyone is woken and speaks; who has not a minute later is gone */
    struct alert_wants before = stream_wants(&p, &facts, "2021-05-18T09:00:00+08:00"),
                       then = stream_wants(&p, &facts, "2021-05-18T09:01:00+08:00");
    cr_assert(!find(&before, ALERT_OFFLINE));
    cr_assert(find(&then, ALERT_OFFLINE));
    cr_assert_eq(alert_next_stream(&p.plan, NULL, &facts, at("2021-05-17T12:00:00+08:00")).ms,
                 at("2021-05-18T09:00:00+08:00").ms);
    cr_assert_eq(alert_next_stream(&p.plan, NULL, &facts, at("2021-05-18T09:00:00+08:00")).ms,
                 at("2021-05-18T09:01:00+08:00").ms);
}

Test(alert, the_desk_that_decides_is_never_offline) {
    struct programme p;
    start(&p);
    struct stream_facts facts = agent();
    facts.desk = true;
    struct alert_wants wants = stream_wants(&p, &facts, "2021-05-18T09:01:00+08:00");
    cr_assert(!find(&wants, ALERT_OFFLINE));
}

Test(alert, who_asks_first_within_a_step_does_not_matter) {
    struct programme p;
    start(&p);
    struct stream_facts facts = agent();
    facts.heard_before = at("2021-05-17T10:00:00+08:00");
    facts.heard_at = at("2021-05-19T08:30:00+08:00"); /* its STATUS of this step is in already */
    struct alert_wants in = stream_wants(&p, &facts, "2021-05-19T08:30:00+08:00");
    facts.heard_at = facts.heard_before; /* it is not in yet */
    struct alert_wants out = stream_wants(&p, &facts, "2021-05-19T08:30:00+08:00");
    cr_assert(find(&in, ALERT_OFFLINE) && find(&in, ALERT_OFFLINE)->stands_only,
              "what stands stays, nothing new opens");
    cr_assert(find(&out, ALERT_OFFLINE));
    cr_assert_str_eq(find(&in, ALERT_OFFLINE)->key, find(&out, ALERT_OFFLINE)->key);
}

Test(alert, missing_needs_a_living_agent) {
    struct programme p;
    start(&p);
    struct stream_facts facts = agent();
    facts.period = (struct period){on("2021-08-01"), on("2021-08-31"), on("2021-09-06")};
    facts.owed = facts.missing = 37;
    facts.heard_at = facts.heard_before = at("2021-09-06T23:00:00+08:00");
    struct alert_wants alive = stream_wants(&p, &facts, "2021-09-07T00:00:00+08:00");
    const struct alert_want *want = find(&alive, ALERT_MISSING);
    cr_assert(want && !want->inhibit);
    cr_assert_str_eq(want->key, "test|missing|jiange|2021-08-01");
    cr_assert_eq(want->period.n, on("2021-08-01").n);
    facts.heard_at = facts.heard_before = at("2021-08-30T10:00:00+08:00");
    struct alert_wants gone = stream_wants(&p, &facts, "2021-09-07T00:00:00+08:00");
    cr_assert_str_eq(find(&gone, ALERT_MISSING)->inhibit, "offline");
    facts.missing = 36; /* something came */
    struct alert_wants part = stream_wants(&p, &facts, "2021-09-07T00:00:00+08:00");
    cr_assert(!find(&part, ALERT_MISSING));
}

Test(alert, a_refused_file_stands_until_it_comes_again) {
    struct programme p;
    start(&p);
    struct receipt files[] = {
        {.id = 7, .known_at = at("2021-07-01"), .feed = slice_of("报表"), .refused = 37, .uid = {1}},
        {.id = 9, .known_at = at("2021-07-02"), .feed = slice_of("报表"), .taken = 37, .uid = {2}},
    };
    struct stream_facts facts = agent();
    facts.heard_at = facts.heard_before = at("2021-07-01T16:00:00+08:00");
    facts.receipts = files;
    facts.receipt_count = 1;
    struct alert_wants first = stream_wants(&p, &facts, "2021-07-01T16:30:00+08:00");
    cr_assert_eq(find(&first, ALERT_REJECTED)->file, 7);
    facts.receipt_count = 2;
    struct alert_wants again = stream_wants(&p, &facts, "2021-07-02T10:00:00+08:00");
    cr_assert(!find(&again, ALERT_REJECTED));
    struct alert standing = {.id = 1, .rule = ALERT_REJECTED, .period = DAY_NONE, .file = 7, .step = "first"};
    cr_assert_str_eq(alert_over_stream(&standing, &facts), "retaken");
}

/* A county that sent a broken table of answers has not sent a broken report: 未报 is not hidden behind it. */
Test(alert, a_refused_answer_does_not_explain_a_missing_report) {
    struct programme p;
    start(&p);
    static const char *const tables[] = {"回复", "延期申请", "销号申请", "报表"};
    for (size_t i = 0; i < 4; i++) {
        struct receipt file = {.id = 7, .known_at = at("2021-09-06"), .feed = slice_of(tables[i]), .refused = 1};
        struct stream_facts facts = agent();
        facts.period = (struct period){on("2021-08-01"), on("2021-08-31"), on("2021-09-06")};
        facts.owed = facts.missing = 37;
        facts.heard_at = facts.heard_before = at("2021-09-06T23:00:00+08:00");
        facts.receipts = &file;
        facts.receipt_count = 1;
        struct alert_wants wants = stream_wants(&p, &facts, "2021-09-07T00:00:00+08:00");
        const struct alert_want *missing = find(&wants, ALERT_MISSING);
        cr_assert(find(&wants, ALERT_REJECTED) && missing, "%s", tables[i]);
        if (i < 3)
            cr_expect_null(missing->inhibit, "%s", tables[i]);
        else
            cr_expect_str_eq(missing->inhibit, "rejected");
    }
}

/* --- life --- */

static struct alert_wants one(enum alert_rule rule, const char *step, unsigned rank) {
    struct alert_wants wants = {.count = 1};
    wants.items[0] =
        (struct alert_want){.rule = rule, .step = step, .rank = rank, .period = DAY_NONE, .about = DAY_NONE};
    return wants;
}
static struct alert standing_alert(enum alert_rule rule, const char *step, enum alert_state state) {
    struct alert alert = {.id = 5, .rule = rule, .state = state, .period = DAY_NONE};
    snprintf(alert.step, sizeof alert.step, "%s", step);
    return alert;
}
/* Nobody said or decided anything. */
static const struct alert_case quiet = {.plan = &(struct plan){0}};
static const char *over_progress(const struct alert *standing, const void *context) {
    (void)standing, (void)context;
    return "progress";
}

Test(alert, life_table) {
    static const struct {
        const char *what;
        bool wanted, stands_only;
        const char *inhibit, *step;
        unsigned rank;
        bool stands;
        const char *old_step;
        enum alert_state old_state;
        size_t changes;
        enum alert_state to;
        bool say, recovered;
    } rows[] = {
        {"new", true, false, NULL, "yellow", 1, false, "", 0, 1, ALERT_OPEN, true, false},
        {"new but inhibited", true, false, "offline", "first", 1, false, "", 0, 1, ALERT_SUPPRESSED, false, false},
        {"keeps only what stands", true, true, NULL, "yellow", 1, false, "", 0, 0, 0, false, false},
        {"stands on", true, false, NULL, "yellow", 1, true, "yellow", ALERT_OPEN, 0, 0, false, false},
        {"worsens at once", true, false, NULL, "red", 2, true, "yellow", ALERT_OPEN, 1, ALERT_OPEN, true, false},
        {"never goes back", true, false, NULL, "yellow", 1, true, "red", ALERT_OPEN, 0, 0, false, false},
        {"is suppressed", true, true, "missing", "yellow", 1, true, "yellow", ALERT_OPEN, 1, ALERT_SUPPRESSED, false,
         false},
        {"stays suppressed", true, true, "missing", "yellow", 1, true, "yellow", ALERT_SUPPRESSED, 0, 0, false, false},
        {"opens again", true, false, NULL, "yellow", 1, true, "yellow", ALERT_SUPPRESSED, 1, ALERT_OPEN, true, false},
        {"is over", false, false, NULL, "", 0, true, "yellow", ALERT_OPEN, 1, ALERT_RESOLVED, false, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct alert_wants wants = {0};
        if (rows[i].wanted) wants = one(ALERT_SLIPPING, rows[i].step, rows[i].rank);
        wants.items[0].inhibit = rows[i].inhibit;
        wants.items[0].stands_only = rows[i].stands_only;
        struct alert old = standing_alert(ALERT_SLIPPING, rows[i].old_step, rows[i].old_state);
        struct alert_changes changes;
        alert_life(&quiet, &wants, &old, rows[i].stands ? 1 : 0, over_progress, NULL, &changes);
        cr_assert_eq(changes.count, rows[i].changes, "%s: %zu changes", rows[i].what, changes.count);
        if (changes.count == 0) continue;
        cr_assert_eq(changes.items[0].to, rows[i].to, "%s", rows[i].what);
        cr_assert_eq(changes.items[0].say, rows[i].say, "%s", rows[i].what);
        cr_assert_eq(changes.items[0].recovered, rows[i].recovered, "%s", rows[i].what);
    }
}

Test(alert, turning_overdue_is_no_recovery) {
    struct assessment a = {.state = STATE_OVERDUE};
    struct alert_over over = {.now = &a};
    struct alert old = standing_alert(ALERT_SLIPPING, "red", ALERT_OPEN);
    struct alert_wants none = {0};
    struct alert_changes changes;
    alert_life(&quiet, &none, &old, 1, alert_over_cell, &over, &changes);
    cr_assert_eq(changes.count, 1);
    cr_assert_str_eq(changes.items[0].cause, "overdue");
    cr_assert(!changes.items[0].recovered);
}

Test(alert, a_colour_is_named_only_after_a_release) {
    struct assessment a = {.state = STATE_ON_PLAN, .computed_light = LIGHT_YELLOW, .light = LIGHT_YELLOW};
    struct alert old = standing_alert(ALERT_SLIPPING, "red", ALERT_OPEN);
    cr_assert_str_eq(alert_over_cell(&old, &(struct alert_over){.now = &a, .was = LIGHT_RED}), "red_yellow");
    cr_assert_str_eq(alert_over_cell(&old, &(struct alert_over){.now = &a, .was = LIGHT_YELLOW}), "progress");
}

/* Whether what mended it was a figure, another day, or a figure that had been wrong. */
Test(alert, ends_table) {
    struct programme p;
    struct assessment a;
    struct alert old = standing_alert(ALERT_SLIPPING, "yellow", ALERT_OPEN);
    start(&p);
    struct cell_event *first = report(&p, "31", "2021-09-30", "2021-10-05");
    decide(&p, EVENT_EXTENSION, "2021-10-11", NULL, "2022-06-30");
    assess_at(&p, "2021-10-12", &a);
    struct alert_over over = {.now = &a, .was = LIGHT_YELLOW, .events = p.events, .count = p.count};
    cr_assert_str_eq(alert_over_cell(&old, &over), "extension", "better only because the day moved");
    report(&p, "40", "2021-10-31", "2021-11-04");
    assess_at(&p, "2021-11-05", &a);
    over.count = p.count;
    cr_assert_str_eq(alert_over_cell(&old, &over), "progress");
    start(&p);
    first = report(&p, "31", "2021-09-30", "2021-10-05");
    correct(&p, "46.5", "2021-09-30", "2021-10-07", first, "漏填一段");
    assess_at(&p, "2021-10-08", &a);
    over.count = p.count;
    cr_assert_str_eq(alert_over_cell(&old, &over), "corrected");
}

/* --- the house's own --- */

Test(alert, a_calendar_without_the_next_year_is_asked_for_from_december_on) {
    static const char days[] = "date,kind,name\n2021-01-01,holiday,元旦\n2021-12-31,workday,\n";
    struct findings findings = {0};
    struct calendar *calendar = NULL;
    cr_assert_eq(calendar_read("c.csv", slice_of(days), &calendar, &findings), ERROR_OK);
    struct programme p;
    start(&p);
    p.plan.calendar = calendar;
    struct alert_wants wants;
    alert_wants_house(&p.plan, INSTANT_NONE, at("2021-11-30T23:59:59+08:00"), &wants);
    cr_assert_eq(wants.count, 0);
    cr_assert_eq(alert_next_house(&p.plan, at("2021-11-30")).ms, at("2021-12-01T00:00:00+08:00").ms);
    alert_wants_house(&p.plan, INSTANT_NONE, at("2021-12-01T00:00:00+08:00"), &wants);
    cr_assert_eq(wants.count, 1);
    cr_assert_eq(wants.items[0].rule, ALERT_CALENDAR);
    cr_assert_str_eq(day_of(wants.items[0].period), "2022-01-01");
    cr_assert_str_eq(wants.items[0].key, "test|calendar|calendar|2022-01-01");
    cr_assert_eq(alert_next_house(&p.plan, at("2021-12-01")).ms, at("2022-12-01T00:00:00+08:00").ms);
    calendar_destroy(&calendar);
    findings_finish(&findings);
}

Test(alert, what_does_not_leave_the_house_is_an_alert) {
    struct programme p;
    start(&p);
    struct alert_wants wants;
    alert_wants_house(&p.plan, at("2021-05-06T08:30:00+08:00"), at("2021-05-06T09:10:00+08:00"), &wants);
    cr_assert_eq(wants.count, 1);
    cr_assert_eq(wants.items[0].rule, ALERT_STUCK);
    alert_wants_message(&p.plan, 17, "D21-0506-03", true, &wants);
    cr_assert_eq(wants.count, 1);
    cr_assert_eq(wants.items[0].rule, ALERT_UNDELIVERABLE);
    cr_assert_eq(wants.items[0].message, 17);
    cr_assert_str_eq(wants.items[0].key, "test|undeliverable|D21-0506-03|");
    alert_wants_message(&p.plan, 17, "D21-0506-03", false, &wants);
    cr_assert_eq(wants.count, 0);
    struct alert old = standing_alert(ALERT_UNDELIVERABLE, "first", ALERT_OPEN);
    cr_assert_str_eq(alert_over_house(&old, NULL), "delivered");
}
