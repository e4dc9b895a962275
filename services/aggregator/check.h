/* Whether one event may take effect: its bytes, who says it, what it is about, whether its columns can hold it. A pure
 * function of the bytes, the stream and the plan; what fails goes to quarantine with its code. */
#ifndef DUBAN_AGGREGATOR_CHECK_H
#define DUBAN_AGGREGATOR_CHECK_H

#include "services/aggregator/view.h"
#include "proto/more.h"

struct checked {
    unsigned code;  /* enum quarantine_code; 0 = good */
    unsigned field; /* place 1-15 in the event; 0 = the whole */
    const char *hint; /* Chinese, static */
    /* when good */
    struct event event; /* borrows from the bytes */
    int32_t target, area; /* registry ids */
    size_t cell;          /* index of the plan's cells; NO_INDEX */
    size_t of;            /* index of the plan's targets; NO_INDEX */
    struct more more;     /* of a receipt */
};

/* programme NULL: its plan is not loaded; every event is refused as of an unknown target. */
void check_event(const struct programme_view *programme, const struct stream *stream, struct slice bytes, struct day today,
                 struct checked *out);

#endif
