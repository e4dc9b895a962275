/* Who owes what, kind by kind. */
#include "plan_texts.h"

#define HEAD                                                                                                            \
    "programme: p\ntitle: t\ncity: {code: \"00\", name: 广市, short: 全市}\nareas: [{code: \"02\", name: 乙县}, " \
    "{code: \"01\", name: 甲县}]\n"                                                                                   \
    "start: 2021-01-01\ntasks:\n  - code: T1\n    title: t\n    targets:\n"
#define TARGET(rest) "      - {code: T1.1, name: x, " rest "}\n"

static void is_rollup(const struct plan *plan, const char *goal) {
    const struct cell *city = cell_of(plan, "T1.1", "00");
    cr_assert_not_null(city);
    cr_expect(city->rollup);
    cr_expect_eq(plan->targets[0].first_cell, 0);
    cr_expect_eq(&plan->cells[0], city);
    cr_expect_eq(city->has_goal, goal != NULL);
    if (goal) is_number(city->goal, goal);
}

Test(plan_cells, a_sum_owes_what_was_given_out) {
    static const char yaml[] = HEAD TARGET("kind: cumulative, value: 10, unit: 台, counted: true, due: 2021-12-31");
    CLEAN(plan_destroy) struct plan *none = plan_of(yaml, NULL, NULL, NULL);
    cr_expect_eq(none->cell_count, 1);
    is_rollup(none, "10");
    cr_expect_not(none->has_allocation);
    CLEAN(plan_destroy) struct plan *plan = plan_of(yaml, "指标代码,甲县,乙县\nT1.1,0,\n", NULL, NULL);
    cr_expect_eq(plan->cell_count, 2);
    is_rollup(plan, "10");
    cr_expect(cell_of(plan, "T1.1", "01")->no_task);
    cr_expect_null(cell_of(plan, "T1.1", "02")); /* blank = no cell */
    cr_expect(cell_of(plan, "T1.1", "01")->has_opening);
    is_number(cell_of(plan, "T1.1", "01")->opening, "0");
}

Test(plan_cells, the_citys_own_share_makes_its_cell_an_ordinary_one) {
    static const char yaml[] = HEAD TARGET("kind: cumulative, value: 10, unit: 公里, due: 2021-12-31");
    CLEAN(plan_destroy) struct plan *plan = plan_of(yaml, "指标代码,市级值,00,甲县,乙县\nT1.1,10,4,3,3\n", NULL, NULL);
    cr_expect_eq(plan->cell_count, 3);
    cr_expect_not(cell_of(plan, "T1.1", "00")->rollup);
    is_number(cell_of(plan, "T1.1", "00")->goal, "4");
}

Test(plan_cells, a_target_of_the_city_has_one_cell) {
    CLEAN(plan_destroy)
    struct plan *plan =
        plan_of(HEAD TARGET("kind: milestone, due: 2021-12-31, areas: [\"00\"], reporter: office"), NULL, NULL, NULL);
    cr_expect_eq(plan->cell_count, 1);
    cr_expect_not(plan->cells[0].rollup);
    cr_expect_not(plan->cells[0].has_goal);
}

Test(plan_cells, a_milestone_has_one_cell_for_each_area_named) {
    CLEAN(plan_destroy)
    struct plan *plan =
        plan_of(HEAD TARGET("kind: milestone, value: 2, unit: 个县, due: 2021-12-31, areas: [乙县]"), NULL, NULL, NULL);
    cr_expect_eq(plan->cell_count, 2);
    is_rollup(plan, NULL);
    cr_expect_not_null(cell_of(plan, "T1.1", "02"));
    cr_expect_null(cell_of(plan, "T1.1", "01"));
}

Test(plan_cells, a_level_owes_the_targets_value_everywhere) {
    static const char *const kinds[] = {
        TARGET("kind: latest, value: 87, unit: 分, due: 2021-12-31"),
        TARGET("kind: hold, value: 87, unit: \"%\", denominator: reported"),
        TARGET("kind: ratio, value: 87, unit: 天, comparator: \"<=\", denominator: reported"),
        TARGET("kind: ratio, value: 87, unit: \"%\""),
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char yaml[1024];
        snprintf(yaml, sizeof yaml, "%s%s", HEAD, kinds[i]);
        CLEAN(plan_destroy) struct plan *plan = plan_of(yaml, NULL, NULL, NULL);
        cr_expect_eq(plan->cell_count, 3, "%s", kinds[i]);
        is_rollup(plan, "87");
        is_number(cell_of(plan, "T1.1", "02")->goal, "87");
        cr_expect_not(cell_of(plan, "T1.1", "02")->has_denominator);
        cr_expect_eq(cell_of(plan, "T1.1", "02")->has_opening,
                     i == 3); /* per cent of declared entities starts from 0 */
    }
}

Test(plan_cells, a_level_may_have_goals_and_openings_of_its_own) {
    struct plan_text texts[] = {
        {"plan", "p.yaml", slice_of(HEAD TARGET("kind: latest, value: 87, unit: 分, opening: 60, due: 2021-12-31"))},
        {"allocation", "a.csv", slice_of("指标代码,甲县,乙县\nT1.1,80,90\n")},
        {"openings", "o.csv", slice_of("指标代码,甲县,乙县\nT1.1,-5,\n")},
    };
    CLEAN(findings_finish) struct findings findings = {0};
    CLEAN(plan_destroy) struct plan *plan = NULL;
    cr_assert_eq(plan_read(texts, 3, &plan, &findings), ERROR_OK);
    is_number(cell_of(plan, "T1.1", "01")->goal, "80");
    is_number(cell_of(plan, "T1.1", "01")->opening, "-5");
    is_number(cell_of(plan, "T1.1", "02")->opening, "60");
}

