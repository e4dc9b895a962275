#include "services/collector/marked.h"

#include <stdlib.h>
#include <unistd.h>

#include "common/base/file.h"
#include "tests/unit/collector/book_fixture.h"
#include "tests/unit/collector/paper_fixture.h"

/* A folder, and the workbook written there read back. */
struct written {
    char folder[64], path[96];
    struct arena *arena;
    struct workbook *workbook;
    struct sheet sheet;
    struct buffer bytes;
};

static void written_open(struct written *w) {
    *w = (struct written){.folder = "/tmp/duban-marked-XXXXXX", .arena = arena_create()};
    cr_assert_not_null(mkdtemp(w->folder));
    snprintf(w->path, sizeof w->path, "%s/表.xlsx", w->folder);
}

static void written_read(struct written *w) {
    struct refusal refusal;
    struct workbook_extent extent;
    struct error err;
    cr_assert_eq(file_read(w->path, 1 << 24, &w->bytes, &err), ERROR_OK, "%s", err.message);
    cr_assert(workbook_open((struct slice){buffer_text(&w->bytes), w->bytes.len}, NULL, &workbook_limits, w->arena,
                            &w->workbook, &refusal),
              "%s", refusal.reason);
    cr_assert(workbook_read(w->workbook, 0, &w->sheet, &extent, &refusal), "%s", refusal.reason);
}

static void written_close(struct written *w) {
    sheet_finish(&w->sheet);
    workbook_destroy(&w->workbook);
    buffer_finish(&w->bytes);
    arena_destroy(&w->arena);
    unlink(w->path);
    cr_expect_eq(rmdir(w->folder), 0, "nothing else lies there");
}

/* "line:a|b|c" */
static const char *row_text(const struct written *w, size_t row) {
    const char *text = say(w->arena, "%zu:", w->sheet.rows[row].line);
    for (size_t i = 0; i < w->sheet.rows[row].cell_count; i++) {
        struct slice cell = sheet_cell(&w->sheet, row, i);
        text = say(w->arena, "%s%s%.*s", text, i ? "|" : "", (int)cell.len, cell.ptr);
    }
    return text;
}

/* A part of the written file as text. */
static const char *part_text(const struct written *w, const char *name) {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(w->bytes.data, w->bytes.len, 0, &error);
    zip_t *zip = zip_open_from_source(source, ZIP_RDONLY, &error);
    zip_file_t *file = zip_fopen(zip, name, 0);
    cr_assert_not_null(file, "no %s", name);
    char *text = arena_array(w->arena, 1 << 16, 1);
    zip_fread(file, text, (1 << 16) - 1);
    zip_fclose(file);
    zip_discard(zip);
    return text;
}

static const char rows_of_june[] = "表\n指标,地区,数据日期,数值,单位,备注\n"
                                   "T06.1,青川县,2021-06-30,31,公里,好\n"
                                   "T06.1,利州区,2021-06-30,52.1,亩,=1+1\n"
                                   "合计,,2021-06-30,31,公里,\n";

Test(marked, refused_rows_come_back_with_colour_and_comment) {
    struct paper_fixture f;
    struct written w;
    struct error err;
    bool made = false;
    written_open(&w);
    paper_fixture_open(&f, "{}", "2021-07-02");
    paper_fixture_judge(&f, rows_of_june);
    cr_assert_eq(marked_rejected(&f.verdict, w.path, &made, &err), ERROR_OK, "%s", err.message);
    cr_assert(made);
    written_read(&w);
    cr_assert_eq(w.sheet.row_count, 2);
    cr_expect_str_eq(row_text(&w, 0), "1:指标|地区|数据日期|数值|单位|备注|行|列|原因|怎么改");
    cr_expect_str_eq(row_text(&w, 1), "2:T06.1|利州区|2021-06-30|52.1|亩|=1+1|4|数值|单位是“亩”，计划里是“公里”|"
                                      "请按计划的单位填报，或在采集端配置的 factors 里写明换算");
    cr_expect_eq(sheet_marks(&w.sheet, 1, 5), 0, "a text, no formula");
    const char *comments = part_text(&w, "xl/comments1.xml");
    cr_expect(strstr(comments, "ref=\"D2\""), "%s", comments);
    cr_expect(strstr(comments, "单位是“亩”，计划里是“公里”。请按计划的单位填报"), "%s", comments);
    cr_expect(strstr(part_text(&w, "xl/styles.xml"), "FFF8A5A5"));
    written_close(&w);
    paper_fixture_close(&f);
}

