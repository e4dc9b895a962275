/* One target: curves as the plan draws them, what was reported, what must come, and what is not drawn. */
#include "services/board/document_target.h"
#include "tests/unit/board/facts_scene.h"

static const char text_[] =
    "programme: x\n"
    "title: 示例\n"
    "start: 2021-01-01\n"
    "city: {code: \"510800\", name: 广元市, short: 全市}\n"
    "areas: [{code: \"510822\", name: 青川县, short: 青川}, {code: \"510823\", name: 剑阁县, short: 剑阁}]\n"
    "units: [{name: 市交通运输局}]\n"
    "tasks:\n"
    "  - {code: T01, title: 道路, leads: [市交通运输局], targets: [\n"
    "      {code: T01.1, name: 直连道路, short: 直连道路, unit: 公里, kind: cumulative, value: 124.0, decimals: 1,\n"
    "       from: 2021-01-01, due: 2021-12-31, shares: {\"510822\": 62, \"510823\": 60}},\n"
    "      {code: T01.2, name: 站点, unit: 个, kind: cumulative, counted: true, value: 8, from: 2021-01-01,\n"
    "       due: 2021-12-31, shares: {\"510822\": 4, \"510823\": 4}},\n"
    "      {code: T01.3, name: 没有期限的路, unit: 公里, kind: cumulative, value: 20, shares: {\"510822\": 10, \"510823\": "
    "10}},\n"
    "      {code: T01.4, name: 公布清单, kind: milestone, due: 2021-12-31}]}\n";

static const struct document_request roads = {.code = "T01.1"}, one_road = {.code = "T01.1", .area = "510822"};

/* Of DOMAIN's vectors: 62 kilometres of a year are 46.50 on the last of September. */
Test(series, a_plan_is_straight_in_whole_months) {
    CLEAN(scene_finish) struct scene scene;
    scene_init(&scene, text_, "2021-10-09T08:30:00+08:00");
    CLEAN(json_drop) json_t *document = made(document_series, &scene, &office, &one_road);
    cr_expect_eq(json_array_size(json_object_get(document, "series")), 1);
    cr_expect_eq(json_array_size(json_object_get(json_array_get(json_object_get(document, "series"), 0), "plan")), 13);
    cr_expect_str_eq(said(document, "series.0.plan.0.on"), "2020-12-31");
    cr_expect_str_eq(said(document, "series.0.plan.0.value"), "0");
    cr_expect_str_eq(said(document, "series.0.plan.1.on"), "2021-01-31");
    cr_expect_str_eq(said(document, "series.0.plan.1.value"), "5.17");
    cr_expect_str_eq(said(document, "series.0.plan.9.on"), "2021-09-30");
    cr_expect_str_eq(said(document, "series.0.plan.9.value"), "46.5");
    cr_expect_str_eq(said(document, "series.0.plan.12.on"), "2021-12-31");
    cr_expect_str_eq(said(document, "series.0.plan.12.value"), "62");
    cr_expect_str_eq(said(document, "series.0.plan_stepped"), "false");
    cr_expect_str_eq(said(document, "series.0.plan_original"), "");
    cr_expect_str_eq(said(document, "series.0.drawable"), "false", "no figure came yet");
    cr_expect_str_eq(said(document, "series.0.not_drawable"), "还没有数据，不作图");
}

Test(series, after_an_extension_the_original_line_stands_beside) {
    CLEAN(scene_finish) struct scene scene;
    scene_init(&scene, text_, "2021-10-09T08:30:00+08:00");
    now_of(&scene, "T01.1", "510822")->due = on("2022-03-31");
    CLEAN(json_drop) json_t *document = made(document_series, &scene, &office, &one_road);
    cr_expect_str_eq(said(document, "series.0.due"), "2022-03-31");
    cr_expect_str_eq(said(document, "series.0.due_original"), "2021-12-31");
    cr_expect_str_eq(said(document, "series.0.plan.15.on"), "2022-03-31");
    cr_expect_str_eq(said(document, "series.0.plan.12.value"), "49.6", "12 of 15 months");
    cr_expect_str_eq(said(document, "series.0.plan_original.12.on"), "2021-12-31");
    cr_expect_str_eq(said(document, "series.0.plan_original.12.value"), "62");
}

/* Four stations in a year: one each quarter, none in between. */
Test(series, whole_things_are_planned_in_steps) {
    CLEAN(scene_finish) struct scene scene;
    static const char *const days[] = {"2020-12-31", "2021-03-31", "2021-06-30", "2021-09-30", "2021-12-31"};
    scene_init(&scene, text_, "2021-10-09T08:30:00+08:00");
    CLEAN(json_drop) json_t *document =
        made(document_series, &scene, &office, &(struct document_request){.code = "T01.2", .area = "510822"});
    json_t *plan = json_object_get(json_array_get(json_object_get(document, "series"), 0), "plan");
    cr_assert_eq(json_array_size(plan), 5);
    for (size_t i = 0; i < 5; i++) {
        char value[8];
        snprintf(value, sizeof value, "%zu", i);
        cr_expect_str_eq(json_string_value(json_object_get(json_array_get(plan, i), "on")), days[i]);
        cr_expect_str_eq(json_string_value(json_object_get(json_array_get(plan, i), "value")), value);
    }
    cr_expect_str_eq(said(document, "series.0.plan_stepped"), "true");
}

