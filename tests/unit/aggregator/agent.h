/* A hand-driven agent and an aggregator in a child process, for tests over real sockets. Included once a test. */
#ifndef DUBAN_TESTS_AGENT_H
#define DUBAN_TESTS_AGENT_H

#include <criterion/criterion.h>
#include <criterion/hooks.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/log.h"
#include "common/link/dealer.h"
#include "common/store/verify.h"
#include "services/aggregator/shell.h"
#include "tests/store/fixtures.h"

enum { PATIENCE_MS = 10000, OUT_MAX = 1 << 20 };

static struct error err;

/* --- the centre --- */

struct centre {
    char database[32], listen[64], key_file[64], conninfo[256];
    struct key_pair key;
    struct settings settings;
    pid_t pid;
    struct pg *owner;
    int32_t programme, stream;
};

static inline void centre_run(struct centre *centre) {
    pid_t parent = getpid();
    centre->pid = fork();
    if (centre->pid != 0) return;
    static struct shell shell;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(9);
    log_init("duban-aggregator", LOG_LEVEL_WARN, 2);
    if (shell_open(&shell, &centre->settings, &err) != ERROR_OK) {
        (void)fprintf(stderr, "%s\n", err.message);
        _exit(8);
    }
    int status = shell_run(&shell);
    shell_close(&shell);
    _exit(status);
}

/* A migrated database with the small plan and the stream "cangxi" of 510824. */
static inline void centre_start(struct centre *centre, const char *name) {
    *centre = (struct centre){0};
    (void)snprintf(centre->database, sizeof centre->database, "%s", name);
    centre->owner = cluster_database(getppid(), name, INSTALLATION_REAL);
    centre->programme = cluster_load_plan(centre->owner, (struct instant){1609430400000}).programme;
    const char *const areas[] = {"510824"};
    const struct stream_new stream = {.name = "cangxi", .unit = "苍溪县", .role = STREAM_COUNTY, .areas = areas, .area_count = 1,
                                      .programme = centre->programme, .made_at = {1609430400000}};
    cr_assert_eq(stream_make(centre->owner, &stream, &centre->stream, &err), ERROR_OK, "%s", err.message);
    (void)snprintf(centre->listen, sizeof centre->listen, "ipc:///tmp/duban-test-%d/%s.ipc", (int)getppid(), name);
    (void)snprintf(centre->key_file, sizeof centre->key_file, "/tmp/duban-test-%d/%s.key", (int)getppid(), name);
    cr_assert_eq(key_pair_make(&centre->key, &err), ERROR_OK);
    cr_assert_eq(key_pair_save(&centre->key, centre->key_file, &err), ERROR_OK, "%s", err.message);
    (void)snprintf(centre->conninfo, sizeof centre->conninfo, "%s", cluster_conninfo(getppid(), name, "duban_aggregator"));
    centre->settings = (struct settings){.database = centre->conninfo, .listen = centre->listen, .key = centre->key_file,
                                         .group_events = 10000, .window_events = 8192, .window_bytes = 4 << 20, .heartbeat_ms = 5000};
    centre_run(centre);
}

static inline int centre_stop(struct centre *centre, int signal) {
    int status = -1;
    (void)kill(centre->pid, signal);
    (void)waitpid(centre->pid, &status, 0);
    centre->pid = 0;
    return status;
}

static inline int64_t ask_number(struct centre *centre, const char *sql) {
    struct pg_rows rows = {0};
    cr_assert_eq(pg_run(centre->owner, sql, NULL, &rows, &err), ERROR_OK, "%s", err.message);
    int64_t number = pg_count(&rows) ? pg_int(&rows, 0, 0) : 0;
    pg_rows_finish(&rows);
    return number;
}

