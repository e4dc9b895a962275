/* The planned value of a cell on a day, and how far a figure is from it (DOMAIN: planned value).
 *
 * Straight from opening to goal in whole months: a day's place is its month's number + day / days in the month. With
 * nodes: linear in days between them, starting from the opening on the day before `from`. Before `from` the opening,
 * after due the goal. Pure. */
#ifndef DUBAN_DOMAIN_CURVE_H
#define DUBAN_DOMAIN_CURVE_H

#include "common/domain/exact.h"
#include "common/domain/measure.h"

struct curve {
    bool has;                                /* false: on plan until due, and judged then */
    struct exact opening, goal, rise, range; /* rise = goal - opening; range = |rise| */
    struct exact unit;                       /* entities in 1 of value */
    struct exact tenths_in_one;              /* points × 10 in 1 of value */
    bool counted, falling;                   /* falling: the goal lies below the opening */
    int sign;                                /* -1 for `<=`: less is better */
    struct day from, due;
    const struct node *nodes;
    size_t node_count;
    int64_t first_place, span; /* place before `from`; places until due */
};

/* A day's place in months, in units of 1/CURVE_MONTH: whole for every length of month. */
enum { CURVE_MONTH = 377580 };
int64_t curve_place(struct day day);

/* The curve to `due` (the current one, or the original). */
struct curve curve_make(const struct measure *measure, struct day due);

struct exact curve_planned(const struct curve *curve, struct day day);

/* Points × 10, minus = behind, cut toward zero: as printed, and as the lights compare them. False without a curve. */
bool curve_deviation(const struct curve *curve, struct exact planned, struct exact value, int32_t *tenths);
/* Planned - value, sign turned for `<=`, in entities where entities are counted; 0 when ahead. */
struct exact curve_units_behind(const struct curve *curve, struct exact planned, struct exact value);
/* as_of - the last day on which the figure was still enough for the plan, not before `from`; 0 on plan (printed points
 * of 0.0 or more) or ahead. */
int32_t curve_days_behind(const struct curve *curve, struct day as_of, struct exact value);
/* A node missed: the last node on or before as_of asks for more than value. */
bool curve_node_missed(const struct curve *curve, struct day as_of, struct exact value);

#endif
