/* Values go to PostgreSQL and come back as they were; PostgreSQL itself is asked what it understood. */
#include <criterion/criterion.h>
#include <criterion/hooks.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/store/cluster.h"

CLUSTER_START
CLUSTER_STOP

static struct error err;

Test(values, decimals) {
    static const struct {
        struct decimal value;
        const char *text;
    } rows[] = {{{0, 0}, "0"},           {{1, 0}, "1"},
                {{-3, 0}, "-3"},         {{4858, 1}, "485.8"},
                {{5, 2}, "0.05"},        {{100000000, 0}, "100000000"},
                {{123456789, 9}, "0.123456789"}, {{-1, 9}, "-0.000000001"},
                {{10001, 4}, "1.0001"},  {{INT64_MAX, 9}, "9223372036.854775807"},
                {{INT64_MIN, 0}, "-9223372036854775808"}, {{99999, 5}, "0.99999"}};
    struct pg *pg = cluster_open(getppid(), "postgres", "postgres");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pg_params params = {0};
        struct pg_rows answer = {0};
        struct decimal back = {0};
        pg_put_decimal(&params, &rows[i].value);
        cr_assert_eq(pg_run(pg, "SELECT $1::text, $1", &params, &answer, &err), ERROR_OK, "%s", err.message);
        cr_expect_str_eq(pg_text(&answer, 0, 0), rows[i].text);
        cr_expect(pg_decimal(&answer, 0, 1, &back));
        cr_expect_eq(back.mantissa, rows[i].value.mantissa, "%s", rows[i].text);
        cr_expect_eq(back.scale, rows[i].value.scale, "%s", rows[i].text);
        pg_rows_finish(&answer);
        pg_params_finish(&params);
    }
    pg_close(&pg);
}

Test(values, times_days_texts_and_lists) {
    struct pg *pg = cluster_open(getppid(), "postgres", "postgres");
    struct pg_params params = {0};
    struct pg_rows rows = {0};
    struct instant t;
    struct day d;
    struct slice item;
    size_t at = 0;
    const char *const list[] = {"510802", NULL, "利州区"};
    cr_assert(instant_parse("2021-10-31T23:59:59.123+08:00", 29, &t));
    cr_assert(day_make(2021, 2, 28, &d));
    pg_put_instant(&params, t);
    pg_put_day(&params, d);
    pg_put_text(&params, "进展：");
    pg_put_texts(&params, list, 3);
    pg_put_json(&params, slice_of("{\"a\": [1]}"));
    pg_put_bool(&params, true);
    pg_put_bigint(&params, INT64_MIN);
    pg_put_null(&params);
    pg_put_bytes(&params, "\0\1", 2);
    cr_assert_eq(pg_run(pg, "SELECT $1, $2, $3, $4, $5, $6, $7, $8::int, $9, $1::text, $2::text, $4::text, count(*) FROM pg_class", &params,
                        &rows, &err), ERROR_OK, "%s", err.message);
    cr_expect_eq(pg_instant(&rows, 0, 0).ms, t.ms);
    cr_expect_eq(pg_day(&rows, 0, 1).n, d.n);
    cr_expect_str_eq(pg_text(&rows, 0, 2), "进展：");
    cr_expect(pg_array_next(&rows, 0, 3, &at, &item) && slice_is(item, "510802"));
    cr_expect(pg_array_next(&rows, 0, 3, &at, &item) && !item.ptr);
    cr_expect(pg_array_next(&rows, 0, 3, &at, &item) && slice_is(item, "利州区"));
    cr_expect_not(pg_array_next(&rows, 0, 3, &at, &item));
    cr_expect_str_eq(pg_text(&rows, 0, 4), "{\"a\": [1]}");
    cr_expect(pg_bool(&rows, 0, 5));
    cr_expect_eq(pg_int(&rows, 0, 6), INT64_MIN);
    cr_expect(pg_is_null(&rows, 0, 7));
    cr_expect_eq(pg_slice(&rows, 0, 8).len, 2);
    cr_expect_str_eq(pg_text(&rows, 0, 9), "2021-10-31 15:59:59.123+00");
    cr_expect_str_eq(pg_text(&rows, 0, 10), "2021-02-28");
    cr_expect_str_eq(pg_text(&rows, 0, 11), "{510802,NULL,利州区}");
    cr_expect_gt(pg_int(&rows, 0, 12), 0);
    pg_rows_finish(&rows);
    pg_params_finish(&params);
    pg_close(&pg);
}

Test(pg, a_failed_statement_leaves_the_session_usable) {
    struct pg *pg = cluster_open(getppid(), "postgres", "postgres");
    cr_expect_eq(pg_run(pg, "SELECT 1/0", NULL, NULL, &err), ERROR_DATABASE);
    cr_expect_str_eq(pg_state(pg), "22012");
    cr_expect_eq(pg_run(pg, "SELECT 1", NULL, NULL, &err), ERROR_OK);
    cr_assert_eq(pg_begin(pg, &err), ERROR_OK);
    cr_expect_eq(pg_run(pg, "SELECT 1/0", NULL, NULL, &err), ERROR_DATABASE);
    cr_expect_eq(pg_commit(pg, &err), ERROR_DATABASE, "a failed transaction does not commit");
    cr_expect_not(pg_in_transaction(pg));
    pg_close(&pg);
}

Test(pg, a_silent_server_costs_the_deadline_and_the_next_host_is_tried) {
    struct pg *pg = cluster_open(getppid(), "postgres", "postgres");
    pg_set_answer_ms(pg, 100);
    cr_expect_eq(pg_run(pg, "SELECT pg_sleep(30)", NULL, NULL, &err), ERROR_CONNECTION);
    cr_expect(pg_broken(pg));
    cr_expect_eq(pg_reopen(pg, &err), ERROR_OK, "%s", err.message);
    pg_close(&pg);
    char two[160];
    (void)snprintf(two, sizeof two, "host=/nonexistent,/tmp/duban-test-%d dbname=postgres user=postgres", (int)getppid());
    cr_expect_eq(pg_open(&(struct pg_settings){.conninfo = two}, &pg, &err), ERROR_OK, "%s", err.message);
    pg_close(&pg);
}

Test(pg, notifications_arrive) {
    struct pg *a = cluster_open(getppid(), "postgres", "postgres"), *b = cluster_open(getppid(), "postgres", "postgres");
    const char *channel = NULL, *payload = NULL;
    cr_assert_eq(pg_script(a, "LISTEN duban_wake", &err), ERROR_OK);
    cr_assert_eq(pg_script(b, "NOTIFY duban_wake, 'x'", &err), ERROR_OK);
    cr_assert_eq(pg_run(a, "SELECT 1", NULL, NULL, &err), ERROR_OK); /* comes with the next answer at the latest */
    cr_expect(pg_notified(a, &channel, &payload));
    cr_expect_str_eq(channel, "duban_wake");
    cr_expect_str_eq(payload, "x");
    cr_expect_not(pg_notified(a, &channel, &payload));
    pg_close(&a);
    pg_close(&b);
}
