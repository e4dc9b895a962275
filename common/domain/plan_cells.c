/* Target × area: who owes what. The rules, target by target (DOMAIN: allocation, openings, denominators):
 *
 * - The areas of a target are those it names, or every county; a plan without counties has its city. Words (activity,
 *   parameter) have one cell, the city's.
 * - allocation gives goals, the table of denominators gives denominators, and the goals of per_entity (the number of
 *   entities) and baseline. In any of them, where the target has a row: blank = no cell, 0 = no_task.
 * - Without a row: cumulative, per_entity and baseline have no county cells (nobody knows what is owed), except that
 *   the only area of a cumulative target owes the whole; latest, hold and ratio owe the target's value in every area; a
 *   milestone is done or not and has no goal.
 * - The city comes first: a roll-up, unless the target names the city or a table gives it a share; the only area a
 * target names, if it is the city, is its only cell.
 * - An absent opening is 0 for sums (cumulative, per_entity, baseline, per-cent ratios with a declared denominator,
 * unless the comparator is <=); a level's is the target's own, or none. */
#include <stdlib.h>
#include <string.h>

#include "common/domain/plan_draft.h"

/* One target's rows while its cells are made. */
struct rows {
    const struct share_row *goals, *first_goals, *denominators, *openings;
};

static bool goal_is_declared(const struct target *target) {
    return target->kind == KIND_PER_ENTITY || target->kind == KIND_BASELINE;
}

static bool is_sum(const struct target *target) {
    return target->comparator != AT_MOST &&
           (target->kind == KIND_CUMULATIVE || goal_is_declared(target) ||
            (target->kind == KIND_RATIO && target->percent && target->denominator == DENOMINATOR_DECLARED));
}

static void find_rows(const struct plan_draft *draft, size_t index, struct rows *rows) {
    const struct target *target = &draft->plan->targets[index];
    const struct share_row *first, *oldest_opening;
    rows->openings = draft_share_row(draft, &draft->openings, index, &oldest_opening);
    rows->goals = draft_share_row(draft, &draft->allocation, index, &rows->first_goals);
    rows->denominators = draft_share_row(draft, &draft->denominators, index, &first);
    if (goal_is_declared(target) && rows->denominators && !rows->goals) {
        rows->goals = rows->denominators;
        rows->first_goals = first;
    }
}

