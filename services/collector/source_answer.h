/* What a program hears of the document it brought: JSON, with the same receipt as a file's. Pure. */
#ifndef DUBAN_COLLECTOR_SOURCE_ANSWER_H
#define DUBAN_COLLECTOR_SOURCE_ANSWER_H

#include "services/collector/taker.h"

enum { SOURCE_ANSWER_ROWS_MAX = 1000 }; /* refused and held rows that are listed, each */

struct source_answer {
    int status;   /* as HTTP has it */
    bool problem; /* the body is a problem (RFC 9457): nothing was taken */
    struct buffer body;
};
void source_answer_finish(struct source_answer *answer);

/* 200: judged and in the spool, or 已收过. 400 and 422: refused as a whole, nothing taken; 400 when it could not even
 * be read as a table, 413 when it is too large. 503: not now. name: the document's. False: no memory. */
bool source_answer_taken(const struct source_settings *source, const char *name, const struct taken *taken,
                         struct source_answer *out);
/* A request that was not even looked into. */
bool source_answer_refusal(int status, enum refusal_code code, const char *reason, struct source_answer *out);
/* The same in one or more lines of Chinese, for a terminal. */
void source_answer_words(const char *name, const struct taken *taken, struct buffer *out);

#endif
