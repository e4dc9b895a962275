#include "common/domain/plan_index.h"

#include <string.h>

#include "common/base/text.h"
#include "common/domain/arena.h"

/* --- building --- */

static bool make(struct arena *arena, struct loose_index *index, size_t names) {
    size_t buckets = 16;
    while (buckets < names * 2 && buckets < SIZE_MAX / 4) buckets *= 2;
    *index = (struct loose_index){.capacity = names, .bucket_count = buckets};
    index->entries = arena_array(arena, names, sizeof *index->entries);
    index->buckets = arena_array(arena, buckets, sizeof *index->buckets);
    return index->entries && index->buckets && names < UINT32_MAX;
}

static void add(struct loose_index *index, const char *name, size_t whose) {
    if (!name || index->count == index->capacity) return;
    uint64_t hash = text_hash_loose(name, strlen(name));
    uint32_t *bucket = &index->buckets[hash & (index->bucket_count - 1)];
    index->entries[index->count++] = (struct loose_entry){hash, whose, *bucket};
    *bucket = (uint32_t)index->count;
}

static struct plan_index *index_of(struct plan *plan) {
    return plan->index ? plan->index : arena_array(plan->arena, 1, sizeof *plan->index);
}

void plan_index_areas(struct plan *plan) {
    struct plan_index *index = index_of(plan);
    size_t names = plan->area_count * 3;
    for (size_t i = 0; i < plan->area_count; i++) names += plan->areas[i].alias_count;
    if (!index || !make(plan->arena, &index->areas, names)) return;
    for (size_t i = 0; i < plan->area_count; i++) {
        const struct area *area = &plan->areas[i];
        add(&index->areas, area->code, i);
        add(&index->areas, area->name, i);
        add(&index->areas, area->short_name, i);
        for (size_t k = 0; k < area->alias_count; k++) add(&index->areas, area->aliases[k].name, i);
    }
    plan->index = index;
}

static bool index_targets(const struct plan *plan, struct loose_index *index) {
    if (!make(plan->arena, index, plan->target_count * 3)) return false;
    for (size_t i = 0; i < plan->target_count; i++) {
        add(index, plan->targets[i].code, i);
        add(index, plan->targets[i].name, i);
        add(index, plan->targets[i].short_name, i);
    }
    return true;
}

static bool index_units(const struct plan *plan, struct loose_index *index) {
    size_t names = plan->unit_count;
    for (size_t i = 0; i < plan->unit_count; i++) names += plan->units[i].alias_count;
    if (!make(plan->arena, index, names)) return false;
    for (size_t i = 0; i < plan->unit_count; i++) {
        add(index, plan->units[i].name, i);
        for (size_t k = 0; k < plan->units[i].alias_count; k++) add(index, plan->units[i].aliases[k], i);
    }
    return true;
}

void plan_index_rest(struct plan *plan) {
    struct loose_index targets, units;
    if (!plan->index || !index_targets(plan, &targets) || !index_units(plan, &units)) return;
    plan->index->targets = targets;
    plan->index->units = units;
}

/* --- asking --- */

struct candidates candidates_of(const struct loose_index *index, struct slice text, size_t count) {
    if (!index || !index->buckets) return (struct candidates){.count = count};
    uint64_t hash = text_hash_loose(text.ptr, text.len);
    return (struct candidates){.index = index, .hash = hash, .next = index->buckets[hash & (index->bucket_count - 1)]};
}

size_t candidates_next(struct candidates *candidates) {
    if (!candidates->index) return candidates->next < candidates->count ? candidates->next++ : NO_INDEX;
    while (candidates->next) {
        const struct loose_entry *entry = &candidates->index->entries[candidates->next - 1];
        candidates->next = entry->next;
        if (entry->hash == candidates->hash) return entry->whose;
    }
    return NO_INDEX;
}
