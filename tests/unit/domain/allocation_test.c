/* Tables with a column per county, and nodes. */
#include "plan_texts.h"

static const char yaml[] =
    "programme: p\ntitle: t\ncity: {code: \"00\", name: 广市, short: 全市}\n"
    "areas: [{code: \"01\", name: 甲县}, {code: \"02\", name: 乙县, aliases: [老乙县]}]\ntasks:\n"
    "  - code: T1\n    title: t\n    targets:\n"
    "      - {code: T1.1, name: 公路, kind: cumulative, value: 10.5, unit: 公里, decimals: 1, due: 2021-12-31}\n"
    "      - {code: T1.2, name: 装机, kind: cumulative, value: 7, unit: 台, counted: true, due: 2021-12-31}\n"
    "      - {code: T1.3, name: 覆盖, kind: ratio, value: 100, unit: \"%\", due: 2021-12-31}\n"
    "      - {code: T1.4, name: 说明, kind: activity, unit: 项}\n"
    "      - {code: T1.5, name: 水位, kind: latest, value: 3, unit: 米, due: 2021-12-31}\n";

Test(allocation, reads_an_offices_table) {
    CLEAN(plan_destroy)
    struct plan *plan = plan_of(yaml,
                                "附件1 分解表,,,,,,,\n指标代码,指标,单位,市级值,甲县,老乙县,未分解,文号,牵头单位\n"
                                "T1.1,公路,公里,10.5,\"6.0\",4.5,,广发〔2021〕1号,交通局\nT1.2,,台,7,7,0,0,,"
                                "\n合计行由人看,,,,,,,,\n填表人：张,,,,,,,,\n",
                                NULL, NULL);
    is_number(cell_of(plan, "T1.1", "01")->goal, "6");
    is_number(cell_of(plan, "T1.1", "02")->goal, "4.5");
    cr_expect(cell_of(plan, "T1.2", "02")->no_task);
    cr_expect_str_eq(plan->targets[0].allocated.document, "广发〔2021〕1号");
    is_number(plan->targets[0].allocated.shares, "10.5");
}

