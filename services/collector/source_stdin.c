#include "services/collector/source_stdin.h"

#include <stdio.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/file.h"
#include "common/base/log.h"
#include "services/collector/agent.h"
#include "services/collector/command.h"
#include "services/collector/source_answer.h"
#include "services/collector/source_request.h"

enum { SPOOL_WAIT_MS = 3000, CLOCK_WAIT_MS = 3000, SEND_DEFAULT_MS = 30000 };

/* One run of the command. */
struct take {
    const struct args *args;
    const struct settings *settings;
    const struct source_settings *source;
    struct buffer bytes;
    struct catalogue *catalogue;
    struct clock clock;
    struct spool *spool;
};

static bool as_json(const struct take *take) {
    return args_has(take->args, "json");
}

/* --- what is said --- */

static int say_refusal(const struct take *take, enum refusal_code code, const char *reason, int status) {
    CLEAN(source_answer_finish) struct source_answer answer = {0};
    const struct refusal_row *row = refusal_row(code);
    if (as_json(take) && source_answer_refusal(status == TAKE_EXIT_REFUSED ? 400 : 503, code, reason, &answer))
        fputs(buffer_text(&answer.body), stdout);
    else
        fprintf(stderr, "%s（%s）。\n怎么办：%s。\n", reason ? reason : row->meaning, row->word, row->remedy);
    return status;
}

static void say_taken(const struct take *take, const char *name, const struct taken *taken) {
    CLEAN(source_answer_finish) struct source_answer answer = {0};
    CLEAN(buffer_finish) struct buffer words = {0};
    if (as_json(take) && source_answer_taken(take->source, name, taken, &answer)) {
        fputs(buffer_text(&answer.body), stdout);
        return;
    }
    source_answer_words(name, taken, &words);
    fputs(buffer_text(&words), stdout);
}

static int exit_of(const struct taken *taken) {
    if (taken->how == DOCUMENT_LATER) return TAKE_EXIT_LATER;
    if (taken->how == DOCUMENT_AGAIN)
        return taken->has_receipt && taken->receipt.receipt.refused ? TAKE_EXIT_REFUSED : TAKE_EXIT_DONE;
    return taken->verdict.refused ? TAKE_EXIT_REFUSED : TAKE_EXIT_DONE;
}

/* --- sending --- */

static void send_held(struct take *take) {
    const struct settings *settings = take->settings;
    struct uplink_settings uplink = {.servers = settings->servers.items,
                                     .server_count = settings->servers.count,
                                     .secret_key_file = settings->key,
                                     .software = "duban-collector " DUBAN_VERSION};
    const char *text = args_value(take->args, "wait", NULL);
    int64_t wait_ms = SEND_DEFAULT_MS;
    struct error err;
    if (text) (void)config_parse_duration(text, &wait_ms);
    if (!spool_send_held(take->spool, &uplink, clock_domain(&take->clock), (int)wait_ms, &err)) return;
    /* it is in the spool: nothing is lost, and the next run sends it */
    log_failure(LOG_LEVEL_WARN, "not_sent_yet", &err);
    if (!as_json(take)) fprintf(stderr, "还没有送到中心，已存在本机，下次再送：%s\n", err.message);
}

/* --- taking --- */

static void name_document(const struct take *take, const struct document *document, char out[DOCUMENT_NAME_MAX]) {
    const char *given = args_value(take->args, "name", NULL);
    const char *ending = decode_is_zip(document->bytes)            ? ".xlsx"
                         : sheet_looks_like_lines(document->bytes) ? ".jsonl"
                                                                   : ".csv";
    if (given)
        snprintf(out, DOCUMENT_NAME_MAX, "%s", given);
    else
        document_name(document->source, document, ending, out);
}

static int take_into_spool(struct take *take) {
    CLEAN(taken_finish) struct taken taken = {0};
    char name[DOCUMENT_NAME_MAX];
    struct error err;
    struct taker taker = {.settings = take->settings, .spool = take->spool, .catalogue = take->catalogue};
    struct document document = {
        .source = take->source, .name = name, .bytes = {buffer_text(&take->bytes), take->bytes.len}};
    name_document(take, &document, name);
    enum error_code code = taker_take(&taker, &document, clock_domain(&take->clock), &taken, &err);
    if (code) {
        log_failure(LOG_LEVEL_ERROR, "document_not_taken", &err);
        return say_refusal(take, REFUSAL_REQUEST_LATER, "待发库写不进去", TAKE_EXIT_LATER);
    }
    say_taken(take, name, &taken);
    if (args_has(take->args, "once")) send_held(take);
    return exit_of(&taken);
}

static int open_spool(struct take *take) {
    const struct settings *settings = take->settings;
    const struct spool_limits limits = {.keep_ms = settings->keep_ms,
                                        .keep_bytes = settings->keep_bytes,
                                        .max_bytes = settings->max_bytes,
                                        .reserve_bytes = settings->reserve_bytes};
    struct error err;
    enum error_code code =
        spool_open(settings->spool, slice_of(settings->stream), &limits, SPOOL_WAIT_MS, &take->spool, &err);
    if (!code) return TAKE_EXIT_DONE;
    fprintf(stderr, "%s: %s\n", err.place, err.message);
    if (code == ERROR_CONFLICT) return say_refusal(take, REFUSAL_SPOOL_IN_USE, NULL, TAKE_EXIT_IN_USE);
    return say_refusal(take, REFUSAL_REQUEST_LATER, "待发库打不开", TAKE_EXIT_LATER);
}

