#include "common/store/cell_json.h"

#include <stdio.h>
#include <string.h>

#include "common/base/text.h"
#include "common/domain/rules.h"

static json_t *text_or_null(const char *text) {
    return text ? json_string(text) : json_null();
}
static json_t *slice_or_null(struct slice text) {
    return text.ptr ? json_stringn(text.ptr, text.len) : json_null();
}
static json_t *day_or_null(struct day day) {
    char text[DAY_TEXT_MAX];
    if (!day_is(day)) return json_null();
    day_print(day, text);
    return json_string(text);
}
static json_t *instant_or_null(struct instant at) {
    char text[INSTANT_TEXT_MAX];
    if (!instant_is(at)) return json_null();
    instant_print(at, text);
    return json_string(text);
}
static json_t *decimal_or_null(bool has, struct decimal value) {
    char text[DECIMAL_TEXT_MAX];
    if (!has) return json_null();
    decimal_print(value, text);
    return json_string(text);
}
static json_t *tenths_or_null(bool has, int32_t tenths) {
    char text[DECIMAL_TEXT_MAX];
    if (!has) return json_null();
    int32_t size = tenths < 0 ? -tenths : tenths;
    snprintf(text, sizeof text, "%s%d.%d", tenths < 0 ? "-" : "", (int)(size / 10), (int)(size % 10));
    return json_string(text);
}

static void add_flag(const char *flag, void *list) {
    json_array_append_new(list, json_string(flag));
}

static json_t *areas(const struct plan *plan, const size_t *items, size_t count) {
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) json_array_append_new(list, json_string(plan->areas[items[i]].code));
    return list;
}

static json_t *forecast(const struct forecast *f) {
    if (f->refused != FORECAST_GIVEN) return json_null();
    return json_pack("{s:s, s:i, s:o, s:o, s:o, s:i}", "method", "t_increments", "n", (int)f->n, "median",
                     day_or_null(f->median), "low", day_or_null(f->low), "high", day_or_null(f->high), "level",
                     (int)f->level);
}

static json_t *epoch_of(const struct history *history, int32_t log) {
    for (size_t i = 0; history && i < history->log_count; i++) {
        if (history->logs[i].log != log) continue;
        char text[33];
        for (size_t k = 0; k < 16; k++) snprintf(text + 2 * k, 3, "%02x", history->logs[i].epoch[k]);
        return json_string(text);
    }
    return json_null();
}

/* The last sequence of each stream among the events. */
static json_t *complete_to(const struct cell_event *events, size_t count, const struct history *history) {
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        bool last = true;
        for (size_t k = i + 1; k < count && last; k++) last = events[k].log != events[i].log;
        if (last)
            json_array_append_new(list, json_pack("{s:o, s:o, s:I}", "stream", slice_or_null(events[i].stream), "epoch",
                                                  epoch_of(history, events[i].log), "seq",
                                                  (json_int_t)events[i].seq));
    }
    return list;
}

/* The reporter's own words; what the office notes on its decisions is its own matter. */
static struct slice newest_note(const struct cell_event *events, size_t count) {
    for (size_t i = count; i-- > 0;)
        if (events[i].kind <= EVENT_RETRACTION && events[i].note.ptr && events[i].note.len > 0) return events[i].note;
    return (struct slice){NULL, 0};
}

static void set_figure(json_t *out, const struct plan *plan, const struct cell *cell,
                       const struct assessment *a, const struct cell_event *events, size_t count) {
    const struct target *target = &plan->targets[cell->target];
    json_object_set_new(out, "target", json_string(target->code));
    json_object_set_new(out, "area", json_string(plan->areas[cell->area].code));
    json_object_set_new(out, "kind", json_string(target_kind_word(target->kind)));
    json_object_set_new(out, "unit", text_or_null(target->unit));
    json_object_set_new(out, "value", a->has_value ? json_string(a->value_text) : json_null());
    bool fraction = a->has_value && a->figure.form == FIGURE_FRACTION;
    json_object_set_new(out, "numerator", decimal_or_null(fraction, a->figure.value));
    json_object_set_new(out, "denominator", decimal_or_null(fraction, a->figure.denominator));
    json_object_set_new(out, "figure_as_of", day_or_null(a->has_value ? a->figure_as_of : DAY_NONE));
    json_object_set_new(out, "known_at", instant_or_null(a->has_value ? a->figure_known_at : INSTANT_NONE));
    json_object_set_new(out, "reporter",
                        a->figure_event < count ? slice_or_null(events[a->figure_event].reporter) : json_null());
    json_object_set_new(out, "goal", decimal_or_null(cell->has_goal, cell->goal));
    json_object_set_new(out, "share", decimal_or_null(cell->has_goal && !cell->rollup, cell->goal));
}

/* Of the rules file: the thresholds of the rule that decided, where it has any. */
json_t *cell_threshold_json(const struct assessment *a) {
    for (size_t i = 0; a->rules && a->rule && i < a->rules->report_count; i++) {
        const struct report_rule *rule = &a->rules->reports[i];
        if (strcmp(rule->name, a->rule) != 0) continue;
        return json_pack("{s:s, s:s, s:o, s:o}", "when", report_condition_word(rule->when), "goal",
                         goal_size_word(rule->goal), "behind", tenths_or_null(rule->tenths > 0, rule->tenths), "units",
                         rule->units > 0 ? json_integer((json_int_t)rule->units) : json_null());
    }
    return json_null();
}

