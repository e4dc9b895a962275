/* Lists of cells, worst first: of a county, a task, a unit; what a scope may know of a red. */
#include "services/board/document_sight.h"
#include "tests/unit/board/facts_scene.h"

static const char text_[] =
    "programme: x\n"
    "title: 示例\n"
    "city: {code: \"510800\", name: 广元市, short: 全市}\n"
    "areas: [{code: \"510822\", name: 青川县, short: 青川}, {code: \"510823\", name: 剑阁县, short: 剑阁}]\n"
    "units: [{name: 市交通运输局, short: 交通局}, {name: 市教育局}]\n"
    "tasks:\n"
    "  - {code: T01, title: 道路, leads: [市交通运输局], participants: [市教育局], targets: [\n"
    "      {code: T01.1, name: 直连道路, unit: 公里, kind: cumulative, value: 124, decimals: 1, due: 2021-12-31,\n"
    "       shares: {\"510822\": 62, \"510823\": 62}},\n"
    "      {code: T01.2, name: 管护, unit: 公里, kind: cumulative, value: 20, due: 2021-12-31, shares: {\"510822\": 10, "
    "\"510823\": 10}}]}\n"
    "  - {code: T02, title: 校舍, leads: [市教育局], targets: [\n"
    "      {code: T02.1, name: 校舍面积, unit: 平方米, kind: cumulative, value: 5, due: 2021-12-31,\n"
    "       shares: {\"510822\": 2, \"510823\": 3}}]}\n";

static void set_value(struct assessment *cell, const char *as_of) {
    cell->has_value = true;
    strcpy(cell->value_text, "1");
    cell->figure = (struct figure){.form = FIGURE_VALUE, .value = {1, 0}};
    cell->value = (struct decimal){1, 0};
    cell->figure_as_of = on(as_of);
    cell->figure_known_at = at("2021-10-08T09:00:00+08:00");
}

static void set_light(struct assessment *cell, enum light light, int32_t tenths) {
    cell->light = cell->proposed = cell->computed_light = light;
    cell->has_deviation = true;
    cell->deviation_tenths = tenths;
}

Test(lists, the_worst_comes_first) {
    CLEAN(scene_finish) struct scene scene;
    scene_init(&scene, text_, "2021-11-08T08:30:00+08:00");
    set_light(now_of(&scene, "T01.1", "510822"), LIGHT_YELLOW, -104);
    set_light(now_of(&scene, "T01.2", "510822"), LIGHT_YELLOW, -201);
    set_light(now_of(&scene, "T02.1", "510822"), LIGHT_RED, -95);
    CLEAN(json_drop) json_t *document =
        made(document_area, &scene, &office, &(struct document_request){.code = "510822"});
    cr_expect_str_eq(said(document, "heading"), "青川县：1项红灯，2项黄灯");
    cr_expect_str_eq(said(document, "cells.0.target"), "T02.1");
    cr_expect_str_eq(said(document, "cells.1.target"), "T01.2", "further behind");
    cr_expect_str_eq(said(document, "cells.2.target"), "T01.1");
    cr_expect_str_eq(said(document, "cells.2.rank"), "3");
    cr_expect_str_eq(said(document, "cells.1.leads.0"), "市交通运输局");
    cr_expect_str_eq(said(document, "cells.1.due_words"), "12月31日");
    cr_expect_str_eq(said(document, "silence"), "");
    cr_expect_str_eq(said(document, "figures_stop"), "");
    cr_expect_str_eq(said(document, "next"), "");
}

/* "以下数字停在": nothing of a silent county is shown as today's. */
Test(lists, a_silent_county_says_where_its_figures_stop) {
    CLEAN(scene_finish) struct scene scene;
    char unit[] = "剑阁县", code[] = "510823", *areas[] = {code};
    struct stream stream = {.id = 7, .name = "jiange", .role = STREAM_COUNTY, .unit = unit, .areas = areas, .area_count = 1,
                            .status_at = INSTANT_NONE};
    struct feed feed = {.stream = &stream, .state = FEED_MISSING, .owed = 3, .missing = 3};
    scene_init(&scene, text_, "2022-01-08T08:30:00+08:00");
    scene.facts.view.streams = (struct streams){&stream, 1};
    scene.facts.morning.feeds = (struct feeds){.items = &feed, .count = 1};
    set_value(now_of(&scene, "T01.1", "510823"), "2021-08-31");
    set_value(now_of(&scene, "T01.2", "510823"), "2021-09-01");
    for (size_t i = 0; i < 3; i++) {
        static const char *const targets[] = {"T01.1", "T01.2", "T02.1"};
        now_of(&scene, targets[i], "510823")->report_state = REPORT_MISSING;
    }
    CLEAN(json_drop) json_t *document =
        made(document_area, &scene, &office, &(struct document_request){.code = "510823"});
    cr_expect_str_eq(said(document, "figures_stop"), "2021-09-01");
    cr_expect_str_eq(said(document, "figures_stop_words"), "以下数字停在2021年9月1日", "of another year: with the year");
    cr_expect_str_eq(said(document, "silence.state"), "missing");
    cr_expect_str_eq(said(document, "cells.0.stale"), "true");
    cr_expect_str_eq(said(document, "feeds.0.stream"), "jiange");
}

Test(lists, a_task_shows_its_counties_and_the_city_beside) {
    CLEAN(scene_finish) struct scene scene;
    scene_init(&scene, text_, "2021-11-08T08:30:00+08:00");
    scene.facts.morning.words[0] = (struct task_words){.found = true, .as_of = on("2021-10-29"), .text = "已通车三段"};
    CLEAN(json_drop) json_t *document = made(document_task, &scene, &office, &(struct document_request){.code = "T01"});
    cr_expect_eq(json_array_size(json_object_get(document, "cells")), 4, "the city's sums are no rows");
    cr_expect_str_eq(said(document, "targets.0.city_cell.area"), "510800");
    cr_expect_str_eq(said(document, "task.participants.0"), "市教育局");
    cr_expect_str_eq(said(document, "words.text"), "已通车三段");
    cr_expect_str_eq(said(document, "words.as_of"), "2021-10-29");
}

