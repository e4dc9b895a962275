/* The other way of cell_json: what the alerter last said of a cell (cell_light.assessment) as an assessment again, for
 * those who show it and judge nothing. What a cell does not print is not there: figure_event and next_check. */
#ifndef DUBAN_STORE_CELL_READ_H
#define DUBAN_STORE_CELL_READ_H

#include <jansson.h>

#include "common/domain/assess.h"

/* Texts are borrowed from json, rules as they are given; free with assessment_finish. false: that is no cell (or there
 * is no memory); *out is then empty. */
__attribute__((warn_unused_result)) bool cell_read(const json_t *json, const struct plan *plan, const struct cell *cell,
                                                   const struct light_rules *rules, struct assessment *out);

#endif
