#include "services/collector/names.h"

#include "tests/unit/collector/plan_fixture.h"

Test(names, areas_as_offices_call_them) {
    static const struct {
        const char *text, *code;
        enum refusal_code refusal;
    } rows[] = {
        {"青川县", "510822", 0},
        {"青川", "510822", 0},
        {"青 川　县", "510822", 0},
        {"广元市青川县", "510822", 0},
        {"广元市青川", "510822", 0},
        {"510822", "510822", 0},
        {"５１０８２２", "510822", 0},
        {"510822000", "510822", 0},
        {"510822000000", "510822", 0},
        {"510822.0", "510822", 0},
        {"广元市", "510800", 0},
        {"利州区", "510802", 0},
        {"利州", "510802", 0},
        {"510822103", NULL, REFUSAL_TOWNSHIP},
        {"510822103000", NULL, REFUSAL_TOWNSHIP},
        {"乔庄镇", NULL, REFUSAL_UNKNOWN_AREA},
        {"510825", NULL, REFUSAL_UNKNOWN_AREA},
        {"", NULL, REFUSAL_AREA_MISSING},
        {"-", NULL, REFUSAL_AREA_MISSING},
        {"市中区", NULL, REFUSAL_UNKNOWN_AREA},
        {"县", NULL, REFUSAL_UNKNOWN_AREA},
    };
    struct plan_fixture f = plan_fixture_open();
    struct arena *arena = arena_create();
    struct day day;
    cr_assert(day_make(2021, 6, 30, &day));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t area = NO_INDEX;
        struct refusal refusal = name_area(f.plan, arena, slice_of(rows[i].text), day, 0, &area);
        cr_expect_eq(refusal.code, rows[i].refusal, "\"%s\": %s", rows[i].text, refusal_row(refusal.code)->word);
        if (rows[i].code) {
            cr_assert_neq(area, NO_INDEX, "\"%s\"", rows[i].text);
            cr_expect_str_eq(f.plan->areas[area].code, rows[i].code, "\"%s\"", rows[i].text);
        }
    }
    size_t area;
    cr_assert(day_make(2006, 6, 30, &day));
    cr_expect_eq(name_area(f.plan, arena, slice_of("市中区"), day, 0, &area).code, REFUSAL_NONE,
                 "the old name in its time");
    arena_destroy(&arena);
    plan_fixture_close(&f);
}

/* Each refusal offers candidates: what the place is called now, what is nearest, or all there are. */
Test(names, an_unknown_area_is_answered_with_candidates) {
    static const struct {
        const char *text, *reason;
    } rows[] = {
        {"市中区", "“市中区”是旧名，现在叫“利州区”"},
        {"青州县", "没有叫“青州县”的地区，最像的是“青川县”"},
        {"四川省广元市旺苍县", "没有叫“四川省广元市旺苍县”的地区，最像的是“旺苍县”"},
        {"利州区、青川县", "没有叫“利州区、青川县”的地区，计划里有广元市、利州区、昭化区、旺苍县、青川县"},
        {"乔庄镇", "没有叫“乔庄镇”的地区，计划里有广元市、利州区、昭化区、旺苍县、青川县"},
    };
    struct plan_fixture f = plan_fixture_open();
    struct arena *arena = arena_create();
    struct day day;
    size_t area;
    cr_assert(day_make(2021, 6, 30, &day));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_str_eq(name_area(f.plan, arena, slice_of(rows[i].text), day, 0, &area).reason, rows[i].reason);
    arena_destroy(&arena);
    plan_fixture_close(&f);
}

