/* The aggregator's decisions: which session a message belongs to, what is answered at once, what goes into the next
 * transaction, what follows from its end. No clock, no socket, no database: time and outcomes are arguments, answers go
 * through `send`. The shell (shell.h) carries out the transactions. */
#ifndef DUBAN_AGGREGATOR_CORE_H
#define DUBAN_AGGREGATOR_CORE_H

#include "common/link/router.h"
#include "common/store/position.h"
#include "services/aggregator/group.h"
#include "services/aggregator/view.h"

struct core_settings {
    uint32_t window_events, window_bytes, heartbeat_ms;
    size_t group_events;
    void (*send)(void *context, const struct router_peer *peer, const void *bytes, size_t len);
    void *context;
};

/* A stream some agent has spoken for since the start. */
struct session {
    int32_t stream;
    const struct stream *of; /* in the view; NULL: no such stream any more */
    struct receiver receiver;
    bool known;         /* the receiver's row is that of the database */
    bool has_peer;
    struct router_peer peer; /* of the newest HELLO */
    bool hello_waiting;
    char software[MESSAGE_SOFTWARE_MAX + 1];
    struct instant status_at;
    struct group_entry *entry; /* in the group numbered entry_group */
    uint32_t entry_group;
};
/* Which stream a connection speaks for; the older ones of a stream are kept a while, to be told that they are fenced. */
struct core_peer {
    struct router_peer peer;
    int32_t stream;
    uint64_t order;
};
struct core_hello {
    struct router_peer peer;
    int32_t stream;
    char key[KEY_TEXT_MAX];
    struct message message; /* software and stream name point into the two below */
    char software[MESSAGE_SOFTWARE_MAX + 1], name[STREAM_NAME_MAX + 1];
    bool admitted; /* what is being stored for it */
};

enum { CORE_HELLOS_MAX = 256, CORE_HELLOS_AT_ONCE = 64, CORE_PEERS_OF_STREAM = 4, CORE_STREAMS_AT_ONCE = 1024 };

struct core {
    struct core_settings settings;
    struct view view;
    bool live;     /* the database is there and all positions are known */
    bool draining;
    struct instant now; /* domain; set before every message */
    struct instant real;
    struct session **sessions; /* by stream */
    size_t session_count, session_capacity;
    struct core_peer *peers; /* by peer id */
    size_t peer_count, peer_capacity;
    uint64_t peer_order;
    struct core_hello *hellos; /* waiting, oldest first */
    size_t hello_count;
    struct position_change changes[CORE_HELLOS_AT_ONCE];
    size_t change_count, in_hand; /* hellos[0…in_hand) are under way */
    int32_t asked[CORE_STREAMS_AT_ONCE]; /* the streams whose rows are being locked */
    struct ingest_group groups[2];
    unsigned filling; /* index of the group that takes batches */
    bool flying;      /* the other one is under way */
    uint32_t group_number;
    struct slice *events; /* MESSAGE_EVENTS_MAX, for decoding */
    uint8_t *out;         /* for answers */
    uint64_t received, committed, quarantined, dropped;
};

__attribute__((warn_unused_result)) enum error_code core_init(struct core *core, const struct core_settings *settings,
                                                              struct error *err);
void core_finish(struct core *core);

/* One message. user "" = without User-Id: dropped. */
void core_message(struct core *core, const struct router_peer *peer, const char *user, struct slice bytes);
void core_peer_gone(struct core *core, const struct router_peer *peer);
/* The group is full: read no more for now. */
bool core_is_full(const struct core *core);

/* --- the database --- */
void core_away(struct core *core); /* everything not committed is dropped; agents are told to wait */
/* A new snapshot; only when the group being filled is empty. Takes it. */
void core_view(struct core *core, struct view *view);
/* The streams whose positions must be read again; count in *count. Lent. */
const int32_t *core_unknown(struct core *core, size_t *count);
void core_settle(struct core *core, const struct pg_rows *positions); /* read under the row lock */

/* A transaction of events: NULL when there is nothing to do. */
struct ingest_group *core_take_off(struct core *core);
void core_landed(struct core *core);  /* committed: the answers go out */
void core_crashed(struct core *core); /* rolled back or in doubt: all positions are unknown, agents send again */

/* HELLOs: the streams to be locked (NULL when there are none), then what is to be stored. */
const int32_t *core_hellos(struct core *core, size_t *count);
/* positions, former: the answers of position_lock. Fills core->changes. */
void core_judge(struct core *core, const struct pg_rows *positions, const struct pg_rows *former);
void core_admitted(struct core *core); /* stored: WELCOME */
void core_hellos_failed(struct core *core); /* BUSY */

#endif
