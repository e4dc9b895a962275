/* The morning brief against texts written by hand (golden/), from cells, requests, alerts and answers set below. */
#include "common/report/brief.h"

#include "common/base/file.h"
#include "common/base/text.h"
#include "tests/unit/report/scene.h"

static const char plan_text_[] =
    "programme: x\n"
    "title: 校舍维修\n"
    "city: {code: \"510800\", name: 广元市, short: 全市}\n"
    "areas: [{code: \"510822\", name: 青川县, short: 青川}, {code: \"510823\", name: 剑阁县, short: 剑阁},\n"
    "        {code: \"510824\", name: 苍溪县, short: 苍溪}]\n"
    "units: [{name: 市教育局}]\n"
    "tasks:\n"
    "  - {code: T01, title: 校舍维修, leads: [市教育局], targets: [\n"
    "      {code: T01.1, name: 公布维修清单, short: 清单, unit: 张, kind: milestone},\n"
    "      {code: T01.2, name: 维修校舍面积, short: 校舍面积, unit: 平方米, kind: cumulative, value: 12,\n"
    "       due: 2021-12-31, shares: {\"510822\": 4, \"510823\": 4, \"510824\": 4}},\n"
    "      {code: T01.3, name: 排查危房, short: 危房, unit: 栋, kind: cumulative, counted: true, value: 45,\n"
    "       due: 2021-12-03, shares: {\"510822\": 10, \"510823\": 10, \"510824\": 25}},\n"
    "      {code: T01.4, name: 修缮厕所, short: 厕所, unit: 座, kind: cumulative, counted: true, value: 5,\n"
    "       due: 2021-09-30, shares: {\"510822\": 0, \"510823\": 0, \"510824\": 5}}]}\n"
    "  - {code: T02, title: 只看文字, leads: [市教育局]}\n";

static void expect_golden(const char *name, const struct buffer *got) {
    CLEAN(buffer_finish) struct buffer path = {0};
    CLEAN(buffer_finish) struct buffer wanted = {0};
    struct error err = {0};
    buffer_printf(&path, "%s/tests/unit/report/golden/%s", DUBAN_SOURCE_DIR, name);
    cr_assert_eq(file_read(buffer_text(&path), 1 << 16, &wanted, &err), ERROR_OK, "%s", err.message);
    cr_expect_str_eq(buffer_text(got), buffer_text(&wanted), "%s\n--- got\n%s--- wanted\n%s", name, buffer_text(got),
                     buffer_text(&wanted));
}

static void expect_inside(const char *name, const struct buffer *got) {
    CLEAN(buffer_finish) struct buffer path = {0};
    CLEAN(buffer_finish) struct buffer wanted = {0};
    struct error err = {0};
    buffer_printf(&path, "%s/tests/unit/report/golden/%s", DUBAN_SOURCE_DIR, name);
    cr_assert_eq(file_read(buffer_text(&path), 1 << 16, &wanted, &err), ERROR_OK, "%s", err.message);
    cr_expect(strstr(buffer_text(got), buffer_text(&wanted)), "%s\n--- got\n%s--- wanted\n%s", name, buffer_text(got),
              buffer_text(&wanted));
}

/* All that the plan asks for is reported and on plan; what is overdue by September is done. */
static void all_on_plan(struct scene *scene) {
    for (size_t i = 0; i < scene->plan->cell_count; i++) {
        struct assessment *cell = &scene->view.cells[i];
        const struct cell *owed = &scene->plan->cells[i];
        *cell = (struct assessment){.state = STATE_ON_PLAN,
                                    .light = LIGHT_BLUE,
                                    .proposed = LIGHT_BLUE,
                                    .due = owed->due,
                                    .due_original = owed->due,
                                    .report_state = owed->rollup ? REPORT_NONE : REPORT_ON_TIME,
                                    .forecast = {.refused = FORECAST_SMALL_GOAL}};
        if (owed->no_task) *cell = (struct assessment){.state = STATE_NO_TASK};
    }
    scene->view.cells[cell_of(scene, "厕所", "苍溪")].state = STATE_DONE;
    scene->view.cells[cell_of(scene, "厕所", "全市")].state = STATE_DONE;
    scene->morning.words[1] = (struct task_words){.found = true, .as_of = on("2021-10-29")};
}

