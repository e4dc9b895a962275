/* A real MariaDB as a source, through unixODBC. */
#include <criterion/criterion.h>
#include <criterion/hooks.h>

#include "tests/databases/asking.h"
#include "tests/databases/mariadb.h"

static struct mariadb the_server;
ReportHook(PRE_ALL)(struct criterion_test_set *set) {
    (void)set;
    mariadb_start(&the_server, getpid());
}
ReportHook(POST_ALL)(struct criterion_global_stats *stats) {
    (void)stats;
    mariadb_stop(&the_server);
}

static const char *run(const char *sql) {
    return mariadb_run(getppid(), sql);
}

static void scene_open(struct asking *a) {
    asking_open(a, "{}");
    a->source.sql.driver = SQL_DRIVER_ODBC;
    a->source.sql.connection = mariadb_connection(getppid(), "root");
}

Test(mariadb, values_of_all_types) {
    struct asking a;
    scene_open(&a);
    a.source.sql.zoned = true;
    run("CREATE TABLE kinds (定点 DECIMAL(10,2), 整数 BIGINT, 双精度 DOUBLE, 单精度 FLOAT, 存不准 FLOAT, 真 BIT(1),"
        " 日期 DATE, 时间 DATETIME(6), 时间戳 TIMESTAMP NULL, 文字 CHAR(10), 长文 TEXT, 字节 BLOB, 空 DECIMAL(5,1),"
        " 空串 VARCHAR(5), 零日期 DATE, 年 YEAR) CHARACTER SET utf8mb4;"
        "INSERT INTO kinds VALUES (31.5, 9007199254740993, 0.1 + 2e-1, 485.8, 1234567.25, 1, '2021-06-30',"
        " '2021-06-30 08:00:00.25', '2021-06-30 08:00:00', '旺苍县', CONCAT(REPEAT('长', 3000), '𠮷'), x'00ff', NULL, '',"
        " '0000-00-00', 2021)");
    cr_assert_eq(asking_ask(&a, "SELECT * FROM kinds"), REFUSAL_NONE, "%s", a.rows.whole.reason);
    static const struct {
        const char *column, *text;
    } rows[] = {{"定点", "31.50"},       {"双精度", "0.3"},  {"单精度", "485.8"},
                {"真", "true"},          {"日期", "2021-06-30"}, {"时间", "2021-06-30 08:00:00.250000000"},
                {"时间戳", "2021-06-30 08:00:00"}, {"文字", "旺苍县"}, {"字节", ""},
                {"空", ""},              {"空串", ""},       {"年", "2021"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        asking_expect(&a, 1, rows[i].column, rows[i].text);
    struct slice text = sheet_cell(&a.rows.sheet, 1, 10);
    cr_expect_eq(text.len, 3000 * 3 + 4, "%zu", text.len);
    cr_expect(text.len > 4 && memcmp(text.ptr + text.len - 4, "𠮷", 4) == 0);
    asking_close(&a);
}

Test(mariadb, what_is_not_exact_refuses_its_row) {
    struct asking a;
    scene_open(&a);
    run("CREATE TABLE singles (数值 FLOAT); INSERT INTO singles VALUES (485.8), (1234567.25), (1234567), (NULL)");
    cr_assert_eq(asking_ask(&a, "SELECT 数值 FROM singles"), REFUSAL_NONE);
    asking_expect(&a, 1, "数值", "485.8");
    cr_expect_eq(a.rows.sheet.rows[1].fault.code, REFUSAL_NONE);
    cr_expect_eq(a.rows.sheet.rows[2].fault.code, REFUSAL_NOT_EXACT, "the server itself would print 1234570");
    asking_expect(&a, 3, "数值", "1234567");
    asking_expect(&a, 4, "数值", "");
    asking_close(&a);
}

Test(mariadb, days_need_a_zone_and_zero_is_no_day) {
    struct asking a;
    scene_open(&a);
    run("CREATE TABLE days (数据日期 DATETIME); INSERT INTO days VALUES ('2021-06-29 16:00:00'), ('0000-00-00')");
    cr_expect_eq(asking_ask(&a, "SELECT 数据日期 FROM days"), REFUSAL_ZONE_MISSING);
    a.source.sql.zoned = true;
    a.source.sql.zone = 0;
    cr_expect_eq(asking_ask(&a, "SELECT 数据日期 FROM days"), REFUSAL_NONE);
    asking_expect(&a, 1, "数据日期", "2021-06-30");
    cr_expect_eq(asking_ask(&a, "SELECT CAST(数据日期 AS DATE) AS 数据日期 FROM days LIMIT 1"), REFUSAL_NONE);
    asking_expect(&a, 1, "数据日期", "2021-06-29");
    asking_close(&a);
}

Test(mariadb, nothing_is_written) {
    struct asking a;
    scene_open(&a);
    run("CREATE TABLE kept (n INT)");
    run("DELIMITER //\nCREATE FUNCTION sly() RETURNS INT MODIFIES SQL DATA"
        " BEGIN INSERT INTO kept VALUES (1); RETURN 1; END//");
    cr_expect_eq(asking_ask(&a, "SELECT sly() AS n"), REFUSAL_SQL_QUERY, "%s", a.rows.whole.reason);
    cr_expect_not_null(strstr(a.rows.whole.reason, "READ ONLY"), "%s", a.rows.whole.reason);
    cr_expect_str_eq(run("SELECT count(*) FROM kept"), "0\n");
    asking_close(&a);
}

Test(mariadb, what_a_query_can_be_refused_for) {
    struct asking a;
    scene_open(&a);
    cr_expect_eq(asking_ask(&a, "SELECT 没有 FROM nowhere"), REFUSAL_SQL_QUERY);
    cr_expect_not_null(strstr(a.rows.whole.reason, "nowhere"), "%s", a.rows.whole.reason);
    a.source.sql.rows_max = 100;
    cr_expect_eq(asking_ask(&a, "SELECT seq FROM seq_1_to_100"), REFUSAL_NONE, "%s", a.rows.whole.reason);
    cr_expect_eq(a.rows.count, 100);
    cr_expect_eq(asking_ask(&a, "SELECT seq FROM seq_1_to_101"), REFUSAL_SQL_ROWS);
    cr_expect_eq(a.rows.count, 0);
    a.source.sql.timeout_ms = 3000; /* enough to connect on a busy machine */
    cr_expect_eq(asking_ask(&a, "SELECT seq, SLEEP(20) AS n FROM seq_1_to_101"), REFUSAL_SQL_TIMEOUT, "%s",
                 a.rows.whole.reason);
    asking_close(&a);
}

Test(mariadb, who_cannot_be_reached_and_who_is_not_let_in) {
    struct asking a;
    scene_open(&a);
    run("CREATE USER reader IDENTIFIED BY '对的;}口令'; GRANT SELECT ON county.* TO reader");
    a.source.sql.connection = mariadb_connection(getppid(), "reader");
    setenv("DUBAN_TEST_PASSWORD", "wrong;}", 1);
    a.source.sql.password_env = "DUBAN_TEST_PASSWORD";
    cr_expect_eq(asking_ask(&a, "SELECT 1 AS n"), REFUSAL_SQL_LOGIN, "%s", a.rows.whole.reason);
    cr_expect_null(strstr(a.rows.whole.reason, "wrong;}"));
    setenv("DUBAN_TEST_PASSWORD", "对的;}口令", 1);
    cr_expect_eq(asking_ask(&a, "SELECT 1 AS n"), REFUSAL_NONE, "%s", a.rows.whole.reason);
    a.source.sql.connection = "Driver={MariaDB Unicode};Socket=/tmp/no-such-socket;Uid=reader";
    cr_expect_eq(asking_ask(&a, "SELECT 1 AS n"), REFUSAL_SQL_UNREACHABLE, "%s", a.rows.whole.reason);
    a.source.sql.connection = "Driver={DM8 ODBC DRIVER};Server=x";
    cr_expect_eq(asking_ask(&a, "SELECT 1 AS n"), REFUSAL_SQL_DRIVER, "%s", a.rows.whole.reason);
    a.source.sql.connection = "DSN=没有";
    cr_expect_eq(asking_ask(&a, "SELECT 1 AS n"), REFUSAL_SQL_DRIVER, "%s", a.rows.whole.reason);
    asking_close(&a);
}

Test(mariadb, the_placeholder_is_the_watermark) {
    struct asking a;
    char text[SQL_MARK_TEXT_MAX];
    scene_open(&a);
    run("CREATE TABLE marked (n INT, at DATETIME(3));"
        "INSERT INTO marked VALUES (1, '2021-06-30 08:00:00'), (2, '2021-06-30 08:00:00.5'), (3, '2021-06-30 08:00:00.5')");
    a.source.sql.watermark = "at";
    a.source.sql.from = "2021-06-30 08:00:00.5";
    cr_assert_eq(asking_ask(&a, "SELECT n, at FROM marked WHERE at >= $1 AND '$1' <> '' AND (at >= $1)"), REFUSAL_NONE, "%s",
                 a.rows.whole.reason);
    cr_expect_eq(a.rows.count, 2);
    sql_mark_print(a.rows.newest, text);
    cr_expect_str_eq(text, "local 2021-06-30 08:00:00.5");
    asking_close(&a);
}

Test(mariadb, the_server_ends_the_connection_in_mid_result) {
    struct asking a;
    struct sql_job job;
    struct sql_worker worker;
    struct buffer answer = {0};
    scene_open(&a);
    a.source.sql.rows_max = 1000000;
    a.source.sql.query = "SELECT seq, REPEAT('x', 1000) AS a, SLEEP(0.01) AS b FROM seq_1_to_100000";
    cr_assert_eq(sql_job_make(&a.source.sql, NULL, &job, &a.err), ERROR_OK);
    cr_assert_eq(sql_worker_start(&worker, &job, &a.err), ERROR_OK);
    const char *id = "";
    while (!*id)
        id = run("SELECT ID FROM information_schema.PROCESSLIST WHERE INFO LIKE 'SELECT seq, REPEAT%' OR"
                 " INFO LIKE 'SET STATEMENT%REPEAT%'");
    char kill_it[64];
    snprintf(kill_it, sizeof kill_it, "KILL CONNECTION %.*s", (int)strcspn(id, "\n"), id);
    run(kill_it);
    while (!sql_worker_ended(&worker, tick_now(), &answer))
        ;
    cr_assert(sql_sheet_fill((struct slice){answer.data, answer.len}, &a.source.sql, &a.source.mapping, a.arena, &a.rows));
    cr_expect_eq(a.rows.whole.code, REFUSAL_SQL_LOST, "%s", a.rows.whole.reason);
    cr_expect_eq(a.rows.count, 0);
    buffer_finish(&answer);
    sql_job_finish(&job);
    asking_close(&a);
}
