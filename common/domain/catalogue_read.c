/* Reading a catalogue back: bytes from outside, so everything is asked for and every index is looked up. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/domain/arena.h"
#include "common/domain/calendar_days.h"
#include "common/domain/catalogue_index.h"
#include "common/domain/plan_index.h"
#include "common/domain/plan_words.h"

enum { CATALOGUE_BYTES_MAX = 64 * 1024 * 1024 };

struct json_reader {
    const char *name;
    struct error *err;
    struct plan *plan;
    struct arena *arena;
    const char *list; /* where we are, for the error: "targets", 3 */
    size_t item;
    bool failed;
};

static void json_free(json_t **json) {
    json_decref(*json);
}

static void wrong(struct json_reader *r, const char *key, const char *what) {
    if (!r->failed) {
        error_set(r->err, ERROR_INPUT, "%s %s; export the catalogue again with `duban plan export --catalogue`", key,
                  what);
        error_place(r->err, "%.150s:%s[%zu]", r->name, r->list, r->item);
    }
    r->failed = true;
}

/* --- values; a wrong one is said once and reading goes on to a harmless one --- */

static const char *text_or(struct json_reader *r, const json_t *map, const char *key, const char *otherwise) {
    const json_t *value = json_object_get(map, key);
    if (otherwise && (!value || json_is_null(value))) return arena_copy(r->arena, otherwise);
    if (!json_is_string(value) || strlen(json_string_value(value)) != json_string_length(value)) {
        wrong(r, key, "is not a text");
        return "";
    }
    return arena_text(r->arena, json_string_value(value), json_string_length(value));
}

static const char *text_of(struct json_reader *r, const json_t *map, const char *key) {
    return text_or(r, map, key, NULL);
}

static const char *text_or_null(struct json_reader *r, const json_t *map, const char *key) {
    const json_t *value = json_object_get(map, key);
    return !value || json_is_null(value) ? NULL : text_of(r, map, key);
}

static int int_of(struct json_reader *r, const json_t *map, const char *key, int min, int max) {
    const json_t *value = json_object_get(map, key);
    json_int_t number = json_integer_value(value);
    if (json_is_integer(value) && number >= min && number <= max) return (int)number;
    wrong(r, key, "is not a number in range");
    return min;
}

static bool bool_of(struct json_reader *r, const json_t *map, const char *key) {
    const json_t *value = json_object_get(map, key);
    if (!json_is_boolean(value)) wrong(r, key, "is neither true nor false");
    return json_is_true(value);
}

static struct day day_of(struct json_reader *r, const json_t *value, const char *key) {
    struct day day = DAY_NONE;
    if (value && !json_is_null(value) &&
        (!json_is_string(value) || !day_parse(json_string_value(value), json_string_length(value), &day)))
        wrong(r, key, "is not a day");
    return day;
}

static struct day date_at(struct json_reader *r, const json_t *map, const char *key) {
    return day_of(r, json_object_get(map, key), key);
}

static bool decimal_at(struct json_reader *r, const json_t *map, const char *key, struct decimal *out) {
    const json_t *value = json_object_get(map, key);
    if (!value || json_is_null(value)) return false;
    if (json_is_string(value) && decimal_parse(json_string_value(value), json_string_length(value), out) == PROTO_OK)
        return true;
    wrong(r, key, "is not an exact number in quotes");
    return false;
}

static int word_at(struct json_reader *r, const json_t *map, const char *key, const struct word *words) {
    const json_t *value = json_object_get(map, key);
    int found = words[0].value;
    if (!json_is_string(value) || !word_find(words, json_string_value(value), json_string_length(value), &found))
        wrong(r, key, "is a word not known here");
    return found;
}

static const json_t *list_at(struct json_reader *r, const json_t *map, const char *key) {
    const json_t *value = json_object_get(map, key);
    if (!json_is_array(value)) wrong(r, key, "is not a list");
    return value;
}

/* Names the list that errors are placed in. */
static const json_t *enter(struct json_reader *r, const json_t *root, const char *key) {
    r->list = key;
    r->item = 0;
    return list_at(r, root, key);
}

