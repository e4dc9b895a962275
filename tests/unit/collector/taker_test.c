#include "services/collector/taker.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/file.h"
#include "proto/more.h"
#include "tests/unit/collector/book_fixture.h"
#include "tests/unit/collector/plan_fixture.h"

#define HEAD "指标,地区,数据日期,数值,单位\n"

struct scene {
    char folder[64], inbox[96], rejected[96], file[96];
    struct plan_fixture plan;
    struct settings settings;
    struct source_settings sources[2];
    struct arena *arena;
    struct spool *spool;
    struct taker taker;
    struct taker_report report;
    struct error err;
    int64_t now_ms;
};

static void scene_spool(struct scene *s) {
    cr_assert_eq(spool_open(s->file, slice_of("qingchuan"), NULL, 0, &s->spool, &s->err), ERROR_OK, "%s",
                 s->err.message);
    s->taker = (struct taker){.settings = &s->settings, .spool = s->spool, .catalogue = s->plan.catalogue};
}

static void scene_open(struct scene *s) {
    memset(s, 0, sizeof *s);
    snprintf(s->folder, sizeof s->folder, "/tmp/duban-taker-XXXXXX");
    cr_assert_not_null(mkdtemp(s->folder));
    snprintf(s->inbox, sizeof s->inbox, "%s/inbox", s->folder);
    snprintf(s->rejected, sizeof s->rejected, "%s/rejected", s->folder);
    snprintf(s->file, sizeof s->file, "%s/spool.sqlite", s->folder);
    cr_assert_eq(mkdir(s->inbox, 0700), 0);
    s->plan = plan_fixture_open();
    s->arena = arena_create();
    struct yaml doc;
    struct findings findings = {NULL, 0, 0, 0};
    yaml_parse(&doc, "m", "{}", 2, &findings);
    s->sources[0] =
        (struct source_settings){.name = "报表", .folder = s->inbox, .rejected = s->rejected, .quiet_ms = 60000};
    mapping_read(&doc, doc.root, s->arena, &s->sources[0].mapping);
    yaml_finish(&doc);
    s->settings =
        (struct settings){.stream = "qingchuan", .unit = "青川县", .sources = {.items = s->sources, .count = 1}};
    s->now_ms = day_at((struct day){18810}, 9, 30).ms; /* 2021-07-02 */
    scene_spool(s);
}

static void scene_close(struct scene *s) {
    char command[128];
    spool_close(&s->spool);
    plan_fixture_close(&s->plan);
    arena_destroy(&s->arena);
    snprintf(command, sizeof command, "rm -rf %s", s->folder);
    cr_assert_eq(system(command), 0);
}

static void drop(struct scene *s, const char *name, const char *text) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", s->inbox, name);
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fputs(text, file);
    fclose(file);
}

static void look(struct scene *s, int64_t later_ms) {
    s->now_ms += later_ms;
    cr_assert_eq(taker_look(&s->taker, (struct instant){s->now_ms}, &s->report, &s->err), ERROR_OK, "%s",
                 s->err.message);
}

/* Two looks a minute apart: what is whole is taken. */
static uint64_t settle(struct scene *s) {
    look(s, 1000);
    look(s, 60000);
    return spool_state(s->spool)->last_seq;
}

/* The event at seq, decoded; lends until the next call. */
static struct event event_at(struct scene *s, uint64_t seq) {
    struct spool_batch batch;
    struct event event;
    unsigned field;
    cr_assert_eq(spool_read(s->spool, seq, 1, 1 << 20, &batch, &s->err), ERROR_OK);
    cr_assert_eq(batch.count, 1);
    cr_assert_eq(event_decode((const uint8_t *)batch.items[0].ptr, batch.items[0].len, &event, &field), PROTO_OK);
    return event;
}

