#include "common/domain/calendar.h"

#include "plan_texts.h"

static struct calendar *china(void) {
    CLEAN(findings_finish) struct findings findings = {0};
    struct calendar *calendar = NULL;
    struct slice bytes = shipped("deploy/calendar/china-2021-2026.csv");
    cr_assert_eq(calendar_read("calendar.csv", bytes, &calendar, &findings), ERROR_OK);
    cr_assert_eq(findings.count, 0);
    union {
        const char *lent;
        void *mine;
    } memory = {bytes.ptr};
    free(memory.mine);
    return calendar;
}

static const struct reporting monthly = {.period = PERIOD_MONTH,
                                         .closing_day = 5,
                                         .open_minute = 510,
                                         .close_minute = 1050,
                                         .windows = {510, 990},
                                         .window_count = 2};

static struct instant at(const char *text) {
    struct instant instant;
    cr_assert(instant_parse(text, strlen(text), &instant), "%s", text);
    return instant;
}

static void is_instant(struct instant instant, const char *text) {
    char printed[INSTANT_TEXT_MAX];
    instant_print(instant, printed);
    cr_expect_str_eq(printed, text);
}

Test(calendar, knows_working_days) {
    CLEAN(calendar_destroy) struct calendar *calendar = china();
    static const struct {
        const char *day;
        bool works;
    } rows[] =
        {
            {"2021-10-01", false}, {"2021-10-07", false}, {"2021-10-08", true},
            {"2021-10-09", true}, /* a worked Saturday */
            {"2021-10-10", false}, {"2021-10-16", false}, {"2021-02-20", true},
            {"2022-01-03", false}, {"2022-01-04", true},  {"2021-12-31", true},
        };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(calendar_works(calendar, day_from(rows[i].day)), rows[i].works, "%s", rows[i].day);
}

Test(calendar, counts_and_adds_working_days) {
    CLEAN(calendar_destroy) struct calendar *calendar = china();
    is_day(calendar_next_working(calendar, day_from("2021-10-05")), "2021-10-08");
    is_day(calendar_next_working(calendar, day_from("2021-10-09")), "2021-10-09");
    is_day(calendar_add_working(calendar, day_from("2021-10-08"), 1), "2021-10-09");
    is_day(calendar_add_working(calendar, day_from("2021-10-09"), 3), "2021-10-13");
    is_day(calendar_add_working(calendar, day_from("2021-10-01"), 0), "2021-10-01");
    cr_expect_eq(calendar_working_between(calendar, day_from("2021-12-24"), day_from("2021-12-31")), 5);
    cr_expect_eq(calendar_working_between(calendar, day_from("2021-10-08"), day_from("2021-10-09")), 1);
    cr_expect_eq(calendar_working_between(calendar, day_from("2021-10-09"), day_from("2021-10-09")), 0);
}

Test(calendar, a_year_not_in_the_table_has_no_working_days) {
    CLEAN(calendar_destroy) struct calendar *calendar = china();
    cr_expect(calendar_covers(calendar, day_from("2026-12-31")));
    cr_expect_not(calendar_covers(calendar, day_from("2027-01-04")));
    cr_expect_not(calendar_works(calendar, day_from("2027-01-04")));
    cr_expect_not(day_is(calendar_next_working(calendar, day_from("2027-01-04"))));
    cr_expect_not(day_is(calendar_add_working(calendar, day_from("2026-12-30"), 3)));
    cr_expect_not(instant_is(calendar_window(calendar, &monthly, at("2026-12-31T17:00:00+08:00"))));
}

Test(calendar, none_works_monday_to_friday) {
    cr_expect(calendar_works(NULL, day_from("2021-10-01")));
    cr_expect_not(calendar_works(NULL, day_from("2021-10-09")));
}

Test(calendar, measures_working_time) {
    CLEAN(calendar_destroy) struct calendar *calendar = china();
    static const struct {
        const char *from, *to;
        int64_t minutes;
    } rows[] = {
        {"2021-10-08T08:30:00+08:00", "2021-10-08T17:30:00+08:00", 540},
        {"2021-10-08T16:30:00+08:00", "2021-10-09T09:30:00+08:00", 120},
        {"2021-09-30T17:00:00+08:00", "2021-10-08T09:00:00+08:00", 60}, /* the holiday between counts nothing */
        {"2021-10-10T00:00:00+08:00", "2021-10-11T00:00:00+08:00", 0},
        {"2021-10-08T10:00:00+08:00", "2021-10-08T10:00:00+08:00", 0},
        {"2021-10-08T12:00:00+08:00", "2021-10-08T10:00:00+08:00", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(calendar_working_ms(calendar, &monthly, at(rows[i].from), at(rows[i].to)),
                     rows[i].minutes * MS_MINUTE, "%s", rows[i].from);
    is_instant(calendar_add_working_ms(calendar, &monthly, at("2021-10-08T16:30:00+08:00"), 8 * MS_HOUR),
               "2021-10-09T15:30:00+08:00");
    is_instant(calendar_add_working_ms(calendar, &monthly, at("2021-10-01T12:00:00+08:00"), MS_HOUR),
               "2021-10-08T09:30:00+08:00");
    is_instant(calendar_add_working_ms(calendar, &monthly, at("2021-10-08T08:30:00+08:00"), 9 * MS_HOUR),
               "2021-10-08T17:30:00+08:00");
}

Test(calendar, finds_the_next_window) {
    CLEAN(calendar_destroy) struct calendar *calendar = china();
    static const struct {
        const char *at, *window;
    } rows[] = {
        {"2021-10-08T08:30:00+08:00", "2021-10-08T08:30:00+08:00"},
        {"2021-10-08T08:30:00.001+08:00", "2021-10-08T16:30:00+08:00"},
        {"2021-10-08T16:31:00+08:00", "2021-10-09T08:30:00+08:00"},
        {"2021-10-09T17:00:00+08:00", "2021-10-11T08:30:00+08:00"},
        {"2021-10-03T10:00:00+08:00", "2021-10-08T08:30:00+08:00"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        is_instant(calendar_window(calendar, &monthly, at(rows[i].at)), rows[i].window);
}

Test(calendar, says_what_is_wrong_with_a_table) {
    CLEAN(findings_finish) struct findings findings = {0};
    struct calendar *calendar = NULL;
    const char *text = "date,kind,name\n2021-10-01,holliday,x\n2021-02-30,holiday,x\n,holiday,x\n"
                       "2021-10-02,holiday,x\n2021-10-02,holiday,x\n2021-10-08,workday,x\n";
    cr_expect_eq(calendar_read("c.csv", slice_of(text), &calendar, &findings), ERROR_INPUT);
    cr_expect_null(calendar);
    expect(&findings, "c.csv:2:2", "“holliday” is no kind of day; write holiday or workday");
    expect(&findings, "c.csv:3:1", "no day that exists");
    expect(&findings, "c.csv:4:1", "a row without a date");
    expect(&findings, "c.csv:1:1", "2021-10-02 stands twice");
    expect(&findings, "c.csv:7:1", "no weekend day");
}
