/* The header row: searched among the first rows by the names of the mapping, with whatever titles stand above it. The
 * structure is all or nothing: a name that is missing or stands twice refuses the file. Pure. */
#ifndef DUBAN_COLLECTOR_HEADER_H
#define DUBAN_COLLECTOR_HEADER_H

#include "services/collector/mapping.h"
#include "services/collector/sheet.h"

enum { HEADER_ROWS_MAX = 40 };

struct header {
    size_t row;                  /* of the sheet; NO_COLUMN when nothing like a header was seen */
    size_t columns[FIELD_COUNT]; /* NO_COLUMN = not there */
    struct slice unit;           /* in the value column's name: 数值（公里）; empty = none */
    struct slice title_unit;     /* 单位：公里 above the header */
    struct day title_as_of;      /* 截至… above the header; DAY_NONE */
    int title_year;              /* 0 = none */
    size_t matched;              /* how many names were found */
};

/* False: *refusal names the column that is missing (with the nearest one met) or stands twice; *out is then the row
 * that came closest, for what can still be said of the file. */
bool header_find(const struct sheet *sheet, const struct mapping *mapping, struct arena *arena, struct header *out,
                 struct refusal *refusal);
/* The column as spreadsheets letter it: A, Z, AA. */
const char *header_letters(struct arena *arena, size_t column);
/* The column's name as written. */
struct slice header_name(const struct sheet *sheet, const struct header *header, size_t column);

#endif
