/* The office's own word on a light: shown until the end of its day beside the computed one, never instead of it. The
 * newest decision that stands holds, from the day it was made. Pure. */
#ifndef DUBAN_DOMAIN_OVERRIDE_H
#define DUBAN_DOMAIN_OVERRIDE_H

#include "common/domain/assess.h"

/* Sets light, light_since, the override's fields, proposed where no red waits, and next_check; computed_light stands.
 */
void override_apply(const struct assess_context *context, const struct cell_event *events, size_t count,
                    struct assessment *assessment);

#endif
