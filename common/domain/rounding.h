/* How figures are printed (DOMAIN: rounding). A number prints as reported; a quotient with the target's decimals, at
 * most 4, cut away from the goal: 99.96 prints 99.9, and 100 only when the goal is met. Pure. */
#ifndef DUBAN_DOMAIN_ROUNDING_H
#define DUBAN_DOMAIN_ROUNDING_H

#include "common/domain/exact.h"
#include "common/domain/measure.h"

enum { QUOTIENT_DECIMALS_MAX = 4 };

/* The comparable value of a figure as a decimal: itself when it is one, else cut away from the goal. */
struct decimal round_value(const struct measure *measure, const struct figure *figure, struct exact value);
/* Planned values: half up to 2. */
struct decimal round_planned(struct exact planned);
/* Units behind: half up to 2 like the plan they are measured from; never printed as 0 when there are some. */
struct decimal round_units(struct exact units);
/* What is short of the goal, in entities where entities are counted: the whole number or the decimals that must still
 * come, rounded up, so that nothing short is printed as nothing. */
struct decimal round_missing(const struct measure *measure, struct exact value);
/* "-25.0", "0.0", "3.3": points × 10 with one decimal. Returns the length. */
size_t round_points_text(int32_t tenths, char out[16]);

#endif