Test(series, what_cannot_be_drawn_says_why) {
    static const struct {
        const char *target, *plan, *why;
    } rows[] = {{"T01.3", "原文没有期限，没有计划线", "还没有数据，不作图"},
                {"T01.4", "期限前不比进度，到期判定，没有计划线", "只分完成和未完成，不画进度线"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CLEAN(scene_finish) struct scene scene;
        scene_init(&scene, text_, "2021-10-09T08:30:00+08:00");
        CLEAN(json_drop) json_t *document =
            made(document_series, &scene, &office, &(struct document_request){.code = rows[i].target, .area = "510822"});
        cr_expect_str_eq(said(document, "series.0.plan"), "[]");
        cr_expect_str_eq(said(document, "series.0.no_plan"), rows[i].plan);
        cr_expect_str_eq(said(document, "series.0.not_drawable"), rows[i].why);
    }
}

static struct cell_event figure(unsigned char number, const char *as_of, const char *known, int64_t tenths) {
    struct cell_event event = {.kind = EVENT_FIGURE,
                               .as_of = on(as_of),
                               .known_at = at(known),
                               .reported_at = at(known),
                               .figure = {.form = FIGURE_VALUE},
                               .log = 1,
                               .seq = number,
                               .stream = slice_of("qingchuan"),
                               .reporter = slice_of("青川县"),
                               .stream_county = true};
    event.uid[0] = number;
    cr_assert_eq(decimal_make(tenths, 1, &event.figure.value), PROTO_OK);
    return event;
}

/* A correction stands beside what it replaced, which is still there, struck through. */
Test(series, points_are_what_was_reported_and_what_became_of_it) {
    CLEAN(scene_finish) struct scene scene;
    struct cell_event events[] = {figure(1, "2021-07-31", "2021-08-04T09:00:00+08:00", 150),
                                  figure(2, "2021-08-31", "2021-09-03T09:00:00+08:00", 240),
                                  figure(3, "2021-09-30", "2021-10-08T09:00:00+08:00", 310),
                                  figure(4, "2021-08-31", "2021-10-08T10:00:00+08:00", 225)};
    scene_init(&scene, text_, "2021-10-09T08:30:00+08:00");
    events[3].kind = EVENT_CORRECTION;
    events[3].has_replaces = true;
    memcpy(events[3].replaces, events[1].uid, sizeof events[1].uid);
    events[3].reason = slice_of("重新丈量");
    scene.facts.view.events[cell_at(&scene, "T01.1", "510822")] = (struct cell_events){events, 4};
    CLEAN(json_drop) json_t *document = made(document_series, &scene, &office, &one_road);
    cr_expect_eq(json_array_size(json_object_get(json_array_get(json_object_get(document, "series"), 0), "points")), 4);
    cr_expect_str_eq(said(document, "series.0.points.0.value"), "15");
    cr_expect_str_eq(said(document, "series.0.points.1.value"), "24");
    cr_expect_str_eq(said(document, "series.0.points.1.standing"), "false");
    cr_expect_str_eq(said(document, "series.0.points.2.value"), "22.5");
    cr_expect_str_eq(said(document, "series.0.points.2.kind"), "correction");
    cr_expect_str_eq(said(document, "series.0.points.2.standing"), "true");
    cr_expect_str_eq(said(document, "series.0.points.3.as_of"), "2021-09-30");
    cr_expect_str_eq(said(document, "series.0.drawable"), "true");
}

/* The city's past is its counties' at the end of each month, with how many are in it; its plan is their plans. */
Test(series, a_city_is_the_sum_of_its_counties) {
    CLEAN(scene_finish) struct scene scene;
    struct cell_event one[] = {figure(1, "2021-08-31", "2021-09-03T09:00:00+08:00", 240),
                               figure(2, "2021-09-30", "2021-10-08T09:00:00+08:00", 310)};
    struct cell_event two[] = {figure(3, "2021-09-30", "2021-10-08T09:10:00+08:00", 205)};
    scene_init(&scene, text_, "2021-10-09T08:30:00+08:00");
    scene.facts.view.events[cell_at(&scene, "T01.1", "510822")] = (struct cell_events){one, 2};
    scene.facts.view.events[cell_at(&scene, "T01.1", "510823")] = (struct cell_events){two, 1};
    CLEAN(json_drop) json_t *document = made(document_series, &scene, &office, &roads);
    cr_expect_str_eq(said(document, "series.0.city"), "true");
    cr_expect_str_eq(said(document, "series.0.points.0.as_of"), "2021-08-31");
    cr_expect_str_eq(said(document, "series.0.points.0.value"), "24");
    cr_expect_str_eq(said(document, "series.0.points.0.counties"), "1");
    cr_expect_str_eq(said(document, "series.0.points.1.value"), "51.5");
    cr_expect_str_eq(said(document, "series.0.points.1.counties"), "2");
    cr_expect_str_eq(said(document, "series.0.plan.9.value"), "91.5", "46.5 and 45");
    cr_expect_str_eq(said(document, "series.0.plan.12.value"), "122");
    cr_expect_str_eq(said(document, "series.1.area"), "510822");
}

/* MESSAGES: to be there in time 10.3 a month is needed; its own best month was 6.0. */
Test(target, the_needed_pace_stands_against_the_best_ever_held) {
    CLEAN(scene_finish) struct scene scene;
    struct cell_event events[] = {figure(1, "2021-07-31", "2021-08-04T09:00:00+08:00", 190),
                                  figure(2, "2021-08-31", "2021-09-03T09:00:00+08:00", 250),
                                  figure(3, "2021-09-30", "2021-10-08T09:00:00+08:00", 310)};
    scene_init(&scene, text_, "2021-10-09T08:30:00+08:00");
    events[2].figure.value = (struct decimal){31, 0};
    struct assessment *cell = now_of(&scene, "T01.1", "510822");
    set_unreleased_red(cell);
    strcpy(cell->value_text, "31");
    cell->value = cell->figure.value = (struct decimal){31, 0};
    cell->has_missing = true;
    cell->missing = (struct decimal){31, 0};
    scene.facts.view.events[cell_at(&scene, "T01.1", "510822")] = (struct cell_events){events, 3};
    CLEAN(json_drop) json_t *document = made(document_target, &scene, &office, &roads);
    cr_expect_str_eq(said(document, "pace.0.area"), "510822");
    cr_expect_str_eq(said(document, "pace.0.needed"), "10.3");
    cr_expect_str_eq(said(document, "pace.0.months"), "3");
    cr_expect_str_eq(said(document, "pace.0.best"), "6");
    cr_expect_str_eq(said(document, "pace.0.best_month"), "2021-09", "the newest of equal ones");
    cr_expect_str_eq(said(document, "pace.0.unit"), "公里/月");
    cr_expect_str_eq(said(document, "pace.0.words"), "要按期，今后3个月每月须10.3公里；本县最快的一个月是6.0公里。");
    cr_expect_str_eq(said(document, "cells.0.area"), "510822", "worst first");
    cr_expect_str_eq(said(document, "cells.0.lamp"), "proposed_red");
    cr_expect_str_eq(said(document, "allocation.words"), "分解合计122.0，市级124.0，差2.0");
    cr_expect_str_eq(said(document, "target.due_words"), "12月31日");
    CLEAN(json_drop) json_t *outside = made(document_target, &scene, &viewer, &roads);
    cr_expect_str_eq(said(outside, "cells.0.lamp"), "yellow");
    cr_expect_str_eq(said(outside, "cells.0.proposed_light"), "yellow");
    cr_expect_str_eq(said(outside, "cells.0.computed_light"), "yellow");
    cr_expect_str_eq(said(outside, "cells.0.rule"), "points_10");
    cr_expect_str_eq(said(outside, "cells.0.inputs.threshold.behind"), "10.0");
    cr_expect_null(strstr(said(outside, "cells.0.why"), "超过30"), "%s", said(outside, "cells.0.why"));
    cr_expect_str_eq(said(outside, "cells.0.deviation_points"), "-35.3", "its figures are its own");
}

/* A county reads its own row: neither the city's sum nor the allocation of the others. */
Test(target, a_county_sees_its_row_alone) {
    CLEAN(scene_finish) struct scene scene;
    static const struct scope jiange = {.role = ROLE_COUNTY, .area = "510823"};
    scene_init(&scene, text_, "2021-10-09T08:30:00+08:00");
    CLEAN(json_drop) json_t *document = made(document_target, &scene, &jiange, &roads);
    CLEAN(json_drop) json_t *series = made(document_series, &scene, &jiange, &roads);
    cr_expect_eq(json_array_size(json_object_get(document, "cells")), 1);
    cr_expect_str_eq(said(document, "cells.0.area"), "510823");
    cr_expect_str_eq(said(document, "city"), "");
    cr_expect_str_eq(said(document, "allocation"), "");
    cr_expect_eq(json_array_size(json_object_get(series, "series")), 1);
    AUTO_FREE char *text = json_dumps(document, JSON_COMPACT);
    cr_expect_null(strstr(text, "510822"), "%s", text);
}

Test(target, what_is_unknown_and_what_is_not_yours_are_answered_alike) {
    CLEAN(scene_finish) struct scene scene;
    static const struct scope other = {.role = ROLE_COUNTY, .area = "510899"};
    static const struct document_request unknown = {.code = "T99.1"};
    struct error one = {0}, two = {0};
    scene_init(&scene, text_, "2021-10-09T08:30:00+08:00");
    cr_expect_null(document_target(&scene.facts, &other, &roads, &one));
    cr_expect_null(document_target(&scene.facts, &office, &unknown, &two));
    cr_expect_eq(one.code, ERROR_NOT_FOUND);
    cr_expect_str_eq(one.message, two.message);
    cr_expect_str_eq(one.place, two.place);
}
