#include <criterion/criterion.h>

#include "services/collector/when.h"

static struct slice text(const char *t) {
    return (struct slice){t, strlen(t)};
}

Test(when, days_as_offices_write_them) {
    static const struct {
        const char *cell;
        int year;
        const char *day;
    } rows[] = {
        {"2021/3/1", 0, "2021-03-01"},
        {"2021-03-01", 0, "2021-03-01"},
        {"2021.3.1", 0, "2021-03-01"},
        {"20210301", 0, "2021-03-01"},
        {"2021年3月1日", 0, "2021-03-01"},
        {"2021年3月1号", 0, "2021-03-01"},
        {"'2021-03-01", 0, "2021-03-01"},
        {"２０２１－０３－０１", 0, "2021-03-01"},
        {"2021-03-01 00:00:00", 0, "2021-03-01"},
        {"2021-03-01T00:00:00", 0, "2021-03-01"},
        {"2021年 3月 1日", 0, "2021-03-01"},
        /* months and periods: their last day */
        {"2021年3月", 0, "2021-03-31"},
        {"202102", 0, "2021-02-28"},
        {"2020年2月底", 0, "2020-02-29"},
        {"2021-06", 0, "2021-06-30"},
        {"2021.10", 0, "2021-10-31"},
        {"3月底", 2021, "2021-03-31"},
        {"9月", 2021, "2021-09-30"},
        {"2021年一季度", 0, "2021-03-31"},
        {"第三季度", 2021, "2021-09-30"},
        {"上半年", 2021, "2021-06-30"},
        {"2021年1-3月", 0, "2021-03-31"},
        {"1-9月份", 2021, "2021-09-30"},
        {"2021年Q2", 0, "2021-06-30"},
        {"2021年全年", 0, "2021-12-31"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct day day;
        char printed[DAY_TEXT_MAX];
        enum refusal_code code = when_read(text(rows[i].cell), rows[i].year, &day);
        cr_expect_eq(code, REFUSAL_NONE, "\"%s\": %s", rows[i].cell, refusal_row(code)->word);
        if (code) continue;
        day_print(day, printed);
        cr_expect_str_eq(printed, rows[i].day, "\"%s\"", rows[i].cell);
    }
}

Test(when, what_is_no_day) {
    static const struct {
        const char *cell;
        int year;
        enum refusal_code code;
    } rows[] = {
        {"", 0, REFUSAL_DATE_MISSING},
        {"-", 0, REFUSAL_DATE_MISSING},
        {"2021/2/30", 0, REFUSAL_BAD_DATE},
        {"2021-02-29", 0, REFUSAL_BAD_DATE},
        {"21/3/1", 0, REFUSAL_BAD_DATE},
        {"3/1/2021", 0, REFUSAL_BAD_DATE},
        {"3月1日", 0, REFUSAL_NO_YEAR},
        {"3月1日", 2021, REFUSAL_NO_YEAR},
        {"3月底", 0, REFUSAL_NO_YEAR},
        {"一季度", 0, REFUSAL_NO_YEAR},
        {"44256", 0, REFUSAL_DATE_SERIAL},
        {"2021", 0, REFUSAL_BAD_DATE},
        {"2021年13月", 0, REFUSAL_BAD_DATE},
        {"202113", 0, REFUSAL_BAD_DATE},
        {"2021-03-01 08:00", 0, REFUSAL_BAD_DATE},
        {"2021-03/01", 0, REFUSAL_BAD_DATE},
        {"2-3月", 2021, REFUSAL_BAD_DATE},
        {"本月", 2021, REFUSAL_BAD_DATE},
        {"2021-06-300", 0, REFUSAL_BAD_DATE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct day day;
        enum refusal_code code = when_read(text(rows[i].cell), rows[i].year, &day);
        cr_expect_eq(code, rows[i].code, "\"%s\": %s", rows[i].cell, refusal_row(code)->word);
    }
}

static const char *printed_of(bool found, struct day day) {
    static char printed[DAY_TEXT_MAX];
    day_print(found ? day : DAY_NONE, printed);
    return printed;
}

/* 44256 is what Excel shows for 2021-03-01 as a number; the 1904 system of old Macs counts 1462 days less. */
Test(when, serials_where_the_mapping_allows_them) {
    static const struct {
        const char *cell;
        int epoch;
        enum refusal_code code;
        const char *day;
    } rows[] = {
        {"44256", 1900, REFUSAL_NONE, "2021-03-01"}, {"４４２５６", 1900, REFUSAL_NONE, "2021-03-01"},
        {"42794", 1904, REFUSAL_NONE, "2021-03-01"}, {"44256.5", 1900, REFUSAL_BAD_DATE, ""},
        {"4425", 1900, REFUSAL_BAD_DATE, ""},        {"44256日", 1900, REFUSAL_BAD_DATE, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct day day;
        char printed[DAY_TEXT_MAX];
        cr_expect_eq(when_serial(text(rows[i].cell), rows[i].epoch, &day), rows[i].code, "%s", rows[i].cell);
        day_print(day, printed);
        cr_expect_str_eq(printed, rows[i].day, "%s", rows[i].cell);
    }
}

Test(when, the_day_in_a_title) {
    struct day day;
    bool found = when_in_title(text("填报单位：旺苍县  单位：公里  截至2021年6月30日"), 0, &day);
    cr_expect_str_eq(printed_of(found, day), "2021-06-30");
    found = when_in_title(text("进展情况表（截止2021年6月底）"), 0, &day);
    cr_expect_str_eq(printed_of(found, day), "2021-06-30");
    found = when_in_title(text("截至日期：2021-06-30 全县"), 0, &day);
    cr_expect_str_eq(printed_of(found, day), "2021-06-30");
    cr_expect_not(when_in_title(text("2021年重点任务进展情况表"), 0, &day), "no 截至");
    cr_expect_not(when_in_title(text("截至目前"), 0, &day));
}

Test(when, the_year_and_the_day_in_a_name) {
    struct day day;
    cr_expect_eq(when_year(text("旺苍2021年8月报表.csv")), 2021);
    cr_expect_eq(when_year(text("报表_202108.csv")), 2021);
    cr_expect_eq(when_year(text("8月报表.csv")), 0);
    cr_expect_eq(when_year(text("2020与2021对比.csv")), 0, "two years are none");
    cr_expect_str_eq(printed_of(when_in_name(text("进展_202106_终版.csv"), "*_{yyyy}{mm}*.csv", &day), day),
                     "2021-06-30");
    cr_expect_str_eq(printed_of(when_in_name(text("r2021-06-15.csv"), "r{yyyy}-{mm}-{dd}.csv", &day), day),
                     "2021-06-15");
    cr_expect_not(when_in_name(text("r2021-6.csv"), "r{yyyy}-{mm}.csv", &day));
    cr_expect_not(when_in_name(text("r2021-13.csv"), "r{yyyy}-{mm}.csv", &day));
    cr_expect_not(when_in_name(text("x"), "***********{yyyy}{mm}", &day));
}
