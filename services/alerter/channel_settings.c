/* `channels.named`: the channels a configuration declares, and the files of their secrets. */
#include <sodium.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/file.h"
#include "common/base/text.h"
#include "common/link/context.h"
#include "services/alerter/channel.h"

enum { SECRET_BYTES_MAX = 4096, NAME_BYTES_MAX = 64, PER_MINUTE_MAX = 60000, TIMEOUT_MS = 10000 };

const struct word channel_kinds[] = {
    {"log", CHANNEL_LOG},       {"webhook", CHANNEL_WEBHOOK},   {"email", CHANNEL_EMAIL},
    {"wecom", CHANNEL_WECOM},   {"dingtalk", CHANNEL_DINGTALK}, {"feishu", CHANNEL_FEISHU},
    {"zmq", CHANNEL_ZMQ},       {"command", CHANNEL_COMMAND},   {NULL, 0},
};

/* What each kind starts from: the vendor's public address and its documented pace. */
static const struct kind_defaults {
    enum channel_kind kind;
    const char *base_url;
    int64_t per_minute, jitter_ms;
} defaults[] = {
    {CHANNEL_WECOM, "https://qyapi.weixin.qq.com", 20, 20000},
    {CHANNEL_DINGTALK, "https://oapi.dingtalk.com", 20, 20000},
    {CHANNEL_FEISHU, "https://open.feishu.cn", 100, 120000}, /* advises against the hour and the half hour */
    {CHANNEL_ZMQ, NULL, 0, 0},
    {CHANNEL_COMMAND, NULL, 0, 0},
};

const char channel_list_sample[] =
    "- {name: office-room, kind: wecom, key_file: office-room.key}\n"
    "- {name: county-room, kind: dingtalk, key_file: county.token, secret_file: county.secret}\n"
    "- name: leads-room\n"
    "  kind: feishu\n"
    "  key_file: leads.hook\n"
    "  secret_file: leads.secret\n"
    "  base_url: \"https://feishu.example.gov.cn\"\n"
    "  ca_file: private-ca.pem\n"
    "  proxy: \"http://proxy.example:3128\"\n"
    "  allow_private: true\n"
    "  per_minute: 100\n"
    "  jitter: 2min\n"
    "  timeout: 10s\n"
    "- {name: bus, kind: zmq, listen: \"tcp://*:5559\", key_file: bus.key, subscribers: [board.key.pub]}\n"
    "- {name: sms, kind: command, argv: [/usr/local/bin/send-sms, --json], timeout: 30s}";

const struct channel_named *channel_find(const struct channel_settings *settings, const char *kind, const char *name) {
    int wanted;
    if (!word_find(channel_kinds, kind, strlen(kind), &wanted)) return NULL;
    for (size_t i = 0; i < settings->named.count; i++) {
        const struct channel_named *named = &settings->named.items[i];
        if ((int)named->kind == wanted && strcmp(named->name, name) == 0) return named;
    }
    return NULL;
}

static bool is_robot(enum channel_kind kind) {
    return kind == CHANNEL_WECOM || kind == CHANNEL_DINGTALK || kind == CHANNEL_FEISHU;
}

static const struct kind_defaults *defaults_of(enum channel_kind kind) {
    for (size_t i = 0; i < sizeof defaults / sizeof defaults[0]; i++)
        if (defaults[i].kind == kind) return &defaults[i];
    return NULL;
}

/* --- reading --- */

static void read_path(struct config *config, struct yaml_node *node, const char *key, enum yaml_need need,
                      const char **out) {
    const char *text = NULL;
    if (!yaml_get_text(&config->doc, node, key, need, &text)) return;
    *out = config_path(config, text);
    if (!*out) yaml_wrong(&config->doc, node, "%s: no memory", key);
}

static void read_duration(struct config *config, struct yaml_node *node, const char *key, int64_t max, int64_t *out) {
    const char *text = NULL;
    if (!yaml_get_text(&config->doc, node, key, YAML_OPTIONAL, &text)) return;
    if (!config_parse_duration(text, out) || *out > max)
        yaml_wrong(&config->doc, node, "%s: \"%s\" is not a duration like 10s, up to %d min", key, text,
                   (int)(max / MS_MINUTE));
}

