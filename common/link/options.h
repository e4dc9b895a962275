/* What both ends of a connection set alike; for this room. Heartbeats find a half-open connection in 15 s; everything
 * that could be made to grow from outside is bounded. */
#ifndef DUBAN_LINK_OPTIONS_H
#define DUBAN_LINK_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <zmq.h>

enum { OPTION_ZAP_ENFORCE_DOMAIN = 93 }; /* ZMQ_ZAP_ENFORCE_DOMAIN: in libzmq 4.3.4, in its header only as a draft */

static inline bool option_int(void *socket, int option, int value) {
    return zmq_setsockopt(socket, option, &value, sizeof value) == 0;
}
static inline bool option_text(void *socket, int option, const char *text, size_t len) {
    return zmq_setsockopt(socket, option, text, len) == 0;
}
static inline bool options_common(void *socket, int high_water, long long message_max) {
    return option_int(socket, ZMQ_SNDHWM, high_water) && option_int(socket, ZMQ_RCVHWM, high_water) &&
           option_int(socket, ZMQ_HEARTBEAT_IVL, 5000) && option_int(socket, ZMQ_HEARTBEAT_TIMEOUT, 15000) &&
           option_int(socket, ZMQ_HEARTBEAT_TTL, 15000) && option_int(socket, ZMQ_IPV6, 1) &&
           zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &message_max, sizeof message_max) == 0;
}

#endif
