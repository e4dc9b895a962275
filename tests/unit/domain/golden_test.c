/* Every text that leaves the house against the one written by hand in golden/, over the shipped plan with the sample's
 * tables; and what holds of all of them: fair means. */
#include <dirent.h>
#include <stdlib.h>

#include "common/base/text.h"
#include "common/domain/digest.h"
#include "tests/unit/domain/plan_texts.h"
#include "tests/unit/domain/programme.h"

enum { ITEMS = 48 };

struct scene {
    struct plan *plan;
    struct programme p; /* events of the cell that is built next */
    struct assess_scratch *scratch;
    struct assessment assessments[ITEMS];
    struct digest_item items[ITEMS];
    size_t count;
    struct digest_view view;
    unsigned decimals;
};

static struct plan *sample_plan(void) {
    static const char *const roles[][2] = {{"plan", "deploy/plan/guangyuan.yaml"},
                                           {"allocation", "deploy/sample/allocation.csv"},
                                           {"denominators", "deploy/sample/denominators.csv"},
                                           {"nodes", "deploy/sample/nodes.csv"},
                                           {"contacts", "deploy/sample/contacts.csv"},
                                           {"calendar", "deploy/calendar/china-2021-2026.csv"}};
    enum { TEXTS = sizeof roles / sizeof roles[0] };
    struct plan_text texts[TEXTS];
    for (size_t i = 0; i < TEXTS; i++)
        texts[i] = (struct plan_text){roles[i][0], roles[i][1], shipped(roles[i][1])};
    CLEAN(findings_finish) struct findings findings = {0};
    struct plan *plan = NULL;
    enum error_code code = plan_read(texts, TEXTS, &plan, &findings);
    if (code != ERROR_OK) findings_print(&findings);
    cr_assert_eq(code, ERROR_OK);
    for (size_t i = 0; i < TEXTS; i++)
        free((char *)(uintptr_t)texts[i].bytes.ptr);
    return plan;
}

static struct scene *start(const char *recipient, const char *now, const char *number) {
    struct scene *s = calloc(1, sizeof *s);
    s->plan = sample_plan();
    s->scratch = assess_scratch_create();
    s->view = (struct digest_view){.plan = s->plan, .recipient = recipient, .now = at(now), .number = number};
    return s;
}

static void finish(struct scene *s) {
    for (size_t i = 0; i < s->count; i++)
        assessment_finish(&s->assessments[i]);
    assess_scratch_destroy(&s->scratch);
    plan_destroy(&s->plan);
    free(s);
}

/* --- building --- */

static struct cell_event *given(struct scene *s, const char *value, const char *as_of, const char *known) {
    const char *point = strchr(value, '.');
    s->decimals = point && !strchr(value, '/') ? (unsigned)strlen(point + 1) : 0;
    return report(&s->p, value, as_of, known);
}

static struct digest_item *item(struct scene *s, enum alert_rule rule, const char *step) {
    cr_assert_lt(s->count, ITEMS);
    struct digest_item *out = &s->items[s->count++];
    *out = (struct digest_item){.rule = rule, .step = step, .reported_at = INSTANT_NONE, .opened_at = s->view.now};
    return out;
}

/* The cell of the events given so far. */
static struct digest_item *cell(struct scene *s, enum alert_rule rule, const char *step, const char *target,
                                const char *area) {
    size_t index =
        plan_find_cell(s->plan, plan_find_target(s->plan, slice_of(target)), plan_find_area(s->plan, slice_of(area)));
    cr_assert_neq(index, NO_INDEX, "%s %s", target, area);
    struct digest_item *out = item(s, rule, step);
    struct assessment *a = &s->assessments[s->count - 1];
    struct assess_context context = {.plan = s->plan, .known_at = s->view.now, .as_of = instant_day(s->view.now)};
    out->cell = &s->plan->cells[index];
    assess_cell(&context, out->cell, s->p.events, s->p.count, s->scratch, a);
    out->assessment = a;
    if (a->has_value) out->reported_at = a->figure_known_at;
    out->decimals = s->decimals;
    unsigned points = a->forecast.refused == FORECAST_GIVEN ? a->forecast.n : 0;
    cr_assert(
        pace_of_cell(s->plan, out->cell, s->p.events, s->p.count, context.known_at, context.as_of, points, &out->pace));
    s->p.count = 0;
    return out;
}

static void words(struct digest_item *item, const char *text, const char *unit) {
    item->words = slice_of(text);
    item->words_unit = slice_of(unit);
}

/* --- comparing --- */

static char *golden(const char *name) {
    char path[256];
    snprintf(path, sizeof path, "tests/unit/domain/golden/%s.txt", name);
    struct slice bytes = shipped(path);
    char *text = calloc(bytes.len + 1, 1);
    size_t len = bytes.len;
    while (len > 0 && bytes.ptr[len - 1] == '\n')
        len--;
    memcpy(text, bytes.ptr, len);
    free((char *)(uintptr_t)bytes.ptr);
    return text;
}

static void check_and_finish(struct scene *s, const char *name) {
    CLEAN(buffer_finish) struct buffer text = {0};
    char *wanted = golden(name);
    digest_message(&s->view, s->items, s->count, &text);
    if (strcmp(buffer_text(&text), wanted) != 0)
        cr_expect(false, "%s\n--- is ---\n%s\n--- wanted ---\n%s", name, buffer_text(&text), wanted);
    free(wanted);
    finish(s);
}

