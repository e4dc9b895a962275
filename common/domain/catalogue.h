/* The catalogue: what an agent and the aggregator check an event against. It is a plan without what agents have no
 * business with (contacts, nodes, notes), and an index that finds a cell without a search.
 *
 * catalogue_check_event is the one home of "does this event fit the plan". Pure; after creation nothing allocates and a
 * catalogue may be read by any number of threads. */
#ifndef DUBAN_DOMAIN_CATALOGUE_H
#define DUBAN_DOMAIN_CATALOGUE_H

#include "common/base/buffer.h"
#include "common/domain/plan.h"

struct catalogue;

/* Borrows the plan, which must outlive it. NULL when there is no memory. */
struct catalogue *catalogue_create(const struct plan *plan);
/* JSON text, "schema":1; false when there is no memory. */
__attribute__((warn_unused_result)) bool catalogue_write(const struct plan *plan, struct buffer *out);
/* Reads what catalogue_write wrote; the catalogue owns its plan. */
__attribute__((warn_unused_result)) enum error_code catalogue_read(const char *name, struct slice json,
                                                                   struct catalogue **out, struct error *err);
void catalogue_destroy(struct catalogue **catalogue);

const struct plan *catalogue_plan(const struct catalogue *catalogue);          /* lends */
size_t catalogue_target(const struct catalogue *catalogue, struct slice code); /* NO_INDEX */
size_t catalogue_task(const struct catalogue *catalogue, struct slice code);
size_t catalogue_area(const struct catalogue *catalogue, struct slice code);
size_t catalogue_cell(const struct catalogue *catalogue, size_t target, size_t area); /* index of plan->cells */

/* Why an event does not fit. The codes that travel are proto's (proto/codes.h). */
struct misfit {
    unsigned code;    /* a quarantine code of proto/codes.h; 0 = it fits */
    unsigned field;   /* place of the field in the event, 1-15 */
    const char *hint; /* Chinese, one line: cause and remedy; static */
};

/* `today`: the day the reporter sent it (by the agent's clock at the agent, by the centre's at the centre). A figure as
 * of a later day is held by the centre, not refused here; a year outside the plan's is refused. Kinds not known here,
 * receipts and decisions fit always, so far as this goes. */
struct misfit catalogue_check_event(const struct catalogue *catalogue, const struct event *event, struct day today);

#endif
