/* What one county must act on, what one task stands at, what one unit leads: the same rows, worst first. */
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/report/json.h"
#include "common/report/words.h"
#include "services/board/document_alert.h"
#include "services/board/document_part.h"

static bool is_of_area(const struct sight *sight, size_t cell, size_t area) {
    return sight->plan->cells[cell].area == area;
}

static bool is_of_unit(const struct sight *sight, size_t cell, size_t unit) {
    const struct task *task = view_task(sight->view, cell);
    for (size_t i = 0; i < task->lead_count; i++)
        if (task->leads[i] == unit) return true;
    return false;
}

/* "苍溪县：2项红灯，1项黄灯" and what is silent. */
static void heading_json(const char *name, const struct counts *counts, json_t *document, const char *rest) {
    static const enum lamp told[] = {LAMP_RED, LAMP_PROPOSED, LAMP_YELLOW, LAMP_GREY};
    static const char *const words[] = {"项红灯", "项红灯待核定", "项黄灯", "项没有数据"};
    CLEAN(buffer_finish) struct buffer out = {0};
    size_t before;
    buffer_printf(&out, "%s：", name);
    before = out.len;
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        if (counts->lamps[told[i]])
            buffer_printf(&out, "%s%zu%s", out.len > before ? "，" : "", counts->lamps[told[i]], words[i]);
    if (out.len == before) buffer_printf(&out, counts->cells ? "%zu项，没有红灯、黄灯和缺数" : "没有量化指标", counts->cells);
    buffer_add_text(&out, rest);
    json_object_set_new(document, "heading", json_string(buffer_text(&out)));
}

/* --- an area --- */

/* "以下数字停在": the newest day its figures are about, while it owes newer ones. */
static struct day figures_stop(struct sight *sight, const struct cell_list *list) {
    struct day newest = DAY_NONE;
    bool owes = false;
    for (size_t i = 0; i < list->count; i++) {
        const struct assessment *seen = sight_now(sight, list->items[i]);
        const struct target *target = view_target(sight->view, list->items[i]);
        if (target->reporter != REPORTER_COUNTY) continue;
        owes = owes || seen->report_state == REPORT_MISSING;
        if (seen->has_value && seen->figure_as_of.n > newest.n) newest = seen->figure_as_of;
    }
    return owes ? newest : DAY_NONE;
}

static void set_stop(struct sight *sight, const struct cell_list *list, const struct area_silence *silence,
                     struct buffer *rest, json_t *document) {
    struct day stop = figures_stop(sight, list);
    char day[40];
    near_day_words(sight->facts, stop, day);
    json_object_set_new(document, "figures_stop", json_of_day(stop));
    json_object_set_new(document, "figures_stop_words", *day ? json_sprintf("以下数字停在%s", day) : json_null());
    if (silence->is) buffer_add_text(rest, "；");
    if (silence->is) silence_words(sight->facts, "", silence, rest);
    if (*day) buffer_printf(rest, "；以下数字停在%s", day);
}

/* The streams that speak for the area alone, as in the list of feeds. */
static json_t *feeds_of_area(const struct sight *sight, size_t area) {
    const struct feeds *feeds = &sight->facts->morning.feeds;
    json_t *all = feeds_json(sight->view, feeds), *list = json_array();
    for (size_t i = 0; i < feeds->count; i++) {
        const struct stream *stream = feeds->items[i].stream;
        if (stream->areas && stream->area_count == 1 && strcmp(stream->areas[0], sight->plan->areas[area].code) == 0 &&
            scope_sees_stream(sight->scope, sight->view, stream->name))
            json_array_append(list, json_array_get(all, i));
    }
    json_decref(all);
    return list;
}

static void set_path(struct buffer *path, const char *kind, const char *name) {
    buffer_printf(path, "%s/", kind);
    url_add(path, name);
}