/* In the order in which the alerter says them. */
static void sort(struct scene *s) {
    digest_prepare(s->plan, s->view.past, s->items, s->count);
    for (size_t i = 1; i < s->count; i++)
        for (size_t k = i; k > 0 && digest_compare(s->plan, &s->items[k - 1], &s->items[k]) > 0; k--) {
            struct digest_item swap = s->items[k];
            s->items[k] = s->items[k - 1];
            s->items[k - 1] = swap;
        }
}

/* --- the stories --- */

static void roads_of_autumn(struct scene *s) {
    given(s, "9.0", "2021-05-31", "2021-06-03");
    given(s, "14.0", "2021-06-30", "2021-07-02");
    given(s, "19.5", "2021-07-31", "2021-08-03");
    given(s, "25.0", "2021-08-31", "2021-09-03");
    given(s, "31.0", "2021-09-30", "2021-10-08");
}

static void roads_of_winter(struct scene *s) {
    given(s, "31.0", "2021-09-30", "2021-10-08");
    given(s, "38.0", "2021-10-31", "2021-11-03");
    given(s, "44.8", "2021-11-30", "2021-12-03");
    given(s, "51.3", "2021-12-31", "2022-01-05");
}

static struct digest_item *late_roads(struct scene *s, const char *step) {
    roads_of_winter(s);
    struct digest_item *out = cell(s, ALERT_OVERDUE, step, "T06.1", "510822");
    words(out, "11月下旬起冰冻停工，桥面材料1月到", "县交通运输局");
    out->others = "青川县、市交通运输局、市两改办";
    out->said[0] = at("2022-01-06T08:30:00+08:00");
    return out;
}

static void toilets(struct scene *s) {
    given(s, "4", "2021-11-30", "2021-12-03");
    words(cell(s, ALERT_DUE_SOON, "7", "T13.1", "510821"), "2个村已完工，待验收", "县农业农村局");
}

Test(golden, due_soon) {
    struct scene *s = start("area:510821", "2021-12-24T08:30:00+08:00", "D21-1224-03");
    toilets(s);
    check_and_finish(s, "due_soon_7");
    s = start("office", "2021-12-24T08:30:00+08:00", "D21-1224-04");
    toilets(s);
    s->items[0].meant_for = "市农业农村局";
    check_and_finish(s, "unroutable");
    s = start("area:510822", "2021-12-01T08:30:00+08:00", "D21-1201-04");
    roads_of_autumn(s);
    given(s, "38.0", "2021-10-31", "2021-11-03");
    cell(s, ALERT_DUE_SOON, "30", "T06.1", "510822");
    check_and_finish(s, "due_soon_30");
    s = start("area:510821", "2022-03-24T08:30:00+08:00", "D22-0324-01");
    given(s, "0", "2021-11-30", "2021-12-03");
    decide(&s->p, EVENT_EXTENSION, "2021-12-09", NULL, "2022-03-31");
    given(s, "1", "2022-02-28", "2022-03-03");
    struct digest_item *i = cell(s, ALERT_DUE_SOON, "7", "T04.1", "510821");
    words(i, "征地完成，主体在建", "县住房城乡建设局");
    i->due_document = slice_of("广两改办〔2021〕27号");
    check_and_finish(s, "due_soon_extended");
}

Test(golden, overdue) {
    struct scene *s = start("area:510822", "2022-01-06T08:30:00+08:00", "D22-0106-01");
    late_roads(s, "first");
    check_and_finish(s, "overdue");
    s = start("area:510824", "2022-01-06T08:30:00+08:00", "D22-0106-02");
    given(s, "not done", "2021-12-31", "2022-01-05");
    cell(s, ALERT_OVERDUE, "first", "T06.4", "510824")->others = "苍溪县、市交通运输局、市两改办";
    check_and_finish(s, "overdue_aspire");
    s = start("area:510812", "2022-01-06T08:30:00+08:00", "D22-0106-05");
    cell(s, ALERT_OVERDUE, "first", "T08.7", "510812");
    check_and_finish(s, "overdue_no_figure");
}

static void red_villages(struct scene *s, bool released) {
    given(s, "8", "2021-09-30", "2021-10-08");
    given(s, "9", "2021-10-31", "2021-11-03");
    if (released) decide(&s->p, EVENT_RELEASE, "2021-11-08", NULL, NULL);
}

Test(golden, slipping) {
    struct scene *s = start("area:510822", "2021-10-09T08:30:00+08:00", "D21-1009-02");
    roads_of_autumn(s);
    cell(s, ALERT_SLIPPING, "yellow", "T06.1", "510822");
    check_and_finish(s, "slipping");
    s = start("area:510822", "2021-10-09T08:30:00+08:00", "D21-1009-02");
    roads_of_autumn(s);
    struct digest_item *i = cell(s, ALERT_SLIPPING, "red", "T06.1", "510822");
    i->answer = (struct digest_answer){slice_of("县交通运输局"), slice_of("weather"), slice_of("12月10日前贯通"),
                                       on("2021-09-12"), on("2021-12-10")};
    i->cause = "worse";
    check_and_finish(s, "slipping_worse_than_promised");
    s = start("area:510824", "2021-11-08T16:30:00+08:00", "D21-1108-07");
    red_villages(s, true);
    i = cell(s, ALERT_SLIPPING, "red", "T12.1", "510824");
    words(i, "3村清产核资有争议", "县农业农村局");
    i->past = "D21-1009-06";
    check_and_finish(s, "slipping_released_red");
}

