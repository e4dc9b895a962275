#include "services/collector/learn.h"

#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/file.h"
#include "services/collector/agent.h"
#include "services/collector/command.h"
#include "services/collector/learn_open.h"
#include "services/collector/taker.h"
#include "services/collector/try.h"

struct learning {
    const struct settings *settings;
    const struct source_settings *source;
    const char *path, *output;
    struct catalogue *catalogue;
    struct arena *arena;
    struct learn_asker asker;
};

static void learning_finish(struct learning *learning) {
    catalogue_destroy(&learning->catalogue);
    arena_destroy(&learning->arena);
}

/* --- asking --- */

static bool confirm(struct learning *in, const struct learn_opened *opened, struct buffer *mapping) {
    const struct learn_table table = {.file = path_name(in->path),
                                      .unit = in->settings->unit,
                                      .sheet = &opened->sheet,
                                      .sheet_answer = opened->sheet_answer,
                                      .plan = catalogue_plan(in->catalogue),
                                      .arena = in->arena};
    struct learned learned;
    if (!learn_confirm(&table, &opened->seen, &in->asker, &learned)) return false;
    learn_write(&table, &opened->seen, &learned, mapping);
    return !mapping->failed && !arena_failed(in->arena);
}

static int learn_file(struct learning *in, struct buffer *mapping) {
    CLEAN(buffer_finish) struct buffer bytes = {0};
    CLEAN(taker_close) struct paper paper = {.file = NULL};
    CLEAN(learn_opened_finish) struct learn_opened opened = {.sheet_answer = ""};
    struct refusal refusal;
    struct error err;
    if (taker_open(in->settings, in->source, in->path, &bytes, &paper, &err)) {
        fprintf(stderr, "文件 %s 读不了：%s\n", in->path, err.message);
        return 1;
    }
    paper.catalogue = in->catalogue;
    if (paper.too_large || !learn_open(&paper, instant_day(real_now()), in->arena, &in->asker, &opened, &refusal)) {
        if (in->asker.failed) return 2;
        fprintf(stderr, "%s\n",
                paper.too_large ? "文件太大。请只导出要报的表。" : refusal_sentence(in->arena, &refusal));
        return 1;
    }
    if (opened.seen.depth == 0) {
        fputs("看不出哪里是表头：没有一行既有数，又有计划里的县区或指标。请确认是要报的表，里面有数。\n", stderr);
        return 1;
    }
    return confirm(in, &opened, mapping) ? 0 : 2;
}

/* --- the mapping, and the file tried with it --- */

static int try_mapping(struct learning *in, const struct buffer *mapping) {
    CLEAN(findings_finish) struct findings findings = {NULL, 0, 0, 0};
    CLEAN(yaml_finish) struct yaml doc;
    struct source_settings source = *in->source;
    yaml_parse(&doc, in->output, buffer_text(mapping), mapping->len, &findings);
    mapping_read(&doc, doc.root, in->arena, &source.mapping);
    for (size_t i = 0; i < findings.count; i++)
        fprintf(stderr, "%s: %s\n", findings.items[i].place, findings.items[i].message);
    printf("\n照这个对应试读：\n");
    return try_file(in->settings, &source, in->path);
}

static int write_mapping(struct learning *in, const struct buffer *mapping) {
    struct error err;
    if (file_write(in->output, buffer_text(mapping), mapping->len, 0644, &err)) {
        fprintf(stderr, "%s 写不了：%s\n", in->output, err.message);
        return 1;
    }
    printf("\n已写好列的对应：%s\n在采集端配置的来源“%s”里写 mapping: %s\n", in->output, in->source->name, in->output);
    return 0;
}

static int learn_all(struct learning *in) {
    CLEAN(buffer_finish) struct buffer mapping = {0};
    struct error err;
    enum error_code code = agent_catalogue(in->settings, &in->catalogue, &err);
    if (code) {
        fprintf(stderr, "计划目录 %s 读不了，请向中心要新的 catalogue.json：%s\n", in->settings->catalogue,
                err.message);
        return error_exit_status(code);
    }
    int status = learn_file(in, &mapping);
    if (!status) status = write_mapping(in, &mapping);
    return status ? status : try_mapping(in, &mapping);
}

/* --- the command --- */

static int with_answers(struct learning *in, const char *answers) {
    CLEAN(buffer_finish) struct buffer bytes = {0};
    CLEAN(findings_finish) struct findings findings = {NULL, 0, 0, 0};
    CLEAN(yaml_finish) struct yaml doc = {.root = NULL};
    struct error err;
    if (!answers) return learn_all(in);
    if (file_read(answers, YAML_BYTES_MAX, &bytes, &err)) {
        fprintf(stderr, "回答文件 %s 读不了：%s\n", answers, err.message);
        return 1;
    }
    yaml_parse(&doc, answers, buffer_text(&bytes), bytes.len, &findings);
    in->asker.answers = &doc;
    int status = findings.errors ? 2 : learn_all(in);
    for (size_t i = 0; i < findings.count; i++)
        fprintf(stderr, "%s: %s\n", findings.items[i].place, findings.items[i].message);
    return findings.errors ? 2 : status;
}

static const struct args_option options[] = {
    {.name = "config", .value = "FILE", .help = "configuration", .help_zh = "配置文件"},
    {.name = "source", .value = "NAME", .help = "for which source; the first", .help_zh = "给哪个来源；默认第一个"},
    {.name = "answers",
     .value = "FILE",
     .help = "answers by key instead of questions; others: accept takes all proposals",
     .help_zh = "从文件里取回答，不提问；others: accept 表示其余都照建议"},
    {.name = "output",
     .value = "FILE",
     .help = "where the mapping goes; mapping.yaml",
     .help_zh = "列的对应写到哪里；默认 mapping.yaml"},
    {.name = NULL},
};
static const struct args_program program = {
    .name = "duban-collector",
    .summary = "looks at a table, has a person confirm what is what, writes the mapping, tries the file",
    .summary_zh = "认一张新表：逐项请人确认，写出列的对应，再试读",
    .plain = {.name = "learn", .positionals = "FILE", .positional_min = 1, .positional_max = 1, .options = options},
};

static int learn_with(const struct args *args, const struct settings *settings) {
    CLEAN(learning_finish)
    struct learning in = {.settings = settings,
                          .source = settings_source(settings, args_value(args, "source", NULL)),
                          .path = args->positionals[0],
                          .output = args_value(args, "output", "mapping.yaml"),
                          .arena = arena_create(),
                          .asker = {.in = stdin, .out = stdout}};
    in.asker.arena = in.arena;
    if (!in.source) {
        fprintf(stderr, "配置里没有这个来源：%s\n", args_value(args, "source", ""));
        return 2;
    }
    if (file_exists(in.output)) {
        fprintf(stderr, "已经有 %s ：请用 --output 写到别的文件，或先把它移走。\n", in.output);
        return 2;
    }
    return in.arena ? with_answers(&in, args_value(args, "answers", NULL)) : 1;
}

int learn_main(int argc, char **argv) {
    struct args args;
    struct config config;
    struct settings settings;
    int status;
    if (!command_args(&program, argc, argv, &args, &status)) return status;
    if (!command_settings(args_value(&args, "config", NULL), &config, &settings, &status)) return status;
    status = learn_with(&args, &settings);
    settings_finish(&settings);
    config_finish(&config);
    return status;
}
