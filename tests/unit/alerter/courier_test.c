/* Deliveries on real sockets: a receiver of webhooks and a mail server stand by, the outbox is a database. */
#include "tests/unit/alerter/post.h"

CLUSTER_START
CLUSTER_STOP

static const char *webhook_address(const struct post *post) {
    static char address[64];
    snprintf(address, sizeof address, "http://127.0.0.1:%d/hook", post->port);
    return address;
}
static const char *const allowed[] = {"127.0.0.1"};

Test(courier, a_webhook_is_signed_and_tried_again_with_one_key, .timeout = 60) {
    struct post post;
    open_post(&post, "webhook");
    char secret[128];
    path_in(&post, "secret", secret);
    OK(file_write_fast(secret, "s3cret\n", 7, 0600, err));
    post.settings.channels.allow_hosts = (struct config_texts){allowed, 1};
    buffer_add_text(&post.settings.channels.webhook_secret, "s3cret");
    FAKE(&post, "webhook.py", "--log", "--secret", secret);
    put(&post, "webhook", webhook_address(&post));
    carry(&post);
    AUTO_FREE char *log = log_of(&post);
    cr_assert_eq(lines(log), 1, "%s", log);
    cr_assert(strstr(log, "\"signed\": true"), "%s", log);
    cr_assert(strstr(log, "Idempotency-Key"));
    EXPECT_LIST(&post.bureau, "SELECT state || ' ' || attempts FROM delivery", "delivered 1");
    buffer_finish(&post.settings.channels.webhook_secret);
    close_post(&post);
}

Test(courier, busy_is_tried_again_and_refusals_are_not, .timeout = 60) {
    struct post post;
    open_post(&post, "busy");
    post.settings.channels.allow_hosts = (struct config_texts){allowed, 1};
    FAKE(&post, "webhook.py", "--log", "--answer", "503,429,200,404");
    put(&post, "webhook", webhook_address(&post));
    carry(&post);
    EXPECT_LIST(&post.bureau, "SELECT state || ' ' || attempts FROM delivery", "delivered 3");
    sql(&post.bureau, "UPDATE delivery SET state = 'waiting', attempts = 0, next_try_at = now()");
    carry(&post);
    EXPECT_LIST(&post.bureau, "SELECT state || ' ' || attempts || ' ' || left(last_answer, 8) FROM delivery",
                "failed 1 HTTP 404");
    close_post(&post);
}

Test(courier, tries_end_and_the_failure_is_seen, .timeout = 60) {
    struct post post;
    open_post(&post, "spent");
    post.settings.channels.allow_hosts = (struct config_texts){allowed, 1};
    put(&post, "webhook", "http://127.0.0.1:9/nobody-listens");
    carry(&post);
    EXPECT_LIST(&post.bureau, "SELECT state || ' ' || attempts FROM delivery", "failed 3");
    close_post(&post);
}

Test(courier, inside_addresses_and_redirects_are_refused, .timeout = 60) {
    struct post post;
    open_post(&post, "inside");
    FAKE(&post, "webhook.py", "--log", "--redirect", "http://127.0.0.1:9/");
    put(&post, "webhook", webhook_address(&post)); /* not in allow_hosts */
    carry(&post);
    EXPECT_LIST(&post.bureau, "SELECT state || ' ' || left(last_answer, 8) FROM delivery", "failed refused:");
    post.settings.channels.allow_hosts = (struct config_texts){allowed, 1};
    sql(&post.bureau, "UPDATE delivery SET state = 'waiting', attempts = 0, next_try_at = now()");
    carry(&post);
    EXPECT_LIST(&post.bureau, "SELECT state || ' ' || left(last_answer, 8) FROM delivery", "failed HTTP 302");
    close_post(&post);
}