static void stalled_stream(struct scene *s, struct stream_facts *facts, struct receipt *last) {
    *last = (struct receipt){.id = 1,
                             .known_at = at("2021-09-03"),
                             .file = slice_of("剑阁8月报表.csv"),
                             .period = slice_of("2021-08"),
                             .taken = 37};
    *facts = (struct stream_facts){.name = "jiange",
                                   .role = SPEAKER_COUNTY,
                                   .unit = NO_INDEX,
                                   .area = plan_find_area(s->plan, slice_of("510823")),
                                   .period = {on("2021-09-01"), on("2021-09-30"), on("2021-10-08")},
                                   .owed = 37,
                                   .missing = 37,
                                   .receipts = last,
                                   .receipt_count = 1,
                                   .heard_before = at("2021-10-09T08:10:00+08:00")};
}

Test(golden, urged) {
    struct scene *s = start("area:510822", "2022-01-13T08:30:00+08:00", "D22-0113-02");
    late_roads(s, "urged")->past = "D22-0106-01";
    check_and_finish(s, "urged");
    s = start("area:510822", "2022-01-21T08:30:00+08:00", "D22-0121-01");
    struct digest_item *i = late_roads(s, "urged");
    i->past = "D22-0106-01";
    i->cause = "promise_broken";
    i->answer = (struct digest_answer){slice_of("县交通运输局"), slice_of("weather"), slice_of("桥面材料1月15日到"),
                                       on("2022-01-07"), on("2022-01-20")};
    check_and_finish(s, "urged_promise_broken");
    s = start("area:510823", "2021-10-15T08:30:00+08:00", "D21-1015-01");
    struct stream_facts facts;
    struct receipt last;
    stalled_stream(s, &facts, &last);
    facts.heard_before = at("2021-10-15T08:10:00+08:00");
    i = item(s, ALERT_MISSING, "urged");
    i->stream = &facts;
    i->said[0] = at("2021-10-09T08:30:00+08:00");
    i->past = "D21-1009-01";
    check_and_finish(s, "urged_missing");
}

static void roads_of_january(struct scene *s) {
    roads_of_winter(s);
    given(s, "53.0", "2022-01-31", "2022-02-07");
}

static struct digest_issue issue_3(const char *level) {
    return (struct digest_issue){level, slice_of("广两改办〔2022〕3号"), slice_of("李明"), on("2022-01-28")};
}

Test(golden, proposed) {
    struct scene *s = start("office", "2022-01-27T08:30:00+08:00", "D22-0127-01");
    struct digest_item *i = late_roads(s, "yellow_card");
    i->said[1] = at("2022-01-13T08:30:00+08:00");
    check_and_finish(s, "proposed_yellow_card");
    s = start("office", "2022-02-15T08:30:00+08:00", "D22-0215-01");
    roads_of_january(s);
    i = cell(s, ALERT_OVERDUE, "red_card", "T06.1", "510822");
    i->said[0] = at("2022-01-06T08:30:00+08:00");
    i->said[1] = at("2022-01-13T08:30:00+08:00");
    i->said[2] = at("2022-01-27T08:30:00+08:00");
    i->issue = issue_3("yellow_card");
    check_and_finish(s, "proposed_red_card");
}

Test(golden, issued) {
    struct scene *s = start("area:510822", "2022-01-28T16:30:00+08:00", "D22-0128-01");
    struct digest_item *i = late_roads(s, "issued");
    i->said[1] = at("2022-01-13T08:30:00+08:00");
    i->issue = issue_3("yellow_card");
    i->past = "D22-0113-02";
    check_and_finish(s, "issued_yellow_card");
    s = start("area:510822", "2022-02-10T08:30:00+08:00", "D22-0210-01");
    roads_of_january(s);
    i = cell(s, ALERT_OVERDUE, "withdrawn", "T06.1", "510822");
    i->others = "青川县、市交通运输局、市两改办";
    i->issue = issue_3("yellow_card");
    i->past = "D22-0128-01";
    check_and_finish(s, "withdrawn_yellow_card");
}

Test(golden, office) {
    struct scene *s = start("office", "2021-11-08T08:30:00+08:00", "D21-1108-01");
    red_villages(s, false);
    words(cell(s, ALERT_REVIEW, "first", "T12.1", "510824"), "3村清产核资有争议", "县农业农村局");
    check_and_finish(s, "review");
    static const char *const steps[][4] = {
        {"first", "2021-10-08T16:30:00+08:00", "D21-1008-03", "correction"},
        {"days_3", "2021-10-12T08:30:00+08:00", "D21-1012-01", "correction_waiting"}};
    for (size_t i = 0; i < 2; i++) {
        s = start("office", steps[i][1], steps[i][2]);
        given(s, "151", "2021-08-31", "2021-09-03");
        given(s, "148", "2021-09-30", "2021-10-08");
        cell(s, ALERT_CORRECTION, steps[i][0], "T08.5", "510821");
        check_and_finish(s, steps[i][3]);
    }
}

