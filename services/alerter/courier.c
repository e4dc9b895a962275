#include "services/alerter/courier.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/log.h"

int64_t courier_pause_ms(const struct courier_settings *settings, int attempts) {
    int64_t pause = settings->retry_first_ms;
    for (int i = 1; i < attempts && pause < settings->retry_longest_ms; i++) pause *= 2;
    return pause < settings->retry_longest_ms ? pause : settings->retry_longest_ms;
}

/* --- libcurl in the loop --- */

static struct courier_slot *slot_of(struct courier *courier, const CURL *easy) {
    for (size_t i = 0; i < COURIER_SLOTS; i++)
        if (courier->slots[i].busy && courier->slots[i].transfer.easy == easy) return &courier->slots[i];
    return NULL;
}

static void take_ended(struct courier *courier) {
    CURLMsg *message;
    int left;
    bool any = false;
    while ((message = curl_multi_info_read(courier->multi, &left))) {
        if (message->msg != CURLMSG_DONE) continue;
        struct courier_slot *slot = slot_of(courier, message->easy_handle);
        CURLcode result = message->data.result;
        curl_multi_remove_handle(courier->multi, message->easy_handle);
        if (!slot) continue;
        slot->outcome = strcmp(slot->delivery.channel, "email") == 0
                            ? channel_email_outcome(&slot->transfer, result, &slot->answer)
                            : channel_webhook_outcome(&slot->transfer, result, &slot->answer);
        slot->ended = any = true;
    }
    if (any && courier->on_ended) courier->on_ended(courier->context);
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

enum error_code courier_open(struct courier *courier, const struct courier_settings *settings, struct loop *loop,
                             struct error *err) {
    *courier = (struct courier){.settings = settings, .loop = loop};
    courier->timer = (struct loop_timer){.due = TICK_NONE, .fire = on_timer, .context = courier};
    for (size_t i = 0; i < COURIER_SLOTS; i++) courier->slots[i].courier = courier;
    courier->multi = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? curl_multi_init() : NULL;
    if (!courier->multi) return error_set(err, ERROR_MEMORY, "cannot start libcurl");
    curl_multi_setopt(courier->multi, CURLMOPT_TIMERFUNCTION, set_timer);
    curl_multi_setopt(courier->multi, CURLMOPT_TIMERDATA, courier);
    curl_multi_setopt(courier->multi, CURLMOPT_SOCKETFUNCTION, set_socket);
    curl_multi_setopt(courier->multi, CURLMOPT_SOCKETDATA, courier);
    curl_multi_setopt(courier->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)COURIER_SLOTS);
    return ERROR_OK;
}

static void slot_free(struct courier_slot *slot) {
    struct courier *courier = slot->courier;
    channel_transfer_finish(&slot->transfer);
    delivery_finish(&slot->delivery);
    buffer_finish(&slot->answer);
    if (slot->busy) courier->busy--;
    *slot = (struct courier_slot){.courier = courier};
}

void courier_finish(struct courier *courier) {
    for (size_t i = 0; i < COURIER_SLOTS; i++) {
        struct courier_slot *slot = &courier->slots[i];
        if (!slot->courier) continue;
        if (slot->busy && !slot->ended && slot->transfer.easy)
            curl_multi_remove_handle(courier->multi, slot->transfer.easy);
        slot_free(slot);
    }
    if (!courier->multi) return;
    curl_multi_cleanup(courier->multi);
    loop_timer_cancel(&courier->loop->timers, &courier->timer);
    curl_global_cleanup();
    courier->multi = NULL;
}

/* --- deliveries --- */

static void end_at_once(struct courier_slot *slot, enum delivery_outcome outcome, const char *answer) {
    slot->outcome = outcome;
    buffer_add_text(&slot->answer, answer);
    slot->ended = true;
}

static void start(struct courier *courier, struct courier_slot *slot) {
    const struct channel_settings *channels = &courier->settings->channels;
    const struct delivery *delivery = &slot->delivery;
    struct error err = {0};
    enum error_code code;
    if (strcmp(delivery->channel, "log") == 0) {
        code = channel_log(channels, delivery, &err);
        end_at_once(slot, code ? DELIVERY_RETRY : DELIVERY_DELIVERED, code ? err.message : "written");
        return;
    }
    if (strcmp(delivery->channel, "webhook") == 0)
        code = channel_webhook(channels, delivery, real_now(), &slot->transfer, &err);
    else if (strcmp(delivery->channel, "email") == 0)
        code = channel_email(channels, delivery, real_now(), &slot->transfer, &err);
    else
        code = error_set(&err, ERROR_INPUT, "no channel of this name");
    if (code)
        end_at_once(slot, code == ERROR_INPUT ? DELIVERY_FAILED : DELIVERY_RETRY, err.message);
    else
        curl_multi_add_handle(courier->multi, slot->transfer.easy);
}

static enum error_code close_slot(struct courier *courier, struct pg *pg, struct courier_slot *slot,
                                  struct error *err) {
    const struct courier_settings *settings = courier->settings;
    struct delivery *delivery = &slot->delivery;
    bool spent = slot->outcome == DELIVERY_RETRY && delivery->attempts >= settings->attempts;
    enum delivery_outcome outcome = spent ? DELIVERY_FAILED : slot->outcome;
    int pause = (int)courier_pause_ms(settings, delivery->attempts);
    enum error_code code = outbox_close(pg, delivery, outcome, buffer_text(&slot->answer), pause, err);
    if (code) return code;
    if (outcome == DELIVERY_FAILED)
        log_warn("delivery_failed", "channel=%s recipient=%s number=%s attempts=%d answer=%s", delivery->channel,
                 delivery->recipient, delivery->number, delivery->attempts, buffer_text(&slot->answer));
    else if (outcome == DELIVERY_RETRY)
        log_info("delivery_again", "channel=%s recipient=%s number=%s attempts=%d answer=%s", delivery->channel,
                 delivery->recipient, delivery->number, delivery->attempts, buffer_text(&slot->answer));
    slot_free(slot);
    return ERROR_OK;
}

static enum error_code close_ended(struct courier *courier, struct pg *pg, struct error *err) {
    for (size_t i = 0; i < COURIER_SLOTS; i++) {
        struct courier_slot *slot = &courier->slots[i];
        enum error_code code = slot->busy && slot->ended ? close_slot(courier, pg, slot, err) : ERROR_OK;
        if (code) return code;
    }
    return ERROR_OK;
}

enum error_code courier_work(struct courier *courier, struct pg *pg, bool *more, struct error *err) {
    *more = false;
    enum error_code code = close_ended(courier, pg, err);
    size_t room = COURIER_SLOTS - courier->busy;
    if (code || room == 0) return code;
    CLEAN(deliveries_finish) struct deliveries leased = {0};
    code = outbox_lease(pg, (int)room, (int)(courier->settings->lease_seconds * MS_SECOND), &leased, err);
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
