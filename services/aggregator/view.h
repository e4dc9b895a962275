/* What the aggregator knows of the database: keys, streams, and for each programme its plan as catalogue with the
 * registry ids beside it. A snapshot: replaced as a whole, never changed. Nothing blocks. */
#ifndef DUBAN_AGGREGATOR_VIEW_H
#define DUBAN_AGGREGATOR_VIEW_H

#include "common/domain/catalogue.h"
#include "common/store/key.h"
#include "common/store/registry.h"
#include "common/store/stream.h"

struct programme_view {
    int32_t id, version;
    struct plan *plan;
    struct catalogue *catalogue;
    struct registry registry;
    /* by index of the plan's arrays; 0 = the database has none */
    int32_t *target_ids, *task_ids, *area_ids, *cell_ids;
    int32_t *city_cells; /* by target: the whole city's cell */
    /* of the group being filled: which cells it has touched already */
    struct cell_mark {
        uint32_t woken, city_woken, current; /* the group's number */
        uint32_t slot;                       /* in the group's list of current figures */
    } * marks;
};
/* Takes plan and registry, also when it fails. */
__attribute__((warn_unused_result)) enum error_code programme_view_make(int32_t id, int32_t version, struct plan *plan,
                                                                        struct registry *registry,
                                                                        struct programme_view **out, struct error *err);
void programme_view_destroy(struct programme_view **view);
/* The registry id of a target's or task's code, of an area's; 0 = none. */
int32_t programme_view_target(const struct programme_view *view, struct slice code);
int32_t programme_view_area(const struct programme_view *view, struct slice code);

struct view {
    bool loaded; /* without it nobody enters */
    struct key_list keys;
    struct streams streams;
    struct programme_view **programmes;
    size_t programme_count;
};
void view_finish(struct view *view);
struct programme_view *view_programme(const struct view *view, int32_t id); /* NULL: no plan yet */
/* For ZAP: may this key enter at all? */
bool view_admits(const struct view *view, const char *public_key);

#endif
