/* The figures of a row, by column: from the mapping's `values`, or, without them, every column that bears the exact
 * name of a county (wide-area) or of a target (wide-target). A column nobody knows is a doubt of structure. Pure. */
#ifndef DUBAN_COLLECTOR_SLOTS_H
#define DUBAN_COLLECTOR_SLOTS_H

#include "services/collector/header.h"

/* Fills slots and slot_count of a header whose names and row columns are known. False: *refusal says which column is
 * missing, stands twice or means nothing. What could be built stands in the header all the same. */
bool slots_build(const struct header_search *search, struct header *header, struct refusal *refusal);
/* A long table with columns for counties or targets beside its figures, a wide one with a column of figures: nobody
 * knows which is meant. Code REFUSAL_NONE when there is no doubt. */
struct refusal slots_layout_doubt(const struct header_search *search, const struct header *header);
/* Column and name, as messages give them: C列“青川县”. */
const char *slots_column_words(const struct header_search *search, const struct header *header, size_t column);

#endif
