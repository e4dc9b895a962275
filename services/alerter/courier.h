/* Carries deliveries: leases them from the outbox, sends them (webhook and e-mail side by side, by libcurl's multi
 * interface inside the loop), closes each with its outcome. Tries are spread with back-off in real time and end after a
 * bounded number; a delivery whose process dies is free again when its lease runs out. */
#ifndef DUBAN_ALERTER_COURIER_H
#define DUBAN_ALERTER_COURIER_H

#include "common/base/loop.h"
#include "services/alerter/channel.h"

enum { COURIER_SLOTS = 16 };

struct courier_settings {
    struct channel_settings channels;
    int64_t attempts, retry_first_ms, retry_longest_ms, lease_seconds;
};

struct courier {
    const struct courier_settings *settings; /* borrowed */
    struct loop *loop;                       /* borrowed */
    CURLM *multi;
    struct loop_timer timer; /* libcurl's */
    struct courier_slot {
        struct courier *courier;
        bool busy, ended;
        struct delivery delivery;
        struct channel_transfer transfer;
        enum delivery_outcome outcome;
        struct buffer answer;
    } slots[COURIER_SLOTS];
    size_t busy;
    void (*on_ended)(void *context); /* something is to be closed: call courier_close soon */
    void *context;
};

__attribute__((warn_unused_result)) enum error_code courier_open(struct courier *courier,
                                                                 const struct courier_settings *settings,
                                                                 struct loop *loop, struct error *err);
void courier_finish(struct courier *courier);

/* Closes what ended and leases more, as far as slots are free. Waits for the database, never for a channel.
 * *more: it is worth calling again at once. */
__attribute__((warn_unused_result)) enum error_code courier_work(struct courier *courier, struct pg *pg, bool *more,
                                                                 struct error *err);

/* How long to wait after the n-th try: doubles, bounded. */
int64_t courier_pause_ms(const struct courier_settings *settings, int attempts);

#endif
