#include "common/store/cell_read.h"

#include <stdlib.h>
#include <string.h>

/* --- values --- */

static const char *text_of(const json_t *json, const char *key) {
    return json_string_value(json_object_get(json, key));
}
static struct day day_of(const json_t *json, const char *key) {
    const char *text = text_of(json, key);
    struct day day = DAY_NONE;
    return text && day_parse(text, strlen(text), &day) ? day : DAY_NONE;
}
static struct instant instant_of(const json_t *json, const char *key) {
    const char *text = text_of(json, key);
    struct instant at = INSTANT_NONE;
    return text && instant_parse(text, strlen(text), &at) ? at : INSTANT_NONE;
}
static bool decimal_of(const json_t *json, const char *key, struct decimal *out) {
    const char *text = text_of(json, key);
    return text && decimal_parse(text, strlen(text), out) == PROTO_OK;
}
/* "-25.0" → -250 */
static bool tenths_of(const json_t *json, const char *key, int32_t *out) {
    struct decimal value;
    if (!decimal_of(json, key, &value) || value.scale > 1) return false;
    int64_t tenths = value.scale ? value.mantissa : value.mantissa * 10;
    if (tenths < INT32_MIN || tenths > INT32_MAX) return false;
    *out = (int32_t)tenths;
    return true;
}
static bool count_of(const json_t *json, const char *key, int32_t *out) {
    const json_t *value = json_object_get(json, key);
    if (!json_is_integer(value)) return false;
    json_int_t count = json_integer_value(value);
    if (count < INT32_MIN || count > INT32_MAX) return false;
    *out = (int32_t)count;
    return true;
}

/* --- parts --- */

static void read_value(const json_t *json, bool done_or_not, struct assessment *out) {
    const char *text = text_of(json, "value");
    out->has_value = decimal_of(json, "value", &out->value) && strlen(text) < sizeof out->value_text;
    out->figure_as_of = day_of(json, "figure_as_of");
    out->figure_known_at = instant_of(json, "known_at");
    out->figure_event = NO_INDEX;
    if (!out->has_value) return;
    memcpy(out->value_text, text, strlen(text) + 1);
    out->figure = (struct figure){.form = FIGURE_VALUE, .value = out->value};
    if (decimal_of(json, "numerator", &out->figure.value) && decimal_of(json, "denominator", &out->figure.denominator))
        out->figure.form = FIGURE_FRACTION;
    else if (done_or_not)
        out->figure = (struct figure){.form = FIGURE_DONE, .done = out->value.mantissa > 0};
}

/* A figure for an older day that changed the judgement. */
static void read_older(const json_t *json, struct assessment *out) {
    const json_t *older = json_object_get(json, "older");
    out->has_older = json_is_object(older);
    out->older_as_of = day_of(older, "as_of");
    out->older_known_at = instant_of(older, "known_at");
}

static void read_distance(const json_t *json, struct assessment *out) {
    out->has_planned = decimal_of(json, "planned", &out->planned);
    out->has_planned_original = decimal_of(json, "planned_original", &out->planned_original);
    out->has_deviation = tenths_of(json, "deviation_points", &out->deviation_tenths);
    out->has_units_behind = decimal_of(json, "units_behind", &out->units_behind);
    out->has_days_behind = count_of(json, "days_behind", &out->days_behind);
    out->has_missing = decimal_of(json, "missing", &out->missing);
    out->due = day_of(json, "due");
    out->due_original = day_of(json, "due_original");
    out->overdue_since = day_of(json, "overdue_since");
    if (!count_of(json, "days_overdue", &out->days_overdue)) out->days_overdue = 0;
}

static bool read_light(const json_t *json, struct assessment *out) {
    const json_t *override = json_object_get(json, "override");
    if (!cell_state_find(text_of(json, "state"), &out->state) || !light_find(text_of(json, "light"), &out->light) ||
        !light_find(text_of(json, "proposed_light"), &out->proposed) ||
        !light_find(text_of(json, "computed_light"), &out->computed_light))
        return false;
    out->light_since = day_of(json, "light_since");
    out->rule = text_of(json, "rule");
    int32_t reports = 0;
    if (count_of(json_object_get(json, "inputs"), "reports", &reports) && reports > 0) out->reports = (unsigned)reports;
    out->overridden = json_is_object(override);
    if (!out->overridden) return true;
    out->override_by = slice_of(text_of(override, "by"));
    out->override_reason = slice_of(text_of(override, "reason"));
    out->override_until = day_of(override, "until");
    return true;
}

/* "2021-09", "2021-Q3" */
static struct period period_named(const struct plan *plan, const char *name) {
    int year = 0, month = 1;
    struct day first;
    if (!name || strlen(name) != 7) return (struct period){DAY_NONE, DAY_NONE, DAY_NONE};
    year = atoi(name);
    month = name[5] == 'Q' ? 3 * (name[6] - '1') + 1 : atoi(name + 5);
    char text[] = "0000-00-01";
    memcpy(text, name, 5);
    text[5] = (char)('0' + month / 10);
    text[6] = (char)('0' + month % 10);
    if (year < 1 || month < 1 || month > 12 || !day_parse(text, sizeof text - 1, &first))
        return (struct period){DAY_NONE, DAY_NONE, DAY_NONE};
    return period_of(plan->calendar, &plan->reporting, first);
}

static void read_report(const json_t *json, const struct plan *plan, struct assessment *out) {
    if (!report_state_find(text_of(json, "report_state"), &out->report_state)) out->report_state = REPORT_NONE;
    out->report_period = period_named(plan, text_of(json, "report_period"));
}

