/* Nothing gets lost: what happens to machines and shares in a county, done to real files. Each of these has its sentence
 * in README.zh.md. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/file.h"
#include "services/collector/taker.h"
#include "tests/unit/collector/plan_fixture.h"

#define HEAD "指标,地区,数据日期,数值,单位\n"
#define JUNE HEAD "T06.1,青川县,2021-06-30,31,公里\n"

struct agent {
    char folder[64], inbox[96], spool_file[96];
    const char *stream;
    struct plan_fixture plan;
    struct settings settings;
    struct source_settings source;
    struct spool_limits limits;
    struct arena *arena;
    struct spool *spool;
    struct taker taker;
    struct taker_report report;
    struct error err;
    int64_t now_ms;
};

static void agent_open_spool(struct agent *a) {
    cr_assert_eq(spool_open(a->spool_file, slice_of(a->stream), &a->limits, 0, &a->spool, &a->err), ERROR_OK, "%s",
                 a->err.message);
    a->taker = (struct taker){.settings = &a->settings, .spool = a->spool, .catalogue = a->plan.catalogue};
}

static void agent_open(struct agent *a) {
    struct yaml doc;
    struct findings findings = {NULL, 0, 0, 0};
    memset(a, 0, sizeof *a);
    a->stream = "qingchuan";
    snprintf(a->folder, sizeof a->folder, "/tmp/duban-fault-XXXXXX");
    cr_assert_not_null(mkdtemp(a->folder));
    snprintf(a->inbox, sizeof a->inbox, "%s/inbox", a->folder);
    snprintf(a->spool_file, sizeof a->spool_file, "%s/spool.sqlite", a->folder);
    cr_assert_eq(mkdir(a->inbox, 0700), 0);
    a->plan = plan_fixture_open();
    a->arena = arena_create();
    yaml_parse(&doc, "m", "{}", 2, &findings);
    a->source = (struct source_settings){.name = "报表", .folder = a->inbox, .quiet_ms = 60000};
    mapping_read(&doc, doc.root, a->arena, &a->source.mapping);
    yaml_finish(&doc);
    a->settings = (struct settings){.stream = "qingchuan", .unit = "青川县", .sources = {.items = &a->source, .count = 1}};
    a->now_ms = day_at((struct day){18810}, 9, 30).ms; /* 2021-07-02 */
    a->limits.reserve_bytes = 1;
    agent_open_spool(a);
}

static void agent_close(struct agent *a) {
    char command[128];
    spool_close(&a->spool);
    plan_fixture_close(&a->plan);
    arena_destroy(&a->arena);
    snprintf(command, sizeof command, "rm -rf %s", a->folder);
    cr_assert_eq(system(command), 0);
}

static void path_in(const struct agent *a, const char *name, char path[256]) {
    snprintf(path, 256, "%s/%s", a->inbox, name);
}

static void drop(const struct agent *a, const char *name, const char *text) {
    char path[256];
    path_in(a, name, path);
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fputs(text, file);
    fclose(file);
}

static enum error_code try_look(struct agent *a, int64_t later_ms) {
    a->now_ms += later_ms;
    return taker_look(&a->taker, (struct instant){a->now_ms}, &a->report, &a->err);
}

static void look(struct agent *a, int64_t later_ms) {
    cr_assert_eq(try_look(a, later_ms), ERROR_OK, "%s", a->err.message);
}

static uint64_t settle(struct agent *a) {
    look(a, 1000);
    look(a, 60000);
    return spool_state(a->spool)->last_seq;
}

static struct event event_at(struct agent *a, uint64_t seq) {
    struct spool_batch batch;
    struct event event;
    unsigned field;
    cr_assert_eq(spool_read(a->spool, seq, 1, 1 << 20, &batch, &a->err), ERROR_OK);
    cr_assert_eq(event_decode((const uint8_t *)batch.items[0].ptr, batch.items[0].len, &event, &field), PROTO_OK);
    return event;
}