static void *array_for(struct json_reader *r, const json_t *list, size_t size) {
    void *array = arena_array(r->arena, json_array_size(list), size);
    if (!array) wrong(r, r->list, "does not fit the memory");
    return array;
}

/* --- parts --- */

static void read_areas(struct json_reader *r, const json_t *root) {
    struct plan *plan = r->plan;
    const json_t *list = enter(r, root, "areas");
    plan->areas = array_for(r, list, sizeof *plan->areas);
    for (; !r->failed && r->item < json_array_size(list); r->item++) {
        const json_t *map = json_array_get(list, r->item);
        struct area *area = &plan->areas[plan->area_count];
        area->code = text_of(r, map, "code");
        area->name = text_of(r, map, "name");
        area->short_name = text_of(r, map, "short");
        area->city = bool_of(r, map, "city");
        area->tile_row = area->tile_column = -1;
        if ((area->city && r->item > 0) || (plan->area_count && !plan->areas[plan->area_count - 1].city &&
                                            strcmp(plan->areas[plan->area_count - 1].code, area->code) >= 0))
            wrong(r, "code", "is out of order: the city first, then by code, each once");
        if (area->city) plan->city = 0;
        const json_t *aliases = list_at(r, map, "aliases");
        area->aliases = array_for(r, aliases, sizeof *area->aliases);
        for (size_t k = 0; !r->failed && k < json_array_size(aliases); k++) {
            const json_t *alias = json_array_get(aliases, k);
            area->aliases[area->alias_count++] =
                (struct dated_alias){text_of(r, alias, "name"), date_at(r, alias, "from"), date_at(r, alias, "to")};
        }
        plan->area_count++;
    }
}

static void read_units(struct json_reader *r, const json_t *root) {
    struct plan *plan = r->plan;
    const json_t *list = enter(r, root, "units");
    plan->units = array_for(r, list, sizeof *plan->units);
    for (; !r->failed && r->item < json_array_size(list); r->item++) {
        const json_t *map = json_array_get(list, r->item);
        struct unit *unit = &plan->units[plan->unit_count++];
        unit->name = text_of(r, map, "name");
        unit->short_name = text_of(r, map, "short");
        const json_t *aliases = list_at(r, map, "aliases");
        unit->aliases = array_for(r, aliases, sizeof *unit->aliases);
        for (size_t k = 0; !r->failed && k < json_array_size(aliases); k++) {
            const json_t *alias = json_array_get(aliases, k);
            if (json_is_string(alias))
                unit->aliases[unit->alias_count++] = arena_copy(r->arena, json_string_value(alias));
            else
                wrong(r, "aliases", "holds what is no text");
        }
    }
}

static void read_tasks(struct json_reader *r, const json_t *root) {
    struct plan *plan = r->plan;
    const json_t *list = enter(r, root, "tasks");
    plan->tasks = array_for(r, list, sizeof *plan->tasks);
    for (; !r->failed && r->item < json_array_size(list); r->item++) {
        const json_t *map = json_array_get(list, r->item);
        struct task *task = &plan->tasks[plan->task_count];
        *task = (struct task){.code = text_of(r, map, "code"),
                              .title = text_of(r, map, "title"),
                              .note = "",
                              .number = (unsigned)r->item + 1,
                              .group = NO_INDEX};
        plan->task_count++;
    }
}

/* Cells stand in the order of the areas: the search goes on where it stopped, and a step back finds nothing. */
static size_t next_area(const struct plan *plan, const json_t *code, size_t from) {
    const char *text = json_string_value(code);
    for (size_t i = from; text && i < plan->area_count; i++)
        if (strcmp(plan->areas[i].code, text) == 0) return i;
    return NO_INDEX;
}

static void read_cells(struct json_reader *r, const json_t *map, size_t index) {
    struct plan *plan = r->plan;
    struct target *target = &plan->targets[index];
    const json_t *list = list_at(r, map, "cells");
    size_t from = 0;
    target->first_cell = plan->cell_count;
    for (size_t i = 0; !r->failed && i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        struct cell cell = {.target = index,
                            .area = next_area(plan, json_object_get(item, "area"), from),
                            .goal_changed = DAY_NONE,
                            .due = target->due,
                            .due_original = target->due};
        if (cell.area == NO_INDEX) {
            wrong(r, "cells", "names an area unknown, twice or out of order");
            return;
        }
        from = cell.area + 1;
        cell.rollup = bool_of(r, item, "rollup");
        cell.no_task = bool_of(r, item, "no_task");
        cell.has_goal = decimal_at(r, item, "goal", &cell.goal);
        cell.goal_original = cell.goal;
        cell.has_denominator = decimal_at(r, item, "denominator", &cell.denominator);
        plan->cells[plan->cell_count++] = cell;
        target->cell_count++;
    }
}