static void expect_receipt(struct scene *s, uint64_t seq, unsigned taken, unsigned unchanged, unsigned refused) {
    struct event event = event_at(s, seq);
    struct more more;
    cr_assert_eq(event.kind, EVENT_RECEIPT);
    cr_assert_eq(more_decode(EVENT_RECEIPT, event.more, &more), PROTO_OK);
    cr_expect_eq(more.receipt.taken, taken, "taken %u", more.receipt.taken);
    cr_expect_eq(more.receipt.unchanged, unchanged, "unchanged %u", more.receipt.unchanged);
    cr_expect_eq(more.receipt.refused, refused, "refused %u", more.receipt.refused);
}

static bool there(const struct scene *s, const char *folder, const char *name) {
    char path[256];
    (void)s;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return file_exists(path);
}

Test(taker, a_file_is_taken_once_with_its_receipt) {
    struct scene s;
    scene_open(&s);
    drop(&s, "6月.csv", HEAD "T06.1,青川县,2021-06-30,31,公里\nT06.1,利州区,2021-06-30,5,亩\n");
    look(&s, 0);
    cr_assert_eq(spool_state(s.spool)->last_seq, 0, "not quiet yet");
    cr_assert_eq(s.report.wake_at.ms, s.now_ms + 60000);
    cr_assert_eq(s.report.files_pending, 0);
    look(&s, 60000);
    cr_assert_eq(spool_state(s.spool)->last_seq, 2);
    cr_assert_eq(event_at(&s, 1).kind, EVENT_FIGURE);
    cr_assert_eq(event_at(&s, 1).reported_at_ms, s.now_ms);
    expect_receipt(&s, 2, 1, 0, 1);
    cr_assert(there(&s, s.rejected, "6月.rejected.csv"));
    cr_assert_not(instant_is(s.report.wake_at));
    cr_assert_eq(settle(&s), 2, "never again");
    scene_close(&s);
}

Test(taker, renamed_and_twice_dropped_content_is_known) {
    struct scene s;
    scene_open(&s);
    drop(&s, "5月.csv", HEAD "T06.1,青川县,2021-05-31,31,公里\n");
    cr_assert_eq(settle(&s), 2);
    drop(&s, "5月(2).csv", HEAD "T06.1,青川县,2021-05-31,31,公里\n");
    cr_assert_eq(settle(&s), 2);
    cr_expect_str_eq(s.report.again, "“5月(2).csv”已收过（与“5月.csv”内容一样）");
    char from[256], to[256];
    snprintf(from, sizeof from, "%s/5月.csv", s.inbox);
    snprintf(to, sizeof to, "%s/5月（终版）.csv", s.inbox);
    cr_assert_eq(rename(from, to), 0);
    cr_assert_eq(settle(&s), 2);
    scene_close(&s);
}

Test(taker, a_grown_file_gives_only_what_is_new) {
    struct scene s;
    scene_open(&s);
    drop(&s, "3月.csv", HEAD "T06.1,青川县,2021-03-31,10,公里\nT06.1,利州区,2021-03-31,5,公里\n");
    cr_assert_eq(settle(&s), 3);
    drop(&s, "3月.csv",
         HEAD "T06.1,青川县,2021-03-31,10,公里\nT06.1,利州区,2021-03-31,5,公里\nT06.1,旺苍县,2021-03-31,7,公里\n");
    cr_assert_eq(settle(&s), 5);
    cr_assert(slice_is(event_at(&s, 4).area, "510821"));
    expect_receipt(&s, 5, 1, 2, 0);
    scene_close(&s);
}

static const char *last_note(struct scene *s) {
    static char text[1024];
    struct event event = event_at(s, spool_state(s->spool)->last_seq);
    cr_assert_eq(event.kind, EVENT_RECEIPT);
    snprintf(text, sizeof text, "%.*s", (int)event.note.len, event.note.ptr ? event.note.ptr : "");
    return text;
}

