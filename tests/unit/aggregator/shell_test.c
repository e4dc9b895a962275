/* The aggregator over real sockets and a real database. */
#include "tests/unit/aggregator/agent.h"

CLUSTER_START
CLUSTER_STOP

static struct centre centre;
static struct agent agent, other;

Test(shell, events_are_committed_before_they_are_acknowledged) {
    int64_t events = 0;
    centre_start(&centre, "commits");
    agent_start(&agent, &centre, true);
    agent_enter(&agent);
    agent_batch(&agent, 100, 1, "510824");
    expect_ack(&agent, 100);
    cr_expect_eq(ask_number(&centre, "SELECT count(*) FROM event"), 100);
    cr_expect_eq(ask_number(&centre, "SELECT committed_seq FROM log"), 100);
    cr_expect_eq(ask_number(&centre, "SELECT value FROM cell_current WHERE value IS NOT NULL"), 100, "the newest figure");
    cr_expect_geq(ask_number(&centre, "SELECT count(*) FROM wake WHERE cell IS NOT NULL"), 1);
    agent_batch(&agent, 2, 7, "510823");
    cr_assert(agent_wait(&agent));
    cr_expect_eq(agent.message.ack.committed_seq, 102);
    cr_expect_eq(agent.message.ack.rejected_count, 2);
    cr_expect_eq(agent.message.ack.rejected[0].code, QUARANTINE_OUT_OF_SCOPE);
    cr_expect_eq(ask_number(&centre, "SELECT count(*) FROM quarantine WHERE code = 'OUT_OF_SCOPE'"), 2);
    cr_expect_eq(verify_breaks(&centre, &events), 0);
    cr_expect_eq(events, 102);
    cr_expect_eq(centre_stop(&centre, SIGTERM), 0);
    agent_finish(&agent);
    pg_close(&centre.owner);
}

Test(shell, a_changed_figure_is_found) {
    centre_start(&centre, "changed");
    agent_start(&agent, &centre, true);
    agent_enter(&agent);
    agent_batch(&agent, 10, 1, "510824");
    expect_ack(&agent, 10);
    cr_assert_eq(pg_run(centre.owner, "UPDATE event SET value = value + 1 WHERE seq = 5", NULL, NULL, &err), ERROR_OK);
    cr_expect_eq(verify_breaks(&centre, NULL), 1);
    cr_assert_eq(pg_run(centre.owner, "UPDATE event SET value = value - 1 WHERE seq = 5", NULL, NULL, &err), ERROR_OK);
    cr_expect_eq(verify_breaks(&centre, NULL), 0);
    cr_assert_eq(pg_run(centre.owner, "DELETE FROM event WHERE seq = 5", NULL, NULL, &err), ERROR_OK);
    cr_expect_eq(verify_breaks(&centre, NULL), 1);
    (void)centre_stop(&centre, SIGKILL);
    agent_finish(&agent);
    pg_close(&centre.owner);
}

Test(shell, an_unknown_key_is_refused_and_a_revoked_one_stops_at_once) {
    centre_start(&centre, "keys");
    agent_start(&agent, &centre, true);
    agent_enter(&agent);
    agent_start(&other, &centre, false);
    agent_connect(&other);
    cr_assert(agent_wait(&other), "neither let in nor refused");
    cr_expect_eq(other.news, DEALER_REFUSED, "%s", dealer_news_text(other.news));
    agent_batch(&agent, 1, 1, "510824");
    expect_ack(&agent, 1);
    struct chain_hash head = agent.head;
    cr_assert_eq(key_revoke(centre.owner, agent.key.public_key, 0, (struct instant){1609430400000}, "test", &err), ERROR_OK);
    agent_batch(&agent, 1, 2, "510824");
    cr_assert(agent_wait(&agent), "no answer");
    while (agent.got && agent.message.type == MESSAGE_ACK) { /* rolled back in its transaction: told to send again */
        cr_expect_eq(agent.message.ack.committed_seq, 1);
        agent.seq = 1;
        agent.head = head;
        agent_batch(&agent, 1, 2, "510824");
        cr_assert(agent_wait(&agent), "no answer");
    }
    expect_error(&agent, WIRE_REVOKED);
    cr_expect_eq(ask_number(&centre, "SELECT count(*) FROM event"), 1);
    (void)centre_stop(&centre, SIGTERM);
    agent_finish(&agent);
    agent_finish(&other);
    pg_close(&centre.owner);
}

Test(shell, an_older_session_is_fenced) {
    centre_start(&centre, "fence");
    agent_start(&agent, &centre, true);
    agent_enter(&agent);
    agent_start(&other, &centre, false);
    other.key = agent.key;
    other.gen = agent.gen;
    agent_enter(&other);
    agent_batch(&agent, 1, 1, "510824");
    expect_error(&agent, WIRE_FENCED);
    agent_batch(&other, 1, 1, "510824");
    expect_ack(&other, 1);
    other.gen = 0;
    agent_hello(&other);
    expect_error(&other, WIRE_FENCED);
    (void)centre_stop(&centre, SIGTERM);
    agent_finish(&agent);
    agent_finish(&other);
    pg_close(&centre.owner);
}

