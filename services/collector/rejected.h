/* What the county gets back: the refused rows as they were, with 行 列 原因 怎么改 behind them. UTF-8 with BOM and
 * commas, which every office program opens; cells that a spreadsheet would take for a formula are written as text.
 * Pure. */
#ifndef DUBAN_COLLECTOR_REJECTED_H
#define DUBAN_COLLECTOR_REJECTED_H

#include "services/collector/paper.h"

/* False: nothing was refused. Look at out->failed. */
bool rejected_write(const struct verdict *verdict, struct buffer *out);
/* "旺苍8月报表.csv" → "旺苍8月报表.rejected.csv"; other endings stay: "a.txt.rejected.csv". Heap. */
char *rejected_name(const char *file);
char *rejected_book_name(const char *file); /* "….rejected.xlsx", for what marked.h writes */

#endif