Test(taker, a_file_that_lost_a_county_or_changed_old_figures_says_so) {
    struct scene s;
    scene_open(&s);
    drop(&s, "5月.csv",
         HEAD "T06.1,青川县,2021-05-31,20,公里\nT06.1,利州区,2021-05-31,30,公里\n"
              "T06.1,旺苍县,2021-05-31,40,公里\n");
    settle(&s);
    drop(&s, "6月.csv", HEAD "T06.1,青川县,2021-06-30,20,公里\nT06.1,旺苍县,2021-05-31,41,公里\n");
    settle(&s);
    cr_expect_str_eq(last_note(&s), "改了报过的数，待核：直连道路旺苍2021-05-31 40→41；上一份有利州区，这一份没有");
    /* another file about other cells is compared with nothing */
    drop(&s, "线路.csv", HEAD "T06.2,青川县,2021-06-30,1,公里\n");
    settle(&s);
    cr_expect_str_eq(last_note(&s), "");
    scene_close(&s);
}

/* Three rows of corrections in between are no reason to forget what a whole file holds. */
Test(taker, a_part_of_a_file_is_not_what_the_next_is_compared_with) {
    struct scene s;
    scene_open(&s);
    drop(&s, "5月.csv",
         HEAD "T06.1,青川县,2021-05-31,20,公里\nT06.1,利州区,2021-05-31,30,公里\n"
              "T06.1,旺苍县,2021-05-31,40,公里\n");
    settle(&s);
    drop(&s, "5月更正.csv", HEAD "T06.1,青川县,2021-05-31,21,公里\n");
    settle(&s);
    cr_expect_str_eq(last_note(&s),
                     "改了报过的数，待核：直连道路青川2021-05-31 20→21；上一份有利州区、旺苍县，这一份没有");
    drop(&s, "6月.csv", HEAD "T06.1,青川县,2021-06-30,22,公里\nT06.1,旺苍县,2021-06-30,42,公里\n");
    settle(&s);
    cr_expect_str_eq(last_note(&s), "上一份有利州区，这一份没有");
    scene_close(&s);
}

Test(taker, a_half_written_file_waits_and_is_named_after_a_day) {
    struct scene s;
    scene_open(&s);
    drop(&s, "2月.csv", HEAD "T06.1,青川县,2021-02-28,1");
    drop(&s, "空白.csv", "");
    cr_assert_eq(settle(&s), 0);
    cr_assert_eq(s.report.files_pending, 0, "nothing to be done about them now");
    cr_assert_eq(s.report.files_unfinished, 0);
    cr_assert_eq(s.report.wake_at.ms, s.now_ms - 60000 + MS_DAY, "a day after the first look");
    look(&s, MS_DAY);
    cr_assert_eq(s.report.files_unfinished, 2);
    cr_assert(strstr(s.report.trouble, "还没有写完"));
    cr_assert_not(instant_is(s.report.wake_at));
    drop(&s, "2月.csv", HEAD "T06.1,青川县,2021-02-28,12.5,公里\n");
    cr_assert_eq(settle(&s), 2);
    cr_assert_eq(s.report.files_unfinished, 1);
    expect_receipt(&s, 2, 1, 0, 0);
    scene_close(&s);
}

Test(taker, a_mended_file_takes_its_rejected_rows_away) {
    struct scene s;
    scene_open(&s);
    drop(&s, "6月.csv", "指标,地区,数据日期,数字,单位\nT06.1,青川县,2021-06-30,31,公里\n");
    cr_assert_eq(settle(&s), 1, "a receipt alone");
    struct event receipt = event_at(&s, 1);
    struct more more;
    cr_assert_eq(more_decode(EVENT_RECEIPT, receipt.more, &more), PROTO_OK);
    cr_assert(more.receipt.whole);
    cr_assert(there(&s, s.rejected, "6月.rejected.csv"));
    drop(&s, "6月.csv", HEAD "T06.1,青川县,2021-06-30,31,公里\n");
    cr_assert_eq(settle(&s), 3);
    cr_assert_not(there(&s, s.rejected, "6月.rejected.csv"));
    scene_close(&s);
}

