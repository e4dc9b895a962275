/* The overview of cells that stand as the rows below set them. */
#include "tests/unit/board/facts_scene.h"

static const char text_[] =
    "programme: x\n"
    "title: 示例\n"
    "city: {code: \"510800\", name: 广元市, short: 全市}\n"
    "areas: [{code: \"510822\", name: 青川县, short: 青川, tile: [1, 0]}, {code: \"510823\", name: 剑阁县, short: 剑阁, tile: [2, "
    "0]}]\n"
    "units: [{name: 市交通运输局}, {name: 市教育局}]\n"
    "tasks:\n"
    "  - {code: T01, title: 道路, leads: [市交通运输局], targets: [\n"
    "      {code: T01.1, name: 直连道路, unit: 公里, kind: cumulative, value: 124, decimals: 1, due: 2021-12-31,\n"
    "       shares: {\"510822\": 62, \"510823\": 62}},\n"
    "      {code: T01.2, name: 管护, unit: 公里, kind: cumulative, value: 20, shares: {\"510822\": 20, \"510823\": 0}}]}\n"
    "  - {code: T02, title: 校舍, leads: [市教育局], targets: [\n"
    "      {code: T02.1, name: 校舍面积, unit: 平方米, kind: cumulative, value: 5, due: 2021-12-31,\n"
    "       shares: {\"510822\": 2, \"510823\": 3}}]}\n"
    "  - {code: T03, title: 只看文字, leads: [市教育局]}\n";

static void prepare(struct scene *scene) {
    scene_init(scene, text_, "2021-11-08T08:30:00+08:00");
    set_unreleased_red(now_of(scene, "T01.1", "510822"));
    now_of(scene, "T01.2", "510823")->state = STATE_NO_TASK;
    now_of(scene, "T01.2", "510823")->report_state = REPORT_NONE;
    now_of(scene, "T01.2", "510822")->state = STATE_UNDATED;
    now_of(scene, "T01.2", "510822")->light = now_of(scene, "T01.2", "510822")->proposed = LIGHT_NONE;
    now_of(scene, "T01.2", "510822")->computed_light = LIGHT_NONE;
}

Test(overview, the_office_sees_what_waits_for_it) {
    CLEAN(scene_finish) struct scene scene;
    prepare(&scene);
    CLEAN(json_drop) json_t *document = made(document_overview, &scene, &office, NULL);
    cr_expect_str_eq(said(document, "heading"), "1项红灯待核定");
    cr_expect_str_eq(said(document, "counts.proposed_red"), "1");
    cr_expect_str_eq(said(document, "counts.yellow"), "0");
    cr_expect_str_eq(said(document, "counts.undated"), "1");
    cr_expect_str_eq(said(document, "counts.blue"), "3");
    cr_expect_str_eq(said(document, "counts.no_task"), "1");
    cr_expect_str_eq(said(document, "counts.cells"), "5");
    cr_expect_str_eq(said(document, "period.words"), "2021年10月");
    cr_expect_str_eq(said(document, "areas.0.code"), "510800", "the city first");
    cr_expect_str_eq(said(document, "areas.1.tile.row"), "1");
    cr_expect_str_eq(said(document, "tasks.0.cells.0.area"), "510800");
    cr_expect_str_eq(said(document, "tasks.0.cells.1.light"), "proposed_red");
    cr_expect_str_eq(said(document, "tasks.0.cells.1.words"), "待核定1");
    cr_expect_str_eq(said(document, "tasks.0.cells.1.of"), "2");
    cr_expect_str_eq(said(document, "tasks.0.cells.2.area"), "510823");
    cr_expect_str_eq(said(document, "tasks.0.cells.2.light"), "blue");
    cr_expect_str_eq(said(document, "tasks.2.targets"), "0", "a task without measure keeps its row");
    cr_expect_str_eq(said(document, "tasks.2.cells"), "[]");
}

