#include <criterion/criterion.h>

#include "services/collector/sql_cell.h"

Test(sql_cell, values_become_what_is_meant_or_a_fault) {
    static const struct {
        enum answer_kind kind;
        const char *value, *text;
        enum sql_cell_fault fault;
    } rows[] = {
        {ANSWER_EXACT, "31", "31", SQL_CELL_SOUND},
        {ANSWER_EXACT, "485.80", "485.80", SQL_CELL_SOUND},
        {ANSWER_EXACT, ".5", "0.5", SQL_CELL_SOUND},
        {ANSWER_EXACT, "-.25", "-0.25", SQL_CELL_SOUND},
        {ANSWER_EXACT, "NaN", "NaN", SQL_CELL_ERROR},
        {ANSWER_EXACT, "-Infinity", "-Infinity", SQL_CELL_ERROR},
        {ANSWER_EXACT, "123456789012345", "123456789012345", SQL_CELL_SOUND},
        {ANSWER_EXACT, "1234567890123.4567", "1234567890123.4567", SQL_CELL_TOO_LONG},
        {ANSWER_EXACT, "0.000000000001234567", "0.000000000001234567", SQL_CELL_SOUND},
        {ANSWER_EXACT, "31.0000000000000000000", "31.0000000000000000000", SQL_CELL_SOUND},
        /* a double: 15 digits */
        {ANSWER_DOUBLE, "0.30000000000000004", "0.3", SQL_CELL_SOUND}, /* 0.1 + 0.2 */
        {ANSWER_DOUBLE, "485.79999999999995", "485.8", SQL_CELL_SOUND},
        {ANSWER_DOUBLE, "30.999999999999996", "31", SQL_CELL_SOUND},
        {ANSWER_DOUBLE, "0.57999999999999996", "0.58", SQL_CELL_SOUND},
        {ANSWER_DOUBLE, "1e+20", "100000000000000000000", SQL_CELL_SOUND},
        {ANSWER_DOUBLE, "-0", "0", SQL_CELL_SOUND},
        {ANSWER_DOUBLE, "nan", "nan", SQL_CELL_ERROR},
        {ANSWER_DOUBLE, "inf", "inf", SQL_CELL_ERROR},
        {ANSWER_DOUBLE, "-inf", "-inf", SQL_CELL_ERROR},
        /* a single: 6 digits, or whole up to 2^24 */
        {ANSWER_SINGLE, "485.799988", "485.8", SQL_CELL_SOUND},
        {ANSWER_SINGLE, "0.100000001", "0.1", SQL_CELL_SOUND},
        {ANSWER_SINGLE, "485.8", "485.8", SQL_CELL_SOUND},
        {ANSWER_SINGLE, "1234567", "1234567", SQL_CELL_SOUND},
        {ANSWER_SINGLE, "1.234567e+06", "1234567", SQL_CELL_SOUND},
        {ANSWER_SINGLE, "16777216", "16777216", SQL_CELL_SOUND},
        {ANSWER_SINGLE, "1234567.25", "1234567.2", SQL_CELL_SINGLE}, /* was it .2 or .3 that was meant? */
        {ANSWER_SINGLE, "123456789", "123456790", SQL_CELL_SINGLE},
        /* texts */
        {ANSWER_TEXT, "  旺苍县 ", "旺苍县", SQL_CELL_SOUND}, /* CHAR(10) */
        {ANSWER_TEXT, "   ", "", SQL_CELL_SOUND},
        {ANSWER_TEXT, "\xcd\xfa\xb2\xd4", "", SQL_CELL_BAD_TEXT}, /* GBK that nobody converted */
        {ANSWER_BOOLEAN, "true", "true", SQL_CELL_SOUND},
        {ANSWER_DAY, "2021-06-30", "2021-06-30", SQL_CELL_SOUND},
        {ANSWER_BYTES, "abc", "", SQL_CELL_SOUND},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sql_cell cell;
        sql_cell_read(rows[i].kind, slice_of(rows[i].value), &cell);
        cr_expect(slice_is(cell.text, rows[i].text), "%s gives %.*s", rows[i].value, (int)cell.text.len, cell.text.ptr);
        cr_expect_eq(cell.fault, rows[i].fault, "%s gives fault %d", rows[i].value, cell.fault);
    }
}
