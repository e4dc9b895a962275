#include "services/aggregator/core.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RETRY_MS = 1000, MAX_BATCH = 512, STATUS_QUIET_MS = 3600000 };

enum error_code core_init(struct core *core, const struct core_settings *settings, struct error *err) {
    *core = (struct core){.settings = *settings, .now = INSTANT_NONE, .real = INSTANT_NONE};
    core->events = calloc(MESSAGE_EVENTS_MAX, sizeof *core->events);
    core->out = malloc(MESSAGE_BYTES_MAX);
    core->hellos = calloc(CORE_HELLOS_MAX, sizeof *core->hellos);
    if (core->events && core->out && core->hellos) return ERROR_OK;
    core_finish(core);
    return error_set(err, ERROR_MEMORY, "no memory");
}

void core_finish(struct core *core) {
    for (size_t i = 0; i < core->session_count; i++) free(core->sessions[i]);
    free(core->sessions);
    free(core->peers);
    free(core->hellos);
    free(core->events);
    free(core->out);
    group_finish(&core->groups[0]);
    group_finish(&core->groups[1]);
    view_finish(&core->view);
    *core = (struct core){0};
}

/* --- sessions and peers: sorted arrays --- */

static size_t session_place(const struct core *core, int32_t stream) {
    size_t low = 0, high = core->session_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (core->sessions[middle]->stream < stream) low = middle + 1;
        else high = middle;
    }
    return low;
}

static struct session *find_session(const struct core *core, int32_t stream) {
    size_t place = session_place(core, stream);
    bool there = place < core->session_count && core->sessions[place]->stream == stream;
    return there ? core->sessions[place] : NULL;
}

static struct session *have_session(struct core *core, int32_t stream) {
    struct session *session = find_session(core, stream);
    if (session) return session;
    if (core->session_count == core->session_capacity) {
        size_t capacity = core->session_capacity ? core->session_capacity * 2 : 64;
        struct session **more = reallocarray(core->sessions, capacity, sizeof(struct session *));
        if (!more) return NULL;
        core->sessions = more;
        core->session_capacity = capacity;
    }
    session = calloc(1, sizeof *session);
    if (!session) return NULL;
    session->stream = stream;
    session->of = streams_by_id(&core->view.streams, stream);
    session->status_at = INSTANT_NONE;
    size_t place = session_place(core, stream);
    memmove(&core->sessions[place + 1], &core->sessions[place], (core->session_count - place) * sizeof *core->sessions);
    core->sessions[place] = session;
    core->session_count++;
    return session;
}

static int compare_peers(const struct router_peer *a, const struct router_peer *b) {
    size_t least = a->len < b->len ? a->len : b->len;
    int order = memcmp(a->id, b->id, least);
    return order ? order : (a->len > b->len) - (a->len < b->len);
}

static size_t peer_place(const struct core *core, const struct router_peer *peer) {
    size_t low = 0, high = core->peer_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_peers(&core->peers[middle].peer, peer) < 0) low = middle + 1;
        else high = middle;
    }
    return low;
}

static struct core_peer *find_peer(const struct core *core, const struct router_peer *peer) {
    size_t place = peer_place(core, peer);
    bool there = place < core->peer_count && compare_peers(&core->peers[place].peer, peer) == 0;
    return there ? &core->peers[place] : NULL;
}

static void remove_peer(struct core *core, size_t place) {
    core->peer_count--;
    memmove(&core->peers[place], &core->peers[place + 1], (core->peer_count - place) * sizeof *core->peers);
}

/* Only the newest connections of a stream are remembered: what is forgotten is told to say HELLO, and then fenced. */
static void forget_oldest_peer(struct core *core, int32_t stream) {
    size_t of_stream = 0, oldest = 0;
    for (size_t i = 0; i < core->peer_count; i++) {
        if (core->peers[i].stream != stream) continue;
        if (of_stream++ == 0 || core->peers[i].order < core->peers[oldest].order) oldest = i;
    }
    if (of_stream > CORE_PEERS_OF_STREAM) remove_peer(core, oldest);
}

