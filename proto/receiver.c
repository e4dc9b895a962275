#include "proto/receiver.h"

void receiver_load(struct receiver *receiver, const struct stream_row *row, uint32_t window_events) {
    *receiver = (struct receiver){
        .row = *row, .queued_seq = row->committed_seq, .queued_head = row->head, .window_events = window_events};
}

static void refuse(struct receiver_answer *answer, enum wire_error error, const char *detail) {
    answer->verdict = RECEIVER_REFUSE;
    answer->error = error;
    answer->detail = detail;
}

static void acknowledge(struct receiver_answer *answer, enum ack_flag flag) {
    answer->verdict = RECEIVER_ACK;
    answer->flag = flag;
}

static bool permitted(enum key_permission permission, struct receiver_answer *answer) {
    if (permission == KEY_ALLOWED) return true;
    if (permission == KEY_REVOKED)
        refuse(answer, WIRE_REVOKED, "the key was revoked");
    else
        refuse(answer, WIRE_NOT_AUTHORISED, "the key is not allowed for this stream");
    return false;
}

/* ★ Every message of a session carries exactly the gen of the last HELLO. A lower one is a session that was followed by
 * another; a higher one was welcomed by a database that has since gone back. */
static bool of_this_session(const struct receiver *receiver, uint64_t gen, struct receiver_answer *answer) {
    if (receiver->row.has_epoch && gen == receiver->row.gen) return true;
    if (receiver->row.has_epoch && gen < receiver->row.gen)
        refuse(answer, WIRE_FENCED, "another session of this stream is newer");
    else
        refuse(answer, WIRE_NO_SESSION, "no HELLO with this gen is known: say HELLO again");
    return false;
}

static void admit(const struct receiver *receiver, const struct message *message, struct slice stream,
                  struct receiver_answer *answer) {
    const struct stream_row *row = &receiver->row;
    const struct message_hello *hello = &message->hello;
    answer->verdict = RECEIVER_ADMIT;
    answer->row = *row;
    answer->row.gen = message->gen;
    answer->new_epoch = !row->has_epoch || !epoch_equal(&row->epoch, &hello->epoch);
    if (!answer->new_epoch) return;
    answer->row.log = 0;
    answer->row.has_epoch = true;
    answer->row.epoch = hello->epoch;
    answer->row.committed_seq = 0;
    answer->row.head = chain_start(stream, &hello->epoch, row->has_epoch ? &row->head : NULL);
    answer->row.reopen = false;
}

void receiver_hello(const struct receiver *receiver, const struct message *message, struct slice stream,
                    enum key_permission permission, struct receiver_answer *answer) {
    const struct stream_row *row = &receiver->row;
    const struct message_hello *hello = &message->hello;
    *answer = (struct receiver_answer){0};
    if (hello->ver_min > MESSAGE_VERSION || hello->ver_max < MESSAGE_VERSION) {
        refuse(answer, WIRE_UNSUPPORTED_VERSION, "this centre speaks version 1");
        return;
    }
    if (!permitted(permission, answer)) return;
    if (receiver->queued_seq != row->committed_seq) {
        answer->verdict = RECEIVER_SETTLE;
        return;
    }
    bool same_epoch = row->has_epoch && epoch_equal(&row->epoch, &hello->epoch);
    if (row->has_epoch && !same_epoch && !row->reopen)
        refuse(answer, WIRE_UNKNOWN_EPOCH, "the stream has another epoch: duban stream reopen lets a new one in");
    else if (message->gen <= row->gen)
        refuse(answer, WIRE_FENCED, "another session of this stream is newer");
    else if (same_epoch && hello->acked_seq > 0 && hello->acked_seq == row->committed_seq &&
             !chain_equal(&hello->acked_hash, &row->head))
        refuse(answer, WIRE_FORK, "the agent holds other events under these numbers");
    else
        admit(receiver, message, stream, answer);
}

void receiver_former_epoch(struct receiver_answer *answer) {
    *answer = (struct receiver_answer){0};
    refuse(answer, WIRE_FORMER_EPOCH, "this epoch of the stream was closed by a reopening");
}

static struct chain_hash hash_over(struct chain_hash head, const struct slice *events, size_t count) {
    for (size_t i = 0; i < count; i++)
        head = chain_append(&head, (const uint8_t *)events[i].ptr, events[i].len);
    return head;
}

/* Everything in the batch is at or below what is queued. Compared where a head is at hand: at the two ends that an
 * honest agent can send again. */
static void known_already(const struct receiver *receiver, const struct message_batch *batch, uint64_t last,
                          struct receiver_answer *answer) {
    bool at_committed = last == receiver->row.committed_seq, at_queued = last == receiver->queued_seq;
    const struct chain_hash *head = at_committed ? &receiver->row.head : &receiver->queued_head;
    if ((at_committed || at_queued) && !chain_equal(&batch->last_hash, head))
        refuse(answer, WIRE_FORK, "the events sent again are not those held here");
    else if (last > receiver->row.committed_seq)
        answer->verdict = RECEIVER_SILENT;
    else
        acknowledge(answer, ACK_OK);
}

