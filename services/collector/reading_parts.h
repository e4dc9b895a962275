/* Inside of reading: what its two files share. Nobody else includes this. */
#ifndef DUBAN_COLLECTOR_READING_PARTS_H
#define DUBAN_COLLECTOR_READING_PARTS_H

#include "services/collector/reading.h"
#include "services/collector/unit.h"

enum { TEXT_CHARS_MAX = 200, RAW_CHARS_MAX = 100 };

/* Of the slot that is being read. */
size_t reading_column(const struct reader *reader, enum field field);
struct slice reading_own_cell(const struct reader *reader, size_t row, enum field field);
/* The cell, or what the mapping lets a blank one repeat: the merged cell it lies in, or the one above. */
struct slice reading_cell(const struct reader *reader, size_t row, enum field field);

void reading_refuse(struct reading *reading, struct refusal refusal);
#define REFUSE(reading, reader, code, column, ...)                                                                     \
    reading_refuse(reading, refuse((reader)->arena, code, column, __VA_ARGS__))

/* What cell, column and header say of the unit. */
struct statement reading_unit(const struct reader *reader, size_t row, struct slice in_cell);
/* The figure itself, by the target's kind: a number, a fraction, a state, words. Target or task is known. */
void reading_content(const struct reader *reader, size_t row, struct reading *reading);

#endif
