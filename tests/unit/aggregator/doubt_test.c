/* A COMMIT whose answer is lost: whatever the database did, each event takes effect exactly once. */
#include <signal.h>
#include <sys/stat.h>

#include "tests/unit/aggregator/agent.h"

CLUSTER_START
CLUSTER_STOP

static struct centre centre;
static struct agent agent;

static pid_t start_proxy(const char *folder, const char *server, const char *cut) {
    pid_t pid = fork();
    if (pid != 0) return pid;
    const char *const argv[] = {"/usr/bin/python3", DUBAN_SOURCE_DIR "/tests/fakes/pg_proxy.py", "--listen", folder, "--server", server,
                                "--commit", "NOTIFY duban_wake; COMMIT", "--cut", cut, NULL};
    execv(argv[0], (char *const *)(uintptr_t)argv);
    _exit(127);
}

/* The centre again, its way to the database through the proxy. */
static pid_t put_between(const char *cut, char folder[64]) {
    char server[64];
    (void)centre_stop(&centre, SIGTERM);
    (void)snprintf(server, sizeof server, "/tmp/duban-test-%d", (int)getppid());
    (void)snprintf(folder, 64, "/tmp/duban-test-%d/%s", (int)getppid(), cut);
    cr_assert_eq(mkdir(folder, 0755), 0);
    (void)snprintf(centre.conninfo, sizeof centre.conninfo, "host=%s dbname=%s user=duban_aggregator", folder, centre.database);
    pid_t proxy = start_proxy(folder, server, cut);
    centre_run(&centre);
    return proxy;
}

static void end_all(pid_t proxy) {
    (void)centre_stop(&centre, SIGTERM);
    (void)kill(proxy, SIGKILL);
    (void)waitpid(proxy, NULL, 0);
    agent_finish(&agent);
    pg_close(&centre.owner);
}

/* After the connection is back the row tells what became of it, and the agent is told to go on from there. */
static void expect_rewind(uint64_t seq) {
    cr_assert(agent_wait(&agent), "no answer");
    cr_assert(agent.got, "%s", dealer_news_text(agent.news));
    cr_assert_eq(agent.message.type, MESSAGE_ACK, "%s", message_type_name(agent.message.type));
    cr_expect_eq(agent.message.ack.flag, ACK_REWIND);
    cr_expect_eq(agent.message.ack.committed_seq, seq);
}

Test(doubt, a_commit_whose_answer_was_lost_has_taken_effect) {
    char folder[64];
    int64_t events = 0;
    centre_start(&centre, "after");
    pid_t proxy = put_between("after", folder);
    agent_start(&agent, &centre, true);
    agent_enter(&agent);
    agent_batch(&agent, 50, 1, "510824");
    expect_rewind(50);
    cr_expect(chain_equal(&agent.message.ack.head_hash, &agent.head));
    cr_expect_eq(ask_number(&centre, "SELECT count(*) FROM event"), 50);
    agent_batch(&agent, 50, 51, "510824");
    expect_ack(&agent, 100);
    cr_expect_eq(verify_breaks(&centre, &events), 0);
    cr_expect_eq(events, 100);
    end_all(proxy);
}

Test(doubt, a_commit_that_never_arrived_has_not_and_is_sent_again) {
    char folder[64];
    int64_t events = 0;
    centre_start(&centre, "before");
    pid_t proxy = put_between("before", folder);
    agent_start(&agent, &centre, true);
    agent_enter(&agent);
    struct chain_hash head = agent.head;
    agent_batch(&agent, 50, 1, "510824");
    expect_rewind(0);
    cr_expect_eq(ask_number(&centre, "SELECT count(*) FROM event"), 0);
    agent.seq = 0;
    agent.head = head;
    agent_batch(&agent, 50, 1, "510824");
    expect_ack(&agent, 50);
    cr_expect_eq(verify_breaks(&centre, &events), 0);
    cr_expect_eq(events, 50);
    end_all(proxy);
}
