#include "common/domain/table.h"

#include "plan_texts.h"

static bool read_text(struct table *table, const char *text, struct findings *findings) {
    return table_read(table, "t.csv", slice_of(text), findings);
}

Test(table, reads_quotes_separators_and_line_ends) {
    static const char *const texts[] = {"a,b,c\n1,\"x, \"\"y\"\"\",3\n", "a\tb\tc\r\n1\t\"x, \"\"y\"\"\"\t3\r\n",
                                        "\xEF\xBB\xBF"
                                        "a;b;c\n1;\"x, \"\"y\"\"\";3",
                                        "\n\n a , b , c \n,,\n=\"1\", \"x, \"\"y\"\"\" ,'3\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        CLEAN(findings_finish) struct findings findings = {0};
        CLEAN(table_finish) struct table table;
        cr_assert(read_text(&table, texts[i], &findings), "text %zu", i);
        cr_assert_eq(table.row_count, 2, "text %zu", i);
        cr_assert_eq(table.rows[1].count, 3);
        cr_expect_str_eq(table.rows[0].cells[1].text, "b");
        cr_expect_str_eq(table.rows[1].cells[0].text, "1");
        cr_expect_str_eq(table.rows[1].cells[1].text, "x, \"y\"");
        cr_expect_str_eq(table.rows[1].cells[2].text, "3");
    }
}

Test(table, counts_lines_through_quoted_line_breaks) {
    CLEAN(findings_finish) struct findings findings = {0};
    CLEAN(table_finish) struct table table;
    cr_assert(read_text(&table, "a,b\n\"one\ntwo\",2\nc,d\n", &findings));
    cr_assert_eq(table.row_count, 3);
    cr_expect_eq(table.rows[1].line, 2);
    cr_expect_eq(table.rows[2].cells[1].line, 4);
    cr_expect_eq(table.rows[2].cells[1].column, 2);
}

Test(table, reads_gb18030) {
    CLEAN(findings_finish) struct findings findings = {0};
    CLEAN(table_finish) struct table table;
    cr_assert(read_text(&table, "\xCF\xD8\xC7\xF8,x\n", &findings)); /* 县区 */
    cr_expect_str_eq(table.rows[0].cells[0].text, "县区");
}

Test(table, refuses_what_is_no_table) {
    static const struct {
        const char *text, *place, *words;
    } rows[] = {
        {"a,b\nc,\"d\n", "t.csv:2:2", "never closed"},
        {"a,b\n\"c\"d,e\n", "t.csv:2:1", "behind a closing quote"},
        {"a,\x81\n", "t.csv:1:1", "neither UTF-8 nor GB18030"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CLEAN(findings_finish) struct findings findings = {0};
        CLEAN(table_finish) struct table table;
        cr_expect_not(read_text(&table, rows[i].text, &findings));
        expect(&findings, rows[i].place, rows[i].words);
    }
    CLEAN(findings_finish) struct findings findings = {0};
    CLEAN(table_finish) struct table table;
    cr_expect_not(table_read(&table, "t.csv", (struct slice){"a\0b", 3}, &findings));
    CLEAN(table_finish) struct table empty;
    cr_expect(table_read(&empty, "t.csv", (struct slice){NULL, 0}, &findings));
    cr_expect_eq(empty.row_count, 0);
}

Test(table, finds_the_header_below_titles) {
    static const char *const needed[] = {"指标代码|target", "县区|area"};
    CLEAN(findings_finish) struct findings findings = {0};
    CLEAN(table_finish) struct table table;
    cr_assert(read_text(&table, "附件2 节点表,,\n填报单位：x\n 县 区,备注,指标代码\n510802,,T06.1\n", &findings));
    size_t header = table_header(&table, needed, 2);
    cr_assert_eq(header, 2);
    cr_expect_eq(table_column(&table.rows[header], needed[0]), 2);
    cr_expect_eq(table_column(&table.rows[header], needed[1]), 0);
    cr_expect_eq(table_column(&table.rows[header], "日期"), SIZE_MAX);
    cr_expect_str_eq(table_at(&table.rows[1], 7).text, "");

    static const char *const more[] = {"县区|area", "应达|planned"};
    cr_expect_eq(table_header(&table, more, 2), NO_INDEX);
    expect(&findings, "t.csv:3:1", "column 应达 is missing; this row has 县 区, 备注, 指标代码");
}

Test(table, reads_exact_numbers) {
    static const struct {
        const char *text;
        enum table_number kind;
        const char *value;
    } rows[] = {
        {"485.80", TABLE_NUMBER, "485.8"},
        {"1,234,567.5", TABLE_NUMBER, "1234567.5"},
        {"1，000", TABLE_NUMBER, "1000"},
        {"１２．５", TABLE_NUMBER, "12.5"},
        {"-3", TABLE_NUMBER, "-3"},
        {"0", TABLE_NUMBER, "0"},
        {"", TABLE_BLANK, NULL},
        {"-", TABLE_BLANK, NULL},
        {"—", TABLE_BLANK, NULL},
        {"/", TABLE_BLANK, NULL},
        {"1,5", TABLE_WRONG, NULL},
        {"12,34", TABLE_WRONG, NULL},
        {",123", TABLE_WRONG, NULL},
        {"1234,567", TABLE_WRONG, NULL},
        {"1.2,345", TABLE_WRONG, NULL},
        {"约45", TABLE_WRONG, NULL},
        {"1e3", TABLE_WRONG, NULL},
        {"45公里", TABLE_WRONG, NULL},
        {"99999999999999999999", TABLE_WRONG, NULL},
    };
    CLEAN(findings_finish) struct findings findings = {0};
    struct table table = {.name = "t.csv", .findings = &findings};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct table_cell cell = {rows[i].text, strlen(rows[i].text), 3, 4};
        struct decimal value;
        cr_expect_eq(table_number(&table, cell, &value), rows[i].kind, "%s", rows[i].text);
        if (rows[i].value) is_number(value, rows[i].value);
    }
    expect(&findings, "t.csv:3:4", "“1,5” is no number");
}

Test(table, reads_days) {
    static const char *const days[] = {"2021-06-30", "2021/6/30", "2021.6.30", "2021年6月30日", "２０２１/06/30"};
    static const char *const wrong[] = {"6月30日", "21/6/30", "2021/2/30", "2021-06", "2021-06-30x", "44256"};
    CLEAN(findings_finish) struct findings findings = {0};
    struct table table = {.name = "t.csv", .findings = &findings};
    struct day day;
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        struct table_cell cell = {days[i], strlen(days[i]), 1, 1};
        cr_expect_eq(table_day(&table, cell, &day), TABLE_NUMBER, "%s", days[i]);
        is_day(day, "2021-06-30");
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct table_cell cell = {wrong[i], strlen(wrong[i]), 1, 1};
        cr_expect_eq(table_day(&table, cell, &day), TABLE_WRONG, "%s", wrong[i]);
    }
}
