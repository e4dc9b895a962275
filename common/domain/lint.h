/* What can be loaded but should be known before anyone is called late by it. Each item has a stable word, so that
 * `plan check --json` and tests need not read sentences. Pure. */
#ifndef DUBAN_DOMAIN_LINT_H
#define DUBAN_DOMAIN_LINT_H

#include "common/domain/plan.h"

/* undated · no_measure · lead_unconfirmed · no_lead · alias · no_allocation · no_share · sum_differs · counted_missing
 * · from_assumed · no_denominator · no_baseline · no_contact · calendar */
struct lint_item {
    const char *kind;  /* static */
    const char *code;  /* target, task, unit or area; borrowed from the plan; "" = the whole plan */
    char message[512]; /* English; a difference of sums is said in the office's words */
    char message_zh[512];
};
struct lint {
    struct lint_item *items;
    size_t count, capacity;
    bool failed; /* no memory: the list is not whole */
};

/* Plan order within each kind. plan_lint (plan.h) renders the same list into findings. */
void lint_plan(const struct plan *plan, struct lint *out);
void lint_finish(struct lint *lint); /* frees; accepts a zeroed one */

#endif
