#include "common/domain/curve.h"

#include "tests/unit/domain/programme.h"

static struct curve curve_of(struct programme *p) {
    struct measure measure = measure_make(&p->plan, &p->cells[1]);
    return curve_make(&measure, p->cells[1].due);
}

static const char *planned(const struct curve *curve, const char *day) {
    static char text[DECIMAL_TEXT_MAX];
    struct decimal out;
    cr_assert(exact_round(curve_planned(curve, on(day)), 2, ROUND_HALF_UP, &out));
    decimal_print(out, text);
    return text;
}

/* 62.0 in twelve months: "11 of 12 months are 91.67 %" = 56.83; a month's middle counts by its own days. */
Test(curve, whole_months) {
    static const struct {
        const char *day, *planned;
    } table[] = {
        {"2020-12-31", "0"},     {"2021-01-01", "0.17"}, {"2021-01-31", "5.17"}, {"2021-02-14", "7.75"},
        {"2021-02-28", "10.33"}, {"2021-06-30", "31"},   {"2021-09-30", "46.5"}, {"2021-11-30", "56.83"},
        {"2021-12-31", "62"},    {"2022-03-01", "62"},   {"2019-05-05", "0"},
    };
    struct programme p;
    programme_start(&p);
    struct curve curve = curve_of(&p);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        cr_expect_str_eq(planned(&curve, table[i].day), table[i].planned, "%s", table[i].day);
}

Test(curve, counted_is_planned_in_whole_units) {
    struct programme p;
    programme_start(&p);
    programme_counted(&p, "4");
    struct curve curve = curve_of(&p);
    cr_expect_str_eq(planned(&curve, "2021-11-30"), "3");
    cr_expect_str_eq(planned(&curve, "2021-12-30"), "3");
    cr_expect_str_eq(planned(&curve, "2021-12-31"), "4");
}

/* 100 % of 9 entities after 11 of 12 months: floor(8.25) = 8 of 9 = 88.89 %. */
Test(curve, per_cent_of_entities_is_planned_in_entities) {
    struct programme p;
    programme_start(&p);
    programme_ratio(&p, KIND_RATIO, "100", "9");
    struct curve curve = curve_of(&p);
    cr_expect_str_eq(planned(&curve, "2021-11-30"), "88.89");
    struct exact units = curve_units_behind(&curve, curve_planned(&curve, on("2021-11-30")), exact_ratio(700, 9));
    cr_expect_eq(exact_compare(units, exact_whole(1)), 0);
}

/* Opening 10 at 2021-02-28, node 40 at 2021-07-01 (123 days after 28 February), goal 62 at the end of the year. */
Test(curve, nodes_are_linear_in_days) {
    static const struct node nodes[] = {{{0}, {40, 0}}};
    struct node node = nodes[0];
    struct programme p;
    programme_start(&p);
    node.day = on("2021-07-01");
    p.target.from = on("2021-03-01");
    p.cells[1].has_opening = true;
    p.cells[1].opening = number("10");
    p.cells[1].nodes = &node;
    p.cells[1].node_count = 1;
    struct curve curve = curve_of(&p);
    cr_expect_str_eq(planned(&curve, "2021-02-28"), "10");
    cr_expect_str_eq(planned(&curve, "2021-04-10"), "20"); /* 41 of 123 days */
    cr_expect_str_eq(planned(&curve, "2021-07-01"), "40");
    cr_expect_str_eq(planned(&curve, "2021-12-31"), "62");
    cr_expect(curve_node_missed(&curve, on("2021-07-31"), exact_whole(39)));
    cr_expect_not(curve_node_missed(&curve, on("2021-06-30"), exact_whole(0)));
    cr_expect_not(curve_node_missed(&curve, on("2021-07-31"), exact_whole(40)));
}

Test(curve, kinds_without_one) {
    static const struct {
        enum target_kind kind;
        enum comparator comparator;
        const char *due, *opening;
        bool has;
    } table[] = {
        {KIND_CUMULATIVE, AT_LEAST, "2021-12-31", NULL, true}, {KIND_CUMULATIVE, AT_LEAST, NULL, NULL, false},
        {KIND_MILESTONE, AT_LEAST, "2021-12-31", NULL, false}, {KIND_HOLD, AT_LEAST, "2021-12-31", NULL, false},
        {KIND_ACTIVITY, AT_LEAST, "2021-12-31", NULL, false},  {KIND_PARAMETER, AT_LEAST, "2021-12-31", NULL, false},
        {KIND_LATEST, AT_LEAST, "2021-12-31", NULL, false},    {KIND_LATEST, AT_LEAST, "2021-12-31", "5", true},
        {KIND_LATEST, AT_MOST, "2021-12-31", "90", true},      {KIND_RATIO, AT_MOST, "2021-12-31", NULL, false},
        {KIND_RATIO, AT_LEAST, "2021-12-31", NULL, false},     {KIND_PER_ENTITY, AT_LEAST, "2021-12-31", NULL, true},
        {KIND_BASELINE, AT_LEAST, "2021-12-31", NULL, true},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct programme p;
        programme_start(&p);
        programme_due(&p, table[i].due);
        p.target.kind = table[i].kind;
        p.target.comparator = table[i].comparator;
        p.target.has_opening = table[i].opening != NULL;
        if (table[i].opening) p.target.opening = number(table[i].opening);
        cr_expect_eq(curve_of(&p).has, table[i].has, "row %zu", i);
    }
}

Test(curve, days_behind) {
    struct programme p;
    programme_start(&p);
    struct curve curve = curve_of(&p);
    static const struct {
        const char *as_of, *value;
        int32_t days, tenths;
    } table[] = {
        {"2021-09-30", "31", 92, -250}, {"2021-09-30", "46.5", 0, 0},   {"2021-09-30", "50", 0, 56},
        {"2021-09-30", "46.45", 0, 0},  {"2021-09-30", "0", 272, -750}, {"2022-01-15", "31", 199, -500},
        {"2021-01-01", "0", 0, -2},     {"2020-12-01", "0", 0, 0},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        int32_t tenths;
        struct exact value = exact_of(number(table[i].value));
        cr_expect_eq(curve_days_behind(&curve, on(table[i].as_of), value), table[i].days, "row %zu: %d", i,
                     curve_days_behind(&curve, on(table[i].as_of), value));
        cr_expect(curve_deviation(&curve, curve_planned(&curve, on(table[i].as_of)), value, &tenths));
        cr_expect_eq(tenths, table[i].tenths, "row %zu: %d", i, tenths);
    }
}

/* From 90 down to 30 in twelve months: 60 at the middle of the year; 66 is 10 points behind, 54 ahead. */
Test(curve, less_is_better) {
    struct programme p;
    int32_t tenths;
    programme_start(&p);
    p.target.kind = KIND_LATEST;
    p.target.comparator = AT_MOST;
    p.target.has_opening = true;
    p.target.opening = number("90");
    p.cells[1].goal = number("30");
    struct curve curve = curve_of(&p);
    cr_expect_str_eq(planned(&curve, "2021-06-30"), "60");
    cr_expect(curve_deviation(&curve, curve_planned(&curve, on("2021-06-30")), exact_whole(66), &tenths));
    cr_expect_eq(tenths, -100);
    cr_expect(curve_deviation(&curve, curve_planned(&curve, on("2021-06-30")), exact_whole(54), &tenths));
    cr_expect_eq(tenths, 100);
    cr_expect_eq(curve_days_behind(&curve, on("2021-06-30"), exact_whole(65)), 30); /* 65 was the plan at 31 May */
}
