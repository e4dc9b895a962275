#include "common/domain/measure.h"

/* "A target's own opening serves levels only; a sum's is in the allocation (absent = 0)." A ratio of entities starts
 * from nothing like a sum; an average, a `latest` and anything with `<=` start from a declared opening or have no
 * curve. */
static bool needs_declared_opening(const struct target *target) {
    return target->kind == KIND_LATEST || target->comparator == AT_MOST || target_is_average(target);
}

static bool opening_of(const struct target *target, const struct cell *cell, struct exact *opening) {
    bool level = target->kind == KIND_LATEST || target->kind == KIND_RATIO || target->kind == KIND_HOLD;
    *opening = exact_whole(0);
    if (cell->has_opening)
        *opening = exact_of(cell->opening);
    else if (level && target->has_opening)
        *opening = exact_of(target->opening);
    else
        return !needs_declared_opening(target);
    return true;
}

static bool is_percent_of_entities(const struct measure *measure) {
    return (measure->kind == KIND_RATIO || measure->kind == KIND_HOLD) && measure->percent &&
           measure->cell->has_denominator;
}

struct measure measure_make(const struct plan *plan, const struct cell *cell) {
    const struct target *target = &plan->targets[cell->target];
    struct measure out = {.plan = plan,
                          .target = target,
                          .cell = cell,
                          .kind = target->kind,
                          .comparator = target->comparator,
                          .percent = target->percent,
                          .has_goal = cell->has_goal,
                          .unit = exact_whole(1)};
    out.goal = cell->has_goal ? exact_of(cell->goal) : EXACT_UNKNOWN;
    if (target->kind == KIND_MILESTONE) {
        out.has_goal = true;
        out.goal = exact_whole(1);
    }
    out.has_opening = opening_of(target, cell, &out.opening);
    out.counted = cell_is_counted(plan, cell);
    out.goal_units = out.goal;
    if (out.counted && is_percent_of_entities(&out)) {
        out.goal_units = exact_of(cell->denominator);
        out.unit = exact_divide(out.goal_units, exact_whole(100));
    }
    return out;
}

/* n / d, × 100 when the unit is %. */
static struct exact quotient(const struct figure *figure, bool percent) {
    struct exact value = exact_divide(exact_of(figure->value), exact_of(figure->denominator));
    return percent ? exact_multiply(value, exact_whole(100)) : value;
}

static struct exact entities(const struct measure *measure, const struct figure *figure) {
    if (measure_denominator_differs(measure, figure))
        return exact_multiply(quotient(figure, false), exact_of(measure->cell->denominator));
    return exact_of(figure->value);
}

bool measure_value(const struct measure *measure, const struct figure *figure, struct exact *value) {
    switch (figure->form) {
    case FIGURE_NONE:
        *value = EXACT_UNKNOWN;
        break;
    case FIGURE_DONE:
        *value = exact_whole(figure->done);
        break;
    case FIGURE_VALUE:
        *value = exact_of(figure->value);
        if (measure->kind == KIND_MILESTONE) {
            struct exact goal = measure->cell->has_goal ? exact_of(measure->cell->goal) : exact_whole(1);
            *value = exact_whole(exact_compare(*value, goal) >= 0);
        }
        break;
    case FIGURE_FRACTION:
        if (figure->denominator.mantissa == 0)
            *value = EXACT_UNKNOWN; /* 0 of 0 is not a figure */
        else if (measure->kind == KIND_PER_ENTITY)
            *value = entities(measure, figure);
        else
            *value = quotient(figure, measure->percent);
        break;
    }
    return exact_known(*value);
}

bool measure_is_small(const struct measure *measure, int64_t units) {
    return measure->counted && measure->has_goal && exact_compare(measure->goal_units, exact_whole(units)) < 0;
}

bool measure_is_level(const struct measure *measure) {
    return measure->kind == KIND_LATEST || measure->kind == KIND_RATIO;
}

bool measure_is_words(const struct measure *measure) {
    return measure->kind == KIND_ACTIVITY || measure->kind == KIND_PARAMETER;
}

bool measure_has_curve(const struct measure *measure) {
    bool shaped = measure->kind == KIND_CUMULATIVE || measure->kind == KIND_PER_ENTITY ||
                  measure->kind == KIND_BASELINE || measure_is_level(measure);
    return shaped && measure->has_goal && measure->has_opening && exact_compare(measure->goal, measure->opening) != 0;
}

bool measure_denominator_differs(const struct measure *measure, const struct figure *figure) {
    return figure->form == FIGURE_FRACTION && measure->cell->has_denominator &&
           measure->target->denominator != DENOMINATOR_REPORTED &&
           decimal_compare(figure->denominator, measure->cell->denominator) != 0;
}
