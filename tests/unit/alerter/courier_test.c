/* Deliveries on real sockets: a receiver of webhooks and a mail server stand by, the outbox is a database. */
#include "services/alerter/courier.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "tests/unit/alerter/bureau.h"

CLUSTER_START
CLUSTER_STOP

struct post {
    struct bureau bureau;
    char folder[64];
    pid_t fake;
    int port;
    struct clock clock;
    struct loop loop;
    struct courier_settings settings;
    struct courier courier;
    bool ended;
};

static void on_ended(void *context) {
    struct post *post = context;
    post->ended = true;
}

static void path_in(const struct post *post, const char *name, char out[128]) {
    snprintf(out, 128, "%s/%s", post->folder, name);
}

static void start_fake(struct post *post, const char *script, const char *option, const char *value) {
    char program[256], port[128], log[128];
    snprintf(program, sizeof program, "%s/tests/fakes/%s", DUBAN_SOURCE_DIR, script);
    path_in(post, "port", port);
    path_in(post, "log", log);
    post->fake = fork();
    if (post->fake == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* a failed test leaves no fake behind */
        int null = open("/dev/null", O_RDWR);
        (void)dup2(null, 1);
        execl("/usr/bin/python3", "python3", program, "--port-file", port, "--log", log, option, value, (char *)NULL);
        _exit(127);
    }
    /* bounded, and for the event itself: the file appears when the fake listens */
    for (int tries = 0; tries < 2000 && !file_exists(port); tries++) poll(NULL, 0, 10);
    CLEAN(buffer_finish) struct buffer text = {0};
    OK(file_read(port, 64, &text, err));
    post->port = atoi(buffer_text(&text));
}

static void open_post(struct post *post, const char *database) {
    *post = (struct post){.folder = "/tmp/duban-post-XXXXXX"};
    cr_assert(mkdtemp(post->folder));
    bureau_open(&post->bureau, database, "2021-07-01T00:00:00+08:00", false);
    OK(clock_open(&post->clock, NULL, 0, err));
    OK(loop_init(&post->loop, &post->clock, err));
    post->settings = (struct courier_settings){.attempts = 3, .retry_first_ms = 10, .retry_longest_ms = 40,
                                               .lease_seconds = 30};
    post->settings.channels.webhook_timeout_ms = 5000;
    OK(courier_open(&post->courier, &post->settings, &post->loop, err));
    post->courier.on_ended = on_ended;
    post->courier.context = post;
}

static void close_post(struct post *post) {
    courier_finish(&post->courier);
    loop_finish(&post->loop);
    clock_finish(&post->clock);
    bureau_close(&post->bureau);
    if (post->fake > 0) {
        kill(post->fake, SIGKILL); /* the loop's mask, which it inherited, holds SIGTERM back */
        waitpid(post->fake, NULL, 0);
    }
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", post->folder);
    cr_assert_eq(system(command), 0);
}

static void put(struct post *post, const char *channel, const char *address) {
    const char *keys[] = {"notice|1"};
    struct outbox_delivery delivery = {channel, address};
    struct outbox_message message = {
        .number = "D21-0701-01", .recipient = "office", .window_at = at("2021-07-01T08:30:00+08:00"),
        .rendered_at = at("2021-07-01T08:30:00+08:00"), .keys = keys, .notice_count = 0,
        .first_line = slice_of("【核定】剑阁 校舍"), .body = slice_of("【核定】剑阁 校舍\n第二行"), .facts = slice_of("[]"),
        .deliveries = &delivery, .delivery_count = 1};
    OK(outbox_message_add(post->bureau.pg, post->bureau.programme.id, &message, err));
}

/* Until no delivery is under way; the loop's own events wake it, the bound is for a failure. */
static void carry(struct post *post) {
    for (int turn = 0; turn < 2000; turn++) {
        bool more = true;
        while (more) OK(courier_work(&post->courier, post->bureau.pg, &more, err));
        if (count(&post->bureau, "SELECT count(*) FROM delivery WHERE state IN ('waiting', 'leased')") == 0) return;
        OK(loop_turn(&post->loop, 10, err));
    }
    cr_assert_fail("deliveries are still under way");
}

static char *log_of(const struct post *post) {
    char log[128];
    struct buffer text = {0};
    path_in(post, "log", log);
    if (file_exists(log)) OK(file_read(log, 1 << 20, &text, err));
    return text.len ? buffer_take(&text) : strdup("");
}
static size_t lines(const char *text) {
    size_t n = 0;
    for (; *text; text++) n += *text == '\n';
    return n;
}

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
    start_fake(&post, "webhook.py", "--secret", secret);
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
    start_fake(&post, "webhook.py", "--answer", "503,429,200,404");
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
    start_fake(&post, "webhook.py", "--redirect", "http://127.0.0.1:9/");
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
    start_fake(&post, "smtp.py", NULL, NULL);
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
