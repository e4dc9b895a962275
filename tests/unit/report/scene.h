/* A morning whose cells stand as a test sets them: no database, no replay. Included once a test. */
#ifndef DUBAN_TESTS_REPORT_SCENE_H
#define DUBAN_TESTS_REPORT_SCENE_H

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/report/morning.h"

struct scene {
    struct plan *plan;
    struct view view;
    struct morning morning;
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

/* As of the day of known_at; the newest closed period is October 2021, owed by the 5th. */
static inline void scene_init(struct scene *scene, const char *plan, const char *known_at) {
    CLEAN(findings_finish) struct findings findings = {0};
    struct plan_text text = {.role = "plan", .name = "p", .bytes = slice_of(plan)};
    *scene = (struct scene){0};
    cr_assert_eq(plan_read(&text, 1, &scene->plan, &findings), ERROR_OK, "%s",
                 findings.count ? findings.items[0].message : "");
    scene->view.plan = scene->plan;
    scene->view.stored.version = 3;
    scene->view.rules = *rules_shipped();
    scene->view.moment.known_at = at(known_at);
    scene->view.moment.as_of = instant_day(scene->view.moment.known_at);
    scene->view.cells = calloc(scene->plan->cell_count, sizeof *scene->view.cells);
    scene->view.events = calloc(scene->plan->cell_count, sizeof *scene->view.events);
    scene->morning =
        (struct morning){.view = &scene->view,
                         .words = calloc(scene->plan->task_count, sizeof *scene->morning.words),
                         .period = {.first = on("2021-10-01"), .last = on("2021-10-31"), .closing = on("2021-11-05")}};
    scene->morning.changes.since = changes_last_workday(&scene->view);
    scene->morning.sent = (struct sent){.since = scene->morning.changes.since.as_of, .counts.next = INSTANT_NONE};
    cr_assert(scene->view.cells && scene->view.events && scene->morning.words);
}

static inline void scene_finish(struct scene *scene) {
    free(scene->view.cells);
    free(scene->view.events);
    free(scene->morning.words);
    plan_destroy(&scene->plan);
}

static inline size_t cell_of(const struct scene *scene, const char *target, const char *area) {
    size_t cell = NO_INDEX;
    struct error err = {0};
    cr_assert_eq(view_find(scene->plan, target, area, on("2021-11-08"), &cell, &err), ERROR_OK, "%s", err.message);
    return cell;
}

#endif
