/* How one cell is measured: what of a figure is compared with what goal, and in which unit.
 *
 * The comparable value is the number itself; for a ratio or hold reported with numerator and denominator n / d (× 100
 * when the unit is %); for per_entity the number of entities; for a milestone 1 when done, else 0. Pure. */
#ifndef DUBAN_DOMAIN_MEASURE_H
#define DUBAN_DOMAIN_MEASURE_H

#include "common/domain/exact.h"
#include "common/domain/plan.h"

struct measure {
    const struct plan *plan;
    const struct target *target;
    const struct cell *cell;
    enum target_kind kind;
    enum comparator comparator;
    bool percent;
    bool has_goal; /* milestones always have one: done */
    struct exact goal;
    bool has_opening; /* sums: absent = 0; levels only when declared */
    struct exact opening;
    bool counted;            /* judged in whole units or entities */
    struct exact unit;       /* entities in 1 of value: denominator / 100 for per cent of entities, else 1 */
    struct exact goal_units; /* "goal" of a cell where counted: its share or its denominator, in entities */
};

struct measure measure_make(const struct plan *plan, const struct cell *cell);

/* False when the figure has nothing to compare (words, 0 of 0). */
bool measure_value(const struct measure *measure, const struct figure *figure, struct exact *value);
static inline bool measure_met(const struct measure *measure, struct exact value) {
    if (!measure->has_goal || !exact_known(value)) return false;
    int order = exact_compare(value, measure->goal);
    return measure->comparator == AT_LEAST ? order >= 0 : measure->comparator == AT_MOST ? order <= 0 : order == 0;
}
/* Counted, and a goal below `units` (DOMAIN: below a goal of 20 counted units). */
bool measure_is_small(const struct measure *measure, int64_t units);
bool measure_is_level(const struct measure *measure);  /* latest, ratio: judged on the figure at due */
bool measure_is_words(const struct measure *measure);  /* activity, parameter: never assessed */
bool measure_has_curve(const struct measure *measure); /* but for its due date */
/* The denominator of a figure differs from the declared one. */
bool measure_denominator_differs(const struct measure *measure, const struct figure *figure);

#endif
