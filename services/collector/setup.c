#include "services/collector/setup.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/base/cleanup.h"
#include "common/base/file.h"
#include "proto/chain.h"
#include "services/collector/command.h"
#include "services/collector/folder.h"
#include "services/collector/probe.h"
#include "services/collector/try.h"

enum { ANSWER_MAX = 512 };

struct answers {
    char home[ANSWER_MAX], server[ANSWER_MAX], server_key[ANSWER_MAX], stream[ANSWER_MAX], unit[ANSWER_MAX],
        folder[ANSWER_MAX];
};

static const struct {
    const char *option;
    size_t offset;
    const char *question, *fallback;
} questions[] = {
    {"dir", offsetof(struct answers, home), "采集端放在哪个文件夹（配置、密钥、待发库）", "/etc/duban-collector"},
    {"server", offsetof(struct answers, server), "中心服务器地址", "tcp://centre.example:5557"},
    {"server-key", offsetof(struct answers, server_key), "中心服务器公钥（40个字符，或 .pub 文件）", ""},
    {"stream", offsetof(struct answers, stream), "流名（中心给出，小写字母、数字、-）", ""},
    {"unit", offsetof(struct answers, unit), "填报单位（如 青川县）", ""},
    {"folder", offsetof(struct answers, folder), "报表放在哪个文件夹", ""},
};

static bool ask(const char *question, const char *fallback, char *answer) {
    printf("%s%s%s%s：", question, *fallback ? " [" : "", fallback, *fallback ? "]" : "");
    fflush(stdout);
    if (!fgets(answer, ANSWER_MAX, stdin)) return false;
    answer[strcspn(answer, "\r\n")] = 0;
    if (!*answer) snprintf(answer, ANSWER_MAX, "%s", fallback);
    return *answer != 0;
}

/* From the options; what is missing is asked, unless --batch. */
static bool collect(const struct args *args, struct answers *answers) {
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        char *answer = (char *)answers + questions[i].offset;
        const char *given = args_value(args, questions[i].option, NULL);
        if (given) {
            snprintf(answer, ANSWER_MAX, "%s", given);
        } else if (args_has(args, "batch") || !ask(questions[i].question, questions[i].fallback, answer)) {
            fprintf(stderr, "缺少：%s（--%s）\n", questions[i].question, questions[i].option);
            return false;
        }
    }
    return true;
}

/* The folder becomes absolute: in the configuration a relative one would be taken from there. */
static bool folder_sound(struct answers *answers) {
    struct stat seen;
    AUTO_FREE char *absolute = realpath(answers->folder, NULL);
    if (!absolute || strlen(absolute) >= ANSWER_MAX || stat(absolute, &seen) != 0 || !S_ISDIR(seen.st_mode)) {
        fprintf(stderr, "文件夹打不开：%s\n", answers->folder);
        return false;
    }
    strcpy(answers->folder, absolute);
    return true;
}

static bool answers_sound(struct answers *answers, char server_key[KEY_TEXT_MAX]) {
    struct error err;
    if (strpbrk(answers->unit, "\"\\\n") || strpbrk(answers->folder, "\"\\\n") || strpbrk(answers->server, "\"\\\n")) {
        fputs("单位、文件夹、地址里不能有引号和反斜杠。\n", stderr);
        return false;
    }
    if (!chain_stream_name_valid(slice_of(answers->stream))) {
        fprintf(stderr, "流名“%s”不对：1到32个小写字母、数字或 - 。\n", answers->stream);
        return false;
    }
    if (link_address_check(answers->server, &err)) {
        fprintf(stderr, "%s\n", probe_words(PROBE_BAD_ADDRESS));
        return false;
    }
    if (key_public_read(answers->server_key, server_key, &err)) {
        fprintf(stderr, "服务器公钥“%s”读不了：应是40个字符，或一个 .pub 文件。请核对，或向中心重新要一次。\n",
                answers->server_key);
        return false;
    }
    return folder_sound(answers);
}

/* An existing key stays: its fingerprint may be registered already. */
static bool key_ready(const char *file, struct key_pair *pair) {
    struct error err;
    char fingerprint[KEY_FINGERPRINT_MAX];
    enum error_code code = ERROR_OK;
    if (file_exists(file)) {
        code = key_pair_load(file, pair, &err);
    } else {
        code = key_pair_make(pair, &err);
        if (!code) code = key_pair_save(pair, file, &err);
        if (!code) printf("已生成密钥：%s（只有本用户能读，不要外传）\n", file);
    }
    if (code) {
        fprintf(stderr, "%s\n", err.message);
        return false;
    }
    key_fingerprint(pair->public_key, fingerprint);
    printf("公钥：%s\n指纹（请电话报给中心）：%s\n", pair->public_key, fingerprint);
    return true;
}

/* It may have been edited since; but then what is tested here is not what the agent will use. */
static bool config_stays(const char *file, const struct buffer *wanted) {
    CLEAN(buffer_finish) struct buffer there = {0};
    struct error err;
    bool same = file_read(file, YAML_BYTES_MAX, &there, &err) == ERROR_OK && there.len == wanted->len &&
                memcmp(buffer_text(&there), buffer_text(wanted), there.len) == 0;
    if (same)
        printf("配置已有，没有变：%s\n", file);
    else
        printf("配置已有，与这次填的不同，没有改动：%s\n要用这次填的，请先把它移开，再运行 setup。\n", file);
    return true;
}

