#include "common/domain/catalogue.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/domain/catalogue_index.h"

/* --- the index --- */

static uint32_t hash_of(const char *text, size_t len) {
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)text[i]) * 16777619u;
    return hash;
}

static bool names_create(struct name_index *names, size_t count) {
    size_t size = 8;
    while (size < count * 2)
        size *= 2;
    names->slots = calloc(size, sizeof *names->slots);
    names->mask = size - 1;
    return names->slots != NULL;
}

static struct name_slot *names_slot(const struct name_index *names, const char *text, size_t len) {
    size_t at = hash_of(text, len) & names->mask;
    while (names->slots[at].name && (names->slots[at].len != len || memcmp(names->slots[at].name, text, len) != 0))
        at = (at + 1) & names->mask;
    return &names->slots[at];
}

static void names_add(struct name_index *names, const char *name, size_t index) {
    struct name_slot *slot = names_slot(names, name, strlen(name));
    if (!slot->name) *slot = (struct name_slot){name, strlen(name), index};
}

static size_t names_find(const struct name_index *names, struct slice text) {
    if (!text.ptr) return NO_INDEX;
    const struct name_slot *slot = names_slot(names, text.ptr, text.len);
    return slot->name ? slot->index : NO_INDEX;
}

static size_t count_unit_names(const struct plan *plan) {
    size_t count = plan->unit_count;
    for (size_t i = 0; i < plan->unit_count; i++)
        count += plan->units[i].alias_count;
    return count;
}

static void index_names(struct catalogue *catalogue) {
    const struct plan *plan = catalogue->plan;
    for (size_t i = 0; i < plan->target_count; i++)
        names_add(&catalogue->targets, plan->targets[i].code, i);
    for (size_t i = 0; i < plan->task_count; i++)
        names_add(&catalogue->tasks, plan->tasks[i].code, i);
    for (size_t i = 0; i < plan->area_count; i++)
        names_add(&catalogue->areas, plan->areas[i].code, i);
    for (size_t i = 0; i < plan->unit_count; i++) {
        names_add(&catalogue->units, plan->units[i].name, i);
        for (size_t k = 0; k < plan->units[i].alias_count; k++)
            names_add(&catalogue->units, plan->units[i].aliases[k], i);
    }
}

/* The years a figure may be about: from that of the earliest day of the plan to the year after its last. */
static void find_years(struct catalogue *catalogue) {
    const struct plan *plan = catalogue->plan;
    struct day first = plan->start, last = plan->start;
    int year, month, mday;
    for (size_t i = 0; i < plan->target_count; i++) {
        const struct target *target = &plan->targets[i];
        if (day_is(target->from) && target->from.n < first.n) first = target->from;
        if (day_is(target->due) && target->due.n > last.n) last = target->due;
    }
    day_split(first, &year, &month, &mday);
    catalogue->first_day = first;
    if (!day_make(year, 1, 1, &catalogue->first_day)) catalogue->first_day = first;
    day_split(last, &year, &month, &mday);
    catalogue->last_day = last;
    if (!day_make(year + 1, 12, 31, &catalogue->last_day)) catalogue->last_day = last;
}

struct catalogue *catalogue_create(const struct plan *plan) {
    CLEAN(catalogue_destroy) struct catalogue *catalogue = calloc(1, sizeof *catalogue);
    size_t places;
    if (!catalogue || __builtin_mul_overflow(plan->target_count, plan->area_count, &places)) return NULL;
    catalogue->plan = plan;
    catalogue->cells = malloc((places ? places : 1) * sizeof *catalogue->cells);
    if (!catalogue->cells || !names_create(&catalogue->targets, plan->target_count) ||
        !names_create(&catalogue->tasks, plan->task_count) || !names_create(&catalogue->areas, plan->area_count) ||
        !names_create(&catalogue->units, count_unit_names(plan)))
        return NULL;
    index_names(catalogue);
    for (size_t i = 0; i < places; i++)
        catalogue->cells[i] = NO_INDEX;
    for (size_t i = 0; i < plan->cell_count; i++)
        catalogue->cells[plan->cells[i].target * plan->area_count + plan->cells[i].area] = i;
    find_years(catalogue);
    return TAKE(catalogue);
}

void catalogue_destroy(struct catalogue **catalogue) {
    if (!*catalogue) return;
    free((*catalogue)->targets.slots);
    free((*catalogue)->tasks.slots);
    free((*catalogue)->areas.slots);
    free((*catalogue)->units.slots);
    free((*catalogue)->cells);
    plan_destroy(&(*catalogue)->owned);
    free(*catalogue);
    *catalogue = NULL;
}

const struct plan *catalogue_plan(const struct catalogue *catalogue) {
    return catalogue->plan;
}
size_t catalogue_target(const struct catalogue *catalogue, struct slice code) {
    return names_find(&catalogue->targets, code);
}
size_t catalogue_task(const struct catalogue *catalogue, struct slice code) {
    return names_find(&catalogue->tasks, code);
}
size_t catalogue_area(const struct catalogue *catalogue, struct slice code) {
    return names_find(&catalogue->areas, code);
}
size_t catalogue_cell(const struct catalogue *catalogue, size_t target, size_t area) {
    const struct plan *plan = catalogue->plan;
    return target < plan->target_count && area < plan->area_count ? catalogue->cells[target * plan->area_count + area]
                                                                  : NO_INDEX;
}
size_t catalogue_unit(const struct catalogue *catalogue, struct slice name) {
    return names_find(&catalogue->units, name);
}
