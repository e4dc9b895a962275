/* Whether each agent's reports come, and if not, which of the three silences it is (DOMAIN: quiet has three names). */
#ifndef DUBAN_REPORT_FEED_H
#define DUBAN_REPORT_FEED_H

#include "common/report/view.h"

enum feed_state {
    FEED_OK,
    FEED_MISSING,  /* 未报: agent alive, a closed period not reported */
    FEED_REJECTED, /* 退回: rows of the newest file were refused */
    FEED_OFFLINE,  /* 断线: no STATUS for the rules' working hours */
    FEED_NEVER,    /* 未接入: no agent has come yet */
};
struct feed {
    const struct stream *stream;
    const struct feed_file *last;         /* NULL = none */
    const struct feed_position *position; /* NULL = nothing committed yet */
    enum feed_state state;
    size_t owed, missing; /* cells of record of this stream; those that miss the newest closed period */
};
struct feeds {
    struct feed *items; /* in the order of streams */
    size_t count;
    const struct stream **of_cell; /* of record, of each cell; NULL in it = none is there */
};
/* Borrows the view. false: out of memory. */
__attribute__((warn_unused_result)) bool feeds_make(const struct view *view, struct instant now, struct feeds *out);
void feeds_finish(struct feeds *feeds);
const char *feed_state_word(enum feed_state state); /* "offline" */
const char *feed_state_name(enum feed_state state); /* "断线" */
/* The stream of record of a cell; NULL = none is there. One cell alone, or by the list that feeds_make wrote. */
const struct stream *feed_of_record(const struct view *view, size_t cell);
const struct stream *feeds_of_cell(const struct feeds *feeds, const struct view *view, size_t cell);

#endif
