/* `duban status --json`. */
#include <string.h>

#include "common/base/text.h"
#include "common/report/json.h"
#include "common/report/morning.h"
#include "common/store/cell_json.h"

/* Keeps the highest sequence of each stream and epoch. */
static void merge_complete(json_t *into, const json_t *from) {
    size_t i, k;
    json_t *item, *there;
    json_array_foreach(from, i, item) {
        bool found = false;
        json_array_foreach(into, k, there) {
            if (!json_equal(json_object_get(there, "stream"), json_object_get(item, "stream")) ||
                !json_equal(json_object_get(there, "epoch"), json_object_get(item, "epoch")))
                continue;
            found = true;
            if (json_integer_value(json_object_get(there, "seq")) < json_integer_value(json_object_get(item, "seq")))
                json_object_set(there, "seq", json_object_get(item, "seq"));
        }
        if (!found) json_array_append_new(into, json_copy(item));
    }
}

/* What the row says once and the day says anew. */
static void bring_to_today(const struct view *view, size_t cell, json_t *json) {
    const struct assessment *now = &view->cells[cell];
    char why[1024];
    if (!json_is_string(json_object_get(json, "light_since")))
        json_object_set_new(json, "light_since", json_of_day(now->light_since));
    if (!json_object_get(json, "older")) json_object_set_new(json, "older", json_null()); /* written before it was said */
    if (now->days_overdue <= 0) return;
    json_object_set_new(json, "days_overdue", json_integer(now->days_overdue));
    size_t len = assess_why(view->plan, &view->plan->cells[cell], now, why, sizeof why);
    json_object_set_new(json, "why", json_stringn(why, text_cut_bytes(why, len, sizeof why - 1)));
}

/* As the alerter said it, or as it was judged here. */
static json_t *judged_json(const struct view *view, size_t cell) {
    const char *said = view->stated ? view->stated[cell].json : NULL;
    json_t *json = said ? json_loads(said, 0, NULL) : NULL;
    if (json) {
        bring_to_today(view, cell, json);
        return json;
    }
    return cell_json(view->plan, &view->plan->cells[cell], &view->cells[cell], view->events[cell].events,
                     view->events[cell].count, &view->history);
}

json_t *view_cell_json(const struct view *view, size_t cell) {
    const struct close_out *close_out = requests_close_out(&view->requests, cell);
    json_t *json = judged_json(view, cell);
    json_object_set_new(json, "close_out",
                        close_out ? json_string(close_out_state_word(close_out->state)) : json_null());
    return json;
}

/* A roll-up is complete to where its counties are. */
static void complete_rollup(const struct view *view, size_t cell, json_t *json) {
    const struct target *target = view_target(view, cell);
    json_t *complete = json_object_get(json, "complete_to");
    for (size_t i = target->first_cell + 1; complete && i < target->first_cell + target->cell_count; i++) {
        json_t *county = view_cell_json(view, i);
        merge_complete(complete, json_object_get(county, "complete_to"));
        json_decref(county);
    }
}

static json_t *cells_json(const struct view *view, const struct selection *selection) {
    json_t *list = json_array();
    for (size_t i = 0; i < view->plan->cell_count; i++) {
        if (!selects_cell(selection, i)) continue;
        json_t *json = view_cell_json(view, i);
        if (view->plan->cells[i].rollup) complete_rollup(view, i, json);
        json_array_append_new(list, json);
    }
    return list;
}

static json_t *areas_of(const struct stream *stream) {
    if (!stream->areas) return json_null();
    json_t *list = json_array();
    for (size_t i = 0; i < stream->area_count; i++)
        json_array_append_new(list, json_string(stream->areas[i]));
    return list;
}

json_t *feeds_json(const struct view *view, const struct feeds *feeds) {
    (void)view;
    json_t *list = json_array();
    for (size_t i = 0; i < feeds->count; i++) {
        const struct feed *feed = &feeds->items[i];
        const struct feed_position *position = feed->position;
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:o, s:o, s:o, s:s, s:o, s:o, s:I, s:I}", "stream",
                                        feed->stream->name, "unit", feed->stream->unit, "areas", areas_of(feed->stream),
                                        "last_seq", position ? json_integer(position->last_seq) : json_null(),
                                        "known_at", json_of_instant(position ? position->known_at : INSTANT_NONE),
                                        "state", feed_state_word(feed->state), "last_file",
                                        json_of_text(feed->last ? feed->last->file : NULL), "last_file_at",
                                        json_of_instant(feed->last ? feed->last->known_at : INSTANT_NONE), "cells_owed",
                                        (json_int_t)feed->owed, "cells_missing", (json_int_t)feed->missing));
    }
    return list;
}

json_t *morning_json(const struct morning *morning, const struct selection *selection) {
    const struct view *view = morning->view;
    json_t *document = json_document();
    json_object_set_new(document, "programme", json_string(view->programme.code));
    json_object_set_new(document, "trial", json_boolean(view->programme.trial));
    json_object_set_new(document, "as_of", json_of_day(view->moment.as_of));
    json_object_set_new(document, "known_at", json_of_instant(view->moment.known_at));
    json_object_set_new(document, "plan_version", json_integer(view->stored.version));
    json_object_set_new(document, "rules_version", json_of_text(view->rules.version));
    json_object_set_new(document, "cells", cells_json(view, selection));
    json_object_set_new(document, "feeds", feeds_json(view, &morning->feeds));
    json_object_set_new(document, "decisions", decisions_json(view, &morning->decisions));
    json_object_set_new(document, "changes_since", json_of_instant(morning->changes.since.known_at));
    json_object_set_new(document, "changes", changes_json(&morning->changes));
    return document;
}
