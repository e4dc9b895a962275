/* Rows of a file as they were, in a workbook, with what is wrong in colour and a comment in the cell: so that the
 * colleague who made the file sees the problem in the table she knows. */
#ifndef DUBAN_COLLECTOR_MARKED_H
#define DUBAN_COLLECTOR_MARKED_H

#include "services/collector/paper.h"
#include "services/collector/workbook_write.h"

/* The refused rows below the header, with 行 列 原因 怎么改 behind them. Nothing was refused: *written is false, and no
 * file is made. */
__attribute__((warn_unused_result)) enum error_code marked_rejected(const struct verdict *verdict, const char *path,
                                                                    bool *written, struct error *err);
/* Every row at its own place, with 结果 读作 说明 behind it. */
__attribute__((warn_unused_result)) enum error_code marked_try(const struct verdict *verdict, const struct plan *plan,
                                                               const char *path, struct error *err);

#endif
