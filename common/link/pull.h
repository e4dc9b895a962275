/* A socket to which other programs push: PULL with CURVE, the ZAP domain enforced, everything bounded. Open the ZAP
 * handler first (zap.h). Who speaks is the User-Id ZAP gave. There is no way back: a sender hears nothing, and what is
 * in the queues (high_water messages here, as many there, the network's buffers) is lost when either end dies. Nothing
 * blocks. */
#ifndef DUBAN_LINK_PULL_H
#define DUBAN_LINK_PULL_H

#include "common/link/context.h"
#include "common/link/keys.h"
#include "common/link/poll.h"
#include "common/link/zap.h"
#include "proto/event.h"

struct pull;

struct pull_settings {
    const char *listen;
    const struct key_pair *own; /* copied */
    size_t message_max;         /* bytes; ZMQ_MAXMSGSIZE */
    int high_water;             /* messages of a peer that wait here; 2 at least: the peer's key counts as one */
};

/* Takes the opened handler as proof that there is one. */
__attribute__((warn_unused_result)) enum error_code pull_open(struct link_context *context, struct zap *zap,
                                                              const struct pull_settings *settings, struct pull **out,
                                                              struct error *err);
void pull_close(struct pull **pull); /* accepts NULL */
/* The address really bound ("tcp://127.0.0.1:41234" for port *). Lends. */
const char *pull_address(const struct pull *pull);

struct pull_message {
    char user[KEY_TEXT_MAX]; /* the Z85 public key; "" = no User-Id: drop it */
    struct slice bytes;      /* lent until the next call */
    bool dropped;            /* multipart: nothing to read */
};
enum link_result pull_receive(struct pull *pull, struct pull_message *out);

__attribute__((warn_unused_result)) enum error_code pull_watch(struct pull *pull, struct link_loop *loop,
                                                               void (*ready)(void *context, short events),
                                                               void *context, struct error *err);
void pull_unwatch(struct pull *pull, struct link_loop *loop);
bool pull_waiting(struct pull *pull);

#endif
