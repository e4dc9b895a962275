/* The answer of a database as a sheet, ready to be judged like any other: the names are the first row, the n-th row of
 * the result is line n. What the columns' kinds alone decide is decided here: the day of a time needs a zone, bytes are
 * no figures, a watermark needs an order. Pure. */
#ifndef DUBAN_COLLECTOR_SQL_SHEET_H
#define DUBAN_COLLECTOR_SQL_SHEET_H

#include "services/collector/mapping.h"
#include "services/collector/sheet.h"
#include "services/collector/sql_settings.h"

struct sql_rows {
    struct sheet sheet;     /* wants sheet_finish; taker_take and paper_judge take it over */
    struct refusal whole;   /* the result is refused as a whole; code 0 = it is sound */
    struct sql_mark newest; /* of the watermark's column, of all rows */
    size_t count;
};

void sql_rows_finish(struct sql_rows *rows);
/* False: out of memory. A failure, or an answer that was cut off, is a refusal of the whole without any row. */
bool sql_sheet_fill(struct slice answer, const struct sql_settings *settings, const struct mapping *mapping,
                    struct arena *arena, struct sql_rows *out);
/* Why there is no answer, in Chinese, with what the database said. */
struct refusal sql_trouble_refusal(struct arena *arena, enum sql_trouble trouble, struct slice words);

#endif
