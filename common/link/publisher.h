/* A PUB socket for other systems: CURVE, only listed keys may subscribe, everything bounded. It has a ZeroMQ context and a
 * ZAP handler of its own (a thread that only compares keys), because it lives in programs without zmq_poll. Opened after
 * loop_signals_open: threads inherit the signal mask. Nothing blocks; a slow subscriber loses messages, never the sender
 * time. */
#ifndef DUBAN_LINK_PUBLISHER_H
#define DUBAN_LINK_PUBLISHER_H

#include <stdbool.h>
#include <stddef.h>

#include "common/link/keys.h"
#include "proto/event.h"

struct publisher;

struct publisher_settings {
    const char *listen;         /* "tcp://127.0.0.1:5559" */
    const struct key_pair *own; /* copied */
    const char (*subscribers)[KEY_TEXT_MAX]; /* copied; with none nobody may subscribe */
    size_t subscriber_count;
};
__attribute__((warn_unused_result)) enum error_code publisher_open(const struct publisher_settings *settings,
                                                                   struct publisher **out, struct error *err);
void publisher_close(struct publisher **publisher); /* linger 1 s. Accepts NULL */
const char *publisher_address(const struct publisher *publisher); /* the one really bound. Lends */
/* Subscriptions that stand now; 0 = nobody would hear it. */
size_t publisher_listeners(struct publisher *publisher);
/* Two frames. false: it could not be handed on. */
bool publisher_send(struct publisher *publisher, struct slice topic, struct slice body);

#endif
