#include "common/domain/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "common/domain/hold.h"
#include "proto/more.h"

enum source { SOURCE_OWN, SOURCE_ON_BEHALF, SOURCE_SECOND };

/* --- memory --- */

/* Room for one more; false and a failed ledger when there is none. */
static bool grow(struct ledger *ledger, void **items, size_t size, size_t count, size_t *capacity) {
    if (count < *capacity) return true;
    size_t wanted = *capacity ? *capacity * 2 : 32;
    void *grown = realloc(*items, wanted * size);
    if (!grown) {
        ledger->failed = true;
        return false;
    }
    *items = grown;
    *capacity = wanted;
    return true;
}

void ledger_finish(struct ledger *ledger) {
    free(ledger->standing);
    free(ledger->held);
    free(ledger->others);
    *ledger = (struct ledger){0};
}

static void empty(struct ledger *ledger) {
    ledger->standing_count = ledger->held_count = ledger->other_count = 0;
    ledger->two_sources = ledger->failed = false;
    ledger->words = NO_INDEX;
    ledger->next = 0;
    ledger->revision++;
}

/* --- standing figures --- */

/* "No-change repeats the last confirmed value before its as-of day." */
static void repeat_values(struct ledger *ledger, size_t from) {
    for (size_t i = from; i < ledger->standing_count; i++) {
        struct standing *item = &ledger->standing[i];
        if (!item->no_change) continue;
        item->figure = i > 0 ? ledger->standing[i - 1].figure : (struct figure){.form = FIGURE_NONE};
        item->value = i > 0 ? ledger->standing[i - 1].value : EXACT_UNKNOWN;
    }
}

static void remove_standing(struct ledger *ledger, size_t at) {
    struct standing *item = &ledger->standing[at];
    memmove(item, item + 1, (--ledger->standing_count - at) * sizeof *item);
    ledger->revision++;
    repeat_values(ledger, at);
}

static void insert_standing(struct ledger *ledger, const struct standing *item) {
    if (!grow(ledger, (void **)&ledger->standing, sizeof *item, ledger->standing_count, &ledger->standing_capacity))
        return;
    size_t before = ledger_before(ledger, item->as_of), at = before == NO_INDEX ? 0 : before + 1;
    memmove(&ledger->standing[at + 1], &ledger->standing[at], (ledger->standing_count - at) * sizeof *item);
    ledger->standing[at] = *item;
    if (at != ledger->standing_count++) ledger->revision++;
    repeat_values(ledger, at);
}

/* --- held figures --- */

static void remove_held(struct ledger *ledger, size_t at) {
    struct held *item = &ledger->held[at];
    memmove(item, item + 1, (--ledger->held_count - at) * sizeof *item);
}

static void insert_held(struct ledger *ledger, const struct held *item) {
    if (!grow(ledger, (void **)&ledger->held, sizeof *item, ledger->held_count, &ledger->held_capacity)) return;
    size_t at = ledger->held_count;
    while (at > 0 && ledger->held[at - 1].as_of.n > item->as_of.n)
        at--;
    memmove(&ledger->held[at + 1], &ledger->held[at], (ledger->held_count - at) * sizeof *item);
    ledger->held[at] = *item;
    ledger->held_count++;
}

static size_t held_by_event(const struct ledger *ledger, size_t event) {
    for (size_t i = 0; event != NO_INDEX && i < ledger->held_count; i++)
        if (ledger->held[i].event == event) return i;
    return NO_INDEX;
}

static size_t event_by_uid(const struct ledger *ledger, const uint8_t uid[EVENT_UID_BYTES]) {
    for (size_t i = ledger->next; i-- > 0;)
        if (memcmp(ledger->events[i].uid, uid, EVENT_UID_BYTES) == 0) return i;
    return NO_INDEX;
}

static bool is_retraction(const struct held *item) {
    return (item->causes & HOLD_RETRACTION) != 0;
}

static void keep_earliest(struct instant *reported, struct instant other) {
    if (other.ms < reported->ms) *reported = other;
}

