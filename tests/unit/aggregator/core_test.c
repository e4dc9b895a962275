/* The core without sockets and database: who is answered what, what goes into which transaction, what its end means. */
#include "services/aggregator/core.h"

#include "tests/unit/aggregator/programme.h"

enum { SENT_MAX = 16, LOG = 5 };
static const char key[KEY_TEXT_MAX] = "0123456789012345678901234567890123456789";
static const char revoked[KEY_TEXT_MAX] = "9123456789012345678901234567890123456789";
static const struct router_peer first_peer = {.id = {1}, .len = 1}, second_peer = {.id = {2}, .len = 1};

/* What the core said, newest last. */
static struct sent {
    struct router_peer peer;
    struct message message;
    uint8_t bytes[512]; /* the message borrows */
} sent[SENT_MAX];
static size_t sent_count;

static void keep(void *context, const struct router_peer *peer, const void *bytes, size_t len) {
    (void)context;
    struct sent *one = &sent[sent_count++ % SENT_MAX];
    cr_assert_leq(len, sizeof one->bytes);
    memcpy(one->bytes, bytes, len);
    one->peer = *peer;
    cr_assert_eq(message_decode(one->bytes, len, NULL, 0, &one->message), PROTO_OK);
}

static const struct message *last_to(const struct router_peer *peer) {
    cr_assert_gt(sent_count, 0, "nothing was said");
    const struct sent *one = &sent[(sent_count - 1) % SENT_MAX];
    cr_assert_eq(one->peer.id[0], peer->id[0], "said to another");
    return &one->message;
}

static void expect_ack(const struct router_peer *peer, enum ack_flag flag, uint64_t seq) {
    const struct message *message = last_to(peer);
    cr_assert_eq(message->type, MESSAGE_ACK, "%s", message_type_name(message->type));
    cr_expect_eq(message->ack.flag, flag);
    cr_expect_eq(message->ack.committed_seq, seq);
}

static void expect_error(const struct router_peer *peer, enum wire_error code) {
    const struct message *message = last_to(peer);
    cr_assert_eq(message->type, MESSAGE_ERROR, "%s", message_type_name(message->type));
    cr_expect_eq(message->error.code, code, "%s", wire_error_name(message->error.code));
}

/* --- the world --- */

static struct core core;
static struct epoch epoch = {{7}};
static struct chain_hash head; /* of the last event made */
static uint64_t made;
static uint8_t out[MESSAGE_BYTES_MAX];

static void add_key(struct key_row *row, const char *text, struct instant revoked_at) {
    *row = (struct key_row){.label = strdup("t"), .allowed_by = strdup("t"), .revoked_at = revoked_at, .stream_count = 1};
    memcpy(row->public_key, text, sizeof row->public_key);
    row->streams = malloc(sizeof *row->streams);
    row->streams[0] = 1;
}

static void open_core(size_t group_events) {
    const struct core_settings settings = {.window_events = 100, .window_bytes = 1 << 20, .heartbeat_ms = 5000,
                                           .group_events = group_events, .send = keep};
    struct error err = {0};
    cr_assert_eq(core_init(&core, &settings, &err), ERROR_OK);
    struct view view = {.loaded = true, .keys = {calloc(2, sizeof(struct key_row)), 2},
                        .streams = {calloc(1, sizeof(struct stream)), 1}, .programme_count = 1};
    add_key(&view.keys.items[0], key, INSTANT_NONE);
    add_key(&view.keys.items[1], revoked, (struct instant){1});
    view.streams.items[0] = (struct stream){.id = 1, .programme = 1, .name = "cangxi", .role = STREAM_COUNTY, .unit = strdup("苍溪县")};
    view.programmes = malloc(sizeof(struct programme_view *));
    view.programmes[0] = small_programme();
    core_view(&core, &view);
    core.live = true;
    core.now = core.real = (struct instant){1625100000000};
    made = 0;
    head = chain_start(slice_of("cangxi"), &epoch, NULL);
}

static void say(const struct router_peer *peer, const char *user, const struct message *message) {
    size_t len = 0;
    cr_assert_eq(message_encode(message, out, sizeof out, &len), PROTO_OK);
    core_message(&core, peer, user, (struct slice){(const char *)out, len});
}

