#include "services/collector/extent.h"

#include <stdlib.h>
#include <string.h>

enum { NAMED_MAX = 3 };

/* A refused row has its place in the table all the same, where it says whose it is. */
static bool stands_in_file(const struct reading *reading) {
    return reading->target != NO_INDEX && reading->area != NO_INDEX && reading->kind != READING_TOTAL &&
           reading->kind != READING_EMPTY && reading->kind != READING_FOOTER;
}

void extent_take(const struct paper *paper, struct verdict *verdict) {
    const struct plan *plan = catalogue_plan(paper->catalogue);
    size_t cells = plan->target_count * plan->area_count;
    bool *seen = arena_array(verdict->arena, cells, sizeof *seen);
    struct buffer text = {0};
    verdict->extent = (struct extent){.cells = {"", 0}};
    for (size_t i = 0; seen && i < verdict->outcome_count; i++) {
        const struct reading *reading = &verdict->outcomes[i].reading;
        if (!stands_in_file(reading)) continue;
        seen[reading->target * plan->area_count + reading->area] = true;
        verdict->extent.figures += reading->kind == READING_FIGURE;
    }
    for (size_t i = 0; seen && i < cells; i++)
        if (seen[i])
            buffer_printf(&text, "%s %s\n", plan->targets[i / plan->area_count].code,
                          plan->areas[i % plan->area_count].code);
    verdict->extent.cells = slice_of(arena_text(verdict->arena, buffer_text(&text), text.len));
    buffer_finish(&text);
}

static bool next_line(const char **at, struct slice *line) {
    const char *end = strchr(*at, '\n');
    if (!end) return false;
    *line = (struct slice){*at, (size_t)(end - *at) + 1};
    *at = end + 1;
    return true;
}

static bool holds(struct slice cells, struct slice line) {
    for (const char *at = cells.ptr, *end = cells.ptr + cells.len;
         (at = memmem(at, (size_t)(end - at), line.ptr, line.len)); at++)
        if (at == cells.ptr || at[-1] == '\n') return true;
    return false;
}

/* The line's area, when no cell of the file is about it. */
static const struct area *lost_area(const struct plan *plan, struct slice cells, struct slice line) {
    const char *space = memchr(line.ptr, ' ', line.len);
    if (!space) return NULL;
    struct slice ending = {space, line.len - (size_t)(space - line.ptr)};
    if (memmem(cells.ptr, cells.len, ending.ptr, ending.len)) return NULL;
    size_t area = plan_find_area(plan, (struct slice){space + 1, ending.len - 2});
    return area == NO_INDEX ? NULL : &plan->areas[area];
}

/* "T06.1旺苍县" */
static const char *cell_words(struct arena *arena, const struct plan *plan, struct slice line) {
    const char *space = memchr(line.ptr, ' ', line.len);
    size_t target = space ? (size_t)(space - line.ptr) : line.len, rest = space ? line.len - target - 2 : 0;
    size_t area = space ? plan_find_area(plan, (struct slice){space + 1, rest}) : NO_INDEX;
    return say(arena, "%.*s%s", (int)target, line.ptr, area == NO_INDEX ? "" : plan->areas[area].name);
}

bool extent_is_part(const struct verdict *verdict, const struct source_extent *last) {
    const char *at = buffer_text(&last->cells);
    size_t common = 0, all = 0;
    for (struct slice line; last->found && next_line(&at, &line); all++)
        common += holds(verdict->extent.cells, line);
    return common > 0 && 2 * common < all;
}

const char *extent_loss(const struct paper *paper, const struct verdict *verdict, const struct source_extent *last) {
    const struct plan *plan = catalogue_plan(paper->catalogue);
    struct slice cells = verdict->extent.cells, line;
    const char *counties = "", *cells_lost = "", *at = buffer_text(&last->cells);
    size_t common = 0, lost = 0, named = 0;
    while (last->found && next_line(&at, &line)) {
        if (holds(cells, line)) {
            common++;
            continue;
        }
        const struct area *area = lost_area(plan, cells, line);
        if (lost++ < NAMED_MAX)
            cells_lost = say(verdict->arena, "%s%s%s", cells_lost, *cells_lost ? "、" : "",
                             cell_words(verdict->arena, plan, line));
        if (!area || strstr(counties, area->name) || named++ >= NAMED_MAX) continue;
        counties = say(verdict->arena, "%s%s%s", counties, *counties ? "、" : "", area->name);
    }
    if (common == 0) return NULL;
    if (*counties) return say(verdict->arena, "上一份有%s，这一份没有", counties);
    if (lost) return say(verdict->arena, "比上一份少%zu项：%s%s", lost, cells_lost, lost > NAMED_MAX ? "等" : "");
    return verdict->extent.figures < last->figures ? say(verdict->arena, "上一份有%lld个数，这一份只有%lld个",
                                                         (long long)last->figures, (long long)verdict->extent.figures)
                                                   : NULL;
}
