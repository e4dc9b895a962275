/* The small plan as the aggregator holds it, and streams that speak in it, without a database. Included once a test. */
#ifndef DUBAN_TESTS_PROGRAMME_H
#define DUBAN_TESTS_PROGRAMME_H

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/file.h"
#include "services/aggregator/view.h"

enum { AREA_JIANGE = 11, AREA_CANGXI = 12, TARGET_AREA = 21, TARGET_LIST = 23, CELL_CANGXI = 31, CELL_JIANGE = 32 };

static inline struct plan *small_plan(void) {
    CLEAN(buffer_finish) struct buffer text = {0};
    CLEAN(findings_finish) struct findings findings = {0};
    struct error err = {0};
    struct plan *plan = NULL;
    cr_assert_eq(file_read(DUBAN_SOURCE_DIR "/deploy/plan/small.yaml", 1 << 20, &text, &err), ERROR_OK, "%s", err.message);
    const struct plan_text one = {"plan", "small.yaml", {buffer_text(&text), text.len}};
    cr_assert_eq(plan_read_on(&one, 1, (struct day){18627}, &plan, &findings), ERROR_OK);
    return plan;
}

static inline struct registry_name *names(size_t count, const int32_t *ids, const char *const *codes, size_t **by_id) {
    struct registry_name *out = calloc(count, sizeof *out);
    *by_id = calloc(count, sizeof **by_id);
    cr_assert(out && *by_id);
    for (size_t i = 0; i < count; i++) {
        out[i] = (struct registry_name){ids[i], strdup(codes[i])};
        (*by_id)[i] = i;
    }
    return out;
}

/* T01.2 is not in the registry: the database has not got it yet. */
static inline struct programme_view *small_programme(void) {
    static const char *const areas[] = {"510823", "510824"}, *const targets[] = {"T01", "T01.1", "T01.3"};
    static const int32_t area_ids[] = {AREA_JIANGE, AREA_CANGXI}, target_ids[] = {20, TARGET_AREA, TARGET_LIST};
    struct registry registry = {.area_count = 2, .target_count = 3, .cell_count = 2};
    registry.areas = names(2, area_ids, areas, &registry.areas_by_id);
    registry.targets = names(3, target_ids, targets, &registry.targets_by_id);
    registry.cells = calloc(2, sizeof *registry.cells);
    registry.cells[0] = (struct registry_cell){.target = TARGET_AREA, .area = AREA_JIANGE, .id = CELL_JIANGE};
    registry.cells[1] = (struct registry_cell){.target = TARGET_AREA, .area = AREA_CANGXI, .id = CELL_CANGXI};
    struct programme_view *view = NULL;
    struct error err = {0};
    cr_assert_eq(programme_view_make(1, 1, small_plan(), &registry, &view, &err), ERROR_OK, "%s", err.message);
    return view;
}

static inline struct day day_of(int year, int month, int day) {
    struct day out = DAY_NONE;
    cr_assert(day_make(year, month, day, &out));
    return out;
}

/* 3,000 square metres of repaired schools in Cangxi, as its own agent says it. */
static inline struct event good_event(void) {
    return (struct event){.kind = EVENT_FIGURE, .uid = {1}, .target = slice_of("T01.1"), .area = slice_of("510824"),
                          .as_of = day_of(2021, 6, 30), .figure = {.form = FIGURE_VALUE, .value = {3000, 0}},
                          .reported_at_ms = 1625100000000, .reporter = slice_of("苍溪县"), .note = slice_of("正常推进")};
}

#endif
