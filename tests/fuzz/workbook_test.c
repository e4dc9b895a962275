/* Workbooks as nobody writes them: valid ones with bytes changed, in the zip file and inside its parts, from a fixed
 * seed. Whatever they are, the reader ends without a fault of its own, says why it refuses, and what it reads is sound;
 * a paper judged from it has a receipt that can be sent. DUBAN_FUZZ_ROUNDS sets how many. */
#include <stdlib.h>

#include "common/base/text.h"
#include "tests/unit/collector/book_fixture.h"
#include "tests/unit/collector/paper_fixture.h"

static uint64_t state;
static size_t chance(size_t below) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return below ? (size_t)(state % below) : 0;
}

static size_t rounds(void) {
    const char *given = getenv("DUBAN_FUZZ_ROUNDS");
    return given ? (size_t)strtoul(given, NULL, 10) : 300;
}

static const char *const words[] = {
    "<c r=\"XFD9\"><v>1</v></c>",
    "<row r=\"1048576\">",
    "</row>",
    "<row>",
    "t=\"s\"",
    "t=\"inlineStr\"",
    "<is><t>",
    "</t></is>",
    "<v>",
    "</v>",
    "<f>",
    "</f>",
    "-1",
    "99999999999999999999",
    "1E+308",
    "0.57999999999999996",
    "\xff",
    "&#x10FFFF;",
    "&amp;",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<!DOCTYPE a>",
    "<mergeCells><mergeCell ref=\"A1:XFD1048576\"/></mergeCells>",
    "ref=\"B2:A1\"",
    "r=\"A0\"",
    "r=\"\"",
    "s=\"65535\"",
    "hidden=\"1\"",
    "_x0000_",
    "_x000D_",
    "numFmtId=\"14\"",
    "formatCode=\"0!.0,,&quot;",
    "<strike/>",
    "<rPh>",
    "<si>",
    "</si>",
    "<sheetData>",
    "</sheetData>",
    "Target=\"../../x\"",
    "Target=\"/xl/workbook.xml\"",
    "date1904=\"1\"",
};

/* One change of a text; the result is heap. */
static char *changed(const char *text, size_t len, size_t *new_len) {
    struct buffer out = {0};
    size_t at = chance(len + 1), end = at + chance(32);
    if (end > len) end = len;
    buffer_add(&out, text, at);
    switch (chance(5)) {
    case 0: /* a byte becomes another */
        if (at < len) buffer_add_char(&out, (char)chance(256));
        end = at < len ? at + 1 : at;
        break;
    case 1: /* some are gone */
        break;
    case 2: { /* some stand twice */
        buffer_add(&out, text + at, end - at);
        end = at;
        break;
    }
    case 3: /* something foreign comes in */
        buffer_add_text(&out, words[chance(sizeof words / sizeof *words)]);
        end = at;
        break;
    default: /* the place of a known word is taken by another */
        buffer_add_text(&out, words[chance(sizeof words / sizeof *words)]);
        break;
    }
    buffer_add(&out, text + end, len - end);
    *new_len = out.len;
    char *result = buffer_take(&out);
    return result ? result : strdup("");
}

static char *changed_often(const char *text, size_t len, size_t *new_len) {
    char *now = malloc(len + 1);
    memcpy(now, text, len);
    now[len] = 0;
    *new_len = len;
    for (size_t i = 1 + chance(4); i > 0; i--) {
        char *next = changed(now, *new_len, new_len);
        free(now);
        now = next;
    }
    return now;
}