/* Neither light nor count nor words: nobody else can tell that the office has something to decide. */
Test(overview, outside_the_office_an_unreleased_red_is_a_yellow) {
    CLEAN(scene_finish) struct scene scene;
    prepare(&scene);
    note_change(&scene, cell_at(&scene, "T01.1", "510822"));
    struct decision review = {.kind = DECISION_REVIEW, .cell = cell_at(&scene, "T01.1", "510822")};
    scene.facts.morning.decisions = (struct decisions){.items = &review, .count = 1};
    CLEAN(json_drop) json_t *document = made(document_overview, &scene, &viewer, NULL);
    CLEAN(json_drop) json_t *own = made(document_overview, &scene, &office, NULL);
    cr_expect_str_eq(said(document, "heading"), "1项黄灯");
    cr_expect_str_eq(said(document, "counts.proposed_red"), "0");
    cr_expect_str_eq(said(document, "counts.yellow"), "1");
    cr_expect_str_eq(said(document, "tasks.0.cells.1.light"), "yellow");
    cr_expect_str_eq(said(document, "decisions"), "[]");
    cr_expect_str_eq(said(document, "decisions_total"), "0");
    cr_expect_str_eq(said(document, "changes.0.words"), "▼青川 直连道路 正常→黄");
    cr_expect_str_eq(said(document, "changes.0.after.proposed_light"), "yellow");
    cr_expect_str_eq(said(own, "changes.0.words"), "▼青川 直连道路 正常→红（待核定）");
    cr_expect_str_eq(said(own, "decisions.0.title"), "核定红灯 青川 直连道路");
    AUTO_FREE char *text = json_dumps(document, JSON_COMPACT);
    cr_expect_null(strstr(text, "points_30"));
    cr_expect_null(strstr(text, "待核定"));
    cr_expect_null(strstr(text, "\"proposed_light\":\"red\""));
}

/* What moved only in what the office alone sees did not move for the others. */
Test(overview, a_yellow_that_became_an_unreleased_red_did_not_change_outside) {
    CLEAN(scene_finish) struct scene scene;
    prepare(&scene);
    size_t cell = cell_at(&scene, "T01.1", "510822");
    scene.facts.morning.changes.before[cell] = scene.facts.view.cells[cell];
    scene.facts.morning.changes.before[cell].proposed = LIGHT_YELLOW;
    scene.facts.morning.changes.before[cell].computed_light = LIGHT_YELLOW;
    note_change(&scene, cell);
    CLEAN(json_drop) json_t *inside = made(document_overview, &scene, &office, NULL);
    CLEAN(json_drop) json_t *outside = made(document_overview, &scene, &viewer, NULL);
    cr_expect_str_eq(said(inside, "changes_total"), "1");
    cr_expect_str_eq(said(outside, "changes_total"), "0");
    cr_expect_str_eq(said(outside, "changes"), "[]");
}

Test(overview, a_county_sees_its_own_cells_and_nothing_of_others) {
    CLEAN(scene_finish) struct scene scene;
    prepare(&scene);
    static const struct scope jiange = {.role = ROLE_COUNTY, .area = "510823"};
    CLEAN(json_drop) json_t *document = made(document_overview, &scene, &jiange, NULL);
    AUTO_FREE char *text = json_dumps(document, JSON_COMPACT);
    cr_expect_null(strstr(text, "510822"), "%s", text);
    cr_expect_null(strstr(text, "青川"));
    cr_expect_null(strstr(text, "510800"));
    cr_expect_str_eq(said(document, "counts.cells"), "2");
    cr_expect_str_eq(said(document, "city.cells"), "0");
    cr_expect_str_eq(said(document, "reports.counties_expected"), "1");
    cr_expect_eq(json_array_size(json_object_get(document, "tasks")), 2, "tasks without a cell of its own are not listed");
}

Test(overview, a_lead_sees_the_tasks_it_leads) {
    CLEAN(scene_finish) struct scene scene;
    prepare(&scene);
    static const struct scope lead = {.role = ROLE_LEAD, .unit = "市教育局"};
    CLEAN(json_drop) json_t *document = made(document_overview, &scene, &lead, NULL);
    AUTO_FREE char *text = json_dumps(document, JSON_COMPACT);
    cr_expect_null(strstr(text, "T01"), "%s", text);
    cr_expect_str_eq(said(document, "counts.cells"), "2");
    cr_expect_str_eq(said(document, "tasks.0.code"), "T02");
    cr_expect_str_eq(said(document, "tasks.1.code"), "T03");
}

