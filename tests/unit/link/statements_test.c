/* What comes a second time gets a name; types tell statements apart; names are never given twice. */
#include "common/link/statements.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

Test(statements, the_second_time_is_kept) {
    struct statements kept = {.count = 0};
    struct pg_params number = {.count = 0}, text = {.count = 0};
    pg_put_int(&number, 1);
    pg_put_text(&text, "1");
    cr_assert_null(statements_meet(&kept, "SELECT $1", &number));
    cr_assert_null(statements_meet(&kept, "SELECT $1", &text), "another type is another statement");
    cr_assert_null(statements_meet(&kept, "SELECT 1", NULL));
    struct statement *again = statements_meet(&kept, "SELECT $1", &number);
    cr_assert_not_null(again);
    cr_assert_str_eq(again->name, "s1");
    cr_assert_not(again->prepared);
    cr_assert_str_eq(statements_meet(&kept, "SELECT 1", NULL)->name, "s3");
    again->prepared = true;
    statements_refused(&kept, again);
    cr_assert_str_eq(again->name, "s4");
    cr_assert_not(again->prepared);
    pg_params_finish(&number);
    pg_params_finish(&text);
    statements_finish(&kept);
}

Test(statements, there_is_an_end_to_what_is_kept) {
    struct statements kept = {.count = 0};
    char sql[32];
    for (int i = 0; i < STATEMENTS_MAX + 1; i++) {
        snprintf(sql, sizeof sql, "SELECT %d", i);
        cr_assert_null(statements_meet(&kept, sql, NULL));
    }
    cr_assert_null(statements_meet(&kept, sql, NULL), "the last one found no room");
    cr_assert_not_null(statements_meet(&kept, "SELECT 0", NULL));
    statements_finish(&kept);
}
