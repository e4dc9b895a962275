/* A database as a source of the agent: what goes into the spool, look by look, and what does not. PostgreSQL stands for
 * all: behind the worker they are alike. */
#include <criterion/criterion.h>
#include <criterion/hooks.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "common/base/file.h"
#include "proto/more.h"
#include "tests/databases/asking.h"
#include "tests/store/cluster.h"

CLUSTER_START
CLUSTER_STOP

enum { LOOK_NS = 2000000, LOOKS_MAX = 10000, STORY_MAX = 4096 };
#define QUERY "SELECT * FROM public.progress ORDER BY id"
#define NEWER "SELECT * FROM public.progress WHERE updated >= $1 ORDER BY id"

struct scene {
    struct asking asking;
    struct plan_fixture plan;
    char folder[64], file[96], rejected[96], database[32];
    struct settings settings;
    struct spool *spool;
    struct taker taker;
    struct source_host host;
    struct sql_source *source;
    struct taker_report report;
    struct error err;
    struct instant now;
    uint64_t told;
    unsigned taken; /* times that the agent was told of something taken */
    bool die_when_taken;
};

static void took(void *agent, const struct source_settings *source, const char *name, const struct taken *taken) {
    struct scene *s = agent;
    (void)source, (void)name, (void)taken;
    s->taken++;
    if (s->die_when_taken) kill(getpid(), SIGKILL);
}

static void start_agent(struct scene *s, const struct spool_limits *limits) {
    cr_assert_eq(spool_open(s->file, slice_of("qingchuan"), limits, 5000, &s->spool, &s->err), ERROR_OK, "%s",
                 s->err.message);
    s->taker = (struct taker){.settings = &s->settings, .spool = s->spool, .catalogue = s->plan.catalogue};
    s->host = (struct source_host){.settings = &s->settings, .taker = &s->taker, .agent = s, .took = took};
    cr_assert_eq(sql_source_open(&s->host, &s->asking.source, &s->source, &s->err), ERROR_OK, "%s", s->err.message);
}
static void stop_agent(struct scene *s) {
    sql_source_close(&s->source);
    spool_close(&s->spool);
}

static void script(const struct scene *s, const char *sql) {
    struct pg *pg = cluster_open(getppid(), s->database, "postgres");
    struct error err;
    cr_assert_eq(pg_script(pg, sql, &err), ERROR_OK, "%s", err.message);
    pg_close(&pg);
}

static void scene_open(struct scene *s, const char *query) {
    static unsigned number;
    memset(s, 0, sizeof *s);
    snprintf(s->database, sizeof s->database, "county_%d_%u", (int)getpid(), number++);
    struct pg *pg = cluster_open(getppid(), "postgres", "postgres");
    char sql[96];
    snprintf(sql, sizeof sql, "CREATE DATABASE %s", s->database);
    cr_assert_eq(pg_script(pg, sql, &s->err), ERROR_OK, "%s", s->err.message);
    pg_close(&pg);
    script(s, "CREATE TABLE public.progress (id serial, 指标 text, 地区 text, 数据日期 date DEFAULT '2021-06-30',"
              " 数值 numeric, 单位 text DEFAULT '公里', updated timestamp DEFAULT '2021-07-02 08:00:00')");
    asking_open(&s->asking, "{}");
    s->asking.source.sql.connection = cluster_conninfo(getppid(), s->database, "postgres");
    s->asking.source.sql.query = query;
    if (strstr(query, "$1")) {
        s->asking.source.sql.watermark = "updated";
        s->asking.source.sql.from = "2021-01-01";
    }
    snprintf(s->folder, sizeof s->folder, "/tmp/duban-sql-XXXXXX");
    cr_assert_not_null(mkdtemp(s->folder));
    snprintf(s->file, sizeof s->file, "%s/spool.sqlite", s->folder);
    snprintf(s->rejected, sizeof s->rejected, "%s/rejected", s->folder);
    s->asking.source.rejected = s->rejected;
    s->plan = plan_fixture_open();
    s->settings = (struct settings){.stream = "qingchuan", .unit = "青川县", .sources = {.items = &s->asking.source, .count = 1}};
    s->now = day_at((struct day){18810}, 9, 0); /* 2021-07-02, a Friday */
    start_agent(s, NULL);
}

