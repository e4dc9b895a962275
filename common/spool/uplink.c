#include "common/spool/uplink.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/log.h"
#include "common/base/random.h"
#include "common/link/dealer.h"
#include "common/link/keys.h"

enum { UPLINK_ROUNDS_MAX = 256, UPLINK_TROUBLE_MAX = 256, STATUS_AGAIN_MS = 1000 };

struct uplink {
    struct uplink_settings settings;
    struct spool *spool;
    struct link_context *context;
    struct link_loop *loop;
    struct key_pair own;
    struct sender sender;
    struct dealer *dealer;
    struct loop_timer timer; /* only wakes the loop: uplink_turn does the work */
    uint8_t *bytes;          /* MESSAGE_BYTES_MAX */
    struct instant domain;
    bool lost; /* the socket could not be opened, or its peer spoke nonsense */
    bool sent; /* a batch went out: there may be more */
    bool full; /* the socket takes no more now */
    bool status_wanted;
    unsigned statuses_open; /* sent and not answered, heartbeats too: the centre answers in order */
    unsigned status_place;  /* of the wanted one among them; 0 = none under way */
    struct tick status_at;
    char trouble[UPLINK_TROUBLE_MAX];
    uint64_t alarms, rejected, statuses_answered, last_rejected_seq;
    unsigned last_rejected_code;
    uint64_t watched_seq; /* of spool_send_and_wait */
    unsigned watched_code;
};

static void uplink_woken(void *context) {
    (void)context;
}
static void uplink_ready(void *context, short events) {
    (void)context;
    (void)events;
}

static struct sender_view uplink_view(const struct uplink *uplink) {
    const struct spool_state *state = spool_state(uplink->spool);
    struct sender_view view = {
        .now_ms = tick_now().ms,
        .epoch = state->epoch,
        .gen = state->gen,
        .first_retained = state->first_retained,
        .last_seq = state->last_seq,
        .acked_seq = state->acked_seq,
        .acked_hash = state->acked_hash,
    };
    struct error ignored;
    if (random_bytes(&view.random, sizeof view.random, &ignored)) view.random = (uint64_t)view.now_ms;
    return view;
}

enum error_code uplink_create(const struct uplink_settings *settings, struct spool *spool, struct link_context *context,
                              struct link_loop *loop, struct uplink **out, struct error *err) {
    *out = NULL;
    if (settings->server_count == 0) return error_set(err, ERROR_USAGE, "no server given");
    CLEAN(uplink_destroy) struct uplink *uplink = calloc(1, sizeof *uplink);
    if (uplink) uplink->bytes = malloc(MESSAGE_BYTES_MAX);
    if (!uplink || !uplink->bytes) return error_set(err, ERROR_MEMORY, "no memory for the uplink");
    uplink->settings = *settings;
    uplink->spool = spool;
    uplink->context = context;
    uplink->loop = loop;
    uplink->domain = INSTANT_NONE;
    uplink->timer = (struct loop_timer){.due = TICK_NONE, .fire = uplink_woken};
    enum error_code code = key_pair_load(settings->secret_key_file, &uplink->own, err);
    if (code) return code;
    struct sender_settings sender = {.stream = spool_stream(spool),
                                     .software = slice_of(settings->software),
                                     .servers = (unsigned)settings->server_count};
    sender_init(&uplink->sender, &sender, spool_state(spool)->halt, spool_state(spool)->halt_gen);
    *out = TAKE(uplink);
    return ERROR_OK;
}

static void uplink_close(struct uplink *uplink) {
    if (uplink->dealer) dealer_unwatch(uplink->dealer, uplink->loop);
    dealer_close(&uplink->dealer);
    uplink->full = false;
    if (uplink->status_place) uplink->status_wanted = true;
    uplink->statuses_open = uplink->status_place = 0;
}

