#include "common/domain/judge.h"

#include <stdlib.h>

void judge_start(struct judge *judge, const struct almanac *almanac, const struct light_rules *rules,
                 const struct measure *measure, struct ledger *ledger) {
    judge->rules = rules;
    judge->almanac = almanac;
    judge->measure = *measure;
    judge->ledger = ledger;
    judge->from = day_is(measure->target->from) ? measure->target->from : measure->plan->start;
    judge->small = measure_is_small(measure, rules->small_goal);
    obligations_start(&judge->obligations, almanac, measure, ledger->revision);
    judge_set_due(judge, measure->cell->due, INSTANT_NONE);
}

void judge_set_due(struct judge *judge, struct day due, struct instant extended) {
    judge->due = due;
    judge->extended = extended;
    judge->curve = curve_make(&judge->measure, due);
    judge->lights_known = judge->paced = 0;
    judge->lights_revision = judge->ledger->revision;
}

void judge_finish(struct judge *judge) {
    free(judge->lights);
    obligations_finish(&judge->obligations);
    *judge = (struct judge){0};
}

/* --- which figure decides --- */

static bool met_by(const struct judge *judge, size_t standing) {
    return standing != NO_INDEX && measure_met(&judge->measure, judge->ledger->standing[standing].value);
}

/* The last figure with a value as of `until` or before. */
static size_t last_until(const struct judge *judge, int32_t until) {
    for (size_t i = judge->ledger->standing_count; i-- > 0;) {
        const struct standing *figure = &judge->ledger->standing[i];
        if (figure->as_of.n <= until && exact_known(figure->value)) return i;
    }
    return NO_INDEX;
}

static size_t first_met_since(const struct judge *judge, struct day since) {
    size_t before = NO_INDEX;
    for (size_t i = judge->ledger->standing_count; i-- > 0 && judge->ledger->standing[i].as_of.n >= since.n;)
        if (met_by(judge, i)) before = i;
    return before;
}

static struct day due_period_end(const struct judge *judge) {
    ptrdiff_t at = almanac_find(judge->almanac, judge->due);
    return at < 0 ? judge->due : judge->almanac->periods[at].last;
}

/* "A level (latest, ratio) is judged on the last figure up to the end of the due date's period, or on any figure as of
 * ≥ due that meets; later ones are shown, no longer judged." A dated hold is judged at due, too. */
static size_t decisive_at_due(const struct judge *judge, int32_t until) {
    size_t met = first_met_since(judge, judge->due);
    return met != NO_INDEX ? met : last_until(judge, until);
}

static size_t decisive_figure(const struct judge *judge, bool past_due, size_t newest) {
    if (past_due && measure_is_level(&judge->measure)) return decisive_at_due(judge, due_period_end(judge).n);
    return newest;
}

/* "nor have `<=`, `latest` and averages without an opening: they are on plan until due and judged then": by a figure as
 * of ≥ due that meets, or when the closing day has passed. Until then a good figure is only the newest one. */
bool judge_waits_for_due(const struct judge *judge) {
    return measure_is_level(&judge->measure) && judge->measure.kind != KIND_HOLD && !judge->curve.has && day_is(judge->due);
}
static bool judged_later(const struct judge *judge, int64_t now_ms) {
    return judge_waits_for_due(judge) && now_ms < almanac_closing_end(judge->almanac, judge->due) &&
           first_met_since(judge, judge->due) == NO_INDEX;
}

/* The first of the figures that met the goal without a break up to the decisive one: it finished the cell. */
static size_t finishing_figure(const struct judge *judge, size_t decisive) {
    while (decisive > 0 && met_by(judge, decisive - 1))
        decisive--;
    return decisive;
}

static ptrdiff_t period_finished_by(const struct judge *judge, size_t standing) {
    const struct standing *figure = &judge->ledger->standing[standing];
    ptrdiff_t period = almanac_find(judge->almanac, figure->as_of);
    const int64_t *reports = judge->obligations.first_reports;
    while (period > judge->obligations.owed_from && reports[period] != figure->reported.ms &&
           reports[period - 1] == figure->reported.ms)
        period--; /* it came in time for the period before its own */
    return period;
}

/* "(it owes nothing more, unless a later figure of it is held)" */
static bool owes_nothing(const struct judge *judge, struct day finished_as_of) {
    switch (judge->measure.kind) {
    case KIND_CUMULATIVE:
    case KIND_PER_ENTITY:
    case KIND_RATIO:
    case KIND_MILESTONE:
    case KIND_BASELINE:
        break;
    case KIND_LATEST:
    case KIND_HOLD:
    case KIND_ACTIVITY:
    case KIND_PARAMETER:
        return false;
    }
    for (size_t i = 0; i < judge->ledger->held_count; i++)
        if (judge->ledger->held[i].as_of.n > finished_as_of.n) return false;
    return true;
}