void receiver_batch(struct receiver *receiver, const struct message *message, enum key_permission permission,
                    struct receiver_answer *answer) {
    const struct message_batch *batch = &message->batch;
    *answer = (struct receiver_answer){0};
    if (!permitted(permission, answer) || !of_this_session(receiver, message->gen, answer)) return;
    if (batch->layout != EVENT_LAYOUT) {
        refuse(answer, WIRE_UNSUPPORTED_VERSION, "this centre knows event layout 1");
        return;
    }
    uint64_t first = batch->first_seq, last = first + batch->count - 1;
    if (first > receiver->queued_seq + 1) {
        acknowledge(answer, ACK_REWIND);
        return;
    }
    if (last <= receiver->queued_seq) {
        known_already(receiver, batch, last, answer);
        return;
    }
    if (last - receiver->row.committed_seq > receiver->window_events) {
        acknowledge(answer, ACK_BUSY);
        return;
    }
    /* The prefix that is there already must lead from prev_hash to the very head held here, event by event. */
    size_t skip = (size_t)(receiver->queued_seq + 1 - first);
    struct chain_hash meeting = hash_over(batch->prev_hash, batch->events, skip);
    if (!chain_equal(&meeting, &receiver->queued_head)) {
        refuse(answer, WIRE_FORK, "the batch does not continue the chain held here");
        return;
    }
    struct chain_hash head = hash_over(meeting, batch->events + skip, batch->count - skip);
    if (!chain_equal(&head, &batch->last_hash)) {
        refuse(answer, WIRE_FORK, "last_hash is not the hash of these events");
        return;
    }
    answer->verdict = RECEIVER_TAKE;
    answer->skip = skip;
    answer->first_seq = receiver->queued_seq + 1;
    answer->last_seq = last;
    answer->head = head;
    receiver->queued_seq = last;
    receiver->queued_head = head;
}

void receiver_status(const struct receiver *receiver, const struct message *message, enum key_permission permission,
                     struct receiver_answer *answer) {
    *answer = (struct receiver_answer){0};
    if (!permitted(permission, answer) || !of_this_session(receiver, message->gen, answer)) return;
    acknowledge(answer, ACK_OK);
}

void receiver_committed(struct receiver *receiver, uint64_t seq, const struct chain_hash *head) {
    receiver->row.committed_seq = seq;
    receiver->row.head = *head;
    if (receiver->queued_seq > seq) return;
    receiver->queued_seq = seq;
    receiver->queued_head = *head;
}

void receiver_rolled_back(struct receiver *receiver) {
    receiver->queued_seq = receiver->row.committed_seq;
    receiver->queued_head = receiver->row.head;
}

struct message receiver_welcome(const struct receiver *receiver, uint32_t window_bytes, uint32_t max_batch,
                                uint32_t heartbeat_ms, int64_t time_ms) {
    struct message message = {.type = MESSAGE_WELCOME, .version = MESSAGE_VERSION, .gen = receiver->row.gen};
    message.welcome = (struct message_welcome){.version = MESSAGE_VERSION,
                                               .committed_seq = receiver->row.committed_seq,
                                               .head_hash = receiver->row.head,
                                               .window_events = receiver->window_events,
                                               .window_bytes = window_bytes,
                                               .max_batch = max_batch,
                                               .heartbeat_ms = heartbeat_ms,
                                               .time_ms = time_ms};
    return message;
}

struct message receiver_ack(const struct receiver *receiver, enum ack_flag flag, uint32_t retry_after_ms) {
    struct message message = {.type = MESSAGE_ACK, .version = MESSAGE_VERSION, .gen = receiver->row.gen};
    message.ack.committed_seq = receiver->row.committed_seq;
    message.ack.head_hash = receiver->row.head;
    message.ack.flag = flag;
    message.ack.retry_after_ms = retry_after_ms;
    return message;
}

struct message receiver_error(const struct receiver *receiver, enum wire_error error, const char *detail) {
    struct message message = {.type = MESSAGE_ERROR, .version = MESSAGE_VERSION};
    if (receiver && error != WIRE_NOT_AUTHORISED) message.gen = receiver->row.gen;
    message.error.code = error;
    message.error.class = wire_error_row(error)->class;
    message.error.detail = slice_of(detail ? detail : "");
    return message;
}

const char *receiver_verdict_name(enum receiver_verdict verdict) {
    static const char *const names[] = {"NONE", "ADMIT", "SETTLE", "TAKE", "ACK", "SILENT", "REFUSE"};
    return (unsigned)verdict < sizeof names / sizeof *names ? names[verdict] : names[0];
}
