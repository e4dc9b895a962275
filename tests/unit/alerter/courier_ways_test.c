/* Ways out beside robots: commands, the publisher, mail with TLS, the heartbeat, fallbacks. */
#include <sys/stat.h>

#include "tests/unit/alerter/post.h"

CLUSTER_START
CLUSTER_STOP

static const char *const allowed[] = {"127.0.0.1"};

/* --- command --- */

static const char *script(struct post *post, const char *name, const char *text, char path[128]) {
    path_in(post, name, path);
    OK(file_write_fast(path, text, strlen(text), 0700, err));
    return path;
}

static void run_command(struct post *post, const char *text, const char *wanted) {
    char path[128];
    const char *argv[] = {script(post, "gateway", text, path), post->folder};
    struct channel_named *named = &post->settings.channels.named.items[0];
    named->argv = argv;
    named->argc = 2;
    sql(&post->bureau, "DELETE FROM delivery_attempt; DELETE FROM delivery; DELETE FROM message");
    put_delivery(post, "D21-0701-01",
                 &(struct outbox_delivery){.channel = "command", .address = "sms", .mention = "13800001111"},
                 "【核定】剑阁 校舍\n第二行");
    carry(post);
    EXPECT_LIST(&post->bureau, "SELECT state || ' ' || attempts || ' ' || last_answer FROM delivery", wanted);
}

Test(courier_ways, a_command_reads_json_and_its_status_is_the_answer, .timeout = 60) {
    struct post post;
    open_post(&post, "command");
    name_channel(&post, CHANNEL_COMMAND, "sms");
    reopen_courier(&post);
    run_command(&post, "#!/bin/sh\ncat > $1/got\nenv > $1/env\necho 已发\n", "delivered 1 exit status 0: 已发 ");
    AUTO_FREE char *got = file_of(&post, "got"), *env = file_of(&post, "env");
    cr_expect(strstr(got, "\"mention\":[\"13800001111\"]"), "%s", got);
    cr_expect(strstr(got, "\"text\":\"【核定】剑阁 校舍\\n第二行\""), "%s", got);
    cr_expect_null(strstr(env, "DUBAN"), "an environment of its own");
    run_command(&post, "#!/bin/sh\necho no such number >&2\nexit 67\n", "failed 1 exit status 67: no such number ");
    run_command(&post, "#!/bin/sh\nexit 75\n", "failed 3 exit status 75");
    run_command(&post, "#!/bin/sh\nkill -9 $$\n", "failed 3 ended by signal 9");
    struct channel_named *named = &post.settings.channels.named.items[0];
    static const char *const missing[] = {"/no/such/program"};
    named->argv = missing;
    named->argc = 1;
    sql(&post.bureau, "UPDATE delivery SET state = 'waiting', attempts = 0, next_try_at = now()");
    carry(&post);
    EXPECT_LIST(&post.bureau, "SELECT state || ' ' || attempts || ' ' || left(last_answer, 12) FROM delivery",
                "failed 1 cannot start");
    close_post(&post);
}

Test(courier_ways, a_command_that_hangs_or_babbles_holds_nobody_up, .timeout = 60) {
    struct post post;
    open_post(&post, "hang");
    name_channel(&post, CHANNEL_COMMAND, "sms")->timeout_ms = 300;
    post.settings.attempts = 1;
    reopen_courier(&post);
    run_command(&post, "#!/bin/sh\nsleep 1000 & sleep 1000\n", "failed 1 killed at its timeout");
    cr_expect_neq(system("pgrep -x -f 'sleep 1000' >/dev/null"), 0, "its children are gone too");
    post.settings.channels.named.items[0].timeout_ms = 20000;
    char answer[512];
    snprintf(answer, sizeof answer, "delivered 1 exit status 0: %0400d", 0);
    run_command(&post, "#!/bin/sh\nsleep 30 &\nhead -c 3000000 /dev/zero | tr '\\0' 0\n", answer);
    close_post(&post);
}

