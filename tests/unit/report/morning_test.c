/* What the morning view, the changes and `explain` say of cells that stand as the rows below set them. */
#include "common/report/morning.h"

#include "common/report/words.h"
#include "tests/unit/report/scene.h"

static const char text_[] =
    "programme: x\n"
    "title: 示例\n"
    "city: {code: \"510800\", name: 广元市, short: 全市}\n"
    "areas: [{code: \"510823\", name: 剑阁县, short: 剑阁}, {code: \"510824\", name: 苍溪县, short: 苍溪}]\n"
    "units: [{name: 市教育局}]\n"
    "tasks:\n"
    "  - {code: T01, title: 校舍维修, leads: [市教育局], targets: [\n"
    "      {code: T01.1, name: 公布三张维修清单, short: 清单, unit: 张清单, kind: milestone, value: 3},\n"
    "      {code: T01.2, name: 维修校舍面积, short: 校舍面积, unit: 平方米, kind: cumulative, value: 5,\n"
    "       due: 2021-12-31, shares: {\"510823\": 2, \"510824\": 3}}]}\n"
    "  - {code: T02, title: 只看文字, leads: [市教育局]}\n";

/* A county that owes and has no agent: "齐" would be a lie. */
Test(morning, what_no_agent_can_bring_is_not_called_complete) {
    CLEAN(scene_finish) struct scene scene;
    CLEAN(buffer_finish) struct buffer out = {0};
    static const struct morning_options options;
    scene_init(&scene, text_, "2021-11-08T08:30:00+08:00");
    scene.view.cells[cell_of(&scene, "T01.1", "剑阁")].report_state = REPORT_MISSING;
    scene.view.cells[cell_of(&scene, "T01.2", "剑阁")].report_state = REPORT_MISSING;
    scene.view.cells[cell_of(&scene, "T01.2", "苍溪")].report_state = REPORT_ON_TIME;
    morning_print(&scene.morning, &options, &out);
    cr_expect(strstr(buffer_text(&out), "已报 县区 1/2"), "%s", buffer_text(&out));
    cr_expect(strstr(buffer_text(&out), "  未接入  剑阁县  10月报表 应11-05  没有能报这些数的报送流  影响2项（灰）"),
              "%s", buffer_text(&out));
    cr_expect_null(strstr(buffer_text(&out), "苍溪县"));
    cr_expect_null(strstr(buffer_text(&out), "  齐\n"));
}

/* MESSAGES of a lost agent whose figures are all there: nothing is grey, nothing is owed. */
Test(morning, a_silence_that_costs_nothing_says_so) {
    CLEAN(scene_finish) struct scene scene;
    CLEAN(buffer_finish) struct buffer out = {0};
    static const struct morning_options options;
    char unit[] = "剑阁县";
    struct stream stream = {.name = "jiange", .unit = unit};
    struct feed feed = {.stream = &stream, .state = FEED_OFFLINE, .owed = 2};
    scene_init(&scene, text_, "2021-11-08T08:30:00+08:00");
    scene.morning.feeds = (struct feeds){&feed, 1, NULL};
    morning_print(&scene.morning, &options, &out);
    cr_expect(strstr(buffer_text(&out), "断线  剑阁县  10月数据已收全  采集端无心跳"), "%s", buffer_text(&out));
    cr_expect_null(strstr(buffer_text(&out), "影响0项"));
}

/* What the city adds up of a milestone is counties, whatever each county makes. */
Test(words, a_city_milestone_counts_counties) {
    CLEAN(scene_finish) struct scene scene;
    CLEAN(buffer_finish) struct buffer city = {0};
    CLEAN(buffer_finish) struct buffer county = {0};
    scene_init(&scene, text_, "2021-11-08T08:30:00+08:00");
    struct assessment both = {.has_value = true, .value_text = "1", .counties_in = 2, .counties_expected = 2};
    struct assessment done = {.has_value = true, .value_text = "1", .figure = {.form = FIGURE_DONE, .done = true}};
    cell_done_words(&scene.view, cell_of(&scene, "清单", "全市"), &both, &city);
    cell_done_words(&scene.view, cell_of(&scene, "清单", "苍溪"), &done, &county);
    cr_expect_str_eq(buffer_text(&city), "1/2县");
    cr_expect_str_eq(buffer_text(&county), "已完成");
}