static void read_reporter(struct json_reader *r, const json_t *map, struct target *target) {
    const char *reporter = text_of(r, map, "reporter");
    target->reporter_unit = NO_INDEX;
    target->reporter = strcmp(reporter, "office") == 0 ? REPORTER_OFFICE : REPORTER_COUNTY;
    if (target->reporter == REPORTER_OFFICE || strcmp(reporter, "county") == 0) return;
    target->reporter = REPORTER_UNIT;
    target->reporter_unit = plan_find_unit(r->plan, slice_of(reporter));
    if (target->reporter_unit == NO_INDEX) wrong(r, "reporter", "is no unit of the catalogue");
}

static void read_target(struct json_reader *r, const json_t *map) {
    struct plan *plan = r->plan;
    struct target *target = &plan->targets[plan->target_count];
    *target = (struct target){.code = text_of(r, map, "code"),
                              .name = text_of(r, map, "name"),
                              .short_name = text_of(r, map, "short"),
                              .unit = text_of(r, map, "unit"),
                              .scope = text_or(r, map, "scope", ""),
                              .note = "",
                              .denominator_name = text_or_null(r, map, "denominator_name"),
                              .parent = NO_INDEX,
                              .allocated = {.effective = DAY_NONE}};
    target->task = plan_find_task(plan, slice_of(text_of(r, map, "task")));
    if (target->task == NO_INDEX || plan_find_target(plan, slice_of(target->code)) != NO_INDEX) {
        wrong(r, "code", "stands twice, or its task is unknown");
        return;
    }
    target->kind = (enum target_kind)word_at(r, map, "kind", target_kind_words);
    target->comparator = (enum comparator)word_at(r, map, "comparator", comparator_words);
    target->denominator = (enum denominator_rule)word_at(r, map, "denominator", denominator_words);
    target->decimals = (uint8_t)int_of(r, map, "decimals", 0, DECIMAL_SCALE_MAX);
    target->counted = bool_of(r, map, "counted");
    target->percent = strcmp(target->unit, "%") == 0;
    target->has_value = decimal_at(r, map, "value", &target->value);
    target->from = date_at(r, map, "from");
    target->due = target->due_original = date_at(r, map, "due");
    read_reporter(r, map, target);
    read_cells(r, map, plan->target_count);
    struct task *task = &plan->tasks[target->task];
    if (task->target_count++ == 0) task->first_target = plan->target_count;
    plan->target_count++;
}

static void read_targets(struct json_reader *r, const json_t *root) {
    struct plan *plan = r->plan;
    const json_t *list = enter(r, root, "targets");
    size_t cells = 0;
    plan->targets = array_for(r, list, sizeof *plan->targets);
    for (size_t i = 0; i < json_array_size(list); i++)
        cells += json_array_size(json_object_get(json_array_get(list, i), "cells"));
    plan->cells = arena_array(r->arena, cells, sizeof *plan->cells);
    if (!plan->cells) wrong(r, "cells", "do not fit the memory");
    for (; !r->failed && r->item < json_array_size(list); r->item++)
        read_target(r, json_array_get(list, r->item));
}

static unsigned minute_of(struct json_reader *r, const json_t *value, const char *key) {
    const char *text = json_string_value(value);
    if (!text || strlen(text) != 5 || text[2] != ':' || strspn(text, "0123456789:") != 5) {
        wrong(r, key, "is no time of day");
        return 0;
    }
    unsigned minute = (unsigned)((text[0] - '0') * 600 + (text[1] - '0') * 60 + (text[3] - '0') * 10 + (text[4] - '0'));
    if (minute > 24 * 60) wrong(r, key, "is no time of day");
    return minute;
}