static inline int64_t verify_breaks(struct centre *centre, int64_t *events) {
    struct verify_report report;
    cr_assert_eq(verify_chains(centre->owner, 0, NULL, NULL, &report, &err), ERROR_OK, "%s", err.message);
    int64_t breaks = report.breaks_total;
    for (size_t i = 0; i < report.break_count; i++)
        (void)fprintf(stderr, "break: %s %s %s\n", report.breaks[i].stream, verify_fault_name(report.breaks[i].fault),
                      report.breaks[i].detail);
    if (events) *events = report.events + report.quarantined;
    verify_report_finish(&report);
    return breaks;
}

/* --- the agent --- */

struct agent {
    struct key_pair key;
    struct link_context *context;
    struct link_loop loop;
    struct dealer *dealer;
    const struct centre *centre;
    struct epoch epoch;
    uint64_t gen, seq; /* of the last event made */
    struct chain_hash head;
    enum dealer_news news; /* the last, or what ended the session */
    struct message message; /* the last; borrows */
    bool got;
    uint8_t out[OUT_MAX];
};

static inline void agent_ready(void *context, short events) {
    struct agent *agent = context;
    (void)events;
    enum dealer_news news;
    while ((news = dealer_news(agent->dealer)) != DEALER_NO_NEWS)
        if (agent->news <= DEALER_CONNECTED) agent->news = news; /* the first end is the cause */
    struct slice bytes;
    if (!agent->got && dealer_receive(agent->dealer, &bytes) == LINK_DONE)
        agent->got = message_decode((const uint8_t *)bytes.ptr, bytes.len, NULL, 0, &agent->message) == PROTO_OK;
}

static inline void agent_connect(struct agent *agent) {
    const struct dealer_settings settings = {agent->centre->listen, agent->centre->key.public_key, &agent->key};
    if (agent->dealer) dealer_unwatch(agent->dealer, &agent->loop);
    dealer_close(&agent->dealer);
    agent->news = DEALER_NO_NEWS;
    agent->got = false;
    cr_assert_eq(dealer_open(agent->context, &settings, &agent->dealer, &err), ERROR_OK, "%s", err.message);
    cr_assert_eq(dealer_watch(agent->dealer, &agent->loop, false, agent_ready, agent, &err), ERROR_OK);
}

static inline void agent_start(struct agent *agent, struct centre *centre, bool allowed) {
    memset(agent, 0, offsetof(struct agent, out));
    agent->centre = centre;
    memset(agent->epoch.bytes, 7, sizeof agent->epoch.bytes);
    cr_assert_eq(key_pair_make(&agent->key, &err), ERROR_OK);
    if (allowed)
        cr_assert_eq(key_allow(centre->owner, agent->key.public_key, "test", centre->stream, (struct instant){1609430400000}, "test",
                               &err), ERROR_OK, "%s", err.message);
    cr_assert_eq(link_loop_init(&agent->loop, NULL, &err), ERROR_OK);
    cr_assert_eq(link_context_open(&agent->context, &err), ERROR_OK);
}

static inline void agent_finish(struct agent *agent) {
    dealer_close(&agent->dealer);
    link_context_close(&agent->context);
    link_loop_finish(&agent->loop);
}

/* Turns until a message, or news other than CONNECTED; false when patience ends. */
static inline bool agent_wait(struct agent *agent) {
    struct tick deadline = tick_after(tick_now(), PATIENCE_MS);
    while (!agent->got && (agent->news == DEALER_NO_NEWS || agent->news == DEALER_CONNECTED)) {
        int left = tick_wait(tick_now(), deadline);
        if (left == 0) return false;
        cr_assert_eq(link_loop_turn(&agent->loop, left, &err), ERROR_OK);
        if (!agent->got) agent_ready(agent, POLLIN);
    }
    return true;
}

static inline void agent_send(struct agent *agent, const struct message *message) {
    size_t len = 0;
    cr_assert_eq(message_encode(message, agent->out, sizeof agent->out, &len), PROTO_OK);
    agent->got = false;
    cr_assert_eq(dealer_send(agent->dealer, agent->out, len), LINK_DONE);
}

