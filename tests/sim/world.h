/* The seeded world of tests/sim: agents with spools, sessions that lose messages, a database with two aggregators
 * before it. The shells here are as thin as they can be; the sender and receiver in them are the real ones. No I/O. */
#ifndef DUBAN_TESTS_SIM_WORLD_H
#define DUBAN_TESTS_SIM_WORLD_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "proto/receiver.h"
#include "proto/sender.h"

enum {
    AGENTS = 3,
    AGGREGATORS = 2,
    SESSIONS = 10,
    QUEUE = 24,
    PACKET = 1536,
    SPOOL_MAX = 600,
    IDS_MAX = 4096,
    ENTRIES_MAX = 8192,
    PENDING = 24,
    RETAIN = 60,
    WINDOW = 24,
    STEPS = 3000,
    HEAL_STEPS = 60000,
};

/* ---- the world ---- */

struct spool {
    struct epoch epoch;
    uint64_t gen, first_retained, last_seq, acked_seq;
    bool has_base;
    struct chain_hash head[SPOOL_MAX + 1];
    uint32_t id[SPOOL_MAX + 1];
    enum halt_reason halt;
    uint64_t halt_gen;
};
struct packet {
    size_t len;
    uint8_t bytes[PACKET];
};
struct queue {
    struct packet items[QUEUE];
    size_t count;
};
struct session {
    bool dead;               /* a black hole: the connection stands, nothing arrives */
    bool up_open, down_open; /* either end may be gone while messages of the other are still under way */
    int agent, aggregator;
    struct queue up, down;
};
struct agent {
    bool on;
    struct spool spool, backup;
    bool has_backup;
    struct sender sender;
    int session; /* -1 */
    bool connected, unknown_epoch;
};
struct entry {
    struct epoch epoch;
    uint64_t seq;
    uint32_t id;
};
struct database {
    struct stream_row row;
    struct entry entries[ENTRIES_MAX];
    size_t count;
    struct epoch epochs[64];
    size_t epoch_count;
};
struct pending {
    int session;
    uint64_t gen, first, last;
    struct chain_hash head;
    uint32_t id[64];
};
struct aggregator {
    bool loaded;
    struct receiver receiver;
    struct pending pending[PENDING];
    size_t count, running; /* the first `running` are in the transaction */
};
struct faults {
    unsigned loss, dead, kill, clone, spool_restore, database_restore, doubt, rollback; /* per ten thousand */
};
struct world {
    uint64_t seed, random;
    int64_t now_ms;
    struct faults faults;
    bool healing;
    struct agent agents[AGENTS];
    struct session sessions[SESSIONS];
    struct aggregator aggregators[AGGREGATORS];
    struct database database, snapshot;
    uint32_t ids;
    bool acked[IDS_MAX], lost[IDS_MAX];
    bool cloned, spool_restored, database_restored, lossy;
    unsigned alarms, halts, committed, admissions;
};

static uint64_t draw(struct world *w) { /* splitmix64 */
    uint64_t z = (w->random += 0x9e3779b97f4a7c15U);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    return z ^ z >> 31;
}
static uint64_t below(struct world *w, uint64_t n) {
    return draw(w) % n;
}
static bool chance(struct world *w, unsigned per_ten_thousand) {
    return !w->healing && below(w, 10000) < per_ten_thousand;
}
static struct epoch new_epoch(struct world *w) {
    struct epoch epoch;
    for (size_t i = 0; i < EPOCH_BYTES; i++)
        epoch.bytes[i] = (uint8_t)draw(w);
    return epoch;
}
#define MUST(w, condition, ...) cr_assert(condition, "seed %llu: %s", (unsigned long long)(w)->seed, "" __VA_ARGS__)

/* ---- spool ---- */

static void event_bytes(uint32_t id, uint8_t out[8]) {
    for (int i = 0; i < 8; i++)
        out[i] = (uint8_t)(i < 4 ? id >> 8 * i : 0x5a);
}

static void spool_rehash(struct spool *s) {
    for (uint64_t n = 1; n <= s->last_seq; n++) {
        uint8_t bytes[8];
        event_bytes(s->id[n], bytes);
        s->head[n] = chain_append(&s->head[n - 1], bytes, sizeof bytes);
    }
}

static void spool_append(struct spool *s, uint32_t id) {
    if (s->last_seq == SPOOL_MAX) return;
    uint8_t bytes[8];
    event_bytes(id, bytes);
    s->id[++s->last_seq] = id;
    s->head[s->last_seq] = chain_append(&s->head[s->last_seq - 1], bytes, sizeof bytes);
}

