/* When a cell will be finished, from its increments (DOMAIN: forecast). A t-posterior on increments: the pace per day
 * between usable figures has the mean and spread of the increments seen, with one degree of freedom less than there are
 * increments. What the nominal 80 % interval really covered is measured by forecast_test.c on simulated reports and
 * stands in FORECAST_COVERAGE: an honest number to print beside the interval.
 *
 * The only place of the domain with floating point: it decides no light, only a date that is shown with its doubt.
 * Pure. */
#ifndef DUBAN_DOMAIN_FORECAST_H
#define DUBAN_DOMAIN_FORECAST_H

#include "common/domain/assess.h"
#include "common/domain/measure.h"

enum { FORECAST_LEVEL = 80, FORECAST_POINTS_MIN = 4 };

/* The method's name, and what its nominal 80 % intervals held in the simulation, in per cent: the lowest and highest
 * over 4 to 9 reports of steady work (80-83) and of work in spells (53-66). With a year-end rush it is 16-65. */
#define FORECAST_METHOD "t-posterior on increments"
enum { FORECAST_COVERAGE_LOW = 53, FORECAST_COVERAGE_HIGH = 83 };

struct forecast_point {
    struct day day;
    struct exact value;
};

/* What a refusal needs to know besides the points. */
struct forecast_case {
    bool done, has_figure, small, silent, rollup;
};

/* The first reason that holds, in DOMAIN's order; FORECAST_GIVEN when none does. */
enum forecast_refusal forecast_refused(const struct measure *measure, const struct forecast_case *facts, size_t points);
/* points: confirmed figures with different as-of days since the last change of share or goal, by day; at least 4. */
void forecast_make(const struct measure *measure, const struct forecast_point *points, size_t count,
                   struct forecast *out);

#endif
