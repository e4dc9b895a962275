/* The inside of a catalogue: shared by its index (catalogue.c), its checks (catalogue_check.c) and its reader. */
#ifndef DUBAN_DOMAIN_CATALOGUE_INDEX_H
#define DUBAN_DOMAIN_CATALOGUE_INDEX_H

#include "common/domain/catalogue.h"

struct name_slot {
    const char *name; /* NULL = free */
    size_t len, index;
};
struct name_index { /* open addressing, at most half full */
    struct name_slot *slots;
    size_t mask;
};
struct catalogue {
    const struct plan *plan;
    struct plan *owned; /* NULL when the plan is borrowed */
    struct name_index targets, tasks, areas, units;
    size_t *cells;                  /* target × area; NO_INDEX = none */
    struct day first_day, last_day; /* that a figure may be about */
};

size_t catalogue_unit(const struct catalogue *catalogue, struct slice name); /* name or alias */

#endif
