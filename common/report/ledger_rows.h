/* The ledger (台账): one line for each cell owed and for each task without a measure, for the leader's desk. */
#ifndef DUBAN_REPORT_LEDGER_ROWS_H
#define DUBAN_REPORT_LEDGER_ROWS_H

#include "common/report/task_words.h"

/* words: one of each of the plan's tasks. selection: NULL = all. most: so many lines, then one that counts the rest; 0
 * = all. */
void ledger_csv(const struct view *view, const struct task_words *words, const struct selection *selection, size_t most,
                struct buffer *out); /* for a spreadsheet: with BOM, all columns */
void ledger_print(const struct view *view, const struct task_words *words, const struct selection *selection,
                  struct buffer *out); /* for the eye: the columns that fit */

#endif
