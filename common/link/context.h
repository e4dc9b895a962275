/* The one ZeroMQ context of a process, and what every socket of ours has in common. zmq.h is included by this room
 * alone. Open the context after loop_signals_open: its threads inherit the signal mask. */
#ifndef DUBAN_LINK_CONTEXT_H
#define DUBAN_LINK_CONTEXT_H

#include <stdbool.h>

#include "common/base/error.h"

struct link_context;

__attribute__((warn_unused_result)) enum error_code link_context_open(struct link_context **out, struct error *err);
/* Close every socket first: it waits until they are gone (their linger is bounded). Accepts NULL. */
void link_context_close(struct link_context **context);
void *link_context_raw(struct link_context *context); /* for this room: the void * of zmq_ctx_new */

enum link_result {
    LINK_DONE,
    LINK_WOULD_BLOCK, /* try again when the socket is ready */
    LINK_GONE,        /* the peer, or the socket, is not there any more */
};

/* "tcp://…:port" or "ipc:///path" or "inproc://name"; else ERROR_INPUT with the remedy. */
__attribute__((warn_unused_result)) enum error_code link_address_check(const char *address, struct error *err);

#endif
