#include "common/domain/assess.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/domain/forecast.h"
#include "common/domain/history.h"
#include "common/domain/override.h"
#include "common/domain/rounding.h"

struct assess_scratch *assess_scratch_create(void) {
    return calloc(1, sizeof(struct assess_scratch));
}

void assess_scratch_destroy(struct assess_scratch **scratch) {
    if (!*scratch) return;
    almanac_finish(&(*scratch)->almanac);
    ledger_finish(&(*scratch)->ledger);
    judge_finish(&(*scratch)->judge);
    free(*scratch);
    *scratch = NULL;
}

void assessment_finish(struct assessment *assessment) {
    free(assessment->unfinished);
    free(assessment->stale);
    assessment->unfinished = assessment->stale = NULL;
    assessment->unfinished_count = assessment->stale_count = 0;
}

/* --- the figure, measured --- */

/* "A reported number prints as reported; a quotient with the target's decimals": value_text and value are one. */
static void fill_value(struct assessment *out, const struct measure *measure, const struct standing *figure) {
    out->has_value = true;
    out->figure = figure->figure;
    out->value = round_value(measure, &figure->figure, figure->value);
    (void)decimal_print(out->value, out->value_text);
    out->figure_as_of = figure->as_of;
    out->figure_known_at = figure->known_at;
    out->figure_event = figure->event;
    out->on_behalf = figure->on_behalf;
}

static void fill_curve(struct assessment *out, const struct judge *judge, const struct standing *figure) {
    const struct curve *curve = &judge->curve;
    struct curve original = curve_make(&judge->measure, out->due_original);
    out->has_planned_original = original.has;
    if (original.has) out->planned_original = round_planned(curve_planned(&original, figure->as_of));
    if (!curve->has) return;
    struct exact planned = curve_planned(curve, figure->as_of);
    out->has_planned = true;
    out->planned = round_planned(planned);
    out->has_deviation = curve_deviation(curve, planned, figure->value, &out->deviation_tenths);
    struct exact units = curve_units_behind(curve, planned, figure->value);
    out->has_units_behind = exact_known(units);
    if (out->has_units_behind) out->units_behind = round_units(units);
    out->has_days_behind = true;
    out->days_behind = curve_days_behind(curve, figure->as_of, figure->value);
    out->node_missed = curve_node_missed(curve, figure->as_of, figure->value);
}

static void fill_figure(struct assessment *out, const struct history *history) {
    const struct judge *judge = &history->scratch->judge;
    const struct verdict *verdict = &history->verdict;
    for (size_t i = 0; i < judge->ledger->standing_count; i++)
        out->reports += exact_known(judge->ledger->standing[i].value);
    out->figure_as_of = DAY_NONE;
    out->figure_event = NO_INDEX;
    if (verdict->newest == NO_INDEX) return;
    const struct standing *figure = &judge->ledger->standing[verdict->newest];
    fill_value(out, &judge->measure, figure);
    if (verdict->state == STATE_NO_TASK || verdict->state == STATE_WORDS) return;
    fill_curve(out, judge, figure);
    out->has_missing = judge->measure.has_goal && judge->measure.kind != KIND_MILESTONE;
    if (out->has_missing && !verdict->met) out->missing = round_missing(&judge->measure, figure->value);
}

/* --- the report state --- */

/* "(无变化, when every report of the period is: a known figure with a new as-of day, or the word)" */
static bool repeats_before(const struct ledger *ledger, struct day as_of, struct exact value) {
    for (size_t i = ledger->standing_count; i-- > 0;) {
        const struct standing *before = &ledger->standing[i];
        if (before->as_of.n < as_of.n && exact_known(before->value)) return exact_compare(before->value, value) == 0;
    }
    return false;
}

static bool reports_period(const struct judge *judge, ptrdiff_t period, struct day as_of, struct instant reported) {
    ptrdiff_t own = almanac_find(judge->almanac, as_of);
    const int64_t *first = judge->obligations.first_reports;
    if (own == period) return !(period > 0 && first[period - 1] == reported.ms && first[period] != reported.ms);
    return own > period && first[period] == reported.ms;
}

