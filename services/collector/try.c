#include "services/collector/try.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "common/base/cleanup.h"
#include "common/base/random.h"
#include "common/base/text.h"
#include "services/collector/agent.h"
#include "services/collector/command.h"
#include "services/collector/marked.h"
#include "services/collector/sql.h"
#include "services/collector/sql_take.h"
#include "services/collector/taker.h"
#include "services/collector/try_words.h"

enum { COLUMN_COUNT = 6, NAME_WIDTH_MAX = 24 };

/* --- nothing was sent before --- */

static enum error_code nothing(void *context, const struct source_cell *cell, struct day as_of,
                               struct source_figure *out, struct error *err) {
    (void)context, (void)cell, (void)as_of, (void)err;
    *out = (struct source_figure){.found = false};
    return ERROR_OK;
}
static enum error_code no_words(void *context, const struct source_cell *cell, struct day as_of, struct slice words,
                                bool *same, struct error *err) {
    (void)context, (void)cell, (void)as_of, (void)words, (void)err;
    *same = false;
    return ERROR_OK;
}

/* --- the table --- */

struct line {
    const char *cells[COLUMN_COUNT];
};

static struct line line_of(const struct verdict *verdict, const struct plan *plan, const struct outcome *outcome) {
    const struct reading *reading = &outcome->reading;
    char day[DAY_TEXT_MAX];
    day_print(reading->as_of, day);
    const char *target = reading->target != NO_INDEX ? plan->targets[reading->target].code
                         : reading->task != NO_INDEX ? plan->tasks[reading->task].code
                                                     : "";
    return (struct line){{say(verdict->arena, "%zu", verdict->sheet.rows[reading->row].line), try_result(outcome),
                          target, reading->area != NO_INDEX ? plan->areas[reading->area].name : "",
                          arena_copy(verdict->arena, day), try_figure(verdict, plan, outcome)}};
}

static void print_line(const struct line *line, const size_t *widths, const char *remark, struct buffer *out) {
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        text_pad(line->cells[i], strlen(line->cells[i]), widths[i], i == 0 ? TEXT_RIGHT : TEXT_LEFT, out);
        buffer_add_text(out, "  ");
    }
    buffer_add_text(out, remark);
    while (out->len && out->data[out->len - 1] == ' ')
        buffer_cut(out, out->len - 1);
    buffer_add_char(out, '\n');
}

static void print_rows(const struct verdict *verdict, const struct plan *plan, struct buffer *out) {
    struct line title = {{"行", "结果", "指标", "地区", "日期", "读作"}};
    struct line *lines = arena_array(verdict->arena, verdict->outcome_count, sizeof *lines);
    size_t widths[COLUMN_COUNT];
    if (!lines) return;
    for (size_t k = 0; k < COLUMN_COUNT; k++)
        widths[k] = text_width(title.cells[k], strlen(title.cells[k]));
    for (size_t i = 0; i < verdict->outcome_count; i++) {
        lines[i] = line_of(verdict, plan, &verdict->outcomes[i]);
        for (size_t k = 0; k < COLUMN_COUNT; k++) {
            size_t width = text_width(lines[i].cells[k], strlen(lines[i].cells[k]));
            if (width > NAME_WIDTH_MAX) width = NAME_WIDTH_MAX;
            if (width > widths[k]) widths[k] = width;
        }
    }
    print_line(&title, widths, "说明", out);
    for (size_t i = 0; i < verdict->outcome_count; i++)
        if (verdict->outcomes[i].reading.kind != READING_EMPTY)
            print_line(&lines[i], widths, try_remark(verdict, &verdict->outcomes[i]), out);
}

void try_print(const struct verdict *verdict, const struct plan *plan, struct buffer *out) {
    if (verdict->whole.code) {
        buffer_printf(out, "整份退回：%s。\n怎么改：%s。\n", verdict->whole.reason, refusal_remedy(&verdict->whole));
        return;
    }
    if (verdict->sheet.query) {
        buffer_printf(out, "数据库查询，%zu行", verdict->sheet.row_count - 1);
    } else if (verdict->workbook) {
        buffer_printf(out, "工作簿，工作表“%s”", verdict->sheet.name);
    } else {
        const char *separator = verdict->sheet.separator == ','    ? "逗号分隔"
                                : verdict->sheet.separator == '\t' ? "制表符分隔"
                                : verdict->sheet.separator == ';'  ? "分号分隔"
                                                                   : "JSON 行";
        buffer_printf(out, "编码 %s，%s", text_encoding_name(verdict->decoded.encoding), separator);
    }
    if (!verdict->sheet.named) buffer_printf(out, "，表头在第%zu行", verdict->sheet.rows[verdict->header.row].line);
    buffer_add_text(out, "\n\n");
    print_rows(verdict, plan, out);
    buffer_printf(out, "\n收 %u（其中待核 %u）  没有数 %u  跳过 %u  退回 %u\n", verdict->taken, verdict->held,
                  verdict->blank, verdict->skipped, verdict->refused);
    if (verdict->note) buffer_printf(out, "注意：%s\n", verdict->note);
    buffer_add_text(out, "只是试读，什么也没有发出；没有与以前报过的数比较。\n");
}

static int write_marked(const struct verdict *verdict, const struct plan *plan, const char *xlsx) {
    struct error err;
    enum error_code code = marked_try(verdict, plan, xlsx, &err);
    if (code) {
        fprintf(stderr, "%s 写不了：%s\n", xlsx, err.message);
        return error_exit_status(code);
    }
    printf("已写入 %s：有问题的格涂了颜色，批注里写着原因。\n", xlsx);
    return 0;
}

