/* One cell as `duban status --json` prints it: the one writer of an assessment, for the alerter (cell_light.assessment)
 * and the commands. Figures are strings, days YYYY-MM-DD, instants RFC 3339; what is absent is null, never missing. */
#ifndef DUBAN_STORE_CELL_JSON_H
#define DUBAN_STORE_CELL_JSON_H

#include <jansson.h>

#include "common/domain/assess.h"
#include "common/store/history.h"

/* A new object; NULL when there is no memory. Events as given to the assessment; complete_to lists the last sequence of
 * each stream among them; history (may be NULL) knows their epochs. */
json_t *cell_json(const struct plan *plan, const struct cell *cell, const struct assessment *assessment,
                  const struct cell_event *events, size_t count, const struct history *history);
/* inputs.threshold of it: what the rule that decided asks for; null where it asks for no figure. */
json_t *cell_threshold_json(const struct assessment *assessment);

#endif
