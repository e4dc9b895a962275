/* The result of a query into the spool: judged every time, whatever was taken before (a figure that was set back must be
 * seen), and said to the centre only when there is something to say: an event, other refusals than last time, another
 * warning. Events, receipt, memory, watermark and the time of asking go in one transaction: a kill at any point loses
 * and doubles nothing. Blocks on the disk. */
#ifndef DUBAN_COLLECTOR_SQL_TAKE_H
#define DUBAN_COLLECTOR_SQL_TAKE_H

#include "services/collector/sql_sheet.h"
#include "services/collector/taker.h"

enum { SQL_NAME_MAX = DOCUMENT_NAME_MAX };

struct sql_pull {
    const struct source_settings *source;
    struct sql_rows *rows; /* its sheet is taken over; whole: refused as a whole */
    bool part;             /* only what is newer than the watermark: not compared with the last result */
    struct source_pull before, after; /* what is remembered of the source; refused and noted are filled in here */
};
/* "报表-查询": under which results of the source stand in receipts and rejected files. */
void sql_take_name(const struct source_settings *source, char out[SQL_NAME_MAX]);
/* Taken, or to be brought later; told: nothing new, no receipt went out. An error is the spool's and leaves it rolled
 * back. *out wants taken_finish either way. */
__attribute__((warn_unused_result)) enum error_code sql_take(struct taker *taker, struct sql_pull *pull,
                                                             struct instant now, struct taken *out,
                                                             struct error *err);

/* Whether a receipt is worth sending; fills in what is remembered of it. Pure. */
bool sql_take_worth_saying(const struct verdict *verdict, bool part, const struct source_pull *before,
                           struct source_pull *after);

#endif
