/* One programme as the alerter works on it: its plan, rules, registry and agents as the database has them now. Read
 * again when a plan was loaded or a stream was made. Reading waits for the database. */
#ifndef DUBAN_ALERTER_DOCKET_H
#define DUBAN_ALERTER_DOCKET_H

#include "common/domain/digest.h"
#include "common/domain/rules.h"
#include "common/store/programme.h"
#include "common/store/registry.h"
#include "common/store/silence.h"

struct docket {
    int32_t programme;
    bool trial;
    struct stored_plan stored;
    const struct plan *plan; /* stored.plan */
    struct registry registry;
    int32_t *cell_ids;  /* of plan->cells, 0 = none */
    size_t *cells_by_id; /* indexes of plan->cells that have an id, by id */
    size_t cell_count;
    struct streams streams;
    size_t *witnesses; /* by streams.items: a cell of it that had reported when last looked at, or NO_INDEX; a hint */
    struct light_rules rules;
    struct instant first_loaded; /* what is about an earlier day is 补录 */
};

/* rules NULL: the plan's own, or the shipped ones. *out is initialised either way. */
__attribute__((warn_unused_result)) enum error_code docket_open(struct pg *pg, const struct programme *programme,
                                                              const struct light_rules *rules, struct docket *out,
                                                              struct error *err);
void docket_finish(struct docket *docket);

/* Index of plan->cells; NO_INDEX when the plan has no such cell. */
size_t docket_cell(const struct docket *docket, int32_t cell);
/* Fills what the plan says of a stream: role, area, unit, period. */
void docket_stream_facts(const struct docket *docket, const struct stream *stream, const struct silence *silence,
                       struct instant now, struct stream_facts *out);
/* Whether the cell's figures are owed by this stream (reporter of record, scope). */
bool docket_owes(const struct docket *docket, const struct stream *stream, const struct cell *cell);

#endif
