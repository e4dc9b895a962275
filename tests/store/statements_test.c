/* Statements the server keeps: a table that changes underneath costs one refusal, a dead connection none. */
#include <criterion/criterion.h>
#include <criterion/hooks.h>
#include <unistd.h>

#include "tests/store/cluster.h"

CLUSTER_START
CLUSTER_STOP

static struct error err;

static enum error_code select_all(struct pg *pg, int32_t least, size_t *count) {
    struct pg_params params = {0};
    struct pg_rows rows = {0};
    pg_put_int(&params, least);
    enum error_code code = pg_run(pg, "SELECT * FROM pg_temp.kept WHERE a >= $1", &params, &rows, &err);
    *count = code ? 0 : pg_count(&rows);
    pg_rows_finish(&rows);
    pg_params_finish(&params);
    return code;
}

Test(statements, a_table_that_changes_is_planned_anew) {
    struct pg *pg = cluster_open(getppid(), "postgres", "postgres");
    size_t count;
    cr_assert_eq(pg_script(pg, "CREATE TEMP TABLE kept AS SELECT generate_series(1, 9) AS a", &err), ERROR_OK);
    for (int i = 1; i < 8; i++) {
        cr_assert_eq(select_all(pg, i, &count), ERROR_OK, "%s", err.message);
        cr_assert_eq(count, (size_t)(10 - i));
    }
    cr_assert_eq(pg_script(pg, "ALTER TABLE pg_temp.kept ADD b integer", &err), ERROR_OK);
    cr_expect_neq(select_all(pg, 1, &count), ERROR_OK, "its answer has another shape now");
    cr_assert_eq(select_all(pg, 1, &count), ERROR_OK, "%s", err.message);
    cr_expect_eq(count, 9u);
    cr_assert_eq(pg_script(pg, "DISCARD PLANS; DEALLOCATE ALL", &err), ERROR_OK);
    cr_expect_neq(select_all(pg, 1, &count), ERROR_OK, "somebody threw it away");
    cr_assert_eq(select_all(pg, 9, &count), ERROR_OK, "%s", err.message);
    cr_expect_eq(count, 1u);
    pg_close(&pg);
}

Test(statements, a_failed_transaction_is_left_as_ever) {
    struct pg *pg = cluster_open(getppid(), "postgres", "postgres");
    struct pg_rows rows = {0};
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(pg_begin(pg, &err), ERROR_OK, "%s", err.message);
        cr_expect_neq(pg_run(pg, "SELECT 1 / 0", NULL, NULL, &err), ERROR_OK);
        cr_expect_neq(pg_commit(pg, &err), ERROR_OK, "a failed transaction commits nothing");
        cr_expect_not(pg_in_transaction(pg));
        cr_assert_eq(pg_begin(pg, &err), ERROR_OK, "%s", err.message);
        cr_expect_neq(pg_run(pg, "SELECT 1 / 0", NULL, NULL, &err), ERROR_OK);
        pg_rollback(pg);
        cr_expect_not(pg_in_transaction(pg));
    }
    cr_assert_eq(pg_reopen(pg, &err), ERROR_OK, "%s", err.message);
    cr_assert_eq(pg_run(pg, "SELECT 1", NULL, &rows, &err), ERROR_OK, "%s", err.message);
    cr_expect_eq(pg_int(&rows, 0, 0), 1);
    pg_rows_finish(&rows);
    pg_close(&pg);
}
