#include "services/alerter/subject.h"

#include <stdlib.h>

#include "common/base/cleanup.h"

void subjects_close(const struct docket *docket, bool *wanted) {
    const struct plan *plan = docket->plan;
    for (size_t t = 0; t < plan->target_count; t++) {
        const struct target *target = &plan->targets[t];
        bool rollup = false;
        for (size_t i = target->first_cell; i < target->first_cell + target->cell_count; i++)
            rollup = rollup || (wanted[i] && plan->cells[i].rollup);
        for (size_t i = target->first_cell; rollup && i < target->first_cell + target->cell_count; i++)
            wanted[i] = docket->cell_ids[i] != 0;
    }
}

static enum error_code assess_rollups(const struct docket *docket, const struct assess_context *context,
                                      struct subjects *out, struct assess_scratch *scratch, struct error *err) {
    AUTO_FREE struct assessment *counties = calloc(out->count ? out->count : 1, sizeof *counties);
    if (!counties) return error_set(err, ERROR_MEMORY, "out of memory for a roll-up");
    for (size_t i = 0; i < out->count; i++) {
        const struct cell *city = &docket->plan->cells[out->items[i].index];
        if (!city->rollup) continue;
        size_t count = 0;
        for (size_t k = 0; k < out->count; k++) {
            const struct cell *county = &docket->plan->cells[out->items[k].index];
            if (k != i && county->target == city->target && !county->rollup)
                counties[count++] = out->items[k].assessment; /* borrowed for the call */
        }
        assess_rollup(context, city, counties, count, out->items[i].events, out->items[i].event_count, scratch,
                      &out->items[i].assessment);
        out->items[i].assessed = true;
    }
    return ERROR_OK;
}

enum error_code subjects_load(struct pg *pg, const struct docket *docket, const size_t *cells, size_t count,
                              struct instant now, struct assess_scratch *scratch, struct subjects *out,
                              struct error *err) {
    *out = (struct subjects){0};
    out->items = calloc(count ? count : 1, sizeof *out->items);
    AUTO_FREE int32_t *ids = calloc(count ? count : 1, sizeof *ids);
    if (!out->items || !ids) return error_set(err, ERROR_MEMORY, "out of memory for %zu cells", count);
    for (size_t i = 0; i < count; i++) ids[i] = docket->cell_ids[cells[i]];
    enum error_code code = history_load(pg, ids, count, now, &out->history, err);
    if (code) return code;
    struct assess_context context = {.plan = docket->plan, .rules = &docket->rules, .known_at = now,
                                     .as_of = instant_day(now)};
    out->count = count;
    for (size_t i = 0; i < count; i++) {
        struct subject *s = &out->items[i];
        const struct cell *cell = &docket->plan->cells[cells[i]];
        *s = (struct subject){.cell = ids[i], .index = cells[i], .events = out->history.cells[i].events,
                              .event_count = out->history.cells[i].count};
        if (cell->rollup) continue;
        assess_cell(&context, cell, s->events, s->event_count, scratch, &s->assessment);
        s->assessed = true;
    }
    return assess_rollups(docket, &context, out, scratch, err);
}

void subjects_finish(struct subjects *subjects) {
    for (size_t i = 0; i < subjects->count; i++)
        if (subjects->items[i].assessed) assessment_finish(&subjects->items[i].assessment);
    free(subjects->items);
    history_finish(&subjects->history);
    *subjects = (struct subjects){0};
}

const struct subject *subjects_find(const struct subjects *subjects, size_t index) {
    size_t low = 0, high = subjects->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (subjects->items[middle].index == index) return &subjects->items[middle];
        if (subjects->items[middle].index < index)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}
