/* Answers (events of kind 16) matched to what they answer: once each, in commit order, with what came of it. An answer
 * names a message ("D21-1108-05"), an item of it ("D21-1108-05/2"), or, without a number, the cell it is about. A county
 * may answer what was sent to it or concerns its area, a department what was sent to it, the office anything. In the
 * caller's transaction; the subjects of answered alerts are woken at `now`. Waits for the database. */
#ifndef DUBAN_STORE_REPLY_H
#define DUBAN_STORE_REPLY_H

#include "common/domain/plan.h"
#include "common/store/stream.h"

/* Why an answer answers nothing, as stored. */
extern const char reply_no_such_number[]; /* no message has this number */
extern const char reply_no_such_item[];   /* nothing to be answered stands there */
extern const char reply_not_yours[];      /* it was sent to others */
extern const char reply_over[];           /* it is settled */
extern const char reply_past[];           /* the day it names is past */
const char *reply_refusal_words(const char *refused); /* Chinese; the code itself when unknown */

/* ERROR_CONFLICT: a stream is newer than `streams`. *matched: how many were handled, refused ones included. */
__attribute__((warn_unused_result)) enum error_code replies_match(struct pg *pg, int32_t programme,
                                                                  const struct plan *plan,
                                                                  const struct streams *streams, struct instant now,
                                                                  size_t *matched, struct error *err);

#endif
