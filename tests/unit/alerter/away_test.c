/* What is said of a database that is away: when, how often, in which words. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/file.h"
#include "common/base/text.h"
#include "services/alerter/settings.h"

static const struct away_settings SETTINGS = {.channel = "wecom", .address = "office-room", .after_ms = 5 * MS_MINUTE};

static struct instant at(const char *text) {
    struct instant out;
    cr_assert(instant_parse(text, strlen(text), &out), "%s", text);
    return out;
}
static struct tick minute(int n) {
    return (struct tick){n * MS_MINUTE};
}
static enum away_step due(struct away *away, int n) {
    return away_due(away, &SETTINGS, minute(n));
}

Test(away, is_said_once_an_outage_and_so_is_its_end) {
    struct away away = {0};
    struct instant now = at("2026-11-24T19:05:00+08:00");
    cr_expect_eq(due(&away, 1), AWAY_NOTHING);
    for (int n = 10; n < 15; n++) {
        away_failed(&away, true, minute(n), now);
        cr_expect_eq(due(&away, n), AWAY_NOTHING, "minute %d", n);
    }
    away_failed(&away, true, minute(15), now);
    cr_expect_eq(due(&away, 15), AWAY_SAID);
    cr_expect_eq(due(&away, 15), AWAY_NOTHING, "it is under way");
    away_sent(&away, true, 0, 8, minute(15));
    for (int n = 16; n < 500; n++) {
        away_failed(&away, true, minute(n), now);
        cr_expect_eq(due(&away, n), AWAY_NOTHING);
    }
    away_well(&away, now);
    cr_expect_eq(due(&away, 500), AWAY_BACK);
    away_sent(&away, true, 0, 8, minute(500));
    for (int n = 501; n < 600; n++) {
        away_well(&away, now);
        cr_expect_eq(due(&away, n), AWAY_NOTHING);
    }
    away_failed(&away, true, minute(600), now);
    cr_expect_eq(due(&away, 604), AWAY_NOTHING);
    cr_expect_eq(due(&away, 605), AWAY_SAID, "the next outage");
}

Test(away, a_short_one_is_not_said_and_where_nobody_is_named_none_is) {
    struct away away = {0};
    struct away_settings nobody = {.after_ms = 0};
    struct instant now = at("2026-11-24T19:05:00+08:00");
    away_failed(&away, true, minute(1), now);
    cr_expect_eq(away_due(&away, &nobody, minute(90)), AWAY_NOTHING);
    away_well(&away, now);
    away_failed(&away, true, minute(5), now); /* counted from here */
    cr_expect_eq(due(&away, 9), AWAY_NOTHING);
    away_well(&away, now);
    cr_expect_eq(due(&away, 20), AWAY_NOTHING);
}

Test(away, what_did_not_arrive_is_tried_again_while_it_is_true) {
    struct away away = {0};
    struct instant now = at("2026-11-24T19:05:00+08:00");
    away_failed(&away, true, minute(0), now);
    for (int n = 5; n < 100; n += 10) { /* as long as it lasts */
        cr_expect_eq(due(&away, n), AWAY_SAID, "minute %d", n);
        away_sent(&away, false, 10 * MS_MINUTE, 3, minute(n));
        cr_expect_eq(due(&away, n + 9), AWAY_NOTHING);
    }
    away_well(&away, now);
    cr_expect_eq(due(&away, 300), AWAY_NOTHING, "nobody heard that it was away");
    /* its end is tried so many times */
    away_failed(&away, true, minute(400), now);
    cr_expect_eq(due(&away, 405), AWAY_SAID);
    away_sent(&away, true, 0, 3, minute(405));
    away_well(&away, now);
    for (int n = 410; n < 440; n += 10) {
        cr_expect_eq(due(&away, n), AWAY_BACK, "minute %d", n);
        away_sent(&away, false, 10 * MS_MINUTE, 3, minute(n));
    }
    cr_expect_eq(due(&away, 440), AWAY_NOTHING);
}

Test(away, an_end_that_was_not_said_was_none) {
    struct away away = {0};
    struct instant now = at("2026-11-24T19:05:00+08:00");
    away_failed(&away, true, minute(0), now);
    cr_expect_eq(due(&away, 5), AWAY_SAID);
    away_well(&away, now); /* back while that is being sent */
    cr_expect_eq(due(&away, 6), AWAY_NOTHING);
    away_failed(&away, true, minute(6), now);
    away_sent(&away, true, 0, 3, minute(6));
    cr_expect_eq(due(&away, 60), AWAY_NOTHING, "away, as they know");
    away_well(&away, now);
    cr_expect_eq(due(&away, 61), AWAY_BACK);
    away_failed(&away, true, minute(61), at("2026-11-24T20:06:00+08:00")); /* gone again while its end is being sent */
    away_sent(&away, true, 0, 3, minute(61));
    cr_expect_eq(due(&away, 65), AWAY_NOTHING);
    cr_expect_eq(due(&away, 66), AWAY_SAID, "an outage of its own");
    cr_expect_eq(away.began.ms, at("2026-11-24T20:06:00+08:00").ms);
}

