/* Robots at their vendors' doors: the fake enforces limits, blocks and signatures as documented. */
#include "common/base/log.h"
#include "tests/unit/alerter/post.h"

CLUSTER_START
CLUSTER_STOP

static const char KEY[] = "key-of-the-room-693a", SECRET[] = "SECtest-duban-0001";

static void open_room(struct post *post, const char *database, enum channel_kind kind) {
    static char base[64];
    open_post(post, database);
    start_fake(post, "robots.py", "--out", NULL);
    snprintf(base, sizeof base, "http://127.0.0.1:%d", post->port);
    struct channel_named *named = name_channel(post, kind, "room");
    named->base_url = base;
    named->per_minute = 20;
    buffer_add_text(&named->key, KEY);
    if (kind != CHANNEL_WECOM) buffer_add_text(&named->secret, SECRET);
    reopen_courier(post);
}
static void close_room(struct post *post) {
    channel_list_forget(&post->settings.channels.named);
    close_post(post);
}
static struct channel_named *room(struct post *post) {
    return &post->settings.channels.named.items[0];
}
static void put_many(struct post *post, const char *channel, int count) {
    for (int i = 1; i <= count; i++) {
        char number[24], text[64];
        snprintf(number, sizeof number, "D21-0701-%02d", i);
        snprintf(text, sizeof text, "【核定】剑阁 校舍 第%d条", i);
        put_delivery(post, number, &(struct outbox_delivery){.channel = channel, .address = "room"}, text);
    }
}
/* As if so much real time had passed at the database's clock. */
static void pass(struct post *post, const char *interval) {
    char text[256];
    snprintf(text, sizeof text,
             "UPDATE channel SET next_at = next_at - interval '%s', held_until = held_until - interval '%s';"
             "UPDATE delivery SET next_try_at = next_try_at - interval '%s'",
             interval, interval, interval);
    sql(&post->bureau, text);
}
static void control(struct post *post, const char *page, const char *json) {
    CURL *easy = curl_easy_init();
    char url[96];
    snprintf(url, sizeof url, "http://127.0.0.1:%d/control/%s", post->port, page);
    FILE *null = fopen("/dev/null", "w");
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, json);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, null);
    cr_assert_eq(curl_easy_perform(easy), CURLE_OK);
    curl_easy_cleanup(easy);
    fclose(null);
}

