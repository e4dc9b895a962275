#include "common/base/error.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/text.h"

Test(error, carries_code_words_and_place) {
    struct error err;
    cr_assert_eq(error_set(&err, ERROR_INPUT, "row %d", 7), ERROR_INPUT);
    error_place(&err, "%s:%d", "a.csv", 7);
    cr_assert_str_eq(err.message, "row 7");
    cr_assert_str_eq(err.place, "a.csv:7");
    cr_assert_eq(error_set(NULL, ERROR_IO, "x"), ERROR_IO);
    error_place(NULL, "x");
}

Test(error, says_why_the_system_refused) {
    struct error err;
    error_set_errno(&err, ERROR_IO, ENOENT, "cannot open %s", "x");
    cr_assert_str_eq(err.message, "cannot open x: No such file or directory");
    cr_assert_eq(err.sys_errno, ENOENT);
}

Test(error, is_never_cut_inside_a_character) {
    struct error err;
    char text[3 * 700 + 1] = "";
    for (int i = 0; i < 700; i++)
        memcpy(text + 3 * i, "\xE6\x97\xBA", 4);
    error_set(&err, ERROR_INPUT, "a%s", text);
    cr_assert(text_is_utf8(err.message, strlen(err.message), NULL));
    cr_assert_eq(strlen(err.message), 1 + 340 * 3, "1023 bytes hold 1 and 340 characters of 3");
    error_set_errno(&err, ERROR_INPUT, EIO, "%s", text);
    cr_assert(text_is_utf8(err.message, strlen(err.message), NULL));
}

Test(error, maps_to_exit_statuses) {
    cr_assert_eq(error_exit_status(ERROR_OK), 0);
    cr_assert_eq(error_exit_status(ERROR_INPUT), 1);
    cr_assert_eq(error_exit_status(ERROR_USAGE), 2);
    cr_assert_eq(error_exit_status(ERROR_CONNECTION), 3);
    cr_assert_str_eq(error_code_name(ERROR_CONNECTION), "connection");
}

Test(error, comes_from_proto) {
    struct error err;
    cr_assert_eq(error_from_proto(&err, PROTO_OK, "x"), ERROR_OK);
    cr_assert_eq(error_from_proto(&err, PROTO_TRUNCATED, "the batch"), ERROR_INPUT);
    cr_assert_str_eq(err.message, "the batch: truncated");
}

Test(findings, keep_all_and_count_the_errors) {
    CLEAN(findings_finish) struct findings all = {0};
    for (int i = 0; i < 50; i++)
        findings_add(&all, i % 2 == 1, "plan.yaml:1:1", "number %d", i);
    cr_assert_eq(all.count, 50u);
    cr_assert_eq(all.errors, 25u);
    cr_assert_str_eq(all.items[49].message, "number 49");
    cr_assert(all.items[49].warning);
}
