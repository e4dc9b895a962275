/* A lease ends with its holder: PostgreSQL knows whether its session lives. Time is moved in the rows, not waited for. */
#include "tests/unit/alerter/post.h"

CLUSTER_START
CLUSTER_STOP

enum { OURS = 7, THEIRS = 8 };

static void put_log(struct post *post, const char *number) {
    put_delivery(post, number, &(struct outbox_delivery){.channel = "log", .address = "office"}, "B");
}
/* As if so much real time had passed at the database's clock; the server started long ago. */
static void pass(struct post *post, const char *interval) {
    char text[128];
    snprintf(text, sizeof text, "UPDATE delivery SET lease_until = lease_until - interval '%s'", interval);
    sql(&post->bureau, text);
}
static size_t lease(struct post *post, struct deliveries *out) {
    deliveries_finish(out);
    OK(outbox_lease(post->bureau.pg, OURS, 10, 60000, out, err));
    return out->count;
}
/* The lease that another holds: is it to run out within a grace, or its whole time? */
static bool runs_out_soon(struct post *post) {
    return count(&post->bureau, "SELECT count(*) FROM delivery WHERE state = 'leased'"
                                " AND lease_until < now() + interval '20 seconds'") == 1;
}
/* Bounded, and for the event itself: the server has seen that the session ended. */
static void until_gone(struct post *post, int holder) {
    char text[256];
    snprintf(text, sizeof text,
             "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND objid = %d"
             " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())", holder);
    for (int turn = 0; turn < 2000 && count(&post->bureau, text) > 0; turn++) poll(NULL, 0, 5);
    cr_assert_eq(count(&post->bureau, text), 0);
}

Test(courier_holder, a_lease_whose_session_lives_ends_by_its_time_alone, .timeout = 60) {
    struct post post;
    struct deliveries theirs = {0}, ours = {0};
    open_post(&post, "lives");
    put_log(&post, "D21-0701-01");
    struct pg *other = cluster_open(getppid(), "lives", "duban_alerter");
    OK(outbox_hold(other, THEIRS, NULL, 0, 60000, err));
    OK(outbox_lease(other, THEIRS, 10, 60000, &theirs, err));
    cr_assert_eq(theirs.count, 1);
    cr_expect_eq(theirs.items[0].lease_epoch & OUTBOX_HOLDER_MAX, THEIRS);
    OK(outbox_reclaim(post.bureau.pg, err)); /* frozen or at work: nobody can tell */
    cr_expect_not(runs_out_soon(&post));
    cr_expect_eq(lease(&post, &ours), 0);
    pass(&post, "61 s");
    cr_expect_eq(lease(&post, &ours), 1, "the time of a frozen one is over");
    OK(outbox_close(other, &theirs.items[0], DELIVERY_DELIVERED, "late", 0, err));
    EXPECT_LIST(&post.bureau, "SELECT state || ' ' || attempts FROM delivery", "leased 2");
    deliveries_finish(&theirs);
    deliveries_finish(&ours);
    pg_close(&other);
    close_post(&post);
}

Test(courier_holder, a_holder_that_is_gone_gives_its_leases_back, .timeout = 60) {
    struct post post;
    struct deliveries theirs = {0}, ours = {0};
    open_post(&post, "gone");
    put_log(&post, "D21-0701-01");
    struct pg *other = cluster_open(getppid(), "gone", "duban_alerter");
    OK(outbox_hold(other, THEIRS, NULL, 0, 60000, err));
    OK(outbox_lease(other, THEIRS, 10, 60000, &theirs, err));
    pg_close(&other);
    until_gone(&post, THEIRS);
    cr_expect_eq(lease(&post, &ours), 0, "not before somebody saw it");
    OK(outbox_reclaim(post.bureau.pg, err));
    cr_expect(runs_out_soon(&post));
    cr_expect_eq(lease(&post, &ours), 0, "a holder that lives has its grace to come back");
    pass(&post, "10 s");
    OK(outbox_reclaim(post.bureau.pg, err)); /* a second look gives no second grace */
    cr_expect_eq(lease(&post, &ours), 1);
    cr_expect_eq(ours.items[0].lease_epoch & OUTBOX_HOLDER_MAX, OURS);
    cr_expect_gt(ours.items[0].lease_epoch, theirs.items[0].lease_epoch);
    deliveries_finish(&theirs);
    deliveries_finish(&ours);
    close_post(&post);
}

