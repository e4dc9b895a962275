/* The morning view: what it is made of beside the cells (feeds, what waits for the office, what changed, what comes
 * due, what went out), and how it is printed. */
#ifndef DUBAN_REPORT_MORNING_H
#define DUBAN_REPORT_MORNING_H

#include <jansson.h>

#include "common/report/changes.h"
#include "common/report/coming.h"
#include "common/report/decisions.h"
#include "common/report/feed.h"
#include "common/report/sent.h"
#include "common/report/task_words.h"

struct morning {
    struct view *view; /* borrowed */
    struct feeds feeds;
    struct changes changes;
    struct decisions decisions;
    struct held_figure *held;
    size_t held_count;
    struct office_notices notices;
    struct coming coming;
    struct sent sent;
    struct task_words *words; /* of each task */
    struct period period;     /* the newest closed one; first = DAY_NONE = none yet */
    struct instant now;
};

__attribute__((warn_unused_result)) enum error_code morning_make(struct view *view, struct pg *pg, struct instant now,
                                                                 struct morning *out, struct error *err);
void morning_finish(struct morning *morning);

/* `duban status --json`; selection: of its cells, NULL = all. */
json_t *morning_json(const struct morning *morning, const struct selection *selection);
/* One cell as it stands there: the assessment and how far its close-out is. */
json_t *view_cell_json(const struct view *view, size_t cell);
json_t *feeds_json(const struct view *view, const struct feeds *feeds);

struct morning_options {
    bool full; /* all tasks in the matrix */
};
void morning_print(const struct morning *morning, const struct morning_options *options, struct buffer *out);
/* A few lines: what a rehearsal's screen shows. */
void morning_brief(const struct morning *morning, struct buffer *out);
/* Block 五 by itself. */
void morning_matrix(const struct morning *morning, bool full, struct buffer *out);
/* "县区 6/7" */
void morning_counties(const struct morning *morning, size_t *reported, size_t *expected);
void morning_departments(const struct morning *morning, size_t *reported, size_t *expected);
/* Of each area (heap, free it; NULL without memory): cells that miss the newest closed period and that no agent may
 * bring. */
size_t *morning_without_agent(const struct morning *morning);
/* Standing alerts of the house about itself: 送不到 日历 积压; 0 for any other rule. */
size_t morning_house(const struct morning *morning, enum alert_rule rule);
/* Whether a task has a red or yellow cell; how many targets have no date. */
bool morning_worth_a_row(const struct view *view, const struct task *task);
size_t morning_undated(const struct plan *plan);

#endif
