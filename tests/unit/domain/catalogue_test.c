#include "common/domain/catalogue.h"

#include "plan_texts.h"

Test(catalogue, finds_every_target_area_and_cell_of_the_plan) {
    CLEAN(plan_destroy) struct plan *plan = real_plan(true);
    CLEAN(catalogue_destroy) struct catalogue *catalogue = catalogue_create(plan);
    cr_assert_not_null(catalogue);
    cr_expect_eq(catalogue_plan(catalogue), plan);
    for (size_t target = 0; target < plan->target_count; target++) {
        cr_expect_eq(catalogue_target(catalogue, slice_of(plan->targets[target].code)), target);
        for (size_t area = 0; area < plan->area_count; area++)
            cr_expect_eq(catalogue_cell(catalogue, target, area), plan_find_cell(plan, target, area));
    }
    for (size_t task = 0; task < plan->task_count; task++)
        cr_expect_eq(catalogue_task(catalogue, slice_of(plan->tasks[task].code)), task);
    for (size_t area = 0; area < plan->area_count; area++)
        cr_expect_eq(catalogue_area(catalogue, slice_of(plan->areas[area].code)), area);
}

Test(catalogue, finds_nothing_where_nothing_is) {
    CLEAN(plan_destroy) struct plan *plan = real_plan(false);
    CLEAN(catalogue_destroy) struct catalogue *catalogue = catalogue_create(plan);
    static const char *const codes[] = {"", "T", "T06", "T06.", "T06.10", "T06.1 ", "t06.1"};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        cr_expect_eq(catalogue_target(catalogue, slice_of(codes[i])), NO_INDEX, "%s", codes[i]);
    cr_expect_eq(catalogue_target(catalogue, (struct slice){NULL, 0}), NO_INDEX);
    cr_expect_eq(catalogue_cell(catalogue, NO_INDEX, 0), NO_INDEX);
    cr_expect_eq(catalogue_cell(catalogue, 0, 8), NO_INDEX);
    struct catalogue *nothing = NULL;
    catalogue_destroy(&nothing);
}