void uplink_destroy(struct uplink **slot) {
    struct uplink *uplink = *slot;
    if (!uplink) return;
    if (uplink->loop) {
        uplink_close(uplink);
        loop_timer_cancel(&uplink->loop->timers, &uplink->timer);
    }
    key_pair_wipe(&uplink->own);
    free(uplink->bytes);
    free(uplink);
    *slot = NULL;
}

/* --- actions --- */

static void uplink_say(struct uplink *uplink, const char *what) {
    if (strcmp(uplink->trouble, what) != 0)
        log_warn("uplink_trouble", "server=%s trouble=%s", uplink->settings.servers[uplink->sender.server].address,
                 what);
    snprintf(uplink->trouble, sizeof uplink->trouble, "%.*s", (int)sizeof uplink->trouble - 1, what);
}

static void uplink_open(struct uplink *uplink, unsigned server) {
    uplink_close(uplink);
    const struct uplink_server *to = &uplink->settings.servers[server];
    struct dealer_settings settings = {.address = to->address, .server_key = to->key, .own = &uplink->own};
    struct error err;
    if (dealer_open(uplink->context, &settings, &uplink->dealer, &err) ||
        dealer_watch(uplink->dealer, uplink->loop, false, uplink_ready, NULL, &err)) {
        uplink_say(uplink, err.message);
        uplink->lost = true;
    }
}

/* False when the socket would block; whatever else goes wrong shows itself as a lost connection. */
static bool uplink_send(struct uplink *uplink, const struct message *message) {
    size_t len = 0;
    if (!uplink->dealer) return false;
    if (message_encode(message, uplink->bytes, MESSAGE_BYTES_MAX, &len) != PROTO_OK) {
        uplink->lost = true;
        return false;
    }
    enum link_result result = dealer_send(uplink->dealer, uplink->bytes, len);
    if (result == LINK_GONE) uplink->lost = true;
    if (result == LINK_WOULD_BLOCK && !uplink->full) {
        struct error err;
        uplink->full = true;
        if (dealer_watch(uplink->dealer, uplink->loop, true, uplink_ready, NULL, &err)) uplink->lost = true;
    }
    return result == LINK_DONE;
}

static enum error_code uplink_send_batch(struct uplink *uplink, const struct sender_action *action, struct error *err) {
    struct spool_batch batch;
    enum error_code code = spool_read(uplink->spool, action->seq, action->max_events, action->max_bytes, &batch, err);
    if (code || batch.count == 0) return code;
    struct message message = {.type = MESSAGE_BATCH, .version = MESSAGE_VERSION, .gen = uplink->sender.gen};
    message.batch = (struct message_batch){.layout = EVENT_LAYOUT,
                                           .first_seq = batch.first_seq,
                                           .prev_hash = batch.before,
                                           .events = batch.items,
                                           .count = batch.count,
                                           .last_hash = batch.last};
    if (!uplink_send(uplink, &message)) return ERROR_OK;
    struct sender_view view = uplink_view(uplink);
    sender_batch_sent(&uplink->sender, batch.first_seq + batch.count - 1, batch.bytes, &view);
    uplink->sent = true;
    return ERROR_OK;
}

static enum error_code uplink_send_status(struct uplink *uplink, struct error *err) {
    const struct spool_state *state = spool_state(uplink->spool);
    struct instant oldest = INSTANT_NONE;
    enum error_code code = spool_oldest_pending(uplink->spool, &oldest, err);
    if (code) return code;
    struct message message = {.type = MESSAGE_STATUS, .version = MESSAGE_VERSION, .gen = uplink->sender.gen};
    bool aged = instant_is(oldest) && instant_is(uplink->domain) && uplink->domain.ms > oldest.ms;
    message.status = (struct message_status){.last_seq = state->last_seq,
                                             .depth = state->last_seq - state->acked_seq,
                                             .oldest_age_ms = aged ? uplink->domain.ms - oldest.ms : 0,
                                             .disk_free = spool_disk_free(uplink->spool),
                                             .clock_ms = real_now().ms};
    if (uplink_send(uplink, &message)) uplink->statuses_open++;
    return ERROR_OK;
}