static void stand(struct scene *scene, const char *target, const char *area, enum cell_state state, enum light light,
                  enum light proposed, const char *value) {
    struct assessment *cell = &scene->view.cells[cell_of(scene, target, area)];
    cell->state = state;
    cell->light = light;
    cell->proposed = proposed;
    cell->has_value = value != NULL;
    cell->figure.form = FIGURE_VALUE;
    if (value) strcpy(cell->value_text, value);
}

static void silent(struct scene *scene, const char *target, const char *area) {
    stand(scene, target, area, STATE_NOT_REPORTED, LIGHT_GREY, LIGHT_GREY, NULL);
    scene->view.cells[cell_of(scene, target, area)].report_state = REPORT_MISSING;
}

static void forecast(struct scene *scene, const char *target, const char *area, const char *day) {
    scene->view.cells[cell_of(scene, target, area)].forecast =
        (struct forecast){.refused = FORECAST_GIVEN, .n = 5, .median = on(day), .low = on(day), .high = on(day)};
}

static void find(struct scene *scene) {
    struct morning *morning = &scene->morning;
    cr_assert(decisions_find(&scene->view, morning->held, morning->held_count, &morning->notices, &morning->decisions));
    cr_assert(coming_find(&scene->view, &morning->coming));
    cr_assert(sent_find(&scene->view, &morning->sent));
}

static void found_finish(struct scene *scene) {
    decisions_finish(&scene->morning.decisions);
    coming_finish(&scene->morning.coming);
    free(scene->morning.sent.replies.items);
    free(scene->morning.sent.ending.items);
    free(scene->morning.sent.broken.items);
    scene_finish(scene);
}

struct texts {
    struct buffer line, brief, full;
};
static void texts_finish(struct texts *texts) {
    buffer_finish(&texts->line);
    buffer_finish(&texts->brief);
    buffer_finish(&texts->full);
}
static void say(const struct scene *scene, struct texts *out) {
    *out = (struct texts){0};
    brief_words(&scene->morning, &out->line, &out->brief, &out->full);
}

