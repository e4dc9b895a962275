#include "services/collector/resume.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/file.h"
#include "common/base/status.h"
#include "common/link/dealer.h"
#include "proto/codes.h"
#include "services/collector/command.h"

static char *request_file(const struct settings *settings) {
    char *path = malloc(strlen(settings->spool) + sizeof ".resume");
    if (path) {
        strcpy(path, settings->spool);
        strcat(path, ".resume");
    }
    return path;
}

bool resume_asked(const struct settings *settings) {
    AUTO_FREE char *path = request_file(settings);
    return path && unlink(path) == 0;
}

const char *resume_words(enum halt_reason reason) {
    switch (reason) {
    case HALT_NONE:
        return "没有停，不用恢复。";
    case HALT_FENCED:
        return "另有一个更新的采集端在用同一个流：可能是从备份恢复了整台机器、复制了待发库，或装了两份。\n"
               "请先确认只有这一份在运行，再恢复；恢复后以这一份为准。";
    case HALT_FORK:
        return "中心在同样的序号下存着别的数据：待发库是旧的或被换过。\n"
               "请先联系中心核对，由中心执行 duban stream reopen，再恢复；没有确认的数会用新的一段重发。";
    case HALT_STALE_SPOOL:
        return "中心存着的数据比待发库新：待发库是从备份恢复的。\n请先由中心执行 duban stream reopen，再恢复。";
    case HALT_REVOKED:
        return "中心已收回本机的密钥。请联系中心；如需重新启用，先移走 agent.key，\n再运行 setup "
               "另做密钥，把新指纹报给中心。";
    case HALT_UNSUPPORTED_VERSION:
        return "中心不再支持本程序的版本。请先升级采集端，再恢复。";
    case HALT_GAP_LOST:
        return "中心缺的数据本机已经不留存了（中心可能恢复了很旧的备份）。\n"
               "请先由中心执行 duban stream reopen，再恢复：留存的数据会全部重发，更早的缺口请中心另补。";
    case HALT_REFUSED:
        return "中心拒绝了本采集端，原因见日志。请联系中心后再恢复。";
    }
    return "原因不明，请联系中心。";
}

bool resume_wants_reopening(enum halt_reason reason) {
    return reason == HALT_FORK || reason == HALT_STALE_SPOOL || reason == HALT_GAP_LOST;
}

const char *resume_trouble_words(const char *trouble) {
    size_t count;
    const struct code_row *rows = wire_error_rows(&count);
    if (strcmp(trouble, wire_error_row(WIRE_UNKNOWN_EPOCH)->english) == 0)
        return "中心认得这个流，不认得本机的待发库：换了机器，或待发库是新建的（旧的没有了）。\n"
               "请中心执行下面的命令；执行以后采集端自己会连上，收过的数不会重复算。";
    if (strcmp(trouble, dealer_news_text(DEALER_REFUSED)) == 0)
        return "中心不认得本机的密钥：还没有登记，或已收回，或重装后另做了密钥。\n"
               "请运行 setup 看指纹，打电话报给中心登记；登记以后采集端自己会连上。";
    for (size_t i = 0; i < count; i++)
        if (strcmp(trouble, rows[i].english) == 0) return rows[i].chinese;
    return "连不上中心，采集端会一直再试；数都存在本机。请检查网络，或运行 setup 逐项测试。";
}

static void print_reopening(const struct settings *settings) {
    printf("中心要执行的命令：duban stream reopen %s --reason 原因\n", settings->stream);
}

/* It goes on by itself, but perhaps only when somebody at the centre has done something. */
static void print_trouble(const struct settings *settings) {
    CLEAN(status_finish) struct status status;
    struct error err;
    memset(&status, 0, sizeof status);
    bool read = settings->status && status_read(&status, settings->status, &err) == ERROR_OK;
    const char *trouble = read ? status_get_text(&status, "uplink") : NULL;
    if (!trouble || !*trouble) return;
    printf("%s\n", resume_trouble_words(trouble));
    if (strcmp(trouble, wire_error_row(WIRE_UNKNOWN_EPOCH)->english) == 0) print_reopening(settings);
}

static void print_reason(const struct settings *settings, enum halt_reason reason) {
    printf("%s\n", resume_words(reason));
    if (resume_wants_reopening(reason)) print_reopening(settings);
    if (reason == HALT_NONE) print_trouble(settings);
}

