#include "proto/message.h"

#include "proto/pack.h"
#include "proto/prescan.h"
#include "proto/unpack.h"

enum { DEPTH_MAX = 8, ITEMS_MAX = MESSAGE_EVENTS_MAX + 1024 };

static void pack_hash(struct pack *out, const struct chain_hash *hash) {
    pack_bin(out, hash->bytes, CHAIN_HASH_BYTES);
}

static void pack_hello(struct pack *out, const struct message_hello *hello) {
    pack_array(out, 10);
    pack_uint(out, hello->ver_min);
    pack_uint(out, hello->ver_max);
    pack_text(out, hello->stream);
    pack_bin(out, hello->epoch.bytes, EPOCH_BYTES);
    pack_uint(out, hello->first_retained);
    pack_uint(out, hello->last_seq);
    pack_uint(out, hello->acked_seq);
    pack_hash(out, &hello->acked_hash);
    pack_int(out, hello->clock_ms);
    pack_text(out, hello->software);
}

static void pack_welcome(struct pack *out, const struct message_welcome *welcome) {
    pack_array(out, 8);
    pack_uint(out, welcome->version);
    pack_uint(out, welcome->committed_seq);
    pack_hash(out, &welcome->head_hash);
    pack_uint(out, welcome->window_events);
    pack_uint(out, welcome->window_bytes);
    pack_uint(out, welcome->max_batch);
    pack_uint(out, welcome->heartbeat_ms);
    pack_int(out, welcome->time_ms);
}

static void pack_batch(struct pack *out, const struct message_batch *batch) {
    pack_array(out, 5);
    pack_uint(out, batch->layout);
    pack_uint(out, batch->first_seq);
    pack_hash(out, &batch->prev_hash);
    pack_array(out, batch->count);
    for (size_t i = 0; i < batch->count; i++)
        pack_bin(out, batch->events[i].ptr, batch->events[i].len);
    pack_hash(out, &batch->last_hash);
}

static void pack_ack(struct pack *out, const struct message_ack *ack) {
    pack_array(out, 6);
    pack_uint(out, ack->committed_seq);
    pack_hash(out, &ack->head_hash);
    pack_uint(out, ack->flag);
    pack_uint(out, ack->retry_after_ms);
    pack_array(out, ack->rejected_listed);
    for (size_t i = 0; i < ack->rejected_listed; i++) {
        pack_array(out, 2);
        pack_uint(out, ack->rejected[i].seq);
        pack_uint(out, ack->rejected[i].code);
    }
    pack_uint(out, ack->rejected_count);
}

static void pack_status(struct pack *out, const struct message_status *status) {
    pack_array(out, 5);
    pack_uint(out, status->last_seq);
    pack_uint(out, status->depth);
    pack_int(out, status->oldest_age_ms);
    pack_uint(out, status->disk_free);
    pack_int(out, status->clock_ms);
}

static void pack_error(struct pack *out, const struct message_error *error) {
    pack_array(out, 3);
    pack_uint(out, error->code);
    pack_uint(out, error->class);
    pack_text(out, error->detail.ptr ? error->detail : slice_of(""));
}

static enum proto_code check_bounds(const struct message *message) {
    if (message->type == MESSAGE_BATCH && (message->batch.count == 0 || message->batch.count > MESSAGE_EVENTS_MAX))
        return PROTO_RANGE;
    if (message->type == MESSAGE_ACK && message->ack.rejected_listed > MESSAGE_REJECTED_MAX) return PROTO_RANGE;
    if (message->type == MESSAGE_ERROR && message->error.detail.len > MESSAGE_DETAIL_MAX) return PROTO_RANGE;
    if (message->type == MESSAGE_HELLO && message->hello.software.len > MESSAGE_SOFTWARE_MAX) return PROTO_RANGE;
    return PROTO_OK;
}