Test(overview, silence_is_said_with_its_period_and_day) {
    CLEAN(scene_finish) struct scene scene;
    char unit[] = "剑阁县", code[] = "510823", *areas[] = {code};
    struct stream stream = {.id = 7, .name = "jiange", .role = STREAM_COUNTY, .unit = unit, .areas = areas, .area_count = 1,
                            .status_at = INSTANT_NONE};
    struct feed feed = {.stream = &stream, .state = FEED_MISSING, .owed = 2, .missing = 2};
    prepare(&scene);
    scene.facts.view.streams = (struct streams){&stream, 1};
    scene.facts.morning.feeds = (struct feeds){.items = &feed, .count = 1};
    for (size_t i = 0; i < 2; i++) {
        struct assessment *cell = now_of(&scene, i ? "T01.1" : "T02.1", "510823");
        cell->report_state = REPORT_MISSING;
        cell->state = STATE_NOT_REPORTED;
        cell->light = cell->proposed = cell->computed_light = LIGHT_GREY;
    }
    CLEAN(json_drop) json_t *document = made(document_overview, &scene, &office, NULL);
    cr_expect_str_eq(said(document, "heading"), "1项红灯待核定；剑阁10月数据未到（应11月5日）");
    cr_expect_str_eq(said(document, "silences.0.state"), "missing");
    cr_expect_str_eq(said(document, "silences.0.since"), "2021-11-06");
    cr_expect_str_eq(said(document, "silences.0.days"), "3", "the 6th, 7th and 8th");
    cr_expect_str_eq(said(document, "silences.0.period"), "2021年10月");
    cr_expect_str_eq(said(document, "silences.0.due"), "2021-11-05");
    cr_expect_str_eq(said(document, "areas.2.silence.words"), "剑阁10月数据未到（应11月5日）");
    cr_expect_str_eq(said(document, "tasks.1.cells.2.stale"), "true", "hatched");
    cr_expect_str_eq(said(document, "tasks.1.cells.2.light"), "grey", "no data is never a colour");
    cr_expect_str_eq(said(document, "reports.counties_in"), "1");
    cr_expect_str_eq(said(document, "reports.counties_expected"), "2");
    now_of(&scene, "T01.1", "510823")->has_value = true;
    now_of(&scene, "T01.1", "510823")->figure_as_of = on("2021-08-31");
    CLEAN(json_drop) json_t *longer = made(document_overview, &scene, &office, NULL);
    cr_expect_str_eq(said(longer, "silences.0.period"), "2021年10月", "the newest that is owed");
    cr_expect_str_eq(said(longer, "silences.0.since"), "2021-10-06", "September's was owed by the 5th of October");
    cr_expect_str_eq(said(longer, "silences.0.days"), "34");
}

/* Due days, the closing day and an extension that waits; the nearest first. */
Test(overview, what_comes_next_is_told_with_its_day) {
    CLEAN(scene_finish) struct scene scene;
    prepare(&scene);
    struct extension waiting = {.number = 7, .cell = cell_at(&scene, "T02.1", "510823"), .state = EXTENSION_WAITING,
                                .due_before = on("2021-11-30")};
    scene.facts.view.requests = (struct requests){.extensions = &waiting, .extension_count = 1};
    now_of(&scene, "T02.1", "510822")->due = on("2021-12-06");
    CLEAN(json_drop) json_t *document = made(document_overview, &scene, &office, NULL);
    cr_expect_str_eq(said(document, "coming.0.words"), "剑阁 校舍面积延期申请未决定，原期限到期");
    cr_expect_str_eq(said(document, "coming.0.days"), "22");
    cr_expect_str_eq(said(document, "coming.1.kind"), "closing");
    cr_expect_str_eq(said(document, "coming.1.on"), "2021-12-06", "the 5th is a Sunday");
    cr_expect_str_eq(said(document, "coming.1.words"), "11月报表截止");
    cr_expect_str_eq(said(document, "coming.2.words"), "青川 校舍面积到期");
    cr_expect_str_eq(said(document, "coming.2.kind"), "due");
    cr_expect_str_eq(said(document, "coming.3"), "", "31 December is more than 30 days away");
}