Test(golden, fell_back) {
    struct scene *s = start("area:510823", "2021-08-05T08:30:00+08:00", "D21-0805-01");
    given(s, "870/1000", "2021-06-30", "2021-07-02");
    given(s, "860/1000", "2021-07-31", "2021-08-04");
    cell(s, ALERT_FELL_BACK, "first", "T13.6", "510823");
    check_and_finish(s, "fell_back");
}

Test(golden, silence) {
    struct scene *s = start("area:510823", "2021-10-09T08:30:00+08:00", "D21-1009-01");
    struct stream_facts facts;
    struct receipt last;
    stalled_stream(s, &facts, &last);
    item(s, ALERT_MISSING, "first")->stream = &facts;
    check_and_finish(s, "missing");

    s = start("area:510823", "2021-10-12T16:30:00+08:00", "D21-1012-01");
    stalled_stream(s, &facts, &last);
    last = (struct receipt){.id = 2, .known_at = at("2021-10-12"), .taken = 37};
    facts.missing = 0;
    struct digest_item *i = item(s, ALERT_MISSING, "recovered");
    i->stream = &facts;
    i->opened_at = at("2021-10-09");
    i->past = "D21-1009-01";
    check_and_finish(s, "missing_recovered");

    s = start("it:510823", "2021-10-08T08:30:00+08:00", "D21-1008-02");
    stalled_stream(s, &facts, &last);
    facts.period = (struct period){on("2021-08-01"), on("2021-08-31"), on("2021-09-06")};
    facts.missing = 0;
    facts.heard_before = at("2021-09-28T17:20:00+08:00");
    item(s, ALERT_OFFLINE, "first")->stream = &facts;
    check_and_finish(s, "offline");

    s = start("it:510823", "2021-10-09T08:30:00+08:00", "D21-1009-04");
    facts.area = plan_find_area(s->plan, slice_of("510823"));
    i = item(s, ALERT_OFFLINE, "recovered");
    i->stream = &facts;
    i->opened_at = at("2021-10-08");
    i->past = "D21-1008-02";
    check_and_finish(s, "offline_recovered");
}

Test(golden, rejected) {
    struct scene *s = start("area:510823", "2021-10-08T16:30:00+08:00", "D21-1008-01");
    struct stream_facts facts;
    struct receipt last;
    stalled_stream(s, &facts, &last);
    struct receipt refused = {.id = 2,
                              .known_at = at("2021-10-08"),
                              .file = slice_of("剑阁9月报表.csv"),
                              .refused = 37,
                              .place = slice_of(":2"),
                              .text = slice_of("找不到“累计完成”列；最像的是“累计完成数”")};
    struct digest_item *i = item(s, ALERT_REJECTED, "first");
    i->stream = &facts;
    i->receipt = &refused;
    check_and_finish(s, "rejected");
    s = start("area:510823", "2021-10-09T16:30:00+08:00", "D21-1009-03");
    i = item(s, ALERT_REJECTED, "recovered");
    i->stream = &facts;
    i->receipt = &refused;
    i->opened_at = at("2021-10-08");
    i->past = "D21-1008-01";
    check_and_finish(s, "rejected_recovered");
}

static void wires(struct scene *s) {
    given(s, "20.0", "2021-05-31", "2021-06-03");
    given(s, "27.0", "2021-06-30", "2021-07-02");
    given(s, "34.0", "2021-07-31", "2021-08-03");
    given(s, "41.0", "2021-08-31", "2021-09-03");
    decide(&s->p, EVENT_RELEASE, "2021-09-08", NULL, NULL);
    given(s, "58.5", "2021-09-30", "2021-10-08");
    given(s, "76.8", "2021-10-31", "2021-11-03");
}

static struct digest_item *better_wires(struct scene *s) {
    wires(s);
    struct digest_item *i = cell(s, ALERT_SLIPPING, "recovered", "T08.4", "510824");
    i->cause = "red_yellow";
    i->red_since = on("2021-09-08");
    i->past = "D21-0908-04";
    return i;
}

Test(golden, recovered) {
    struct scene *s = start("area:510824", "2021-11-04T08:30:00+08:00", "D21-1104-02");
    better_wires(s);
    check_and_finish(s, "recovered_red_to_yellow");
    s = start("area:510824", "2021-12-06T08:30:00+08:00", "D21-1206-01");
    wires(s);
    given(s, "90.0", "2021-11-30", "2021-12-03");
    struct digest_item *i = cell(s, ALERT_SLIPPING, "recovered", "T08.4", "510824");
    i->cause = "progress";
    i->opened_at = at("2021-08-04");
    i->past = "D21-1104-02";
    check_and_finish(s, "made_good");
    s = start("area:510822", "2022-03-04T08:30:00+08:00", "D22-0304-01");
    roads_of_january(s);
    given(s, "62.0", "2022-02-28", "2022-03-03");
    i = cell(s, ALERT_OVERDUE, "recovered", "T06.1", "510822");
    i->cause = "done";
    i->opened_at = at("2022-01-06");
    i->past = "D22-0113-02";
    check_and_finish(s, "recovered_done_late");
    s = start("area:510822", "2021-12-10T08:30:00+08:00", "D21-1210-01");
    roads_of_autumn(s);
    given(s, "62.0", "2021-12-08", "2021-12-09");
    i = cell(s, ALERT_SLIPPING, "recovered", "T06.1", "510822");
    i->cause = "done";
    i->opened_at = at("2021-10-09");
    i->past = "D21-1009-02";
    i->answer = (struct digest_answer){
        slice_of("县交通运输局"), {0}, slice_of("12月10日前贯通"), on("2021-10-12"), on("2021-12-10")};
    check_and_finish(s, "recovered_done_as_promised");
    s = start("area:510821", "2021-12-10T08:30:00+08:00", "D21-1210-02");
    given(s, "0", "2021-11-30", "2021-12-03");
    decide(&s->p, EVENT_EXTENSION, "2021-12-09", NULL, "2022-03-31");
    i = cell(s, ALERT_SLIPPING, "recovered", "T04.1", "510821");
    i->cause = "extension";
    i->due_document = slice_of("广两改办〔2021〕27号");
    i->opened_at = at("2021-11-04");
    i->past = "D21-1104-05";
    check_and_finish(s, "recovered_by_extension");
}

