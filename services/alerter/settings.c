#include "services/alerter/settings.h"

#include "common/base/log.h"

#define AT(field) offsetof(struct settings, field)
#define WATCH(field) offsetof(struct settings, courier.heartbeat.field)
#define AWAY(field) offsetof(struct settings, courier.away.field)
#define CHANNEL(field) offsetof(struct settings, courier.channels.field)

static const struct config_field fields[] = {
    {.key = "database", .type = CONFIG_TEXT, .offset = AT(database), .required = true,
     .sample = "host=/run/postgresql dbname=duban user=duban_alerter",
     .help = "libpq connection string, several hosts allowed", .help_zh = "数据库连接串，可写多台主机"},
    {.key = "clock", .type = CONFIG_PATH, .offset = AT(clock), .sample = "clock",
     .help = "file of the stepped clock (rehearsal); none: real time", .help_zh = "演练时钟文件；不写就用真实时间"},
    {.key = "status", .type = CONFIG_PATH, .offset = AT(status), .sample = "alerter.json",
     .help = "status file, for `duban settle` and health checks", .help_zh = "状态文件，供 settle 和健康检查"},
    {.key = "programme", .type = CONFIG_TEXT, .offset = AT(programme), .sample = "guangyuan-2021",
     .help = "only this programme; none: all", .help_zh = "只管这一个督办项目；不写就管全部"},
    {.key = "rules", .type = CONFIG_PATH, .offset = AT(rules), .sample = "rules.yaml",
     .help = "rules of lights and alerts to try on trial (`duban go-live` means those stored with the plan); none: the plan's own, or the shipped ones",
     .help_zh = "试运行时试用的亮灯和提醒规则（go-live 只认随计划装入的规则）；不写就用计划自带的或随程序的"},
    {.key = "channels.log.file", .type = CONFIG_PATH, .offset = CHANNEL(log_file), .sample = "alerts.log",
     .help = "messages of the channel `log` are appended here, one JSON object a line",
     .help_zh = "log 渠道的消息追加到这里，每行一个 JSON"},
    {.key = "channels.webhook.secret_file", .type = CONFIG_PATH, .offset = AT(webhook_secret_file),
     .sample = "webhook.secret", .help = "secret that signs webhooks (X-Duban-Signature)",
     .help_zh = "webhook 签名密钥文件"},
    {.key = "channels.webhook.allow_hosts", .type = CONFIG_TEXTS, .offset = CHANNEL(allow_hosts),
     .sample = "hooks.example.gov.cn",
     .help = "hosts that may lie in private address ranges", .help_zh = "允许在内网地址段里的主机名"},
    {.key = "channels.webhook.timeout", .type = CONFIG_DURATION, .offset = CHANNEL(webhook_timeout_ms),
     .fallback = "10s", .min = 100, .max = 300000, .help = "for the whole request", .help_zh = "一次请求的总时限"},
    {.key = "channels.email.server", .type = CONFIG_TEXT, .offset = CHANNEL(email_server),
     .sample = "smtps://mail.example.org:465",
     .help = "mail server: smtps://host:465, or smtp://host:587 with STARTTLS, or smtp://host:25",
     .help_zh = "邮件服务器地址：smtps://主机:465，或 smtp://主机:587（STARTTLS），或 smtp://主机:25"},
    {.key = "channels.email.from", .type = CONFIG_TEXT, .offset = CHANNEL(email_from), .sample = "duban@example.org",
     .help = "sender", .help_zh = "发件人"},
    {.key = "channels.email.user", .type = CONFIG_TEXT, .offset = CHANNEL(email_user), .sample = "duban",
     .help = "user name; none: no login", .help_zh = "用户名；不写就不登录"},
    {.key = "channels.email.password_file", .type = CONFIG_PATH, .offset = AT(email_password_file),
     .sample = "mail.password", .help = "file with the password", .help_zh = "密码文件"},
    {.key = "channels.email.timeout", .type = CONFIG_DURATION, .offset = CHANNEL(email_timeout_ms), .fallback = "30s",
     .min = 100, .max = 300000, .help = "for one mail, connection and all", .help_zh = "一封邮件的总时限"},
    {.key = "channels.email.require_tls", .type = CONFIG_BOOL, .offset = CHANNEL(email_require_tls),
     .fallback = "false", .help = "refuse a server without STARTTLS; with a user name always so",
     .help_zh = "不支持 STARTTLS 就不发；填了用户名时一律如此"},
    {.key = "channels.email.ca_file", .type = CONFIG_PATH, .offset = CHANNEL(email_ca_file), .sample = "private-ca.pem",
     .help = "certificates to trust; none: the system's", .help_zh = "信任的证书文件；不写就用系统自带的"},
    {.key = "channels.named", .type = CONFIG_NODE, .offset = CHANNEL(named), .read = channel_list_read,
     .sample = channel_list_sample,
     .help = "robots, commands and publishers that contacts give by name. kind: wecom, dingtalk, feishu (key_file: what "
             "stands behind key=, access_token= or /hook/ of the address the vendor gave; secret_file: signs, for dingtalk "
             "and feishu; base_url, ca_file, proxy, allow_private: private deployments), command (argv: JSON on stdin), zmq "
             "(listen, key_file, subscribers: public keys). per_minute: pace (default 20, feishu 100); jitter: kept off the "
             "full and half hour; timeout",
     .help_zh = "联系表里按名字引用的渠道。kind：wecom 企业微信、dingtalk 钉钉、feishu 飞书群机器人（key_file 存机器人地址中 "
                "key=、access_token= 或 /hook/ 后面的部分；secret_file 存加签密钥，钉钉、飞书必填；base_url、ca_file、proxy、"
                "allow_private 用于专有部署），command 外部程序（argv，标准输入收 JSON），zmq 发布（listen、key_file、"
                "subscribers 订阅方公钥）。per_minute 每分钟条数（默认 20，飞书 100）；jitter 避开整点半点多久；timeout 时限"},
    {.key = "channels.attempts", .type = CONFIG_INT, .offset = AT(courier.attempts), .fallback = "8", .min = 1,
     .max = 1000, .help = "tries before a delivery counts as failed", .help_zh = "一条最多试几次"},
    {.key = "channels.fallback_after", .type = CONFIG_INT, .offset = AT(courier.fallback_after), .fallback = "3",
     .min = 1, .max = 1000, .help = "tries before the contact's second channel takes over",
     .help_zh = "试几次不成就改走备用渠道"},
    {.key = "channels.retry_first", .type = CONFIG_DURATION, .offset = AT(courier.retry_first_ms), .fallback = "1s",
     .min = 10, .max = 3600000, .help = "pause after the first try; doubles (real time)",
     .help_zh = "第一次失败后等多久，以后加倍（真实时间）"},
    {.key = "channels.retry_longest", .type = CONFIG_DURATION, .offset = AT(courier.retry_longest_ms),
     .fallback = "10min", .min = 10, .max = 86400000, .help = "longest pause", .help_zh = "最长等多久"},
    {.key = "watch.heartbeat_url", .type = CONFIG_TEXT, .offset = WATCH(url), .secret = true,
     .sample = "https://watch.example.org/ping/duban",
     .help = "called while all is well: a watcher outside cries when the calls stay away",
     .help_zh = "正常时定期访问的地址；外部监测收不到就报警"},
    {.key = "watch.heartbeat_every", .type = CONFIG_DURATION, .offset = WATCH(every_ms), .fallback = "5min",
     .min = 1000, .max = 86400000, .help = "how often (real time)", .help_zh = "多久一次（真实时间）"},
    {.key = "watch.heartbeat_post", .type = CONFIG_BOOL, .offset = WATCH(post), .fallback = "false",
     .help = "POST instead of GET", .help_zh = "用 POST 而不是 GET"},
    {.key = "watch.heartbeat_allow_private", .type = CONFIG_BOOL, .offset = WATCH(allow_private), .fallback = "false",
     .help = "its host may lie in a private address range", .help_zh = "允许在内网地址段里"},
    {.key = "watch.heartbeat_ca_file", .type = CONFIG_PATH, .offset = WATCH(ca_file), .sample = "private-ca.pem",
     .help = "certificates to trust; none: the system's", .help_zh = "信任的证书文件；不写就用系统自带的"},
    {.key = "watch.heartbeat_proxy", .type = CONFIG_TEXT, .offset = WATCH(proxy), .sample = "http://proxy.example:3128",
     .help = "proxy to it; none: direct", .help_zh = "代理；不写就直连"},
    {.key = "watch.database_channel", .type = CONFIG_TEXT, .offset = AWAY(channel), .sample = "wecom",
     .help = "tells one channel, from memory, that the database is away, and that it is back: once an outage. webhook, email, "
             "or the kind of one of channels.named (robot, command); none: only the log and the heartbeat tell",
     .help_zh = "数据库连不上时直接往这个渠道发一条，恢复时再发一条：webhook、email，或 channels.named 里机器人、外部程序的 kind；不写就只记日志"},
    {.key = "watch.database_address", .type = CONFIG_TEXT, .offset = AWAY(address), .sample = "office-room",
     .help = "its URL, mail box or name, as in the table of contacts", .help_zh = "该渠道的网址、邮箱或名字，写法同联系表"},
    {.key = "watch.database_after", .type = CONFIG_DURATION, .offset = AWAY(after_ms), .fallback = "5min", .min = 1000,
     .max = 86400000, .help = "how long it must be away (real time)", .help_zh = "连不上多久才说（真实时间）"},
    {.key = "lease_seconds", .type = CONFIG_INT, .offset = AT(courier.lease_seconds), .fallback = "60", .min = 5,
     .max = 3600, .help = "how long a delivery is this alerter's own while it is frozen, before another may take it (one that is gone: "
             "seconds); never shorter than the longest timeout",
     .help_zh = "本进程卡住时，一条消息多久后可由别的进程接手（进程没了只要几秒）；不会短于各渠道最长的时限"},
    {.key = "poll", .type = CONFIG_DURATION, .offset = AT(poll_ms), .fallback = "5s", .min = 100, .max = 60000,
     .help = "look at the database at least so often; notifications are only a hint",
     .help_zh = "至少多久看一次数据库"},
    {.key = "log_level", .type = CONFIG_WORD, .offset = AT(log_level), .fallback = "info", .words = log_levels,
     .help = "lowest level that is logged", .help_zh = "最低日志级别"},
};

static enum error_code check(const void *target, struct error *err) {
    const struct settings *settings = target;
    return away_check(&settings->courier.away, &settings->courier.channels, err);
}

const struct config_program alerter_program = {
    .name = "duban-alerter",
    .summary = "works out what is due, slipping, overdue or silent, and tells those who can act",
    .summary_zh = "算出临期、滞后、逾期、未报，通知能办的人",
    .fields = fields,
    .field_count = sizeof fields / sizeof fields[0],
    .size = sizeof(struct settings),
    .check = check,
};

enum error_code settings_secrets(struct settings *settings, struct error *err) {
    struct channel_settings *channels = &settings->courier.channels;
    enum error_code code = channel_secret_read(settings->webhook_secret_file, &channels->webhook_secret, err);
    if (!code) code = channel_secret_read(settings->email_password_file, &channels->email_password, err);
    return code ? code : channel_list_secrets(&channels->named, err);
}

void settings_finish(struct settings *settings) {
    channel_secret_forget(&settings->courier.channels.webhook_secret);
    channel_secret_forget(&settings->courier.channels.email_password);
    channel_list_forget(&settings->courier.channels.named);
}
