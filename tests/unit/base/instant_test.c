#include <criterion/criterion.h>
#include <string.h>

#include "common/base/clock.h"

Test(instant, is_read_and_printed) {
    static const struct {
        const char *text;
        int64_t ms;
        const char *printed;
    } rows[] = {
        {"1970-01-01T08:00:00+08:00", 0, "1970-01-01T08:00:00+08:00"},
        {"1970-01-01T00:00:00Z", 0, "1970-01-01T08:00:00+08:00"},
        {"2021-07-01T00:00:00+08:00", 1625068800000, "2021-07-01T00:00:00+08:00"},
        {"2021-06-30T16:00:00Z", 1625068800000, "2021-07-01T00:00:00+08:00"},
        {"2021-06-30T11:30:00-04:30", 1625068800000, "2021-07-01T00:00:00+08:00"},
        {"2021-07-01T00:00:00.5+08:00", 1625068800500, "2021-07-01T00:00:00.500+08:00"},
        {"2021-07-01T00:00:00.007+08:00", 1625068800007, "2021-07-01T00:00:00.007+08:00"},
        {"1969-12-31T23:59:59.999Z", -1, "1970-01-01T07:59:59.999+08:00"},
        {"1900-01-01T00:00:00+08:00", -2209017600000, "1900-01-01T00:00:00+08:00"},
        /* summer time of 1986-91 is not ours: the offset is always 8 hours */
        {"1988-07-01T00:00:00+08:00", 583689600000, "1988-07-01T00:00:00+08:00"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct instant t = INSTANT_NONE;
        char printed[INSTANT_TEXT_MAX];
        cr_assert(instant_parse(rows[i].text, strlen(rows[i].text), &t), "row %zu", i);
        cr_assert_eq(t.ms, rows[i].ms, "row %zu: %ld", i, (long)t.ms);
        cr_assert_eq(instant_print(t, printed), strlen(rows[i].printed));
        cr_assert_str_eq(printed, rows[i].printed, "row %zu", i);
    }
}

Test(instant, other_texts_are_refused) {
    static const char *const rows[] = {
        "",
        "2021-07-01",
        "2021-07-01T00:00:00",
        "2021-02-30T00:00:00+08:00",
        "2021-07-01 00:00:00+08:00",
        "2021-07-01T24:00:00+08:00",
        "2021-07-01T00:60:00+08:00",
        "2021-07-01T00:00:60+08:00",
        "2021-07-01T00:00:00+0800",
        "2021-07-01T00:00:00+08:00 ",
        "2021-07-01T00:00:00.+08:00",
        "2021-07-01T00:00:00.1234+08:00",
        "2021-07-01T00:00:00z",
        "2021-07-01T00:00:00+24:00",
        "2021-7-1T00:00:00+08:00",
        "1899-12-31T23:59:59+08:00",
        "2999-12-31T23:00:00Z",
        "2021-07-01T0:00:000+08:00",
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct instant t = {7};
        cr_assert_not(instant_parse(rows[i], strlen(rows[i]), &t), "row %zu", i);
        cr_assert_eq(t.ms, 7);
    }
}

Test(instant, has_a_day_in_utc8) {
    static const struct {
        const char *instant, *day;
        int64_t ms_of_day;
    } rows[] = {
        {"2021-06-30T15:59:59.999Z", "2021-06-30", MS_DAY - 1},    {"2021-06-30T16:00:00Z", "2021-07-01", 0},
        {"1969-12-31T15:59:59Z", "1969-12-31", MS_DAY - 1000},     {"1969-12-31T16:00:00Z", "1970-01-01", 0},
        {"1960-02-29T12:00:00+08:00", "1960-02-29", 12 * MS_HOUR},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct instant t;
        char day[DAY_TEXT_MAX];
        cr_assert(instant_parse(rows[i].instant, strlen(rows[i].instant), &t));
        day_print(instant_day(t), day);
        cr_assert_str_eq(day, rows[i].day, "row %zu", i);
        cr_assert_eq(instant_ms_of_day(t), rows[i].ms_of_day, "row %zu", i);
    }
}

Test(instant, days_begin_and_end_at_midnight) {
    struct day d;
    char text[INSTANT_TEXT_MAX];
    cr_assert(day_make(2021, 12, 31, &d));
    instant_print(day_start(d), text);
    cr_assert_str_eq(text, "2021-12-31T00:00:00+08:00");
    instant_print(day_end(d), text);
    cr_assert_str_eq(text, "2022-01-01T00:00:00+08:00");
    instant_print(day_at(d, 9, 30), text);
    cr_assert_str_eq(text, "2021-12-31T09:30:00+08:00");
    cr_assert_not(instant_is(day_start(DAY_NONE)));
    cr_assert_not(instant_is(day_end(DAY_NONE)));
    cr_assert_not(instant_is(day_at(DAY_NONE, 9, 0)));
}

Test(instant, absurd_ones_have_no_day_and_no_text) {
    static const int64_t rows[] = {INT64_MIN, INT64_MIN + 1, INT64_MAX, INT64_MAX - 1, INT64_C(1) << 60};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[INSTANT_TEXT_MAX] = "x";
        cr_assert_not(day_is(instant_day((struct instant){rows[i]})), "row %zu", i);
        cr_assert_eq(instant_print((struct instant){rows[i]}, text), 0u);
        cr_assert_str_eq(text, "");
        int64_t ms = instant_ms_of_day((struct instant){rows[i]});
        cr_assert(ms >= 0 && ms < MS_DAY);
    }
}
