#include "common/link/pull.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/link/options.h"

struct pull {
    void *socket;
    zmq_msg_t message; /* what was received last; the caller borrows from it */
    char address[256];
};

static bool set_options(void *socket, const struct pull_settings *settings) {
    return options_common(socket, settings->high_water, (long long)settings->message_max) &&
           option_int(socket, ZMQ_CURVE_SERVER, 1) &&
           option_text(socket, ZMQ_CURVE_SECRETKEY, settings->own->secret_key, KEY_TEXT_MAX) &&
           option_text(socket, ZMQ_ZAP_DOMAIN, ZAP_DOMAIN, strlen(ZAP_DOMAIN)) &&
           option_int(socket, OPTION_ZAP_ENFORCE_DOMAIN, 1) && option_int(socket, ZMQ_HANDSHAKE_IVL, 3000) &&
           option_int(socket, ZMQ_LINGER, 0) && option_int(socket, ZMQ_BACKLOG, 64);
}

/* "tcp://[::ffff:127.0.0.1]:41234", as a socket of both protocols calls it, in the form in which it was given. */
static void plain_address(char *address) {
    static const char mapped[] = "tcp://[::ffff:";
    char *end = strchr(address, ']');
    if (strncmp(address, mapped, sizeof mapped - 1) != 0 || !end || !strchr(address, '.')) return;
    memmove(end, end + 1, strlen(end));
    memmove(address + 6, address + sizeof mapped - 1, strlen(address + sizeof mapped - 1) + 1);
}

static enum error_code bind_it(struct pull *pull, const struct pull_settings *settings, struct error *err) {
    size_t len = sizeof pull->address;
    if (zmq_bind(pull->socket, settings->listen) != 0)
        return error_set(err, ERROR_CONNECTION, "cannot listen on %s: %s", settings->listen, zmq_strerror(zmq_errno()));
    if (zmq_getsockopt(pull->socket, ZMQ_LAST_ENDPOINT, pull->address, &len) != 0)
        return error_set(err, ERROR_IO, "cannot tell the address of %s: %s", settings->listen,
                         zmq_strerror(zmq_errno()));
    plain_address(pull->address);
    return ERROR_OK;
}

enum error_code pull_open(struct link_context *context, struct zap *zap, const struct pull_settings *settings,
                          struct pull **out, struct error *err) {
    *out = NULL;
    if (!zap) return error_set(err, ERROR_REFUSED, "no ZAP handler: every key would be let in");
    enum error_code code = link_address_check(settings->listen, err);
    if (code != ERROR_OK) return code;
    struct pull *pull = calloc(1, sizeof *pull);
    if (!pull) return error_set(err, ERROR_MEMORY, "no memory");
    (void)zmq_msg_init(&pull->message);
    pull->socket = zmq_socket(link_context_raw(context), ZMQ_PULL);
    if (!pull->socket || !set_options(pull->socket, settings))
        code = error_set(err, ERROR_IO, "cannot set up the listening socket: %s", zmq_strerror(zmq_errno()));
    if (code == ERROR_OK) code = bind_it(pull, settings, err);
    if (code != ERROR_OK) pull_close(&pull);
    *out = pull;
    return code;
}

void pull_close(struct pull **pull) {
    if (!*pull) return;
    (void)zmq_msg_close(&(*pull)->message);
    if ((*pull)->socket) (void)zmq_close((*pull)->socket);
    free(*pull);
    *pull = NULL;
}

const char *pull_address(const struct pull *pull) {
    return pull->address;
}

static void take_user(struct pull *pull, char user[KEY_TEXT_MAX]) {
    const char *text = zmq_msg_gets(&pull->message, "User-Id");
    user[0] = '\0';
    if (text && strlen(text) == KEY_TEXT_MAX - 1) memcpy(user, text, KEY_TEXT_MAX);
}

enum link_result pull_receive(struct pull *pull, struct pull_message *out) {
    *out = (struct pull_message){0};
    if (zmq_msg_recv(&pull->message, pull->socket, ZMQ_DONTWAIT) < 0)
        return zmq_errno() == EAGAIN || zmq_errno() == EINTR ? LINK_WOULD_BLOCK : LINK_GONE;
    take_user(pull, out->user);
    out->dropped = zmq_msg_more(&pull->message) != 0;
    if (!out->dropped) out->bytes = (struct slice){zmq_msg_data(&pull->message), zmq_msg_size(&pull->message)};
    while (out->dropped && zmq_msg_more(&pull->message))
        if (zmq_msg_recv(&pull->message, pull->socket, ZMQ_DONTWAIT) < 0) break;
    return LINK_DONE;
}

enum error_code pull_watch(struct pull *pull, struct link_loop *loop, void (*ready)(void *context, short events),
                           void *context, struct error *err) {
    return link_watch_socket(loop, pull->socket, POLLIN, ready, context, err);
}

void pull_unwatch(struct pull *pull, struct link_loop *loop) {
    link_unwatch_socket(loop, pull->socket);
}

bool pull_waiting(struct pull *pull) {
    int events = 0;
    size_t size = sizeof events;
    return zmq_getsockopt(pull->socket, ZMQ_EVENTS, &events, &size) == 0 && (events & ZMQ_POLLIN);
}