static void bind_peer(struct core *core, const struct router_peer *peer, int32_t stream) {
    struct core_peer *known = find_peer(core, peer);
    if (known) {
        *known = (struct core_peer){*peer, stream, ++core->peer_order};
        return;
    }
    if (core->peer_count == core->peer_capacity) {
        size_t capacity = core->peer_capacity ? core->peer_capacity * 2 : 64;
        struct core_peer *more = reallocarray(core->peers, capacity, sizeof *more);
        if (!more) return; /* the agent will be told to say HELLO again */
        core->peers = more;
        core->peer_capacity = capacity;
    }
    size_t place = peer_place(core, peer);
    memmove(&core->peers[place + 1], &core->peers[place], (core->peer_count - place) * sizeof *core->peers);
    core->peers[place] = (struct core_peer){*peer, stream, ++core->peer_order};
    core->peer_count++;
    forget_oldest_peer(core, stream);
}

void core_peer_gone(struct core *core, const struct router_peer *peer) {
    struct core_peer *known = find_peer(core, peer);
    if (known) remove_peer(core, (size_t)(known - core->peers));
}

/* --- answers --- */

static void send_message(struct core *core, const struct router_peer *peer, const struct message *message) {
    size_t len = 0;
    if (message_encode(message, core->out, MESSAGE_BYTES_MAX, &len) != PROTO_OK) return;
    core->settings.send(core->settings.context, peer, core->out, len);
}

static void send_error(struct core *core, const struct router_peer *peer, const struct receiver *receiver, enum wire_error error,
                       const char *detail) {
    struct message message = receiver_error(receiver, error, detail);
    send_message(core, peer, &message);
}

static void send_ack(struct core *core, const struct router_peer *peer, const struct session *session, enum ack_flag flag) {
    struct message message = receiver_ack(&session->receiver, flag, flag == ACK_BUSY ? RETRY_MS : 0);
    send_message(core, peer, &message);
}

static void refuse_bytes(struct core *core, const struct router_peer *peer, enum proto_code code) {
    core->dropped++;
    if (code == PROTO_TOO_LARGE) send_error(core, peer, NULL, WIRE_TOO_LARGE, "more events or bytes than a message may have");
    else if (code == PROTO_VERSION) send_error(core, peer, NULL, WIRE_UNSUPPORTED_VERSION, "this centre speaks version 1");
    else send_error(core, peer, NULL, WIRE_MALFORMED, proto_code_name(code));
}

/* --- HELLO --- */

static const char *why_closed(const struct core *core, enum wire_error *error) {
    *error = core->draining ? WIRE_DRAINING : WIRE_BUSY;
    if (core->draining) return "the centre is closing: try the next server";
    if (!core->live) return "the centre's database is away";
    if (core->hello_count == CORE_HELLOS_MAX) return "too many agents at once";
    return NULL;
}

/* A later HELLO of the same connection takes the place of the one that waits. */
static struct core_hello *hello_slot(struct core *core, const struct router_peer *peer) {
    for (size_t i = core->in_hand; i < core->hello_count; i++)
        if (compare_peers(&core->hellos[i].peer, peer) == 0) return &core->hellos[i];
    return &core->hellos[core->hello_count++];
}

static void take_hello(struct core *core, const struct router_peer *peer, const char *user, const struct message *message) {
    enum wire_error error;
    const char *closed = why_closed(core, &error);
    const struct message_hello *hello = &message->hello;
    const struct stream *stream = streams_find(&core->view.streams, hello->stream);
    if (closed) {
        send_error(core, peer, NULL, error, closed);
        return;
    }
    if (message->gen > INT64_MAX || hello->last_seq > INT64_MAX || hello->acked_seq > INT64_MAX) {
        send_error(core, peer, NULL, WIRE_MALFORMED, "a number beyond 2^63");
        return;
    }
    struct session *session = stream ? have_session(core, stream->id) : NULL;
    if (!session) {
        send_error(core, peer, NULL, WIRE_NOT_AUTHORISED, "no such stream, or the key is not allowed for it");
        return;
    }
    struct core_hello *slot = hello_slot(core, peer);
    *slot = (struct core_hello){.peer = *peer, .stream = stream->id, .message = *message};
    (void)snprintf(slot->key, sizeof slot->key, "%s", user);
    (void)snprintf(slot->name, sizeof slot->name, "%s", stream->name);
    (void)snprintf(slot->software, sizeof slot->software, "%.*s", (int)hello->software.len,
                   hello->software.ptr ? hello->software.ptr : "");
    session->hello_waiting = true;
}

