#include <criterion/criterion.h>

#include "services/collector/sql_stamp.h"

static const char *day_in(const char *text, int zone) {
    static char out[DAY_TEXT_MAX];
    struct stamp stamp;
    if (!stamp_read(slice_of(text), &stamp)) return "none";
    day_print(stamp_day(&stamp, zone), out);
    return out;
}

Test(sql_stamp, the_day_is_that_of_a_clock_in_china) {
    static const struct {
        const char *text;
        int zone;
        const char *day;
    } rows[] = {
        {"2021-06-30", 480, "2021-06-30"},
        {"2021-06-30 00:00:00", 480, "2021-06-30"},
        {"2021-06-30 23:59:59.999999", 480, "2021-06-30"},
        {"2021-06-29 16:00:00", 0, "2021-06-30"},   /* UTC */
        {"2021-06-29 15:59:59", 0, "2021-06-29"},
        {"2021-06-29 16:00:00+00", 480, "2021-06-30"}, /* its own offset counts, not the zone */
        {"2021-06-29 16:00:00.5 +00:00", 480, "2021-06-30"},
        {"2021-06-30T00:00:00+0800", 0, "2021-06-30"},
        {"2021-06-30T00:00:00Z", 480, "2021-06-30"},
        {"2021-06-30 00:00:00 -05:30", 480, "2021-06-30"}, /* 05:30 in UTC, 13:30 here */
        {"1969-12-31 23:00:00 +08:00", 480, "1969-12-31"},
        {"2021-06-30 08:00", 480, "2021-06-30"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_str_eq(day_in(rows[i].text, rows[i].zone), rows[i].day, "%s in %d", rows[i].text, rows[i].zone);
}

Test(sql_stamp, what_is_no_time) {
    static const char *const rows[] = {"",           "0000-00-00",          "2021-02-29",         "2021-6-30",
                                       "infinity",   "2021-06-30 24:00:00", "2021-06-30 8:00:00", "2021-06-30 08:00:00+15",
                                       "2021-06-30x", "20210630",           "2021-06-30 08:00:00 BC"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_str_eq(day_in(rows[i], 480), "none", "%s", rows[i]);
}

Test(sql_stamp, written_as_the_databases_read_it) {
    static const struct {
        const char *from, *to;
    } rows[] = {
        {"2021-06-30", "2021-06-30"},
        {"2021-06-30 08:00:00", "2021-06-30 08:00:00"},
        {"2021-06-30T08:00:00.250000000", "2021-06-30 08:00:00.25"},
        {"2021-06-30 00:00:00.000001", "2021-06-30 00:00:00.000001"},
        {"2021-06-30 00:00:00+08", "2021-06-29 16:00:00 +00:00"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct stamp stamp;
        char text[STAMP_TEXT_MAX];
        cr_assert(stamp_read(slice_of(rows[i].from), &stamp), "%s", rows[i].from);
        stamp_print(&stamp, text);
        cr_expect_str_eq(text, rows[i].to);
    }
}

Test(sql_stamp, zones) {
    static const struct {
        const char *text;
        bool known;
        int minutes;
    } rows[] = {{"+08:00", true, 480}, {"+8", true, 480},   {"-0330", true, -210}, {"Z", true, 0},
                {"UTC", true, 0},      {"北京时间", true, 480}, {"CST", false, 0},     {"8", false, 0},
                {"+15:00", false, 0},  {"", false, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int minutes = 0;
        cr_expect_eq(stamp_zone(rows[i].text, &minutes), rows[i].known, "%s", rows[i].text);
        if (rows[i].known) cr_expect_eq(minutes, rows[i].minutes, "%s: %d", rows[i].text, minutes);
    }
}