static void scene_close(struct scene *s) {
    char command[128];
    stop_agent(s);
    plan_fixture_close(&s->plan);
    asking_close(&s->asking);
    snprintf(command, sizeof command, "rm -rf %s", s->folder);
    cr_assert_eq(system(command), 0);
}

static void look(struct scene *s) {
    s->report = (struct taker_report){.wake_at = INSTANT_NONE};
    cr_assert_eq(sql_source_look(s->source, s->now, &s->report, &s->err), ERROR_OK, "%s", s->err.message);
}

/* Until nothing is under way at this instant. */
static void settle(struct scene *s) {
    look(s);
    for (int i = 0; s->report.files_pending; i++) {
        cr_assert_lt(i, LOOKS_MAX);
        (void)nanosleep(&(struct timespec){.tv_nsec = LOOK_NS}, NULL);
        look(s);
    }
}

static void tell_receipt(const struct event *event, char *out, size_t size) {
    struct more more;
    cr_assert_eq(more_decode(EVENT_RECEIPT, event->more, &more), PROTO_OK);
    size_t len = (size_t)snprintf(out, size, "receipt %u %u %u %u", more.receipt.taken, more.receipt.unchanged,
                                  more.receipt.held, more.receipt.refused);
    for (uint32_t i = 0; i < more.receipt.refusal_count; i++)
        len += (size_t)snprintf(out + len, size - len, " %.*s%s%.*s", (int)more.receipt.refusals[i].place.len,
                                more.receipt.refusals[i].place.ptr ? more.receipt.refusals[i].place.ptr : "",
                                more.receipt.refusals[i].place.ptr ? " " : "", (int)more.receipt.refusals[i].code.len,
                                more.receipt.refusals[i].code.ptr);
    if (event->note.len) snprintf(out + len, size - len, " “%.*s”", (int)event->note.len, event->note.ptr);
}

/* What went into the spool since the last time: "T06.1 510822 31; receipt 1 0 0 0". */
static const char *story(struct scene *s) {
    static char text[STORY_MAX];
    size_t len = 0;
    *text = 0;
    while (s->told < spool_state(s->spool)->last_seq) {
        struct spool_batch batch;
        struct event event;
        unsigned field;
        char one[1024], number[DECIMAL_TEXT_MAX];
        cr_assert_eq(spool_read(s->spool, ++s->told, 1, 1 << 20, &batch, &s->err), ERROR_OK);
        cr_assert_eq(event_decode((const uint8_t *)batch.items[0].ptr, batch.items[0].len, &event, &field), PROTO_OK);
        if (event.kind == EVENT_RECEIPT) {
            tell_receipt(&event, one, sizeof one);
        } else {
            decimal_print(event.figure.value, number);
            snprintf(one, sizeof one, "%.*s %.*s %s%s", (int)event.target.len, event.target.ptr, (int)event.area.len,
                     event.area.ptr, number, event.kind == EVENT_FIGURE ? "" : " (other)");
        }
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%s", len ? "; " : "", one);
    }
    return text;
}

static const char *after_an_hour(struct scene *s) {
    s->now.ms += MS_HOUR;
    settle(s);
    return story(s);
}