Test(allocation, says_all_that_is_wrong) {
    static const char table[] = "指标代码,指标,单位,市级值,甲县,丙县,未分解\n" /* 1 */
                                "T9.1,公路,公里,10.5,6,4.5,\n"                 /* 2 */
                                "T1.1,公路,米,10.5,6000,4.5,\n"                /* 3 */
                                "T1.2,装机,台,7,-7,,\n"                        /* 4 */
                                "T1.4,说明,项,,1,,\n"                          /* 5 */
                                ",公路,公里,10.5,6,4.5,\n"                     /* 6 */
                                "T1.5,水位,米,3,3.55,,\n"                      /* 7 */
                                "T1.5,水位,米,3,约3,,\n";                      /* 8 */
    CLEAN(findings_finish) struct findings header = {0};
    refuse(yaml, "allocation", "a.csv", table, &header);
    expect(&header, "a.csv:1:6", "column “丙县” is no area of the plan; did you mean “甲县”?");
    char rest[512];
    snprintf(rest, sizeof rest, "%s", table);
    memcpy(strstr(rest, "丙县"), "02,   ", 6); /* a column by code, and one without a name */
    CLEAN(findings_finish) struct findings findings = {0};
    refuse(yaml, "allocation", "a.csv", rest, &findings);
    static const struct {
        const char *place, *words;
    } rows[] = {
        {"a.csv:2:1", "“T9.1” is no target code of the plan; did you mean “T1.1”?"},
        {"a.csv:3:3", "T1.1 is measured in “公里” in the plan, not in “米”"},
        {"a.csv:4:5", "-7 is below zero"},
        {"a.csv:5:1", "T1.4 is words only"},
        {"a.csv:6:1", "a row with figures but without a target code"},
        {"a.csv:7:5", "3.55 has more decimals than the target (0)"},
        {"a.csv:8:5", "“约3” is no number"},
        {"a.csv:8:1", "T1.5 has another row for the same day"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect(&findings, rows[i].place, rows[i].words);
}

Test(allocation, another_value_for_the_city_is_said) {
    struct plan_text texts[] = {{"plan", "plan.yaml", slice_of(yaml)},
                                {"allocation", "a.csv", slice_of("指标代码,市级值,甲县,乙县\nT1.1,12,6,6\n")}};
    CLEAN(findings_finish) struct findings findings = {0};
    CLEAN(plan_destroy) struct plan *plan = NULL;
    cr_assert_eq(plan_read(texts, 2, &plan, &findings), ERROR_OK);
    expect(&findings, "a.csv:2:2", "T1.1 分解表市级值 12，计划 10.5");
}

Test(allocation, the_newest_row_effective_on_load_day_counts) {
    static const char table[] =
        "指标代码,甲县,乙县,生效日期\nT1.1,5.0,5.5,2021-06-01\nT1.1,6.0,4.5,2021-01-01\nT1.1,5.0,4.0,2021-09-01\n";
    struct plan_text texts[] = {{"plan", "plan.yaml", slice_of(yaml)}, {"allocation", "a.csv", slice_of(table)}};
    static const struct {
        const char *load_day, *goal, *original, *changed;
    } rows[] = {
        {"2021-02-01", "6", "6", ""},
        {"2021-06-01", "5", "6", "2021-06-01"},
        {"2021-12-01", "5", "6", "2021-06-01"}, /* September left this share as it was */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CLEAN(findings_finish) struct findings findings = {0};
        CLEAN(plan_destroy) struct plan *plan = NULL;
        cr_assert_eq(plan_read_on(texts, 2, day_from(rows[i].load_day), &plan, &findings), ERROR_OK);
        const struct cell *cell = cell_of(plan, "T1.1", "01");
        is_number(cell->goal, rows[i].goal);
        is_number(cell->goal_original, rows[i].original);
        is_day(cell->goal_changed, rows[i].changed);
    }
}

Test(allocation, only_what_has_a_denominator_takes_one) {
    CLEAN(findings_finish) struct findings findings = {0};
    refuse(yaml, "denominators", "d.csv", "指标代码,甲县\nT1.1,5\n", &findings);
    expect(&findings, "d.csv:2:1", "neither measured against a declared denominator nor against a baseline");
}

Test(allocation, nodes_are_checked) {
    static const char nodes[] = "指标代码,县区,日期,应达\n"
                                "T1.5,甲县,2021-06-30,1\n"  /* 2 */
                                "T1.5,甲县,2021-06-30,2\n"  /* 3 */
                                "T1.5,丙县,2021-06-30,2\n"  /* 4 */
                                "T1.5,甲县,2022-06-30,2\n"  /* 5 */
                                "T1.5,甲县,,\n"             /* 6 */
                                "T1.5,乙县,2021-03-31,9\n"  /* 7 */
                                "T1.1,乙县,2021-03-31,2\n"; /* 8 */
    CLEAN(findings_finish) struct findings findings = {0};
    refuse(yaml, "nodes", "n.csv", nodes, &findings);
    expect(&findings, "n.csv:3:3", "another node for this area and day");
    expect(&findings, "n.csv:4:2", "“丙县” is no area");
    expect(&findings, "n.csv:5:3", "this node lies outside");
    expect(&findings, "n.csv:6:3", "a node needs its day");
    expect(&findings, "n.csv:6:4", "a node needs the value that is due");
    CLEAN(findings_finish) struct findings later = {0};
    refuse(yaml, "nodes", "n.csv", "指标代码,县区,日期,应达\nT1.5,乙县,2021-03-31,9\nT1.1,乙县,2021-03-31,2\n", &later);
    expect(&later, "n.csv:2:4", "a node of 乙县 lies above its goal");
    expect(&later, "n.csv:3:4", "T1.1 has a node for 乙县, which has no task there");
}
