/* Names by what they look like: a table of everything areas, targets and units are called, so that a plan of the whole
 * country asks a handful of candidates for a name and not thousands. A candidate may be none (two names can share a
 * place): plan_names.c asks it. Built once, in the plan's arena; a list without an index is searched from end to end.
 * Nothing outside common/domain/plan*.c and catalogue_read.c includes this. Pure. */
#ifndef DUBAN_DOMAIN_PLAN_INDEX_H
#define DUBAN_DOMAIN_PLAN_INDEX_H

#include "common/domain/plan.h"

struct loose_index {
    struct loose_entry {
        uint64_t hash;  /* text_hash_loose of the name */
        size_t whose;   /* the area, target or unit */
        uint32_t next;  /* in the same bucket, + 1; 0 = the last */
    } *entries;
    uint32_t *buckets; /* + 1; 0 = empty */
    size_t count, capacity, bucket_count; /* of a power of two */
};
struct plan_index {
    struct loose_index areas, targets, units;
};

/* To be called when the areas (all of a plan's) have got their places; and when no name is changed any more. Without
 * memory there is no index, and the arena says so. */
void plan_index_areas(struct plan *plan);
void plan_index_rest(struct plan *plan);

/* Walks the candidates for a text, or everything when index is NULL: start with zeroes, NO_INDEX = no more. One may
 * come twice. */
struct candidates {
    const struct loose_index *index;
    uint64_t hash;
    size_t next, count; /* next: an entry + 1, or a place in the list */
};
struct candidates candidates_of(const struct loose_index *index, struct slice text, size_t count);
size_t candidates_next(struct candidates *candidates);

#endif
