#include "common/domain/lint.h"

#include "plan_texts.h"

static size_t count_of(const struct lint *lint, const char *kind) {
    size_t count = 0;
    for (size_t i = 0; i < lint->count; i++)
        count += strcmp(lint->items[i].kind, kind) == 0;
    return count;
}

static const struct lint_item *item_of(const struct lint *lint, const char *kind, const char *code) {
    for (size_t i = 0; i < lint->count; i++)
        if (strcmp(lint->items[i].kind, kind) == 0 && strcmp(lint->items[i].code, code) == 0) return &lint->items[i];
    return NULL;
}

Test(lint, the_real_programme_without_tables) {
    CLEAN(plan_destroy) struct plan *plan = real_plan(false);
    CLEAN(lint_finish) struct lint lint;
    lint_plan(plan, &lint);
    cr_expect_eq(count_of(&lint, "undated"), 21);
    cr_expect_not_null(item_of(&lint, "undated", "T01.2")); /* the parameters included */
    cr_expect_eq(count_of(&lint, "no_measure"), 5);
    static const char *const silent[] = {"T07", "T09", "T14", "T15", "T18"};
    for (size_t i = 0; i < 5; i++)
        cr_expect_not_null(item_of(&lint, "no_measure", silent[i]), "%s", silent[i]);
    cr_expect_eq(count_of(&lint, "lead_unconfirmed"), 1);
    cr_expect_not_null(item_of(&lint, "lead_unconfirmed", "T24"));
    cr_expect_eq(count_of(&lint, "alias"), 3);
    cr_expect_eq(count_of(&lint, "no_allocation"), 1);
    cr_expect_eq(count_of(&lint, "counted_missing"), 0);
    cr_expect_eq(count_of(&lint, "sum_differs"), 0);
    cr_expect_not_null(item_of(&lint, "no_baseline", "T17.3"));
    cr_expect_not_null(item_of(&lint, "no_denominator", "T17.1"));
    cr_expect_eq(count_of(&lint, "from_assumed"), 1);
    cr_expect_eq(count_of(&lint, "no_contact"), 1);
    cr_expect_eq(count_of(&lint, "calendar"), 0);
}

Test(lint, the_real_programme_with_its_sample_tables) {
    CLEAN(plan_destroy) struct plan *plan = real_plan(true);
    CLEAN(lint_finish) struct lint lint;
    lint_plan(plan, &lint);
    cr_expect_eq(count_of(&lint, "no_allocation"), 0);
    cr_expect_eq(count_of(&lint, "sum_differs"), 1);
    cr_expect_str_eq(item_of(&lint, "sum_differs", "T06.1")->message,
                     "T06.1 分解合计 480.0，市级 485.8，差 5.8（未分解 5.8，相符）");
    cr_expect_eq(count_of(&lint, "no_baseline"), 1);
    cr_expect(strstr(item_of(&lint, "no_baseline", "T17.3")->message_zh, "朝天区") != NULL);
    cr_expect_eq(count_of(&lint, "no_contact"), 1);
    cr_expect_not_null(item_of(&lint, "no_contact", "市扶贫开发局"));
    CLEAN(findings_finish) struct findings findings = {0};
    plan_lint(plan, &findings);
    cr_expect_eq(findings.count, lint.count);
    cr_expect_eq(findings.errors, 0);
    expect(&findings, "T06.1", "T06.1 分解合计 480.0，市级 485.8，差 5.8");
}

Test(lint, a_difference_of_sums_is_said_in_words) {
    static const char yaml[] = "programme: p\ntitle: t\ncity: {code: x, name: 全市}\nareas: [{code: a, name: 甲县}, "
                               "{code: b, name: 乙县}]\ntasks:\n"
                               "  - {code: T1, title: t, leads: [局], targets: [{code: T1.1, name: y, kind: "
                               "cumulative, value: 10, unit: 公里, "
                               "decimals: 1, due: 2021-12-31}, {code: T1.2, name: z, kind: cumulative, value: 6, unit: "
                               "户, due: 2026-12-31}]}\n";
    CLEAN(plan_destroy)
    struct plan *plan = plan_of(yaml, "指标代码,甲县,乙县,未分解\nT1.1,3,8,\nT1.2,2,2,1\n", NULL, NULL);
    CLEAN(lint_finish) struct lint lint;
    lint_plan(plan, &lint);
    cr_expect_str_eq(item_of(&lint, "sum_differs", "T1.1")->message, "T1.1 分解合计 11.0，市级 10.0，差 -1.0");
    cr_expect_str_eq(item_of(&lint, "sum_differs", "T1.2")->message, "T1.2 分解合计 4，市级 6，差 2（未分解 1，不符）");
    cr_expect_not_null(item_of(&lint, "counted_missing", "T1.2"));
    cr_expect_eq(count_of(&lint, "counted_missing"), 1);
    cr_expect_eq(count_of(&lint, "calendar"), 1); /* none given */
}

Test(lint, a_due_date_at_the_end_of_the_calendar_is_said) {
    struct plan_text texts[] = {
        {"plan", "p.yaml",
         slice_of("programme: p\ntitle: t\nareas: [{code: a, name: 甲县}]\ntasks:\n  - {code: T1, title: t, targets: "
                  "[{code: "
                  "T1.1, name: y, kind: milestone, due: 2021-12-31}]}\n")},
        {"calendar", "c.csv", slice_of("date,kind,name\n2021-01-01,holiday,元旦\n")},
    };
    CLEAN(findings_finish) struct findings findings = {0};
    CLEAN(plan_destroy) struct plan *plan = NULL;
    cr_assert_eq(plan_read(texts, 2, &plan, &findings), ERROR_OK);
    CLEAN(lint_finish) struct lint lint;
    lint_plan(plan, &lint);
    cr_expect_not_null(item_of(&lint, "calendar", "T1.1"));
    cr_expect_not_null(item_of(&lint, "no_lead", "T1"));
}