Test(marked, nothing_refused_is_no_file) {
    struct paper_fixture f;
    struct written w;
    struct error err;
    bool made = true;
    written_open(&w);
    paper_fixture_open(&f, "{unit: plan}", "2021-07-02");
    paper_fixture_judge(&f, "指标,地区,数据日期,数值\nT06.1,青川县,2021-06-30,31\n");
    cr_assert_eq(marked_rejected(&f.verdict, w.path, &made, &err), ERROR_OK);
    cr_expect_not(made);
    cr_expect_not(file_exists(w.path));
    written_close(&w);
    paper_fixture_close(&f);
}

Test(marked, a_whole_file_is_refused_beside_its_header) {
    struct paper_fixture f;
    struct written w;
    struct error err;
    bool made = false;
    written_open(&w);
    paper_fixture_open(&f, "{columns: {value: [累计完成]}}", "2021-07-02");
    paper_fixture_judge(&f, "指标,地区,数据日期,累计完成数\nT06.1,青川县,2021-06-30,31\n");
    cr_assert_eq(marked_rejected(&f.verdict, w.path, &made, &err), ERROR_OK);
    written_read(&w);
    cr_expect_str_eq(row_text(&w, 1), "2:||||||找不到“累计完成”列，最像的是“累计完成数”|"
                                      "请把列名改回原样，或在采集端配置的 columns 里加上新列名");
    written_close(&w);
    paper_fixture_close(&f);
}

Test(marked, try_keeps_every_row_at_its_place) {
    struct paper_fixture f;
    struct written w;
    struct error err;
    written_open(&w);
    paper_fixture_open(&f, "{}", "2021-07-02");
    paper_fixture_judge(&f, rows_of_june);
    cr_assert_eq(marked_try(&f.verdict, catalogue_plan(f.plan.catalogue), w.path, &err), ERROR_OK, "%s", err.message);
    written_read(&w);
    cr_assert_eq(w.sheet.row_count, 5, "no warning below: the sum is that of what was taken");
    cr_expect_str_eq(row_text(&w, 0), "1:表");
    cr_expect_str_eq(row_text(&w, 1), "2:指标|地区|数据日期|数值|单位|备注|结果|读作|说明");
    cr_expect_str_eq(row_text(&w, 2), "3:T06.1|青川县|2021-06-30|31|公里|好|收|31公里");
    cr_expect_str_eq(row_text(&w, 3),
                     "4:T06.1|利州区|2021-06-30|52.1|亩|=1+1|退回|52.1|数值列（D4）：单位是“亩”，计划里是“公里”。"
                     "请按计划的单位填报，或在采集端配置的 factors 里写明换算");
    cr_expect(strstr(part_text(&w, "xl/comments1.xml"), "ref=\"D4\""));
    written_close(&w);
    paper_fixture_close(&f);
}