/* A correction within the same reporting period does not make an on-time report late. */
static bool same_period(const struct ledger *ledger, struct day a, struct day b) {
    const struct plan *plan = ledger->measure.plan;
    return a.n == b.n || period_of(plan->calendar, &plan->reporting, a).first.n ==
                             period_of(plan->calendar, &plan->reporting, b).first.n;
}

/* "A held figure is superseded by a later one for its as-of day." */
static void supersede_held(struct ledger *ledger, struct held *by) {
    for (size_t i = ledger->held_count; i-- > 0;) {
        const struct held *item = &ledger->held[i];
        if (item->as_of.n != by->as_of.n) continue;
        if (!is_retraction(item)) keep_earliest(&by->reported, item->reported);
        remove_held(ledger, i);
    }
}

/* The figure comes to stand: what it names and what stood for its day goes. */
static void stand(struct ledger *ledger, const struct held *figure) {
    const struct cell_event *event = &ledger->events[figure->event];
    struct standing item = {.as_of = figure->as_of,
                            .figure = figure->figure,
                            .value = figure->value,
                            .known_at = figure->known_at,
                            .effective = ledger->clock,
                            .event = figure->event,
                            .no_change = figure->no_change,
                            .on_behalf = figure->on_behalf,
                            .corrected = event->kind == EVENT_CORRECTION,
                            .reported = figure->reported};
    size_t named = ledger_by_event(ledger, figure->replaces);
    if (named != NO_INDEX) {
        if (same_period(ledger, ledger->standing[named].as_of, figure->as_of))
            keep_earliest(&item.reported, ledger->standing[named].reported);
        item.corrected = true;
        remove_standing(ledger, named);
    }
    size_t same = ledger_on(ledger, figure->as_of);
    if (same != NO_INDEX) {
        keep_earliest(&item.reported, ledger->standing[same].reported);
        item.corrected = item.corrected || exact_compare(ledger->standing[same].value, item.value) != 0;
        remove_standing(ledger, same);
    }
    insert_standing(ledger, &item);
}

/* A retraction waits until the office or a reason frees it, and ends when its figure is gone. */
static bool settle_retraction(struct ledger *ledger, size_t at) {
    struct held *item = &ledger->held[at];
    size_t named = ledger_by_event(ledger, item->replaces);
    if (named != NO_INDEX && !(item->freed & HOLD_RETRACTION)) return false;
    remove_held(ledger, at);
    if (named == NO_INDEX) return true;
    remove_standing(ledger, named);
    return true;
}

static bool settle_one(struct ledger *ledger, size_t at) {
    struct held *item = &ledger->held[at];
    if (is_retraction(item)) return settle_retraction(ledger, at);
    item->causes = hold_causes(ledger, item);
    if (item->causes) return false;
    struct held freed = *item;
    remove_held(ledger, at);
    stand(ledger, &freed);
    return true;
}

/* "A held figure … takes effect by itself when what it contradicted is gone." Ends: every turn removes one. */
static void settle(struct ledger *ledger) {
    for (size_t i = 0; i < ledger->held_count;)
        i = settle_one(ledger, i) ? 0 : i + 1;
}

/* --- whose figure it is --- */

static bool is_lead_of(const struct plan *plan, const struct target *target, struct slice unit) {
    const struct task *task = &plan->tasks[target->task];
    size_t index = plan_find_unit(plan, unit);
    for (size_t i = 0; index != NO_INDEX && i < task->lead_count; i++)
        if (task->leads[i] == index) return true;
    return false;
}

/* "Reporter of record of a target: county, a department, or the office. A milestone of the whole city is reported by
 * its lead department, or by the office as 代报; the rest by counties." */
static enum source source_of(const struct ledger *ledger, const struct cell_event *event) {
    const struct plan *plan = ledger->measure.plan;
    const struct target *target = ledger->measure.target;
    bool own = false;
    switch (target->reporter) {
    case REPORTER_OFFICE:
        return event->stream_office ? SOURCE_OWN : SOURCE_SECOND;
    case REPORTER_UNIT:
        own = !event->stream_office && event->stream_unit.ptr && target->reporter_unit != NO_INDEX &&
              plan_find_unit(plan, event->stream_unit) == target->reporter_unit;
        break;
    case REPORTER_COUNTY:
        own = event->stream_county;
        if (!own && !event->stream_office && plan->areas[ledger->measure.cell->area].city && event->stream_unit.ptr)
            own = is_lead_of(plan, target, event->stream_unit);
        break;
    }
    return own ? SOURCE_OWN : event->stream_office ? SOURCE_ON_BEHALF : SOURCE_SECOND;
}

