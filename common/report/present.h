/* What stands now, read from the alerter's own tables and judged by nobody else: the cells as it last said them, kept
 * from one look to the next, so that a look costs what changed. For programs that show the present for a long time;
 * whoever asks once, or about the past, loads a view from the events (view_load).
 *
 * A view of what stands has no events, but those of cells with a held figure and of what view_read_events was asked
 * for. What changed since the last working day compares with the cells of then, which are judged from the events once
 * a working day. */
#ifndef DUBAN_REPORT_PRESENT_H
#define DUBAN_REPORT_PRESENT_H

#include "common/report/view.h"
#include "common/store/query_present.h"

struct present {
    struct stored_plan stored; /* the plan in force; stored.plan NULL = nothing was read yet */
    struct light_rules rules;
    int32_t *cell_ids; /* of each of plan->cells; 0 = the database has none */
    size_t *by_id;     /* indexes of those that it has, by id */
    size_t known;
    struct present_horizon horizon;
    struct stated *stated;         /* of each cell */
    struct assessment *cells;      /* the same, read */
    struct assessment *before;     /* at `since`; NULL = not judged yet */
    struct moment since;
    char (*rule_names)[RULE_NAME_MAX]; /* that cells borrow */
    size_t rule_count;
};

/* Takes what changed since the last time (everything, after a plan was loaded), then fills *out with the programme as it
 * stands at `now`; *out borrows from *present until its next look. Inside the caller's transaction; may block on the
 * database. Takes *programme and leaves it empty. *out is initialised either way; after an error *present is empty and
 * ready for another look. */
__attribute__((warn_unused_result)) enum error_code present_look(struct present *present, struct pg *pg,
                                                                  struct programme *programme, struct instant now,
                                                                  struct view *out, struct error *err);
void present_finish(struct present *present);

#endif