json_t *document_area(const struct facts *facts, const struct scope *scope, const struct document_request *request,
                      struct error *err) {
    struct sight sight = sight_of(facts, scope);
    size_t area = request->code ? plan_find_area(sight.plan, slice_of(request->code)) : NO_INDEX;
    if (area == NO_INDEX || !scope_sees_area(scope, sight.view, area)) return document_unknown(err, "area");
    CLEAN(cell_list_finish) struct cell_list list = {0};
    CLEAN(buffer_finish) struct buffer path = {0};
    CLEAN(buffer_finish) struct buffer rest = {0};
    AUTO_FREE struct area_silence *silences = silences_find(facts);
    struct alert_choice alerts = alert_choice_all();
    alerts.area = area;
    json_t *document = document_envelope(facts, "areas");
    if (!document || !silences || !cell_list_make(&sight, 0, sight.plan->cell_count, is_of_area, area, &list))
        return document_failed(err, document);
    struct counts counts = cell_list_counts(&sight, &list);
    set_path(&path, "areas", request->code);
    json_object_set_new(document, "area", area_head_json(sight.plan, area));
    json_object_set_new(document, "silence", silence_json(facts, area, &silences[area]));
    set_stop(&sight, &list, &silences[area], &rest, document);
    heading_json(sight.plan->areas[area].name, &counts, document, buffer_text(&rest));
    json_object_set_new(document, "counts", counts_json(&counts));
    json_object_set_new(document, "feeds", feeds_of_area(&sight, area));
    if (!alerts_of_json(&sight, &alerts, document)) return document_failed(err, document);
    if (cell_list_page(&sight, &list, request, buffer_text(&path), document, err)) return document;
    json_decref(document);
    return NULL;
}

/* --- a task --- */

static size_t cells_of_task(const struct plan *plan, const struct task *task, size_t *first) {
    size_t count = 0;
    *first = task->target_count ? plan->targets[task->first_target].first_cell : 0;
    for (size_t i = 0; i < task->target_count; i++)
        count += plan->targets[task->first_target + i].cell_count;
    return count;
}

static bool is_county(const struct sight *sight, size_t cell, size_t unused) {
    (void)unused;
    return !sight->plan->cells[cell].rollup;
}

static json_t *targets_of_task(struct sight *sight, const struct task *task) {
    json_t *list = json_array();
    for (size_t i = task->first_target; i < task->first_target + task->target_count; i++)
        if (scope_sees_target(sight->scope, sight->view, i))
            json_array_append_new(list, target_summary_json(sight, i));
    return list;
}

static json_t *task_said_json(const struct facts *facts, size_t task) {
    const struct task_words *words = &facts->morning.words[task];
    if (!words->found) return json_null();
    return json_pack("{s:o, s:s, s:o}", "as_of", json_of_day(words->as_of), "text", words->text, "reporter",
                     json_of_text(words->reporter));
}

json_t *document_task(const struct facts *facts, const struct scope *scope, const struct document_request *request,
                      struct error *err) {
    struct sight sight = sight_of(facts, scope);
    size_t task = request->code ? plan_find_task(sight.plan, slice_of(request->code)) : NO_INDEX, first;
    if (task == NO_INDEX || !scope_sees_task(scope, sight.view, task)) return document_unknown(err, "task");
    const struct task *one = &sight.plan->tasks[task];
    size_t count = cells_of_task(sight.plan, one, &first);
    CLEAN(cell_list_finish) struct cell_list list = {0};
    CLEAN(buffer_finish) struct buffer path = {0};
    struct alert_choice alerts = alert_choice_all();
    alerts.task = task;
    json_t *document = document_envelope(facts, "tasks");
    if (!document || !cell_list_make(&sight, first, count, is_county, 0, &list)) return document_failed(err, document);
    struct counts counts = cell_list_counts(&sight, &list);
    set_path(&path, "tasks", request->code);
    json_object_set_new(document, "task", task_head_json(sight.plan, task));
    json_object_set_new(json_object_get(document, "task"), "document", json_of_text(sight.plan->document));
    heading_json(one->title, &counts, document, "");
    json_object_set_new(document, "counts", counts_json(&counts));
    json_object_set_new(document, "targets", targets_of_task(&sight, one));
    json_object_set_new(document, "words", task_said_json(facts, task));
    if (!alerts_of_json(&sight, &alerts, document)) return document_failed(err, document);
    if (cell_list_page(&sight, &list, request, buffer_text(&path), document, err)) return document;
    json_decref(document);
    return NULL;
}

