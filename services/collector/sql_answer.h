/* What a database answered, as bytes: written by the process that asked (sql_worker.h), read by the agent. The columns
 * first, each with its kind; then rows of texts as the database writes them; then the end, or why there is none. An
 * answer without either was cut off, and nothing of it counts.
 *
 * Values come in one plain form per kind, whichever database it was:
 *   EXACT 12.50 · DOUBLE, SINGLE as many digits as tell them apart · BOOLEAN true, false · DAY 2021-06-30 ·
 *   LOCAL 2021-06-30 08:00:00.25 · INSTANT the same with its offset behind it, +08:00 or Z · TEXT UTF-8 · BYTES nothing.
 * The reader trusts no byte: a driver of anybody's making wrote them. Pure. */
#ifndef DUBAN_COLLECTOR_SQL_ANSWER_H
#define DUBAN_COLLECTOR_SQL_ANSWER_H

#include "common/base/buffer.h"
#include "proto/event.h"

enum answer_kind {
    ANSWER_TEXT,
    ANSWER_EXACT,   /* integers and decimals */
    ANSWER_DOUBLE,  /* binary, 53 bits */
    ANSWER_SINGLE,  /* binary, 24 bits */
    ANSWER_BOOLEAN,
    ANSWER_DAY,
    ANSWER_LOCAL,   /* a day and a time of day, nobody knows where */
    ANSWER_INSTANT, /* with its offset */
    ANSWER_BYTES,
};
enum { ANSWER_KINDS = ANSWER_BYTES + 1 };

enum {
    ANSWER_COLUMNS_MAX = 512,
    ANSWER_BYTES_MAX = 24 << 20,
    ANSWER_VALUE_MAX = 1 << 20, /* of one value */
    ANSWER_NAME_MAX = 512,
    ANSWER_WORDS_MAX = 600,
};

/* Why there is no answer. The order is part of the bytes. */
enum sql_trouble {
    SQL_TROUBLE_NONE,
    SQL_TROUBLE_UNREACHABLE, /* no such host or port, or nobody answers there */
    SQL_TROUBLE_PASSWORD,
    SQL_TROUBLE_DRIVER,      /* no driver manager, no such driver or DSN */
    SQL_TROUBLE_QUERY,       /* refused by the database: syntax, no such table, no right, wants to write */
    SQL_TROUBLE_LOST,        /* the connection went away in mid-answer */
    SQL_TROUBLE_TIMEOUT,
    SQL_TROUBLE_ROWS,        /* more rows or bytes than allowed */
    SQL_TROUBLE_WORKER,      /* the asking process failed */
    SQL_TROUBLE_CONNECTION,  /* the connection's text or the file that holds it */
};
enum { SQL_TROUBLES = SQL_TROUBLE_CONNECTION + 1 };

/* --- writing --- */

void answer_begin(struct buffer *out);
void answer_add_column(struct buffer *out, enum answer_kind kind, struct slice name);
void answer_add_row(struct buffer *out); /* before its values, one for each column */
void answer_add_value(struct buffer *out, struct slice value); /* ptr NULL = NULL */
void answer_end(struct buffer *out);
void answer_fail(struct buffer *out, enum sql_trouble trouble, const char *words);

/* --- reading --- */

struct answer {
    struct slice bytes; /* borrowed */
    size_t at;
    struct answer_column {
        enum answer_kind kind;
        struct slice name;
    } columns[ANSWER_COLUMNS_MAX];
    size_t column_count;
    enum sql_trouble trouble; /* of ANSWER_FAILED */
    struct slice words;       /* what the database or driver said */
};
enum answer_step { ANSWER_ROW, ANSWER_ENDED, ANSWER_FAILED };

/* Reads the columns. False: the answer is a failure alone, or was cut off (trouble, words). */
bool answer_open(struct slice bytes, struct answer *out);
/* The next row's values, column_count of them, borrowed; ptr NULL = NULL. */
enum answer_step answer_next(struct answer *answer, struct slice *values);

#endif