static struct sender_view view_of(struct world *w, const struct agent *a) {
    const struct spool *s = &a->spool;
    return (struct sender_view){.now_ms = w->now_ms,
                                .random = draw(w),
                                .epoch = s->epoch,
                                .gen = s->gen,
                                .first_retained = s->first_retained,
                                .last_seq = s->last_seq,
                                .acked_seq = s->acked_seq,
                                .acked_hash = s->head[s->acked_seq]};
}

/* An id that is neither in the database nor in a spool that is kept is gone: the injected faults took it. */
static void note_physical_loss(struct world *w) {
    bool here[IDS_MAX] = {false};
    for (size_t i = 0; i < w->database.count; i++)
        here[w->database.entries[i].id] = true;
    for (int i = 0; i < AGENTS; i++) {
        const struct spool *s = &w->agents[i].spool;
        for (uint64_t n = s->first_retained; w->agents[i].on && n <= s->last_seq; n++)
            here[s->id[n]] = true;
    }
    for (uint32_t id = 0; id < w->ids; id++)
        if (!here[id]) w->lost[id] = true;
}

/* What `resume` does after FORK, STALE_SPOOL and GAP_LOST: what is kept goes into a new epoch. */
static void salvage(struct world *w, struct spool *s) {
    struct spool fresh = {.epoch = new_epoch(w), .gen = s->gen, .first_retained = 1};
    for (uint64_t n = s->first_retained; n <= s->last_seq; n++)
        spool_append(&fresh, s->id[n]);
    *s = fresh;
}

/* ---- the wire ---- */

static void push(struct world *w, struct session *session, struct queue *q, const struct message *message) {
    size_t len = 0;
    if (session->dead || q->count == QUEUE) return; /* a full pipe drops */
    if (chance(w, w->faults.loss)) return;
    enum proto_code code = message_encode(message, q->items[q->count].bytes, PACKET, &len);
    MUST(w, code == PROTO_OK, "encode");
    q->items[q->count++].len = len;
}

static struct packet pop(struct queue *q) {
    struct packet first = q->items[0];
    q->count--;
    memmove(q->items, q->items + 1, q->count * sizeof *q->items);
    return first;
}

static struct session *session_of(struct world *w, struct agent *a) {
    return a->session < 0 ? NULL : &w->sessions[a->session];
}

static void close_agent_end(struct world *w, struct agent *a) {
    struct session *session = session_of(w, a);
    if (session) session->down_open = false;
    if (session && (w->healing || chance(w, 5000))) session->up_open = false; /* else stale messages still arrive */
    a->session = -1;
    a->connected = false;
}

static void open_session(struct world *w, struct agent *a, unsigned server) {
    close_agent_end(w, a);
    for (int i = 0; i < SESSIONS; i++) {
        struct session *s = &w->sessions[i];
        if (s->up_open || s->down_open) continue;
        *s = (struct session){
            .up_open = true, .down_open = true, .agent = (int)(a - w->agents), .aggregator = (int)server % AGGREGATORS};
        a->session = i;
        return;
    }
    for (int i = 0; i < SESSIONS; i++) /* all in use: the oldest stale one dies */
        if (!w->sessions[i].down_open) w->sessions[i].up_open = false;
}

/* ---- the agent's shell ---- */

static void check_cause(struct world *w, enum halt_reason reason) {
    bool copies = w->cloned || w->spool_restored;
    if (reason == HALT_GAP_LOST)
        MUST(w, w->database_restored, "GAP_LOST without cause");
    else
        MUST(w, copies, "halted without cause");
}

static void kill_agent(struct world *w, struct agent *a) {
    static const struct sender_settings settings = {{"zhaohua", 7}, {"sim", 3}, AGGREGATORS};
    close_agent_end(w, a);
    sender_init(&a->sender, &settings, a->spool.halt, a->spool.halt_gen);
}

static void send_batch(struct world *w, struct agent *a, const struct sender_action *action) {
    struct session *session = session_of(w, a);
    struct sender_view view = view_of(w, a);
    struct spool *s = &a->spool;
    uint8_t bytes[64][8];
    struct slice events[64];
    if (!session || session->up.count > QUEUE - 4) return; /* would block */
    struct message m = {.type = MESSAGE_BATCH, .version = MESSAGE_VERSION, .gen = a->sender.gen};
    size_t count = 0, most = 1 + below(w, 9);
    while (count < most && count < action->max_events && action->seq + count <= s->last_seq) {
        event_bytes(s->id[action->seq + count], bytes[count]);
        events[count] = (struct slice){(char *)bytes[count], 8};
        count++;
    }
    MUST(w, count > 0 && action->seq >= s->first_retained, "a batch of what is not kept");
    MUST(w, action->seq + count - 1 <= a->sender.centre_seq + WINDOW, "beyond the window");
    m.batch = (struct message_batch){EVENT_LAYOUT, action->seq, s->head[action->seq - 1],
                                     events,       count,       s->head[action->seq + count - 1]};
    push(w, session, &session->up, &m);
    sender_batch_sent(&a->sender, action->seq + count - 1, count * 8, &view);
}

