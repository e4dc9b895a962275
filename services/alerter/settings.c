#include "services/alerter/settings.h"

#include <sodium.h>

#include "common/base/file.h"
#include "common/base/log.h"

#define AT(field) offsetof(struct settings, field)
#define CHANNEL(field) offsetof(struct settings, courier.channels.field)

enum { SECRET_BYTES_MAX = 4096 };

static const struct config_field fields[] = {
    {.key = "database", .type = CONFIG_TEXT, .offset = AT(database), .required = true,
     .sample = "\"host=/run/postgresql dbname=duban user=duban_alerter\"",
     .help = "libpq connection string, several hosts allowed", .help_zh = "数据库连接串，可写多台主机"},
    {.key = "clock", .type = CONFIG_PATH, .offset = AT(clock), .sample = "clock",
     .help = "file of the stepped clock (rehearsal); none: real time", .help_zh = "演练时钟文件；不写就用真实时间"},
    {.key = "status", .type = CONFIG_PATH, .offset = AT(status), .sample = "alerter.json",
     .help = "status file, for `duban settle` and health checks", .help_zh = "状态文件，供 settle 和健康检查"},
    {.key = "programme", .type = CONFIG_TEXT, .offset = AT(programme), .sample = "guangyuan-2021",
     .help = "only this programme; none: all", .help_zh = "只管这一个督办项目；不写就管全部"},
    {.key = "rules", .type = CONFIG_PATH, .offset = AT(rules), .sample = "rules.yaml",
     .help = "rules of lights and alerts; none: the plan's own, or the shipped ones",
     .help_zh = "亮灯和提醒规则；不写就用计划自带的或随程序的"},
    {.key = "channels.log.file", .type = CONFIG_PATH, .offset = CHANNEL(log_file), .sample = "alerts.log",
     .help = "messages of the channel `log` are appended here, one JSON object a line",
     .help_zh = "log 渠道的消息追加到这里，每行一个 JSON"},
    {.key = "channels.webhook.secret_file", .type = CONFIG_PATH, .offset = AT(webhook_secret_file),
     .sample = "webhook.secret", .help = "secret that signs webhooks (X-Duban-Signature)",
     .help_zh = "webhook 签名密钥文件"},
    {.key = "channels.webhook.allow_hosts", .type = CONFIG_TEXTS, .offset = CHANNEL(allow_hosts), .sample = "[]",
     .help = "hosts that may lie in private address ranges", .help_zh = "允许在内网地址段里的主机名"},
    {.key = "channels.webhook.timeout", .type = CONFIG_DURATION, .offset = CHANNEL(webhook_timeout_ms),
     .fallback = "10s", .min = 100, .max = 300000, .help = "for the whole request", .help_zh = "一次请求的总时限"},
    {.key = "channels.email.server", .type = CONFIG_TEXT, .offset = CHANNEL(email_server),
     .sample = "smtp://mail.example.org:25", .help = "smtp:// or smtps:// address of the mail server",
     .help_zh = "邮件服务器地址"},
    {.key = "channels.email.from", .type = CONFIG_TEXT, .offset = CHANNEL(email_from), .sample = "duban@example.org",
     .help = "sender", .help_zh = "发件人"},
    {.key = "channels.email.user", .type = CONFIG_TEXT, .offset = CHANNEL(email_user), .sample = "duban",
     .help = "user name; none: no login", .help_zh = "用户名；不写就不登录"},
    {.key = "channels.email.password_file", .type = CONFIG_PATH, .offset = AT(email_password_file),
     .sample = "mail.password", .help = "file with the password", .help_zh = "密码文件"},
    {.key = "channels.email.require_tls", .type = CONFIG_BOOL, .offset = CHANNEL(email_require_tls),
     .fallback = "false", .help = "refuse a server without STARTTLS", .help_zh = "不支持 STARTTLS 就不发"},
    {.key = "channels.attempts", .type = CONFIG_INT, .offset = AT(courier.attempts), .fallback = "8", .min = 1,
     .max = 1000, .help = "tries before a delivery counts as failed", .help_zh = "一条最多试几次"},
    {.key = "channels.retry_first", .type = CONFIG_DURATION, .offset = AT(courier.retry_first_ms), .fallback = "1s",
     .min = 10, .max = 3600000, .help = "pause after the first try; doubles (real time)",
     .help_zh = "第一次失败后等多久，以后加倍（真实时间）"},
    {.key = "channels.retry_longest", .type = CONFIG_DURATION, .offset = AT(courier.retry_longest_ms),
     .fallback = "10min", .min = 10, .max = 86400000, .help = "longest pause", .help_zh = "最长等多久"},
    {.key = "lease_seconds", .type = CONFIG_INT, .offset = AT(courier.lease_seconds), .fallback = "60", .min = 5,
     .max = 3600, .help = "how long a delivery is this alerter's own before another may take it",
     .help_zh = "一条消息归本进程多久，过后别的进程可接手"},
    {.key = "poll", .type = CONFIG_DURATION, .offset = AT(poll_ms), .fallback = "5s", .min = 100, .max = 60000,
     .help = "look at the database at least so often; notifications are only a hint",
     .help_zh = "至少多久看一次数据库"},
    {.key = "log_level", .type = CONFIG_WORD, .offset = AT(log_level), .fallback = "info", .words = log_levels,
     .help = "lowest level that is logged", .help_zh = "最低日志级别"},
};

const struct config_program alerter_program = {
    .name = "duban-alerter",
    .summary = "works out what is due, slipping, overdue or silent, and tells those who can act",
    .summary_zh = "算出临期、滞后、逾期、未报，通知能办的人",
    .fields = fields,
    .field_count = sizeof fields / sizeof fields[0],
    .size = sizeof(struct settings),
};

/* A final line break is the editor's, not the secret's. */
static enum error_code read_secret(const char *path, struct buffer *out, struct error *err) {
    if (!path) return ERROR_OK;
    enum error_code code = file_read(path, SECRET_BYTES_MAX, out, err);
    while (!code && out->len > 0 && (out->data[out->len - 1] == '\n' || out->data[out->len - 1] == '\r'))
        buffer_cut(out, out->len - 1);
    if (!code && out->len == 0) code = error_set(err, ERROR_INPUT, "%s: the file of the secret is empty", path);
    return code;
}

enum error_code settings_secrets(struct settings *settings, struct error *err) {
    struct channel_settings *channels = &settings->courier.channels;
    enum error_code code = read_secret(settings->webhook_secret_file, &channels->webhook_secret, err);
    return code ? code : read_secret(settings->email_password_file, &channels->email_password, err);
}

static void forget(struct buffer *secret) {
    if (secret->data) sodium_memzero(secret->data, secret->capacity);
    buffer_finish(secret);
}
void settings_finish(struct settings *settings) {
    forget(&settings->courier.channels.webhook_secret);
    forget(&settings->courier.channels.email_password);
}
