/* A centre of a few lines: real socket, keys and receiver, its "database" a struct. Runs in the caller's loop. */
#ifndef DUBAN_TESTS_SMALL_CENTRE_H
#define DUBAN_TESTS_SMALL_CENTRE_H

#include <criterion/criterion.h>

#include "common/link/router.h"
#include "proto/receiver.h"

struct centre {
    const char *stream, *known_key; /* the one key that is let in */
    struct zap *zap;
    struct router *router;
    struct receiver receiver;
    uint64_t statuses, events;
    enum key_permission permission;
    bool mute;
    uint64_t reject_seq; /* named as rejected in every ACK that covers it */
};

static inline enum zap_verdict centre_let_in(void *context, const char *public_key) {
    struct centre *centre = context;
    return strcmp(public_key, centre->known_key) == 0 ? ZAP_ALLOW : ZAP_REFUSE;
}

static inline void centre_answer(struct centre *centre, const struct router_peer *peer, const struct message *message) {
    uint8_t bytes[4096];
    size_t len = 0;
    cr_assert_eq(message_encode(message, bytes, sizeof bytes, &len), PROTO_OK);
    (void)!router_send(centre->router, peer, bytes, len);
}

static inline struct message centre_ack(struct centre *centre, enum ack_flag flag) {
    struct message message = receiver_ack(&centre->receiver, flag, 0);
    if (centre->reject_seq && message.ack.committed_seq >= centre->reject_seq) {
        message.ack.rejected[0] = (struct message_rejected){centre->reject_seq, QUARANTINE_OUT_OF_SCOPE};
        message.ack.rejected_listed = 1;
        message.ack.rejected_count = 1;
    }
    return message;
}

static inline void centre_take(struct centre *centre, const struct router_message *in) {
    static struct slice events[MESSAGE_EVENTS_MAX];
    struct message message;
    struct receiver_answer say = {.verdict = RECEIVER_SILENT};
    cr_assert_eq(message_decode((const uint8_t *)in->bytes.ptr, in->bytes.len, events, MESSAGE_EVENTS_MAX, &message),
                 PROTO_OK);
    if (message.type == MESSAGE_HELLO)
        receiver_hello(&centre->receiver, &message, slice_of(centre->stream), centre->permission, &say);
    if (message.type == MESSAGE_BATCH) receiver_batch(&centre->receiver, &message, centre->permission, &say);
    if (message.type == MESSAGE_STATUS) {
        centre->statuses++;
        receiver_status(&centre->receiver, &message, centre->permission, &say);
    }
    struct message out = {.type = 0};
    switch (say.verdict) {
    case RECEIVER_ADMIT:
        receiver_load(&centre->receiver, &say.row, 1000);
        out = receiver_welcome(&centre->receiver, 1 << 20, 100, 60000, 0);
        break;
    case RECEIVER_TAKE:
        centre->events += message.batch.count - say.skip;
        receiver_committed(&centre->receiver, say.last_seq, &say.head);
        out = centre_ack(centre, ACK_OK);
        break;
    case RECEIVER_ACK:
        out = centre_ack(centre, say.flag);
        break;
    case RECEIVER_REFUSE:
        out = receiver_error(&centre->receiver, say.error, say.detail);
        break;
    case RECEIVER_SILENT:
    case RECEIVER_SETTLE:
        return;
    }
    centre_answer(centre, &in->peer, &out);
}

static inline void centre_ready(void *context, short events) {
    struct centre *centre = context;
    struct router_message in;
    (void)events;
    while (router_receive(centre->router, &in) == LINK_DONE)
        if (!in.dropped && in.user[0] && !centre->mute) centre_take(centre, &in);
}

static inline void centre_open(struct centre *centre, struct link_context *context, struct link_loop *loop,
                               const char *listen, const struct key_pair *own, struct error *err) {
    struct router_settings router = {.listen = listen, .own = own, .message_max = MESSAGE_BYTES_MAX, .high_water = 16};
    struct stream_row row = {.log = 1};
    centre->permission = KEY_ALLOWED;
    cr_assert_eq(zap_open(context, centre_let_in, centre, &centre->zap, err), ERROR_OK);
    cr_assert_eq(router_open(context, centre->zap, &router, &centre->router, err), ERROR_OK, "%s", err->message);
    cr_assert_eq(zap_watch(centre->zap, loop, err), ERROR_OK);
    cr_assert_eq(router_watch(centre->router, loop, centre_ready, centre, err), ERROR_OK);
    receiver_load(&centre->receiver, &row, 1000);
}

static inline void centre_close(struct centre *centre) {
    router_close(&centre->router);
    zap_close(&centre->zap);
}

#endif
