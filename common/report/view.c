#include "common/report/view.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/text.h"
#include "common/report/view_parts.h"
#include "common/store/registry.h"

const char *area_short(const struct area *area) {
    return area->short_name && *area->short_name ? area->short_name : area->name;
}

const char *target_short(const struct target *target) {
    return target->short_name && *target->short_name ? target->short_name : target->name;
}

static enum error_code no_memory(struct error *err) {
    return error_set(err, ERROR_MEMORY, "out of memory");
}

enum error_code view_read_rules(struct pg *pg, int32_t programme, int32_t version, struct light_rules *out,
                                struct error *err) {
    CLEAN(buffer_finish) struct buffer memory = {0};
    CLEAN(findings_finish) struct findings findings = {0};
    struct plan_text *texts = NULL;
    size_t count = 0;
    *out = *rules_shipped();
    enum error_code code = plan_texts_read(pg, programme, version, &texts, &count, &memory, err);
    for (size_t i = 0; !code && i < count; i++)
        if (strcmp(texts[i].role, "rules") == 0 && rules_read(texts[i].name, texts[i].bytes, out, &findings))
            code = error_set(err, ERROR_INPUT, "the rules stored with plan version %d cannot be read: %.300s",
                             (int)version, findings.count ? findings.items[0].message : "");
    free(texts);
    return code;
}

/* Of cells that the database has (all but those of a plan loaded by somebody else's hand). ids: of all of
 * plan->cells. */
static enum error_code read_history(struct view *view, struct pg *pg, const int32_t *ids, const size_t *cells,
                                    size_t count, struct history *out, struct error *err) {
    AUTO_FREE int32_t *asked = calloc(count + 1, sizeof *asked);
    AUTO_FREE size_t *places = calloc(count + 1, sizeof *places);
    size_t known = 0;
    *out = (struct history){0};
    if (!asked || !places) return no_memory(err);
    for (size_t i = 0; i < count; i++) {
        size_t cell = cells ? cells[i] : i;
        if (!ids[cell]) continue;
        asked[known] = ids[cell];
        places[known++] = cell;
    }
    enum error_code code = history_load(pg, asked, known, moment_before(&view->moment), out, err);
    for (size_t i = 0; !code && i < known && i < out->count; i++)
        view->events[places[i]] = (struct cell_events){out->cells[i].events, out->cells[i].count};
    return code;
}

enum error_code view_cell_ids(struct pg *pg, int32_t programme, const struct plan *plan, int32_t **out,
                              struct error *err) {
    CLEAN(registry_finish) struct registry registry = {0};
    enum error_code code = registry_read(pg, programme, &registry, err);
    *out = calloc(plan->cell_count + 1, sizeof **out);
    if (!code && !*out) code = no_memory(err);
    if (!code) registry_match_plan(&registry, plan, *out);
    return code;
}

enum error_code view_judge(struct view *view, struct pg *pg, const int32_t *ids, struct error *err) {
    view->events = calloc(view->plan->cell_count + 1, sizeof *view->events);
    if (!view->events) return no_memory(err);
    enum error_code code = read_history(view, pg, ids, NULL, view->plan->cell_count, &view->history, err);
    if (code) return code;
    view->cells = view_cells_at(view, &view->moment);
    return view->cells ? ERROR_OK : no_memory(err);
}

enum error_code view_read_events(struct view *view, struct pg *pg, const size_t *cells, size_t count,
                                 struct error *err) {
    if (!view->stated) return ERROR_OK;
    struct history *more = realloc(view->more, (view->more_count + 1) * sizeof *more);
    if (!more) return no_memory(err);
    view->more = more;
    return read_history(view, pg, view->cell_ids, cells, count, &more[view->more_count++], err);
}

/* A replay of the city's cell costs with the square of the counties: beyond so many its light is today's alone, as the
 * alerter judges it. */
enum { COUNTIES_REPLAYED = 60 };

/* A target's cells: the counties', and the city's, replayed so that it says since when. */
static void assess_target(struct view *view, const struct assess_context *context, const struct target *target,
                          struct assessment *cells) {
    size_t first = target->first_cell;
    bool rollup = target->cell_count && view->plan->cells[first].rollup;
    for (size_t i = first + rollup; i < first + target->cell_count; i++)
        assess_cell(context, &view->plan->cells[i], view->events[i].events, view->events[i].count, view->scratch,
                    &cells[i]);
    if (!rollup) return;
    size_t counties = target->cell_count - 1;
    const struct cell *city = &view->plan->cells[first];
    const struct cell_events *own = &view->events[first];
    if (counties <= COUNTIES_REPLAYED)
        assess_city(context, city, own + 1, counties, own->events, own->count, view->scratch, &cells[first]);
    else
        assess_rollup(context, city, &cells[first + 1], counties, own->events, own->count, view->scratch,
                      &cells[first]);
}

struct assessment *view_cells_at(struct view *view, const struct moment *moment) {
    if (view->stated) return NULL;
    struct assessment *cells = calloc(view->plan->cell_count + 1, sizeof *cells);
    if (!view->scratch) view->scratch = assess_scratch_create();
    if (!cells || !view->scratch) {
        free(cells);
        return NULL;
    }
    struct assess_context context = {
        .plan = view->plan, .rules = &view->rules, .known_at = moment_before(moment), .as_of = moment->as_of};
    for (size_t i = 0; i < view->plan->target_count; i++)
        assess_target(view, &context, &view->plan->targets[i], cells);
    return cells;
}

void view_cells_free(const struct view *view, struct assessment **cells) {
    for (size_t i = 0; *cells && i < view->plan->cell_count; i++)
        assessment_finish(&(*cells)[i]);
    free(*cells);
    *cells = NULL;
}

