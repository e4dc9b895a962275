/* What is said of a file as a whole once its rows are judged: sums that differ, columns without a figure, digits lost,
 * another allocation than the plan's, old figures changed, counties lost since the last file. Warnings only, for the
 * receipt's note; nothing here changes a figure. */
#ifndef DUBAN_COLLECTOR_CHECKS_H
#define DUBAN_COLLECTOR_CHECKS_H

#include "services/collector/paper.h"

/* Adds to the note, once. */
void check_add(struct verdict *verdict, const char *text);
/* "第4行", of a table with several figures a row "F4", of a workbook "6月!F4": for words. */
const char *check_place(const struct verdict *verdict, const struct reading *reading);

/* Asks the memory. The most important warnings come first: a note is short. */
__attribute__((warn_unused_result)) enum error_code checks_run(const struct paper *paper, struct verdict *verdict,
                                                               struct error *err);

#endif
