#include "proto/message.h"

#include "tests/unit/proto/samples.h"

static struct chain_hash hash_of(const char *chain_vector, unsigned n) {
    struct vector v = vector_of("chain.json", chain_vector);
    const char *at = strstr(v.line, "\"heads\": [\"");
    struct chain_hash hash;
    cr_assert(at);
    unhex(at + 11 + 68 * n, hash.bytes, sizeof hash.bytes); /* 64 digits and `", "` */
    return hash;
}

static struct message start(enum message_type type, uint64_t gen) {
    return (struct message){.type = type, .version = 1, .gen = gen};
}

static struct message hello_first(void) {
    struct message m = start(MESSAGE_HELLO, 1);
    m.hello = (struct message_hello){.ver_min = 1,
                                     .ver_max = 1,
                                     .stream = s("zhaohua"),
                                     .first_retained = 1,
                                     .last_seq = 3,
                                     .clock_ms = 1633496400000,
                                     .software = s("duban-collector 0.1.0")};
    unhex("00112233445566778899aabbccddeeff", m.hello.epoch.bytes, EPOCH_BYTES);
    return m;
}

static struct message ack(uint64_t committed, enum ack_flag flag, uint32_t retry) {
    struct message m = start(MESSAGE_ACK, 1);
    m.ack.committed_seq = committed;
    m.ack.head_hash = hash_of("three", (unsigned)committed);
    m.ack.flag = flag;
    m.ack.retry_after_ms = retry;
    return m;
}

static void expect_vector(const char *name, const struct message *m) {
    static uint8_t bytes[4096];
    size_t len = 0;
    struct vector v = vector_of("messages.json", name);
    cr_assert_eq(message_encode(m, bytes, sizeof bytes, &len), PROTO_OK, "%s", name);
    expect_bytes(name, bytes, len, &v);
    for (size_t cap = 0; cap < len; cap++) {
        size_t other;
        cr_expect_eq(message_encode(m, bytes, cap, &other), PROTO_NO_SPACE);
    }
}

Test(message, golden_vectors) {
    struct message m = hello_first();
    expect_vector("hello_first", &m);
    m.gen = 2;
    m.hello.acked_seq = 3;
    m.hello.acked_hash = hash_of("three", 3);
    m.hello.clock_ms = 1633500000000;
    expect_vector("hello_again", &m);
    m = start(MESSAGE_WELCOME, 1);
    m.welcome = (struct message_welcome){1, 0, hash_of("three", 0), 10000, 10485760, 1000, 5000, 1633496400123};
    expect_vector("welcome_first", &m);
    const struct sample *all = samples();
    struct slice events[3];
    static const size_t places[] = {0, 4, 6}; /* figure, correction, receipt */
    for (size_t i = 0; i < 3; i++)
        events[i] = (struct slice){(const char *)all[places[i]].event_bytes, all[places[i]].len};
    m = start(MESSAGE_BATCH, 1);
    m.batch = (struct message_batch){1, 1, hash_of("three", 0), events, 3, hash_of("three", 3)};
    expect_vector("batch_first", &m);
    m = ack(3, ACK_OK, 0);
    m.ack.rejected[0] = (struct message_rejected){2, QUARANTINE_UNKNOWN_TARGET};
    m.ack.rejected_listed = m.ack.rejected_count = 1;
    expect_vector("ack", &m);
    m = ack(0, ACK_REWIND, 0);
    expect_vector("ack_rewind", &m);
    m = ack(0, ACK_BUSY, 2000);
    expect_vector("ack_busy", &m);
    m = start(MESSAGE_STATUS, 1);
    m.status = (struct message_status){3, 0, 0, 5000000000, 1633496405000};
    expect_vector("status", &m);
    m = start(MESSAGE_ERROR, 7);
    m.error = (struct message_error){WIRE_FENCED, ERROR_CLASS_NEVER, s("another session of this stream is newer")};
    expect_vector("error_fenced", &m);
    m = start(MESSAGE_ERROR, 0);
    m.error = (struct message_error){WIRE_BUSY, ERROR_CLASS_LATER, s("")};
    expect_vector("error_busy", &m);
}

