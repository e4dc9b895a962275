#include "services/collector/resume.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/file.h"
#include "common/base/status.h"
#include "common/link/dealer.h"
#include "common/spool/spool.h"
#include "proto/codes.h"

#define CONFIG                                                                                                         \
    "stream: qingchuan\nunit: 青川县\nserver: [{address: \"tcp://127.0.0.1:5557\", key: "                           \
    "\"rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7\"}]\nkey: agent.key\ncatalogue: catalogue.json\n"                      \
    "spool: spool.sqlite\nstatus: status.json\nsources: [{name: 报表, folder: drop}]\n"

static void enter(void) {
    char folder[] = "/tmp/duban-resume-XXXXXX";
    struct error err;
    cr_assert_not_null(mkdtemp(folder));
    cr_assert_eq(chdir(folder), 0);
    cr_assert_eq(file_write("collector.yaml", CONFIG, strlen(CONFIG), 0600, &err), ERROR_OK);
}

static struct spool *open_spool(void) {
    struct spool *spool = NULL;
    struct error err;
    cr_assert_eq(spool_open("spool.sqlite", slice_of("qingchuan"), NULL, 500, &spool, &err), ERROR_OK, "%s",
                 err.message);
    return spool;
}

static void halt(enum halt_reason reason, uint64_t gen) {
    CLEAN(spool_close) struct spool *spool = open_spool();
    struct error err;
    cr_assert_eq(spool_set_halt(spool, reason, gen, &err), ERROR_OK, "%s", err.message);
}

static struct spool_state state_now(void) {
    CLEAN(spool_close) struct spool *spool = open_spool();
    return *spool_state(spool);
}

static int resume(bool yes) {
    char name[] = "resume", option[] = "--config", file[] = "collector.yaml", agreed[] = "--yes";
    char *args[] = {name, option, file, yes ? agreed : NULL, NULL};
    return resume_main(yes ? 4 : 3, args);
}

/* Only where the centre holds something else, or lacks what is gone, does a new epoch begin. */
Test(resume, each_reason_leads_on_in_its_own_way) {
    static const struct {
        enum halt_reason reason;
        bool new_epoch;
    } rows[] = {
        {HALT_FENCED, false},  {HALT_FORK, true},     {HALT_STALE_SPOOL, true},
        {HALT_REVOKED, false}, {HALT_GAP_LOST, true}, {HALT_UNSUPPORTED_VERSION, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        enter();
        halt(rows[i].reason, 7);
        struct spool_state before = state_now();
        cr_assert_eq(before.halt, rows[i].reason);
        cr_expect_eq(resume(true), 0);
        struct spool_state after = state_now();
        cr_expect_eq(after.halt, HALT_NONE, "%zu", i);
        cr_expect_eq(memcmp(&after.epoch, &before.epoch, sizeof after.epoch) != 0, rows[i].new_epoch, "%zu", i);
        cr_expect_eq(after.gen, 7, "%zu: no lower than the centre's", i);
    }
}

Test(resume, without_a_yes_it_stays_halted) {
    enter();
    halt(HALT_FORK, 7);
    cr_assert_not_null(freopen("/dev/null", "r", stdin));
    cr_expect_eq(resume(false), 1);
    cr_expect_eq(state_now().halt, HALT_FORK);
}

Test(resume, nothing_to_do_is_said_and_makes_no_spool) {
    enter();
    cr_expect_eq(resume(true), 0);
    cr_expect_not(file_exists("spool.sqlite"));
}

/* The agent runs and holds the spool: it finds a word beside it, once. */
Test(resume, a_running_agent_is_told) {
    struct settings settings = {.spool = "spool.sqlite"};
    struct status status;
    struct error err;
    enter();
    CLEAN(spool_close) struct spool *held = open_spool();
    status_init(&status, "duban-collector");
    status_set_text(&status, "stream/qingchuan/halt", halt_reason_name(HALT_FENCED));
    cr_assert_eq(status_write(&status, "status.json", &err), ERROR_OK, "%s", err.message);
    status_finish(&status);
    cr_expect_not(resume_asked(&settings));
    cr_expect_eq(resume(true), 0);
    cr_expect(resume_asked(&settings));
    cr_expect_not(resume_asked(&settings), "asked once");
}

Test(resume, every_reason_has_words_with_what_to_do) {
    for (int reason = HALT_FENCED; reason <= HALT_REFUSED; reason++)
        cr_expect(strstr(resume_words((enum halt_reason)reason), "请"), "%s",
                  halt_reason_name((enum halt_reason)reason));
}

/* A restored machine without its outbox is not halted: it waits for the centre, and somebody must know for what. */
Test(resume, what_keeps_an_agent_out_has_words_with_whom_to_ask) {
    const char *outbox = resume_trouble_words(wire_error_row(WIRE_UNKNOWN_EPOCH)->english);
    cr_expect(strstr(outbox, "待发库") && strstr(outbox, "请中心"), "%s", outbox);
    const char *key = resume_trouble_words(dealer_news_text(DEALER_REFUSED));
    cr_expect(strstr(key, "密钥") && strstr(key, "指纹"), "%s", key);
    cr_expect_str_eq(resume_trouble_words(wire_error_row(WIRE_REVOKED)->english), wire_error_row(WIRE_REVOKED)->chinese);
    cr_expect(strstr(resume_trouble_words("no route to host"), "网络"));
}