Test(golden, house) {
    struct scene *s = start("office", "2022-01-06T08:40:00+08:00", "D22-0106-09");
    item(s, ALERT_UNDELIVERABLE, "first")->house = (struct digest_house){.number = "D22-0106-01",
                                                                         .channel = "qingchuan-qun",
                                                                         .meant_for = "青川县",
                                                                         .answer = "errcode 93000 invalid webhook url"};
    check_and_finish(s, "undeliverable");
    s = start("office", "2021-12-01T08:30:00+08:00", "D21-1201-01");
    item(s, ALERT_CALENDAR, "first")->house.year = 2022;
    check_and_finish(s, "calendar");
    s = start("office", "2022-01-06T09:20:00+08:00", "D22-0106-10");
    item(s, ALERT_STUCK, "first")->house = (struct digest_house){.waiting = 12, .minutes = 45};
    check_and_finish(s, "stuck");
}

/* --- lists --- */

static struct digest_item *behind(struct scene *s, const char *target, const char *area, const char *value,
                                  int64_t alert) {
    given(s, value, "2021-10-31", "2021-11-03");
    struct digest_item *i = cell(s, ALERT_SLIPPING, "yellow", target, area);
    i->alert = alert;
    return i;
}

static struct digest_item *red(struct scene *s, const char *target, const char *area, const char *value,
                               int64_t alert) {
    given(s, value, "2021-10-31", "2021-11-03");
    decide(&s->p, EVENT_RELEASE, "2021-11-08", NULL, NULL);
    struct digest_item *i = cell(s, ALERT_SLIPPING, "red", target, area);
    i->alert = alert;
    return i;
}

Test(golden, digest_for_a_lead) {
    struct scene *s = start("unit:市农业农村局", "2021-11-08T16:20:00+08:00", "D21-1108-05");
    static const struct digest_past_item before[] = {{1, "red", false},    {2, "red", false},    {3, "yellow", false},
                                                     {4, "yellow", false}, {5, "yellow", false}, {6, "yellow", false},
                                                     {8, "first", false},  {9, "yellow", true},  {10, "yellow", true}};
    struct digest_past past = {on("2021-11-01"), before, sizeof before / sizeof before[0]};
    s->view.past = &past;
    s->view.reported = 6;
    s->view.expected = 7;
    behind(s, "T13.1", "510821", "4", 6);
    behind(s, "T12.1", "510822", "5", 3);
    behind(s, "T12.1", "510811", "7", 7);
    struct stream_facts facts = {.name = "lizhou",
                                 .role = SPEAKER_COUNTY,
                                 .unit = NO_INDEX,
                                 .area = plan_find_area(s->plan, slice_of("510802")),
                                 .period = {on("2021-10-01"), on("2021-10-31"), on("2021-11-05")},
                                 .owed = 7,
                                 .missing = 7};
    struct digest_item *i = item(s, ALERT_MISSING, "first");
    i->stream = &facts;
    i->alert = 8;
    i = red(s, "T12.3", "510824", "10", 2);
    i->words_unit = slice_of("县农业农村局");
    behind(s, "T13.1", "510812", "2", 4);
    words(red(s, "T12.1", "510824", "9", 1), "3村清产核资有争议", "县农业农村局");
    behind(s, "T13.1", "510823", "3", 5);
    sort(s);
    check_and_finish(s, "digest_lead");
}

Test(golden, digest_for_a_county) {
    struct scene *s = start("area:510822", "2022-01-13T08:30:00+08:00", "D22-0113-02");
    given(s, "0", "2021-11-30", "2021-12-03");
    decide(&s->p, EVENT_EXTENSION, "2021-12-09", NULL, "2022-01-20");
    cell(s, ALERT_DUE_SOON, "7", "T04.1", "510822");
    given(s, "9", "2021-12-31", "2022-01-05");
    cell(s, ALERT_OVERDUE, "first", "T12.1", "510822");
    late_roads(s, "urged");
    sort(s);
    check_and_finish(s, "digest_county");
}

Test(golden, digest_for_the_office) {
    struct scene *s = start("office", "2022-01-27T08:30:00+08:00", "D22-0127-02");
    given(s, "151", "2021-08-31", "2021-09-03");
    given(s, "148", "2021-09-30", "2021-10-08");
    cell(s, ALERT_CORRECTION, "first", "T08.5", "510821");
    s->view.now = at("2021-11-08T08:30:00+08:00"); /* judged before its due day */
    red_villages(s, false);
    cell(s, ALERT_REVIEW, "first", "T12.1", "510824");
    s->view.now = at("2022-01-27T08:30:00+08:00");
    late_roads(s, "yellow_card");
    sort(s);
    check_and_finish(s, "digest_office");
}