/* What the light was computed from: rule, inputs and version together say why, for ever. */
static json_t *inputs(const struct cell *cell, const struct assessment *a) {
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:I, s:o}", "value",
                     a->has_value ? json_string(a->value_text) : json_null(), "planned",
                     decimal_or_null(a->has_planned, a->planned), "points",
                     tenths_or_null(a->has_deviation, a->deviation_tenths), "units_behind",
                     decimal_or_null(a->has_units_behind, a->units_behind), "days_behind",
                     a->has_days_behind ? json_integer(a->days_behind) : json_null(), "reports",
                     (json_int_t)(cell->rollup ? a->counties_in : a->reports), "threshold", cell_threshold_json(a));
}

static json_t *override(const struct assessment *a) {
    if (!a->overridden) return json_null();
    return json_pack("{s:s, s:o, s:o, s:o}", "light", light_word(a->light), "by", slice_or_null(a->override_by),
                     "reason", slice_or_null(a->override_reason), "until", day_or_null(a->override_until));
}

static void set_judgement(json_t *out, const struct plan *plan, const struct cell *cell, const struct assessment *a) {
    json_object_set_new(out, "planned", decimal_or_null(a->has_planned, a->planned));
    json_object_set_new(out, "planned_original", decimal_or_null(a->has_planned_original, a->planned_original));
    json_object_set_new(out, "deviation_points", tenths_or_null(a->has_deviation, a->deviation_tenths));
    json_object_set_new(out, "units_behind", decimal_or_null(a->has_units_behind, a->units_behind));
    json_object_set_new(out, "days_behind", a->has_days_behind ? json_integer(a->days_behind) : json_null());
    json_object_set_new(out, "due", day_or_null(a->due));
    json_object_set_new(out, "due_original", day_or_null(a->due_original));
    json_object_set_new(out, "state", json_string(cell_state_word(a->state)));
    bool overdue = a->days_overdue > 0;
    json_object_set_new(out, "overdue_since", day_or_null(overdue ? a->overdue_since : DAY_NONE));
    json_object_set_new(out, "days_overdue", overdue ? json_integer(a->days_overdue) : json_null());
    json_object_set_new(out, "missing", decimal_or_null(a->has_missing, a->missing));
    json_object_set_new(out, "light", json_string(light_word(a->light)));
    json_object_set_new(out, "light_since", day_or_null(a->light_since));
    json_object_set_new(out, "proposed_light", json_string(light_word(a->proposed)));
    json_object_set_new(out, "computed_light", json_string(light_word(a->computed_light)));
    json_object_set_new(out, "override", override(a));
    json_object_set_new(out, "rule", text_or_null(a->rule));
    json_object_set_new(out, "rules_version", text_or_null(a->rules ? a->rules->version : NULL));
    json_object_set_new(out, "inputs", inputs(cell, a));
    json_object_set_new(out, "report_state", text_or_null(report_state_word(a->report_state)));
    char period[32] = "";
    if (day_is(a->report_period.first)) period_name(&plan->reporting, a->report_period, period);
    json_object_set_new(out, "report_period", text_or_null(*period ? period : NULL));
}

json_t *cell_json(const struct plan *plan, const struct cell *cell, const struct assessment *a,
                  const struct cell_event *events, size_t count, const struct history *history) {
    json_t *out = json_object();
    if (!out) return NULL;
    char why[1024];
    set_figure(out, plan, cell, a, events, count);
    set_judgement(out, plan, cell, a);
    size_t len = assess_why(plan, cell, a, why, sizeof why);
    json_object_set_new(out, "why", json_stringn(why, text_cut_bytes(why, len, sizeof why - 1)));
    json_t *flags = json_array();
    assess_flags(plan, a, add_flag, flags);
    json_object_set_new(out, "flags", flags);
    json_object_set_new(out, "note", slice_or_null(newest_note(events, count)));
    json_object_set_new(out, "older",
                        a->has_older ? json_pack("{s:o, s:o}", "as_of", day_or_null(a->older_as_of), "known_at",
                                                 instant_or_null(a->older_known_at))
                                     : json_null());
    json_object_set_new(out, "forecast", forecast(&a->forecast));
    json_object_set_new(out, "forecast_refused", text_or_null(forecast_refusal_word(a->forecast.refused)));
    json_object_set_new(out, "complete_to", complete_to(events, count, history));
    json_object_set_new(out, "counties_in", cell->rollup ? json_integer((json_int_t)a->counties_in) : json_null());
    json_object_set_new(out, "counties_expected",
                        cell->rollup ? json_integer((json_int_t)a->counties_expected) : json_null());
    json_object_set_new(out, "unfinished", cell->rollup ? areas(plan, a->unfinished, a->unfinished_count) : json_null());
    return out;
}
