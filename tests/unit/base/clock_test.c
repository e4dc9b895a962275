#include "common/base/clock.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/file.h"

static char folder[] = "/tmp/duban-clock-XXXXXX";
static char file[64];

static void make_folder(void) {
    cr_assert_not_null(mkdtemp(folder));
    snprintf(file, sizeof file, "%s/clock", folder);
}

static void remove_folder(void) {
    unlink(file);
    rmdir(folder);
}

TestSuite(clock, .init = make_folder, .fini = remove_folder);

static struct instant at(const char *text) {
    struct instant t = INSTANT_NONE;
    cr_assert(instant_parse(text, strlen(text), &t));
    return t;
}

static void put(const char *text) {
    cr_assert_eq(file_write_fast(file, text, strlen(text), 0600, NULL), ERROR_OK);
}

Test(clock, real_time_is_the_machines) {
    struct error err = {0};
    CLEAN(clock_finish) struct clock clock;
    cr_assert_eq(clock_open(&clock, NULL, 0, &err), ERROR_OK);
    cr_assert_not(clock_is_stepped(&clock));
    cr_assert_eq(clock_step(&clock), -1);
    cr_assert_eq(clock_fd(&clock), -1);
    bool changed = true;
    cr_assert_eq(clock_refresh(&clock, &changed, &err), ERROR_OK);
    cr_assert_not(changed);
    int64_t off = real_now().ms - clock_domain(&clock).ms;
    cr_assert(off >= 0 && off < 5000);
    cr_assert_eq(clock_wait(&clock, (struct instant){clock_domain(&clock).ms + 1500}), 1500);
    cr_assert_eq(clock_wait(&clock, (struct instant){0}), 0);
    cr_assert_eq(clock_wait(&clock, (struct instant){INT64_MAX}), INT_MAX);
}

Test(clock, stepped_time_is_the_files) {
    struct error err = {0};
    cr_assert_eq(clock_file_write(file, 184, at("2021-07-01T00:00:00+08:00"), &err), ERROR_OK, "%s", err.message);
    CLEAN(buffer_finish) struct buffer line = {0};
    cr_assert_eq(file_read(file, 100, &line, &err), ERROR_OK);
    cr_assert_str_eq(buffer_text(&line), "184 2021-07-01T00:00:00+08:00\n");

    CLEAN(clock_finish) struct clock clock;
    cr_assert_eq(clock_open(&clock, file, 0, &err), ERROR_OK, "%s", err.message);
    cr_assert(clock_is_stepped(&clock));
    cr_assert_eq(clock_step(&clock), 184);
    cr_assert_eq(clock_domain(&clock).ms, 1625068800000);
    cr_assert_eq(clock_wait(&clock, at("2021-07-01T00:00:01+08:00")), -1, "until the file changes");
    cr_assert_eq(clock_wait(&clock, at("2021-07-01T00:00:00+08:00")), 0);

    bool changed = true;
    cr_assert_eq(clock_refresh(&clock, &changed, &err), ERROR_OK);
    cr_assert_not(changed);
    cr_assert_eq(clock_file_write(file, 185, at("2021-07-02T00:00:00+08:00"), &err), ERROR_OK);
    struct pollfd ready = {.fd = clock_fd(&clock), .events = POLLIN};
    cr_assert_eq(poll(&ready, 1, 5000), 1, "inotify wakes");
    cr_assert_eq(clock_refresh(&clock, &changed, &err), ERROR_OK);
    cr_assert(changed);
    cr_assert_eq(clock_step(&clock), 185);
    cr_assert_eq(poll(&ready, 1, 0), 0, "and is quiet again");
}

