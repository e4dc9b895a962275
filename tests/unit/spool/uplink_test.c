/* A spool's session with a small centre in the same loop: real sockets, keys and state machines, no database. */
#include "common/spool/uplink.h"

#include "common/link/router.h"
#include "proto/receiver.h"
#include "tests/unit/spool/spool_fixture.h"

enum { TURNS_MAX = 2000, TURN_MS = 20 };

struct centre {
    struct zap *zap;
    struct router *router;
    struct receiver receiver;
    uint64_t statuses, events;
    enum key_permission permission;
    bool mute;
    uint64_t reject_seq; /* named as rejected in every ACK that covers it */
};

struct link_scene {
    struct spool_fixture spool;
    struct link_context *context;
    struct link_loop loop;
    struct centre centre;
    struct key_pair own, server;
    char key_file[128];
    struct uplink_server to;
    struct uplink_settings settings;
    struct uplink *uplink;
    struct error err;
};

static enum zap_verdict let_in(void *context, const char *public_key) {
    struct link_scene *s = context;
    return strcmp(public_key, s->own.public_key) == 0 ? ZAP_ALLOW : ZAP_REFUSE;
}

static void answer(struct centre *centre, const struct router_peer *peer, const struct message *message) {
    uint8_t bytes[4096];
    size_t len = 0;
    cr_assert_eq(message_encode(message, bytes, sizeof bytes, &len), PROTO_OK);
    (void)!router_send(centre->router, peer, bytes, len);
}

static struct message centre_ack(struct centre *centre, enum ack_flag flag) {
    struct message message = receiver_ack(&centre->receiver, flag, 0);
    if (centre->reject_seq && message.ack.committed_seq >= centre->reject_seq) {
        message.ack.rejected[0] = (struct message_rejected){centre->reject_seq, QUARANTINE_OUT_OF_SCOPE};
        message.ack.rejected_listed = 1;
        message.ack.rejected_count = 1;
    }
    return message;
}

static void centre_take(struct centre *centre, const struct router_message *in) {
    static struct slice events[MESSAGE_EVENTS_MAX];
    struct message message;
    struct receiver_answer say = {.verdict = RECEIVER_SILENT};
    cr_assert_eq(message_decode((const uint8_t *)in->bytes.ptr, in->bytes.len, events, MESSAGE_EVENTS_MAX, &message), PROTO_OK);
    if (message.type == MESSAGE_HELLO) receiver_hello(&centre->receiver, &message, slice_of("a"), centre->permission, &say);
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
    case RECEIVER_ACK: out = centre_ack(centre, say.flag); break;
    case RECEIVER_REFUSE: out = receiver_error(&centre->receiver, say.error, say.detail); break;
    case RECEIVER_SILENT:
    case RECEIVER_SETTLE: return;
    }
    answer(centre, &in->peer, &out);
}

static void centre_ready(void *context, short events) {
    struct centre *centre = context;
    struct router_message in;
    (void)events;
    while (router_receive(centre->router, &in) == LINK_DONE)
        if (!in.dropped && in.user[0] && !centre->mute) centre_take(centre, &in);
}

static void scene_open(struct link_scene *s) {
    memset(s, 0, sizeof *s);
    s->spool = spool_fixture_open("a");
    s->centre.permission = KEY_ALLOWED;
    cr_assert_eq(link_loop_init(&s->loop, NULL, &s->err), ERROR_OK);
    cr_assert_eq(link_context_open(&s->context, &s->err), ERROR_OK);
    cr_assert_eq(key_pair_make(&s->own, &s->err), ERROR_OK);
    cr_assert_eq(key_pair_make(&s->server, &s->err), ERROR_OK);
    snprintf(s->key_file, sizeof s->key_file, "%s/agent.key", s->spool.folder);
    cr_assert_eq(key_pair_save(&s->own, s->key_file, &s->err), ERROR_OK);
    cr_assert_eq(zap_open(s->context, let_in, s, &s->centre.zap, &s->err), ERROR_OK);
    struct router_settings router = {.listen = "tcp://127.0.0.1:*", .own = &s->server, .message_max = MESSAGE_BYTES_MAX, .high_water = 16};
    cr_assert_eq(router_open(s->context, s->centre.zap, &router, &s->centre.router, &s->err), ERROR_OK, "%s", s->err.message);
    cr_assert_eq(zap_watch(s->centre.zap, &s->loop, &s->err), ERROR_OK);
    cr_assert_eq(router_watch(s->centre.router, &s->loop, centre_ready, &s->centre, &s->err), ERROR_OK);
    struct stream_row row = {.log = 1};
    receiver_load(&s->centre.receiver, &row, 1000);
    s->to = (struct uplink_server){router_address(s->centre.router), s->server.public_key};
    s->settings = (struct uplink_settings){.servers = &s->to, .server_count = 1, .secret_key_file = s->key_file, .software = "test"};
    cr_assert_eq(uplink_create(&s->settings, s->spool.spool, s->context, &s->loop, &s->uplink, &s->err), ERROR_OK, "%s", s->err.message);
}

