/* What the alerter costs at its two extremes, measured on the real program, a real cluster (fsync on) and the stepped clock.
 *
 * Two alerters, as the two cores of the server would have. storm: 31 targets × 2,843 counties = 88,133 cells become overdue at one midnight; from the step of the clock until every
 * transition is committed, and from the step to 08:30 until every digest is rendered. Deliveries are not counted. cpu: of the
 * alerters and of their sessions, which says what it costs where others use the machine, too.
 * idle: with a million open cells and nothing due, the CPU of an alerter and of its database session over a while.
 * Prints one JSON line a figure. Usage: bench_alerts [SECONDS_IDLE [idle]]; idle = no storm */
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/base/buffer.h"
#include "common/base/cleanup.h"
#include "common/base/file.h"
#include "common/base/status.h"
#include "common/store/programme.h"
#include "common/store/stream.h"
#include "tests/store/cluster.h"

enum { ALERTERS = 2, TARGETS = 31, COUNTIES = 2843, UNITS = 8, SHARE = 1200, IDLE_CELLS = 1000000, IDLE_SECONDS = 60, SETTLE_MS = 40000 };

struct bench {
    struct cluster cluster;
    char clock[160], status[ALERTERS][160], config[ALERTERS][160];
    struct pg *owner;
    pid_t alerters[ALERTERS];
    int64_t step;
};

