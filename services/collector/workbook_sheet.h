/* One worksheet part into a sheet. */
#ifndef DUBAN_COLLECTOR_WORKBOOK_SHEET_H
#define DUBAN_COLLECTOR_WORKBOOK_SHEET_H

#include "services/collector/workbook_strings.h"
#include "services/collector/workbook_styles.h"

struct sheet_source {
    struct package *package;
    const char *part, *name;
    const struct styles *styles;
    const struct strings *strings;
    const struct workbook_limits *limits;
    struct arena *arena;
    bool from_1904;
    bool compute_anew; /* saved results of formulas are not to be believed */
};
bool workbook_sheet_read(const struct sheet_source *source, struct sheet *out, struct workbook_extent *extent,
                         struct refusal *refusal);

#endif
