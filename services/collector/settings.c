#include "services/collector/settings.h"

#include <stddef.h>
#include <string.h>

#include "common/base/log.h"
#include "common/link/context.h"
#include "services/collector/sheet.h"
#include "services/collector/source_request.h"

enum { SOURCES_MAX = 64 };

#define PLACE(member) offsetof(struct settings, member)

/* --- server --- */

static void read_server(struct config *config, struct yaml_node *node, struct settings_servers *servers) {
    const char *address = NULL, *key = NULL;
    struct error err;
    if (!yaml_as_map(&config->doc, node, "server")) return;
    if (servers->count == SETTINGS_SERVERS_MAX) {
        yaml_wrong(&config->doc, node, "more than %d servers", SETTINGS_SERVERS_MAX);
        return;
    }
    struct uplink_server *server = &servers->items[servers->count];
    char *text = servers->keys[servers->count];
    if (yaml_get_text(&config->doc, node, "address", YAML_REQUIRED, &address) && link_address_check(address, &err))
        yaml_wrong(&config->doc, node, "%s", err.message);
    if (yaml_get_text(&config->doc, node, "key", YAML_REQUIRED, &key)) {
        uint8_t bytes[KEY_BYTES]; /* a key may look like a path, a path never like a key of 40 characters */
        const char *path = key_to_bytes(key, bytes) ? key : config_path(config, key);
        if (key_public_read(path ? path : key, text, &err))
            yaml_wrong(&config->doc, node, "server key: %s", err.message);
    }
    yaml_no_others(&config->doc, node);
    server->address = address;
    server->key = text;
    servers->count++;
}

static void read_servers(struct config *config, struct yaml_node *node, void *slot) {
    struct settings_servers *servers = slot;
    if (!node) return;
    if (!yaml_as_list(&config->doc, node, "server")) return;
    for (size_t i = 0; i < node->count; i++)
        read_server(config, &node->items[i], servers);
    if (servers->count == 0) yaml_wrong(&config->doc, node, "at least one server is needed");
}

/* --- sources --- */

static bool name_taken(const struct settings_sources *sources, const char *name) {
    for (size_t i = 0; name && i < sources->count; i++)
        if (sources->items[i].name && strcmp(sources->items[i].name, name) == 0) return true;
    return false;
}

static void read_source(struct config *config, struct yaml_node *node, struct settings_sources *sources) {
    struct source_settings *source = &sources->items[sources->count];
    if (!yaml_as_map(&config->doc, node, "source")) return;
    source_settings_read(config, node, sources->arena, source);
    if (name_taken(sources, source->name))
        yaml_wrong(&config->doc, node, "two sources are called \"%s\"", source->name);
    sources->count++;
}

/* What `http` says, read by then (it stands before in the table), must fit the sources that use it. */
static void check_door(struct config *config, struct yaml_node *node, const struct settings *settings) {
    bool used = false;
    for (size_t i = 0; i < settings->sources.count; i++)
        used |= settings->sources.items[i].kind == SOURCE_HTTP;
    const char *wrong = used ? request_rules_wrong(settings) : NULL;
    if (wrong) yaml_wrong(&config->doc, node, "%s", wrong);
}

static void read_sources(struct config *config, struct yaml_node *node, void *slot) {
    struct settings_sources *sources = slot;
    if (!node || !yaml_as_list(&config->doc, node, "sources")) return;
    sources->arena = arena_create();
    if (sources->arena) sources->items = arena_array(sources->arena, SOURCES_MAX, sizeof *sources->items);
    if (node->count > SOURCES_MAX) yaml_wrong(&config->doc, node, "more than %d sources", SOURCES_MAX);
    for (size_t i = 0; sources->items && i < node->count && i < SOURCES_MAX; i++)
        read_source(config, &node->items[i], sources);
    check_door(config, node, (const struct settings *)(const void *)((const char *)slot - PLACE(sources)));
}

void settings_finish(struct settings *settings) {
    arena_destroy(&settings->sources.arena);
}

const struct source_settings *settings_source(const struct settings *settings, const char *name) {
    for (size_t i = 0; i < settings->sources.count; i++)
        if (!name || strcmp(settings->sources.items[i].name, name) == 0) return &settings->sources.items[i];
    return NULL;
}

/* --- the table --- */

static const struct word languages[] = {{"en", LANG_EN}, {"zh", LANG_ZH}, {NULL, 0}};

