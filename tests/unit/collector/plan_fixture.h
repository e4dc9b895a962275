/* A small plan in the shape of the real one, for tests of the collector. */
#ifndef DUBAN_TESTS_PLAN_FIXTURE_H
#define DUBAN_TESTS_PLAN_FIXTURE_H

#include <criterion/criterion.h>
#include <string.h>

#include "common/domain/catalogue.h"

static const char fixture_plan[] =
    "programme: sample\n"
    "title: 样例计划\n"
    "start: 2021-01-01\n"
    "city: {code: \"510800\", name: 广元市, short: 全市}\n"
    "areas:\n"
    "  - {code: \"510802\", name: 利州区, short: 利州, aliases: [{name: 市中区, to: 2007-03-13}]}\n"
    "  - {code: \"510811\", name: 昭化区, short: 昭化}\n"
    "  - {code: \"510821\", name: 旺苍县, short: 旺苍}\n"
    "  - {code: \"510822\", name: 青川县, short: 青川}\n"
    "reporting: {period: monthly, closing_day: 5, first_period: 2021-01}\n"
    "units: [{name: 市交通运输局, short: 交通运输局}, {name: 市自然资源局, aliases: [市国土局]}]\n"
    "tasks:\n"
    "  - code: T06\n"
    "    title: 交通\n"
    "    leads: [市交通运输局]\n"
    "    targets:\n"
    "      - {code: T06.1, name: 新改建直连道路, short: 直连道路, unit: 公里, decimals: 1, kind: cumulative, value: "
    "240,\n"
    "         due: 2021-12-31, shares: {\"510802\": 60, \"510811\": 50, \"510821\": 68, \"510822\": 62}}\n"
    "      - {code: T06.2, name: 架线工程, short: 工程, unit: 公里, decimals: 1, kind: cumulative, value: 5,\n"
    "         due: 2021-12-31, shares: {\"510822\": 5}}\n"
    "      - {code: T06.3, name: 架线工程（非涉改乡镇）, short: 非涉改工程, unit: 公里, decimals: 1, kind: cumulative,\n"
    "         value: 5, due: 2021-12-31, shares: {\"510822\": 5}}\n"
    "      - {code: T06.4, name: 创建样板县, short: 样板县, unit: 个, kind: milestone, due: 2021-12-31}\n"
    "      - {code: T06.5, name: 架线长度, short: 架线, unit: 公里, decimals: 3, kind: cumulative, value: 100,\n"
    "         due: 2021-12-31, shares: {\"510822\": 100}}\n"
    "      - {code: T06.6, name: 架线长度, short: 非涉改架线, unit: 公里, decimals: 3, kind: cumulative, value: 5,\n"
    "         due: 2021-12-31, shares: {\"510821\": 5}}\n"
    "      - {code: T06.7, name: 覆盖率, short: 覆盖率, unit: \"%\", decimals: 1, kind: hold, value: 87, denominator: "
    "reported,\n"
    "         denominator_name: 户数}\n"
    "      - {code: T06.8, name: 平均办理时间, short: 办理时间, unit: 个工作日, decimals: 1, kind: ratio, comparator: "
    "\"<=\",\n"
    "         value: 2, denominator: reported, denominator_name: 件数, due: 2021-12-31}\n"
    "  - code: T07\n"
    "    title: 水利服务\n"
    "    leads: [市自然资源局]\n";

struct plan_fixture {
    struct plan *plan;
    struct catalogue *catalogue;
};

static inline struct plan_fixture plan_fixture_read(const struct plan_text *texts, size_t count) {
    struct plan_fixture f = {NULL, NULL};
    struct findings findings = {NULL, 0, 0, 0};
    enum error_code code = plan_read(texts, count, &f.plan, &findings);
    for (size_t i = 0; code && i < findings.count; i++)
        cr_log_error("%s: %s", findings.items[i].place, findings.items[i].message);
    cr_assert_eq(code, ERROR_OK);
    findings_finish(&findings);
    f.catalogue = catalogue_create(f.plan);
    cr_assert_not_null(f.catalogue);
    return f;
}

static inline struct plan_fixture plan_fixture_open(void) {
    struct plan_text text = {.role = "plan", .name = "sample.yaml", .bytes = slice_of(fixture_plan)};
    return plan_fixture_read(&text, 1);
}

static inline void plan_fixture_close(struct plan_fixture *f) {
    catalogue_destroy(&f->catalogue);
    plan_destroy(&f->plan);
}

#endif