static bool ended_by(pid_t child, int signal) {
    int status = 0;
    waitpid(child, &status, 0);
    return signal ? WIFSIGNALED(status) && WTERMSIG(status) == signal : WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* --- power --- */

/* What the disk has of the write-ahead log when the power goes may end anywhere. */
Test(fault, power_gone_at_any_point_of_the_log) {
    struct agent a;
    char wal[128], kept[256];
    CLEAN(buffer_finish) struct buffer whole = {0};
    agent_open(&a);
    spool_close(&a.spool);
    drop(&a, "6月.csv", JUNE);
    pid_t child = fork();
    if (child == 0) {
        agent_open_spool(&a);
        settle(&a);
        raise(SIGKILL);
    }
    cr_assert(ended_by(child, SIGKILL));
    snprintf(wal, sizeof wal, "%s-wal", a.spool_file);
    snprintf(kept, sizeof kept, "cp %s %s/kept", a.spool_file, a.folder);
    cr_assert_eq(system(kept), 0);
    cr_assert_eq(file_read(wal, 1 << 22, &whole, &a.err), ERROR_OK, "%s", a.err.message);
    for (size_t part = 0; part <= 12; part++) {
        snprintf(kept, sizeof kept, "cp %s/kept %s", a.folder, a.spool_file);
        cr_assert_eq(system(kept), 0);
        cr_assert_eq(file_write(wal, buffer_text(&whole), whole.len * part / 12, 0600, &a.err), ERROR_OK);
        struct error err;
        if (spool_open(a.spool_file, slice_of(a.stream), &a.limits, 0, &a.spool, &err)) {
            cr_assert_lt(part, 12, "the whole log is read");
            continue; /* cut before the spool was made: nothing was ever said to be taken */
        }
        a.taker.spool = a.spool;
        uint64_t there = spool_state(a.spool)->last_seq;
        cr_assert(there == 0 || there == 2, "all or nothing, not %d", (int)there);
        cr_assert_eq(settle(&a), 2, "and in the end it is there once");
        spool_close(&a.spool);
    }
    agent_open_spool(&a);
    agent_close(&a);
}

/* --- the share --- */

Test(fault, share_gone_while_a_file_is_read) {
    struct agent a;
    char path[256];
    agent_open(&a);
    path_in(&a, "6月.csv", path);
    /* a plain file that can be opened and whose first read is an input/output error, as on a share that went away */
    cr_assert_eq(symlink("/proc/self/mem", path), 0);
    cr_assert_eq(settle(&a), 0);
    cr_assert_eq(a.report.files_pending, 1);
    cr_assert(strstr(a.report.trouble, "读不了"), "%s", a.report.trouble);
    cr_assert_eq(unlink(path), 0);
    drop(&a, "6月.csv", JUNE);
    cr_assert_eq(settle(&a), 2, "taken when the share is back");
    agent_close(&a);
}

Test(fault, share_away_and_back) {
    struct agent a;
    char away[128];
    agent_open(&a);
    snprintf(away, sizeof away, "%s/away", a.folder);
    drop(&a, "5月.csv", HEAD "T06.1,青川县,2021-05-31,28,公里\n");
    cr_assert_eq(settle(&a), 2);
    drop(&a, "6月.csv", JUNE);
    look(&a, 1000);
    cr_assert_eq(rename(a.inbox, away), 0);
    look(&a, 60000);
    cr_assert(strstr(a.report.trouble, "文件夹打不开"), "%s", a.report.trouble);
    cr_assert_eq(mkdir(a.inbox, 0700), 0, "the bare mount point");
    look(&a, 60000);
    cr_assert_str_eq(a.report.trouble, "");
    cr_assert_eq(spool_state(a.spool)->last_seq, 2);
    cr_assert_eq(rmdir(a.inbox), 0);
    cr_assert_eq(rename(away, a.inbox), 0);
    cr_assert_eq(settle(&a), 4, "the new one, and the old one not again");
    agent_close(&a);
}

/* --- a file replaced while it is read --- */

enum { VERSIONS = 150 };

/* All figures of a version are its number; written in two halves, the first of which ends in mid-row. */
static void version_text(unsigned version, struct buffer *text) {
    static const char *const areas[] = {"青川县", "利州区"};
    buffer_clear(text);
    buffer_add_text(text, HEAD);
    for (size_t i = 0; i < 2; i++)
        buffer_printf(text, "T06.1,%s,2021-06-30,%u,公里\n", areas[i], version % 50 + 1);
}

static void write_versions(const struct agent *a) {
    struct buffer text = {0};
    char path[256], other[256];
    path_in(a, "6月.csv", path);
    path_in(a, "x.tmp", other);
    for (unsigned version = 0; version < VERSIONS; version++) {
        version_text(version, &text);
        size_t half = text.len - 5;
        const char *to = version % 2 ? other : path; /* put in its place, or written over where it lies */
        int fd = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        if (fd < 0 || write(fd, buffer_text(&text), half) != (ssize_t)half) _exit(1);
        sched_yield();
        if (write(fd, buffer_text(&text) + half, text.len - half) != (ssize_t)(text.len - half)) _exit(2);
        close(fd);
        if (to == other && rename(other, path) != 0) _exit(3);
    }
    _exit(0);
}

Test(fault, file_replaced_while_it_is_read) {
    struct agent a;
    int status;
    agent_open(&a);
    pid_t writer = fork();
    if (writer == 0) write_versions(&a);
    while (waitpid(writer, &status, WNOHANG) == 0)
        look(&a, 60000);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the writer: %x", status);
    uint64_t seq = settle(&a);
    struct decimal value = {0, 0};
    unsigned figures = 0;
    for (uint64_t i = 1; i <= seq; i++) {
        struct event event = event_at(&a, i);
        if (event.kind == EVENT_RECEIPT) {
            figures = 0;
            continue;
        }
        if (figures++ == 0) value = event.figure.value;
        cr_assert_eq(decimal_compare(event.figure.value, value), 0, "two versions in one, before %d", (int)seq);
    }
    cr_assert_eq(decimal_compare(value, (struct decimal){(VERSIONS - 1) % 50 + 1, 0}), 0, "the last one is the last taken");
    agent_close(&a);
}

/* --- the disk --- */

/* Any write behind `bytes` fails, in the middle of whatever it belongs to. */
static void disk_ends_at(rlim_t bytes) {
    struct rlimit limit = {bytes, RLIM_INFINITY};
    signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

Test(fault, writes_fail_in_mid_transaction) {
    for (rlim_t bytes = 4096; bytes <= 1 << 17; bytes *= 2) {
        struct agent a;
        agent_open(&a);
        drop(&a, "6月.csv", JUNE);
        spool_close(&a.spool);
        pid_t child = fork();
        if (child == 0) {
            struct error err;
            disk_ends_at(bytes);
            if (spool_open(a.spool_file, slice_of(a.stream), &a.limits, 0, &a.spool, &err)) _exit(0);
            a.taker.spool = a.spool;
            if (!try_look(&a, 1000)) (void)!try_look(&a, 60000);
            _exit(0);
        }
        cr_assert(ended_by(child, 0));
        agent_open_spool(&a);
        uint64_t there = spool_state(a.spool)->last_seq;
        cr_assert(there == 0 || there == 2, "all or nothing, not %d", (int)there);
        a.now_ms += 120000;
        cr_assert_eq(settle(&a), 2, "taken once there is room, once");
        agent_close(&a);
    }
}

Test(fault, a_small_disk_is_full) {
    struct agent a;
    char small[96], filler[128];
    agent_open(&a);
    spool_close(&a.spool);
    snprintf(small, sizeof small, "%s/small", a.folder);
    cr_assert_eq(mkdir(small, 0700), 0);
    if (mount("none", small, "tmpfs", 0, "size=2m") != 0) {
        agent_open_spool(&a);
        agent_close(&a);
        cr_skip_test("no right to mount a small disk");
    }
    snprintf(a.spool_file, sizeof a.spool_file, "%s/small/spool.sqlite", a.folder);
    snprintf(filler, sizeof filler, "%s/filler", small);
    a.limits.reserve_bytes = 256 << 10;
    agent_open_spool(&a);
    drop(&a, "6月.csv", JUNE);
    int fd = open(filler, O_WRONLY | O_CREAT, 0600);
    char block[4096] = {1};
    while (write(fd, block, sizeof block) > 0) continue; /* until there is no space left on the device */
    cr_assert_eq(errno, ENOSPC);
    close(fd);
    enum error_code code = try_look(&a, 1000);
    if (!code) code = try_look(&a, 60000);
    cr_assert(code || a.report.files_pending == 1, "it says that it cannot: %s", a.report.trouble);
    spool_close(&a.spool);
    cr_assert_eq(unlink(filler), 0);
    agent_open_spool(&a); /* what a failed write wants: the service starts anew */
    cr_assert_eq(settle(&a), 2, "taken when there is space again");
    spool_close(&a.spool);
    cr_assert_eq(umount(small), 0);
    agent_open_spool(&a);
    agent_close(&a);
}

/* --- the clock --- */

Test(fault, clock_set_back_or_forward) {
    struct agent a;
    agent_open(&a);
    drop(&a, "6月.csv", JUNE);
    look(&a, 365 * (int64_t)MS_DAY); /* the battery was empty: a year ahead */
    a.now_ms -= 365 * (int64_t)MS_DAY;
    look(&a, 1000);
    cr_assert_eq(spool_state(a.spool)->last_seq, 0, "the wait begins anew");
    look(&a, 60000);
    cr_assert_eq(spool_state(a.spool)->last_seq, 2, "but it does not last a year");
    drop(&a, "5月.csv", HEAD "T06.1,青川县,2021-05-31,28,公里\n");
    look(&a, 1000);
    look(&a, 30 * (int64_t)MS_DAY);
    cr_assert_eq(spool_state(a.spool)->last_seq, 4);
    cr_assert_eq(event_at(&a, 3).as_of.n, 18778,
                 "the day of a figure is the table's, never the clock's");
    agent_close(&a);
}

/* --- two agents --- */

Test(fault, two_agents_on_one_folder) {
    struct agent one, two;
    char path[256];
    agent_open(&one);
    agent_open(&two);
    two.source.folder = one.inbox;
    drop(&one, "6月.csv", JUNE "T06.1,利州区,2021-06-30,5,亩\n");
    cr_assert_eq(settle(&one), 2);
    cr_assert_eq(settle(&two), 2, "each takes the whole file for itself");
    path_in(&one, "6月.rejected.csv", path);
    cr_assert(file_exists(path));
    cr_assert_eq(settle(&one), 2, "what the other writes back is nobody's report");
    drop(&one, "6月.csv", JUNE "T06.1,利州区,2021-06-30,5,公里\n");
    cr_assert_eq(settle(&one), 4);
    cr_assert_not(file_exists(path));
    cr_assert_eq(settle(&two), 4, "that it is gone already is no fault");
    cr_assert_str_eq(two.report.trouble, "");
    /* and on one spool there is only one */
    struct spool *other = NULL;
    cr_assert_eq(spool_open(one.spool_file, slice_of("qingchuan"), NULL, 0, &other, &one.err), ERROR_CONFLICT);
    agent_close(&two);
    agent_close(&one);
}
