/* What is known of agents when their silence is judged: STATUS times and files, as of an instant. Waits for the
 * database. */
#ifndef DUBAN_STORE_SILENCE_H
#define DUBAN_STORE_SILENCE_H

#include "common/domain/alert.h"
#include "common/store/stream.h"

enum { SILENCE_FILES_MAX = 60 }; /* the newest of a stream */

struct silence {
    int32_t stream;
    struct instant made_at;
    struct instant heard_at, heard_before; /* the newest STATUS; the newest of an earlier instant than `now` */
    bool desk;                             /* the office's own hand: `duban` speaks only when it decides */
    const struct receipt *receipts;        /* known before `now`, oldest first */
    size_t receipt_count;
    const struct cell_event *decisions;    /* of the office about its area, or naming it, without a target */
    size_t decision_count;
};
struct silences {
    struct silence *items; /* as asked, in that order */
    size_t count;
    struct receipt *receipts;
    struct cell_event *decisions;
    struct pg_rows rows, decision_rows; /* own the texts */
};
__attribute__((warn_unused_result)) enum error_code silences_read(struct pg *pg, const int32_t *streams, size_t count,
                                                                  struct instant now, struct silences *out,
                                                                  struct error *err);
void silences_finish(struct silences *silences);

#endif
