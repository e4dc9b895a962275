#include "services/collector/workbook_number.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

static const char *printed(const char *text, int shift) {
    static char out[STORED_TEXT_MAX];
    struct stored stored;
    if (!stored_read(slice_of(text), &stored)) return "none";
    stored_print(&stored, shift, out);
    return out;
}

Test(workbook_number, fifteen_digits_are_meant) {
    static const struct {
        const char *stored;
        int shift;
        const char *wanted;
    } rows[] = {
        {"0.57999999999999996", 0, "0.58"},
        {"485.80000000000001", 0, "485.8"},
        {"485.79999999999995", 0, "485.8"},
        {"73.664000000000001", 0, "73.664"},
        {"73.6641", 0, "73.6641"},
        {"0.1234567890123455", 0, "0.123456789012346"},
        {"9.9999999999999995E-1", 0, "1"},
        {"999999999999999.9", 0, "1000000000000000"},
        {"1.23456789012345E+17", 0, "123456789012345000"},
        {"123456789012345678", 0, "123456789012346000"},
        {"1E-7", 0, "0.0000001"},
        {"1.5e3", 0, "1500"},
        {"-7.0000000000000007E-2", 0, "-0.07"},
        {"+3", 0, "3"},
        {"003.50", 0, "3.5"},
        {".5", 0, "0.5"},
        {"5.", 0, "5"},
        {"0", 0, "0"},
        {"-0.0", 0, "0"},
        {"0E+300", 0, "0"},
        {"0.87", 2, "87"},
        {"0.12345", 2, "12.345"},
        {"1", 2, "100"},
        {"123456", -3, "123.456"},
        {"5", -4, "0.0005"},
        {"0", 2, "0"},
        {"1E+300", 0, "none"},
        {"1E-300", 0, "none"},
        {"1E999999999999", 0, "none"},
        {"", 0, "none"},
        {"-", 0, "none"},
        {".", 0, "none"},
        {"1e", 0, "none"},
        {"12a", 0, "none"},
        {"1,000", 0, "none"},
        {"nan", 0, "none"},
        {"INF", 0, "none"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_str_eq(printed(rows[i].stored, rows[i].shift), rows[i].wanted, "%s gives %s", rows[i].stored,
                         printed(rows[i].stored, rows[i].shift));
}

/* Every figure of up to nine places that a double can hold comes back as it was typed. */
Test(workbook_number, what_was_typed_comes_back) {
    unsigned seed = 20210630;
    for (int i = 0; i < 200000; i++) {
        char typed[40], stored[40];
        seed = seed * 1664525 + 1013904223;
        int places = (int)(seed >> 28) % 7;
        long whole = (long)(seed % 100000000);
        long scale = 1;
        for (int k = 0; k < places; k++)
            scale *= 10;
        snprintf(typed, sizeof typed, places ? "%ld.%0*ld" : "%ld", whole / scale, places, whole % scale);
        char *end = typed + strlen(typed);
        while (places && end[-1] == '0')
            *--end = 0;
        if (end[-1] == '.') *--end = 0;
        snprintf(stored, sizeof stored, "%.17g", strtod(typed, NULL));
        cr_assert_str_eq(printed(stored, 0), typed, "%s was stored as %s and read as %s", typed, stored,
                         printed(stored, 0));
    }
}

Test(workbook_number, days_and_times) {
    static const struct {
        const char *stored;
        bool from_1904;
        enum stored_shown shown;
        const char *wanted;
    } rows[] = {
        {"44377", false, STORED_DAY, "2021-06-30"},
        {"42915", true, STORED_DAY, "2021-06-30"},
        {"0", true, STORED_DAY, "1904-01-01"},
        {"1", false, STORED_DAY, "1900-01-01"},
        {"59", false, STORED_DAY, "1900-02-28"},
        {"60", false, STORED_DAY, "1900-02-29"},
        {"61", false, STORED_DAY, "1900-03-01"},
        {"0", false, STORED_DAY, "1900-01-00"},
        {"2958465", false, STORED_DAY, "9999-12-31"},
        {"2958466", false, STORED_DAY, "none"},
        {"-1", false, STORED_DAY, "none"},
        {"1E+30", false, STORED_DAY, "none"},
        {"44377.333333333336", false, STORED_DAY, "2021-06-30 08:00:00"},
        {"44377.999999999", false, STORED_DAY, "2021-07-01"},
        {"44377.000001", false, STORED_DAY, "2021-06-30"},
        {"44348", false, STORED_MONTH, "2021年6月"},
        {"0.5", false, STORED_TIME, "12:00:00"},
        {"1.25", false, STORED_TIME, "30:00:00"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct stored stored;
        char text[STORED_TEXT_MAX] = "none";
        cr_assert(stored_read(slice_of(rows[i].stored), &stored));
        if (!stored_date(&stored, rows[i].from_1904, rows[i].shown, text)) strcpy(text, "none");
        cr_expect_str_eq(text, rows[i].wanted, "%s gives %s", rows[i].stored, text);
    }
}