static void uplink_send_hello(struct uplink *uplink) {
    struct sender_view view = uplink_view(uplink);
    struct message message = sender_hello(&uplink->sender, &view, real_now().ms);
    if (!uplink_send(uplink, &message)) uplink->lost = true;
}

static enum error_code uplink_halt(struct uplink *uplink, const struct sender_action *action, struct error *err) {
    log_error("halted", "stream=%s reason=%s centre_gen=%llu remedy=%s", spool_stream(uplink->spool).ptr,
              halt_reason_name(action->halt), (unsigned long long)action->gen, "duban-collector resume");
    return spool_set_halt(uplink->spool, action->halt, action->gen, err);
}

static enum error_code uplink_act(struct uplink *uplink, const struct sender_action *action, struct error *err) {
    switch (action->kind) {
    case SENDER_OPEN:
        uplink_open(uplink, action->server);
        return ERROR_OK;
    case SENDER_CLOSE:
        uplink_close(uplink);
        return ERROR_OK;
    case SENDER_STORE_GEN:
        return spool_store_gen(uplink->spool, action->gen, err);
    case SENDER_SEND_HELLO:
        uplink_send_hello(uplink);
        return ERROR_OK;
    case SENDER_SEND_STATUS:
        return uplink_send_status(uplink, err);
    case SENDER_SEND_BATCH:
        return uplink_send_batch(uplink, action, err);
    case SENDER_ADOPT_BASE:
        return spool_adopt_base(uplink->spool, &action->hash, err);
    case SENDER_SET_ACKED:
        return spool_set_acked(uplink->spool, action->seq, &action->hash, err);
    case SENDER_ALARM:
        uplink->alarms++;
        log_error("uplink_alarm", "alarm=%s seq=%llu",
                  action->alarm == ALARM_DATABASE_WENT_BACK ? "database_went_back" : "stalled",
                  (unsigned long long)action->seq);
        return ERROR_OK;
    case SENDER_HALT:
        return uplink_halt(uplink, action, err);
    }
    return ERROR_OK;
}

/* In order; the first failure drops the rest and tells the sender. */
static enum error_code uplink_do(struct uplink *uplink, const struct sender_actions *actions, struct error *err) {
    for (size_t i = 0; i < actions->count; i++) {
        enum error_code code = uplink_act(uplink, &actions->items[i], err);
        if (!code) continue;
        log_failure(LOG_LEVEL_ERROR, "spool_failed", err);
        struct sender_actions ending;
        struct sender_view view = uplink_view(uplink);
        sender_failed(&uplink->sender, &view, &ending);
        struct error ignored;
        for (size_t j = 0; j < ending.count; j++)
            (void)!uplink_act(uplink, &ending.items[j], &ignored);
        uplink_close(uplink);
        return code;
    }
    return ERROR_OK;
}

/* --- what comes in --- */

/* An ACK that moves nothing answers the oldest STATUS. */
static void uplink_note_answer(struct uplink *uplink, bool moved) {
    if (moved || uplink->statuses_open == 0) return;
    uplink->statuses_open--;
    if (uplink->status_place && --uplink->status_place == 0) uplink->statuses_answered++;
}

static void uplink_note_ack(struct uplink *uplink, const struct message_ack *ack) {
    uplink->rejected += ack->rejected_count;
    for (size_t i = 0; i < ack->rejected_listed; i++) {
        const struct message_rejected *one = &ack->rejected[i];
        uplink->last_rejected_seq = one->seq;
        uplink->last_rejected_code = one->code;
        if (one->seq == uplink->watched_seq) uplink->watched_code = one->code;
        log_warn("event_quarantined", "seq=%llu code=%s", (unsigned long long)one->seq, quarantine_name(one->code));
    }
}

