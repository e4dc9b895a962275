/* From what alert_life found to what is written: alerts, transitions, and a notice for everyone the route names. Pure
 * apart from memory. */
#ifndef DUBAN_ALERTER_NOTIFY_H
#define DUBAN_ALERTER_NOTIFY_H

#include "common/store/alert.h"
#include "services/alerter/docket.h"

/* Who it is about: one of the two. facts is copied. */
struct notify_subject {
    int32_t cell, stream; /* table ids */
    const struct cell *plan_cell;
    const struct stream_facts *facts_of_stream;
    const char *facts; /* JSON */
};
/* standing: the alerts of this subject alone, as given to alert_life. */
void notify_changes(const struct docket *docket, const struct notify_subject *subject, const struct alert_wants *wants,
                    const struct alert *standing, const struct alert_changes *changes, struct alert_writes *out);

#endif