Test(golden, digest_of_good_news) {
    struct scene *s = start("area:510824", "2021-11-04T08:30:00+08:00", "D21-1104-09");
    better_wires(s);
    struct stream_facts facts = {.name = "cangxi",
                                 .role = SPEAKER_COUNTY,
                                 .unit = NO_INDEX,
                                 .area = plan_find_area(s->plan, slice_of("510824")),
                                 .period = {on("2021-10-01"), on("2021-10-31"), on("2021-11-05")},
                                 .owed = 31};
    item(s, ALERT_MISSING, "recovered")->stream = &facts;
    sort(s);
    check_and_finish(s, "digest_recovered");
}

Test(golden, digest_for_a_room) {
    struct scene *s = start("room:wecom:liangai-qun", "2021-12-24T08:30:00+08:00", "D21-1224-08");
    red_villages(s, true);
    struct digest_item *i = cell(s, ALERT_SLIPPING, "red", "T12.1", "510824");
    words(i, "3村清产核资有争议", "县农业农村局");
    i->recipient = "unit:市农业农村局";
    roads_of_autumn(s);
    cell(s, ALERT_SLIPPING, "yellow", "T06.1", "510822")->recipient = "area:510822";
    toilets(s);
    s->items[2].recipient = "area:510821";
    struct stream_facts facts = {.name = "wangcang",
                                 .role = SPEAKER_COUNTY,
                                 .unit = NO_INDEX,
                                 .area = plan_find_area(s->plan, slice_of("510821")),
                                 .period = {on("2021-11-01"), on("2021-11-30"), on("2021-12-06")},
                                 .owed = 37,
                                 .missing = 37};
    i = item(s, ALERT_MISSING, "first");
    i->stream = &facts;
    i->recipient = "area:510821";
    sort(s);
    check_and_finish(s, "digest_room");
}

Test(golden, city) {
    struct scene *s = start("unit:市交通运输局", "2022-01-06T08:30:00+08:00", "D22-0106-06");
    static const char *const values[][2] = {{"510811", "40"}, {"510812", "40"}, {"510821", "56"},
                                            {"510822", "50"}, {"510823", "50"}, {"510824", "60"}};
    size_t target = plan_find_target(s->plan, slice_of("T06.1"));
    static struct assessment counties[COUNTIES];
    for (size_t i = 0; i < COUNTIES; i++) {
        const char *code = s->plan->areas[s->plan->cells[s->plan->targets[target].first_cell + 1 + i].area].code;
        for (size_t v = 0; v < sizeof values / sizeof values[0]; v++)
            if (strcmp(values[v][0], code) == 0) given(s, values[v][1], "2021-10-31", "2021-11-03");
        cell(s, ALERT_OVERDUE, "first", "T06.1", code);
        counties[i] = s->assessments[i];
    }
    s->count = 0;
    struct digest_item *i = item(s, ALERT_OVERDUE, "first");
    static struct assessment city;
    struct assess_context context = {.plan = s->plan, .known_at = s->view.now, .as_of = instant_day(s->view.now)};
    i->cell = &s->plan->cells[s->plan->targets[target].first_cell];
    assess_rollup(&context, i->cell, counties, COUNTIES, NULL, 0, s->scratch, &city);
    i->assessment = &city;
    i->reported_at = city.figure_known_at;
    i->others = "市交通运输局、市两改办";
    s->count = 1;
    check_and_finish(s, "city_overdue");
    assessment_finish(&city);
}

Test(golden, per_cent) {
    struct scene *s = start("area:510822", "2022-01-10T08:30:00+08:00", "D22-0110-07");
    given(s, "6/12", "2021-12-31", "2022-01-07");
    cell(s, ALERT_OVERDUE, "first", "T12.2", "510822");
    check_and_finish(s, "overdue_percent");
}

Test(golden, decided_otherwise) {
    struct scene *s = start("area:510822", "2021-10-12T08:30:00+08:00", "D21-1012-05");
    given(s, "46.5", "2021-09-30", "2021-10-08");
    struct digest_item *i = cell(s, ALERT_SLIPPING, "recovered", "T06.1", "510822");
    i->cause = "corrected";
    i->opened_at = at("2021-10-09");
    i->past = "D21-1009-02";
    check_and_finish(s, "recovered_by_correction");
    s = start("area:510822", "2021-10-09T08:30:00+08:00", "D21-1009-02");
    roads_of_autumn(s);
    cell(s, ALERT_SLIPPING, "yellow", "T06.1", "510822");
    struct assessment *a = &s->assessments[0];
    a->overridden = true;
    a->light = LIGHT_BLUE;
    a->computed_light = LIGHT_YELLOW;
    a->override_reason = slice_of("8月山洪断道，已书面说明");
    a->override_until = on("2021-10-31");
    check_and_finish(s, "slipping_overridden");
    s = start("area:510822", "2021-10-09T08:30:00+08:00", "D21-1009-02");
    roads_of_autumn(s);
    cell(s, ALERT_SLIPPING, "yellow", "T06.1", "510822");
    s->assessments[0].two_sources = true;
    check_and_finish(s, "slipping_two_sources");
    s = start("area:510823", "2021-11-01T16:30:00+08:00", "D21-1101-02");
    struct stream_facts facts;
    struct receipt last;
    stalled_stream(s, &facts, &last);
    i = item(s, ALERT_MISSING, "issued");
    i->stream = &facts;
    i->said[0] = at("2021-10-09");
    i->said[1] = at("2021-10-15");
    i->past = "D21-1015-01";
    i->issue = (struct digest_issue){"circular", slice_of("广两改办〔2021〕31号"), slice_of("李明"), on("2021-11-01")};
    check_and_finish(s, "issued_for_silence");
}