const int32_t *core_hellos(struct core *core, size_t *count) {
    int32_t *streams = core->asked;
    size_t chosen = 0;
    /* One a stream at a time, and none whose batches wait for their transaction: those end first. */
    for (size_t i = 0; i < core->hello_count && chosen < CORE_HELLOS_AT_ONCE; i++) {
        struct core_hello hello = core->hellos[i];
        bool taken = group_find(&core->groups[core->filling], hello.stream) != NULL;
        for (size_t k = 0; k < chosen && !taken; k++) taken = streams[k] == hello.stream;
        if (taken) continue;
        memmove(&core->hellos[chosen + 1], &core->hellos[chosen], (i - chosen) * sizeof hello);
        core->hellos[chosen] = hello;
        streams[chosen++] = hello.stream;
    }
    core->in_hand = *count = chosen;
    return chosen ? streams : NULL;
}

static void judge_one(struct core *core, struct core_hello *hello, const struct pg_rows *positions,
                      const struct pg_rows *former) {
    struct session *session = have_session(core, hello->stream);
    struct receiver_answer answer;
    struct stream_row row;
    if (!session) return;
    position_take(positions, hello->stream, &row);
    receiver_load(&session->receiver, &row, core->settings.window_events);
    session->known = true;
    hello->message.hello.stream = slice_of(hello->name);
    hello->message.hello.software = slice_of(hello->software);
    receiver_hello(&session->receiver, &hello->message, slice_of(hello->name),
                   keys_permit(&core->view.keys, hello->key, hello->stream), &answer);
    bool foreign = (answer.verdict == RECEIVER_ADMIT && answer.new_epoch) || answer.error == WIRE_UNKNOWN_EPOCH;
    if (foreign && position_former(former, hello->stream, &hello->message.hello.epoch)) receiver_former_epoch(&answer);
    if (answer.verdict != RECEIVER_ADMIT) {
        send_error(core, &hello->peer, &session->receiver, answer.error, answer.detail);
        return;
    }
    hello->admitted = true;
    core->changes[core->change_count++] = (struct position_change){
        .stream = hello->stream, .new_epoch = answer.new_epoch, .first_hash = answer.row.head, .row = answer.row};
}

void core_judge(struct core *core, const struct pg_rows *positions, const struct pg_rows *former) {
    core->change_count = 0;
    for (size_t i = 0; i < core->in_hand; i++) judge_one(core, &core->hellos[i], positions, former);
}

/* The hellos in hand are done with, however it ended. */
static void drop_hellos(struct core *core) {
    core->hello_count -= core->in_hand;
    memmove(core->hellos, core->hellos + core->in_hand, core->hello_count * sizeof *core->hellos);
    core->in_hand = 0;
    for (size_t i = 0; i < core->session_count; i++) core->sessions[i]->hello_waiting = false;
    for (size_t i = 0; i < core->hello_count; i++) {
        struct session *session = find_session(core, core->hellos[i].stream);
        if (session) session->hello_waiting = true;
    }
}

static struct ingest_group *filling(struct core *core) {
    struct ingest_group *group = &core->groups[core->filling];
    if (group_is_empty(group)) group_begin(group, ++core->group_number, core->now);
    group_catch_up(group, core->now);
    return group;
}

static void welcome(struct core *core, const struct core_hello *hello, const struct position_change *change) {
    struct session *session = find_session(core, hello->stream);
    if (!session) return; /* its HELLO made it */
    receiver_load(&session->receiver, &change->row, core->settings.window_events);
    session->known = session->has_peer = true;
    session->peer = hello->peer;
    memcpy(session->software, hello->software, sizeof session->software);
    session->status_at = INSTANT_NONE; /* its next STATUS wakes the stream */
    bind_peer(core, &hello->peer, hello->stream);
    struct message message = receiver_welcome(&session->receiver, core->settings.window_bytes, MAX_BATCH,
                                              core->settings.heartbeat_ms, core->real.ms);
    send_message(core, &hello->peer, &message);
}

void core_admitted(struct core *core) {
    for (size_t i = 0; i < core->in_hand; i++)
        for (size_t k = 0; core->hellos[i].admitted && k < core->change_count; k++)
            if (core->changes[k].stream == core->hellos[i].stream) welcome(core, &core->hellos[i], &core->changes[k]);
    core->change_count = 0;
    drop_hellos(core);
}

