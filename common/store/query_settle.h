/* What of a rehearsal's instant is still to be done, and when something would be due next: the database's half of
 * `duban settle`. One statement each; reads only. */
#ifndef DUBAN_STORE_QUERY_SETTLE_H
#define DUBAN_STORE_QUERY_SETTLE_H

#include "common/store/stream.h"

struct settle_queues {
    int64_t cells, wakes, streams; /* to be looked at, due at `now` */
    int64_t notices;               /* waiting, not_before reached; a brief among them */
    int64_t deliveries;            /* under way: their retries are not spent */
    struct instant next_at;        /* the earliest later one of these; INSTANT_NONE */
};
struct settle_committed {
    char stream[STREAM_NAME_MAX + 1];
    uint64_t seq;
};
struct settle_database {
    struct settle_queues queues;
    struct settle_committed *streams; /* of every current log; by name */
    size_t stream_count;
};

/* *out is initialised either way. */
__attribute__((warn_unused_result)) enum error_code query_settle(struct pg *pg, struct instant now,
                                                                 struct settle_database *out, struct error *err);
void settle_database_finish(struct settle_database *database);

#endif
