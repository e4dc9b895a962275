#include "common/base/word.h"

#include <criterion/criterion.h>

#include "common/base/cleanup.h"

static const struct word words[] = {{"monthly", 1}, {"quarterly", 2}, {"yearly", 3}, {NULL, 0}};

Test(word, is_found_exactly_and_suggested_nearly) {
    int value = 0;
    cr_assert(word_find(words, "quarterly", 9, &value));
    cr_assert_eq(value, 2);
    cr_assert_not(word_find(words, "quarter", 7, &value));
    cr_assert_not(word_find(words, "", 0, &value));
    cr_assert_str_eq(word_text(words, 3), "yearly");
    cr_assert_null(word_text(words, 9));
    cr_assert_str_eq(word_nearest(words, "montly"), "monthly");
    cr_assert_null(word_nearest(words, "daily"));
    CLEAN(buffer_finish) struct buffer list = {0};
    word_list(words, &list);
    cr_assert_str_eq(buffer_text(&list), "monthly, quarterly, yearly");
}