Test(source, the_whole_result_is_compared_with_the_last) {
    struct scene s;
    scene_open(&s, QUERY);
    script(&s, "INSERT INTO public.progress (指标, 地区, 数值) VALUES ('T06.1', '510822', 31), ('T06.1', '510821', 20.5),"
               " ('T06.2', '510822', 1), ('T06.1', '510802', NULL)");
    look(&s);
    cr_expect_eq(s.report.files_pending, 1, "nothing is settled while a query is under way");
    settle(&s);
    cr_expect_str_eq(story(&s), "T06.1 510822 31; T06.1 510821 20.5; T06.2 510822 1; receipt 3 0 0 0");
    cr_expect_eq(s.report.wake_at.ms, s.now.ms + MS_HOUR);
    cr_expect_eq(s.taken, 1);
    cr_expect_str_eq(after_an_hour(&s), "", "nothing new, nothing said");
    script(&s, "UPDATE public.progress SET 数值 = 32 WHERE 地区 = '510822' AND 指标 = 'T06.1'");
    cr_expect_str_eq(after_an_hour(&s), "T06.1 510822 32; receipt 1 2 1 0 “改了报过的数，待核：直连道路青川2021-06-30 31→32”");
    /* set back: what was taken once is not 已收过 for ever */
    script(&s, "UPDATE public.progress SET 数值 = 31 WHERE 地区 = '510822' AND 指标 = 'T06.1'");
    cr_expect_str_eq(after_an_hour(&s), "T06.1 510822 31; receipt 1 2 1 0 “改了报过的数，待核：直连道路青川2021-06-30 32→31”");
    cr_expect_str_eq(after_an_hour(&s), "");
    /* a row that vanished is named, once */
    script(&s, "DELETE FROM public.progress WHERE 指标 = 'T06.2'");
    cr_expect_str_eq(after_an_hour(&s), "receipt 0 2 0 0 “比上一份少1项：T06.2青川县”");
    cr_expect_str_eq(after_an_hour(&s), "");
    script(&s, "DELETE FROM public.progress WHERE 地区 = '510821'");
    cr_expect_str_eq(after_an_hour(&s), "receipt 0 1 0 0 “上一份有旺苍县，这一份没有”");
    scene_close(&s);
}

Test(source, rows_with_the_very_same_stamp_and_late_commits_are_not_lost) {
    struct scene s;
    scene_open(&s, NEWER);
    script(&s, "INSERT INTO public.progress (指标, 地区, 数值) VALUES ('T06.1', '510822', 31)");
    settle(&s);
    cr_expect_str_eq(story(&s), "T06.1 510822 31; receipt 1 0 0 0");
    cr_expect_str_eq(after_an_hour(&s), "", "read again for the overlap, known already");
    script(&s, "INSERT INTO public.progress (指标, 地区, 数值) VALUES ('T06.1', '510821', 20)"); /* same stamp */
    cr_expect_str_eq(after_an_hour(&s), "T06.1 510821 20; receipt 1 1 0 0");
    script(&s, "INSERT INTO public.progress (指标, 地区, 数值, updated) VALUES ('T06.1', '510811', 9, '2021-07-02 07:51')");
    cr_expect_str_eq(after_an_hour(&s), "T06.1 510811 9; receipt 1 2 0 0", "stamped nine minutes before, committed later");
    script(&s, "INSERT INTO public.progress (指标, 地区, 数值, updated) VALUES ('T06.1', '510802', 8, '2099-01-01')");
    cr_expect_str_eq(after_an_hour(&s), "T06.1 510802 8; receipt 1 3 0 0");
    struct source_pull pull;
    cr_assert_eq(sources_pull_find(s.spool, "报表", &pull, &s.err), ERROR_OK);
    cr_expect_str_eq(pull.mark, "local 2021-07-02 13:00:00", "the present, not the year 2099");
    script(&s, "UPDATE public.progress SET 数值 = 33, updated = '2021-07-02 13:10' WHERE 地区 = '510822'");
    cr_expect_str_eq(after_an_hour(&s), "T06.1 510822 33; receipt 1 1 1 0 “改了报过的数，待核：直连道路青川2021-06-30 31→33”");
    script(&s, "DELETE FROM public.progress WHERE 地区 = '510821'");
    cr_expect_str_eq(after_an_hour(&s), "", "of what is older nobody hears");
    scene_close(&s);
}