static void drop_bytes(struct scene *s, const char *name, const char *bytes, size_t len) {
    char path[256];
    struct error err;
    snprintf(path, sizeof path, "%s/%s", s->inbox, name);
    cr_assert_eq(file_write(path, bytes, len, 0644, &err), ERROR_OK, "%s", err.message);
}

#define TEXT(place, text) "<c r=\"" place "\" t=\"str\"><v>" text "</v></c>"
#define BOOK_HEAD                                                                                                      \
    "<sheetData><row r=\"1\">" TEXT("A1", "指标") TEXT("B1", "地区") TEXT("C1", "数据日期") TEXT("D1", "数值")         \
        TEXT("E1", "单位") "</row><row r=\"2\">" TEXT("A2", "T06.1") TEXT("B2", "青川县") TEXT("C2", "2021-06-30")

Test(taker, a_workbook_is_taken_once_whole_and_gives_its_rows_back_as_one) {
    struct scene s;
    scene_open(&s);
    struct book bad =
        book_make(&(struct book_parts){.sheet = BOOK_HEAD "<c r=\"D2\"><f>1+1</f></c></row></sheetData>"});
    struct book good = book_make(&(struct book_parts){
        .sheet = "<sheetData><row r=\"1\">" TEXT("A1", "指标") TEXT("B1", "地区") TEXT("C1", "数据日期")
            TEXT("D1", "数值（公里）") "</row><row r=\"7\">" TEXT("A7", "T06.1") TEXT("B7", "青川县")
                TEXT("C7", "2021-06-30") "<c r=\"D7\"><v>31.100000000000001</v></c></row></sheetData>"});
    drop_bytes(&s, "6月.xlsx", bad.bytes, bad.len - 5);
    cr_assert_eq(settle(&s), 0, "the directory at its end is not whole yet");
    drop_bytes(&s, "6月.xlsx", bad.bytes, bad.len);
    cr_assert_eq(settle(&s), 1, "a receipt alone");
    expect_receipt(&s, 1, 0, 0, 1);
    cr_assert(there(&s, s.rejected, "6月.rejected.xlsx"));
    drop_bytes(&s, "6月.xlsx", good.bytes, good.len);
    cr_assert_eq(settle(&s), 3);
    struct event event = event_at(&s, 2);
    cr_assert(slice_is(event.source.place, "6月!D7"));
    cr_assert(slice_is(event.source.raw, "31.1"));
    cr_assert_eq(decimal_compare(event.figure.value, (struct decimal){311, 1}), 0);
    cr_assert_not(there(&s, s.rejected, "6月.rejected.xlsx"));
    drop_bytes(&s, "6月(终版).xlsx", good.bytes, good.len);
    cr_assert_eq(settle(&s), 3, "the same content under another name");
    book_finish(&bad);
    book_finish(&good);
    scene_close(&s);
}

Test(taker, one_bad_source_does_not_stop_the_other) {
    struct scene s;
    scene_open(&s);
    s.sources[1] = s.sources[0];
    s.sources[0].name = "坏的";
    s.sources[0].folder = "/nowhere/at/all";
    s.settings.sources.count = 2;
    drop(&s, "6月.csv", HEAD "T06.1,青川县,2021-06-30,31,公里\n");
    cr_assert_eq(settle(&s), 2);
    cr_assert(strstr(s.report.trouble, "文件夹打不开"));
    scene_close(&s);
}