/* The county's own workbook: title merged over the columns, a number stays a number, a place is a place. */
Test(marked, a_workbook_comes_back_as_one) {
    struct paper_fixture f;
    struct written w;
    struct error err;
    bool made = false;
    static const char sheet[] =
        "<sheetData><row r=\"1\"><c r=\"A1\" t=\"str\"><v>进展情况表</v></c></row>"
        "<row r=\"2\"><c r=\"A2\" t=\"str\"><v>指标</v></c><c r=\"B2\" t=\"str\"><v>地区</v></c><c r=\"C2\" "
        "t=\"str\"><v>数据日期</v></c>"
        "<c r=\"D2\" t=\"str\"><v>数值</v></c></row>"
        "<row r=\"4\"><c r=\"A4\" t=\"str\"><v>T06.1</v></c><c r=\"B4\" t=\"str\"><v>青川县</v></c><c r=\"C4\" "
        "s=\"1\"><v>44377</v></c>"
        "<c r=\"D4\"><v>31.100000000000001</v></c></row>"
        "<row r=\"5\"><c r=\"A5\" t=\"str\"><v>T06.1</v></c><c r=\"B5\" t=\"str\"><v>利州区</v></c><c r=\"C5\" "
        "s=\"1\"><v>44377</v></c>"
        "<c r=\"D5\"><f>D9+D10</f></c></row></sheetData><mergeCells><mergeCell ref=\"A1:D1\"/></mergeCells>";
    struct book book = book_make(
        &(struct book_parts){.sheet = sheet, .styles = "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs>"});
    written_open(&w);
    paper_fixture_open(&f, "{unit: plan}", "2021-07-02");
    paper_fixture_judge_bytes(&f, book.bytes, book.len);
    cr_assert_str_eq(counts_of(&f), "1 0 0 1 0 0", "%s", f.verdict.whole.reason);
    cr_expect(slice_is(f.verdict.outcomes[0].event.source.place, "6月!D4"));
    cr_expect(slice_is(f.verdict.outcomes[0].event.source.raw, "31.1"));
    cr_expect_eq(f.verdict.outcomes[1].reading.refusal.code, REFUSAL_NO_RESULT);
    cr_assert_eq(marked_rejected(&f.verdict, w.path, &made, &err), ERROR_OK, "%s", err.message);
    written_read(&w);
    cr_expect_str_eq(w.sheet.name, "6月");
    cr_expect_str_eq(row_text(&w, 0), "1:指标|地区|数据日期|数值|行|列|原因|怎么改");
    cr_expect_str_eq(row_text(&w, 1), "2:T06.1|利州区|2021-06-30|=D9+D10|5|数值|公式“=D9+D10”没有结果|"
                                      "请用 WPS 或 Excel 打开保存一次，再放入");
    cr_expect_eq(sheet_marks(&w.sheet, 1, 3), 0, "a text, no formula");
    sheet_finish(&w.sheet);
    workbook_destroy(&w.workbook);
    buffer_clear(&w.bytes);
    cr_assert_eq(marked_try(&f.verdict, catalogue_plan(f.plan.catalogue), w.path, &err), ERROR_OK, "%s", err.message);
    written_read(&w);
    size_t top, left;
    cr_expect_str_eq(row_text(&w, 2), "4:T06.1|青川县|2021-06-30|31.1|收|31.1公里");
    cr_expect(sheet_marks(&w.sheet, 2, 3) & SHEET_NUMBER);
    cr_expect(sheet_merged(&w.sheet, 0, 3, &top, &left) && left == 0);
    written_close(&w);
    book_finish(&book);
    paper_fixture_close(&f);
}

/* Two rows under one merged target: refused alone, the second still says what it is about. */
Test(marked, a_row_comes_back_with_the_merged_cell_that_reached_into_it) {
    struct paper_fixture f;
    struct written w;
    struct error err;
    bool made = false;
    static const char sheet[] =
        "<sheetData><row><c t=\"str\"><v>指标</v></c><c t=\"str\"><v>地区</v></c><c t=\"str\"><v>数据日期</v></c>"
        "<c t=\"str\"><v>数值</v></c></row>"
        "<row><c t=\"str\"><v>T06.1</v></c><c t=\"str\"><v>青川县</v></c><c "
        "t=\"str\"><v>2021-06-30</v></c><c><v>31</v></c></row>"
        "<row><c r=\"B3\" t=\"str\"><v>利州区</v></c><c t=\"str\"><v>2021-06-30</v></c><c "
        "t=\"e\"><v>#REF!</v></c></row></sheetData>"
        "<mergeCells><mergeCell ref=\"A2:A3\"/></mergeCells>";
    struct book book = book_make(&(struct book_parts){.sheet = sheet});
    written_open(&w);
    paper_fixture_open(&f, "{unit: plan, fill: {target: down}}", "2021-07-02");
    paper_fixture_judge_bytes(&f, book.bytes, book.len);
    cr_assert_str_eq(counts_of(&f), "1 0 0 1 0 0", "%s", f.verdict.whole.reason);
    cr_assert_eq(marked_rejected(&f.verdict, w.path, &made, &err), ERROR_OK, "%s", err.message);
    written_read(&w);
    cr_expect_str_eq(row_text(&w, 1), "2:T06.1|利州区|2021-06-30|#REF!|3|数值|单元格是错误值“#REF!”|"
                                      "请改正公式或加宽列，保存后重新导出");
    written_close(&w);
    book_finish(&book);
    paper_fixture_close(&f);
}

Test(marked, a_folder_that_is_not_there_is_said) {
    struct paper_fixture f;
    struct error err;
    bool made = false;
    paper_fixture_open(&f, "{}", "2021-07-02");
    paper_fixture_judge(&f, rows_of_june);
    cr_expect_eq(marked_rejected(&f.verdict, "/nowhere/at/all/x.xlsx", &made, &err), ERROR_IO);
    cr_expect(strstr(err.message, "/nowhere/at/all/x.xlsx"), "%s", err.message);
    paper_fixture_close(&f);
}
