/* What is to be said about alerts that were written: notices to those whom a route names, to those who were told before,
 * and those that need not be said any more. For alert.c. */
#ifndef DUBAN_STORE_ALERT_NOTICE_H
#define DUBAN_STORE_ALERT_NOTICE_H

#include "common/store/alert_bulk.h"

/* What is over before it was said is not said; who has answered is not urged, but hears what else is new. What a person
 * decided is said in any case. */
__attribute__((warn_unused_result)) enum error_code notices_drop(struct pg *pg, const struct bulk_frame *frame,
                                                                 const struct alert_writes *writes, struct error *err);
/* frame->at: the window. Of what is over and of what was taken back, to those who were told; then writes->notices, whose
 * alerts have their rows. */
__attribute__((warn_unused_result)) enum error_code notices_write(struct pg *pg, const struct bulk_frame *frame,
                                                                  const struct alert_writes *writes, struct error *err);

#endif
