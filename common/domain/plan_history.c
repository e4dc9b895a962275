/* What a plan was: original and current dates and shares, from the versions loaded before it. */
#include "common/domain/plan.h"

/* The same cell in another version; NULL when it has none there. Codes tie versions together, never places. */
static const struct cell *same_cell(const struct plan *older, const struct plan *plan, const struct cell *cell) {
    size_t target = plan_find_target(older, slice_of(plan->targets[cell->target].code));
    size_t area = plan_find_area(older, slice_of(plan->areas[cell->area].code));
    if (target == NO_INDEX || area == NO_INDEX) return NULL;
    size_t index = plan_find_cell(older, target, area);
    return index == NO_INDEX ? NULL : &older->cells[index];
}

static void apply_due(struct plan *plan, const struct plan *const *older, size_t count, struct target *target) {
    for (size_t i = 0; i < count; i++) {
        size_t index = plan_find_target(older[i], slice_of(target->code));
        if (index == NO_INDEX || !day_is(older[i]->targets[index].due)) continue;
        target->due_original = older[i]->targets[index].due_original;
        break;
    }
    for (size_t i = 0; i < target->cell_count; i++)
        plan->cells[target->first_cell + i].due_original = target->due_original;
}

static void apply_goal(struct plan *plan, const struct plan *const *older, const struct day *loaded, size_t count,
                       struct cell *cell) {
    const struct cell *before = NULL;
    for (size_t i = 0; i <= count; i++) {
        const struct cell *now = i < count ? same_cell(older[i], plan, cell) : cell;
        if (!now || !now->has_goal) continue;
        struct day changed = now->goal_changed; /* by a dated row within that version */
        if (!before)
            cell->goal_original = now->goal_original;
        else if (decimal_compare(before->goal, now->goal) != 0 && !(day_is(changed) && changed.n > loaded[i - 1].n))
            changed = loaded[i];
        if (day_is(changed) && (!day_is(cell->goal_changed) || changed.n > cell->goal_changed.n))
            cell->goal_changed = changed;
        before = now;
    }
}

void plan_apply_history(struct plan *plan, const struct plan *const *older, const struct day *loaded, size_t count) {
    for (size_t i = 0; i < plan->target_count; i++)
        apply_due(plan, older, count, &plan->targets[i]);
    for (size_t i = 0; i < plan->cell_count; i++)
        apply_goal(plan, older, loaded, count, &plan->cells[i]);
}
