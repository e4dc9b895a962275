#include "services/alerter/away.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"

/* --- when --- */

void away_failed(struct away *away, bool unreached, struct tick tick, struct instant now) {
    if (!away->failing) away->failed = now;
    if (!away->failing && !away->told) { /* told: its return was not said yet, so it was never back */
        away->since = away->next_try = tick;
        away->began = now;
        away->tries = 0;
    }
    away->failing = true;
    away->unreached = unreached;
}

void away_well(struct away *away, struct instant now) {
    if (!away->failing) return;
    away->failing = false;
    away->ended = now;
    away->tries = 0;
    away->next_try = (struct tick){0};
}

enum away_step away_due(struct away *away, const struct away_settings *settings, struct tick tick) {
    if (!settings->channel || away->under_way || tick.ms < away->next_try.ms) return AWAY_NOTHING;
    if (away->failing && !away->told && tick.ms - away->since.ms >= settings->after_ms) away->under_way = AWAY_SAID;
    else if (!away->failing && away->told) away->under_way = AWAY_BACK;
    if (away->under_way) away->tries++;
    return away->under_way;
}

void away_sent(struct away *away, bool delivered, int64_t wait_ms, int tries_max, struct tick tick) {
    enum away_step step = away->under_way;
    away->under_way = AWAY_NOTHING;
    if (step == AWAY_SAID && delivered) {
        away->told = true;
        away->tries = 0;
    } else if (step == AWAY_BACK && (delivered || away->tries >= tries_max)) {
        away->told = false;
        away->since = away->next_try = tick; /* is it gone again meanwhile, that is an outage of its own */
        away->began = away->failed;
        away->tries = 0;
    } else {
        away->next_try = tick_after(tick, wait_ms);
    }
}

/* --- in which words --- */

static void add_time(struct instant at, struct buffer *out) {
    int year, month, mday;
    day_split(instant_day(at), &year, &month, &mday);
    int minutes = (int)(instant_ms_of_day(at) / MS_MINUTE);
    buffer_printf(out, "%d月%d日%d:%02d", month, mday, minutes / 60, minutes % 60);
}

static void add_first(const struct away *away, enum away_step step, struct buffer *out) {
    buffer_add_text(out, step == AWAY_BACK ? "【运行】数据库恢复了，" : away->unreached ? "【运行】数据库连不上，" : "【运行】数据库用不了，");
    add_time(away->began, out);
    buffer_add_text(out, step == AWAY_BACK ? "起中断到" : "起，期间不发督办消息");
    if (step == AWAY_BACK) add_time(away->ended, out);
}

static void add_text(const struct away *away, enum away_step step, const char *host, struct instant now,
                     struct buffer *out) {
    long long minutes = (long long)(((step == AWAY_BACK ? away->ended : now).ms - away->began.ms) / MS_MINUTE);
    add_first(away, step, out);
    if (step == AWAY_BACK)
        buffer_printf(out, "\n中断%lld分钟。%s上的提醒程序已接着算、接着发，期间该发的现在补发。\n"
                           "不用处理；要核对：duban doctor，duban outbox。", minutes, host);
    else
        buffer_printf(out, "\n已%lld分钟。%s上的提醒程序一直在重试，恢复后接着发，不会漏。\n"
                           "请信息员查数据库和网络：duban doctor 说明哪里不通，提醒程序的日志（look_failed）说明原因。\n"
                           "恢复时再发一条，其间不再重复。", minutes, host);
}

/* The one item, for receivers that read no text. */
static char *facts(const struct away *away, enum away_step step, const char *line, const char *key) {
    char opened[INSTANT_TEXT_MAX];
    instant_print(away->began, opened);
    json_t *json = json_pack("[{s:i, s:s, s:s, s:s, s:s, s:s, s:b}]", "item", 1, "rule", "database", "step",
                             step == AWAY_BACK ? "recovered" : "first", "key", key, "opened_at", opened, "line", line,
                             "resolved", step == AWAY_BACK);
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    return text;
}

bool away_message(const struct away *away, const struct away_settings *settings, enum away_step step, const char *host,
                  struct instant now, struct delivery *out) {
    CLEAN(buffer_finish) struct buffer first = {0};
    CLEAN(buffer_finish) struct buffer text = {0};
    char matter[128], key[160];
    add_first(away, step, &first);
    add_text(away, step, host, now, &text);
    snprintf(matter, sizeof matter, "database-%.64s-%lld", host, (long long)away->began.ms);
    snprintf(key, sizeof key, "%s-%s", matter, step == AWAY_BACK ? "back" : "away");
    if (first.failed || text.failed) return false;
    *out = (struct delivery){.attempts = away->tries,
                             .channel = strdup(settings->channel),
                             .address = strdup(settings->address),
                             .key = strdup(key),
                             .number = strdup(""),
                             .recipient = strdup("office"),
                             .first_line = strdup(buffer_text(&first)),
                             .body = strdup(buffer_text(&text)),
                             .facts = facts(away, step, buffer_text(&first), matter),
                             .programme = strdup(""),
                             .kind = strdup("watch"),
                             .mention = strdup(""),
                             .long_body = strdup(""),
                             .attachment_name = strdup(""),
                             .rendered_at = now};
    const char *const texts[] = {out->channel, out->address, out->key,       out->number, out->recipient, out->first_line, out->body,
                                 out->facts,   out->programme, out->kind, out->mention, out->long_body, out->attachment_name};
    bool good = true;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) good = good && texts[i];
    return good;
}

/* --- where --- */

enum error_code away_check(const struct away_settings *settings, const struct channel_settings *channels,
                           struct error *err) {
    static const char ways[] = "webhook and email with their address, wecom, dingtalk, feishu and command with a name of "
                               "channels.named";
    const char *channel = settings->channel, *address = settings->address;
    int kind;
    bool ignored;
    if (!channel && !address) return ERROR_OK;
    if (!channel || !address)
        return error_set(err, ERROR_INPUT, "watch: database_channel and database_address belong together, like 渠道 and 地址 of "
                         "a contact");
    if (!word_find(channel_kinds, channel, strlen(channel), &kind) || kind == CHANNEL_LOG || kind == CHANNEL_ZMQ)
        return error_set(err, ERROR_INPUT, "watch.database_channel: \"%s\" tells nobody directly; there are %s", channel, ways);
    if (kind == CHANNEL_WEBHOOK) return channel_url_check(address, NULL, &ignored, err) ? ERROR_OK : ERROR_INPUT;
    if (kind == CHANNEL_EMAIL && !email_address_fits(address))
        return error_set(err, ERROR_INPUT, "watch.database_address: \"%s\" is no mail box", address);
    if (kind == CHANNEL_EMAIL && (!channels->email_server || !channels->email_from))
        return error_set(err, ERROR_INPUT, "watch.database_channel: email needs channels.email.server and channels.email.from");
    if (kind != CHANNEL_EMAIL && !channel_find(channels, channel, address))
        return error_set(err, ERROR_INPUT, "watch.database_address: channels.named has no %s \"%s\"", channel, address);
    return ERROR_OK;
}
