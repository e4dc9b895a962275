/* The ZAP handler (RFC 27): asked by ZeroMQ at every CURVE handshake whether a key may enter. An inproc REP socket in
 * the program's own loop; the caller's `ask` looks into its snapshot of the list of keys and never blocks. Anything
 * but a well-formed question for our domain with mechanism CURVE is refused. */
#ifndef DUBAN_LINK_ZAP_H
#define DUBAN_LINK_ZAP_H

#include "common/link/context.h"
#include "common/link/keys.h"
#include "common/link/poll.h"

#define ZAP_DOMAIN "duban"

enum zap_verdict {
    ZAP_ALLOW,    /* 200, User-Id = the public key */
    ZAP_REFUSE,   /* 400 */
    ZAP_NOT_NOW,  /* 500: there is no list of keys yet */
};
struct zap;

/* Binds inproc://zeromq.zap.01. */
__attribute__((warn_unused_result)) enum error_code
zap_open(struct link_context *context, enum zap_verdict (*ask)(void *context, const char *public_key),
         void *ask_context, struct zap **out, struct error *err);
void zap_close(struct zap **zap); /* after the routers */
/* Answers all that is waiting. */
void zap_serve(struct zap *zap);
/* For a thread of its own: blocks until a question waits; false when the context is being closed. */
bool zap_wait(struct zap *zap);
__attribute__((warn_unused_result)) enum error_code zap_watch(struct zap *zap, struct link_loop *loop,
                                                              struct error *err);

#endif
