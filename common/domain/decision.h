/* The office's decisions about one subject, found again from its events as known at an instant (inclusive). One that a
 * later known reversal names has no effect. Pure. */
#ifndef DUBAN_DOMAIN_DECISION_H
#define DUBAN_DOMAIN_DECISION_H

#include "common/domain/ledger.h"

/* The reversal that took the event back, known at `now`; NO_INDEX = none. */
size_t decision_reversal(const struct cell_event *events, size_t count, const uint8_t uid[EVENT_UID_BYTES],
                         struct instant now);
/* Of this kind, known at `now`, not taken back. */
bool decision_stands(const struct cell_event *events, size_t count, size_t at, enum event_kind kind,
                     struct instant now);

#endif
