#include "services/alerter/courier.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/log.h"
#include "common/base/random.h"
#include "services/alerter/channel_robot.h"

enum { LEASE_MARGIN_MS = 5000, /* for what comes before and after a transfer */
       RECLAIM_MS = 1000,
       SUBSCRIBERS_MS = 5000 }; /* in which they find the way back to a publisher that was away */

int64_t courier_pause_ms(const struct courier_settings *settings, int attempts) {
    int64_t pause = settings->retry_first_ms;
    for (int i = 1; i < attempts && pause < settings->retry_longest_ms; i++) pause *= 2;
    return pause < settings->retry_longest_ms ? pause : settings->retry_longest_ms;
}

/* --- libcurl in the loop --- */

static struct courier_slot *slot_of(struct courier *courier, const CURL *easy) {
    if (courier->own.transfer.easy == easy) return &courier->own;
    for (size_t i = 0; i < COURIER_SLOTS; i++)
        if (courier->slots[i].busy && courier->slots[i].transfer.easy == easy) return &courier->slots[i];
    return NULL;
}

static void tell_ended(struct courier *courier) {
    if (courier->on_ended) courier->on_ended(courier->context);
}

static void take_verdict(struct courier_slot *slot, CURLcode result) {
    if (slot->named) slot->verdict = channel_robot_verdict(slot->named, &slot->transfer, result, &slot->answer);
    else if (strcmp(slot->delivery.channel, "email") == 0)
        slot->verdict = channel_email_verdict(&slot->transfer, result, &slot->answer);
    else slot->verdict = channel_webhook_verdict(&slot->transfer, result, &slot->answer);
    slot->ended = true;
}

static void take_ended(struct courier *courier) {
    CURLMsg *message;
    int left;
    bool any = false;
    while ((message = curl_multi_info_read(courier->multi, &left))) {
        if (message->msg != CURLMSG_DONE) continue;
        CURL *easy = message->easy_handle;
        CURLcode result = message->data.result;
        struct courier_slot *slot = slot_of(courier, easy);
        curl_multi_remove_handle(courier->multi, easy);
        if (slot) take_verdict(slot, result);
        else if (easy == courier->heartbeat.transfer.easy) heartbeat_ended(&courier->heartbeat, result);
        any = any || slot;
    }
    if (any) tell_ended(courier);
}

static void on_timer(void *context) {
    struct courier *courier = context;
    int running;
    curl_multi_socket_action(courier->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    take_ended(courier);
}

static int set_timer(CURLM *multi, long ms, void *context) {
    (void)multi;
    struct courier *courier = context;
    if (ms < 0)
        loop_timer_cancel(&courier->loop->timers, &courier->timer);
    else
        loop_timer_arm(&courier->loop->timers, &courier->timer, tick_after(tick_now(), ms));
    return 0;
}

struct watched {
    struct courier *courier;
    curl_socket_t fd;
};

static void on_socket(void *context, short events) {
    const struct watched *watched = context;
    struct courier *courier = watched->courier;
    int flags = 0, running;
    if (events & POLLIN) flags |= CURL_CSELECT_IN;
    if (events & POLLOUT) flags |= CURL_CSELECT_OUT;
    if (events & (POLLERR | POLLHUP | POLLNVAL)) flags |= CURL_CSELECT_ERR | CURL_CSELECT_IN;
    curl_multi_socket_action(courier->multi, watched->fd, flags, &running); /* may free watched */
    take_ended(courier);
}

static int set_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *kept) {
    (void)easy;
    struct courier *courier = context;
    struct watched *watched = kept;
    if (what == CURL_POLL_REMOVE) {
        loop_unwatch(courier->loop, fd);
        free(watched);
        curl_multi_assign(courier->multi, fd, NULL);
        return 0;
    }
    if (!watched) {
        watched = malloc(sizeof *watched);
        if (!watched) return -1;
        *watched = (struct watched){courier, fd};
        curl_multi_assign(courier->multi, fd, watched);
    }
    struct error err;
    int events = (what & CURL_POLL_IN ? POLLIN : 0) | (what & CURL_POLL_OUT ? POLLOUT : 0);
    return loop_watch(courier->loop, fd, (short)events, on_socket, watched, &err) ? -1 : 0;
}

static enum error_code open_publishers(struct courier *courier, struct error *err) {
    const struct channel_list *list = &courier->settings->channels.named;
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].kind != CHANNEL_ZMQ) continue;
        enum error_code code = channel_zmq_open(&list->items[i], &courier->publishers[i], err);
        if (code) return code;
    }
    return ERROR_OK;
}

