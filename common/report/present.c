#include "common/report/present.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/report/changes.h"
#include "common/report/view_parts.h"
#include "common/store/cell_read.h"

static enum error_code no_memory(struct error *err) {
    return error_set(err, ERROR_MEMORY, "out of memory for what stands");
}

static void free_cells(const struct plan *plan, struct assessment **cells) {
    for (size_t i = 0; *cells && i < plan->cell_count; i++) assessment_finish(&(*cells)[i]);
    free(*cells);
    *cells = NULL;
}

void present_finish(struct present *present) {
    const struct plan *plan = present->stored.plan;
    for (size_t i = 0; present->stated && i < plan->cell_count; i++) {
        free(present->stated[i].json);
        json_decref(present->stated[i].said);
    }
    if (plan) {
        free_cells(plan, &present->cells);
        free_cells(plan, &present->before);
    }
    free(present->stated);
    free(present->cell_ids);
    free(present->by_id);
    free(present->rule_names);
    stored_plan_finish(&present->stored);
    *present = (struct present){0};
}

/* --- the plan, and which row is which of its cells --- */

static int by_cell_id(const void *left, const void *right, void *ids) {
    int32_t a = ((const int32_t *)ids)[*(const size_t *)left], b = ((const int32_t *)ids)[*(const size_t *)right];
    return (a > b) - (a < b);
}

