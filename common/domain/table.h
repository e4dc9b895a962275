/* A table as offices keep it: delimited text (comma, tab or semicolon; quotes; BOM; CRLF; UTF-8 or GB18030) with title
 * rows above its header. Strict: an unclosed quote, or text behind a closing quote, is a finding and not a guess.
 *
 * A place is file:line:column, where line is the line of the text and column the number of the field, from 1, so that a
 * clerk finds it in a spreadsheet. Cells lend from the table's own memory until table_finish. Pure: reads bytes. */
#ifndef DUBAN_DOMAIN_TABLE_H
#define DUBAN_DOMAIN_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"
#include "proto/day.h"
#include "proto/decimal.h"
#include "proto/event.h"

enum { TABLE_BYTES_MAX = 16 * 1024 * 1024, TABLE_COLUMNS_MAX = 4096 };

struct table_cell {
    const char *text; /* NUL-terminated, as written but for spaces at its ends and a ="…" around it */
    size_t len;
    uint32_t line, column;
};
struct table_row {
    struct table_cell *cells;
    size_t count;
    uint32_t line;
};
struct table {
    const char *name; /* borrowed, for places */
    struct table_row *rows;
    size_t row_count;
    struct findings *findings;
    char *memory;             /* of the texts */
    struct table_cell *cells; /* of the rows */
};

/* Everything read, empty rows left out; false when the text is no table (findings say why). *table is initialised
 * either way and wants table_finish. findings and name must outlive it. */
__attribute__((warn_unused_result)) bool table_read(struct table *table, const char *name, struct slice bytes,
                                                    struct findings *findings);
void table_finish(struct table *table);

/* The row that holds a cell of each name (names of one column are separated by |, "指标代码|target"), or NO_INDEX with
 * a finding that lists what is missing, and the nearest header met. */
size_t table_header(struct table *table, const char *const *names, size_t count);
/* The field of the row called so (loosely: spaces, width and quotes do not count); SIZE_MAX = none. */
size_t table_column(const struct table_row *header, const char *names);
/* A cell of a row; an empty one at the row's place when the row is short or column is SIZE_MAX. */
struct table_cell table_at(const struct table_row *row, size_t column);

__attribute__((format(printf, 3, 4))) void table_wrong(struct table *table, struct table_cell at, const char *format,
                                                       ...);
__attribute__((format(printf, 3, 4))) void table_warn(struct table *table, struct table_cell at, const char *format,
                                                      ...);

enum table_number { TABLE_BLANK, TABLE_NUMBER, TABLE_WRONG };
/* Exact; thousands in groups of three. Blank, -, —, / are TABLE_BLANK. TABLE_WRONG has made a finding. */
enum table_number table_number(struct table *table, struct table_cell at, struct decimal *out);
/* 2021-06-30, 2021/6/30, 2021.6.30, 2021年6月30日. */
enum table_number table_day(struct table *table, struct table_cell at, struct day *out);

#endif
