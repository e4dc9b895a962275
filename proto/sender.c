#include "proto/sender.h"

enum {
    ANSWER_WAIT_MS = 10000, /* for the handshake, and for WELCOME */
    BACKOFF_MIN_MS = 500,
    BACKOFF_FIRST_MS = 1000,
    BACKOFF_MAX_MS = 60000,
    MISSED_MAX = 3,       /* unanswered STATUS before the connection is given up */
    STALL_HEARTBEATS = 4, /* under way without progress before it is sent again */
    BUSY_LONG_MS = 60000, /* before the next server is tried */
    BUSY_MIN_MS = 100,
    HEARTBEAT_MIN_MS = 100,
    HEARTBEAT_MAX_MS = 600000,
};

void sender_init(struct sender *sender, const struct sender_settings *settings, enum halt_reason halt,
                 uint64_t halt_gen) {
    *sender = (struct sender){.settings = *settings, .batch_limit = MESSAGE_EVENTS_MAX};
    if (sender->settings.servers == 0) sender->settings.servers = 1;
    if (halt == HALT_NONE) return;
    sender->state = SENDER_HALTED;
    sender->halt = halt;
    sender->halt_gen = halt_gen;
}

static struct sender_action *add(struct sender_actions *actions, enum sender_action_kind kind) {
    struct sender_action *action = &actions->items[actions->count++];
    *action = (struct sender_action){.kind = kind};
    return action;
}

static void raise_alarm(struct sender_actions *actions, enum sender_alarm alarm, uint64_t seq) {
    struct sender_action *action = add(actions, SENDER_ALARM);
    action->alarm = alarm;
    action->seq = seq;
}

static void set_acked(struct sender_actions *actions, uint64_t seq, const struct chain_hash *hash) {
    struct sender_action *action = add(actions, SENDER_SET_ACKED);
    action->seq = seq;
    action->hash = *hash;
}

/* Full jitter: anywhere between the least wait and a bound that doubles with each attempt. */
static int64_t backoff_ms(unsigned attempts, uint64_t random) {
    int64_t bound = attempts < 6 ? (int64_t)BACKOFF_FIRST_MS << attempts : BACKOFF_MAX_MS;
    if (bound > BACKOFF_MAX_MS) bound = BACKOFF_MAX_MS;
    return BACKOFF_MIN_MS + (int64_t)(random % (uint64_t)(bound - BACKOFF_MIN_MS + 1));
}

static void next_server(struct sender *sender) {
    sender->server = (sender->server + 1) % sender->settings.servers;
}

/* End of this session, the next one after a back-off. */
static void go_down(struct sender *sender, const struct sender_view *view, struct sender_actions *actions) {
    if (sender->state != SENDER_DOWN) add(actions, SENDER_CLOSE);
    sender->state = SENDER_DOWN;
    sender->wake_ms = view->now_ms + backoff_ms(sender->attempts, view->random);
    if (sender->attempts < UINT16_MAX) sender->attempts++;
    sender->flight_count = 0;
    sender->busy_until_ms = 0;
}

static void halt(struct sender *sender, enum halt_reason reason, uint64_t centre_gen, struct sender_actions *actions) {
    add(actions, SENDER_CLOSE);
    struct sender_action *action = add(actions, SENDER_HALT);
    action->halt = reason;
    action->gen = centre_gen;
    sender->state = SENDER_HALTED;
    sender->halt = reason;
    sender->halt_gen = centre_gen;
    sender->flight_count = 0;
}

static void connect_now(struct sender *sender, const struct sender_view *view, struct sender_actions *actions) {
    add(actions, SENDER_OPEN)->server = sender->server;
    sender->state = SENDER_CONNECTING;
    sender->wake_ms = view->now_ms + ANSWER_WAIT_MS;
}

/* What is under way counts as lost: it goes out again from the centre's position. */
static void rewind_to_centre(struct sender *sender, const struct sender_view *view) {
    sender->next_seq = sender->centre_seq + 1;
    sender->flight_count = 0;
    sender->progress_ms = view->now_ms;
}

