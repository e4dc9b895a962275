/* Facts whose cells, streams and alerts stand as a test sets them: no database, no replay. Included once a test. */
#ifndef DUBAN_TESTS_BOARD_FACTS_SCENE_H
#define DUBAN_TESTS_BOARD_FACTS_SCENE_H

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "services/board/document.h"

struct scene {
    struct plan *plan;
    struct facts facts;
};

static inline struct day on(const char *text) {
    struct day out;
    cr_assert(day_parse(text, strlen(text), &out), "%s", text);
    return out;
}

static inline struct instant at(const char *text) {
    struct instant out;
    cr_assert(instant_parse(text, strlen(text), &out), "%s", text);
    return out;
}

/* As of the day of known_at; the newest closed period is October 2021, owed by the 5th of November. Yesterday's cells
 * (changes.before) stand as today's until a test says otherwise. */
static inline void scene_init(struct scene *scene, const char *plan, const char *known_at) {
    CLEAN(findings_finish) struct findings findings = {0};
    struct plan_text text = {.role = "plan", .name = "p", .bytes = slice_of(plan)};
    *scene = (struct scene){0};
    cr_assert_eq(plan_read(&text, 1, &scene->plan, &findings), ERROR_OK, "%s",
                 findings.count ? findings.items[0].message : "");
    struct view *view = &scene->facts.view;
    struct morning *morning = &scene->facts.morning;
    view->plan = scene->plan;
    view->stored.version = 3;
    view->rules = *rules_shipped();
    view->moment.known_at = at(known_at);
    view->moment.as_of = instant_day(view->moment.known_at);
    view->cells = calloc(scene->plan->cell_count + 1, sizeof *view->cells);
    view->events = calloc(scene->plan->cell_count + 1, sizeof *view->events);
    *morning = (struct morning){
        .view = view,
        .now = view->moment.known_at,
        .words = calloc(scene->plan->task_count + 1, sizeof *morning->words),
        .period = {.first = on("2021-10-01"), .last = on("2021-10-31"), .closing = on("2021-11-05")}};
    morning->changes.view = view;
    morning->changes.since = changes_last_workday(view);
    morning->changes.before = calloc(scene->plan->cell_count + 1, sizeof *morning->changes.before);
    morning->changes.items = calloc(scene->plan->cell_count + 1, sizeof *morning->changes.items);
    morning->sent = (struct sent){.since = morning->changes.since.as_of, .counts.next = INSTANT_NONE};
    cr_assert(view->cells && view->events && morning->words && morning->changes.before && morning->changes.items);
    for (size_t i = 0; i < scene->plan->cell_count; i++)
        view->cells[i] = (struct assessment){.rules = &view->rules,
                                             .rule = "on_plan",
                                             .state = STATE_ON_PLAN,
                                             .light = LIGHT_BLUE,
                                             .proposed = LIGHT_BLUE,
                                             .computed_light = LIGHT_BLUE,
                                             .light_since = DAY_NONE,
                                             .figure_as_of = DAY_NONE,
                                             .figure_event = NO_INDEX,
                                             .override_until = DAY_NONE,
                                             .overdue_since = DAY_NONE,
                                             .due = scene->plan->cells[i].due,
                                             .due_original = scene->plan->cells[i].due_original,
                                             .forecast.refused = FORECAST_NO_FIGURE,
                                             .report_state = REPORT_ON_TIME,
                                             .report_period = morning->period};
    memcpy(morning->changes.before, view->cells, scene->plan->cell_count * sizeof *view->cells);
}

static inline void scene_finish(struct scene *scene) {
    free(scene->facts.view.cells);
    free(scene->facts.view.events);
    free(scene->facts.morning.words);
    free(scene->facts.morning.changes.before);
    free(scene->facts.morning.changes.items);
    plan_destroy(&scene->plan);
}

static inline size_t cell_at(const struct scene *scene, const char *target, const char *area) {
    size_t t = plan_find_target(scene->plan, slice_of(target)), a = plan_find_area(scene->plan, slice_of(area));
    size_t cell = t == NO_INDEX || a == NO_INDEX ? NO_INDEX : plan_find_cell(scene->plan, t, a);
    cr_assert_neq(cell, NO_INDEX, "%s %s", target, area);
    return cell;
}

static inline struct assessment *now_of(struct scene *scene, const char *target, const char *area) {
    return &scene->facts.view.cells[cell_at(scene, target, area)];
}

/* 35.3 points behind by the newest report: red as computed, yellow as shown, not released. */
static inline void set_unreleased_red(struct assessment *cell) {
    cell->has_value = true;
    strcpy(cell->value_text, "24.6");
    cell->value = (struct decimal){246, 1};
    cell->figure = (struct figure){.form = FIGURE_VALUE, .value = {246, 1}};
    cell->figure_as_of = on("2021-09-30");
    cell->figure_known_at = at("2021-10-08T09:00:00+08:00");
    cell->has_planned = true;
    cell->planned = (struct decimal){465, 1};
    cell->has_deviation = true;
    cell->deviation_tenths = -353;
    cell->state = STATE_BEHIND;
    cell->light = LIGHT_YELLOW;
    cell->proposed = cell->computed_light = LIGHT_RED;
    cell->rule = "points_30";
}

/* What another module would have found: a change of this cell. */
static inline void note_change(struct scene *scene, size_t cell) {
    struct changes *changes = &scene->facts.morning.changes;
    cr_assert(change_between((struct change_sides){&changes->before[cell], &scene->facts.view.cells[cell]}, cell,
                             &changes->items[changes->count]));
    changes->count++;
}

static const struct scope office = {.role = ROLE_OFFICE}, viewer = {.role = ROLE_VIEWER};

/* "tasks.0.cells.2.light" of a document as text; "" when it is not there or null. Numbers and booleans as JSON. */
static inline const char *said(const json_t *json, const char *path) {
    static char text[512];
    char part[64];
    while (json && *path) {
        size_t len = strcspn(path, ".");
        snprintf(part, sizeof part, "%.*s", (int)len, path);
        json = json_is_array(json) ? json_array_get(json, (size_t)atoi(part)) : json_object_get(json, part);
        path += len + (path[len] == '.');
    }
    if (!json || json_is_null(json)) return "";
    if (json_is_string(json)) return json_string_value(json);
    char *dumped = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);
    snprintf(text, sizeof text, "%s", dumped);
    free(dumped);
    return text;
}

static inline void json_drop(json_t **json) {
    json_decref(*json);
}

static inline json_t *made(document_maker *maker, const struct scene *scene, const struct scope *scope,
                           const struct document_request *request) {
    static const struct document_request nothing;
    struct error err = {0};
    json_t *document = maker(&scene->facts, scope, request ? request : &nothing, &err);
    cr_assert(document, "%s: %s", err.place, err.message);
    return document;
}

#endif
