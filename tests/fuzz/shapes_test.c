/* What must not matter does not: the same figures, with their columns in another order, titles above, blank rows
 * between, other number formats, texts shared or in place, as a workbook or as text, give the same events. */
#include <stdlib.h>

#include "tests/unit/collector/book_fixture.h"
#include "tests/unit/collector/paper_fixture.h"

enum { COLUMNS = 4, ROWS = 6, ROUNDS = 200 };

static uint64_t state;
static size_t chance(size_t below) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (size_t)(state % below);
}

/* Targets and areas of the plan the fixture has; a figure as it was typed. */
struct table {
    char value[ROWS][24];
    size_t order[COLUMNS];
};
static const char *const names[COLUMNS] = {"指标", "地区", "数据日期", "数值（公里）"};
static const char *const areas[ROWS] = {"利州区", "昭化区", "旺苍县", "青川县", "利州区", "青川县"};
static const char *const days[ROWS] = {"2021-05-31", "2021-06-30", "2021-06-30",
                                       "2021-06-30", "2021-06-30", "2021-05-31"};

static struct table make_table(void) {
    struct table table = {.order = {0, 1, 2, 3}};
    for (size_t i = 0; i < ROWS; i++)
        snprintf(table.value[i], sizeof table.value[i], "%zu.%zu", 1 + chance(60), 1 + chance(9));
    return table;
}

static void shuffle(struct table *table) {
    for (size_t i = COLUMNS - 1; i > 0; i--) {
        size_t k = chance(i + 1), kept = table->order[i];
        table->order[i] = table->order[k];
        table->order[k] = kept;
    }
}

static const char *cell_of(const struct table *table, size_t row, size_t column) {
    return column == 0 ? "T06.1" : column == 1 ? areas[row] : column == 2 ? days[row] : table->value[row];
}

/* --- as text --- */

static void write_text(const struct table *table, struct buffer *out) {
    for (size_t i = 0; i <= ROWS; i++)
        for (size_t k = 0; k < COLUMNS; k++)
            buffer_printf(out, "%s%s", i ? cell_of(table, i - 1, table->order[k]) : names[table->order[k]],
                          k + 1 < COLUMNS ? "," : "\n");
}

/* --- as a workbook --- */

static const char styles[] =
    "<numFmts><numFmt numFmtId=\"176\" formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;\"/>"
    "<numFmt numFmtId=\"177\" formatCode=\"0_ \"/><numFmt numFmtId=\"178\" formatCode=\"#,##0.0000\"/>"
    "<numFmt numFmtId=\"179\" formatCode=\"0.0&quot;公里&quot;\"/></numFmts>"
    "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"176\"/><xf numFmtId=\"31\"/>"
    "<xf numFmtId=\"177\"/><xf numFmtId=\"178\"/><xf numFmtId=\"179\"/><xf numFmtId=\"11\"/></cellXfs>";

static void write_words(struct buffer *out, size_t column, size_t line, const char *text) {
    size_t form = chance(3);
    char place = (char)('A' + column);
    if (form == 0)
        buffer_printf(out, "<c r=\"%c%zu\" t=\"str\"><v>%s</v></c>", place, line, text);
    else if (form == 1)
        buffer_printf(out, "<c r=\"%c%zu\" t=\"inlineStr\"><is><t>%s</t></is></c>", place, line, text);
    else
        buffer_printf(out, "<c r=\"%c%zu\" t=\"inlineStr\"><is><r><t xml:space=\"preserve\"> %s</t></r></is></c>",
                      place, line, text);
}

static void write_cell(struct buffer *out, const struct table *table, size_t row, size_t column, size_t line) {
    size_t field = table->order[column];
    const char *text = cell_of(table, row, field);
    char place = (char)('A' + column);
    if (field == 2 && chance(2)) /* 44347 and 44377: the days as spreadsheets count them */
        buffer_printf(out, "<c r=\"%c%zu\" s=\"%zu\"><v>%d</v></c>", place, line, 1 + chance(3),
                      strcmp(text, "2021-05-31") == 0 ? 44347 : 44377);
    else if (field == 3 && chance(4))
        buffer_printf(out, "<c r=\"%c%zu\" s=\"%zu\"><v>%.17g</v></c>", place, line, chance(2) ? 0 : 4 + chance(4),
                      strtod(text, NULL));
    else
        write_words(out, column, line, text);
}

static void write_sheet(const struct table *table, struct buffer *out) {
    size_t line = 1;
    buffer_add_text(out, "<sheetData>");
    for (size_t i = chance(4); i > 0; i--, line += 1 + chance(2)) {
        buffer_printf(out, "<row r=\"%zu\">", line);
        write_words(out, chance(COLUMNS), line, i == 1 ? "填报单位：青川县交通局" : "2021年进展情况表");
        buffer_add_text(out, "</row>");
    }
    for (size_t i = 0; i <= ROWS; i++, line += 1 + (i > 0 ? chance(3) : 0)) {
        buffer_printf(out, "<row r=\"%zu\"%s>", line, chance(5) ? "" : " hidden=\"1\"");
        for (size_t k = 0; k < COLUMNS; k++)
            if (i == 0)
                write_words(out, k, line, names[table->order[k]]);
            else
                write_cell(out, table, i - 1, k, line);
        buffer_add_text(out, "</row>");
    }
    buffer_add_text(out, "</sheetData>");
}

/* --- what was taken --- */

static void print_events(struct paper_fixture *f, struct buffer *out) {
    for (size_t i = 0; i < f->verdict.outcome_count; i++) {
        const struct outcome *outcome = &f->verdict.outcomes[i];
        char day[DAY_TEXT_MAX], value[DECIMAL_TEXT_MAX];
        if (outcome->kind != OUTCOME_EVENT) continue;
        day_print(outcome->event.as_of, day);
        decimal_print(outcome->event.figure.value, value);
        buffer_printf(out, "%.*s %.*s %s %s\n", (int)outcome->event.target.len, outcome->event.target.ptr,
                      (int)outcome->event.area.len, outcome->event.area.ptr, day, value);
    }
    if (f->verdict.whole.code) buffer_add_text(out, f->verdict.whole.reason);
}

Test(fuzz_shapes, what_must_not_matter_does_not) {
    struct paper_fixture f;
    paper_fixture_open(&f, "{}", "2021-07-02");
    state = 20210630;
    for (size_t i = 0; i < ROUNDS; i++) {
        struct table table = make_table();
        struct buffer text = {0}, sheet = {0}, plain = {0}, marked = {0};
        write_text(&table, &text);
        paper_fixture_judge(&f, buffer_text(&text));
        print_events(&f, &plain);
        cr_assert_eq(f.verdict.taken, ROWS, "%s%s", buffer_text(&text), buffer_text(&plain));
        shuffle(&table);
        write_sheet(&table, &sheet);
        struct book book = book_make(&(struct book_parts){.sheet = buffer_text(&sheet), .styles = styles});
        paper_fixture_judge_bytes(&f, book.bytes, book.len);
        print_events(&f, &marked);
        cr_assert_str_eq(buffer_text(&marked), buffer_text(&plain), "%s\n%s\n%s", buffer_text(&sheet),
                         buffer_text(&marked), buffer_text(&plain));
        book_finish(&book);
        buffer_finish(&text);
        buffer_finish(&sheet);
        buffer_finish(&plain);
        buffer_finish(&marked);
    }
    paper_fixture_close(&f);
}
