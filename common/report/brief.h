/* The office's morning brief: the morning view as a message, with the ledger as its attachment; the same when nothing
 * changed, as proof of life. What the office decides and what went out is told as known at the instant. */
#ifndef DUBAN_REPORT_BRIEF_H
#define DUBAN_REPORT_BRIEF_H

#include "common/report/morning.h"

enum {
    BRIEF_FIRST_LINE_CHARS = 40,
    BRIEF_SHORT_BYTES = 1300,   /* a robot takes 2048: the message's items follow */
    BRIEF_LEDGER_LINES = 10000, /* of the attachment, some 2 MB; its last line counts what is left out */
};

struct brief {
    struct buffer first_line; /* at most 40 characters, no line break; the mail's subject too */
    struct buffer short_text; /* for a robot: first line and a line a block, at most BRIEF_SHORT_BYTES; ends a line */
    struct buffer full_text;  /* for mail: first line, then what `duban status` prints; ends a line */
    char attachment_name[48]; /* "督办台账_2021-11-08.csv" */
    struct buffer attachment; /* the ledger as CSV, with BOM */
};

/* Of the programme of `stored`, by its plan and these rules. Reads as any role that may read; inside a transaction or
 * not. Waits for the database. *out is initialised either way. */
__attribute__((warn_unused_result)) enum error_code brief_make(struct pg *pg, const struct stored_plan *stored,
                                                               const struct light_rules *rules, struct instant now,
                                                               struct brief *out, struct error *err);
void brief_finish(struct brief *brief);

/* The texts alone, of a view that was made. Pure. */
void brief_words(const struct morning *morning, struct buffer *first_line, struct buffer *short_text,
                 struct buffer *full_text);

#endif
