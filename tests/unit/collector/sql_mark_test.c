#include <criterion/criterion.h>

#include "services/collector/sql_mark.h"

static const struct sql_overlap overlap = {.ms = 10 * MS_MINUTE, .count = 1000};

static struct sql_mark mark_of(enum answer_kind kind, const char *text) {
    struct sql_mark mark;
    cr_assert(sql_mark_read(kind, slice_of(text), &mark), "%s", text);
    return mark;
}

Test(sql_mark, the_next_query_begins_a_little_below) {
    static const struct {
        enum answer_kind kind;
        const char *value, *since;
    } rows[] = {
        {ANSWER_EXACT, "123456", "122456"},
        {ANSWER_EXACT, "12.00", "-988"},
        {ANSWER_LOCAL, "2021-06-30 08:05:00.5", "2021-06-30 07:55:00.5"},
        {ANSWER_LOCAL, "2021-07-01 00:00:00", "2021-06-30 23:50:00"},
        {ANSWER_INSTANT, "2021-06-30 08:05:00+08:00", "2021-06-29 23:55:00 +00:00"},
        {ANSWER_DAY, "2021-07-01", "2021-06-30"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char since[SQL_MARK_TEXT_MAX];
        sql_mark_since(mark_of(rows[i].kind, rows[i].value), &overlap, since);
        cr_expect_str_eq(since, rows[i].since, "%s gives %s", rows[i].value, since);
    }
    char since[SQL_MARK_TEXT_MAX];
    sql_mark_since(mark_of(ANSWER_DAY, "2021-07-01"), &(struct sql_overlap){0}, since);
    cr_expect_str_eq(since, "2021-07-01", "no overlap wanted");
    sql_mark_since(mark_of(ANSWER_EXACT, "-9223372036854775808"), &overlap, since);
    cr_expect_str_eq(since, "-9223372036854775808", "no overflow");
}

Test(sql_mark, the_greater_counts_and_another_kind_begins_anew) {
    struct sql_mark none = {.found = false}, three = mark_of(ANSWER_EXACT, "3"), seven = mark_of(ANSWER_EXACT, "7");
    struct sql_mark day = mark_of(ANSWER_DAY, "2021-06-30");
    cr_expect_eq(sql_mark_later(none, three).value, 3);
    cr_expect_eq(sql_mark_later(seven, three).value, 7);
    cr_expect_eq(sql_mark_later(three, seven).value, 7);
    cr_expect_eq(sql_mark_later(seven, none).value, 7);
    cr_expect_eq(sql_mark_later(seven, day).kind, ANSWER_DAY);
}

Test(sql_mark, a_row_of_the_future_hides_nothing) {
    struct instant now;
    cr_assert(instant_parse("2021-07-02T09:30:00+08:00", 25, &now));
    static const struct {
        enum answer_kind kind;
        const char *value;
        int zone;
        const char *kept;
    } rows[] = {
        {ANSWER_INSTANT, "2099-01-01 00:00:00+00", 480, "instant 2021-07-02 01:30:00 +00:00"},
        {ANSWER_INSTANT, "2021-07-02 01:00:00+00", 480, "instant 2021-07-02 01:00:00 +00:00"},
        {ANSWER_LOCAL, "2021-07-02 10:00:00", 480, "local 2021-07-02 09:30:00"},
        {ANSWER_LOCAL, "2021-07-02 10:00:00", 0, "local 2021-07-02 01:30:00"},
        {ANSWER_DAY, "2021-07-03", 480, "day 2021-07-02"},
        {ANSWER_EXACT, "99999999", 480, "exact 99999999"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char kept[SQL_MARK_TEXT_MAX];
        struct sql_mark again;
        sql_mark_print(sql_mark_until(mark_of(rows[i].kind, rows[i].value), now, rows[i].zone), kept);
        cr_expect_str_eq(kept, rows[i].kept, "%s gives %s", rows[i].value, kept);
        cr_assert(sql_mark_parse(kept, &again));
        char twice[SQL_MARK_TEXT_MAX];
        sql_mark_print(again, twice);
        cr_expect_str_eq(twice, kept);
    }
}

Test(sql_mark, what_has_no_order_is_none) {
    struct sql_mark mark;
    cr_expect_not(sql_mark_read(ANSWER_TEXT, slice_of("20210630"), &mark));
    cr_expect_not(sql_mark_read(ANSWER_DOUBLE, slice_of("1.5"), &mark));
    cr_expect_not(sql_mark_read(ANSWER_EXACT, slice_of("1.5"), &mark));
    cr_expect_not(sql_mark_read(ANSWER_EXACT, slice_of("99999999999999999999"), &mark));
    cr_expect_not(sql_mark_read(ANSWER_EXACT, (struct slice){NULL, 0}, &mark));
    cr_expect_not(sql_mark_read(ANSWER_LOCAL, slice_of("0000-00-00 00:00:00"), &mark));
    cr_expect_not(sql_mark_parse("", &mark));
    cr_expect_not(sql_mark_parse("text abc", &mark));
    char text[SQL_MARK_TEXT_MAX];
    sql_mark_print(mark, text);
    cr_expect_str_eq(text, "");
}
