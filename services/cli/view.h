/* A programme as of a day and as known at an instant: the plan then in force, every event of every cell known by then,
 * and all of it assessed by the same pure rules the alerter uses. No stored light is read. */
#ifndef DUBAN_CLI_VIEW_H
#define DUBAN_CLI_VIEW_H

#include "common/domain/rules.h"
#include "common/store/history.h"
#include "common/store/query_alert.h"
#include "common/store/query_feed.h"
#include "services/cli/moment.h"
#include "services/cli/programme_choice.h"

struct view {
    struct moment moment;
    struct programme programme;
    struct stored_plan stored;
    const struct plan *plan; /* of stored */
    struct light_rules rules;
    struct history history;
    struct cell_events *events; /* of each of plan->cells */
    struct assessment *cells;   /* of each of plan->cells */
    struct assess_scratch *scratch;
    struct streams streams;
    struct feed_files last_files;
    struct feed_positions positions;
    struct alert_rows alerts; /* that stood at the moment */
};

/* --programme, --as-of, --known-at of the command line. *out is initialised either way. */
__attribute__((warn_unused_result)) enum error_code view_open(struct cli *cli, struct pg *pg, struct view *out,
                                                              struct error *err);
/* The same at a moment given; used by whoever draws again and again. */
__attribute__((warn_unused_result)) enum error_code
view_open_at(struct cli *cli, struct pg *pg, const struct moment *moment, struct view *out, struct error *err);
void view_finish(struct view *view);

/* All cells at an earlier moment, by the plan of the view: an array like view->cells, free it with view_cells_free.
 * NULL without memory. */
struct assessment *view_cells_at(struct view *view, const struct moment *moment);
void view_cells_free(const struct view *view, struct assessment **cells);

/* The task of a cell, and its areas and targets by name. */
static inline const struct target *view_target(const struct view *view, size_t cell) {
    return &view->plan->targets[view->plan->cells[cell].target];
}
static inline const struct area *view_area(const struct view *view, size_t cell) {
    return &view->plan->areas[view->plan->cells[cell].area];
}
static inline const struct task *view_task(const struct view *view, size_t cell) {
    return &view->plan->tasks[view_target(view, cell)->task];
}
const char *area_short(const struct area *area);
const char *target_short(const struct target *target);

/* A cell by what people type: target by code, name or short name, area by code, name, short name or alias.
 * ERROR_USAGE with what is near. */
__attribute__((warn_unused_result)) enum error_code view_find(const struct plan *plan, const char *target,
                                                              const char *area, struct day day, size_t *cell,
                                                              struct error *err);

#endif
