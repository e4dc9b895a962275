/* Numbers as workbooks store them: decimal text of a double, with up to 17 digits of which 15 are meant. Rounded there
 * and printed in plain decimal, never through floating point. Pure. */
#ifndef DUBAN_COLLECTOR_WORKBOOK_NUMBER_H
#define DUBAN_COLLECTOR_WORKBOOK_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

#include "proto/event.h"

enum { STORED_DIGITS = 15, STORED_TEXT_MAX = 64 };

/* 0.DIGITS × 10^point; zero has no digits. */
struct stored {
    bool negative;
    char digits[STORED_DIGITS + 1];
    int count, point;
};
/* False when it is no number, or so large or small that it cannot be written out in 40 places. */
bool stored_read(struct slice text, struct stored *out);
/* × 10^shift, without needless zeros; returns the length. */
size_t stored_print(const struct stored *stored, int shift, char out[STORED_TEXT_MAX]);

/* Days and time of a date cell: 2021-06-30, 2021-06-30 08:00:00, 08:00:00 for a time alone, 2021年6月 when only the
 * month is shown. False when there is no such day (negative, beyond 9999). */
enum stored_shown { STORED_DAY, STORED_MONTH, STORED_TIME };
bool stored_date(const struct stored *stored, bool from_1904, enum stored_shown shown, char out[STORED_TEXT_MAX]);

#endif
