/* The city's cell from the counties' (DOMAIN: roll-up to the city): sums and quotients only, never a mean of lights. */
#include <stdlib.h>

#include "common/domain/forecast.h"
#include "common/domain/history.h"
#include "common/domain/override.h"
#include "common/domain/rollup.h"
#include "common/domain/rounding.h"
#include "proto/more.h"

enum rollup_form { ROLLUP_SUM, ROLLUP_QUOTIENT, ROLLUP_COUNT, ROLLUP_NONE };

struct rollup {
    const struct assess_context *context;
    const struct light_rules *rules;
    const struct plan *plan;
    const struct target *target;
    const struct cell *city;
    struct measure measure; /* of the city's cell */
    const struct assessment *counties;
    size_t county_count;
    enum rollup_form form;
    struct day due, today;
    int64_t now_ms;
    /* sums over the counties that are in */
    struct exact value, denominator, capped, planned, range, weight;
    bool has_points;
    unsigned done, silent, overdue, fallen, in, expected;
};

/* --- counties --- */

/* A target's cells stand together, the city's among them. */
static const struct cell *county_cell(const struct rollup *rollup, size_t index) {
    const struct target *target = &rollup->plan->targets[rollup->city->target];
    const struct cell *first = &rollup->plan->cells[target->first_cell];
    size_t city = (size_t)(rollup->city - first);
    size_t place = index < city ? index : index + 1;
    return place < target->cell_count ? &first[place] : NULL;
}

static bool met_own(const struct assessment *county) {
    return county->state == STATE_DONE || county->state == STATE_HOLDING;
}

/* "ratio, per_entity, and a hold reported with n and d: Σ n / Σ d; … latest, baseline, other holds: no city value" */
static enum rollup_form form_of(const struct target *target) {
    switch (target->kind) {
    case KIND_CUMULATIVE:
        return ROLLUP_SUM;
    case KIND_RATIO:
    case KIND_PER_ENTITY:
    case KIND_HOLD:
        return ROLLUP_QUOTIENT;
    case KIND_MILESTONE:
        return ROLLUP_COUNT;
    case KIND_LATEST:
    case KIND_BASELINE:
    case KIND_ACTIVITY:
    case KIND_PARAMETER:
        break;
    }
    return ROLLUP_NONE;
}

/* What a county's value is multiplied by to be added: its denominator for quotients. Unknown: it cannot be added. */
static struct exact weight_of(const struct rollup *rollup, const struct cell *cell, const struct figure *figure) {
    if (rollup->form != ROLLUP_QUOTIENT || rollup->target->kind == KIND_PER_ENTITY) return exact_whole(1);
    struct exact weight = EXACT_UNKNOWN;
    if (figure->form == FIGURE_FRACTION)
        weight = exact_of(figure->denominator);
    else if (cell->has_denominator)
        weight = exact_of(cell->denominator);
    return rollup->target->percent ? exact_divide(weight, exact_whole(100)) : weight;
}

static void add_to(struct exact *sum, struct exact value, struct exact weight) {
    *sum = exact_add(*sum, exact_multiply(value, weight));
}

/* "Points = (Σ min(value, share) − Σ planned, each at its own as-of day) / Σ |share − opening| of the counties in" */
static void add_points(struct rollup *rollup, const struct measure *measure, const struct assessment *county,
                       struct exact value, struct exact weight) {
    struct curve curve = curve_make(measure, county->due);
    if (!curve.has) {
        rollup->has_points = false;
        return;
    }
    bool surplus = exact_compare(value, measure->goal) * curve.sign > 0;
    add_to(&rollup->capped, surplus ? measure->goal : value, weight);
    add_to(&rollup->planned, curve_planned(&curve, county->figure_as_of), weight);
    add_to(&rollup->range, curve.range, weight);
}

