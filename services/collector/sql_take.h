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
struct sql_taken {
    struct verdict verdict;
    bool said;       /* a receipt went out */
    const char *why; /* nothing was taken, the spool is full: Chinese, static; NULL = all is well */
    char trouble[TAKER_TROUBLE_MAX];
};

/* "报表-查询": under which results of the source stand in receipts and rejected files. */
void sql_take_name(const struct source_settings *source, char out[SQL_NAME_MAX]);
/* An error is the spool's and leaves it rolled back. *out wants sql_taken_finish either way. */
__attribute__((warn_unused_result)) enum error_code sql_take(struct taker *taker, struct sql_pull *pull,
                                                             struct instant now, struct sql_taken *out,
                                                             struct error *err);
void sql_taken_finish(struct sql_taken *taken);

/* Whether a receipt is worth sending; fills in what is remembered of it. Pure. */
bool sql_take_worth_saying(const struct verdict *verdict, bool part, const struct source_pull *before,
                           struct source_pull *after);

#endif
