#include <criterion/criterion.h>
#include <stdio.h>

#include "services/collector/sheet.h"

static void expect_lines(const char *text, const char *wanted) {
    struct arena *arena = arena_create();
    struct sheet sheet;
    struct refusal refusal;
    struct buffer out = {0};
    cr_assert(sheet_lines(slice_of(text), arena, &sheet, &refusal));
    for (size_t row = 0; row < sheet.row_count; row++) {
        buffer_printf(&out, "%zu:", sheet.rows[row].line);
        for (size_t i = 0; i < sheet.rows[row].cell_count; i++)
            buffer_printf(&out, "%s%.*s", i ? "|" : "", (int)sheet_cell(&sheet, row, i).len,
                          sheet_cell(&sheet, row, i).ptr);
        buffer_add_text(&out, sheet.rows[row].fault.code ? "!;" : ";");
    }
    cr_expect_str_eq(buffer_text(&out), wanted, "%s", text);
    buffer_finish(&out);
    sheet_finish(&sheet);
    arena_destroy(&arena);
}

Test(lines, numbers_keep_their_text) {
    expect_lines("{\"value\": 485.80, \"target\": \"T06.1\"}\n", "1:value|target;1:485.80|T06.1;");
    expect_lines("{\"v\":0.57999999999999996}\r\n{\"v\":-1.2E+03}\n", "1:v;1:0.57999999999999996;2:-1.2E+03;");
}

Test(lines, names_are_collected_from_all_rows) {
    expect_lines("{\"a\":\"1\"}\n\n{\"b\":\"2\",\"a\":\"3\"}\n", "1:a|b;1:1;3:3|2;");
}

Test(lines, words_and_escapes) {
    expect_lines("{\"a\":true,\"b\":false,\"c\":null}\n", "1:a|b|c;1:true|false|;");
    expect_lines("{\"\\u6307\\u6807\":\"\\\"x\\\" \\ud83d\\ude00\\/\"}\n", "1:指标;1:\"x\" 😀/;");
    expect_lines("{}\n", "1:;1:;");
}

Test(lines, what_is_no_flat_object_is_the_rows_own_fault) {
    static const char *const bad[] = {"{\"a\":[1]}",
                                      "{\"a\":{\"b\":1}}",
                                      "{\"a\":1",
                                      "{\"a\" 1}",
                                      "{\"a\":1}x",
                                      "[1]",
                                      "{\"a\":01x}",
                                      "{\"a\":\"\\q\"}",
                                      "{\"a\":\"\\ud800\"}",
                                      "{\"a\":NaN}",
                                      "{\"a\":1,\"a\":2}",
                                      "{a:1}",
                                      "{\"a\":\"open}",
                                      "{\"a\":1,}",
                                      "nonsense",
                                      "{\"a\":\"5\\u00009\"}"};
    struct arena *arena = arena_create();
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct sheet sheet;
        struct refusal refusal;
        char text[128];
        snprintf(text, sizeof text, "{\"z\":1}\n%s\n{\"z\":2}\n", bad[i]);
        cr_assert(sheet_lines(slice_of(text), arena, &sheet, &refusal));
        cr_expect_eq(sheet.row_count, 4);
        cr_expect_eq(sheet.rows[1].fault.code, REFUSAL_NONE);
        cr_expect_eq(sheet.rows[2].fault.code, REFUSAL_BAD_JSON, "%s", bad[i]);
        cr_expect_eq(sheet.rows[2].line, 2);
        cr_expect_eq(sheet.rows[3].fault.code, REFUSAL_NONE);
        cr_expect(slice_is(sheet_cell(&sheet, 3, 0), "2"), "%s: rows behind it are read", bad[i]);
        sheet_finish(&sheet);
    }
    arena_destroy(&arena);
}
