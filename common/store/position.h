/* The stream's row under its lock: for a HELLO, and to settle a COMMIT in doubt. As steps of flows (link/pgflow.h):
 *   position_lock:  BEGIN, SELECT … FOR UPDATE, former epochs   → position_take fills the rows, position_former asks
 *   position_store: what receiver_hello decided, COMMIT (or ROLLBACK when there is nothing to store) */
#ifndef DUBAN_STORE_POSITION_H
#define DUBAN_STORE_POSITION_H

#include "common/link/pgflow.h"
#include "common/store/stream.h"
#include "proto/receiver.h"

enum { POSITION_STEPS_MAX = 8 };

struct position_change {
    int32_t stream;
    bool new_epoch;
    struct chain_hash first_hash; /* with new_epoch: h(0) */
    struct stream_row row;        /* row.log is filled by position_stored when new_epoch */
};

struct position {
    struct pg_params streams, keep, retire, make;
    struct pgstep steps[POSITION_STEPS_MAX];
    size_t step_count;
    size_t make_step; /* 0 = none: it is never the first */
};
void position_finish(struct position *position);

/* Three steps; the transaction stays open. false: out of memory. */
enum { POSITION_STEP_ROWS = 1, POSITION_STEP_FORMER = 2 }; /* which of them answer what */
bool position_lock(struct position *position, const int32_t *streams, size_t count);
/* The row of stream from the answer of POSITION_STEP_ROWS; without one: {.has_epoch = false}. */
void position_take(const struct pg_rows *rows, int32_t stream, struct stream_row *out);
/* Whether the stream has had a log of this epoch before (answer of POSITION_STEP_FORMER). */
bool position_former(const struct pg_rows *rows, int32_t stream, const struct epoch *epoch);

bool position_store(struct position *position, const struct position_change *changes, size_t count, struct instant at);
/* After PGFLOW_OK: gives new logs their number. rows: of each step. */
void position_stored(const struct position *position, const struct pg_rows *rows, struct position_change *changes,
                     size_t count);
bool position_release(struct position *position); /* one step: ROLLBACK */

#endif
