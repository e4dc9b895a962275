#include "services/board/document_part.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/text.h"
#include "common/report/json.h"
#include "common/report/words.h"
#include "common/store/cell_json.h"

static const struct {
    const char *field, *words;
} unknowns[] = {
    {"area", "没有这个县（区），或者不在您的范围内"}, {"task", "没有这项任务，或者不在您的范围内"},
    {"target", "没有这项指标，或者不在您的范围内"},   {"unit", "没有这个单位，或者不在您的范围内"},
    {"file", "没有这份文件，或者不在您的范围内"},     {"cell", "该县（区）没有这项任务，或者不在您的范围内"},
};

json_t *document_unknown(struct error *err, const char *field) {
    const char *words = "没有，或者不在您的范围内";
    for (size_t i = 0; i < sizeof unknowns / sizeof *unknowns; i++)
        if (strcmp(unknowns[i].field, field) == 0) words = unknowns[i].words;
    error_set(err, ERROR_NOT_FOUND, "%s", words);
    error_place(err, "%s", field);
    return NULL;
}

json_t *document_wrong(struct error *err, const char *field, const char *message) {
    error_set(err, ERROR_USAGE, "%s", message);
    error_place(err, "%s", field);
    return NULL;
}

json_t *document_failed(struct error *err, json_t *document) {
    json_decref(document);
    error_set(err, ERROR_MEMORY, "out of memory");
    return NULL;
}

size_t document_limit(const struct document_request *request) {
    if (!request->limit) return DOCUMENT_PAGE;
    return request->limit < DOCUMENT_PAGE_MAX ? request->limit : DOCUMENT_PAGE_MAX;
}

/* --- one cell --- */

/* A red that is not released is not in the words either. */
static void hide_red(struct sight *sight, size_t cell, json_t *json) {
    const struct assessment *seen = sight_now(sight, cell);
    char why[1024];
    size_t len = assess_why(sight->plan, &sight->plan->cells[cell], seen, why, sizeof why);
    json_object_set_new(json, "proposed_light", json_string(light_word(seen->proposed)));
    json_object_set_new(json, "computed_light", json_string(light_word(seen->computed_light)));
    json_object_set_new(json, "rule", json_of_text(seen->rule));
    json_object_set_new(json, "why", json_stringn(why, text_cut_bytes(why, len, sizeof why - 1)));
    json_object_set_new(json_object_get(json, "inputs"), "threshold", cell_threshold_json(seen));
}

json_t *sight_cell_json(struct sight *sight, size_t cell) {
    json_t *json = view_cell_json(sight->view, cell);
    if (json && sight_hides(sight, cell)) hide_red(sight, cell, json);
    return json;
}

/* Why there is no light, for what has none. */
static const char *no_light_why(const struct assessment *seen) {
    switch (lamp_of(seen)) {
    case LAMP_UNDATED:
        return "原文没有期限，只记数，不判灯";
    case LAMP_NONE:
        return seen->state == STATE_NOT_STARTED ? "还没有到开始的日子"
               : seen->state == STATE_NO_ROLLUP ? "各县的数不能合计，不判灯"
               : seen->state == STATE_WORDS     ? "只看文字进展，不评判"
                                                : "不判灯";
    case LAMP_GREY:
        return seen->state == STATE_NOT_REPORTED ? "未报，不判断快慢" : "没有数据，不作判断";
    case LAMP_NO_TASK:
        return "没有分到任务";
    case LAMP_RED:
    case LAMP_PROPOSED:
    case LAMP_YELLOW:
    case LAMP_BLUE:
    case LAMP_GREEN:
    case LAMPS:
        break;
    }
    return NULL;
}

static void set_day_words(struct sight *sight, json_t *row, const char *key, struct day day) {
    char words[40];
    near_day_words(sight->facts, day, words);
    json_object_set_new(row, key, json_of_text(words));
}

