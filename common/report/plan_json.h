/* A plan as `duban plan show --json` prints it. */
#ifndef DUBAN_REPORT_PLAN_JSON_H
#define DUBAN_REPORT_PLAN_JSON_H

#include <jansson.h>

#include "common/domain/plan.h"

json_t *plan_json(const struct plan *plan); /* NULL when there is no memory */

#endif