static void read_forecast(const json_t *json, struct assessment *out) {
    const json_t *forecast = json_object_get(json, "forecast");
    int32_t points = 0, level = 0;
    if (!forecast_refusal_find(text_of(json, "forecast_refused"), &out->forecast.refused))
        out->forecast.refused = FORECAST_GIVEN;
    if (!json_is_object(forecast)) return;
    if (count_of(forecast, "n", &points) && points > 0) out->forecast.n = (unsigned)points;
    if (count_of(forecast, "level", &level) && level > 0) out->forecast.level = (unsigned)level;
    out->forecast.median = day_of(forecast, "median");
    out->forecast.low = day_of(forecast, "low");
    out->forecast.high = day_of(forecast, "high");
}

/* --- flags --- */

static bool figure_read(const char *text, size_t len, struct figure *out) {
    const char *slash = memchr(text, '/', len);
    *out = (struct figure){0};
    if (len == 1 && *text == '-') return true;
    if ((len == 4 && memcmp(text, "done", 4) == 0) || (len == 8 && memcmp(text, "not_done", 8) == 0)) {
        *out = (struct figure){.form = FIGURE_DONE, .done = len == 4};
        return true;
    }
    out->form = slash ? FIGURE_FRACTION : FIGURE_VALUE;
    size_t first = slash ? (size_t)(slash - text) : len;
    return decimal_parse(text, first, &out->value) == PROTO_OK &&
           (!slash || decimal_parse(slash + 1, len - first - 1, &out->denominator) == PROTO_OK);
}

/* "57→51" */
static void read_held(const char *text, struct assessment *out) {
    static const char arrow[] = "→";
    const char *to = strstr(text, arrow);
    out->held = true;
    if (!to || !figure_read(text, (size_t)(to - text), &out->held_from) ||
        !figure_read(to + sizeof arrow - 1, strlen(to + sizeof arrow - 1), &out->held_to))
        out->held_from = out->held_to = (struct figure){0};
}

static void add_area(const struct plan *plan, const char *code, size_t len, size_t *items, size_t *count) {
    size_t area = plan_find_area(plan, (struct slice){code, len});
    if (area != NO_INDEX && *count < plan->area_count) items[(*count)++] = area;
}

/* "510802,510811" */
static bool read_stale(const char *text, const struct plan *plan, struct assessment *out) {
    out->stale_parts = true;
    if (!out->stale && !(out->stale = calloc(plan->area_count + 1, sizeof *out->stale))) return false;
    while (*text) {
        size_t len = strcspn(text, ",");
        add_area(plan, text, len, out->stale, &out->stale_count);
        text += len + (text[len] == ',');
    }
    return true;
}

static bool read_flag(const char *flag, const struct plan *plan, struct assessment *out) {
    const struct {
        const char *word;
        bool *set;
    } plain[] = {
        {"due_soon 30", &out->due_soon_30},
        {"due_soon 7", &out->due_soon_7},
        {"node_missed", &out->node_missed},
        {"extended", &out->extended},
        {"share_changed", &out->share_changed},
        {"made_good", &out->made_good},
        {"two_sources", &out->two_sources},
        {"on_behalf", &out->on_behalf},
        {"denominator_differs", &out->denominator_differs},
        {"late", &out->late},
        {"back_filled", &out->back_filled},
        {"assumed_from", &out->assumed_from},
    };
    static const char held[] = "held ", stale[] = "stale_parts ";
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        if (strcmp(plain[i].word, flag) == 0) *plain[i].set = true;
    if (strncmp(flag, held, sizeof held - 1) == 0) read_held(flag + sizeof held - 1, out);
    if (strncmp(flag, stale, sizeof stale - 1) == 0) return read_stale(flag + sizeof stale - 1, plan, out);
    return true;
}

static bool read_flags(const json_t *json, const struct plan *plan, struct assessment *out) {
    size_t i;
    const json_t *flag;
    json_array_foreach(json_object_get(json, "flags"), i, flag)
        if (json_is_string(flag) && !read_flag(json_string_value(flag), plan, out)) return false;
    return true;
}

static bool read_rollup(const json_t *json, const struct plan *plan, struct assessment *out) {
    int32_t in = 0, expected = 0;
    if (count_of(json, "counties_in", &in) && in > 0) out->counties_in = (unsigned)in;
    if (count_of(json, "counties_expected", &expected) && expected > 0) out->counties_expected = (unsigned)expected;
    const json_t *list = json_object_get(json, "unfinished"), *code;
    size_t i;
    if (json_array_size(list) == 0) return true;
    out->unfinished = calloc(plan->area_count + 1, sizeof *out->unfinished);
    if (!out->unfinished) return false;
    json_array_foreach(list, i, code)
        if (json_is_string(code))
            add_area(plan, json_string_value(code), json_string_length(code), out->unfinished, &out->unfinished_count);
    return true;
}

bool cell_read(const json_t *json, const struct plan *plan, const struct cell *cell, const struct light_rules *rules,
               struct assessment *out) {
    *out = (struct assessment){.rules = rules};
    /* of the city's milestone the value is how many counties have it */
    read_value(json, plan->targets[cell->target].kind == KIND_MILESTONE && !cell->rollup, out);
    read_distance(json, out);
    read_older(json, out);
    read_report(json, plan, out);
    read_forecast(json, out);
    if (read_light(json, out) && read_flags(json, plan, out) && (!cell->rollup || read_rollup(json, plan, out)))
        return true;
    assessment_finish(out);
    *out = (struct assessment){0};
    return false;
}
