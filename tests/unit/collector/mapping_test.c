#include "services/collector/mapping.h"

#include <criterion/criterion.h>

struct read {
    struct arena *arena;
    struct mapping mapping;
    struct findings findings;
};

static struct read read_yaml(const char *text) {
    struct read out = {.arena = arena_create()};
    struct yaml doc;
    yaml_parse(&doc, "m.yaml", text, strlen(text), &out.findings);
    mapping_read(&doc, doc.root, out.arena, &out.mapping);
    yaml_finish(&doc);
    return out;
}

static void read_finish(struct read *read) {
    findings_finish(&read->findings);
    arena_destroy(&read->arena);
}

Test(mapping, defaults_are_chinese_and_english) {
    static const char *const names[FIELD_COUNT][2] = {
        {"指标", "target"},    {"地区", "area"},         {"数据日期", "as_of"},  {"数值", "value"},
        {"分子", "numerator"}, {"分母", "denominator"},  {"备注", "note"},       {"更正说明", "reason"},
        {"单位", "unit"},      {"填报单位", "reporter"}, {"卡在", "blocked_by"}, {"文号", "document"},
        {"本月", "month"},     {"目标任务", "share"}};
    struct read read = read_yaml("{}");
    cr_assert_eq(read.findings.count, 0);
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        cr_expect_eq(read.mapping.columns[i].count, 2);
        cr_expect_not(read.mapping.columns[i].given);
        for (size_t k = 0; k < 2; k++)
            cr_expect_str_eq(read.mapping.columns[i].names[k], names[i][k]);
        cr_expect_str_eq(field_word((enum field)i), names[i][1]);
    }
    cr_expect_eq(read.mapping.as_of, AS_OF_COLUMN);
    read_finish(&read);
}

Test(mapping, everything_said) {
    struct read read =
        read_yaml("columns: {value: [累计完成, 完成数], note: 说明}\nas_of: {file: \"*{yyyy}{mm}*.csv\"}\nunit: 公里\n"
                  "factors: {米: 0.001, 米/公里: 0.001}\ntargets: {道路: T06.1}\ncell: number+note\nlayout: long\n"
                  "area: 青川县\nseparator: tab\nserial: 1904\n");
    const struct mapping *m = &read.mapping;
    cr_assert_eq(read.findings.count, 0, "%s", read.findings.count ? read.findings.items[0].message : "");
    cr_expect_eq(m->columns[FIELD_VALUE].count, 2);
    cr_expect(m->columns[FIELD_VALUE].given);
    cr_expect_str_eq(mapping_name(m, FIELD_VALUE), "累计完成");
    cr_expect_str_eq(mapping_name(m, FIELD_NOTE), "说明");
    cr_expect_eq(m->as_of, AS_OF_FILE_NAME);
    cr_expect_str_eq(m->as_of_pattern, "*{yyyy}{mm}*.csv");
    cr_expect_str_eq(m->unit, "公里");
    cr_assert_eq(m->factor_count, 2);
    cr_expect_null(m->factors[0].to);
    cr_expect_str_eq(m->factors[1].unit, "米");
    cr_expect_str_eq(m->factors[1].to, "公里");
    cr_expect(m->factors[1].factor.mantissa == 1 && m->factors[1].factor.scale == 3);
    cr_assert_eq(m->target_count, 1);
    cr_expect_str_eq(m->targets[0].code, "T06.1");
    cr_expect(m->number_and_note);
    cr_expect_eq(m->serial, 1904);
    cr_expect_str_eq(m->area, "青川县");
    cr_expect_eq(m->separator, '\t');
    read_finish(&read);
}

Test(mapping, what_is_wrong_is_said_with_its_place) {
    static const char *const bad[] = {
        "layout: wide",          "layuot: long",      "as_of: saved",        "as_of: {file: \"x.csv\"}",
        "columns: {valeu: [x]}", "factors: {米: -1}", "factors: {米: many}", "cell: number+words",
        "separator: \"|\"",      "columns: [value]",  "serial: 1901"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct read read = read_yaml(bad[i]);
        cr_expect_geq(read.findings.errors, 1, "%s", bad[i]);
        cr_expect(read.findings.count && strstr(read.findings.items[0].place, "m.yaml:1"), "%s", bad[i]);
        read_finish(&read);
    }
}

Test(mapping, wide_tables_and_what_goes_with_them) {
    struct read read = read_yaml("layout: wide-target\nheader: 3\nincrements: yes\nas_of: mtime\n"
                                 "ignore: [责任单位]\nfill: {area: down, as_of: down-always}\n"
                                 "states: {缓建: not_done}\n"
                                 "values:\n  - {target: T06.1, value: 道路/进度, share: 道路/目标}\n"
                                 "  - {target: T06.7, numerator: 户数, denominator: 总户数}\n");
    const struct mapping *m = &read.mapping;
    cr_assert_eq(read.findings.count, 0, "%s", read.findings.count ? read.findings.items[0].message : "");
    cr_expect_eq(m->layout, LAYOUT_WIDE_TARGET);
    cr_expect_eq(m->depth, 3);
    cr_expect(m->increments);
    cr_expect_eq(m->as_of, AS_OF_MTIME);
    cr_expect_str_eq(m->ignored[0], "责任单位");
    cr_expect_eq(m->fill[FIELD_AREA], FILL_MERGED);
    cr_expect_eq(m->fill[FIELD_AS_OF], FILL_ALWAYS);
    cr_expect_eq(m->fill[FIELD_TARGET], FILL_NONE);
    cr_expect(m->state_count == 1 && !m->states[0].done);
    cr_assert_eq(m->value_count, 2);
    cr_expect_str_eq(m->values[0].target, "T06.1");
    cr_expect_str_eq(m->values[0].columns[FIELD_SHARE], "道路/目标");
    cr_expect_null(m->values[0].columns[FIELD_MONTH]);
    cr_expect_str_eq(m->values[1].columns[FIELD_DENOMINATOR], "总户数");
    read_finish(&read);
}

Test(mapping, contradictions_of_a_wide_table) {
    static const char *const bad[] = {"{layout: wide-area, columns: {area: 县区}}",
                                      "{layout: wide-target, columns: {target: 指标}}",
                                      "{layout: wide-target, columns: {value: 数}}",
                                      "{layout: wide-area, area: 青川县}",
                                      "{values: [{target: T06.1, value: 数}]}",
                                      "{layout: wide-area, values: [{target: T06.1, value: 数}]}",
                                      "{layout: wide-target, values: [{target: T06.1}]}",
                                      "{layout: wide-target, values: [{target: T06.1, numerator: 户}]}",
                                      "{layout: wide-target, values: [{target: A, value: x}, {target: A, value: y}]}",
                                      "{layout: wide-target, values: [{target: A, value: x}, {target: B, value: x}]}",
                                      "{header: 5}",
                                      "{header: 0}",
                                      "{fill: {value: down}}",
                                      "{fill: {area: up}}",
                                      "{increments: maybe}",
                                      "{states: {缓建: later}}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct read read = read_yaml(bad[i]);
        cr_expect_geq(read.findings.errors, 1, "%s", bad[i]);
        read_finish(&read);
    }
}
