/* One row of a worksheet in the plainest form, as office programs write most of them: read without the XML parser.
 *
 *     <row r="17" …><c r="B17" s="3" t="s"><v>42</v></c>…</row>
 *
 * Only <c> with r, s and t, only <v> with plain ASCII inside, no entities, comments or formulas: anything else is for
 * the parser. What is taken here is well-formed and says the same there. Pure. */
#ifndef DUBAN_COLLECTOR_WORKBOOK_ROW_H
#define DUBAN_COLLECTOR_WORKBOOK_ROW_H

#include "services/collector/workbook_package.h"

struct plain_cell {
    struct slice place, type; /* as written; empty = not given */
    bool has_style;
    uint32_t style;
    struct slice value;
};
enum { PLAIN_CELLS_MAX = 1024 };
struct plain_row {
    size_t line; /* 0 = not given */
    bool hidden;
    size_t count;
    struct plain_cell cells[PLAIN_CELLS_MAX];
};

/* SHORTCUT_TAKEN, _MORE or _NO; texts borrow from bytes. */
enum shortcut plain_row_read(const char *bytes, size_t len, struct plain_row *out, size_t *taken);

#endif
