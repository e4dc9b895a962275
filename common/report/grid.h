/* A table for the eye: columns as wide as their widest cell by the width of CJK text, two spaces between, no lines. */
#ifndef DUBAN_REPORT_GRID_H
#define DUBAN_REPORT_GRID_H

#include "common/base/buffer.h"
#include "common/base/text.h"

enum { GRID_COLUMNS_MAX = 24 };

struct grid_column {
    const char *title; /* NULL in the first column: no header line */
    enum text_align align;
    size_t max_width; /* 0 = as wide as it comes; longer cells end in … */
};
struct grid {
    const struct grid_column *columns;
    size_t column_count;
    char **cells; /* row after row */
    size_t count, capacity;
    bool failed;
};

void grid_init(struct grid *grid, const struct grid_column *columns, size_t count);
void grid_finish(struct grid *grid);
void grid_add(struct grid *grid, const char *text); /* the next cell; NULL = "" */
__attribute__((format(printf, 2, 3))) void grid_addf(struct grid *grid, const char *format, ...);
size_t grid_rows(const struct grid *grid);
void grid_print(const struct grid *grid, const char *indent, struct buffer *out);

#endif