Test(clock, every_one_of_many_fast_steps_is_seen) {
    struct error err = {0};
    CLEAN(clock_finish) struct clock clock;
    cr_assert_eq(clock_file_write(file, 0, at("2021-01-01T00:00:00+08:00"), &err), ERROR_OK);
    cr_assert_eq(clock_open(&clock, file, 0, &err), ERROR_OK);
    for (int64_t step = 1; step <= 500; step++) {
        bool changed;
        struct instant t = {at("2021-01-01T00:00:00+08:00").ms + step};
        cr_assert_eq(clock_file_write(file, step, t, &err), ERROR_OK);
        cr_assert_eq(clock_refresh(&clock, &changed, &err), ERROR_OK);
        cr_assert(changed);
        cr_assert_eq(clock_step(&clock), step);
        cr_assert_eq(clock_domain(&clock).ms, t.ms);
    }
}

Test(clock, nothing_but_forward) {
    static const char *const wrong[] = {
        "183 2021-07-02T00:00:00+08:00\n", /* the step goes back */
        "185 2021-06-30T00:00:00+08:00\n", /* the instant goes back */
        "184 2021-07-02T00:00:00+08:00\n", /* the same step, another instant */
        "185 2021-07-02\n",
        "185\n",
        "",
        "185  2021-07-02T00:00:00+08:00\n",
        "0185 2021-07-02T00:00:00+08:00\n",
        "-1 2021-07-02T00:00:00+08:00\n",
        "185 2021-07-02T00:00:00+08:00\n186 2021-07-03T00:00:00+08:00\n",
        "99999999999999999999 2021-07-02T00:00:00+08:00\n",
    };
    struct error err = {0};
    put("184 2021-07-01T00:00:00+08:00\n");
    CLEAN(clock_finish) struct clock clock;
    cr_assert_eq(clock_open(&clock, file, 0, &err), ERROR_OK);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        put(wrong[i]);
        bool changed = true;
        cr_assert_eq(clock_refresh(&clock, &changed, &err), ERROR_INPUT, "row %zu", i);
        cr_assert_not(changed);
        cr_assert_eq(clock_step(&clock), 184);
        cr_assert_eq(clock_domain(&clock).ms, 1625068800000);
    }
    put("184 2021-07-01T00:00:00+08:00");
    cr_assert_eq(clock_refresh(&clock, NULL, &err), ERROR_OK);
    put("190 2021-07-01T00:00:00+08:00\n");
    cr_assert_eq(clock_refresh(&clock, NULL, &err), ERROR_OK, "a step may keep the instant");
}

Test(clock, a_missing_file_is_waited_for_no_longer_than_asked) {
    struct error err = {0};
    struct clock clock;
    cr_assert_eq(clock_open(&clock, file, 20, &err), ERROR_NOT_FOUND);
    cr_assert(strstr(err.message, file) != NULL);
    cr_assert_eq(clock_open(&clock, "/nonexistent/folder/clock", 0, &err), ERROR_IO);
    put("nonsense");
    cr_assert_eq(clock_open(&clock, file, 60000, &err), ERROR_INPUT, "a wrong file is not waited for");
}

Test(clock, steps_that_cannot_be_are_not_written) {
    struct error err = {0};
    cr_assert_eq(clock_file_write(file, -1, at("2021-07-01T00:00:00+08:00"), &err), ERROR_USAGE);
    cr_assert_eq(clock_file_write(file, 1, INSTANT_NONE, &err), ERROR_USAGE);
    cr_assert_not(file_exists(file));
}

Test(tick, waits_are_clamped) {
    cr_assert_eq(tick_wait((struct tick){10}, (struct tick){25}), 15);
    cr_assert_eq(tick_wait((struct tick){25}, (struct tick){10}), 0);
    cr_assert_eq(tick_wait((struct tick){0}, TICK_NONE), -1);
    cr_assert_eq(tick_wait((struct tick){0}, (struct tick){INT64_MAX - 1}), INT_MAX);
    cr_assert_eq(tick_after((struct tick){INT64_MAX - 5}, 10).ms, TICK_NONE.ms);
    cr_assert_eq(tick_after((struct tick){5}, 10).ms, 15);
    struct tick a = tick_now();
    cr_assert_geq(tick_now().ms, a.ms);
}