static void set_names(struct sight *sight, size_t cell, json_t *row) {
    const struct view *view = sight->view;
    const struct task *task = view_task(view, cell);
    json_object_set_new(row, "target_name", json_string(view_target(view, cell)->name));
    json_object_set_new(row, "target_short", json_string(target_short(view_target(view, cell))));
    json_object_set_new(row, "comparator", json_string(comparator_word(view_target(view, cell)->comparator)));
    json_object_set_new(row, "decimals", json_integer(view_target(view, cell)->decimals));
    json_object_set_new(row, "firmness_word", json_of_text(view_target(view, cell)->firmness_word));
    json_object_set_new(row, "area_name", json_string(view_area(view, cell)->name));
    json_object_set_new(row, "area_short", json_string(area_short(view_area(view, cell))));
    json_object_set_new(row, "rollup", json_boolean(sight->plan->cells[cell].rollup));
    json_object_set_new(row, "task", json_string(task->code));
    json_object_set_new(row, "task_no", json_integer((json_int_t)task->number));
    json_object_set_new(row, "task_title", json_string(task->title));
    json_object_set_new(row, "leads", units_json(sight->plan, task->leads, task->lead_count));
}

json_t *sight_row_json(struct sight *sight, size_t cell, size_t rank) {
    json_t *row = sight_cell_json(sight, cell);
    if (!row) return NULL;
    const struct assessment *seen = sight_now(sight, cell);
    CLEAN(buffer_finish) struct buffer flags = {0};
    CLEAN(buffer_finish) struct buffer done = {0};
    flags_words(sight->plan, seen, &flags);
    cell_done_words(sight->view, cell, seen, &done);
    set_names(sight, cell, row);
    json_object_set_new(row, "lamp", json_string(lamp_word(lamp_of(seen))));
    json_object_set_new(row, "stale", json_boolean(lamp_is_stale(seen)));
    json_object_set_new(row, "flag_words", json_of_text(buffer_text(&flags)));
    json_object_set_new(row, "state_word", json_string(cell_state_name(seen->state)));
    json_object_set_new(row, "report_word", json_of_text(report_state_name(seen->report_state)));
    json_object_set_new(row, "done_words", json_string(buffer_text(&done)));
    json_object_set_new(row, "no_light_why", json_of_text(no_light_why(seen)));
    json_object_set_new(row, "forecast_refused_words",
                        json_of_text(forecast_refusal_name(seen->forecast.refused)));
    set_day_words(sight, row, "due_words", seen->due);
    set_day_words(sight, row, "figure_as_of_words", seen->has_value ? seen->figure_as_of : DAY_NONE);
    json_object_set_new(row, "rank", json_integer((json_int_t)rank));
    return row;
}

/* --- lists --- */

struct ranked {
    size_t cell;
    enum lamp lamp;
    int64_t overdue, behind;
};

static int by_rank(const void *left, const void *right) {
    const struct ranked *a = left, *b = right;
    if (a->lamp != b->lamp) return a->lamp < b->lamp ? -1 : 1;
    if (a->overdue != b->overdue) return a->overdue > b->overdue ? -1 : 1;
    if (a->behind != b->behind) return a->behind > b->behind ? -1 : 1;
    return (a->cell > b->cell) - (a->cell < b->cell);
}

static struct ranked rank_of(struct sight *sight, size_t cell) {
    const struct assessment *seen = sight_now(sight, cell);
    return (struct ranked){.cell = cell,
                           .lamp = lamp_of(seen),
                           .overdue = seen->days_overdue,
                           .behind = seen->has_deviation ? -(int64_t)seen->deviation_tenths : INT32_MIN};
}

bool cell_list_make(struct sight *sight, size_t first, size_t count, cell_choice *takes, size_t wanted,
                    struct cell_list *out) {
    *out = (struct cell_list){0};
    AUTO_FREE struct ranked *ranked = calloc(count + 1, sizeof *ranked);
    out->items = calloc(count + 1, sizeof *out->items);
    if (!ranked || !out->items) return false;
    for (size_t cell = first; cell < first + count; cell++)
        if (sight->view->cells[cell].state != STATE_NO_TASK && sight_sees(sight, cell) &&
            (!takes || takes(sight, cell, wanted)))
            ranked[out->count++] = rank_of(sight, cell);
    qsort(ranked, out->count, sizeof *ranked, by_rank);
    for (size_t i = 0; i < out->count; i++)
        out->items[i] = ranked[i].cell;
    return true;
}