enum error_code courier_open(struct courier *courier, const struct courier_settings *settings, struct loop *loop,
                             struct error *err) {
    *courier = (struct courier){.settings = settings, .loop = loop};
    courier->published_early = tick_after(tick_now(), SUBSCRIBERS_MS);
    courier->timer = (struct loop_timer){.due = TICK_NONE, .fire = on_timer, .context = courier};
    for (size_t i = 0; i < COURIER_SLOTS; i++) courier->slots[i].courier = courier;
    courier->own.courier = courier;
    courier->multi = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? curl_multi_init() : NULL;
    if (!courier->multi) return error_set(err, ERROR_MEMORY, "cannot start libcurl");
    curl_multi_setopt(courier->multi, CURLMOPT_TIMERFUNCTION, set_timer);
    curl_multi_setopt(courier->multi, CURLMOPT_TIMERDATA, courier);
    curl_multi_setopt(courier->multi, CURLMOPT_SOCKETFUNCTION, set_socket);
    curl_multi_setopt(courier->multi, CURLMOPT_SOCKETDATA, courier);
    curl_multi_setopt(courier->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)COURIER_SLOTS + 1);
    uint32_t number;
    enum error_code code = random_bytes(&number, sizeof number, err);
    courier->holder = 1 + (int)(number % OUTBOX_HOLDER_MAX);
    return code ? code : open_publishers(courier, err);
}

void courier_new_session(struct courier *courier) {
    courier->held = false;
}

static void slot_free(struct courier_slot *slot) {
    struct courier *courier = slot->courier;
    channel_transfer_finish(&slot->transfer);
    channel_command_finish(&slot->command);
    delivery_finish(&slot->delivery);
    buffer_finish(&slot->answer);
    if (slot->busy) courier->busy--;
    *slot = (struct courier_slot){.courier = courier};
}

static void slot_abandon(struct courier_slot *slot) {
    if (!slot->courier) return;
    if (!slot->ended && slot->transfer.easy) curl_multi_remove_handle(slot->courier->multi, slot->transfer.easy);
    slot_free(slot);
}

void courier_finish(struct courier *courier) {
    for (size_t i = 0; i < COURIER_SLOTS; i++) slot_abandon(&courier->slots[i]);
    slot_abandon(&courier->own);
    for (size_t i = 0; i < CHANNELS_NAMED_MAX; i++) publisher_close(&courier->publishers[i]);
    if (!courier->multi) return;
    if (courier->heartbeat.under_way) curl_multi_remove_handle(courier->multi, courier->heartbeat.transfer.easy);
    heartbeat_finish(&courier->heartbeat);
    curl_multi_cleanup(courier->multi);
    loop_timer_cancel(&courier->loop->timers, &courier->timer);
    curl_global_cleanup();
    courier->multi = NULL;
}

/* --- deliveries --- */

static void end_at_once(struct courier_slot *slot, enum delivery_outcome outcome, const char *answer) {
    slot->verdict = (struct channel_verdict){.outcome = outcome};
    buffer_add_text(&slot->answer, answer);
    slot->ended = true;
}

static void on_command_ended(void *context) {
    struct courier_slot *slot = context;
    slot->verdict = channel_command_verdict(&slot->command, &slot->answer);
    slot->ended = true;
    tell_ended(slot->courier);
}

static enum error_code start_named(struct courier *courier, struct courier_slot *slot, struct error *err) {
    const struct channel_named *named = slot->named;
    if (named->kind == CHANNEL_COMMAND)
        return channel_command_start(&slot->command, named, &slot->delivery, courier->loop, on_command_ended, slot, err);
    if (named->kind != CHANNEL_ZMQ) return channel_robot(named, &slot->delivery, real_now(), &slot->transfer, err);
    size_t at = (size_t)(named - courier->settings->channels.named.items);
    bool early = tick_now().ms < courier->published_early.ms;
    slot->verdict = channel_zmq(courier->publishers[at], early, &slot->delivery, &slot->answer);
    slot->ended = true;
    return ERROR_OK;
}

static enum error_code start_plain(struct courier *courier, struct courier_slot *slot, struct error *err) {
    const struct channel_settings *channels = &courier->settings->channels;
    const struct delivery *delivery = &slot->delivery;
    int kind;
    if (!word_find(channel_kinds, delivery->channel, strlen(delivery->channel), &kind))
        return error_set(err, ERROR_INPUT, "no channel of this kind");
    if (kind == CHANNEL_WEBHOOK) return channel_webhook(channels, delivery, real_now(), &slot->transfer, err);
    if (kind == CHANNEL_EMAIL) return channel_email(channels, delivery, real_now(), &slot->transfer, err);
    if (kind != CHANNEL_LOG) /* another alerter, or the operator in a minute, may know it */
        return error_set(err, ERROR_NOT_FOUND, "channels.named of this alerter has no %s \"%s\"", delivery->channel,
                         delivery->address);
    enum error_code code = channel_log(channels, delivery, err);
    if (!code) end_at_once(slot, DELIVERY_DELIVERED, "written");
    return code;
}