static void say_hello(const struct router_peer *peer, const char *user, uint64_t gen) {
    const struct message hello = {.type = MESSAGE_HELLO, .version = MESSAGE_VERSION, .gen = gen,
                                  .hello = {.ver_min = 1, .ver_max = 1, .stream = slice_of("cangxi"), .epoch = epoch,
                                            .first_retained = 1, .software = slice_of("test")}};
    say(peer, user, &hello);
}

static void say_batch(const struct router_peer *peer, const char *user, uint64_t gen, size_t count, const char *area) {
    static uint8_t bytes[8][256];
    struct slice items[8];
    struct message batch = {.type = MESSAGE_BATCH, .version = MESSAGE_VERSION, .gen = gen,
                            .batch = {.layout = EVENT_LAYOUT, .first_seq = made + 1, .prev_hash = head, .events = items, .count = count}};
    for (size_t i = 0; i < count; i++) {
        struct event event = good_event();
        size_t len = 0;
        event.area = slice_of(area);
        event.uid[0] = (uint8_t)++made;
        event.figure.value.mantissa = (int64_t)made;
        cr_assert_eq(event_encode(&event, bytes[i], sizeof bytes[i], &len), PROTO_OK);
        items[i] = (struct slice){(const char *)bytes[i], len};
        head = chain_append(&head, bytes[i], len);
    }
    batch.batch.last_hash = head;
    say(peer, user, &batch);
}

/* The database has no row of the stream yet. */
static void enter(const struct router_peer *peer) {
    const struct pg_rows none = {0};
    size_t count = 0;
    say_hello(peer, key, 1);
    const int32_t *asked = core_hellos(&core, &count);
    cr_assert_eq(count, 1);
    cr_expect_eq(asked[0], 1);
    core_judge(&core, &none, &none);
    cr_assert_eq(core.change_count, 1);
    cr_expect(core.changes[0].new_epoch);
    core.changes[0].row.log = LOG;
    core_admitted(&core);
    cr_assert_eq(last_to(peer)->type, MESSAGE_WELCOME);
    cr_expect_eq(last_to(peer)->welcome.committed_seq, 0);
}

/* --- tests --- */

Test(core, nobody_is_let_in_without_a_key_that_is_allowed) {
    const struct pg_rows none = {0};
    size_t count = 0;
    open_core(100);
    say_batch(&first_peer, key, 1, 1, "510824");
    expect_error(&first_peer, WIRE_NO_SESSION);
    say_hello(&first_peer, revoked, 1);
    (void)core_hellos(&core, &count);
    core_judge(&core, &none, &none);
    expect_error(&first_peer, WIRE_REVOKED);
    cr_expect_eq(core.change_count, 0);
    core_admitted(&core);
    size_t before = sent_count;
    say_hello(&first_peer, "", 1); /* without User-Id */
    cr_expect_eq(sent_count, before);
    cr_expect_eq(core.dropped, 1);
    core_finish(&core);
}

Test(core, an_answer_comes_only_when_the_transaction_has_landed) {
    open_core(100);
    enter(&first_peer);
    size_t before = sent_count;
    say_batch(&first_peer, key, 1, 3, "510824");
    struct ingest_group *group = core_take_off(&core);
    cr_assert_not_null(group);
    cr_expect_eq(group->events, 3);
    cr_expect_null(core_take_off(&core), "one at a time");
    say_batch(&first_peer, key, 1, 2, "510824"); /* into the next */
    cr_expect_eq(sent_count, before, "nothing is acknowledged before COMMIT");
    cr_expect_eq(core.groups[core.filling].events, 2);
    core_landed(&core);
    expect_ack(&first_peer, ACK_OK, 3);
    cr_assert_not_null(core_take_off(&core));
    core_landed(&core);
    expect_ack(&first_peer, ACK_OK, 5);
    cr_expect_eq(core.committed, 5);
    core_finish(&core);
}

