/* How many messages went out and what became of them, for the morning view. Waits for the database. */
#ifndef DUBAN_STORE_QUERY_SENT_H
#define DUBAN_STORE_QUERY_SENT_H

#include "common/store/session.h"

struct sent_counts {
    int64_t messages;
    int64_t delivered, failed; /* by one of their ways; by none of them, for good */
    int64_t trial;             /* kept, not sent: 试运行 */
};
/* Windows from `since` on, rendered by known_at, tests left out; deliveries as they stand now. */
__attribute__((warn_unused_result)) enum error_code query_sent(struct pg *pg, int32_t programme, struct instant since,
                                                               struct instant known_at, struct sent_counts *out,
                                                               struct error *err);

#endif