static void start(struct courier *courier, struct courier_slot *slot) {
    struct error err = {0};
    slot->named = channel_find(&courier->settings->channels, slot->delivery.channel, slot->delivery.address);
    enum error_code code = slot->named ? start_named(courier, slot, &err) : start_plain(courier, slot, &err);
    if (code) end_at_once(slot, code == ERROR_INPUT ? DELIVERY_FAILED : DELIVERY_RETRY, err.message);
    else if (slot->transfer.easy) curl_multi_add_handle(courier->multi, slot->transfer.easy);
}

/* --- closing --- */

static void log_outcome(const struct courier_slot *slot, enum delivery_outcome outcome) {
    static const char *const events[] = {[DELIVERY_RETRY] = "delivery_again",
                                         [DELIVERY_FAILED] = "delivery_failed",
                                         [DELIVERY_THROTTLED] = "channel_throttled"};
    const struct delivery *d = &slot->delivery;
    if (outcome == DELIVERY_DELIVERED) return;
    log_write(outcome == DELIVERY_FAILED ? LOG_LEVEL_WARN : LOG_LEVEL_INFO, events[outcome],
              "channel=%s name=%s recipient=%s number=%s attempts=%d answer=%s", d->channel,
              slot->named ? slot->named->name : "", d->recipient, d->number, d->attempts, buffer_text(&slot->answer));
}

/* Tries end earlier where another way stands by, or where the vendor asks for it. */
static bool is_spent(const struct courier_settings *settings, const struct courier_slot *slot) {
    int64_t tries = settings->attempts;
    if (slot->delivery.has_fallback && settings->fallback_after < tries) tries = settings->fallback_after;
    if (slot->verdict.tries_max > 0 && slot->verdict.tries_max < tries) tries = slot->verdict.tries_max;
    return slot->delivery.attempts >= tries;
}

static enum error_code close_slot(const struct courier_settings *settings, struct pg *pg, struct courier_slot *slot,
                                  struct error *err) {
    if (slot->verdict.outcome == DELIVERY_RETRY && is_spent(settings, slot)) slot->verdict.outcome = DELIVERY_FAILED;
    int wait = slot->verdict.outcome == DELIVERY_THROTTLED
                   ? slot->verdict.hold_ms
                   : (int)courier_pause_ms(settings, slot->delivery.attempts);
    return outbox_close(pg, &slot->delivery, slot->verdict.outcome, buffer_text(&slot->answer), wait, err);
}

/* All that ended in one transaction. A slot is free only when it is committed: until then its outcome is tried again. */
static enum error_code close_ended(struct courier *courier, struct pg *pg, struct error *err) {
    struct courier_slot *ended[COURIER_SLOTS];
    size_t count = 0;
    for (size_t i = 0; i < COURIER_SLOTS; i++)
        if (courier->slots[i].busy && courier->slots[i].ended) ended[count++] = &courier->slots[i];
    if (count == 0) return ERROR_OK;
    enum error_code code = pg_begin(pg, err);
    for (size_t i = 0; !code && i < count; i++) code = close_slot(courier->settings, pg, ended[i], err);
    if (!code) code = pg_commit(pg, err);
    else pg_rollback(pg);
    for (size_t i = 0; !code && i < count; i++) {
        log_outcome(ended[i], ended[i]->verdict.outcome);
        slot_free(ended[i]);
    }
    return code;
}

/* --- one round --- */

/* A lease outlasts whatever it was taken for: a try that still runs must not be made a second time, here or by another. */
static int lease_ms(const struct courier_settings *settings) {
    const struct channel_settings *channels = &settings->channels;
    int64_t webhook = channels->webhook_timeout_ms, mail = channels->email_timeout_ms, longest = webhook > mail ? webhook : mail;
    for (size_t i = 0; i < channels->named.count; i++)
        if (channels->named.items[i].timeout_ms > longest) longest = channels->named.items[i].timeout_ms;
    int64_t wanted = settings->lease_seconds * MS_SECOND;
    return (int)(wanted > longest + LEASE_MARGIN_MS ? wanted : longest + LEASE_MARGIN_MS);
}

