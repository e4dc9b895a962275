/* Why a file or a row is not taken: one closed list. The word travels in receipts and stands in rejected files for
 * ever; the Chinese is what a county reads. README.zh.md carries the same table, and a test compares the two. Pure. */
#ifndef DUBAN_COLLECTOR_REFUSAL_H
#define DUBAN_COLLECTOR_REFUSAL_H

#include <stdbool.h>
#include <stddef.h>

#include "common/domain/arena.h"
#include "proto/event.h"

enum refusal_code {
    REFUSAL_NONE,
    /* the file as a whole: its structure is in doubt */
    REFUSAL_NOT_TEXT,
    REFUSAL_BAD_ENCODING,
    REFUSAL_GARBLED,
    REFUSAL_TOO_LARGE,
    REFUSAL_OPEN_QUOTE,
    REFUSAL_COLUMN_MISSING,
    REFUSAL_COLUMN_TWICE,
    REFUSAL_NO_AS_OF,
    /* a row */
    REFUSAL_BAD_QUOTE,
    REFUSAL_BAD_JSON,
    REFUSAL_TOO_MANY_CELLS,
    REFUSAL_TARGET_MISSING,
    REFUSAL_UNKNOWN_TARGET,
    REFUSAL_TARGET_AMBIGUOUS,
    REFUSAL_AREA_MISSING,
    REFUSAL_UNKNOWN_AREA,
    REFUSAL_AREA_AMBIGUOUS,
    REFUSAL_TOWNSHIP,
    REFUSAL_NO_CELL,
    REFUSAL_DATE_MISSING,
    REFUSAL_BAD_DATE,
    REFUSAL_NO_YEAR,
    REFUSAL_DATE_SERIAL,
    REFUSAL_DATE_RANGE,
    REFUSAL_NOT_A_NUMBER,
    REFUSAL_NOT_EXACT,
    REFUSAL_ERROR_VALUE,
    REFUSAL_SEPARATOR,
    REFUSAL_OUT_OF_RANGE,
    REFUSAL_DECIMALS,
    REFUSAL_NEGATIVE,
    REFUSAL_NOTE_IN_CELL,
    REFUSAL_DITTO,
    REFUSAL_PERCENT_DOUBT,
    REFUSAL_UNIT_MISSING,
    REFUSAL_UNIT_DIFFERS,
    REFUSAL_UNIT_TWICE,
    REFUSAL_STATE_UNCLEAR,
    REFUSAL_HALF_FRACTION,
    REFUSAL_FRACTION,
    REFUSAL_TWO_FIGURES,
    REFUSAL_WORDS_ONLY,
    REFUSAL_UNKNOWN_UNIT,
    REFUSAL_REPORTER,
    REFUSAL_DOCUMENT_MISSING,
    REFUSAL_ROW_TWICE,
    REFUSAL_TEXT,
    REFUSAL_MISFIT,
    /* a workbook, or what only looks like a table; the last two refuse a row */
    REFUSAL_WORKBOOK_OLD,
    REFUSAL_WORKBOOK_LOCKED,
    REFUSAL_WORKBOOK_BINARY,
    REFUSAL_WORKBOOK_BROKEN,
    REFUSAL_WEB_PAGE,
    REFUSAL_OPEN_DOCUMENT,
    REFUSAL_DOCUMENT,
    REFUSAL_PICTURE,
    REFUSAL_ARCHIVE,
    REFUSAL_SHEET_MISSING,
    REFUSAL_SHEET_TWICE,
    REFUSAL_STRUCK,
    REFUSAL_NO_RESULT,
    /* layouts, days and months; the first four refuse the file */
    REFUSAL_LAYOUT,
    REFUSAL_UNKNOWN_COLUMN,
    REFUSAL_ONLY_MONTH,
    REFUSAL_AS_OF_TWICE,
    REFUSAL_AS_OF_LATER,
    REFUSAL_MONTH_ALONE,
    REFUSAL_MONTH_GAP,
    REFUSAL_INCREMENT_KIND,
    /* answers and requests */
    REFUSAL_NUMBER,
    REFUSAL_REASON,
    REFUSAL_DAY_OVER,
    REFUSAL_NOTHING_SAID,
    REFUSAL_NOT_CLOSABLE,
    /* databases; all refuse the result */
    REFUSAL_ZONE_MISSING,
    REFUSAL_COLUMN_KIND,
    REFUSAL_SQL_CONNECTION,
    REFUSAL_SQL_DRIVER,
    REFUSAL_SQL_UNREACHABLE,
    REFUSAL_SQL_LOGIN,
    REFUSAL_SQL_QUERY,
    REFUSAL_SQL_TIMEOUT,
    REFUSAL_SQL_LOST,
    REFUSAL_SQL_ROWS,
    REFUSAL_SQL_WORKER,
    /* requests and the standard input, before anything is judged */
    REFUSAL_JSON_LINES,
    REFUSAL_REQUEST_EMPTY,
    REFUSAL_REQUEST_CUT,
    REFUSAL_REQUEST_TOKEN,
    REFUSAL_REQUEST_HOST,
    REFUSAL_REQUEST_SOURCE,
    REFUSAL_REQUEST_METHOD,
    REFUSAL_REQUEST_TYPE,
    REFUSAL_REQUEST_NAME,
    REFUSAL_REQUEST_LATER,
    REFUSAL_SPOOL_IN_USE,
    REFUSAL_COUNT
};

struct refusal_row {
    const char *word;    /* "unknown_target" */
    bool file;           /* refuses the whole file */
    const char *meaning; /* Chinese, for the table that IT reads */
    const char *remedy;  /* Chinese: what to do */
};
/* The row of a code; that of REFUSAL_MISFIT for one out of the list. Never NULL. */
const struct refusal_row *refusal_row(enum refusal_code code);

#define NO_COLUMN ((size_t)-1)

struct refusal {
    enum refusal_code code; /* REFUSAL_NONE: not refused */
    size_t column;          /* of the sheet, from 0; NO_COLUMN = the row or file as a whole */
    const char *reason;     /* Chinese, with what was read */
    const char *remedy;     /* NULL: that of the table */
};

__attribute__((format(printf, 4, 5))) struct refusal refuse(struct arena *arena, enum refusal_code code, size_t column,
                                                            const char *format, ...);
const char *refusal_remedy(const struct refusal *refusal);

/* Reason and remedy as running words. */
const char *refusal_sentence(struct arena *arena, const struct refusal *refusal);

/* Formats into the arena; cut at a whole character after some 700 bytes. Never NULL. */
__attribute__((format(printf, 2, 3))) const char *say(struct arena *arena, const char *format, ...);
/* What was read, fit for a message: controls as spaces, at most 40 characters. Never NULL. */
const char *shown(struct arena *arena, struct slice text);

#endif
