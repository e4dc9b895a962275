/* A programme as of a day and as known at an instant: the plan then in force, every event of every cell known by then,
 * and all of it assessed by the same pure rules the alerter uses. No stored light is read. */
#ifndef DUBAN_REPORT_VIEW_H
#define DUBAN_REPORT_VIEW_H

#include <jansson.h>

#include "common/domain/rules.h"
#include "common/store/desk.h"
#include "common/store/history.h"
#include "common/store/programme.h"
#include "common/store/query_alert.h"
#include "common/store/query_feed.h"

/* The two questions of every reading command: what was it like on a day, as known when. */
struct moment {
    struct day as_of;        /* figures as of it or before; never after the day of known_at */
    struct instant known_at; /* what was committed at it or before */
    bool past;               /* known_at was asked for: what is only known of the present is not shown */
};
/* The first instant that no longer counts: for functions that take "known before". */
static inline struct instant moment_before(const struct moment *moment) {
    return (struct instant){moment->known_at.ms + 1};
}

/* What the alerter said of a cell, as `duban status --json` prints it (heap). */
struct stated {
    char *json;   /* NULL = never assessed */
    json_t *said; /* the same, where the cell borrows texts of it; else NULL */
};

struct view {
    struct moment moment;
    struct programme programme;
    struct stored_plan stored; /* owned, unless borrowed: somebody else's */
    bool borrowed;
    const struct stated *stated; /* of each cell: what stands was read and not judged (present.h), cells and `before`
                                    are borrowed; NULL = judged here from the events */
    const int32_t *cell_ids;     /* with stated: of each cell, 0 = the database has none */
    struct assessment *before;   /* with stated: the cells at `since` */
    struct moment since;
    const struct plan *plan; /* of stored */
    struct light_rules rules;
    struct history history;     /* of all cells; of a view of what stands: of none */
    struct history *more;       /* what view_read_events added (heap) */
    size_t more_count;
    struct cell_events *events; /* of each of plan->cells */
    struct assessment *cells;   /* of each of plan->cells */
    struct assess_scratch *scratch;
    struct streams streams;
    struct feed_files last_files;
    struct feed_positions positions;
    struct alert_rows alerts; /* that stood at the moment */
    struct desk desk;         /* what people said and decided */
    struct requests requests; /* of desk: extensions and close-outs */
};

/* Everything of a programme at a moment; may block on the database. Takes *programme and leaves it empty. *out is
 * initialised either way. */
__attribute__((warn_unused_result)) enum error_code
view_load(struct pg *pg, struct programme *programme, const struct moment *moment, struct view *out, struct error *err);
/* The same by a plan and rules that are read already and stay for as long as the view (both borrowed). */
__attribute__((warn_unused_result)) enum error_code
view_load_by(struct pg *pg, struct programme *programme, const struct stored_plan *stored,
             const struct light_rules *rules, const struct moment *moment, struct view *out, struct error *err);
void view_finish(struct view *view);
/* The events of these cells, for a view of what stands; nothing for any other: it has them. May block on the database. */
__attribute__((warn_unused_result)) enum error_code view_read_events(struct view *view, struct pg *pg,
                                                                     const size_t *cells, size_t count,
                                                                     struct error *err);

/* All cells at an earlier moment, by the plan of the view: an array like view->cells, free it with view_cells_free.
 * NULL without memory, or for a view of what stands. */
struct assessment *view_cells_at(struct view *view, const struct moment *moment);
void view_cells_free(const struct view *view, struct assessment **cells);

/* Which cells and tasks a list is asked for; a function that is not there takes all. */
struct selection {
    bool (*cell)(const void *context, size_t cell);
    bool (*task)(const void *context, size_t task); /* of those without a measure */
    const void *context;
};
static inline bool selects_cell(const struct selection *selection, size_t cell) {
    return !selection || !selection->cell || selection->cell(selection->context, cell);
}
static inline bool selects_task(const struct selection *selection, size_t task) {
    return !selection || !selection->task || selection->task(selection->context, task);
}

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