static inline void agent_hello(struct agent *agent) {
    struct message hello = {.type = MESSAGE_HELLO, .version = MESSAGE_VERSION, .gen = ++agent->gen};
    hello.hello = (struct message_hello){.ver_min = 1, .ver_max = 1, .stream = slice_of("cangxi"), .epoch = agent->epoch,
                                         .first_retained = 1, .last_seq = agent->seq, .software = slice_of("test 1")};
    agent_send(agent, &hello);
}

/* Connects and says HELLO until WELCOME: the centre may still be starting. */
static inline void agent_enter(struct agent *agent) {
    struct tick deadline = tick_after(tick_now(), PATIENCE_MS);
    for (;;) {
        agent_connect(agent);
        agent_hello(agent);
        cr_assert(agent_wait(agent), "no answer to HELLO");
        if (agent->got && agent->message.type == MESSAGE_WELCOME) break;
        cr_assert_neq(tick_wait(tick_now(), deadline), 0, "never welcomed: %s, error %u", dealer_news_text(agent->news),
                      agent->got ? agent->message.error.code : 0);
        (void)poll(NULL, 0, 50); /* the back-off of an agent */
    }
    if (agent->message.welcome.committed_seq == 0) agent->head = agent->message.welcome.head_hash;
}

static inline struct event a_figure(struct agent *agent, int64_t value, const char *area) {
    struct event event = {.kind = EVENT_FIGURE, .target = slice_of("T01.1"), .area = slice_of(area),
                          .figure = {.form = FIGURE_VALUE, .value = {value, 0}}, .reported_at_ms = 1625100000000,
                          .reporter = slice_of("苍溪县"), .note = slice_of("正常推进")};
    cr_assert(day_make(2021, 6, 30, &event.as_of));
    uint64_t seq = agent->seq + 1;
    memcpy(event.uid, &seq, sizeof seq);
    return event;
}

/* A BATCH of count figures value, value + 1 …; advances the chain. */
static inline void agent_batch(struct agent *agent, size_t count, int64_t value, const char *area) {
    static uint8_t bytes[4096][256];
    static struct slice items[4096];
    struct message batch = {.type = MESSAGE_BATCH, .version = MESSAGE_VERSION, .gen = agent->gen};
    batch.batch = (struct message_batch){.layout = EVENT_LAYOUT, .first_seq = agent->seq + 1, .prev_hash = agent->head,
                                         .events = items, .count = count};
    for (size_t i = 0; i < count; i++) {
        struct event event = a_figure(agent, value + (int64_t)i, area);
        size_t len = 0;
        cr_assert_eq(event_encode(&event, bytes[i], sizeof bytes[i], &len), PROTO_OK);
        items[i] = (struct slice){(const char *)bytes[i], len};
        agent->head = chain_append(&agent->head, bytes[i], len);
        agent->seq++;
    }
    batch.batch.last_hash = agent->head;
    agent_send(agent, &batch);
}

static inline void expect_ack(struct agent *agent, uint64_t seq) {
    cr_assert(agent_wait(agent), "no ACK");
    cr_assert(agent->got, "%s", dealer_news_text(agent->news));
    cr_assert_eq(agent->message.type, MESSAGE_ACK, "%s %u", message_type_name(agent->message.type), agent->message.error.code);
    cr_expect_eq(agent->message.ack.committed_seq, seq);
    cr_expect(chain_equal(&agent->message.ack.head_hash, &agent->head));
}

static inline void expect_error(struct agent *agent, enum wire_error code) {
    cr_assert(agent_wait(agent), "no answer");
    cr_assert(agent->got, "%s", dealer_news_text(agent->news));
    cr_assert_eq(agent->message.type, MESSAGE_ERROR, "%s", message_type_name(agent->message.type));
    cr_expect_eq(agent->message.error.code, code, "%s instead of %s", wire_error_name(agent->message.error.code),
                 wire_error_name(code));
}

#endif
