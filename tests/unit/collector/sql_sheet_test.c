#include "services/collector/sql_sheet.h"

#include "tests/unit/collector/paper_fixture.h"

struct scene {
    struct arena *arena;
    struct mapping mapping;
    struct sql_settings sql;
    struct buffer answer;
    struct sql_rows rows;
};

static void scene_open(struct scene *s, const char *mapping) {
    struct findings findings = {0};
    struct yaml doc;
    memset(s, 0, sizeof *s);
    s->arena = arena_create();
    s->sql.zone = STAMP_HERE;
    yaml_parse(&doc, "m", mapping, strlen(mapping), &findings);
    mapping_read(&doc, doc.root, s->arena, &s->mapping);
    cr_assert_eq(findings.errors, 0);
    yaml_finish(&doc);
    findings_finish(&findings);
    answer_begin(&s->answer);
}
static void scene_close(struct scene *s) {
    sql_rows_finish(&s->rows);
    buffer_finish(&s->answer);
    arena_destroy(&s->arena);
}
static void column(struct scene *s, enum answer_kind kind, const char *name) {
    answer_add_column(&s->answer, kind, slice_of(name));
}
static void row(struct scene *s, const char *const *values, size_t count) {
    answer_add_row(&s->answer);
    for (size_t i = 0; i < count; i++)
        answer_add_value(&s->answer, slice_of(values[i]));
}
#define ROW(scene, ...)                                                                                                \
    row(scene, (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))
static void fill(struct scene *s) {
    sql_rows_finish(&s->rows);
    cr_assert(sql_sheet_fill((struct slice){buffer_text(&s->answer), s->answer.len}, &s->sql, &s->mapping, s->arena,
                             &s->rows));
}
static void expect_cell(const struct scene *s, size_t r, size_t c, const char *text) {
    struct slice cell = sheet_cell(&s->rows.sheet, r, c);
    cr_expect(slice_is(cell, text), "(%zu, %zu) is %.*s, not %s", r, c, (int)cell.len, cell.ptr, text);
}

Test(sql_sheet, rows_are_cells_and_null_is_nothing) {
    struct scene s;
    scene_open(&s, "{}");
    column(&s, ANSWER_TEXT, "指标");
    column(&s, ANSWER_EXACT, "地区");
    column(&s, ANSWER_DAY, "数据日期");
    column(&s, ANSWER_DOUBLE, "数值");
    column(&s, ANSWER_BOOLEAN, "备注");
    column(&s, ANSWER_BYTES, "照片");
    ROW(&s, "T06.1", "510822", "2021-06-30", "0.30000000000000004", "true", "");
    ROW(&s, "T06.1", "510821", "2021-06-30", NULL, NULL, NULL);
    ROW(&s, "T06.1 ", "510802", "2021-06-30", "NaN", "", "");
    answer_end(&s.answer);
    fill(&s);
    cr_assert_eq(s.rows.whole.code, REFUSAL_NONE, "%s", s.rows.whole.reason);
    cr_expect_eq(s.rows.count, 3);
    cr_expect(s.rows.sheet.named && s.rows.sheet.query);
    expect_cell(&s, 0, 3, "数值");
    expect_cell(&s, 1, 3, "0.3");
    expect_cell(&s, 1, 4, "true");
    expect_cell(&s, 2, 3, "");
    expect_cell(&s, 2, 4, "");
    expect_cell(&s, 3, 0, "T06.1");
    cr_expect(sheet_marks(&s.rows.sheet, 1, 3) == SHEET_NUMBER);
    cr_expect(sheet_marks(&s.rows.sheet, 3, 3) == SHEET_ERROR);
    cr_expect_str_eq(sheet_cell_place(s.arena, &s.rows.sheet, 3, 3), ":3 数值");
    cr_expect_str_eq(sheet_place(s.arena, &s.rows.sheet, 3), ":3");
    scene_close(&s);
}

