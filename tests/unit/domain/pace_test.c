/* The best month of a county, from its own figures alone. */
#include "common/domain/pace.h"

#include "tests/unit/domain/programme.h"

static struct pace pace(struct programme *p, unsigned points) {
    struct pace out;
    cr_assert(
        pace_of_cell(&p->plan, &p->cells[1], p->events, p->count, at("2022-01-06"), on("2022-01-06"), points, &out));
    return out;
}

static void year(struct programme *p) {
    report(p, "9.0", "2021-05-31", "2021-06-03");
    report(p, "14.0", "2021-06-30", "2021-07-02");
    report(p, "19.5", "2021-07-31", "2021-08-03");
    report(p, "25.0", "2021-08-31", "2021-09-03");
    report(p, "31.0", "2021-09-30", "2021-10-08");
}

Test(pace, the_best_month_and_the_mean_of_those_behind_a_forecast) {
    struct programme p;
    programme_start(&p);
    year(&p);
    struct pace got = pace(&p, 5);
    cr_assert(got.known && got.has_newest && got.has_recent);
    cr_assert_str_eq(text_of(got.best), "6");
    cr_assert_str_eq(text_of(got.newest), "6");
    cr_assert(got.newest_is_best);
    cr_assert_eq(got.newest_month, 9);
    cr_assert_eq(got.best_month.n, on("2021-09-01").n);
    cr_assert_str_eq(text_of(got.recent), "5.5"); /* 22.0 in 4 months */
    cr_assert_eq(got.recent_months, 4);
}

Test(pace, a_month_without_a_figure_is_no_month) {
    struct programme p;
    programme_start(&p);
    report(&p, "10.0", "2021-05-31", "2021-06-03");
    report(&p, "30.0", "2021-07-31", "2021-08-03"); /* two months at once: neither is known */
    report(&p, "34.0", "2021-08-31", "2021-09-03");
    struct pace got = pace(&p, 0);
    cr_assert_str_eq(text_of(got.best), "4");
    cr_assert_not(got.has_recent, "no forecast, no mean");
}

Test(pace, the_last_figure_of_a_month_counts_and_the_opening_is_none) {
    struct programme p;
    programme_start(&p);
    report(&p, "5.0", "2021-01-31", "2021-02-03");
    cr_assert_not(pace(&p, 0).known);
    report(&p, "7.0", "2021-02-10", "2021-02-11");
    report(&p, "9.0", "2021-02-28", "2021-03-03");
    struct pace got = pace(&p, 0);
    cr_assert_str_eq(text_of(got.best), "4");
    cr_assert_eq(got.newest_month, 2);
}

Test(pace, a_slower_newest_month_is_not_the_best) {
    struct programme p;
    programme_start(&p);
    year(&p);
    report(&p, "33.0", "2021-10-31", "2021-11-03");
    struct pace got = pace(&p, 0);
    cr_assert_str_eq(text_of(got.best), "6");
    cr_assert_str_eq(text_of(got.newest), "2");
    cr_assert_not(got.newest_is_best);
}

Test(pace, what_is_known_later_does_not_count_yet) {
    struct programme p;
    struct pace out;
    programme_start(&p);
    year(&p);
    cr_assert(pace_of_cell(&p.plan, &p.cells[1], p.events, p.count, at("2021-09-01"), on("2021-09-01"), 0, &out));
    cr_assert_str_eq(text_of(out.best), "5.5");
    cr_assert_eq(out.newest_month, 7);
}

Test(pace, only_running_totals_of_one_county_have_one) {
    struct programme p;
    struct pace out;
    programme_start(&p);
    year(&p);
    cr_assert(pace_of_cell(&p.plan, &p.cells[0], p.events, p.count, at("2022-01-06"), on("2022-01-06"), 0, &out));
    cr_assert_not(out.known, "a roll-up reports nothing itself");
    p.target.kind = KIND_LATEST;
    cr_assert_not(pace(&p, 0).known, "a level has no increments");
}

Test(pace, things_come_whole_and_their_mean_with_one_decimal) {
    struct programme p;
    programme_start(&p);
    programme_counted(&p, "60");
    report(&p, "10", "2021-05-31", "2021-06-03");
    report(&p, "13", "2021-06-30", "2021-07-02");
    report(&p, "20", "2021-07-31", "2021-08-03");
    struct pace got = pace(&p, 3);
    cr_assert_str_eq(text_of(got.best), "7");
    cr_assert_str_eq(text_of(got.recent), "5");
    report(&p, "21", "2021-08-31", "2021-09-03");
    got = pace(&p, 4);
    cr_assert_str_eq(text_of(got.recent), "3.7"); /* 11 in 3 months */
}

/* MESSAGES: 31.0 of 62.0 on the last of September, three months to go. */
Test(pace, what_must_come_a_month) {
    static const struct {
        const char *as_of, *due;
        unsigned months;
        const char *each;
    } rows[] = {{"2021-09-30", "2021-12-31", 3, "10.3"}, /* 31 in 3 months */
                {"2021-09-27", "2021-12-31", 3, "10.3"}, /* of its last days */
                {"2021-09-26", "2021-12-31", 4, "7.8"},  /* that month too */
                {"2021-12-31", "2021-12-31", 0, NULL}};
    struct programme p;
    programme_start(&p);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct assessment cell = {.has_value = true,
                                  .figure_as_of = on(rows[i].as_of),
                                  .has_missing = true,
                                  .missing = {31, 0},
                                  .due = on(rows[i].due)};
        struct pace_needed needed;
        bool asked = pace_needed(&p.plan, &p.cells[1], &cell, &needed);
        cr_assert_eq(asked, rows[i].each != NULL, "row %zu", i);
        if (!asked) continue;
        cr_assert_eq(needed.months, rows[i].months, "row %zu", i);
        cr_assert_str_eq(text_of(needed.each), rows[i].each, "row %zu", i);
    }
}
