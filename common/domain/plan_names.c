/* Finding things in a plan by what people call them. */
#include <string.h>

#include "common/base/text.h"
#include "common/domain/plan_draft.h"
#include "common/domain/plan_index.h"

static struct candidates areas_for(const struct plan *plan, struct slice text) {
    return candidates_of(plan->index ? &plan->index->areas : NULL, text, plan->area_count);
}
static struct candidates targets_for(const struct plan *plan, struct slice text) {
    return candidates_of(plan->index ? &plan->index->targets : NULL, text, plan->target_count);
}
static struct candidates units_for(const struct plan *plan, struct slice text) {
    return candidates_of(plan->index ? &plan->index->units : NULL, text, plan->unit_count);
}

/* Of several the first in the list. */
static size_t earlier(size_t found, size_t other) {
    return found == NO_INDEX || other < found ? other : found;
}

static bool loosely(struct slice text, const char *name) {
    return name && text_equal_loose(text.ptr, text.len, name, strlen(name));
}

size_t plan_find_target(const struct plan *plan, struct slice code) {
    struct candidates candidates = targets_for(plan, code);
    size_t found = NO_INDEX;
    for (size_t i; (i = candidates_next(&candidates)) != NO_INDEX;)
        if (slice_is(code, plan->targets[i].code)) found = earlier(found, i);
    return found;
}

size_t plan_find_task(const struct plan *plan, struct slice code) {
    for (size_t i = 0; i < plan->task_count; i++)
        if (slice_is(code, plan->tasks[i].code)) return i;
    return NO_INDEX;
}

size_t plan_find_area(const struct plan *plan, struct slice code) {
    struct candidates candidates = areas_for(plan, code);
    size_t found = NO_INDEX;
    for (size_t i; (i = candidates_next(&candidates)) != NO_INDEX;)
        if (slice_is(code, plan->areas[i].code)) found = earlier(found, i);
    return found;
}

static bool unit_is(const struct unit *unit, struct slice name) {
    if (slice_is(name, unit->name)) return true;
    for (size_t k = 0; k < unit->alias_count; k++)
        if (slice_is(name, unit->aliases[k])) return true;
    return false;
}

size_t plan_find_unit(const struct plan *plan, struct slice name) {
    struct candidates candidates = units_for(plan, name);
    size_t found = NO_INDEX;
    for (size_t i; (i = candidates_next(&candidates)) != NO_INDEX;)
        if (unit_is(&plan->units[i], name)) found = earlier(found, i);
    return found;
}

size_t plan_find_cell(const struct plan *plan, size_t target, size_t area) {
    if (target >= plan->target_count) return NO_INDEX;
    /* areas are kept city first, then by code, so the cells of a target are in order of their area */
    size_t low = plan->targets[target].first_cell, high = low + plan->targets[target].cell_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (plan->cells[middle].area == area) return middle;
        if (plan->cells[middle].area < area)
            low = middle + 1;
        else
            high = middle;
    }
    return NO_INDEX;
}

/* Collects matches: one is an answer, two are not. */
struct match {
    size_t found;
    bool several;
};

static void match_add(struct match *match, size_t index) {
    match->several |= match->found != NO_INDEX && match->found != index;
    match->found = index;
}

static size_t match_end(struct match match, bool *several) {
    if (several) *several = match.several;
    return match.several ? NO_INDEX : match.found;
}

size_t plan_target_named(const struct plan *plan, struct slice text, bool *several) {
    struct match match = {NO_INDEX, false};
    size_t coded = NO_INDEX;
    struct candidates candidates = targets_for(plan, text);
    for (size_t i; text.len && (i = candidates_next(&candidates)) != NO_INDEX;) {
        const struct target *target = &plan->targets[i];
        if (loosely(text, target->code)) coded = earlier(coded, i);
        if (loosely(text, target->name) || loosely(text, target->short_name)) match_add(&match, i);
    }
    return match_end(coded == NO_INDEX ? match : (struct match){coded, false}, several);
}

static bool alias_valid(const struct dated_alias *alias, struct day day) {
    if (!day_is(day)) return true;
    return (!day_is(alias->from) || alias->from.n <= day.n) && (!day_is(alias->to) || day.n <= alias->to.n);
}

static bool area_is_called(const struct area *area, struct slice text, struct day day) {
    if (loosely(text, area->code) || loosely(text, area->name) || loosely(text, area->short_name)) return true;
    for (size_t i = 0; i < area->alias_count; i++)
        if (alias_valid(&area->aliases[i], day) && loosely(text, area->aliases[i].name)) return true;
    return false;
}

size_t plan_area_named(const struct plan *plan, struct slice text, struct day day, bool *several) {
    struct match match = {NO_INDEX, false};
    struct candidates candidates = areas_for(plan, text);
    for (size_t i; text.len && (i = candidates_next(&candidates)) != NO_INDEX;)
        if (area_is_called(&plan->areas[i], text, day)) match_add(&match, i);
    return match_end(match, several);
}

size_t plan_area_written(const struct plan *plan, struct slice text) {
    struct match match = {NO_INDEX, false};
    struct candidates candidates = areas_for(plan, text);
    for (size_t i; text.len && (i = candidates_next(&candidates)) != NO_INDEX;) {
        const struct area *area = &plan->areas[i];
        if (slice_is(text, area->name) || slice_is(text, area->short_name) || slice_is(text, area->code))
            match_add(&match, i);
    }
    return match_end(match, NULL);
}

/* --- the nearest, for suggestions: compared in turn, so that no list is built --- */

struct nearest {
    const char *text;
    size_t distance;
};

static void nearer(struct nearest *best, const char *text, const char *candidate) {
    if (!candidate || !text_nearest(text, &candidate, 1)) return;
    size_t distance = text_distance(text, candidate);
    if (!best->text || distance < best->distance) *best = (struct nearest){candidate, distance};
}

const char *plan_nearest_unit(const struct plan *plan, const char *text) {
    struct nearest best = {NULL, 0};
    for (size_t i = 0; i < plan->unit_count; i++) {
        nearer(&best, text, plan->units[i].name);
        for (size_t k = 0; k < plan->units[i].alias_count; k++)
            nearer(&best, text, plan->units[i].aliases[k]);
    }
    return best.text;
}

const char *plan_nearest_area(const struct plan *plan, const char *text) {
    struct nearest best = {NULL, 0};
    for (size_t i = 0; i < plan->area_count; i++) {
        nearer(&best, text, plan->areas[i].code);
        nearer(&best, text, plan->areas[i].name);
        nearer(&best, text, plan->areas[i].short_name);
    }
    return best.text;
}

const char *plan_nearest_target(const struct plan *plan, const char *code) {
    struct nearest best = {NULL, 0};
    for (size_t i = 0; i < plan->target_count; i++)
        nearer(&best, code, plan->targets[i].code);
    return best.text;
}