__attribute__((noreturn)) static void give_up(const char *what, const struct error *err) {
    (void)fprintf(stderr, "bench_alerts: %s: %s\n", what, err->message);
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
static double process_cpu(pid_t pid) {
    clockid_t clock;
    return clock_getcpuclockid(pid, &clock) == 0 ? clock_seconds(clock) : 0;
}
static void pause_ms(long ms) {
    (void)nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

static int64_t ask(struct pg *pg, const char *sql) {
    struct pg_rows rows = {0};
    MUST(pg_run(pg, sql, NULL, &rows, &err));
    int64_t value = pg_count(&rows) ? pg_int(&rows, 0, 0) : 0;
    pg_rows_finish(&rows);
    return value;
}

/* --- the plan: every target in every county of the country, all due on one day --- */

static void write_plan(struct buffer *out) {
    buffer_add_text(out, "programme: bench\ntitle: bench\ncity: {code: \"100000\", name: 全国}\nareas:\n");
    for (int i = 0; i < COUNTIES; i++) buffer_printf(out, "  - {code: \"%d\", name: 县%d}\n", 110000 + i, i);
    buffer_add_text(out, "units:\n");
    for (int i = 0; i < UNITS; i++) buffer_printf(out, "  - {name: 部门%d}\n", i);
    buffer_add_text(out, "tasks:\n");
    for (int t = 1; t <= TARGETS; t++) {
        buffer_printf(out, "  - code: T%02d\n    title: 任务%d\n    leads: [部门%d]\n    targets:\n", t, t, t % UNITS);
        buffer_printf(out, "      - {code: T%02d.1, name: 指标%d, unit: 公里, kind: cumulative, value: %d, decimals: 1, due: 2021-12-31, shares: {",
                      t, t, SHARE * COUNTIES);
        for (int i = 0; i < COUNTIES; i++) buffer_printf(out, "%s\"%d\": %d", i ? ", " : "", 110000 + i, SHARE);
        buffer_add_text(out, "}}\n");
    }
}

static void write_contacts(struct buffer *out) {
    buffer_add_text(out, "单位,县区,角色,称呼,渠道,地址,备注\n,,办公室,值班,log,office,\n");
    for (int i = 0; i < COUNTIES; i++) buffer_printf(out, ",县%d,联络员,联络员,log,c%d,\n", i, i);
    for (int i = 0; i < UNITS; i++) buffer_printf(out, "部门%d,,牵头,联络员,log,u%d,\n", i, i);
}

static struct instant at(const char *text) {
    struct instant out;
    if (!instant_parse(text, strlen(text), &out)) abort();
    return out;
}

static int32_t load_plan(struct pg *owner) {
    CLEAN(buffer_finish) struct buffer plan_text = {0}, contacts = {0};
    CLEAN(findings_finish) struct findings findings = {0};
    struct plan *plan = NULL;
    struct plan_saved saved;
    write_plan(&plan_text);
    write_contacts(&contacts);
    const struct plan_text texts[] = {{"plan", "bench.yaml", {buffer_text(&plan_text), plan_text.len}},
                                      {"contacts", "contacts.csv", {buffer_text(&contacts), contacts.len}}};
    const struct instant loaded = at("2021-01-01T00:00:00+08:00");
    if (plan_read_on(texts, 2, instant_day(loaded), &plan, &findings) != ERROR_OK) {
        for (size_t i = 0; i < findings.count && i < 5; i++) (void)fprintf(stderr, "%s: %s\n", findings.items[i].place, findings.items[i].message);
        exit(1);
    }
    const struct plan_save save = {.plan = plan, .texts = texts, .text_count = 2, .loaded_at = loaded, .loaded_by = "bench"};
    MUST(plan_save(owner, &save, &saved, &err));
    plan_destroy(&plan);
    return saved.programme;
}

/* Eleven of twelve months are done everywhere: on plan until the last figure does not come. */
static void report_november(struct pg *owner, int32_t programme) {
    const struct stream_new stream = {.name = "country", .unit = "各县", .role = STREAM_COUNTY, .programme = programme,
                                      .made_at = at("2021-01-01T00:00:00+08:00")};
    int32_t id;
    MUST(stream_make(owner, &stream, &id, &err));
    char sql[1024];
    (void)snprintf(sql, sizeof sql,
                   "INSERT INTO stream_status (stream, status_at) VALUES (%d, '2022-02-01') ON CONFLICT (stream) DO UPDATE SET status_at = excluded.status_at;"
                   "INSERT INTO log (stream, epoch, first_hash, gen, head_hash, opened_at) VALUES (%d, decode(repeat('00', 16), 'hex'),"
                   " decode(repeat('00', 32), 'hex'), 1, decode(repeat('00', 32), 'hex'), '2021-01-01');"
                   "INSERT INTO event (log, seq, known_at, kind, uid, target, area, as_of, value, reported_at, reporter)"
                   " SELECT (SELECT max(id) FROM log), row_number() OVER (), '2021-12-03T10:00+08', 1, gen_random_uuid(), target, area, '2021-11-30', %d,"
                   "        '2021-12-03T10:00+08', '各县' FROM cell WHERE NOT rollup; ANALYZE",
                   (int)id, (int)id, SHARE * 11 / 12);
    MUST(pg_script(owner, sql, &err));
}

/* --- the alerter --- */

static void start_alerter(struct bench *bench, int which) {
    char program[PATH_MAX], config[2048];
    ssize_t len = readlink("/proc/self/exe", program, sizeof program - 1);
    if (len < 0) exit(1);
    program[len] = '\0';
    char *folder = dirname(dirname(program));
    (void)snprintf(config, sizeof config, "database: \"%s\"\nclock: %s\nstatus: %s\nlog_level: warn\nchannels: {log: {file: %s.log}}\n",
                   cluster_conninfo(getpid(), "bench", "duban_alerter"), bench->clock, bench->status[which], bench->config[which]);
    MUST(file_write(bench->config[which], config, strlen(config), 0600, &err));
    pid_t parent = getpid();
    bench->alerters[which] = fork();
    if (bench->alerters[which] != 0) return;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent || chdir(folder) != 0) _exit(9);
    (void)execl("./duban-alerter", "duban-alerter", "--config", bench->config[which], (char *)NULL);
    _exit(9);
}

static void expect_alive(const struct bench *bench) {
    for (int i = 0; i < ALERTERS; i++) {
        if (waitpid(bench->alerters[i], NULL, WNOHANG) != bench->alerters[i]) continue;
        (void)fprintf(stderr, "bench_alerts: an alerter ended\n");
        exit(1);
    }
}

static void cpu_of(const struct bench *bench, double *alerters, double *sessions) {
    struct pg_rows rows = {0};
    *alerters = *sessions = 0;
    for (int i = 0; i < ALERTERS; i++) *alerters += process_cpu(bench->alerters[i]);
    MUST(pg_run(bench->owner, "SELECT pid FROM pg_stat_activity WHERE application_name = 'duban-alerter'", NULL, &rows, &err));
    for (size_t i = 0; i < pg_count(&rows); i++) *sessions += process_cpu((pid_t)pg_int(&rows, i, 0));
    pg_rows_finish(&rows);
}

static bool has_settled(const struct bench *bench, int which) {
    struct status status;
    struct error err;
    int64_t due = 1;
    bool there = status_read(&status, bench->status[which], &err) == ERROR_OK && status.step == bench->step &&
                 status_get(&status, "due", &due) && due == 0;
    status_finish(&status);
    return there;
}

/* Steps the clock and waits until every alerter says that nothing is due any more. Gives the seconds it took. */
static double step_to(struct bench *bench, const char *when) {
    double start = clock_seconds(CLOCK_MONOTONIC);
    MUST(clock_file_write(bench->clock, ++bench->step, at(when), &err));
    for (int i = 0; i < ALERTERS; i++)
        for (; !has_settled(bench, i); pause_ms(10)) expect_alive(bench);
    double took = clock_seconds(CLOCK_MONOTONIC) - start;
    (void)fprintf(stderr, "%s: %.2f s; alerts %lld, notices waiting %lld, messages %lld\n", when, took,
                  (long long)ask(bench->owner, "SELECT count(*) FROM alert"),
                  (long long)ask(bench->owner, "SELECT count(*) FROM notice WHERE state = 'waiting'"),
                  (long long)ask(bench->owner, "SELECT count(*) FROM message"));
    return took;
}

/* Steps to a window; until its last notice is put into a message. Their deliveries go on meanwhile and are not waited for. */
static double render_at(struct bench *bench, const char *when, double cpu[2]) {
    double start = clock_seconds(CLOCK_MONOTONIC), alerters, sessions;
    cpu_of(bench, &alerters, &sessions);
    MUST(clock_file_write(bench->clock, ++bench->step, at(when), &err));
    char sql[256];
    (void)snprintf(sql, sizeof sql, "SELECT (EXISTS (SELECT FROM notice WHERE state = 'waiting' AND not_before <= '%s')"
                                    " OR EXISTS (SELECT FROM brief_due WHERE next_at <= '%s'))::int", when, when);
    while (ask(bench->owner, sql) > 0) pause_ms(20);
    double took = clock_seconds(CLOCK_MONOTONIC) - start;
    cpu_of(bench, &cpu[0], &cpu[1]);
    cpu[0] -= alerters;
    cpu[1] -= sessions;
    for (int64_t left = 1; left > 0; pause_ms(50)) {
        left = ask(bench->owner, "SELECT count(*) FROM delivery WHERE state IN ('waiting', 'leased')");
        expect_alive(bench);
    }
    return took;
}

static void print(const char *figure, double value, const char *unit, const char *more) {
    printf("{\"bench\":\"alerts\",\"figure\":\"%s\",\"value\":%.3f,\"unit\":\"%s\"%s}\n", figure, value, unit, more);
    (void)fflush(stdout);
}

static void storm(struct bench *bench) {
    char more[320];
    double alerters, sessions, cpu[2], after[2];
    (void)step_to(bench, "2021-12-31T12:00:00+08:00");
    (void)render_at(bench, "2021-12-31T16:30:00+08:00", cpu);
    (void)step_to(bench, "2022-01-01T00:00:00+08:00");
    (void)render_at(bench, "2022-01-04T08:30:00+08:00", cpu); /* the briefs of the working days before it */
    (void)render_at(bench, "2022-01-05T08:30:00+08:00", cpu);
    int64_t before = ask(bench->owner, "SELECT count(*) FROM message");
    cpu_of(bench, &alerters, &sessions);
    double committed = step_to(bench, "2022-01-06T00:00:00+08:00");
    cpu_of(bench, &after[0], &after[1]);
    double rendered = render_at(bench, "2022-01-06T08:30:00+08:00", cpu);
    int64_t overdue = ask(bench->owner, "SELECT count(*) FROM alert WHERE rule = 'overdue' AND cell IN (SELECT id FROM cell WHERE NOT rollup)");
    if (overdue != (int64_t)TARGETS * COUNTIES) {
        (void)fprintf(stderr, "bench_alerts: %lld cells are overdue, not %d\n", (long long)overdue, TARGETS * COUNTIES);
        exit(1);
    }
    (void)snprintf(more, sizeof more,
                   ",\"cells\":%lld,\"committed\":%.3f,\"rendered\":%.3f,\"messages\":%lld,\"cpu_committed\":[%.1f,%.1f],\"cpu_rendered\":[%.1f,%.1f]",
                   (long long)overdue, committed, rendered, (long long)(ask(bench->owner, "SELECT count(*) FROM message") - before),
                   after[0] - alerters, after[1] - sessions, cpu[0], cpu[1]);
    print("storm_seconds", committed + rendered, "s", more);
}

/* Cells of a programme whose plan the alerter does not have to hold in memory: what counts is what stands in the queue. */
static void idle(struct bench *bench, int seconds) {
    char sql[512], more[160];
    for (int n = 0; n <= (IDLE_CELLS - TARGETS * COUNTIES) / COUNTIES; n++) { /* in steps that end before a statement's deadline */
        (void)snprintf(sql, sizeof sql,
                       "WITH t AS (INSERT INTO target (programme, code) SELECT min(programme), 'X%d' FROM cell RETURNING id, programme),"
                       " c AS (INSERT INTO cell (programme, target, area, rollup) SELECT t.programme, t.id, a.id, false FROM t, area a RETURNING id)"
                       " INSERT INTO cell_light (cell, next_check_at) SELECT id, '2030-01-01' FROM c",
                       n);
        MUST(pg_script(bench->owner, sql, &err));
    }
    MUST(pg_script(bench->owner, "ANALYZE cell_light", &err));
    pause_ms(SETTLE_MS); /* after ANALYZE a statement is planned anew at each of its first looks */
    double alerters, sessions, after[2], start = clock_seconds(CLOCK_MONOTONIC);
    cpu_of(bench, &alerters, &sessions);
    pause_ms(1000L * seconds);
    double took = (clock_seconds(CLOCK_MONOTONIC) - start) * ALERTERS;
    cpu_of(bench, &after[0], &after[1]);
    alerters = 100 * (after[0] - alerters) / took;
    sessions = 100 * (after[1] - sessions) / took;
    (void)snprintf(more, sizeof more, ",\"alerter\":%.4f,\"its_session\":%.4f,\"open_cells\":%lld,\"seconds\":%d", alerters, sessions,
                   (long long)ask(bench->owner, "SELECT count(*) FROM cell_light WHERE next_check_at IS NOT NULL"), seconds);
    print("idle_cpu_percent", alerters + sessions, "%", more);
}

int main(int argc, char **argv) {
    static struct bench bench;
    int seconds = argc > 1 ? atoi(argv[1]) : IDLE_SECONDS;
    if (seconds < 1) seconds = IDLE_SECONDS;
    cluster_start(&bench.cluster, getpid(), false);
    bench.owner = cluster_database(getpid(), "bench", INSTALLATION_REHEARSAL);
    (void)snprintf(bench.clock, sizeof bench.clock, "%s/clock", bench.cluster.folder);
    for (int i = 0; i < ALERTERS; i++) {
        (void)snprintf(bench.status[i], sizeof bench.status[i], "%s/alerter-%d.json", bench.cluster.folder, i + 1);
        (void)snprintf(bench.config[i], sizeof bench.config[i], "%s/alerter-%d.yaml", bench.cluster.folder, i + 1);
    }
    report_november(bench.owner, load_plan(bench.owner));
    bool stormy = argc < 3 || strcmp(argv[2], "idle") != 0;
    if (!stormy) MUST(pg_script(bench.owner, "UPDATE cell_light SET next_check_at = '2030-01-01'", &err));
    MUST(clock_file_write(bench.clock, bench.step, at("2021-12-31T11:00:00+08:00"), &err));
    for (int i = 0; i < ALERTERS; i++) start_alerter(&bench, i);
    if (stormy) storm(&bench);
    idle(&bench, seconds);
    for (int i = 0; i < ALERTERS; i++) (void)kill(bench.alerters[i], SIGTERM);
    for (int i = 0; i < ALERTERS; i++) (void)waitpid(bench.alerters[i], NULL, 0);
    pg_close(&bench.owner);
    cluster_stop(&bench.cluster);
    return 0;
}
