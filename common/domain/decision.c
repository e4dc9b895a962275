#include "common/domain/decision.h"

#include <string.h>

#include "proto/more.h"

size_t decision_reversal(const struct cell_event *events, size_t count, const uint8_t uid[EVENT_UID_BYTES],
                         struct instant now) {
    for (size_t i = 0; i < count; i++) {
        struct more more;
        if (events[i].kind == EVENT_REVERSAL && events[i].known_at.ms <= now.ms &&
            more_decode(EVENT_REVERSAL, events[i].more, &more) == PROTO_OK &&
            memcmp(more.of_event.uid, uid, EVENT_UID_BYTES) == 0)
            return i;
    }
    return NO_INDEX;
}

bool decision_stands(const struct cell_event *events, size_t count, size_t at, enum event_kind kind,
                     struct instant now) {
    const struct cell_event *event = &events[at];
    return event->kind == kind && event->known_at.ms <= now.ms &&
           decision_reversal(events, count, event->uid, now) == NO_INDEX;
}
