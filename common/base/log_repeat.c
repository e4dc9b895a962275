#include "common/base/log_repeat.h"

#include <stdio.h>
#include <string.h>

static struct log_repeat *find_slot(struct log_repeats *repeats, const char *event) {
    for (size_t i = 0; i < LOG_REPEAT_SLOTS; i++) {
        struct log_repeat *slot = &repeats->slots[i];
        if (!slot->event[0]) snprintf(slot->event, sizeof slot->event, "%s", event);
        if (strncmp(slot->event, event, LOG_EVENT_MAX - 1) == 0) return slot;
    }
    return NULL;
}

bool log_repeats_pass(struct log_repeats *repeats, const char *event, struct tick now, unsigned long *suppressed) {
    *suppressed = 0;
    struct log_repeat *slot = find_slot(repeats, event);
    if (!slot) return true;
    if (slot->lines == 0 || now.ms - slot->since.ms >= LOG_REPEAT_MS) {
        *suppressed = slot->suppressed;
        slot->since = now;
        slot->lines = 0;
        slot->suppressed = 0;
    }
    if (slot->lines == LOG_REPEATS_MAX) {
        slot->suppressed++;
        return false;
    }
    slot->lines++;
    return true;
}
