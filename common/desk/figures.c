/* What is decided about a cell's figures and light: a held one counts, a red is released, a light is another's word. */
#include <string.h>

#include "common/base/cleanup.h"
#include "common/desk/desk_parts.h"
#include "common/domain/ledger.h"
#include "common/report/json.h"
#include "common/report/words.h"

/* --- confirm --- */

static void build(const struct view *view, size_t cell, struct ledger *ledger) {
    const struct cell_events *events = &view->events[cell];
    ledger_build(ledger, view->plan, &view->plan->cells[cell], events->events, events->count,
                 moment_before(&view->moment), view->moment.as_of);
}

/* The held figure that is meant: of a day when one was named, else the newest by its day. */
static enum error_code held_of_cell(struct desk_case *one, size_t cell, const uint8_t **uid, struct error *err) {
    CLEAN(ledger_finish) struct ledger ledger = {0};
    const struct view *view = one->view;
    build(view, cell, &ledger);
    *uid = NULL;
    for (size_t i = 0; i < ledger.held_count; i++) {
        if (day_is(one->as_of) && ledger.held[i].as_of.n != one->as_of.n) continue;
        one->other_held += *uid != NULL;
        *uid = view->events[cell].events[ledger.held[i].event].uid;
    }
    if (*uid) return ERROR_OK;
    desk_already(one, "没有待核的数");
    return error_set(err, ERROR_CONFLICT, "nothing of %s %s is held: there is nothing to confirm",
                     view_target(view, cell)->code, view_area(view, cell)->name);
}

static const struct cell_event *event_of(const struct view *view, const uint8_t uid[EVENT_UID_BYTES], size_t *cell) {
    for (size_t i = 0; i < view->plan->cell_count; i++)
        for (size_t k = 0; k < view->events[i].count; k++)
            if (memcmp(view->events[i].events[k].uid, uid, EVENT_UID_BYTES) == 0) {
                *cell = i;
                return &view->events[i].events[k];
            }
    return NULL;
}

static enum error_code held_by_uid(struct desk_case *one, size_t *cell, const uint8_t **uid, struct error *err) {
    CLEAN(ledger_finish) struct ledger ledger = {0};
    uint8_t wanted[EVENT_UID_BYTES];
    const char *text = one->request->subject[0];
    if (!uid_parse(text, wanted))
        return error_set(err, ERROR_USAGE,
                         "give TARGET AREA, or the UID of the held figure as `duban explain` shows it");
    const struct cell_event *event = event_of(one->view, wanted, cell);
    one->unknown = !event;
    if (!event) return error_set(err, ERROR_NOT_FOUND, "no event %s is known here", text);
    enum error_code code = desk_seen(one, *cell, err);
    if (code) return code;
    build(one->view, *cell, &ledger);
    *uid = event->uid;
    for (size_t i = 0; i < ledger.held_count; i++)
        if (&one->view->events[*cell].events[ledger.held[i].event] == event) return ERROR_OK;
    desk_already(one, "这个数不在待核之列");
    return error_set(err, ERROR_CONFLICT, "%s is not held (any more): there is nothing to confirm", text);
}

enum error_code check_confirm(struct desk_case *one, struct pg *pg, struct error *err) {
    (void)pg;
    const uint8_t *uid = NULL;
    size_t cell = NO_INDEX;
    enum error_code code = ERROR_OK;
    if (one->request->subject_count == 1)
        code = held_by_uid(one, &cell, &uid, err);
    else if (!(code = desk_cell(one, &cell, err)))
        code = held_of_cell(one, cell, &uid, err);
    if (code) return code;
    struct desk_decision *confirm = desk_make(one, EVENT_CONFIRM, cell, err);
    if (!confirm) return ERROR_MEMORY;
    one->cell = cell;
    memcpy(confirm->more.of_event.uid, uid, EVENT_UID_BYTES);
    return ERROR_OK;
}

/* --- release --- */

static bool waits_for_release(const struct view *view, size_t cell) {
    const struct assessment *now = &view->cells[cell];
    return now->proposed == LIGHT_RED && now->light != LIGHT_RED;
}

