/* The light of one report, by the rules as data. */
#include <stdlib.h>

#include "common/domain/forecast.h"
#include "common/domain/judge.h"

static int sign_of(const struct judge *judge) {
    return judge->measure.comparator == AT_MOST ? -1 : 1;
}

static struct exact signed_by(int sign, struct exact value) {
    return sign < 0 ? exact_negate(value) : value;
}

/* "where a forecast was possible at that report" */
static bool forecast_was_possible(const struct judge *judge, size_t report) {
    struct day changed = judge->measure.cell->goal_changed;
    size_t points = 0;
    for (size_t i = 0; i <= report; i++) {
        const struct standing *figure = &judge->ledger->standing[i];
        points += exact_known(figure->value) && (!day_is(changed) || figure->as_of.n >= changed.n);
    }
    struct forecast_case facts = {.has_figure = true, .small = judge->small};
    return forecast_refused(&judge->measure, &facts, points) == FORECAST_GIVEN;
}

/* Of the figures at least 28 days before `late`, those that can give its best pace: a longer way that can be cut into
 * two of at least 28 days is never faster than the faster of them. Calls it with the nearest first. */
static struct exact best_pace_to(const struct judge *judge, size_t late, struct exact best) {
    const struct standing *figures = judge->ledger->standing;
    int32_t apart = (int32_t)judge->rules->reach_days, nearest = INT32_MAX;
    for (size_t early = late; early-- > 0;) {
        int32_t days = figures[late].as_of.n - figures[early].as_of.n;
        if (days < apart || !exact_known(figures[early].value)) continue;
        if (nearest != INT32_MAX && days - nearest >= apart) break;
        if (nearest == INT32_MAX) nearest = days;
        struct exact rise = signed_by(sign_of(judge), exact_subtract(figures[late].value, figures[early].value));
        struct exact pace = exact_multiply(rise, exact_ratio(1, days));
        if (exact_known(pace) && (!exact_known(best) || exact_compare(pace, best) > 0)) best = pace;
    }
    return best;
}

/* "best pace = the largest increment per day over all pairs of figures at least 28 days apart up to that report (the
 * opening is no figure …)". Unknown without a pair. */
static struct exact best_pace(struct judge *judge, size_t report) {
    if (judge->paced == 0 || judge->paced > report + 1) {
        judge->best_pace = EXACT_UNKNOWN;
        judge->paced = 1;
    }
    for (; judge->paced <= report; judge->paced++)
        if (exact_known(judge->ledger->standing[judge->paced].value))
            judge->best_pace = best_pace_to(judge, judge->paced, judge->best_pace);
    return judge->best_pace;
}

/* Whether `rest` in the factor of the rules falls short of the gap to the goal. */
static bool falls_short(const struct judge *judge, struct exact rest, struct exact gap) {
    struct exact reach = exact_multiply(rest, exact_of(judge->rules->reach_factor));
    return exact_known(reach) && exact_known(gap) && exact_compare(reach, gap) < 0;
}

/* "value + 1.5 × the larger of best pace and the plan's own pace for the rest × (due − as-of) < goal" */
static bool out_of_reach(struct judge *judge, size_t report, struct exact planned) {
    const struct standing *figure = &judge->ledger->standing[report];
    int sign = sign_of(judge);
    struct exact gap = signed_by(sign, exact_subtract(judge->measure.goal, figure->value));
    struct exact by_plan = signed_by(sign, exact_subtract(judge->measure.goal, planned));
    if (!falls_short(judge, by_plan, gap) || !forecast_was_possible(judge, report)) return false;
    struct exact pace = best_pace(judge, report);
    int32_t rest = judge->due.n > figure->as_of.n ? judge->due.n - figure->as_of.n : 0;
    return exact_known(pace) && /* "no pair, no such red" */
           falls_short(judge, exact_multiply(pace, exact_whole(rest)), gap);
}

