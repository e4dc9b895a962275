/* The centre's socket: ROUTER with CURVE, the ZAP domain enforced, everything bounded. Open the ZAP handler first
 * (zap.h): without one CURVE lets everybody in. Who speaks is the User-Id ZAP gave, never the routing id. Nothing
 * blocks. */
#ifndef DUBAN_LINK_ROUTER_H
#define DUBAN_LINK_ROUTER_H

#include "common/link/context.h"
#include "common/link/keys.h"
#include "common/link/poll.h"
#include "common/link/zap.h"
#include "proto/event.h"

struct router;

struct router_settings {
    const char *listen;
    const struct key_pair *own; /* copied */
    size_t message_max;         /* bytes; ZMQ_MAXMSGSIZE */
    int high_water;             /* messages a peer, each way; 8-16 */
};

/* Takes the opened handler as proof that there is one. */
__attribute__((warn_unused_result)) enum error_code router_open(struct link_context *context, struct zap *zap,
                                                                const struct router_settings *settings,
                                                                struct router **out, struct error *err);
void router_close(struct router **router); /* linger 1 s, so that the last answers leave. Accepts NULL */
/* The address really bound ("tcp://127.0.0.1:41234" for port *). Lends. */
const char *router_address(const struct router *router);

enum { ROUTER_PEER_MAX = 32 };
struct router_peer {
    uint8_t id[ROUTER_PEER_MAX];
    size_t len;
};
struct router_message {
    struct router_peer peer;
    char user[KEY_TEXT_MAX]; /* the Z85 public key; "" = no User-Id: drop it */
    struct slice bytes;      /* lent until the next call */
    bool dropped;            /* multipart or without a payload: nothing to read */
};
enum link_result router_receive(struct router *router, struct router_message *out);
/* LINK_GONE: no such peer any more. LINK_WOULD_BLOCK: its queue is full; the message is lost (answers are cumulative). */
enum link_result router_send(struct router *router, const struct router_peer *peer, const void *bytes, size_t len);

__attribute__((warn_unused_result)) enum error_code router_watch(struct router *router, struct link_loop *loop,
                                                                 void (*ready)(void *context, short events),
                                                                 void *context, struct error *err);
void router_unwatch(struct router *router, struct link_loop *loop);
/* Messages wait: for a handler that stops after some and wants to be called again. */
bool router_waiting(struct router *router);

#endif
