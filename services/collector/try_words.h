/* What became of one figure, in words: for try's table, its workbook, and the files that go back. Pure; texts lie in
 * the verdict's arena. */
#ifndef DUBAN_COLLECTOR_TRY_WORDS_H
#define DUBAN_COLLECTOR_TRY_WORDS_H

#include "services/collector/paper.h"

const char *try_result(const struct outcome *outcome); /* "收，待核" */
const char *try_figure(const struct verdict *verdict, const struct plan *plan, const struct outcome *outcome);
/* Why it is held or refused, with what to do; "" when nothing speaks against it. */
const char *try_reason(const struct verdict *verdict, const struct outcome *outcome);
/* The same with the cell in front: "数值列（D4）：…" */
const char *try_remark(const struct verdict *verdict, const struct outcome *outcome);
/* The column's name, or its letters: "数值", "D列"; "" for the row as a whole. */
const char *try_column(const struct verdict *verdict, size_t column);

#endif
