/* The transaction of one group of batches: what the aggregator's core decided, as statements. Filled row by row, then
 * turned into the steps of one flow (link/pgflow.h): positions by compare-and-set under the row lock, events, batch
 * heads, quarantine, receipts, wakes, current state, NOTIFY, COMMIT. Nothing here blocks. */
#ifndef DUBAN_STORE_INGEST_H
#define DUBAN_STORE_INGEST_H

#include "common/link/pgflow.h"
#include "common/store/event.h"
#include "common/store/quarantine.h"
#include "common/store/stream.h"

/* The statements to be prepared on the ingest connection, and its set-up. */
enum { INGEST_PREPARED = 3 };
extern const struct pgprepare ingest_prepare[INGEST_PREPARED];
extern const char ingest_setup[]; /* force_generic_plan, synchronous_commit, LISTEN duban_keys, duban_plan */

/* Moves only when gen and from_seq are still those of the row, and the key is still allowed to speak for the stream. */
struct ingest_position {
    int32_t log;
    uint64_t gen, from_seq, to_seq;
    struct chain_hash head;
    const char *key; /* public key, Z85 */
};
struct ingest_batch {
    int32_t log;
    uint64_t first_seq, last_seq;
    struct chain_hash head;
};
struct ingest_receipt {
    int32_t log, stream;
    int64_t seq;
    struct instant reported_at;
    struct slice file, feed, period; /* nil allowed but for file */
    const uint8_t *hash;             /* EVENT_HASH_BYTES | NULL */
    uint32_t taken, unchanged, held, refused;
    struct slice refusals; /* JSON text */
};
/* What the newest figure of a cell is now. */
struct ingest_current {
    int32_t cell;
    struct day as_of;
    struct figure figure;
    int32_t log;
    int64_t seq;
};
struct ingest_status {
    int32_t stream;
    int64_t last_seq, depth, oldest_age_ms, disk_free, clock_skew_ms;
    struct slice software; /* nil = leave as it is */
};

enum { INGEST_STEPS_MAX = 16 };
struct ingest {
    struct instant known_at;
    struct copy events, batches, quarantine, receipts, wakes;
    struct ingest_rows {
        void *items;
        size_t count, capacity;
    } position_rows, current_rows, status_rows;
    struct pg_params positions, currents, statuses;
    char event_sql[512];
    struct pgstep steps[INGEST_STEPS_MAX];
    size_t step_count;
    size_t position_step; /* which step is the compare-and-set; 0 = none */
    bool failed;                      /* out of memory */
};

void ingest_begin(struct ingest *ingest, struct instant known_at); /* empties; keeps the memory */
void ingest_finish(struct ingest *ingest);

void ingest_put_event(struct ingest *ingest, const struct stored_event *event);
void ingest_put_quarantine(struct ingest *ingest, const struct quarantined *row);
void ingest_put_batch(struct ingest *ingest, const struct ingest_batch *batch);
void ingest_put_position(struct ingest *ingest, const struct ingest_position *position); /* one a log */
void ingest_put_current(struct ingest *ingest, const struct ingest_current *current);    /* one a cell */
void ingest_put_receipt(struct ingest *ingest, const struct ingest_receipt *receipt);
void ingest_put_wake_cell(struct ingest *ingest, int32_t cell, struct instant not_before);
void ingest_put_wake_stream(struct ingest *ingest, int32_t stream, struct instant not_before);
void ingest_put_status(struct ingest *ingest, const struct ingest_status *status); /* one a stream */

/* The steps of the transaction, COMMIT last. `partition`: the month's (event_partition), or "event_default" while the
 * month's has not been ensured. Borrowed from ingest. false: out of memory. */
__attribute__((warn_unused_result)) bool ingest_plan(struct ingest *ingest, const char *partition);
bool ingest_is_empty(const struct ingest *ingest);

#endif