Test(courier_holder, one_that_comes_back_in_time_keeps_what_it_carries, .timeout = 60) {
    struct post post;
    struct deliveries theirs = {0}, ours = {0};
    open_post(&post, "back");
    put_log(&post, "D21-0701-01");
    put_log(&post, "D21-0701-02");
    struct pg *other = cluster_open(getppid(), "back", "duban_alerter");
    OK(outbox_hold(other, THEIRS, NULL, 0, 60000, err));
    OK(outbox_lease(other, THEIRS, 10, 60000, &theirs, err));
    cr_assert_eq(theirs.count, 2);
    pg_close(&other);
    until_gone(&post, THEIRS);
    OK(outbox_reclaim(post.bureau.pg, err));
    other = cluster_open(getppid(), "back", "duban_alerter");
    /* it carries the first; the answer to the lease of the second is taken to have been lost */
    struct outbox_carried carried = {theirs.items[0].id, theirs.items[0].lease_epoch};
    OK(outbox_hold(other, THEIRS, &carried, 1, 60000, err));
    cr_expect_eq(lease(&post, &ours), 1, "what it does not carry is free at once");
    cr_expect_eq(ours.items[0].id, theirs.items[1].id);
    pass(&post, "10 s");
    deliveries_finish(&ours);
    cr_expect_eq(lease(&post, &ours), 0, "what it carries is its own");
    OK(outbox_close(other, &theirs.items[0], DELIVERY_DELIVERED, "ok", 0, err));
    EXPECT_LIST(&post.bureau, "SELECT state || ' ' || attempts FROM delivery ORDER BY id", "delivered 1 · leased 2");
    deliveries_finish(&theirs);
    deliveries_finish(&ours);
    pg_close(&other);
    close_post(&post);
}

Test(courier_holder, one_that_comes_back_late_closes_nothing, .timeout = 60) {
    struct post post;
    struct deliveries theirs = {0}, ours = {0};
    open_post(&post, "late");
    put_log(&post, "D21-0701-01");
    struct pg *other = cluster_open(getppid(), "late", "duban_alerter");
    OK(outbox_hold(other, THEIRS, NULL, 0, 60000, err));
    OK(outbox_lease(other, THEIRS, 10, 60000, &theirs, err));
    pg_close(&other);
    until_gone(&post, THEIRS);
    OK(outbox_reclaim(post.bureau.pg, err));
    pass(&post, "10 s");
    cr_assert_eq(lease(&post, &ours), 1);
    other = cluster_open(getppid(), "late", "duban_alerter");
    struct outbox_carried carried = {theirs.items[0].id, theirs.items[0].lease_epoch};
    OK(outbox_hold(other, THEIRS, &carried, 1, 60000, err));
    OK(outbox_close(other, &theirs.items[0], DELIVERY_FAILED, "late", 0, err));
    EXPECT_LIST(&post.bureau, "SELECT state FROM delivery", "leased");
    OK(outbox_close(post.bureau.pg, &ours.items[0], DELIVERY_DELIVERED, "ok", 0, err));
    EXPECT_LIST(&post.bureau, "SELECT state || ' ' || last_answer FROM delivery", "delivered ok");
    deliveries_finish(&theirs);
    deliveries_finish(&ours);
    pg_close(&other);
    close_post(&post);
}

/* --- with couriers --- */

static const char *const allowed[] = {"127.0.0.1"};

static void put_webhook(struct post *post, const char *number) {
    static char address[64];
    snprintf(address, sizeof address, "http://127.0.0.1:%d/hook", post->port);
    put_delivery(post, number, &(struct outbox_delivery){.channel = "webhook", .address = address}, "B");
}

/* A process of its own: leases what there is, begins to send, and stays so until it is killed. */
static void carry_for_ever(const struct post *post, pid_t runner, int told) {
    static struct courier courier;
    struct error err;
    struct clock clock;
    struct loop loop;
    bool more = true;
    struct pg *pg = cluster_open(runner, "killed", "duban_alerter");
    bool good = clock_open(&clock, NULL, 0, &err) == ERROR_OK && loop_init(&loop, &clock, &err) == ERROR_OK &&
                courier_open(&courier, &post->settings, &loop, &err) == ERROR_OK;
    while (good && more) good = courier_work(&courier, pg, &more, &err) == ERROR_OK;
    good = good && courier.busy == 1 && write(told, "+", 1) == 1;
    while (good) good = loop_turn(&loop, 1000, &err) == ERROR_OK;
    _exit(1);
}

