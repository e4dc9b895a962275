#include "common/domain/release.h"

#include "proto/more.h"

void release_start(struct release_watch *watch) {
    *watch = (struct release_watch){.shown_since = DAY_NONE, .released_by = NO_INDEX};
}

void release_lapse(struct release_watch *watch) {
    watch->red = watch->released = watch->had_released_red = false;
}

/* "[A release] holds until the computed light is yellow, blue or green (grey and overdue do not end it)" */
static void follow_red(struct release_watch *watch, enum light computed, int64_t now_ms) {
    if (computed == LIGHT_RED && !watch->red) {
        watch->red = true;
        watch->red_since_ms = now_ms;
    }
    if (computed == LIGHT_YELLOW || computed == LIGHT_BLUE || computed == LIGHT_GREEN)
        watch->red = watch->released = false;
}

/* "A release frees the red that stands at its instant": the instant it names, else that at which it was known. */
static bool frees(const struct cell_event *release, int64_t red_since_ms) {
    struct more more;
    if (more_decode(EVENT_RELEASE, release->more, &more) != PROTO_OK || !more.release.has_instant) return true;
    return red_since_ms <= more.release.instant_ms;
}

static void take_releases(struct release_watch *watch, enum light computed, const struct ledger *ledger, size_t first) {
    for (size_t i = first; i < ledger->next; i++) {
        const struct cell_event *event = &ledger->events[i];
        if (event->kind != EVENT_RELEASE || event->known_at.ms >= ledger->at.ms || computed != LIGHT_RED ||
            ledger_is_reversed(ledger, i) || !frees(event, watch->red_since_ms))
            continue;
        watch->released = true;
        watch->released_by = i;
    }
    if (watch->released && ledger_is_reversed(ledger, watch->released_by))
        watch->released = watch->had_released_red = false;
}

void release_judge(struct release_watch *watch, enum light computed, const struct ledger *ledger, size_t first,
                   int64_t now_ms, struct day today, bool release_needed) {
    follow_red(watch, computed, now_ms);
    if (first < ledger->next) take_releases(watch, computed, ledger, first);
    /* "until a person of the office releases it, `light` is yellow and `proposed_light` red" */
    enum light light = computed == LIGHT_RED && release_needed && !watch->released ? LIGHT_YELLOW : computed;
    if (light == LIGHT_RED) watch->had_released_red = true;
    if (light == watch->shown && day_is(watch->shown_since)) return;
    watch->shown = light;
    watch->shown_since = today;
}

bool release_made_good(const struct release_watch *watch) {
    return (watch->shown == LIGHT_BLUE || watch->shown == LIGHT_GREEN) && watch->had_released_red;
}