Test(sql_sheet, names_in_capitals_and_names_of_the_configuration) {
    struct scene s;
    struct sql_column columns[] = {{"wcz", "数值"}, {"gone", "单位"}};
    scene_open(&s, "{}");
    s.sql.columns = columns;
    s.sql.column_count = 1;
    column(&s, ANSWER_TEXT, "TARGET");
    column(&s, ANSWER_TEXT, "AS_OF");
    column(&s, ANSWER_EXACT, "WCZ");
    column(&s, ANSWER_EXACT, "Mixed");
    ROW(&s, "T06.1", "2021-06-30", "1", "2");
    answer_end(&s.answer);
    fill(&s);
    expect_cell(&s, 0, 0, "target");
    expect_cell(&s, 0, 1, "as_of");
    expect_cell(&s, 0, 2, "数值");
    expect_cell(&s, 0, 3, "Mixed");
    cr_expect_eq(s.rows.whole.code, REFUSAL_NONE);
    s.sql.column_count = 2;
    fill(&s);
    cr_expect_eq(s.rows.whole.code, REFUSAL_COLUMN_MISSING);
    cr_expect_str_eq(s.rows.whole.reason, "查询结果里没有“gone”列，只有：TARGET、AS_OF、WCZ、Mixed");
    scene_close(&s);
}

Test(sql_sheet, the_day_of_a_time_needs_a_zone) {
    struct scene s;
    scene_open(&s, "{}");
    column(&s, ANSWER_LOCAL, "数据日期");
    column(&s, ANSWER_LOCAL, "备注");
    ROW(&s, "2021-06-29 16:00:00", "2021-06-29 16:00:00");
    ROW(&s, "0000-00-00 00:00:00", NULL);
    answer_end(&s.answer);
    fill(&s);
    cr_expect_eq(s.rows.whole.code, REFUSAL_ZONE_MISSING);
    cr_expect_eq(s.rows.whole.column, 0);
    s.sql.zoned = true;
    s.sql.zone = 0;
    fill(&s);
    cr_expect_eq(s.rows.whole.code, REFUSAL_NONE);
    expect_cell(&s, 1, 0, "2021-06-30");
    expect_cell(&s, 1, 1, "2021-06-29 16:00:00"); /* what is no day of a figure stays as it is */
    expect_cell(&s, 2, 0, "0000-00-00 00:00:00"); /* will be bad_date */
    s.sql.zone = 480;
    fill(&s);
    expect_cell(&s, 1, 0, "2021-06-29");
    scene_close(&s);
    scene_open(&s, "{as_of: period}");
    column(&s, ANSWER_LOCAL, "数据日期");
    ROW(&s, "2021-06-29 16:00:00");
    answer_end(&s.answer);
    fill(&s);
    cr_expect_eq(s.rows.whole.code, REFUSAL_NONE, "nobody reads it");
    scene_close(&s);
    scene_open(&s, "{}");
    column(&s, ANSWER_INSTANT, "数据日期");
    ROW(&s, "2021-06-29 16:00:00+00");
    answer_end(&s.answer);
    fill(&s);
    expect_cell(&s, 1, 0, "2021-06-30");
    scene_close(&s);
}

Test(sql_sheet, what_cannot_be_exact_refuses_its_row) {
    struct scene s;
    scene_open(&s, "{}");
    column(&s, ANSWER_SINGLE, "数值");
    column(&s, ANSWER_SINGLE, "别的");
    ROW(&s, "485.799988", "1234567.25");
    ROW(&s, "1234567.25", "1");
    answer_end(&s.answer);
    fill(&s);
    cr_expect_eq(s.rows.whole.code, REFUSAL_NONE);
    expect_cell(&s, 1, 0, "485.8");
    cr_expect_eq(s.rows.sheet.rows[1].fault.code, REFUSAL_NONE, "the other column is nobody's");
    cr_expect_eq(s.rows.sheet.rows[2].fault.code, REFUSAL_NOT_EXACT);
    cr_expect_str_eq(s.rows.sheet.rows[2].fault.reason, "单精度浮点数“1234567.25”存不准，不是确数");
    scene_close(&s);
}

