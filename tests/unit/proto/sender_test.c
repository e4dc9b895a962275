#include "proto/sender.h"

#include <criterion/criterion.h>

static const struct sender_settings settings = {{"zhaohua", 7}, {"test", 4}, 2};
static struct sender sender;
static struct sender_view view;
static struct sender_actions actions;
static struct chain_hash heads[21];

/* Twenty events in the spool, none acked. */
static void set_up(void) {
    for (size_t i = 0; i <= 20; i++)
        memset(heads[i].bytes, (int)i + 1, CHAIN_HASH_BYTES);
    view = (struct sender_view){.now_ms = 1000, .gen = 4, .first_retained = 1, .last_seq = 20};
    sender_init(&sender, &settings, HALT_NONE, 0);
}

static bool has(enum sender_action_kind kind) {
    for (size_t i = 0; i < actions.count; i++)
        if (actions.items[i].kind == kind) return true;
    return false;
}

static const struct sender_action *one(enum sender_action_kind kind) {
    for (size_t i = 0; i < actions.count; i++)
        if (actions.items[i].kind == kind) return &actions.items[i];
    cr_assert(false, "no such action");
    return NULL;
}

static void receive(const struct message *m) {
    uint64_t seq = 0;
    bool own = sender_asks_hash(m, &seq) && seq <= view.last_seq;
    sender_received(&sender, m, own ? &heads[seq] : NULL, &view, &actions);
}

static void welcome(uint64_t committed) {
    struct message m = {.type = MESSAGE_WELCOME, .version = 1, .gen = sender.gen};
    m.welcome = (struct message_welcome){1, committed, heads[committed], 10, 100000, 4, 5000, 0};
    receive(&m);
}

static void ack(uint64_t committed, enum ack_flag flag, uint32_t retry) {
    struct message m = {.type = MESSAGE_ACK, .version = 1, .gen = sender.gen};
    m.ack.committed_seq = committed;
    m.ack.head_hash = heads[committed];
    m.ack.flag = flag;
    m.ack.retry_after_ms = retry;
    receive(&m);
}

static void error(enum wire_error code, uint64_t gen) {
    struct message m = {.type = MESSAGE_ERROR, .version = 1, .gen = gen};
    m.error.code = code;
    m.error.class = wire_error_row(code)->class;
    receive(&m);
}

static void say_hello(void) {
    sender_tick(&sender, &view, &actions);
    cr_assert(has(SENDER_OPEN));
    sender_connected(&sender, &view, &actions);
}

static void live(uint64_t committed) {
    say_hello();
    view.gen = sender.gen;
    welcome(committed);
    cr_assert_eq(sender.state, SENDER_LIVE);
    view.acked_seq = committed;
    sender_tick(&sender, &view, &actions);
}

static void expect_halt(enum halt_reason reason, uint64_t gen) {
    cr_expect_eq(sender.state, SENDER_HALTED);
    cr_assert(actions.count == 2 && actions.items[0].kind == SENDER_CLOSE && actions.items[1].kind == SENDER_HALT);
    cr_expect_eq(actions.items[1].halt, reason, "%s", halt_reason_name(actions.items[1].halt));
    cr_expect_eq(actions.items[1].gen, gen);
    cr_expect_eq(sender_deadline_ms(&sender), INT64_MAX);
}

TestSuite(sender, .init = set_up);

Test(sender, gen_is_stored_before_hello) {
    say_hello();
    cr_assert_eq(actions.count, 2);
    cr_expect(actions.items[0].kind == SENDER_STORE_GEN && actions.items[0].gen == 5);
    cr_expect_eq(actions.items[1].kind, SENDER_SEND_HELLO);
    struct message m = sender_hello(&sender, &view, 123);
    cr_expect(m.gen == 5 && m.hello.last_seq == 20 && m.hello.clock_ms == 123 && slice_is(m.hello.stream, "zhaohua"));
}

Test(sender, first_welcome_gives_the_base) {
    say_hello();
    struct message m = {.type = MESSAGE_WELCOME, .version = 1, .gen = 5};
    m.welcome = (struct message_welcome){1, 0, heads[9], 10, 100000, 4, 5000, 0};
    sender_received(&sender, &m, NULL, &view, &actions);
    cr_expect(chain_equal(&one(SENDER_ADOPT_BASE)->hash, &heads[9]));
    cr_expect_not(has(SENDER_SET_ACKED));
}

Test(sender, a_commit_in_doubt_settles_itself) {
    say_hello();
    view.acked_seq = 3;
    welcome(7);
    cr_expect(one(SENDER_SET_ACKED)->seq == 7 && chain_equal(&one(SENDER_SET_ACKED)->hash, &heads[7]));
    cr_expect_not(has(SENDER_ALARM));
}

