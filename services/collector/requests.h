/* What a county says and asks in tables of its own: 回复 (an answer to a message), 延期申请 (a later day), 销号申请 (it
 * is done, close it). They lie in the drop folder beside the reports and are told from them by their columns; a row
 * becomes an event, or is given back, as in any other file. A row that was sent stays sent: the same row again gives
 * nothing. Pure, as paper.h. */
#ifndef DUBAN_COLLECTOR_REQUESTS_H
#define DUBAN_COLLECTOR_REQUESTS_H

#include "services/collector/paper.h"

/* Looks at a file in which no report was found: out->sheet as it was left, or its text split anew. True: it is such a
 * table. out->feed says which; out->whole is empty then, or says what the table lacks. */
bool requests_find(const struct paper *paper, struct verdict *out);
/* The rows of a table that was found, as outcomes. */
__attribute__((warn_unused_result)) enum error_code requests_judge(const struct paper *paper, struct verdict *out,
                                                                   struct error *err);

#endif
