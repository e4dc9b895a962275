/* What the robots are sent and what their answers mean. The signing vectors are the vendors' algorithms computed twice,
 * independently, over the secret "SECtest-duban-0001". */
#include "services/alerter/channel_robot.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/text.h"

static const struct instant new_year = {1640995200000};

static struct channel_named robot(enum channel_kind kind) {
    struct channel_named out = {.name = "room", .kind = kind, .base_url = "https://robot.example/", .timeout_ms = 1000};
    buffer_add_text(&out.key, "KEY-1");
    buffer_add_text(&out.secret, "SECtest-duban-0001");
    return out;
}
static void forget(struct channel_named *named) {
    channel_secret_forget(&named->key);
    channel_secret_forget(&named->secret);
}
static struct delivery with_text(const char *text, const char *mention) {
    struct delivery d = {.number = strdup("D21-1108-05"), .body = strdup(text), .mention = strdup(mention)};
    return d;
}
static json_t *body_of(enum channel_kind kind, const char *text, const char *mention, size_t *bytes) {
    CLEAN(buffer_finish) struct buffer body = {0};
    CLEAN(forget) struct channel_named named = robot(kind);
    CLEAN(delivery_finish) struct delivery d = with_text(text, mention);
    cr_assert(robot_body(&named, &d, new_year, &body));
    cr_expect_null(strstr(buffer_text(&body), "\\u"), "raw UTF-8");
    if (bytes) *bytes = body.len;
    json_t *json = json_loads(buffer_text(&body), 0, NULL);
    cr_assert(json, "%s", buffer_text(&body));
    return json;
}
static const char *text_at(json_t *json, const char *outer, const char *inner) {
    return json_string_value(json_object_get(json_object_get(json, outer), inner));
}

Test(channel_robot, signatures) {
    CLEAN(buffer_finish) struct buffer secret = {0};
    char sign[ROBOT_SIGN_MAX];
    buffer_add_text(&secret, "SECtest-duban-0001");
    dingtalk_sign(&secret, new_year, sign);
    cr_expect_str_eq(sign, "Ah4octpiBFBQcUjo/zU488Dy+E3XmOc9ICGaG8ls/vA=");
    feishu_sign(&secret, new_year, sign);
    cr_expect_str_eq(sign, "ncmnhV2jtB3qeaX1D1AfJtNkf6PRsB2Kghlc5jWKlpE=");
}