Test(core, the_steps_of_a_group) {
    open_core(100);
    enter(&first_peer);
    say_batch(&first_peer, key, 1, 3, "510824");
    say_batch(&first_peer, key, 1, 2, "510899");
    struct ingest_group *group = core_take_off(&core);
    cr_assert_not_null(group);
    cr_assert(group_plan(group, "event_202107"));
    const struct ingest *ingest = &group->ingest;
    cr_expect_eq(ingest->events.rows, 3);
    cr_expect_eq(ingest->quarantine.rows, 2);
    cr_expect_eq(ingest->batches.rows, 2);
    cr_expect_eq(ingest->wakes.rows, 1, "a cell is woken once a group");
    cr_assert_eq(group->current_count, 1, "and has one newest figure");
    cr_expect_eq(group->currents[0].cell, CELL_CANGXI);
    cr_expect_eq(group->currents[0].figure.value.mantissa, 3);
    cr_assert_eq(ingest->position_rows.count, 1, "both batches move one position");
    const struct ingest_position *position = ingest->position_rows.items;
    cr_expect_eq(position->log, LOG);
    cr_expect_eq(position->from_seq, 0);
    cr_expect_eq(position->to_seq, 5);
    cr_expect(chain_equal(&position->head, &head));
    cr_expect_str_eq(ingest->steps[0].sql, "BEGIN");
    cr_expect_eq(ingest->steps[ingest->step_count - 1].kind, PGSTEP_COMMIT, "COMMIT is the last");
    core_landed(&core);
    expect_ack(&first_peer, ACK_OK, 5);
    const struct message *ack = last_to(&first_peer);
    cr_expect_eq(ack->ack.rejected_count, 2);
    cr_expect_eq(ack->ack.rejected[0].seq, 4);
    cr_expect_eq(ack->ack.rejected[0].code, QUARANTINE_UNKNOWN_AREA);
    core_finish(&core);
}

Test(core, a_full_group_says_so) {
    open_core(3);
    enter(&first_peer);
    say_batch(&first_peer, key, 1, 2, "510824");
    cr_expect_not(core_is_full(&core));
    say_batch(&first_peer, key, 1, 2, "510824");
    cr_expect(core_is_full(&core), "what came together is not torn");
    (void)core_take_off(&core);
    cr_expect_not(core_is_full(&core));
    core_finish(&core);
}

Test(core, a_failed_transaction_takes_the_batches_behind_it_along) {
    const struct pg_rows none = {0};
    size_t count = 0;
    open_core(100);
    enter(&first_peer);
    say_batch(&first_peer, key, 1, 3, "510824");
    cr_assert_not_null(core_take_off(&core));
    say_batch(&first_peer, key, 1, 2, "510824");
    core_crashed(&core);
    cr_expect(group_is_empty(&core.groups[core.filling]), "the batch behind went with it");
    cr_expect_null(core_take_off(&core));
    say_batch(&first_peer, key, 1, 1, "510824");
    expect_ack(&first_peer, ACK_BUSY, 0);
    const int32_t *unknown = core_unknown(&core, &count);
    cr_assert_eq(count, 1);
    cr_expect_eq(unknown[0], 1);
    core_settle(&core, &none); /* the row as the database has it */
    expect_ack(&first_peer, ACK_REWIND, 0);
    cr_expect_null(core_unknown(&core, &count));
    core_finish(&core);
}

Test(core, an_older_connection_is_fenced_by_a_newer_one) {
    open_core(100);
    enter(&first_peer);
    struct session *session = core.sessions[0];
    session->receiver.row.gen = 2; /* what the second HELLO stores */
    say_batch(&first_peer, key, 1, 1, "510824");
    expect_error(&first_peer, WIRE_FENCED);
    say_batch(&second_peer, key, 2, 1, "510824");
    expect_error(&second_peer, WIRE_NO_SESSION);
    core_peer_gone(&core, &first_peer);
    say_batch(&first_peer, key, 2, 1, "510824");
    expect_error(&first_peer, WIRE_NO_SESSION);
    core_finish(&core);
}

Test(core, a_revoked_key_stops_at_its_next_message) {
    open_core(100);
    enter(&first_peer);
    say_batch(&first_peer, revoked, 1, 1, "510824");
    expect_error(&first_peer, WIRE_REVOKED);
    cr_expect(group_is_empty(&core.groups[core.filling]));
    core_finish(&core);
}

Test(core, while_the_database_is_away_agents_wait) {
    open_core(100);
    enter(&first_peer);
    core_away(&core);
    say_batch(&first_peer, key, 1, 1, "510824");
    expect_ack(&first_peer, ACK_BUSY, 0);
    say_hello(&second_peer, key, 2);
    expect_error(&second_peer, WIRE_BUSY);
    core.draining = true;
    say_hello(&second_peer, key, 2);
    expect_error(&second_peer, WIRE_DRAINING);
    core_finish(&core);
}