static void add_county(struct rollup *rollup, const struct cell *cell, const struct assessment *county,
                       struct assessment *out) {
    rollup->expected++;
    rollup->done += met_own(county);
    rollup->silent += county->report_state == REPORT_MISSING;
    rollup->overdue += county->state == STATE_OVERDUE;
    rollup->fallen += county->state == STATE_FELL_BACK;
    struct measure measure = measure_make(rollup->plan, cell);
    struct exact value;
    if (!county->has_value || !measure_value(&measure, &county->figure, &value)) return;
    rollup->in++;
    if (!day_is(out->figure_as_of) || county->figure_as_of.n < out->figure_as_of.n)
        out->figure_as_of = county->figure_as_of;
    if (!instant_is(out->figure_known_at) || county->figure_known_at.ms > out->figure_known_at.ms)
        out->figure_known_at = county->figure_known_at;
    struct exact weight = weight_of(rollup, cell, &county->figure);
    add_to(&rollup->value, value, weight);
    rollup->weight = exact_add(rollup->weight, weight);
    struct exact entities = rollup->target->kind == KIND_PER_ENTITY && cell->has_goal ? measure.goal : weight;
    rollup->denominator = exact_add(rollup->denominator, entities);
    if (rollup->has_points) add_points(rollup, &measure, county, value, weight);
}

static void add_counties(struct rollup *rollup, struct assessment *out) {
    out->unfinished = calloc(rollup->county_count + 1, sizeof *out->unfinished);
    out->stale = calloc(rollup->county_count + 1, sizeof *out->stale);
    for (size_t i = 0; i < rollup->county_count; i++) {
        const struct cell *cell = county_cell(rollup, i);
        const struct assessment *county = &rollup->counties[i];
        if (!cell || cell->no_task || county->state == STATE_NO_TASK) continue; /* "not in that target's lists" */
        add_county(rollup, cell, county, out);
        if (!met_own(county) && out->unfinished) out->unfinished[out->unfinished_count++] = cell->area;
        if (county->has_value && county->report_state == REPORT_MISSING && out->stale)
            out->stale[out->stale_count++] = cell->area;
    }
    out->stale_parts = out->stale_count > 0;
    out->counties_in = rollup->in;
    out->counties_expected = rollup->expected;
}

/* --- the city's value --- */

/* Makes whole what can be: a sum of decimals is one. */
static struct decimal as_decimal(struct exact value) {
    struct decimal out;
    (void)exact_round(value, DECIMAL_SCALE_MAX, ROUND_CUT, &out);
    return out;
}

static struct exact city_value(const struct rollup *rollup) {
    switch (rollup->form) {
    case ROLLUP_COUNT:
        return exact_whole(rollup->done);
    case ROLLUP_SUM:
        return rollup->value;
    case ROLLUP_QUOTIENT:
        if (rollup->target->kind == KIND_PER_ENTITY) return rollup->value;
        return exact_divide(rollup->value, rollup->weight);
    case ROLLUP_NONE:
        break;
    }
    return EXACT_UNKNOWN;
}

static void fill_value(const struct rollup *rollup, struct assessment *out, struct exact value) {
    out->figure_event = NO_INDEX;
    out->has_value = exact_known(value) && rollup->in > 0;
    if (!out->has_value) return;
    out->figure = (struct figure){.form = FIGURE_VALUE, .value = as_decimal(value)};
    if (rollup->form == ROLLUP_QUOTIENT) {
        struct exact hundred = exact_whole(rollup->target->percent ? 100 : 1);
        bool entities = rollup->target->kind == KIND_PER_ENTITY;
        out->figure = (struct figure){
            .form = FIGURE_FRACTION,
            .value = as_decimal(rollup->value),
            .denominator = as_decimal(entities ? rollup->denominator : exact_multiply(rollup->weight, hundred))};
    }
    out->value =
        rollup->form == ROLLUP_QUOTIENT ? round_value(&rollup->measure, &out->figure, value) : out->figure.value;
    (void)decimal_print(out->value, out->value_text);
    out->has_missing = rollup->measure.has_goal && rollup->form != ROLLUP_COUNT;
    if (out->has_missing) out->missing = round_missing(&rollup->measure, value);
}