/* --- the publisher --- */

static void open_bus(struct post *post, const char *database, struct key_pair *server, struct key_pair *reader) {
    static char key_file[128];
    static const char *subscribers[1];
    open_post(post, database);
    path_in(post, "bus.key", key_file);
    OK(key_pair_make(server, err));
    OK(key_pair_make(reader, err));
    OK(key_pair_save(server, key_file, err));
    struct channel_named *named = name_channel(post, CHANNEL_ZMQ, "bus");
    subscribers[0] = reader->public_key;
    *named = (struct channel_named){.name = "bus", .kind = CHANNEL_ZMQ, .key_file = key_file,
                                    .listen = "tcp://127.0.0.1:*", .subscribers = subscribers, .subscriber_count = 1};
    reopen_courier(post);
}
static void put_item(struct post *post) {
    struct outbox_delivery delivery = {.channel = "zmq", .address = "bus"};
    struct outbox_message message = {
        .number = "D21-0701-01", .recipient = "office", .window_at = at("2021-07-01T08:30:00+08:00"),
        .rendered_at = at("2021-07-01T08:30:00+08:00"), .first_line = slice_of("L"), .body = slice_of("B"),
        .facts = slice_of("[{\"item\":1,\"target\":\"T06.1\",\"area\":\"510823\",\"line\":\"一\"},"
                          "{\"item\":2,\"target\":null,\"area\":null,\"line\":\"二\"}]"),
        .deliveries = &delivery, .delivery_count = 1};
    OK(outbox_message_add(post->bureau.pg, post->bureau.programme.id, &message, NULL, err));
}

Test(courier_ways, subscribers_get_one_message_an_item, .timeout = 60) {
    struct post post;
    struct key_pair server, reader;
    open_bus(&post, "bus", &server, &reader);
    FAKE(&post, "subscriber.py", "--log", "--address", publisher_address(post.courier.publishers[0]), "--server",
         server.public_key, "--own", reader.public_key, reader.secret_key);
    for (int i = 0; i < 1000 && publisher_listeners(post.courier.publishers[0]) == 0; i++) poll(NULL, 0, 10);
    put_item(&post);
    carry(&post);
    EXPECT_LIST(&post.bureau, "SELECT state || ' ' || last_answer FROM delivery", "delivered published, 2 items");
    AUTO_FREE char *log = NULL;
    for (int i = 0; i < 1000; i++) { /* they travel */
        free(log);
        log = log_of(&post);
        if (lines(log) == 2) break;
        poll(NULL, 0, 10);
    }
    cr_expect(strstr(log, "{\"topic\": \"510823/T06\", \"body\": {\"programme\": \"school-repair-2021\""), "%s", log);
    cr_expect(strstr(log, "\"topic\": \"-/-\""), "%s", log);
    close_post(&post);
}

Test(courier_ways, a_key_that_is_not_listed_hears_nothing_and_published_is_delivered, .timeout = 60) {
    struct post post;
    struct key_pair server, reader, stranger;
    open_bus(&post, "stranger", &server, &reader);
    OK(key_pair_make(&stranger, err));
    FAKE(&post, "subscriber.py", "--log", "--address", publisher_address(post.courier.publishers[0]), "--server",
         server.public_key, "--own", stranger.public_key, stranger.secret_key);
    AUTO_FREE char *outcome = file_of(&post, "port");
    cr_expect_str_eq(outcome, "out\n");
    put_item(&post);
    post.courier.published_early = tick_after(tick_now(), 600000); /* as if it had just begun to listen */
    carry_ready(&post);
    EXPECT_LIST(&post.bureau, "SELECT state || ' ' || attempts || ' ' || last_answer FROM delivery",
                "waiting 0 nobody is subscribed yet"); /* no spent try */
    post.courier.published_early = (struct tick){0};
    carry(&post);
    EXPECT_LIST(&post.bureau, "SELECT state || ' ' || attempts || ' ' || last_answer FROM delivery",
                "delivered 1 published, 2 items, nobody is subscribed");
    close_post(&post);
}

