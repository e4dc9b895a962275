#include "plan_texts.h"

#define HEAD                                                                                                            \
    "programme: p\ntitle: t\nareas: [{code: a, name: 甲县}, {code: b, name: 乙县}]\nunits: [设备科]\ntasks:\n" /* 5     \
                                                                                                                  lines \
                                                                                                                */

Test(plan_tasks, says_all_that_is_wrong_with_targets) {
    static const char text[] = HEAD
        "  - code: T1\n"                                                                             /* 6 */
        "    title: t\n"                                                                             /* 7 */
        "    targets:\n"                                                                             /* 8 */
        "      - {code: T2.1, name: 换新, kind: cumulativ, value: 10, unit: 台, dues: 2024-12-31}\n" /* 9 */
        "      - {code: T1.2, name: 换新, kind: ratio, unit: \"%\", due: 2024-02-30, parent: T1.9, areas: [丙县], "
        "reporter: 设备课}\n" /* 10 */
        "      - {code: T1.2, name: 一个非常长的名字超过八个字符, kind: cumulative, value: 1.5, due: 2023-01-01, from: "
        "2024-01-01, unit: 台}\n" /* 11 */
        "      - {code: T1.4, name: 丁, kind: cumulative, value: 4, unit: 台, shares: {a: 1, 丙县: 2, b: -1}}\n" /* 12
                                                                                                                  */
        "      - {code: T1.5, name: 戊, kind: latest, value: 4, unit: 台, counted: true, parent: T1.6}\n"    /* 13 */
        "      - {code: T1.6, name: 己, kind: latest, value: 4, unit: 台, parent: T1.5, areas: [a, 甲县]}\n" /* 14 */
        "      - {code: T1.7, name: 庚, kind: cumulative, value: 1e3, unit: 台, comparator: \">\"}\n"        /* 15 */
        "      - {code: T1.8, name: 辛, kind: per_entity, denominator: reported, firmness: sof}\n"           /* 16 */
        "  - {code: T1, title: again}\n";                                                                    /* 17 */
    static const struct {
        const char *place, *words;
    } rows[] = {
        {"plan.yaml:9:16", "“T2.1” does not lie in task T1; write T1.1"},
        {"plan.yaml:9:38", "did you mean \"cumulative\"?"},
        {"plan.yaml:9:69", "did you mean \"due\"?"},
        {"plan.yaml:10:9", "T1.2: a ratio target needs its value:"},
        {"plan.yaml:10:9", "both called “换新” in short"},
        {"plan.yaml:10:61", "2024-02-30"},
        {"plan.yaml:10:81", "parent “T1.9” is no target of the plan; did you mean “T1."},
        {"plan.yaml:10:95", "“丙县” is no area of the plan; did you mean"},
        {"plan.yaml:10:110", "“设备课” is no unit of the plan; did you mean “设备科”?"},
        {"plan.yaml:11:16", "target T1.2 stands twice (also at line 10)"},
        {"plan.yaml:11:9", "longer than 8 characters; add short:"},
        {"plan.yaml:11:69", "the value has 1 decimals, the target 0; set decimals: 1"},
        {"plan.yaml:11:79", "T1.2 is due before it begins"},
        {"plan.yaml:12:87", "“丙县” is no area of the plan"},
        {"plan.yaml:12:93", "a share is zero or more"},
        {"plan.yaml:13:73", "counted: belongs to cumulative targets only"},
        {"plan.yaml:13:87", "T1.5 lies inside itself through its parents"},
        {"plan.yaml:14:89", "area a stands twice"},
        {"plan.yaml:15:56", "1e3"},
        {"plan.yaml:15:82", ">=, <=, =="},
        {"plan.yaml:16:62", "n is declared"},
        {"plan.yaml:16:82", "did you mean \"soft\"?"},
        {"plan.yaml:16:9", "unit"},
        {"plan.yaml:17:12", "task T1 stands twice"},
    };
    CLEAN(findings_finish) struct findings findings = {0};
    refuse(text, NULL, NULL, NULL, &findings);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (!found(&findings, rows[i].place, rows[i].words)) {
            findings_print(&findings);
            cr_expect_fail("no finding at %s with “%s”", rows[i].place, rows[i].words);
        }
}

Test(plan_tasks, stores_aliases_under_the_canonical_name) {
    CLEAN(plan_destroy)
    struct plan *plan =
        plan_of("programme: p\ntitle: t\nareas: [{code: a, name: 甲县, aliases: [老甲县]}, {code: b, name: 乙县}]\n"
                "units: [{name: 设备科, aliases: [器材科]}]\ntasks:\n"
                "  - {code: T1, title: t, leads: [器材科], targets: [{code: T1.1, name: x, kind: latest, value: 3, "
                "unit: 度, due: "
                "2024-06-30, areas: [老甲县], reporter: 器材科}]}\n",
                NULL, NULL, NULL);
    cr_expect_eq(plan->tasks[0].leads[0], 0);
    cr_expect_str_eq(plan->units[plan->targets[0].reporter_unit].name, "设备科");
    cr_expect_eq(plan->targets[0].area_count, 1);
    cr_expect_str_eq(plan->areas[plan->targets[0].areas[0]].code, "a");
    cr_expect_str_eq(plan->targets[0].short_name, "x");
}
