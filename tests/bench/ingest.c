/* How fast events go from filled spools over CURVE into the database and back as acknowledgements, against bare COPY BINARY
 * of the same rows into the same table with the same number of rows in a transaction, on the same cluster (fsync on).
 *
 * The machine is seldom quiet, so the sides take turns in short rounds, each going first every other time, and what counts
 * is the median of the rounds' ratios. One aggregator and one connection for COPY live through all rounds, so both are warm;
 * the first round is not counted. Prints one JSON line a figure. Usage: bench_ingest [EVENTS_OF_AN_AGENT] [ROUNDS] */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/file.h"
#include "common/base/log.h"
#include "common/base/random.h"
#include "common/spool/uplink.h"
#include "common/store/key.h"
#include "common/store/registry.h"
#include "common/store/stream.h"
#include "services/aggregator/shell.h"
#include "tests/store/cluster.h"
#include "common/store/programme.h"

enum { AGENTS = 7, TARGETS = 60, ROUNDS_MAX = 99, BATCH = 512, GROUP = 10000 };

static const char *const areas[AGENTS] = {"510802", "510811", "510812", "510821", "510822", "510823", "510824"};
static const struct instant loaded_at = {1609430400000};

struct bench {
    struct cluster cluster;
    char listen[160], key_file[160], status_file[160];
    struct key_pair centre;
    struct pg *owner;
    size_t events; /* of an agent in a round */
    pid_t aggregator;
    struct pg *writer; /* for COPY */
    struct registry registry;
    struct spool *spools[AGENTS];
    char agent_keys[AGENTS][160];
};

/* One side in one round. */
struct side {
    double took;
    double client_cpu, aggregator_cpu, database_cpu;
    size_t transactions;
};