static bool is_unchanged(const struct judge *judge, ptrdiff_t period) {
    const struct ledger *ledger = judge->ledger;
    for (size_t i = 0; i < ledger->standing_count; i++) {
        const struct standing *figure = &ledger->standing[i];
        if (!figure->no_change && reports_period(judge, period, figure->as_of, figure->reported) &&
            !repeats_before(ledger, figure->as_of, figure->value))
            return false;
    }
    for (size_t i = 0; i < ledger->held_count; i++)
        if (reports_period(judge, period, ledger->held[i].as_of, ledger->held[i].reported)) return false;
    return true;
}

/* The newest period that is closed or already reported; before the plan's first period only what was reported. */
static ptrdiff_t newest_period(const struct obligations *obligations) {
    ptrdiff_t newest = obligations_newest(obligations);
    return newest < obligations->first_period ? obligations->newest_reported : newest;
}

static enum report_state report_state_of(const struct judge *judge, const struct verdict *verdict, ptrdiff_t period) {
    const struct obligations *obligations = &judge->obligations;
    if (verdict->state == STATE_NO_TASK || verdict->state == STATE_WORDS) return REPORT_NONE;
    if (period < 0 || period < almanac_find(judge->almanac, judge->from) || period > verdict->finished)
        return REPORT_NONE;
    int64_t first = obligations->first_reports[period];
    if (period < obligations->first_period) return first == INT64_MAX ? REPORT_NONE : REPORT_BACK_FILLED;
    if (first == INT64_MAX) return REPORT_MISSING;
    if (first >= judge->almanac->closing_ends[period]) return REPORT_LATE;
    return is_unchanged(judge, period) ? REPORT_UNCHANGED : REPORT_ON_TIME;
}

static void fill_report_state(struct assessment *out, const struct history *history) {
    const struct judge *judge = &history->scratch->judge;
    ptrdiff_t period = newest_period(&judge->obligations);
    out->report_state = report_state_of(judge, &history->verdict, period);
    out->report_period = (struct period){DAY_NONE, DAY_NONE, DAY_NONE};
    if (out->report_state != REPORT_NONE) out->report_period = judge->almanac->periods[period];
    out->late = out->report_state == REPORT_LATE;
    out->back_filled = out->report_state == REPORT_BACK_FILLED;
}

/* --- flags --- */

/* "`due_soon 30|7` (until due or met)" */
static void fill_due_soon(struct assessment *out, const struct alert_rules *rules, bool met, struct day today) {
    if (met || !day_is(out->due) || out->state == STATE_NO_TASK || out->state == STATE_WORDS) return;
    int32_t left = out->due.n - today.n;
    out->due_soon_7 = left >= 0 && left <= (int32_t)rules->due_soon_last;
    out->due_soon_30 = !out->due_soon_7 && left >= 0 && left <= (int32_t)rules->due_soon_first;
}

static void fill_held(struct assessment *out, const struct ledger *ledger) {
    for (size_t i = 0; i < ledger->held_count; i++) {
        const struct held *held = &ledger->held[i];
        out->held = true; /* the newest by as-of day is shown */
        out->held_from = held->standing;
        out->held_to = held->figure;
        if (!held->has_standing) out->held_from = (struct figure){.form = FIGURE_NONE};
        if (held->causes & HOLD_DENOMINATOR) out->denominator_differs = true;
    }
}

static void fill_flags(struct assessment *out, const struct history *history, struct day today) {
    const struct judge *judge = &history->scratch->judge;
    const struct measure *measure = &judge->measure;
    fill_due_soon(out, &judge->rules->alerts, history->verdict.met, today);
    fill_held(out, judge->ledger);
    if (out->has_value && measure_denominator_differs(measure, &out->figure)) out->denominator_differs = true;
    out->extended = day_is(out->due) && day_is(out->due_original) && out->due.n > out->due_original.n;
    out->share_changed = day_is(measure->cell->goal_changed) && measure->cell->goal_changed.n <= today.n;
    out->two_sources = judge->ledger->two_sources;
    out->made_good = history_made_good(history);
    out->assumed_from = measure->target->from_assumed && judge->curve.has;
}

