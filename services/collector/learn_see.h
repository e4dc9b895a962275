/* What a table looks like to someone who has never seen it: where its header is, which column holds what, whom and what
 * the names mean. Guesses, with what they rest on, for a person to confirm: nothing of this ever reads a figure at run
 * time. Pure; everything lies in the arena. */
#ifndef DUBAN_COLLECTOR_LEARN_SEE_H
#define DUBAN_COLLECTOR_LEARN_SEE_H

#include "services/collector/header.h"

enum { SEEN_CANDIDATES_MAX = 3, SEEN_NAMES_MAX = 64 };

struct seen_column {
    struct slice name; /* joined */
    size_t filled, areas, targets, days, numbers, units;
    const char *examples; /* “31.0”“20”…, at most three different ones */
};

/* A name the plan does not know as it stands. */
struct seen_name {
    struct slice text;
    size_t count;                           /* rows, or 1 for a column */
    size_t candidates[SEEN_CANDIDATES_MAX]; /* targets, or areas of a wide-area table; the likeliest first */
    size_t candidate_count;
};

struct seen_value {
    size_t column, share, month; /* NO_COLUMN: none seen */
    size_t subject;              /* target or area the column's name means exactly; NO_INDEX: see candidates */
    struct seen_name name;
};

struct seen {
    size_t first, depth; /* the header's rows; depth 0: no table was seen */
    size_t data;         /* the first row of data */
    struct seen_column *columns;
    size_t width;
    enum layout layout;
    size_t fields[FIELD_COUNT]; /* of the row; NO_COLUMN */
    struct seen_value *values;  /* of a wide table */
    size_t value_count;
    struct seen_name unknown[SEEN_NAMES_MAX]; /* target names in the rows */
    size_t unknown_count;
    struct titles titles;
};

struct seen learn_see(const struct sheet *sheet, const struct plan *plan, struct day today, struct arena *arena);
/* The likeliest of the plan's targets (areas when `areas`) for a name. */
void learn_candidates(const struct plan *plan, bool areas, struct seen_name *name);

#endif
