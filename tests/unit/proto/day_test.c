#include "proto/day.h"

#include <criterion/criterion.h>
#include <string.h>

Test(day, known_days) {
    static const struct {
        const char *text;
        int32_t n;
        int weekday;
    } rows[] = {
        {"1970-01-01", 0, 4},     {"1969-12-31", -1, 3},     {"2021-01-01", 18628, 5},  {"2021-12-31", 18992, 5},
        {"2000-02-29", 11016, 2}, {"1900-01-01", -25567, 1}, {"2999-12-31", 376199, 2}, {"2024-03-01", 19783, 5},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct day d;
        char text[DAY_TEXT_MAX];
        cr_assert(day_parse(rows[i].text, strlen(rows[i].text), &d), "%s", rows[i].text);
        cr_expect_eq(d.n, rows[i].n, "%s: %d", rows[i].text, d.n);
        cr_expect_eq(day_weekday(d), rows[i].weekday, "%s", rows[i].text);
        cr_expect_eq(day_print(d, text), 10);
        cr_expect_str_eq(text, rows[i].text);
    }
}

Test(day, refuses_days_that_do_not_exist) {
    static const char *const rows[] = {"2021-02-30", "2021-02-29", "1900-02-29",  "2021-13-01", "2021-00-10",
                                       "2021-01-00", "2021-04-31", "2021-1-01",   "2021/01/01", "1899-12-31",
                                       "3000-01-01", "",           "2021-01-01 ", " 021-01-01", "2021-01-0x"};
    struct day d;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_not(day_parse(rows[i], strlen(rows[i]), &d), "%s", rows[i]);
}

Test(day, every_day_splits_into_what_made_it) {
    struct day before = DAY_NONE;
    for (int year = 1900; year <= 2999; year++)
        for (int month = 1; month <= 12; month++)
            for (int mday = 1; mday <= day_month_length(year, month); mday++) {
                struct day d;
                int y, m, md;
                cr_assert(day_make(year, month, mday, &d));
                cr_assert(!day_is(before) || d.n == before.n + 1);
                day_split(d, &y, &m, &md);
                cr_assert(y == year && m == month && md == mday);
                before = d;
            }
}

Test(day, none_prints_empty) {
    char text[DAY_TEXT_MAX] = "x";
    cr_expect_eq(day_print(DAY_NONE, text), 0);
    cr_expect_str_eq(text, "");
    cr_expect_not(day_is(DAY_NONE));
}
