#include "services/cli/settings.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/file.h"

static void read_servers(struct config *config, struct yaml_node *node, void *slot) {
    struct settings_servers *servers = slot;
    if (!node || !yaml_as_list(&config->doc, node, "office.server")) return;
    if (node->count > SETTINGS_SERVERS_MAX) {
        yaml_wrong(&config->doc, node, "at most %d servers", SETTINGS_SERVERS_MAX);
        return;
    }
    for (size_t i = 0; i < node->count; i++) {
        struct settings_server *server = &servers->items[servers->count];
        bool address = yaml_get_text(&config->doc, &node->items[i], "address", YAML_REQUIRED, &server->address);
        bool key = yaml_get_text(&config->doc, &node->items[i], "key", YAML_REQUIRED, &server->key);
        yaml_no_others(&config->doc, &node->items[i]);
        if (!address || !key) continue;
        if (strchr(server->key, '/') || strstr(server->key, ".pub")) server->key = config_path(config, server->key);
        servers->count++;
    }
}

#define FIELD(name) .offset = offsetof(struct settings, name)
static const struct config_field fields[] = {
    {.key = "database.owner",
     .type = CONFIG_TEXT,
     FIELD(owner),
     .fallback = "dbname=duban user=duban_owner",
     .help = "connection of the database's owner, for migrate",
     .help_zh = "数据库所有者的连接，migrate 用"},
    {.key = "database.admin",
     .type = CONFIG_TEXT,
     FIELD(admin),
     .fallback = "dbname=duban user=duban_admin",
     .help = "connection for plans, keys, streams, trial",
     .help_zh = "装入计划、密钥、报送流、试运行用的连接"},
    {.key = "database.reader",
     .type = CONFIG_TEXT,
     FIELD(reader),
     .fallback = "dbname=duban user=duban_reader",
     .help = "connection of every reading command",
     .help_zh = "只读命令用的连接"},
    {.key = "programme",
     .type = CONFIG_TEXT,
     FIELD(programme),
     .sample = "guangyuan-2021",
     .help = "the programme meant when --programme is not given",
     .help_zh = "没有 --programme 时指哪个任务"},
    {.key = "clock",
     .type = CONFIG_PATH,
     FIELD(clock),
     .sample = "clock",
     .help = "the clock file of a rehearsal; not given: real time",
     .help_zh = "演练时钟文件；不写即真实时间"},
    {.key = "status",
     .type = CONFIG_PATH,
     FIELD(status),
     .sample = "status",
     .help = "folder in which the programs keep their status files",
     .help_zh = "各程序状态文件所在的文件夹"},
    {.key = "calendar",
     .type = CONFIG_PATH,
     FIELD(calendar),
     .sample = "calendar.csv",
     .help = "working days, for plans that name no calendar",
     .help_zh = "计划没有写日历时用的工作日表"},
    {.key = "sql",
     .type = CONFIG_PATH,
     FIELD(sql),
     .sample = "sql",
     .help = "folder of the migrations",
     .help_zh = "数据库脚本文件夹"},
    {.key = "office.spool",
     .type = CONFIG_PATH,
     FIELD(office_spool),
     .sample = "office.spool",
     .help = "the office's own spool, for decisions",
     .help_zh = "市级办公室自己的报送库，用于各项决定"},
    {.key = "office.stream",
     .type = CONFIG_TEXT,
     FIELD(office_stream),
     .fallback = "office",
     .help = "the office's stream",
     .help_zh = "办公室的报送流名"},
    {.key = "office.unit",
     .type = CONFIG_TEXT,
     FIELD(office_unit),
     .sample = "市两改办",
     .help = "the unit the decisions are of",
     .help_zh = "以哪个单位的名义作决定"},
    {.key = "office.key",
     .type = CONFIG_PATH,
     FIELD(office_key),
     .sample = "office.key",
     .help = "the office's secret key (duban key new FILE)",
     .help_zh = "办公室的私钥文件（duban key new FILE）"},
    {.key = "office.server",
     .type = CONFIG_NODE,
     FIELD(office_servers),
     .read = read_servers,
     .sample = "[{address: \"tcp://127.0.0.1:5557\", key: server.key.pub}]",
     .help = "the aggregators, tried in order: address and public key (or its .pub file)",
     .help_zh = "汇总端，按次序尝试：地址和公钥（或 .pub 文件）"},
};

const struct config_program settings_program = {
    .name = "duban",
    .summary = "follows tasks through until they are done on time",
    .summary_zh = "督办：把任务跟到按期办完为止",
    .fields = fields,
    .field_count = sizeof fields / sizeof *fields,
    .size = sizeof(struct settings),
};

const char *settings_file(const char *given) {
    if (given) return given;
    const char *environment = getenv("DUBAN_CONFIG");
    if (environment && *environment) return environment;
    static const char *const usual[] = {"duban.yaml", "/etc/duban/duban.yaml"};
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (file_exists(usual[i])) return usual[i];
    return NULL;
}

char *settings_share(const char *part) {
    char program[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", program, sizeof program - 1);
    if (len <= 0) return NULL;
    program[len] = '\0';
    AUTO_FREE char *folder = path_folder(program);
    static const char *const places[] = {"../share/duban", "../../deploy", "../../../deploy"};
    for (size_t i = 0; folder && i < sizeof places / sizeof *places; i++) {
        AUTO_FREE char *place = path_join(folder, places[i]);
        AUTO_FREE char *path = place ? path_join(place, part) : NULL;
        if (path && file_exists(path)) return TAKE(path);
    }
    AUTO_FREE char *here = path_join("deploy", part);
    return here && file_exists(here) ? TAKE(here) : NULL;
}
