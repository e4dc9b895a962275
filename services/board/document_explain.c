/* Why a cell stands as it does, down to the rows of files; and the plan itself. */
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/report/explain.h"
#include "common/report/json.h"
#include "common/report/plan_json.h"
#include "services/board/document_target.h"

enum { STREAMS_VERIFIED = 64 };

/* --- what the sum of a city is made of --- */

static json_t *part_json(struct sight *sight, size_t cell) {
    const struct assessment *seen = sight_now(sight, cell);
    return json_pack("{s:s, s:s, s:o, s:o, s:s, s:o, s:s, s:b}", "area", view_area(sight->view, cell)->code,
                     "area_name", view_area(sight->view, cell)->name, "value",
                     json_of_text(seen->has_value ? seen->value_text : NULL), "figure_as_of",
                     json_of_day(seen->has_value ? seen->figure_as_of : DAY_NONE), "state",
                     cell_state_word(seen->state), "report_state", json_of_text(report_state_word(seen->report_state)),
                     "lamp", lamp_word(lamp_of(seen)), "stale", lamp_is_stale(seen));
}

/* The sum made once more from its parts: equal, or something is wrong with us. */
static json_t *recomputed_json(struct sight *sight, size_t cell) {
    const struct target *target = view_target(sight->view, cell);
    const struct assessment *city = &sight->view->cells[cell];
    struct exact sum = exact_whole(0);
    struct decimal total;
    if (!sight->plan->cells[cell].rollup || target->kind != KIND_CUMULATIVE || !city->has_value) return json_null();
    for (size_t i = target->first_cell; i < target->first_cell + target->cell_count; i++)
        if (i != cell && sight->view->cells[i].has_value)
            sum = exact_add(sum, exact_of(sight->view->cells[i].value));
    if (!exact_round(sum, DECIMAL_SCALE_MAX, ROUND_HALF_UP, &total)) return json_null();
    return json_pack("{s:o, s:b}", "value", json_of_decimal(true, total), "equal",
                     decimal_compare(total, city->value) == 0);
}

static void set_parts(struct sight *sight, size_t cell, json_t *document) {
    const struct target *target = view_target(sight->view, cell);
    json_t *parts = json_null();
    if (sight->plan->cells[cell].rollup) {
        parts = json_array();
        for (size_t i = target->first_cell; i < target->first_cell + target->cell_count; i++)
            if (i != cell && sight_sees(sight, i)) json_array_append_new(parts, part_json(sight, i));
    }
    json_object_set_new(document, "parts", parts);
    json_object_set_new(document, "recomputed", recomputed_json(sight, cell));
}

/* --- the chain of those who reported it --- */

static void add_stream(const struct sight *sight, struct slice name, int32_t *streams, size_t *count) {
    const struct stream *stream = streams_find(&sight->view->streams, name);
    for (size_t i = 0; stream && i < *count; i++)
        if (streams[i] == stream->id) return;
    if (stream && *count < STREAMS_VERIFIED) streams[(*count)++] = stream->id;
}

static enum error_code verify(const struct sight *sight, size_t cell, struct pg *pg, struct explanation *out,
                              struct error *err) {
    int32_t streams[STREAMS_VERIFIED];
    size_t count = 0, first = cell, until = cell + 1;
    const struct target *target = view_target(sight->view, cell);
    if (sight->plan->cells[cell].rollup) {
        first = target->first_cell;
        until = first + target->cell_count;
    }
    for (size_t i = first; i < until; i++)
        for (size_t k = 0; k < sight->view->events[i].count; k++)
            add_stream(sight, sight->view->events[i].events[k].stream, streams, &count);
    out->unverified = count == STREAMS_VERIFIED; /* of too many nobody waits for the proof: duban verify */
    return out->unverified ? ERROR_OK : verify_streams(pg, streams, count, &out->verify, err);
}

/* --- the document --- */

static json_t *second_sources_json(const struct explanation *explanation) {
    json_t *list = json_array();
    for (size_t i = 0; i < explanation->ledger.other_count; i++) {
        CLEAN(buffer_finish) struct buffer words = {0};
        second_source_words(&explanation->ledger.others[i], &words);
        json_array_append_new(list, json_string(buffer_text(&words)));
    }
    return list;
}

static json_t *say(struct sight *sight, size_t cell, const struct explanation *explanation, struct error *err) {
    json_t *document = document_envelope(sight->facts, "explain");
    json_t *row = sight_row_json(sight, cell, 0), *words = forecast_words_json(sight, cell);
    json_t *pace = pace_json(sight, cell);
    if (!document || !row || !words || !pace) {
        json_decref(row);
        json_decref(words);
        json_decref(pace);
        return document_failed(err, document);
    }
    explanation_json(explanation, document);
    json_object_set(document, "why", json_object_get(row, "why")); /* as this scope may read it */
    json_object_set_new(document, "heading", json_sprintf("%s：%s", view_area(sight->view, cell)->name,
                                                          json_string_value(json_object_get(row, "why"))));
    json_object_set_new(row, "forecast_words", words);
    json_object_set_new(document, "cell", row);
    json_object_set_new(document, "pace", pace);
    json_object_set_new(document, "answers",
                        explanation_answers_json(explanation, &sight->facts->morning.sent.answers));
    json_object_set_new(document, "second_sources", second_sources_json(explanation));
    set_parts(sight, cell, document);
    return document;
}

json_t *document_explain(const struct facts *facts, const struct scope *scope, const struct document_request *request,
                         struct error *err) {
    struct sight sight = sight_of(facts, scope);
    size_t target = request->code ? plan_find_target(sight.plan, slice_of(request->code)) : NO_INDEX;
    size_t area = request->area ? plan_find_area(sight.plan, slice_of(request->area)) : NO_INDEX;
    if (target == NO_INDEX) return document_unknown(err, "target");
    size_t cell = area == NO_INDEX ? NO_INDEX : plan_find_cell(sight.plan, target, area);
    if (cell == NO_INDEX || !sight_sees(&sight, cell)) return document_unknown(err, "cell");
    CLEAN(explanation_finish) struct explanation explanation = {.view = sight.view, .cell = cell};
    if (explanation_gather(request->pg, &explanation, err) ||
        verify(&sight, cell, request->pg, &explanation, err))
        return NULL;
    return say(&sight, cell, &explanation, err);
}

json_t *document_plan(const struct facts *facts, const struct scope *scope, const struct document_request *request,
                      struct error *err) {
    (void)request;
    (void)scope; /* what is asked of whom was published; no figure is in it */
    json_t *document = document_envelope(facts, "plan"), *plan = plan_json(facts->view.plan);
    if (!document || !plan) {
        json_decref(plan);
        return document_failed(err, document);
    }
    json_object_set_new(document, "plan", plan);
    return document;
}