Test(source, a_numbers_watermark) {
    struct scene s;
    scene_open(&s, "SELECT * FROM public.progress WHERE id > $1 ORDER BY id");
    s.asking.source.sql.watermark = "id";
    s.asking.source.sql.from = "0";
    s.asking.source.sql.overlap.count = 1;
    script(&s, "INSERT INTO public.progress (指标, 地区, 数值) VALUES ('T06.1', '510822', 31), ('T06.1', '510821', 20)");
    settle(&s);
    cr_expect_str_eq(story(&s), "T06.1 510822 31; T06.1 510821 20; receipt 2 0 0 0");
    script(&s, "INSERT INTO public.progress (指标, 地区, 数值) VALUES ('T06.1', '510811', 5)");
    cr_expect_str_eq(after_an_hour(&s), "T06.1 510811 5; receipt 1 1 0 0");
    scene_close(&s);
}

static bool rejected_there(const struct scene *s) {
    char path[160];
    snprintf(path, sizeof path, "%s/报表-查询.rejected.csv", s->rejected);
    return file_exists(path);
}

Test(source, refused_rows_are_read_again_each_day_whatever_their_stamp) {
    struct scene s;
    scene_open(&s, NEWER);
    script(&s, "INSERT INTO public.progress (指标, 地区, 数值) VALUES ('T06.1', '510822', 31), ('T06.1', '旺仓', 20)");
    settle(&s);
    cr_expect_str_eq(story(&s), "T06.1 510822 31; receipt 1 0 0 1 :2 地区 unknown_area");
    cr_expect(rejected_there(&s));
    cr_expect_str_eq(after_an_hour(&s), "");
    script(&s, "INSERT INTO public.progress (指标, 地区, 数值, updated) VALUES ('T06.1', '510802', 7, '2021-07-02 11:00')");
    s.asking.source.sql.overlap.ms = 0;
    cr_expect_str_eq(after_an_hour(&s), "T06.1 510802 7; receipt 1 1 0 1 :2 地区 unknown_area");
    cr_expect_str_eq(after_an_hour(&s), "", "the newest alone: nothing new");
    cr_expect(rejected_there(&s), "but what was refused stays refused");
    s.now = day_at((struct day){18813}, 8, 30); /* Monday */
    settle(&s);
    cr_expect_str_eq(story(&s), "", "read again, refused again, said already");
    script(&s, "UPDATE public.progress SET 地区 = '旺苍' WHERE 地区 = '旺仓'"); /* without a new stamp */
    s.now = day_at((struct day){18814}, 8, 30);
    settle(&s);
    cr_expect_str_eq(story(&s), "T06.1 510821 20; receipt 1 2 0 0");
    cr_expect_not(rejected_there(&s));
    scene_close(&s);
}

Test(source, structure_is_all_or_nothing) {
    struct scene s;
    scene_open(&s, "SELECT 指标, 地区, 数值 FROM public.progress");
    script(&s, "INSERT INTO public.progress (指标, 地区, 数值) VALUES ('T06.1', '510822', 31)");
    settle(&s);
    cr_expect_str_eq(story(&s), "receipt 0 0 0 1 :0 column_missing");
    cr_expect_not_null(strstr(s.report.trouble, "数据日期"), "%s", s.report.trouble);
    cr_expect(rejected_there(&s));
    cr_expect_str_eq(after_an_hour(&s), "", "said once");
    s.asking.source.sql.query = QUERY;
    cr_expect_str_eq(after_an_hour(&s), "T06.1 510822 31; receipt 1 0 0 0");
    cr_expect_str_eq(s.report.trouble, "");
    cr_expect_not(rejected_there(&s));
    scene_close(&s);
}

