/* Reading the snapshot (view.h) in flows that do not block: first keys, streams and the plans' versions, then each plan
 * that is not known yet. Programmes whose version is unchanged are taken over. */
#ifndef DUBAN_AGGREGATOR_LOAD_H
#define DUBAN_AGGREGATOR_LOAD_H

#include "common/base/clock.h"
#include "common/link/pgflow.h"
#include "services/aggregator/view.h"

struct load {
    struct view next;
    bool under_way, ready; /* ready: `next` is whole */
    struct load_plan {
        int32_t programme, version;
        struct instant loaded_at;
    } * plans; /* all there are */
    size_t plan_count, at;
    bool changed; /* some plan is new: view.h's marks begin anew */
    struct pg_params params, programme;
    struct pgstep steps[8];
    size_t step_count;
};

void load_finish(struct load *load);
void load_begin(struct load *load);
/* The steps of the next flow. */
bool load_steps(struct load *load);
/* Its answer. now: the view in use, from which unchanged programmes may be taken later. ERROR_CONFLICT: not our schema, or the
 * other kind of clock: the program must stop. */
__attribute__((warn_unused_result)) enum error_code load_answer(struct load *load, const struct pg_rows *rows,
                                                                const struct view *now, const struct clock *clock,
                                                                struct error *err);
/* Moves the unchanged programmes out of `now` into the new view. */
void load_take_over(struct load *load, struct view *now);

#endif