/* Everything that can stand on the office's page stands there once. */
Test(brief, says_every_block) {
    CLEAN(found_finish) struct scene scene;
    CLEAN(texts_finish) struct texts texts;
    scene_init(&scene, plan_text_, "2021-11-08T08:30:00+08:00");
    all_on_plan(&scene);
    silent(&scene, "清单", "剑阁");
    silent(&scene, "校舍面积", "剑阁");
    silent(&scene, "危房", "剑阁");
    stand(&scene, "校舍面积", "苍溪", STATE_BEHIND, LIGHT_YELLOW, LIGHT_RED, "1.5");
    stand(&scene, "校舍面积", "青川", STATE_BEHIND, LIGHT_YELLOW, LIGHT_YELLOW, "2");
    stand(&scene, "危房", "青川", STATE_DONE, LIGHT_GREEN, LIGHT_GREEN, "10");
    stand(&scene, "厕所", "苍溪", STATE_OVERDUE, LIGHT_RED, LIGHT_RED, "3");
    scene.view.cells[cell_of(&scene, "厕所", "苍溪")].days_overdue = 39;
    forecast(&scene, "危房", "苍溪", "2022-01-20");
    struct assessment *city = &scene.view.cells[cell_of(&scene, "校舍面积", "全市")];
    size_t unfinished[] = {1, 2};
    *city = (struct assessment){.state = STATE_BEHIND,
                                .has_value = true,
                                .value_text = "3.5",
                                .counties_in = 2,
                                .counties_expected = 3,
                                .unfinished = unfinished,
                                .unfinished_count = 2,
                                .figure = {.form = FIGURE_VALUE}};

    char jiange[] = "剑阁县", qingchuan[] = "青川县", jiange_code[] = "510823", qingchuan_code[] = "510822";
    char *jiange_areas[] = {jiange_code}, *qingchuan_areas[] = {qingchuan_code};
    struct stream streams[] = {
        {.id = 1, .name = "jiange", .unit = jiange, .role = STREAM_COUNTY, .areas = jiange_areas, .area_count = 1},
        {.id = 2,
         .name = "qingchuan",
         .unit = qingchuan,
         .role = STREAM_COUNTY,
         .areas = qingchuan_areas,
         .area_count = 1}};
    struct feed_file refused = {.id = 1187, .file = "10月报表.csv", .taken = 34, .refused = 3};
    struct feed feeds[] = {{.stream = &streams[0], .state = FEED_MISSING, .owed = 3, .missing = 3},
                           {.stream = &streams[1], .state = FEED_REJECTED, .owed = 3, .last = &refused}};
    scene.view.streams = (struct streams){streams, 2};
    scene.morning.feeds = (struct feeds){feeds, 2, NULL};

    size_t held_cell = cell_of(&scene, "危房", "剑阁");
    struct cell_event events[] = {{.source_file = slice_of("10月报表_最终2.xlsx"), .source_place = slice_of("F17")}};
    struct held_figure held = {.cell = held_cell,
                               .from = {.form = FIGURE_VALUE, .value = {12, 0}},
                               .has_from = true,
                               .to = {.form = FIGURE_VALUE, .value = {9, 0}},
                               .known_at = at("2021-11-03T10:00:00+08:00")};
    scene.view.events[held_cell] = (struct cell_events){events, 1};
    scene.morning.held = &held;
    scene.morning.held_count = 1;

    struct extension extension = {.number = 7,
                                  .cell = cell_of(&scene, "校舍面积", "青川"),
                                  .due_before = on("2021-12-31"),
                                  .due_asked = on("2022-03-31"),
                                  .due_decided = DAY_NONE,
                                  .reason = slice_of("征地")};
    struct close_out close_out = {.number = 4,
                                  .cell = cell_of(&scene, "危房", "青川"),
                                  .state = CLOSE_OUT_LEAD_CHECKED,
                                  .document = slice_of("样例〔2021〕4号")};
    scene.view.requests = (struct requests){&extension, 1, &close_out, 1, false};

    struct alert_row alerts[] = {
        {.id = 1,
         .rule = "overdue",
         .target = "T01.4",
         .area = "510824",
         .stream = "",
         .state = "open",
         .rung = RUNG_YELLOW_CARD},
        {.id = 2, .rule = "slipping", .target = "T01.2", .area = "510824", .stream = "", .state = "open"}};
    scene.view.alerts = (struct alert_rows){.items = alerts, .count = 2};
    struct proposal_row proposal = {.alert = 1, .step = "yellow_card", .number = "D21-1101-02", .item = 1};
    struct unroutable_row unroutable = {.meant_for = "area:510824", .notices = 1};
    scene.morning.notices = (struct office_notices){
        .unroutable = &unroutable, .unroutable_count = 1, .proposals = &proposal, .proposal_count = 1};

    struct assessment before[32] = {0};
    cr_assert_leq(scene.plan->cell_count, 32u);
    memcpy(before, scene.view.cells, scene.plan->cell_count * sizeof *before);
    struct change changes[] = {{cell_of(&scene, "校舍面积", "青川"), -1, true, false},
                               {cell_of(&scene, "校舍面积", "苍溪"), -1, true, false},
                               {cell_of(&scene, "危房", "青川"), 1, true, false}};
    before[changes[0].cell].light = before[changes[0].cell].proposed = LIGHT_BLUE;
    before[changes[1].cell].light = before[changes[1].cell].proposed = LIGHT_YELLOW;
    before[changes[2].cell].light = before[changes[2].cell].proposed = LIGHT_BLUE;
    scene.morning.changes.before = before;
    scene.morning.changes.items = changes;
    scene.morning.changes.count = 3;
    scene.morning.changes.view = &scene.view;

    struct answer_row answers[] = {{.reply = 1,
                                    .alert = 7,
                                    .number = "D21-1025-01",
                                    .who = "县教育局",
                                    .words = "在做",
                                    .refused = "",
                                    .target = "T01.2",
                                    .area = "510822",
                                    .stream = "",
                                    .outcome = "standing",
                                    .by_day = on("2021-11-08"),
                                    .known_at = at("2021-10-26T10:00:00+08:00"),
                                    .ended_at = INSTANT_NONE},
                                   {.reply = 2,
                                    .alert = 1,
                                    .number = "D21-1101-02/1",
                                    .who = "县教育局",
                                    .words = "屋面已完工",
                                    .refused = "",
                                    .target = "T01.4",
                                    .area = "510824",
                                    .stream = "",
                                    .outcome = "standing",
                                    .by_day = on("2021-11-10"),
                                    .known_at = at("2021-11-05T10:00:00+08:00"),
                                    .ended_at = INSTANT_NONE}};
    scene.morning.sent.answers = (struct answer_rows){.items = answers, .count = 2};
    scene.morning.sent.counts = (struct sent_counts){
        .messages = 12, .delivered = 11, .failed = 1, .waiting = 2, .held = 1, .next = at("2021-11-08T08:30:00+08:00")};

    find(&scene);
    say(&scene, &texts);
    expect_golden("brief_busy_short.txt", &texts.brief);
    expect_golden("brief_busy_full.txt", &texts.full);
}