static void fill_points(const struct rollup *rollup, struct assessment *out) {
    struct exact ahead = exact_subtract(rollup->capped, rollup->planned);
    if (rollup->target->comparator == AT_MOST) ahead = exact_negate(ahead);
    struct exact points = exact_divide(exact_multiply(ahead, exact_whole(1000)), rollup->range);
    struct decimal tenths;
    if (!out->has_value || !rollup->has_points || !exact_round(points, 0, ROUND_CUT, &tenths)) return;
    out->has_deviation = out->has_planned = out->has_units_behind = true;
    out->deviation_tenths = (int32_t)tenths.mantissa;
    bool quotient = rollup->form == ROLLUP_QUOTIENT && rollup->target->kind != KIND_PER_ENTITY;
    out->planned = round_planned(quotient ? exact_divide(rollup->planned, rollup->weight) : rollup->planned);
    struct exact behind = exact_negate(ahead);
    out->units_behind = exact_sign(behind) > 0 ? round_units(behind) : (struct decimal){0, 0};
}

/* --- state and light --- */

/* "Done when every county met its own and, for sums, the sum reaches the city's value" */
static bool is_done(const struct rollup *rollup, struct exact value) {
    if (rollup->expected == 0 || rollup->done < rollup->expected) return false;
    return rollup->form != ROLLUP_SUM || !rollup->measure.has_goal || measure_met(&rollup->measure, value);
}

static enum cell_state hold_state(const struct rollup *rollup, struct exact value) {
    if (rollup->fallen > 0) return STATE_FELL_BACK;
    bool all_in = rollup->in == rollup->expected && rollup->in > 0;
    return all_in && measure_met(&rollup->measure, value) ? STATE_HOLDING : STATE_NO_ROLLUP;
}

/* "Overdue when due passed, not done, and a county is overdue or the closing day passed." */
static bool closing_passed(const struct rollup *rollup) {
    struct period period = period_of(rollup->plan->calendar, &rollup->plan->reporting, rollup->due);
    return day_is(period.closing) && rollup->now_ms >= day_end(period.closing).ms;
}

static enum cell_state state_of(const struct rollup *rollup, const struct assessment *out, struct exact value) {
    if (rollup->expected == 0) return STATE_NO_TASK;
    if (measure_is_words(&rollup->measure)) return STATE_WORDS;
    bool past_due = day_is(rollup->due) && rollup->today.n > rollup->due.n;
    bool all_silent = rollup->silent == rollup->expected;
    if (rollup->form != ROLLUP_NONE && rollup->target->kind == KIND_HOLD) {
        enum cell_state hold = hold_state(rollup, value);
        if (hold == STATE_FELL_BACK) return hold;
        if (hold == STATE_HOLDING) return all_silent ? STATE_NOT_REPORTED : hold;
    } else if (is_done(rollup, value))
        return STATE_DONE;
    if (past_due) return rollup->overdue > 0 || closing_passed(rollup) ? STATE_OVERDUE : STATE_AWAITING_FINAL;
    if (day_is(rollup->target->from) && rollup->today.n < rollup->target->from.n) return STATE_NOT_STARTED;
    if (rollup->in == 0) return STATE_NO_FIGURE;
    if (all_silent) return STATE_NOT_REPORTED;
    if (rollup->form == ROLLUP_NONE || !out->has_value) return STATE_NO_ROLLUP;
    if (!day_is(rollup->due)) return STATE_UNDATED;
    return STATE_ON_PLAN; /* or behind: by its own points */
}

static bool rule_holds(const struct rollup *rollup, const struct report_rule *rule, const struct assessment *out) {
    bool small = measure_is_small(&rollup->measure, rollup->rules->small_goal);
    if (rule->goal != GOAL_ANY && (rule->goal == GOAL_SMALL) != small) return false;
    if (rule->tenths > 0 && -out->deviation_tenths < rule->tenths) return false;
    if (rule->when == WHEN_UNITS) return exact_compare(exact_of(out->units_behind), exact_whole(rule->units)) >= 0;
    return rule->when == WHEN_POINTS && rule->tenths > 0; /* no forecast, no nodes: neither rule can hold */
}

/* "Its light is from its own points, without the two-report rule" */
static enum light light_of_points(const struct rollup *rollup, struct assessment *out) {
    out->rule = "no_curve";
    if (!out->has_deviation) return LIGHT_BLUE;
    out->rule = out->deviation_tenths < 0 ? "within_points" : "on_plan";
    for (size_t i = 0; i < rollup->rules->report_count; i++) {
        const struct report_rule *rule = &rollup->rules->reports[i];
        if (!rule_holds(rollup, rule, out)) continue;
        out->rule = rule->name;
        return rule->light;
    }
    return LIGHT_BLUE;
}

