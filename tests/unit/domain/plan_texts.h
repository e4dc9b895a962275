/* For the tests of the plan's rooms: plans from texts in the test or from the shipped files. */
#ifndef DUBAN_TESTS_PLAN_TEXTS_H
#define DUBAN_TESTS_PLAN_TEXTS_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/domain/plan.h"

/* The bytes of a file of the source tree; free .ptr with cast. */
static inline struct slice shipped(const char *path) {
    char full[1024];
    snprintf(full, sizeof full, "%s/%s", DUBAN_SOURCE_DIR, path);
    FILE *file = fopen(full, "rb");
    cr_assert_not_null(file, "cannot open %s", full);
    char *bytes = malloc(4 * 1024 * 1024);
    size_t len = fread(bytes, 1, 4 * 1024 * 1024, file);
    fclose(file);
    return (struct slice){bytes, len};
}

static inline void findings_print(const struct findings *findings) {
    for (size_t i = 0; i < findings->count; i++)
        fprintf(stderr, "%s: %s\n", findings->items[i].place, findings->items[i].message);
}

static inline bool found(const struct findings *findings, const char *place, const char *words) {
    for (size_t i = 0; i < findings->count; i++)
        if (strcmp(findings->items[i].place, place) == 0 && strstr(findings->items[i].message, words)) return true;
    return false;
}

static inline void expect(const struct findings *findings, const char *place, const char *words) {
    if (!found(findings, place, words)) {
        findings_print(findings);
        cr_assert_fail("no finding at %s with “%s”", place, words);
    }
}

/* A sound plan of these texts (each may be NULL): plan.yaml, allocation.csv, denominators.csv, nodes.csv. */
static inline struct plan *plan_of(const char *yaml, const char *allocation, const char *denominators,
                                   const char *nodes) {
    struct plan_text texts[4] = {{"plan", "plan.yaml", slice_of(yaml)}};
    size_t count = 1;
    if (allocation) texts[count++] = (struct plan_text){"allocation", "allocation.csv", slice_of(allocation)};
    if (denominators) texts[count++] = (struct plan_text){"denominators", "denominators.csv", slice_of(denominators)};
    if (nodes) texts[count++] = (struct plan_text){"nodes", "nodes.csv", slice_of(nodes)};
    CLEAN(findings_finish) struct findings findings = {0};
    struct plan *plan = NULL;
    enum error_code code = plan_read(texts, count, &plan, &findings);
    if (code != ERROR_OK) findings_print(&findings);
    cr_assert_eq(code, ERROR_OK);
    return plan;
}

/* Reads a plan that must be refused; the findings are the caller's. */
static inline void refuse(const char *yaml, const char *role, const char *name, const char *table,
                          struct findings *findings) {
    struct plan_text texts[2] = {{"plan", "plan.yaml", slice_of(yaml)}, {role, name, slice_of(table)}};
    struct plan *plan = NULL;
    cr_assert_eq(plan_read(texts, table ? 2 : 1, &plan, findings), ERROR_INPUT);
    cr_assert_null(plan);
}

/* The real plan with the sample tables and the calendar. */
static inline struct plan *real_plan(bool tables) {
    struct plan_text texts[] = {
        {"plan", "guangyuan.yaml", shipped("deploy/plan/guangyuan.yaml")},
        {"calendar", "calendar.csv", shipped("deploy/calendar/china-2021-2026.csv")},
        {"allocation", "allocation.csv", shipped("deploy/sample/allocation.csv")},
        {"denominators", "denominators.csv", shipped("deploy/sample/denominators.csv")},
        {"nodes", "nodes.csv", shipped("deploy/sample/nodes.csv")},
        {"contacts", "contacts.csv", shipped("deploy/sample/contacts.csv")},
    };
    size_t count = sizeof texts / sizeof *texts;
    CLEAN(findings_finish) struct findings findings = {0};
    struct plan *plan = NULL;
    enum error_code code = plan_read(texts, tables ? count : 2, &plan, &findings);
    findings_print(&findings);
    cr_assert_eq(code, ERROR_OK);
    for (size_t i = 0; i < count; i++) {
        union {
            const char *lent;
            void *mine;
        } bytes = {texts[i].bytes.ptr};
        free(bytes.mine);
    }
    return plan;
}

static inline const struct cell *cell_of(const struct plan *plan, const char *target, const char *area) {
    size_t cell = plan_find_cell(plan, plan_find_target(plan, slice_of(target)), plan_find_area(plan, slice_of(area)));
    return cell == NO_INDEX ? NULL : &plan->cells[cell];
}

static inline const struct target *target_of(const struct plan *plan, const char *code) {
    size_t target = plan_find_target(plan, slice_of(code));
    cr_assert_neq(target, NO_INDEX, "no target %s", code);
    return &plan->targets[target];
}

static inline void is_number(struct decimal value, const char *text) {
    char printed[DECIMAL_TEXT_MAX];
    decimal_print(value, printed);
    cr_expect_str_eq(printed, text);
}

static inline void is_day(struct day day, const char *text) {
    char printed[DAY_TEXT_MAX];
    day_print(day, printed);
    cr_expect_str_eq(printed, text);
}

static inline struct day day_from(const char *text) {
    struct day day = DAY_NONE;
    cr_assert(day_parse(text, strlen(text), &day), "%s is no day", text);
    return day;
}

#endif