static void read_reporting(struct json_reader *r, const json_t *root) {
    struct reporting *reporting = &r->plan->reporting;
    const json_t *map = json_object_get(root, "reporting");
    r->list = "reporting";
    r->item = 0;
    reporting->period = (enum period_length)word_at(r, map, "period", period_length_words);
    reporting->closing_day = (unsigned)int_of(r, map, "closing_day", 1, 28);
    reporting->first_period = date_at(r, map, "first_period");
    reporting->open_minute = minute_of(r, json_object_get(map, "open"), "open");
    reporting->close_minute = minute_of(r, json_object_get(map, "close"), "close");
    const json_t *windows = list_at(r, map, "windows");
    for (size_t i = 0; !r->failed && i < json_array_size(windows); i++) {
        if (i == sizeof reporting->windows / sizeof *reporting->windows)
            wrong(r, "windows", "are too many");
        else
            reporting->windows[reporting->window_count++] = minute_of(r, json_array_get(windows, i), "windows");
    }
}

static void read_calendar(struct json_reader *r, const json_t *root) {
    const json_t *map = json_object_get(root, "calendar");
    if (!map || json_is_null(map)) return;
    r->list = "calendar";
    r->item = 0;
    const json_t *lists[2] = {list_at(r, map, "holidays"), list_at(r, map, "workdays")};
    struct calendar *calendar = calendar_create(json_array_size(lists[0]) + json_array_size(lists[1]));
    if (!(r->plan->calendar = calendar)) {
        wrong(r, "calendar", "does not fit the memory");
        return;
    }
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; !r->failed && i < json_array_size(lists[k]); i++) {
            struct day day = day_of(r, json_array_get(lists[k], i), "calendar");
            if (day_is(day)) calendar->days[calendar->count++] = (struct calendar_exception){day, k == 1};
        }
    calendar_settle(calendar);
    calendar->first_year = int_of(r, map, "first_year", 1900, 2999);
    calendar->last_year = int_of(r, map, "last_year", 1900, 2999);
}

static void read_root(struct json_reader *r, const json_t *root) {
    struct plan *plan = r->plan;
    if (int_of(r, root, "schema", 0, 1000000) != 1)
        wrong(r, "schema", "is not 1: this catalogue is of another version of duban");
    plan->programme = text_of(r, root, "programme");
    plan->title = text_of(r, root, "title");
    plan->version = text_of(r, root, "version");
    plan->document = plan->office_name = plan->office_contact = "";
    plan->start = date_at(r, root, "start");
    if (!day_is(plan->start)) wrong(r, "start", "is missing");
    read_areas(r, root);
    read_units(r, root);
    read_tasks(r, root);
    read_targets(r, root);
    read_reporting(r, root);
    read_calendar(r, root);
}

enum error_code catalogue_read(const char *name, struct slice json, struct catalogue **out, struct error *err) {
    json_error_t fault;
    *out = NULL;
    if (json.len > CATALOGUE_BYTES_MAX)
        return error_set(err, ERROR_INPUT, "the catalogue is larger than %d MiB", CATALOGUE_BYTES_MAX / 1024 / 1024);
    CLEAN(json_free) json_t *root = json_loadb(json.ptr ? json.ptr : "", json.len, JSON_REJECT_DUPLICATES, &fault);
    if (!root) {
        error_set(err, ERROR_INPUT, "no JSON: %s", fault.text);
        error_place(err, "%.150s:%d:%d", name, fault.line, fault.column);
        return ERROR_INPUT;
    }
    CLEAN(plan_destroy) struct plan *plan = plan_create();
    if (!plan) return error_set(err, ERROR_MEMORY, "out of memory");
    struct json_reader reader = {.name = name, .err = err, .plan = plan, .arena = plan->arena, .list = "catalogue"};
    read_root(&reader, root);
    if (reader.failed) return ERROR_INPUT;
    plan_index_areas(plan);
    plan_index_rest(plan);
    if (arena_failed(plan->arena) || !(*out = catalogue_create(plan)))
        return error_set(err, ERROR_MEMORY, "out of memory");
    (*out)->owned = TAKE(plan);
    return ERROR_OK;
}