Test(lists, a_unit_has_the_cells_of_what_it_leads) {
    CLEAN(scene_finish) struct scene scene;
    scene_init(&scene, text_, "2021-11-08T08:30:00+08:00");
    CLEAN(json_drop) json_t *document =
        made(document_unit, &scene, &office, &(struct document_request){.code = "市教育局"});
    cr_expect_str_eq(said(document, "unit.role"), "both");
    cr_expect_str_eq(said(document, "tasks.0.role"), "participant");
    cr_expect_str_eq(said(document, "tasks.1.role"), "lead");
    cr_expect_eq(json_array_size(json_object_get(document, "cells")), 3, "two counties and the city");
    cr_expect_str_eq(said(document, "cells.0.task"), "T02");
}

/* Each red rule has a yellow one that holds as well and says no more; figures and states are not hidden. */
Test(sight, a_hidden_red_is_the_yellow_it_could_be) {
    static const struct {
        const char *rule, *shown;
    } rows[] = {{"points_30", "points_10"}, {"out_of_reach", "points_10"}, {"units_3", "units_1"},
                {"overdue", "overdue"},     {"previous_report", "previous_report"}};
    CLEAN(scene_finish) struct scene scene;
    scene_init(&scene, text_, "2021-11-08T08:30:00+08:00");
    size_t cell = cell_at(&scene, "T01.1", "510822");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        set_unreleased_red(&scene.facts.view.cells[cell]);
        scene.facts.view.cells[cell].rule = rows[i].rule;
        struct sight theirs = sight_of(&scene.facts, &viewer), ours = sight_of(&scene.facts, &office);
        const struct assessment *seen = sight_now(&theirs, cell);
        cr_expect_str_eq(seen->rule, rows[i].shown);
        cr_expect_eq(seen->proposed, LIGHT_YELLOW);
        cr_expect_eq(seen->computed_light, LIGHT_YELLOW);
        cr_expect_eq(seen->deviation_tenths, -353);
        cr_expect_eq(lamp_of(seen), LAMP_YELLOW);
        cr_expect(sight_hides(&theirs, cell));
        cr_expect_str_eq(sight_now(&ours, cell)->rule, rows[i].rule);
        cr_expect_eq(lamp_of(sight_now(&ours, cell)), LAMP_PROPOSED);
    }
}

/* Once released it is everybody's; what the office set on another light is shown as that. */
Test(sight, a_released_red_is_hidden_from_nobody) {
    CLEAN(scene_finish) struct scene scene;
    scene_init(&scene, text_, "2021-11-08T08:30:00+08:00");
    size_t cell = cell_at(&scene, "T01.1", "510822");
    struct sight theirs = sight_of(&scene.facts, &viewer);
    set_unreleased_red(&scene.facts.view.cells[cell]);
    scene.facts.view.cells[cell].light = LIGHT_RED;
    cr_expect_not(sight_hides(&theirs, cell));
    cr_expect_eq(lamp_of(sight_now(&theirs, cell)), LAMP_RED);
    cr_expect_str_eq(sight_now(&theirs, cell)->rule, "points_30");
    scene.facts.view.cells[cell].light = LIGHT_BLUE;
    scene.facts.view.cells[cell].overridden = true;
    cr_expect(sight_hides(&theirs, cell));
    cr_expect_eq(sight_now(&theirs, cell)->computed_light, LIGHT_YELLOW);
    cr_expect_eq(lamp_of(sight_now(&theirs, cell)), LAMP_BLUE);
}

/* No data is never a colour, no date never a light. */
Test(sight, lamps) {
    static const struct {
        struct assessment cell;
        enum lamp lamp;
    } rows[] = {{{.state = STATE_NO_TASK, .light = LIGHT_NONE}, LAMP_NO_TASK},
                {{.state = STATE_UNDATED, .light = LIGHT_NONE, .due = {INT32_MIN}}, LAMP_UNDATED},
                {{.state = STATE_NOT_REPORTED, .light = LIGHT_NONE, .due = {INT32_MIN}}, LAMP_UNDATED},
                {{.state = STATE_NOT_REPORTED, .light = LIGHT_GREY, .due = {18992}}, LAMP_GREY},
                {{.state = STATE_NOT_STARTED, .light = LIGHT_NONE, .due = {18992}}, LAMP_NONE},
                {{.state = STATE_WORDS, .light = LIGHT_NONE, .due = {INT32_MIN}}, LAMP_NONE},
                {{.state = STATE_NO_ROLLUP, .light = LIGHT_NONE, .due = {18992}}, LAMP_NONE},
                {{.state = STATE_DONE, .light = LIGHT_GREEN, .proposed = LIGHT_GREEN}, LAMP_GREEN},
                {{.state = STATE_OVERDUE, .light = LIGHT_RED, .proposed = LIGHT_RED}, LAMP_RED},
                {{.state = STATE_OVERDUE, .light = LIGHT_GREY, .proposed = LIGHT_GREY}, LAMP_GREY},
                {{.state = STATE_BEHIND, .light = LIGHT_YELLOW, .proposed = LIGHT_RED}, LAMP_PROPOSED}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(lamp_of(&rows[i].cell), rows[i].lamp, "row %zu: %s", i, lamp_word(lamp_of(&rows[i].cell)));
}