Test(source, failures_that_pass_are_tried_again_soon_and_told_when_they_last) {
    struct scene s;
    scene_open(&s, QUERY);
    script(&s, "INSERT INTO public.progress (指标, 地区, 数值) VALUES ('T06.1', '510822', 31)");
    const char *good = s.asking.source.sql.connection;
    s.asking.source.sql.connection = "host=/tmp/no-such-folder user=x";
    settle(&s);
    cr_expect_str_eq(story(&s), "");
    cr_expect_not_null(strstr(s.report.trouble, "报表：数据库连不上"), "%s", s.report.trouble);
    cr_expect(s.report.wake_at.ms > s.now.ms + 44000 && s.report.wake_at.ms <= s.now.ms + 60000, "within a minute");
    s.now = s.report.wake_at;
    settle(&s);
    cr_expect_str_eq(story(&s), "");
    /* a restart forgets nothing of it */
    stop_agent(&s);
    start_agent(&s, NULL);
    look(&s);
    cr_expect_eq(s.report.files_pending, 0);
    cr_expect_not_null(strstr(s.report.trouble, "数据库连不上"), "%s", s.report.trouble);
    s.now = s.report.wake_at;
    settle(&s);
    cr_expect_str_eq(story(&s), "receipt 0 0 0 1 sql_unreachable");
    s.now = s.report.wake_at;
    settle(&s);
    cr_expect_str_eq(story(&s), "", "told once");
    s.asking.source.sql.connection = good;
    s.now = s.report.wake_at;
    settle(&s);
    cr_expect_str_eq(story(&s), "T06.1 510822 31; receipt 1 0 0 0");
    cr_expect_str_eq(s.report.trouble, "");
    cr_expect_eq(s.report.wake_at.ms, s.now.ms + MS_HOUR);
    scene_close(&s);
}

Test(source, failures_that_people_must_mend_are_told_at_once_and_not_hammered) {
    struct scene s;
    scene_open(&s, QUERY);
    script(&s, "INSERT INTO public.progress (指标, 地区, 数值) VALUES ('T06.1', '510822', 31)");
    s.asking.source.sql.query = "SELECT * FROM public.nowhere";
    settle(&s);
    cr_expect_str_eq(story(&s), "receipt 0 0 0 1 sql_query");
    cr_expect_eq(s.report.wake_at.ms, s.now.ms + MS_HOUR);
    cr_expect_str_eq(after_an_hour(&s), "");
    s.asking.source.sql.query = QUERY;
    s.asking.source.sql.password_file = "/tmp/no-such-file";
    cr_expect_str_eq(after_an_hour(&s), "receipt 0 0 0 1 sql_connection");
    s.asking.source.sql.password_file = NULL;
    s.asking.source.sql.rows_max = 1;
    script(&s, "INSERT INTO public.progress (指标, 地区, 数值) VALUES ('T06.1', '510821', 20)");
    cr_expect_str_eq(after_an_hour(&s), "receipt 0 0 0 1 sql_rows");
    s.asking.source.sql.rows_max = 1000;
    cr_expect_str_eq(after_an_hour(&s), "T06.1 510822 31; T06.1 510821 20; receipt 2 0 0 0");
    scene_close(&s);
}

Test(source, only_in_its_hours) {
    struct scene s;
    scene_open(&s, QUERY);
    s.now = day_at((struct day){18811}, 12, 0); /* Saturday */
    look(&s);
    cr_expect_eq(s.report.files_pending, 0);
    cr_expect_eq(s.report.wake_at.ms, day_at((struct day){18813}, 8, 30).ms);
    s.now = s.report.wake_at;
    settle(&s);
    cr_expect_eq(s.taken, 1);
    s.now.ms -= 28LL * MS_DAY; /* the clock was set back: not silent for a month */
    s.now = day_at(instant_day(s.now), 9, 0);
    settle(&s);
    cr_expect_eq(s.taken, 2);
    scene_close(&s);
}

Test(source, a_full_spool_is_not_asked_for_more) {
    struct scene s;
    scene_open(&s, QUERY);
    script(&s, "INSERT INTO public.progress (指标, 地区, 数值) VALUES ('T06.1', '510822', 31)");
    stop_agent(&s);
    start_agent(&s, &(struct spool_limits){.max_bytes = 100});
    look(&s);
    for (int i = 0; i < LOOKS_MAX && !s.taken; i++) {
        (void)nanosleep(&(struct timespec){.tv_nsec = LOOK_NS}, NULL);
        look(&s);
    }
    cr_expect_eq(s.report.files_pending, 1);
    cr_expect_neq(s.report.trouble[0], 0);
    cr_expect_str_eq(story(&s), "");
    stop_agent(&s);
    start_agent(&s, NULL);
    settle(&s);
    cr_expect_str_eq(story(&s), "T06.1 510822 31; receipt 1 0 0 0");
    scene_close(&s);
}

