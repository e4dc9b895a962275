#include "services/board/document_target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/domain/saying.h"
#include "common/report/json.h"
#include "common/report/words.h"
#include "services/board/document_alert.h"

/* --- its head --- */

static json_t *reporter_json(const struct sight *sight, const struct target *target) {
    if (target->reporter == REPORTER_UNIT) return json_string(sight->plan->units[target->reporter_unit].name);
    return json_string(target->reporter == REPORTER_OFFICE ? "office" : "county");
}

json_t *target_head_json(const struct sight *sight, size_t target) {
    const struct target *one = &sight->plan->targets[target];
    char due[40], original[40];
    bool moved = day_is(one->due_original) && one->due.n != one->due_original.n;
    near_day_words(sight->facts, one->due, due);
    near_day_words(sight->facts, moved ? one->due_original : DAY_NONE, original);
    json_t *json = json_pack("{s:s, s:s, s:s, s:s, s:o, s:i, s:b, s:s, s:o, s:o, s:o, s:o}", "code", one->code, "name",
                             one->name, "short", target_short(one), "kind", target_kind_word(one->kind), "unit",
                             json_of_text(one->unit), "decimals", (int)one->decimals, "counted", one->counted,
                             "comparator", comparator_word(one->comparator), "value",
                             json_of_decimal(one->has_value, one->value), "from",
                             json_of_day(one->from_assumed ? DAY_NONE : one->from), "due", json_of_day(one->due),
                             "due_original", json_of_day(one->due_original));
    if (!json) return NULL;
    json_object_set_new(json, "due_words", json_of_text(due));
    json_object_set_new(json, "due_original_words", json_of_text(original));
    json_object_set_new(json, "undated_why",
                        day_is(one->due) ? json_null() : json_string("原文没有期限，只记数，不判灯"));
    json_object_set_new(json, "firmness", json_string(firmness_word(one->firmness)));
    json_object_set_new(json, "firmness_word", json_of_text(one->firmness_word));
    json_object_set_new(json, "scope", json_of_text(one->scope));
    json_object_set_new(json, "note", json_of_text(one->note));
    json_object_set_new(json, "parent",
                        one->parent == NO_INDEX ? json_null() : json_string(sight->plan->targets[one->parent].code));
    json_object_set_new(json, "reporter", reporter_json(sight, one));
    return json;
}

static size_t city_cell(const struct plan *plan, size_t target) {
    const struct target *one = &plan->targets[target];
    for (size_t i = one->first_cell; i < one->first_cell + one->cell_count; i++)
        if (plan->areas[plan->cells[i].area].city) return i;
    return NO_INDEX;
}

static json_t *city_json(struct sight *sight, size_t target) {
    size_t cell = city_cell(sight->plan, target);
    return cell == NO_INDEX || !sight_sees(sight, cell) ? json_null() : sight_row_json(sight, cell, 0);
}

json_t *target_summary_json(struct sight *sight, size_t target) {
    json_t *json = target_head_json(sight, target);
    if (json) json_object_set_new(json, "city_cell", city_json(sight, target));
    return json;
}

/* --- its allocation --- */

static json_t *allocation_json(const struct sight *sight, const struct target *target) {
    const struct allocated *sum = &target->allocated;
    struct decimal difference;
    char goal[DECIMAL_TEXT_MAX], shares[DECIMAL_TEXT_MAX], missing[DECIMAL_TEXT_MAX], open[DECIMAL_TEXT_MAX];
    CLEAN(buffer_finish) struct buffer words = {0};
    bool all = sight->scope->role != ROLE_COUNTY; /* what others have is not a county's business */
    struct exact rest = exact_subtract(exact_of(sum->city), exact_of(sum->shares));
    if (!sum->present || !all || !exact_round(rest, DECIMAL_SCALE_MAX, ROUND_HALF_UP, &difference)) return json_null();
    decimal_print_fixed(sum->city, target->decimals, goal);
    decimal_print_fixed(sum->shares, target->decimals, shares);
    decimal_print_fixed(difference, target->decimals, missing);
    decimal_print_fixed(sum->unallocated, target->decimals, open);
    buffer_printf(&words, "分解合计%s，市级%s，", shares, goal);
    if (difference.mantissa)
        buffer_printf(&words, "差%s", missing);
    else
        buffer_add_text(&words, "相符");
    if (sum->unallocated.mantissa) buffer_printf(&words, "（未分解%s）", open);
    return json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:s}", "goal", goal, "sum", shares, "difference", missing,
                     "unallocated", open, "effective", json_of_day(sum->effective), "document",
                     json_of_text(sum->document), "words", buffer_text(&words));
}

/* --- pace and forecast of a cell --- */

/* What the phrases of messages are made from, as far as the facts have it. false: no memory. */
static bool digest_of(struct sight *sight, size_t cell, struct digest_item *item, struct digest_view *view) {
    const struct assessment *seen = sight_now(sight, cell);
    const struct cell_events *events = &sight->view->events[cell];
    *view = (struct digest_view){
        .plan = sight->plan, .rules = &sight->view->rules, .recipient = "office", .now = sight->view->moment.known_at};
    *item = (struct digest_item){.cell = &sight->plan->cells[cell],
                                 .assessment = seen,
                                 .decimals = view_target(sight->view, cell)->decimals};
    return pace_of_cell(sight->plan, item->cell, events->events, events->count, moment_before(&sight->view->moment),
                        sight->view->moment.as_of, seen->forecast.refused == FORECAST_GIVEN ? seen->forecast.n : 0,
                        &item->pace);
}

static json_t *month_json(const struct pace *pace) {
    char text[DAY_TEXT_MAX];
    if (!pace->known || !day_is(pace->best_month)) return json_null();
    day_print(pace->best_month, text);
    text[7] = '\0';
    return json_string(text);
}

