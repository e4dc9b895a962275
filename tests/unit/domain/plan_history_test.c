#include "plan_texts.h"

static struct plan *version(const char *due, const char *shares) {
    char yaml[1024];
    snprintf(yaml, sizeof yaml,
             "programme: p\ntitle: t\nareas: [{code: a, name: 甲县}, {code: b, name: 乙县}]\nstart: "
             "2021-01-01\ntasks:\n  - {code: T1, title: t, "
             "targets: [{code: T1.1, name: y, kind: cumulative, value: 10, unit: 公里%s%s, shares: {%s}}]}\n",
             *due ? ", due: " : "", due, shares);
    return plan_of(yaml, NULL, NULL, NULL);
}

Test(plan_history, keeps_the_first_date_and_share_beside_the_current_ones) {
    CLEAN(plan_destroy) struct plan *first = version("2021-06-30", "a: 4, b: 6");
    CLEAN(plan_destroy) struct plan *second = version("2021-09-30", "a: 5, b: 5");
    CLEAN(plan_destroy) struct plan *third = version("2021-12-31", "a: 5, b: 4");
    const struct plan *older[] = {first, second};
    struct day loaded[] = {day_from("2021-01-04"), day_from("2021-05-06"), day_from("2021-08-02")};
    plan_apply_history(third, older, loaded, 2);
    is_day(third->targets[0].due, "2021-12-31");
    is_day(third->targets[0].due_original, "2021-06-30");
    const struct cell *a = cell_of(third, "T1.1", "a"), *b = cell_of(third, "T1.1", "b");
    is_day(a->due_original, "2021-06-30");
    is_number(a->goal, "5");
    is_number(a->goal_original, "4");
    is_day(a->goal_changed, "2021-05-06");
    is_number(b->goal_original, "6");
    is_day(b->goal_changed, "2021-08-02");
}

Test(plan_history, a_date_given_later_is_its_own_original) {
    CLEAN(plan_destroy) struct plan *first = version("", "a: 4");
    CLEAN(plan_destroy) struct plan *second = version("2021-09-30", "a: 4, b: 6");
    const struct plan *older[] = {first};
    struct day loaded[] = {day_from("2021-01-04"), day_from("2021-05-06")};
    plan_apply_history(second, older, loaded, 1);
    is_day(second->targets[0].due_original, "2021-09-30");
    is_number(cell_of(second, "T1.1", "b")->goal_original, "6");
    is_day(cell_of(second, "T1.1", "b")->goal_changed, "");
    is_day(cell_of(second, "T1.1", "a")->goal_changed, "");
}