/* Proof of life: the brief comes and says that there is nothing. */
Test(brief, says_that_nothing_changed) {
    CLEAN(found_finish) struct scene scene;
    CLEAN(texts_finish) struct texts texts;
    scene_init(&scene, plan_text_, "2021-11-08T08:30:00+08:00");
    all_on_plan(&scene);
    scene.view.programme.trial = true;
    find(&scene);
    say(&scene, &texts);
    expect_golden("brief_quiet_short.txt", &texts.brief);
    cr_expect(strstr(buffer_text(&texts.full), "\n三 与上一工作日（11月5日）相比没有变化\n"), "%s",
              buffer_text(&texts.full));
}

/* New figures that move no light are not "nothing". */
Test(brief, says_that_figures_came_and_no_light_moved) {
    CLEAN(found_finish) struct scene scene;
    CLEAN(texts_finish) struct texts texts;
    scene_init(&scene, plan_text_, "2021-11-08T08:30:00+08:00");
    all_on_plan(&scene);
    scene.morning.changes.figures = 6;
    find(&scene);
    say(&scene, &texts);
    cr_expect_str_eq(buffer_text(&texts.line), "【早报】校舍维修 11-08 未报0 待定0 新数6 逾期0");
    cr_expect(strstr(buffer_text(&texts.brief), "\n三 11月5日以来灯和状态没有变化，6项有新数\n"), "%s",
              buffer_text(&texts.brief));
}

static void december(struct scene *scene, const char *known_at) {
    scene_init(scene, plan_text_, known_at);
    all_on_plan(scene);
    scene->view.cells[cell_of(scene, "危房", "青川")].state = STATE_DONE;
    scene->view.cells[cell_of(scene, "危房", "剑阁")].state = STATE_DONE;
    stand(scene, "校舍面积", "苍溪", STATE_BEHIND, LIGHT_YELLOW, LIGHT_YELLOW, "1.5");
    stand(scene, "校舍面积", "青川", STATE_BEHIND, LIGHT_YELLOW, LIGHT_YELLOW, "2");
    forecast(scene, "校舍面积", "苍溪", "2022-02-15");
    forecast(scene, "校舍面积", "青川", "2022-02-15");
    scene->view.cells[cell_of(scene, "校舍面积", "剑阁")].forecast.refused = FORECAST_FEW_POINTS;
}

/* 青川 asked for an extension, 苍溪 did not. */
Test(brief, lists_on_the_first_of_december_what_will_be_late_and_was_not_asked_for) {
    CLEAN(found_finish) struct scene scene;
    CLEAN(texts_finish) struct texts texts;
    december(&scene, "2021-12-01T08:30:00+08:00");
    struct extension extension = {.number = 7,
                                  .cell = cell_of(&scene, "校舍面积", "青川"),
                                  .due_before = on("2021-12-31"),
                                  .due_asked = on("2022-03-31"),
                                  .due_decided = DAY_NONE,
                                  .reason = slice_of("征地")};
    scene.view.requests = (struct requests){&extension, 1, NULL, 0, false};
    find(&scene);
    say(&scene, &texts);
    expect_inside("brief_december_block.txt", &texts.full);
    expect_inside("brief_december_short.txt", &texts.brief);
}

