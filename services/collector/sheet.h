/* A sheet: rows of cells with their places, whatever the file was. Delimited text and JSON lines fill it here; further
 * sources (workbooks, databases, HTTP) fill the same shape.
 *
 * Texts are UTF-8 and belong to the sheet until sheet_finish. A row may carry a fault of its own: then only that row is
 * refused. Pure. */
#ifndef DUBAN_COLLECTOR_SHEET_H
#define DUBAN_COLLECTOR_SHEET_H

#include "common/base/buffer.h"
#include "services/collector/refusal.h"

enum { SHEET_BYTES_MAX = 16 << 20, SHEET_COLUMNS_MAX = 512, SHEET_ROWS_MAX = 200000 };

struct sheet_row {
    size_t line; /* of the text, from 1: where the row begins */
    size_t first_cell, cell_count;
    struct refusal fault;
};

struct sheet {
    struct sheet_row *rows;
    size_t row_count, row_capacity;
    struct slice *cells;
    size_t cell_count, cell_capacity;
    char *text;
    size_t text_len;
    char separator; /* ',' '\t' ';'; 0 for JSON lines */
    bool named;     /* the first row holds the names (JSON lines): no header to search for */
    bool failed;    /* out of memory */
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

/* A cell; the empty text beyond the end of the row. */
struct slice sheet_cell(const struct sheet *sheet, size_t row, size_t column);
bool sheet_row_is_blank(const struct sheet *sheet, size_t row);
/* ":17" — the place of a row, as events and receipts give it. */
const char *sheet_place(struct arena *arena, const struct sheet *sheet, size_t row);

/* For those who fill sheets. */
bool sheet_add_row(struct sheet *sheet, size_t line);
bool sheet_add_cell(struct sheet *sheet,
                    struct slice text); /* to the last row; borrows: text must lie in sheet->text */

#endif
