/* A message window: what waits is looked at once more (what is over by now is dropped with its cause), put into one
 * message a recipient and one a room, worst first, numbered in order of recipient, and handed to the outbox; the first
 * window of a working day brings the office its brief. One transaction, with the programme held, so that nobody assesses
 * meanwhile and two alerters say nothing twice. Waits for the database. */
#ifndef DUBAN_ALERTER_WINDOW_H
#define DUBAN_ALERTER_WINDOW_H

#include "common/store/outbox.h"
#include "services/alerter/subject.h"
#include "services/alerter/work.h"

/* Call it only when nothing of the programme is due at `now` any more. Not *held: somebody else has the programme now. */
__attribute__((warn_unused_result)) enum error_code window_render(struct pg *pg, const struct docket *docket,
                                                                  struct assess_scratch *scratch, struct instant now,
                                                                  bool *held, unsigned *messages, struct error *err);
/* The first window of a working day after `at`; INSTANT_NONE = the calendar ends before it. */
struct instant window_morning(const struct plan *plan, struct instant at);

/* --- what the notices are about, as it stands now: window_items.c --- */

struct window_view {
    const struct docket *docket;
    struct instant now;
    struct subjects subjects;
    struct work_silence silence;
    int32_t *streams; /* of silence.facts; by id */
    size_t stream_count;
    struct alert_pasts pasts;
    struct message_failures failures;
    struct outbox_told told; /* to those who get a list */
};
__attribute__((warn_unused_result)) enum error_code window_view_read(struct pg *pg, const struct docket *docket,
                                                                     const struct waiting_notices *notices,
                                                                     struct instant now,
                                                                     struct assess_scratch *scratch,
                                                                     struct window_view *out, struct error *err);
void window_view_finish(struct window_view *view);
const struct subject *window_subject(const struct window_view *view, int32_t cell);             /* NULL */
const struct stream_facts *window_stream(const struct window_view *view, int32_t stream);       /* NULL */
/* NULL: it is still true; else the cause why it is not said. */
const char *window_over(const struct window_view *view, const struct waiting_notice *notice);

/* One item of one message. Texts it needs are its own. */
struct window_item {
    struct digest_item item;
    const struct waiting_notice *newest; /* of its notices */
    size_t first, count;                 /* its notices in the page's list */
    char *others, *meant_for;            /* heap */
};
/* notices: of one alert, count of them from `first` on. false: no memory. */
bool window_item_fill(const struct window_view *view, const struct waiting_notice *const *notices, size_t first,
                      size_t count, bool room, struct window_item *out);
/* What only a message about one matter has room for: who gets it too, the county's own pace. */
bool window_item_alone(const struct window_view *view, struct window_item *item);
void window_item_finish(struct window_item *item);

/* --- who gets what: window_pages.c --- */

enum { WINDOW_KEY_MAX = 512, WINDOW_WAYS_MAX = 32 };
struct window_page {
    char recipient[WINDOW_KEY_MAX]; /* "area:510823", "room:wecom:NAME" */
    bool room;
    const struct waiting_notice **notices; /* by alert, recipient, id; lent by the list */
    size_t count;
    struct outbox_delivery ways[WINDOW_WAYS_MAX];
    size_t way_count;
};
struct window_pages {
    struct window_page *items; /* by recipient (bytes) */
    size_t count;
    const struct waiting_notice **notices;
};
/* said: the notices that are said, by recipient. A recipient with a channel of its own gets a message of its own; every
 * room one, with what its members are to hear, the office's own matters left out. office: it gets a page in any case. */
__attribute__((warn_unused_result)) enum error_code window_pages_make(const struct window_view *view,
                                                                      const struct waiting_notice *const *said,
                                                                      size_t count, bool office,
                                                                      struct window_pages *out, struct error *err);
void window_pages_finish(struct window_pages *pages);

/* --- a page becomes a message: window_message.c --- */

struct brief;
/* brief: of the office's morning, or NULL. *message: its id. */
__attribute__((warn_unused_result)) enum error_code window_page_write(struct pg *pg, const struct window_view *view,
                                                                      const struct window_page *page,
                                                                      const struct brief *brief, unsigned ordinal,
                                                                      bool trial, int64_t *message, struct error *err);

#endif