enum error_code view_read_around(struct view *view, struct pg *pg, struct error *err) {
    const struct moment *moment = &view->moment;
    int32_t programme = view->programme.id;
    enum error_code code;
    if ((code = streams_read(pg, programme, &view->streams, err)) ||
        (code = query_files(pg, programme, moment->known_at, FEED_LAST, &view->last_files, err)) ||
        (code = query_positions(pg, moment->known_at, &view->positions, err)) ||
        (code = query_alerts(pg, programme, moment->known_at, false, &view->alerts, err)) ||
        (code = desk_read(pg, programme, view->plan, moment_before(moment), &view->desk, err)))
        return code;
    requests_build(view->plan, view->desk.events, view->desk.count, &view->requests);
    return view->requests.failed ? no_memory(err) : ERROR_OK;
}

/* What there is beside plan and rules. */
static enum error_code read_rest(struct view *view, struct pg *pg, struct error *err) {
    AUTO_FREE int32_t *ids = NULL;
    enum error_code code = view_cell_ids(pg, view->programme.id, view->plan, &ids, err);
    if (!code) code = view_judge(view, pg, ids, err);
    return code ? code : view_read_around(view, pg, err);
}

void view_take_programme(struct view *view, struct programme *programme, const struct moment *moment) {
    *view = (struct view){.moment = *moment, .programme = *programme};
    *programme = (struct programme){0};
}

enum error_code view_load(struct pg *pg, struct programme *programme, const struct moment *moment, struct view *out,
                          struct error *err) {
    view_take_programme(out, programme, moment);
    enum error_code code = stored_plan_read(pg, out->programme.id, moment->known_at, &out->stored, err);
    if (code) return code;
    out->plan = out->stored.plan;
    code = view_read_rules(pg, out->programme.id, out->stored.version, &out->rules, err);
    return code ? code : read_rest(out, pg, err);
}

enum error_code view_load_by(struct pg *pg, struct programme *programme, const struct stored_plan *stored,
                             const struct light_rules *rules, const struct moment *moment, struct view *out,
                             struct error *err) {
    view_take_programme(out, programme, moment);
    out->stored = *stored;
    out->borrowed = true;
    out->plan = stored->plan;
    out->rules = *rules;
    return read_rest(out, pg, err);
}

void view_finish(struct view *view) {
    if (view->plan && !view->stated) view_cells_free(view, &view->cells);
    assess_scratch_destroy(&view->scratch);
    free(view->events);
    history_finish(&view->history);
    for (size_t i = 0; i < view->more_count; i++) history_finish(&view->more[i]);
    free(view->more);
    requests_finish(&view->requests);
    desk_finish(&view->desk);
    alert_rows_finish(&view->alerts);
    feed_positions_finish(&view->positions);
    feed_files_finish(&view->last_files);
    streams_finish(&view->streams);
    if (!view->borrowed) stored_plan_finish(&view->stored);
    programme_finish(&view->programme);
    *view = (struct view){0};
}

/* A task's code, or a part of a name, is what people type when they do not know the target's. */
static const char *holding(const char *text, const char *const *names, size_t count) {
    for (size_t i = 0; *text && i < count; i++)
        if (strstr(names[i], text)) return names[i];
    return NULL;
}

static enum error_code is_a_task(const struct plan *plan, const char *text, struct error *err) {
    for (size_t i = 0; i < plan->task_count; i++) {
        const struct task *task = &plan->tasks[i];
        if (strcmp(task->code, text) != 0 && strcmp(task->title, text) != 0) continue;
        if (task->target_count == 0)
            return error_set(err, ERROR_USAGE, "%s has no target: only words are reported of it, see `duban ledger`",
                             task->code);
        return error_set(err, ERROR_USAGE, "%s is a task: name one of its targets, %s to %s", task->code,
                         plan->targets[task->first_target].code,
                         plan->targets[task->first_target + task->target_count - 1].code);
    }
    return ERROR_OK;
}

static enum error_code not_named(const struct plan *plan, const char *what, const char *text, bool several, bool target,
                                 struct error *err) {
    if (several) return error_set(err, ERROR_USAGE, "“%s” names more than one %s: give its code", text, what);
    size_t count = target ? plan->target_count : plan->area_count, near = 0;
    const char **names = calloc(2 * count + 1, sizeof *names);
    for (size_t i = 0; names && i < count; i++) {
        names[near++] = target ? plan->targets[i].name : plan->areas[i].name;
        names[near++] = target ? target_short(&plan->targets[i]) : area_short(&plan->areas[i]);
    }
    const char *nearest = names ? text_nearest(text, names, near) : NULL;
    if (names && !nearest) nearest = holding(text, names, near);
    free(names);
    return error_set(err, ERROR_USAGE, "no %s is called “%s”%s%s%s", what, text, nearest ? "; did you mean “" : "",
                     nearest ? nearest : "; `duban plan show --json` lists them all", nearest ? "”?" : "");
}

enum error_code view_find(const struct plan *plan, const char *target, const char *area, struct day day, size_t *cell,
                          struct error *err) {
    bool several = false;
    size_t t = plan_target_named(plan, slice_of(target), &several);
    if (t == NO_INDEX && is_a_task(plan, target, err)) return ERROR_USAGE;
    if (t == NO_INDEX) return not_named(plan, "target", target, several, true, err);
    several = false;
    size_t a = plan_area_named(plan, slice_of(area), day, &several);
    if (a == NO_INDEX) return not_named(plan, "area", area, several, false, err);
    *cell = plan_find_cell(plan, t, a);
    if (*cell == NO_INDEX)
        return error_set(err, ERROR_USAGE, "%s is not owed by %s: it has no share there", plan->targets[t].code,
                         plan->areas[a].name);
    return ERROR_OK;
}