/* Whatever was cut off at its end may end in half a number. */
static int read_input(struct take *take) {
    struct error err;
    enum error_code code = file_read("-", SHEET_BYTES_MAX, &take->bytes, &err);
    if (code == ERROR_INPUT) return say_refusal(take, REFUSAL_TOO_LARGE, NULL, TAKE_EXIT_REFUSED);
    if (code) {
        fprintf(stderr, "%s\n", err.message);
        return say_refusal(take, REFUSAL_REQUEST_CUT, "标准输入读不到底", TAKE_EXIT_REFUSED);
    }
    if (take->bytes.len == 0) return say_refusal(take, REFUSAL_REQUEST_EMPTY, NULL, TAKE_EXIT_REFUSED);
    if (!decode_is_whole((struct slice){buffer_text(&take->bytes), take->bytes.len}))
        return say_refusal(take, REFUSAL_REQUEST_CUT, NULL, TAKE_EXIT_REFUSED);
    return TAKE_EXIT_DONE;
}

static int take_document(struct take *take) {
    const char *clock = take->settings->clock && *take->settings->clock ? take->settings->clock : NULL;
    struct error err;
    int status = read_input(take);
    if (status) return status;
    if (agent_catalogue(take->settings, &take->catalogue, &err)) {
        fprintf(stderr, "计划目录 %s 读不了，请向中心要新的 catalogue.json：%s\n", take->settings->catalogue,
                err.message);
        return TAKE_EXIT_USAGE;
    }
    if (clock_open(&take->clock, clock, CLOCK_WAIT_MS, &err)) {
        fprintf(stderr, "%s\n", err.message);
        return TAKE_EXIT_USAGE;
    }
    status = open_spool(take);
    return status ? status : take_into_spool(take);
}

/* --- the command --- */

static const struct args_option options[] = {
    {.name = "config", .value = "FILE", .help = "configuration", .help_zh = "配置文件"},
    {.name = "source",
     .value = "NAME",
     .help = "of kind stdin; the only one by default",
     .help_zh = "哪个来源（source: stdin）；只有一个时不用写"},
    {.name = "name",
     .value = "FILE",
     .help = "what the receipt calls it",
     .help_zh = "回执里叫什么文件名；默认用来源名加内容的校验码"},
    {.name = "once", .help = "sends what the spool holds, too", .help_zh = "收好以后连同以前没送到的一起送到中心"},
    {.name = "wait",
     .value = "TIME",
     .help = "how long to wait for the centre: 30s by default",
     .help_zh = "等中心多久，默认 30s"},
    {.name = "json", .help = "answers in JSON, as HTTP does", .help_zh = "用 JSON 回答，与 http 来源的一样"},
    {.name = NULL},
};
static const struct args_program program = {
    .name = "duban-collector",
    .summary = "takes one document from the standard input",
    .summary_zh = "从标准输入收一份报表（CSV、JSON 行或 .xlsx），给定时任务用；退出码 0 收好 1 有退回 2 用法或配置 "
                  "3 采集端正在运行 4 现在收不了",
    .plain = {.name = "take", .options = options},
};

static const struct source_settings *find_source(const struct settings *settings, const char *name) {
    const struct source_settings *found = NULL;
    for (size_t i = 0; i < settings->sources.count; i++) {
        const struct source_settings *source = &settings->sources.items[i];
        if (source->kind != SOURCE_STDIN || (name && strcmp(source->name, name) != 0)) continue;
        if (found) return NULL;
        found = source;
    }
    return found;
}

static int wrong_usage(const struct take *take) {
    const char *name = args_value(take->args, "name", NULL), *wait = args_value(take->args, "wait", NULL);
    int64_t ms = 0;
    if (!take->source) {
        fputs("请用 --source 写明一个 source: stdin 的来源\n", stderr);
        return TAKE_EXIT_USAGE;
    }
    if (name && !request_name_sound(name)) {
        fprintf(stderr, "--name：%s\n", refusal_row(REFUSAL_REQUEST_NAME)->remedy);
        return TAKE_EXIT_USAGE;
    }
    if (wait && (!config_parse_duration(wait, &ms) || ms < 0 || ms > MS_HOUR)) {
        fputs("--wait 请写成 30s、2min 的样子，最多 1h\n", stderr);
        return TAKE_EXIT_USAGE;
    }
    return TAKE_EXIT_DONE;
}

int take_main(int argc, char **argv) {
    struct args args;
    struct config config;
    struct settings settings;
    int status;
    if (!command_args(&program, argc, argv, &args, &status)) return status;
    if (!command_settings(args_value(&args, "config", NULL), &config, &settings, &status)) return TAKE_EXIT_USAGE;
    log_init("duban-collector", LOG_LEVEL_ERROR, 2);
    struct take take = {.args = &args,
                        .settings = &settings,
                        .source = find_source(&settings, args_value(&args, "source", NULL)),
                        .clock = {.inotify = -1}};
    status = wrong_usage(&take);
    if (!status) status = take_document(&take);
    spool_close(&take.spool);
    clock_finish(&take.clock);
    catalogue_destroy(&take.catalogue);
    buffer_finish(&take.bytes);
    settings_finish(&settings);
    config_finish(&config);
    return status;
}
