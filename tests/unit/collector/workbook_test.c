#include "services/collector/workbook.h"

#include <stdio.h>
#include <unistd.h>

#include "tests/unit/collector/book_fixture.h"

static const char *mark_letters(unsigned marks) {
    static char text[16];
    static const char letters[] = "ndpbersh"; /* number date percent boolean error, r: no result, struck, hidden */
    size_t len = 0;
    for (unsigned i = 0; i < 8; i++)
        if (marks & 1u << i) text[len++] = letters[i];
    text[len] = 0;
    return text;
}

/* Rows as text: the line, then cells joined by |, each with the letters of its marks behind a tilde. */
static void print_sheet(const struct sheet *sheet, struct buffer *out) {
    for (size_t row = 0; row < sheet->row_count; row++) {
        buffer_printf(out, "%zu:", sheet->rows[row].line);
        for (size_t i = 0; i < sheet->rows[row].cell_count; i++) {
            struct slice cell = sheet_cell(sheet, row, i);
            unsigned marks = sheet_marks(sheet, row, i);
            buffer_printf(out, "%s%.*s%s%s", i ? "|" : "", (int)cell.len, cell.ptr, marks ? "~" : "",
                          mark_letters(marks));
        }
        buffer_add_char(out, '\n');
    }
}

static void expect_read(const struct book_parts *parts, const char *wanted) {
    struct arena *arena = arena_create();
    struct book book = book_make(parts);
    struct workbook *workbook = NULL;
    struct sheet sheet = {.name = NULL};
    struct workbook_extent extent;
    struct refusal refusal;
    struct buffer out = {0};
    bool read =
        workbook_open((struct slice){book.bytes, book.len}, NULL, &workbook_limits, arena, &workbook, &refusal) &&
        workbook_read(workbook, 0, &sheet, &extent, &refusal);
    cr_expect(read, "refused: %s", read ? "" : refusal.reason);
    if (read) print_sheet(&sheet, &out);
    cr_expect_str_eq(buffer_text(&out), wanted);
    buffer_finish(&out);
    sheet_finish(&sheet);
    workbook_destroy(&workbook);
    book_finish(&book);
    arena_destroy(&arena);
}
#define EXPECT(wanted, ...) expect_read(&(const struct book_parts){__VA_ARGS__}, wanted)
#define DATA(rows) "<sheetData>" rows "</sheetData>"

static void expect_refused(const struct book_parts *parts, const struct workbook_limits *limits, enum refusal_code code,
                           const char *word) {
    struct arena *arena = arena_create();
    struct book book = book_make(parts);
    struct workbook *workbook = NULL;
    struct sheet sheet = {.name = NULL};
    struct workbook_extent extent;
    struct refusal refusal = {.code = REFUSAL_NONE};
    bool read = workbook_open((struct slice){book.bytes, book.len}, NULL, limits, arena, &workbook, &refusal) &&
                workbook_read(workbook, 0, &sheet, &extent, &refusal);
    cr_expect_not(read);
    cr_expect_eq(refusal.code, code, "%s", refusal_row(refusal.code)->word);
    cr_expect(refusal.reason && strstr(refusal.reason, word), "\"%s\" lacks \"%s\"", refusal.reason, word);
    sheet_finish(&sheet);
    workbook_destroy(&workbook);
    book_finish(&book);
    arena_destroy(&arena);
}
#define REFUSED(code, word, ...) expect_refused(&(const struct book_parts){__VA_ARGS__}, &workbook_limits, code, word)

Test(workbook, cells_stand_where_they_say_or_one_behind_the_other) {
    EXPECT("1:甲||1.5~n\n3:|x\n4:2~n|3~n\n",
           .sheet =
               DATA("<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>甲</t></is></c><c r=\"C1\"><v>1.5</v></c></row>"
                    "<row r=\"3\"><c r=\"B3\" t=\"str\"><v>x</v></c></row><row><c><v>2</v></c><c><v>3</v></c></row>"));
}

Test(workbook, empty_cells_and_rows_are_none_whatever_their_style) {
    EXPECT("2:1~n\n",
           .sheet = DATA("<row r=\"1\"><c r=\"A1\" s=\"1\"/><c r=\"ZZ1\" s=\"1\"/></row>"
                         "<row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"XFD2\" s=\"1\"/></row><row r=\"3\"/>"));
}