Test(courier_robots, each_vendor_takes_what_it_is_sent_and_calls_whom_it_should, .timeout = 100) {
    static const struct {
        enum channel_kind kind;
        const char *name, *mention, *called;
    } rows[] = {
        {CHANNEL_WECOM, "wecom", "13800001111", "\"called\": [\"13800001111\"]"},
        {CHANNEL_DINGTALK, "dingtalk", "13800001111", "\"called\": [\"13800001111\"]"},
        {CHANNEL_FEISHU, "feishu", "ou_7d8a", "\"called\": [\"ou_7d8a\"]"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct post post;
        open_room(&post, rows[i].name, rows[i].kind);
        put_delivery(&post, "D21-0701-01",
                     &(struct outbox_delivery){.channel = rows[i].name, .address = "room", .mention = rows[i].mention},
                     "【核定】剑阁 校舍\n县里说明：“<at user_id=\"all\">”");
        carry(&post);
        AUTO_FREE char *log = log_of(&post);
        cr_expect_eq(lines(log), 1, "%s", log);
        cr_expect(strstr(log, rows[i].called), "%s", log);
        EXPECT_LIST(&post.bureau, "SELECT state || ' ' || attempts FROM delivery", "delivered 1");
        EXPECT_LIST(&post.bureau, "SELECT outcome || ' ' || left(answer, 8) FROM delivery_attempt", "delivered HTTP 200");
        close_room(&post);
    }
}

Test(courier_robots, one_pace_a_robot_whoever_asks, .timeout = 60) {
    struct post post;
    int64_t ms;
    open_room(&post, "pace", CHANNEL_WECOM);
    OK(outbox_channels_declare(post.bureau.pg, /* a pace that no slow machine can outwait */
                               &(struct outbox_channel){.name = "room", .kind = "wecom", .interval_ms = 600000,
                                                        .burst = 4, .abreast = 1}, 1, err));
    post.courier.declared = true;
    put_many(&post, "wecom", 30);
    carry_ready(&post);
    EXPECT_LIST(&post.bureau, "SELECT count(*)::text FROM delivery WHERE state = 'delivered'", "4"); /* the bucket */
    OK(outbox_next_try(post.bureau.pg, &ms, err));
    cr_expect(ms > 0 && ms <= 600000, "one in 10 min flows in: %d ms", (int)ms);
    pass(&post, "10 min");
    struct pg *other = cluster_open(getppid(), "pace", "duban_alerter");
    struct deliveries ours = {0}, theirs = {0};
    OK(outbox_lease(other, 8, 10, 60000, &theirs, err));
    cr_expect_eq(theirs.count, 1, "another alerter draws from the same bucket");
    OK(outbox_lease(post.bureau.pg, 7, 10, 60000, &ours, err));
    cr_expect_eq(ours.count, 0, "and one message a robot is under way at a time");
    OK(outbox_close(other, &theirs.items[0], DELIVERY_DELIVERED, "ok", 0, err));
    deliveries_finish(&theirs);
    deliveries_finish(&ours);
    for (int i = 0; i < 3; i++) {
        pass(&post, "100 min");
        carry_ready(&post);
    }
    /* what is saved up is a bucket, no more */
    EXPECT_LIST(&post.bureau, "SELECT count(*)::text FROM delivery WHERE state = 'delivered'", "17");
    AUTO_FREE char *refused = file_of(&post, "log.refused");
    cr_expect_str_eq(refused, "", "the vendor never had to refuse");
    pg_close(&other);
    close_room(&post);
}

Test(courier_robots, a_block_holds_the_whole_robot_and_is_no_spent_try, .timeout = 60) {
    struct post post;
    int64_t ms;
    open_room(&post, "block", CHANNEL_DINGTALK);
    room(&post)->per_minute = 600; /* far more than the vendor allows */
    reopen_courier(&post);
    put_many(&post, "dingtalk", 25);
    carry_ready(&post);
    EXPECT_LIST(&post.bureau, "SELECT count(*) || ' ' || max(attempts) FROM delivery WHERE state = 'waiting'", "5 0");
    EXPECT_LIST(&post.bureau, "SELECT outcome || ' ' || count(*) FROM delivery_attempt GROUP BY outcome ORDER BY 1",
                "delivered 20 · throttled 1"); /* nobody knocks at a blocked door */
    OK(outbox_next_try(post.bureau.pg, &ms, err));
    cr_expect(ms > 500000 && ms <= 600000, "10 minutes: %d ms", (int)ms);
    EXPECT_LIST(&post.bureau, "SELECT (held_cause LIKE '%130101%')::text FROM channel", "true");
    pass(&post, "10 min");
    control(&post, "clock", "{\"advance\": 601}");
    carry(&post);
    EXPECT_LIST(&post.bureau, "SELECT state || ' ' || count(*) || ' ' || max(attempts) FROM delivery GROUP BY state",
                "delivered 25 1");
    AUTO_FREE char *log = log_of(&post);
    cr_expect_eq(lines(log), 25, "each once");
    close_room(&post);
}

Test(courier_robots, the_wait_in_an_answer_without_a_code_is_kept, .timeout = 60) {
    struct post post;
    int64_t ms;
    open_room(&post, "wait", CHANNEL_DINGTALK);
    control(&post, "answers", "{\"robot\": \"key-of-the-room-693a\", \"answers\": ["
                              "{\"body\": {\"status\": 1111, \"punish\": \"deny\", \"wait\": 50}}]}");
    put_many(&post, "dingtalk", 1);
    carry_ready(&post);
    OK(outbox_next_try(post.bureau.pg, &ms, err));
    cr_expect(ms > 20000 && ms <= 50000, "%d ms", (int)ms);
    pass(&post, "50 s");
    carry(&post);
    EXPECT_LIST(&post.bureau, "SELECT state || ' ' || attempts FROM delivery", "delivered 1");
    close_room(&post);
}

Test(courier_robots, feishu_says_how_long_by_a_header, .timeout = 60) {
    struct post post;
    int64_t ms;
    open_room(&post, "header", CHANNEL_FEISHU);
    control(&post, "answers", "{\"robot\": \"key-of-the-room-693a\", \"answers\": [{\"http\": 429, \"headers\": "
                              "{\"x-ogw-ratelimit-reset\": \"70\"}, \"body\": {\"code\": 11232, \"msg\": \"limit\"}}]}");
    put_many(&post, "feishu", 1);
    carry_ready(&post);
    OK(outbox_next_try(post.bureau.pg, &ms, err));
    cr_expect(ms > 20000 && ms <= 70000, "%d ms", (int)ms);
    close_room(&post);
}

/* "ok" in 70 kB, a throttle in 70 kB, and one that does not end: nothing of it is the vendor's. */
Test(courier_robots, an_answer_too_large_for_any_vendor_is_tried_three_times, .timeout = 60) {
    struct post post;
    open_room(&post, "large", CHANNEL_WECOM);
    post.settings.attempts = 8;
    control(&post, "answers",
            "{\"robot\": \"key-of-the-room-693a\", \"answers\": ["
            "{\"pad\": 70000, \"body\": {\"errcode\": 0, \"errmsg\": \"ok\"}},"
            "{\"pad\": 70000, \"http\": 429, \"body\": {\"errcode\": 45009, \"errmsg\": \"limit\"}},"
            "{\"pad\": 3000000, \"body\": \"<html>\"}]}");
    put_many(&post, "wecom", 1);
    carry(&post);
    EXPECT_LIST(&post.bureau, "SELECT state || ' ' || attempts FROM delivery", "failed 3");
    EXPECT_LIST(&post.bureau, "SELECT outcome || ' ' || count(*) || ' ' || min(length(answer)) FROM delivery_attempt GROUP BY outcome ORDER BY 1",
                "failed 1 89 · retry 2 89");
    EXPECT_LIST(&post.bureau, "SELECT last_answer FROM delivery",
                "an answer of more than 64 kB: it did not come from the vendor; look at base_url and proxy");
    /* as large as may be is read */
    control(&post, "answers", "{\"robot\": \"key-of-the-room-693a\", \"answers\": ["
                              "{\"pad\": 60000, \"body\": {\"errcode\": 0, \"errmsg\": \"ok\"}}]}");
    sql(&post.bureau, "UPDATE delivery SET state = 'waiting', attempts = 0, next_try_at = now()");
    carry(&post);
    EXPECT_LIST(&post.bureau, "SELECT state || ' ' || attempts FROM delivery", "delivered 1");
    close_room(&post);
}

Test(courier_robots, a_portals_page_is_tried_again_and_a_removed_robot_is_not, .timeout = 60) {
    struct post post;
    open_room(&post, "portal", CHANNEL_WECOM);
    control(&post, "answers", "{\"robot\": \"key-of-the-room-693a\", \"answers\": [{\"body\": \"<html>log in</html>\"},"
                              "{\"body\": {\"errcode\": -1, \"errmsg\": \"system busy\"}}]}");
    put_many(&post, "wecom", 1);
    carry(&post);
    EXPECT_LIST(&post.bureau, "SELECT state || ' ' || attempts FROM delivery", "delivered 3");
    buffer_clear(&room(&post)->key);
    buffer_add_text(&room(&post)->key, "gone-robot");
    sql(&post.bureau, "UPDATE delivery SET state = 'waiting', attempts = 0, next_try_at = now(); DELETE FROM delivery_attempt");
    carry(&post);
    EXPECT_LIST(&post.bureau, "SELECT state || ' ' || attempts || ' ' || (last_answer LIKE '%make a new one%') FROM delivery",
                "failed 1 true");
    close_room(&post);
}

Test(courier_robots, a_wrong_clock_or_secret_is_told_apart, .timeout = 60) {
    struct post post;
    open_room(&post, "secret", CHANNEL_DINGTALK);
    buffer_add_text(&room(&post)->secret, "wrong");
    put_many(&post, "dingtalk", 1);
    carry(&post);
    EXPECT_LIST(&post.bureau, "SELECT state || ' ' || attempts || ' ' || (last_answer LIKE '%secret_file%') FROM delivery",
                "failed 1 true");
    close_room(&post);
}

Test(courier_robots, the_robots_secrets_stay_in_their_files, .timeout = 60) {
    struct post post;
    char log_path[128];
    open_room(&post, "hush", CHANNEL_DINGTALK);
    path_in(&post, "program.log", log_path);
    int fd = open(log_path, O_WRONLY | O_CREAT, 0600);
    log_init("duban-alerter", LOG_LEVEL_DEBUG, fd);
    control(&post, "answers", "{\"robot\": \"key-of-the-room-693a\", \"answers\": [{\"body\": {\"errcode\": 40035, "
                              "\"errmsg\": \"access_token=key-of-the-room-693a secret SECtest-duban-0001\"}}]}");
    put_many(&post, "dingtalk", 1);
    carry(&post);
    EXPECT_LIST(&post.bureau, "SELECT last_answer FROM delivery",
                "HTTP 200 {\"errcode\": 40035, \"errmsg\": \"access_token=*** secret ***\"}");
    room(&post)->base_url = "http://127.0.0.1:9"; /* and in libcurl's words */
    sql(&post.bureau, "UPDATE delivery SET state = 'waiting', attempts = 0, next_try_at = now()");
    carry(&post);
    AUTO_FREE char *rows = list(&post.bureau, "SELECT d::text FROM delivery d UNION ALL SELECT a::text FROM delivery_attempt a"
                                              " UNION ALL SELECT c::text FROM channel c UNION ALL SELECT m::text FROM message m");
    AUTO_FREE char *log = file_of(&post, "program.log");
    cr_assert(strstr(log, "delivery_failed"), "%s", log);
    cr_expect_null(strstr(rows, KEY), "%s", rows);
    cr_expect_null(strstr(rows, SECRET), "%s", rows);
    cr_expect_null(strstr(log, KEY), "%s", log);
    cr_expect_null(strstr(log, SECRET), "%s", log);
    log_init("duban-alerter", LOG_LEVEL_INFO, 2);
    close(fd);
    close_room(&post);
}

Test(courier_robots, private_rooms_only_where_they_are_allowed, .timeout = 60) {
    struct post post;
    open_room(&post, "private", CHANNEL_WECOM);
    room(&post)->allow_private = false;
    put_many(&post, "wecom", 1);
    carry(&post);
    EXPECT_LIST(&post.bureau, "SELECT state || ' ' || left(last_answer, 8) FROM delivery", "failed refused:");
    close_room(&post);
}

Test(courier_robots, a_private_certificate_is_trusted_by_its_file, .timeout = 60) {
    struct post post;
    char command[512], certificate[128], key[128], base[64];
    open_post(&post, "tls");
    path_in(&post, "cert.pem", certificate);
    path_in(&post, "cert.key", key);
    snprintf(command, sizeof command,
             "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext "
             "subjectAltName=IP:127.0.0.1 -keyout %s -out %s 2>/dev/null", key, certificate);
    cr_assert_eq(system(command), 0);
    FAKE(&post, "robots.py", "--out", "--cert", certificate, "--cert-key", key);
    snprintf(base, sizeof base, "https://127.0.0.1:%d", post.port);
    struct channel_named *named = name_channel(&post, CHANNEL_WECOM, "room");
    named->base_url = base;
    buffer_add_text(&named->key, KEY);
    reopen_courier(&post);
    put_many(&post, "wecom", 1);
    carry(&post);
    EXPECT_LIST(&post.bureau, "SELECT state || ' ' || (last_answer LIKE '%set ca_file%') FROM delivery", "failed true");
    named->ca_file = certificate;
    sql(&post.bureau, "UPDATE delivery SET state = 'waiting', attempts = 0, next_try_at = now()");
    carry(&post);
    EXPECT_LIST(&post.bureau, "SELECT state || ' ' || attempts FROM delivery", "delivered 1");
    close_room(&post);
}

Test(courier_robots, every_room_keeps_off_the_hour, .timeout = 60) {
    struct post post;
    int64_t ms;
    open_room(&post, "hour", CHANNEL_WECOM);
    put_many(&post, "wecom", 1);
    bool more;
    OK(outbox_channels_declare(post.bureau.pg,
                               &(struct outbox_channel){.name = "room", .kind = "wecom", .burst = 1, .abreast = 1,
                                                        .quiet_seconds = 1800}, 1, err)); /* always quiet */
    post.courier.declared = true;
    OK(courier_work(&post.courier, post.bureau.pg, &more, err));
    cr_expect_not(more);
    OK(outbox_next_try(post.bureau.pg, &ms, err));
    cr_expect(ms > 0 && ms <= 1800000, "until the half hour is over: %d", (int)ms);
    close_room(&post);
}