/* --- mail --- */

static void make_certificate(struct post *post, char certificate[128], char key[128]) {
    char command[512];
    path_in(post, "cert.pem", certificate);
    path_in(post, "cert.key", key);
    snprintf(command, sizeof command,
             "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext "
             "subjectAltName=IP:127.0.0.1 -keyout %s -out %s 2>/dev/null", key, certificate);
    cr_assert_eq(system(command), 0);
}

static void put_brief(struct post *post) {
    struct outbox_delivery delivery = {.channel = "email", .address = "office@example.org"};
    struct outbox_message message = {
        .number = "D21-0701-01", .recipient = "office", .kind = "brief",
        .window_at = at("2021-07-01T08:30:00+08:00"), .rendered_at = at("2021-07-01T08:30:00+08:00"),
        .first_line = slice_of("【晨报】"), .body = slice_of("短"), .long_body = slice_of("长长的晨报"),
        .facts = slice_of("[]"), .attachment_name = "台账 2021-07-01（两项改革后半篇）.csv",
        .attachment = slice_of("\xef\xbb\xbf任务,县区\r\n直连道路,剑阁县\r\n"), .deliveries = &delivery,
        .delivery_count = 1};
    OK(outbox_message_add(post->bureau.pg, post->bureau.programme.id, &message, NULL, err));
}

Test(courier_ways, mail_with_starttls_a_login_and_the_ledger, .timeout = 60) {
    struct post post;
    char certificate[128], key[128], server[64];
    open_post(&post, "starttls");
    make_certificate(&post, certificate, key);
    FAKE(&post, "smtp.py", "--log", "--cert", certificate, "--cert-key", key, "--user", "duban", "--password", "geheim");
    snprintf(server, sizeof server, "smtp://127.0.0.1:%d", post.port);
    struct channel_settings *channels = &post.settings.channels;
    channels->email_server = server;
    channels->email_from = "duban@example.org";
    channels->email_user = "duban";
    buffer_add_text(&channels->email_password, "geheim");
    put_brief(&post);
    carry(&post);
    EXPECT_LIST(&post.bureau, "SELECT state || ' ' || (last_answer LIKE '%email.ca_file%') FROM delivery", "failed true");
    channels->email_ca_file = certificate;
    sql(&post.bureau, "UPDATE delivery SET state = 'waiting', attempts = 0, next_try_at = now()");
    carry(&post);
    EXPECT_LIST(&post.bureau, "SELECT state || ' ' || attempts FROM delivery", "delivered 1");
    AUTO_FREE char *log = log_of(&post);
    cr_expect(strstr(log, "\"tls\": true, \"user\": \"duban\""), "%s", log);
    cr_expect(strstr(log, "\"text\": \"长长的晨报\""), "%s", log);
    cr_expect(strstr(log, "{\"name\": \"台账 2021-07-01（两项改革后半篇）.csv\", \"type\": \"text/csv\", \"text\": "
                          "\"\xef\xbb\xbf任务,县区\\r\\n直连道路,剑阁县\\r\\n\"}") ||
                  strstr(log, "\\n直连道路,剑阁县"),
              "%s", log);
    cr_expect(strstr(log, "台账 2021-07-01（两项改革后半篇）.csv"), "%s", log);
    channel_secret_forget(&channels->email_password);
    close_post(&post);
}

