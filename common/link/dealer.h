/* The agent's socket: one session with one server. CURVE, no routing id, no reconnecting by itself (the sender's state
 * machine decides when to try again), its own monitor with a narrow mask. Close it and open a new one after a failed
 * handshake, a disconnect or a refusal. Nothing blocks. */
#ifndef DUBAN_LINK_DEALER_H
#define DUBAN_LINK_DEALER_H

#include "common/link/context.h"
#include "common/link/keys.h"
#include "common/link/poll.h"
#include "proto/event.h"

struct dealer;

struct dealer_settings {
    const char *address;         /* of the server */
    const char *server_key;      /* its public key, Z85 */
    const struct key_pair *own;  /* copied */
};

/* Starts connecting. ERROR_INPUT: an address or key that cannot be right. */
__attribute__((warn_unused_result)) enum error_code dealer_open(struct link_context *context,
                                                                const struct dealer_settings *settings,
                                                                struct dealer **out, struct error *err);
void dealer_close(struct dealer **dealer); /* linger 0; what was not sent is dropped. Accepts NULL */

enum dealer_news {
    DEALER_NO_NEWS,
    DEALER_CONNECTED, /* the CURVE handshake is done */
    DEALER_REFUSED,   /* the server does not know our key (ZAP 400), or does not know yet (300, 500) */
    DEALER_BAD_KEY,   /* the handshake failed: usually a wrong server key */
    DEALER_UNREACHABLE,
    DEALER_DISCONNECTED,
};
/* The next thing that happened to the connection; call until DEALER_NO_NEWS. The last three and the two refusals end
 * the session. */
enum dealer_news dealer_news(struct dealer *dealer);
const char *dealer_news_text(enum dealer_news news); /* English words for a log */

/* LINK_DONE: ZeroMQ has taken it (no promise of delivery). */
enum link_result dealer_send(struct dealer *dealer, const void *bytes, size_t len);
/* Lends the message until the next call. Multipart messages are dropped whole. */
enum link_result dealer_receive(struct dealer *dealer, struct slice *bytes);

/* Watches socket and monitor; ready is called for either. With writable also when it can be sent again. */
__attribute__((warn_unused_result)) enum error_code dealer_watch(struct dealer *dealer, struct link_loop *loop,
                                                                 bool writable,
                                                                 void (*ready)(void *context, short events),
                                                                 void *context, struct error *err);
void dealer_unwatch(struct dealer *dealer, struct link_loop *loop);

#endif
