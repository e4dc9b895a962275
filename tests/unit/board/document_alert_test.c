/* The alerts that stand: whose they are, what is said of them, what comes next. */
#include "services/board/document_alert.h"
#include "tests/unit/board/facts_scene.h"

static const char text_[] =
    "programme: x\n"
    "title: 示例\n"
    "city: {code: \"510800\", name: 广元市, short: 全市}\n"
    "areas: [{code: \"510822\", name: 青川县, short: 青川}, {code: \"510823\", name: 剑阁县, short: 剑阁}]\n"
    "units: [{name: 市交通运输局}, {name: 市教育局}]\n"
    "tasks:\n"
    "  - {code: T01, title: 道路, leads: [市交通运输局], targets: [\n"
    "      {code: T01.1, name: 直连道路, unit: 公里, kind: cumulative, value: 124, decimals: 1, due: 2021-12-31,\n"
    "       shares: {\"510822\": 62, \"510823\": 62}},\n"
    "      {code: T01.2, name: 示范路, unit: 公里, kind: cumulative, value: 20, due: 2021-12-31, firmness: aspire,\n"
    "       shares: {\"510822\": 10, \"510823\": 10}}]}\n"
    "  - {code: T02, title: 校舍, leads: [市教育局], targets: [\n"
    "      {code: T02.1, name: 校舍面积, unit: 平方米, kind: cumulative, value: 5, due: 2021-12-31,\n"
    "       shares: {\"510822\": 2, \"510823\": 3}}]}\n";

static struct alert_row row(int64_t id, const char *rule, const char *target, const char *area) {
    return (struct alert_row){.id = id, .rule = rule, .target = target, .area = area, .stream = "", .period = DAY_NONE,
                              .state = "open", .cause = "called", .step = "first", .facts = "{\"light\":\"red\"}",
                              .opened_at = at("2022-01-05T10:00:00+08:00"), .changed_at = at("2022-01-05T10:00:00+08:00"),
                              .resolved_at = INSTANT_NONE};
}

static struct board_said said_on(int64_t alert, const char *instant) {
    return (struct board_said){.alert = alert,
                               .rung_said_at = at(instant),
                               .newest = {"D22-0106-02", "【逾期】青川 直连道路", 2},
                               .open = {"D22-0106-01", "【逾期】青川 直连道路", 1}};
}

static void prepare(struct scene *scene, struct alert_row *rows, size_t count, struct board_said *said, size_t said_count) {
    scene_init(scene, text_, "2022-01-06T16:30:00+08:00");
    scene->facts.view.alerts = (struct alert_rows){.items = rows, .count = count};
    scene->facts.standing = (struct board_standing){.items = said, .count = said_count};
}

/* MESSAGES: said on Thursday 6 January, five working days later is Thursday the 13th. */
Test(alerts, the_next_step_has_its_day) {
    CLEAN(scene_finish) struct scene scene;
    struct alert_row rows[] = {row(1, "overdue", "T01.1", "510822")};
    struct board_said said_[] = {said_on(1, "2022-01-06T08:30:00+08:00")};
    prepare(&scene, rows, 1, said_, 1);
    CLEAN(json_drop) json_t *document = made(document_alerts, &scene, &office, NULL);
    cr_expect_str_eq(said(document, "alerts.0.next_step.on"), "2022-01-13");
    cr_expect_str_eq(said(document, "alerts.0.next_step.rung_word"), "催办");
    cr_expect_str_eq(said(document, "alerts.0.next_step.words"), "无说明的，1月13日转催办");
    cr_expect_str_eq(said(document, "alerts.0.number"), "D22-0106-02/2");
    cr_expect_str_eq(said(document, "alerts.0.subject"), "青川 直连道路");
    cr_expect_str_eq(said(document, "alerts.0.unit"), "市交通运输局");
    cr_expect_str_eq(said(document, "alerts.0.promise"), "");
    cr_expect_str_eq(said(document, "counts.open"), "1");
    cr_expect_str_eq(said(document, "next"), "");
}

