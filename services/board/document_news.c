/* What waits for the office, and what moved since the last working day. */
#include <stdlib.h>

#include "common/base/cleanup.h"
#include "common/desk/request_choice.h"
#include "common/report/json.h"
#include "services/board/document_overview.h"

/* --- decisions --- */

/* Who is next of a close-out: the lead checks, or the office verifies; of all else NULL. */
static const char *next_step(const struct view *view, const struct decision *decision) {
    if (!decision->close_out) return NULL;
    bool unchecked = decision->close_out->state == CLOSE_OUT_CLAIMED;
    return unchecked && close_out_wants_lead(view, decision->cell) ? "check" : "verify";
}

static json_t *one_decision(const struct sight *sight, const struct decision *decision) {
    CLEAN(buffer_finish) struct buffer title = {0};
    CLEAN(buffer_finish) struct buffer detail = {0};
    json_t *json = decision_json(sight->view, decision);
    if (!json) return NULL;
    buffer_printf(&title, "%s ", decision_name(decision->kind));
    decision_subject(sight->view, decision, &title);
    decision_detail(sight->view, decision, &detail);
    json_object_set_new(json, "title", json_string(buffer_text(&title)));
    json_object_set_new(json, "detail", json_of_text(buffer_text(&detail)));
    json_object_set_new(json, "asked",
                        json_of_day(decision->extension ? decision->extension->due_asked : DAY_NONE));
    json_object_set_new(json, "step", json_of_text(next_step(sight->view, decision)));
    return json;
}

void overview_decisions(struct sight *sight, json_t *document) {
    const struct decisions *decisions = &sight->facts->morning.decisions;
    json_t *list = json_array();
    size_t total = sight->whole ? decisions->count : 0; /* the office's alone */
    for (size_t i = 0; i < total && i < OVERVIEW_LISTED; i++)
        json_array_append_new(list, one_decision(sight, &decisions->items[i]));
    json_object_set_new(document, "decisions", list);
    json_object_set_new(document, "decisions_total", json_integer((json_int_t)total));
}

/* --- changes --- */

struct told_change {
    struct change change;
    unsigned rank;
};

static int by_rank(const void *left, const void *right) {
    const struct told_change *a = left, *b = right;
    if (a->rank != b->rank) return a->rank < b->rank ? -1 : 1;
    return (a->change.cell > b->change.cell) - (a->change.cell < b->change.cell);
}

static struct change_sides sides_of(struct sight *sight, size_t cell) {
    const struct assessment *then = sight_then(sight, cell);
    return (struct change_sides){then, sight_now(sight, cell)};
}

static json_t *told_json(struct sight *sight, const struct change *change) {
    CLEAN(buffer_finish) struct buffer words = {0};
    struct change_sides sides = sides_of(sight, change->cell);
    json_t *json = change_json(sight->view, change, sides);
    if (!json) return NULL;
    change_sides_words(sight->view, change, sides, &words);
    json_object_set_new(json, "words", json_string(buffer_text(&words)));
    json_object_set_new(json, "lamp_before", json_string(lamp_word(lamp_of(sides.before))));
    json_object_set_new(json, "lamp_after", json_string(lamp_word(lamp_of(sides.after))));
    return json;
}

/* A county that falls silent, or speaks again, is one thing to be told, not as many as it has cells. */
static json_t *silent_json(const struct plan *plan, const size_t *began, const size_t *ended) {
    json_t *list = json_array();
    for (size_t i = 0; i < plan->area_count && json_array_size(list) < OVERVIEW_LISTED; i++)
        if (began[i] || ended[i])
            json_array_append_new(list, json_pack("{s:s, s:I, s:I}", "area", plan->areas[i].code, "began",
                                                  (json_int_t)began[i], "ended", (json_int_t)ended[i]));
    return list;
}

void overview_changes(struct sight *sight, json_t *document) {
    const struct changes *changes = &sight->facts->morning.changes;
    const struct plan *plan = sight->plan;
    json_t *list = json_array();
    size_t told = 0;
    AUTO_FREE struct told_change *items = calloc(changes->count + 1, sizeof *items);
    AUTO_FREE size_t *began = calloc(plan->area_count + 1, sizeof *began);
    AUTO_FREE size_t *ended = calloc(plan->area_count + 1, sizeof *ended);
    for (size_t i = 0; items && began && ended && changes->before && i < changes->count; i++) {
        size_t cell = changes->items[i].cell;
        struct change_sides sides = sides_of(sight, cell);
        struct change change;
        if (!sight_sees(sight, cell) || !change_between(sides, cell, &change) || !change.light) continue;
        enum change_silence silence = change_sides_silence(sides, &change);
        change.figure = false; /* as in the morning view: what moved is the light */
        if (silence == SILENCE_NOT)
            items[told++] = (struct told_change){change, change_sides_rank(sides, &change)};
        else
            (silence == SILENCE_BEGAN ? began : ended)[plan->cells[cell].area]++;
    }
    if (items) qsort(items, told, sizeof *items, by_rank);
    for (size_t i = 0; i < told && i < OVERVIEW_LISTED; i++)
        json_array_append_new(list, told_json(sight, &items[i].change));
    json_object_set_new(document, "changes_since", json_of_instant(changes->since.known_at));
    json_object_set_new(document, "changes", list);
    json_object_set_new(document, "changes_total", json_integer((json_int_t)told));
    json_object_set_new(document, "changes_silent",
                        began && ended ? silent_json(plan, began, ended) : json_array());
}
