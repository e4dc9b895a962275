/* What number formats and fonts say of a cell: whether its number is a day or a per cent, which unit is shown behind
 * it, whether it is struck through. Source of the built-in formats: ECMA-376 part 1, 18.8.30, with the Chinese ones. */
#ifndef DUBAN_COLLECTOR_WORKBOOK_STYLES_H
#define DUBAN_COLLECTOR_WORKBOOK_STYLES_H

#include "services/collector/workbook_package.h"

enum format_kind { FORMAT_NUMBER, FORMAT_PERCENT, FORMAT_DATE, FORMAT_MONTH, FORMAT_TIME };
enum { FORMAT_UNIT_MAX = 31 };
struct cell_format {
    enum format_kind kind;
    int shift;                      /* the number is shown × 10^shift: 2 for per cent, -3 for each scaling comma */
    char unit[FORMAT_UNIT_MAX + 1]; /* shown behind the number; "" = none */
};
/* Of a format code, such as yyyy"年"m"月" or 0.0,"千元". Pure. */
struct cell_format format_read(const char *code);

struct cell_style {
    uint16_t format; /* into formats */
    bool struck;
};
struct styles {
    struct cell_format *formats;
    size_t format_count, format_capacity;
    struct cell_style *cells;
    size_t cell_count, cell_capacity;
    bool failed;
};
/* An absent part leaves one plain style. */
bool styles_read(struct package *package, const char *part, struct styles *out, struct refusal *refusal);
void styles_finish(struct styles *styles);
/* Of a cell's style number; the plain one beyond the list. */
const struct cell_style *styles_cell(const struct styles *styles, size_t index);
const struct cell_format *styles_format(const struct styles *styles, const struct cell_style *style);

#endif
