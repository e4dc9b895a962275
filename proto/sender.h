/* The agent's side of a stream, as a pure state machine: no socket, no file, no clock. The shell (common/spool) tells
 * it what happened, passing what its spool holds at that moment, and carries out the actions in their order. Every call
 * empties `actions` first. When an action fails the shell drops the rest and calls sender_failed.
 *
 *   DOWN → CONNECTING → HELLO_SENT → LIVE;   any → DOWN (back-off);   any → HALTED (left only by sender_resume)
 *
 * One socket a session: OPEN makes a new one (linger 0, no routing id, ZMQ_RECONNECT_IVL -1), CLOSE ends it. */
#ifndef DUBAN_PROTO_SENDER_H
#define DUBAN_PROTO_SENDER_H

#include "proto/message.h"

enum sender_state { SENDER_DOWN, SENDER_CONNECTING, SENDER_HELLO_SENT, SENDER_LIVE, SENDER_HALTED };

/* Why an agent stopped for good. The numbers are stored in the spool. */
enum halt_reason {
    HALT_NONE = 0,
    HALT_FENCED = 1,      /* another session of this stream is newer: a clone, a restored spool, a second agent */
    HALT_FORK = 2,        /* the centre holds other events under our numbers */
    HALT_STALE_SPOOL = 3, /* the centre holds events we have lost */
    HALT_REVOKED = 4,
    HALT_UNSUPPORTED_VERSION = 5,
    HALT_GAP_LOST = 6, /* the centre lacks events we no longer keep */
    HALT_REFUSED = 7,  /* an error unknown here, of class `never` */
};

enum sender_alarm {
    ALARM_DATABASE_WENT_BACK = 1,
    ALARM_STALLED = 2
}; /* STALLED: no progress for four heartbeats; sent again */

/* What the shell knows now. Passed with every input. */
struct sender_view {
    int64_t now_ms;  /* monotonic */
    uint64_t random; /* any 64 random bits */
    /* the spool */
    struct epoch epoch;
    uint64_t gen;            /* the last one stored */
    uint64_t first_retained; /* 1 at first; last_seq + 1 when nothing is kept */
    uint64_t last_seq;       /* 0 = no event yet */
    uint64_t acked_seq;
    struct chain_hash acked_hash;
};

enum sender_action_kind {
    SENDER_OPEN, /* a new socket to server `server`; then sender_connected or sender_disconnected */
    SENDER_CLOSE,
    SENDER_STORE_GEN,   /* commit `gen` to the spool, durably, before what follows */
    SENDER_SEND_HELLO,  /* sender_hello fills it */
    SENDER_SEND_STATUS, /* with gen = sender.gen */
    SENDER_SEND_BATCH,  /* events from `seq`, at most max_events and max_bytes of event bytes, at least one; then
                           sender_batch_sent and sender_tick again */
    SENDER_ADOPT_BASE,  /* `hash` is h(0): recompute every h(n) of the spool from it */
    SENDER_SET_ACKED,   /* commit acked_seq = `seq`, acked_hash = `hash`; may go back after ALARM_DATABASE_WENT_BACK */
    SENDER_ALARM,       /* `alarm`, about `seq` */
    SENDER_HALT,        /* commit `halt` and `gen` (the centre's, for resume) to the spool; alarm */
};
struct sender_action {
    enum sender_action_kind kind;
    unsigned server;
    uint64_t gen;
    uint64_t seq;
    struct chain_hash hash;
    size_t max_events, max_bytes;
    enum sender_alarm alarm;
    enum halt_reason halt;
};
enum { SENDER_ACTIONS_MAX = 8, SENDER_FLIGHTS_MAX = 64 };
struct sender_actions {
    struct sender_action items[SENDER_ACTIONS_MAX];
    size_t count;
};

struct sender_settings {
    struct slice stream, software; /* borrowed for the sender's life */
    unsigned servers;              /* how many there are to try in turn, ≥ 1 */
};

/* Fields are for reading only. */
struct sender {
    struct sender_settings settings;
    enum sender_state state;
    enum halt_reason halt;
    uint64_t halt_gen;  /* the centre's gen told with it */
    uint64_t gen;       /* of this session */
    struct epoch epoch; /* of this session */
    uint64_t gen_floor; /* the next gen is above it */
    unsigned server, attempts, missed;
    int64_t wake_ms; /* when DOWN ends, or CONNECTING and HELLO_SENT are given up, or LIVE has its next STATUS */
    bool heard;      /* anything since the last STATUS */
    /* of the session */
    struct message_welcome welcome;
    uint64_t centre_seq; /* committed, as last told */
    uint64_t next_seq;   /* to be sent next */
    struct sender_flight {
        uint64_t last_seq;
        size_t bytes;
    } flights[SENDER_FLIGHTS_MAX]; /* batches under way, oldest first */
    size_t flight_count;
    uint64_t batch_limit;                 /* halved by TOO_LARGE */
    int64_t progress_ms;                  /* when the centre last got on */
    int64_t busy_until_ms, busy_since_ms; /* 0 = not */
    int64_t rewound_ms;
    size_t stale_rewinds; /* still to come for batches sent before the last rewind */
};

/* halt and halt_gen as stored in the spool (HALT_NONE at first). The first tick opens a session. */
void sender_init(struct sender *sender, const struct sender_settings *settings, enum halt_reason halt,
                 uint64_t halt_gen);

/* Time passed, or the spool grew. */
void sender_tick(struct sender *sender, const struct sender_view *view, struct sender_actions *actions);
/* The CURVE handshake of the socket of the last OPEN is done. */
void sender_connected(struct sender *sender, const struct sender_view *view, struct sender_actions *actions);
/* The handshake failed, or the connection is gone. */
void sender_disconnected(struct sender *sender, const struct sender_view *view, struct sender_actions *actions);
/* An action could not be carried out (the spool's disk, a send that would block does not count). */
void sender_failed(struct sender *sender, const struct sender_view *view, struct sender_actions *actions);
/* A message from the socket of this session. When sender_asks_hash says so, own_hash is the spool's own h(seq), else
 * NULL; it must be given whenever first_retained - 1 ≤ seq ≤ last_seq. Messages of another gen are dropped. */
bool sender_asks_hash(const struct message *message, uint64_t *seq);
void sender_received(struct sender *sender, const struct message *message, const struct chain_hash *own_hash,
                     const struct sender_view *view, struct sender_actions *actions);
/* The BATCH asked for went out, up to last_seq, with so many event bytes. Not called when the socket would block: the
 * next tick asks again. */
void sender_batch_sent(struct sender *sender, uint64_t last_seq, size_t bytes, const struct sender_view *view);
/* The operator's word: leave HALTED and go on with a gen above centre_gen. After FORK, STALE_SPOOL and GAP_LOST the
 * shell has first moved what is not acked into a new epoch, and the centre has reopened the stream. */
void sender_resume(struct sender *sender, uint64_t centre_gen, const struct sender_view *view,
                   struct sender_actions *actions);
/* One STATUS now (a step of the rehearsal clock); nothing unless LIVE. */
void sender_status_wanted(const struct sender *sender, struct sender_actions *actions);

/* When sender_tick must be called at the latest; INT64_MAX when HALTED. */
int64_t sender_deadline_ms(const struct sender *sender);
/* The HELLO of this session; clock_ms is the agent's real time. */
struct message sender_hello(const struct sender *sender, const struct sender_view *view, int64_t clock_ms);

const char *sender_state_name(enum sender_state state);
const char *halt_reason_name(enum halt_reason reason); /* "FENCED" */

#endif
