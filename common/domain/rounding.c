#include "common/domain/rounding.h"

#include <stdio.h>

static bool whole_decimal(struct exact value, struct decimal *out) {
    if (!exact_round(value, DECIMAL_SCALE_MAX, ROUND_CUT, out)) return false;
    return exact_compare(exact_of(*out), value) == 0;
}

static unsigned quotient_places(const struct target *target) {
    return target->decimals < QUOTIENT_DECIMALS_MAX ? target->decimals : QUOTIENT_DECIMALS_MAX;
}

/* Short of the goal: cut away from it. Met: cut back toward it but never across, with more places where needed. */
static struct decimal cut_from_goal(const struct measure *measure, struct exact value) {
    struct decimal out;
    bool below = !measure->has_goal || measure->comparator != AT_MOST;
    if (measure->comparator == EXACTLY && measure->has_goal) below = exact_compare(value, measure->goal) < 0;
    enum rounding how = below ? ROUND_FLOOR : ROUND_CEILING;
    bool met = measure_met(measure, value);
    for (unsigned places = quotient_places(measure->target); places <= QUOTIENT_DECIMALS_MAX; places++)
        if (exact_round(value, places, how, &out) && met == measure_met(measure, exact_of(out))) return out;
    if (met && measure->cell->has_goal) return measure->cell->goal;
    return out;
}

struct decimal round_value(const struct measure *measure, const struct figure *figure, struct exact value) {
    struct decimal out = {0, 0};
    if (figure->form == FIGURE_VALUE) return figure->value;
    if (figure->form == FIGURE_DONE || !exact_known(value))
        return exact_known(value) ? (struct decimal){figure->done, 0} : out;
    return cut_from_goal(measure, value);
}

struct decimal round_planned(struct exact planned) {
    struct decimal out;
    (void)exact_round(planned, 2, ROUND_HALF_UP, &out);
    return out;
}

struct decimal round_units(struct exact units) {
    struct decimal out;
    if (exact_round(units, 2, ROUND_HALF_UP, &out) && out.mantissa == 0 && exact_sign(units) > 0)
        (void)exact_round(units, QUOTIENT_DECIMALS_MAX, ROUND_CEILING, &out);
    return out;
}

/* Whole entities still to come: the goal in entities is rounded up first (87 % of 41 needs 36). */
static struct exact missing_entities(const struct measure *measure, struct exact value) {
    struct exact goal = exact_round_whole(exact_multiply(measure->goal, measure->unit), ROUND_CEILING);
    return exact_subtract(goal, exact_multiply(value, measure->unit));
}

struct decimal round_missing(const struct measure *measure, struct exact value) {
    struct decimal out = {0, 0};
    if (!measure->has_goal || !exact_known(value) || measure_met(measure, value)) return out;
    struct exact missing = measure->comparator == AT_LEAST && measure->counted
                               ? missing_entities(measure, value)
                               : exact_absolute(exact_subtract(measure->goal, value));
    if (whole_decimal(missing, &out)) return out;
    (void)exact_round(missing, quotient_places(measure->target), ROUND_CEILING, &out);
    return out;
}

size_t round_points_text(int32_t tenths, char out[16]) {
    int32_t size = tenths < 0 ? -tenths : tenths;
    return (size_t)snprintf(out, 16, "%s%d.%d", tenths < 0 ? "-" : "", size / 10, size % 10);
}
