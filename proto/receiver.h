/* The centre's side of one stream, pure: given the stream's row and a message, what is to be done. The shell (the
 * aggregator) owns the database: it loads the row, queues what is taken for the coming transaction, and tells how that
 * ended. Between `committed` (in the database) and `queued` (taken, not yet committed) may lie several batches.
 *
 * ★ what the shell must do and this room cannot:
 *   - HELLO in its own transaction: SELECT the row FOR UPDATE, receiver_load, receiver_hello, write answer.row, COMMIT,
 *     receiver_load(answer.row), WELCOME.
 *   - The position moves in the transaction of its events, by UPDATE … SET committed_seq, head_hash WHERE log AND gen
 *     AND committed_seq are still those of receiver.row; no row hit = roll back, receiver_load, nothing acked.
 *   - A COMMIT in doubt is settled by SELECT … FOR UPDATE and receiver_load, never by a plain SELECT.
 *   - ACK only after COMMIT answered without a WARNING. */
#ifndef DUBAN_PROTO_RECEIVER_H
#define DUBAN_PROTO_RECEIVER_H

#include "proto/message.h"

/* The row of the stream. */
struct stream_row {
    int32_t log; /* (stream, epoch) as a number; kept for the shell, 0 until there is an epoch */
    bool has_epoch;
    struct epoch epoch;
    uint64_t gen; /* 0 = never entered */
    uint64_t committed_seq;
    struct chain_hash head; /* h(committed_seq) */
    bool reopen;            /* one new epoch may enter */
};

struct receiver {
    struct stream_row row;
    uint64_t queued_seq; /* ≥ row.committed_seq */
    struct chain_hash queued_head;
    uint32_t window_events;
};

enum receiver_verdict {
    RECEIVER_ADMIT = 1, /* HELLO: store answer.row, commit, then receiver_welcome */
    RECEIVER_SETTLE,    /* HELLO while batches are queued: finish their transaction, then ask again */
    RECEIVER_TAKE,      /* BATCH: queue events[skip…count); the ACK follows the commit */
    RECEIVER_ACK,       /* answer now: receiver_ack(flag) */
    RECEIVER_SILENT,    /* all of it is queued already: the ACK follows their commit */
    RECEIVER_REFUSE,    /* answer now: receiver_error(error) */
};
struct receiver_answer {
    enum receiver_verdict verdict;
    enum ack_flag flag;    /* ACK */
    enum wire_error error; /* REFUSE */
    const char *detail;    /* REFUSE: static English text */
    struct stream_row row; /* ADMIT: as to be stored */
    /* ADMIT: row.epoch is new: the shell makes a new log for it and sets row.log. ★ If the stream has had a log of this
     * epoch before, the shell calls receiver_former_epoch instead: an old copy must not use up the reopening. */
    bool new_epoch;
    /* TAKE */
    size_t skip;        /* events at the front already there (hashes compared) */
    uint64_t first_seq; /* of the first one taken */
    uint64_t last_seq;
    struct chain_hash head; /* h(last_seq) */
};

/* What the list of keys says of the message's User-Id and this stream. */
enum key_permission { KEY_UNKNOWN, KEY_REVOKED, KEY_ALLOWED };

/* The row as the database has it now: at first, after a HELLO, after anything went wrong. Queued is dropped. */
void receiver_load(struct receiver *receiver, const struct stream_row *row, uint32_t window_events);

/* stream: the name of this row (the shell found it by hello.stream). */
void receiver_hello(const struct receiver *receiver, const struct message *message, struct slice stream,
                    enum key_permission permission, struct receiver_answer *answer);
/* Turns the answer to a HELLO (ADMIT with new_epoch, or UNKNOWN_EPOCH) into a refusal: the epoch is a former one. */
void receiver_former_epoch(struct receiver_answer *answer);
/* After TAKE `queued` has moved to answer.last_seq. Hashes each event once or twice, no allocation. */
void receiver_batch(struct receiver *receiver, const struct message *message, enum key_permission permission,
                    struct receiver_answer *answer);
void receiver_status(const struct receiver *receiver, const struct message *message, enum key_permission permission,
                     struct receiver_answer *answer);

/* The transaction that held the batches up to seq is committed. */
void receiver_committed(struct receiver *receiver, uint64_t seq, const struct chain_hash *head);
/* It was rolled back: drop every queued batch of this stream; queued = committed. */
void receiver_rolled_back(struct receiver *receiver);

/* The answers. */
struct message receiver_welcome(const struct receiver *receiver, uint32_t window_bytes, uint32_t max_batch,
                                uint32_t heartbeat_ms, int64_t time_ms);
/* rejected of the ACK is empty: the shell adds. */
struct message receiver_ack(const struct receiver *receiver, enum ack_flag flag, uint32_t retry_after_ms);
/* receiver NULL: no stream known; the gen told is 0. */
struct message receiver_error(const struct receiver *receiver, enum wire_error error, const char *detail);

const char *receiver_verdict_name(enum receiver_verdict verdict);

#endif