__attribute__((noreturn)) static void give_up(const char *what, const struct error *err) {
    (void)fprintf(stderr, "bench_ingest: %s: %s\n", what, err->message);
    exit(1);
}
#define MUST(call)                                                                                                     \
    do {                                                                                                               \
        struct error err = {0};                                                                                        \
        if ((call) != ERROR_OK) give_up(#call, &err);                                                                  \
    } while (0)

static double clock_seconds(clockid_t clock) {
    struct timespec now = {0};
    (void)clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* CPU of another process and its threads. */
static double process_cpu(pid_t pid) {
    clockid_t clock;
    return clock_getcpuclockid(pid, &clock) == 0 ? clock_seconds(clock) : 0;
}

static double database_cpu(struct bench *bench, const char *application) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    double sum = 0;
    pg_put_text(&params, application);
    MUST(pg_run(bench->owner, "SELECT pid FROM pg_stat_activity WHERE application_name = $1", &params, &rows, &err));
    for (size_t i = 0; i < pg_count(&rows); i++) sum += process_cpu((pid_t)pg_int(&rows, i, 0));
    return sum;
}

static int64_t ask(struct pg *pg, const char *sql) {
    struct pg_rows rows = {0};
    MUST(pg_run(pg, sql, NULL, &rows, &err));
    int64_t value = pg_int(&rows, 0, 0);
    pg_rows_finish(&rows);
    return value;
}

/* --- the plan: sixty running totals, seven counties --- */

static void write_plan(struct buffer *out) {
    buffer_add_text(out, "programme: bench\ntitle: bench\nareas:\n");
    for (size_t i = 0; i < AGENTS; i++) buffer_printf(out, "  - {code: \"%s\", name: 县%s}\n", areas[i], areas[i]);
    buffer_add_text(out, "units: [{name: 市局}]\ntasks:\n  - code: T01\n    title: 任务\n    leads: [市局]\n    targets:\n");
    for (int t = 1; t <= TARGETS; t++) {
        buffer_printf(out, "      - {code: T01.%d, name: 指标%d, unit: 公里, kind: cumulative, value: 7000000, decimals: 1, due: "
                      "2021-12-31, shares: {", t, t);
        for (size_t i = 0; i < AGENTS; i++) buffer_printf(out, "%s\"%s\": 1000000", i ? ", " : "", areas[i]);
        buffer_add_text(out, "}}\n");
    }
}

static int32_t load_plan(struct pg *owner) {
    CLEAN(buffer_finish) struct buffer text = {0};
    CLEAN(findings_finish) struct findings findings = {0};
    struct plan *plan = NULL;
    struct plan_saved saved;
    write_plan(&text);
    const struct plan_text one = {"plan", "bench.yaml", {buffer_text(&text), text.len}};
    if (plan_read_on(&one, 1, instant_day(loaded_at), &plan, &findings) != ERROR_OK) {
        (void)fprintf(stderr, "plan: %s\n", findings.count ? findings.items[0].message : "?");
        exit(1);
    }
    const struct plan_save save = {.plan = plan, .texts = &one, .text_count = 1, .loaded_at = loaded_at, .loaded_by = "bench"};
    MUST(plan_save(owner, &save, &saved, &err));
    plan_destroy(&plan);
    return saved.programme;
}

/* --- setting up --- */

static void make_streams(struct bench *bench, int32_t programme) {
    for (size_t i = 0; i < AGENTS; i++) {
        char name[16], file[160];
        int32_t id;
        struct key_pair pair;
        (void)snprintf(name, sizeof name, "agent-%s", areas[i]);
        const struct stream_new stream = {.name = name, .unit = "县政府", .role = STREAM_COUNTY, .areas = &areas[i], .area_count = 1,
                                          .programme = programme, .made_at = loaded_at};
        MUST(stream_make(bench->owner, &stream, &id, &err));
        (void)snprintf(bench->agent_keys[i], sizeof bench->agent_keys[i], "%s/%s.key", bench->cluster.folder, name);
        MUST(key_pair_make(&pair, &err));
        MUST(key_pair_save(&pair, bench->agent_keys[i], &err));
        MUST(key_allow(bench->owner, pair.public_key, name, id, loaded_at, "bench", &err));
        (void)snprintf(file, sizeof file, "%s/%s.spool", bench->cluster.folder, name);
        MUST(spool_open(file, slice_of(name), NULL, 0, &bench->spools[i], &err));
    }
}

static size_t make_event(size_t agent, size_t n, uint8_t *out) {
    char target[16], place[16], raw[16];
    struct event event = {.kind = EVENT_FIGURE, .area = slice_of(areas[agent]), .reported_at_ms = 1625100000000 + (int64_t)n,
                          .reporter = slice_of("县政府"), .note = slice_of("正常推进")};
    (void)snprintf(target, sizeof target, "T01.%zu", n % TARGETS + 1);
    (void)snprintf(place, sizeof place, ":%zu", n + 2);
    (void)snprintf(raw, sizeof raw, "%zu.5", n);
    event.target = slice_of(target);
    event.as_of = (struct day){18628 + (int32_t)(n / TARGETS % 360)};
    event.figure = (struct figure){.form = FIGURE_VALUE, .value = {(int64_t)n * 10 + 5, 1}};
    event.source = (struct event_source){.present = true, .file = slice_of("进度.csv"), .place = slice_of(place), .raw = slice_of(raw)};
    memcpy(event.uid, &n, sizeof n);
    memcpy(event.uid + 8, areas[agent], 6);
    size_t len = 0;
    if (event_encode(&event, out, EVENT_BYTES_MAX, &len) != PROTO_OK) abort();
    return len;
}

static void fill_spools(struct bench *bench, int round) {
    static uint8_t bytes[EVENT_BYTES_MAX];
    for (size_t i = 0; i < AGENTS; i++) {
        MUST(spool_begin(bench->spools[i], &err));
        for (size_t n = 0; n < bench->events; n++) {
            size_t len = make_event(i, (size_t)round * bench->events + n, bytes);
            MUST(spool_append(bench->spools[i], bytes, len, loaded_at, NULL, &err));
        }
        MUST(spool_commit(bench->spools[i], &err));
    }
}

static void start_aggregator(struct bench *bench, const char *conninfo) {
    pid_t parent = getpid();
    bench->aggregator = fork();
    if (bench->aggregator == 0) {
        static struct shell shell;
        const struct settings settings = {.database = conninfo, .listen = bench->listen, .key = bench->key_file,
                                          .status = bench->status_file, .group_events = GROUP, .window_events = 16384,
                                          .window_bytes = 4 << 20, .heartbeat_ms = 5000};
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent) _exit(9);
        log_init("duban-aggregator", LOG_LEVEL_WARN, 2);
        MUST(shell_open(&shell, &settings, &err));
        int status = shell_run(&shell);
        shell_close(&shell);
        _exit(status);
    }
    for (;;) { /* live before the clock starts */
        struct status status;
        struct error err;
        bool live = status_read(&status, bench->status_file, &err) == ERROR_OK && strcmp(status.state, "live") == 0;
        status_finish(&status);
        if (live) return;
        (void)nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
}

/* --- the two sides --- */

static void open_uplinks(struct bench *bench, struct link_context *context, struct link_loop *loop, struct uplink **uplinks) {
    static struct uplink_server server;
    server = (struct uplink_server){bench->listen, bench->centre.public_key};
    for (size_t i = 0; i < AGENTS; i++) {
        const struct uplink_settings settings = {&server, 1, bench->agent_keys[i], "bench"};
        MUST(uplink_create(&settings, bench->spools[i], context, loop, &uplinks[i], &err));
    }
}

static void deliver(struct link_loop *loop, struct uplink **uplinks) {
    for (size_t settled = 0; settled < AGENTS;) {
        settled = 0;
        for (size_t i = 0; i < AGENTS; i++) {
            MUST(uplink_turn(uplinks[i], loaded_at, &err));
            settled += uplink_is_settled(uplinks[i]);
        }
        if (settled < AGENTS) MUST(link_loop_turn(loop, 1000, &err));
    }
}

/* From the first HELLO to the last ACK. */
static void run_agents(struct bench *bench, struct side *side) {
    struct link_loop loop;
    struct link_context *context = NULL;
    struct uplink *uplinks[AGENTS];
    double database = database_cpu(bench, "duban-aggregator"), aggregator = process_cpu(bench->aggregator);
    MUST(link_loop_init(&loop, NULL, &err));
    MUST(link_context_open(&context, &err));
    double own = clock_seconds(CLOCK_PROCESS_CPUTIME_ID), begun = clock_seconds(CLOCK_MONOTONIC);
    open_uplinks(bench, context, &loop, uplinks);
    deliver(&loop, uplinks);
    side->took = clock_seconds(CLOCK_MONOTONIC) - begun;
    side->client_cpu = clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - own;
    side->aggregator_cpu = process_cpu(bench->aggregator) - aggregator;
    side->database_cpu = database_cpu(bench, "duban-aggregator") - database;
    for (size_t i = 0; i < AGENTS; i++) uplink_destroy(&uplinks[i]);
    link_context_close(&context);
    link_loop_finish(&loop);
    int64_t stored = ask(bench->owner, "SELECT count(*) FROM event");
    side->transactions = (size_t)ask(bench->owner, "SELECT count(DISTINCT xmin::text) FROM event");
    if (stored == (int64_t)(bench->events * AGENTS)) return;
    (void)fprintf(stderr, "bench_ingest: %lld events stored\n", (long long)stored);
    exit(1);
}

/* Which event comes at place n when the streams take turns, a batch each. */
static size_t event_at(const struct bench *bench, size_t n, size_t *agent) {
    size_t whole = bench->events / BATCH * BATCH, tail = bench->events - whole;
    if (n < whole * AGENTS) {
        *agent = n / BATCH % AGENTS;
        return n / (BATCH * AGENTS) * BATCH + n % BATCH;
    }
    *agent = (n - whole * AGENTS) / tail; /* the last of each is shorter */
    return whole + (n - whole * AGENTS) % tail;
}

static void put_row(struct bench *bench, struct copy *copy, int round, size_t n, struct instant now) {
    static uint8_t bytes[EVENT_BYTES_MAX];
    size_t agent, seq = (size_t)round * bench->events + event_at(bench, n, &agent);
    unsigned field;
    struct stored_event stored = {.log = 1000000 + (int32_t)agent, .seq = (int64_t)seq + 1, .known_at = now};
    size_t len = make_event(agent, seq, bytes);
    if (event_decode(bytes, len, &stored.event, &field) != PROTO_OK) abort();
    stored.target = registry_target(&bench->registry, stored.event.target);
    stored.area = registry_area(&bench->registry, stored.event.area);
    event_copy_row(copy, &stored);
}

/* The same rows in the same order and in as many transactions; only sending and storing is timed. */
static void run_copy(struct bench *bench, int round, struct side *side, size_t transactions) {
    struct copy copy = {0};
    char partition[EVENT_PARTITION_MAX], sql[512];
    struct instant now = real_now();
    size_t total = bench->events * AGENTS, done = 0;
    event_partition(now, partition);
    (void)snprintf(sql, sizeof sql, "COPY %s %s FROM STDIN (FORMAT binary)", partition, event_copy_columns);
    double database = database_cpu(bench, "test");
    for (size_t i = 1; i <= transactions; i++) {
        copy_begin(&copy);
        for (; done < total * i / transactions; done++) put_row(bench, &copy, round, done, now);
        copy_end(&copy);
        double own = clock_seconds(CLOCK_PROCESS_CPUTIME_ID), begun = clock_seconds(CLOCK_MONOTONIC);
        MUST(pg_begin(bench->writer, &err));
        MUST(pg_copy_in(bench->writer, sql, copy.bytes.data, copy.bytes.len, &err));
        MUST(pg_commit(bench->writer, &err));
        side->took += clock_seconds(CLOCK_MONOTONIC) - begun;
        side->client_cpu += clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - own;
    }
    copy_finish(&copy);
    side->database_cpu = database_cpu(bench, "test") - database;
    side->transactions = transactions;
}

static void empty_tables(struct bench *bench) {
    MUST(pg_script(bench->owner, "TRUNCATE event, batch, wake", &err));
    MUST(pg_script(bench->owner, "CHECKPOINT", &err));
}

/* Gives the number of transactions the agents' side needed. */
static size_t run_round(struct bench *bench, int round, size_t transactions, struct side *agents, struct side *copy) {
    bool copy_first = round % 2 == 0 && transactions > 0;
    fill_spools(bench, round);
    empty_tables(bench);
    if (copy_first) {
        run_copy(bench, round, copy, transactions);
        empty_tables(bench);
    }
    run_agents(bench, agents);
    if (copy_first) return agents->transactions;
    empty_tables(bench);
    run_copy(bench, round, copy, agents->transactions);
    return agents->transactions;
}

/* --- figures --- */

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double middle(double *values, int count) {
    qsort(values, (size_t)count, sizeof *values, by_value);
    return values[count / 2];
}

static void print_figure(const char *figure, double value, const char *unit, int rounds, const char *more) {
    printf("{\"bench\":\"ingest\",\"figure\":\"%s\",\"value\":%.3f,\"unit\":\"%s\",\"runs\":%d%s}\n", figure, value, unit, rounds,
           more);
}

static double total_cpu(const struct side *side) {
    return side->client_cpu + side->aggregator_cpu + side->database_cpu;
}

static void print_all(const struct bench *bench, const struct side *agents, const struct side *copy, int rounds) {
    double ratios[ROUNDS_MAX], rates[ROUNDS_MAX], copy_rates[ROUNDS_MAX], cpu_ratios[ROUNDS_MAX], total = (double)(bench->events * AGENTS);
    struct side a = {0}, c = {0};
    char more[256];
    for (int i = 0; i < rounds; i++) {
        ratios[i] = copy[i].took / agents[i].took;
        rates[i] = total / agents[i].took;
        copy_rates[i] = total / copy[i].took;
        cpu_ratios[i] = total_cpu(&copy[i]) / total_cpu(&agents[i]);
        a.client_cpu += agents[i].client_cpu;
        a.aggregator_cpu += agents[i].aggregator_cpu;
        a.database_cpu += agents[i].database_cpu;
        c.client_cpu += copy[i].client_cpu;
        c.database_cpu += copy[i].database_cpu;
        a.transactions += agents[i].transactions;
    }
    double ratio = middle(ratios, rounds);
    (void)snprintf(more, sizeof more, ",\"least\":%.3f,\"most\":%.3f,\"events\":%.0f,\"agents\":%d,\"rows_a_transaction\":%.0f", ratios[0],
                   ratios[rounds - 1], total, AGENTS, total * rounds / (double)a.transactions);
    print_figure("ratio_to_copy", ratio, "1", rounds, more);
    print_figure("events_per_second", middle(rates, rounds), "1/s", rounds, "");
    print_figure("copy_rows_per_second", middle(copy_rates, rounds), "1/s", rounds, "");
    (void)snprintf(more, sizeof more, ",\"agents\":%.3f,\"aggregator\":%.3f,\"database\":%.3f", a.client_cpu, a.aggregator_cpu,
                   a.database_cpu);
    print_figure("cpu", total_cpu(&a), "s", rounds, more);
    (void)snprintf(more, sizeof more, ",\"client\":%.3f,\"database\":%.3f", c.client_cpu, c.database_cpu);
    print_figure("copy_cpu", total_cpu(&c), "s", rounds, more);
    print_figure("cpu_ratio_to_copy", middle(cpu_ratios, rounds), "1", rounds, "");
}

static void set_up(struct bench *bench) {
    cluster_start(&bench->cluster, getpid(), false);
    bench->owner = cluster_database(getpid(), "bench", INSTALLATION_REAL);
    /* What comes by its own clock would fall into one side's time. */
    MUST(pg_script(bench->owner, "ALTER SYSTEM SET autovacuum = off", &err));
    (void)ask(bench->owner, "SELECT pg_reload_conf()::int");
    int32_t programme = load_plan(bench->owner);
    MUST(registry_read(bench->owner, programme, &bench->registry, &err));
    (void)snprintf(bench->listen, sizeof bench->listen, "ipc://%s/centre.ipc", bench->cluster.folder);
    (void)snprintf(bench->key_file, sizeof bench->key_file, "%s/centre.key", bench->cluster.folder);
    (void)snprintf(bench->status_file, sizeof bench->status_file, "%s/status.json", bench->cluster.folder);
    MUST(key_pair_make(&bench->centre, &err));
    MUST(key_pair_save(&bench->centre, bench->key_file, &err));
    make_streams(bench, programme);
    start_aggregator(bench, cluster_conninfo(getpid(), "bench", "duban_aggregator"));
    bench->writer = cluster_open(getpid(), "bench", "duban_aggregator");
}

static void tear_down(struct bench *bench) {
    (void)kill(bench->aggregator, SIGTERM);
    (void)waitpid(bench->aggregator, NULL, 0);
    for (size_t i = 0; i < AGENTS; i++) spool_close(&bench->spools[i]);
    registry_finish(&bench->registry);
    pg_close(&bench->writer);
    pg_close(&bench->owner);
    cluster_stop(&bench->cluster);
}

int main(int argc, char **argv) {
    static struct bench bench;
    static struct side agents[ROUNDS_MAX + 1], copy[ROUNDS_MAX + 1];
    bench.events = argc > 1 ? strtoul(argv[1], NULL, 10) : 48 * BATCH;
    int rounds = argc > 2 ? atoi(argv[2]) : 21;
    if (bench.events < 1 || rounds < 1 || rounds > ROUNDS_MAX) return 2;
    log_init("bench", LOG_LEVEL_WARN, 2);
    set_up(&bench);
    size_t transactions = 0;
    for (int round = 0; round <= rounds; round++) {
        transactions = run_round(&bench, round, transactions, &agents[round], &copy[round]);
        double total = (double)(bench.events * AGENTS);
        (void)fprintf(stderr, "round %d%s: %.0f events/s, COPY %.0f rows/s, %zu transactions, ratio %.3f; cpu %.3f %.3f %.3f, COPY %.3f %.3f\n",
                      round, round ? "" : " (not counted)", total / agents[round].took, total / copy[round].took,
                      agents[round].transactions, copy[round].took / agents[round].took, agents[round].client_cpu,
                      agents[round].aggregator_cpu, agents[round].database_cpu, copy[round].client_cpu, copy[round].database_cpu);
    }
    print_all(&bench, agents + 1, copy + 1, rounds);
    tear_down(&bench);
    return 0;
}
