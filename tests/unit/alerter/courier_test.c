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
    OK(outbox_lease(post.bureau.pg, 10, 60000, &first, err));
    cr_assert_eq(first.count, 1);
    OK(outbox_lease(post.bureau.pg, 10, 60000, &second, err));
    cr_assert_eq(second.count, 0, "it is leased");
    deliveries_finish(&second);
    sql(&post.bureau, "UPDATE delivery SET lease_until = now() - interval '1 s'");
    OK(outbox_lease(post.bureau.pg, 10, 60000, &second, err));
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
