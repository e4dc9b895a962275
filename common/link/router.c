#include "common/link/router.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/link/options.h"

struct router {
    void *socket;
    zmq_msg_t message; /* what was received last; the caller borrows from it */
    char address[256];
};

static bool set_options(void *socket, const struct router_settings *settings) {
    return options_common(socket, settings->high_water, (long long)settings->message_max) &&
           option_int(socket, ZMQ_CURVE_SERVER, 1) &&
           option_text(socket, ZMQ_CURVE_SECRETKEY, settings->own->secret_key, KEY_TEXT_MAX) &&
           option_text(socket, ZMQ_ZAP_DOMAIN, ZAP_DOMAIN, strlen(ZAP_DOMAIN)) &&
           option_int(socket, OPTION_ZAP_ENFORCE_DOMAIN, 1) && option_int(socket, ZMQ_ROUTER_MANDATORY, 1) &&
           option_int(socket, ZMQ_HANDSHAKE_IVL, 3000) && option_int(socket, ZMQ_LINGER, 1000) &&
           option_int(socket, ZMQ_BACKLOG, 512);
}

static enum error_code bind_it(struct router *router, const struct router_settings *settings, struct error *err) {
    size_t len = sizeof router->address;
    if (zmq_bind(router->socket, settings->listen) != 0)
        return error_set(err, ERROR_CONNECTION, "cannot listen on %s: %s", settings->listen, zmq_strerror(zmq_errno()));
    if (zmq_getsockopt(router->socket, ZMQ_LAST_ENDPOINT, router->address, &len) != 0)
        return error_set(err, ERROR_IO, "cannot tell the address of %s: %s", settings->listen,
                         zmq_strerror(zmq_errno()));
    return ERROR_OK;
}

enum error_code router_open(struct link_context *context, struct zap *zap, const struct router_settings *settings,
                            struct router **out, struct error *err) {
    *out = NULL;
    if (!zap) return error_set(err, ERROR_REFUSED, "no ZAP handler: every key would be let in");
    enum error_code code = link_address_check(settings->listen, err);
    if (code != ERROR_OK) return code;
    struct router *router = calloc(1, sizeof *router);
    if (!router) return error_set(err, ERROR_MEMORY, "no memory");
    (void)zmq_msg_init(&router->message);
    router->socket = zmq_socket(link_context_raw(context), ZMQ_ROUTER);
    if (!router->socket || !set_options(router->socket, settings))
        code = error_set(err, ERROR_IO, "cannot set up the listening socket: %s", zmq_strerror(zmq_errno()));
    if (code == ERROR_OK) code = bind_it(router, settings, err);
    if (code != ERROR_OK) router_close(&router);
    *out = router;
    return code;
}

void router_close(struct router **router) {
    if (!*router) return;
    (void)zmq_msg_close(&(*router)->message);
    if ((*router)->socket) (void)zmq_close((*router)->socket);
    free(*router);
    *router = NULL;
}

const char *router_address(const struct router *router) {
    return router->address;
}

/* Reads and forgets the frames that remain of a message. */
static void skip_rest(struct router *router) {
    while (zmq_msg_more(&router->message))
        if (zmq_msg_recv(&router->message, router->socket, ZMQ_DONTWAIT) < 0) return;
}

static bool take_peer(struct router *router, struct router_peer *peer) {
    size_t len = zmq_msg_size(&router->message);
    peer->len = 0;
    if (len == 0 || len > sizeof peer->id || !zmq_msg_more(&router->message)) return false;
    memcpy(peer->id, zmq_msg_data(&router->message), len);
    peer->len = len;
    return true;
}

static void take_user(struct router *router, char user[KEY_TEXT_MAX]) {
    const char *text = zmq_msg_gets(&router->message, "User-Id");
    user[0] = '\0';
    if (text && strlen(text) == KEY_TEXT_MAX - 1) memcpy(user, text, KEY_TEXT_MAX);
}

enum link_result router_receive(struct router *router, struct router_message *out) {
    *out = (struct router_message){0};
    if (zmq_msg_recv(&router->message, router->socket, ZMQ_DONTWAIT) < 0)
        return zmq_errno() == EAGAIN || zmq_errno() == EINTR ? LINK_WOULD_BLOCK : LINK_GONE;
    out->dropped = true;
    if (!take_peer(router, &out->peer)) {
        skip_rest(router);
        return LINK_DONE;
    }
    if (zmq_msg_recv(&router->message, router->socket, ZMQ_DONTWAIT) < 0) return LINK_DONE;
    take_user(router, out->user);
    if (zmq_msg_more(&router->message)) {
        skip_rest(router);
        return LINK_DONE;
    }
    out->dropped = false;
    out->bytes = (struct slice){zmq_msg_data(&router->message), zmq_msg_size(&router->message)};
    return LINK_DONE;
}

enum link_result router_send(struct router *router, const struct router_peer *peer, const void *bytes, size_t len) {
    if (zmq_send(router->socket, peer->id, peer->len, ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0)
        return zmq_errno() == EHOSTUNREACH ? LINK_GONE : LINK_WOULD_BLOCK;
    return zmq_send(router->socket, bytes, len, ZMQ_DONTWAIT) < 0 ? LINK_WOULD_BLOCK : LINK_DONE;
}

enum error_code router_watch(struct router *router, struct link_loop *loop, void (*ready)(void *context, short events),
                             void *context, struct error *err) {
    return link_watch_socket(loop, router->socket, POLLIN, ready, context, err);
}

void router_unwatch(struct router *router, struct link_loop *loop) {
    link_unwatch_socket(loop, router->socket);
}

bool router_waiting(struct router *router) {
    int events = 0;
    size_t size = sizeof events;
    return zmq_getsockopt(router->socket, ZMQ_EVENTS, &events, &size) == 0 && (events & ZMQ_POLLIN);
}