static enum error_code uplink_take(struct uplink *uplink, struct slice bytes, struct error *err) {
    struct message message;
    enum proto_code proto = message_decode((const uint8_t *)bytes.ptr, bytes.len, NULL, 0, &message);
    if (proto) {
        log_warn("bad_message", "code=%s bytes=%zu", proto_code_name(proto), bytes.len);
        uplink->lost = true;
        return ERROR_OK;
    }
    uint64_t seq = 0;
    bool asked = sender_asks_hash(&message, &seq), found = false;
    struct chain_hash hash;
    if (asked) {
        enum error_code code = spool_hash(uplink->spool, seq, &hash, &found, err);
        if (code) return code;
    }
    if (message.type == MESSAGE_ERROR) uplink_say(uplink, wire_error_row(message.error.code)->english);
    struct sender_view view = uplink_view(uplink);
    struct sender_actions actions;
    uint64_t before = uplink->sender.centre_seq;
    sender_received(&uplink->sender, &message, found ? &hash : NULL, &view, &actions);
    bool ours = message.gen == uplink->sender.gen;
    enum error_code code = uplink_do(uplink, &actions, err);
    if (message.type == MESSAGE_ACK && ours) {
        if (message.ack.flag == ACK_OK) uplink_note_answer(uplink, message.ack.committed_seq > before);
        uplink_note_ack(uplink, &message.ack);
    }
    if (uplink->sender.state == SENDER_LIVE && message.type == MESSAGE_WELCOME) {
        uplink->trouble[0] = 0;
        log_info("live", "stream=%s server=%s gen=%llu committed=%llu", spool_stream(uplink->spool).ptr,
                 uplink->settings.servers[uplink->sender.server].address, (unsigned long long)uplink->sender.gen,
                 (unsigned long long)message.welcome.committed_seq);
    }
    return code;
}

static enum error_code uplink_tell(struct uplink *uplink,
                                   void (*input)(struct sender *, const struct sender_view *, struct sender_actions *),
                                   struct error *err) {
    struct sender_view view = uplink_view(uplink);
    struct sender_actions actions;
    input(&uplink->sender, &view, &actions);
    return uplink_do(uplink, &actions, err);
}

static enum error_code uplink_hear(struct uplink *uplink, struct error *err) {
    enum error_code code = ERROR_OK;
    for (enum dealer_news news; !code && uplink->dealer && (news = dealer_news(uplink->dealer)) != DEALER_NO_NEWS;) {
        if (news == DEALER_CONNECTED) {
            code = uplink_tell(uplink, sender_connected, err);
        } else {
            uplink_say(uplink, dealer_news_text(news));
            code = uplink_tell(uplink, sender_disconnected, err);
        }
    }
    struct slice bytes;
    for (int i = 0; !code && uplink->dealer && i < UPLINK_ROUNDS_MAX; i++) {
        if (dealer_receive(uplink->dealer, &bytes) != LINK_DONE) break;
        code = uplink_take(uplink, bytes, err);
    }
    return code;
}

static enum error_code uplink_speak(struct uplink *uplink, struct error *err) {
    enum error_code code = ERROR_OK;
    int rounds = 0;
    do {
        uplink->sent = false;
        code = uplink_tell(uplink, sender_tick, err);
        if (!code && uplink->lost) {
            uplink->lost = false;
            code = uplink_tell(uplink, sender_disconnected, err);
        }
    } while (!code && uplink->sent && ++rounds < UPLINK_ROUNDS_MAX);
    if (uplink->sent) uplink->loop->again = true;
    return code;
}

