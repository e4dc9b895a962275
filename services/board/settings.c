#include "services/board/settings.h"

#include <arpa/inet.h>
#include <string.h>

#include "common/base/log.h"
#include "common/base/text.h"
#include "services/board/scope.h"

#define AT(field) offsetof(struct settings, field)

static const struct word auth_words[] = {{"accounts", AUTH_ACCOUNTS}, {"header", AUTH_HEADER}, {NULL, 0}};
static const struct word role_words[] = {{"none", ROLE_PUBLIC}, {"viewer", ROLE_VIEWER}, {"office", ROLE_OFFICE}, {NULL, 0}};

static void read_servers(struct config *config, struct yaml_node *node, void *slot) {
    struct office *office = slot;
    office->software = "duban " DUBAN_VERSION " board"; /* as the office's own hand: its silence is no news */
    if (!node || !yaml_as_list(&config->doc, node, "office.server")) return;
    if (node->count > OFFICE_SERVERS_MAX) {
        yaml_wrong(&config->doc, node, "at most %d servers", OFFICE_SERVERS_MAX);
        return;
    }
    for (size_t i = 0; i < node->count; i++) {
        struct office_server *server = &office->servers[office->server_count];
        bool address = yaml_get_text(&config->doc, &node->items[i], "address", YAML_REQUIRED, &server->address);
        bool key = yaml_get_text(&config->doc, &node->items[i], "key", YAML_REQUIRED, &server->key);
        yaml_no_others(&config->doc, &node->items[i]);
        if (!address || !key) continue;
        if (strchr(server->key, '/') || strstr(server->key, ".pub")) server->key = config_path(config, server->key);
        office->server_count++;
    }
}

static const struct config_field fields[] = {
    {.key = "database", .type = CONFIG_TEXT, .offset = AT(database), .required = true,
     .sample = "host=/run/postgresql dbname=duban user=duban_board",
     .help = "libpq connection string, several hosts allowed", .help_zh = "数据库连接串，可写多台主机"},
    {.key = "clock", .type = CONFIG_PATH, .offset = AT(clock), .sample = "clock",
     .help = "file of the stepped clock (rehearsal); none: real time", .help_zh = "演练时钟文件；不写就用真实时间"},
    {.key = "status", .type = CONFIG_PATH, .offset = AT(status), .sample = "board.json",
     .help = "status file, for health checks", .help_zh = "状态文件，供健康检查"},
    {.key = "programme", .type = CONFIG_TEXT, .offset = AT(programme), .sample = "guangyuan-2021",
     .help = "which programme is shown; none: the only one", .help_zh = "展示哪个督办项目；只有一个时不必写"},
    {.key = "listen", .type = CONFIG_TEXT, .offset = AT(listen), .fallback = "127.0.0.1:8090",
     .help = "address and port; without TLS only loopback: put a proxy before it, or give certificate and key",
     .help_zh = "监听的地址和端口；没有证书时只能是本机地址，前面放代理，或配置证书和私钥"},
    {.key = "assets", .type = CONFIG_PATH, .offset = AT(assets), .required = true, .sample = "/usr/local/share/duban/board",
     .help = "folder of the pages, as installed (share/duban/board)", .help_zh = "页面文件所在目录（安装后的 share/duban/board）"},
    {.key = "tls.certificate_file", .type = CONFIG_PATH, .offset = AT(certificate), .sample = "board.pem",
     .help = "PEM with the certificate and its chain", .help_zh = "PEM 证书（含证书链）"},
    {.key = "tls.key_file", .type = CONFIG_PATH, .offset = AT(key), .sample = "board.key",
     .help = "PEM with the private key", .help_zh = "PEM 私钥"},
    {.key = "auth.by", .type = CONFIG_WORD, .offset = AT(auth), .fallback = "accounts", .words = auth_words,
     .help = "accounts: log in with `duban user` accounts; header: a proxy names the account in X-Remote-User",
     .help_zh = "accounts：用 duban user 建的账号登录；header：由代理用 X-Remote-User 告知账号"},
    {.key = "auth.proxies", .type = CONFIG_TEXTS, .offset = AT(proxies), .sample = "127.0.0.1",
     .help = "addresses whose X-Forwarded-For, and with `auth.by: header` whose X-Remote-User, is believed",
     .help_zh = "可信代理的地址：只信它们的 X-Forwarded-For，以及 header 方式下的 X-Remote-User"},
    {.key = "public", .type = CONFIG_BOOL, .offset = AT(open_to_public), .fallback = "false",
     .help = "anybody may read the overview without an account", .help_zh = "总览不登录也能看"},
    {.key = "rehearsal_role", .type = CONFIG_WORD, .offset = AT(rehearsal_role), .fallback = "none", .words = role_words,
     .help = "with a rehearsal's clock only: what somebody without an account may do",
     .help_zh = "仅演练时钟下可用：没有账号的人算什么角色"},
    {.key = "metrics_from", .type = CONFIG_TEXTS, .offset = AT(metrics_from), .sample = "192.0.2.10",
     .help = "addresses beside loopback that may read /metrics", .help_zh = "除本机外还可读 /metrics 的地址"},
    {.key = "connections", .type = CONFIG_INT, .offset = AT(connections), .fallback = "4000", .min = 16, .max = 60000,
     .help = "open connections at most, live streams among them", .help_zh = "最多同时连接数（含实时更新）"},
    {.key = "request_time", .type = CONFIG_DURATION, .offset = AT(request_ms), .fallback = "10s", .min = 100, .max = 120000,
     .help = "a request that has not arrived whole by then is dropped", .help_zh = "一个请求到齐的时限，过时即断开"},
    {.key = "poll", .type = CONFIG_DURATION, .offset = AT(poll_ms), .fallback = "30s", .min = 1000, .max = 600000,
     .help = "look at the database at least so often; notifications are only a hint",
     .help_zh = "至少多久看一次数据库"},
    {.key = "office.spool", .type = CONFIG_PATH, .offset = AT(office.spool), .sample = "board.spool",
     .help = "the board's own spool, for what is decided on it; none: nothing can be decided on it",
     .help_zh = "看板自己的报送库，用于页面上作的决定；不写就不能在页面上作决定"},
    {.key = "office.stream", .type = CONFIG_TEXT, .offset = AT(office.stream), .fallback = "board",
     .help = "the board's stream, of the office", .help_zh = "看板的报送流名（属办公室）"},
    {.key = "office.unit", .type = CONFIG_TEXT, .offset = AT(office.unit), .sample = "市两改办",
     .help = "the unit the decisions are of", .help_zh = "以哪个单位的名义作决定"},
    {.key = "office.key", .type = CONFIG_PATH, .offset = AT(office.key), .sample = "board-stream.key",
     .help = "the secret key of the stream (duban key new FILE)", .help_zh = "这个流的私钥文件（duban key new FILE）"},
    {.key = "office.server", .type = CONFIG_NODE, .offset = AT(office), .read = read_servers,
     .sample = "[{address: \"tcp://127.0.0.1:5557\", key: server.key.pub}]",
     .help = "the aggregators, tried in order: address and public key (or its .pub file)",
     .help_zh = "汇总端，按次序尝试：地址和公钥（或 .pub 文件）"},
    {.key = "log_level", .type = CONFIG_WORD, .offset = AT(log_level), .fallback = "info", .words = log_levels,
     .help = "lowest level that is logged", .help_zh = "最低日志级别"},
};

