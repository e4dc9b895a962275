/* The catalogue as JSON text: written by the centre, read by agents. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/cleanup.h"
#include "common/domain/calendar_days.h"
#include "common/domain/catalogue.h"
#include "common/domain/plan_words.h"

static void json_free(json_t **json) {
    json_decref(*json);
}

static json_t *text_or_null(const char *text) {
    return text && *text ? json_string(text) : json_null();
}

static json_t *day_or_null(struct day day) {
    char text[DAY_TEXT_MAX];
    day_print(day, text);
    return text_or_null(text);
}

static json_t *decimal_or_null(bool has, struct decimal value) {
    char text[DECIMAL_TEXT_MAX];
    decimal_print(value, text);
    return has ? json_string(text) : json_null();
}

static json_t *areas_json(const struct plan *plan) {
    json_t *areas = json_array();
    for (size_t i = 0; i < plan->area_count; i++) {
        const struct area *area = &plan->areas[i];
        json_t *aliases = json_array();
        for (size_t k = 0; k < area->alias_count; k++)
            json_array_append_new(aliases, json_pack("{s:s, s:o, s:o}", "name", area->aliases[k].name, "from",
                                                     day_or_null(area->aliases[k].from), "to",
                                                     day_or_null(area->aliases[k].to)));
        json_array_append_new(areas, json_pack("{s:s, s:s, s:s, s:b, s:o}", "code", area->code, "name", area->name,
                                               "short", area->short_name, "city", area->city, "aliases", aliases));
    }
    return areas;
}

static json_t *units_json(const struct plan *plan) {
    json_t *units = json_array();
    for (size_t i = 0; i < plan->unit_count; i++) {
        const struct unit *unit = &plan->units[i];
        json_t *aliases = json_array();
        for (size_t k = 0; k < unit->alias_count; k++)
            json_array_append_new(aliases, json_string(unit->aliases[k]));
        json_array_append_new(
            units, json_pack("{s:s, s:s, s:o}", "name", unit->name, "short", unit->short_name, "aliases", aliases));
    }
    return units;
}

static json_t *cells_json(const struct plan *plan, const struct target *target) {
    json_t *cells = json_array();
    for (size_t i = 0; i < target->cell_count; i++) {
        const struct cell *cell = &plan->cells[target->first_cell + i];
        json_array_append_new(cells, json_pack("{s:s, s:b, s:b, s:o, s:o}", "area", plan->areas[cell->area].code,
                                               "rollup", cell->rollup, "no_task", cell->no_task, "goal",
                                               decimal_or_null(cell->has_goal, cell->goal), "denominator",
                                               decimal_or_null(cell->has_denominator, cell->denominator)));
    }
    return cells;
}

static const char *reporter_text(const struct plan *plan, const struct target *target) {
    if (target->reporter == REPORTER_UNIT) return plan->units[target->reporter_unit].name;
    return target->reporter == REPORTER_OFFICE ? "office" : "county";
}

static json_t *target_json(const struct plan *plan, const struct target *target) {
    return json_pack("{s:s, s:s, s:s, s:s, s:o, s:s, s:s, s:s, s:i, s:b, s:s, s:o, s:o, s:o, s:o, s:s, s:o}", "code",
                     target->code, "task", plan->tasks[target->task].code, "name", target->name, "short",
                     target->short_name, "scope", text_or_null(target->scope), "kind", target_kind_word(target->kind),
                     "comparator", comparator_word(target->comparator), "unit", target->unit, "decimals",
                     (int)target->decimals, "counted", target->counted, "denominator",
                     denominator_word(target->denominator), "denominator_name", text_or_null(target->denominator_name),
                     "value", decimal_or_null(target->has_value, target->value), "from", day_or_null(target->from),
                     "due", day_or_null(target->due), "reporter", reporter_text(plan, target), "cells",
                     cells_json(plan, target));
}

static json_t *minute_json(unsigned minute) {
    char text[16];
    snprintf(text, sizeof text, "%02u:%02u", minute / 60, minute % 60);
    return json_string(text);
}

static json_t *reporting_json(const struct plan *plan) {
    const struct reporting *reporting = &plan->reporting;
    json_t *windows = json_array();
    for (size_t i = 0; i < reporting->window_count; i++)
        json_array_append_new(windows, minute_json(reporting->windows[i]));
    return json_pack("{s:s, s:i, s:o, s:o, s:o, s:o}", "period", word_text(period_length_words, (int)reporting->period),
                     "closing_day", (int)reporting->closing_day, "first_period", day_or_null(reporting->first_period),
                     "open", minute_json(reporting->open_minute), "close", minute_json(reporting->close_minute),
                     "windows", windows);
}

static json_t *calendar_json(const struct calendar *calendar) {
    if (!calendar) return json_null();
    json_t *holidays = json_array(), *workdays = json_array();
    for (size_t i = 0; i < calendar->count; i++)
        json_array_append_new(calendar->days[i].works ? workdays : holidays, day_or_null(calendar->days[i].day));
    return json_pack("{s:i, s:i, s:o, s:o}", "first_year", calendar->first_year, "last_year", calendar->last_year,
                     "holidays", holidays, "workdays", workdays);
}

static int add_text(const char *text, size_t len, void *buffer) {
    buffer_add(buffer, text, len);
    return ((struct buffer *)buffer)->failed ? -1 : 0;
}

bool catalogue_write(const struct plan *plan, struct buffer *out) {
    json_t *tasks = json_array(), *targets = json_array();
    for (size_t i = 0; i < plan->task_count; i++)
        json_array_append_new(tasks,
                              json_pack("{s:s, s:s}", "code", plan->tasks[i].code, "title", plan->tasks[i].title));
    for (size_t i = 0; i < plan->target_count; i++)
        json_array_append_new(targets, target_json(plan, &plan->targets[i]));
    CLEAN(json_free)
    json_t *root =
        json_pack("{s:i, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "schema", 1, "programme", plan->programme,
                  "title", plan->title, "version", plan->version, "start", day_or_null(plan->start), "areas",
                  areas_json(plan), "units", units_json(plan), "tasks", tasks, "targets", targets, "reporting",
                  reporting_json(plan), "calendar", calendar_json(plan->calendar));
    return root && json_dump_callback(root, add_text, out, JSON_INDENT(1)) == 0 && !out->failed;
}