static struct slice reporter_of(const struct cell_event *event) {
    return event->reporter.ptr ? event->reporter : event->stream_unit;
}

/* "A second source is kept per reporter … the newest figure of each reporter is compared." */
static void take_second_source(struct ledger *ledger, size_t index) {
    const struct cell_event *event = &ledger->events[index];
    struct second_source item = {reporter_of(event), event->as_of, event->figure, index};
    for (size_t i = 0; i < ledger->other_count; i++) {
        struct second_source *known = &ledger->others[i];
        if (!slice_equal(known->reporter, item.reporter)) continue;
        bool replaced = event->has_replaces && event_by_uid(ledger, event->replaces) == known->event;
        if (replaced || known->as_of.n <= item.as_of.n) *known = item;
        return;
    }
    if (grow(ledger, (void **)&ledger->others, sizeof item, ledger->other_count, &ledger->other_capacity))
        ledger->others[ledger->other_count++] = item;
}

static void withdraw_second_source(struct ledger *ledger, const struct cell_event *event) {
    for (size_t i = ledger->other_count; i-- > 0;) {
        struct second_source *known = &ledger->others[i];
        bool meant = event->has_replaces
                         ? event_by_uid(ledger, event->replaces) == known->event
                         : known->as_of.n == event->as_of.n && slice_equal(known->reporter, reporter_of(event));
        if (meant) *known = ledger->others[--ledger->other_count];
    }
}

/* --- events --- */

static bool has_reason(const struct cell_event *event) {
    return event->reason.ptr && event->reason.len > 0;
}

/* "As of a later day" than its known-at day a figure reports nothing until that day. */
static struct instant reported_at(const struct cell_event *event) {
    struct instant start = day_start(event->as_of);
    return start.ms > event->known_at.ms ? start : event->known_at;
}

static struct held candidate(const struct ledger *ledger, size_t index, bool on_behalf) {
    const struct cell_event *event = &ledger->events[index];
    struct held figure = {.as_of = event->as_of,
                          .figure = event->figure,
                          .event = index,
                          .known_at = event->known_at,
                          .reported = reported_at(event),
                          .no_change = event->kind == EVENT_NO_CHANGE,
                          .on_behalf = on_behalf,
                          .has_reason = has_reason(event),
                          .replaces = NO_INDEX,
                          .ten_times_event = NO_INDEX,
                          .value = EXACT_UNKNOWN};
    if (figure.no_change)
        figure.figure = (struct figure){.form = FIGURE_NONE};
    else
        (void)measure_value(&ledger->measure, &event->figure, &figure.value);
    if (figure.has_reason) figure.freed = HOLD_FREED_BY_REASON;
    return figure;
}

/* "a held figure is withdrawn freely": what a correction names goes at once when it is only held. */
static void take_named(struct ledger *ledger, const struct cell_event *event, struct held *figure) {
    if (!event->has_replaces) return;
    size_t named = event_by_uid(ledger, event->replaces), held = held_by_event(ledger, named);
    if (held != NO_INDEX) {
        if (same_period(ledger, ledger->held[held].as_of, figure->as_of))
            keep_earliest(&figure->reported, ledger->held[held].reported);
        remove_held(ledger, held);
    } else if (ledger_by_event(ledger, named) != NO_INDEX)
        figure->replaces = named;
}

/* The same value again for a day that has it: nothing changes, but the county's own word replaces 代报. */
static bool is_repeat(const struct standing *same, const struct held *figure) {
    if (figure->replaces != NO_INDEX && figure->replaces != same->event) return false;
    return exact_known(same->value) && exact_compare(same->value, figure->value) == 0 &&
           !(same->on_behalf && !figure->on_behalf) && !same->no_change;
}

