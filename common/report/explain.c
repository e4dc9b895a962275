#include "common/report/explain.h"

#include <stdlib.h>
#include <string.h>

#include "common/report/answer_words.h"
#include "common/report/json.h"
#include "common/report/morning.h"

void explanation_finish(struct explanation *explanation) {
    ledger_finish(&explanation->ledger);
    free(explanation->events);
    verify_report_finish(&explanation->verify);
    answer_rows_finish(&explanation->answers);
}

enum error_code explanation_gather(struct pg *pg, struct explanation *out, struct error *err) {
    const struct view *view = out->view;
    const struct cell_events *events = &view->events[out->cell];
    ledger_build(&out->ledger, view->plan, &view->plan->cells[out->cell], events->events, events->count,
                 moment_before(&view->moment), view->moment.as_of);
    size_t len =
        assess_why(view->plan, &view->plan->cells[out->cell], &view->cells[out->cell], out->why, sizeof out->why);
    out->why[len < sizeof out->why ? len : sizeof out->why - 1] = '\0';
    out->events = calloc(events->count + 1, sizeof *out->events);
    if (!out->events) return error_set(err, ERROR_MEMORY, "out of memory");
    enum error_code code = ERROR_OK;
    for (size_t i = 0; !code && i < events->count; i++) {
        out->events[i] = evidence_of(&out->ledger, events->events, i);
        code = query_origin(pg, events->events[i].log, events->events[i].seq, events->events[i].known_at,
                            &out->events[i].origin, err);
    }
    return code;
}

bool explanation_takes_answer(const struct explanation *explanation, const struct answer_row *answer) {
    return strcmp(answer->target, view_target(explanation->view, explanation->cell)->code) == 0 &&
           strcmp(answer->area, view_area(explanation->view, explanation->cell)->code) == 0;
}

json_t *explanation_answers_json(const struct explanation *explanation, const struct answer_rows *answers) {
    json_t *list = json_array();
    for (size_t i = 0; i < answers->count; i++)
        if (explanation_takes_answer(explanation, &answers->items[i]))
            json_array_append_new(list, answer_row_json(&answers->items[i]));
    return list;
}

static json_t *event_json(const struct cell_event *event, const struct evidence *evidence) {
    return json_pack(
        "{s:o, s:s, s:s, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:s}", "uid",
        json_of_uid(event->uid), "kind", event_kind_name((uint32_t)event->kind), "kind_word",
        evidence_kind_name(event->kind), "seq", (json_int_t)event->seq, "stream", json_of_slice(event->stream),
        "known_at", json_of_instant(event->known_at), "reported_at", json_of_instant(event->reported_at), "as_of",
        json_of_day(event->as_of), "figure", json_of_figure(&event->figure), "reporter",
        json_of_slice(event->reporter), "file", json_of_slice(event->source_file), "file_hash",
        json_of_hex(evidence->origin.has_hash ? evidence->origin.hash : NULL, sizeof evidence->origin.hash), "place",
        json_of_slice(event->source_place), "raw", json_of_slice(event->source_raw), "replaces",
        event->has_replaces ? json_of_uid(event->replaces) : json_null(), "reason", json_of_slice(event->reason),
        "note", json_of_slice(event->note), "standing", evidence->token, "words", evidence->words);
}

static json_t *chain_json(const struct explanation *explanation) {
    if (explanation->unverified) return json_null();
    return json_pack("{s:b, s:I, s:I}", "whole", explanation->verify.breaks_total == 0, "events",
                     (json_int_t)explanation->verify.events, "breaks", (json_int_t)explanation->verify.breaks_total);
}

void explanation_json(const struct explanation *explanation, json_t *document) {
    const struct view *view = explanation->view;
    const struct cell_events *events = &view->events[explanation->cell];
    json_t *list = json_array();
    for (size_t i = 0; i < events->count; i++)
        json_array_append_new(list, event_json(&events->events[i], &explanation->events[i]));
    json_object_set_new(document, "why", json_string(explanation->why));
    json_object_set_new(document, "cell", view_cell_json(view, explanation->cell));
    json_object_set_new(document, "events", list);
    json_object_set_new(document, "answers", explanation_answers_json(explanation, &explanation->answers));
    json_object_set_new(document, "chain", chain_json(explanation));
}
