/* CSV for spreadsheets: UTF-8 with BOM, CRLF, quotes where needed, and no cell that a spreadsheet would run as a
 * formula. */
#ifndef DUBAN_REPORT_CSV_H
#define DUBAN_REPORT_CSV_H

#include "common/base/buffer.h"

struct csv {
    struct buffer *out;
    bool open; /* inside a row */
};
void csv_begin(struct csv *csv, struct buffer *out); /* writes the BOM */
/* A text: one that begins with = + - @ TAB or CR gets an apostrophe before it. NULL = empty. */
void csv_text(struct csv *csv, const char *text);
/* A number printed by us: stays a number, minus sign and all. */
void csv_number(struct csv *csv, const char *text);
void csv_end_row(struct csv *csv);

#endif