static void set_acked(struct world *w, struct spool *s, uint64_t seq) {
    s->acked_seq = seq;
    for (uint64_t n = s->first_retained; n <= seq; n++)
        w->acked[s->id[n]] = true;
    if (seq < RETAIN || seq - RETAIN + 1 <= s->first_retained) return;
    s->first_retained = seq - RETAIN + 1;
    if (w->database_restored) note_physical_loss(w);
}

static void act(struct world *w, struct agent *a, const struct sender_actions *actions) {
    struct session *session;
    for (size_t i = 0; i < actions->count; i++) {
        const struct sender_action *action = &actions->items[i];
        if (chance(w, w->faults.kill / 10)) { /* power fails between two actions */
            kill_agent(w, a);
            return;
        }
        session = session_of(w, a);
        struct sender_view view = view_of(w, a);
        switch (action->kind) {
        case SENDER_OPEN:
            open_session(w, a, action->server);
            break;
        case SENDER_CLOSE:
            close_agent_end(w, a);
            break;
        case SENDER_STORE_GEN:
            MUST(w, action->gen > a->spool.gen, "gen must grow");
            a->spool.gen = action->gen;
            break;
        case SENDER_SEND_HELLO: {
            struct message hello = sender_hello(&a->sender, &view, w->now_ms);
            MUST(w, hello.gen == a->spool.gen, "HELLO before its gen is stored");
            if (session) push(w, session, &session->up, &hello);
            break;
        }
        case SENDER_SEND_STATUS: {
            struct message m = {.type = MESSAGE_STATUS, .version = MESSAGE_VERSION, .gen = a->sender.gen};
            m.status.last_seq = a->spool.last_seq;
            if (session) push(w, session, &session->up, &m);
            break;
        }
        case SENDER_SEND_BATCH:
            send_batch(w, a, action);
            break;
        case SENDER_ADOPT_BASE:
            MUST(w, a->spool.first_retained == 1, "base adopted behind a trimmed spool");
            a->spool.head[0] = action->hash;
            a->spool.has_base = true;
            spool_rehash(&a->spool);
            break;
        case SENDER_SET_ACKED:
            MUST(w, chain_equal(&a->spool.head[action->seq], &action->hash), "acked without equal hashes");
            set_acked(w, &a->spool, action->seq);
            break;
        case SENDER_ALARM:
            w->alarms++;
            if (action->alarm == ALARM_DATABASE_WENT_BACK) {
                MUST(w, w->database_restored, "went back without cause");
                bool follows = i + 1 < actions->count && actions->items[i + 1].kind == SENDER_SET_ACKED;
                MUST(w, follows && actions->items[i + 1].seq == action->seq, "the same alarm again and again");
            } else
                MUST(w, w->lossy, "stalled without cause");
            break;
        case SENDER_HALT:
            w->halts++;
            check_cause(w, action->halt);
            a->spool.halt = action->halt;
            a->spool.halt_gen = action->gen;
            break;
        }
    }
}

static void agent_receives(struct world *w, struct agent *a) {
    struct session *session = session_of(w, a);
    struct sender_actions actions;
    struct message m;
    uint64_t seq = 0;
    if (!session || session->down.count == 0) return;
    struct packet packet = pop(&session->down);
    struct sender_view view = view_of(w, a);
    MUST(w, message_decode(packet.bytes, packet.len, NULL, 0, &m) == PROTO_OK, "decode");
    if (m.type == MESSAGE_ERROR) a->unknown_epoch = m.error.code == WIRE_UNKNOWN_EPOCH;
    if (m.type == MESSAGE_WELCOME) a->unknown_epoch = false;
    struct spool *s = &a->spool;
    bool own =
        sender_asks_hash(&m, &seq) && seq + 1 >= s->first_retained && seq <= s->last_seq && (seq > 0 || s->has_base);
    sender_received(&a->sender, &m, own ? &s->head[seq] : NULL, &view, &actions);
    act(w, a, &actions);
}