static const struct book_parts seed = {
    .sheet =
        "<cols><col min=\"2\" max=\"3\" hidden=\"1\"/></cols><sheetData>"
        "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>"
        "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>1</v></c><c r=\"B2\" t=\"s\"><v>2</v></c><c r=\"C2\" t=\"s\"><v>3</v></c>"
        "<c r=\"D2\" t=\"s\"><v>4</v></c></row>"
        "<row r=\"3\"><c r=\"A3\" t=\"str\"><v>T06.1</v></c><c r=\"B3\" t=\"inlineStr\"><is><t>青川县</t></is></c>"
        "<c r=\"C3\" s=\"1\"><v>44377</v></c><c r=\"D3\" s=\"2\"><v>31.100000000000001</v></c></row>"
        "<row r=\"4\" hidden=\"1\"><c r=\"A4\" t=\"str\"><v>T06.1</v></c><c r=\"B4\" t=\"str\"><v>利州区</v></c>"
        "<c r=\"C4\" t=\"d\"><v>2021-06-30T00:00:00</v></c><c r=\"D4\"><f>D9+D10</f><v>4</v></c></row>"
        "<row r=\"5\" spans=\"1:4\" ht=\"14.25\"><c r=\"A5\" t=\"s\"><v>1</v></c><c r=\"C5\" "
        "s=\"1\"><v>44377</v></c></row>\n<row r=\"6\"><c r=\"A6\" t=\"b\"><v>1</v></c><c r=\"D6\" "
        "t=\"e\"><v>#N/A</v></c></row></sheetData>"
        "<mergeCells><mergeCell ref=\"A1:D1\"/><mergeCell ref=\"A4:A5\"/></mergeCells>",
    .strings =
        "<si><t>进展情况表</t></si><si><t>指标</t></si><si><r><rPr><strike/></rPr><t>地</t></r><r><t>区</t></r></si>"
        "<si><t>数据日期</t><rPh sb=\"0\" eb=\"1\"><t>x</t></rPh></si><si><t>数值_x000D_</t></si>",
    .styles = "<numFmts><numFmt numFmtId=\"176\" "
              "formatCode=\"0.0,&quot;千元&quot;\"/></numFmts><fonts><font/><font><strike/></font></fonts>"
              "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\" fontId=\"1\"/><xf numFmtId=\"176\"/></cellXfs>",
    .workbook = "<workbook><workbookPr date1904=\"0\"/><sheets><sheet name=\"6月\" r:id=\"rId1\"/><sheet name=\"说明\" "
                "r:id=\"rId2\"/></sheets>"
                "<calcPr fullCalcOnLoad=\"0\"/></workbook>",
    .second = "<sheetData/>",
};

static void expect_sound(const struct sheet *sheet) {
    size_t cells = 0;
    for (size_t row = 0; row < sheet->row_count; row++) {
        cr_assert(row == 0 || sheet->rows[row].line > sheet->rows[row - 1].line);
        for (size_t i = 0; i < sheet->rows[row].cell_count; i++, cells++) {
            struct slice cell = sheet_cell(sheet, row, i);
            cr_assert(cell.len == 0 ||
                      (cell.ptr >= sheet->text && cell.ptr + cell.len <= sheet->text + sheet->text_len));
            cr_assert(text_is_utf8(cell.ptr, cell.len, NULL));
        }
    }
    cr_assert_eq(cells, sheet->cell_count);
}

static void print_sheet(const struct sheet *sheet, struct buffer *out) {
    buffer_printf(out, "%s %zu %zu\n", sheet->name, sheet->hidden_rows, sheet->hidden_columns);
    for (size_t row = 0; row < sheet->row_count; row++) {
        buffer_printf(out, "%zu:", sheet->rows[row].line);
        for (size_t i = 0; i < sheet->rows[row].cell_count; i++) {
            struct slice cell = sheet_cell(sheet, row, i);
            buffer_printf(out, "|%x ", sheet_marks(sheet, row, i));
            buffer_add(out, cell.ptr, cell.len);
        }
    }
    for (size_t i = 0; i < sheet->merge_count; i++)
        buffer_printf(out, "\n%u %u %u %u", sheet->merges[i].column, sheet->merges[i].left, sheet->merges[i].first,
                      sheet->merges[i].last);
}

