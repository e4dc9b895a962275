#include "plan_texts.h"

Test(plan_names, finds_targets_by_code_name_and_short_name) {
    CLEAN(plan_destroy) struct plan *plan = real_plan(false);
    size_t roads = plan_find_target(plan, slice_of("T06.1"));
    bool several = true;
    cr_expect_eq(plan_target_named(plan, slice_of("T06.1"), &several), roads);
    cr_expect_not(several);
    cr_expect_eq(plan_target_named(plan, slice_of("新改建直连道路"), NULL), roads);
    cr_expect_eq(plan_target_named(plan, slice_of(" 直连 道路 "), NULL), roads);
    cr_expect_eq(plan_target_named(plan, slice_of("\"金通工程\"试点县区覆盖率"), NULL),
                 plan_find_target(plan, slice_of("T06.3")));
    cr_expect_eq(plan_target_named(plan, slice_of("直连路"), NULL), NO_INDEX); /* never fuzzy */
    cr_expect_eq(plan_target_named(plan, slice_of(""), NULL), NO_INDEX);
}

Test(plan_names, tells_of_names_that_several_have) {
    CLEAN(plan_destroy)
    struct plan *plan = plan_of("programme: p\ntitle: t\nareas: [{code: a, name: 甲县}]\ntasks:\n"
                                "  - {code: T1, title: t, targets: [{code: T1.1, name: 线路, short: 线路一, kind: "
                                "latest, value: 3, unit: 公里, due: 2024-06-30}, "
                                "{code: T1.2, name: 线路, short: 线路二, kind: latest, value: 3, unit: 公里}]}\n",
                                NULL, NULL, NULL);
    bool several = false;
    cr_expect_eq(plan_target_named(plan, slice_of("线路"), &several), NO_INDEX);
    cr_expect(several);
    cr_expect_eq(plan_target_named(plan, slice_of("线路二"), &several), 1);
    cr_expect_not(several);
}

Test(plan_names, finds_areas_by_code_name_and_dated_alias) {
    CLEAN(plan_destroy) struct plan *plan = real_plan(false);
    size_t lizhou = plan_find_area(plan, slice_of("510802"));
    static const char *const names[] = {"510802", "利州区", "利州", " 利 州 区"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        cr_expect_eq(plan_area_named(plan, slice_of(names[i]), day_from("2021-06-30"), NULL), lizhou, "%s", names[i]);
    cr_expect_eq(plan_area_named(plan, slice_of("市中区"), day_from("2007-01-01"), NULL), lizhou);
    cr_expect_eq(plan_area_named(plan, slice_of("市中区"), day_from("2021-06-30"), NULL), NO_INDEX);
    cr_expect_eq(plan_area_named(plan, slice_of("市中区"), DAY_NONE, NULL), lizhou);
    cr_expect_eq(plan_area_named(plan, slice_of("东坝街道"), DAY_NONE, NULL), NO_INDEX);
}

Test(plan_names, finds_units_by_their_aliases) {
    CLEAN(plan_destroy) struct plan *plan = real_plan(false);
    size_t unit = plan_find_unit(plan, slice_of("市应急局"));
    cr_assert_neq(unit, NO_INDEX);
    cr_expect_str_eq(plan->units[unit].name, "市应急管理局");
    cr_expect_eq(plan_find_unit(plan, slice_of("市应急")), NO_INDEX);
}

/* The index only saves time: without it the same names find the same things. */
Test(plan_names, finds_the_same_without_an_index) {
    CLEAN(plan_destroy) struct plan *plan = real_plan(true);
    cr_assert_not_null(plan->index);
    struct plan bare = *plan;
    bare.index = NULL;
    static const char *const texts[] = {"510802", "利州区", " 利 州", "市中区", "广元", "东坝街道", "T06.1",  "t06.1", "Ｔ06.1",
                                        "新改建直连道路", " 直连 道路 ", "市应急局", "市应急管理局", "市应急", "", "“利州区”"};
    static const char *const days[] = {"2007-01-01", "2021-06-30"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct slice text = slice_of(texts[i]);
        bool several = false, several_bare = true;
        cr_expect_eq(plan_find_area(plan, text), plan_find_area(&bare, text), "%s", texts[i]);
        cr_expect_eq(plan_find_target(plan, text), plan_find_target(&bare, text), "%s", texts[i]);
        cr_expect_eq(plan_find_unit(plan, text), plan_find_unit(&bare, text), "%s", texts[i]);
        cr_expect_eq(plan_target_named(plan, text, &several), plan_target_named(&bare, text, &several_bare), "%s", texts[i]);
        cr_expect_eq(several, several_bare, "%s", texts[i]);
        for (size_t k = 0; k < 2; k++) {
            struct day day = day_from(days[k]);
            cr_expect_eq(plan_area_named(plan, text, day, &several), plan_area_named(&bare, text, day, &several_bare), "%s",
                         texts[i]);
            cr_expect_eq(several, several_bare, "%s", texts[i]);
        }
    }
    cr_expect_eq(plan_find_area(plan, (struct slice){NULL, 0}), NO_INDEX);
}
