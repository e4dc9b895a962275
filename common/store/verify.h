/* Proof that nothing stored was changed: every stream's chain is computed again from the columns alone and compared with
 * the heads that were kept with each batch; numbers must be contiguous. One consistent snapshot. */
#ifndef DUBAN_STORE_VERIFY_H
#define DUBAN_STORE_VERIFY_H

#include "common/store/session.h"
#include "proto/chain.h"

enum verify_fault {
    VERIFY_GAP,        /* a number is missing */
    VERIFY_TWICE,      /* a number stands twice */
    VERIFY_BATCH,      /* the batches do not cover the events */
    VERIFY_HEAD,       /* the chain of a batch gives another head: an event in first_seq…last_seq was changed */
    VERIFY_POSITION,   /* the stream's position or head is not that of its last batch */
    VERIFY_UNREADABLE, /* the columns make no event */
};
const char *verify_fault_name(enum verify_fault fault); /* "gap" … */

struct verify_break {
    char stream[STREAM_NAME_MAX + 1];
    struct epoch epoch;
    enum verify_fault fault;
    int64_t first_seq, last_seq;
    char detail[200];
};
struct verify_report {
    int64_t streams, logs, events, quarantined, batches;
    struct verify_break *breaks; /* heap; by stream, then seq; at most 1,000 are listed */
    size_t break_count;          /* listed */
    int64_t breaks_total;
};

/* programme 0 = all. progress (may be NULL) is called now and then with events checked and the total. Its own
 * transaction, read only. */
__attribute__((warn_unused_result)) enum error_code verify_chains(struct pg *pg, int32_t programme,
                                                                  void (*progress)(void *context, int64_t done,
                                                                                   int64_t total),
                                                                  void *context, struct verify_report *report,
                                                                  struct error *err);
/* The same of these streams alone (their ids), inside the caller's transaction. After an error that is to be rolled back.
 */
__attribute__((warn_unused_result)) enum error_code verify_streams(struct pg *pg, const int32_t *streams, size_t count,
                                                                   struct verify_report *report, struct error *err);
void verify_report_finish(struct verify_report *report);

#endif
