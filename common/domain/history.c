#include "common/domain/history.h"

#include <stdlib.h>

#include "proto/more.h"

enum { DAYS_AHEAD = 200, DAYS_UNTIL_NEXT_LOOK = 366 };

struct day history_today(const struct history *history, int64_t ms) {
    struct day day = instant_day((struct instant){ms});
    return day.n < history->as_of.n ? day : history->as_of;
}

/* Closing days pass with the clock, but not beyond the day looked at. */
static int64_t clock_at(const struct history *history, int64_t ms) {
    return ms < history->clock_end.ms ? ms : history->clock_end.ms;
}

/* --- decisions --- */

struct day history_extension(const struct ledger *ledger, size_t seen) {
    for (size_t i = seen; i-- > 0;) {
        const struct cell_event *event = &ledger->events[i];
        struct more more;
        if (event->kind == EVENT_EXTENSION && event->known_at.ms < ledger->at.ms &&
            more_decode(EVENT_EXTENSION, event->more, &more) == PROTO_OK && day_is(more.extension.due) &&
            !ledger_is_reversed(ledger, i))
            return more.extension.due;
    }
    return DAY_NONE;
}

/* "After an extension the history has no red: release and made_good lapse." */
static void take_extension(struct history *history, int64_t now_ms) {
    struct judge *judge = &history->scratch->judge;
    struct day due = history_extension(judge->ledger, judge->ledger->next);
    if (!day_is(due)) due = judge->measure.cell->due;
    if (due.n == judge->due.n) return;
    judge_set_due(judge, due, (struct instant){now_ms});
    release_lapse(&history->watch);
}

/* --- one judgement --- */

static void judge_now(struct history *history, int64_t now_ms) {
    struct judge *judge = &history->scratch->judge;
    size_t first = history->decisions_seen;
    bool decided = false;
    for (size_t i = first; i < judge->ledger->next; i++)
        decided = decided || judge->ledger->events[i].kind >= EVENT_CONFIRM;
    history->decisions_seen = judge->ledger->next;
    if (decided) take_extension(history, now_ms);
    struct day today = history_today(history, now_ms);
    history->verdict = judge_at(judge, today, clock_at(history, now_ms));
    release_judge(&history->watch, history->verdict.light, judge->ledger, decided ? first : judge->ledger->next, now_ms,
                  today, judge->rules->release == RELEASE_OFFICE);
}

/* --- the days on which something can change --- */

static void earlier(int64_t *best, int64_t candidate, int64_t after) {
    if (candidate > after && candidate < *best) *best = candidate;
}

static struct day days_after(struct day day, int32_t days) {
    return (struct day){day.n + days};
}

/* The next closing day that can make a cell silent: of a period not reported yet. */
static int64_t next_silence(const struct history *history, int64_t after) {
    const struct obligations *obligations = &history->scratch->judge.obligations;
    const struct almanac *almanac = &history->scratch->almanac;
    if (history->verdict.finished != PTRDIFF_MAX) return INT64_MAX;
    ptrdiff_t next = obligations_newest(obligations) + 1;
    if (next < obligations->owed_from) next = obligations->owed_from;
    for (size_t i = next < 0 ? 0 : (size_t)next; i < almanac->count; i++)
        if (almanac->closing_ends[i] > after) return almanac->closing_ends[i];
    return INT64_MAX;
}

/* The next instant after `after` at which the calendar alone can change the light. */
static int64_t next_turn(const struct history *history, int64_t after) {
    const struct judge *judge = &history->scratch->judge;
    int64_t best = next_silence(history, after);
    earlier(&best, day_start(judge->from).ms, after);
    if (day_is(judge->due)) {
        earlier(&best, day_end(judge->due).ms, after);
        earlier(&best, almanac_closing_end(judge->almanac, judge->due), after);
    }
    return best;
}

