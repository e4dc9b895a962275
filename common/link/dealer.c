#include "common/link/dealer.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/random.h"
#include "common/link/options.h"
#include "proto/message.h"

struct dealer {
    void *socket, *monitor;
    zmq_msg_t message; /* what was received last; the caller borrows from it */
};

enum { HIGH_WATER = 16 };
/* Only what a session must know: a monitor nobody reads in time would stall its socket. */
enum {
    MONITORED = ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
                ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_CLOSED |
                ZMQ_EVENT_CONNECT_RETRIED
};

static bool set_options(void *socket, const struct dealer_settings *settings) {
    const struct key_pair *own = settings->own;
    return options_common(socket, HIGH_WATER, MESSAGE_BYTES_MAX) && option_int(socket, ZMQ_LINGER, 0) &&
           option_int(socket, ZMQ_RECONNECT_IVL, -1) && option_int(socket, ZMQ_CONNECT_TIMEOUT, 10000) &&
           option_int(socket, ZMQ_HANDSHAKE_IVL, 10000) &&
           option_text(socket, ZMQ_CURVE_SERVERKEY, settings->server_key, KEY_TEXT_MAX) &&
           option_text(socket, ZMQ_CURVE_PUBLICKEY, own->public_key, KEY_TEXT_MAX) &&
           option_text(socket, ZMQ_CURVE_SECRETKEY, own->secret_key, KEY_TEXT_MAX);
}

/* A closed socket's name is free only after a while, and its memory at once: so the name is drawn. */
static bool open_monitor(struct link_context *context, struct dealer *dealer) {
    char name[64];
    uint64_t drawn = 0;
    struct error ignored;
    if (random_bytes(&drawn, sizeof drawn, &ignored) != ERROR_OK) drawn = (uintptr_t)dealer;
    (void)snprintf(name, sizeof name, "inproc://dealer-monitor-%016" PRIx64, drawn);
    if (zmq_socket_monitor(dealer->socket, name, MONITORED) != 0) return false;
    dealer->monitor = zmq_socket(link_context_raw(context), ZMQ_PAIR);
    return dealer->monitor && option_int(dealer->monitor, ZMQ_LINGER, 0) && zmq_connect(dealer->monitor, name) == 0;
}

enum error_code dealer_open(struct link_context *context, const struct dealer_settings *settings, struct dealer **out,
                            struct error *err) {
    uint8_t raw[KEY_BYTES];
    *out = NULL;
    enum error_code code = link_address_check(settings->address, err);
    if (code != ERROR_OK) return code;
    if (!key_to_bytes(settings->server_key, raw))
        return error_set(err, ERROR_INPUT, "the server's key must be 40 characters of Z85, as `duban key list` prints it");
    struct dealer *dealer = calloc(1, sizeof *dealer);
    if (!dealer) return error_set(err, ERROR_MEMORY, "no memory");
    (void)zmq_msg_init(&dealer->message);
    dealer->socket = zmq_socket(link_context_raw(context), ZMQ_DEALER);
    if (!dealer->socket || !set_options(dealer->socket, settings) || !open_monitor(context, dealer))
        code = error_set(err, ERROR_IO, "cannot set up a socket: %s", zmq_strerror(zmq_errno()));
    else if (zmq_connect(dealer->socket, settings->address) != 0)
        code = error_set(err, ERROR_INPUT, "cannot connect to %s: %s", settings->address, zmq_strerror(zmq_errno()));
    if (code != ERROR_OK) dealer_close(&dealer);
    *out = dealer;
    return code;
}

void dealer_close(struct dealer **dealer) {
    if (!*dealer) return;
    (void)zmq_msg_close(&(*dealer)->message);
    if ((*dealer)->socket) {
        (void)zmq_socket_monitor((*dealer)->socket, NULL, 0);
        (void)zmq_close((*dealer)->socket);
    }
    if ((*dealer)->monitor) (void)zmq_close((*dealer)->monitor);
    free(*dealer);
    *dealer = NULL;
}

static enum dealer_news read_news(uint16_t event) {
    switch (event) {
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED: return DEALER_CONNECTED;
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH: return DEALER_REFUSED;
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL: return DEALER_BAD_KEY;
    case ZMQ_EVENT_CLOSED: return DEALER_UNREACHABLE;
    case ZMQ_EVENT_CONNECT_RETRIED: return DEALER_UNREACHABLE;
    default: return DEALER_DISCONNECTED;
    }
}

/* Two frames: event number and value, then the address. */
enum dealer_news dealer_news(struct dealer *dealer) {
    uint8_t frame[16] = {0};
    char address[256];
    uint16_t event;
    if (zmq_recv(dealer->monitor, frame, sizeof frame, ZMQ_DONTWAIT) < 6) return DEALER_NO_NEWS;
    memcpy(&event, frame, sizeof event);
    (void)zmq_recv(dealer->monitor, address, sizeof address, ZMQ_DONTWAIT);
    return read_news(event);
}

const char *dealer_news_text(enum dealer_news news) {
    switch (news) {
    case DEALER_NO_NEWS: return "nothing new";
    case DEALER_CONNECTED: return "connected";
    case DEALER_REFUSED: return "the server does not let this key in: tell the centre its fingerprint";
    case DEALER_BAD_KEY: return "the handshake failed: is the server's key right?";
    case DEALER_UNREACHABLE: return "nobody answers at the address";
    case DEALER_DISCONNECTED: return "the connection is gone";
    }
    return "";
}

enum link_result dealer_send(struct dealer *dealer, const void *bytes, size_t len) {
    if (zmq_send(dealer->socket, bytes, len, ZMQ_DONTWAIT) >= 0) return LINK_DONE;
    return zmq_errno() == EAGAIN || zmq_errno() == EINTR ? LINK_WOULD_BLOCK : LINK_GONE;
}

enum link_result dealer_receive(struct dealer *dealer, struct slice *bytes) {
    for (;;) {
        bool multipart = false;
        do {
            if (zmq_msg_recv(&dealer->message, dealer->socket, ZMQ_DONTWAIT) < 0)
                return zmq_errno() == EAGAIN || zmq_errno() == EINTR ? LINK_WOULD_BLOCK : LINK_GONE;
            if (zmq_msg_more(&dealer->message)) multipart = true;
        } while (zmq_msg_more(&dealer->message));
        if (multipart) continue;
        *bytes = (struct slice){zmq_msg_data(&dealer->message), zmq_msg_size(&dealer->message)};
        return LINK_DONE;
    }
}

enum error_code dealer_watch(struct dealer *dealer, struct link_loop *loop, bool writable,
                             void (*ready)(void *context, short events), void *context, struct error *err) {
    short events = writable ? POLLIN | POLLOUT : POLLIN;
    enum error_code code = link_watch_socket(loop, dealer->monitor, POLLIN, ready, context, err);
    return code == ERROR_OK ? link_watch_socket(loop, dealer->socket, events, ready, context, err) : code;
}

void dealer_unwatch(struct dealer *dealer, struct link_loop *loop) {
    link_unwatch_socket(loop, dealer->socket);
    link_unwatch_socket(loop, dealer->monitor);
}