Test(workbook, names_may_have_prefixes_and_texts_entities) {
    EXPECT("1:a&b<c|甲\n", .sheet = "<x:sheetData><x:row r=\"1\"><x:c r=\"A1\" t=\"str\"><x:v>a&amp;b&lt;c</x:v></x:c>"
                                    "<x:c r=\"B1\" t=\"str\"><x:v>&#x7532;</x:v></x:c></x:row></x:sheetData>");
}

Test(workbook, shared_strings_rich_text_and_what_is_read_aloud) {
    EXPECT("1:旺苍县|进度偏慢|二\n2:旺苍县\n",
           .sheet = DATA("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c>"
                         "<c r=\"C1\" t=\"s\"><v>2</v></c><c r=\"D1\" t=\"s\"><v>3</v></c></row>"
                         "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>0</v></c></row>"),
           .strings =
               "<si><t xml:space=\"preserve\"> 旺苍县 \n</t></si>"
               "<si><r><t>进度</t></r><r><rPr><b/></rPr><t>偏慢</t></r><rPh sb=\"0\" eb=\"1\"><t>jindu</t></rPh></si>"
               "<si><t>二</t><phoneticPr fontId=\"1\"/></si><si><t/></si>");
}

Test(workbook, struck_by_the_font_or_in_a_part_of_the_text) {
    EXPECT("1:5~ns|67~s|8~n|9~s\n",
           .sheet =
               DATA("<row r=\"1\"><c r=\"A1\" s=\"1\"><v>5</v></c><c r=\"B1\" t=\"s\"><v>0</v></c>"
                    "<c r=\"C1\" s=\"2\"><v>8</v></c><c r=\"D1\" t=\"inlineStr\"><is><r><rPr><strike val=\"1\"/></rPr>"
                    "<t>9</t></r></is></c></row>"),
           .strings = "<si><r><t>6</t></r><r><rPr><strike/></rPr><t>7</t></r></si>",
           .styles = "<fonts><font/><font><strike/></font><font><strike val=\"0\"/></font></fonts>"
                     "<cellXfs><xf fontId=\"0\"/><xf fontId=\"1\"/><xf fontId=\"2\"/></cellXfs>"
                     "<dxfs><dxf><font><strike/></font></dxf></dxfs>");
}

Test(workbook, numbers_are_exact_with_fifteen_digits) {
    EXPECT("1:0.58~n|485.8~n|1200~n|-0.07~n|0~n|510824000000~n|0.1~n\n",
           .sheet =
               DATA("<row r=\"1\"><c><v>0.57999999999999996</v></c><c><v>485.80000000000001</v></c><c><v>1.2E+3</v></c>"
                    "<c><v>-7.0000000000000007E-2</v></c><c><v>-0</v></c><c><v>510824000000</v></c>"
                    "<c><v>0.10</v></c></row>"));
}

#define STYLES                                                                                                         \
    "<numFmts><numFmt numFmtId=\"176\" formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;\"/>"                           \
    "<numFmt numFmtId=\"177\" formatCode=\"0.0,&quot;千元&quot;\"/><numFmt numFmtId=\"178\" formatCode=\"0.0%_ \"/>" \
    "<numFmt numFmtId=\"179\" formatCode=\"yyyy/m/d h:mm\"/></numFmts>"                                                \
    "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"176\"/><xf numFmtId=\"177\"/>"                   \
    "<xf numFmtId=\"178\"/><xf numFmtId=\"179\"/><xf numFmtId=\"10\"/><xf numFmtId=\"20\"/></cellXfs>"

Test(workbook, formats_say_what_a_number_is) {
    EXPECT("1:2021-06-30~d|2021年6月~d|123.456千元~n|87%~np|2021-06-30 "
           "08:00:00~d|0.5%~np|12:00:00~d|已完成|2021-06-30~d\n",
           .sheet =
               DATA("<row r=\"1\"><c s=\"1\"><v>44377</v></c><c s=\"2\"><v>44348</v></c><c s=\"3\"><v>123456</v></c>"
                    "<c s=\"4\"><v>0.87</v></c><c s=\"5\"><v>44377.333333333336</v></c><c "
                    "s=\"6\"><v>5.0000000000000001E-3</v></c>"
                    "<c s=\"7\"><v>0.5</v></c><c s=\"1\" t=\"str\"><v>已完成</v></c>"
                    "<c t=\"d\"><v>2021-06-30T00:00:00</v></c></row>"),
           .styles = STYLES);
}