Test(sql_sheet, columns_that_are_of_no_use) {
    struct scene s;
    scene_open(&s, "{}");
    column(&s, ANSWER_BYTES, "数值");
    answer_end(&s.answer);
    fill(&s);
    cr_expect_eq(s.rows.whole.code, REFUSAL_COLUMN_KIND);
    scene_close(&s);
    scene_open(&s, "{}");
    s.sql.watermark = "version";
    column(&s, ANSWER_EXACT, "数值");
    column(&s, ANSWER_TEXT, "VERSION");
    answer_end(&s.answer);
    fill(&s);
    cr_expect_eq(s.rows.whole.code, REFUSAL_COLUMN_KIND);
    s.sql.watermark = "updated";
    fill(&s);
    cr_expect_eq(s.rows.whole.code, REFUSAL_COLUMN_MISSING);
    scene_close(&s);
}

Test(sql_sheet, the_greatest_watermark_of_all_rows) {
    struct scene s;
    char text[SQL_MARK_TEXT_MAX];
    scene_open(&s, "{}");
    s.sql.watermark = "updated";
    column(&s, ANSWER_EXACT, "数值");
    column(&s, ANSWER_INSTANT, "updated");
    ROW(&s, "1", "2021-06-30 08:00:00.1+00");
    ROW(&s, "1", "2021-06-30 08:00:00.2+00");
    ROW(&s, "1", NULL);
    ROW(&s, "1", "2021-06-30 07:00:00+00");
    answer_end(&s.answer);
    fill(&s);
    sql_mark_print(s.rows.newest, text);
    cr_expect_str_eq(text, "instant 2021-06-30 08:00:00.2 +00:00");
    scene_close(&s);
}

Test(sql_sheet, of_a_failure_or_a_cut_answer_nothing_is_taken) {
    struct scene s;
    scene_open(&s, "{}");
    s.sql.watermark = "id";
    column(&s, ANSWER_EXACT, "id");
    ROW(&s, "7");
    ROW(&s, "8");
    size_t whole = s.answer.len;
    answer_end(&s.answer);
    for (size_t len = 0; len < s.answer.len; len++) {
        struct sql_rows rows;
        cr_assert(sql_sheet_fill((struct slice){s.answer.data, len}, &s.sql, &s.mapping, s.arena, &rows));
        cr_expect_eq(rows.whole.code, REFUSAL_SQL_WORKER, "cut at %zu", len);
        cr_expect(rows.sheet.row_count == 0 && rows.count == 0 && !rows.newest.found, "cut at %zu", len);
        sql_rows_finish(&rows);
    }
    buffer_cut(&s.answer, whole);
    answer_fail(&s.answer, SQL_TROUBLE_LOST, "server closed the connection\nunexpectedly");
    fill(&s);
    cr_expect_eq(s.rows.whole.code, REFUSAL_SQL_LOST);
    cr_expect_str_eq(s.rows.whole.reason, "读到一半连接断了，一行也没有收（server closed the connection unexpectedly）");
    cr_expect_eq(s.rows.sheet.row_count, 0);
    cr_expect_not(s.rows.newest.found);
    scene_close(&s);
}

Test(sql_sheet, an_answer_of_anybodys_making_does_no_harm) {
    struct scene s;
    scene_open(&s, "{}");
    column(&s, ANSWER_DOUBLE, "数值");
    column(&s, ANSWER_INSTANT, "数据日期");
    ROW(&s, "1.5", "2021-06-30 08:00:00+08");
    ROW(&s, NULL, "x");
    answer_end(&s.answer);
    for (size_t i = 0; i < s.answer.len; i++)
        for (unsigned bit = 0; bit < 8; bit++) {
            struct sql_rows rows;
            s.answer.data[i] ^= (char)(1u << bit);
            cr_assert(sql_sheet_fill((struct slice){s.answer.data, s.answer.len}, &s.sql, &s.mapping, s.arena, &rows));
            sql_rows_finish(&rows);
            s.answer.data[i] ^= (char)(1u << bit);
        }
    scene_close(&s);
}