/* --- past due --- */

/* "a held figure that would meet the goal, known by the closing day, waits for the office" */
static bool held_would_meet(const struct judge *judge, int64_t closing_end) {
    for (size_t i = 0; i < judge->ledger->held_count; i++) {
        const struct held *held = &judge->ledger->held[i];
        if (!(held->causes & (HOLD_RETRACTION | HOLD_FUTURE)) && held->known_at.ms < closing_end &&
            measure_met(&judge->measure, held->value))
            return true;
    }
    return false;
}

/* "`awaiting_final` until a figure as of ≥ due is short or the closing day of the period that holds the due date has
 * passed, then `overdue`, reported or not" */
static enum cell_state state_past_due(const struct judge *judge, size_t newest, int64_t now_ms) {
    int64_t closing_end = almanac_closing_end(judge->almanac, judge->due);
    if (held_would_meet(judge, closing_end)) return STATE_AWAITING_FINAL;
    bool final_figure = newest != NO_INDEX && judge->ledger->standing[newest].as_of.n >= judge->due.n;
    return final_figure || now_ms >= closing_end ? STATE_OVERDUE : STATE_AWAITING_FINAL;
}

/* --- holds --- */

/* "a hold once reached"; "a dated hold below its goal at due is overdue like others": past due it must have been at
 * its goal at due, or later. */
static bool hold_reached(const struct judge *judge, bool past_due) {
    if (past_due) return met_by(judge, decisive_at_due(judge, judge->due.n));
    for (size_t i = judge->ledger->standing_count; i-- > 0;)
        if (met_by(judge, i)) return true;
    return false;
}

/* --- state --- */

static bool is_missing(const struct judge *judge, const struct verdict *verdict) {
    return obligations_missing(&judge->obligations, verdict->finished);
}

static bool report_is_behind(struct judge *judge, size_t newest) {
    enum light light = judge_report(judge, newest).light;
    return light == LIGHT_YELLOW || light == LIGHT_RED;
}

/* "State, the first that holds" */
static enum cell_state state_at(struct judge *judge, struct verdict *verdict, struct day today, int64_t now_ms) {
    const struct measure *measure = &judge->measure;
    if (measure->cell->no_task) return STATE_NO_TASK;
    if (measure_is_words(measure)) return STATE_WORDS;
    bool past_due = day_is(judge->due) && today.n > judge->due.n;
    if (measure->kind == KIND_HOLD && hold_reached(judge, past_due)) {
        bool holds = met_by(judge, verdict->newest);
        if (!holds) return STATE_FELL_BACK;
        verdict->met = true;
        return is_missing(judge, verdict) ? STATE_NOT_REPORTED : STATE_HOLDING;
    }
    verdict->decisive = decisive_figure(judge, past_due, verdict->newest);
    verdict->met = measure->kind != KIND_HOLD && !judged_later(judge, now_ms) && met_by(judge, verdict->decisive);
    if (verdict->met) {
        verdict->decisive = finishing_figure(judge, verdict->decisive);
        if (owes_nothing(judge, judge->ledger->standing[verdict->decisive].as_of))
            verdict->finished = period_finished_by(judge, verdict->decisive);
        return STATE_DONE;
    }
    if (past_due) return state_past_due(judge, verdict->newest, now_ms);
    if (today.n < judge->from.n) return STATE_NOT_STARTED;
    if (verdict->newest == NO_INDEX) return STATE_NO_FIGURE;
    if (is_missing(judge, verdict)) return STATE_NOT_REPORTED;
    if (!day_is(judge->due)) return STATE_UNDATED;
    return report_is_behind(judge, verdict->newest) ? STATE_BEHIND : STATE_ON_PLAN;
}

/* --- light --- */

/* "a report = the last figure of each reporting period, and the newest figure" */
size_t judge_previous_report(const struct judge *judge, size_t newest) {
    const struct standing *figures = judge->ledger->standing;
    ptrdiff_t period = almanac_find(judge->almanac, figures[newest].as_of);
    for (size_t i = newest; i-- > 0;)
        if (exact_known(figures[i].value) && almanac_find(judge->almanac, figures[i].as_of) < period) return i;
    return NO_INDEX;
}