Test(sender, the_window_is_a_right_edge) {
    live(0);
    cr_expect(has(SENDER_SEND_STATUS));
    cr_expect(one(SENDER_SEND_BATCH)->seq == 1 && one(SENDER_SEND_BATCH)->max_events == 4);
    sender_batch_sent(&sender, 4, 400, &view);
    sender_tick(&sender, &view, &actions);
    sender_batch_sent(&sender, 8, 400, &view);
    sender_tick(&sender, &view, &actions);
    cr_expect(one(SENDER_SEND_BATCH)->seq == 9 && one(SENDER_SEND_BATCH)->max_events == 2);
    sender_batch_sent(&sender, 10, 400, &view);
    sender_tick(&sender, &view, &actions);
    cr_expect_not(has(SENDER_SEND_BATCH));
    ack(4, ACK_OK, 0);
    cr_expect_eq(one(SENDER_SET_ACKED)->seq, 4);
    cr_expect(one(SENDER_SEND_BATCH)->seq == 11 && one(SENDER_SEND_BATCH)->max_events == 4);
}

Test(sender, bytes_are_bounded_too_but_one_event_always_goes) {
    live(0);
    sender.welcome.window_bytes = 10;
    sender_tick(&sender, &view, &actions);
    cr_expect_eq(one(SENDER_SEND_BATCH)->max_bytes, EVENT_BYTES_MAX);
    sender_batch_sent(&sender, 1, 400, &view);
    sender_tick(&sender, &view, &actions);
    cr_expect_not(has(SENDER_SEND_BATCH));
}

Test(sender, one_rewind_for_all_batches_behind_a_lost_one) {
    live(0);
    sender_batch_sent(&sender, 2, 1, &view);
    sender_batch_sent(&sender, 4, 1, &view);
    sender_batch_sent(&sender, 6, 1, &view);
    ack(0, ACK_REWIND, 0);
    cr_expect_eq(one(SENDER_SEND_BATCH)->seq, 1);
    sender_batch_sent(&sender, 2, 1, &view);
    ack(0, ACK_REWIND, 0); /* for 5-6 */
    cr_expect_eq(one(SENDER_SEND_BATCH)->seq, 3);
    ack(0, ACK_REWIND, 0);
    ack(0, ACK_REWIND, 0); /* one more than was under way */
    cr_expect_eq(one(SENDER_SEND_BATCH)->seq, 1);
}

Test(sender, busy_waits_and_tries_again) {
    live(0);
    sender_batch_sent(&sender, 4, 1, &view);
    ack(0, ACK_BUSY, 2000);
    cr_expect_not(has(SENDER_SEND_BATCH));
    cr_expect_eq(sender_deadline_ms(&sender), 3000);
    view.now_ms = 3000;
    sender_tick(&sender, &view, &actions);
    cr_expect_eq(one(SENDER_SEND_BATCH)->seq, 1);
    cr_expect_gt(sender_deadline_ms(&sender), 3000);
    view.now_ms = 62000;
    ack(0, ACK_BUSY, 2000); /* for a minute: the next server */
    cr_expect(sender.state == SENDER_DOWN && sender.server == 1 && has(SENDER_CLOSE));
}

Test(sender, three_unanswered_statuses) {
    live(20);
    for (int i = 1; i <= 3; i++) {
        cr_expect_eq(sender.state, SENDER_LIVE);
        view.now_ms = sender_deadline_ms(&sender);
        sender_tick(&sender, &view, &actions);
    }
    cr_expect(sender.state == SENDER_DOWN && sender.server == 1 && has(SENDER_CLOSE));
    cr_expect_eq(view.now_ms, 1000 + 3 * 5000);
}

Test(sender, without_progress_it_sends_again) {
    live(0);
    sender_batch_sent(&sender, 4, 1, &view);
    for (int i = 1; i <= 4; i++) {
        ack(0, ACK_OK, 0);
        view.now_ms += 5000;
        sender_tick(&sender, &view, &actions);
        cr_expect_eq(has(SENDER_ALARM), i == 4);
    }
    cr_expect_eq(one(SENDER_SEND_BATCH)->seq, 1);
}

Test(sender, back_off_is_jittered_and_bounded) {
    for (unsigned attempt = 0; attempt < 12; attempt++) {
        int64_t bound = attempt < 6 ? 1000LL << attempt : 60000;
        sender_tick(&sender, &view, &actions);
        cr_assert_eq(one(SENDER_OPEN)->server, attempt % 2);
        view.random = attempt % 2 ? 0 : (uint64_t)(bound - 500);
        sender_disconnected(&sender, &view, &actions);
        cr_expect(has(SENDER_CLOSE));
        cr_expect_eq(sender_deadline_ms(&sender) - view.now_ms, attempt % 2 ? 500 : bound, "attempt %u", attempt);
        view.now_ms = sender_deadline_ms(&sender);
    }
}