/* One that stays unanswered for a second is asked again: an answer may have been taken for another's. */
static enum error_code uplink_ask_status(struct uplink *uplink, struct error *err) {
    struct tick now = tick_now();
    if (uplink->status_place && now.ms - uplink->status_at.ms >= STATUS_AGAIN_MS) {
        uplink->statuses_open = uplink->status_place = 0;
        uplink->status_wanted = true;
    }
    if (!uplink->status_wanted || !uplink_is_settled(uplink)) return ERROR_OK;
    unsigned open = uplink->statuses_open;
    struct sender_actions actions;
    sender_status_wanted(&uplink->sender, &actions);
    enum error_code code = uplink_do(uplink, &actions, err);
    if (uplink->statuses_open == open) return code; /* it did not go out */
    uplink->status_wanted = false;
    uplink->status_place = uplink->statuses_open;
    uplink->status_at = now;
    return code;
}

enum error_code uplink_turn(struct uplink *uplink, struct instant domain, struct error *err) {
    uplink->domain = domain;
    if (uplink->full && uplink->dealer) {
        uplink->full = false;
        if (dealer_watch(uplink->dealer, uplink->loop, false, uplink_ready, NULL, err)) uplink->lost = true;
    }
    enum error_code code = uplink_hear(uplink, err);
    if (!code) code = uplink_speak(uplink, err);
    if (!code) code = uplink_ask_status(uplink, err);
    if (!code) code = spool_trim(uplink->spool, domain, err);
    int64_t due = sender_deadline_ms(&uplink->sender);
    if (uplink->lost) due = tick_now().ms;
    if (uplink->status_place && uplink->status_at.ms + STATUS_AGAIN_MS < due)
        due = uplink->status_at.ms + STATUS_AGAIN_MS;
    loop_timer_arm(&uplink->loop->timers, &uplink->timer, (struct tick){due});
    return code;
}

/* --- what there is to show --- */

struct uplink_status uplink_status(const struct uplink *uplink) {
    return (struct uplink_status){
        .state = uplink->sender.state,
        .halt = uplink->sender.halt,
        .server = uplink->settings.servers[uplink->sender.server].address,
        .alarms = uplink->alarms,
        .trouble = uplink->trouble,
        .rejected = uplink->rejected,
        .statuses_answered = uplink->statuses_answered,
        .last_rejected_seq = uplink->last_rejected_seq,
        .last_rejected_code = uplink->last_rejected_code,
    };
}

bool uplink_is_live(const struct uplink *uplink) {
    return uplink->sender.state == SENDER_LIVE;
}

bool uplink_is_settled(const struct uplink *uplink) {
    const struct spool_state *state = spool_state(uplink->spool);
    return uplink_is_live(uplink) && state->acked_seq == state->last_seq;
}

void uplink_status_wanted(struct uplink *uplink) {
    uplink->status_wanted = true;
}

void uplink_watch(struct uplink *uplink, uint64_t seq) {
    uplink->watched_seq = seq;
    uplink->watched_code = 0;
}

unsigned uplink_watched(const struct uplink *uplink) {
    return uplink->watched_code;
}

enum error_code uplink_resume(struct uplink *uplink, uint64_t centre_gen, struct error *err) {
    const struct spool_state *state = spool_state(uplink->spool);
    if (state->halt == HALT_NONE) return error_set(err, ERROR_CONFLICT, "not halted");
    uint64_t gen = centre_gen ? centre_gen : state->halt_gen;
    enum error_code code = ERROR_OK;
    if (state->halt == HALT_FORK || state->halt == HALT_STALE_SPOOL || state->halt == HALT_GAP_LOST)
        code = spool_new_epoch(uplink->spool, err);
    if (!code && gen > spool_state(uplink->spool)->gen) code = spool_store_gen(uplink->spool, gen, err);
    if (!code) code = spool_set_halt(uplink->spool, HALT_NONE, 0, err);
    if (code) return code;
    struct sender_view view = uplink_view(uplink);
    struct sender_actions actions;
    sender_resume(&uplink->sender, gen, &view, &actions);
    return uplink_do(uplink, &actions, err);
}