enum proto_code message_encode(const struct message *message, uint8_t *out, size_t cap, size_t *len) {
    enum proto_code code = check_bounds(message);
    if (code != PROTO_OK) return code;
    struct pack pack = pack_into(out, cap);
    pack_array(&pack, 5);
    pack_text(&pack, slice_of(MESSAGE_MAGIC));
    pack_uint(&pack, message->version);
    pack_uint(&pack, message->type);
    pack_uint(&pack, message->gen);
    switch (message->type) {
    case MESSAGE_HELLO:
        pack_hello(&pack, &message->hello);
        break;
    case MESSAGE_WELCOME:
        pack_welcome(&pack, &message->welcome);
        break;
    case MESSAGE_BATCH:
        pack_batch(&pack, &message->batch);
        break;
    case MESSAGE_ACK:
        pack_ack(&pack, &message->ack);
        break;
    case MESSAGE_STATUS:
        pack_status(&pack, &message->status);
        break;
    case MESSAGE_ERROR:
        pack_error(&pack, &message->error);
        break;
    default:
        return PROTO_RANGE;
    }
    code = pack_end(&pack, len);
    return code == PROTO_OK && *len > MESSAGE_BYTES_MAX ? PROTO_RANGE : code;
}

static uint64_t unpack_up_to(struct unpack *in, uint64_t max) {
    uint64_t value = unpack_uint(in);
    if (value > max) unpack_fail(in, PROTO_RANGE);
    return in->code == PROTO_OK ? value : 0;
}
static uint64_t unpack_seq(struct unpack *in) {
    return unpack_up_to(in, INT64_MAX);
}
static uint32_t unpack_uint32(struct unpack *in) {
    return (uint32_t)unpack_up_to(in, UINT32_MAX);
}
static void unpack_hash(struct unpack *in, struct chain_hash *hash) {
    unpack_bytes(in, hash->bytes, CHAIN_HASH_BYTES);
}

static void unpack_hello(struct unpack *in, struct message_hello *hello) {
    hello->ver_min = unpack_uint32(in);
    hello->ver_max = unpack_uint32(in);
    hello->stream = unpack_text(in);
    unpack_bytes(in, hello->epoch.bytes, EPOCH_BYTES);
    hello->first_retained = unpack_seq(in);
    hello->last_seq = unpack_seq(in);
    hello->acked_seq = unpack_seq(in);
    unpack_hash(in, &hello->acked_hash);
    hello->clock_ms = unpack_int(in);
    hello->software = unpack_text(in);
    bool sound = hello->ver_min <= hello->ver_max && chain_stream_name_valid(hello->stream) &&
                 hello->software.len <= MESSAGE_SOFTWARE_MAX && hello->acked_seq <= hello->last_seq &&
                 hello->first_retained >= 1 && hello->first_retained - 1 <= hello->last_seq;
    if (!sound) unpack_fail(in, PROTO_RANGE);
}

static void unpack_welcome(struct unpack *in, struct message_welcome *welcome) {
    welcome->version = unpack_uint32(in);
    welcome->committed_seq = unpack_seq(in);
    unpack_hash(in, &welcome->head_hash);
    welcome->window_events = unpack_uint32(in);
    welcome->window_bytes = unpack_uint32(in);
    welcome->max_batch = unpack_uint32(in);
    welcome->heartbeat_ms = unpack_uint32(in);
    welcome->time_ms = unpack_int(in);
    if (welcome->window_events == 0 || welcome->max_batch == 0 || welcome->heartbeat_ms == 0)
        unpack_fail(in, PROTO_RANGE);
}

static void unpack_batch(struct unpack *in, struct slice *events, size_t events_max, struct message_batch *batch) {
    batch->layout = unpack_uint32(in);
    batch->first_seq = unpack_seq(in);
    unpack_hash(in, &batch->prev_hash);
    size_t count = unpack_array(in);
    if (count > MESSAGE_EVENTS_MAX || count > events_max) unpack_fail(in, PROTO_TOO_LARGE);
    if (count == 0 || batch->first_seq == 0 || batch->first_seq > INT64_MAX - MESSAGE_EVENTS_MAX)
        unpack_fail(in, PROTO_RANGE);
    for (size_t i = 0; i < count && in->code == PROTO_OK; i++)
        events[i] = unpack_bin(in);
    batch->events = events;
    batch->count = count;
    unpack_hash(in, &batch->last_hash);
}