static size_t characters_of_first_line(const char *text) {
    size_t n = 0;
    for (; *text && *text != '\n'; text++) n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

Test(away, says_since_when_and_what_to_do) {
    struct away away = {0};
    struct delivery message = {0};
    away_failed(&away, true, minute(0), at("2026-11-24T19:05:10+08:00"));
    cr_assert_eq(due(&away, 6), AWAY_SAID);
    cr_assert(away_message(&away, &SETTINGS, AWAY_SAID, "centre-1", at("2026-11-24T19:11:20+08:00"), &message));
    cr_expect_str_eq(message.body, "【运行】数据库连不上，11月24日19:05起，期间不发督办消息\n"
                                   "已6分钟。centre-1上的提醒程序一直在重试，恢复后接着发，不会漏。\n"
                                   "请信息员查数据库和网络：duban doctor 说明哪里不通，提醒程序的日志（look_failed）说明原因。\n"
                                   "恢复时再发一条，其间不再重复。");
    cr_expect_str_eq(message.first_line, "【运行】数据库连不上，11月24日19:05起，期间不发督办消息");
    cr_expect_leq(characters_of_first_line(message.body), 40u);
    cr_expect_str_eq(message.channel, "wecom");
    cr_expect_str_eq(message.address, "office-room");
    cr_expect_str_eq(message.facts, "[{\"item\":1,\"rule\":\"database\",\"step\":\"first\",\"key\":\"database-centre-1-1795518310000\","
                                    "\"opened_at\":\"2026-11-24T19:05:10+08:00\",\"line\":\"【运行】数据库连不上，11月24日19:05起，期间不发督办消息\","
                                    "\"resolved\":false}]");
    delivery_finish(&message);
    away_sent(&away, true, 0, 8, minute(6));
    away_well(&away, at("2026-11-24T19:31:00+08:00"));
    cr_assert_eq(due(&away, 26), AWAY_BACK);
    cr_assert(away_message(&away, &SETTINGS, AWAY_BACK, "centre-1", at("2026-11-24T19:31:05+08:00"), &message));
    cr_expect_str_eq(message.body, "【运行】数据库恢复了，11月24日19:05起中断到11月24日19:31\n"
                                   "中断25分钟。centre-1上的提醒程序已接着算、接着发，期间该发的现在补发。\n"
                                   "不用处理；要核对：duban doctor，duban outbox。");
    cr_expect_leq(characters_of_first_line(message.body), 40u);
    cr_expect(strstr(message.facts, "\"resolved\":true"));
    delivery_finish(&message);
    away_failed(&away, false, minute(30), at("2026-11-24T19:31:00+08:00"));
    cr_assert(away_message(&away, &SETTINGS, AWAY_SAID, "centre-1", at("2026-11-24T19:31:05+08:00"), &message));
    cr_expect_eq(strncmp(message.body, "【运行】数据库用不了，", strlen("【运行】数据库用不了，")), 0);
    delivery_finish(&message);
}

/* --- the configuration --- */

static void check_config(const char *watch, const char *wanted) {
    char folder[] = "/tmp/duban-away-XXXXXX", file[64], command[64];
    struct config config;
    struct settings settings = {0};
    struct error err = {0};
    CLEAN(buffer_finish) struct buffer text = {0};
    cr_assert(mkdtemp(folder));
    snprintf(file, sizeof file, "%s/alerter.yaml", folder);
    buffer_printf(&text, "database: x\nchannels:\n  named:\n  - {name: room, kind: wecom, key_file: room.key}\n"
                         "  - {name: bus, kind: zmq, listen: \"tcp://127.0.0.1:*\", key_file: b.key, subscribers: []}\n%s",
                  watch);
    cr_assert_eq(file_write_fast(file, buffer_text(&text), text.len, 0600, &err), ERROR_OK, "%s", err.message);
    enum error_code code = config_load(&config, &alerter_program, file, NULL, 0, &settings, &err);
    cr_expect_eq(code, wanted ? ERROR_INPUT : ERROR_OK, "%s: %s", watch, err.message);
    if (wanted) cr_expect(strstr(err.message, wanted), "%s: %s", watch, err.message);
    else cr_expect_eq(settings.courier.away.after_ms, 5 * MS_MINUTE);
    settings_finish(&settings);
    config_finish(&config);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    cr_assert_eq(system(command), 0);
}

Test(away, check_config_says_what_is_wrong_with_its_way) {
    check_config("", NULL);
    check_config("watch: {database_channel: wecom, database_address: room}\n", NULL);
    check_config("watch: {database_channel: webhook, database_address: \"https://watch.example.org/x\"}\n", NULL);
    check_config("watch: {database_channel: wecom}\n", "belong together");
    check_config("watch: {database_address: room}\n", "belong together");
    check_config("watch: {database_channel: wecom, database_address: other}\n", "has no wecom \"other\"");
    check_config("watch: {database_channel: dingtalk, database_address: room}\n", "has no dingtalk \"room\"");
    check_config("watch: {database_channel: log, database_address: office}\n", "tells nobody directly");
    check_config("watch: {database_channel: zmq, database_address: bus}\n", "tells nobody directly");
    check_config("watch: {database_channel: email, database_address: nobody}\n", "no mail box");
    check_config("watch: {database_channel: email, database_address: it@example.org}\n", "channels.email.server");
    check_config("watch: {database_channel: webhook, database_address: office}\n", "no http or https URL");
}
