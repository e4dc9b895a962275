#include "common/domain/curve.h"

int64_t curve_place(struct day day) {
    int year, month, mday;
    day_split(day, &year, &month, &mday);
    return ((int64_t)year * 12 + month - 1) * CURVE_MONTH +
           (int64_t)mday * (CURVE_MONTH / day_month_length(year, month));
}

static struct day day_before(struct day day) {
    return (struct day){day.n - 1};
}

struct curve curve_make(const struct measure *measure, struct day due) {
    struct curve curve = {.opening = measure->opening,
                          .goal = measure->goal,
                          .unit = measure->unit,
                          .counted = measure->counted,
                          .sign = measure->comparator == AT_MOST ? -1 : 1,
                          .from = measure->target->from,
                          .due = due,
                          .nodes = measure->cell->nodes,
                          .node_count = measure->cell->node_count};
    if (!day_is(curve.from)) curve.from = measure->plan->start;
    if (!measure_has_curve(measure) || !day_is(due) || !day_is(curve.from) || due.n < curve.from.n) return curve;
    struct exact range = exact_subtract(measure->goal, measure->opening);
    curve.falling = exact_sign(range) < 0;
    curve.rise = range;
    curve.range = exact_absolute(range);
    curve.first_place = curve_place(day_before(curve.from));
    curve.span = curve_place(due) - curve.first_place;
    curve.tenths_in_one = exact_divide(exact_whole(1000), curve.range);
    curve.has = exact_known(range) && exact_known(curve.unit) && exact_sign(curve.unit) > 0;
    return curve;
}

static struct exact between(struct exact start, struct exact end, int64_t part, int64_t whole) {
    struct exact rise = exact_subtract(end, start);
    if (!exact_known(rise)) return rise;
    return exact_add(start, exact_multiply(rise, exact_ratio(part, whole)));
}

/* "With nodes: linear in days between them, starting from the opening on the day before `from`." */
static struct exact planned_by_nodes(const struct curve *curve, struct day day) {
    struct day start = day_before(curve->from), end = curve->due;
    struct exact start_value = curve->opening, end_value = curve->goal;
    for (size_t i = 0; i < curve->node_count; i++) {
        const struct node *node = &curve->nodes[i];
        if (node->day.n <= start.n || node->day.n >= curve->due.n) continue;
        if (node->day.n > day.n) {
            end = node->day;
            end_value = exact_of(node->value);
            break;
        }
        start = node->day;
        start_value = exact_of(node->value);
    }
    return between(start_value, end_value, day.n - start.n, end.n - start.n);
}

/* "planned = (place of the day − place of the day before `from`) / (place of due − place of the day before `from`)" */
static struct exact planned_by_months(const struct curve *curve, struct day day) {
    struct exact part = {curve_place(day) - curve->first_place, curve->span};
    struct exact risen = exact_multiply(curve->rise, part);
    return curve->opening.num == 0 ? risen : exact_add(curve->opening, risen);
}

/* "Counted cells are planned in whole units, rounded down": for the county, so up where the goal lies below. */
static struct exact in_whole_units(const struct curve *curve, struct exact planned) {
    enum rounding how = curve->falling ? ROUND_CEILING : ROUND_FLOOR;
    if (curve->unit.num == curve->unit.den) return exact_round_whole(planned, how);
    return exact_divide(exact_round_whole(exact_multiply(planned, curve->unit), how), curve->unit);
}

struct exact curve_planned(const struct curve *curve, struct day day) {
    if (day.n < curve->from.n) return curve->opening;
    if (day.n >= curve->due.n) return curve->goal;
    struct exact planned = curve->node_count > 0 ? planned_by_nodes(curve, day) : planned_by_months(curve, day);
    return curve->counted ? in_whole_units(curve, planned) : planned;
}

/* How much is short of the plan; below zero when ahead. */
static struct exact shortfall(const struct curve *curve, struct exact planned, struct exact value) {
    return curve->sign < 0 ? exact_subtract(value, planned) : exact_subtract(planned, value);
}

bool curve_deviation(const struct curve *curve, struct exact planned, struct exact value, int32_t *tenths) {
    *tenths = 0;
    if (!curve->has) return false;
    struct exact ahead = exact_negate(shortfall(curve, planned, value));
    struct exact points = exact_round_whole(exact_multiply(ahead, curve->tenths_in_one), ROUND_CUT);
    if (!exact_known(points)) return false;
    *tenths = points.num > INT32_MAX ? INT32_MAX : points.num < -INT32_MAX ? -INT32_MAX : (int32_t)points.num;
    return true;
}

struct exact curve_units_behind(const struct curve *curve, struct exact planned, struct exact value) {
    if (!curve->has) return EXACT_UNKNOWN;
    struct exact behind = exact_multiply(shortfall(curve, planned, value), curve->unit);
    return exact_known(behind) && exact_sign(behind) < 0 ? exact_whole(0) : behind;
}

static bool on_plan(const struct curve *curve, struct day day, struct exact value) {
    int32_t tenths;
    return curve_deviation(curve, curve_planned(curve, day), value, &tenths) && tenths >= 0;
}

static bool enough_on(const struct curve *curve, int32_t day, struct exact value) {
    struct exact short_by = shortfall(curve, curve_planned(curve, (struct day){day}), value);
    return exact_known(short_by) && exact_sign(short_by) <= 0;
}

int32_t curve_days_behind(const struct curve *curve, struct day as_of, struct exact value) {
    if (!curve->has || as_of.n <= curve->from.n || on_plan(curve, as_of, value)) return 0;
    int32_t enough = curve->from.n, short_of = as_of.n; /* the plan only grows, so one day divides them */
    while (short_of - enough > 1) {
        int32_t middle = enough + (short_of - enough) / 2;
        if (enough_on(curve, middle, value))
            enough = middle;
        else
            short_of = middle;
    }
    return as_of.n - enough;
}

bool curve_node_missed(const struct curve *curve, struct day as_of, struct exact value) {
    if (!curve->has) return false;
    const struct node *last = NULL;
    for (size_t i = 0; i < curve->node_count && curve->nodes[i].day.n <= as_of.n; i++)
        last = &curve->nodes[i];
    return last && exact_sign(shortfall(curve, exact_of(last->value), value)) > 0;
}