static void unpack_ack(struct unpack *in, struct message_ack *ack) {
    ack->committed_seq = unpack_seq(in);
    unpack_hash(in, &ack->head_hash);
    ack->flag = (enum ack_flag)unpack_up_to(in, ACK_BUSY);
    ack->retry_after_ms = unpack_uint32(in);
    size_t count = unpack_array(in);
    if (count > MESSAGE_REJECTED_MAX) unpack_fail(in, PROTO_TOO_LARGE);
    for (size_t i = 0; i < count && in->code == PROTO_OK; i++) {
        if (unpack_array(in) != 2) unpack_fail(in, PROTO_SYNTAX);
        ack->rejected[i].seq = unpack_seq(in);
        ack->rejected[i].code = (uint16_t)unpack_up_to(in, UINT16_MAX);
    }
    ack->rejected_listed = count;
    ack->rejected_count = unpack_seq(in);
}

static void unpack_status(struct unpack *in, struct message_status *status) {
    status->last_seq = unpack_seq(in);
    status->depth = unpack_seq(in);
    status->oldest_age_ms = unpack_int(in);
    status->disk_free = unpack_uint(in);
    status->clock_ms = unpack_int(in);
}

static void unpack_error(struct unpack *in, struct message_error *error) {
    error->code = unpack_uint32(in);
    error->class = unpack_uint32(in);
    error->detail = unpack_text(in);
}

/* How many fields a body must have; more are ignored. */
static size_t fields_of(enum message_type type) {
    static const uint8_t fields[] = {[MESSAGE_HELLO] = 10, [MESSAGE_WELCOME] = 8, [MESSAGE_BATCH] = 5,
                                     [MESSAGE_ACK] = 6,    [MESSAGE_STATUS] = 5,  [MESSAGE_ERROR] = 3};
    return (unsigned)type < sizeof fields ? fields[type] : 0;
}

static void unpack_body(struct unpack *in, struct slice *events, size_t events_max, struct message *out) {
    size_t needed = fields_of(out->type), count = unpack_array(in);
    if (needed == 0 || count < needed) {
        unpack_fail(in, PROTO_SYNTAX);
        return;
    }
    switch (out->type) {
    case MESSAGE_HELLO:
        unpack_hello(in, &out->hello);
        break;
    case MESSAGE_WELCOME:
        unpack_welcome(in, &out->welcome);
        break;
    case MESSAGE_BATCH:
        unpack_batch(in, events, events_max, &out->batch);
        break;
    case MESSAGE_ACK:
        unpack_ack(in, &out->ack);
        break;
    case MESSAGE_STATUS:
        unpack_status(in, &out->status);
        break;
    case MESSAGE_ERROR:
        unpack_error(in, &out->error);
        break;
    }
    for (size_t i = needed; i < count && in->code == PROTO_OK; i++)
        unpack_skip(in);
}

enum proto_code message_decode(const uint8_t *bytes, size_t len, struct slice *events, size_t events_max,
                               struct message *out) {
    static const struct prescan_limits limits = {MESSAGE_BYTES_MAX, DEPTH_MAX, ITEMS_MAX};
    memset(out, 0, sizeof *out);
    enum proto_code code = prescan(bytes, len, limits);
    if (code != PROTO_OK) return code;
    struct unpack in = unpack_over(bytes, len);
    if (unpack_array(&in) != 5) return PROTO_SYNTAX;
    if (!slice_is(unpack_text(&in), MESSAGE_MAGIC)) return PROTO_SYNTAX;
    out->version = unpack_uint32(&in);
    out->type = (enum message_type)unpack_uint32(&in);
    out->gen = unpack_seq(&in);
    if (in.code != PROTO_OK) return in.code;
    bool eternal = out->type == MESSAGE_HELLO || out->type == MESSAGE_ERROR;
    if (!eternal && out->version != MESSAGE_VERSION) return PROTO_VERSION;
    unpack_body(&in, events, events_max, out);
    return unpack_end(&in, false);
}

const char *message_type_name(unsigned type) {
    static const char *const names[] = {"message", "HELLO", "WELCOME", "BATCH", "ACK", "STATUS", "ERROR"};
    return type < sizeof names / sizeof *names ? names[type] : names[0];
}
