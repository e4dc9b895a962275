/* A real PostgreSQL as a source. */
#include <criterion/criterion.h>
#include <criterion/hooks.h>
#include <signal.h>

#include "common/base/file.h"
#include "tests/databases/asking.h"
#include "tests/store/cluster.h"

CLUSTER_START
CLUSTER_STOP

static const char *conninfo(const char *role) {
    return cluster_conninfo(getppid(), "postgres", role);
}

/* As its superuser. */
static void script(const char *sql) {
    struct pg *pg = cluster_open(getppid(), "postgres", "postgres");
    struct error err;
    cr_assert_eq(pg_script(pg, sql, &err), ERROR_OK, "%s", err.message);
    pg_close(&pg);
}

Test(postgresql, values_of_all_types) {
    struct asking a;
    asking_open(&a, "{}");
    a.source.sql.connection = conninfo("postgres");
    a.source.sql.zoned = true;
    enum refusal_code code = asking_ask(
        &a, "SELECT 31.50::numeric(10,2) AS 定点, 7::int8 AS 整数, 0.1::float8 + 0.2::float8 AS 双精度,"
            " 485.8::float4 AS 单精度, 1234567.25::float4 AS 存不准, 'NaN'::numeric AS 不是数, true AS 真,"
            " '2021-06-30'::date AS 日期, timestamptz '2021-06-30 00:00:00+08' AS 带时区,"
            " timestamp '2021-06-30 08:00:00.25' AS 不带时区, '旺苍县'::char(10) AS 文字, '\\x00ff'::bytea AS 字节,"
            " NULL::numeric AS 空, ''::text AS 空串, '{\"a\": 1}'::jsonb AS 对象, 12345678901234567890::numeric AS 长");
    cr_assert_eq(code, REFUSAL_NONE, "%s", a.rows.whole.reason);
    static const struct {
        const char *column, *text;
    } rows[] = {{"定点", "31.50"},      {"整数", "7"},
                {"双精度", "0.3"},      {"单精度", "485.8"},
                {"不是数", "NaN"},      {"真", "true"},
                {"日期", "2021-06-30"}, {"带时区", "2021-06-29 16:00:00+00"},
                {"不带时区", "2021-06-30 08:00:00.25"}, {"文字", "旺苍县"},
                {"字节", ""},           {"空", ""},
                {"空串", ""},           {"对象", "{\"a\": 1}"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        asking_expect(&a, 1, rows[i].column, rows[i].text);
    asking_close(&a);
}

Test(postgresql, the_session_is_ours_whatever_the_role_was_given) {
    struct asking a;
    script("CREATE ROLE odd LOGIN; ALTER ROLE odd SET datestyle = 'German'; ALTER ROLE odd SET timezone = 'Asia/Tokyo';"
           "ALTER ROLE odd SET extra_float_digits = -5; ALTER ROLE odd SET client_encoding = 'GBK'");
    asking_open(&a, "{}");
    a.source.sql.connection = conninfo("odd");
    cr_assert_eq(asking_ask(&a, "SELECT '2021-06-30'::date AS 报告日, timestamptz '2021-06-29 16:00:00Z' AS 数据日期,"
                                " 123456.789012::float8 AS 数值"),
                 REFUSAL_NONE, "%s", a.rows.whole.reason);
    asking_expect(&a, 1, "报告日", "2021-06-30");
    asking_expect(&a, 1, "数据日期", "2021-06-30"); /* of a clock in China */
    asking_expect(&a, 1, "数值", "123456.789012");
    asking_close(&a);
}

Test(postgresql, a_day_without_a_zone_is_refused) {
    struct asking a;
    asking_open(&a, "{}");
    a.source.sql.connection = conninfo("postgres");
    cr_expect_eq(asking_ask(&a, "SELECT timestamp '2021-06-29 16:00:00' AS 数据日期"), REFUSAL_ZONE_MISSING);
    a.source.sql.zoned = true;
    a.source.sql.zone = 0;
    cr_expect_eq(asking_ask(&a, "SELECT timestamp '2021-06-29 16:00:00' AS 数据日期"), REFUSAL_NONE);
    asking_expect(&a, 1, "数据日期", "2021-06-30");
    asking_close(&a);
}

Test(postgresql, nothing_is_written) {
    struct asking a;
    script("CREATE TABLE public.kept (n int); CREATE SEQUENCE public.counted");
    asking_open(&a, "{}");
    a.source.sql.connection = conninfo("postgres");
    cr_expect_eq(asking_ask(&a, "WITH w AS (INSERT INTO kept VALUES (1) RETURNING n) SELECT * FROM w"),
                 REFUSAL_SQL_QUERY);
    cr_expect_not_null(strstr(a.rows.whole.reason, "read-only"), "%s", a.rows.whole.reason);
    cr_expect_eq(asking_ask(&a, "SELECT nextval('counted')"), REFUSAL_SQL_QUERY);
    cr_expect_eq(asking_ask(&a, "SELECT 1; DROP TABLE kept"), REFUSAL_SQL_QUERY, "one statement");
    cr_expect_eq(asking_ask(&a, "SELECT count(*) AS n FROM kept"), REFUSAL_NONE);
    asking_expect(&a, 1, "n", "0");
    asking_close(&a);
}

Test(postgresql, what_a_query_can_be_refused_for) {
    struct asking a;
    asking_open(&a, "{}");
    a.source.sql.connection = conninfo("postgres");
    cr_expect_eq(asking_ask(&a, "SELECT 没有 FROM nowhere"), REFUSAL_SQL_QUERY);
    cr_expect_not_null(strstr(a.rows.whole.reason, "nowhere"), "%s", a.rows.whole.reason);
    cr_expect_eq(asking_ask(&a, "SELECT FROM pg_class"), REFUSAL_SQL_QUERY, "no columns");
    a.source.sql.rows_max = 100;
    cr_expect_eq(asking_ask(&a, "SELECT i FROM generate_series(1, 100) i"), REFUSAL_NONE);
    cr_expect_eq(a.rows.count, 100);
    cr_expect_eq(asking_ask(&a, "SELECT i FROM generate_series(1, 101) i"), REFUSAL_SQL_ROWS);
    cr_expect_eq(a.rows.count, 0, "nothing half taken");
    a.source.sql.rows_max = 1000;
    cr_expect_eq(asking_ask(&a, "SELECT repeat('x', 100000) FROM generate_series(1, 260)"), REFUSAL_SQL_ROWS, "bytes");
    asking_close(&a);
}

Test(postgresql, who_cannot_be_reached_and_who_is_not_let_in) {
    struct asking a;
    struct error err;
    char hba[128];
    const char *rules = "local all secret scram-sha-256\nlocal all all trust\n";
    script("SET password_encryption = 'scram-sha-256'; CREATE ROLE secret LOGIN PASSWORD '对的;}口令'");
    snprintf(hba, sizeof hba, "/tmp/duban-test-%d/data/pg_hba.conf", (int)getppid());
    cr_assert_eq(file_write(hba, rules, strlen(rules), 0644, &err), ERROR_OK, "%s", err.message);
    script("SELECT pg_reload_conf()");
    asking_open(&a, "{}");
    a.source.sql.connection = conninfo("secret");
    setenv("DUBAN_TEST_PASSWORD", "错的口令", 1);
    a.source.sql.password_env = "DUBAN_TEST_PASSWORD";
    /* the rules are read a moment later */
    for (int i = 0; i < 50 && asking_ask(&a, "SELECT 1 AS n") != REFUSAL_SQL_LOGIN; i++)
        ;
    cr_expect_eq(a.rows.whole.code, REFUSAL_SQL_LOGIN, "%s", a.rows.whole.reason);
    cr_expect_null(strstr(a.rows.whole.reason, "错的口令"), "%s", a.rows.whole.reason);
    setenv("DUBAN_TEST_PASSWORD", "对的;}口令", 1);
    cr_expect_eq(asking_ask(&a, "SELECT 1 AS n"), REFUSAL_NONE, "%s", a.rows.whole.reason);
    a.source.sql.password_env = NULL;
    cr_expect_eq(asking_ask(&a, "SELECT 1 AS n"), REFUSAL_SQL_LOGIN, "no password at all");
    a.source.sql.connection = cluster_conninfo(getppid(), "nowhere", "postgres");
    cr_expect_eq(asking_ask(&a, "SELECT 1 AS n"), REFUSAL_SQL_LOGIN, "no such database: %s", a.rows.whole.reason);
    a.source.sql.connection = "host=/tmp/no-such-folder user=x";
    cr_expect_eq(asking_ask(&a, "SELECT 1 AS n"), REFUSAL_SQL_UNREACHABLE);
    a.source.sql.connection = "postgresql";
    cr_expect_eq(asking_ask(&a, "SELECT 1 AS n"), REFUSAL_SQL_CONNECTION, "%s", a.rows.whole.reason);
    asking_close(&a);
}

Test(postgresql, slow_queries_and_workers_that_hang) {
    struct asking a;
    asking_open(&a, "{}");
    a.source.sql.connection = conninfo("postgres");
    a.source.sql.timeout_ms = 3000; /* enough to connect on a busy machine */
    cr_expect_eq(asking_ask(&a, "SELECT pg_sleep(60) AS n"), REFUSAL_SQL_TIMEOUT, "%s", a.rows.whole.reason);
    /* a driver that blocks for ever */
    struct sql_job job;
    struct sql_worker worker;
    struct buffer answer = {0};
    a.source.sql.query = "SELECT pg_sleep(60) AS n";
    a.source.sql.timeout_ms = 20000;
    cr_assert_eq(sql_job_make(&a.source.sql, NULL, &job, &a.err), ERROR_OK);
    cr_assert_eq(sql_worker_start(&worker, &job, &a.err), ERROR_OK, "%s", a.err.message);
    kill(worker.pid, SIGSTOP);
    cr_expect_not(sql_worker_ended(&worker, tick_now(), &answer));
    struct tick late = tick_after(tick_now(), 60000);
    while (!sql_worker_ended(&worker, late, &answer))
        ;
    struct sql_rows rows;
    cr_assert(sql_sheet_fill((struct slice){answer.data, answer.len}, &a.source.sql, &a.source.mapping, a.arena, &rows));
    cr_expect_eq(rows.whole.code, REFUSAL_SQL_TIMEOUT);
    cr_expect_str_eq(rows.whole.reason, "查询太慢，限定时间内没有结果（20 秒）");
    sql_rows_finish(&rows);
    /* one that ends itself before anybody looks, late as the agent's look may be */
    cr_assert_eq(sql_worker_start(&worker, &job, &a.err), ERROR_OK);
    kill(worker.pid, SIGALRM);
    buffer_clear(&answer);
    while (!sql_worker_ended(&worker, tick_now(), &answer))
        ;
    cr_assert(sql_sheet_fill((struct slice){answer.data, answer.len}, &a.source.sql, &a.source.mapping, a.arena, &rows));
    cr_expect_eq(rows.whole.code, REFUSAL_SQL_TIMEOUT);
    sql_rows_finish(&rows);
    /* and one that crashes */
    cr_assert_eq(sql_worker_start(&worker, &job, &a.err), ERROR_OK);
    kill(worker.pid, SIGSEGV);
    buffer_clear(&answer);
    while (!sql_worker_ended(&worker, tick_now(), &answer))
        ;
    cr_assert(sql_sheet_fill((struct slice){answer.data, answer.len}, &a.source.sql, &a.source.mapping, a.arena, &rows));
    cr_expect_eq(rows.whole.code, REFUSAL_SQL_WORKER);
    sql_rows_finish(&rows);
    buffer_finish(&answer);
    sql_job_finish(&job);
    asking_close(&a);
}

/* Waits for the query to run, then ends its backend. */
static void end_backend(const char *application) {
    struct pg *pg = cluster_open(getppid(), "postgres", "postgres");
    struct error err;
    char sql[256];
    struct pg_rows rows;
    int64_t ended = 0;
    snprintf(sql, sizeof sql,
             "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = '%s'"
             " AND state = 'active' AND query LIKE 'SELECT i%%'",
             application);
    while (!ended) {
        cr_assert_eq(pg_run(pg, sql, NULL, &rows, &err), ERROR_OK, "%s", err.message);
        ended = pg_int(&rows, 0, 0);
        pg_rows_finish(&rows);
    }
    pg_close(&pg);
}

Test(postgresql, the_server_goes_away_in_mid_result) {
    struct asking a;
    struct sql_job job;
    struct sql_worker worker;
    struct buffer answer = {0};
    asking_open(&a, "{}");
    a.source.sql.connection = conninfo("postgres");
    a.source.sql.rows_max = 1000000;
    a.source.sql.query = "SELECT i, repeat('x', 1000), pg_sleep(0.005) FROM generate_series(1, 100000) i";
    cr_assert_eq(sql_job_make(&a.source.sql, NULL, &job, &a.err), ERROR_OK);
    cr_assert_eq(sql_worker_start(&worker, &job, &a.err), ERROR_OK);
    end_backend("duban-collector");
    while (!sql_worker_ended(&worker, tick_now(), &answer))
        ;
    cr_assert(sql_sheet_fill((struct slice){answer.data, answer.len}, &a.source.sql, &a.source.mapping, a.arena, &a.rows));
    cr_expect_eq(a.rows.whole.code, REFUSAL_SQL_LOST, "%s", a.rows.whole.reason);
    cr_expect_eq(a.rows.count, 0);
    buffer_finish(&answer);
    sql_job_finish(&job);
    asking_close(&a);
}
