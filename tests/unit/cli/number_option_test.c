#include "services/cli/number_option.h"

#include <criterion/criterion.h>

Test(number_option, decimals_times_unit) {
    static const struct args_option option = {.name = "pace", .value = "S"};
    static const struct {
        const char *text;
        enum error_code code;
        int64_t out;
    } rows[] = {{"0.45", ERROR_OK, 450}, {"3", ERROR_OK, 3000},      {"0", ERROR_OK, 0},  {"-1", ERROR_USAGE, 7},
                {"1e3", ERROR_USAGE, 7}, {"0.0001", ERROR_USAGE, 7}, {"", ERROR_USAGE, 7}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct args args = {.given = {{&option, rows[i].text}}, .given_count = 1};
        struct error err = {0};
        int64_t out = 7;
        cr_expect_eq(number_option(&args, "pace", 1000, &out, &err), rows[i].code, "%s", rows[i].text);
        cr_expect_eq(out, rows[i].out, "%s", rows[i].text);
    }
}