static bool rule_holds(struct judge *judge, const struct report_rule *rule, size_t report, struct exact planned,
                       int32_t tenths) {
    const struct standing *figure = &judge->ledger->standing[report];
    if (rule->goal != GOAL_ANY && (rule->goal == GOAL_SMALL) != judge->small) return false;
    if (rule->tenths > 0 && -tenths < rule->tenths) return false;
    switch (rule->when) {
    case WHEN_POINTS:
        return rule->tenths > 0;
    case WHEN_OUT_OF_REACH:
        return out_of_reach(judge, report, planned);
    case WHEN_UNITS: {
        struct exact units = curve_units_behind(&judge->curve, planned, figure->value);
        return exact_known(units) && exact_compare(units, exact_whole(rule->units)) >= 0;
    }
    case WHEN_NODE_MISSED:
        return curve_node_missed(&judge->curve, figure->as_of, figure->value);
    }
    return false;
}

static bool met_before(const struct judge *judge, size_t report) {
    for (size_t i = 0; i < report; i++)
        if (measure_met(&judge->measure, judge->ledger->standing[i].value)) return true;
    return false;
}

static struct report_light light_of_hold(const struct judge *judge, size_t report) {
    if (measure_met(&judge->measure, judge->ledger->standing[report].value))
        return (struct report_light){LIGHT_BLUE, "holding"};
    if (met_before(judge, report)) return (struct report_light){judge->rules->fell_back, "fell_back"};
    return (struct report_light){LIGHT_BLUE, "no_curve"};
}

static struct report_light light_of(struct judge *judge, size_t report) {
    const struct standing *figure = &judge->ledger->standing[report];
    if (judge->measure.kind == KIND_HOLD) return light_of_hold(judge, report);
    bool early = judge_waits_for_due(judge) && figure->as_of.n < judge->due.n;
    if (!early && measure_met(&judge->measure, figure->value)) return (struct report_light){LIGHT_GREEN, "done"};
    if (!judge->curve.has) return (struct report_light){LIGHT_BLUE, "no_curve"};
    struct exact planned = curve_planned(&judge->curve, figure->as_of);
    if (judge->measure.cell->node_count == 0 && exact_known(planned) &&
        exact_compare(figure->value, planned) * sign_of(judge) >= 0)
        return (struct report_light){LIGHT_BLUE, "on_plan"}; /* no rule speaks of those ahead */
    int32_t tenths;
    if (!curve_deviation(&judge->curve, planned, figure->value, &tenths))
        return (struct report_light){LIGHT_BLUE, "no_curve"};
    struct report_light out = {LIGHT_BLUE, tenths < 0 ? "within_points" : "on_plan"};
    for (size_t i = 0; i < judge->rules->report_count; i++) {
        const struct report_rule *rule = &judge->rules->reports[i];
        if (rule_holds(judge, rule, report, planned, tenths)) return (struct report_light){rule->light, rule->name};
    }
    return out;
}

/* "After an extension the history has no red"; "aspire is at most yellow" */
static enum light at_most(enum light light, enum light worst) {
    return light == LIGHT_RED ? worst : light;
}

struct report_light judge_report(struct judge *judge, size_t standing) {
    struct ledger *ledger = judge->ledger;
    if (judge->lights_revision != ledger->revision) judge->lights_known = judge->paced = 0;
    judge->lights_revision = ledger->revision;
    if (ledger->standing_count > judge->lights_capacity) {
        struct report_light *grown = realloc(judge->lights, ledger->standing_capacity * sizeof *grown);
        if (!grown) return (struct report_light){LIGHT_GREY, "no_figure"};
        judge->lights = grown;
        judge->lights_capacity = ledger->standing_capacity;
    }
    for (; judge->lights_known <= standing; judge->lights_known++)
        judge->lights[judge->lights_known] = (struct report_light){LIGHT_NONE, NULL};
    struct report_light *light = &judge->lights[standing];
    if (!light->rule) {
        *light = light_of(judge, standing);
        if (ledger->standing[standing].known_at.ms < judge->extended.ms)
            light->light = at_most(light->light, LIGHT_YELLOW);
        if (judge->measure.target->firmness == FIRM_ASPIRE)
            light->light = at_most(light->light, judge->rules->aspire_worst);
    }
    return *light;
}