/* Not said yet: nothing counts. 力争 is never more than reminded. What is suppressed stands still. */
Test(alerts, what_does_not_climb_has_no_next_step) {
    CLEAN(scene_finish) struct scene scene;
    struct alert_row rows[] = {row(1, "overdue", "T01.1", "510822"), row(2, "overdue", "T01.2", "510822"),
                               row(3, "slipping", "T01.1", "510823")};
    struct board_said said_[] = {said_on(2, "2022-01-06T08:30:00+08:00"), said_on(3, "2022-01-06T08:30:00+08:00")};
    rows[2].state = "suppressed";
    rows[2].cause = "missing";
    prepare(&scene, rows, 3, said_, 2);
    CLEAN(json_drop) json_t *document = made(document_alerts, &scene, &office, NULL);
    for (size_t i = 0; i < 3; i++) {
        char path[40];
        snprintf(path, sizeof path, "alerts.%zu.next_step", i);
        cr_expect_str_eq(said(document, path), "");
    }
    CLEAN(json_drop) json_t *hidden =
        made(document_alerts, &scene, &office, &(struct document_request){.state = "suppressed"});
    cr_expect_eq(json_array_size(json_object_get(hidden, "alerts")), 1);
    cr_expect_str_eq(said(hidden, "alerts.0.cause_word"), "未报，数据已旧");
    cr_expect_str_eq(said(hidden, "counts.open"), "2", "counts are of all, whatever is listed");
}

/* A promise holds until its day; the light is what it was. */
Test(alerts, a_promise_stands_with_its_day_and_what_follows) {
    CLEAN(scene_finish) struct scene scene;
    struct alert_row rows[] = {row(1, "overdue", "T01.1", "510822")};
    struct board_said said_[] = {said_on(1, "2022-01-06T08:30:00+08:00")};
    struct answer_row promise = {.reply = 9, .alert = 1, .number = "D22-0106-01", .who = "县交通局", .reason = "weather",
                                 .words = "冰冻停工", .reporter = "", .refused = "", .rule = "overdue", .target = "T01.1",
                                 .area = "510822", .stream = "", .outcome = "standing", .by_day = on("2022-01-21"),
                                 .known_at = at("2022-01-06T10:00:00+08:00"), .ended_at = INSTANT_NONE};
    rows[0].state = "promised";
    prepare(&scene, rows, 1, said_, 1);
    scene.facts.morning.sent.answers = (struct answer_rows){.items = &promise, .count = 1};
    CLEAN(json_drop) json_t *document = made(document_alerts, &scene, &office, NULL);
    CLEAN(json_drop) json_t *overview = made(document_overview, &scene, &office, NULL);
    cr_expect_str_eq(said(document, "alerts.0.promise.who"), "县交通局");
    cr_expect_str_eq(said(document, "alerts.0.promise.by_day"), "2022-01-21");
    cr_expect_str_eq(said(document, "alerts.0.promise.reason_word"), "天气");
    cr_expect_str_eq(said(document, "alerts.0.next_step.on"), "2022-01-24", "the 21st is a Friday");
    cr_expect_str_eq(said(document, "alerts.0.next_step.words"), "承诺到期未办结的，1月24日转催办");
    cr_expect_str_eq(said(overview, "coming.0.words"), "青川 直连道路承诺到期（县交通局）");
    cr_expect_str_eq(said(overview, "coming.0.on"), "2022-01-21");
    cr_expect_str_eq(said(overview, "alerts.promised"), "1");
}

