/* One walk over the cells counts all that the overview says of them. */
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "services/board/document_overview.h"

/* Of each reporter: whether it owed a report of the newest closed period, and gave one. */
enum { OWED = 1, REPORTED = 2 };

static void take_report(const struct sight *sight, size_t cell, const struct assessment *seen, unsigned char *areas,
                        unsigned char *units) {
    const struct target *target = view_target(sight->view, cell);
    if (sight->plan->cells[cell].rollup || seen->report_state == REPORT_NONE) return;
    unsigned char said = (unsigned char)(OWED | (seen->report_state == REPORT_MISSING ? 0 : REPORTED));
    if (target->reporter == REPORTER_COUNTY) areas[sight->plan->cells[cell].area] |= said;
    if (target->reporter == REPORTER_UNIT) units[target->reporter_unit] |= said;
}

static void sum_reports(const unsigned char *said, size_t count, size_t *in, size_t *expected) {
    for (size_t i = 0; i < count; i++) {
        *expected += said[i] != 0;
        *in += (said[i] & REPORTED) != 0;
    }
}

static void find_shown(struct sight *sight, bool *shown) {
    bool all = sight->scope->role != ROLE_COUNTY && sight->scope->role != ROLE_LEAD;
    for (size_t i = 0; all && i < sight->plan->area_count; i++)
        shown[i] = true;
    for (size_t i = 0; !all && i < sight->plan->cell_count; i++)
        if (!shown[sight->plan->cells[i].area] && sight_sees(sight, i)) shown[sight->plan->cells[i].area] = true;
}

static bool allocate(struct sight *sight, const char *under, struct tally *out) {
    const struct plan *plan = sight->plan;
    out->shown = calloc(plan->area_count + 1, sizeof *out->shown);
    if (!out->shown) return false;
    find_shown(sight, out->shown);
    if (!level_make(plan, under, out->shown, &out->level)) return false;
    out->columns = out->level.kind == LEVEL_COUNTY ? out->level.count + 1 : 0;
    out->silences = silences_find(sight->facts);
    out->areas = calloc(plan->area_count + 1, sizeof *out->areas);
    out->groups = calloc(out->level.count + 1, sizeof *out->groups);
    out->tasks = calloc(plan->task_count + 1, sizeof *out->tasks);
    out->fields = calloc(plan->task_count * out->columns + 1, sizeof *out->fields);
    return out->silences && out->areas && out->groups && out->tasks && out->fields;
}

static void take_cell(struct sight *sight, size_t cell, struct tally *out) {
    const struct assessment *seen = sight_now(sight, cell);
    size_t area = sight->plan->cells[cell].area, task = view_target(sight->view, cell)->task;
    bool city = sight->plan->areas[area].city;
    size_t group = out->level.group_of[area];
    if (!city && group == NO_INDEX) return; /* of another level */
    counts_add(city ? &out->city : &out->county, seen);
    counts_add(&out->areas[area], seen);
    if (!city) counts_add(&out->tasks[task], seen);
    if (!city) counts_add(&out->groups[group], seen);
    if (out->columns) counts_add(&out->fields[task * out->columns + (city ? 0 : group + 1)], seen);
}

bool tally_make(struct sight *sight, const char *under, struct tally *out) {
    *out = (struct tally){.plan = sight->plan};
    AUTO_FREE unsigned char *areas = calloc(sight->plan->area_count + 1, 1);
    AUTO_FREE unsigned char *units = calloc(sight->plan->unit_count + 1, 1);
    if (!areas || !units || !allocate(sight, under, out)) return false;
    for (size_t i = 0; i < sight->plan->cell_count; i++) {
        if (!sight_sees(sight, i)) continue;
        take_cell(sight, i, out);
        take_report(sight, i, sight_now(sight, i), areas, units);
    }
    sum_reports(areas, sight->plan->area_count, &out->counties_in, &out->counties_expected);
    sum_reports(units, sight->plan->unit_count, &out->departments_in, &out->departments_expected);
    return true;
}

void tally_finish(struct tally *tally) {
    level_finish(&tally->level);
    free(tally->silences);
    free(tally->shown);
    free(tally->areas);
    free(tally->groups);
    free(tally->tasks);
    free(tally->fields);
    *tally = (struct tally){0};
}
