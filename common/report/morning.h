/* What the morning view is made of, beside the cells: feeds, what waits for the office, what changed. */
#ifndef DUBAN_REPORT_MORNING_H
#define DUBAN_REPORT_MORNING_H

#include <jansson.h>

#include "common/report/changes.h"
#include "common/report/feed.h"
#include "common/report/task_words.h"

enum decision_kind {
    DECISION_REVIEW,     /* 核定红灯 */
    DECISION_HELD,       /* 更正待核, too long */
    DECISION_UNROUTABLE, /* 送不到 */
};
struct decision {
    enum decision_kind kind;
    size_t cell;           /* NO_INDEX for unroutable */
    const char *recipient; /* whom it was meant for; borrowed */
    size_t notices;        /* of unroutable: how many */
};
struct held_figure {
    size_t cell, event; /* of view->events[cell] */
    struct figure from, to;
    bool has_from;
    struct day as_of;
    struct instant known_at;
};
struct morning {
    struct view *view; /* borrowed */
    struct feeds feeds;
    struct changes changes;
    struct decision *decisions;
    size_t decision_count;
    struct held_figure *held;
    size_t held_count;
    struct notice_rows notices;
    struct task_words *words; /* of each task */
    struct period period;     /* the newest closed one; first = DAY_NONE = none yet */
    struct instant now;
};

__attribute__((warn_unused_result)) enum error_code morning_make(struct view *view, struct pg *pg, struct instant now,
                                                                 struct morning *out, struct error *err);
void morning_finish(struct morning *morning);

/* `duban status --json`; selection: of its cells, NULL = all. */
json_t *morning_json(const struct morning *morning, const struct selection *selection);
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

#endif
