/* An outbox in a database, a courier with its loop, and a fake vendor beside it: what tests of deliveries share. Included
 * once a test. */
#ifndef DUBAN_TESTS_ALERTER_POST_H
#define DUBAN_TESTS_ALERTER_POST_H

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "services/alerter/courier.h"
#include "tests/unit/alerter/bureau.h"

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

static inline void on_ended(void *context) {
    struct post *post = context;
    post->ended = true;
}

static inline void path_in(const struct post *post, const char *name, char out[128]) {
    snprintf(out, 128, "%s/%s", post->folder, name);
}

/* options: NULL-terminated, beside the files for its port and what it got. out: "--log" or "--out". */
static inline void start_fake(struct post *post, const char *script, const char *out, const char *const *options) {
    char program[256], port[128], log[128], said[128];
    snprintf(program, sizeof program, "%s/tests/fakes/%s", DUBAN_SOURCE_DIR, script);
    path_in(post, "port", port);
    path_in(post, "log", log);
    path_in(post, "fake.err", said);
    post->fake = fork();
    if (post->fake == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* a failed test leaves no fake behind */
        int null = open("/dev/null", O_RDWR), errors = open(said, O_WRONLY | O_CREAT | O_TRUNC, 0644);
        (void)dup2(null, 1);
        (void)dup2(errors, 2);
        const char *first[] = {"python3", program, "--port-file", port, out, log};
        char *argv[24] = {0};
        for (size_t i = 0; i < 6; i++) argv[i] = strdup(first[i]);
        for (size_t i = 6; options && *options && i < 23; i++, options++) argv[i] = strdup(*options);
        execv("/usr/bin/python3", argv);
        _exit(127);
    }
    /* bounded, and for the event itself: the file appears when the fake listens */
    for (int tries = 0; tries < 2000 && !file_exists(port); tries++) poll(NULL, 0, 10);
    CLEAN(buffer_finish) struct buffer text = {0}, why = {0};
    if (!file_exists(port)) cr_assert_fail("%s does not listen: %s", script, file_read(said, 65536, &why, NULL) ? "" : buffer_text(&why));
    OK(file_read(port, 64, &text, err));
    post->port = atoi(buffer_text(&text));
}
#define FAKE(post, script, out, ...) start_fake(post, script, out, (const char *const[]){__VA_ARGS__, NULL})

static inline void open_courier(struct post *post) {
    OK(courier_open(&post->courier, &post->settings, &post->loop, err));
    post->courier.on_ended = on_ended;
    post->courier.context = post;
}
/* Channels are read when the courier opens. */
static inline struct channel_named *name_channel(struct post *post, enum channel_kind kind, const char *name) {
    struct channel_list *list = &post->settings.channels.named;
    struct channel_named *named = &list->items[list->count++];
    *named = (struct channel_named){.name = name, .kind = kind, .timeout_ms = 5000, .allow_private = true};
    return named;
}
static inline void reopen_courier(struct post *post) {
    courier_finish(&post->courier);
    open_courier(post);
}

static inline void open_post(struct post *post, const char *database) {
    *post = (struct post){.folder = "/tmp/duban-post-XXXXXX"};
    cr_assert(mkdtemp(post->folder));
    bureau_open(&post->bureau, database, "2021-07-01T00:00:00+08:00", false);
    OK(clock_open(&post->clock, NULL, 0, err));
    OK(loop_init(&post->loop, &post->clock, err));
    post->settings = (struct courier_settings){.attempts = 3, .retry_first_ms = 10, .retry_longest_ms = 40,
                                               .lease_seconds = 30};
    post->settings.fallback_after = 2;
    post->settings.channels.webhook_timeout_ms = 5000;
    post->settings.channels.email_timeout_ms = 5000;
    open_courier(post);
}

static inline void close_post(struct post *post) {
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

static inline void put_delivery(struct post *post, const char *number, const struct outbox_delivery *delivery,
                                const char *text) {
    struct outbox_message message = {
        .number = number, .recipient = number, /* of messages without notices the key is the recipient's */ .window_at = at("2021-07-01T08:30:00+08:00"),
        .rendered_at = at("2021-07-01T08:30:00+08:00"), 
        .first_line = slice_of("【核定】剑阁 校舍"), .body = slice_of(text), .facts = slice_of("[]"),
        .deliveries = delivery, .delivery_count = 1};
    OK(outbox_message_add(post->bureau.pg, post->bureau.programme.id, &message, NULL, err));
}
static inline void put(struct post *post, const char *channel, const char *address) {
    put_delivery(post, "D21-0701-01", &(struct outbox_delivery){.channel = channel, .address = address},
                 "【核定】剑阁 校舍\n第二行");
}

/* Until no delivery is under way; the loop's own events wake it, the bound is for a failure. */
static inline void carry(struct post *post) {
    for (int turn = 0; turn < 2000; turn++) {
        bool more = true;
        while (more) OK(courier_work(&post->courier, post->bureau.pg, &more, err));
        if (count(&post->bureau, "SELECT count(*) FROM delivery WHERE state IN ('waiting', 'leased')") == 0) return;
        OK(loop_turn(&post->loop, 10, err));
    }
    cr_assert_fail("deliveries are still under way");
}

/* For as long as something is leased or ready, without waiting for what has to wait. */
static inline void carry_ready(struct post *post) {
    int64_t ms = 0;
    for (int turn = 0; turn < 2000; turn++) {
        bool more = true;
        while (more) OK(courier_work(&post->courier, post->bureau.pg, &more, err));
        OK(outbox_next_try(post->bureau.pg, &ms, err));
        if (post->courier.busy == 0 && ms != 0) return;
        OK(loop_turn(&post->loop, 10, err));
    }
    cr_assert_fail("deliveries are still under way");
}

static inline char *file_of(const struct post *post, const char *name) {
    char log[128];
    struct buffer text = {0};
    path_in(post, name, log);
    if (file_exists(log)) OK(file_read(log, 1 << 20, &text, err));
    return text.len ? buffer_take(&text) : strdup("");
}
static inline char *log_of(const struct post *post) {
    return file_of(post, "log");
}
static inline size_t lines(const char *text) {
    size_t n = 0;
    for (; *text; text++) n += *text == '\n';
    return n;
}

#endif
