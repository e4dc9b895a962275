/* When to look again. Pure. */
#ifndef DUBAN_DOMAIN_DUE_H
#define DUBAN_DOMAIN_DUE_H

#include "common/domain/alert.h"

/* The earlier of the assessment's and the alert rules' next instants, > now; INSTANT_NONE = only an event can change it. */
struct instant due_cell(const struct plan *plan, const struct light_rules *rules, const struct cell *cell,
                        const struct cell_event *events, size_t count, const struct assessment *assessment,
                        struct instant now);
struct instant due_stream(const struct plan *plan, const struct light_rules *rules, const struct stream_facts *stream,
                          struct instant now);
/* The window a notice of `at` waits for. */
struct instant due_window(const struct plan *plan, struct instant at);
struct instant due_earlier(struct instant a, struct instant b); /* NONE counts as never */

/* The newest period whose closing day is over at `now` and which is not before the programme's first one; first =
 * DAY_NONE when there is none yet. */
struct period due_closed_period(const struct plan *plan, struct instant now);

#endif
