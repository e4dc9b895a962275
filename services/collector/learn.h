/* `duban-collector learn --config FILE [--source NAME] [--answers FILE] [--output FILE] FILE`: looks at a table it has
 * never seen, says what it believes and why, has every belief confirmed by a person (or by a file of answers), writes a
 * mapping with comments, and tries the file with it. At run time nothing of this guessing is left. */
#ifndef DUBAN_COLLECTOR_LEARN_H
#define DUBAN_COLLECTOR_LEARN_H

#include "services/collector/learn_ask.h"
#include "services/collector/learn_see.h"

int learn_main(int argc, char **argv); /* exit status: that of try, or 2 usage and answers, 1 else */

/* What was confirmed. */
struct learned {
    size_t fields[FIELD_COUNT]; /* columns of the row; NO_COLUMN */
    struct learned_value {
        size_t column, share, month;
        const char *subject; /* code; "" = no figure of ours */
    } * values;
    size_t value_count;
    struct learned_name {
        struct slice text;
        const char *code; /* "" = left unknown: such rows are refused */
    } names[SEEN_NAMES_MAX];
    size_t name_count;
    const char *as_of; /* column, title, period, or a pattern for the file's name */
    const char *unit;  /* "" = stated in the file */
    const char *area;  /* of all rows; "" = a column */
    const char *sheet; /* "" = the file is no workbook, or has one worksheet */
    bool fill[FIELD_COUNT];
    bool number_and_note, increments;
};

struct learn_table {
    const char *file; /* its name */
    const char *unit; /* the reporting unit */
    const struct sheet *sheet;
    const char *sheet_answer; /* for mapping.sheet; "" */
    const struct plan *plan;
    struct arena *arena;
};

/* Asks; false: the asker failed, or the person said that the table is something else. */
bool learn_confirm(const struct learn_table *table, const struct seen *seen, struct learn_asker *asker,
                   struct learned *out);
/* The mapping, with comments. Pure. */
void learn_write(const struct learn_table *table, const struct seen *seen, const struct learned *learned,
                 struct buffer *out);

#endif