Test(changes, say_what_moved_with_its_unit) {
    static const struct {
        const char *target, *area;
        struct assessment before, after;
        const char *words;
    } rows[] = {
        {"校舍面积",
         "苍溪",
         {.has_value = true, .value_text = "1.5"},
         {.has_value = true, .value_text = "3"},
         "・苍溪 校舍面积 1.5→3平方米"},
        {"校舍面积", "苍溪", {0}, {.has_value = true, .value_text = "3"}, "・苍溪 校舍面积 无数→3平方米"},
        {"清单",
         "苍溪",
         {.has_value = true, .value_text = "0", .figure = {.form = FIGURE_DONE}},
         {.has_value = true, .value_text = "1", .figure = {.form = FIGURE_DONE, .done = true}},
         "・苍溪 清单 未完成→已完成"},
        {"清单",
         "全市",
         {.has_value = true, .value_text = "0"},
         {.has_value = true, .value_text = "1"},
         "・全市 清单 0→1县"},
    };
    CLEAN(scene_finish) struct scene scene;
    scene_init(&scene, text_, "2021-11-08T08:30:00+08:00");
    struct assessment *before = calloc(scene.plan->cell_count, sizeof *before);
    cr_assert(before);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CLEAN(buffer_finish) struct buffer out = {0};
        size_t cell = cell_of(&scene, rows[i].target, rows[i].area);
        struct changes changes = {.before = before, .view = &scene.view};
        struct change change = {.cell = cell, .figure = true};
        before[cell] = rows[i].before;
        scene.view.cells[cell] = rows[i].after;
        change_words(&changes, &change, &out);
        cr_expect_str_eq(buffer_text(&out), rows[i].words);
    }
    free(before);
}

/* People type a task's code, or the part of a name they remember. */
Test(view, says_what_may_have_been_meant) {
    static const struct {
        const char *target, *area, *words;
    } rows[] = {{"T01", "苍溪", "T01 is a task: name one of its targets, T01.1 to T01.2"},
                {"校舍维修", "苍溪", "T01 is a task"},
                {"T02", "苍溪", "T02 has no target: only words"},
                {"面积", "苍溪", "did you mean “维修校舍面积”?"},
                {"全然不同的东西", "苍溪", "`duban plan show --json` lists them all"},
                {"", "苍溪", "no target is called “”"},
                {"清单", "成都", "no area is called “成都”"}};
    CLEAN(scene_finish) struct scene scene;
    scene_init(&scene, text_, "2021-11-08T08:30:00+08:00");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err = {0};
        size_t cell;
        cr_expect_eq(view_find(scene.plan, rows[i].target, rows[i].area, on("2021-11-08"), &cell, &err), ERROR_USAGE);
        cr_expect(strstr(err.message, rows[i].words), "%s", err.message);
    }
}

/* Never a light that a person set without the computed one beside it; never a computed red as if it were decided. */
Test(words, tell_who_decided_a_light) {
    struct {
        struct assessment cell;
        const char *words;
    } rows[] = {{{.light = LIGHT_YELLOW, .proposed = LIGHT_YELLOW}, "黄"},
                {{.light = LIGHT_YELLOW, .proposed = LIGHT_RED}, "黄（红灯待核定）"},
                {{.light = LIGHT_RED, .proposed = LIGHT_RED}, "红"},
                {{.light = LIGHT_BLUE,
                  .proposed = LIGHT_RED,
                  .computed_light = LIGHT_YELLOW,
                  .overridden = true,
                  .override_by = slice_of("市两改办"),
                  .override_until = on("2021-12-31")},
                 "正常（市两改办另定至12-31，规则为红、未核定）"},
                {{.light = LIGHT_GREEN,
                  .proposed = LIGHT_GREEN,
                  .computed_light = LIGHT_YELLOW,
                  .overridden = true,
                  .override_by = slice_of("市两改办"),
                  .override_until = on("2021-12-31")},
                 "完成（市两改办另定至12-31，规则为黄）"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CLEAN(buffer_finish) struct buffer out = {0};
        light_words(&rows[i].cell, &out);
        cr_expect_str_eq(buffer_text(&out), rows[i].words);
    }
}

/* 37 cells of a county that did not report are one thing to be told; so is its coming back. */
Test(changes, of_a_silence_are_told_once) {
    CLEAN(scene_finish) struct scene scene;
    CLEAN(buffer_finish) struct buffer out = {0};
    static const struct morning_options options;
    scene_init(&scene, text_, "2021-11-08T08:30:00+08:00");
    AUTO_FREE struct assessment *before = calloc(scene.plan->cell_count, sizeof *before);
    cr_assert(before);
    struct change changes[] = {{cell_of(&scene, "清单", "剑阁"), 0, true, false},
                               {cell_of(&scene, "校舍面积", "剑阁"), 0, true, false},
                               {cell_of(&scene, "校舍面积", "苍溪"), 0, true, false}};
    scene.view.cells[changes[0].cell].report_state = REPORT_MISSING;
    scene.view.cells[changes[1].cell].report_state = REPORT_MISSING;
    before[changes[2].cell].report_state = REPORT_MISSING;
    scene.morning.changes.before = before;
    scene.morning.changes.items = changes;
    scene.morning.changes.count = 3;
    scene.morning.changes.view = &scene.view;
    morning_print(&scene.morning, &options, &out);
    cr_expect(strstr(buffer_text(&out),
                     "三 11月5日以来的变化（3）   ▲变好 ▼变差\n  ・转未报 剑阁2项\n  ・又报数 苍溪1项\n四 "),
              "%s", buffer_text(&out));
}
