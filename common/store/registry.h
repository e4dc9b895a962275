/* Registry ids: the small numbers that stand for codes in events and cells. Read once a plan version; lookups are by
 * binary search and do not block. */
#ifndef DUBAN_STORE_REGISTRY_H
#define DUBAN_STORE_REGISTRY_H

#include "common/domain/plan.h"
#include "common/link/pg.h"

struct registry {
    struct registry_name {
        int32_t id;
        char *code;
    } * areas, *targets;            /* by code; targets hold tasks too */
    size_t *areas_by_id, *targets_by_id; /* indexes, by id */
    size_t area_count, target_count;
    struct registry_cell {
        int32_t target, area, id;
        bool rollup, retired;
    } * cells; /* by (target, area) */
    size_t cell_count;
};

__attribute__((warn_unused_result)) enum error_code registry_read(struct pg *pg, int32_t programme,
                                                                  struct registry *out, struct error *err);
/* The same out of the answers to the three statements below, each with $1 = programme (for a program that may not
 * block). */
extern const char registry_sql_areas[], registry_sql_targets[], registry_sql_cells[];
__attribute__((warn_unused_result)) enum error_code registry_take(const struct pg_rows *areas,
                                                                  const struct pg_rows *targets,
                                                                  const struct pg_rows *cells, struct registry *out,
                                                                  struct error *err);
void registry_finish(struct registry *registry);

int32_t registry_area(const struct registry *registry, struct slice code);   /* 0 = none */
int32_t registry_target(const struct registry *registry, struct slice code); /* 0 = none */
const char *registry_area_code(const struct registry *registry, int32_t id); /* "" = none */
const char *registry_target_code(const struct registry *registry, int32_t id);
/* 0 = none. Registry ids in, id of table cell out. */
int32_t registry_cell(const struct registry *registry, int32_t target, int32_t area);
/* The row of a cell id; NULL = none. */
const struct registry_cell *registry_cell_by_id(const struct registry *registry, int32_t cell);

/* ids[i] = table cell's id of plan->cells[i], 0 when the database has none. */
void registry_match_plan(const struct registry *registry, const struct plan *plan, int32_t *ids);

#endif