Test(courier, mail_arrives_and_a_refused_box_is_permanent, .timeout = 60) {
    struct post post;
    open_post(&post, "mail");
    char server[64];
    start_fake(&post, "smtp.py", "--log", NULL);
    snprintf(server, sizeof server, "smtp://127.0.0.1:%d", post.port);
    post.settings.channels.email_server = server;
    post.settings.channels.email_from = "duban@example.org";
    put(&post, "email", "it@example.org");
    carry(&post);
    AUTO_FREE char *log = log_of(&post);
    cr_assert(strstr(log, "\"subject\": \"【核定】剑阁 校舍\""), "%s", log);
    cr_assert(strstr(log, "第二行"), "%s", log);
    EXPECT_LIST(&post.bureau, "SELECT state FROM delivery", "delivered");
    sql(&post.bureau, "UPDATE delivery SET state = 'waiting', attempts = 0, address = 'refuse@example.org'");
    carry(&post);
    EXPECT_LIST(&post.bureau, "SELECT state || ' ' || attempts FROM delivery", "failed 1");
    close_post(&post);
}

Test(courier, a_lease_that_ran_out_is_taken_by_another_and_cannot_be_closed_late, .timeout = 60) {
    struct post post;
    open_post(&post, "lease");
    put(&post, "log", "office");
    struct deliveries first = {0}, second = {0};
    OK(outbox_lease(post.bureau.pg, 7, 10, 60000, &first, err));
    cr_assert_eq(first.count, 1);
    OK(outbox_lease(post.bureau.pg, 7, 10, 60000, &second, err));
    cr_assert_eq(second.count, 0, "it is leased");
    deliveries_finish(&second);
    sql(&post.bureau, "UPDATE delivery SET lease_until = now() - interval '1 s'");
    OK(outbox_lease(post.bureau.pg, 7, 10, 60000, &second, err));
    cr_assert_eq(second.count, 1, "free again");
    OK(outbox_close(post.bureau.pg, &first.items[0], DELIVERY_FAILED, "late", 0, err));
    EXPECT_LIST(&post.bureau, "SELECT state FROM delivery", "leased");
    OK(outbox_close(post.bureau.pg, &second.items[0], DELIVERY_DELIVERED, "ok", 0, err));
    EXPECT_LIST(&post.bureau, "SELECT state FROM delivery", "delivered");
    deliveries_finish(&first);
    deliveries_finish(&second);
    close_post(&post);
}

Test(courier, pauses_double_and_are_bounded) {
    struct courier_settings settings = {.retry_first_ms = 1000, .retry_longest_ms = 5000};
    static const int64_t wanted[] = {1000, 2000, 4000, 5000, 5000};
    for (int i = 0; i < 5; i++) cr_assert_eq(courier_pause_ms(&settings, i + 1), wanted[i]);
}

/* --- what is over is not sent --- */

/* A message about the city's cell with one notice; gives the alert's id. */
static int64_t put_notice(struct post *post, const char *number, const char *step) {
    char text[2048];
    snprintf(text, sizeof text,
             "WITH made AS (INSERT INTO alert (programme, key, rule, cell, state, cause, opened_at, changed_at, rung_at,"
             "                                 rules_version, facts)"
             "  SELECT %d, '%s', 'overdue', min(id) + (SELECT count(*) FROM alert), 'open', 'called',"
             "         '2021-07-01T08:00+08', '2021-07-01T08:00+08', '2021-07-01T08:00+08', 'v1', '{}' FROM cell"
             "  RETURNING id)"
             "INSERT INTO notice (programme, key, alert, step, recipient, not_before)"
             " SELECT %d, '%s', id, '%s', 'office', '2021-07-01T08:00+08' FROM made",
             (int)post->bureau.programme.id, number, (int)post->bureau.programme.id, number, step);
    sql(&post->bureau, text);
    int64_t notice = count(&post->bureau, "SELECT max(id) FROM notice");
    const char *keys[] = {number};
    struct outbox_delivery delivery = {.channel = "log", .address = "office"};
    struct outbox_message message = {
        .number = number, .recipient = "office", .window_at = at("2021-07-01T08:30:00+08:00"),
        .rendered_at = at("2021-07-01T08:30:00+08:00"), .keys = keys, .notices = &notice, .items = (const int[]){1},
        .notice_count = 1, .first_line = slice_of("L"), .body = slice_of("L"), .facts = slice_of("[]"),
        .deliveries = &delivery, .delivery_count = 1};
    OK(outbox_message_add(post->bureau.pg, post->bureau.programme.id, &message, NULL, err));
    return count(&post->bureau, "SELECT max(id) FROM alert");
}
static void end_alert(struct post *post, int64_t alert, const char *cause) {
    char text[256];
    snprintf(text, sizeof text,
             "UPDATE alert SET state = 'resolved', cause = '%s', resolved_at = '2021-07-01T09:00+08' WHERE id = %lld", cause,
             (long long)alert);
    sql(&post->bureau, text);
}