static void read_robot(struct config *config, struct yaml_node *node, struct channel_named *out) {
    struct yaml *doc = &config->doc;
    struct error err;
    const char *vendors = out->base_url; /* until the configuration names another */
    bool ignored;
    read_path(config, node, "key_file", YAML_REQUIRED, &out->key_file);
    if (out->kind != CHANNEL_WECOM) read_path(config, node, "secret_file", YAML_REQUIRED, &out->secret_file);
    read_path(config, node, "ca_file", YAML_OPTIONAL, &out->ca_file);
    yaml_get_text(doc, node, "proxy", YAML_OPTIONAL, &out->proxy);
    yaml_get_bool(doc, node, "allow_private", YAML_OPTIONAL, &out->allow_private);
    yaml_get_text(doc, node, "base_url", YAML_OPTIONAL, &out->base_url);
    if (!channel_url_check(out->base_url, NULL, &ignored, &err) || strpbrk(out->base_url, "?#"))
        yaml_wrong(doc, node, "base_url is an http or https address up to the vendor's own path, like %s",
                   vendors);
    else if (strncmp(out->base_url, "https://", 8) != 0 && !out->allow_private)
        yaml_wrong(doc, node, "base_url: over http the robot's key travels in the open; use https, or set allow_private: "
                   "true for a host of your own network");
}

static void read_command(struct config *config, struct yaml_node *node, struct channel_named *out) {
    if (yaml_get_texts(&config->doc, node, "argv", YAML_REQUIRED, &out->argv, &out->argc) &&
        (out->argc == 0 || out->argv[0][0] != '/'))
        yaml_wrong(&config->doc, node, "argv: begin with the absolute path of the program");
}

static void read_zmq(struct config *config, struct yaml_node *node, struct channel_named *out) {
    struct error err;
    read_path(config, node, "key_file", YAML_REQUIRED, &out->key_file);
    if (yaml_get_text(&config->doc, node, "listen", YAML_REQUIRED, &out->listen) &&
        link_address_check(out->listen, &err))
        yaml_wrong(&config->doc, node, "listen: %s", err.message);
    yaml_get_texts(&config->doc, node, "subscribers", YAML_REQUIRED, &out->subscribers, &out->subscriber_count);
}

static void check_name(struct config *config, struct yaml_node *node, const struct channel_list *list,
                       const char *name) {
    if (!*name || strlen(name) > NAME_BYTES_MAX || strpbrk(name, ":/@ ,\"'") || text_has_control(name, strlen(name)))
        yaml_wrong(&config->doc, node, "name: up to %d bytes, without : / @ comma, quotes and spaces", NAME_BYTES_MAX);
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].name && strcmp(list->items[i].name, name) == 0)
            yaml_wrong(&config->doc, node, "two channels are called \"%s\"", name);
}

static void read_named(struct config *config, struct yaml_node *node, struct channel_list *list) {
    struct yaml *doc = &config->doc;
    if (!yaml_as_map(doc, node, "channel")) return;
    struct channel_named *out = &list->items[list->count];
    int kind;
    *out = (struct channel_named){.timeout_ms = TIMEOUT_MS};
    if (yaml_get_text(doc, node, "name", YAML_REQUIRED, &out->name)) check_name(config, node, list, out->name);
    if (!yaml_get_word(doc, node, "kind", YAML_REQUIRED, channel_kinds, &kind)) return;
    out->kind = (enum channel_kind)kind;
    const struct kind_defaults *start = defaults_of(out->kind);
    if (!start) {
        yaml_wrong(doc, node, "kind: only wecom, dingtalk, feishu, zmq and command are named here; log, webhook and email "
                   "stand in the table of contacts with their address");
        return;
    }
    out->base_url = start->base_url;
    out->per_minute = start->per_minute;
    out->jitter_ms = start->jitter_ms;
    yaml_get_int(doc, node, "per_minute", YAML_OPTIONAL, 1, PER_MINUTE_MAX, &out->per_minute);
    read_duration(config, node, "jitter", 15LL * MS_MINUTE, &out->jitter_ms);
    read_duration(config, node, "timeout", 5LL * MS_MINUTE, &out->timeout_ms);
    if (is_robot(out->kind)) read_robot(config, node, out);
    else if (out->kind == CHANNEL_COMMAND) read_command(config, node, out);
    else read_zmq(config, node, out);
    yaml_no_others(doc, node);
    list->count++;
}