Test(taker, a_full_spool_leaves_the_file_where_it_is_and_says_so) {
    struct scene s;
    scene_open(&s);
    spool_close(&s.spool);
    struct spool_limits limits = {.max_bytes = 100, .reserve_bytes = 1};
    cr_assert_eq(spool_open(s.file, slice_of("qingchuan"), &limits, 0, &s.spool, &s.err), ERROR_OK);
    s.taker.spool = s.spool;
    drop(&s, "6月.csv", HEAD "T06.1,青川县,2021-06-30,31,公里\n");
    cr_assert_eq(settle(&s), 0);
    cr_assert_eq(s.report.files_pending, 1);
    cr_assert(strstr(s.report.trouble, "上限"));
    spool_close(&s.spool);
    scene_spool(&s);
    look(&s, 1000);
    cr_assert_eq(spool_state(s.spool)->last_seq, 2, "taken as soon as there is room");
    scene_close(&s);
}

/* kill -9 with the rejected file written and the transaction open, or just behind its commit. */
Test(taker, a_kill_around_the_commit_loses_and_doubles_nothing) {
    for (int after = 0; after < 2; after++) {
        struct scene s;
        scene_open(&s);
        drop(&s, "6月.csv", HEAD "T06.1,青川县,2021-06-30,31,公里\nT06.1,利州区,2021-06-30,5,亩\n");
        look(&s, 0);
        spool_close(&s.spool);
        pid_t child = fork();
        if (child == 0) {
            scene_spool(&s);
            if (after)
                look(&s, 60000);
            else {
                /* what the taker does, up to the commit */
                struct buffer bytes = {0};
                struct paper paper;
                struct verdict verdict;
                char path[256];
                snprintf(path, sizeof path, "%s/6月.csv", s.inbox);
                if (taker_open(&s.settings, &s.sources[0], path, &bytes, &paper, &s.err)) _exit(1);
                paper.now = (struct instant){s.now_ms};
                paper.catalogue = s.plan.catalogue;
                paper.memory = taker_memory(s.spool);
                if (paper_judge(&paper, &verdict, &s.err) || spool_begin(s.spool, &s.err) ||
                    spool_append_event(s.spool, &verdict.receipt, paper.now, NULL, &s.err) ||
                    sources_file_mark(s.spool, "报表", paper.hash, "6月.csv", paper.now, &s.err))
                    _exit(2);
            }
            raise(SIGKILL);
        }
        int status = 0;
        waitpid(child, &status, 0);
        cr_assert(WIFSIGNALED(status), "ended by itself: %d", status);
        scene_spool(&s);
        cr_assert_eq(spool_state(s.spool)->last_seq, after ? 2 : 0);
        cr_assert_eq(settle(&s), 2, "taken exactly once in the end");
        expect_receipt(&s, 2, 1, 0, 1);
        cr_assert(there(&s, s.rejected, "6月.rejected.csv"));
        scene_close(&s);
    }
}

/* --- what is no file in a folder --- */

static struct taken bring(struct scene *s, const char *text, enum source_kind kind) {
    struct taken taken;
    char name[DOCUMENT_NAME_MAX];
    s->sources[0].kind = kind;
    struct document document = {.source = &s->sources[0], .name = name, .bytes = slice_of(text)};
    document_name(&s->sources[0], &document, ".csv", name);
    cr_assert_eq(taker_take(&s->taker, &document, (struct instant){s->now_ms}, &taken, &s->err), ERROR_OK, "%s",
                 s->err.message);
    return taken;
}

