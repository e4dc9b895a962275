/* The lead's latest words on each task: all there is to see of a task without a measure. */
#ifndef DUBAN_REPORT_TASK_WORDS_H
#define DUBAN_REPORT_TASK_WORDS_H

#include "common/report/view.h"

enum { TASK_WORDS_MAX = 802 }; /* a note of 200 characters */

struct task_words {
    bool found;
    struct day as_of; /* of the event, else the day it came */
    char text[TASK_WORDS_MAX];
    char reporter[128];
};
/* One of each of plan->tasks (heap, free it); words on one of its targets count too. */
__attribute__((warn_unused_result)) enum error_code task_words_read(struct pg *pg, const struct view *view,
                                                                    struct task_words **out, struct error *err);

#endif
