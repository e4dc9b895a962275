#include "services/collector/structure.h"

#include "tests/unit/collector/book_fixture.h"
#include "tests/unit/collector/paper_fixture.h"

Test(structure, names_of_worksheets) {
    static const struct {
        const char *pattern, *name;
        bool wanted;
    } rows[] = {
        {"{month}月", "6月", true},
        {"{month}月", "６月", true},
        {"{month}月", "6 月", true},
        {"{month}月", "06月", false},
        {"{mm}月", "06月", true},
        {"{yyyy}年{month}月", "2021年6月", true},
        {"{yyyy}年{month}月", "2020年6月", false},
        {"*{month}月*", "青川6月报表", true},
        {"*月", "16月", true},
        {"*", "", true},
        {"报表", "报表2", false},
        {"报表*", "报表2", true},
        {"*ab", "aab", true},
        {"a*b*c", "a1b2b3c", true},
        {"a*b*c", "a1b2b3", false},
        {"{month", "{month", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(structure_sheet_matches(rows[i].pattern, rows[i].name, day_of("2021-06-30")), rows[i].wanted,
                     "%s for %s", rows[i].name, rows[i].pattern);
}

#define TEXT(text) "<c t=\"str\"><v>" text "</v></c>"
#define HEAD "<row>" TEXT("指标") TEXT("地区") TEXT("数据日期") TEXT("数值") "</row>"
#define ROW(value) "<row>" TEXT("T06.1") TEXT("青川县") TEXT("2021-06-30") "<c><v>" value "</v></c></row>"
#define SHEETS(one, two)                                                                                               \
    "<workbook><sheets><sheet name=\"" one "\" r:id=\"rId1\"/><sheet name=\"" two                                      \
    "\" r:id=\"rId2\"/></sheets></workbook>"

static void judge(struct paper_fixture *f, const char *mapping, const struct book_parts *parts) {
    struct book book = book_make(parts);
    paper_fixture_open(f, mapping, "2021-07-02");
    paper_fixture_judge_bytes(f, book.bytes, book.len);
    book_finish(&book);
}

Test(structure, without_a_name_the_worksheet_with_the_header_is_meant) {
    struct paper_fixture f;
    judge(&f, "{unit: plan}",
          &(struct book_parts){.sheet = "<sheetData><row>" TEXT("填表说明") "</row></sheetData>",
                               .second = "<sheetData>" HEAD ROW("31") "</sheetData>",
                               .workbook = SHEETS("说明", "6月")});
    cr_expect_str_eq(counts_of(&f), "1 0 0 0 0 0", "%s", f.verdict.whole.reason);
    cr_expect(strstr(f.verdict.note, "没有读的工作表：说明"), "%s", f.verdict.note);
    paper_fixture_close(&f);
}

Test(structure, two_worksheets_with_the_header_refuse_the_file) {
    struct paper_fixture f;
    const struct book_parts parts = {.sheet = "<sheetData>" HEAD ROW("31") "</sheetData>",
                                     .second = "<sheetData>" HEAD ROW("32") "</sheetData>",
                                     .workbook = SHEETS("5月", "6月")};
    judge(&f, "{unit: plan}", &parts);
    cr_expect_eq(f.verdict.whole.code, REFUSAL_SHEET_TWICE);
    cr_expect(strstr(f.verdict.whole.reason, "“5月”和“6月”"), "%s", f.verdict.whole.reason);
    paper_fixture_close(&f);
    judge(&f, "{unit: plan, sheet: \"{month}月\"}", &parts); /* on 2 July, June is still open */
    cr_expect_str_eq(counts_of(&f), "1 0 0 0 0 0", "%s", f.verdict.whole.reason);
    cr_expect(slice_is(f.verdict.outcomes[0].event.source.place, "6月!D2"));
    cr_expect(slice_is(f.verdict.outcomes[0].event.source.raw, "32"));
    paper_fixture_close(&f);
}

Test(structure, a_name_that_fits_none_or_two) {
    struct paper_fixture f;
    const struct book_parts parts = {.sheet = "<sheetData>" HEAD ROW("31") "</sheetData>",
                                     .second = "<sheetData>" HEAD ROW("32") "</sheetData>",
                                     .workbook = SHEETS("5月", "6月")};
    judge(&f, "{unit: plan, sheet: 汇总}", &parts);
    cr_expect_eq(f.verdict.whole.code, REFUSAL_SHEET_MISSING);
    cr_expect(strstr(f.verdict.whole.reason, "没有叫“汇总”的工作表，只有：5月、6月"), "%s", f.verdict.whole.reason);
    paper_fixture_close(&f);
    judge(&f, "{unit: plan, sheet: \"*月\"}", &parts);
    cr_expect_eq(f.verdict.whole.code, REFUSAL_SHEET_TWICE);
    paper_fixture_close(&f);
}

Test(structure, what_a_workbook_hides_is_counted) {
    struct paper_fixture f;
    judge(&f, "{unit: plan}",
          &(struct book_parts){
              .sheet = "<sheetData>" HEAD "<row r=\"2\" hidden=\"1\">" TEXT("T06.1") TEXT("青川县")
                  TEXT("2021-06-30") "<c><v>31</v></c></row><row r=\"900\"><c><v>1</v></c></row></sheetData>"});
    cr_expect_str_eq(counts_of(&f), "1 0 0 0 0 0", "%s", f.verdict.whole.reason);
    cr_expect(strstr(f.verdict.note, "空行太多，第900行起没有读；隐藏的1行也读了"), "%s", f.verdict.note);
    paper_fixture_close(&f);
}

Test(structure, all_worksheets_hidden) {
    struct paper_fixture f;
    judge(
        &f, "{unit: plan}",
        &(struct book_parts){
            .sheet = "<sheetData>" HEAD ROW("31") "</sheetData>",
            .workbook = "<workbook><sheets><sheet name=\"6月\" state=\"hidden\" r:id=\"rId1\"/></sheets></workbook>"});
    cr_expect_eq(f.verdict.whole.code, REFUSAL_SHEET_MISSING);
    cr_expect(strstr(f.verdict.whole.reason, "隐藏"), "%s", f.verdict.whole.reason);
    paper_fixture_close(&f);
}
