#include "common/domain/plan.h"

#include "plan_texts.h"

Test(plan, reads_the_real_programme) {
    CLEAN(plan_destroy) struct plan *plan = real_plan(true);
    cr_expect_str_eq(plan->programme, "guangyuan-2021");
    cr_expect_eq(plan->area_count, 8);
    cr_expect_str_eq(plan->areas[0].code, "510800");
    cr_expect(plan->areas[0].city);
    cr_expect_str_eq(plan->areas[1].code, "510802");
    cr_expect_str_eq(plan->areas[7].code, "510824");
    cr_expect_eq(plan->unit_count, 44);
    cr_expect_eq(plan->group_count, 4);
    cr_expect_eq(plan->task_count, 24);
    cr_expect_eq(plan->target_count, 61);
    cr_expect(plan->has_allocation);
    is_day(plan->start, "2021-01-01");
    is_day(plan->reporting.first_period, "2021-01-01");
    cr_expect_eq(plan->reporting.open_minute, 510);
    cr_expect_eq(plan->reporting.close_minute, 1050);
    cr_expect_eq(plan->reporting.window_count, 2);
    cr_expect_eq(plan->reporting.windows[1], 990);
}

Test(plan, carries_the_facts_of_the_draft) {
    CLEAN(plan_destroy) struct plan *plan = real_plan(false);
    size_t kinds[9] = {0}, by_year[6] = {0}, undated = 0, aspire = 0, soft = 0;
    for (size_t i = 0; i < plan->target_count; i++) {
        const struct target *target = &plan->targets[i];
        int year = 0, month = 0, mday = 0;
        kinds[target->kind]++;
        aspire += target->firmness == FIRM_ASPIRE;
        soft += target->firmness == FIRM_SOFT;
        if (day_is(target->due))
            day_split(target->due, &year, &month, &mday);
        else
            undated++;
        if (year) by_year[year - 2020]++;
    }
    cr_expect_eq(undated, 21);
    cr_expect_eq(by_year[1], 31); /* 2021 */
    cr_expect_eq(by_year[2], 2);
    cr_expect_eq(by_year[3], 4);
    cr_expect_eq(by_year[5], 3); /* 2025 */
    cr_expect_eq(kinds[KIND_PARAMETER], 2);
    cr_expect_eq(kinds[KIND_HOLD], 1);
    cr_expect_eq(kinds[KIND_BASELINE], 1);
    cr_expect_eq(kinds[KIND_PER_ENTITY], 4);
    cr_expect_eq(kinds[KIND_MILESTONE], 13);
    cr_expect_eq(aspire, 2);
    const struct target *roads = target_of(plan, "T06.1");
    is_number(roads->value, "485.8");
    is_day(roads->due, "2021-12-31");
    cr_expect_eq(plan->tasks[roads->task].number, 6);
    cr_expect_eq(plan->tasks[1].lead_count, 2); /* T02 */
    size_t emergency = plan_find_task(plan, slice_of("T24"));
    cr_expect_not(plan->tasks[emergency].lead_confirmed);
    cr_expect_eq(target_of(plan, "T24.3")->parent, plan_find_target(plan, slice_of("T24.1")));
    cr_expect(target_is_average(target_of(plan, "T08.11")));
    cr_expect_not(target_is_average(target_of(plan, "T02.1")));
}

Test(plan, a_plan_of_twelve_lines_is_enough) {
    struct slice bytes = shipped("deploy/plan/small.yaml");
    CLEAN(findings_finish) struct findings findings = {0};
    CLEAN(plan_destroy) struct plan *plan = NULL;
    struct plan_text text = {"plan", "small.yaml", bytes};
    cr_assert_eq(plan_read(&text, 1, &plan, &findings), ERROR_OK);
    cr_expect_eq(findings.count, 0);
    cr_expect_eq(plan->city, NO_INDEX);
    is_day(plan->start, "2021-01-01");
    cr_expect_eq(plan->reporting.closing_day, 5);
    cr_expect_eq(plan->targets[0].comparator, AT_LEAST);
    cr_expect_eq(plan->targets[0].firmness, FIRM_HARD);
    cr_expect_eq(plan->targets[0].reporter, REPORTER_COUNTY);
    cr_expect(plan->targets[0].from_assumed);
    is_number(cell_of(plan, "T01.1", "510824")->goal, "3000");
    union {
        const char *lent;
        void *mine;
    } memory = {bytes.ptr};
    free(memory.mine);
}

Test(plan, units_may_be_implied_by_the_tasks) {
    CLEAN(plan_destroy)
    struct plan *plan = plan_of("programme: p\ntitle: t\nareas: [{code: a, name: 甲}]\ntasks:\n"
                                "  - {code: T1, title: x, leads: [设备科], participants: [安全科, 设备科], targets: "
                                "[{code: T1.1, name: y, kind: "
                                "cumulative, value: 3, unit: 台, due: 2024-06-30, reporter: 安全科}]}\n",
                                NULL, NULL, NULL);
    cr_expect_eq(plan->unit_count, 2);
    cr_expect_eq(plan->tasks[0].participant_count, 2);
    cr_expect_eq(plan->targets[0].reporter, REPORTER_UNIT);
    cr_expect_str_eq(plan->units[plan->targets[0].reporter_unit].name, "安全科");
    is_day(plan->start, "2024-01-01");
    is_number(cell_of(plan, "T1.1", "a")->goal, "3"); /* the only area owes the whole */
}

Test(plan, is_made_of_one_plan_text_and_known_tables) {
    CLEAN(findings_finish) struct findings findings = {0};
    struct plan *plan = NULL;
    struct plan_text text = {"allocatoin", "a.csv", slice_of("")};
    cr_expect_eq(plan_read(&text, 1, &plan, &findings), ERROR_INPUT);
    expect(&findings, "a.csv", "did you mean “allocation”?");
    expect(&findings, "", "exactly one plan file; 0 given");
}

Test(plan, knows_what_is_counted) {
    CLEAN(plan_destroy) struct plan *plan = real_plan(true);
    cr_expect(cell_is_counted(plan, cell_of(plan, "T12.1", "510824")));      /* villages */
    cr_expect_not(cell_is_counted(plan, cell_of(plan, "T06.1", "510822")));  /* kilometres */
    cr_expect(cell_is_counted(plan, cell_of(plan, "T17.1", "510802")));      /* per entity */
    cr_expect(cell_is_counted(plan, cell_of(plan, "T02.1", "510802")));      /* per cent of declared entities */
    cr_expect_not(cell_is_counted(plan, cell_of(plan, "T08.11", "510802"))); /* an average */
    cr_expect_not(cell_is_counted(plan, cell_of(plan, "T13.6", "510802")));
    cr_expect_str_eq(target_kind_word(KIND_PER_ENTITY), "per_entity");
    cr_expect_str_eq(comparator_word(AT_MOST), "<=");
    cr_expect_str_eq(firmness_word(FIRM_ASPIRE), "aspire");
}
