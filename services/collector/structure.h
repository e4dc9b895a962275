/* The table in a file: text, split by the separator with which a header is found, or the worksheet that is meant. All
 * or nothing: a doubt about the structure refuses the file. */
#ifndef DUBAN_COLLECTOR_STRUCTURE_H
#define DUBAN_COLLECTOR_STRUCTURE_H

#include "services/collector/paper.h"

/* Fills sheet and header of a verdict that has its arena. False: out->whole says why, or something ran out of memory;
 * header is then the row that came closest, for what can still be said. */
bool structure_find(const struct paper *paper, struct verdict *out);
/* What only a workbook hides: other sheets, hidden rows, rows far below. Added to the note. */
void structure_warn(struct verdict *verdict);

/* The open reporting period: the last one until its closing day has passed, then the present one. */
struct day structure_open_period(const struct paper *paper);

/* Whether a worksheet's name is the one asked for: * any text, {yyyy} {mm} {month} of the day; spaces do not count. */
bool structure_sheet_matches(const char *pattern, const char *name, struct day day);

#endif