static size_t bytes_under_way(const struct sender *sender) {
    size_t bytes = 0;
    for (size_t i = 0; i < sender->flight_count; i++)
        bytes += sender->flights[i].bytes;
    return bytes;
}

static uint64_t least(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

/* The next batch, if the window lets one out: its right edge is the last ACK plus the window, so nothing leaks. */
static void send_batch(struct sender *sender, const struct sender_view *view, struct sender_actions *actions) {
    enum { ROOM = MESSAGE_BYTES_MAX - MESSAGE_BATCH_OVERHEAD };
    bool waiting = sender->busy_until_ms > view->now_ms || sender->flight_count == SENDER_FLIGHTS_MAX;
    if (sender->next_seq < view->first_retained || sender->next_seq > view->last_seq + 1) {
        go_down(sender, view, actions); /* not the spool this session began with: WELCOME will judge it */
        return;
    }
    if (waiting || sender->next_seq > view->last_seq) return;
    uint64_t under_way = sender->next_seq - 1 - sender->centre_seq;
    if (under_way >= sender->welcome.window_events) return;
    uint64_t events = least(sender->welcome.window_events - under_way, view->last_seq - sender->next_seq + 1);
    events = least(events, least(sender->welcome.max_batch, sender->batch_limit));
    size_t used = bytes_under_way(sender), window = sender->welcome.window_bytes;
    size_t bytes = used < window ? window - used : 0;
    if (bytes < EVENT_BYTES_MAX) {
        if (sender->flight_count > 0) return; /* an ACK will make room */
        bytes = EVENT_BYTES_MAX;
    }
    struct sender_action *action = add(actions, SENDER_SEND_BATCH);
    action->seq = sender->next_seq;
    action->max_events = (size_t)least(events, MESSAGE_EVENTS_MAX);
    action->max_bytes = (size_t)least(bytes, ROOM);
}

static void heartbeat(struct sender *sender, const struct sender_view *view, struct sender_actions *actions) {
    if (!sender->heard && ++sender->missed >= MISSED_MAX) {
        next_server(sender);
        go_down(sender, view, actions);
        return;
    }
    sender->heard = false;
    sender->wake_ms = view->now_ms + sender->welcome.heartbeat_ms;
    add(actions, SENDER_SEND_STATUS);
    int64_t stalled_ms = view->now_ms - sender->progress_ms;
    bool busy = sender->busy_until_ms > view->now_ms;
    if (sender->flight_count == 0 || busy || stalled_ms < STALL_HEARTBEATS * (int64_t)sender->welcome.heartbeat_ms)
        return;
    raise_alarm(actions, ALARM_STALLED, sender->centre_seq);
    rewind_to_centre(sender, view);
}

void sender_tick(struct sender *sender, const struct sender_view *view, struct sender_actions *actions) {
    actions->count = 0;
    switch (sender->state) {
    case SENDER_DOWN:
        if (view->now_ms >= sender->wake_ms) connect_now(sender, view, actions);
        break;
    case SENDER_CONNECTING:
    case SENDER_HELLO_SENT:
        if (view->now_ms < sender->wake_ms) break;
        next_server(sender);
        go_down(sender, view, actions);
        break;
    case SENDER_LIVE:
        if (view->now_ms >= sender->busy_until_ms) sender->busy_until_ms = 0;
        if (view->now_ms >= sender->wake_ms) heartbeat(sender, view, actions);
        if (sender->state == SENDER_LIVE) send_batch(sender, view, actions);
        break;
    case SENDER_HALTED:
        break;
    }
}

void sender_connected(struct sender *sender, const struct sender_view *view, struct sender_actions *actions) {
    actions->count = 0;
    if (sender->state != SENDER_CONNECTING) return;
    uint64_t above = view->gen > sender->gen_floor ? view->gen : sender->gen_floor;
    sender->gen = above + 1;
    sender->epoch = view->epoch;
    sender->state = SENDER_HELLO_SENT;
    sender->wake_ms = view->now_ms + ANSWER_WAIT_MS;
    add(actions, SENDER_STORE_GEN)->gen = sender->gen;
    add(actions, SENDER_SEND_HELLO)->gen = sender->gen;
}

void sender_disconnected(struct sender *sender, const struct sender_view *view, struct sender_actions *actions) {
    actions->count = 0;
    if (sender->state == SENDER_HALTED || sender->state == SENDER_DOWN) return;
    if (sender->state == SENDER_CONNECTING) next_server(sender);
    go_down(sender, view, actions);
}

void sender_failed(struct sender *sender, const struct sender_view *view, struct sender_actions *actions) {
    actions->count = 0;
    if (sender->state == SENDER_HALTED || sender->state == SENDER_DOWN) return;
    go_down(sender, view, actions);
}

bool sender_asks_hash(const struct message *message, uint64_t *seq) {
    bool welcome = message->type == MESSAGE_WELCOME;
    if (!welcome && message->type != MESSAGE_ACK) return false;
    *seq = welcome ? message->welcome.committed_seq : message->ack.committed_seq;
    return true;
}

/* The centre says where it stands: does that fit what we hold? False = halted. ★ The hash is compared before anything
 * is marked as acked: without that a clone or a restored spool would be believed. */
static bool agree(struct sender *sender, uint64_t committed, const struct chain_hash *head,
                  const struct chain_hash *own, const struct sender_view *view, struct sender_actions *actions) {
    enum halt_reason reason = HALT_NONE;
    if (committed > view->last_seq)
        reason = HALT_STALE_SPOOL;
    else if (committed + 1 < view->first_retained)
        reason = HALT_GAP_LOST;
    else if (committed > 0 && !own)
        reason = HALT_GAP_LOST;
    else if (committed > 0 && !chain_equal(own, head))
        reason = HALT_FORK;
    if (reason != HALT_NONE) {
        halt(sender, reason, sender->gen, actions);
        return false;
    }
    if (committed == 0 && (!own || !chain_equal(own, head))) add(actions, SENDER_ADOPT_BASE)->hash = *head;
    if (committed < view->acked_seq) raise_alarm(actions, ALARM_DATABASE_WENT_BACK, committed);
    if (committed != view->acked_seq) set_acked(actions, committed, head);
    return true;
}

static void welcomed(struct sender *sender, const struct message_welcome *welcome, const struct chain_hash *own,
                     const struct sender_view *view, struct sender_actions *actions) {
    if (sender->state != SENDER_HELLO_SENT) return;
    if (welcome->version != MESSAGE_VERSION) {
        halt(sender, HALT_UNSUPPORTED_VERSION, sender->gen, actions);
        return;
    }
    if (!agree(sender, welcome->committed_seq, &welcome->head_hash, own, view, actions)) return;
    sender->welcome = *welcome;
    if (sender->welcome.heartbeat_ms < HEARTBEAT_MIN_MS) sender->welcome.heartbeat_ms = HEARTBEAT_MIN_MS;
    if (sender->welcome.heartbeat_ms > HEARTBEAT_MAX_MS) sender->welcome.heartbeat_ms = HEARTBEAT_MAX_MS;
    sender->state = SENDER_LIVE;
    sender->centre_seq = welcome->committed_seq;
    rewind_to_centre(sender, view);
    sender->stale_rewinds = 0;
    sender->missed = 0;
    sender->heard = true;
    sender->wake_ms = view->now_ms; /* a first STATUS at once */
}

/* The centre got on to `committed`, or fell behind it. */
static void moved(struct sender *sender, uint64_t committed, const struct sender_view *view) {
    size_t done = 0;
    bool back = committed < sender->centre_seq;
    sender->centre_seq = committed;
    if (back || committed >= sender->next_seq) rewind_to_centre(sender, view);
    if (back) return;
    while (done < sender->flight_count && sender->flights[done].last_seq <= committed)
        done++;
    sender->flight_count -= done;
    memmove(sender->flights, sender->flights + done, sender->flight_count * sizeof *sender->flights);
    sender->progress_ms = view->now_ms;
    sender->attempts = 0;
    sender->busy_since_ms = 0;
    if (sender->batch_limit < MESSAGE_EVENTS_MAX) sender->batch_limit *= 2;
}

static void busy(struct sender *sender, int64_t retry_after_ms, const struct sender_view *view,
                 struct sender_actions *actions) {
    if (retry_after_ms < BUSY_MIN_MS) retry_after_ms = BUSY_MIN_MS;
    if (retry_after_ms > BACKOFF_MAX_MS) retry_after_ms = BACKOFF_MAX_MS;
    if (sender->busy_since_ms == 0) sender->busy_since_ms = view->now_ms;
    sender->busy_until_ms = view->now_ms + retry_after_ms;
    rewind_to_centre(sender, view);
    if (sender->settings.servers < 2 || view->now_ms - sender->busy_since_ms < BUSY_LONG_MS) return;
    sender->busy_since_ms = 0;
    next_server(sender);
    go_down(sender, view, actions);
}

/* Each batch behind a lost one is answered by a rewind: the first counts, or the same events would go out many times.
 */
static void rewound(struct sender *sender, const struct sender_view *view) {
    bool stale = sender->stale_rewinds > 0 && view->now_ms - sender->rewound_ms < (int64_t)sender->welcome.heartbeat_ms;
    if (stale) {
        sender->stale_rewinds--;
        return;
    }
    sender->stale_rewinds = sender->flight_count > 0 ? sender->flight_count - 1 : 0;
    sender->rewound_ms = view->now_ms;
    rewind_to_centre(sender, view);
}

static void acked(struct sender *sender, const struct message_ack *ack, const struct chain_hash *own,
                  const struct sender_view *view, struct sender_actions *actions) {
    if (sender->state != SENDER_LIVE) return;
    if (!agree(sender, ack->committed_seq, &ack->head_hash, own, view, actions)) return;
    if (ack->committed_seq != sender->centre_seq) moved(sender, ack->committed_seq, view);
    if (ack->flag == ACK_BUSY)
        busy(sender, ack->retry_after_ms, view, actions);
    else if (ack->flag == ACK_REWIND)
        rewound(sender, view);
    else if (sender->centre_seq == view->last_seq)
        sender->attempts = 0; /* all well: nothing is left to send */
    if (sender->state == SENDER_LIVE) send_batch(sender, view, actions);
}

static enum halt_reason halt_of(unsigned code) {
    switch (code) {
    case WIRE_FENCED:
        return HALT_FENCED;
    case WIRE_REVOKED:
        return HALT_REVOKED;
    case WIRE_FORK:
        return HALT_FORK;
    case WIRE_UNSUPPORTED_VERSION:
        return HALT_UNSUPPORTED_VERSION;
    case WIRE_FORMER_EPOCH:
        return HALT_STALE_SPOOL;
    default:
        return HALT_REFUSED;
    }
}

static void refused(struct sender *sender, const struct message *message, const struct sender_view *view,
                    struct sender_actions *actions) {
    const struct message_error *error = &message->error;
    if (error->class == ERROR_CLASS_NEVER) {
        halt(sender, halt_of(error->code), message->gen, actions);
        return;
    }
    /* A stream that is reopened keeps its gen: a new epoch starts above it. Nobody lives under an epoch the centre does
     * not know, so this lets no clone in. */
    if (error->code == WIRE_UNKNOWN_EPOCH && message->gen > sender->gen_floor) sender->gen_floor = message->gen;
    if (error->code == WIRE_TOO_LARGE && sender->batch_limit > 1) sender->batch_limit /= 2;
    if (error->code == WIRE_DRAINING || error->code == WIRE_BUSY) next_server(sender);
    go_down(sender, view, actions);
}

void sender_received(struct sender *sender, const struct message *message, const struct chain_hash *own_hash,
                     const struct sender_view *view, struct sender_actions *actions) {
    actions->count = 0;
    if (sender->state != SENDER_HELLO_SENT && sender->state != SENDER_LIVE) return;
    if (message->type == MESSAGE_ERROR) {
        refused(sender, message, view, actions);
        return;
    }
    if (message->gen != sender->gen) return;
    if (!epoch_equal(&sender->epoch, &view->epoch)) {
        go_down(sender, view, actions); /* another spool than the one that said HELLO */
        return;
    }
    sender->heard = true;
    sender->missed = 0;
    if (message->type == MESSAGE_WELCOME)
        welcomed(sender, &message->welcome, own_hash, view, actions);
    else if (message->type == MESSAGE_ACK)
        acked(sender, &message->ack, own_hash, view, actions);
}

void sender_batch_sent(struct sender *sender, uint64_t last_seq, size_t bytes, const struct sender_view *view) {
    bool fits =
        sender->state == SENDER_LIVE && last_seq >= sender->next_seq && sender->flight_count < SENDER_FLIGHTS_MAX;
    if (!fits) return;
    if (sender->flight_count == 0) sender->progress_ms = view->now_ms;
    sender->flights[sender->flight_count++] = (struct sender_flight){last_seq, bytes};
    sender->next_seq = last_seq + 1;
}

void sender_resume(struct sender *sender, uint64_t centre_gen, const struct sender_view *view,
                   struct sender_actions *actions) {
    actions->count = 0;
    if (sender->state != SENDER_HALTED) return;
    sender->state = SENDER_DOWN;
    sender->halt = HALT_NONE;
    sender->attempts = 0;
    if (centre_gen > sender->gen_floor) sender->gen_floor = centre_gen;
    connect_now(sender, view, actions);
}

void sender_status_wanted(const struct sender *sender, struct sender_actions *actions) {
    actions->count = 0;
    if (sender->state == SENDER_LIVE) add(actions, SENDER_SEND_STATUS);
}

int64_t sender_deadline_ms(const struct sender *sender) {
    if (sender->state == SENDER_HALTED) return INT64_MAX;
    bool busy_first = sender->state == SENDER_LIVE && sender->busy_until_ms > 0 &&
                      sender->busy_until_ms < sender->wake_ms && sender->flight_count == 0;
    return busy_first ? sender->busy_until_ms : sender->wake_ms;
}

struct message sender_hello(const struct sender *sender, const struct sender_view *view, int64_t clock_ms) {
    struct message message = {.type = MESSAGE_HELLO, .version = MESSAGE_VERSION, .gen = sender->gen};
    message.hello = (struct message_hello){
        .ver_min = MESSAGE_VERSION,
        .ver_max = MESSAGE_VERSION,
        .stream = sender->settings.stream,
        .epoch = view->epoch,
        .first_retained = view->first_retained,
        .last_seq = view->last_seq,
        .acked_seq = view->acked_seq,
        .acked_hash = view->acked_hash,
        .clock_ms = clock_ms,
        .software = sender->settings.software,
    };
    if (view->acked_seq == 0) memset(message.hello.acked_hash.bytes, 0, CHAIN_HASH_BYTES);
    return message;
}

const char *sender_state_name(enum sender_state state) {
    static const char *const names[] = {"DOWN", "CONNECTING", "HELLO_SENT", "LIVE", "HALTED"};
    return (unsigned)state < sizeof names / sizeof *names ? names[state] : "UNKNOWN";
}

const char *halt_reason_name(enum halt_reason reason) {
    static const char *const names[] = {"NONE",     "FENCED", "FORK", "STALE_SPOOL", "REVOKED", "UNSUPPORTED_VERSION",
                                        "GAP_LOST", "REFUSED"};
    return (unsigned)reason < sizeof names / sizeof *names ? names[reason] : "UNKNOWN";
}
