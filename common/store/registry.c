#include "common/store/registry.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"

const char registry_sql_areas[] = "SELECT id, code FROM area WHERE $1::int IS NOT NULL ORDER BY code COLLATE \"C\"";
const char registry_sql_targets[] = "SELECT id, code FROM target WHERE programme = $1 ORDER BY code COLLATE \"C\"";
const char registry_sql_cells[] =
    "SELECT target, area, id, rollup, retired FROM cell WHERE programme = $1 ORDER BY target, area";

static bool take_names(const struct pg_rows *rows, struct registry_name **names, size_t *count) {
    size_t n = pg_count(rows);
    *names = calloc(n + 1, sizeof **names);
    for (size_t i = 0; *names && i < n; i++) {
        (*names)[i] = (struct registry_name){(int32_t)pg_int(rows, i, 0), strdup(pg_text(rows, i, 1))};
        if (!(*names)[i].code) return false;
        *count = i + 1;
    }
    return *names != NULL;
}

static int by_id(const void *a, const void *b, void *names) {
    const struct registry_name *all = names;
    int32_t x = all[*(const size_t *)a].id, y = all[*(const size_t *)b].id;
    return (x > y) - (x < y);
}

static bool index_names(struct registry_name *names, size_t count, size_t **order) {
    *order = calloc(count + 1, sizeof **order);
    if (!*order) return false;
    for (size_t i = 0; i < count; i++) (*order)[i] = i;
    qsort_r(*order, count, sizeof **order, by_id, names);
    return true;
}

enum error_code registry_take(const struct pg_rows *areas, const struct pg_rows *targets, const struct pg_rows *cells,
                              struct registry *out, struct error *err) {
    *out = (struct registry){0};
    bool whole = take_names(areas, &out->areas, &out->area_count) &&
                 take_names(targets, &out->targets, &out->target_count) &&
                 index_names(out->areas, out->area_count, &out->areas_by_id) &&
                 index_names(out->targets, out->target_count, &out->targets_by_id);
    out->cells = whole ? calloc(pg_count(cells) + 1, sizeof *out->cells) : NULL;
    if (!out->cells) {
        registry_finish(out);
        return error_set(err, ERROR_MEMORY, "no memory");
    }
    for (size_t i = 0; i < pg_count(cells); i++)
        out->cells[out->cell_count++] =
            (struct registry_cell){(int32_t)pg_int(cells, i, 0), (int32_t)pg_int(cells, i, 1),
                                   (int32_t)pg_int(cells, i, 2), pg_bool(cells, i, 3), pg_bool(cells, i, 4)};
    return ERROR_OK;
}

enum error_code registry_read(struct pg *pg, int32_t programme, struct registry *out, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows areas = {0}, targets = {0}, cells = {0};
    *out = (struct registry){0};
    pg_put_int(&params, programme);
    enum error_code code = pg_run(pg, registry_sql_areas, &params, &areas, err);
    if (code == ERROR_OK) code = pg_run(pg, registry_sql_targets, &params, &targets, err);
    if (code == ERROR_OK) code = pg_run(pg, registry_sql_cells, &params, &cells, err);
    return code == ERROR_OK ? registry_take(&areas, &targets, &cells, out, err) : code;
}

static void free_names(struct registry_name *names, size_t count) {
    for (size_t i = 0; names && i < count; i++) free(names[i].code);
    free(names);
}

void registry_finish(struct registry *registry) {
    free_names(registry->areas, registry->area_count);
    free_names(registry->targets, registry->target_count);
    free(registry->areas_by_id);
    free(registry->targets_by_id);
    free(registry->cells);
    *registry = (struct registry){0};
}

static int compare(struct slice code, const char *name) {
    size_t len = strlen(name), least = code.len < len ? code.len : len;
    int order = memcmp(code.ptr, name, least);
    if (order) return order;
    return (code.len > len) - (code.len < len);
}

static int32_t find_code(const struct registry_name *names, size_t count, struct slice code) {
    size_t low = 0, high = code.ptr ? count : 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare(code, names[middle].code);
        if (order == 0) return names[middle].id;
        if (order < 0) high = middle;
        else low = middle + 1;
    }
    return 0;
}

int32_t registry_area(const struct registry *registry, struct slice code) {
    return find_code(registry->areas, registry->area_count, code);
}
int32_t registry_target(const struct registry *registry, struct slice code) {
    return find_code(registry->targets, registry->target_count, code);
}

static const char *find_id(const struct registry_name *names, const size_t *order, size_t count, int32_t id) {
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct registry_name *name = &names[order[middle]];
        if (name->id == id) return name->code;
        if (id < name->id) high = middle;
        else low = middle + 1;
    }
    return "";
}

const char *registry_area_code(const struct registry *registry, int32_t id) {
    return find_id(registry->areas, registry->areas_by_id, registry->area_count, id);
}
const char *registry_target_code(const struct registry *registry, int32_t id) {
    return find_id(registry->targets, registry->targets_by_id, registry->target_count, id);
}

int32_t registry_cell(const struct registry *registry, int32_t target, int32_t area) {
    size_t low = 0, high = registry->cell_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct registry_cell *cell = &registry->cells[middle];
        if (cell->target == target && cell->area == area) return cell->id;
        if (target < cell->target || (target == cell->target && area < cell->area)) high = middle;
        else low = middle + 1;
    }
    return 0;
}

const struct registry_cell *registry_cell_by_id(const struct registry *registry, int32_t cell) {
    for (size_t i = 0; i < registry->cell_count; i++)
        if (registry->cells[i].id == cell) return &registry->cells[i];
    return NULL;
}

void registry_match_plan(const struct registry *registry, const struct plan *plan, int32_t *ids) {
    for (size_t i = 0; i < plan->cell_count; i++) {
        int32_t target = registry_target(registry, slice_of(plan->targets[plan->cells[i].target].code));
        int32_t area = registry_area(registry, slice_of(plan->areas[plan->cells[i].area].code));
        ids[i] = registry_cell(registry, target, area);
    }
}
