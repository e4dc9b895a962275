/* The durable outbox of one stream: its events with their running hash, how far the centre has acknowledged, and what
 * the sources have given so far (sources.h), in one SQLite file. Collectors send figures with it, the office its
 * decisions.
 *
 * One process, one thread, one connection: the file is held exclusively from spool_open to spool_close (a second opener
 * is ERROR_CONFLICT). Everything that writes blocks until the disk has it (WAL, synchronous=FULL); a failed fsync is
 * never retried: close and open again. Never copy the file without its -wal. */
#ifndef DUBAN_SPOOL_SPOOL_H
#define DUBAN_SPOOL_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "proto/sender.h"

struct spool;

/* 0 in any field = its default. */
struct spool_limits {
    int64_t keep_ms;       /* acknowledged events are kept so long, for a centre restored from its backup; 35 days */
    int64_t keep_bytes;    /* … but no more bytes of them than this; 256 MiB */
    int64_t max_bytes;     /* events not yet acknowledged: beyond it the spool is full; 1 GiB */
    int64_t reserve_bytes; /* free space on the disk that must remain, else the spool is full; 64 MiB */
};

/* What the spool holds at this moment. */
struct spool_state {
    struct epoch epoch;
    uint64_t gen;            /* 0 = never entered */
    uint64_t first_retained; /* 1 at first; last_seq + 1 when nothing is kept */
    uint64_t last_seq, acked_seq;
    struct chain_hash head;       /* h(last_seq) */
    struct chain_hash acked_hash; /* h(acked_seq) */
    enum halt_reason halt;
    uint64_t halt_gen;
    uint64_t pending_bytes, kept_bytes; /* of events not acknowledged, and acknowledged ones */
};

/* Opens, or makes the file with a new epoch and gen 0. Checks the file and recomputes the chain of what is kept:
 * ERROR_INPUT when it is damaged (remedy in the words), ERROR_CONFLICT when it belongs to another stream or is in use
 * (wait_ms: how long to wait for that user). */
__attribute__((warn_unused_result)) enum error_code spool_open(const char *file, struct slice stream,
                                                               const struct spool_limits *limits, int wait_ms,
                                                               struct spool **out, struct error *err);
void spool_close(struct spool **spool);

/* Lent; true until the next call that changes the spool. Inside a transaction: with what was appended in it. */
const struct spool_state *spool_state(const struct spool *spool);
struct slice spool_stream(const struct spool *spool);

/* --- writing --- */

/* A transaction holds events and source marks together. Rolled back by spool_rollback or by any failure in it. */
__attribute__((warn_unused_result)) enum error_code spool_begin(struct spool *spool, struct error *err);
/* Appends canonical bytes (checked by decoding); *seq may be NULL. ERROR_CONFLICT: full. `now`: domain time, for
 * retention. */
__attribute__((warn_unused_result)) enum error_code spool_append(struct spool *spool, const uint8_t *event, size_t len,
                                                                 struct instant now, uint64_t *seq, struct error *err);
/* The same from an event not yet encoded. */
__attribute__((warn_unused_result)) enum error_code spool_append_event(struct spool *spool, const struct event *event,
                                                                       struct instant now, uint64_t *seq,
                                                                       struct error *err);
__attribute__((warn_unused_result)) enum error_code spool_commit(struct spool *spool, struct error *err);
void spool_rollback(struct spool *spool); /* also when no transaction is open */

/* Whether `bytes` more would not be taken now; *why (may be NULL) is a static Chinese text for the status. */
bool spool_full(const struct spool *spool, size_t bytes, const char **why);
uint64_t spool_disk_free(const struct spool *spool); /* bytes; 0 when unknown */

/* --- the session's side (uplink.h) --- */

/* Events from `from`, at most max_events and max_bytes (at least one event when there is one). Fills items with lent
 * bytes, valid until the next call. */
struct spool_batch {
    const struct slice *items;
    size_t count, bytes;
    uint64_t first_seq;
    struct chain_hash before, last; /* h(first_seq - 1), h(last) */
};
__attribute__((warn_unused_result)) enum error_code spool_read(struct spool *spool, uint64_t from, size_t max_events,
                                                               size_t max_bytes, struct spool_batch *out,
                                                               struct error *err);
/* h(seq), for first_retained - 1 ≤ seq ≤ last_seq; *found = false elsewhere. */
__attribute__((warn_unused_result)) enum error_code spool_hash(struct spool *spool, uint64_t seq,
                                                               struct chain_hash *out, bool *found, struct error *err);
__attribute__((warn_unused_result)) enum error_code spool_store_gen(struct spool *spool, uint64_t gen,
                                                                    struct error *err);
/* base = h(0): recomputes every h(n). Only while nothing was ever deleted or acknowledged. */
__attribute__((warn_unused_result)) enum error_code spool_adopt_base(struct spool *spool, const struct chain_hash *base,
                                                                     struct error *err);
/* May go back (a restored centre). */
__attribute__((warn_unused_result)) enum error_code spool_set_acked(struct spool *spool, uint64_t seq,
                                                                    const struct chain_hash *hash, struct error *err);
__attribute__((warn_unused_result)) enum error_code spool_set_halt(struct spool *spool, enum halt_reason halt,
                                                                   uint64_t centre_gen, struct error *err);
/* Deletes acknowledged events beyond the limits. Cheap when there is nothing to do. */
__attribute__((warn_unused_result)) enum error_code spool_trim(struct spool *spool, struct instant now,
                                                               struct error *err);
/* When the oldest event not acknowledged was appended; INSTANT_NONE when there is none. */
__attribute__((warn_unused_result)) enum error_code spool_oldest_pending(struct spool *spool, struct instant *out,
                                                                         struct error *err);

/* What an operator does after FORK, STALE_SPOOL or GAP_LOST, when the centre has reopened the stream: a new epoch, gen
 * kept, into which what is not acknowledged moves (after GAP_LOST everything kept), numbered from 1, uids unchanged. */
__attribute__((warn_unused_result)) enum error_code spool_new_epoch(struct spool *spool, struct error *err);

#endif
