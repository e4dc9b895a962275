/* The six messages. One ZeroMQ message = one frame = one msgpack array [magic, ver, type, gen, body]; body = an array
 * of the fields below in their order; more fields at its end are ignored. Encoding writes into the caller's buffer;
 * a decoded message borrows from its bytes. HELLO and ERROR keep their layout for all versions. Pure. */
#ifndef DUBAN_PROTO_MESSAGE_H
#define DUBAN_PROTO_MESSAGE_H

#include "proto/chain.h"
#include "proto/codes.h"

#define MESSAGE_MAGIC "duban"

enum {
    MESSAGE_VERSION = 1,
    MESSAGE_BYTES_MAX = 1 << 20,  /* ZMQ_MAXMSGSIZE of both ends */
    MESSAGE_EVENTS_MAX = 4096,    /* in one BATCH */
    MESSAGE_BATCH_OVERHEAD = 160, /* envelope and fields of a BATCH without its events, at most */
    MESSAGE_EVENT_OVERHEAD = 5,   /* the bin header of one event, at most */
    MESSAGE_REJECTED_MAX = 64,    /* in one ACK; rejected_count tells all */
    MESSAGE_DETAIL_MAX = 200,
    MESSAGE_SOFTWARE_MAX = 64,
};

enum message_type {
    MESSAGE_HELLO = 1,
    MESSAGE_WELCOME = 2,
    MESSAGE_BATCH = 3,
    MESSAGE_ACK = 4,
    MESSAGE_STATUS = 5,
    MESSAGE_ERROR = 6,
};

struct message_hello {
    unsigned ver_min, ver_max;
    struct slice stream;
    struct epoch epoch;
    uint64_t first_retained; /* 1 when nothing was ever deleted; last_seq + 1 when nothing is kept */
    uint64_t last_seq;       /* 0 = no event yet */
    uint64_t acked_seq;
    struct chain_hash acked_hash; /* h(acked_seq); zeros at 0 */
    int64_t clock_ms;             /* the agent's real time; only for showing its skew */
    struct slice software;
};
struct message_welcome {
    unsigned version;
    uint64_t committed_seq;
    struct chain_hash head_hash; /* h(committed_seq) */
    uint32_t window_events, window_bytes, max_batch, heartbeat_ms;
    int64_t time_ms;
};
struct message_batch {
    unsigned layout;
    uint64_t first_seq;
    struct chain_hash prev_hash; /* h(first_seq - 1) */
    const struct slice *events;  /* canonical bytes each; decoded: the caller's array */
    size_t count;
    struct chain_hash last_hash;
};
enum ack_flag { ACK_OK = 0, ACK_REWIND = 1, ACK_BUSY = 2 };
struct message_rejected {
    uint64_t seq;
    uint16_t code; /* enum quarantine_code */
};
struct message_ack {
    uint64_t committed_seq;
    struct chain_hash head_hash;
    enum ack_flag flag;
    uint32_t retry_after_ms;
    struct message_rejected rejected[MESSAGE_REJECTED_MAX];
    size_t rejected_listed; /* of the array */
    uint64_t rejected_count;
};
struct message_status {
    uint64_t last_seq;
    uint64_t depth;        /* events not yet acked */
    int64_t oldest_age_ms; /* of the oldest of them; 0 = none */
    uint64_t disk_free;    /* bytes */
    int64_t clock_ms;
};
struct message_error {
    unsigned code;  /* enum wire_error, or a later one: act by class */
    unsigned class; /* enum error_class */
    struct slice detail;
};

struct message {
    enum message_type type;
    unsigned version; /* of the layout; MESSAGE_VERSION */
    uint64_t gen;     /* the session's; in an ERROR the centre's own gen of the stream, 0 = not told */
    union {
        struct message_hello hello;
        struct message_welcome welcome;
        struct message_batch batch;
        struct message_ack ack;
        struct message_status status;
        struct message_error error;
    };
};

/* PROTO_NO_SPACE, or PROTO_RANGE for fields beyond their bounds. */
__attribute__((warn_unused_result)) enum proto_code message_encode(const struct message *message, uint8_t *out,
                                                                   size_t cap, size_t *len);

/* events: room for the slices of a BATCH (events_max of them; NULL, 0 on the agent's side). PROTO_VERSION: a
 * version not ours (out->type and out->gen are set when they could be read); PROTO_TOO_LARGE: more events or bytes than
 * allowed; else PROTO_SYNTAX (another magic, too), PROTO_RANGE, PROTO_TRUNCATED, PROTO_TRAILING. Events themselves are not
 * looked into. */
__attribute__((warn_unused_result)) enum proto_code
message_decode(const uint8_t *bytes, size_t len, struct slice *events, size_t events_max, struct message *out);

const char *message_type_name(unsigned type); /* "HELLO" */

#endif