Test(plan_cells, declared_denominators_decide_who_is_asked) {
    CLEAN(plan_destroy)
    struct plan *plan = plan_of(HEAD TARGET("kind: ratio, value: 100, unit: \"%\", due: 2021-12-31"), NULL,
                                "指标代码,单位,甲县,乙县\nT1.1,个村,120,0\n", NULL);
    is_number(cell_of(plan, "T1.1", "01")->goal, "100");
    is_number(cell_of(plan, "T1.1", "01")->denominator, "120");
    cr_expect(cell_of(plan, "T1.1", "02")->no_task);
    is_number(cell_of(plan, "T1.1", "00")->denominator, "120");
    CLEAN(plan_destroy)
    struct plan *blank = plan_of(HEAD TARGET("kind: ratio, value: 100, unit: \"%\", due: 2021-12-31"), NULL,
                                 "指标代码,甲县,乙县\nT1.1,120,\n", NULL);
    cr_expect_null(cell_of(blank, "T1.1", "02"));
}

Test(plan_cells, entities_and_baselines_are_goals) {
    static const char entity[] = HEAD TARGET("kind: per_entity, value: 1, unit: 所/村");
    static const char baseline[] = HEAD TARGET("kind: baseline, unit: 元, decimals: 2");
    CLEAN(plan_destroy) struct plan *asked_nothing = plan_of(entity, NULL, NULL, NULL);
    cr_expect_eq(asked_nothing->cell_count, 1);
    CLEAN(plan_destroy) struct plan *entities = plan_of(entity, NULL, "指标代码,甲县,乙县\nT1.1,17,16\n", NULL);
    is_rollup(entities, "33");
    is_number(cell_of(entities, "T1.1", "01")->goal, "17");
    is_number(cell_of(entities, "T1.1", "01")->denominator, "17");
    CLEAN(plan_destroy)
    struct plan *baselines = plan_of(baseline, NULL, "指标代码,甲县,乙县\nT1.1,86400000.50,\n", NULL);
    is_rollup(baselines, NULL);
    is_number(cell_of(baselines, "T1.1", "01")->goal, "86400000.5");
    cr_expect_null(cell_of(baselines, "T1.1", "02"));
}

Test(plan_cells, words_have_the_citys_cell_alone) {
    CLEAN(plan_destroy)
    struct plan *plan = plan_of(HEAD TARGET("kind: parameter, value: 3, unit: 个因素"), NULL, NULL, NULL);
    cr_expect_eq(plan->cell_count, 1);
    cr_expect_not(plan->cells[0].rollup);
    cr_expect_not(plan->cells[0].has_goal);
}

Test(plan_cells, a_plan_of_the_city_alone_reports_for_it) {
    CLEAN(plan_destroy)
    struct plan *plan = plan_of("programme: p\ntitle: t\ncity: {code: x, name: 全厂}\ntasks:\n  - {code: T1, title: t, "
                                "targets: [{code: T1.1, name: "
                                "y, kind: cumulative, value: 9, unit: 台, due: 2024-12-31}]}\n",
                                NULL, NULL, NULL);
    cr_expect_eq(plan->cell_count, 1);
    cr_expect_not(plan->cells[0].rollup);
    is_number(plan->cells[0].goal, "9");
}

Test(plan_cells, shares_must_suit_the_target) {
    CLEAN(findings_finish) struct findings findings = {0};
    refuse(HEAD TARGET("kind: cumulative, value: 10, unit: 公里, decimals: 1, due: 2021-12-31, areas: [甲县]"),
           "allocation", "a.csv", "指标代码,甲县,乙县\nT1.1,5.5,4.5\n", &findings);
    expect(&findings, "a.csv:2:1", "T1.1 has a share for 乙县, but its areas: do not name it");
    CLEAN(findings_finish) struct findings twice = {0};
    refuse(HEAD TARGET("kind: cumulative, value: 10, unit: 公里, due: 2021-12-31, shares: {甲县: 5, 乙县: 5}"),
           "allocation", "a.csv", "指标代码,甲县,乙县\nT1.1,5,5\n", &twice);
    expect(&twice, "a.csv:2:1", "another row for the same day");
}

Test(plan_cells, the_real_programme_with_its_sample_tables) {
    CLEAN(plan_destroy) struct plan *plan = real_plan(true);
    is_number(cell_of(plan, "T06.1", "510800")->goal, "485.8");
    cr_expect(cell_of(plan, "T06.1", "510800")->rollup);
    is_number(cell_of(plan, "T06.1", "510822")->goal, "62");
    cr_expect(cell_of(plan, "T08.1", "510812")->no_task);    /* 朝天 has no task there */
    cr_expect_null(cell_of(plan, "T17.3", "510812"));        /* no baseline yet */
    cr_expect_null(cell_of(plan, "T06.4", "510802"));        /* only 青川 and 苍溪 are named */
    cr_expect_not(cell_of(plan, "T03.1", "510800")->rollup); /* a milestone of the whole city */
    cr_expect_null(cell_of(plan, "T03.1", "510802"));
    is_number(cell_of(plan, "T17.1", "510800")->goal, "153");        /* 17+16+17+23+20+29+31 */
    is_number(cell_of(plan, "T08.13", "510800")->denominator, "66"); /* 5+8+4+11+9+14+15 */
    const struct cell *nodes = cell_of(plan, "T06.2", "510821");
    cr_assert_eq(nodes->node_count, 2);
    is_day(nodes->nodes[0].day, "2021-06-30");
    is_number(nodes->nodes[1].value, "14");
    for (size_t i = 1; i < plan->cell_count; i++) {
        const struct cell *before = &plan->cells[i - 1], *cell = &plan->cells[i];
        cr_expect(before->target < cell->target || (before->target == cell->target && before->area < cell->area));
    }
}