/* The same indicator words for two scopes: the shorter name says too little. */
Test(names, a_name_that_another_only_narrows_demands_the_scope) {
    struct mapping mapping = {.targets = NULL};
    struct plan_fixture f = plan_fixture_open();
    struct arena *arena = arena_create();
    size_t target, task;
    struct refusal refusal = name_target(f.plan, &mapping, arena, slice_of("架线工程"), 1, &target, &task);
    cr_expect_eq(refusal.code, REFUSAL_TARGET_AMBIGUOUS);
    cr_expect_eq(target, NO_INDEX);
    cr_expect_str_eq(refusal.reason, "叫“架线工程”的指标有：T06.2、T06.3");
    cr_expect_eq(name_target(f.plan, &mapping, arena, slice_of("架线工程（非涉改乡镇）"), 1, &target, &task).code,
                 REFUSAL_NONE);
    cr_expect_str_eq(f.plan->targets[target].code, "T06.3");
    cr_expect_eq(name_target(f.plan, &mapping, arena, slice_of("T06.2"), 1, &target, &task).code, REFUSAL_NONE);
    cr_expect_eq(name_target(f.plan, &mapping, arena, slice_of("工程"), 1, &target, &task).code, REFUSAL_NONE,
                 "its short name is its own");
    cr_expect(strstr(
        name_target(f.plan, &mapping, arena, slice_of("2021年新改建直连道路里程累计完成情况统计"), 1, &target, &task)
            .reason,
        "最像的是“新改建直连道路（T06.1）”"));
    arena_destroy(&arena);
    plan_fixture_close(&f);
}

Test(names, targets_by_code_name_short_name_and_the_mappings_own) {
    static const struct {
        const char *text, *code;
        enum refusal_code refusal;
    } rows[] = {
        {"T06.1", "T06.1", 0},
        {"新改建直连道路", "T06.1", 0},
        {"直连道路", "T06.1", 0},
        {"“直连 道路”", "T06.1", 0},
        {"路", "T06.1", 0},
        {"Ｔ０６．１", "T06.1", 0},
        {"架线", "T06.5", 0},
        {"架线长度", NULL, REFUSAL_TARGET_AMBIGUOUS},
        {"直连公路", NULL, REFUSAL_UNKNOWN_TARGET},
        {"", NULL, REFUSAL_TARGET_MISSING},
        {"同上", NULL, REFUSAL_DITTO},
    };
    static struct mapping_target own = {"路", "T06.1"};
    struct mapping mapping = {.targets = &own, .target_count = 1};
    struct plan_fixture f = plan_fixture_open();
    struct arena *arena = arena_create();
    size_t target, task;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct refusal refusal = name_target(f.plan, &mapping, arena, slice_of(rows[i].text), 0, &target, &task);
        cr_expect_eq(refusal.code, rows[i].refusal, "\"%s\": %s", rows[i].text, refusal_row(refusal.code)->word);
        if (rows[i].code) cr_expect_str_eq(f.plan->targets[target].code, rows[i].code, "\"%s\"", rows[i].text);
    }
    struct refusal near = name_target(f.plan, &mapping, arena, slice_of("直连公路"), 0, &target, &task);
    cr_expect(strstr(near.reason, "最像的是“直连道路（T06.1）”"), "%s: a suggestion, never a guess", near.reason);
    cr_expect_eq(name_target(f.plan, &mapping, arena, slice_of("T07"), 0, &target, &task).code, REFUSAL_NONE);
    cr_expect(target == NO_INDEX && task != NO_INDEX);
    cr_expect_eq(name_target(f.plan, &mapping, arena, slice_of("水利服务"), 0, &target, &task).code, REFUSAL_NONE);
    arena_destroy(&arena);
    plan_fixture_close(&f);
}

Test(names, totals_and_footers) {
    cr_expect(name_is_total(slice_of("合 计")));
    cr_expect(name_is_total(slice_of("全市")));
    cr_expect(name_is_total(slice_of("合计：")));
    cr_expect(name_is_total(slice_of("全市总计")));
    cr_expect_not(name_is_total(slice_of("全市利州区")));
    cr_expect(name_is_total(slice_of("其中：国道")));
    cr_expect_not(name_is_total(slice_of("广元市")));
    cr_expect_not(name_is_total(slice_of("")));
    cr_expect(name_is_footer(slice_of("填表人：张三")));
    cr_expect(name_is_footer(slice_of("注：本表每月一报")));
    cr_expect_not(name_is_footer(slice_of("T06.1")));
    cr_expect_not(name_is_footer(slice_of("注册企业数")));
}