static void agent_turns(struct world *w, struct agent *a) {
    struct sender_actions actions;
    struct sender_view view = view_of(w, a);
    struct session *session = session_of(w, a);
    if (a->sender.state == SENDER_CONNECTING && session && !a->connected) {
        a->connected = true;
        sender_connected(&a->sender, &view, &actions);
        act(w, a, &actions);
    } else if (a->sender.state != SENDER_DOWN && a->sender.state != SENDER_HALTED && (!session || !session->up_open)) {
        sender_disconnected(&a->sender, &view, &actions);
        act(w, a, &actions);
    } else {
        sender_tick(&a->sender, &view, &actions);
        act(w, a, &actions);
    }
    agent_receives(w, a);
}

/* The operator of agent 0 and of the centre. */
static void operate(struct world *w) {
    struct agent *a = &w->agents[0];
    struct sender_actions actions;
    if (a->unknown_epoch) w->database.row.reopen = true;
    if (a->sender.state != SENDER_HALTED) return;
    enum halt_reason reason = a->sender.halt;
    if (reason == HALT_FORK || reason == HALT_STALE_SPOOL || reason == HALT_GAP_LOST) {
        salvage(w, &a->spool);
        w->database.row.reopen = true;
        note_physical_loss(w);
    }
    a->spool.halt = HALT_NONE;
    struct sender_view view = view_of(w, a);
    sender_resume(&a->sender, a->sender.halt_gen, &view, &actions);
    act(w, a, &actions);
}

/* ---- the aggregator's shell ---- */

static void answer_to(struct world *w, int session, const struct message *m) {
    if (session >= 0 && w->sessions[session].down_open) push(w, &w->sessions[session], &w->sessions[session].down, m);
}

static void drop_pending(struct aggregator *g) {
    g->count = g->running = 0;
}

static void settle(struct world *w, struct aggregator *g) {
    drop_pending(g);
    receiver_load(&g->receiver, &w->database.row, WINDOW);
}

static bool former_epoch(const struct database *d, const struct epoch *epoch) {
    for (size_t i = 0; i < d->epoch_count; i++)
        if (epoch_equal(&d->epochs[i], epoch)) return true;
    return false;
}

static bool take_hello(struct world *w, struct aggregator *g, int session, const struct message *m) {
    struct receiver_answer answer;
    struct database *d = &w->database;
    if (g->count == 0) settle(w, g); /* SELECT … FOR UPDATE */
    receiver_hello(&g->receiver, m, slice_of("zhaohua"), KEY_ALLOWED, &answer);
    if (answer.verdict == RECEIVER_SETTLE) return false;
    bool current = d->row.has_epoch && epoch_equal(&d->row.epoch, &m->hello.epoch);
    if (!current && former_epoch(d, &m->hello.epoch)) receiver_former_epoch(&answer);
    if (answer.verdict == RECEIVER_REFUSE) {
        struct message error = receiver_error(&g->receiver, answer.error, answer.detail);
        answer_to(w, session, &error);
        return true;
    }
    MUST(w, answer.verdict == RECEIVER_ADMIT, "verdict on HELLO");
    MUST(w, answer.row.gen > d->row.gen, "gen must grow");
    MUST(w, !answer.new_epoch || !d->row.has_epoch || d->row.reopen, "an epoch nobody let in");
    MUST(w, !answer.new_epoch || !answer.row.reopen, "reopened for more than one");
    bool silent = chance(w, w->faults.doubt);
    if (silent && chance(w, 5000)) return true; /* rolled back, the answer lost */
    if (answer.new_epoch) d->epochs[d->epoch_count++] = answer.row.epoch;
    d->row = answer.row;
    w->admissions++;
    settle(w, g);
    struct message welcome = receiver_welcome(&g->receiver, 1 << 20, 8, 1000, w->now_ms);
    if (!silent) answer_to(w, session, &welcome);
    return true;
}