void core_hellos_failed(struct core *core) {
    for (size_t i = 0; i < core->in_hand; i++)
        if (core->hellos[i].admitted || core->change_count == 0)
            send_error(core, &core->hellos[i].peer, NULL, WIRE_BUSY, "the database did not take it: try again");
    core->change_count = 0;
    drop_hellos(core);
}

/* --- BATCH and STATUS --- */

static enum key_permission permission_of(const struct core *core, const char *user, int32_t stream) {
    return keys_permit(&core->view.keys, user, stream);
}

static struct group_entry *entry_of(struct core *core, struct session *session) {
    struct ingest_group *group = filling(core);
    if (session->entry_group != group->number) {
        session->entry = group_add(group, session->stream);
        session->entry_group = session->entry ? group->number : 0;
    }
    return session->entry;
}

static void take_batch(struct core *core, struct session *session, const struct router_peer *peer, const char *user,
                       const struct message *message) {
    struct receiver_answer answer;
    receiver_batch(&session->receiver, message, permission_of(core, user, session->stream), &answer);
    if (answer.verdict == RECEIVER_REFUSE) {
        send_error(core, peer, &session->receiver, answer.error, answer.detail);
    } else if (answer.verdict == RECEIVER_ACK) {
        send_ack(core, peer, session, answer.flag);
    } else if (answer.verdict == RECEIVER_TAKE) {
        struct group_entry *entry = entry_of(core, session);
        const struct group_batch batch = {
            .stream = session->of, .programme = view_programme(&core->view, session->of->programme), .log = session->receiver.row.log,
            .gen = session->receiver.row.gen, .first_seq = answer.first_seq, .last_seq = answer.last_seq, .head = answer.head,
            .events = message->batch.events + answer.skip, .key = user};
        if (!entry) {
            session->known = false; /* no memory: read its position again */
            return;
        }
        group_take(&core->groups[core->filling], entry, &batch);
        core->received += answer.last_seq - answer.first_seq + 1;
    }
}

/* Stored with the next transaction, answered after it. A stream that was long silent is looked at at once. */
static void take_status(struct core *core, struct session *session, const struct router_peer *peer, const char *user,
                        const struct message *message) {
    const struct message_status *status = &message->status;
    struct receiver_answer answer;
    receiver_status(&session->receiver, message, permission_of(core, user, session->stream), &answer);
    if (answer.verdict == RECEIVER_REFUSE) {
        send_error(core, peer, &session->receiver, answer.error, answer.detail);
        return;
    }
    struct group_entry *entry = entry_of(core, session);
    if (!entry) return;
    struct ingest_group *group = &core->groups[core->filling];
    bool quiet = !instant_is(session->status_at) || core->now.ms - session->status_at.ms >= STATUS_QUIET_MS;
    if (quiet) ingest_put_wake_stream(&group->ingest, session->stream, core->now);
    session->status_at = core->now;
    entry->has_status = entry->answer = true;
    entry->status = (struct ingest_status){
        .stream = session->stream,
        .last_seq = (int64_t)(status->last_seq & INT64_MAX),
        .depth = (int64_t)(status->depth & INT64_MAX),
        .oldest_age_ms = status->oldest_age_ms,
        .disk_free = (int64_t)(status->disk_free & INT64_MAX),
    };
    if (__builtin_sub_overflow(status->clock_ms, core->real.ms, &entry->status.clock_skew_ms))
        entry->status.clock_skew_ms = status->clock_ms < 0 ? INT64_MIN : INT64_MAX;
    memcpy(entry->software, session->software, sizeof entry->software);
}

static void of_session(struct core *core, const struct router_peer *peer, const char *user, const struct message *message) {
    const struct core_peer *known = find_peer(core, peer);
    struct session *session = known ? find_session(core, known->stream) : NULL;
    if (!session || !session->of) {
        send_error(core, peer, NULL, WIRE_NO_SESSION, "say HELLO first");
    } else if (core->draining) {
        send_error(core, peer, &session->receiver, WIRE_DRAINING, "the centre is closing: try the next server");
    } else if (!core->live || !session->known) {
        send_ack(core, peer, session, ACK_BUSY);
    } else if (session->hello_waiting) {
        core->dropped++; /* a newer session is being let in; what this one says is sent again by it, or fenced */
    } else if (message->type == MESSAGE_BATCH) {
        take_batch(core, session, peer, user, message);
    } else {
        take_status(core, session, peer, user, message);
    }
}

