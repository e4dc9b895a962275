#include "common/report/csv.h"

#include <criterion/criterion.h>

#include "common/base/cleanup.h"

/* What a spreadsheet would run as a formula becomes text; numbers of ours stay numbers. */
Test(csv, cells) {
    static const struct {
        const char *text, *cell;
    } rows[] = {{"直连道路", "直连道路"},
                {"", ""},
                {NULL, ""},
                {"=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"},
                {"+86", "'+86"},
                {"-1+1", "'-1+1"},
                {"@SUM(A1)", "'@SUM(A1)"},
                {"\tx", "'\tx"},
                {"a,b", "\"a,b\""},
                {"他说“好”\"是\"", "\"他说“好”\"\"是\"\"\""},
                {"=A1,B1", "\"'=A1,B1\""},
                {"两\n行", "\"两\n行\""}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CLEAN(buffer_finish) struct buffer out = {0};
        struct csv csv = {.out = &out};
        csv_text(&csv, rows[i].text);
        cr_expect_str_eq(buffer_text(&out), rows[i].cell);
    }
}

Test(csv, rows_begin_with_a_bom_and_end_with_crlf) {
    CLEAN(buffer_finish) struct buffer out = {0};
    struct csv csv;
    csv_begin(&csv, &out);
    csv_text(&csv, "序号");
    csv_text(&csv, "");
    csv_text(&csv, "偏差点");
    csv_end_row(&csv);
    csv_number(&csv, "1");
    csv_text(&csv, NULL);
    csv_number(&csv, "-12.5");
    csv_end_row(&csv);
    cr_assert_str_eq(buffer_text(&out), "\xEF\xBB\xBF序号,,偏差点\r\n1,,-12.5\r\n");
}
