/* Cells looked at: their events loaded in one query and each assessed at an instant. Waits for the database. */
#ifndef DUBAN_ALERTER_SUBJECT_H
#define DUBAN_ALERTER_SUBJECT_H

#include "common/store/history.h"
#include "services/alerter/docket.h"

struct subject {
    int32_t cell;                 /* table id */
    size_t index;                 /* of plan->cells */
    const struct cell_event *events;
    size_t event_count;
    struct assessment assessment;
    bool assessed;
};
struct subjects {
    struct subject *items; /* by plan order: the city's cell of a target before its counties' */
    size_t count;
    struct history history;
};

/* indexes of plan->cells with an id, by plan order, without repetition. A roll-up is assessed from the county cells of
 * its target that stand behind it in the list: all of them must be there. */
__attribute__((warn_unused_result)) enum error_code subjects_load(struct pg *pg, const struct docket *docket,
                                                                  const size_t *cells, size_t count,
                                                                  struct instant now, struct assess_scratch *scratch,
                                                                  struct subjects *out, struct error *err);
void subjects_finish(struct subjects *subjects);
const struct subject *subjects_find(const struct subjects *subjects, size_t index); /* NULL */

/* Adds to a set of plan cells (flags, one byte a cell) what the roll-ups among them need. */
void subjects_close(const struct docket *docket, bool *wanted);

#endif
