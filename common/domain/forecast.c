#include "common/domain/forecast.h"

/* One-sided 90 % points of Student's t: 80 % lie between -t and t. By degrees of freedom, from 1. */
static const double student_90[] = {3.078, 1.886, 1.638, 1.533, 1.476, 1.440, 1.415, 1.397, 1.383, 1.372,
                                    1.363, 1.356, 1.350, 1.345, 1.341, 1.337, 1.333, 1.330, 1.328, 1.325,
                                    1.323, 1.321, 1.319, 1.318, 1.316, 1.315, 1.314, 1.313, 1.311, 1.310};
static const double student_90_many = 1.282;

enum { LONGEST_DAYS = 36500 }; /* a hundred years: beyond it there is no date to name */

/* "only cumulative, per_entity, baseline" */
static bool kind_is_forecast(const struct measure *measure) {
    return (measure->kind == KIND_CUMULATIVE || measure->kind == KIND_PER_ENTITY || measure->kind == KIND_BASELINE) &&
           measure->has_goal;
}

enum forecast_refusal forecast_refused(const struct measure *measure, const struct forecast_case *facts,
                                       size_t points) {
    if (facts->done) return FORECAST_DONE;
    if (!kind_is_forecast(measure)) return FORECAST_KIND;
    if (!facts->has_figure) return FORECAST_NO_FIGURE;
    if (facts->small) return FORECAST_SMALL_GOAL;
    if (facts->silent) return FORECAST_SILENCE;
    if (points < FORECAST_POINTS_MIN) return FORECAST_FEW_POINTS;
    if (facts->rollup) return FORECAST_ROLLUP;
    return FORECAST_GIVEN;
}

static double approximate(struct exact value) {
    return exact_known(value) ? (double)value.num / (double)value.den : 0;
}

/* What the increments say of the pace: mean per day, its spread per day, over how many days, the t of their number. */
struct pace {
    double mean, variance, days, t;
};

static struct pace pace_of(const struct forecast_point *points, size_t count, double sign) {
    struct pace pace = {.days = points[count - 1].day.n - points[0].day.n};
    size_t increments = count - 1;
    pace.mean = sign * (approximate(points[count - 1].value) - approximate(points[0].value)) / pace.days;
    for (size_t i = 1; i < count; i++) {
        double days = points[i].day.n - points[i - 1].day.n;
        double rise = sign * (approximate(points[i].value) - approximate(points[i - 1].value));
        pace.variance += (rise - pace.mean * days) * (rise - pace.mean * days) / days;
    }
    pace.variance /= (double)(increments - 1);
    size_t known = sizeof student_90 / sizeof student_90[0];
    pace.t = increments - 1 <= known ? student_90[increments - 2] : student_90_many;
    return pace;
}

/* Whether mean·days + direction·t·spread(days) reaches `rest`; squared, so that no root is drawn. The spread of a sum
 * to come: its own chance, and the doubt about the mean. */
static bool reaches(const struct pace *pace, double days, double rest, int direction) {
    double expected = pace->mean * days - rest;
    double spread = pace->t * pace->t * pace->variance * (days + days * days / pace->days);
    if (direction == 0) return expected >= 0;
    if (direction > 0) return expected >= 0 || expected * expected <= spread;
    return expected >= 0 && expected * expected >= spread;
}

/* The first day after `from` on which it reaches; DAY_NONE beyond a hundred years. */
static struct day first_reaching(const struct pace *pace, struct day from, double rest, int direction) {
    int32_t low = 0, high = LONGEST_DAYS;
    if (!reaches(pace, high, rest, direction)) return DAY_NONE;
    while (high - low > 1) {
        int32_t middle = low + (high - low) / 2;
        if (reaches(pace, middle, rest, direction))
            high = middle;
        else
            low = middle;
    }
    return (struct day){from.n + high};
}

void forecast_make(const struct measure *measure, const struct forecast_point *points, size_t count,
                   struct forecast *out) {
    *out = (struct forecast){.refused = FORECAST_GIVEN, .n = (unsigned)count, .level = FORECAST_LEVEL};
    double sign = measure->comparator == AT_MOST ? -1 : 1;
    struct pace pace = pace_of(points, count, sign);
    const struct forecast_point *last = &points[count - 1];
    double rest = sign * (approximate(measure->goal) - approximate(last->value));
    out->median = first_reaching(&pace, last->day, rest, 0);
    out->low = first_reaching(&pace, last->day, rest, 1);
    out->high = first_reaching(&pace, last->day, rest, -1);
}