void core_message(struct core *core, const struct router_peer *peer, const char *user, struct slice bytes) {
    struct message message;
    if (!user[0]) {
        core->dropped++;
        return;
    }
    enum proto_code code =
        message_decode((const uint8_t *)bytes.ptr, bytes.len, core->events, MESSAGE_EVENTS_MAX, &message);
    if (code != PROTO_OK) {
        refuse_bytes(core, peer, code);
        return;
    }
    switch (message.type) {
    case MESSAGE_HELLO: take_hello(core, peer, user, &message); break;
    case MESSAGE_BATCH:
    case MESSAGE_STATUS: of_session(core, peer, user, &message); break;
    case MESSAGE_WELCOME:
    case MESSAGE_ACK:
    case MESSAGE_ERROR: refuse_bytes(core, peer, PROTO_SYNTAX); break;
    }
}

bool core_is_full(const struct core *core) {
    return core->groups[core->filling].events >= core->settings.group_events;
}

/* --- the database --- */

static void forget_positions(struct core *core) {
    for (size_t i = 0; i < core->session_count; i++) {
        core->sessions[i]->known = false;
        core->sessions[i]->status_at = INSTANT_NONE;
    }
}

static void empty(struct core *core, struct ingest_group *group) {
    group_begin(group, ++core->group_number, core->now);
}

void core_away(struct core *core) {
    core->live = false;
    core_crashed(core);
    core->in_hand = core->hello_count;
    core->change_count = 0;
    for (size_t i = 0; i < core->in_hand; i++) core->hellos[i].admitted = true;
    core_hellos_failed(core);
}

void core_view(struct core *core, struct view *view) {
    view_finish(&core->view);
    core->view = *view;
    *view = (struct view){0};
    for (size_t i = 0; i < core->session_count; i++)
        core->sessions[i]->of = streams_by_id(&core->view.streams, core->sessions[i]->stream);
}

const int32_t *core_unknown(struct core *core, size_t *count) {
    int32_t *streams = core->asked;
    *count = 0;
    for (size_t i = 0; i < core->session_count && *count < CORE_STREAMS_AT_ONCE; i++)
        if (!core->sessions[i]->known && core->sessions[i]->has_peer) streams[(*count)++] = core->sessions[i]->stream;
    return *count ? streams : NULL;
}

void core_settle(struct core *core, const struct pg_rows *positions) {
    size_t count;
    const int32_t *streams = core_unknown(core, &count);
    for (size_t i = 0; i < count; i++) {
        struct session *session = find_session(core, streams[i]);
        struct stream_row row;
        if (!session) continue;
        position_take(positions, session->stream, &row);
        receiver_load(&session->receiver, &row, core->settings.window_events);
        session->known = true;
        send_ack(core, &session->peer, session, ACK_REWIND); /* goes on from what is really there */
    }
}

struct ingest_group *core_take_off(struct core *core) {
    struct ingest_group *group = &core->groups[core->filling];
    if (core->flying || group_is_empty(group)) return NULL;
    core->flying = true;
    core->filling ^= 1U;
    empty(core, &core->groups[core->filling]);
    return group;
}

static void answer_entry(struct core *core, const struct group_entry *entry) {
    struct session *session = find_session(core, entry->stream);
    if (!session) return;
    if (entry->to_seq) {
        core->committed += entry->to_seq - entry->from_seq;
        core->quarantined += entry->rejected_count;
        receiver_committed(&session->receiver, entry->to_seq, &entry->head);
    }
    if (!entry->answer || !session->has_peer) return;
    struct message message = receiver_ack(&session->receiver, ACK_OK, 0);
    memcpy(message.ack.rejected, entry->rejected, entry->rejected_listed * sizeof *entry->rejected);
    message.ack.rejected_listed = entry->rejected_listed;
    message.ack.rejected_count = entry->rejected_count;
    send_message(core, &session->peer, &message);
}

void core_landed(struct core *core) {
    struct ingest_group *group = &core->groups[core->filling ^ 1U];
    for (size_t i = 0; i < group->entry_count; i++) answer_entry(core, group->entries[i]);
    empty(core, group);
    core->flying = false;
}

void core_crashed(struct core *core) {
    empty(core, &core->groups[0]);
    empty(core, &core->groups[1]);
    core->flying = false;
    forget_positions(core);
}
