#include "services/collector/unit.h"

#include "tests/unit/collector/plan_fixture.h"

Test(unit, the_last_brackets_of_a_name_are_split_off) {
    static const struct {
        const char *name, *base, *unit;
    } rows[] = {{"数值（公里）", "数值", "公里"},
                {"数值(公里)", "数值", "公里"},
                {"就业/新增(人)/进度", "就业/新增/进度", "人"},
                {"完成（含在建）（公里）", "完成（含在建）", "公里"},
                {"人均收入(元/人)", "人均收入", "元/人"},
                {"架线（非涉改乡镇）/进度(公里)", "架线（非涉改乡镇）/进度", "公里"},
                {"数值", NULL, NULL},
                {"数值（）", NULL, NULL},
                {"（公里）", NULL, NULL},
                {"数值（公里", NULL, NULL},
                {"", NULL, NULL}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char base[UNIT_NAME_MAX];
        struct slice unit;
        bool split = unit_split(slice_of(rows[i].name), base, &unit);
        cr_expect_eq(split, rows[i].base != NULL, "%s", rows[i].name);
        if (!split || !rows[i].base) continue;
        cr_expect_str_eq(base, rows[i].base);
        cr_expect(slice_is(unit, rows[i].unit), "%s: %.*s", rows[i].name, (int)unit.len, unit.ptr);
    }
}

/* What the name of a column says: units that are known, and, where the name was asked for without, any words. */
Test(unit, names_state_units) {
    static const struct {
        const char *name;
        bool brackets_are_unit;
        const char *unit, *other;
    } rows[] = {{"数值（公里）", false, "公里", ""},
                {"架线（非涉改乡镇）", false, "", ""},
                {"数值（标段）", true, "标段", ""},
                {"数值（标段）", false, "", ""},
                {"直连道路/公里", false, "公里", ""},
                {"直连道路(公里)/进度(米)", false, "公里", "米"},
                {"直连道路(公里)/进度(公里)", false, "公里", ""},
                {"公里", false, "", ""},
                {"覆盖率(%)", false, "%", ""}};
    struct plan_fixture f = plan_fixture_open();
    struct mapping none = {.unit = NULL};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct statement statement = {{"", 0}, {"", 0}};
        unit_state_name(&statement, f.plan, &none, slice_of(rows[i].name), rows[i].brackets_are_unit);
        cr_expect(slice_is(statement.unit, rows[i].unit), "%s: %.*s", rows[i].name, (int)statement.unit.len,
                  statement.unit.ptr);
        cr_expect(slice_is(statement.other, rows[i].other), "%s: %.*s", rows[i].name, (int)statement.other.len,
                  statement.other.ptr);
    }
    plan_fixture_close(&f);
}