static enum proto_code decode_exact(const uint8_t *bytes, size_t len, struct slice *events, size_t max,
                                    struct message *out) {
    static uint8_t *exact; /* lives until the next call: messages borrow */
    free(exact);
    exact = malloc(len ? len : 1);
    if (len) memcpy(exact, bytes, len);
    return message_decode(exact, len, events, max, out);
}

Test(message, vectors_decode) {
    struct vector v = vector_of("messages.json", "hello_again");
    struct message m;
    struct slice events[4];
    cr_assert_eq(decode_exact(v.bytes, v.len, NULL, 0, &m), PROTO_OK);
    cr_expect(m.type == MESSAGE_HELLO && m.gen == 2 && slice_is(m.hello.stream, "zhaohua"));
    cr_expect(m.hello.acked_seq == 3 && m.hello.epoch.bytes[15] == 0xff && m.hello.clock_ms == 1633500000000);
    v = vector_of("messages.json", "batch_first");
    cr_assert_eq(decode_exact(v.bytes, v.len, events, 4, &m), PROTO_OK);
    cr_expect(m.batch.first_seq == 1 && m.batch.count == 3 && m.batch.events == events);
    const struct sample *p = sample_of("receipt");
    cr_expect(events[2].len == p->len && memcmp(events[2].ptr, p->event_bytes, p->len) == 0);
    cr_expect_eq(decode_exact(v.bytes, v.len, events, 2, &m), PROTO_TOO_LARGE);
    v = vector_of("messages.json", "ack");
    cr_assert_eq(decode_exact(v.bytes, v.len, NULL, 0, &m), PROTO_OK);
    cr_expect(m.ack.rejected_listed == 1 && m.ack.rejected[0].seq == 2 && m.ack.rejected[0].code == 30);
    v = vector_of("messages.json", "error_fenced");
    cr_assert_eq(decode_exact(v.bytes, v.len, NULL, 0, &m), PROTO_OK);
    cr_expect(m.gen == 7 && m.error.code == WIRE_FENCED && m.error.class == ERROR_CLASS_NEVER);
    v = vector_of("messages.json", "status_of_a_later_version"); /* more fields, a float among them */
    cr_assert_eq(decode_exact(v.bytes, v.len, NULL, 0, &m), PROTO_OK);
    cr_expect(m.status.disk_free == 1 && m.status.clock_ms == 2);
}

static enum proto_code changed(const char *name, const char *old, const char *new, struct message *out) {
    static uint8_t bytes[4096];
    struct vector v = vector_of("messages.json", name);
    uint8_t a[64], b[64];
    struct slice events[8];
    size_t a_len = unhex(old, a, sizeof a), b_len = unhex(new, b, sizeof b);
    const uint8_t *at = memmem(v.bytes, v.len, a, a_len);
    cr_assert(at, "%s", old);
    size_t before = (size_t)(at - v.bytes);
    memcpy(bytes, v.bytes, before);
    memcpy(bytes + before, b, b_len);
    memcpy(bytes + before + b_len, at + a_len, v.len - before - a_len);
    return decode_exact(bytes, v.len - a_len + b_len, events, 8, out);
}

Test(message, envelope) {
    struct message m;
    cr_expect_eq(changed("status", "a5647562616e", "a5647562616f", &m), PROTO_SYNTAX); /* another magic: not ours at all */
    cr_expect_eq(changed("status", "6e010501", "6e020501", &m), PROTO_VERSION); /* STATUS of version 2 */
    cr_expect(m.type == MESSAGE_STATUS && m.gen == 1);
    cr_expect_eq(changed("hello_first", "6e010101", "6e020101", &m), PROTO_OK); /* HELLO keeps its layout for ever */
    cr_expect_eq(m.version, 2);
    cr_expect_eq(changed("error_fenced", "6e010607", "6e090607", &m), PROTO_OK);
    cr_expect_eq(changed("status", "6e010501", "6e010901", &m), PROTO_SYNTAX); /* no such type */
    cr_expect_eq(changed("status", "95a56475", "94a56475", &m), PROTO_TRAILING);
    cr_expect_eq(changed("status", "6e010501", "6e0105cfffffffffffffffff", &m), PROTO_RANGE); /* gen above int64 */
}