void cell_list_finish(struct cell_list *list) {
    free(list->items);
    *list = (struct cell_list){0};
}

struct counts cell_list_counts(struct sight *sight, const struct cell_list *list) {
    struct counts counts = {0};
    for (size_t i = 0; i < list->count; i++)
        counts_add(&counts, sight_now(sight, list->items[i]));
    return counts;
}

static bool is_named(const struct sight *sight, size_t cell, const char *name) {
    const char *target = view_target(sight->view, cell)->code;
    size_t len = strlen(target);
    return strncmp(name, target, len) == 0 && name[len] == '/' &&
           strcmp(name + len + 1, view_area(sight->view, cell)->code) == 0;
}

static size_t place_after(const struct sight *sight, const struct cell_list *list, const char *after) {
    for (size_t i = 0; i < list->count; i++)
        if (is_named(sight, list->items[i], after)) return i + 1;
    return NO_INDEX;
}

static json_t *next_page(const struct sight *sight, size_t last, const struct document_request *request,
                         const char *path) {
    CLEAN(buffer_finish) struct buffer link = {0};
    buffer_printf(&link, "/api/v1/%s?after=%s%%2F", path, view_target(sight->view, last)->code);
    url_add(&link, view_area(sight->view, last)->code);
    if (request->limit) buffer_printf(&link, "&limit=%zu", document_limit(request));
    return json_string(buffer_text(&link));
}

bool cell_list_window(struct sight *sight, const struct cell_list *list, const struct document_request *request,
                      const char *path, size_t *from, size_t *until, json_t **next, struct error *err) {
    size_t limit = document_limit(request);
    *from = request->after ? place_after(sight, list, request->after) : 0;
    if (*from == NO_INDEX) {
        document_wrong(err, "after", "这一页已经不在了，请从第一页看起");
        return false;
    }
    *until = list->count - *from > limit ? *from + limit : list->count;
    *next = *until < list->count ? next_page(sight, list->items[*until - 1], request, path) : json_null();
    return true;
}

bool cell_list_page(struct sight *sight, const struct cell_list *list, const struct document_request *request,
                    const char *path, json_t *document, struct error *err) {
    size_t from, until;
    json_t *rows = json_array(), *next;
    json_object_set_new(document, "cells", rows);
    if (!cell_list_window(sight, list, request, path, &from, &until, &next, err)) return false;
    for (size_t i = from; i < until; i++)
        json_array_append_new(rows, sight_row_json(sight, list->items[i], i + 1));
    json_object_set_new(document, "cells_total", json_integer((json_int_t)list->count));
    json_object_set_new(document, "next", next);
    return true;
}

/* --- names --- */

json_t *units_json(const struct plan *plan, const size_t *units, size_t count) {
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_string(plan->units[units[i]].name));
    return list;
}

json_t *task_head_json(const struct plan *plan, size_t task) {
    const struct task *one = &plan->tasks[task];
    return json_pack("{s:s, s:I, s:s, s:o, s:o, s:b, s:o, s:b, s:o, s:I}", "code", one->code, "no",
                     (json_int_t)one->number, "title", one->title, "group",
                     json_of_text(one->group == NO_INDEX ? NULL : plan->groups[one->group].code), "leads",
                     units_json(plan, one->leads, one->lead_count), "lead_confirmed", one->lead_confirmed,
                     "participants", units_json(plan, one->participants, one->participant_count), "open_list",
                     one->open_list, "note", json_of_text(one->note), "targets", (json_int_t)one->target_count);
}

json_t *area_head_json(const struct plan *plan, size_t area) {
    const struct area *one = &plan->areas[area];
    bool placed = one->tile_row >= 0 && one->tile_column >= 0;
    return json_pack("{s:s, s:s, s:s, s:b, s:o}", "code", one->code, "name", one->name, "short", area_short(one),
                     "city", one->city, "tile",
                     placed ? json_pack("{s:i, s:i}", "row", one->tile_row, "column", one->tile_column) : json_null());
}

void url_add(struct buffer *out, const char *text) {
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    for (; *text; text++)
        if (strchr(plain, *text))
            buffer_add_char(out, *text);
        else
            buffer_printf(out, "%%%02X", (unsigned)(unsigned char)*text);
}
