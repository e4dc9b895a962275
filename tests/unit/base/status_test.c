#include "common/base/status.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/file.h"

static char folder[] = "/tmp/duban-status-XXXXXX";
static char file[64];

static void make_folder(void) {
    cr_assert_not_null(mkdtemp(folder));
    snprintf(file, sizeof file, "%s/agent.status", folder);
}

static void remove_folder(void) {
    unlink(file);
    rmdir(folder);
}

TestSuite(status, .init = make_folder, .fini = remove_folder);

Test(status, says_what_was_set) {
    CLEAN(status_finish) struct status mine = {0};
    CLEAN(status_finish) struct status read = {0};
    struct error err = {0};
    status_init(&mine, "duban-collector");
    status_set_state(&mine, "running");
    mine.step = 184;
    mine.domain = (struct instant){1625068800000};
    status_set(&mine, "pending", 3);
    status_set(&mine, "pending", 0);
    status_set(&mine, "stream/510821/acked_seq", INT64_MAX);
    status_set_text(&mine, "last_error", "坏\n\xFF行");
    cr_assert_eq(status_write(&mine, file, &err), ERROR_OK, "%s", err.message);
    cr_assert_eq(status_read(&read, file, &err), ERROR_OK, "%s", err.message);
    int64_t value = -1;
    cr_assert_str_eq(read.program, "duban-collector");
    cr_assert_str_eq(read.state, "running");
    cr_assert_eq(read.pid, getpid());
    cr_assert_eq(read.step, 184);
    cr_assert_eq(read.domain.ms, 1625068800000);
    cr_assert_eq(read.started.ms, mine.started.ms);
    cr_assert_eq(read.number_count, 2u);
    cr_assert(status_get(&read, "pending", &value));
    cr_assert_eq(value, 0);
    cr_assert(status_get(&read, "stream/510821/acked_seq", &value));
    cr_assert_eq(value, INT64_MAX);
    cr_assert_not(status_get(&read, "absent", &value));
    cr_assert_str_eq(status_get_text(&read, "last_error"), "坏 \xEF\xBF\xBD行");
    cr_assert(status_alive(&read));
}

Test(status, holds_many_streams_and_forgets_by_prefix) {
    CLEAN(status_finish) struct status s = {0};
    status_init(&s, "agent");
    for (int i = 0; i < 300; i++) {
        char key[64];
        snprintf(key, sizeof key, "stream/%d/pending", i);
        status_set(&s, key, i);
    }
    status_set(&s, "pending", 1);
    status_set_text(&s, "stream/1/error", "x");
    int64_t value;
    cr_assert(status_get(&s, "stream/299/pending", &value));
    cr_assert_eq(value, 299);
    status_forget(&s, "stream/");
    cr_assert_eq(s.number_count, 1u);
    cr_assert_eq(s.text_count, 0u);
}

Test(status, a_dead_or_reused_pid_is_not_alive) {
    CLEAN(status_finish) struct status s = {0};
    status_init(&s, "agent");
    cr_assert_gt(s.process_start, 0);
    s.process_start++;
    cr_assert_not(status_alive(&s), "the same pid, started at another time");
    s.process_start--;
    s.pid = 0;
    cr_assert_not(status_alive(&s));
    s.pid_namespace++;
    cr_assert(status_alive(&s), "of another container: cannot be seen from here");
}

Test(status, other_files_are_refused) {
    static const char *const rows[] = {"",
                                       "[]",
                                       "{",
                                       "{\"program\": 1, \"pid\": 2}",
                                       "{\"program\": \"x\"}",
                                       "null",
                                       "{\"program\": \"x\", \"pid\": \"1\"}",
                                       "{\"program\": \"x\", \"pid\": 1, \"pid\": 1}"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CLEAN(status_finish) struct status s = {0};
        struct error err = {0};
        cr_assert_eq(file_write_fast(file, rows[i], strlen(rows[i]), 0600, &err), ERROR_OK);
        cr_assert_eq(status_read(&s, file, &err), ERROR_INPUT, "row %zu", i);
    }
    CLEAN(status_finish) struct status s = {0};
    struct error err = {0};
    cr_assert_eq(status_read(&s, "/nonexistent/x", &err), ERROR_NOT_FOUND);
    const char odd[] = "{\"program\": \"x\", \"pid\": 99999999999, \"numbers\": [1], \"step\": \"z\", \"domain\": 5}";
    cr_assert_eq(file_write_fast(file, odd, sizeof odd - 1, 0600, &err), ERROR_OK);
    cr_assert_eq(status_read(&s, file, &err), ERROR_OK);
    cr_assert_eq(s.pid, 0);
    cr_assert_eq(s.step, -1);
    cr_assert_not(instant_is(s.domain));
}

Test(status, clock_and_process_are_its_own) {
    CLEAN(status_finish) struct status s = {0};
    struct error err = {0};
    CLEAN(clock_finish) struct clock clock = {0};
    status_init(&s, "agent");
    cr_assert_eq(clock_open(&clock, NULL, 0, &err), ERROR_OK);
    status_set_clock(&s, &clock);
    cr_assert_eq(s.step, -1);
    cr_assert_eq(s.domain.ms, clock_domain(&clock).ms);
}