Test(message, bodies_are_bounded) {
    struct message m;
    cr_expect_eq(changed("hello_first", "a77a68616f687561", "a77a68616f687541", &m), PROTO_RANGE); /* zhaohuA */
    cr_expect_eq(changed("hello_first", "ddeeff010300", "ddeeff000300", &m), PROTO_RANGE); /* first_retained 0 */
    cr_expect_eq(changed("hello_first", "ddeeff010300", "ddeeff050300", &m), PROTO_RANGE); /* above last_seq + 1 */
    cr_expect_eq(changed("hello_first", "ddeeff010300", "ddeeff040300", &m), PROTO_OK);
    cr_expect_eq(changed("hello_first", "ddeeff010300", "ddeeff010304", &m), PROTO_RANGE); /* acked above last */
    cr_expect_eq(changed("ack", "9192021e01", "92c092021e01", &m), PROTO_SYNTAX);
    cr_expect_eq(changed("ack_busy", "02cd07d0", "03cd07d0", &m), PROTO_RANGE);        /* no such flag */
    cr_expect_eq(changed("batch_first", "950101c420", "950100c420", &m), PROTO_RANGE); /* first_seq 0 */
}

Test(message, survives_any_change_of_bytes) {
    static const char *const names[] = {"hello_first", "welcome_first", "batch_first", "ack", "status", "error_fenced"};
    uint64_t random = 11;
    struct message m;
    struct slice events[8];
    for (size_t n = 0; n < 6; n++) {
        struct vector v = vector_of("messages.json", names[n]);
        for (size_t len = 0; len < v.len; len++)
            cr_expect_neq(decode_exact(v.bytes, len, events, 8, &m), PROTO_OK);
        for (int round = 0; round < 5000; round++) {
            uint8_t bytes[4096];
            memcpy(bytes, v.bytes, v.len);
            for (int i = 0; i < 2; i++) {
                random = random * 6364136223846793005U + 1442695040888963407U;
                bytes[(random >> 33) % v.len] = (uint8_t)(random >> 24);
            }
            if (decode_exact(bytes, v.len, events, 8, &m) != PROTO_OK) continue;
            for (size_t i = 0; m.type == MESSAGE_BATCH && i < m.batch.count; i++)
                cr_assert(m.batch.events[i].len <= v.len);
        }
    }
    decode_exact((const uint8_t *)"", 0, NULL, 0, &m);
}

Test(message, a_batch_of_its_full_size_fits) {
    static uint8_t bytes[MESSAGE_BYTES_MAX];
    static uint8_t event[256];
    static struct slice events[MESSAGE_EVENTS_MAX + 1], back[MESSAGE_EVENTS_MAX];
    size_t len = 0;
    struct message m = start(MESSAGE_BATCH, INT64_MAX), out;
    for (size_t i = 0; i <= MESSAGE_EVENTS_MAX; i++)
        events[i] = (struct slice){(const char *)event, 250};
    m.batch = (struct message_batch){.layout = 1, .first_seq = 1, .events = events, .count = MESSAGE_EVENTS_MAX};
    cr_assert_eq(message_encode(&m, bytes, sizeof bytes, &len), PROTO_OK);
    cr_expect_leq(len, MESSAGE_BATCH_OVERHEAD + MESSAGE_EVENTS_MAX * (250 + MESSAGE_EVENT_OVERHEAD));
    cr_expect_eq(message_decode(bytes, len, back, MESSAGE_EVENTS_MAX, &out), PROTO_OK);
    m.batch.count++;
    cr_expect_eq(message_encode(&m, bytes, sizeof bytes, &len), PROTO_RANGE);
}