/* The first working day from the 1st on: in 2018 it was a Saturday. */
Test(brief, has_the_december_list_on_one_day) {
    static const struct {
        const char *day;
        bool listed;
    } rows[] = {{"2021-11-30T08:30:00+08:00", false}, {"2021-12-01T08:30:00+08:00", true},
                {"2021-12-02T08:30:00+08:00", false}, {"2018-12-01T08:30:00+08:00", false},
                {"2018-12-03T08:30:00+08:00", true},  {"2018-12-04T08:30:00+08:00", false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CLEAN(found_finish) struct scene scene;
        december(&scene, rows[i].day);
        find(&scene);
        cr_expect_eq(scene.morning.coming.december, rows[i].listed, "%s", rows[i].day);
    }
}

/* However much there is, a robot takes it and line 1 stays a line: names give way to counts, the title to figures. */
Test(brief, fits_whatever_happens) {
    CLEAN(buffer_finish) struct buffer plan = {0};
    CLEAN(found_finish) struct scene scene;
    CLEAN(texts_finish) struct texts texts;
    buffer_add_text(
        &plan, "programme: x\n"
               "title: 乡镇行政区划和村级建制调整改革后半篇文章重点任务推进情况督办\n"
               "areas: [{code: \"510823\", name: 剑阁县, short: 剑阁}]\n"
               "units: [{name: 市教育局}]\ntasks:\n  - {code: T01, title: 校舍维修, leads: [市教育局], targets: [\n");
    for (unsigned i = 1; i <= 200; i++)
        buffer_printf(&plan,
                      "%s      {code: T01.%u, name: 维修第%u批农村义务教育学校校舍面积, short: 第%u批校舍, unit: "
                      "平方米, kind: cumulative, "
                      "value: 4, due: 2021-12-31, shares: {\"510823\": 4}}",
                      i > 1 ? ",\n" : "", i, i, i);
    buffer_add_text(&plan, "]}\n");
    scene_init(&scene, buffer_text(&plan), "2021-11-08T08:30:00+08:00");
    AUTO_FREE struct change *changes = calloc(scene.plan->cell_count, sizeof *changes);
    AUTO_FREE struct assessment *before = calloc(scene.plan->cell_count, sizeof *before);
    cr_assert(changes && before);
    for (size_t i = 0; i < scene.plan->cell_count; i++) {
        scene.view.cells[i] = (struct assessment){.state = STATE_BEHIND,
                                                  .light = LIGHT_YELLOW,
                                                  .proposed = LIGHT_RED,
                                                  .two_sources = true,
                                                  .report_state = REPORT_MISSING,
                                                  .due = on("2021-12-31")};
        changes[i] = (struct change){i, -1, true, false};
    }
    scene.morning.changes.before = before;
    scene.morning.changes.items = changes;
    scene.morning.changes.count = scene.plan->cell_count;
    scene.morning.changes.view = &scene.view;
    find(&scene);
    say(&scene, &texts);
    cr_expect_leq(text_chars(texts.line.data, texts.line.len), (size_t)BRIEF_FIRST_LINE_CHARS, "%s",
                  buffer_text(&texts.line));
    cr_expect(strstr(buffer_text(&texts.line), " 11-08 未报1 待定200 变化200 逾期0"), "%s", buffer_text(&texts.line));
    cr_expect_leq(texts.brief.len, (size_t)BRIEF_SHORT_BYTES, "%zu bytes:\n%s", texts.brief.len,
                  buffer_text(&texts.brief));
    cr_expect(strstr(buffer_text(&texts.brief), "核定红灯200"), "%s", buffer_text(&texts.brief));
    cr_expect(strstr(buffer_text(&texts.brief), "\n七 "), "%s", buffer_text(&texts.brief));
}