Test(golden, digest_of_what_is_due_soon) {
    struct scene *s = start("area:510822", "2021-12-01T08:30:00+08:00", "D21-1201-08");
    roads_of_autumn(s);
    given(s, "38.0", "2021-10-31", "2021-11-03");
    cell(s, ALERT_DUE_SOON, "30", "T06.1", "510822");
    given(s, "8/12", "2021-10-31", "2021-11-03");
    cell(s, ALERT_DUE_SOON, "30", "T12.2", "510822");
    given(s, "3", "2021-10-31", "2021-11-03");
    cell(s, ALERT_DUE_SOON, "30", "T13.1", "510822");
    sort(s);
    check_and_finish(s, "digest_due_soon");
}

Test(golden, digest_with_promises) {
    struct scene *s = start("area:510822", "2021-12-21T08:30:00+08:00", "D21-1221-02");
    static const struct digest_past_item before[] = {{1, "yellow", false}, {2, "yellow", false}, {4, "yellow", false},
                                                     {5, "yellow", false}, {6, "30", false},     {7, "30", false}};
    struct digest_past past = {on("2021-12-06"), before, sizeof before / sizeof before[0]};
    s->view.past = &past;
    given(s, "3", "2021-11-30", "2021-12-03");
    cell(s, ALERT_SLIPPING, "yellow", "T13.1", "510822")->alert = 3;
    given(s, "5", "2021-11-30", "2021-12-03");
    decide(&s->p, EVENT_RELEASE, "2021-12-20", NULL, NULL);
    struct digest_item *i = cell(s, ALERT_SLIPPING, "red", "T12.1", "510822");
    i->alert = 2;
    i->cause = "worse";
    i->answer = (struct digest_answer){slice_of("县农业农村局"), {0}, {0}, on("2021-12-08"), on("2021-12-30")};
    given(s, "44.8", "2021-11-30", "2021-12-03");
    i = cell(s, ALERT_SLIPPING, "urged", "T06.1", "510822");
    i->alert = 1;
    i->cause = "promise_broken";
    i->answer = (struct digest_answer){slice_of("县交通运输局"), {0}, {0}, on("2021-12-08"), on("2021-12-20")};
    sort(s);
    check_and_finish(s, "digest_promises");
}

/* --- long lists: 31 of a lead at once, every county's power lines --- */

static void power_lines(struct scene *s) {
    for (size_t c = 0; c < s->plan->cell_count; c++) {
        const struct cell *of = &s->plan->cells[c];
        const struct target *target = &s->plan->targets[of->target];
        bool wanted = strncmp(target->code, "T08.", 4) == 0 && strlen(target->code) == 5 && target->code[4] <= '5';
        struct decimal value;
        char text[DECIMAL_TEXT_MAX];
        if (!wanted || of->rollup || of->no_task) continue;
        struct exact most = exact_multiply(exact_of(of->goal), exact_ratio(8, 10));
        cr_assert(exact_round(most, target->decimals, ROUND_FLOOR, &value));
        decimal_print(value, text);
        given(s, text, "2021-12-31", "2022-01-05");
        cell(s, ALERT_OVERDUE, "first", target->code, s->plan->areas[of->area].code);
    }
    sort(s);
}

Test(golden, digest_too_long) {
    struct scene *s = start("unit:市发展改革委", "2022-01-06T08:30:00+08:00", "D22-0106-11");
    power_lines(s);
    check_and_finish(s, "digest_long");
    s = start("unit:市发展改革委", "2022-01-06T08:30:00+08:00", "D22-0106-11");
    s->view.bytes_max = DIGEST_BYTES;
    power_lines(s);
    check_and_finish(s, "digest_long_for_a_robot");
}

/* --- fair means, over every text there is --- */

struct text {
    char name[64];
    char *bytes;
};

static bool has(const char *text, const char *words) {
    return strstr(text, words) != NULL;
}

static const char *second_line(const char *text) {
    const char *at = strchr(text, '\n');
    return at ? at + 1 : "";
}

static size_t count_of(const char *text, const char *words) {
    size_t n = 0;
    for (const char *at = strstr(text, words); at; at = strstr(at + 1, words))
        n++;
    return n;
}

static void fair_line_one(const char *name, const char *text) {
    static const char *const states[] = {"临期", "待终报", "逾期", "催办", "滞后", "回落", "未报", "断线",
                                         "退回", "转好",   "补齐", "更正", "核定", "督办", "运行"};
    size_t len = strcspn(text, "\n");
    cr_assert_leq(text_chars(text, len), 40, "%s", name);
    bool known = false;
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
        known |= strncmp(text, "【", 3) == 0 && strncmp(text + 3, states[i], strlen(states[i])) == 0 &&
                 strncmp(text + 3 + strlen(states[i]), "】", 3) == 0;
    cr_assert(known, "%s: a state word out of the closed list", name);
}

