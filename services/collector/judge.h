/* A reading against what was sent before and against the plan: what kind of event it is, if any. Pure but for the
 * memory it asks. One judge for one file: what the file itself has said counts as sent. */
#ifndef DUBAN_COLLECTOR_JUDGE_H
#define DUBAN_COLLECTOR_JUDGE_H

#include "services/collector/paper.h"

struct judge_entry {
    struct source_figure figure;
    int64_t next; /* the entry before of this cell; -1 = none */
};
struct judge {
    const struct paper *paper;
    const struct plan *plan;
    struct arena *arena;
    struct slice file; /* the name, fit for an event */
    struct judge_entry *entries;
    size_t entry_count;
    int64_t *heads; /* by target × area */
    bool said_here; /* what was found last was said in this very file */
    bool failed;
};

/* room: how many readings there will be at most. */
void judge_init(struct judge *judge, const struct paper *paper, struct arena *arena, size_t room);
/* reading is of kind figure, no change or words. place: of the row. */
__attribute__((warn_unused_result)) enum error_code judge_reading(struct judge *judge, const struct reading *reading,
                                                                  const char *place, struct outcome *out,
                                                                  struct error *err);

#endif