Test(workbook, days_before_time_began_are_no_days) {
    EXPECT("1:########~e|1900-02-29~d|1900-01-31~d\n",
           .sheet = DATA("<row r=\"1\"><c s=\"1\"><v>-1</v></c><c s=\"1\"><v>60</v></c>"
                         "<c s=\"1\"><v>31</v></c></row>"),
           .styles = STYLES);
}

Test(workbook, the_calendar_of_1904) {
    EXPECT("1:2021-06-30~d\n", .sheet = DATA("<row r=\"1\"><c s=\"1\"><v>42915</v></c></row>"), .styles = STYLES,
           .workbook =
               "<workbook><workbookPr date1904=\"1\"/><sheets><sheet name=\"6月\" r:id=\"rId1\"/></sheets></workbook>");
}

Test(workbook, formulas_count_with_the_result_that_was_saved) {
    EXPECT(
        "1:30~n|=SUM(A1:B2)~r|好|=~r\n",
        .sheet = DATA(
            "<row r=\"1\"><c><f>A2+B2</f><v>30</v></c><c><f>SUM(A1:B2)</f></c><c t=\"str\"><f>\"好\"</f><v>好</v></c>"
            "<c><f t=\"shared\" si=\"0\"/><v></v></c><c t=\"str\"><f>\"\"</f><v></v></c></row>"));
    EXPECT(
        "1:=A2+B2~r|7~n\n", .sheet = DATA("<row r=\"1\"><c><f>A2+B2</f><v>0</v></c><c><v>7</v></c></row>"),
        .workbook =
            "<workbook><sheets><sheet name=\"6月\" r:id=\"rId1\"/></sheets><calcPr fullCalcOnLoad=\"1\"/></workbook>");
}

Test(workbook, booleans_and_error_values) {
    EXPECT("1:true~b|false~b|#DIV/0!~e\n", .sheet = DATA("<row r=\"1\"><c t=\"b\"><v>1</v></c><c t=\"b\"><v>0</v></c>"
                                                         "<c t=\"e\"><v>#DIV/0!</v></c></row>"));
}

Test(workbook, controls_are_written_as_escapes) {
    EXPECT("1:a  b_x000D_\n",
           .sheet = DATA("<row r=\"1\"><c t=\"str\"><v>a_x000D__x000b_b_x005F_x000D_</v></c></row>"));
}

static void open_first(const struct book_parts *parts, struct arena *arena, struct book *book,
                       struct workbook **workbook, struct sheet *sheet, struct workbook_extent *extent) {
    struct refusal refusal;
    *book = book_make(parts);
    cr_assert(workbook_open((struct slice){book->bytes, book->len}, NULL, &workbook_limits, arena, workbook, &refusal));
    cr_assert(workbook_read(*workbook, 0, sheet, extent, &refusal), "%s", refusal.reason);
}

Test(workbook, merged_cells_hidden_rows_and_places) {
    struct arena *arena = arena_create();
    struct book book;
    struct workbook *workbook = NULL;
    struct sheet sheet;
    struct workbook_extent extent;
    size_t top = 99, left = 99;
    open_first(
        &(struct book_parts){.sheet = "<cols><col min=\"2\" max=\"3\" hidden=\"1\"/></cols>"
                                      "<sheetData><row r=\"5\"><c r=\"A5\" t=\"str\"><v>标题</v></c></row>"
                                      "<row r=\"6\" hidden=\"1\"><c r=\"B6\"><v>1</v></c></row><row r=\"7\"><c "
                                      "r=\"D7\"><v>2</v></c></row></sheetData>"
                                      "<mergeCells><mergeCell ref=\"D6:D7\"/><mergeCell ref=\"A5:C6\"/></mergeCells>"},
        arena, &book, &workbook, &sheet, &extent);
    cr_expect_str_eq(sheet.name, "6月");
    cr_expect_eq(sheet.hidden_rows, 1);
    cr_expect_eq(sheet.hidden_columns, 1, "column C is empty");
    cr_expect_str_eq(mark_letters(sheet_marks(&sheet, 1, 1)), "nh");
    cr_expect(sheet_merged(&sheet, 1, 2, &top, &left));
    cr_expect(top == 0 && left == 0);
    cr_expect_not(sheet_merged(&sheet, 0, 0, &top, &left), "the first cell is itself");
    cr_expect_not(sheet_merged(&sheet, 0, 3, &top, &left));
    cr_expect(sheet_merged(&sheet, 2, 3, &top, &left) && top == 1 && left == 3);
    cr_expect_str_eq(sheet_cell_place(arena, &sheet, 2, 3), "6月!D7");
    cr_expect_str_eq(sheet_place(arena, &sheet, 2), "6月!7");
    sheet_finish(&sheet);
    workbook_destroy(&workbook);
    book_finish(&book);
    arena_destroy(&arena);
}

