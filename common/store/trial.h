/* Trial mode (试运行): everything is computed, nothing leaves the office. A programme is live while the office's newest
 * go-live (kind 44, not taken back) says so of the rules that are in force; another set of rules is a new trial. Before
 * the first such event the programme stays as it was made. Waits for the database. */
#ifndef DUBAN_STORE_TRIAL_H
#define DUBAN_STORE_TRIAL_H

#include "common/store/session.h"

/* Brings programme.trial in line. When it goes live, what still stands and was only said in trial waits for `window`. In
 * the caller's transaction. *trial: as it is now. */
__attribute__((warn_unused_result)) enum error_code trial_settle(struct pg *pg, int32_t programme,
                                                                 const char *rules_hash, struct instant window,
                                                                 bool *trial, struct error *err);
__attribute__((warn_unused_result)) enum error_code trial_read(struct pg *pg, int32_t programme, bool *trial,
                                                               struct error *err);

#endif
