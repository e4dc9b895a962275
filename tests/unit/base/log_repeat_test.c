#include "common/base/log_repeat.h"

#include <criterion/criterion.h>
#include <stdio.h>

Test(log_repeat, holds_back_and_tells_how_many) {
    struct log_repeats repeats = {0};
    unsigned long suppressed;
    for (int64_t i = 0; i < 20; i++)
        cr_assert(log_repeats_pass(&repeats, "a", (struct tick){i}, &suppressed));
    for (int64_t i = 20; i < 25; i++)
        cr_assert_not(log_repeats_pass(&repeats, "a", (struct tick){i}, &suppressed));
    cr_assert_not(log_repeats_pass(&repeats, "a", (struct tick){9999}, &suppressed));
    cr_assert(log_repeats_pass(&repeats, "b", (struct tick){9999}, &suppressed), "another event is not held back");
    cr_assert_eq(suppressed, 0u);
    cr_assert(log_repeats_pass(&repeats, "a", (struct tick){10000}, &suppressed));
    cr_assert_eq(suppressed, 6u);
    cr_assert(log_repeats_pass(&repeats, "a", (struct tick){10001}, &suppressed));
    cr_assert_eq(suppressed, 0u, "told once");
}

Test(log_repeat, a_full_table_limits_no_newcomer) {
    struct log_repeats repeats = {0};
    unsigned long suppressed;
    char name[100];
    for (int i = 0; i < LOG_REPEAT_SLOTS; i++) {
        snprintf(name, sizeof name, "event%d_%060d", i, 0); /* longer than a slot's name */
        for (int n = 0; n < 25; n++)
            cr_assert_eq(log_repeats_pass(&repeats, name, (struct tick){0}, &suppressed), n < 20, "%d %d", i, n);
    }
    for (int n = 0; n < 100; n++)
        cr_assert(log_repeats_pass(&repeats, "newcomer", (struct tick){0}, &suppressed));
}
