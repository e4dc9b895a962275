#include "common/base/password.h"

#include <criterion/criterion.h>
#include <string.h>

Test(password, is_kept_as_argon2id_of_19_mib_and_two_passes) {
    char kept[PASSWORD_KEPT_MAX], again[PASSWORD_KEPT_MAX];
    struct error err;
    cr_assert_eq(password_keep("这是一个密码。。。", kept, &err), ERROR_OK, "%s", err.message);
    cr_expect_eq(strncmp(kept, "$argon2id$v=19$m=19456,t=2,p=1$", 31), 0, "%s", kept);
    cr_expect(password_is(kept, "这是一个密码。。。"));
    cr_expect_not(password_is(kept, "这是一个密码。。"));
    cr_expect_not(password_is(kept, ""));
    cr_expect_not(password_is("", "这是一个密码。。。"));
    cr_expect_not(password_is("$argon2id$", "这是一个密码。。。"));
    cr_assert_eq(password_keep("这是一个密码。。。", again, &err), ERROR_OK);
    cr_expect_str_neq(kept, again, "each has a salt of its own");
}

Test(password, may_be_chosen) {
    char longest[PASSWORD_BYTES_MAX + 2];
    memset(longest, 'a', sizeof longest);
    longest[PASSWORD_BYTES_MAX] = '\0';
    static const char *const wrong[] = {"",
                                        "123456789",
                                        "一二三四五六七八九",
                                        "with a tab\there",
                                        "two\nlines of it",
                                        "\xff\xfe bad bytes",
                                        "a-name-of-mine"};
    struct error err;
    cr_expect_eq(password_check("1234567890", "a-name-of-mine", &err), ERROR_OK);
    cr_expect_eq(password_check("一二三四五六七八九十", "a-name-of-mine", &err), ERROR_OK,
                 "ten characters of three bytes");
    cr_expect_eq(password_check(longest, NULL, &err), ERROR_OK);
    longest[PASSWORD_BYTES_MAX] = 'a';
    longest[PASSWORD_BYTES_MAX + 1] = '\0';
    cr_expect_eq(password_check(longest, NULL, &err), ERROR_USAGE);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_expect_eq(password_check(wrong[i], "a-name-of-mine", &err), ERROR_USAGE, "row %zu", i);
}