/* As another process, which ends by SIGKILL where the scene says. */
static void run_and_kill(struct scene *s, bool when_taken) {
    pid_t pid = fork();
    if (pid == 0) {
        start_agent(s, NULL);
        s->die_when_taken = when_taken;
        look(s);
        if (!when_taken) kill(getpid(), SIGKILL); /* the worker is under way */
        for (;;)
            look(s);
    }
    int status;
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

Test(source, killed_at_any_point_loses_and_doubles_nothing) {
    struct scene s;
    struct source_pull pull;
    scene_open(&s, NEWER);
    script(&s, "INSERT INTO public.progress (指标, 地区, 数值) VALUES ('T06.1', '510822', 31), ('T06.1', '510821', 20)");
    stop_agent(&s);
    run_and_kill(&s, false);
    start_agent(&s, NULL);
    cr_expect_str_eq(story(&s), "");
    cr_assert_eq(sources_pull_find(s.spool, "报表", &pull, &s.err), ERROR_OK);
    cr_expect_not(pull.found, "neither events nor a watermark");
    stop_agent(&s);
    run_and_kill(&s, true);
    start_agent(&s, NULL);
    cr_expect_str_eq(story(&s), "T06.1 510822 31; T06.1 510821 20; receipt 2 0 0 0");
    cr_assert_eq(sources_pull_find(s.spool, "报表", &pull, &s.err), ERROR_OK);
    cr_expect_str_eq(pull.mark, "local 2021-07-02 08:00:00", "both");
    cr_expect_eq(pull.asked_at.ms, s.now.ms);
    settle(&s);
    cr_expect_str_eq(after_an_hour(&s), "");
    scene_close(&s);
}

Test(source, another_query_begins_from_the_beginning) {
    struct scene s;
    scene_open(&s, NEWER);
    script(&s, "INSERT INTO public.progress (指标, 地区, 数值, updated) VALUES ('T06.1', '510822', 31, '2021-07-02 08:00'),"
               " ('T06.1', '510821', 20, '2021-06-01 08:00')");
    settle(&s);
    cr_expect_str_eq(story(&s), "T06.1 510822 31; T06.1 510821 20; receipt 2 0 0 0");
    script(&s, "INSERT INTO public.progress (指标, 地区, 数值, updated) VALUES ('T06.1', '510811', 5, '2021-06-01 08:00')");
    cr_expect_str_eq(after_an_hour(&s), "");
    stop_agent(&s);
    s.asking.source.sql.query = "SELECT * FROM public.progress WHERE id > $1 ORDER BY id";
    s.asking.source.sql.watermark = "id"; /* to which a time would be no number */
    s.asking.source.sql.from = "0";
    start_agent(&s, NULL);
    cr_expect_str_eq(after_an_hour(&s), "T06.1 510811 5; receipt 1 2 0 0");
    scene_close(&s);
}

/* In the same transaction: what is rolled back takes the watermark with it. */
Test(source, the_watermark_is_the_events_own) {
    struct scene s;
    struct source_pull pull, none = {.asked_at = {5}, .mark = "exact 7"};
    scene_open(&s, NEWER);
    cr_assert_eq(spool_begin(s.spool, &s.err), ERROR_OK);
    cr_assert_eq(sources_pull_set(s.spool, "报表", &none, &s.err), ERROR_OK);
    spool_rollback(s.spool);
    cr_assert_eq(sources_pull_find(s.spool, "报表", &pull, &s.err), ERROR_OK);
    cr_expect_not(pull.found);
    scene_close(&s);
}
