#include "proto/receiver.h"

#include <criterion/criterion.h>

enum { WINDOW = 100 };

/* Ten one-byte events and their chain. */
static uint8_t bytes[11] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
static struct slice events[11];
static struct chain_hash heads[11];
static const struct epoch life = {{1, 2, 3}}, other_life = {{9}};

static struct receiver stream_at(uint64_t committed, uint64_t gen) {
    heads[0] = chain_start(slice_of("zhaohua"), &life, NULL);
    for (size_t i = 1; i <= 10; i++) {
        events[i] = (struct slice){(const char *)&bytes[i], 1};
        heads[i] = chain_append(&heads[i - 1], &bytes[i], 1);
    }
    struct stream_row row = {
        .log = 5, .has_epoch = true, .epoch = life, .gen = gen, .committed_seq = committed, .head = heads[committed]};
    struct receiver receiver;
    receiver_load(&receiver, &row, WINDOW);
    return receiver;
}

static struct receiver_answer hello(const struct receiver *receiver, uint64_t gen, const struct epoch *epoch) {
    struct receiver_answer answer;
    struct message m = {.type = MESSAGE_HELLO, .version = 1, .gen = gen};
    m.hello = (struct message_hello){.ver_min = 1, .ver_max = 1, .epoch = *epoch, .first_retained = 1};
    receiver_hello(receiver, &m, slice_of("zhaohua"), KEY_ALLOWED, &answer);
    return answer;
}

static struct receiver_answer batch(struct receiver *receiver, uint64_t gen, uint64_t first, uint64_t last) {
    struct receiver_answer answer;
    struct message m = {.type = MESSAGE_BATCH, .version = 1, .gen = gen};
    m.batch = (struct message_batch){1, first, heads[first - 1], events + first, last - first + 1, heads[last]};
    receiver_batch(receiver, &m, KEY_ALLOWED, &answer);
    return answer;
}

static void refused(struct receiver_answer answer, enum wire_error error) {
    cr_expect_eq(answer.verdict, RECEIVER_REFUSE);
    cr_expect_eq(answer.error, error, "%s, not %s", wire_error_name(answer.error), wire_error_name(error));
}

Test(receiver, the_first_hello_gives_the_epoch) {
    struct receiver receiver;
    struct stream_row fresh = {0};
    receiver_load(&receiver, &fresh, WINDOW);
    struct receiver_answer answer = hello(&receiver, 1, &life);
    struct chain_hash start = chain_start(slice_of("zhaohua"), &life, NULL);
    cr_expect(answer.verdict == RECEIVER_ADMIT && answer.new_epoch && answer.row.gen == 1);
    cr_expect(answer.row.has_epoch && epoch_equal(&answer.row.epoch, &life) && chain_equal(&answer.row.head, &start));
    refused(hello(&receiver, 0, &life), WIRE_FENCED);
}

Test(receiver, a_hello_needs_a_higher_gen) {
    struct receiver receiver = stream_at(3, 7);
    refused(hello(&receiver, 6, &life), WIRE_FENCED);
    refused(hello(&receiver, 7, &life), WIRE_FENCED);
    struct receiver_answer answer = hello(&receiver, 8, &life);
    cr_expect(answer.verdict == RECEIVER_ADMIT && !answer.new_epoch && answer.row.gen == 8);
    cr_expect(answer.row.committed_seq == 3 && answer.row.log == 5);
    struct message error = receiver_error(&receiver, WIRE_FENCED, "x");
    cr_expect(error.gen == 7 && error.error.class == ERROR_CLASS_NEVER); /* resume goes on above it */
}

Test(receiver, another_epoch_needs_a_reopening) {
    struct receiver receiver = stream_at(3, 7);
    refused(hello(&receiver, 8, &other_life), WIRE_UNKNOWN_EPOCH);
    receiver.row.reopen = true;
    refused(hello(&receiver, 7, &other_life), WIRE_FENCED);
    struct receiver_answer answer = hello(&receiver, 8, &other_life);
    struct chain_hash start = chain_start(slice_of("zhaohua"), &other_life, &heads[3]);
    cr_expect(answer.verdict == RECEIVER_ADMIT && answer.new_epoch && !answer.row.reopen);
    cr_expect(answer.row.committed_seq == 0 && chain_equal(&answer.row.head, &start));
    receiver_former_epoch(&answer);
    refused(answer, WIRE_FORMER_EPOCH);
    answer = hello(&receiver, 8, &life); /* the old life may come too, and uses nothing up */
    cr_expect(answer.verdict == RECEIVER_ADMIT && !answer.new_epoch && answer.row.reopen);
}

Test(receiver, keys_and_versions) {
    struct receiver receiver = stream_at(3, 7);
    struct receiver_answer answer;
    struct message m = {.type = MESSAGE_HELLO, .version = 3, .gen = 8};
    m.hello = (struct message_hello){.ver_min = 2, .ver_max = 3, .epoch = life};
    receiver_hello(&receiver, &m, slice_of("zhaohua"), KEY_ALLOWED, &answer);
    refused(answer, WIRE_UNSUPPORTED_VERSION);
    m.hello.ver_min = 1;
    receiver_hello(&receiver, &m, slice_of("zhaohua"), KEY_REVOKED, &answer);
    refused(answer, WIRE_REVOKED);
    receiver_hello(&receiver, &m, slice_of("zhaohua"), KEY_UNKNOWN, &answer);
    refused(answer, WIRE_NOT_AUTHORISED);
    m.type = MESSAGE_STATUS;
    m.gen = 7;
    receiver_status(&receiver, &m, KEY_REVOKED, &answer);
    refused(answer, WIRE_REVOKED);
}

