#include "services/collector/learn.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/file.h"
#include "services/collector/learn_open.h"
#include "tests/unit/collector/paper_fixture.h"

/* Learning a table with answers in YAML, and judging it with the mapping that came out. */
struct lesson {
    struct paper_fixture paper;
    struct learn_opened opened;
    struct learned learned;
    struct buffer mapping;
    struct yaml answers;
    struct findings findings;
    char said[16384];
    bool done;
};

static void learn(struct lesson *l, const char *file, const char *text, const char *answers) {
    memset(l, 0, sizeof *l);
    paper_fixture_open(&l->paper, "{}", "2021-07-02");
    l->paper.paper.name = slice_of(file);
    l->paper.paper.bytes = slice_of(text);
    yaml_parse(&l->answers, "answers.yaml", answers, strlen(answers), &l->findings);
    FILE *out = fmemopen(l->said, sizeof l->said, "w");
    struct learn_asker asker = {.out = out, .answers = &l->answers, .arena = l->paper.arena};
    struct refusal refusal;
    l->done = learn_open(&l->paper.paper, day_of("2021-07-02"), l->paper.arena, &asker, &l->opened, &refusal);
    cr_assert(l->done, "%s", refusal.code ? refusal.reason : "");
    const struct learn_table table = {.file = file,
                                      .unit = "青川县",
                                      .sheet = &l->opened.sheet,
                                      .sheet_answer = l->opened.sheet_answer,
                                      .plan = l->paper.plan.plan,
                                      .arena = l->paper.arena};
    l->done = l->opened.seen.depth && learn_confirm(&table, &l->opened.seen, &asker, &l->learned);
    if (l->done) learn_write(&table, &l->opened.seen, &l->learned, &l->mapping);
    fclose(out);
}

static void judge_learned(struct lesson *l, const char *text) {
    struct yaml doc;
    struct findings findings = {NULL, 0, 0, 0};
    yaml_parse(&doc, "mapping.yaml", buffer_text(&l->mapping), l->mapping.len, &findings);
    mapping_read(&doc, doc.root, l->paper.arena, &l->paper.mapping);
    cr_assert_eq(findings.errors, 0, "%s\n%s", findings.count ? findings.items[0].message : "",
                 buffer_text(&l->mapping));
    yaml_finish(&doc);
    findings_finish(&findings);
    paper_fixture_judge(&l->paper, text);
    cr_assert_eq(l->paper.verdict.whole.code, REFUSAL_NONE, "%s\n%s", l->paper.verdict.whole.reason,
                 buffer_text(&l->mapping));
}

static void lesson_finish(struct lesson *l) {
    learn_opened_finish(&l->opened);
    buffer_finish(&l->mapping);
    yaml_finish(&l->answers);
    findings_finish(&l->findings);
    if (l->paper.verdict.arena)
        paper_fixture_close(&l->paper);
    else {
        arena_destroy(&l->paper.arena);
        plan_fixture_close(&l->paper.plan);
    }
}

static const char long_table[] = "附件2 2021年重点任务进展情况表,,,,,\n"
                                 "填报单位：青川县 截至2021年6月30日,,,,,\n"
                                 "序号,工作内容,县区,计量单位,目标任务,累计完成,存在问题\n"
                                 "1,直连道路建设,利州区,公里,60,20,\n"
                                 "2,直连道路建设,青川县,公里,62,31,已铺底层\n"
                                 "3,架线工程（非涉改乡镇）,青川县,公里,5,1,\n"
                                 "合计,,,,,,\n";