static void scene_close(struct link_scene *s) {
    uplink_destroy(&s->uplink);
    router_close(&s->centre.router);
    zap_close(&s->centre.zap);
    link_loop_finish(&s->loop);
    link_context_close(&s->context);
    spool_fixture_close(&s->spool);
}

static bool is_settled(struct link_scene *s) {
    return uplink_is_settled(s->uplink);
}
static bool is_halted(struct link_scene *s) {
    return uplink_status(s->uplink).state == SENDER_HALTED;
}
static bool has_status(struct link_scene *s) {
    return uplink_status(s->uplink).statuses_answered > 0;
}

/* Turns until it is so: an event waited for, with a bound. */
static void turn_until(struct link_scene *s, bool (*so)(struct link_scene *), const char *what) {
    for (int i = 0; i < TURNS_MAX && !so(s); i++) {
        cr_assert_eq(uplink_turn(s->uplink, (struct instant){1000}, &s->err), ERROR_OK, "%s", s->err.message);
        if (so(s)) return;
        cr_assert_eq(link_loop_turn(&s->loop, TURN_MS, &s->err), ERROR_OK);
    }
    cr_assert(so(s), "%s; trouble: %s", what, uplink_status(s->uplink).trouble);
}

Test(uplink, what_the_spool_holds_reaches_the_centre_once) {
    struct link_scene s;
    scene_open(&s);
    for (uint64_t i = 1; i <= 250; i++) spool_fixture_append(&s.spool, i);
    turn_until(&s, is_settled, "all acknowledged");
    cr_assert_eq(s.centre.events, 250);
    cr_assert_eq(spool_state(s.spool.spool)->acked_seq, 250);
    cr_assert_eq(spool_state(s.spool.spool)->gen, 1);
    spool_fixture_append(&s.spool, 251);
    turn_until(&s, is_settled, "the next one goes in the same session");
    cr_assert_eq(s.centre.events, 251);
    cr_assert_eq(spool_state(s.spool.spool)->gen, 1);
    cr_assert(chain_equal(&s.centre.receiver.row.head, &spool_state(s.spool.spool)->head));
    scene_close(&s);
}

Test(uplink, a_status_is_sent_when_asked_and_its_answer_counted) {
    struct link_scene s;
    scene_open(&s);
    spool_fixture_append(&s.spool, 1);
    uplink_status_wanted(s.uplink);
    turn_until(&s, has_status, "STATUS answered");
    cr_assert_geq(s.centre.statuses, 1);
    cr_assert_eq(uplink_status(s.uplink).statuses_answered, 1, "heartbeats do not count");
    cr_assert(uplink_is_settled(s.uplink), "only when nothing is under way");
    scene_close(&s);
}

Test(uplink, a_new_session_goes_on_where_the_old_one_ended) {
    struct link_scene s;
    scene_open(&s);
    for (uint64_t i = 1; i <= 3; i++) spool_fixture_append(&s.spool, i);
    turn_until(&s, is_settled, "first session");
    uplink_destroy(&s.uplink);
    spool_fixture_append(&s.spool, 4);
    cr_assert_eq(uplink_create(&s.settings, s.spool.spool, s.context, &s.loop, &s.uplink, &s.err), ERROR_OK);
    turn_until(&s, is_settled, "second session");
    cr_assert_eq(s.centre.events, 4);
    cr_assert_eq(spool_state(s.spool.spool)->gen, 2);
    scene_close(&s);
}

Test(uplink, a_fenced_agent_halts_durably_and_resumes_by_word) {
    struct link_scene s;
    scene_open(&s);
    spool_fixture_append(&s.spool, 1);
    turn_until(&s, is_settled, "first session");
    struct stream_row row = s.centre.receiver.row;
    row.gen = 50; /* somebody newer was there */
    receiver_load(&s.centre.receiver, &row, 1000);
    spool_fixture_append(&s.spool, 2);
    turn_until(&s, is_halted, "halted");
    cr_assert_eq(spool_state(s.spool.spool)->halt, HALT_FENCED);
    cr_assert_eq(spool_state(s.spool.spool)->halt_gen, 50);
    uplink_destroy(&s.uplink);
    spool_fixture_reopen(&s.spool);
    cr_assert_eq(uplink_create(&s.settings, s.spool.spool, s.context, &s.loop, &s.uplink, &s.err), ERROR_OK);
    cr_assert(is_halted(&s), "a restart does not lift it");
    cr_assert_eq(uplink_resume(s.uplink, 0, &s.err), ERROR_OK, "%s", s.err.message);
    turn_until(&s, is_settled, "resumed");
    cr_assert_eq(spool_state(s.spool.spool)->gen, 51);
    cr_assert_eq(spool_state(s.spool.spool)->halt, HALT_NONE);
    cr_assert_eq(s.centre.events, 2);
    scene_close(&s);
}

