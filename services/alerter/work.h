/* One batch of the due queue: claim, load, assess, write, all in one transaction. Killed anywhere, nothing of it has
 * happened. Waits for the database. */
#ifndef DUBAN_ALERTER_WORK_H
#define DUBAN_ALERTER_WORK_H

#include "services/alerter/docket.h"

/* *any: something was claimed, so there may be more. ERROR_CONFLICT: the plan changed underneath, or another alerter was
 * in the way: roll back, read the docket again, try again. */
__attribute__((warn_unused_result)) enum error_code work_cells(struct pg *pg, const struct docket *docket,
                                                               struct assess_scratch *scratch, struct instant now,
                                                               bool *any, struct error *err);
__attribute__((warn_unused_result)) enum error_code work_streams(struct pg *pg, const struct docket *docket,
                                                                 struct assess_scratch *scratch, struct instant now,
                                                                 bool *any, struct error *err);

/* What the house says of itself: messages no channel took, a calendar that ends, an outbox that stands still. Not *held:
 * somebody else has the programme now, and nothing was looked at. */
__attribute__((warn_unused_result)) enum error_code work_watch(struct pg *pg, const struct docket *docket,
                                                               struct instant now, bool *held, struct error *err);

/* The facts of streams at an instant, cells assessed; shared with the window. */
struct work_silence {
    struct stream_facts *facts; /* one a stream, as asked */
    size_t count;
    struct silences silences;
};
__attribute__((warn_unused_result)) enum error_code work_silence_read(struct pg *pg, const struct docket *docket,
                                                                      const int32_t *streams, size_t count,
                                                                      struct instant now,
                                                                      struct assess_scratch *scratch,
                                                                      struct work_silence *out, struct error *err);
void work_silence_finish(struct work_silence *silence);

#endif
