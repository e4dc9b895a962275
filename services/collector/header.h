/* The header: one row, or up to four joined with "/", searched among the first rows by the names of the mapping, with
 * whatever titles stand above it; and the slots below it, each the figure of one column. The structure is all or
 * nothing: a name that is missing or stands twice, or a table of another layout, refuses the file. Pure. */
#ifndef DUBAN_COLLECTOR_HEADER_H
#define DUBAN_COLLECTOR_HEADER_H

#include "common/domain/catalogue.h"
#include "services/collector/mapping.h"
#include "services/collector/sheet.h"
#include "services/collector/title.h"

enum { HEADER_ROWS_MAX = 40 };

/* One figure of every row below: a long table has one slot, a wide one as many as it has counties or targets. */
struct slot {
    size_t columns[FIELD_COUNT]; /* what a reading of this figure needs: its own columns, else the row's */
    size_t target, area;         /* said by the column; NO_INDEX = by the row */
    bool total;                  /* a 合计 column: compared, never taken */
    bool increment;              /* the figure is that of the month alone */
    bool brackets_are_unit;      /* 数值（公里） was asked for as 数值 */
};

struct header {
    size_t first, row; /* of the sheet, the last one above the data; NO_COLUMN when nothing like a header was seen */
    const struct slice *names; /* joined, by column */
    size_t width;
    size_t columns[FIELD_COUNT]; /* of the row; NO_COLUMN = not there */
    struct slot *slots;
    size_t slot_count;
    bool wide; /* a row may hold several figures */
    struct titles titles;
    size_t matched; /* how many names were found */
};

/* What a header is looked for with; all borrowed. */
struct header_search {
    const struct sheet *sheet;
    const struct mapping *mapping;
    const struct plan *plan;
    struct day today; /* for dated names of areas */
    struct arena *arena;
};

/* False: *refusal names the column that is missing (with the nearest one met) or stands twice; *out is then the row
 * that came closest, for what can still be said of the file. */
bool header_find(const struct header_search *search, struct header *out, struct refusal *refusal);
/* The column's name as written, joined; empty beyond the header. */
struct slice header_name(const struct sheet *sheet, const struct header *header, size_t column);
/* The column as spreadsheets letter it: A, Z, AA. */
const char *header_letters(struct arena *arena, size_t column);
/* Whether a column's name is one of the mapping's for the field, with or without the unit in brackets. */
bool header_matches(struct slice name, const struct mapping_column *column);
/* The names of `depth` rows from `first` on, by column; *width of them. For those who look for a header themselves. */
const struct slice *header_join(const struct sheet *sheet, size_t first, size_t depth, struct arena *arena,
                                size_t *width);

#endif