json_t *pace_json(struct sight *sight, size_t cell) {
    struct digest_item item;
    struct digest_view view;
    struct pace_needed needed;
    CLEAN(buffer_finish) struct buffer words = {0};
    CLEAN(buffer_finish) struct buffer unit = {0};
    if (!digest_of(sight, cell, &item, &view)) return NULL;
    bool asks = pace_needed(sight->plan, item.cell, item.assessment, &needed);
    if (!asks && !item.pace.known) return json_null();
    saying_pace(&view, &item, &words);
    if (words.len && buffer_text(&words)[words.len - 1] == '\n') buffer_cut(&words, words.len - 1);
    saying_unit(sight->plan, item.cell, &unit);
    buffer_add_text(&unit, "/月");
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:s, s:o}", "area", view_area(sight->view, cell)->code, "needed",
                     json_of_decimal(asks, asks ? needed.each : (struct decimal){0}), "months",
                     asks ? json_integer((json_int_t)needed.months) : json_null(), "best",
                     json_of_decimal(item.pace.known, item.pace.best), "best_month", month_json(&item.pace), "recent",
                     json_of_decimal(item.pace.has_recent, item.pace.recent), "unit", buffer_text(&unit), "words",
                     json_of_text(buffer_text(&words)));
}

json_t *forecast_words_json(struct sight *sight, size_t cell) {
    struct digest_item item;
    struct digest_view view;
    CLEAN(buffer_finish) struct buffer words = {0};
    const struct assessment *seen = sight_now(sight, cell);
    if (!digest_of(sight, cell, &item, &view)) return NULL;
    saying_forecast(&view, &item, &words);
    if (!words.len && seen->forecast.refused != FORECAST_GIVEN)
        buffer_printf(&words, "不作预测：%s。", forecast_refusal_name(seen->forecast.refused));
    return json_of_text(buffer_text(&words));
}

/* --- the document --- */

static bool takes_all(const struct sight *sight, size_t cell, size_t unused) {
    (void)unused;
    return !sight->plan->areas[sight->plan->cells[cell].area].city;
}

/* Adds what only this page says of its cells. false: no memory. */
static bool add_paces(struct sight *sight, size_t target, json_t *document) {
    json_t *paces = json_array(), *row;
    size_t i;
    json_object_set_new(document, "pace", paces);
    json_array_foreach(json_object_get(document, "cells"), i, row) {
        size_t area = plan_find_area(sight->plan, slice_of(json_string_value(json_object_get(row, "area"))));
        size_t cell = plan_find_cell(sight->plan, target, area);
        json_t *pace = pace_json(sight, cell), *words = forecast_words_json(sight, cell);
        if (!pace || !words) {
            json_decref(pace);
            json_decref(words);
            return false;
        }
        if (json_is_null(pace))
            json_decref(pace);
        else
            json_array_append_new(paces, pace);
        json_object_set_new(row, "forecast_words", words);
    }
    return true;
}

static void set_heading(struct sight *sight, size_t target, const struct counts *counts, json_t *document) {
    CLEAN(buffer_finish) struct buffer out = {0};
    CLEAN(buffer_finish) struct buffer words = {0};
    size_t city = city_cell(sight->plan, target);
    buffer_printf(&out, "%s：", sight->plan->targets[target].name);
    if (city != NO_INDEX && sight_sees(sight, city)) {
        const struct assessment *seen = sight_now(sight, city);
        cell_done_words(sight->view, city, seen, &out);
        if (seen->counties_in < seen->counties_expected)
            buffer_printf(&out, "，缺%u县", seen->counties_expected - seen->counties_in);
        if (seen->unfinished_count) buffer_printf(&out, "，%zu县未完成", seen->unfinished_count);
        if (counts->cells) buffer_add_text(&out, "；");
    }
    if (counts->cells) buffer_add_text(&out, "县（区）");
    counts_words(counts, &words);
    buffer_add_text(&out, buffer_text(&words));
    json_object_set_new(document, "heading", json_string(buffer_text(&out)));
}

json_t *document_target(const struct facts *facts, const struct scope *scope, const struct document_request *request,
                        struct error *err) {
    struct sight sight = sight_of(facts, scope);
    size_t target = request->code ? plan_find_target(sight.plan, slice_of(request->code)) : NO_INDEX;
    if (target == NO_INDEX || !scope_sees_target(scope, sight.view, target)) return document_unknown(err, "target");
    const struct target *one = &sight.plan->targets[target];
    CLEAN(cell_list_finish) struct cell_list list = {0};
    CLEAN(buffer_finish) struct buffer path = {0};
    struct alert_choice alerts = alert_choice_all();
    alerts.target = target;
    json_t *document = document_envelope(facts, "targets");
    if (!document || !cell_list_make(&sight, one->first_cell, one->cell_count, takes_all, 0, &list))
        return document_failed(err, document);
    struct counts counts = cell_list_counts(&sight, &list);
    buffer_printf(&path, "targets/%s", one->code);
    json_object_set_new(document, "target", target_head_json(&sight, target));
    json_object_set_new(document, "task", task_head_json(sight.plan, one->task));
    json_object_set_new(document, "city", city_json(&sight, target));
    set_heading(&sight, target, &counts, document);
    json_object_set_new(document, "counts", counts_json(&counts));
    json_object_set_new(document, "allocation", allocation_json(&sight, one));
    if (!alerts_of_json(&sight, &alerts, document)) return document_failed(err, document);
    if (!cell_list_page(&sight, &list, request, buffer_text(&path), document, err)) {
        json_decref(document);
        return NULL;
    }
    return add_paces(&sight, target, document) ? document : document_failed(err, document);
}
