/* What went out, what waits and what reached nobody, as the morning view counts it: sums and the few rows that ask for
 * a person, never every notice. Texts are borrowed from the rows. Waits for the database. */
#ifndef DUBAN_STORE_QUERY_SENT_H
#define DUBAN_STORE_QUERY_SENT_H

#include "common/store/session.h"

struct sent_counts {
    int64_t messages;
    int64_t delivered, failed; /* by one of their ways; by none of them, for good */
    int64_t trial;             /* kept, not sent: 试运行 */
    int64_t waiting, held;     /* notices */
    struct instant next;       /* window of the first of those that wait; INSTANT_NONE */
};
/* Messages of windows from `since` on, rendered by known_at, tests left out; deliveries and notices as they stand now.
 */
__attribute__((warn_unused_result)) enum error_code query_sent(struct pg *pg, int32_t programme, struct instant since,
                                                               struct instant known_at, struct sent_counts *out,
                                                               struct error *err);

struct unroutable_row {
    const char *meant_for; /* "area:510823" */
    int64_t notices;       /* of alerts that stood at the instant */
};
struct proposal_row {
    int64_t alert, item;
    const char *step, *number; /* "yellow_card"; of the newest message that proposed it */
};
struct office_notices {
    struct unroutable_row *unroutable; /* by meant_for */
    size_t unroutable_count;
    struct proposal_row *proposals; /* by alert, step */
    size_t proposal_count;
    struct pg_rows unroutable_rows, proposal_rows;
};
__attribute__((warn_unused_result)) enum error_code query_office_notices(struct pg *pg, int32_t programme,
                                                                         struct instant known_at,
                                                                         struct office_notices *out, struct error *err);
void office_notices_finish(struct office_notices *notices);

#endif
