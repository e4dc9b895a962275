#include "services/aggregator/view.h"

#include <stdlib.h>
#include <string.h>

void programme_view_destroy(struct programme_view **view) {
    if (!*view) return;
    catalogue_destroy(&(*view)->catalogue);
    plan_destroy(&(*view)->plan);
    registry_finish(&(*view)->registry);
    free((*view)->target_ids);
    free((*view)->task_ids);
    free((*view)->area_ids);
    free((*view)->cell_ids);
    free((*view)->city_cells);
    free((*view)->marks);
    free(*view);
    *view = NULL;
}

static bool allocate(struct programme_view *view) {
    const struct plan *plan = view->plan;
    view->target_ids = calloc(plan->target_count + 1, sizeof *view->target_ids);
    view->task_ids = calloc(plan->task_count + 1, sizeof *view->task_ids);
    view->area_ids = calloc(plan->area_count + 1, sizeof *view->area_ids);
    view->cell_ids = calloc(plan->cell_count + 1, sizeof *view->cell_ids);
    view->city_cells = calloc(plan->target_count + 1, sizeof *view->city_cells);
    view->marks = calloc(plan->cell_count + 1, sizeof *view->marks);
    view->catalogue = catalogue_create(plan);
    return view->target_ids && view->task_ids && view->area_ids && view->cell_ids && view->city_cells && view->marks &&
           view->catalogue;
}

static void look_up_ids(struct programme_view *view) {
    const struct plan *plan = view->plan;
    const struct registry *registry = &view->registry;
    for (size_t i = 0; i < plan->area_count; i++)
        view->area_ids[i] = registry_area(registry, slice_of(plan->areas[i].code));
    for (size_t i = 0; i < plan->task_count; i++)
        view->task_ids[i] = registry_target(registry, slice_of(plan->tasks[i].code));
    int32_t city = plan->city == NO_INDEX ? 0 : view->area_ids[plan->city];
    for (size_t i = 0; i < plan->target_count; i++) {
        view->target_ids[i] = registry_target(registry, slice_of(plan->targets[i].code));
        view->city_cells[i] = city ? registry_cell(registry, view->target_ids[i], city) : 0;
    }
    registry_match_plan(registry, plan, view->cell_ids);
}

enum error_code programme_view_make(int32_t id, int32_t version, struct plan *plan, struct registry *registry,
                                    struct programme_view **out, struct error *err) {
    struct programme_view *view = calloc(1, sizeof *view);
    *out = NULL;
    if (!view) {
        plan_destroy(&plan);
        registry_finish(registry);
        return error_set(err, ERROR_MEMORY, "no memory for the plan");
    }
    view->id = id;
    view->version = version;
    view->plan = plan;
    view->registry = *registry;
    *registry = (struct registry){0};
    if (!allocate(view)) {
        programme_view_destroy(&view);
        return error_set(err, ERROR_MEMORY, "no memory for the plan");
    }
    look_up_ids(view);
    *out = view;
    return ERROR_OK;
}

int32_t programme_view_target(const struct programme_view *view, struct slice code) {
    size_t target = catalogue_target(view->catalogue, code);
    if (target != NO_INDEX) return view->target_ids[target];
    size_t task = catalogue_task(view->catalogue, code);
    return task != NO_INDEX ? view->task_ids[task] : registry_target(&view->registry, code);
}

int32_t programme_view_area(const struct programme_view *view, struct slice code) {
    size_t area = catalogue_area(view->catalogue, code);
    return area != NO_INDEX ? view->area_ids[area] : registry_area(&view->registry, code);
}

void view_finish(struct view *view) {
    keys_finish(&view->keys);
    streams_finish(&view->streams);
    for (size_t i = 0; i < view->programme_count; i++) programme_view_destroy(&view->programmes[i]);
    free(view->programmes);
    *view = (struct view){0};
}

struct programme_view *view_programme(const struct view *view, int32_t id) {
    for (size_t i = 0; i < view->programme_count; i++)
        if (view->programmes[i]->id == id) return view->programmes[i];
    return NULL;
}

bool view_admits(const struct view *view, const char *public_key) {
    const struct key_row *key = view->loaded ? keys_find(&view->keys, public_key) : NULL;
    return key && !instant_is(key->revoked_at) && key->stream_count > 0;
}
