#include "services/board/document.h"

#include "common/report/json.h"

/* The newest commit of the programme's streams that was counted. */
static struct instant complete_to(const struct view *view) {
    struct instant newest = INSTANT_NONE;
    for (size_t i = 0; i < view->streams.count; i++) {
        const struct feed_position *position = feed_positions_of(&view->positions, view->streams.items[i].id);
        if (position && position->known_at.ms > newest.ms) newest = position->known_at;
    }
    return newest;
}

json_t *document_envelope(const struct facts *facts, const char *resource) {
    const struct view *view = &facts->view;
    return json_pack("{s:i, s:o, s:o, s:I, s:s, s:{s:s, s:o}, s:o, s:b, s:i, s:o, s:b, s:b}", "schema", 1, "known_at",
                     json_of_instant(view->moment.known_at), "complete_to", json_of_instant(complete_to(view)), "change",
                     (json_int_t)facts->change, "resource", resource, "programme", "code", view->programme.code, "title",
                     json_of_text(view->programme.title ? view->programme.title : view->plan->title), "as_of",
                     json_of_day(view->moment.as_of), "past", facts->past, "plan_version", (int)view->stored.version,
                     "rules_version", json_of_text(view->rules.version), "trial", view->programme.trial, "sample",
                     facts->sample);
}