Test(sender, halts_for_good) {
    static const struct {
        enum wire_error error;
        enum halt_reason halt;
    } rows[] = {{WIRE_FENCED, HALT_FENCED},
                {WIRE_REVOKED, HALT_REVOKED},
                {WIRE_FORK, HALT_FORK},
                {WIRE_UNSUPPORTED_VERSION, HALT_UNSUPPORTED_VERSION},
                {WIRE_FORMER_EPOCH, HALT_STALE_SPOOL}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        set_up();
        say_hello();
        error(rows[i].error, 9);
        expect_halt(rows[i].halt, 9);
        view.now_ms += 1000000;
        sender_tick(&sender, &view, &actions);
        cr_expect_eq(actions.count, 0);
    }
}

Test(sender, an_unknown_error_is_judged_by_its_class) {
    struct message m = {.type = MESSAGE_ERROR, .version = 9, .gen = 3};
    m.error = (struct message_error){.code = 999, .class = ERROR_CLASS_LATER};
    say_hello();
    receive(&m);
    cr_expect_eq(sender.state, SENDER_DOWN);
    view.now_ms += 60000;
    say_hello();
    m.error.class = ERROR_CLASS_NEVER;
    receive(&m);
    expect_halt(HALT_REFUSED, 3);
}

Test(sender, hashes_and_positions_are_compared) {
    say_hello();
    struct message m = {.type = MESSAGE_WELCOME, .version = 1, .gen = 5};
    m.welcome = (struct message_welcome){1, 7, heads[6], 10, 100000, 4, 5000, 0};
    sender_received(&sender, &m, &heads[7], &view, &actions);
    expect_halt(HALT_FORK, 5);
    set_up();
    say_hello();
    m.welcome.committed_seq = 21;
    sender_received(&sender, &m, NULL, &view, &actions);
    expect_halt(HALT_STALE_SPOOL, 5);
    set_up();
    say_hello();
    view.first_retained = 9;
    view.acked_seq = 12;
    m.welcome.committed_seq = 7;
    sender_received(&sender, &m, NULL, &view, &actions);
    expect_halt(HALT_GAP_LOST, 5);
}

Test(sender, the_database_went_back) {
    say_hello();
    view.first_retained = 9;
    view.acked_seq = 12;
    welcome(8); /* the last hash before what is kept */
    cr_expect(one(SENDER_ALARM)->alarm == ALARM_DATABASE_WENT_BACK && one(SENDER_ALARM)->seq == 8);
    cr_expect_eq(one(SENDER_SET_ACKED)->seq, 8);
    view.acked_seq = 8;
    sender_tick(&sender, &view, &actions);
    cr_expect_eq(one(SENDER_SEND_BATCH)->seq, 9);
}

Test(sender, resume_goes_on_above_the_gen_of_the_centre) {
    sender_init(&sender, &settings, HALT_FENCED, 30);
    sender_tick(&sender, &view, &actions);
    cr_expect_eq(actions.count, 0);
    sender_resume(&sender, sender.halt_gen, &view, &actions);
    cr_expect(has(SENDER_OPEN));
    sender_connected(&sender, &view, &actions);
    cr_expect_eq(one(SENDER_STORE_GEN)->gen, 31);
}

Test(sender, an_unknown_epoch_tells_the_gen_to_start_above) {
    say_hello();
    error(WIRE_UNKNOWN_EPOCH, 17);
    cr_expect_eq(sender.state, SENDER_DOWN);
    view.gen = 5;
    view.now_ms += 60000;
    say_hello();
    cr_expect_eq(one(SENDER_STORE_GEN)->gen, 18);
}

Test(sender, messages_of_another_session_are_dropped) {
    live(0);
    struct message m = {.type = MESSAGE_ACK, .version = 1, .gen = sender.gen - 1};
    m.ack.committed_seq = 5;
    receive(&m);
    cr_expect_eq(actions.count, 0);
    cr_expect_eq(sender.centre_seq, 0);
}

Test(sender, too_large_halves_the_batches) {
    live(0);
    error(WIRE_TOO_LARGE, 5);
    cr_expect_eq(sender.batch_limit, MESSAGE_EVENTS_MAX / 2);
    cr_expect_eq(sender.state, SENDER_DOWN);
}

Test(sender, another_spool_under_a_session_ends_it) {
    live(3);
    view.epoch.bytes[0] ^= 1;
    ack(0, ACK_OK, 0);
    cr_expect(sender.state == SENDER_DOWN && actions.count == 1 && has(SENDER_CLOSE));
    set_up();
    live(3);
    view.first_retained = 9; /* what was to be sent next is not kept here */
    sender_tick(&sender, &view, &actions);
    cr_expect(sender.state == SENDER_DOWN && has(SENDER_CLOSE) && !has(SENDER_SEND_BATCH));
}