/* Everything that is read, or why not, as one text. */
static void read_all(struct slice bytes, const struct workbook_limits *limits, struct buffer *out) {
    struct arena *arena = arena_create();
    struct workbook *workbook = NULL;
    struct refusal refusal = {.code = REFUSAL_NONE};
    bool opened = workbook_open(bytes, NULL, limits, arena, &workbook, &refusal);
    cr_assert(opened || (refusal.code && *refusal.reason));
    for (size_t i = 0; opened && i < workbook_sheet_count(workbook); i++) {
        struct sheet sheet;
        struct workbook_extent extent;
        bool read = workbook_read(workbook, i, &sheet, &extent, &refusal);
        cr_assert(read || (refusal.code && *refusal.reason));
        if (read) expect_sound(&sheet);
        if (read) print_sheet(&sheet, out);
        buffer_printf(out, "%s %zu\n", refusal_row(refusal.code)->word, extent.line);
        sheet_finish(&sheet);
    }
    workbook_destroy(&workbook);
    arena_destroy(&arena);
}

/* The rows that go past the XML parser say the same there. */
static void read_both_ways(struct slice bytes) {
    struct workbook_limits slow = workbook_limits;
    struct buffer quickly = {0}, slowly = {0};
    slow.xml_alone = true;
    read_all(bytes, &workbook_limits, &quickly);
    read_all(bytes, &slow, &slowly);
    cr_assert_str_eq(buffer_text(&quickly), buffer_text(&slowly));
    buffer_finish(&quickly);
    buffer_finish(&slowly);
}

static void judge(struct paper_fixture *f, struct slice bytes) {
    static uint8_t room[EVENT_BYTES_MAX];
    size_t len = 0;
    paper_fixture_judge_bytes(f, bytes.ptr, bytes.len);
    cr_assert_eq(event_encode(&f->verdict.receipt, room, sizeof room, &len), PROTO_OK, "%s", f->verdict.whole.reason);
    for (size_t i = 0; i < f->verdict.outcome_count; i++)
        if (f->verdict.outcomes[i].kind == OUTCOME_EVENT)
            cr_assert_eq(event_encode(&f->verdict.outcomes[i].event, room, sizeof room, &len), PROTO_OK);
}

Test(fuzz_workbook, the_seed_itself_is_read) {
    struct book book = book_make(&seed);
    struct buffer out = {0};
    read_all((struct slice){book.bytes, book.len}, &workbook_limits, &out);
    cr_assert(strstr(buffer_text(&out), "none 0\n"), "%s", buffer_text(&out));
    cr_assert(strstr(buffer_text(&out), "#N/A"), "%s", buffer_text(&out));
    read_both_ways((struct slice){book.bytes, book.len});
    buffer_finish(&out);
    book_finish(&book);
}

Test(fuzz_workbook, changed_inside_its_parts) {
    struct paper_fixture f;
    paper_fixture_open(&f, "{unit: plan}", "2021-07-02");
    state = 20210630;
    for (size_t i = 0; i < rounds(); i++) {
        struct book_parts parts = seed;
        const char **places[] = {&parts.sheet, &parts.sheet, &parts.strings, &parts.styles, &parts.workbook};
        const char **place = places[chance(5)];
        size_t len;
        char *text = changed_often(*place, strlen(*place), &len);
        *place = text;
        struct book book = book_make(&parts);
        read_both_ways((struct slice){book.bytes, book.len});
        judge(&f, (struct slice){book.bytes, book.len});
        book_finish(&book);
        free(text);
    }
    paper_fixture_close(&f);
}

Test(fuzz_workbook, changed_as_a_zip_file) {
    struct book book = book_make(&seed);
    struct paper_fixture f;
    paper_fixture_open(&f, "{unit: plan}", "2021-07-02");
    state = 44377;
    for (size_t i = 0; i < rounds(); i++) {
        size_t len;
        char *bytes = changed_often(book.bytes, book.len, &len);
        (void)workbook_bytes_are_whole((struct slice){bytes, len});
        read_both_ways((struct slice){bytes, len});
        judge(&f, (struct slice){bytes, len});
        free(bytes);
    }
    book_finish(&book);
    paper_fixture_close(&f);
}
