/* A spool's session with a small centre in the same loop: real sockets, keys and state machines, no database. */
#include "common/spool/uplink.h"

#include "tests/unit/spool/small_centre.h"
#include "tests/unit/spool/spool_fixture.h"

enum { TURNS_MAX = 2000, TURN_MS = 20 };

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

static void scene_open(struct link_scene *s) {
    memset(s, 0, sizeof *s);
    s->spool = spool_fixture_open("a");
    cr_assert_eq(link_loop_init(&s->loop, NULL, &s->err), ERROR_OK);
    cr_assert_eq(link_context_open(&s->context, &s->err), ERROR_OK);
    cr_assert_eq(key_pair_make(&s->own, &s->err), ERROR_OK);
    cr_assert_eq(key_pair_make(&s->server, &s->err), ERROR_OK);
    snprintf(s->key_file, sizeof s->key_file, "%s/agent.key", s->spool.folder);
    cr_assert_eq(key_pair_save(&s->own, s->key_file, &s->err), ERROR_OK);
    s->centre.stream = "a";
    s->centre.known_key = s->own.public_key;
    centre_open(&s->centre, s->context, &s->loop, "tcp://127.0.0.1:*", &s->server, &s->err);
    s->to = (struct uplink_server){router_address(s->centre.router), s->server.public_key};
    s->settings = (struct uplink_settings){
        .servers = &s->to, .server_count = 1, .secret_key_file = s->key_file, .software = "test"};
    cr_assert_eq(uplink_create(&s->settings, s->spool.spool, s->context, &s->loop, &s->uplink, &s->err), ERROR_OK, "%s",
                 s->err.message);
}

static void scene_close(struct link_scene *s) {
    uplink_destroy(&s->uplink);
    centre_close(&s->centre);
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
    for (uint64_t i = 1; i <= 250; i++)
        spool_fixture_append(&s.spool, i);
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
    for (uint64_t i = 1; i <= 3; i++)
        spool_fixture_append(&s.spool, i);
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
    cr_assert_eq(spool_send_and_wait(s.spool.spool, &settings, &event, (struct instant){5}, 300, &rejected, &s.err),
                 ERROR_CONNECTION);
    cr_assert(strstr(s.err.message, "kept in the spool"));
    cr_assert_eq(rejected, 0);
    cr_assert_eq(spool_state(s.spool.spool)->last_seq, 1);
    turn_until(&s, is_settled, "the next session takes it along");
    cr_assert_eq(s.centre.events, 1);
    scene_close(&s);
}
