#include "services/collector/header.h"

#include "tests/unit/collector/plan_fixture.h"

struct read {
    struct arena *arena;
    struct plan_fixture plan;
    struct mapping mapping;
    struct sheet sheet;
    struct header header;
    struct refusal refusal;
    bool found;
};

static struct read find(const char *mapping, const char *text) {
    struct read out = {.arena = arena_create(), .plan = plan_fixture_open()};
    struct yaml doc;
    struct findings findings = {0};
    yaml_parse(&doc, "m.yaml", mapping, strlen(mapping), &findings);
    mapping_read(&doc, doc.root, out.arena, &out.mapping);
    yaml_finish(&doc);
    findings_finish(&findings);
    cr_assert(sheet_split(slice_of(text), ',', out.arena, &out.sheet, &out.refusal));
    struct day today = DAY_NONE;
    cr_assert(day_make(2021, 7, 2, &today));
    const struct header_search search = {
        .sheet = &out.sheet, .mapping = &out.mapping, .plan = out.plan.plan, .today = today, .arena = out.arena};
    out.found = header_find(&search, &out.header, &out.refusal);
    return out;
}

static void read_finish(struct read *read) {
    plan_fixture_close(&read->plan);
    sheet_finish(&read->sheet);
    arena_destroy(&read->arena);
}

Test(header, columns_are_found_by_their_text_in_any_order) {
    struct read read = find("{}", "数值（公里）,地 区,“指标”, 数据日期 ,备注\n");
    cr_assert(read.found, "%s", read.refusal.reason);
    cr_expect_eq(read.header.columns[FIELD_VALUE], 0);
    cr_expect_eq(read.header.columns[FIELD_AREA], 1);
    cr_expect_eq(read.header.columns[FIELD_TARGET], 2);
    cr_expect_eq(read.header.columns[FIELD_AS_OF], 3);
    cr_expect_eq(read.header.columns[FIELD_NOTE], 4);
    cr_expect_eq(read.header.columns[FIELD_UNIT], NO_COLUMN);
    cr_assert_eq(read.header.slot_count, 1);
    cr_expect(read.header.slots[0].brackets_are_unit);
    read_finish(&read);
}

Test(header, titles_above_it_are_read) {
    struct read read =
        find("{as_of: title}",
             "附件2 2021年重点任务进展情况表,,\n填报单位：青川县 单位：公里 截至6月底,,\n\n指标,地区,数值\n");
    cr_assert(read.found, "%s", read.refusal.reason);
    cr_expect_eq(read.header.row, 3);
    cr_expect_eq(read.header.titles.year, 2021);
    cr_expect_eq(read.header.titles.as_of.n, 18808, "2021-06-30");
    cr_expect(slice_is(read.header.titles.unit, "公里"));
    read_finish(&read);
    read = find("{}", "单位：公里、户\n指标,地区,数据日期,数值\n");
    cr_expect_eq(read.header.titles.unit.len, 0, "a list of units is none");
    read_finish(&read);
}

Test(header, what_is_missing_is_named_with_the_nearest) {
    static const struct {
        const char *mapping, *text, *reason;
    } rows[] = {
        {"{columns: {value: [累计完成]}}", "指标,地区,数据日期,累计完成数\n",
         "找不到“累计完成”列，最像的是“累计完成数”"},
        {"{}", "指标,地域,数据日期,数值\n", "找不到“地区”列，最像的是“地域”"},
        {"{}", "甲,乙,丙\n", "找不到“指标”“地区”“数据日期”“数值”列，第1行有：“甲”“乙”“丙”"},
        {"{}", "指标,地区,数据日期,累计完成数,单位\n", "找不到“数值”列，最像的是“累计完成数”"},
        {"{}", "指标,地区,数据日期,本月,累计\n", "找不到“数值”列，最像的是“累计”"},
        {"{}", "x\n指标,地区,数据日期\n", "找不到“数值”列，第2行有：“指标”“地区”“数据日期”"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct read read = find(rows[i].mapping, rows[i].text);
        cr_expect_not(read.found);
        cr_expect_eq(read.refusal.code, REFUSAL_COLUMN_MISSING);
        cr_expect_str_eq(read.refusal.reason, rows[i].reason);
        read_finish(&read);
    }
}

Test(header, a_day_in_the_title_is_offered_when_its_column_is_missing) {
    struct read read = find("{}", "进展表 截至2021年6月30日\n指标,地区,数值\n");
    cr_expect_not(read.found);
    cr_expect_str_eq(refusal_remedy(&read.refusal), "表头上面有“截至…”：请在采集端配置里写 as_of: title，或加上这一列");
    read_finish(&read);
}

Test(header, letters_as_spreadsheets_count) {
    static const struct {
        size_t column;
        const char *letters;
    } rows[] = {{0, "A"}, {25, "Z"}, {26, "AA"}, {51, "AZ"}, {52, "BA"}, {701, "ZZ"}, {702, "AAA"}};
    struct arena *arena = arena_create();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_str_eq(header_letters(arena, rows[i].column), rows[i].letters);
    arena_destroy(&arena);
}

Test(header, twice_is_a_doubt) {
    struct read read = find("{}", "指标,地区,数据日期,数值,value\n");
    cr_expect_not(read.found);
    cr_expect_eq(read.refusal.code, REFUSAL_COLUMN_TWICE);
    cr_expect_str_eq(read.refusal.reason, "“数值”有两列都对得上：D列“数值”、E列“value”");
    read_finish(&read);
}

/* A table of numerators and denominators alone is one; with an unknown column beside them it may be figures renamed. */
Test(header, fractions_alone) {
    struct read read = find("{}", "指标,地区,数据日期,分子,分母\n");
    cr_expect(read.found);
    read_finish(&read);
    read = find("{}", "指标,地区,数据日期,分子,分母,完成\n");
    cr_expect_not(read.found);
    read_finish(&read);
}