static void take_figure(struct ledger *ledger, size_t index) {
    const struct cell_event *event = &ledger->events[index];
    enum source source = source_of(ledger, event);
    struct held figure = candidate(ledger, index, source == SOURCE_ON_BEHALF);
    if (!day_is(event->as_of) || (!figure.no_change && !exact_known(figure.value))) return; /* 0 of 0 is not a figure */
    size_t same = ledger_on(ledger, event->as_of);
    bool after_own = same != NO_INDEX && figure.on_behalf && !ledger->standing[same].on_behalf;
    if (source == SOURCE_SECOND || after_own) {
        if (!figure.no_change) take_second_source(ledger, index);
        return;
    }
    if (event->has_replaces) take_named(ledger, event, &figure);
    if (ledger->held_count > 0) supersede_held(ledger, &figure);
    if (same != NO_INDEX && (figure.no_change || is_repeat(&ledger->standing[same], &figure))) {
        settle(ledger);
        return;
    }
    figure.causes = hold_causes(ledger, &figure);
    if (figure.causes)
        insert_held(ledger, &figure);
    else
        stand(ledger, &figure);
    if (ledger->held_count > 0) settle(ledger);
}

static void retract_standing(struct ledger *ledger, size_t index, size_t standing) {
    struct held item = candidate(ledger, index, false);
    item.as_of = ledger->standing[standing].as_of;
    item.figure = (struct figure){.form = FIGURE_NONE};
    item.replaces = ledger->standing[standing].event;
    item.causes = HOLD_RETRACTION;
    if (item.has_reason) item.freed = HOLD_RETRACTION;
    insert_held(ledger, &item);
}

/* "A retraction with a reason takes effect at once, without one it is held." */
static void take_retraction(struct ledger *ledger, size_t index) {
    const struct cell_event *event = &ledger->events[index];
    if (source_of(ledger, event) == SOURCE_SECOND) {
        withdraw_second_source(ledger, event);
        return;
    }
    size_t named = event->has_replaces ? event_by_uid(ledger, event->replaces) : NO_INDEX;
    for (size_t i = ledger->held_count; i-- > 0;) {
        bool meant = event->has_replaces ? ledger->held[i].event == named : ledger->held[i].as_of.n == event->as_of.n;
        if (meant) remove_held(ledger, i);
    }
    size_t standing = event->has_replaces ? ledger_by_event(ledger, named) : ledger_on(ledger, event->as_of);
    if (standing != NO_INDEX) retract_standing(ledger, index, standing);
    settle(ledger);
}

/* "anything by `duban confirm`; what is held for several causes needs all freed" */
static void take_confirmation(struct ledger *ledger, size_t index) {
    struct more more;
    if (more_decode(EVENT_CONFIRM, ledger->events[index].more, &more) != PROTO_OK || ledger_is_reversed(ledger, index))
        return;
    size_t held = held_by_event(ledger, event_by_uid(ledger, more.of_event.uid));
    if (held == NO_INDEX) return;
    ledger->held[held].freed = (unsigned)HOLD_FREED_BY_OFFICE;
    settle(ledger);
}

bool ledger_is_reversed(const struct ledger *ledger, size_t event) {
    for (size_t i = event + 1; i < ledger->reversals_seen; i++) {
        struct more more;
        if (ledger->events[i].kind == EVENT_REVERSAL &&
            more_decode(EVENT_REVERSAL, ledger->events[i].more, &more) == PROTO_OK &&
            memcmp(more.of_event.uid, ledger->events[event].uid, EVENT_UID_BYTES) == 0)
            return true;
    }
    return false;
}

/* A decision taken back is as if it had never been, from then on: the cell is replayed without it. */
static void take_reversal(struct ledger *ledger, size_t index) {
    if (index < ledger->reversals_seen) return;
    ledger->reversals_seen = index + 1;
    ledger->clock = INSTANT_NONE;
    empty(ledger);
}

/* Figures as of a later day than the one looked at do not count; those ahead of their time are seen as held. */
static bool counts(const struct ledger *ledger, const struct cell_event *event) {
    if (event->known_at.ms >= ledger->at.ms) return false;
    if (!day_is(event->as_of) || event->as_of.n <= ledger->as_of.n) return true;
    return event->as_of.n > instant_day(event->known_at).n && event->as_of.n > instant_day(ledger->at).n;
}

