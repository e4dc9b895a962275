/* What a robot is sent: the text cut to its limit, who is called, the signature. Pure. */
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/text.h"
#include "services/alerter/channel_robot.h"

/* --- signatures --- */

static void sign(const char *key, size_t key_len, const char *text, size_t len, char out[ROBOT_SIGN_MAX]) {
    crypto_auth_hmacsha256_state state;
    uint8_t mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_init(&state, (const uint8_t *)key, key_len);
    crypto_auth_hmacsha256_update(&state, (const uint8_t *)text, len);
    crypto_auth_hmacsha256_final(&state, mac);
    sodium_bin2base64(out, ROBOT_SIGN_MAX, mac, sizeof mac, sodium_base64_VARIANT_ORIGINAL);
}

static void signed_line(int64_t time, const struct buffer *secret, struct buffer *out) {
    buffer_printf(out, "%lld\n%s", (long long)time, buffer_text(secret));
}

void dingtalk_sign(const struct buffer *secret, struct instant now, char out[ROBOT_SIGN_MAX]) {
    CLEAN(channel_secret_forget) struct buffer line = {0};
    signed_line(now.ms, secret, &line);
    sign(buffer_text(secret), secret->len, buffer_text(&line), line.len, out);
}

void feishu_sign(const struct buffer *secret, struct instant now, char out[ROBOT_SIGN_MAX]) {
    CLEAN(channel_secret_forget) struct buffer line = {0};
    signed_line(now.ms / MS_SECOND, secret, &line);
    sign(buffer_text(&line), line.len, "", 0, out);
}

/* --- the text --- */

static size_t count_lines(const char *text) {
    size_t lines = *text != '\0';
    for (; *text; text++) lines += *text == '\n' && text[1];
    return lines;
}

static void add_rest(size_t lines, const char *number, struct buffer *out) {
    if (lines > 0) buffer_printf(out, "\n（另有%zu行未显示，报编号 %s 可查全文）", lines, number);
    else buffer_printf(out, "\n（本行未完，报编号 %s 可查全文）", number);
}

void robot_text(const char *text, const char *number, size_t bytes, struct buffer *out) {
    size_t len = strlen(text);
    if (len <= bytes) {
        buffer_add(out, text, len);
        return;
    }
    CLEAN(buffer_finish) struct buffer rest = {0};
    add_rest(count_lines(text), number, &rest); /* at most as long as it can get */
    size_t room = bytes > rest.len ? bytes - rest.len : 0, kept = 0;
    for (size_t i = 0; i <= room && i < len; i++)
        if (text[i] == '\n') kept = i;
    if (kept == 0) kept = text_cut_bytes(text, len, room);
    buffer_add(out, text, kept);
    add_rest(text[kept] == '\n' ? count_lines(text + kept + 1) : count_lines(text + kept) - 1, number, out);
}

/* --- who is called --- */

static bool is_mobile(const char *word, size_t len) {
    return len == 11 && word[0] == '1' && strspn(word, "0123456789") >= len;
}

/* "张三的id,13800001111,@all": numbers and ids into two lists; true when everybody is called. */
static bool split_mention(const char *mention, json_t *mobiles, json_t *ids) {
    bool all = false;
    while (mention && *mention) {
        size_t len = strcspn(mention, ",");
        if (len == 4 && strncmp(mention, "@all", 4) == 0) all = true;
        else if (len > 0) json_array_append_new(is_mobile(mention, len) ? mobiles : ids, json_stringn(mention, len));
        mention += len + (mention[len] == ',');
    }
    return all;
}

/* --- the bodies --- */

static json_t *wecom_json(const char *text, json_t *mobiles, json_t *ids, bool all) {
    if (all) json_array_append_new(ids, json_string("@all"));
    json_t *inner = json_pack("{s:s}", "content", text);
    if (json_array_size(ids)) json_object_set(inner, "mentioned_list", ids);
    if (json_array_size(mobiles)) json_object_set(inner, "mentioned_mobile_list", mobiles);
    return json_pack("{s:s, s:o}", "msgtype", "text", "text", inner);
}

static json_t *dingtalk_json(const char *text, json_t *mobiles, json_t *ids, bool all) {
    return json_pack("{s:s, s:{s:s}, s:{s:O, s:O, s:b}}", "msgtype", "text", "text", "content", text, "at", "atMobiles",
                     mobiles, "atUserIds", ids, "isAtAll", all);
}

static json_t *feishu_json(const struct channel_named *robot, const char *text, struct instant now) {
    char sign_text[ROBOT_SIGN_MAX], time[24];
    snprintf(time, sizeof time, "%lld", (long long)(now.ms / MS_SECOND));
    feishu_sign(&robot->secret, now, sign_text);
    return json_pack("{s:s, s:s, s:s, s:{s:s}}", "timestamp", time, "sign", sign_text, "msg_type", "text", "content",
                     "text", text);
}