void channel_list_read(struct config *config, struct yaml_node *node, void *slot) {
    struct channel_list *list = slot;
    if (!node || !yaml_as_list(&config->doc, node, "named")) return;
    if (node->count > CHANNELS_NAMED_MAX)
        yaml_wrong(&config->doc, node, "more than %d channels", CHANNELS_NAMED_MAX);
    for (size_t i = 0; i < node->count && list->count < CHANNELS_NAMED_MAX; i++)
        read_named(config, &node->items[i], list);
}

/* --- secrets --- */

enum error_code channel_secret_read(const char *path, struct buffer *out, struct error *err) {
    if (!path) return ERROR_OK;
    enum error_code code = file_read(path, SECRET_BYTES_MAX, out, err);
    while (!code && out->len > 0 && (out->data[out->len - 1] == '\n' || out->data[out->len - 1] == '\r'))
        buffer_cut(out, out->len - 1);
    if (!code && out->len == 0) code = error_set(err, ERROR_INPUT, "%s: the file of the secret is empty", path);
    return code;
}

/* The key becomes part of a URL; people paste the whole URL here. */
static enum error_code check_key(const struct channel_named *named, struct error *err) {
    const char *key = buffer_text(&named->key);
    if (strspn(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == named->key.len)
        return ERROR_OK;
    return error_set(err, ERROR_INPUT, "%s: a robot's key is letters, digits and hyphens: of the address the vendor gave, "
                     "write only what stands behind \"key=\", \"access_token=\" or \"/hook/\"", named->key_file);
}

enum error_code channel_list_secrets(struct channel_list *list, struct error *err) {
    for (size_t i = 0; i < list->count; i++) {
        struct channel_named *named = &list->items[i];
        if (!is_robot(named->kind)) continue; /* zmq opens its key itself */
        enum error_code code = channel_secret_read(named->key_file, &named->key, err);
        if (!code) code = check_key(named, err);
        if (!code) code = channel_secret_read(named->secret_file, &named->secret, err);
        if (code) return code;
    }
    return ERROR_OK;
}

void channel_secret_forget(struct buffer *secret) {
    if (secret->data) sodium_memzero(secret->data, secret->capacity);
    buffer_finish(secret);
}
void channel_list_forget(struct channel_list *list) {
    for (size_t i = 0; i < list->count; i++) {
        channel_secret_forget(&list->items[i].key);
        channel_secret_forget(&list->items[i].secret);
    }
}

/* --- pace --- */

/* A full bucket and what flows in during a minute must stay within the vendor's minute together; one in twenty is kept
 * back for the time a request takes on its way. Feishu counts seconds too (5): three at once and one and a half flowing
 * in. Spread by name, so that several rooms do not wake together. */
struct outbox_channel channel_pace(const struct channel_named *named) {
    struct outbox_channel out = {.name = named->name, .burst = 1, .abreast = is_robot(named->kind) ? 1 : 4};
    out.kind = word_text(channel_kinds, (int)named->kind);
    uint8_t hash[2] = {0};
    crypto_generichash(hash, sizeof hash, (const uint8_t *)named->name, strlen(named->name), NULL, 0);
    int64_t jitter = named->jitter_ms / MS_SECOND, half = jitter / 2;
    out.quiet_seconds = half + (jitter > half ? (hash[0] << 8 | hash[1]) % (jitter - half) : 0);
    if (named->per_minute == 0) return out;
    int64_t most = named->kind == CHANNEL_FEISHU ? 3 : named->per_minute;
    out.burst = named->per_minute / 5 < most ? named->per_minute / 5 : most;
    if (out.burst < 1) out.burst = 1;
    int64_t flow = named->per_minute - out.burst - named->per_minute / 20;
    out.interval_ms = MS_MINUTE / (flow > 0 ? flow : 1);
    return out;
}
