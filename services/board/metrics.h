/* Counters of the running board, for /metrics in Prometheus' text form. Any thread counts; nothing waits. */
#ifndef DUBAN_BOARD_METRICS_H
#define DUBAN_BOARD_METRICS_H

#include <stdatomic.h>

#include "common/base/buffer.h"

#define METRICS_COUNTERS(X)                                                                                            \
    X(requests, "requests answered")                                                                                   \
    X(not_modified, "answers 304")                                                                                     \
    X(problems, "answers 400 and above")                                                                               \
    X(refused, "answers 401, 403 and 429")                                                                             \
    X(busy, "answers 503")                                                                                             \
    X(refused_logins, "logins refused")                                                                                \
    X(actions, "actions recorded")                                                                                     \
    X(slow_dropped, "connections dropped because their request did not arrive in time")                                \
    X(refreshes, "readings of the database for the documents that are kept")                                           \
    X(refresh_failures, "of them, failed")                                                                             \
    X(documents, "documents made")                                                                                     \
    X(past, "moments of the past and explanations computed")                                                           \
    X(events, "live changes told")
#define METRICS_GAUGES(X)                                                                                              \
    X(streams, "live streams open")                                                                                    \
    X(connections, "connections open")                                                                                 \
    X(change, "number of the newest change shown")                                                                     \
    X(refresh_ms, "milliseconds the last reading took")                                                                \
    X(kept, "documents kept up to date")

struct metrics {
#define METRICS_FIELD(name, help) atomic_llong name;
    METRICS_COUNTERS(METRICS_FIELD) METRICS_GAUGES(METRICS_FIELD)
#undef METRICS_FIELD
};
static inline void metrics_add(atomic_llong *counter) {
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}
/* age_ms: since the last good reading; -1 = there was none. */
void metrics_print(const struct metrics *metrics, long long age_ms, struct buffer *out);

#endif