Test(courier_ways, mail_over_tls_from_the_first_byte, .timeout = 60) {
    struct post post;
    char certificate[128], key[128], server[64];
    open_post(&post, "smtps");
    make_certificate(&post, certificate, key);
    FAKE(&post, "smtp.py", "--log", "--cert", certificate, "--cert-key", key, "--implicit");
    snprintf(server, sizeof server, "smtps://127.0.0.1:%d", post.port);
    post.settings.channels.email_server = server;
    post.settings.channels.email_from = "duban@example.org";
    post.settings.channels.email_ca_file = certificate;
    put(&post, "email", "it@example.org");
    carry(&post);
    EXPECT_LIST(&post.bureau, "SELECT state || ' ' || attempts FROM delivery", "delivered 1");
    close_post(&post);
}

Test(courier_ways, a_password_never_travels_in_the_open, .timeout = 60) {
    struct post post;
    char server[64];
    open_post(&post, "open");
    FAKE(&post, "smtp.py", "--log", "--user", "duban", "--password", "geheim");
    snprintf(server, sizeof server, "smtp://127.0.0.1:%d", post.port);
    post.settings.channels.email_server = server;
    post.settings.channels.email_from = "duban@example.org";
    post.settings.channels.email_user = "duban";
    buffer_add_text(&post.settings.channels.email_password, "geheim");
    put(&post, "email", "it@example.org");
    carry(&post);
    EXPECT_LIST(&post.bureau, "SELECT state || ' ' || (last_answer LIKE '%offers no STARTTLS%') FROM delivery", "failed true");
    channel_secret_forget(&post.settings.channels.email_password);
    close_post(&post);
}

/* --- heartbeat --- */

Test(courier_ways, the_heartbeat_follows_the_looks, .timeout = 60) {
    struct post post;
    char url[64];
    bool more;
    open_post(&post, "heart");
    FAKE(&post, "webhook.py", "--log", "--answer", "200");
    snprintf(url, sizeof url, "http://127.0.0.1:%d/ping/SECRET", post.port);
    struct heartbeat_settings *heartbeat = &post.settings.heartbeat;
    *heartbeat = (struct heartbeat_settings){.url = url, .allow_private = true, .every_ms = 3600000};
    for (int beats = 1; beats <= 2; beats++) {
        post.courier.heartbeat.next = (struct tick){0};
        heartbeat->post = beats == 2;
        for (int i = 0; i < 3; i++) OK(courier_work(&post.courier, post.bureau.pg, &more, err));
        for (int i = 0; i < 1000 && post.courier.heartbeat.under_way; i++) OK(loop_turn(&post.loop, 10, err));
        AUTO_FREE char *log = log_of(&post);
        cr_expect_eq(lines(log), (size_t)beats, "once an interval: %s", log);
        cr_expect(strstr(log, beats == 1 ? "\"method\": \"GET\"" : "\"method\": \"POST\""), "%s", log);
    }
    cr_expect_not(post.courier.heartbeat.failing);
    heartbeat->allow_private = false;
    post.courier.heartbeat.next = (struct tick){0};
    OK(courier_work(&post.courier, post.bureau.pg, &more, err));
    for (int i = 0; i < 1000 && post.courier.heartbeat.under_way; i++) OK(loop_turn(&post.loop, 10, err));
    cr_expect(post.courier.heartbeat.failing, "inside addresses are refused here too");
    close_post(&post);
}

/* --- the database away --- */

static void end_own(struct post *post) {
    bool more;
    for (int i = 0; i < 1000 && post->courier.away.under_way; i++) {
        OK(loop_turn(&post->loop, 10, err));
        if (post->courier.away.failing) courier_away(&post->courier, true);
        else OK(courier_work(&post->courier, post->bureau.pg, &more, err));
    }
}

