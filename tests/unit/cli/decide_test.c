#include "services/cli/decide.h"

#include <criterion/criterion.h>
#include <string.h>

static struct day on(const char *text) {
    struct day out;
    cr_assert(day_parse(text, strlen(text), &out), "%s", text);
    return out;
}

/* A freeze is an event that nobody can take back: what could not be found again is not made. */
Test(decide, a_freeze_needs_a_name_that_can_be_said_again) {
    char longest[121 + 1];
    memset(longest, 'a', 120);
    longest[120] = '\0';
    static const char *const wrong[] = {"", " ", " 第6期", "第6期 ", "第6期\n", "\x7f", "\xff\xfe"};
    struct error err = {0};
    cr_expect_eq(freeze_check("第6期 通报", on("2021-06-30"), on("2021-07-05"), &err), ERROR_OK, "%s", err.message);
    cr_expect_eq(freeze_check(longest, on("2021-07-05"), on("2021-07-05"), &err), ERROR_OK, "%s", err.message);
    longest[120] = 'a';
    longest[121] = '\0';
    cr_expect_eq(freeze_check(longest, on("2021-07-05"), on("2021-07-05"), &err), ERROR_USAGE);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_expect_eq(freeze_check(wrong[i], on("2021-07-05"), on("2021-07-05"), &err), ERROR_USAGE, "row %zu", i);
}

Test(decide, a_day_still_to_come_is_not_frozen) {
    struct error err = {0};
    cr_expect_eq(freeze_check("第6期", on("2021-07-06"), on("2021-07-05"), &err), ERROR_USAGE);
    cr_expect(strstr(err.message, "--as-of"), "%s", err.message);
}