static enum light light_of_state(const struct rollup *rollup, struct assessment *out) {
    out->rule = cell_state_word(out->state);
    switch (out->state) {
    case STATE_DONE:
        return LIGHT_GREEN;
    case STATE_HOLDING:
        return LIGHT_BLUE;
    case STATE_FELL_BACK:
        return rollup->rules->fell_back;
    case STATE_NO_TASK:
    case STATE_WORDS:
    case STATE_NOT_STARTED:
    case STATE_UNDATED:
    case STATE_NO_ROLLUP:
        return LIGHT_NONE;
    case STATE_NO_FIGURE:
    case STATE_NOT_REPORTED:
        return day_is(rollup->due) || rollup->target->kind == KIND_HOLD ? LIGHT_GREY : LIGHT_NONE;
    case STATE_OVERDUE:
        if (rollup->in > 0) return rollup->rules->overdue;
        out->rule = "overdue_no_figure";
        return LIGHT_GREY;
    case STATE_AWAITING_FINAL: /* "keeps its light, grey if silent or without a figure" */
        if (rollup->in == 0 || rollup->silent == rollup->expected) return LIGHT_GREY;
        break;
    case STATE_BEHIND:
    case STATE_ON_PLAN:
        break;
    }
    return light_of_points(rollup, out);
}

/* "the city has its own [release]". What came after it may have ended the red, and only a replay could tell; so it
 * frees the red of the figures it saw, and with later ones a person looks again. */
static bool is_released(const struct rollup *rollup, const struct assessment *out, const struct ledger *decisions) {
    for (size_t i = 0; i < decisions->event_count; i++) {
        const struct cell_event *event = &decisions->events[i];
        if (event->kind == EVENT_RELEASE && event->known_at.ms < rollup->context->known_at.ms &&
            event->known_at.ms >= out->figure_known_at.ms && !ledger_is_reversed(decisions, i))
            return true;
    }
    return false;
}

static void fill_light(const struct rollup *rollup, struct assessment *out, const struct ledger *decisions) {
    enum light light = light_of_state(rollup, out);
    if (rollup->target->firmness == FIRM_ASPIRE && light == LIGHT_RED) light = rollup->rules->aspire_worst;
    if (out->state == STATE_ON_PLAN && (light == LIGHT_YELLOW || light == LIGHT_RED)) out->state = STATE_BEHIND;
    out->proposed = light;
    bool waits = light == LIGHT_RED && rollup->rules->release == RELEASE_OFFICE && !is_released(rollup, out, decisions);
    out->light = waits ? LIGHT_YELLOW : light;
    out->rules = rollup->rules;
    out->light_since = DAY_NONE;
}

/* --- all of it --- */

static struct instant next_check(const struct rollup *rollup) {
    int64_t best = day_start((struct day){rollup->today.n + 366}).ms;
    for (size_t i = 0; i < rollup->county_count; i++) {
        int64_t next = rollup->counties[i].next_check.ms;
        if (next > rollup->now_ms && next < best) best = next;
    }
    if (!day_is(rollup->due)) return (struct instant){best};
    struct period period = period_of(rollup->plan->calendar, &rollup->plan->reporting, rollup->due);
    int64_t turns[] = {day_start((struct day){rollup->due.n - (int32_t)rollup->rules->alerts.due_soon_first}).ms,
                       day_start((struct day){rollup->due.n - (int32_t)rollup->rules->alerts.due_soon_last}).ms,
                       day_end(rollup->due).ms, day_is(period.closing) ? day_end(period.closing).ms : 0};
    for (size_t i = 0; i < sizeof turns / sizeof turns[0]; i++)
        if (turns[i] > rollup->now_ms && turns[i] < best) best = turns[i];
    return (struct instant){best};
}