Test(taker, a_document_is_taken_once_and_its_receipt_given_again) {
    struct scene s;
    scene_open(&s);
    const char *text = HEAD "T06.1,青川县,2021-06-30,31,公里\nT06.1,广安区,2021-06-30,31,公里\n";
    struct taken taken = bring(&s, text, SOURCE_HTTP);
    cr_expect_eq(taken.how, DOCUMENT_TAKEN);
    cr_expect_eq(taken.verdict.taken, 1);
    cr_expect_eq(taken.verdict.refused, 1);
    taken_finish(&taken);
    expect_receipt(&s, 2, 1, 0, 1);
    taken = bring(&s, text, SOURCE_HTTP);
    cr_expect_eq(taken.how, DOCUMENT_AGAIN);
    cr_assert(taken.has_receipt);
    cr_expect_eq(taken.receipt.receipt.taken, 1);
    cr_expect(slice_is(taken.receipt.receipt.refusals[0].code, "unknown_area"));
    cr_expect_eq(taken.before.taken_at.ms, s.now_ms);
    taken_finish(&taken);
    cr_expect_eq(spool_state(s.spool)->last_seq, 2);
    /* the mark outlasts the process */
    spool_close(&s.spool);
    scene_spool(&s);
    taken = bring(&s, text, SOURCE_HTTP);
    cr_expect_eq(taken.how, DOCUMENT_AGAIN);
    taken_finish(&taken);
    /* a receipt is kept for those who are answered, and as long as the events are */
    s.settings.keep_ms = MS_DAY;
    s.now_ms += 2 * MS_DAY;
    taken = bring(&s, HEAD "T06.1,旺苍县,2021-06-30,31,公里\n", SOURCE_HTTP);
    taken_finish(&taken);
    taken = bring(&s, text, SOURCE_HTTP);
    cr_expect(taken.how == DOCUMENT_AGAIN && !taken.has_receipt);
    taken_finish(&taken);
    taken = bring(&s, HEAD "T06.1,利州区,2021-06-30,31,公里\n", SOURCE_ZMQ);
    taken_finish(&taken);
    taken = bring(&s, HEAD "T06.1,利州区,2021-06-30,31,公里\n", SOURCE_HTTP);
    cr_expect(taken.how == DOCUMENT_AGAIN && !taken.has_receipt);
    taken_finish(&taken);
    scene_close(&s);
}

Test(taker, a_document_refused_as_a_whole_is_judged_again_and_said_once) {
    struct scene s;
    scene_open(&s);
    static const char *const names[] = {"累计"};
    const char *text = "指标,地区,数据日期,累计,单位\nT06.1,青川县,2021-06-30,31,公里\n";
    for (int i = 0; i < 3; i++) {
        struct taken taken = bring(&s, text, SOURCE_HTTP);
        cr_expect_eq(taken.how, DOCUMENT_TAKEN);
        cr_expect_eq(taken.verdict.whole.code, REFUSAL_COLUMN_MISSING);
        cr_expect_eq(taken.told, i > 0);
        taken_finish(&taken);
        cr_expect_eq(spool_state(s.spool)->last_seq, 1);
    }
    s.sources[0].mapping.columns[FIELD_VALUE] = (struct mapping_column){.names = names, .count = 1, .given = true};
    struct taken taken = bring(&s, text, SOURCE_HTTP);
    cr_expect_eq(taken.verdict.taken, 1, "the mapping was mended");
    taken_finish(&taken);
    taken = bring(&s, text, SOURCE_HTTP);
    cr_expect_eq(taken.how, DOCUMENT_AGAIN);
    taken_finish(&taken);
    scene_close(&s);
}

Test(taker, a_file_refused_as_a_whole_is_read_again_when_it_is_laid_there_again) {
    struct scene s;
    scene_open(&s);
    static const char *const names[] = {"累计"};
    const char *text = "指标,地区,数据日期,累计,单位\nT06.1,青川县,2021-06-30,31,公里\n";
    drop(&s, "a.csv", text);
    cr_assert_eq(settle(&s), 1);
    drop(&s, "b.csv", text);
    cr_expect_eq(settle(&s), 1, "its refusal is known at the centre");
    cr_expect(strstr(s.report.again, "仍然整份退回"), "%s", s.report.again);
    cr_expect(there(&s, s.rejected, "b.rejected.csv"));
    s.sources[0].mapping.columns[FIELD_VALUE] = (struct mapping_column){.names = names, .count = 1, .given = true};
    drop(&s, "c.csv", text);
    cr_expect_eq(settle(&s), 3, "a figure and its receipt");
    scene_close(&s);
}