static enum error_code declare(struct courier *courier, struct pg *pg, struct error *err) {
    const struct channel_list *list = &courier->settings->channels.named;
    struct outbox_channel channels[CHANNELS_NAMED_MAX];
    if (courier->declared) return ERROR_OK;
    for (size_t i = 0; i < list->count; i++) channels[i] = channel_pace(&list->items[i]);
    enum error_code code = outbox_channels_declare(pg, channels, list->count, err);
    courier->declared = !code;
    return code;
}

/* What ended and is not written yet is carried, too. */
static enum error_code hold(struct courier *courier, struct pg *pg, struct error *err) {
    struct outbox_carried carried[COURIER_SLOTS];
    size_t count = 0;
    if (courier->held) return ERROR_OK;
    for (size_t i = 0; i < COURIER_SLOTS; i++) {
        const struct courier_slot *slot = &courier->slots[i];
        if (slot->busy) carried[count++] = (struct outbox_carried){slot->delivery.id, slot->delivery.lease_epoch};
    }
    enum error_code code = outbox_hold(pg, courier->holder, carried, count, lease_ms(courier->settings), err);
    courier->held = !code;
    return code;
}

static enum error_code reclaim(struct courier *courier, struct pg *pg, struct error *err) {
    struct tick now = tick_now();
    if (now.ms < courier->next_reclaim.ms) return ERROR_OK;
    courier->next_reclaim = tick_after(now, RECLAIM_MS);
    return outbox_reclaim(pg, err);
}

static void beat(struct courier *courier) {
    CURL *easy = heartbeat_due(&courier->heartbeat, &courier->settings->heartbeat, tick_now());
    if (easy) curl_multi_add_handle(courier->multi, easy);
}

/* --- what is said from memory --- */

static void own_ended(struct courier *courier) {
    const struct courier_settings *settings = courier->settings;
    const struct courier_slot *slot = &courier->own;
    bool delivered = slot->verdict.outcome == DELIVERY_DELIVERED;
    int64_t wait = slot->verdict.outcome == DELIVERY_THROTTLED ? slot->verdict.hold_ms
                                                               : courier_pause_ms(settings, slot->delivery.attempts);
    log_write(delivered ? LOG_LEVEL_INFO : LOG_LEVEL_WARN, delivered ? "database_told" : "database_not_told",
              "channel=%s attempts=%d first_line=%s answer=%s", slot->delivery.channel, slot->delivery.attempts,
              slot->delivery.first_line, buffer_text(&slot->answer));
    away_sent(&courier->away, delivered, wait, (int)settings->attempts, tick_now());
    slot_free(&courier->own);
}

static void say_own(struct courier *courier) {
    char host[65] = "?";
    if (courier->own.ended) own_ended(courier);
    enum away_step step = away_due(&courier->away, &courier->settings->away, tick_now());
    if (!step) return;
    if (gethostname(host, sizeof host - 1) != 0) log_warn("host_unknown", "call=gethostname");
    bool made = away_message(&courier->away, &courier->settings->away, step, host, real_now(), &courier->own.delivery);
    if (made) start(courier, &courier->own);
    else away_sent(&courier->away, false, MS_SECOND, (int)courier->settings->attempts, tick_now());
    if (!made) slot_free(&courier->own);
    else if (courier->own.ended) own_ended(courier);
}

bool courier_away(struct courier *courier, bool unreached) {
    away_failed(&courier->away, unreached, tick_now(), real_now());
    say_own(courier);
    return courier->away.under_way != AWAY_NOTHING;
}

/* --- the whole --- */

enum error_code courier_work(struct courier *courier, struct pg *pg, bool *more, struct error *err) {
    *more = false;
    enum error_code code = hold(courier, pg, err);
    if (!code) code = declare(courier, pg, err);
    if (!code) code = close_ended(courier, pg, err);
    if (!code) code = reclaim(courier, pg, err);
    size_t room = COURIER_SLOTS - courier->busy;
    if (code) return code;
    beat(courier);
    away_well(&courier->away, real_now());
    say_own(courier);
    if (room == 0) return ERROR_OK;
    CLEAN(deliveries_finish) struct deliveries leased = {0};
    code = outbox_lease(pg, courier->holder, (int)room, lease_ms(courier->settings), &leased, err);
    if (code) return code;
    for (size_t i = 0, s = 0; i < leased.count; i++) {
        while (courier->slots[s].busy) s++;
        struct courier_slot *slot = &courier->slots[s];
        slot->busy = true;
        courier->busy++;
        slot->delivery = leased.items[i];
        leased.items[i] = (struct delivery){0};
        start(courier, slot);
    }
    *more = leased.count > 0;
    return close_ended(courier, pg, err);
}