/* --- a unit --- */

static bool has_unit(const size_t *units, size_t count, size_t unit) {
    for (size_t i = 0; i < count; i++)
        if (units[i] == unit) return true;
    return false;
}

static json_t *tasks_of_unit(struct sight *sight, size_t unit) {
    json_t *list = json_array();
    for (size_t i = 0; i < sight->plan->task_count; i++) {
        const struct task *task = &sight->plan->tasks[i];
        bool leads = has_unit(task->leads, task->lead_count, unit);
        if ((!leads && !has_unit(task->participants, task->participant_count, unit)) ||
            !scope_sees_task(sight->scope, sight->view, i))
            continue;
        CLEAN(cell_list_finish) struct cell_list cells = {0};
        size_t first, count = cells_of_task(sight->plan, task, &first);
        if (!cell_list_make(sight, first, count, is_county, 0, &cells)) continue;
        struct counts counts = cell_list_counts(sight, &cells);
        json_t *json = task_head_json(sight->plan, i);
        json_object_set_new(json, "role", json_string(leads ? "lead" : "participant"));
        json_object_set_new(json, "counts", counts_json(&counts));
        json_object_set_new(json, "words", task_said_json(sight->facts, i));
        json_array_append_new(list, json);
    }
    return list;
}

static const char *role_of(const json_t *tasks) {
    bool leads = false, takes_part = false;
    size_t i;
    json_t *task;
    json_array_foreach(tasks, i, task) {
        bool lead = strcmp(json_string_value(json_object_get(task, "role")), "lead") == 0;
        leads = leads || lead;
        takes_part = takes_part || !lead;
    }
    return leads && takes_part ? "both" : leads ? "lead" : "participant";
}

json_t *document_unit(const struct facts *facts, const struct scope *scope, const struct document_request *request,
                      struct error *err) {
    struct sight sight = sight_of(facts, scope);
    size_t unit = request->code ? plan_find_unit(sight.plan, slice_of(request->code)) : NO_INDEX;
    if (unit == NO_INDEX || !scope_sees_unit(scope, sight.view, unit)) return document_unknown(err, "unit");
    CLEAN(cell_list_finish) struct cell_list list = {0};
    CLEAN(buffer_finish) struct buffer path = {0};
    struct alert_choice alerts = alert_choice_all();
    alerts.unit = unit;
    json_t *document = document_envelope(facts, "units");
    if (!document || !cell_list_make(&sight, 0, sight.plan->cell_count, is_of_unit, unit, &list))
        return document_failed(err, document);
    struct counts counts = cell_list_counts(&sight, &list);
    json_t *tasks = tasks_of_unit(&sight, unit);
    set_path(&path, "units", sight.plan->units[unit].name);
    json_object_set_new(document, "unit",
                        json_pack("{s:s, s:o, s:s}", "name", sight.plan->units[unit].name, "short",
                                  json_of_text(sight.plan->units[unit].short_name), "role", role_of(tasks)));
    heading_json(sight.plan->units[unit].name, &counts, document, "");
    json_object_set_new(document, "counts", counts_json(&counts));
    json_object_set_new(document, "tasks", tasks);
    if (!alerts_of_json(&sight, &alerts, document)) return document_failed(err, document);
    if (cell_list_page(&sight, &list, request, buffer_text(&path), document, err)) return document;
    json_decref(document);
    return NULL;
}
