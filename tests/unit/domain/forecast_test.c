/* What the forecast refuses, what it says of steady work, and what its intervals really cover (measured, printed). */
#include "common/domain/forecast.h"

#include "tests/unit/domain/programme.h"

Test(forecast, first_reason_that_refuses) {
    static const struct {
        enum target_kind kind;
        struct forecast_case facts;
        size_t points;
        enum forecast_refusal wanted;
    } table[] = {
        {KIND_RATIO, {.done = true}, 0, FORECAST_DONE},
        {KIND_RATIO, {.has_figure = true}, 9, FORECAST_KIND},
        {KIND_HOLD, {.has_figure = true}, 9, FORECAST_KIND},
        {KIND_CUMULATIVE, {.small = true}, 0, FORECAST_NO_FIGURE},
        {KIND_CUMULATIVE, {.has_figure = true, .small = true, .silent = true}, 2, FORECAST_SMALL_GOAL},
        {KIND_CUMULATIVE, {.has_figure = true, .silent = true}, 2, FORECAST_SILENCE},
        {KIND_CUMULATIVE, {.has_figure = true, .rollup = true}, 3, FORECAST_FEW_POINTS},
        {KIND_CUMULATIVE, {.has_figure = true, .rollup = true}, 4, FORECAST_ROLLUP},
        {KIND_CUMULATIVE, {.has_figure = true}, 4, FORECAST_GIVEN},
        {KIND_PER_ENTITY, {.has_figure = true}, 4, FORECAST_GIVEN},
        {KIND_BASELINE, {.has_figure = true}, 4, FORECAST_GIVEN},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct programme p;
        programme_start(&p);
        p.target.kind = table[i].kind;
        struct measure measure = measure_make(&p.plan, &p.cells[1]);
        cr_expect_eq(forecast_refused(&measure, &table[i].facts, table[i].points), table[i].wanted, "row %zu", i);
    }
}

/* 10 every 30 days, 40 of 62 done: 22 more take 66 days, without doubt. */
Test(forecast, steady_work) {
    struct programme p;
    struct forecast forecast;
    programme_start(&p);
    struct measure measure = measure_make(&p.plan, &p.cells[1]);
    struct forecast_point points[4];
    for (int i = 0; i < 4; i++)
        points[i] = (struct forecast_point){{on("2021-03-01").n + 30 * i}, exact_whole(10 * (i + 1))};
    forecast_make(&measure, points, 4, &forecast);
    cr_expect_eq(forecast.median.n, points[3].day.n + 66);
    cr_expect_eq(forecast.low.n, forecast.median.n);
    cr_expect_eq(forecast.high.n, forecast.median.n);
    cr_expect_eq(forecast.n, 4);
    cr_expect_eq(forecast.level, 80);
}

Test(forecast, work_that_stands_still_has_no_date) {
    struct programme p;
    struct forecast forecast;
    programme_start(&p);
    struct measure measure = measure_make(&p.plan, &p.cells[1]);
    struct forecast_point points[4];
    for (int i = 0; i < 4; i++)
        points[i] = (struct forecast_point){{on("2021-03-01").n + 30 * i}, exact_whole(10)};
    forecast_make(&measure, points, 4, &forecast);
    cr_expect_not(day_is(forecast.median));
    cr_expect_not(day_is(forecast.high));
}

struct dice {
    uint64_t state;
};

static double uniform(struct dice *dice) {
    dice->state = dice->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(dice->state >> 40) / (double)(1 << 24);
}

enum way { STEADY, SPELLS, RUSH };

/* A month's work: skewed, never negative, mean 1. Spells: good and bad months come together (a bad road winter). Rush:
 * the last quarter of the year is three times as busy. */
static double months_work(struct dice *dice, int month, enum way way, double *spell) {
    double sum = 0;
    for (int i = 0; i < 3; i++)
        sum += uniform(dice) * uniform(dice); /* each 1/4 in the mean */
    double work = sum / 0.75;
    *spell = month == 0 ? work : 0.6 * *spell + 0.4 * work;
    if (way == SPELLS) return *spell;
    return work * (way == RUSH && month % 12 >= 9 ? 3 : 1);
}

/* Per cent of simulated programmes of 12 months' mean work whose true finish the 80 % interval held, seen after
 * `reports` monthly reports. The true finish lies between two month ends; it is taken in proportion. */
static int coverage(unsigned reports, enum way way) {
    struct programme p;
    struct dice dice = {reports * 977u + (unsigned)way};
    int held = 0, tried = 0;
    programme_start(&p);
    programme_goal(&p, "12000");
    struct measure measure = measure_make(&p.plan, &p.cells[1]);
    for (int run = 0; run < 2000; run++) {
        struct forecast_point points[12];
        double total = 0, finish = -1, spell = 0;
        for (int month = 0; finish < 0 && month < 240; month++) {
            double work = months_work(&dice, month, way, &spell) * 1000;
            if (total + work >= 12000) finish = (month + (12000 - total) / work) * 30.4375;
            total += work;
            if (month < (int)reports)
                points[month] =
                    (struct forecast_point){{(int32_t)((month + 1) * 30.4375)}, exact_whole((int64_t)total)};
        }
        if (finish < 0 || finish <= points[reports - 1].day.n) continue;
        struct forecast forecast;
        forecast_make(&measure, points, reports, &forecast);
        tried++;
        held += day_is(forecast.low) && forecast.low.n <= finish + 1 &&
                (!day_is(forecast.high) || forecast.high.n >= finish - 1);
    }
    return tried ? held * 100 / tried : 0;
}

/* The intervals are nominal; these figures are what they are worth, and what is printed beside them. */
Test(forecast, coverage_of_its_intervals) {
    int lowest = 100, highest = 0;
    for (unsigned reports = FORECAST_POINTS_MIN; reports <= 9; reports++) {
        int steady = coverage(reports, STEADY), spells = coverage(reports, SPELLS), rush = coverage(reports, RUSH);
        printf("forecast: %u reports, nominal %d %%: steady %d %%, in spells %d %%, year-end rush %d %%\n", reports,
               FORECAST_LEVEL, steady, spells, rush);
        int worse = steady < spells ? steady : spells, better = steady < spells ? spells : steady;
        if (worse < lowest) lowest = worse;
        if (better > highest) highest = better;
    }
    cr_expect_geq(lowest, FORECAST_COVERAGE_LOW);
    cr_expect_leq(highest, FORECAST_COVERAGE_HIGH);
}