struct instant history_next_check(const struct history *history) {
    const struct judge *judge = &history->scratch->judge;
    const struct alert_rules *alerts = &judge->rules->alerts;
    int64_t now = history->clock_end.ms;
    int64_t best = day_start(days_after(instant_day((struct instant){now}), DAYS_UNTIL_NEXT_LOOK)).ms;
    enum cell_state state = history->verdict.state;
    earlier(&best, day_start(judge->measure.plan->start).ms, now);
    earlier(&best, ledger_next(judge->ledger).ms, now); /* a figure ahead of its time */
    if (state == STATE_NO_TASK || state == STATE_WORDS) return (struct instant){best};
    earlier(&best, next_turn(history, now), now);
    for (size_t i = 0; i < judge->almanac->count && judge->almanac->closing_ends[i] != INT64_MAX; i++)
        if (judge->almanac->closing_ends[i] > now) {
            earlier(&best, judge->almanac->closing_ends[i], now);
            break;
        }
    if (day_is(judge->due)) {
        earlier(&best, day_start(days_after(judge->due, -(int32_t)alerts->due_soon_first)).ms, now);
        earlier(&best, day_start(days_after(judge->due, -(int32_t)alerts->due_soon_last)).ms, now);
    }
    return (struct instant){best};
}

/* --- the replay --- */

static struct day latest_day(struct day a, struct day b) {
    return !day_is(a) || (day_is(b) && b.n > a.n) ? b : a;
}

/* The days the almanac must hold: of the cell, of its figures, of the day looked at, and a period ahead. */
static struct day almanac_end(const struct cell *cell, const struct target *target, const struct cell_event *events,
                              size_t count, struct day today) {
    struct day last = latest_day(latest_day(today, cell->due), target->from);
    for (size_t i = 0; i < count; i++) {
        struct more more;
        last = latest_day(last, events[i].as_of);
        if (events[i].kind == EVENT_EXTENSION && more_decode(EVENT_EXTENSION, events[i].more, &more) == PROTO_OK)
            last = latest_day(last, more.extension.due);
    }
    return days_after(last, DAYS_AHEAD);
}

/* The first instant judged: the programme's start, or the first event before it. */
static int64_t first_instant(const struct plan *plan, const struct ledger *ledger) {
    int64_t first = ledger_next(ledger).ms;
    if (day_is(plan->start) && day_start(plan->start).ms < first) first = day_start(plan->start).ms;
    return first;
}

static void replay(struct history *history, int64_t first) {
    struct ledger *ledger = &history->scratch->ledger;
    for (int64_t now = first; now < history->at.ms && now != INT64_MAX;) {
        ledger_step(ledger, (struct instant){now});
        judge_now(history, now);
        int64_t turn = next_turn(history, now), change = ledger_next(ledger).ms;
        if (turn > history->clock_end.ms) turn = INT64_MAX;
        now = turn < change ? turn : change;
    }
    ledger_step(ledger, history->at);
    judge_now(history, history->at.ms);
    if (first >= history->at.ms)
        history->watch.shown_since = DAY_NONE; /* before the programme nothing has changed yet */
}

void history_run(struct history *history, const struct assess_context *context, const struct cell *cell,
                 const struct cell_event *events, size_t count, struct assess_scratch *scratch) {
    const struct plan *plan = context->plan;
    const struct light_rules *rules = context->rules ? context->rules : rules_shipped();
    int64_t end_of_day = day_end(context->as_of).ms - 1;
    *history = (struct history){.scratch = scratch,
                                .at = context->known_at,
                                .as_of = context->as_of,
                                .clock_end = {context->known_at.ms < end_of_day ? context->known_at.ms : end_of_day},
                                .verdict = {.newest = NO_INDEX, .finished = PTRDIFF_MAX}};
    release_start(&history->watch);
    struct measure measure = measure_make(plan, cell);
    struct day today = history_today(history, context->known_at.ms);
    almanac_prepare(&scratch->almanac, plan, almanac_end(cell, measure.target, events, count, today));
    ledger_start(&scratch->ledger, &measure, events, count, context->known_at, today);
    judge_start(&scratch->judge, &scratch->almanac, rules, &measure, &scratch->ledger);
    replay(history, first_instant(plan, &scratch->ledger));
}

/* "made_good stands while blue or green follows an earlier released red, or after a finish later than due"; aspire
 * never has it. */
bool history_made_good(const struct history *history) {
    const struct judge *judge = &history->scratch->judge;
    if (judge->measure.target->firmness == FIRM_ASPIRE) return false;
    return release_made_good(&history->watch) || judge_is_late_finish(judge, &history->verdict);
}
