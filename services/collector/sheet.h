/* A sheet: rows of cells with their places, whatever the file was. Delimited text and JSON lines fill it here,
 * workbooks in workbook.h; further sources (databases, HTTP) fill the same shape.
 *
 * Texts are UTF-8 and belong to the sheet until sheet_finish. A row may carry a fault of its own: then only that row is
 * refused. What only a workbook knows (marks, merged cells, what is hidden) stands beside the text; text files have
 * none of it. Cells are kept small, so that a million of them fit into an agent's memory. Pure. */
#ifndef DUBAN_COLLECTOR_SHEET_H
#define DUBAN_COLLECTOR_SHEET_H

#include "common/base/buffer.h"
#include "services/collector/refusal.h"

enum {
    SHEET_BYTES_MAX = 16 << 20,
    SHEET_COLUMNS_MAX = 512,
    SHEET_ROWS_MAX = 200000,
    SHEET_CELL_MAX = (1 << 24) - 1, /* bytes of one cell */
};

/* Of one cell of a workbook. The text is always what a person would read there, never a bare serial. */
enum sheet_mark {
    SHEET_NUMBER = 1 << 0,    /* stored as a number: the text is exact, at most 15 significant digits */
    SHEET_DATE = 1 << 1,      /* typed as a date: 2021-06-30, with " 08:00:00" behind it when it is not midnight;
                                 2021年6月 when only the month is shown */
    SHEET_PERCENT = 1 << 2,   /* percent format: the text is 87% for 0.87 */
    SHEET_BOOLEAN = 1 << 3,   /* the text is true or false */
    SHEET_ERROR = 1 << 4,     /* the text is #DIV/0!, #N/A … */
    SHEET_NO_RESULT = 1 << 5, /* a formula nobody has computed: the text is the formula, =… */
    SHEET_STRUCK = 1 << 6,    /* the cell, or part of its text, is struck through */
    SHEET_HIDDEN = 1 << 7,    /* in a hidden row or column */
};

struct sheet_row {
    size_t line; /* of the text, from 1: where the row begins; of a workbook, its own row number */
    size_t first_cell, cell_count;
    struct refusal fault;
};

struct sheet_cell_data {
    uint32_t at; /* in the sheet's text */
    unsigned len : 24, marks : 8;
};

/* One column of a merged range: lines first…last show the cell at (first, left). */
struct sheet_merge {
    uint32_t column, left, first, last;
};

struct sheet {
    struct sheet_row *rows;
    size_t row_count, row_capacity;
    struct sheet_cell_data *cells;
    size_t cell_count, cell_capacity;
    char *text;
    size_t text_len;
    char separator; /* ',' '\t' ';'; 0 for JSON lines and workbooks */
    bool named;     /* the first row holds the names (JSON lines): no header to search for */
    bool query;     /* rows of a database's answer: their places give the column by its name */
    bool failed;    /* out of memory */

    /* Of a workbook. */
    const char *name;           /* of the sheet, in the arena it was read with; NULL: no workbook */
    struct sheet_merge *merges; /* by column, then first line */
    size_t merge_count;
    size_t hidden_rows, hidden_columns; /* with something in them; they are read like all others */
};

/* Splits delimited text: quotes with "" inside, CRLF, LF or CR, line breaks inside quotes, ="510824" unwrapped, a
 * leading apostrophe or tab that forces text dropped, spaces at both ends dropped. False: *refusal (an open quote, too
 * large). */
bool sheet_split(struct slice text, char separator, struct arena *arena, struct sheet *out, struct refusal *refusal);
/* JSON lines: one flat object a line; names in the order of their first appearance make the first row. Numbers keep
 * their text; true, false and null become "true", "false" and blank. */
bool sheet_lines(struct slice text, struct arena *arena, struct sheet *out, struct refusal *refusal);
bool sheet_looks_like_lines(struct slice text); /* the first character is { */
void sheet_finish(struct sheet *sheet);

/* A cell; the empty text, and no marks, beyond the end of the row. */
struct slice sheet_cell(const struct sheet *sheet, size_t row, size_t column);
unsigned sheet_marks(const struct sheet *sheet, size_t row, size_t column);
bool sheet_row_is_blank(const struct sheet *sheet, size_t row);

/* Inside a merged range, but not its top left cell, which alone holds the text: true, and where that cell is. */
bool sheet_merged(const struct sheet *sheet, size_t row, size_t column, size_t *top, size_t *left);
/* What the marks of a cell that is used speak against it: struck through, a formula without a result, an error value.
 * Code REFUSAL_NONE when nothing does. */
struct refusal sheet_doubt(const struct sheet *sheet, struct arena *arena, size_t row, size_t column);

/* ":17", of a workbook "6月!17" — the place of a row, as events and receipts give it. */
const char *sheet_place(struct arena *arena, const struct sheet *sheet, size_t row);
/* Of a workbook "6月!F17"; of text ":17"; of a query ":17 数值". The row's place for NO_COLUMN. */
const char *sheet_cell_place(struct arena *arena, const struct sheet *sheet, size_t row, size_t column);
/* The column as spreadsheets letter it: A, Z, AA. */
const char *sheet_letters(struct arena *arena, size_t column);

/* For those who fill sheets. */
bool sheet_add_row(struct sheet *sheet, size_t line);
/* To the last row; borrows: text must lie in sheet->text (an empty one anywhere). */
bool sheet_add_cell(struct sheet *sheet, struct slice text);
bool sheet_add_marked(struct sheet *sheet, size_t at, size_t len, unsigned marks);

#endif
