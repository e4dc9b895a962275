#include "common/base/buffer.h"

#include <criterion/criterion.h>
#include <string.h>

#include "common/base/cleanup.h"

Test(buffer, grows_and_ends_with_nul) {
    CLEAN(buffer_finish) struct buffer b = {0};
    cr_assert_str_eq(buffer_text(&b), "");
    for (int i = 0; i < 1000; i++)
        buffer_printf(&b, "%d,", i % 10);
    cr_assert_not(b.failed);
    cr_assert_eq(b.len, 2000u);
    cr_assert_eq(strlen(buffer_text(&b)), 2000u);
    buffer_cut(&b, 3);
    cr_assert_str_eq(buffer_text(&b), "0,1");
}

Test(buffer, code_points_become_utf8) {
    CLEAN(buffer_finish) struct buffer b = {0};
    buffer_add_code_point(&b, 'A');
    buffer_add_code_point(&b, 0xE9);
    buffer_add_code_point(&b, 0x65FA);
    buffer_add_code_point(&b, 0x20BB7);
    cr_assert_str_eq(buffer_text(&b), "A\xC3\xA9\xE6\x97\xBA\xF0\xA0\xAE\xB7");
}

Test(buffer, failure_is_sticky) {
    CLEAN(buffer_finish) struct buffer b = {.max = 4};
    buffer_add_text(&b, "abcd");
    cr_assert_not(b.failed);
    buffer_add_text(&b, "e");
    buffer_add_text(&b, "");
    cr_assert(b.failed);
    cr_assert_str_eq(buffer_text(&b), "abcd");
    cr_assert_null(buffer_reserve(&b, 0));
    cr_assert_null(buffer_take(&b));
    buffer_add_text(&b, "x");
    cr_assert_str_eq(buffer_text(&b), "x", "taking it begins anew");
}

Test(buffer, an_absurd_size_fails_and_does_not_wrap) {
    CLEAN(buffer_finish) struct buffer b = {0};
    buffer_add_text(&b, "x");
    cr_assert_null(buffer_reserve(&b, SIZE_MAX));
    cr_assert(b.failed);
}

Test(buffer, take_gives_even_an_empty_text) {
    struct buffer b = {0};
    AUTO_FREE char *text = buffer_take(&b);
    cr_assert_str_eq(text, "");
    cr_assert_null(b.data);
}
