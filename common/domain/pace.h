/* How fast a county itself went: the increments between its own figures of one month and of the next. Never a
 * neighbour's, and the opening is no figure. Pure. */
#ifndef DUBAN_DOMAIN_PACE_H
#define DUBAN_DOMAIN_PACE_H

#include "common/domain/assess.h"

struct pace {
    bool known;            /* at least two months in a row; else nothing below counts */
    struct decimal best;   /* the best month */
    struct day best_month; /* its first day */
    struct decimal newest; /* the month of the newest figure, where the month before has one */
    bool has_newest, newest_is_best;
    int newest_month; /* 1-12 */
    bool has_recent;
    struct decimal recent; /* a month, on average of `recent_months`: the points a forecast was made from */
    unsigned recent_months;
};

/* `points`: how many figures a forecast was made from (0 = no forecast, no `recent`). Figures known before `at` and as
 * of as_of or before count. Decimals are the target's; of counted cells best and newest are whole, recent has one. Only
 * running totals have a pace; false: no memory. */
__attribute__((warn_unused_result)) bool pace_of_cell(const struct plan *plan, const struct cell *cell,
                                                      const struct cell_event *events, size_t count, struct instant at,
                                                      struct day as_of, unsigned points, struct pace *out);

/* What must come a month from now on so that a running total is there by its due day: rounded up to whole things where
 * things are counted, else half up to the target's places. The months left are those after the month of the figure;
 * that month too, unless the figure is of its last days: what is asked a month is never put too high. false: nothing is
 * asked, or there is no month left. */
struct pace_needed {
    unsigned months;
    struct decimal each;
};
bool pace_needed(const struct plan *plan, const struct cell *cell, const struct assessment *assessment,
                 struct pace_needed *out);

#endif