Test(workbook, worksheets_by_name_charts_are_none) {
    struct arena *arena = arena_create();
    struct book book;
    struct workbook *workbook = NULL;
    struct sheet sheet;
    struct workbook_extent extent;
    open_first(
        &(struct book_parts){
            .sheet = "<sheetData/>",
            .second = DATA("<row r=\"1\"><c><v>2</v></c></row>"),
            .workbook = "<workbook><sheets><sheet name=\"图\" r:id=\"rId5\"/><sheet name=\"5月\" r:id=\"rId1\"/>"
                        "<sheet name=\"说明\" state=\"veryHidden\" r:id=\"rId2\"/></sheets></workbook>"},
        arena, &book, &workbook, &sheet, &extent);
    cr_assert_eq(workbook_sheet_count(workbook), 2);
    cr_expect_str_eq(workbook_sheet_name(workbook, 0), "5月");
    cr_expect_not(workbook_sheet_hidden(workbook, 0));
    cr_expect(workbook_sheet_hidden(workbook, 1));
    cr_expect_eq(sheet.row_count, 0);
    sheet_finish(&sheet);
    struct refusal refusal;
    cr_assert(workbook_read(workbook, 1, &sheet, &extent, &refusal));
    cr_expect(slice_is(sheet_cell(&sheet, 0, 0), "2"));
    sheet_finish(&sheet);
    workbook_destroy(&workbook);
    book_finish(&book);
    arena_destroy(&arena);
}

Test(workbook, two_hundred_blank_rows_end_it_and_what_follows_is_said) {
    struct arena *arena = arena_create();
    struct book book;
    struct workbook *workbook = NULL;
    struct sheet sheet;
    struct workbook_extent extent;
    open_first(
        &(struct book_parts){
            .sheet = DATA("<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"201\"><c r=\"A201\"><v>2</v></c></row>"
                          "<row r=\"402\"><c r=\"A402\"><v>3</v></c></row>") "<mergeCells><mergeCell "
                                                                             "ref=\"A1:B1\"/></mergeCells>"},
        arena, &book, &workbook, &sheet, &extent);
    cr_expect_eq(sheet.row_count, 2);
    cr_expect_eq(extent.line, 402);
    cr_expect_eq(sheet.merge_count, 2, "merged cells stand behind the rows");
    sheet_finish(&sheet);
    workbook_destroy(&workbook);
    book_finish(&book);
    arena_destroy(&arena);
}

Test(workbook, broken_and_hostile_parts_refuse_the_file) {
    REFUSED(REFUSAL_WORKBOOK_BROKEN, "XML", .sheet = "<sheetData><row>");
    REFUSED(REFUSAL_WORKBOOK_BROKEN, "DOCTYPE", .sheet = "<sheetData/>",
            .workbook = "<!DOCTYPE workbook [<!ENTITY a \"b\">]><workbook/>");
    REFUSED(REFUSAL_WORKBOOK_BROKEN, "指向没有的文字", .sheet = DATA("<row><c t=\"s\"><v>3</v></c></row>"),
            .strings = "<si><t>a</t></si>");
    REFUSED(REFUSAL_WORKBOOK_BROKEN, "指向没有的文字", .sheet = DATA("<row><c t=\"s\"><v>-1</v></c></row>"),
            .strings = "<si><t>a</t></si>");
    REFUSED(REFUSAL_WORKBOOK_BROKEN, "行号乱了", .sheet = DATA("<row r=\"2\"/><row r=\"2\"/>"));
    REFUSED(REFUSAL_WORKBOOK_BROKEN, "格号乱了",
            .sheet = DATA("<row r=\"2\"><c r=\"B2\"><v>1</v></c><c r=\"B2\"><v>1</v></c></row>"));
    REFUSED(REFUSAL_WORKBOOK_BROKEN, "格号乱了", .sheet = DATA("<row r=\"2\"><c r=\"B3\"><v>1</v></c></row>"));
    REFUSED(REFUSAL_SHEET_MISSING, "没有工作表", .sheet = "<sheetData/>", .workbook = "<workbook/>");
    REFUSED(REFUSAL_WORKBOOK_BINARY, ".xlsb", .sheet = "", .extra_name = "xl/workbook.bin", .extra = "x");
    REFUSED(REFUSAL_DOCUMENT, "Word", .sheet = "", .extra_name = "word/document.xml", .extra = "<x/>");
    REFUSED(REFUSAL_OPEN_DOCUMENT, ".ods", .sheet = "", .extra_name = "META-INF/manifest.xml", .extra = "<x/>");
}