/* DingTalk calls a number or id only when it stands in the text too; Feishu by a tag, and knows no numbers. */
static void add_calls(enum channel_kind kind, const json_t *mobiles, const json_t *ids, bool all, struct buffer *out) {
    const json_t *lists[] = {ids, kind == CHANNEL_DINGTALK ? mobiles : NULL};
    bool any = false;
    for (size_t l = 0; l < 2; l++)
        for (size_t i = 0; i < json_array_size(lists[l]); i++, any = true) {
            const char *who = json_string_value(json_array_get(lists[l], i));
            buffer_add_text(out, any ? " " : "\n");
            if (kind == CHANNEL_DINGTALK) buffer_printf(out, "@%s", who);
            else buffer_printf(out, "<at user_id=\"%s\"></at>", who);
        }
    if (all && kind == CHANNEL_FEISHU) buffer_add_text(out, "\n<at user_id=\"all\">所有人</at>");
}

/* A county's words must not call anybody: Feishu reads tags out of a text. */
static void add_without_tags(const char *text, struct buffer *out) {
    for (; *text; text++) {
        if (strncasecmp(text, "<at", 3) == 0) buffer_add_text(out, "＜");
        else buffer_add_char(out, *text);
    }
}

static json_t *body_json(const struct channel_named *robot, const struct delivery *d, struct instant now, size_t bytes) {
    CLEAN(buffer_finish) struct buffer plain = {0};
    CLEAN(buffer_finish) struct buffer calls = {0};
    CLEAN(buffer_finish) struct buffer text = {0};
    json_t *mobiles = json_array(), *ids = json_array(), *out = NULL;
    bool all = split_mention(d->mention, mobiles, ids);
    if (robot->kind == CHANNEL_FEISHU) add_without_tags(d->body, &plain);
    else buffer_add_text(&plain, d->body);
    if (robot->kind != CHANNEL_WECOM) add_calls(robot->kind, mobiles, ids, all, &calls);
    robot_text(buffer_text(&plain), d->number, bytes > calls.len ? bytes - calls.len : 0, &text);
    buffer_add(&text, buffer_text(&calls), calls.len);
    if (!plain.failed && !calls.failed && !text.failed)
        out = robot->kind == CHANNEL_WECOM      ? wecom_json(buffer_text(&text), mobiles, ids, all)
              : robot->kind == CHANNEL_DINGTALK ? dingtalk_json(buffer_text(&text), mobiles, ids, all)
                                                : feishu_json(robot, buffer_text(&text), now);
    json_decref(mobiles);
    json_decref(ids);
    return out;
}

/* Raw UTF-8: WeCom refuses \u escapes. Quotes and line breaks grow by a byte each, so where the whole request is bounded
 * the text gives way by what it is too long. */
bool robot_body(const struct channel_named *robot, const struct delivery *d, struct instant now, struct buffer *out) {
    size_t bytes = robot->kind == CHANNEL_WECOM ? WECOM_TEXT_MAX : ROBOT_TEXT_MAX;
    for (;;) {
        json_t *json = body_json(robot, d, now, bytes);
        AUTO_FREE char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
        json_decref(json);
        size_t len = text ? strlen(text) : 0;
        if (!text || robot->kind == CHANNEL_WECOM || len <= ROBOT_BODY_MAX || bytes <= len - ROBOT_BODY_MAX) {
            if (text) buffer_add(out, text, len);
            return text && !out->failed;
        }
        bytes -= len - ROBOT_BODY_MAX;
    }
}

bool robot_url(const struct channel_named *robot, struct instant now, struct buffer *out) {
    static const char *const paths[] = {[CHANNEL_WECOM] = "/cgi-bin/webhook/send?key=",
                                        [CHANNEL_DINGTALK] = "/robot/send?access_token=",
                                        [CHANNEL_FEISHU] = "/open-apis/bot/v2/hook/"};
    size_t len = strlen(robot->base_url);
    while (len > 0 && robot->base_url[len - 1] == '/') len--;
    buffer_add(out, robot->base_url, len);
    buffer_printf(out, "%s%s", paths[robot->kind], buffer_text(&robot->key));
    if (robot->kind != CHANNEL_DINGTALK) return !out->failed;
    char sign_text[ROBOT_SIGN_MAX];
    dingtalk_sign(&robot->secret, now, sign_text);
    buffer_printf(out, "&timestamp=%lld&sign=", (long long)now.ms);
    for (const char *c = sign_text; *c; c++) {
        if (*c == '+' || *c == '/' || *c == '=') buffer_printf(out, "%%%02X", (unsigned)*c);
        else buffer_add_char(out, *c);
    }
    return !out->failed;
}