/* `state`: where outbox and status file lie, with its slash; "" = beside the configuration. */
static bool config_ready(const struct answers *answers, const char *server_key, const char *state, const char *file) {
    CLEAN(buffer_finish) struct buffer text = {0};
    struct error err;
    buffer_printf(&text, "stream: %s\nunit: \"%s\"\nserver:\n  - {address: \"%s\", key: \"", answers->stream,
                  answers->unit, answers->server);
    for (const char *at = server_key; *at; at++) { /* Z85 has no quote and no backslash, but says so nowhere else */
        if (*at == '"' || *at == '\\') buffer_add_char(&text, '\\');
        buffer_add_char(&text, *at);
    }
    buffer_printf(&text,
                  "\"}\nkey: agent.key\ncatalogue: catalogue.json\nspool: \"%sspool.sqlite\"\n"
                  "status: \"%sstatus.json\"\nsources:\n  - name: 报表\n    folder: \"%s\"\n"
                  "    mapping: {as_of: column}\n",
                  state, state, answers->folder);
    if (file_exists(file)) return config_stays(file, &text);
    if (file_write(file, buffer_text(&text), text.len, 0600, &err)) {
        fprintf(stderr, "%s\n", err.message);
        return false;
    }
    printf("已写配置：%s\n", file);
    return true;
}

/* The folder for outbox and status file, absolute: made when it is not there. */
static bool state_ready(const char *folder, char state[ANSWER_MAX]) {
    struct error err;
    *state = 0;
    if (!folder) return true;
    AUTO_FREE char *absolute = file_make_folders(folder, 0700, &err) == ERROR_OK ? realpath(folder, NULL) : NULL;
    if (!absolute || strlen(absolute) >= ANSWER_MAX - 1 || strpbrk(absolute, "\"\\\n")) {
        fprintf(stderr, "文件夹建不了：%s\n", folder);
        return false;
    }
    snprintf(state, ANSWER_MAX, "%s/", absolute);
    return true;
}

static void try_first(const char *config_file, const char *wanted) {
    struct config config;
    struct settings settings;
    int status;
    if (!command_settings(config_file, &config, &settings, &status)) return;
    const struct source_settings *source = settings_source(&settings, NULL);
    struct folder_list list = {.files = NULL};
    struct error err;
    AUTO_FREE char *path = wanted ? strdup(wanted) : NULL;
    if (!path && source && source->folder && folder_read(source->folder, &list, &err) == ERROR_OK && list.count)
        path = path_join(source->folder, list.files[0].name);
    if (!file_exists(settings.catalogue)) {
        printf("还没有计划目录：请把中心导出的 catalogue.json 放到 %s ，再用 try 试读。\n", settings.catalogue);
    } else if (path && source) {
        printf("试读 %s\n", path);
        if (try_file(&settings, source, path))
            puts("列名和规定的不一样时，不用改表：运行 duban-collector learn 认一次。");
    } else {
        puts("文件夹里还没有文件可以试读。");
    }
    folder_list_finish(&list);
    settings_finish(&settings);
    config_finish(&config);
}

static const struct args_option options[] = {
    {.name = "dir",
     .value = "DIR",
     .help = "where configuration, key and spool live",
     .help_zh = "配置、密钥、待发库的文件夹"},
    {.name = "state",
     .value = "DIR",
     .help = "where outbox and status file live; beside the configuration",
     .help_zh = "待发库和状态文件的文件夹；默认和配置在一起"},
    {.name = "server", .value = "ADDRESS", .help = "tcp://host:port of the centre", .help_zh = "中心服务器地址"},
    {.name = "server-key", .value = "KEY", .help = "its public key, or a .pub file", .help_zh = "中心服务器公钥"},
    {.name = "stream", .value = "NAME", .help = "name of the stream", .help_zh = "流名"},
    {.name = "unit", .value = "NAME", .help = "reporting unit", .help_zh = "填报单位"},
    {.name = "folder", .value = "DIR", .help = "drop folder", .help_zh = "报表文件夹"},
    {.name = "try",
     .value = "FILE",
     .help = "a file to try; the folder's first",
     .help_zh = "试读的文件；默认文件夹里第一个"},
    {.name = "no-test", .help = "do not test the way to the centre", .help_zh = "不测试网络"},
    {.name = "batch", .help = "never ask: what is missing is an error", .help_zh = "不提问，缺什么就报错"},
    {.name = NULL},
};
static const struct args_program program = {
    .name = "duban-collector",
    .summary = "makes key and configuration, tests the way to the centre, tries a file",
    .summary_zh = "生成密钥和配置，测试到中心的网络，试读一个文件",
    .plain = {.name = "setup", .options = options},
};

int setup_main(int argc, char **argv) {
    struct args args;
    struct answers answers = {.home = ""};
    struct key_pair pair;
    struct error err;
    char server_key[KEY_TEXT_MAX];
    char state[ANSWER_MAX];
    int status;
    if (!command_args(&program, argc, argv, &args, &status)) return status;
    if (!state_ready(args_value(&args, "state", NULL), state)) return 2;
    if (!collect(&args, &answers) || !answers_sound(&answers, server_key)) return 2;
    AUTO_FREE char *key_file = path_join(answers.home, "agent.key");
    AUTO_FREE char *config_file = path_join(answers.home, "collector.yaml");
    if (!key_file || !config_file || file_make_folders(answers.home, 0700, &err)) {
        fprintf(stderr, "文件夹建不了：%s\n", answers.home);
        return 1;
    }
    if (!key_ready(key_file, &pair) || !config_ready(&answers, server_key, state, config_file)) return 1;
    enum probe_result result = PROBE_GOOD;
    if (!args_has(&args, "no-test")) result = probe_server(answers.server, server_key, &pair);
    key_pair_wipe(&pair);
    try_first(config_file, args_value(&args, "try", NULL));
    printf("启动：duban-collector --config %s\n", config_file);
    return result == PROBE_GOOD ? 0 : 3;
}