Test(learn, a_long_table_with_a_name_the_plan_does_not_know) {
    struct lesson l;
    learn(&l, "进展.csv", long_table, "others: accept\n");
    cr_assert(l.done, "%s", l.said);
    cr_expect_str_eq(buffer_text(&l.mapping),
                     "# 照“进展.csv”认出的列，每一项都经人确认。表头改了，请重新运行 learn，或照样改这里。\n"
                     "layout: long\nheader: 1\ncolumns:\n"
                     "  # B列，例：“直连道路建设”“架线工程（非涉改乡镇）”\n  target: \"工作内容\"\n"
                     "  # C列，例：“利州区”“青川县”\n  area: \"县区\"\n"
                     "  # F列，例：“20”“31”“1”\n  value: \"累计完成\"\n"
                     "  # G列，例：“已铺底层”\n  note: \"存在问题\"\n"
                     "  # D列，例：“公里”\n  unit: \"计量单位\"\n"
                     "  # E列，例：“60”“62”“5”\n  share: \"目标任务\"\n"
                     "targets:\n  \"直连道路建设\": \"T06.1\"\n"
                     "as_of: title\n");
    cr_expect(strstr(l.said, "“直连道路建设”（2行）不是计划里的名称。是哪个指标？"), "%s", l.said);
    cr_expect(strstr(l.said, "1. T06.1 新改建直连道路"), "%s", l.said);
    judge_learned(&l, long_table);
    cr_expect_str_eq(counts_of(&l.paper), "3 0 0 0 0 1");
    lesson_finish(&l);
}

Test(learn, nothing_is_taken_that_nobody_confirmed) {
    struct lesson l;
    learn(&l, "进展.csv", long_table, "layout: long\ncolumns/target: B\n");
    cr_expect_not(l.done);
    cr_expect(strstr(l.said, "缺少回答：columns/area（建议 C）"), "%s", l.said);
    lesson_finish(&l);
    learn(&l, "进展.csv", long_table, "layout: '-'\n");
    cr_expect_not(l.done);
    lesson_finish(&l);
}

