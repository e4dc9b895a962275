/* Workbooks (.xlsx, .xlsm) read as a stream: the file is never held whole, and a sheet is filled cell by cell under
 * caps. Macros are not run, links are not followed, a DOCTYPE is refused.
 *
 * Cells become what a person reads there, but exact: numbers with at most 15 significant digits and never rounded to
 * what is displayed, percent formats as 87%, units and scaling of a number format applied (0.0,"千元"), dates as days.
 * Formulas count with the result that was saved with them; where a program wrote none, or asks for everything to be
 * computed anew, there is no result. Refusals and names lie in the arena. Reads the file it is given; else pure. */
#ifndef DUBAN_COLLECTOR_WORKBOOK_H
#define DUBAN_COLLECTOR_WORKBOOK_H

#include <stdio.h>

#include "services/collector/sheet.h"

enum { WORKBOOK_BYTES_MAX = 64 << 20 }; /* of the file as it lies there */

struct workbook_limits {
    uint64_t part_bytes; /* inflated, of one part */
    uint64_t ratio;      /* inflated to packed, beyond the first 16 MB */
    size_t text_bytes;   /* of all shared strings, and of the cells of one sheet */
    size_t cells, rows, columns;
    size_t blank_rows; /* so many in a row end the sheet */
    bool xml_alone;    /* every row goes through the XML parser, the plain ones, too: slower, the same result */
};
extern const struct workbook_limits workbook_limits;

struct workbook;

/* From bytes, or from a file (borrowed; its position moves) when file is not NULL. False: *refusal, which names what
 * the file is when it is no workbook. */
bool workbook_open(struct slice bytes, FILE *file, const struct workbook_limits *limits, struct arena *arena,
                   struct workbook **out, struct refusal *refusal);
void workbook_destroy(struct workbook **workbook);

/* Worksheets only: charts and macro sheets are not counted. */
size_t workbook_sheet_count(const struct workbook *workbook);
const char *workbook_sheet_name(const struct workbook *workbook, size_t index);
bool workbook_sheet_hidden(const struct workbook *workbook, size_t index);

struct workbook_extent {
    size_t line; /* the first with something in it that was not read: behind too many blank rows; 0 = none */
};
/* Fills a sheet; finish it either way. */
bool workbook_read(struct workbook *workbook, size_t index, struct sheet *out, struct workbook_extent *extent,
                   struct refusal *refusal);

/* Whether a zip file that is being written is complete: its directory stands at the end. Both leave the file anywhere.
 */
bool workbook_is_whole(FILE *file);
bool workbook_bytes_are_whole(struct slice bytes);

#endif
