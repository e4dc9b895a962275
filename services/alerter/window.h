/* A message window: what waits is looked at once more (what is over by now is dropped with its cause), put into one
 * message a recipient, worst first, numbered in order of recipient, and handed to the outbox; one transaction. Waits for
 * the database. */
#ifndef DUBAN_ALERTER_WINDOW_H
#define DUBAN_ALERTER_WINDOW_H

#include "common/store/outbox.h"
#include "services/alerter/subject.h"
#include "services/alerter/work.h"

/* Call it only when nothing of the programme is due at `now` any more. */
__attribute__((warn_unused_result)) enum error_code window_render(struct pg *pg, const struct docket *docket,
                                                                  struct assess_scratch *scratch, struct instant now,
                                                                  unsigned *messages, struct error *err);

/* --- items: window_items.c --- */

/* One item of one recipient's message. Texts it needs are its own. */
struct window_item {
    struct digest_item item;
    int64_t alert;
    const struct waiting_notice *first; /* its newest notice */
    char *others, *meant_for;           /* heap */
};
struct window_view {
    const struct docket *docket;
    struct instant now;
    struct subjects subjects;
    struct work_silence silence;
    int32_t *streams; /* of silence.facts */
    size_t stream_count;
};
__attribute__((warn_unused_result)) enum error_code window_view_read(struct pg *pg, const struct docket *docket,
                                                                     const struct waiting_notices *notices,
                                                                     struct instant now,
                                                                     struct assess_scratch *scratch,
                                                                     struct window_view *out, struct error *err);
void window_view_finish(struct window_view *view);
/* NULL: it is still true; else the cause why it is not said. */
const char *window_over(const struct window_view *view, const struct waiting_notice *notice);
/* false: no memory. */
bool window_item_fill(const struct window_view *view, const struct waiting_notice *notice, struct window_item *out);
bool window_item_meant_for(const struct docket *docket, struct window_item *item, const char *recipient);
void window_item_finish(struct window_item *item);

#endif