bool listen_address_read(const char *text, struct listen_address *out) {
    const char *colon = strrchr(text, ':');
    int64_t port = 0;
    *out = (struct listen_address){0};
    if (!colon || !text_to_int(colon + 1, strlen(colon + 1), &port) || port < 1 || port > 65535) return false;
    out->port = (int)port;
    out->six = *text == '[';
    size_t from = out->six ? 1 : 0, len = (size_t)(colon - text) - 2 * from;
    if (len == 0 || len >= sizeof out->host || (out->six && colon[-1] != ']')) return false;
    memcpy(out->host, text + from, len);
    struct in_addr four;
    struct in6_addr six;
    if (out->six) {
        if (inet_pton(AF_INET6, out->host, &six) != 1) return false;
        out->loopback = IN6_IS_ADDR_LOOPBACK(&six);
    } else {
        if (inet_pton(AF_INET, out->host, &four) != 1) return false;
        out->loopback = ntohl(four.s_addr) >> 24 == 127;
    }
    return true;
}

enum error_code settings_check(const void *target, struct error *err) {
    const struct settings *settings = target;
    struct listen_address address;
    if (!listen_address_read(settings->listen, &address))
        return error_set(err, ERROR_INPUT, "listen: %s is no address and port: write 127.0.0.1:8090 or [::1]:8090",
                         settings->listen);
    if (!settings->certificate != !settings->key)
        return error_set(err, ERROR_INPUT, "tls: certificate_file and key_file belong together: give both or none");
    if (!address.loopback && !settings->certificate)
        return error_set(err, ERROR_INPUT,
                         "listen: %s can be reached from outside, and there is no TLS: give tls.certificate_file and "
                         "tls.key_file, or listen on 127.0.0.1 behind a proxy", settings->listen);
    if (settings->rehearsal_role != ROLE_PUBLIC && !settings->clock)
        return error_set(err, ERROR_INPUT, "rehearsal_role is for rehearsals: it needs `clock`, or an account for everybody");
    if (settings->rehearsal_role != ROLE_PUBLIC && !address.loopback)
        return error_set(err, ERROR_INPUT, "rehearsal_role opens the board to everybody: only on a loopback address");
    if (settings->auth == AUTH_HEADER && settings->proxies.count == 0)
        return error_set(err, ERROR_INPUT, "auth.by: header needs the addresses of the proxies (auth.proxies)");
    return ERROR_OK;
}

const struct config_program board_program = {
    .name = "duban-board",
    .summary = "shows in a browser what is late, what will be late, who is silent, and why we say so",
    .summary_zh = "在浏览器里看：什么晚了、什么要晚、谁没报、依据是什么",
    .fields = fields,
    .field_count = sizeof fields / sizeof fields[0],
    .size = sizeof(struct settings),
    .check = settings_check,
};
