#include "common/link/zap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

struct zap {
    void *socket;
    enum zap_verdict (*ask)(void *context, const char *public_key);
    void *ask_context;
};

/* Frames of a question: version, request id, domain, address, routing id, mechanism, credentials (the key, raw). */
enum { ZAP_VERSION, ZAP_REQUEST, ZAP_DOMAIN_FRAME, ZAP_ADDRESS, ZAP_ROUTING_ID, ZAP_MECHANISM, ZAP_KEY, ZAP_FRAMES };
enum { ZAP_FRAME_MAX = 256 };

struct zap_question {
    struct zap_frame {
        char bytes[ZAP_FRAME_MAX];
        size_t len;
    } frames[ZAP_FRAMES];
    size_t count; /* of those the peer sent, known or not */
    bool oversize;
};

enum error_code zap_open(struct link_context *context, enum zap_verdict (*ask)(void *context, const char *public_key),
                         void *ask_context, struct zap **out, struct error *err) {
    *out = NULL;
    struct zap *zap = calloc(1, sizeof *zap);
    if (!zap) return error_set(err, ERROR_MEMORY, "no memory");
    *zap = (struct zap){zmq_socket(link_context_raw(context), ZMQ_REP), ask, ask_context};
    if (!zap->socket || zmq_bind(zap->socket, "inproc://zeromq.zap.01") != 0) {
        enum error_code code = error_set(err, ERROR_IO, "cannot bind the ZAP handler, and without it every key would be "
                                         "let in: %s", zmq_strerror(zmq_errno()));
        zap_close(&zap);
        return code;
    }
    *out = zap;
    return ERROR_OK;
}

void zap_close(struct zap **zap) {
    if (!*zap) return;
    if ((*zap)->socket) {
        int linger = 0;
        (void)zmq_setsockopt((*zap)->socket, ZMQ_LINGER, &linger, sizeof linger);
        (void)zmq_close((*zap)->socket);
    }
    free(*zap);
    *zap = NULL;
}

/* One question, all its frames. false: none is waiting. */
static bool read_question(void *socket, struct zap_question *question) {
    question->count = 0;
    question->oversize = false;
    for (int more = 1; more;) {
        struct zap_frame spare, *frame = question->count < ZAP_FRAMES ? &question->frames[question->count] : &spare;
        int len = zmq_recv(socket, frame->bytes, sizeof frame->bytes, ZMQ_DONTWAIT);
        if (len < 0) return false;
        if ((size_t)len > sizeof frame->bytes) question->oversize = true;
        frame->len = (size_t)len;
        question->count++;
        size_t size = sizeof more;
        if (zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &size) != 0) return false;
    }
    return true;
}

static bool frame_is(const struct zap_frame *frame, const char *text) {
    return frame->len == strlen(text) && memcmp(frame->bytes, text, frame->len) == 0;
}

static enum zap_verdict judge(const struct zap *zap, const struct zap_question *question, char key[KEY_TEXT_MAX]) {
    const struct zap_frame *frames = question->frames;
    key[0] = '\0';
    if (question->oversize || question->count != ZAP_FRAMES || !frame_is(&frames[ZAP_VERSION], "1.0") ||
        !frame_is(&frames[ZAP_DOMAIN_FRAME], ZAP_DOMAIN) || !frame_is(&frames[ZAP_MECHANISM], "CURVE") ||
        frames[ZAP_KEY].len != KEY_BYTES)
        return ZAP_REFUSE;
    uint8_t raw[KEY_BYTES];
    memcpy(raw, frames[ZAP_KEY].bytes, KEY_BYTES);
    key_to_text(raw, key);
    return zap->ask(zap->ask_context, key);
}

static void answer(void *socket, const struct zap_question *question, enum zap_verdict verdict, const char *key) {
    static const char *const codes[] = {[ZAP_ALLOW] = "200", [ZAP_REFUSE] = "400", [ZAP_NOT_NOW] = "500"};
    static const char *const words[] = {
        [ZAP_ALLOW] = "OK", [ZAP_REFUSE] = "this key is not allowed", [ZAP_NOT_NOW] = "no list of keys yet"};
    const struct zap_frame *request = &question->frames[ZAP_REQUEST];
    bool known = question->count > ZAP_REQUEST && request->len <= sizeof request->bytes;
    size_t key_len = verdict == ZAP_ALLOW ? strlen(key) : 0;
    (void)zmq_send(socket, "1.0", 3, ZMQ_SNDMORE | ZMQ_DONTWAIT);
    (void)zmq_send(socket, known ? request->bytes : "", known ? request->len : 0, ZMQ_SNDMORE | ZMQ_DONTWAIT);
    (void)zmq_send(socket, codes[verdict], 3, ZMQ_SNDMORE | ZMQ_DONTWAIT);
    (void)zmq_send(socket, words[verdict], strlen(words[verdict]), ZMQ_SNDMORE | ZMQ_DONTWAIT);
    (void)zmq_send(socket, key, key_len, ZMQ_SNDMORE | ZMQ_DONTWAIT);
    (void)zmq_send(socket, "", 0, ZMQ_DONTWAIT);
}

void zap_serve(struct zap *zap) {
    struct zap_question question;
    char key[KEY_TEXT_MAX];
    while (read_question(zap->socket, &question)) {
        enum zap_verdict verdict = judge(zap, &question, key);
        answer(zap->socket, &question, verdict, key);
    }
}

bool zap_wait(struct zap *zap) {
    zmq_pollitem_t item = {.socket = zap->socket, .events = ZMQ_POLLIN};
    int ready;
    do ready = zmq_poll(&item, 1, -1);
    while (ready < 0 && zmq_errno() == EINTR);
    return ready > 0;
}

static void ready(void *context, short events) {
    (void)events;
    zap_serve(context);
}

enum error_code zap_watch(struct zap *zap, struct link_loop *loop, struct error *err) {
    return link_watch_socket(loop, zap->socket, POLLIN, ready, zap, err);
}