static void take(struct ledger *ledger, size_t index) {
    const struct cell_event *event = &ledger->events[index];
    if (!counts(ledger, event)) return;
    if (event->note.ptr && event->note.len > 0) ledger->words = index;
    switch ((int)event->kind) {
    case EVENT_FIGURE:
    case EVENT_CORRECTION:
    case EVENT_NO_CHANGE:
        take_figure(ledger, index);
        break;
    case EVENT_RETRACTION:
        take_retraction(ledger, index);
        break;
    case EVENT_CONFIRM:
        take_confirmation(ledger, index);
        break;
    case EVENT_REVERSAL:
        take_reversal(ledger, index);
        break;
    default:
        break; /* words and decisions that move no figure */
    }
}

/* --- the replay --- */

void ledger_start(struct ledger *ledger, const struct measure *measure, const struct cell_event *events, size_t count,
                  struct instant at, struct day as_of) {
    ledger->measure = *measure;
    ledger->events = events;
    ledger->event_count = count;
    ledger->at = at;
    ledger->as_of = as_of;
    ledger->clock = INSTANT_NONE;
    ledger->reversals_seen = 0;
    empty(ledger);
}

/* The day on which a figure ahead of its time starts to count. */
static int64_t next_awakening(const struct ledger *ledger) {
    for (size_t i = 0; i < ledger->held_count; i++)
        if (ledger->held[i].causes & HOLD_FUTURE) return day_start(ledger->held[i].as_of).ms;
    return INT64_MAX;
}

struct instant ledger_next(const struct ledger *ledger) {
    int64_t event = INT64_MAX, awakening = ledger->held_count > 0 ? next_awakening(ledger) : INT64_MAX;
    for (size_t i = ledger->next; i < ledger->event_count && event == INT64_MAX; i++)
        if (ledger->events[i].known_at.ms < ledger->at.ms) event = ledger->events[i].known_at.ms;
    if (event < ledger->clock.ms) event = ledger->clock.ms;
    return (struct instant){event < awakening ? event : awakening};
}

void ledger_step(struct ledger *ledger, struct instant until) {
    for (;;) {
        struct instant next = ledger_next(ledger);
        if (next.ms > until.ms || next.ms == INT64_MAX) break;
        if (next.ms > ledger->clock.ms) ledger->clock = next;
        if (ledger->held_count > 0 && next_awakening(ledger) <= next.ms)
            settle(ledger);
        else {
            size_t index = ledger->next++;
            take(ledger, index);
        }
    }
    if (until.ms > ledger->clock.ms) ledger->clock = until;
}

/* "shown as 口径不一 when no equal figure of record stands for the same as-of day" */
static bool contradicted(const struct ledger *ledger, const struct second_source *other) {
    struct exact value;
    size_t same = ledger_on(ledger, other->as_of);
    if (!measure_value(&ledger->measure, &other->figure, &value)) return false;
    return same == NO_INDEX || !exact_known(ledger->standing[same].value) ||
           exact_compare(ledger->standing[same].value, value) != 0;
}

void ledger_conclude(struct ledger *ledger) {
    ledger->two_sources = false;
    for (size_t i = 0; i < ledger->other_count; i++)
        if (contradicted(ledger, &ledger->others[i])) ledger->two_sources = true;
    for (size_t i = 0; i < ledger->held_count; i++) {
        struct held *item = &ledger->held[i];
        size_t named = ledger_by_event(ledger, item->replaces), stands = ledger_on(ledger, item->as_of);
        if (stands == NO_INDEX) stands = named != NO_INDEX ? named : ledger_before(ledger, item->as_of);
        item->has_standing = stands != NO_INDEX;
        if (item->has_standing) item->standing = ledger->standing[stands].figure;
    }
}

void ledger_build(struct ledger *ledger, const struct plan *plan, const struct cell *cell,
                  const struct cell_event *events, size_t count, struct instant at, struct day as_of) {
    struct measure measure = measure_make(plan, cell);
    ledger_start(ledger, &measure, events, count, at, as_of);
    ledger_step(ledger, at);
    ledger_conclude(ledger);
}
