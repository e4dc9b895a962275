/* The watermark of a query: the greatest value so far of one of its columns, a whole number, a day or a time. The next
 * query begins a little below it: rows that were stamped earlier but committed later would otherwise never be seen, and
 * neither would others with the very same stamp. What is read twice for it is known already and gives nothing. Pure. */
#ifndef DUBAN_COLLECTOR_SQL_MARK_H
#define DUBAN_COLLECTOR_SQL_MARK_H

#include "common/base/clock.h"
#include "services/collector/sql_answer.h"
#include "services/collector/sql_stamp.h"

enum { SQL_MARK_TEXT_MAX = STAMP_TEXT_MAX + 16 };

struct sql_mark {
    bool found;
    enum answer_kind kind; /* EXACT, DAY, LOCAL, INSTANT */
    int64_t value;         /* the number; microseconds for the others */
};
struct sql_overlap {
    int64_t ms, count; /* for times and days; for numbers */
};

/* Whether a column of this kind has an order that can be relied on. */
bool sql_mark_fits(enum answer_kind kind);
/* False: no such value (not found then). */
bool sql_mark_read(enum answer_kind kind, struct slice value, struct sql_mark *out);
/* The greater of both; of another kind: the fresh one. */
struct sql_mark sql_mark_later(struct sql_mark old, struct sql_mark fresh);
/* A row stamped in the future must not hide those that come after it. zone: minutes east, of a LOCAL one. */
struct sql_mark sql_mark_until(struct sql_mark mark, struct instant now, int zone);
/* What stands for $1 in the next query. */
void sql_mark_since(struct sql_mark mark, const struct sql_overlap *overlap, char out[SQL_MARK_TEXT_MAX]);

/* "instant 2021-06-30 00:00:00 +00:00", as it is kept; "" for none. */
void sql_mark_print(struct sql_mark mark, char out[SQL_MARK_TEXT_MAX]);
bool sql_mark_parse(const char *text, struct sql_mark *out);

#endif