Test(shell, hostile_bytes_are_answered_and_nothing_falls_over) {
    static const char *const hostile[] = {"", "\xc1", "\xdd\xff\x00\x00\x00", "\x95\xa5" "duban\x01\x03\x01\xdd\xff\xff\xff\xff",
                                          "\x95\xa5" "duban\x63\x01\x01\x90", "GET / HTTP/1.1\r\n\r\n"};
    static const size_t lengths[] = {0, 1, 5, 15, 11, 18};
    centre_start(&centre, "hostile");
    agent_start(&agent, &centre, true);
    agent_enter(&agent);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        agent.got = false;
        cr_assert_eq(dealer_send(agent.dealer, hostile[i], lengths[i]), LINK_DONE);
        cr_assert(agent_wait(&agent), "no answer to %zu", i);
        cr_expect_eq(agent.message.type, MESSAGE_ERROR);
    }
    agent_batch(&agent, 1, 1, "510824");
    expect_ack(&agent, 1);
    (void)centre_stop(&centre, SIGTERM);
    agent_finish(&agent);
    pg_close(&centre.owner);
}

Test(shell, a_status_is_stored_and_answered) {
    centre_start(&centre, "status");
    agent_start(&agent, &centre, true);
    agent_enter(&agent);
    struct message status = {.type = MESSAGE_STATUS, .version = MESSAGE_VERSION, .gen = agent.gen,
                             .status = {.last_seq = 0, .depth = 3, .oldest_age_ms = 5, .disk_free = 1000, .clock_ms = 0}};
    agent_send(&agent, &status);
    expect_ack(&agent, 0);
    cr_expect_eq(ask_number(&centre, "SELECT depth FROM stream_status"), 3);
    cr_expect_eq(ask_number(&centre, "SELECT count(*) FROM stream_status WHERE software = 'test 1'"), 1);
    cr_expect_eq(ask_number(&centre, "SELECT count(*) FROM wake WHERE stream IS NOT NULL"), 1, "a stream that came is looked at");
    (void)centre_stop(&centre, SIGTERM);
    agent_finish(&agent);
    pg_close(&centre.owner);
}

Test(shell, a_database_that_dies_is_waited_for_and_nothing_counts_twice) {
    int64_t events = 0;
    centre_start(&centre, "dies");
    agent_start(&agent, &centre, true);
    agent_enter(&agent);
    agent_batch(&agent, 5, 1, "510824");
    expect_ack(&agent, 5);
    (void)ask_number(&centre, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'duban_aggregator'");
    uint64_t seq = agent.seq;
    struct chain_hash head = agent.head;
    for (int tries = 0; tries < 100; tries++) { /* BUSY or REWIND until it is back: the same again */
        agent.seq = seq;
        agent.head = head;
        agent_batch(&agent, 5, 6, "510824");
        cr_assert(agent_wait(&agent), "no answer");
        cr_assert_eq(agent.message.type, MESSAGE_ACK);
        if (agent.message.ack.committed_seq == 10) break;
        cr_expect_eq(agent.message.ack.committed_seq, 5);
        (void)poll(NULL, 0, 50); /* what retry_after_ms asks for, shorter */
    }
    cr_expect_eq(agent.message.ack.committed_seq, 10);
    cr_expect_eq(verify_breaks(&centre, &events), 0);
    cr_expect_eq(events, 10);
    (void)centre_stop(&centre, SIGTERM);
    agent_finish(&agent);
    pg_close(&centre.owner);
}

Test(shell, a_killed_centre_goes_on_where_it_committed) {
    int64_t events = 0;
    centre_start(&centre, "killed");
    agent_start(&agent, &centre, true);
    agent_enter(&agent);
    agent_batch(&agent, 50, 1, "510824");
    expect_ack(&agent, 50);
    agent_batch(&agent, 50, 51, "510824"); /* in flight when it dies */
    (void)centre_stop(&centre, SIGKILL);
    centre_run(&centre);
    agent_enter(&agent);
    uint64_t committed = agent.message.welcome.committed_seq;
    cr_expect(committed == 50 || committed == 100);
    if (committed == 50) {
        agent.seq = 50;
        agent.head = agent.message.welcome.head_hash;
        agent_batch(&agent, 50, 51, "510824");
        expect_ack(&agent, 100);
    }
    cr_expect_eq(verify_breaks(&centre, &events), 0);
    cr_expect_eq(events, 100);
    (void)centre_stop(&centre, SIGTERM);
    agent_finish(&agent);
    pg_close(&centre.owner);
}
