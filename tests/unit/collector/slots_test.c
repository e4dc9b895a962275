#include "services/collector/slots.h"

#include "tests/unit/collector/plan_fixture.h"

struct found {
    struct arena *arena;
    struct plan_fixture plan;
    struct mapping mapping;
    struct sheet sheet;
    struct header header;
    struct refusal refusal;
    bool found;
};

static struct found find(const char *mapping, const char *text) {
    struct found out = {.arena = arena_create(), .plan = plan_fixture_open()};
    struct yaml doc;
    struct findings findings = {0};
    struct day today = DAY_NONE;
    cr_assert(day_make(2021, 7, 2, &today));
    yaml_parse(&doc, "m.yaml", mapping, strlen(mapping), &findings);
    mapping_read(&doc, doc.root, out.arena, &out.mapping);
    cr_assert_eq(findings.errors, 0, "%s", findings.count ? findings.items[0].message : "");
    yaml_finish(&doc);
    findings_finish(&findings);
    cr_assert(sheet_split(slice_of(text), ',', out.arena, &out.sheet, &out.refusal));
    const struct header_search search = {
        .sheet = &out.sheet, .mapping = &out.mapping, .plan = out.plan.plan, .today = today, .arena = out.arena};
    out.found = header_find(&search, &out.header, &out.refusal);
    return out;
}

static void found_finish(struct found *found) {
    plan_fixture_close(&found->plan);
    sheet_finish(&found->sheet);
    arena_destroy(&found->arena);
}

static void expect_slot(const struct found *found, size_t i, const char *target, const char *area, size_t column) {
    cr_assert_lt(i, found->header.slot_count);
    const struct slot *slot = &found->header.slots[i];
    const struct plan *plan = found->plan.plan;
    cr_expect_str_eq(slot->target == NO_INDEX ? "" : plan->targets[slot->target].code, target);
    cr_expect_str_eq(slot->area == NO_INDEX ? "" : plan->areas[slot->area].code, area);
    cr_expect_eq(slot->columns[FIELD_VALUE], column);
}

Test(slots, a_long_table_has_one) {
    struct found f = find("{}", "指标,地区,数据日期,数值\n");
    cr_assert(f.found);
    cr_assert_eq(f.header.slot_count, 1);
    expect_slot(&f, 0, "", "", 3);
    found_finish(&f);
}

Test(slots, by_exact_names_only) {
    struct found f = find("{layout: wide-target}", "地区,数据日期,“直连道路”(公里),架线工程（非涉改乡镇）,合计\n");
    cr_assert(f.found, "%s", f.refusal.reason);
    cr_assert_eq(f.header.slot_count, 2, "a sum over targets is a sum of nothing");
    expect_slot(&f, 0, "T06.1", "", 2);
    expect_slot(&f, 1, "T06.3", "", 3);
    cr_expect(f.header.slots[0].brackets_are_unit);
    cr_expect_not(f.header.slots[1].brackets_are_unit, "they belong to the name");
    found_finish(&f);
    f = find("{layout: wide-target}", "地区,数据日期,直连道路,架线长度\n");
    cr_expect_not(f.found);
    cr_expect_eq(f.refusal.code, REFUSAL_UNKNOWN_COLUMN, "two targets bear this name");
    cr_expect(strstr(f.refusal.reason, "T06.5、T06.6"), "%s", f.refusal.reason);
    found_finish(&f);
}

Test(slots, listed_with_what_stands_beside_them) {
    struct found f =
        find("{layout: wide-area, columns: {note: [备注]}, values: [{area: 青川县, value: 青川/累计, month: "
             "青川/本月, note: 青川/说明}, {area: \"510802\", numerator: 户, denominator: 总户}]}",
             "指标,数据日期,青川/累计,青川/本月,青川/说明,户,总户,备注,没人管的\n");
    cr_assert(f.found, "%s", f.refusal.reason);
    cr_assert_eq(f.header.slot_count, 2);
    expect_slot(&f, 0, "", "510822", 2);
    expect_slot(&f, 1, "", "510802", NO_COLUMN);
    cr_expect_eq(f.header.slots[0].columns[FIELD_MONTH], 3);
    cr_expect_eq(f.header.slots[0].columns[FIELD_NOTE], 4, "its own");
    cr_expect_eq(f.header.slots[1].columns[FIELD_NOTE], 7, "that of the row");
    cr_expect_eq(f.header.slots[1].columns[FIELD_DENOMINATOR], 6);
    cr_expect_eq(f.header.slots[1].columns[FIELD_MONTH], NO_COLUMN);
    found_finish(&f);
}

Test(slots, a_sum_is_compared_when_every_county_is_listed) {
    struct found f = find("{layout: wide-area, values: [{area: 青川县, value: 青川}, {area: 利州区, value: 利州}]}",
                          "指标,数据日期,青川,利州,合计\n");
    cr_assert_eq(f.header.slot_count, 3);
    cr_expect(f.header.slots[2].total);
    found_finish(&f);
    f = find("{layout: wide-area, values: [{area: 青川县, value: 青川}]}", "指标,数据日期,青川,利州,合计\n");
    cr_expect_eq(f.header.slot_count, 1, "利州 is in the sum and not in the list");
    found_finish(&f);
}

Test(slots, the_month_is_the_figure_only_where_there_is_no_total) {
    struct found f = find("{increments: yes}", "指标,地区,数据日期,本月\n");
    cr_assert(f.found, "%s", f.refusal.reason);
    cr_expect(f.header.slots[0].increment);
    expect_slot(&f, 0, "", "", 3);
    found_finish(&f);
    f = find("{increments: yes}", "指标,地区,数据日期,数值,本月\n");
    cr_assert(f.found, "%s", f.refusal.reason);
    cr_expect_not(f.header.slots[0].increment);
    cr_expect_eq(f.header.slots[0].columns[FIELD_MONTH], 4);
    found_finish(&f);
}

Test(slots, an_unknown_name_in_the_list_refuses_the_file) {
    struct found f = find("{layout: wide-area, values: [{area: 青山县, value: 青川}]}", "指标,数据日期,青川\n");
    cr_expect_not(f.found);
    cr_expect_eq(f.refusal.code, REFUSAL_UNKNOWN_COLUMN);
    cr_expect(strstr(f.refusal.reason, "青山县"), "%s", f.refusal.reason);
    found_finish(&f);
}