Test(workbook, macros_lie_there_and_are_not_run) {
    EXPECT("1:1~n\n", .sheet = DATA("<row><c><v>1</v></c></row>"), .extra_name = "xl/vbaProject.bin",
           .extra = "\x01\x02");
}

Test(workbook, elements_within_elements_have_an_end) {
    struct buffer deep = {0};
    for (int i = 0; i < 100; i++)
        buffer_add_text(&deep, "<x>");
    REFUSED(REFUSAL_WORKBOOK_BROKEN, "嵌套", .sheet = buffer_text(&deep));
    buffer_finish(&deep);
}

/* A sheet that is nothing but room: 40 MB of one number, packed into 40 KB. */
Test(workbook, what_is_packed_too_well_is_refused) {
    struct buffer rows = {0};
    buffer_add_text(&rows, "<sheetData><row r=\"1\"><c><v>1</v></c>");
    for (int i = 0; i < 40 << 20; i += 64)
        buffer_add_text(&rows, "<!--                                                        -->");
    buffer_add_text(&rows, "</row></sheetData>");
    REFUSED(REFUSAL_TOO_LARGE, "解开后太大", .sheet = buffer_text(&rows));
    buffer_finish(&rows);
}

Test(workbook, every_cap_refuses) {
    static const char rows[] = DATA("<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"H1\" t=\"str\"><v>abc</v></c></row>"
                                    "<row r=\"2\"><c r=\"A2\"><v>1</v></c></row>");
    struct workbook_limits limits = workbook_limits;
    limits.columns = 7;
    expect_refused(&(struct book_parts){.sheet = rows}, &limits, REFUSAL_TOO_LARGE, "超过7列");
    limits = workbook_limits;
    limits.rows = 1;
    expect_refused(&(struct book_parts){.sheet = rows}, &limits, REFUSAL_TOO_LARGE, "超过1行");
    limits = workbook_limits;
    limits.cells = 7;
    expect_refused(&(struct book_parts){.sheet = rows}, &limits, REFUSAL_TOO_LARGE, "超过7格");
    limits = workbook_limits;
    limits.text_bytes = 3;
    expect_refused(&(struct book_parts){.sheet = rows}, &limits, REFUSAL_TOO_LARGE, "文字");
    expect_refused(&(struct book_parts){.sheet = rows, .strings = "<si><t>abcd</t></si>"}, &limits, REFUSAL_TOO_LARGE,
                   "文字太多");
    limits = workbook_limits;
    limits.part_bytes = 64;
    expect_refused(&(struct book_parts){.sheet = rows}, &limits, REFUSAL_TOO_LARGE, "解开后太大");
}

Test(workbook, from_a_file_as_from_bytes) {
    struct arena *arena = arena_create();
    struct book book = book_make(&(struct book_parts){.sheet = DATA("<row><c><v>1</v></c></row>")});
    FILE *file = tmpfile();
    cr_assert(file && fwrite(book.bytes, 1, book.len, file) == book.len);
    cr_expect(workbook_is_whole(file));
    struct workbook *workbook = NULL;
    struct sheet sheet;
    struct workbook_extent extent;
    struct refusal refusal;
    cr_assert(workbook_open((struct slice){NULL, 0}, file, &workbook_limits, arena, &workbook, &refusal));
    cr_assert(workbook_read(workbook, 0, &sheet, &extent, &refusal));
    cr_expect_eq(sheet.row_count, 1);
    sheet_finish(&sheet);
    workbook_destroy(&workbook);
    cr_expect_eq(ftruncate(fileno(file), (off_t)book.len - 3), 0);
    cr_expect_not(workbook_is_whole(file), "the end is missing");
    cr_expect_not(workbook_open((struct slice){NULL, 0}, file, &workbook_limits, arena, &workbook, &refusal));
    cr_expect_eq(refusal.code, REFUSAL_WORKBOOK_BROKEN);
    fclose(file);
    book_finish(&book);
    arena_destroy(&arena);
}