Test(receiver, every_message_carries_exactly_the_gen) {
    struct receiver receiver = stream_at(3, 7);
    refused(batch(&receiver, 6, 4, 5), WIRE_FENCED);
    refused(batch(&receiver, 8, 4, 5), WIRE_NO_SESSION);
    struct receiver_answer answer;
    struct message m = {.type = MESSAGE_STATUS, .version = 1, .gen = 6};
    receiver_status(&receiver, &m, KEY_ALLOWED, &answer);
    refused(answer, WIRE_FENCED);
    cr_expect_eq(receiver.queued_seq, 3);
}

Test(receiver, batches_are_queued_and_committed) {
    struct receiver receiver = stream_at(3, 7);
    struct receiver_answer answer = batch(&receiver, 7, 4, 5);
    cr_expect(answer.verdict == RECEIVER_TAKE && answer.skip == 0 && answer.first_seq == 4 && answer.last_seq == 5);
    cr_expect(chain_equal(&answer.head, &heads[5]));
    cr_expect_eq(batch(&receiver, 7, 6, 8).verdict, RECEIVER_TAKE);
    cr_expect(receiver.row.committed_seq == 3 && receiver.queued_seq == 8);
    cr_expect_eq(hello(&receiver, 8, &life).verdict, RECEIVER_SETTLE);
    receiver_committed(&receiver, 5, &heads[5]);
    cr_expect(receiver.row.committed_seq == 5 && receiver.queued_seq == 8);
    cr_expect_eq(receiver_ack(&receiver, ACK_OK, 0).ack.committed_seq, 5);
    receiver_rolled_back(&receiver);
    cr_expect_eq(receiver.queued_seq, 5);
    answer = batch(&receiver, 7, 9, 10);
    cr_expect(answer.verdict == RECEIVER_ACK && answer.flag == ACK_REWIND);
    receiver_committed(&receiver, 8, &heads[8]);
    cr_expect(receiver.queued_seq == 8 && chain_equal(&receiver.queued_head, &heads[8]));
}

Test(receiver, what_was_sent_before) {
    struct receiver receiver = stream_at(5, 7);
    struct receiver_answer answer = batch(&receiver, 7, 1, 5);
    cr_expect(answer.verdict == RECEIVER_ACK && answer.flag == ACK_OK);
    answer = batch(&receiver, 7, 2, 4);
    cr_expect(answer.verdict == RECEIVER_ACK && answer.flag == ACK_OK);
    answer = batch(&receiver, 7, 3, 8);
    cr_expect(answer.verdict == RECEIVER_TAKE && answer.skip == 3 && answer.first_seq == 6 && answer.last_seq == 8);
    cr_expect_eq(batch(&receiver, 7, 6, 8).verdict, RECEIVER_SILENT);
    cr_expect_eq(batch(&receiver, 7, 6, 7).verdict, RECEIVER_SILENT);
    answer = batch(&receiver, 7, 8, 10);
    cr_expect(answer.verdict == RECEIVER_TAKE && answer.skip == 1 && answer.first_seq == 9);
}

Test(receiver, a_fork_is_never_silent) {
    struct receiver receiver = stream_at(5, 7);
    struct chain_hash saved = heads[5];
    heads[5].bytes[0] ^= 1;
    refused(batch(&receiver, 7, 6, 7), WIRE_FORK); /* prev_hash */
    refused(batch(&receiver, 7, 3, 5), WIRE_FORK); /* last_hash of events sent again */
    heads[5] = saved;
    heads[2].bytes[0] ^= 1;
    refused(batch(&receiver, 7, 3, 8), WIRE_FORK); /* overlap */
    heads[8].bytes[0] ^= 1;
    refused(batch(&receiver, 7, 6, 8), WIRE_FORK); /* last_hash of new ones */
    bytes[4] = 99;
    heads[2].bytes[0] ^= 1;
    heads[8].bytes[0] ^= 1;
    refused(batch(&receiver, 7, 3, 8), WIRE_FORK); /* another event in the overlap */
    bytes[4] = 4;
    cr_expect_eq(batch(&receiver, 7, 3, 8).verdict, RECEIVER_TAKE);
    struct message m = {.type = MESSAGE_HELLO, .version = 1, .gen = 8};
    struct receiver_answer answer;
    receiver = stream_at(5, 7);
    m.hello = (struct message_hello){.ver_min = 1, .ver_max = 1, .epoch = life, .acked_seq = 5, .last_seq = 5};
    receiver_hello(&receiver, &m, slice_of("zhaohua"), KEY_ALLOWED, &answer);
    refused(answer, WIRE_FORK);
    m.hello.acked_seq = 3; /* no head is at hand there: WELCOME lets the agent compare */
    receiver_hello(&receiver, &m, slice_of("zhaohua"), KEY_ALLOWED, &answer);
    cr_expect_eq(answer.verdict, RECEIVER_ADMIT);
}

Test(receiver, window_and_layout) {
    struct receiver receiver = stream_at(0, 7);
    receiver.window_events = 4;
    struct receiver_answer answer = batch(&receiver, 7, 1, 5);
    cr_expect(answer.verdict == RECEIVER_ACK && answer.flag == ACK_BUSY);
    cr_expect_eq(batch(&receiver, 7, 1, 4).verdict, RECEIVER_TAKE);
    struct message m = {.type = MESSAGE_BATCH, .version = 1, .gen = 7};
    m.batch = (struct message_batch){2, 1, heads[0], events + 1, 1, heads[1]};
    receiver_batch(&receiver, &m, KEY_ALLOWED, &answer);
    refused(answer, WIRE_UNSUPPORTED_VERSION);
}
