#include "services/collector/settings.h"

#include <stddef.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/file.h"
#include "common/base/log.h"
#include "common/link/context.h"

enum { QUIET_DEFAULT_MS = 60000, SOURCES_MAX = 64 };

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

/* A mapping in a file of its own; its findings name that file. */
static void read_mapping_file(struct config *config, struct yaml_node *node, struct arena *arena, struct mapping *out) {
    const char *path = config_path(config, node->text);
    CLEAN(buffer_finish) struct buffer bytes = {0};
    struct error err;
    mapping_read(&config->doc, NULL, arena, out);
    if (!path || file_read(path, YAML_BYTES_MAX, &bytes, &err)) {
        yaml_wrong(&config->doc, node, "mapping: %s", path ? err.message : "no memory");
        return;
    }
    CLEAN(yaml_finish) struct yaml doc;
    if (yaml_parse(&doc, path, buffer_text(&bytes), bytes.len, &config->findings))
        mapping_read(&doc, doc.root, arena, out);
}

static void read_mapping(struct config *config, struct yaml_node *node, struct arena *arena, struct mapping *out) {
    struct yaml_node *mapping = yaml_map_get(&config->doc, node, "mapping", YAML_OPTIONAL);
    if (mapping && mapping->kind == YAML_KIND_SCALAR)
        read_mapping_file(config, mapping, arena, out);
    else
        mapping_read(&config->doc, mapping, arena, out);
}

static const char *kept_path(struct config *config, struct arena *arena, const char *path) {
    const char *absolute = config_path(config, path);
    return arena_copy(arena, absolute ? absolute : path);
}

static void read_quiet(struct config *config, struct yaml_node *node, struct source_settings *source) {
    const char *text = NULL;
    source->quiet_ms = QUIET_DEFAULT_MS;
    if (yaml_get_text(&config->doc, node, "quiet", YAML_OPTIONAL, &text) &&
        !config_parse_duration(text, &source->quiet_ms))
        yaml_wrong(&config->doc, node, "quiet: \"%s\" is not a duration like 30s, 5min", text);
}

static void read_source(struct config *config, struct yaml_node *node, struct settings_sources *sources) {
    struct source_settings *source = &sources->items[sources->count];
    struct yaml *doc = &config->doc;
    const char *text = NULL;
    if (!yaml_as_map(doc, node, "source")) return;
    if (yaml_get_text(doc, node, "name", YAML_REQUIRED, &text)) source->name = arena_copy(sources->arena, text);
    if (yaml_get_text(doc, node, "folder", YAML_REQUIRED, &text))
        source->folder = kept_path(config, sources->arena, text);
    if (yaml_get_text(doc, node, "rejected", YAML_OPTIONAL, &text))
        source->rejected = kept_path(config, sources->arena, text);
    yaml_get_bool(doc, node, "on_behalf", YAML_OPTIONAL, &source->on_behalf);
    read_quiet(config, node, source);
    read_mapping(config, node, sources->arena, &source->mapping);
    yaml_no_others(doc, node);
    for (size_t i = 0; source->name && i < sources->count; i++)
        if (sources->items[i].name && strcmp(sources->items[i].name, source->name) == 0)
            yaml_wrong(doc, node, "two sources are called \"%s\"", source->name);
    sources->count++;
}

static void read_sources(struct config *config, struct yaml_node *node, void *slot) {
    struct settings_sources *sources = slot;
    if (!node || !yaml_as_list(&config->doc, node, "sources")) return;
    sources->arena = arena_create();
    if (sources->arena) sources->items = arena_array(sources->arena, SOURCES_MAX, sizeof *sources->items);
    if (node->count > SOURCES_MAX) yaml_wrong(&config->doc, node, "more than %d sources", SOURCES_MAX);
    for (size_t i = 0; sources->items && i < node->count && i < SOURCES_MAX; i++)
        read_source(config, &node->items[i], sources);
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

#define PLACE(member) offsetof(struct settings, member)
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
     .help = "drop folders: name, folder, rejected, on_behalf, quiet, mapping (README.md tells its keys)",
     .help_zh =
         "文件夹：name 名称，folder 位置，rejected 退回放哪里，on_behalf 代报，quiet 静止多久才收，mapping 列的对应"},
};

const struct config_program settings_program = {
    .name = "duban-collector",
    .summary = "county agent: reads drop folders, keeps what it read, sends it to the centre",
    .summary_zh = "采集端：读文件夹里的报表，存好，送到中心",
    .fields = fields,
    .field_count = sizeof fields / sizeof *fields,
    .size = sizeof(struct settings),
};