Test(channel_robot, urls) {
    static const struct {
        enum channel_kind kind;
        const char *url;
    } rows[] = {
        {CHANNEL_WECOM, "https://robot.example/cgi-bin/webhook/send?key=KEY-1"},
        {CHANNEL_DINGTALK, "https://robot.example/robot/send?access_token=KEY-1&timestamp=1640995200000"
                           "&sign=Ah4octpiBFBQcUjo%2FzU488Dy%2BE3XmOc9ICGaG8ls%2FvA%3D"},
        {CHANNEL_FEISHU, "https://robot.example/open-apis/bot/v2/hook/KEY-1"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CLEAN(buffer_finish) struct buffer url = {0};
        CLEAN(forget) struct channel_named named = robot(rows[i].kind);
        cr_assert(robot_url(&named, new_year, &url));
        cr_expect_str_eq(buffer_text(&url), rows[i].url);
    }
}

Test(channel_robot, wecom_calls_by_number_and_by_id) {
    json_t *json = body_of(CHANNEL_WECOM, "【逾期】青川\n第二行", "13800001111,zhangsan", NULL);
    cr_expect_str_eq(json_string_value(json_object_get(json, "msgtype")), "text");
    cr_expect_str_eq(text_at(json, "text", "content"), "【逾期】青川\n第二行");
    json_t *text = json_object_get(json, "text");
    cr_expect_str_eq(json_string_value(json_array_get(json_object_get(text, "mentioned_mobile_list"), 0)), "13800001111");
    cr_expect_str_eq(json_string_value(json_array_get(json_object_get(text, "mentioned_list"), 0)), "zhangsan");
    json_decref(json);
    json = body_of(CHANNEL_WECOM, "【逾期】青川", "", NULL);
    cr_expect_null(json_object_get(json_object_get(json, "text"), "mentioned_list"), "nobody is called");
    json_decref(json);
}

Test(channel_robot, dingtalk_wants_the_number_in_the_text_too) {
    json_t *json = body_of(CHANNEL_DINGTALK, "【逾期】青川", "13800001111,@all", NULL);
    cr_expect_str_eq(text_at(json, "text", "content"), "【逾期】青川\n@13800001111");
    json_t *called = json_object_get(json, "at");
    cr_expect_str_eq(json_string_value(json_array_get(json_object_get(called, "atMobiles"), 0)), "13800001111");
    cr_expect(json_is_true(json_object_get(called, "isAtAll")));
    json_decref(json);
}

Test(channel_robot, feishu_is_signed_in_the_body_and_calls_by_tag) {
    json_t *json = body_of(CHANNEL_FEISHU, "【逾期】青川", "ou_x,13800001111", NULL);
    cr_expect_str_eq(json_string_value(json_object_get(json, "timestamp")), "1640995200");
    cr_expect_str_eq(json_string_value(json_object_get(json, "sign")), "ncmnhV2jtB3qeaX1D1AfJtNkf6PRsB2Kghlc5jWKlpE=");
    cr_expect_str_eq(text_at(json, "content", "text"), "【逾期】青川\n<at user_id=\"ou_x\"></at>", "it knows no numbers");
    json_decref(json);
}

Test(channel_robot, a_countys_words_call_nobody) {
    json_t *json = body_of(CHANNEL_FEISHU, "县里说明：“<at user_id=\"all\">所有人</at><AT x>”", "", NULL);
    cr_expect_str_eq(text_at(json, "content", "text"), "县里说明：“＜at user_id=\"all\">所有人</at>＜AT x>”");
    json_decref(json);
}

Test(channel_robot, long_texts_end_at_a_line_and_say_what_is_missing) {
    CLEAN(buffer_finish) struct buffer out = {0};
    robot_text("一\n二\n三", "D21-1108-05", 100, &out);
    cr_expect_str_eq(buffer_text(&out), "一\n二\n三");
    buffer_clear(&out);
    /* 9 lines of 20 characters (60 bytes) and line breaks: 548 bytes into 300. The last line takes 61. */
    static const char line[] = "剑阁改造户表今年第三次报数与上月相差较多\n";
    CLEAN(buffer_finish) struct buffer text = {0};
    for (int i = 0; i < 9; i++) buffer_add_text(&text, line);
    buffer_cut(&text, text.len - 1);
    robot_text(buffer_text(&text), "D21-1108-05", 300, &out);
    cr_expect_leq(out.len, 300);
    cr_expect(strstr(buffer_text(&out), "\n（另有6行未显示，报编号 D21-1108-05 可查全文）"), "%s", buffer_text(&out));
    cr_expect_eq(strncmp(buffer_text(&out), line, strlen(line)), 0);
}

Test(channel_robot, cut_between_characters_at_every_limit) {
    static const char text[] = "剑阁a校舍é改造𠮷户表，完成三十一公里\n第二行也很长很长很长很长很长\n三";
    for (size_t bytes = 64; bytes < sizeof text; bytes++) {
        CLEAN(buffer_finish) struct buffer out = {0};
        robot_text(text, "D21-1", bytes, &out);
        cr_expect_leq(out.len, bytes, "%zu: %s", bytes, buffer_text(&out));
        cr_expect(text_is_utf8(buffer_text(&out), out.len, NULL), "%zu", bytes);
    }
}

Test(channel_robot, wecom_takes_2048_bytes_and_the_others_20000_of_request) {
    CLEAN(buffer_finish) struct buffer text = {0};
    size_t bytes = 0;
    for (int i = 0; i < 3000; i++) buffer_add_text(&text, "“\"引\"”\n"); /* what grows in JSON */
    json_t *json = body_of(CHANNEL_WECOM, buffer_text(&text), "", NULL);
    cr_expect_leq(strlen(text_at(json, "text", "content")), 2048);
    cr_expect_geq(strlen(text_at(json, "text", "content")), 2000, "and as much as fits");
    json_decref(json);
    json = body_of(CHANNEL_FEISHU, buffer_text(&text), "ou_x", &bytes);
    cr_expect_leq(bytes, 20000);
    cr_expect(strstr(text_at(json, "content", "text"), "ou_x"), "who is called is never cut off");
    json_decref(json);
    json = body_of(CHANNEL_DINGTALK, buffer_text(&text), "", &bytes);
    cr_expect_leq(bytes, 20000);
    json_decref(json);
}

Test(channel_robot, answers) {
    static const struct {
        enum channel_kind kind;
        long status, reset;
        const char *body;
        enum delivery_outcome outcome;
        int hold_ms, tries;
    } rows[] = {
        {CHANNEL_WECOM, 200, 0, "{\"errcode\":0,\"errmsg\":\"ok\"}", DELIVERY_DELIVERED, 0, 0},
        {CHANNEL_WECOM, 200, 0, "{\"errcode\":45009,\"errmsg\":\"api freq out of limit\"}", DELIVERY_THROTTLED, 60000, 0},
        {CHANNEL_WECOM, 200, 0, "{\"errcode\":-1,\"errmsg\":\"system busy\"}", DELIVERY_RETRY, 0, 3},
        {CHANNEL_WECOM, 200, 0, "{\"errcode\":45033,\"errmsg\":\"\"}", DELIVERY_THROTTLED, 5000, 0},
        {CHANNEL_WECOM, 200, 0, "{\"errcode\":93000,\"errmsg\":\"invalid webhook url\"}", DELIVERY_FAILED, 0, 0},
        {CHANNEL_WECOM, 200, 0, "{\"errcode\":40008,\"errmsg\":\"\"}", DELIVERY_FAILED, 0, 0},
        {CHANNEL_WECOM, 200, 0, "{\"errmsg\":\"ok\"}", DELIVERY_RETRY, 0, 0}, /* no code is a failure */
        {CHANNEL_WECOM, 200, 0, "<html>portal</html>", DELIVERY_RETRY, 0, 0},
        {CHANNEL_WECOM, 200, 0, "", DELIVERY_RETRY, 0, 0},
        {CHANNEL_WECOM, 502, 0, "Bad Gateway", DELIVERY_RETRY, 0, 0},
        {CHANNEL_WECOM, 200, 0, "{\"errcode\":\"0\"}", DELIVERY_RETRY, 0, 0},
        {CHANNEL_WECOM, 200, 0, "{\"errcode\":77777,\"errmsg\":\"new\"}", DELIVERY_RETRY, 0, 0},
        {CHANNEL_DINGTALK, 200, 0, "{\"errcode\":0,\"errmsg\":\"ok\"}", DELIVERY_DELIVERED, 0, 0},
        {CHANNEL_DINGTALK, 200, 0, "{\"errcode\":130101,\"errmsg\":\"send too fast\"}", DELIVERY_THROTTLED, 600000, 0},
        {CHANNEL_DINGTALK, 200, 0, "{\"errcode\":410100,\"errmsg\":\"\"}", DELIVERY_THROTTLED, 600000, 0},
        {CHANNEL_DINGTALK, 200, 0, "{\"status\":1111,\"punish\":\"deny\",\"wait\":5}", DELIVERY_THROTTLED, 5000, 0},
        {CHANNEL_DINGTALK, 200, 0, "{\"status\":1111,\"punish\":\"deny\"}", DELIVERY_THROTTLED, 600000, 0},
        {CHANNEL_DINGTALK, 200, 0, "{\"errcode\":310000,\"errmsg\":\"invalid timestamp\"}", DELIVERY_RETRY, 0, 0},
        {CHANNEL_DINGTALK, 200, 0, "{\"errcode\":310000,\"errmsg\":\"sign not match\"}", DELIVERY_FAILED, 0, 0},
        {CHANNEL_DINGTALK, 200, 0, "{\"errcode\":310000,\"errmsg\":\"keywords not in content\"}", DELIVERY_FAILED, 0, 0},
        {CHANNEL_DINGTALK, 200, 0, "{\"errcode\":310000,\"errmsg\":\"ip 1.2.3.4 not in whitelist\"}", DELIVERY_FAILED, 0, 0},
        {CHANNEL_DINGTALK, 200, 0, "{\"errcode\":300005,\"errmsg\":\"token is not exist\"}", DELIVERY_FAILED, 0, 0},
        {CHANNEL_DINGTALK, 200, 0, "{\"errcode\":400102,\"errmsg\":\"\"}", DELIVERY_FAILED, 0, 0},
        {CHANNEL_DINGTALK, 200, 0, "{\"errcode\":-1,\"errmsg\":\"\"}", DELIVERY_RETRY, 0, 3},
        {CHANNEL_FEISHU, 200, 0, "{\"code\":0,\"msg\":\"success\"}", DELIVERY_DELIVERED, 0, 0},
        {CHANNEL_FEISHU, 200, 0, "{\"StatusCode\":0,\"StatusMessage\":\"success\"}", DELIVERY_DELIVERED, 0, 0},
        {CHANNEL_FEISHU, 429, 7, "{\"code\":11232,\"msg\":\"frequency limit\"}", DELIVERY_THROTTLED, 7000, 0},
        {CHANNEL_FEISHU, 200, 0, "{\"code\":11232,\"msg\":\"frequency limit\"}", DELIVERY_THROTTLED, 60000, 0},
        {CHANNEL_FEISHU, 429, 3, "{\"code\":9499,\"msg\":\"too many request\"}", DELIVERY_THROTTLED, 3000, 0},
        {CHANNEL_FEISHU, 429, 0, "busy", DELIVERY_THROTTLED, 60000, 0},
        {CHANNEL_FEISHU, 400, 0, "{\"code\":9499,\"msg\":\"Bad Request\"}", DELIVERY_FAILED, 0, 0},
        {CHANNEL_FEISHU, 200, 0, "{\"code\":19021,\"msg\":\"sign match fail\"}", DELIVERY_FAILED, 0, 0},
        {CHANNEL_FEISHU, 200, 0, "{\"code\":19024,\"msg\":\"Key Words Not Found\"}", DELIVERY_FAILED, 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *remedy;
        struct channel_verdict got =
            robot_judge(rows[i].kind, rows[i].status, rows[i].body, strlen(rows[i].body), rows[i].reset, &remedy);
        cr_expect_eq(got.outcome, rows[i].outcome, "%s", rows[i].body);
        cr_expect_eq(got.hold_ms, rows[i].hold_ms, "%s: %d", rows[i].body, got.hold_ms);
        cr_expect_eq(got.tries_max, rows[i].tries, "%s", rows[i].body);
    }
}

/* A bucket and its inflow stay within the vendor's minute, in any minute. */
Test(channel_robot, paces_keep_the_vendors_minute) {
    for (int64_t per_minute = 1; per_minute <= 600; per_minute++) {
        struct channel_named named = {.name = "room", .kind = CHANNEL_WECOM, .per_minute = per_minute};
        struct outbox_channel pace = channel_pace(&named);
        cr_expect_leq(pace.burst + (60000 - 1) / pace.interval_ms, per_minute, "%d a minute", (int)per_minute);
        cr_expect_eq(pace.abreast, 1);
    }
    struct channel_named feishu = {.name = "room", .kind = CHANNEL_FEISHU, .per_minute = 100, .jitter_ms = 120000};
    struct outbox_channel pace = channel_pace(&feishu);
    cr_expect_leq(pace.burst + 1000 / pace.interval_ms + 1, 5, "and five a second");
    cr_expect_geq(pace.quiet_seconds, 60);
    cr_expect_lt(pace.quiet_seconds, 120);
}