Test(learn, an_answer_that_cannot_be_is_said) {
    static const struct {
        const char *answers, *said;
    } rows[] = {{"columns/note: 没有这列\nothers: accept\n", "没有“没有这列”这一列（columns/note）"},
                {"targets/直连道路建设: T99.9\nothers: accept\n", "没有叫“T99.9”的指标"},
                {"as_of: yesterday\nothers: accept\n", "“yesterday”不是 column、title、period"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lesson l;
        learn(&l, "进展.csv", long_table, rows[i].answers);
        cr_expect_not(l.done, "%s", rows[i].answers);
        cr_expect(strstr(l.said, rows[i].said), "%s", l.said);
        lesson_finish(&l);
    }
}

Test(learn, a_persons_answer_stands_over_the_proposal) {
    struct lesson l;
    learn(&l, "进展.csv", long_table,
          "columns/note: '-'\ncolumns/share: '-'\ntargets/直连道路建设: '-'\nas_of: period\nothers: accept\n");
    cr_assert(l.done, "%s", l.said);
    cr_expect_null(strstr(buffer_text(&l.mapping), "note:"));
    cr_expect_null(strstr(buffer_text(&l.mapping), "share:"));
    cr_expect(strstr(buffer_text(&l.mapping), "# 没有对应、会退回的指标：直连道路建设\n"));
    cr_expect(strstr(buffer_text(&l.mapping), "as_of: period\n"));
    judge_learned(&l, long_table);
    cr_expect_eq(l.paper.verdict.refused, 2);
    lesson_finish(&l);
}

Test(learn, wide_tables_of_both_kinds) {
    static const char by_area[] = "截至2021年6月30日,,,,,\n序号,指标,单位,利州区,青川,合计\n1,直连道路,公里,20,31,51\n"
                                  "2,架线长度,公里,,4.125,4.125\n";
    static const char by_target[] = "截至2021年6月30日,,,,\n县区,交通,,,\n,直连道路(公里),,架线工程(公里),\n"
                                    ",目标任务,进度,目标任务,进度\n利州区,60,20,,\n青川县,62,31,5,2\n";
    struct lesson l;
    learn(&l, "分县.csv", by_area, "targets/架线长度: T06.5\nothers: accept\n");
    cr_assert(l.done, "%s", l.said);
    cr_expect_eq(l.opened.seen.layout, LAYOUT_WIDE_AREA);
    judge_learned(&l, by_area);
    cr_expect_str_eq(counts_of(&l.paper), "3 0 0 0 1 2", "%s\n%s", counts_of(&l.paper), buffer_text(&l.mapping));
    lesson_finish(&l);
    learn(&l, "无数.csv", by_area, "values/D: '-'\nvalues/E: '-'\nothers: accept\n");
    cr_expect_not(l.done);
    lesson_finish(&l);
    learn(&l, "分项.csv", by_target, "values/E: T06.2\nothers: accept\n");
    cr_assert(l.done, "%s", l.said);
    cr_expect_eq(l.opened.seen.layout, LAYOUT_WIDE_TARGET);
    cr_expect_eq(l.opened.seen.depth, 3);
    cr_expect(strstr(buffer_text(&l.mapping), "  - {target: \"T06.1\", value: \"交通/直连道路(公里)/进度\", share: "
                                              "\"交通/直连道路(公里)/目标任务\"}\n"),
              "%s", buffer_text(&l.mapping));
    judge_learned(&l, by_target);
    cr_expect_str_eq(counts_of(&l.paper), "3 0 0 0 1 0", "%s\n%s", counts_of(&l.paper), buffer_text(&l.mapping));
    lesson_finish(&l);
}

Test(learn, day_from_the_name_unit_of_the_plan_and_the_agents_own_county) {
    static const char text[] = "指标,完成数\n直连道路,31\n架线工程（非涉改乡镇）,1\n";
    struct lesson l;
    learn(&l, "青川202106.csv", text, "others: accept\n");
    cr_assert(l.done, "%s", l.said);
    cr_expect(strstr(buffer_text(&l.mapping), "as_of: {file: \"*{yyyy}{mm}*\"}\n"), "%s", buffer_text(&l.mapping));
    cr_expect(strstr(buffer_text(&l.mapping), "area: \"青川县\"\n"));
    cr_expect(strstr(buffer_text(&l.mapping), "unit: \"plan\"\n"));
    judge_learned(&l, text);
    cr_expect_str_eq(counts_of(&l.paper), "2 0 0 0 0 0", "%s", buffer_text(&l.mapping));
    lesson_finish(&l);
}

Test(learn, months_alone_and_notes_in_cells_are_asked_about) {
    static const char months[] = "指标,地区,日期,本月完成,单位\n直连道路,青川县,2021-01-31,3,公里\n";
    static const char notes[] = "指标,地区,日期,完成\n直连道路,青川县,2021-01-31,3公里（偏慢）\n";
    struct lesson l;
    learn(&l, "月.csv", months, "columns/value: '-'\nothers: accept\n");
    cr_assert(l.done, "%s", l.said);
    cr_expect(strstr(buffer_text(&l.mapping), "increments: yes\n"), "%s", buffer_text(&l.mapping));
    judge_learned(&l, months);
    cr_expect_str_eq(counts_of(&l.paper), "1 0 0 0 0 0");
    lesson_finish(&l);
    learn(&l, "月.csv", notes, "others: accept\n");
    cr_assert(l.done, "%s", l.said);
    cr_expect(strstr(buffer_text(&l.mapping), "cell: number+note\n"), "%s", buffer_text(&l.mapping));
    judge_learned(&l, notes);
    cr_expect_str_eq(counts_of(&l.paper), "1 0 0 0 0 0");
    lesson_finish(&l);
}

Test(learn, no_table_is_said_to_be_none) {
    struct lesson l;
    learn(&l, "说明.csv", "这里\n什么也没有\n", "others: accept\n");
    cr_expect_eq(l.opened.seen.depth, 0);
    cr_expect_not(l.done);
    lesson_finish(&l);
}

static const char *only_letters(const void *context, const char *answer) {
    (void)context;
    return *answer >= 'A' && *answer <= 'Z' ? NULL : "不是字母";
}

Test(learn, a_person_is_asked_again) {
    struct arena *arena = arena_create();
    char typed[] = "7\nx\nD\n", said[4096] = "";
    FILE *in = fmemopen(typed, strlen(typed), "r"), *out = fmemopen(said, sizeof said, "w");
    struct learn_asker asker = {.in = in, .out = out, .arena = arena};
    const struct learn_question question = {
        .key = "columns/value", .words = "哪一列？", .proposal = "", .objection = only_letters};
    cr_expect_str_eq(learn_ask(&asker, &question), "D");
    cr_expect_not(asker.failed);
    fclose(in);
    fclose(out);
    cr_expect(strstr(said, "不是字母。请再答一次。"));
    arena_destroy(&arena);
}

/* The same questions to a person. */
Test(learn, a_person_types_numbers_letters_and_nothing) {
    struct arena *arena = arena_create();
    char typed[] = "\n2\n-\nF\n", said[4096] = "";
    FILE *in = fmemopen(typed, strlen(typed), "r"), *out = fmemopen(said, sizeof said, "w");
    struct learn_asker asker = {.in = in, .out = out, .arena = arena};
    struct learn_question question = {.key = "targets/x", .words = "是哪个指标？", .proposal = ""};
    learn_offer(&question, "T06.1", "T06.1 直连道路");
    learn_offer(&question, "T06.2", "T06.2 架线工程");
    cr_expect_str_eq(learn_ask(&asker, &question), "T06.1", "nothing typed is the proposal");
    cr_expect_str_eq(learn_ask(&asker, &question), "T06.2");
    cr_expect_str_eq(learn_ask(&asker, &question), "");
    cr_expect_str_eq(learn_ask(&asker, &question), "F");
    cr_expect_not(asker.failed);
    learn_ask(&asker, &question);
    cr_expect(asker.failed, "the input has ended");
    fclose(in);
    fclose(out);
    arena_destroy(&arena);
}

/* --- the command --- */

static void put(const char *path, const char *text, size_t len) {
    struct error err;
    cr_assert_eq(file_write(path, text, len, 0600, &err), ERROR_OK, "%s", err.message);
}

/* In a folder of its own: a configuration, a catalogue, the file and its answers. */
static void enter(char folder[64]) {
    static const char config[] = "stream: qingchuan\nunit: 青川县\n"
                                 "server:\n  - {address: \"tcp://centre.example:5557\", key: "
                                 "\"rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7\"}\n"
                                 "key: agent.key\ncatalogue: catalogue.json\nspool: spool.sqlite\n"
                                 "sources:\n  - {name: 报表, folder: inbox}\n";
    static const char answers[] = "others: accept\n";
    strcpy(folder, "/tmp/duban-learn-XXXXXX");
    struct buffer catalogue = {0};
    cr_assert_not_null(mkdtemp(folder));
    cr_assert_eq(chdir(folder), 0);
    cr_assert_eq(mkdir("inbox", 0700), 0);
    struct plan_fixture plan = plan_fixture_open();
    cr_assert(catalogue_write(plan.plan, &catalogue));
    put("catalogue.json", buffer_text(&catalogue), catalogue.len);
    put("collector.yaml", config, sizeof config - 1);
    put("answers.yaml", answers, sizeof answers - 1);
    put("进展.csv", long_table, sizeof long_table - 1);
    buffer_finish(&catalogue);
    plan_fixture_close(&plan);
}

static int run(const char *file, const char *answers) {
    const char *words[] = {"learn", "--config", "collector.yaml", "--answers", answers, "--output", "对应.yaml", file};
    enum { COUNT = sizeof words / sizeof *words };
    char *args[COUNT + 1] = {NULL};
    for (size_t i = 0; i < COUNT; i++)
        cr_assert_not_null(args[i] = strdup(words[i]));
    int status = learn_main(COUNT, args);
    for (size_t i = 0; i < COUNT; i++)
        free(args[i]);
    return status;
}

Test(learn, the_command_writes_a_mapping_once_and_tries_the_file) {
    char folder[64], command[96];
    enter(folder);
    cr_expect_eq(run("没有.csv", "answers.yaml"), 1);
    cr_expect_eq(run("进展.csv", "没有.yaml"), 1);
    cr_expect_not(file_exists("对应.yaml"));
    cr_expect_eq(run("进展.csv", "answers.yaml"), 0, "every row of the file is taken");
    cr_expect(file_exists("对应.yaml"));
    cr_expect_eq(run("进展.csv", "answers.yaml"), 2, "what exists is not overwritten");
    snprintf(command, sizeof command, "rm -rf %s", folder);
    cr_assert_eq(system(command), 0);
}
