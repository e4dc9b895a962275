/* How a source's columns are to be read: the part of the configuration that says what its tables look like. Columns are
 * found by the text of their header, never by their place. Everything belongs to the arena it was read into. Pure. */
#ifndef DUBAN_COLLECTOR_MAPPING_H
#define DUBAN_COLLECTOR_MAPPING_H

#include "common/base/yaml.h"
#include "common/domain/arena.h"
#include "proto/event.h"

enum field {
    FIELD_TARGET,
    FIELD_AREA,
    FIELD_AS_OF,
    FIELD_VALUE,
    FIELD_NUMERATOR,
    FIELD_DENOMINATOR,
    FIELD_NOTE,
    FIELD_REASON,
    FIELD_UNIT,
    FIELD_REPORTER,
    FIELD_BLOCKED_BY,
    FIELD_DOCUMENT,
    FIELD_MONTH, /* 本月, an increment beside the running total */
    FIELD_SHARE, /* 目标任务, compared with the allocation, never taken */
    FIELD_COUNT
};

enum layout {
    LAYOUT_LONG,        /* a row is one figure */
    LAYOUT_WIDE_AREA,   /* a column is one county, a row one target */
    LAYOUT_WIDE_TARGET, /* a column is one target, a row one county (and so a matrix of both) */
};

enum as_of_from {
    AS_OF_COLUMN,
    AS_OF_TITLE,     /* 截至2021年6月30日 above the header */
    AS_OF_FILE_NAME, /* by a pattern: {yyyy} {mm} {dd} * */
    AS_OF_PERIOD,    /* the last day of the open reporting period */
    AS_OF_MTIME,     /* the day the file was last written; only where somebody chose it by name */
};

enum { HEADER_DEPTH_MAX = 4 };
enum fill { FILL_NONE, FILL_MERGED, FILL_ALWAYS };

/* A figure of a wide table: the columns it is read from, by field, and what the column itself says it is about. */
struct mapping_value {
    const char *columns[FIELD_COUNT]; /* whole joined names; NULL = that of the row */
    const char *target, *area;        /* a code or name; NULL = the row says */
};

struct mapping {
    struct mapping_column {
        const char *const *names;
        size_t count;
        bool given; /* by the configuration: then the column must be there */
    } columns[FIELD_COUNT];
    enum as_of_from as_of;
    const char *as_of_pattern; /* AS_OF_FILE_NAME */
    const char *unit;          /* of all figures; NULL = must be stated in the file */
    bool unit_of_plan;         /* unit: plan — every figure is in the plan's unit */
    struct mapping_factor {
        const char *unit, *to; /* to NULL: to the plan's unit, whichever it is */
        struct decimal factor;
    } * factors;
    size_t factor_count;
    int serial;           /* 1900, 1904: days in the column may be a spreadsheet's count; 0 = refused */
    bool number_and_note; /* cell: number+note */
    struct mapping_target {
        const char *name, *code;
    } * targets;
    size_t target_count;
    const char *area;  /* of all rows; NULL = a column */
    const char *sheet; /* of a workbook: its name, with * {yyyy} {mm} {month}; NULL = the one with the header */
    char separator;    /* 0 = found out from the header row */
    enum layout layout;
    size_t depth;                 /* rows of the header, 1 to HEADER_DEPTH_MAX; joined with / */
    struct mapping_value *values; /* of a wide table; none: every column that bears a county's or target's name */
    size_t value_count;
    const char **ignored; /* columns of a wide table that are no figures */
    size_t ignored_count;
    enum fill fill[FIELD_COUNT]; /* blank cells repeat the one above: inside merged cells, or always */
    bool increments;             /* the figures are those of the month alone: the agent adds them up */
    struct mapping_state {
        const char *words;
        bool done;
    } * states; /* further words for a milestone's state */
    size_t state_count;
};

/* Reads a mapping node (NULL: the defaults); faults become findings of doc. */
void mapping_read(struct yaml *doc, struct yaml_node *node, struct arena *arena, struct mapping *out);
/* Fields that a column of a wide table has for itself: value, numerator, denominator, month, share, note … */
bool field_is_of_value(enum field field);
/* The Chinese name of a field, the first of its names: what messages call it. */
const char *mapping_name(const struct mapping *mapping, enum field field);
const char *field_word(enum field field); /* "target" */

#endif