Test(courier, nothing_is_sent_for_what_was_done_meanwhile, .timeout = 60) {
    struct post post;
    open_post(&post, "done");
    end_alert(&post, put_notice(&post, "D21-0701-01", "first"), "done");
    end_alert(&post, put_notice(&post, "D21-0701-02", "first"), "extension"); /* that one they must hear of */
    end_alert(&post, put_notice(&post, "D21-0701-03", "recovered"), "done");  /* it is the news itself */
    put_notice(&post, "D21-0701-04", "first");
    put_delivery(&post, "D21-0701-05", &(struct outbox_delivery){.channel = "log", .address = "office"}, "a brief");
    carry(&post);
    EXPECT_LIST(&post.bureau,
                "SELECT m.number || ' ' || d.state FROM delivery d JOIN message m ON m.id = d.message ORDER BY d.id",
                "D21-0701-01 dropped · D21-0701-02 delivered · D21-0701-03 delivered · D21-0701-04 delivered · "
                "D21-0701-05 delivered");
    EXPECT_LIST(&post.bureau, "SELECT answer FROM delivery_attempt WHERE outcome = 'dropped'", "done before it was sent");
    close_post(&post);
}

/* A completion that is committed but not assessed: the claim waits for the alerter's word, where the clock runs. */
Test(courier, a_completion_not_yet_assessed_is_waited_for, .timeout = 60) {
    struct post post;
    struct deliveries leased = {0};
    open_post(&post, "unsure");
    int64_t alert = put_notice(&post, "D21-0701-01", "first");
    char text[1024];
    snprintf(text, sizeof text,
             "INSERT INTO cell_assessment (cell, assessment) SELECT cell, '{\"goal\":\"12\"}' FROM alert WHERE id = %lld"
             " ON CONFLICT (cell) DO UPDATE SET assessment = excluded.assessment;"
             "INSERT INTO cell_current (cell, value) SELECT cell, 12 FROM alert WHERE id = %lld"
             " ON CONFLICT (cell) DO UPDATE SET value = 12;"
             "INSERT INTO wake (cell, not_before) SELECT cell, '2021-07-01T08:31+08' FROM alert WHERE id = %lld;"
             "UPDATE installation SET kind = 'real'",
             (long long)alert, (long long)alert, (long long)alert);
    sql(&post.bureau, text);
    OK(outbox_lease(post.bureau.pg, 7, 10, 60000, &leased, err));
    cr_expect_eq(leased.count, 0);
    deliveries_finish(&leased);
    sql(&post.bureau, "UPDATE cell_current SET value = 11"); /* it was no completion after all */
    OK(outbox_lease(post.bureau.pg, 7, 10, 60000, &leased, err));
    cr_expect_eq(leased.count, 1);
    deliveries_finish(&leased);
    close_post(&post);
}

/* --- tests of channels, as the office orders them --- */

Test(courier, a_test_goes_out_in_trial_too_and_its_answer_is_read_back, .timeout = 60) {
    struct post post;
    int64_t delivery;
    struct outbox_test_state state;
    open_post(&post, "tests");
    struct pg *admin = cluster_open(getppid(), "tests", "duban_admin");
    OK(outbox_test_add(admin, post.bureau.programme.id, "log", "office", at("2021-07-01T08:30:00+08:00"), &delivery, err));
    OK(outbox_test_state(admin, delivery, &state, err));
    cr_expect_str_eq(state.state, "waiting");
    carry(&post);
    OK(outbox_test_state(admin, delivery, &state, err));
    cr_expect_str_eq(state.state, "delivered");
    cr_expect_str_eq(state.answer, "written");
    EXPECT_LIST(&post.bureau, "SELECT first_line || ' ' || kind || ' ' || (number LIKE 'TEST-%') FROM message",
                "【测试】督办 渠道测试 请勿处理 test true");
    pg_close(&admin);
    close_post(&post);
}