static void fill_dates(struct rollup *rollup, struct assessment *out) {
    out->due = rollup->due;
    out->due_original = day_is(rollup->city->due_original) ? rollup->city->due_original : rollup->city->due;
    out->extended = day_is(out->due) && day_is(out->due_original) && out->due.n > out->due_original.n;
    out->overdue_since = DAY_NONE;
    if (out->state == STATE_OVERDUE) {
        out->overdue_since = (struct day){out->due.n + 1};
        out->days_overdue = rollup->today.n - out->due.n;
    }
    int32_t left = day_is(out->due) ? out->due.n - rollup->today.n : -1;
    bool open = left >= 0 && out->state != STATE_DONE && out->state != STATE_HOLDING && out->state != STATE_NO_TASK;
    out->due_soon_7 = open && left <= (int32_t)rollup->rules->alerts.due_soon_last;
    out->due_soon_30 = open && !out->due_soon_7 && left <= (int32_t)rollup->rules->alerts.due_soon_first;
    struct day changed = rollup->city->goal_changed;
    out->share_changed = day_is(changed) && changed.n <= rollup->today.n;
}

static void fill_forecast(const struct rollup *rollup, struct assessment *out) {
    struct forecast_case facts = {.done = out->state == STATE_DONE,
                                  .has_figure = out->has_value,
                                  .rollup = true,
                                  .small = measure_is_small(&rollup->measure, rollup->rules->small_goal),
                                  .silent = out->state == STATE_NOT_REPORTED};
    out->forecast = (struct forecast){.median = DAY_NONE, .low = DAY_NONE, .high = DAY_NONE};
    out->forecast.refused = forecast_refused(&rollup->measure, &facts, FORECAST_POINTS_MIN);
}

/* A milestone of counties is met by all of them; everything else by the city's own goal. */
static struct measure measure_of_city(const struct plan *plan, const struct cell *city) {
    struct measure measure = measure_make(plan, city);
    if (measure.kind == KIND_MILESTONE) measure.has_goal = false;
    return measure;
}

static struct rollup rollup_start(const struct assess_context *context, const struct cell *city,
                                  const struct assessment *counties, size_t county_count,
                                  const struct ledger *decisions) {
    const struct plan *plan = context->plan;
    struct exact zero = exact_whole(0);
    int64_t end_of_day = day_end(context->as_of).ms - 1;
    struct rollup rollup = {.context = context,
                            .rules = context->rules ? context->rules : rules_shipped(),
                            .plan = plan,
                            .target = &plan->targets[city->target],
                            .city = city,
                            .measure = measure_of_city(plan, city),
                            .counties = counties,
                            .county_count = county_count,
                            .value = zero,
                            .denominator = zero,
                            .capped = zero,
                            .planned = zero,
                            .range = zero,
                            .weight = zero,
                            .has_points = true};
    rollup.form = form_of(rollup.target);
    rollup.now_ms = context->known_at.ms < end_of_day ? context->known_at.ms : end_of_day;
    struct day now = instant_day(context->known_at);
    rollup.today = now.n < context->as_of.n ? now : context->as_of;
    rollup.due = history_extension(decisions, decisions->event_count);
    if (!day_is(rollup.due)) rollup.due = city->due;
    return rollup;
}

void rollup_assess(const struct assess_context *context, const struct cell *city, const struct assessment *counties,
                   size_t county_count, const struct cell_event *events, size_t count, struct assessment *out) {
    struct ledger decisions = {
        .events = events, .event_count = count, .next = count, .reversals_seen = count, .at = context->known_at};
    struct rollup rollup = rollup_start(context, city, counties, county_count, &decisions);
    *out = (struct assessment){.figure_as_of = DAY_NONE, .figure_known_at = INSTANT_NONE, .figure_event = NO_INDEX};
    add_counties(&rollup, out);
    struct exact value = city_value(&rollup);
    fill_value(&rollup, out, value);
    if (rollup.form != ROLLUP_COUNT && rollup.target->kind != KIND_HOLD) fill_points(&rollup, out);
    out->state = state_of(&rollup, out, value);
    fill_light(&rollup, out, &decisions);
    fill_dates(&rollup, out);
    fill_forecast(&rollup, out);
    out->report_period = (struct period){DAY_NONE, DAY_NONE, DAY_NONE};
    out->next_check = next_check(&rollup);
}

void assess_rollup(const struct assess_context *context, const struct cell *city, const struct assessment *counties,
                   size_t county_count, const struct cell_event *events, size_t count, struct assess_scratch *scratch,
                   struct assessment *out) {
    (void)scratch; /* a sum keeps nothing */
    rollup_assess(context, city, counties, county_count, events, count, out);
    override_apply(context, events, count, out);
}