/* The open period is June on 2 July and July on 3 August: the same table then says that nothing has changed. */
Test(taker, the_same_table_a_period_later_is_another_statement) {
    struct scene s;
    scene_open(&s);
    const char *text = "指标,地区,数值,单位\nT06.1,青川县,31,公里\n";
    s.sources[0].mapping.as_of = AS_OF_PERIOD;
    struct taken taken = bring(&s, text, SOURCE_HTTP);
    cr_expect_eq(taken.verdict.taken, 1);
    taken_finish(&taken);
    taken = bring(&s, text, SOURCE_HTTP);
    cr_expect_eq(taken.how, DOCUMENT_AGAIN);
    cr_expect(taken.has_receipt);
    taken_finish(&taken);
    s.now_ms += 32LL * MS_DAY;
    taken = bring(&s, text, SOURCE_HTTP);
    cr_expect_eq(taken.how, DOCUMENT_TAKEN);
    cr_expect_eq(taken.verdict.taken, 1);
    taken_finish(&taken);
    cr_expect_eq(event_at(&s, 3).kind, EVENT_NO_CHANGE);
    scene_close(&s);
}

Test(taker, a_full_spool_takes_no_document_and_forgets_it) {
    struct scene s;
    scene_open(&s);
    struct spool_limits limits = {.max_bytes = 100};
    spool_close(&s.spool);
    cr_assert_eq(spool_open(s.file, slice_of("qingchuan"), &limits, 0, &s.spool, &s.err), ERROR_OK);
    s.taker.spool = s.spool;
    const char *text = HEAD "T06.1,青川县,2021-06-30,31,公里\n";
    for (int i = 0; i < 2; i++) {
        struct taken taken = bring(&s, text, SOURCE_HTTP);
        cr_expect_eq(taken.how, DOCUMENT_LATER);
        cr_expect(taken.why && *taken.why);
        taken_finish(&taken);
    }
    spool_close(&s.spool);
    scene_spool(&s);
    struct taken taken = bring(&s, text, SOURCE_HTTP);
    cr_expect_eq(taken.how, DOCUMENT_TAKEN);
    cr_expect_eq(taken.verdict.taken, 1);
    taken_finish(&taken);
    scene_close(&s);
}

/* Rows that came as cells go the same way; what differs in a length only is another document. */
Test(taker, cells_are_a_document) {
    struct scene s;
    scene_open(&s);
    static const char *const cells[][5] = {{"指标", "地区", "数据日期", "数值", "单位"},
                                           {"T06.1", "青川县", "2021-06-30", "31", "公里"}};
    for (int round = 0; round < 2; round++) {
        struct sheet sheet = {.named = true};
        struct taken taken;
        sheet.text = calloc(1, 1024);
        for (size_t i = 0; i < 2; i++) {
            cr_assert(sheet_add_row(&sheet, i + 1));
            for (size_t k = 0; k < 5; k++) {
                size_t len = strlen(cells[i][k]);
                memcpy(sheet.text + sheet.text_len, cells[i][k], len);
                cr_assert(sheet_add_cell(&sheet, (struct slice){sheet.text + sheet.text_len, len}));
                sheet.text_len += len;
            }
        }
        char name[DOCUMENT_NAME_MAX];
        struct document document = {.source = &s.sources[0], .name = name, .sheet = &sheet};
        document_name(&s.sources[0], &document, "", name);
        cr_assert_eq(taker_take(&s.taker, &document, (struct instant){s.now_ms}, &taken, &s.err), ERROR_OK);
        cr_expect_eq(taken.how, round ? DOCUMENT_AGAIN : DOCUMENT_TAKEN);
        cr_expect_eq(taken.verdict.taken, round ? 0 : 1);
        cr_expect(strncmp(name, "报表-", 7) == 0, "%s", name);
        taken_finish(&taken);
        sheet_finish(&sheet);
    }
    scene_close(&s);
}
