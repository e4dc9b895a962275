/* The city's cell from its counties' assessments, as the figures alone give it: assess_rollup without the office's own
 * word. For those who replay it through the days (city.c). Pure. */
#ifndef DUBAN_DOMAIN_ROLLUP_H
#define DUBAN_DOMAIN_ROLLUP_H

#include "common/domain/assess.h"

void rollup_assess(const struct assess_context *context, const struct cell *city, const struct assessment *counties,
                   size_t county_count, const struct cell_event *events, size_t count, struct assessment *out);

#endif
