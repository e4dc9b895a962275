/* One value of a database's answer as the text of a cell, or why it cannot be one: the figure a person would read
 * there, exactly, and nothing that was only nearly it.
 *
 * A double is the decimal at 15 significant digits. A single has 6 of them; more, or whole numbers beyond 2^24, are
 * not known exactly and are refused. A decimal with more than 15 is beyond what is kept further on and refused, too.
 * Texts lose the spaces at their ends. NULL is nothing. Pure. */
#ifndef DUBAN_COLLECTOR_SQL_CELL_H
#define DUBAN_COLLECTOR_SQL_CELL_H

#include "services/collector/refusal.h"
#include "services/collector/sql_answer.h"

enum { SQL_CELL_TEXT_MAX = 64 };

enum sql_cell_fault {
    SQL_CELL_SOUND,
    SQL_CELL_ERROR,     /* NaN, Infinity */
    SQL_CELL_SINGLE,    /* a single that is not exact */
    SQL_CELL_TOO_LONG,  /* more digits than are kept */
    SQL_CELL_BAD_TEXT,  /* no UTF-8, or bytes that no text has */
};

struct sql_cell {
    struct slice text; /* of the value itself, or in own */
    enum sql_cell_fault fault;
    char own[SQL_CELL_TEXT_MAX];
};

/* value.ptr is not NULL. The result must not move: text may point into it. */
void sql_cell_read(enum answer_kind kind, struct slice value, struct sql_cell *out);

#endif