Test(courier_holder, what_a_killed_alerter_carried_goes_out_by_the_other, .timeout = 60) {
    struct post post;
    int told[2];
    char byte = 0;
    bool more = false;
    pid_t runner = getppid();
    open_post(&post, "killed");
    post.settings.channels.allow_hosts = (struct config_texts){allowed, 1};
    post.settings.channels.webhook_timeout_ms = 50000;
    FAKE(&post, "webhook.py", "--log", "--hang", "1");
    put_webhook(&post, "D21-0701-01");
    cr_assert_eq(pipe(told), 0);
    pid_t alerter = fork();
    if (alerter == 0) carry_for_ever(&post, runner, told[1]);
    cr_assert_eq(read(told[0], &byte, 1), 1, "it is under way");
    AUTO_FREE char *first = NULL; /* bounded, and for the event itself: the receiver has it */
    for (int turn = 0; turn < 2000 && lines(first ? first : "") == 0; turn++) {
        free(first);
        first = log_of(&post);
        poll(NULL, 0, 5);
    }
    cr_assert_eq(lines(first), 1);
    for (int i = 0; i < 3; i++) OK(courier_work(&post.courier, post.bureau.pg, &more, err));
    cr_expect_eq(post.courier.busy, 0, "it is the other's while that one lives");
    int epoch_holder = (int)(count(&post.bureau, "SELECT lease_epoch & 2147483647 FROM delivery"));
    kill(alerter, SIGKILL);
    waitpid(alerter, NULL, 0);
    until_gone(&post, epoch_holder);
    post.courier.next_reclaim = (struct tick){0};
    OK(courier_work(&post.courier, post.bureau.pg, &more, err));
    cr_expect(runs_out_soon(&post));
    pass(&post, "10 s");
    carry(&post);
    EXPECT_LIST(&post.bureau, "SELECT state || ' ' || attempts || ' ' || left(last_answer, 8) FROM delivery",
                "delivered 2 HTTP 200");
    AUTO_FREE char *log = log_of(&post);
    cr_expect_eq(lines(log), 2, "nobody can know that the first had arrived: %s", log);
    static const char key[] = "\"Idempotency-Key\": \"";
    const char *one = strstr(log, key), *two = one ? strstr(one + 1, key) : NULL;
    cr_assert(one && two);
    cr_expect_eq(strncmp(one, two, strcspn(one + sizeof key, "\"")), 0, "but the receiver can: one key");
    close(told[0]);
    close(told[1]);
    close_post(&post);
}

/* The server ends every session; both alerters come back, and nothing goes out twice. */
Test(courier_holder, sessions_that_break_are_no_reason_to_send_again, .timeout = 60) {
    struct post post;
    bool more = false;
    open_post(&post, "broken");
    post.settings.channels.allow_hosts = (struct config_texts){allowed, 1};
    FAKE(&post, "webhook.py", "--log", "--answer", "200");
    put_webhook(&post, "D21-0701-01");
    struct courier *ours = &post.courier, *other = calloc(1, sizeof *other);
    OK(courier_open(other, &post.settings, &post.loop, err));
    struct pg *second = cluster_open(getppid(), "broken", "duban_alerter");
    OK(courier_work(other, second, &more, err));
    OK(courier_work(ours, post.bureau.pg, &more, err));
    cr_assert_eq(other->busy, 1);
    sql(&post.bureau, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'duban_alerter'"
                      " AND datname = current_database()");
    until_gone(&post, other->holder);
    OK(pg_reopen(post.bureau.pg, err)); /* the one that carries nothing is back first */
    courier_new_session(ours);
    ours->next_reclaim = (struct tick){0};
    OK(courier_work(ours, post.bureau.pg, &more, err));
    cr_expect(runs_out_soon(&post));
    OK(pg_reopen(second, err));
    courier_new_session(other);
    OK(courier_work(other, second, &more, err));
    for (int turn = 0; turn < 2000 && other->busy > 0; turn++) {
        OK(loop_turn(&post.loop, 10, err));
        OK(courier_work(other, second, &more, err));
    }
    pass(&post, "10 s");
    OK(courier_work(ours, post.bureau.pg, &more, err));
    cr_expect_eq(ours->busy, 0);
    EXPECT_LIST(&post.bureau, "SELECT state || ' ' || attempts FROM delivery", "delivered 1");
    AUTO_FREE char *log = log_of(&post);
    cr_expect_eq(lines(log), 1, "%s", log);
    courier_finish(other);
    free(other);
    pg_close(&second);
    close_post(&post);
}