Test(uplink, a_spool_restored_from_a_backup_halts_and_goes_on_in_a_new_epoch) {
    struct link_scene s;
    char command[400];
    scene_open(&s);
    spool_fixture_append(&s.spool, 1);
    turn_until(&s, is_settled, "first session");
    uplink_destroy(&s.uplink);
    spool_close(&s.spool.spool);
    snprintf(command, sizeof command, "cp %s %s.old", s.spool.file, s.spool.file);
    cr_assert_eq(system(command), 0);
    spool_fixture_reopen(&s.spool);
    spool_fixture_append(&s.spool, 2);
    cr_assert_eq(uplink_create(&s.settings, s.spool.spool, s.context, &s.loop, &s.uplink, &s.err), ERROR_OK);
    turn_until(&s, is_settled, "second session");
    uplink_destroy(&s.uplink);
    spool_close(&s.spool.spool);
    snprintf(command, sizeof command, "rm -f %s-wal; mv %s.old %s", s.spool.file, s.spool.file, s.spool.file);
    cr_assert_eq(system(command), 0);
    spool_fixture_reopen(&s.spool);
    spool_fixture_append(&s.spool, 3);
    cr_assert_eq(uplink_create(&s.settings, s.spool.spool, s.context, &s.loop, &s.uplink, &s.err), ERROR_OK);
    turn_until(&s, is_halted, "the old spool halts");
    enum halt_reason halt = spool_state(s.spool.spool)->halt;
    if (halt == HALT_FENCED) { /* its gen is old, too */
        cr_assert_eq(uplink_resume(s.uplink, 0, &s.err), ERROR_OK);
        turn_until(&s, is_halted, "the hashes tell");
        halt = spool_state(s.spool.spool)->halt;
    }
    cr_assert(halt == HALT_FORK || halt == HALT_STALE_SPOOL, "%s", halt_reason_name(halt));
    s.centre.receiver.row.reopen = true; /* duban stream reopen */
    cr_assert_eq(uplink_resume(s.uplink, 0, &s.err), ERROR_OK);
    turn_until(&s, is_settled, "a new epoch is let in");
    cr_assert_eq(s.centre.events, 3, "the third goes; nothing goes twice");
    scene_close(&s);
}

Test(uplink, an_unknown_key_is_told_and_tried_again) {
    struct link_scene s;
    scene_open(&s);
    struct key_pair known = s.own;
    s.own.public_key[0] = s.own.public_key[0] == 'a' ? 'b' : 'a'; /* the centre's list has another */
    spool_fixture_append(&s.spool, 1);
    for (int i = 0; i < TURNS_MAX && !*uplink_status(s.uplink).trouble; i++) {
        cr_assert_eq(uplink_turn(s.uplink, (struct instant){1000}, &s.err), ERROR_OK);
        cr_assert_eq(link_loop_turn(&s.loop, TURN_MS, &s.err), ERROR_OK);
    }
    cr_assert_gt(strlen(uplink_status(s.uplink).trouble), 0);
    cr_assert_eq(s.centre.events, 0);
    s.own = known; /* approved now */
    turn_until(&s, is_settled, "goes by itself after the approval");
    scene_close(&s);
}

Test(uplink, a_watched_event_in_quarantine_is_told) {
    struct link_scene s;
    scene_open(&s);
    s.centre.reject_seq = 1;
    spool_fixture_append(&s.spool, 1);
    uplink_watch(s.uplink, 1);
    turn_until(&s, is_settled, "acknowledged");
    cr_assert_eq(uplink_watched(s.uplink), QUARANTINE_OUT_OF_SCOPE);
    scene_close(&s);
}

Test(uplink, send_and_wait_keeps_the_event_when_nobody_answers) {
    struct link_scene s;
    scene_open(&s);
    struct uplink_server nobody = {"tcp://127.0.0.1:1", s.server.public_key};
    struct uplink_settings settings = s.settings;
    settings.servers = &nobody;
    uint8_t bytes[EVENT_BYTES_MAX];
    struct event event;
    unsigned field, rejected = 9;
    size_t len = sample_event(1, bytes);
    cr_assert_eq(event_decode(bytes, len, &event, &field), PROTO_OK);
    cr_assert_eq(spool_send_and_wait(s.spool.spool, &settings, &event, (struct instant){5}, 300, &rejected, &s.err), ERROR_CONNECTION);
    cr_assert(strstr(s.err.message, "kept in the spool"));
    cr_assert_eq(rejected, 0);
    cr_assert_eq(spool_state(s.spool.spool)->last_seq, 1);
    turn_until(&s, is_settled, "the next session takes it along");
    cr_assert_eq(s.centre.events, 1);
    scene_close(&s);
}
