#include "common/link/context.h"

#include <stdlib.h>
#include <string.h>
#include <zmq.h>

struct link_context {
    void *raw;
};

enum error_code link_context_open(struct link_context **out, struct error *err) {
    *out = NULL;
    if (!zmq_has("curve"))
        return error_set(err, ERROR_IO, "this libzmq was built without CURVE: install the distribution's libzmq5");
    struct link_context *context = calloc(1, sizeof *context);
    if (!context) return error_set(err, ERROR_MEMORY, "no memory");
    context->raw = zmq_ctx_new();
    if (!context->raw) {
        free(context);
        return error_set(err, ERROR_IO, "cannot start ZeroMQ: %s", zmq_strerror(zmq_errno()));
    }
    *out = context;
    return ERROR_OK;
}

void link_context_close(struct link_context **context) {
    if (!*context) return;
    while (zmq_ctx_term((*context)->raw) != 0 && zmq_errno() == EINTR) continue;
    free(*context);
    *context = NULL;
}

void *link_context_raw(struct link_context *context) {
    return context->raw;
}

enum error_code link_address_check(const char *address, struct error *err) {
    const char *colon;
    if (strncmp(address, "ipc:///", 7) == 0 && address[7]) return ERROR_OK;
    if (strncmp(address, "inproc://", 9) == 0 && address[9]) return ERROR_OK;
    if (strncmp(address, "tcp://", 6) == 0 && (colon = strrchr(address + 6, ':')) && colon > address + 6 && colon[1])
        return ERROR_OK;
    return error_set(err, ERROR_INPUT, "\"%s\" is no address: write tcp://host:port or ipc:///path/of/socket", address);
}