static void queue_batch(struct aggregator *g, int session, const struct message *m,
                        const struct receiver_answer *answer) {
    struct pending *p = &g->pending[g->count++];
    *p = (struct pending){
        .session = session, .gen = m->gen, .first = answer->first_seq, .last = answer->last_seq, .head = answer->head};
    for (size_t i = answer->skip; i < m->batch.count; i++) {
        const uint8_t *b = (const uint8_t *)m->batch.events[i].ptr;
        p->id[i - answer->skip] = (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
    }
}

static void take_batch(struct world *w, struct aggregator *g, int session, const struct message *m) {
    struct receiver_answer answer;
    struct message out;
    receiver_batch(&g->receiver, m, KEY_ALLOWED, &answer);
    if (answer.verdict == RECEIVER_TAKE) {
        queue_batch(g, session, m, &answer);
    } else if (answer.verdict == RECEIVER_ACK) {
        out = receiver_ack(&g->receiver, answer.flag, answer.flag == ACK_BUSY ? 500 : 0);
        answer_to(w, session, &out);
    } else if (answer.verdict == RECEIVER_REFUSE) {
        out = receiver_error(&g->receiver, answer.error, answer.detail);
        answer_to(w, session, &out);
    } else {
        MUST(w, answer.verdict == RECEIVER_SILENT, "verdict on BATCH");
    }
}

static void take_status(struct world *w, struct aggregator *g, int session, const struct message *m) {
    struct receiver_answer answer;
    if (g->count == 0) settle(w, g);
    receiver_status(&g->receiver, m, KEY_ALLOWED, &answer);
    struct message out = answer.verdict == RECEIVER_REFUSE ? receiver_error(&g->receiver, answer.error, answer.detail)
                                                           : receiver_ack(&g->receiver, answer.flag, 0);
    answer_to(w, session, &out);
}

static void aggregator_receives(struct world *w, struct aggregator *g, int index) {
    struct session *session = &w->sessions[index];
    struct slice events[64];
    struct message m;
    if (!session->up_open || session->up.count == 0 || g->count == PENDING) return;
    struct packet packet = session->up.items[0];
    MUST(w, message_decode(packet.bytes, packet.len, events, 64, &m) == PROTO_OK, "decode");
    if (!g->loaded) settle(w, g);
    g->loaded = true;
    if (m.type == MESSAGE_HELLO && !take_hello(w, g, index, &m)) return; /* it waits for the transaction */
    pop(&session->up);
    if (m.type == MESSAGE_BATCH) take_batch(w, g, index, &m);
    if (m.type == MESSAGE_STATUS) take_status(w, g, index, &m);
}

/* UPDATE … WHERE gen and committed_seq are still those; then the events. */
static bool apply(struct world *w, struct aggregator *g) {
    struct database *d = &w->database;
    const struct stream_row *known = &g->receiver.row;
    if (known->gen != d->row.gen || known->committed_seq != d->row.committed_seq) return false;
    for (size_t i = 0; i < g->running; i++) {
        const struct pending *p = &g->pending[i];
        MUST(w, p->first == d->row.committed_seq + 1, "a hole");
        MUST(w, p->gen == d->row.gen, "a second live producer");
        for (uint64_t seq = p->first; seq <= p->last; seq++)
            d->entries[d->count++] = (struct entry){d->row.epoch, seq, p->id[seq - p->first]};
        d->row.committed_seq = p->last;
        d->row.head = p->head;
        w->committed++;
    }
    return true;
}

static void end_transaction(struct world *w, struct aggregator *g) {
    if (chance(w, w->faults.rollback)) {
        drop_pending(g);
        receiver_rolled_back(&g->receiver);
        return;
    }
    bool doubt = chance(w, w->faults.doubt);
    bool applied = doubt && chance(w, 5000) ? false : apply(w, g);
    if (doubt || !applied) {
        settle(w, g);
        return;
    }
    const struct pending *last = &g->pending[g->running - 1];
    receiver_committed(&g->receiver, last->last, &last->head);
    struct message ack = receiver_ack(&g->receiver, ACK_OK, 0);
    int session = last->session;
    g->count -= g->running;
    memmove(g->pending, g->pending + g->running, g->count * sizeof *g->pending);
    g->running = 0;
    answer_to(w, session, &ack);
}

static void aggregator_turns(struct world *w, struct aggregator *g) {
    for (int i = 0; i < SESSIONS; i++)
        if (w->sessions[i].aggregator == g - w->aggregators && below(w, 2) == 0) aggregator_receives(w, g, i);
    if (g->running > 0 && below(w, 3) == 0)
        end_transaction(w, g);
    else if (g->running == 0 && below(w, 2) == 0)
        g->running = g->count;
}

static void kill_aggregator(struct world *w, int index) {
    struct aggregator *g = &w->aggregators[index];
    if (g->running > 0 && chance(w, 5000)) apply(w, g); /* the server got the COMMIT, we did not hear of it */
    *g = (struct aggregator){0};
    for (int i = 0; i < SESSIONS; i++)
        if (w->sessions[i].aggregator == index) w->sessions[i].up_open = w->sessions[i].down_open = false;
}

#endif
