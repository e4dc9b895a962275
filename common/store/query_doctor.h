/* Counts that tell at a glance whether the centre is well. */
#ifndef DUBAN_STORE_QUERY_DOCTOR_H
#define DUBAN_STORE_QUERY_DOCTOR_H

#include "common/store/session.h"

struct doctor_counts {
    int64_t migrations;
    int64_t streams, streams_never, streams_silent; /* silent: heard of, but not for a day; the desk's is not counted */
    int64_t deliveries_waiting, deliveries_failed;
    int64_t notices_late; /* waiting although due for a day */
    int64_t cells_late;   /* due for an hour */
    int64_t quarantined;
    int64_t stuck_minutes;                           /* real: since when the oldest delivery that may go has not gone */
    int64_t channels, channels_held;                 /* declared; held back by their vendors now */
    int64_t undeliverable, offline, calendar, stuck; /* alerts that stand */
    int64_t unroutable;                              /* notices of standing alerts that the office got in place of others */
    int64_t promises, promises_ending;               /* that stand; of them, at most three days to go */
};
__attribute__((warn_unused_result)) enum error_code query_doctor(struct pg *pg, struct instant now,
                                                                 struct doctor_counts *out, struct error *err);

#endif