/* As of when, and when it was known or what the silence is reckoned from. */
static void fair_dates(const char *name, const char *text) {
    const char *rest = second_line(text);
    bool cell = has(rest, "截至") && (has(rest, "报）") || has(rest, "所知"));
    bool silence = has(rest, "月") && has(rest, "日");
    cr_assert(cell || silence, "%s: no date", name);
    bool figure = has(text, "公里") && !has(text, "所知");
    if (figure) cr_assert(cell, "%s: as of and reported", name);
}

static void fair_words(const char *name, const char *text) {
    static const char *const adjectives[] = {"严重", "不力", "缓慢", "落伍", "较差",   "最差", "糟",   "滞缓",
                                             "消极", "敷衍", "拖延", "懈怠", "不重视", "优秀", "突出", "很",
                                             "非常", "务必", "立即", "马上", "您好",   "尊敬", "排第", "名列"};
    for (size_t i = 0; i < sizeof adjectives / sizeof adjectives[0]; i++)
        cr_assert(!has(text, adjectives[i]), "%s: %s", name, adjectives[i]);
    cr_assert_eq(strpbrk(text, "*#`_<>[]"), NULL, "%s: markdown", name);
    for (size_t at = 0, len = strlen(text); at < len;)
        cr_assert_lt(text_next(text, len, &at), 0x1F000, "%s: no emoji", name);
    bool single_cell = has(text, "请办：") && !has(text, "文件“") && !has(text, "采集端") && !has(text, "通道 ") &&
                       !has(text, "日历") && !has(text, "duban doctor") && !has(text, "发不发") &&
                       !has(text, "按文件办理") && !has(text, "各县合计");
    if (single_cell) cr_assert(has(text, "说明：“") || has(text, "说明：没有填"), "%s: its own words", name);
}

/* Silence is never lateness of the work, and a red is named only once a person let it out. */
static void fair_colours(const char *name, const char *text) {
    if (strncmp(text, "【未报】", strlen("【未报】")) == 0) {
        cr_assert(has(text, "不算滞后"), "%s", name);
        cr_assert(!has(text, "慢") && !has(text, "逾期"), "%s", name);
    }
    bool office = strncmp(text, "【核定】", strlen("【核定】")) == 0 || has(text, "duban approve");
    bool released = has(text, "亮灯：红（") || has(text, "红灯经") || has(text, "红转黄");
    size_t reds = count_of(text, "红") - count_of(text, "红牌");
    if (!office && !released) cr_assert_eq(reds, 0, "%s: a colour word before a release", name);
}

/* Both dates where one was moved; who can be asked and by which number. */
static void fair_answers(const char *name, const char *text) {
    if (has(text, "延）") || has(text, "（延") || has(text, "延期至"))
        cr_assert(has(text, "原期限") ? has(text, "现期限") : has(text, "项要办"), "%s: both days", name);
    const char *number = strstr(text, "编号 D");
    cr_assert(number, "%s: no number", name);
    bool office = !has(text, "0839-");
    if (office) cr_assert(has(text, "duban ") || has(text, "日历"), "%s: nobody to ask", name);
    if (has(text, "请回：") || has(text, "无说明的，1")) cr_assert(has(text, "回复.csv"), "%s: how to answer", name);
    if (has(text, "无说明的")) cr_assert(has(text, "请办") || has(text, "请回") || has(text, "发不发"), "%s", name);
}

/* A message to one names no other county. */
static void fair_to_one(const char *name, const char *text) {
    static const char *const counties[] = {"利州", "昭化", "朝天", "旺苍", "青川", "剑阁", "苍溪"};
    if (has(text, "项要办") || has(text, "项：") || has(text, "各县合计")) return;
    size_t named = 0;
    for (size_t i = 0; i < sizeof counties / sizeof counties[0]; i++)
        named += has(text, counties[i]);
    cr_assert_leq(named, 1, "%s", name);
}

static size_t read_all(struct text *out, size_t capacity) {
    DIR *folder = opendir(DUBAN_SOURCE_DIR "/tests/unit/domain/golden");
    cr_assert_not_null(folder);
    size_t n = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        const char *end = strstr(entry->d_name, ".txt");
        if (!end) continue;
        cr_assert_lt(n, capacity);
        snprintf(out[n].name, sizeof out[n].name, "%.*s", (int)(end - entry->d_name), entry->d_name);
        out[n].bytes = golden(out[n].name);
        n++;
    }
    closedir(folder);
    return n;
}

Test(golden, fair_means) {
    static struct text texts[128];
    size_t count = read_all(texts, 128);
    cr_assert_gt(count, 38);
    for (size_t i = 0; i < count; i++) {
        const char *name = texts[i].name, *text = texts[i].bytes;
        fair_line_one(name, text);
        fair_dates(name, text);
        fair_words(name, text);
        fair_colours(name, text);
        fair_answers(name, text);
        fair_to_one(name, text);
        bool whole = strcmp(name, "digest_long") == 0;
        if (!whole) cr_assert_leq(strlen(text), 2048, "%s: %zu bytes", name, strlen(text));
        free(texts[i].bytes);
    }
}
