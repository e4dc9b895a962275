/* What is shown of a computed light: a red waits until a person of the office releases it (DOMAIN: light). One watch
 * follows one cell, a county's or the city's, from judgement to judgement. Pure. */
#ifndef DUBAN_DOMAIN_RELEASE_H
#define DUBAN_DOMAIN_RELEASE_H

#include "common/domain/assess.h"

struct release_watch {
    enum light shown;
    struct day shown_since; /* DAY_NONE before the first judgement */
    bool red, released, had_released_red;
    int64_t red_since_ms;
    size_t released_by; /* an event */
};

void release_start(struct release_watch *watch);
/* "After an extension the history has no red: release and made_good lapse." */
void release_lapse(struct release_watch *watch);
/* One judgement: the computed light at an instant; the ledger's events from `first` to its next may hold releases. */
void release_judge(struct release_watch *watch, enum light computed, const struct ledger *ledger, size_t first,
                   int64_t now_ms, struct day today, bool release_needed);
/* "made_good stands while blue or green follows an earlier released red" */
bool release_made_good(const struct release_watch *watch);

#endif