/* From memory: no statement reaches the database between the first failure and its end. */
Test(courier_ways, a_database_that_is_away_is_told_once_and_its_return_once, .timeout = 60) {
    struct post post;
    char url[64];
    bool more;
    open_post(&post, "away");
    post.settings.channels.allow_hosts = (struct config_texts){allowed, 1};
    FAKE(&post, "webhook.py", "--log", "--answer", "503,200");
    snprintf(url, sizeof url, "http://127.0.0.1:%d/watch", post.port);
    post.settings.away = (struct away_settings){.channel = "webhook", .address = url, .after_ms = 0};
    post.settings.retry_first_ms = post.settings.retry_longest_ms = 10;
    OK(courier_work(&post.courier, post.bureau.pg, &more, err));
    cr_expect(courier_away(&post.courier, true), "it is under way");
    for (int i = 0; i < 5; i++) {
        end_own(&post);
        poll(NULL, 0, 11); /* the pause after a try */
        courier_away(&post.courier, true);
    }
    AUTO_FREE char *log = log_of(&post);
    cr_expect_eq(lines(log), 2, "refused once, taken once, and then no more: %s", log);
    cr_expect(strstr(log, "【运行】数据库连不上，") && strstr(log, "duban doctor"), "%s", log);
    cr_expect(strstr(log, "\"status\": \"firing\"") && strstr(log, "\"kind\": \"watch\""), "%s", log);
    for (int i = 0; i < 5; i++) {
        OK(courier_work(&post.courier, post.bureau.pg, &more, err));
        end_own(&post);
    }
    AUTO_FREE char *after = log_of(&post);
    cr_expect_eq(lines(after), 3, "%s", after);
    cr_expect(strstr(after, "【运行】数据库恢复了，") && strstr(after, "\"status\": \"resolved\""), "%s", after);
    EXPECT_LIST(&post.bureau, "SELECT count(*)::text FROM message", "0");
    close_post(&post);
}

/* --- fallback --- */

Test(courier_ways, a_way_that_fails_hands_over_once, .timeout = 60) {
    struct post post;
    open_post(&post, "fallback");
    post.settings.channels.allow_hosts = (struct config_texts){allowed, 1};
    put_delivery(&post, "D21-0701-01",
                 &(struct outbox_delivery){.channel = "webhook", .address = "http://127.0.0.1:9/", .mention = "x",
                                           .fallback_channel = "log", .fallback_address = "office"},
                 "B");
    carry(&post);
    EXPECT_LIST(&post.bureau,
                "SELECT channel || ' ' || state || ' ' || attempts || ' ' || coalesce(fallback_of::text, '-')"
                "  FROM delivery ORDER BY id",
                "webhook failed 2 - · log delivered 1 1"); /* two tries, where eight would do without another way */
    struct failed_deliveries failed;
    OK(outbox_failed_since(post.bureau.pg, post.bureau.programme.id, &failed, err));
    cr_expect_eq(failed.count, 0, "it did arrive");
    failed_deliveries_finish(&failed);
    close_post(&post);
}

Test(courier_ways, what_arrived_nowhere_is_told_once, .timeout = 60) {
    struct post post;
    open_post(&post, "nowhere");
    put_delivery(&post, "D21-0701-01",
                 &(struct outbox_delivery){.channel = "webhook", .address = "nonsense", .fallback_channel = "email",
                                           .fallback_address = "no mail box"},
                 "B");
    put_delivery(&post, "D21-0701-02", &(struct outbox_delivery){.channel = "wecom", .address = "no-such-room"}, "B");
    carry(&post);
    struct failed_deliveries failed;
    OK(outbox_failed_since(post.bureau.pg, post.bureau.programme.id, &failed, err));
    cr_assert_eq(failed.count, 2, "of the first only the last way counts");
    cr_expect_str_eq(failed.items[0].number, "D21-0701-02");
    cr_expect_str_eq(failed.items[0].answer, "channels.named of this alerter has no wecom \"no-such-room\"");
    cr_expect_str_eq(failed.items[1].channel, "email");
    OK(outbox_failed_told(post.bureau.pg, &failed, err));
    failed_deliveries_finish(&failed);
    OK(outbox_failed_since(post.bureau.pg, post.bureau.programme.id, &failed, err));
    cr_expect_eq(failed.count, 0);
    failed_deliveries_finish(&failed);
    close_post(&post);
}
