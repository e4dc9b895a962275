/* From what alert_life found to what is written: alerts, transitions, what became of answers, and a notice for everyone
 * the route names. Pure apart from memory. */
#ifndef DUBAN_ALERTER_NOTIFY_H
#define DUBAN_ALERTER_NOTIFY_H

#include "common/store/alert.h"
#include "services/alerter/docket.h"

/* Whom it is about: a cell, a stream, or (neither) the house itself. facts is copied. */
struct notify_subject {
    int32_t cell, stream; /* table ids */
    const struct cell *plan_cell;
    const struct stream_facts *facts_of_stream;
    const char *facts; /* JSON, small: it is kept with every transition */
};
/* standing: the alerts of this subject alone, as given to alert_life with `judged`. */
void notify_changes(const struct docket *docket, const struct notify_subject *subject, const struct alert_case *judged,
                    const struct alert_wants *wants, const struct alert *standing,
                    const struct alert_changes *changes, struct alert_writes *out);

#endif
