/* In which unit a figure is: all that is said of it, in the cell, in its own column, in the names of the header, in the
 * title, must agree; then it is converted by the mapping's factors or not at all. Pure. */
#ifndef DUBAN_COLLECTOR_UNIT_H
#define DUBAN_COLLECTOR_UNIT_H

#include "common/domain/plan.h"
#include "services/collector/mapping.h"
#include "services/collector/refusal.h"

enum { UNIT_NAME_MAX = 512 };

/* "就业/新增(人)/进度" → "就业/新增/进度" and "人": the last part that ends in brackets. False: there is none. */
bool unit_split(struct slice name, char base[UNIT_NAME_MAX], struct slice *unit);
/* A unit of the plan, of the mapping, or a common one: 公里, 万元, %. */
bool unit_is_known(const struct plan *plan, const struct mapping *mapping, struct slice text);

struct statement {
    struct slice unit, other; /* empty: nothing said · nothing that differs */
};
void unit_state(struct statement *statement, struct slice unit);
/* What a column's joined name says: known units in brackets or as a part of their own; other words in the last brackets
 * only when brackets_are_unit. */
void unit_state_name(struct statement *statement, const struct plan *plan, const struct mapping *mapping,
                     struct slice name, bool brackets_are_unit);

/* Into the target's unit. Code REFUSAL_NONE and *value changed, or why not. raw: the cell, for the words. */
struct refusal unit_convert(const struct statement *statement, const struct target *target,
                            const struct mapping *mapping, struct arena *arena, size_t column, struct slice raw,
                            struct decimal *value);

#endif