/* Reviews, the house's own and proposals of cards are the office's; nobody else learns of them, nor of the red. */
Test(alerts, outside_the_office_there_is_no_proposal) {
    CLEAN(scene_finish) struct scene scene;
    struct alert_row rows[] = {row(1, "slipping", "T01.1", "510822"), row(2, "review", "T01.1", "510822"),
                               row(3, "stuck", "", ""), row(4, "overdue", "T02.1", "510823")};
    struct board_said said_[] = {said_on(1, "2021-12-06T08:30:00+08:00"), said_on(4, "2021-12-06T08:30:00+08:00")};
    rows[0].step = "red";
    rows[3].rung = RUNG_YELLOW_CARD;
    rows[3].step = "yellow_card";
    prepare(&scene, rows, 4, said_, 2);
    set_unreleased_red(now_of(&scene, "T01.1", "510822"));
    CLEAN(json_drop) json_t *inside = made(document_alerts, &scene, &office, NULL);
    CLEAN(json_drop) json_t *outside = made(document_alerts, &scene, &viewer, NULL);
    cr_expect_eq(json_array_size(json_object_get(inside, "alerts")), 4);
    cr_expect_str_eq(said(inside, "alerts.0.rung_word"), "拟黄牌", "gravest first");
    cr_expect_str_eq(said(inside, "alerts.0.next_step.rung_word"), "拟红牌");
    cr_expect_eq(json_array_size(json_object_get(outside, "alerts")), 2);
    cr_expect_str_eq(said(outside, "alerts.0.id"), "4");
    cr_expect_str_eq(said(outside, "alerts.0.rung_word"), "催办");
    cr_expect_str_eq(said(outside, "alerts.0.step"), "urged");
    cr_expect_str_eq(said(outside, "alerts.0.next_step"), "");
    cr_expect_str_eq(said(outside, "alerts.0.number"), "D22-0106-01/1", "of the message that proposed nothing");
    cr_expect_str_eq(said(outside, "alerts.0.facts"), "");
    cr_expect_str_eq(said(outside, "alerts.1.step"), "yellow");
}

Test(alerts, a_county_sees_its_own) {
    CLEAN(scene_finish) struct scene scene;
    struct alert_row rows[] = {row(1, "overdue", "T01.1", "510822"), row(2, "overdue", "T01.1", "510823"),
                               row(3, "missing", "", ""), row(4, "missing", "", "")};
    static const struct scope jiange = {.role = ROLE_COUNTY, .area = "510823"};
    static const struct scope lead = {.role = ROLE_LEAD, .unit = "市教育局"};
    char unit[] = "剑阁县", code[] = "510823", *areas[] = {code}, other[] = "青川县", other_code[] = "510822",
         *other_areas[] = {other_code};
    struct stream streams[] = {{.id = 1, .name = "jiange", .unit = unit, .areas = areas, .area_count = 1},
                               {.id = 2, .name = "qingchuan", .unit = other, .areas = other_areas, .area_count = 1}};
    rows[2].stream = "jiange";
    rows[3].stream = "qingchuan";
    prepare(&scene, rows, 4, NULL, 0);
    scene.facts.view.streams = (struct streams){streams, 2};
    CLEAN(json_drop) json_t *own = made(document_alerts, &scene, &jiange, NULL);
    CLEAN(json_drop) json_t *led = made(document_alerts, &scene, &lead, NULL);
    CLEAN(json_drop) json_t *of_area =
        made(document_alerts, &scene, &office, &(struct document_request){.area = "510823"});
    cr_expect_eq(json_array_size(json_object_get(own, "alerts")), 2);
    cr_expect_str_eq(said(own, "alerts.0.id"), "2");
    cr_expect_str_eq(said(own, "alerts.1.subject"), "剑阁县");
    cr_expect_str_eq(said(led, "alerts"), "[]");
    cr_expect(json_equal(json_object_get(own, "counts"), json_object_get(of_area, "counts")));
    struct error err = {0};
    struct document_request foreign = {.area = "510822"};
    cr_expect_null(document_alerts(&scene.facts, &jiange, &foreign, &err));
    cr_expect_eq(err.code, ERROR_NOT_FOUND);
}

Test(alerts, pages_follow_one_another) {
    CLEAN(scene_finish) struct scene scene;
    struct alert_row rows[5];
    for (size_t i = 0; i < 5; i++)
        rows[i] = row((int64_t)i + 1, "overdue", i % 2 ? "T01.1" : "T02.1", i < 2 ? "510822" : "510823");
    prepare(&scene, rows, 5, NULL, 0);
    CLEAN(json_drop) json_t *first = made(document_alerts, &scene, &office, &(struct document_request){.limit = 2});
    cr_expect_str_eq(said(first, "alerts.1.id"), "2");
    cr_expect_str_eq(said(first, "next"), "/api/v1/alerts?after=2&limit=2");
    CLEAN(json_drop) json_t *last =
        made(document_alerts, &scene, &office, &(struct document_request){.limit = 2, .after = "4"});
    cr_expect_eq(json_array_size(json_object_get(last, "alerts")), 1);
    cr_expect_str_eq(said(last, "alerts.0.id"), "5");
    cr_expect_str_eq(said(last, "next"), "");
}
