/* What went out since the last working day, what goes out next, who answered and whose promise ends (block 七 of the
 * morning view). */
#ifndef DUBAN_REPORT_SENT_H
#define DUBAN_REPORT_SENT_H

#include "common/report/view.h"
#include "common/store/query_answer.h"
#include "common/store/query_sent.h"

struct answer_list {
    const struct answer_row **items; /* heap; the rows are borrowed; one of each reply (or promise) */
    size_t count;
};
struct sent {
    struct day since; /* the whole of that day, too */
    struct sent_counts counts;
    struct answer_rows answers;
    struct answer_list replies; /* that came since */
    struct answer_list ending;  /* promises that end before the next working day */
    struct answer_list broken;  /* promises that failed since */
    size_t unmatched;           /* replies that answer nothing */
};

/* Waits for the database. *out is initialised either way. */
__attribute__((warn_unused_result)) enum error_code sent_read(struct pg *pg, const struct view *view, struct day since,
                                                              struct sent *out, struct error *err);
/* The part of it that asks no database: from out->answers. false: out of memory. */
__attribute__((warn_unused_result)) bool sent_find(const struct view *view, struct sent *out);
void sent_finish(struct sent *sent);
void sent_print(const struct view *view, const struct sent *sent, struct buffer *out);
/* "苍溪 厕所", "剑阁县" */
void answer_subject(const struct view *view, const struct answer_row *answer, struct buffer *out);

#endif