static void state_of_light(struct desk_case *one, size_t cell) {
    CLEAN(buffer_finish) struct buffer light = {0};
    const struct desk_event *released = NULL;
    for (size_t i = 0; i < one->view->desk.count; i++) {
        const struct desk_event *event = &one->view->desk.events[i];
        if (event->event.kind == EVENT_RELEASE && event->cell == cell &&
            !desk_event_reversed(one->view->desk.events, one->view->desk.count, event))
            released = event;
    }
    light_words(&one->view->cells[cell], &light);
    if (released && one->view->cells[cell].light == LIGHT_RED)
        desk_already_decided(one, released);
    else
        desk_state(one, "没有待核定的红灯，现在是%s", buffer_text(&light));
}

/* Of a message named as a whole, the reds that wait; of what is named by itself, it must be one. */
static enum error_code reds_of(struct desk_case *one, struct error *err) {
    const struct view *view = one->view;
    size_t kept = 0;
    for (size_t i = 0; i < one->naming.count; i++) {
        struct named *named = &one->naming.items[i];
        if (named->whole && (strcmp(named->said->rule, "review") != 0 || named->cell == NO_INDEX)) continue;
        CLEAN(buffer_finish) struct buffer name = {0};
        named_words(view, named, &name);
        if (named->cell == NO_INDEX)
            return error_set(err, ERROR_CONFLICT, "%s is about %s: there is no red in it to release", named->number,
                             buffer_text(&name));
        if (waits_for_release(view, named->cell)) {
            one->naming.items[kept++] = *named;
        } else if (!named->whole) {
            state_of_light(one, named->cell);
            return error_set(err, ERROR_CONFLICT, "no red of %s waits for release: its light is %s", buffer_text(&name),
                             light_name(view->cells[named->cell].light));
        }
    }
    one->naming.count = kept;
    if (kept) return ERROR_OK;
    desk_already(one, "没有待核定的红灯");
    return error_set(err, ERROR_CONFLICT, "no red in it waits for release (any more)");
}

enum error_code check_release(struct desk_case *one, struct pg *pg, struct error *err) {
    enum error_code code = desk_names(one, pg, err);
    if (!code) code = reds_of(one, err);
    for (size_t i = 0; !code && i < one->naming.count; i++) {
        const struct named *named = &one->naming.items[i];
        struct desk_decision *release = desk_make(one, EVENT_RELEASE, named->cell, err);
        if (!release) return ERROR_MEMORY;
        release->more.release.alert = slice_of(*named->number ? named->number : NULL);
        release->more.release.has_instant = true;
        release->more.release.instant_ms = one->request->now.ms;
    }
    return code;
}

/* --- override --- */

static enum error_code overridden_already(struct desk_case *one, size_t cell, struct error *err) {
    const struct assessment *now = &one->view->cells[cell];
    char until[DAY_TEXT_MAX];
    if (one->request->replace || !now->overridden) return ERROR_OK;
    day_print(now->override_until, until);
    desk_already(one, "%.*s 已另定为%s，到 %s 止", (int)now->override_by.len, now->override_by.ptr,
                 light_name(now->light), until);
    return error_set(err, ERROR_CONFLICT, "%s %s is shown as %s by a person's word already, until %s",
                     view_target(one->view, cell)->code, view_area(one->view, cell)->name, light_word(now->light),
                     until);
}

enum error_code check_override(struct desk_case *one, struct pg *pg, struct error *err) {
    (void)pg;
    size_t cell = NO_INDEX;
    enum error_code code = desk_cell(one, &cell, err);
    if (code) return code;
    if (one->view->cells[cell].state == STATE_NO_TASK || one->view->cells[cell].state == STATE_WORDS)
        return error_set(err, ERROR_USAGE, "%s %s has no light", view_target(one->view, cell)->code,
                         view_area(one->view, cell)->name);
    if ((code = overridden_already(one, cell, err))) return code;
    struct desk_decision *override = desk_make(one, EVENT_OVERRIDE, cell, err);
    if (!override) return ERROR_MEMORY;
    override->more.override.light = slice_of(light_word(one->light));
    override->more.override.until = one->until;
    return ERROR_OK;
}