static bool names_area(const struct target *target, size_t area) {
    size_t low = 0, high = target->area_count; /* they are kept in order */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (target->areas[middle] == area) return true;
        if (target->areas[middle] < area)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

static size_t county_count(const struct plan *plan) {
    return plan->area_count - (plan->city != NO_INDEX);
}

/* Whether the area is asked at all; what it owes is looked up next. */
static bool is_addressed(const struct plan *plan, const struct target *target, const struct rows *rows, size_t area) {
    if (target->areas) return names_area(target, area);
    if (area != plan->city) return true;
    return county_count(plan) == 0 || (rows->goals && rows->goals->shares[area].has);
}

static size_t addressed_count(const struct plan *plan, const struct target *target) {
    if (target->areas) return target->area_count;
    return county_count(plan) ? county_count(plan) : plan->area_count;
}

static void set_goal(struct cell *cell, struct decimal goal) {
    cell->has_goal = true;
    cell->goal = cell->goal_original = goal;
    cell->no_task |= goal.mantissa == 0;
}

/* The oldest share is the original; goal_changed is the day of the newest row that changed it. */
static void set_goal_history(struct cell *cell, const struct rows *rows) {
    const struct share *before = NULL;
    for (const struct share_row *row = rows->first_goals; row && row <= rows->goals; row++) {
        const struct share *share = &row->shares[cell->area];
        if (!share->has) continue;
        if (!before)
            cell->goal_original = share->value;
        else if (decimal_compare(before->value, share->value) != 0)
            cell->goal_changed = row->effective;
        before = share;
    }
}

/* false = there is no cell. */
static bool owe(const struct plan *plan, const struct target *target, const struct rows *rows, struct cell *cell) {
    if (target->kind == KIND_ACTIVITY || target->kind == KIND_PARAMETER) return true;
    if (rows->denominators && !goal_is_declared(target)) {
        const struct share *denominator = &rows->denominators->shares[cell->area];
        if (!denominator->has) return false;
        cell->has_denominator = true;
        cell->denominator = denominator->value;
        cell->no_task |= denominator->value.mantissa == 0;
    }
    if (rows->goals) {
        const struct share *share = &rows->goals->shares[cell->area];
        if (!share->has) return false;
        if (target->kind == KIND_MILESTONE) {
            cell->no_task |= share->value.mantissa == 0;
            return true;
        }
        set_goal(cell, share->value);
        set_goal_history(cell, rows);
        if (target->kind == KIND_PER_ENTITY) {
            cell->has_denominator = true;
            cell->denominator = share->value;
        }
        return true;
    }
    if (target->kind == KIND_MILESTONE) return true;
    if (goal_is_declared(target)) return false;
    if (target->kind == KIND_CUMULATIVE && addressed_count(plan, target) > 1) return false;
    if (target->has_value) {
        cell->has_goal = true;
        cell->goal = cell->goal_original = target->value; /* a level of 0 is a goal, not the absence of a task */
    }
    return true;
}

static void set_opening(const struct target *target, const struct rows *rows, struct cell *cell) {
    if (rows->openings && rows->openings->shares[cell->area].has) {
        cell->has_opening = true;
        cell->opening = rows->openings->shares[cell->area].value;
    } else if (is_sum(target)) {
        cell->has_opening = true; /* {0, 0} */
    } else if (target->has_opening) {
        cell->has_opening = true;
        cell->opening = target->opening;
    }
}

static struct cell new_cell(const struct target *target, size_t index, size_t area) {
    return (struct cell){.target = index,
                         .area = area,
                         .goal_changed = DAY_NONE,
                         .due = target->due,
                         .due_original = target->due_original};
}

static int by_day(const void *a, const void *b) {
    const struct node *x = a, *y = b;
    return (x->day.n > y->day.n) - (x->day.n < y->day.n);
}

static void set_nodes(struct plan_draft *draft, struct cell *cell) {
    size_t count = 0, row = 0;
    while (draft_next_node(draft, cell->target, cell->area, &row)) count++;
    struct node *nodes = count ? arena_array(draft->arena, count, sizeof *nodes) : NULL;
    if (!nodes) return;
    for (const struct node_row *node; (node = draft_next_node(draft, cell->target, cell->area, &row));)
        nodes[cell->node_count++] = node->node;
    qsort(nodes, cell->node_count, sizeof *nodes, by_day);
    cell->nodes = nodes;
}

/* The sum over the county cells of one of their figures; 0 for a sum that does not fit. */
static struct decimal total(const struct cell *cells, size_t count, struct share (*of)(const struct cell *)) {
    struct decimal sum = {0, 0};
    for (size_t i = 0; i < count; i++) {
        struct share share = of(&cells[i]);
        if (share.has && !decimal_add_to(&sum, share.value)) return (struct decimal){0, 0};
    }
    return sum;
}

static struct share goal_of(const struct cell *cell) {
    return (struct share){cell->has_goal, cell->goal};
}
static struct share denominator_of(const struct cell *cell) {
    return (struct share){cell->has_denominator, cell->denominator};
}
static struct share opening_of(const struct cell *cell) {
    return (struct share){cell->has_opening && !cell->no_task, cell->opening};
}

/* The city's roll-up: the target's own value for sums and levels, the number of entities for per_entity. */
static void set_rollup(const struct target *target, struct cell *city, const struct cell *counties, size_t count) {
    city->rollup = true;
    if (target->kind == KIND_PER_ENTITY && count) {
        city->has_goal = true;
        city->goal = city->goal_original = total(counties, count, goal_of);
        city->has_denominator = true;
        city->denominator = city->goal;
    } else if (target->has_value && target->kind != KIND_MILESTONE && !goal_is_declared(target)) {
        city->has_goal = true;
        city->goal = city->goal_original = target->value;
    }
    if (!goal_is_declared(target) && count && counties[0].has_denominator) {
        city->has_denominator = true;
        city->denominator = total(counties, count, denominator_of);
    }
    if (is_sum(target)) {
        city->has_opening = true;
        city->opening = total(counties, count, opening_of);
    }
}

static void keep_sums(struct plan_draft *draft, struct target *target, const struct rows *rows) {
    if (!rows->goals || target->kind != KIND_CUMULATIVE) return;
    struct allocated *sum = &target->allocated;
    *sum = (struct allocated){.present = true,
                              .unallocated = rows->goals->unallocated,
                              .city = target->value,
                              .effective = rows->goals->effective,
                              .document = rows->goals->document};
    if (rows->goals->has_city) sum->city = rows->goals->city;
    for (size_t i = 0; i < draft->plan->area_count; i++)
        if (i != draft->plan->city && rows->goals->shares[i].has &&
            !decimal_add_to(&sum->shares, rows->goals->shares[i].value))
            findings_add(draft->findings, false, rows->goals->place, "%s: the sum of the shares does not fit 18 digits",
                         target->code);
}

static void check_shares(struct plan_draft *draft, const struct target *target, const struct rows *rows) {
    const struct plan *plan = draft->plan;
    for (size_t i = 0; rows->goals && target->areas && i < plan->area_count; i++)
        if (rows->goals->shares[i].has && rows->goals->shares[i].value.mantissa != 0 && !names_area(target, i))
            findings_add(draft->findings, false, rows->goals->place,
                         "%s has a share for %s, but its areas: do not name it; change one of them", target->code,
                         plan->areas[i].name);
    for (size_t i = 0; rows->goals && target->counted && i < plan->area_count; i++)
        if (rows->goals->shares[i].has && rows->goals->shares[i].value.scale > 0)
            findings_add(draft->findings, false, rows->goals->place,
                         "%s counts whole things, but the share of %s is not whole", target->code, plan->areas[i].name);
    if (goal_is_declared(target) && rows->goals && rows->denominators && rows->goals != rows->denominators)
        findings_add(draft->findings, false, rows->goals->place,
                     "%s stands in the allocation and in the denominators; keep one row", target->code);
}

static void make_target_cells(struct plan_draft *draft, size_t index) {
    struct plan *plan = draft->plan;
    struct target *target = &plan->targets[index];
    struct rows rows;
    find_rows(draft, index, &rows);
    check_shares(draft, target, &rows);
    keep_sums(draft, target, &rows);
    target->first_cell = plan->cell_count;
    bool city_rolls = plan->city != NO_INDEX && !is_addressed(plan, target, &rows, plan->city);
    struct cell *city = &plan->cells[plan->cell_count];
    if (city_rolls) {
        *city = new_cell(target, index, plan->city);
        plan->cell_count++;
    }
    for (size_t area = 0; area < plan->area_count; area++) {
        struct cell cell = new_cell(target, index, area);
        if (!is_addressed(plan, target, &rows, area) || !owe(plan, target, &rows, &cell)) continue;
        set_opening(target, &rows, &cell);
        plan->cells[plan->cell_count++] = cell;
    }
    if (city_rolls) set_rollup(target, city, city + 1, (size_t)(&plan->cells[plan->cell_count] - (city + 1)));
    target->cell_count = plan->cell_count - target->first_cell;
    for (size_t i = target->first_cell; i < plan->cell_count; i++)
        set_nodes(draft, &plan->cells[i]);
}

static void check_nodes(struct plan_draft *draft) {
    for (size_t i = 0; i < draft->node_count; i++) {
        const struct node_row *row = &draft->nodes[i];
        const struct target *target = &draft->plan->targets[row->target];
        size_t index = plan_find_cell(draft->plan, row->target, row->area);
        const struct cell *cell = index == NO_INDEX ? NULL : &draft->plan->cells[index];
        const char *area = draft->plan->areas[row->area].name;
        if (!cell || cell->no_task)
            findings_add(draft->findings, false, row->place, "%s has a node for %s, which has no task there",
                         target->code, area);
        else if (cell->has_goal && target->comparator == AT_LEAST && decimal_compare(row->node.value, cell->goal) > 0)
            findings_add(draft->findings, false, row->place, "%s: a node of %s lies above its goal", target->code,
                         area);
    }
}

void draft_make_cells(struct plan_draft *draft) {
    struct plan *plan = draft->plan;
    size_t most;
    if (__builtin_mul_overflow(plan->target_count, plan->area_count, &most)) return;
    plan->cells = arena_array(draft->arena, most, sizeof *plan->cells);
    if (!plan->cells) return;
    for (size_t i = 0; i < plan->target_count; i++)
        make_target_cells(draft, i);
    plan->has_allocation |= draft->allocation.count > 0;
    check_nodes(draft);
}
