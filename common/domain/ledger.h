/* The ledger of one cell: which of its figures stand, which are held and why (DOMAIN: corrections are held, not
 * refused; reporter of record; second sources). Built anew from the cell's events, in commit order; it keeps no state
 * of its own, so that any day of the past can be seen. Pure. */
#ifndef DUBAN_DOMAIN_LEDGER_H
#define DUBAN_DOMAIN_LEDGER_H

#include "common/domain/measure.h"
#include "common/domain/plan.h"

/* One stored event that concerns a cell: figures and decisions alike. Texts are borrowed. */
struct cell_event {
    enum event_kind kind;
    uint8_t uid[EVENT_UID_BYTES];
    struct day as_of;
    struct figure figure;
    struct instant known_at, reported_at;
    struct slice reporter;
    bool has_replaces;
    uint8_t replaces[EVENT_UID_BYTES];
    struct slice reason, note, blocked_by;
    struct slice source_file, source_place, source_raw, source_document;
    struct slice more;
    /* from the stream it came by */
    int32_t log;
    int64_t seq;
    struct slice stream, stream_unit;
    bool stream_office; /* the office's own: a figure of it is 代报 where another reports */
    bool stream_county; /* a county's stream (its area, all tasks) */
};

enum hold_cause {
    HOLD_FALL = 1 << 0,       /* falls against a neighbour by as-of day */
    HOLD_CHANGED = 1 << 1,    /* another value for a reported as-of day */
    HOLD_ABOVE_GOAL = 1 << 2, /* more than 1.5 × the goal when the last confirmed was not */
    HOLD_POWER_OF_TEN = 1 << 3,
    HOLD_ABOVE_HUNDRED = 1 << 4,
    HOLD_FUTURE = 1 << 5,      /* as of a day after its known-at day */
    HOLD_DENOMINATOR = 1 << 6, /* differs from the declared one */
    HOLD_RETRACTION = 1 << 7,  /* a retraction without a reason */
};

struct standing {
    struct day as_of;
    struct figure figure;     /* no-change entries carry the value they repeat */
    struct instant known_at;  /* of the event that gave it */
    struct instant effective; /* when it came to stand (a confirmation may be later) */
    size_t event;             /* index of its event */
    bool no_change, on_behalf, corrected;
    struct instant reported; /* when its as-of day was first reported: a correction keeps it */
    struct exact value;      /* comparable; unknown for a no-change with nothing to repeat */
};
struct held {
    struct day as_of;
    struct figure figure;
    size_t event;
    unsigned causes; /* of enum hold_cause, those not yet freed */
    bool has_standing;
    struct figure standing; /* what stands instead */
    struct instant known_at, reported;
    struct exact value;
    bool no_change, on_behalf, has_reason;
    unsigned freed;         /* of enum hold_cause, by a reason or the office */
    size_t replaces;        /* the event it would remove; NO_INDEX */
    size_t ten_times_event; /* the event whose value it is ×10, ×100, ×1000 of; NO_INDEX */
};
struct second_source {
    struct slice reporter;
    struct day as_of;
    struct figure figure;
    size_t event;
};

struct ledger {
    struct standing *standing; /* by as_of */
    size_t standing_count;
    struct held *held; /* by as_of */
    size_t held_count;
    struct second_source *others; /* the newest of each other reporter */
    size_t other_count;
    bool two_sources; /* 口径不一 stands */
    size_t words;     /* the newest event with a note; NO_INDEX */
    /* capacities, kept for reuse */
    size_t standing_capacity, held_capacity, other_capacity;
    bool failed; /* out of memory: incomplete */

    /* the replay */
    struct measure measure;
    const struct cell_event *events;
    size_t event_count, next, reversals_seen;
    struct instant at, clock; /* events known before `at` count; replayed up to and with `clock` */
    struct day as_of;
    uint64_t revision; /* grows with every change but a figure added at the end */
};

/* Figures with known-at before `at` and as-of on or before `as_of` count. events are in commit order.
 * Reuses *ledger's memory; ledger_finish frees it. */
void ledger_build(struct ledger *ledger, const struct plan *plan, const struct cell *cell,
                  const struct cell_event *events, size_t count, struct instant at, struct day as_of);
void ledger_finish(struct ledger *ledger);

/* The same in steps, for those who look at every day of the past: start, then step to one instant after another (what
 * is known at or before it counts), conclude before reading held[].standing and two_sources. */
void ledger_start(struct ledger *ledger, const struct measure *measure, const struct cell_event *events, size_t count,
                  struct instant at, struct day as_of);
struct instant ledger_next(const struct ledger *ledger); /* of the next change; INT64_MAX = none */
void ledger_step(struct ledger *ledger, struct instant until);
void ledger_conclude(struct ledger *ledger);
/* A decision of the office that a later one (known by the ledger's clock) took back. */
bool ledger_is_reversed(const struct ledger *ledger, size_t event);

#endif