/* The running agent says in its status file what halted it. */
static enum halt_reason reason_in_status(const struct settings *settings) {
    CLEAN(status_finish) struct status status;
    struct error err;
    char key[STATUS_WORD_MAX];
    snprintf(key, sizeof key, "stream/%s/halt", settings->stream);
    bool read = settings->status && status_read(&status, settings->status, &err) == ERROR_OK;
    if (!settings->status) memset(&status, 0, sizeof status);
    const char *word = read ? status_get_text(&status, key) : NULL;
    for (int reason = HALT_FENCED; word && reason <= HALT_REFUSED; reason++)
        if (strcmp(word, halt_reason_name((enum halt_reason)reason)) == 0) return (enum halt_reason)reason;
    return HALT_NONE;
}

static bool operator_agrees(const struct args *args) {
    char answer[16];
    if (args_has(args, "yes")) return true;
    fputs("现在恢复吗？输入 yes 恢复：", stdout);
    fflush(stdout);
    return fgets(answer, sizeof answer, stdin) && strncmp(answer, "yes", 3) == 0;
}

/* The agent runs and holds the spool: leave it a word. */
static int ask_agent(const struct settings *settings, const struct args *args) {
    enum halt_reason reason = reason_in_status(settings);
    print_reason(settings, reason);
    if (reason == HALT_NONE || !operator_agrees(args)) return reason == HALT_NONE ? 0 : 1;
    AUTO_FREE char *path = request_file(settings);
    struct error err;
    if (!path || file_write(path, "resume\n", 7, 0600, &err)) {
        fprintf(stderr, "%s\n", path ? err.message : "no memory");
        return 1;
    }
    puts("已通知正在运行的采集端，一秒内恢复；结果见状态文件和日志。");
    return 0;
}

/* What uplink_resume does, with no session there. */
static enum error_code resume_spool(struct spool *spool, uint64_t gen, struct error *err) {
    const struct spool_state *state = spool_state(spool);
    enum halt_reason halt = state->halt;
    if (!gen) gen = state->halt_gen;
    enum error_code code = ERROR_OK;
    if (resume_wants_reopening(halt)) code = spool_new_epoch(spool, err);
    if (!code && gen > spool_state(spool)->gen) code = spool_store_gen(spool, gen, err);
    return code ? code : spool_set_halt(spool, HALT_NONE, 0, err);
}

static int resume_here(const struct settings *settings, const struct args *args) {
    CLEAN(spool_close) struct spool *spool = NULL;
    struct error err;
    if (!file_exists(settings->spool)) {
        puts("还没有待发库：采集端没有运行过，不用恢复。");
        return 0;
    }
    enum error_code code = spool_open(settings->spool, slice_of(settings->stream), NULL, 500, &spool, &err);
    if (code == ERROR_CONFLICT) return ask_agent(settings, args);
    if (code) {
        fprintf(stderr, "%s: %s\n", err.place, err.message);
        return error_exit_status(code);
    }
    enum halt_reason reason = spool_state(spool)->halt;
    print_reason(settings, reason);
    if (reason == HALT_NONE) return 0;
    if (!operator_agrees(args)) return 1;
    uint64_t gen = strtoull(args_value(args, "gen", "0"), NULL, 10);
    code = resume_spool(spool, gen, &err);
    if (code) {
        fprintf(stderr, "%s\n", err.message);
        return error_exit_status(code);
    }
    puts("已恢复；启动采集端后接着发。");
    return 0;
}

static const struct args_option options[] = {
    {.name = "config", .value = "FILE", .help = "configuration", .help_zh = "配置文件"},
    {.name = "gen",
     .value = "N",
     .help = "the centre's gen, when it is known to be higher",
     .help_zh = "中心告知的 gen（一般不用填）"},
    {.name = "yes", .help = "do not ask", .help_zh = "不再询问"},
    {.name = NULL},
};
static const struct args_program program = {
    .name = "duban-collector",
    .summary = "says what halted the agent, and goes on",
    .summary_zh = "说明采集端为什么停了，并恢复",
    .plain = {.name = "resume", .options = options},
};

int resume_main(int argc, char **argv) {
    struct args args;
    struct config config;
    struct settings settings;
    int status;
    if (!command_args(&program, argc, argv, &args, &status)) return status;
    if (!command_settings(args_value(&args, "config", NULL), &config, &settings, &status)) return status;
    status = resume_here(&settings, &args);
    settings_finish(&settings);
    config_finish(&config);
    return status;
}