static const struct config_field fields[] = {
    {.key = "stream",
     .type = CONFIG_TEXT,
     .offset = PLACE(stream),
     .required = true,
     .sample = "qingchuan",
     .help = "name of this agent's stream, as the centre has made it",
     .help_zh = "本采集端的流名，由中心给出"},
    {.key = "unit",
     .type = CONFIG_TEXT,
     .offset = PLACE(unit),
     .required = true,
     .sample = "青川县",
     .help = "the reporting unit, as the centre has it",
     .help_zh = "填报单位，与中心登记的一致"},
    {.key = "server",
     .type = CONFIG_NODE,
     .offset = PLACE(servers),
     .required = true,
     .read = read_servers,
     .sample = "[{address: \"tcp://centre.example:5557\", key: \"rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7\"}]",
     .help = "the centre's servers, tried in turn; key: 40 characters, or the path of a .pub file",
     .help_zh = "中心服务器，依次尝试；key 是40个字符的公钥，或 .pub 文件的路径"},
    {.key = "key",
     .type = CONFIG_PATH,
     .offset = PLACE(key),
     .required = true,
     .sample = "agent.key",
     .help = "file of this agent's secret key (setup makes it)",
     .help_zh = "本采集端的私钥文件（setup 生成）"},
    {.key = "catalogue",
     .type = CONFIG_PATH,
     .offset = PLACE(catalogue),
     .required = true,
     .sample = "catalogue.json",
     .help = "the plan's catalogue, as written by duban plan export --catalogue",
     .help_zh = "计划目录，由中心用 duban plan export --catalogue 导出"},
    {.key = "spool",
     .type = CONFIG_PATH,
     .offset = PLACE(spool),
     .required = true,
     .sample = "spool.sqlite",
     .help = "file of the durable outbox; never copy it, never give it to two programs",
     .help_zh = "待发库文件；不要复制，不要给两个程序用"},
    {.key = "clock",
     .type = CONFIG_PATH,
     .offset = PLACE(clock),
     .sample = "",
     .help = "file of a stepped clock, for rehearsals; empty = real time",
     .help_zh = "演练时钟文件；空=真实时间"},
    {.key = "status",
     .type = CONFIG_PATH,
     .offset = PLACE(status),
     .sample = "status.json",
     .help = "file in which this program says how it is",
     .help_zh = "状态文件"},
    {.key = "language",
     .type = CONFIG_WORD,
     .offset = PLACE(language),
     .fallback = "zh",
     .words = languages,
     .help = "language of what the program says",
     .help_zh = "程序语言"},
    {.key = "log",
     .type = CONFIG_WORD,
     .offset = PLACE(log),
     .fallback = "info",
     .words = log_levels,
     .help = "lowest level of log lines",
     .help_zh = "日志级别"},
    {.key = "poll",
     .type = CONFIG_DURATION,
     .offset = PLACE(poll_ms),
     .fallback = "10s",
     .min = 100,
     .max = MS_HOUR,
     .help = "real time between two looks into the folders",
     .help_zh = "多久看一次文件夹"},
    {.key = "retention.keep",
     .type = CONFIG_DURATION,
     .offset = PLACE(keep_ms),
     .fallback = "35d",
     .min = MS_HOUR,
     .max = 400LL * MS_DAY,
     .help = "how long acknowledged events are kept, for a centre restored from its backup",
     .help_zh = "已确认的数据再留多久，供中心从备份恢复后补齐"},
    {.key = "retention.size",
     .type = CONFIG_SIZE,
     .offset = PLACE(keep_bytes),
     .fallback = "256MiB",
     .min = 1 << 20,
     .max = 1LL << 40,
     .help = "at most so many bytes of them",
     .help_zh = "最多留多少"},
    {.key = "http.listen",
     .type = CONFIG_TEXT,
     .offset = PLACE(http.listen),
     .fallback = "127.0.0.1:8610",
     .help = "address and port for sources of kind http; any but this machine's own wants a certificate and tokens",
     .help_zh = "http 来源的地址和端口；不是本机地址的，要有证书，每个来源要有口令"},
    {.key = "http.certificate",
     .type = CONFIG_PATH,
     .offset = PLACE(http.certificate),
     .sample = "",
     .help = "certificate chain for TLS, PEM; empty = no TLS",
     .help_zh = "TLS 证书（PEM）；空=不用 TLS"},
    {.key = "http.key",
     .type = CONFIG_PATH,
     .offset = PLACE(http.key),
     .sample = "",
     .help = "its private key, PEM",
     .help_zh = "证书的私钥（PEM）"},
    {.key = "http.body",
     .type = CONFIG_SIZE,
     .offset = PLACE(http.body_bytes),
     .fallback = "4MiB",
     .min = 1024,
     .max = SHEET_BYTES_MAX,
     .help = "largest document that http and zmq sources take",
     .help_zh = "http、zmq 来源一次最多收多少"},
    {.key = "http.patience",
     .type = CONFIG_DURATION,
     .offset = PLACE(http.patience_ms),
     .fallback = "30s",
     .min = 100,
     .max = 600000,
     .help = "how long a request may take to come in",
     .help_zh = "一次请求最多等多久"},
    {.key = "limit",
     .type = CONFIG_SIZE,
     .offset = PLACE(max_bytes),
     .fallback = "1GiB",
     .min = 1 << 16,
     .max = 1LL << 40,
     .help = "bytes not yet acknowledged at which no more files are taken",
     .help_zh = "待发数据到多少就不再收文件"},
    {.key = "reserve",
     .type = CONFIG_SIZE,
     .offset = PLACE(reserve_bytes),
     .fallback = "64MiB",
     .min = 1 << 16,
     .max = 1LL << 40,
     .help = "free disk space below which no more files are taken",
     .help_zh = "磁盘剩余少于多少就不再收文件"},
    {.key = "sources",
     .type = CONFIG_NODE,
     .offset = PLACE(sources),
     .required = true,
     .read = read_sources,
     .sample = "- name: 报表\n  folder: inbox\n  rejected: rejected\n  mapping: {as_of: column}",
     .help = "where reports come from: name, source (folder, sql, http, zmq, stdin), rejected, on_behalf, mapping, and "
             "what is each kind's own (README.md tells the keys)",
     .help_zh = "来源：name 名称，source 种类（folder 文件夹、sql 数据库、http、zmq、stdin），rejected 退回放哪里，"
                "on_behalf 代报，mapping 列的对应，以及各种来源自己的项（见使用说明）"},
};

const struct config_program settings_program = {
    .name = "duban-collector",
    .summary = "county agent: reads drop folders, keeps what it read, sends it to the centre",
    .summary_zh = "采集端：读文件夹里的报表，存好，送到中心",
    .fields = fields,
    .field_count = sizeof fields / sizeof *fields,
    .size = sizeof(struct settings),
};
