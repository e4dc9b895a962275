/* One cell through the days: the ledger replayed from instant to instant, judged wherever something can change, so
 * that the shown light, since when, a release and 已补齐 follow from the events alone (plan and rules of today judge
 * the whole history). Pure. */
#ifndef DUBAN_DOMAIN_HISTORY_H
#define DUBAN_DOMAIN_HISTORY_H

#include "common/domain/judge.h"
#include "common/domain/release.h"

/* Scratch memory of an assessment: everything that is reused from cell to cell. */
struct assess_scratch {
    struct almanac almanac;
    struct ledger ledger;
    struct judge judge;
};

struct history {
    struct assess_scratch *scratch;
    struct instant at, clock_end; /* events before `at` count; closing days pass until clock_end */
    struct day as_of;
    struct verdict verdict; /* the newest */
    struct release_watch watch;
    size_t decisions_seen;
};

/* Replays the whole of it; afterwards scratch->ledger and scratch->judge stand at the end. */
void history_run(struct history *history, const struct assess_context *context, const struct cell *cell,
                 const struct cell_event *events, size_t count, struct assess_scratch *scratch);

/* The day looked at, at an instant of the replay: never later than the as-of day asked for. */
struct day history_today(const struct history *history, int64_t ms);
bool history_made_good(const struct history *history);
/* The due day decided by the newest extension that stands among the first `seen` events; DAY_NONE = none. */
struct day history_extension(const struct ledger *ledger, size_t seen);
/* The next instant after clock_end at which anything could change without an event. */
struct instant history_next_check(const struct history *history);

#endif