static size_t cell_of(const struct present *present, int32_t id) {
    size_t low = 0, high = present->known;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (present->cell_ids[present->by_id[middle]] < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < present->known && present->cell_ids[present->by_id[low]] == id ? present->by_id[low] : NO_INDEX;
}

/* What is not said yet is no data. */
static struct assessment unsaid(void) {
    return (struct assessment){.state = STATE_NO_FIGURE,
                               .rule = "no_figure",
                               .light = LIGHT_GREY,
                               .proposed = LIGHT_GREY,
                               .computed_light = LIGHT_GREY,
                               .figure_event = NO_INDEX,
                               .figure_as_of = DAY_NONE,
                               .figure_known_at = INSTANT_NONE,
                               .due = DAY_NONE,
                               .due_original = DAY_NONE,
                               .overdue_since = DAY_NONE,
                               .light_since = DAY_NONE,
                               .override_until = DAY_NONE,
                               .report_period = {DAY_NONE, DAY_NONE, DAY_NONE},
                               .forecast = {.refused = FORECAST_NO_FIGURE}};
}

static enum error_code take_plan(struct present *present, struct pg *pg, int32_t programme, struct instant now,
                                 struct error *err) {
    enum error_code code = stored_plan_read(pg, programme, now, &present->stored, err);
    if (!code) code = view_read_rules(pg, programme, present->stored.version, &present->rules, err);
    const struct plan *plan = present->stored.plan;
    if (!code) code = view_cell_ids(pg, programme, plan, &present->cell_ids, err);
    if (code) return code;
    size_t count = plan->cell_count;
    present->by_id = calloc(count + 1, sizeof *present->by_id);
    present->stated = calloc(count + 1, sizeof *present->stated);
    present->cells = calloc(count + 1, sizeof *present->cells);
    if (!present->by_id || !present->stated || !present->cells) return no_memory(err);
    for (size_t i = 0; i < count; i++) {
        present->cells[i] = unsaid();
        if (present->cell_ids[i]) present->by_id[present->known++] = i;
    }
    qsort_r(present->by_id, present->known, sizeof *present->by_id, by_cell_id, present->cell_ids);
    return ERROR_OK;
}

/* --- the cells --- */

/* A rule's name that outlives the JSON it came from. */
static const char *keep_rule(struct present *present, const char *name) {
    enum { NAMES = 64 };
    if (!name || strlen(name) >= RULE_NAME_MAX) return NULL;
    if (!present->rule_names) present->rule_names = calloc(NAMES, sizeof *present->rule_names);
    for (size_t i = 0; i < present->rule_count; i++)
        if (strcmp(present->rule_names[i], name) == 0) return present->rule_names[i];
    if (!present->rule_names || present->rule_count == NAMES) return NULL;
    memcpy(present->rule_names[present->rule_count], name, strlen(name) + 1);
    return present->rule_names[present->rule_count++];
}

static enum error_code take_row(struct present *present, const struct present_row *row, struct error *err) {
    size_t cell = cell_of(present, row->cell);
    if (cell == NO_INDEX || !*row->json) return ERROR_OK;
    struct stated *stated = &present->stated[cell];
    struct assessment now;
    char *text = strdup(row->json);
    json_t *json = json_loads(row->json, 0, NULL);
    const struct plan *plan = present->stored.plan;
    if (!text || !cell_read(json, plan, &plan->cells[cell], &present->rules, &now)) {
        free(text);
        json_decref(json);
        return error_set(err, ERROR_DATABASE, "what the alerter stored of %s %s cannot be read",
                         plan->targets[plan->cells[cell].target].code, plan->areas[plan->cells[cell].area].code);
    }
    now.rule = keep_rule(present, now.rule);
    if (!day_is(now.light_since)) now.light_since = row->light_since;
    free(stated->json);
    json_decref(stated->said);
    assessment_finish(&present->cells[cell]);
    present->cells[cell] = now;
    *stated = (struct stated){text, now.overridden ? json_incref(json) : NULL};
    json_decref(json);
    return ERROR_OK;
}

static enum error_code take_changes(struct present *present, struct pg *pg, int32_t programme, struct error *err) {
    CLEAN(present_rows_finish) struct present_rows rows = {0};
    enum error_code code = query_present(pg, programme, &present->horizon, &rows, err);
    for (size_t i = 0; !code && i < rows.count; i++) code = take_row(present, &rows.items[i], err);
    return code;
}

/* --- the cells of the last working day --- */

static enum error_code judge_before(struct present *present, struct pg *pg, struct moment since, struct error *err) {
    CLEAN(view_finish) struct view then = {.moment = since,
                                           .stored = present->stored,
                                           .borrowed = true,
                                           .plan = present->stored.plan,
                                           .rules = present->rules};
    free_cells(present->stored.plan, &present->before);
    enum error_code code = view_judge(&then, pg, present->cell_ids, err);
    if (code) return code;
    present->before = then.cells;
    present->since = since;
    then.cells = NULL;
    for (size_t i = 0; i < then.plan->cell_count; i++) { /* what it borrowed ends with that view */
        present->before[i].rules = NULL;
        present->before[i].rule = NULL;
        present->before[i].override_by = present->before[i].override_reason = (struct slice){NULL, 0};
    }
    return ERROR_OK;
}

/* --- the view --- */

static enum error_code read_held(struct view *view, struct pg *pg, struct error *err) {
    AUTO_FREE size_t *held = calloc(view->plan->cell_count + 1, sizeof *held);
    size_t count = 0;
    view->events = calloc(view->plan->cell_count + 1, sizeof *view->events);
    if (!held || !view->events) return no_memory(err);
    for (size_t i = 0; i < view->plan->cell_count; i++)
        if (view->cells[i].held) held[count++] = i;
    return count ? view_read_events(view, pg, held, count, err) : ERROR_OK;
}

/* What is counted from today on: the alerter looks again when something can change, not each midnight. */
static void count_days(struct present *present, struct day today) {
    for (size_t i = 0; i < present->stored.plan->cell_count; i++) {
        struct assessment *now = &present->cells[i];
        if (day_is(now->overdue_since) && now->days_overdue > 0) now->days_overdue = today.n - now->overdue_since.n + 1;
    }
}

static enum error_code fill(struct present *present, struct pg *pg, struct view *out, struct error *err) {
    out->stored = present->stored;
    out->borrowed = true;
    out->plan = present->stored.plan;
    out->rules = present->rules;
    out->stated = present->stated;
    out->cell_ids = present->cell_ids;
    out->cells = present->cells;
    count_days(present, out->moment.as_of);
    struct moment since = changes_last_workday(out);
    enum error_code code = ERROR_OK;
    if (!present->before || present->since.known_at.ms != since.known_at.ms)
        code = judge_before(present, pg, since, err);
    out->before = present->before;
    out->since = present->since;
    if (!code) code = read_held(out, pg, err);
    return code ? code : view_read_around(out, pg, err);
}

enum error_code present_look(struct present *present, struct pg *pg, struct programme *programme, struct instant now,
                              struct view *out, struct error *err) {
    struct moment moment = {.as_of = instant_day(now), .known_at = now};
    int32_t version = 0;
    view_take_programme(out, programme, &moment);
    enum error_code code = query_plan_version(pg, out->programme.id, &version, err);
    if (!code && (version != present->stored.version || out->programme.id != present->stored.programme))
        present_finish(present);
    if (!code && !present->stored.plan) code = take_plan(present, pg, out->programme.id, now, err);
    if (!code) code = take_changes(present, pg, out->programme.id, err);
    if (!code) code = fill(present, pg, out, err);
    if (!code) return ERROR_OK;
    view_finish(out);
    present_finish(present);
    return code;
}
