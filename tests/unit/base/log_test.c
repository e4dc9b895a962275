#include "common/base/log.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int ends[2];

static void open_pipe(void) {
    cr_assert_eq(pipe2(ends, O_NONBLOCK), 0);
    log_init("duban-test", LOG_LEVEL_INFO, ends[1]);
}

static void close_pipe(void) {
    close(ends[0]);
    close(ends[1]);
}

TestSuite(log, .init = open_pipe, .fini = close_pipe);

/* What was written, from " event=" of the first line on. */
static const char *written(char *out, size_t size) {
    ssize_t got = read(ends[0], out, size - 1);
    out[got > 0 ? got : 0] = '\0';
    const char *event = strstr(out, "event=");
    return event ? event : "";
}

Test(log, lines_are_logfmt) {
    char out[4096];
    log_info("batch_committed", "stream=%s events=%zu", "s1", (size_t)12);
    cr_assert_str_eq(written(out, sizeof out), "event=batch_committed stream=s1 events=12\n");
    cr_assert_eq(strncmp(out, "time=20", 7), 0);
    cr_assert_not_null(strstr(out, "+08:00 level=info program=duban-test event="));
}

Test(log, values_cannot_forge_a_line) {
    static const char *const rows[][2] = {
        {"plain", "plain"},
        {"旺苍.csv", "旺苍.csv"},
        {"a b", "\"a b\""},
        {"x\nlevel=error event=fire", "\"x\\nlevel=error event=fire\""},
        {"say \"hi\"", "\"say \\\"hi\\\"\""},
        {"a=b", "\"a=b\""},
        {"back\\slash", "\"back\\\\slash\""},
        {"\x1B[31m", "\"\\x1b[31m\""},
        {"bad\xFF", "\"bad\\xff\""},
        {"\xC2\x85", "\"\\x85\""},
        {"", "\"\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char out[4096], expected[256];
        log_info("taken", "file=%s next=1", rows[i][0]);
        snprintf(expected, sizeof expected, "event=taken file=%s next=1\n", rows[i][1]);
        cr_assert_str_eq(written(out, sizeof out), expected, "row %zu: %s", i, out);
    }
}

Test(log, every_conversion_is_printed) {
    char out[4096];
    log_info("all", "d=%d u=%u x=%04x ld=%ld lld=%lld i64=%" PRId64 " u64=%" PRIu64 " z=%zd hh=%hhu", -1, 2u, 255u, -3L,
             -4LL, INT64_MIN, UINT64_MAX, (ssize_t)-5, (unsigned char)200);
    cr_assert_str_eq(written(out, sizeof out), "event=all d=-1 u=2 x=00ff ld=-3 lld=-4 i64=-9223372036854775808 "
                                               "u64=18446744073709551615 z=-5 hh=200\n");
    const char *volatile nothing = NULL; /* volatile: the compiler would refuse it rightly */
    log_info("text", "cut=%.*s c=%c f=%.2f pc=%d%% p=%s", 3, "abcdef", 'x', 1.5, 7, nothing);
    cr_assert_str_eq(written(out, sizeof out), "event=text cut=abc c=x f=1.50 pc=7% p=-\n");
    log_info("mixed", "place=%s:%d rest=%s", "a file", 7, "r");
    cr_assert_str_eq(written(out, sizeof out), "event=mixed place=\"a file:7\" rest=r\n");
}

Test(log, levels_are_kept) {
    char out[4096];
    log_debug("quiet", "a=%d", 1);
    cr_assert_str_eq(written(out, sizeof out), "");
    log_set_level(LOG_LEVEL_ERROR);
    log_warn("quiet", "a=%d", 1);
    cr_assert_str_eq(written(out, sizeof out), "");
    log_error("loud", "a=%d", 1);
    cr_assert_str_eq(written(out, sizeof out), "event=loud a=1\n");
}

Test(log, repeats_are_counted_instead) {
    char out[65536];
    for (int i = 0; i < 1000; i++)
        log_warn("cannot_connect", "n=%d", i);
    log_info("other", "a=%d", 1);
    written(out, sizeof out);
    size_t lines = 0;
    for (const char *at = out; (at = strstr(at, "event=cannot_connect")); at++)
        lines++;
    cr_assert_eq(lines, 20u);
    cr_assert_not_null(strstr(out, "event=other"), "one event's flood does not hide another");
}

Test(log, errors_are_values) {
    char out[4096];
    struct error err;
    error_set(&err, ERROR_INPUT, "no such \"area\"");
    error_place(&err, "a.csv:%d", 3);
    log_failure(LOG_LEVEL_ERROR, "row_refused", &err);
    cr_assert_str_eq(written(out, sizeof out),
                     "event=row_refused code=input place=a.csv:3 message=\"no such \\\"area\\\"\"\n");
}

Test(log, long_values_are_cut_at_a_character) {
    static char big[9001], out[16384];
    for (int i = 0; i < 3000; i++)
        memcpy(big + 3 * i, "旺", 4);
    log_info("big", "v=%s", big);
    const char *line = written(out, sizeof out);
    cr_assert_eq(strlen(line), strlen("event=big v=\n") + 682 * 3, "2048 bytes hold 682 characters of 3");
}
