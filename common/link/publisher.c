#include "common/link/publisher.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "common/link/options.h"
#include "common/link/zap.h"

enum { HIGH_WATER = 1000, MESSAGE_MAX = 1024 }; /* subscribers send topics, and handshakes of some 300 bytes */

struct publisher {
    struct link_context *context;
    struct zap *zap;
    pthread_t thread;
    bool has_thread;
    void *socket;
    char address[256];
    size_t listeners;
    char (*keys)[KEY_TEXT_MAX];
    size_t key_count;
};

static enum zap_verdict ask(void *context, const char *public_key) {
    const struct publisher *publisher = context;
    for (size_t i = 0; i < publisher->key_count; i++)
        if (strcmp(publisher->keys[i], public_key) == 0) return ZAP_ALLOW;
    return ZAP_REFUSE;
}

/* Ends when the context does. The keys were copied before it began and do not change. */
static void *answer_questions(void *context) {
    struct publisher *publisher = context;
    while (zap_wait(publisher->zap)) zap_serve(publisher->zap);
    zap_close(&publisher->zap);
    return NULL;
}

static enum error_code start_thread(struct publisher *publisher, struct error *err) {
    sigset_t all, before;
    sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are the loop's */
    int why = pthread_create(&publisher->thread, NULL, answer_questions, publisher);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (why) return error_set_errno(err, ERROR_IO, why, "cannot start the thread of the ZAP handler");
    publisher->has_thread = true;
    return ERROR_OK;
}

static bool set_options(void *socket, const struct key_pair *own) {
    return options_common(socket, HIGH_WATER, MESSAGE_MAX) && option_int(socket, ZMQ_CURVE_SERVER, 1) &&
           option_text(socket, ZMQ_CURVE_SECRETKEY, own->secret_key, KEY_TEXT_MAX) &&
           option_text(socket, ZMQ_ZAP_DOMAIN, ZAP_DOMAIN, strlen(ZAP_DOMAIN)) &&
           option_int(socket, OPTION_ZAP_ENFORCE_DOMAIN, 1) && option_int(socket, ZMQ_HANDSHAKE_IVL, 3000) &&
           option_int(socket, ZMQ_LINGER, 1000) && option_int(socket, ZMQ_BACKLOG, 64) &&
           /* every subscription and its end is told, also when another subscriber has the same */
           option_int(socket, ZMQ_XPUB_VERBOSER, 1);
}

static enum error_code open_socket(struct publisher *publisher, const struct publisher_settings *settings,
                                   struct error *err) {
    size_t len = sizeof publisher->address;
    publisher->socket = zmq_socket(link_context_raw(publisher->context), ZMQ_XPUB);
    if (!publisher->socket || !set_options(publisher->socket, settings->own))
        return error_set(err, ERROR_IO, "cannot set up the publishing socket: %s", zmq_strerror(zmq_errno()));
    if (zmq_bind(publisher->socket, settings->listen) != 0)
        return error_set(err, ERROR_CONNECTION, "cannot listen on %s: %s", settings->listen, zmq_strerror(zmq_errno()));
    if (zmq_getsockopt(publisher->socket, ZMQ_LAST_ENDPOINT, publisher->address, &len) != 0)
        return error_set(err, ERROR_IO, "cannot tell the address of %s", settings->listen);
    return ERROR_OK;
}

enum error_code publisher_open(const struct publisher_settings *settings, struct publisher **out, struct error *err) {
    *out = NULL;
    enum error_code code = link_address_check(settings->listen, err);
    if (code) return code;
    struct publisher *publisher = calloc(1, sizeof *publisher);
    if (publisher) publisher->keys = calloc(settings->subscriber_count + 1, KEY_TEXT_MAX);
    if (!publisher || !publisher->keys) {
        free(publisher);
        return error_set(err, ERROR_MEMORY, "no memory");
    }
    for (size_t i = 0; i < settings->subscriber_count; i++)
        memcpy(publisher->keys[i], settings->subscribers[i], KEY_TEXT_MAX);
    publisher->key_count = settings->subscriber_count;
    code = link_context_open(&publisher->context, err);
    if (!code) code = zap_open(publisher->context, ask, publisher, &publisher->zap, err);
    if (!code) code = start_thread(publisher, err);
    if (!code) code = open_socket(publisher, settings, err);
    if (code) publisher_close(&publisher);
    *out = publisher;
    return code;
}

void publisher_close(struct publisher **publisher) {
    struct publisher *p = *publisher;
    if (!p) return;
    if (p->socket) (void)zmq_close(p->socket);
    if (!p->has_thread) zap_close(&p->zap);
    link_context_close(&p->context); /* wakes the thread, which closes the handler; waits for both */
    if (p->has_thread) pthread_join(p->thread, NULL);
    free(p->keys);
    free(p);
    *publisher = NULL;
}

const char *publisher_address(const struct publisher *publisher) {
    return publisher->address;
}

/* A subscription begins with 1, its end with 0. */
size_t publisher_listeners(struct publisher *publisher) {
    char frame[MESSAGE_MAX + 1];
    int len;
    while ((len = zmq_recv(publisher->socket, frame, sizeof frame, ZMQ_DONTWAIT)) >= 0) {
        if (len > 0 && frame[0] == 1) publisher->listeners++;
        else if (len > 0 && frame[0] == 0 && publisher->listeners > 0) publisher->listeners--;
    }
    return publisher->listeners;
}

bool publisher_send(struct publisher *publisher, struct slice topic, struct slice body) {
    return zmq_send(publisher->socket, topic.ptr, topic.len, ZMQ_SNDMORE | ZMQ_DONTWAIT) >= 0 &&
           zmq_send(publisher->socket, body.ptr, body.len, ZMQ_DONTWAIT) >= 0;
}