/* "A late figure for an older day may change today's light; `why` names it." */
static void fill_older(struct assessment *out, const struct history *history) {
    const struct ledger *ledger = history->scratch->judge.ledger;
    const struct standing *latest = NULL;
    for (size_t i = 0; i < ledger->standing_count; i++)
        if (!latest || ledger->standing[i].effective.ms >= latest->effective.ms) latest = &ledger->standing[i];
    if (!latest || !out->has_value || latest->as_of.n >= out->figure_as_of.n) return;
    out->has_older = history_today(history, latest->effective.ms).n == out->light_since.n;
    out->older_as_of = latest->as_of;
    out->older_known_at = latest->known_at;
}

/* --- forecast --- */

/* "confirmed figures with different as-of days since the last change of share or goal" */
static size_t usable_points(const struct judge *judge, struct forecast_point **points) {
    const struct ledger *ledger = judge->ledger;
    struct day changed = judge->measure.cell->goal_changed;
    size_t count = 0;
    *points = malloc((ledger->standing_count + 1) * sizeof **points);
    if (!*points) return 0;
    for (size_t i = 0; i < ledger->standing_count; i++) {
        const struct standing *figure = &ledger->standing[i];
        if (exact_known(figure->value) && (!day_is(changed) || figure->as_of.n >= changed.n))
            (*points)[count++] = (struct forecast_point){figure->as_of, figure->value};
    }
    return count;
}

static void fill_forecast(struct assessment *out, const struct history *history) {
    const struct judge *judge = &history->scratch->judge;
    struct forecast_case facts = {.done = out->state == STATE_DONE,
                                  .has_figure = out->has_value,
                                  .small = judge->small,
                                  .silent = out->report_state == REPORT_MISSING};
    out->forecast = (struct forecast){.median = DAY_NONE, .low = DAY_NONE, .high = DAY_NONE};
    out->forecast.refused = forecast_refused(&judge->measure, &facts, FORECAST_POINTS_MIN);
    if (out->forecast.refused != FORECAST_GIVEN) return;
    struct forecast_point *points;
    size_t count = usable_points(judge, &points);
    out->forecast.refused = forecast_refused(&judge->measure, &facts, count);
    if (out->forecast.refused == FORECAST_GIVEN) forecast_make(&judge->measure, points, count, &out->forecast);
    free(points);
}

/* --- all of it --- */

static void fill_state(struct assessment *out, const struct history *history, struct day today) {
    out->state = history->verdict.state;
    out->rule = history->verdict.rule;
    out->light = history->watch.shown;
    out->light_since = history->watch.shown_since;
    bool waits = history->verdict.light == LIGHT_RED && history->watch.shown != LIGHT_RED;
    out->proposed = waits ? LIGHT_RED : out->light;
    out->rules = history->scratch->judge.rules;
    out->overdue_since = DAY_NONE;
    if (out->state != STATE_OVERDUE) return;
    out->overdue_since = (struct day){out->due.n + 1}; /* "counted from the day after due" */
    out->days_overdue = today.n - out->due.n;
}

void assess_cell(const struct assess_context *context, const struct cell *cell, const struct cell_event *events,
                 size_t count, struct assess_scratch *scratch, struct assessment *out) {
    struct history history;
    *out = (struct assessment){0};
    history_run(&history, context, cell, events, count, scratch);
    ledger_conclude(&scratch->ledger);
    struct day today = history_today(&history, context->known_at.ms);
    out->due = scratch->judge.due;
    out->due_original = day_is(cell->due_original) ? cell->due_original : cell->due;
    fill_state(out, &history, today);
    fill_figure(out, &history);
    fill_report_state(out, &history);
    fill_flags(out, &history, today);
    fill_older(out, &history);
    fill_forecast(out, &history);
    out->next_check = history_next_check(&history);
    override_apply(context, events, count, out);
}
