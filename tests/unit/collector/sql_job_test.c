#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/base/file.h"
#include "services/collector/sql_job.h"

static const char *query(const char *text, size_t expected) {
    static struct buffer out;
    size_t count;
    buffer_clear(&out);
    cr_assert(sql_job_query(text, "?", &out, &count));
    cr_expect_eq(count, expected, "%s: %zu", text, count);
    return buffer_text(&out);
}

Test(sql_job, the_placeholder_of_another_dialect) {
    cr_expect_str_eq(query("SELECT a FROM t WHERE b >= $1", 1), "SELECT a FROM t WHERE b >= ?");
    cr_expect_str_eq(query("SELECT $1, '$1', \"$1\", `$1`, $10 -- $1\n, $1 /* $1 */", 2),
                     "SELECT ?, '$1', \"$1\", `$1`, $10 -- $1\n, ? /* $1 */");
    cr_expect_str_eq(query("SELECT 'it''s $1' FROM t", 0), "SELECT 'it''s $1' FROM t");
    cr_expect_str_eq(query("SELECT '$1", 0), "SELECT '$1");
    cr_expect_str_eq(query("SELECT /* $1", 0), "SELECT /* $1");
}

Test(sql_job, there_and_back) {
    struct sql_job job = {.driver = SQL_DRIVER_ODBC,
                          .connection = "DSN=x",
                          .password = "p'w",
                          .query = "SELECT 指标",
                          .since = NULL,
                          .timeout_ms = 30000,
                          .rows_max = 20000},
                   again;
    struct buffer bytes = {0};
    sql_job_write(&job, &bytes);
    cr_assert(sql_job_read((struct slice){buffer_text(&bytes), bytes.len}, &again));
    cr_expect_eq(again.driver, SQL_DRIVER_ODBC);
    cr_expect_str_eq(again.connection, "DSN=x");
    cr_expect_str_eq(again.password, "p'w");
    cr_expect_str_eq(again.query, "SELECT 指标");
    cr_expect_null(again.since);
    cr_expect_eq(again.timeout_ms, 30000);
    cr_expect_eq(again.rows_max, 20000);
    for (size_t len = 0; len < bytes.len; len++)
        cr_expect_not(sql_job_read((struct slice){buffer_text(&bytes), len}, &again), "cut at %zu", len);
    buffer_finish(&bytes);
}

Test(sql_job, secrets_from_files_and_the_environment) {
    char folder[] = "/tmp/duban-job-XXXXXX", path[64], missing[64];
    struct error err;
    struct sql_job job;
    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/password", folder);
    snprintf(missing, sizeof missing, "%s/none", folder);
    cr_assert_eq(file_write(path, "hunter2\r\n", 9, 0600, &err), ERROR_OK);
    struct sql_settings settings = {.connection = "host=x", .query = "SELECT 1", .password_file = path};
    cr_assert_eq(sql_job_make(&settings, "5", &job, &err), ERROR_OK, "%s", err.message);
    cr_expect_str_eq(job.password, "hunter2", "without the line's end");
    cr_expect_str_eq(job.connection, "host=x");
    cr_expect_str_eq(job.since, "5");
    struct buffer words = {0};
    buffer_add_text(&words, "login with hunter2 failed, PWD=hunter2");
    sql_job_hide(&job, &words);
    cr_expect_str_eq(buffer_text(&words), "login with ******* failed, PWD=*******");
    buffer_finish(&words);
    sql_job_finish(&job);
    settings.password_file = missing;
    cr_expect_neq(sql_job_make(&settings, NULL, &job, &err), ERROR_OK);
    sql_job_finish(&job);
    settings.password_file = NULL;
    settings.password_env = "DUBAN_TEST_PASSWORD";
    cr_expect_neq(sql_job_make(&settings, NULL, &job, &err), ERROR_OK, "not set");
    sql_job_finish(&job);
    setenv("DUBAN_TEST_PASSWORD", "from outside", 1);
    cr_assert_eq(sql_job_make(&settings, NULL, &job, &err), ERROR_OK);
    cr_expect_str_eq(job.password, "from outside");
    cr_expect_null(job.since);
    sql_job_finish(&job);
    settings = (struct sql_settings){.connection_file = path, .query = "SELECT 1"};
    cr_assert_eq(sql_job_make(&settings, NULL, &job, &err), ERROR_OK);
    cr_expect_str_eq(job.connection, "hunter2");
    cr_expect_null(job.password);
    sql_job_finish(&job);
    unlink(path);
    rmdir(folder);
}
