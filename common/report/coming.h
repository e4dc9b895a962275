/* What comes due (block 四 of the morning view), and once a year, on the first working day from 1 December on: what is
 * due in 30 days, will be late by its own pace, and was not asked an extension for. Pure. */
#ifndef DUBAN_REPORT_COMING_H
#define DUBAN_REPORT_COMING_H

#include "common/report/view.h"

struct coming {
    size_t soon, overdue, awaiting; /* county cells: due within 30 days; overdue; a final figure is awaited */
    struct day next;                /* the nearest due day from today on; DAY_NONE */
    size_t next_count, next_late;   /* due then; late by their forecast */
    bool december;                  /* today is the day of the list: */
    size_t *unasked;                /* heap: cells */
    size_t unasked_count;
    size_t without_forecast; /* due within 30 days, not asked for, and no forecast is given */
};

/* false: out of memory. */
__attribute__((warn_unused_result)) bool coming_find(const struct view *view, struct coming *out);
void coming_finish(struct coming *coming);
void coming_print(const struct view *view, const struct coming *coming, struct buffer *out);

#endif
