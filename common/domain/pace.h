/* How fast a county itself went: the increments between its own figures of one month and of the next. Never a
 * neighbour's, and the opening is no figure. Pure. */
#ifndef DUBAN_DOMAIN_PACE_H
#define DUBAN_DOMAIN_PACE_H

#include "common/domain/ledger.h"

struct pace {
    bool known;            /* at least two months in a row; else nothing below counts */
    struct decimal best;   /* the best month */
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

#endif
