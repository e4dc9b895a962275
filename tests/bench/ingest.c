/* How fast events go from filled spools over CURVE into the database and back as acknowledgements, against bare COPY BINARY
 * of the same rows into the same table with the same number of rows in a transaction. Both sides in the same run, on the
 * same cluster (fsync on). Prints one JSON line. Usage: bench_ingest [EVENTS_OF_AN_AGENT] [RUNS] */
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

enum { AGENTS = 7, TARGETS = 60, RUNS_MAX = 50 };

static const char *const areas[AGENTS] = {"510802", "510811", "510812", "510821", "510822", "510823", "510824"};
static const struct instant loaded_at = {1609430400000};

struct bench {
    struct cluster cluster;
    char listen[64], key_file[64], status_file[64];
    struct key_pair centre;
    struct pg *owner;
    size_t events;
    int runs;
    pid_t aggregator;
    struct spool *spools[AGENTS];
    char agent_keys[AGENTS][64];
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

static double seconds(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
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

static void make_streams(struct bench *bench, int32_t programme, int run) {
    for (size_t i = 0; i < AGENTS; i++) {
        char name[32];
        int32_t id;
        struct key_pair pair;
        (void)snprintf(name, sizeof name, "run%d-%s", run, areas[i]);
        const struct stream_new stream = {.name = name, .unit = "县政府", .role = STREAM_COUNTY, .areas = &areas[i], .area_count = 1,
                                          .programme = programme, .made_at = loaded_at};
        MUST(stream_make(bench->owner, &stream, &id, &err));
        (void)snprintf(bench->agent_keys[i], sizeof bench->agent_keys[i], "%s/%s.key", bench->cluster.folder, name);
        MUST(key_pair_make(&pair, &err));
        MUST(key_pair_save(&pair, bench->agent_keys[i], &err));
        MUST(key_allow(bench->owner, pair.public_key, name, id, loaded_at, "bench", &err));
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

static void fill_spools(struct bench *bench, int run) {
    static uint8_t bytes[EVENT_BYTES_MAX];
    for (size_t i = 0; i < AGENTS; i++) {
        char name[32], file[96];
        (void)snprintf(name, sizeof name, "run%d-%s", run, areas[i]);
        (void)snprintf(file, sizeof file, "%s/%s.spool", bench->cluster.folder, name);
        MUST(spool_open(file, slice_of(name), NULL, 0, &bench->spools[i], &err));
        MUST(spool_begin(bench->spools[i], &err));
        for (size_t n = 0; n < bench->events; n++) {
            size_t len = make_event(i, n, bytes);
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
                                          .status = bench->status_file, .group_events = 10000, .window_events = 16384,
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

/* From the first HELLO to the last ACK. */
static double run_agents(struct bench *bench) {
    struct link_loop loop;
    struct link_context *context = NULL;
    struct uplink *uplinks[AGENTS];
    const struct uplink_server server = {bench->listen, bench->centre.public_key};
    MUST(link_loop_init(&loop, NULL, &err));
    MUST(link_context_open(&context, &err));
    double begun = seconds();
    for (size_t i = 0; i < AGENTS; i++) {
        const struct uplink_settings settings = {&server, 1, bench->agent_keys[i], "bench"};
        MUST(uplink_create(&settings, bench->spools[i], context, &loop, &uplinks[i], &err));
    }
    for (size_t settled = 0; settled < AGENTS;) {
        settled = 0;
        for (size_t i = 0; i < AGENTS; i++) {
            MUST(uplink_turn(uplinks[i], loaded_at, &err));
            settled += uplink_is_settled(uplinks[i]);
        }
        if (settled < AGENTS) MUST(link_loop_turn(&loop, 1000, &err));
    }
    double took = seconds() - begun;
    for (size_t i = 0; i < AGENTS; i++) {
        uplink_destroy(&uplinks[i]);
        spool_close(&bench->spools[i]);
    }
    link_context_close(&context);
    link_loop_finish(&loop);
    return took;
}

static int64_t ask(struct pg *pg, const char *sql) {
    struct pg_rows rows = {0};
    MUST(pg_run(pg, sql, NULL, &rows, &err));
    int64_t value = pg_int(&rows, 0, 0);
    pg_rows_finish(&rows);
    return value;
}

/* The same rows, the streams taking turns as they did, in transactions of `group` rows; only sending and storing is timed. */
static double run_copy(struct bench *bench, struct pg *writer, const struct registry *registry, size_t group) {
    static uint8_t bytes[EVENT_BYTES_MAX];
    struct copy copy = {0};
    char partition[EVENT_PARTITION_MAX], sql[512];
    struct instant now = real_now();
    double took = 0;
    size_t total = bench->events * AGENTS, turn = 2048;
    event_partition(now, partition);
    (void)snprintf(sql, sizeof sql, "COPY %s %s FROM STDIN (FORMAT binary)", partition, event_copy_columns);
    copy_begin(&copy);
    for (size_t n = 0; n < total; n++) {
        size_t round = n / (turn * AGENTS), agent = n / turn % AGENTS, seq = round * turn + n % turn;
        unsigned field;
        if (seq >= bench->events) { /* the last round is shorter: what is left, one stream after the other */
            size_t rest = n - bench->events / turn * turn * AGENTS, tail = bench->events % turn;
            agent = rest / tail;
            seq = bench->events / turn * turn + rest % tail;
        }
        struct stored_event stored = {.log = 1000000 + (int32_t)agent, .seq = (int64_t)seq + 1, .known_at = now};
        size_t len = make_event(agent, seq, bytes);
        if (event_decode(bytes, len, &stored.event, &field) != PROTO_OK) abort();
        stored.target = registry_target(registry, stored.event.target);
        stored.area = registry_area(registry, stored.event.area);
        event_copy_row(&copy, &stored);
        if (copy.rows < group && n + 1 < total) continue;
        copy_end(&copy);
        double begun = seconds();
        MUST(pg_begin(writer, &err));
        MUST(pg_copy_in(writer, sql, copy.bytes.data, copy.bytes.len, &err));
        MUST(pg_commit(writer, &err));
        took += seconds() - begun;
        copy_begin(&copy);
    }
    copy_finish(&copy);
    return took;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv) {
    static struct bench bench;
    double ratios[RUNS_MAX], rates[RUNS_MAX];
    struct registry registry;
    bench.events = argc > 1 ? strtoul(argv[1], NULL, 10) : 30000;
    bench.runs = argc > 2 ? atoi(argv[2]) : 5;
    if (bench.events < 1 || bench.runs < 1 || bench.runs > RUNS_MAX) return 2;
    log_init("bench", LOG_LEVEL_WARN, 2);
    cluster_start(&bench.cluster, getpid(), false);
    bench.owner = cluster_database(getpid(), "bench", INSTALLATION_REAL);
    int32_t programme = load_plan(bench.owner);
    MUST(registry_read(bench.owner, programme, &registry, &err));
    (void)snprintf(bench.listen, sizeof bench.listen, "ipc://%s/centre.ipc", bench.cluster.folder);
    (void)snprintf(bench.key_file, sizeof bench.key_file, "%s/centre.key", bench.cluster.folder);
    (void)snprintf(bench.status_file, sizeof bench.status_file, "%s/status.json", bench.cluster.folder);
    MUST(key_pair_make(&bench.centre, &err));
    MUST(key_pair_save(&bench.centre, bench.key_file, &err));
    struct pg *writer = cluster_open(getpid(), "bench", "duban_aggregator");
    size_t group = 0;
    for (int run = 0; run < bench.runs; run++) {
        make_streams(&bench, programme, run);
        fill_spools(&bench, run);
        start_aggregator(&bench, cluster_conninfo(getpid(), "bench", "duban_aggregator"));
        double agents = run_agents(&bench);
        (void)kill(bench.aggregator, SIGTERM);
        (void)waitpid(bench.aggregator, NULL, 0);
        int64_t stored = ask(bench.owner, "SELECT count(*) FROM event");
        int64_t groups = ask(bench.owner, "SELECT count(DISTINCT xmin::text) FROM event");
        if (stored != (int64_t)(bench.events * AGENTS)) {
            (void)fprintf(stderr, "bench_ingest: %lld events stored\n", (long long)stored);
            return 1;
        }
        group = (size_t)((stored + groups - 1) / groups);
        MUST(pg_script(bench.owner, "TRUNCATE event; CHECKPOINT", &err));
        double copy = run_copy(&bench, writer, &registry, group);
        MUST(pg_script(bench.owner, "TRUNCATE event, batch, wake; CHECKPOINT", &err));
        ratios[run] = copy / agents;
        rates[run] = (double)stored / agents;
        (void)fprintf(stderr, "run %d: %.0f events/s end to end, %.0f rows/s COPY, %zu rows a transaction, ratio %.3f\n", run + 1,
                      rates[run], (double)stored / copy, group, ratios[run]);
    }
    qsort(ratios, (size_t)bench.runs, sizeof *ratios, by_value);
    qsort(rates, (size_t)bench.runs, sizeof *rates, by_value);
    size_t middle = (size_t)bench.runs / 2;
    printf("{\"bench\":\"ingest\",\"figure\":\"ratio_to_copy\",\"value\":%.3f,\"unit\":\"1\",\"runs\":%d,\"least\":%.3f,\"most\":%.3f,"
           "\"events\":%zu,\"agents\":%d,\"rows_a_transaction\":%zu}\n", ratios[middle], bench.runs, ratios[0],
           ratios[bench.runs - 1], bench.events * AGENTS, AGENTS, group);
    printf("{\"bench\":\"ingest\",\"figure\":\"events_per_second\",\"value\":%.0f,\"unit\":\"1/s\",\"runs\":%d}\n", rates[middle],
           bench.runs);
    registry_finish(&registry);
    pg_close(&writer);
    pg_close(&bench.owner);
    cluster_stop(&bench.cluster);
    return 0;
}
