#include <criterion/criterion.h>

#include "services/collector/sheet.h"

/* Rows as text: cells joined by |, rows by the line they begin on. */
static void expect_sheet(const char *text, char separator, const char *wanted) {
    struct arena *arena = arena_create();
    struct sheet sheet;
    struct refusal refusal;
    struct buffer out = {0};
    bool good = sheet_split(slice_of(text), separator, arena, &sheet, &refusal);
    cr_expect(good, "refused: %s", good ? "" : refusal.reason);
    for (size_t row = 0; good && row < sheet.row_count; row++) {
        buffer_printf(&out, "%zu:", sheet.rows[row].line);
        for (size_t i = 0; i < sheet.rows[row].cell_count; i++)
            buffer_printf(&out, "%s%.*s", i ? "|" : "", (int)sheet_cell(&sheet, row, i).len,
                          sheet_cell(&sheet, row, i).ptr);
        buffer_add_text(&out, sheet.rows[row].fault.code ? "!;" : ";");
    }
    cr_expect_str_eq(buffer_text(&out), wanted);
    buffer_finish(&out);
    sheet_finish(&sheet);
    arena_destroy(&arena);
}

Test(sheet, rows_cells_and_lines) {
    expect_sheet("a,b\r\n1,2\r\n", ',', "1:a|b;2:1|2;");
    expect_sheet("a\tb\n1\t\n", '\t', "1:a|b;2:1|;");
    expect_sheet("a;b\r1;2", ';', "1:a|b;2:1|2;");
    expect_sheet("a,b\n\n3,4\n", ',', "1:a|b;2:;3:3|4;");
    expect_sheet("", ',', "");
}

Test(sheet, quotes_line_breaks_and_forced_text) {
    expect_sheet("\"a,b\",\"say \"\"x\"\"\"\nc,d\n", ',', "1:a,b|say \"x\";2:c|d;");
    expect_sheet("\"two\nlines\",1\nnext,2\n", ',', "1:two\nlines|1;3:next|2;");
    expect_sheet("=\"510824\",'15,\t7 \n", ',', "1:510824|15|7;");
    expect_sheet("\"=\"\"510824\"\"\",x\n", ',', "1:510824|x;");
    expect_sheet("5\" pipe,2\n", ',', "1:5\" pipe|2;");
    expect_sheet(" \"a\" , b \n", ',', "1:a|b;");
}

Test(sheet, text_behind_a_closing_quote_is_the_rows_own_fault) {
    expect_sheet("\"a\"b,1\nc,2\n", ',', "1:ab|1!;2:c|2;");
}

Test(sheet, an_open_quote_refuses_the_file_and_names_its_line) {
    struct arena *arena = arena_create();
    struct sheet sheet;
    struct refusal refusal;
    cr_assert_not(sheet_split(slice_of("a,b\nc,\"d\ne,f\n"), ',', arena, &sheet, &refusal));
    cr_assert_eq(refusal.code, REFUSAL_OPEN_QUOTE);
    cr_assert(strstr(refusal.reason, "第2行"));
    sheet_finish(&sheet);
    arena_destroy(&arena);
}

Test(sheet, too_many_columns_refuse_the_file) {
    struct arena *arena = arena_create();
    struct sheet sheet;
    struct refusal refusal;
    char text[SHEET_COLUMNS_MAX + 2];
    memset(text, ',', sizeof text - 1);
    text[sizeof text - 1] = 0;
    cr_assert_not(sheet_split(slice_of(text), ',', arena, &sheet, &refusal));
    cr_assert_eq(refusal.code, REFUSAL_TOO_LARGE);
    sheet_finish(&sheet);
    arena_destroy(&arena);
}