static bool on_or_ahead(const struct judge *judge, size_t newest) {
    const struct standing *figure = &judge->ledger->standing[newest];
    int32_t tenths;
    bool measured = curve_deviation(&judge->curve, curve_planned(&judge->curve, figure->as_of), figure->value, &tenths);
    return !measured || tenths >= 0;
}

static int badness(enum light light) {
    return light == LIGHT_RED ? 3 : light == LIGHT_YELLOW ? 2 : light == LIGHT_BLUE ? 1 : 0;
}

/* "Shown = the worse of the last two reports' lights; but red is never kept over a newest figure on or ahead of plan
 * (it shows yellow)" */
static struct report_light light_of_reports(struct judge *judge, size_t newest) {
    struct report_light last = judge_report(judge, newest);
    size_t before = judge->rules->reports_weighed < 2 ? NO_INDEX : judge_previous_report(judge, newest);
    if (before == NO_INDEX) return last;
    struct report_light previous = judge_report(judge, before);
    if (badness(previous.light) <= badness(last.light)) return last;
    if (previous.light == LIGHT_RED && on_or_ahead(judge, newest))
        return (struct report_light){judge->rules->red_before_on_plan, "red_before_on_plan"};
    return (struct report_light){previous.light, "previous_report"};
}

static struct report_light light_of_overdue(const struct judge *judge, const struct verdict *verdict) {
    if (verdict->newest == NO_INDEX) return (struct report_light){LIGHT_GREY, "overdue_no_figure"};
    bool aspire = judge->measure.target->firmness == FIRM_ASPIRE;
    return (struct report_light){aspire ? judge->rules->aspire_worst : judge->rules->overdue, "overdue"};
}

static bool undated_without_light(const struct judge *judge, const struct verdict *verdict) {
    return !day_is(judge->due) && !(judge->measure.kind == KIND_HOLD && verdict->met);
}

static struct report_light light_of_state(struct judge *judge, const struct verdict *verdict) {
    switch (verdict->state) {
    case STATE_NO_TASK:
        return (struct report_light){LIGHT_NONE, "no_task"};
    case STATE_WORDS:
        return (struct report_light){LIGHT_NONE, "words"};
    case STATE_NOT_STARTED:
        return (struct report_light){LIGHT_NONE, "not_started"};
    case STATE_UNDATED:
    case STATE_NO_ROLLUP:
        return (struct report_light){LIGHT_NONE, "undated"};
    case STATE_DONE:
        return (struct report_light){LIGHT_GREEN, "done"};
    case STATE_OVERDUE:
        return light_of_overdue(judge, verdict);
    case STATE_NO_FIGURE:
    case STATE_NOT_REPORTED: {
        const char *rule = verdict->state == STATE_NO_FIGURE ? "no_figure" : "not_reported";
        if (undated_without_light(judge, verdict)) return (struct report_light){LIGHT_NONE, "undated"};
        return (struct report_light){LIGHT_GREY, rule};
    }
    case STATE_AWAITING_FINAL: /* "keeps its light, grey if silent or without a figure" */
        if (verdict->newest == NO_INDEX) return (struct report_light){LIGHT_GREY, "no_figure"};
        if (is_missing(judge, verdict)) return (struct report_light){LIGHT_GREY, "not_reported"};
        break;
    case STATE_FELL_BACK:
    case STATE_HOLDING:
    case STATE_BEHIND:
    case STATE_ON_PLAN:
        break;
    }
    return light_of_reports(judge, verdict->newest);
}

struct verdict judge_at(struct judge *judge, struct day today, int64_t now_ms) {
    struct verdict verdict = {.newest = last_until(judge, INT32_MAX), .finished = PTRDIFF_MAX};
    verdict.decisive = verdict.newest;
    obligations_update(&judge->obligations, judge->almanac, judge->ledger);
    obligations_close(&judge->obligations, judge->almanac, now_ms);
    verdict.state = state_at(judge, &verdict, today, now_ms);
    struct report_light light = light_of_state(judge, &verdict);
    verdict.light = light.light;
    verdict.rule = light.rule;
    return verdict;
}

/* "(a goal met as of ≤ due or known by the closing day is never that)" */
bool judge_is_late_finish(const struct judge *judge, const struct verdict *verdict) {
    if (verdict->state != STATE_DONE || !day_is(judge->due)) return false;
    const struct standing *figure = &judge->ledger->standing[verdict->decisive];
    return figure->as_of.n > judge->due.n && figure->known_at.ms >= almanac_closing_end(judge->almanac, judge->due);
}