/* Judges as if nothing had been sent before, and says what comes of it. */
static int show(struct paper *paper, const struct catalogue *catalogue, const char *xlsx) {
    CLEAN(buffer_finish) struct buffer text = {0};
    CLEAN(verdict_finish) struct verdict verdict = {.whole = {.code = REFUSAL_NONE}};
    struct error err;
    paper->now = real_now();
    paper->catalogue = catalogue;
    paper->memory = (struct memory){.figure_at = nothing, .figure_before = nothing, .words_same = no_words};
    enum error_code code = paper_judge(paper, &verdict, &err);
    if (code) {
        fprintf(stderr, "%s\n", err.message);
        return error_exit_status(code);
    }
    if (!paper->sheet && !taker_is_whole(paper))
        fputs(paper->file ? "注意：这个工作簿还没有写完；正式采集会一直等它写完。\n"
                          : "注意：文件最后没有换行，看上去还没有写完；正式采集会一直等它写完。\n",
              stdout);
    try_print(&verdict, catalogue_plan(catalogue), &text);
    fputs(buffer_text(&text), stdout);
    int status = xlsx ? write_marked(&verdict, catalogue_plan(catalogue), xlsx) : 0;
    return status ? status : verdict.refused ? 1 : 0;
}

static void say_no_catalogue(const struct settings *settings, const struct error *err) {
    fprintf(stderr, "计划目录 %s 读不了，请向中心要新的 catalogue.json：%s\n", settings->catalogue, err->message);
}

int try_file(const struct settings *settings, const struct source_settings *source, const char *path) {
    return try_file_marked(settings, source, path, NULL);
}

static bool same_file(const char *a, const char *b) {
    struct stat one, other;
    return stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

int try_file_marked(const struct settings *settings, const struct source_settings *source, const char *path,
                    const char *xlsx) {
    CLEAN(buffer_finish) struct buffer bytes = {0};
    CLEAN(catalogue_destroy) struct catalogue *catalogue = NULL;
    if (xlsx && same_file(path, xlsx)) {
        fprintf(stderr, "--xlsx 不能是原文件 %s，请换一个名称\n", path);
        return 2;
    }
    CLEAN(taker_close) struct paper paper = {.file = NULL};
    struct error err;
    enum error_code code = agent_catalogue(settings, &catalogue, &err);
    if (code) {
        say_no_catalogue(settings, &err);
        return error_exit_status(code);
    }
    code = taker_open(settings, source, path, &bytes, &paper, &err);
    if (code) {
        fprintf(stderr, "文件 %s 读不了：%s\n", path, err.message);
        return error_exit_status(code);
    }
    return show(&paper, catalogue, xlsx);
}

int try_query(const struct settings *settings, const struct source_settings *source, const char *xlsx) {
    CLEAN(arena_destroy) struct arena *arena = arena_create();
    CLEAN(catalogue_destroy) struct catalogue *catalogue = NULL;
    CLEAN(sql_rows_finish) struct sql_rows rows = {.count = 0};
    struct paper paper = {.file = NULL};
    struct error err;
    enum error_code code = agent_catalogue(settings, &catalogue, &err);
    if (code) {
        say_no_catalogue(settings, &err);
        return error_exit_status(code);
    }
    if (!arena || !sql_ask_now(source, arena, &rows, &err)) {
        fprintf(stderr, "数据库问不了：%s\n", arena ? err.message : "内存不够");
        return 1;
    }
    char name[SQL_NAME_MAX];
    sql_take_name(source, name);
    paper = (struct paper){.source = source->name,
                           .name = slice_of(name),
                           .sheet = &rows.sheet,
                           .given = rows.whole.code ? &rows.whole : NULL,
                           .modified = INSTANT_NONE,
                           .mapping = &source->mapping,
                           .unit = settings->unit,
                           .on_behalf = source->on_behalf,
                           .make_uid = random_uid};
    return show(&paper, catalogue, xlsx);
}

static const struct args_option options[] = {
    {.name = "config", .value = "FILE", .help = "configuration", .help_zh = "配置文件"},
    {.name = "source",
     .value = "NAME",
     .help = "whose mapping to use; the first",
     .help_zh = "按哪个来源的列对应来读；默认第一个"},
    {.name = "xlsx",
     .value = "OUT",
     .help = "writes the table as a workbook, too, with colours and comments",
     .help_zh = "另存一份工作簿：有问题的格涂颜色、加批注"},
    {.name = NULL},
};
static const struct args_program program = {
    .name = "duban-collector",
    .summary = "shows how every row of a file, or of a database's answer, is read; sends nothing",
    .summary_zh = "试读一个文件，不给文件就问一次数据库：每行读成什么、为什么退回；什么也不发出",
    .plain = {.name = "try", .positionals = "FILE", .positional_min = 0, .positional_max = 1, .options = options},
};

int try_main(int argc, char **argv) {
    struct args args;
    struct config config;
    struct settings settings;
    int status;
    if (!command_args(&program, argc, argv, &args, &status)) return status;
    if (!command_settings(args_value(&args, "config", NULL), &config, &settings, &status)) return status;
    const struct source_settings *source = settings_source(&settings, args_value(&args, "source", NULL));
    const char *xlsx = args_value(&args, "xlsx", NULL);
    if (source && args.positional_count) {
        status = try_file_marked(&settings, source, args.positionals[0], xlsx);
    } else if (source && source->kind == SOURCE_SQL) {
        status = try_query(&settings, source, xlsx);
    } else if (source) {
        fputs("请给出要试读的文件；只有数据库来源（source: sql）不用文件\n", stderr);
        status = 2;
    } else {
        fprintf(stderr, "配置里没有这个来源：%s\n", args_value(&args, "source", ""));
        status = 2;
    }
    settings_finish(&settings);
    config_finish(&config);
    return status;
}
