/* The head of the plan file: programme, areas, reporting, office, groups and units. Tasks: plan_tasks.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/text.h"
#include "common/domain/plan_draft.h"
#include "common/domain/plan_index.h"
#include "common/domain/plan_words.h"

static const char *get_text(struct plan_draft *draft, struct yaml *doc, struct yaml_node *map, const char *key,
                            enum yaml_need need, const char *otherwise) {
    const char *text = NULL;
    return yaml_get_text(doc, map, key, need, &text) ? arena_copy(draft->arena, text) : otherwise;
}

static bool is_code(const char *text) {
    size_t len = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_");
    return len > 0 && text[len] == '\0' && len <= CODE_BYTES_MAX;
}

static const char *get_code(struct plan_draft *draft, struct yaml *doc, struct yaml_node *map) {
    struct yaml_node *node = yaml_map_get(doc, map, "code", YAML_REQUIRED);
    const char *text;
    if (!node || !yaml_as_text(doc, node, "code", &text)) return "";
    if (!is_code(text))
        yaml_wrong(doc, node, "“%.60s” is no code; use letters, digits, . - _ and at most %d of them", text,
                   CODE_BYTES_MAX);
    return arena_copy(draft->arena, text);
}

/* The short name: given, or the name when it fits a phone's line. */
static const char *get_short(struct plan_draft *draft, struct yaml *doc, struct yaml_node *map, const char *name) {
    struct yaml_node *node = yaml_map_get(doc, map, "short", YAML_OPTIONAL);
    const char *text = name;
    if (node && !yaml_as_text(doc, node, "short", &text)) return name;
    if (text_chars(text, strlen(text)) > SHORT_CHARS_MAX)
        yaml_wrong(doc, node ? node : map,
                   node ? "short “%.90s” is longer than %d characters"
                        : "“%.90s” is longer than %d characters; add short:",
                   text, SHORT_CHARS_MAX);
    return arena_copy(draft->arena, text);
}

/* --- areas --- */

static void read_area_aliases(struct plan_draft *draft, struct yaml *doc, struct yaml_node *map, struct area *area) {
    struct yaml_node *list = yaml_get_list(doc, map, "aliases", YAML_OPTIONAL);
    if (!list || !(area->aliases = arena_array(draft->arena, list->count, sizeof *area->aliases))) return;
    for (size_t i = 0; i < list->count; i++) {
        struct yaml_node *item = &list->items[i];
        struct dated_alias *alias = &area->aliases[area->alias_count];
        const char *name;
        *alias = (struct dated_alias){"", DAY_NONE, DAY_NONE};
        if (item->kind == YAML_KIND_SCALAR && yaml_as_text(doc, item, "alias", &name)) {
            alias->name = arena_copy(draft->arena, name);
            area->alias_count++;
        } else if (yaml_as_map(doc, item, "alias")) {
            alias->name = get_text(draft, doc, item, "name", YAML_REQUIRED, "");
            yaml_get_day(doc, item, "from", YAML_OPTIONAL, &alias->from);
            yaml_get_day(doc, item, "to", YAML_OPTIONAL, &alias->to);
            if (day_is(alias->from) && day_is(alias->to) && alias->to.n < alias->from.n)
                yaml_wrong(doc, item, "the alias ends (to) before it begins (from)");
            yaml_no_others(doc, item);
            area->alias_count++;
        }
    }
}

static void read_tile(struct yaml *doc, struct yaml_node *map, struct area *area) {
    struct yaml_node *tile = yaml_get_list(doc, map, "tile", YAML_OPTIONAL);
    int64_t row = -1, column = -1;
    area->tile_row = area->tile_column = -1;
    if (!tile) return;
    if (tile->count != 2) {
        yaml_wrong(doc, tile, "a tile is [row, column]; %zu values given", tile->count);
        return;
    }
    if (yaml_as_int(doc, &tile->items[0], "row", 0, 99, &row) &&
        yaml_as_int(doc, &tile->items[1], "column", 0, 99, &column)) {
        area->tile_row = (int)row;
        area->tile_column = (int)column;
    }
}

static void read_area(struct plan_draft *draft, struct yaml *doc, struct yaml_node *map, bool city) {
    struct plan *plan = draft->plan;
    if (!yaml_as_map(doc, map, city ? "city" : "area")) return;
    struct area area = {.code = get_code(draft, doc, map), .city = city};
    area.name = get_text(draft, doc, map, "name", YAML_REQUIRED, "");
    area.short_name = get_short(draft, doc, map, area.name);
    read_area_aliases(draft, doc, map, &area);
    read_tile(doc, map, &area);
    yaml_no_others(doc, map);
    for (size_t i = 0; i < plan->area_count; i++) {
        const struct area *other = &plan->areas[i];
        if (area.code[0] && strcmp(other->code, area.code) == 0)
            yaml_wrong(doc, map, "area code %s stands twice; codes must differ", area.code);
        else if (area.name[0] &&
                 (strcmp(other->name, area.name) == 0 || strcmp(other->short_name, area.short_name) == 0))
            yaml_wrong(doc, map, "areas %s and %s have the same name or short name", other->code, area.code);
    }
    plan->areas[plan->area_count++] = area;
}

static int by_city_then_code(const void *a, const void *b) {
    const struct area *x = a, *y = b;
    return x->city != y->city ? (x->city ? -1 : 1) : strcmp(x->code, y->code);
}

/* The city by itself (`city: {code, name}`) or one of the areas (`city: 510800`). */
static void name_city(struct plan_draft *draft, struct yaml *doc, const struct yaml_node *city) {
    struct plan *plan = draft->plan;
    const char *text;
    if (!yaml_as_text(doc, city, "city", &text)) return;
    size_t index = plan_area_named(plan, slice_of(text), DAY_NONE, NULL);
    if (index == NO_INDEX)
        yaml_wrong(doc, city, "the city “%.60s” is none of the areas%s", text,
                   suggest(plan_nearest_area(plan, text)).text);
    else
        plan->areas[index].city = true;
}

static void read_areas(struct plan_draft *draft, struct yaml *doc, struct yaml_node *root) {
    struct plan *plan = draft->plan;
    struct yaml_node *city = yaml_map_get(doc, root, "city", YAML_OPTIONAL);
    struct yaml_node *list = yaml_get_list(doc, root, "areas", city ? YAML_OPTIONAL : YAML_REQUIRED);
    size_t count = list ? list->count : 0;
    plan->areas = arena_array(draft->arena, count + 1, sizeof *plan->areas);
    if (!plan->areas) return;
    for (size_t i = 0; i < count; i++)
        read_area(draft, doc, &list->items[i], false);
    if (city && city->kind == YAML_KIND_SCALAR)
        name_city(draft, doc, city);
    else if (city)
        read_area(draft, doc, city, true);
    if (list && count == 0 && !city) yaml_wrong(doc, list, "no areas; a plan needs at least one that reports");
    qsort(plan->areas, plan->area_count, sizeof *plan->areas, by_city_then_code);
    plan->city = plan->area_count && plan->areas[0].city ? 0 : NO_INDEX;
    plan_index_areas(plan);
}

/* --- reporting --- */

static bool minute_of_day(const char *text, size_t len, unsigned *out) {
    if (len != 5 || text[2] != ':') return false;
    for (size_t i = 0; i < 5; i++)
        if (i != 2 && (text[i] < '0' || text[i] > '9')) return false;
    unsigned hour = (unsigned)(text[0] - '0') * 10 + (unsigned)(text[1] - '0');
    unsigned minute = (unsigned)(text[3] - '0') * 10 + (unsigned)(text[4] - '0');
    *out = hour * 60 + minute;
    return minute < 60 && *out <= 24 * 60;
}

static void read_hours(struct yaml *doc, struct yaml_node *map, struct reporting *reporting) {
    struct yaml_node *node = yaml_map_get(doc, map, "hours", YAML_OPTIONAL);
    const char *text;
    if (!node || !yaml_as_text(doc, node, "hours", &text)) return;
    if (strlen(text) != 11 || text[5] != '-' || !minute_of_day(text, 5, &reporting->open_minute) ||
        !minute_of_day(text + 6, 5, &reporting->close_minute) || reporting->close_minute <= reporting->open_minute)
        yaml_wrong(doc, node, "“%.40s” are no working hours; write \"08:30-17:30\"", text);
}

static void read_windows(struct yaml *doc, struct yaml_node *map, struct reporting *reporting) {
    enum { WINDOWS_MAX = sizeof reporting->windows / sizeof *reporting->windows };
    struct yaml_node *list = yaml_get_list(doc, map, "windows", YAML_OPTIONAL);
    if (!list) return;
    if (list->count == 0 || list->count > WINDOWS_MAX) {
        yaml_wrong(doc, list, "1 to %d message windows; %zu given", WINDOWS_MAX, list->count);
        return;
    }
    reporting->window_count = list->count;
    for (size_t i = 0; i < list->count; i++) {
        const char *text;
        if (!yaml_as_text(doc, &list->items[i], "window", &text)) continue;
        if (!minute_of_day(text, strlen(text), &reporting->windows[i]) || reporting->windows[i] >= 24 * 60)
            yaml_wrong(doc, &list->items[i], "“%.40s” is no time of day; write \"08:30\"", text);
        else if (i && reporting->windows[i] <= reporting->windows[i - 1])
            yaml_wrong(doc, &list->items[i], "windows stand in order of the day");
    }
}

/* "2021-01", "2021-Q1" or a day: the first day of the period it lies in. */
static void read_first_period(struct plan_draft *draft, struct yaml *doc, struct yaml_node *map,
                              struct reporting *reporting) {
    struct yaml_node *node = yaml_map_get(doc, map, "first_period", YAML_OPTIONAL);
    const char *text;
    char day[16];
    struct day found = DAY_NONE;
    if (!node || !yaml_as_text(doc, node, "first_period", &text)) return;
    size_t len = strlen(text);
    if (len == 7 && text[5] == 'Q' && text[6] >= '1' && text[6] <= '4')
        snprintf(day, sizeof day, "%.5s%02d-01", text, (text[6] - '1') * 3 + 1);
    else
        snprintf(day, sizeof day, "%.10s%s", text, len == 7 ? "-01" : "");
    if (len > 10 || !day_parse(day, strlen(day), &found))
        yaml_wrong(doc, node, "“%.40s” is no period; write 2021-01", text);
    else
        reporting->first_period = period_of(draft->plan->calendar, reporting, found).first;
}

static void read_reporting(struct plan_draft *draft, struct yaml *doc, struct yaml_node *root) {
    struct reporting *reporting = &draft->plan->reporting;
    struct yaml_node *map = yaml_get_map(doc, root, "reporting", YAML_OPTIONAL);
    int period = PERIOD_MONTH;
    int64_t closing = 5;
    *reporting = (struct reporting){.first_period = DAY_NONE,
                                    .open_minute = 8 * 60 + 30,
                                    .close_minute = 17 * 60 + 30,
                                    .windows = {8 * 60 + 30, 16 * 60 + 30},
                                    .window_count = 2};
    yaml_get_word(doc, map, "period", YAML_OPTIONAL, period_length_words, &period);
    yaml_get_int(doc, map, "closing_day", YAML_OPTIONAL, 1, 28, &closing);
    reporting->period = (enum period_length)period;
    reporting->closing_day = (unsigned)closing;
    read_first_period(draft, doc, map, reporting);
    read_hours(doc, map, reporting);
    read_windows(doc, map, reporting);
    yaml_no_others(doc, map);
}

/* --- groups and units --- */

static void read_groups(struct plan_draft *draft, struct yaml *doc, struct yaml_node *root) {
    struct plan *plan = draft->plan;
    struct yaml_node *list = yaml_get_list(doc, root, "groups", YAML_OPTIONAL);
    plan->groups = arena_array(draft->arena, list ? list->count : 0, sizeof *plan->groups);
    for (size_t i = 0; plan->groups && list && i < list->count; i++) {
        struct yaml_node *map = &list->items[i];
        if (!yaml_as_map(doc, map, "group")) continue;
        struct group group = {.code = get_code(draft, doc, map)};
        group.name = get_text(draft, doc, map, "name", YAML_REQUIRED, "");
        yaml_no_others(doc, map);
        for (size_t k = 0; k < plan->group_count; k++)
            if (strcmp(plan->groups[k].code, group.code) == 0)
                yaml_wrong(doc, map, "group %s stands twice", group.code);
        plan->groups[plan->group_count++] = group;
    }
}

static void read_unit_aliases(struct plan_draft *draft, struct yaml *doc, struct yaml_node *map, struct unit *unit) {
    struct yaml_node *node = yaml_map_get(doc, map, "aliases", YAML_OPTIONAL);
    const char *const *texts;
    size_t count = 0;
    if (!node || !yaml_get_texts(doc, map, "aliases", YAML_OPTIONAL, &texts, &count)) return;
    unit->aliases = arena_array(draft->arena, count, sizeof *unit->aliases);
    for (size_t i = 0; unit->aliases && i < count; i++) {
        const char *alias = arena_copy(draft->arena, texts[i]);
        if (plan_find_unit(draft->plan, slice_of(alias)) != NO_INDEX || strcmp(alias, unit->name) == 0)
            yaml_wrong(doc, node, "“%.90s” is already the name or alias of a unit", alias);
        unit->aliases[unit->alias_count++] = alias;
    }
}

static void read_unit(struct plan_draft *draft, struct yaml *doc, struct yaml_node *map) {
    struct plan *plan = draft->plan;
    struct unit unit = {0};
    const char *name;
    if (map->kind == YAML_KIND_SCALAR) {
        if (!yaml_as_text(doc, map, "unit", &name)) return;
        unit.name = unit.short_name = arena_copy(draft->arena, name);
    } else if (yaml_as_map(doc, map, "unit")) {
        unit.name = get_text(draft, doc, map, "name", YAML_REQUIRED, "");
        unit.short_name = get_text(draft, doc, map, "short", YAML_OPTIONAL, unit.name);
        read_unit_aliases(draft, doc, map, &unit);
        yaml_no_others(doc, map);
    } else {
        return;
    }
    if (unit.name[0] && plan_find_unit(plan, slice_of(unit.name)) != NO_INDEX)
        yaml_wrong(doc, map, "unit “%.90s” stands twice", unit.name);
    plan->units[plan->unit_count++] = unit;
}

static size_t count_implied_units(struct yaml *doc, struct yaml_node *root) {
    struct yaml_node *tasks = yaml_map_get(doc, root, "tasks", YAML_OPTIONAL);
    size_t count = 0;
    for (size_t i = 0; tasks && tasks->kind == YAML_KIND_LIST && i < tasks->count; i++)
        for (size_t k = 0; tasks->items[i].kind == YAML_KIND_MAP && k < tasks->items[i].count; k++) {
            const struct yaml_node *value = &tasks->items[i].pairs[k].value;
            count += value->kind == YAML_KIND_LIST ? value->count : 1;
        }
    return count;
}

/* Units are declared, or implied by the tasks that name them: then plan_tasks.c fills the room made here. */
static void read_units(struct plan_draft *draft, struct yaml *doc, struct yaml_node *root) {
    struct plan *plan = draft->plan;
    struct yaml_node *list = yaml_get_list(doc, root, "units", YAML_OPTIONAL);
    size_t room = list ? list->count : count_implied_units(doc, root);
    plan->units = arena_array(draft->arena, room, sizeof *plan->units);
    for (size_t i = 0; plan->units && list && i < list->count; i++)
        read_unit(draft, doc, &list->items[i]);
}

static void read_office(struct plan_draft *draft, struct yaml *doc, struct yaml_node *root) {
    struct plan *plan = draft->plan;
    struct yaml_node *map = yaml_get_map(doc, root, "office", YAML_OPTIONAL);
    plan->office_name = get_text(draft, doc, map, "name", YAML_OPTIONAL, "督办办公室");
    plan->office_contact = get_text(draft, doc, map, "contact", YAML_OPTIONAL, "");
    struct yaml_node *units = yaml_map_get(doc, map, "units", YAML_OPTIONAL);
    const char *const *names;
    size_t count = 0;
    if (units && yaml_get_texts(doc, map, "units", YAML_OPTIONAL, &names, &count) &&
        yaml_map_get(doc, root, "units", YAML_OPTIONAL))
        for (size_t i = 0; i < count; i++)
            if (plan_find_unit(plan, slice_of(names[i])) == NO_INDEX)
                yaml_wrong(doc, units->kind == YAML_KIND_LIST ? &units->items[i] : units,
                           "“%.90s” is no unit of the plan%s", names[i],
                           suggest(plan_nearest_unit(plan, names[i])).text);
    yaml_no_others(doc, map);
}

/* --- the whole --- */

static void read_programme(struct plan_draft *draft, struct yaml *doc, struct yaml_node *root) {
    struct plan *plan = draft->plan;
    struct yaml_node *node = yaml_map_get(doc, root, "programme", YAML_REQUIRED);
    const char *text = "";
    if (node && yaml_as_text(doc, node, "programme", &text)) {
        size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");
        if (text[len] || len > 32)
            yaml_wrong(doc, node, "“%.60s” is no programme name; use a-z, 0-9 and -, at most 32", text);
    }
    plan->programme = arena_copy(draft->arena, text);
    plan->title = get_text(draft, doc, root, "title", YAML_REQUIRED, plan->programme);
    plan->version = get_text(draft, doc, root, "version", YAML_OPTIONAL, "1");
    plan->document = get_text(draft, doc, root, "document", YAML_OPTIONAL, "");
    plan->start = DAY_NONE;
    yaml_get_day(doc, root, "start", YAML_OPTIONAL, &plan->start);
}

/* The start when none is given: 1 January of the year of the first due date. Asked before the targets are read. */
static void assume_start(struct plan_draft *draft, struct yaml *doc, struct yaml_node *root) {
    struct plan *plan = draft->plan;
    struct day first = DAY_NONE;
    struct yaml_node *tasks = yaml_map_get(doc, root, "tasks", YAML_OPTIONAL);
    for (size_t i = 0; !day_is(plan->start) && tasks && tasks->kind == YAML_KIND_LIST && i < tasks->count; i++) {
        struct yaml_node *task = &tasks->items[i];
        struct yaml_node *targets =
            task->kind == YAML_KIND_MAP ? yaml_map_get(doc, task, "targets", YAML_OPTIONAL) : NULL;
        for (size_t k = 0; targets && targets->kind == YAML_KIND_LIST && k < targets->count; k++) {
            struct yaml_node *target = &targets->items[k];
            struct yaml_node *due =
                target->kind == YAML_KIND_MAP ? yaml_map_get(doc, target, "due", YAML_OPTIONAL) : NULL;
            struct day day;
            if (due && due->kind == YAML_KIND_SCALAR && day_parse(due->text, due->len, &day) &&
                (!day_is(first) || day.n < first.n))
                first = day;
        }
    }
    if (day_is(first)) {
        int year, month, mday;
        day_split(first, &year, &month, &mday);
        if (!day_make(year, 1, 1, &plan->start)) plan->start = first;
    }
    if (!day_is(plan->start))
        yaml_wrong(doc, root, "no start: and no due date to tell the year by; add start: 2021-01-01");
}

void draft_read_yaml(struct plan_draft *draft, const char *name, struct slice bytes) {
    struct plan *plan = draft->plan;
    CLEAN(yaml_finish) struct yaml doc;
    if (!yaml_parse(&doc, name, bytes.ptr ? bytes.ptr : "", bytes.len, draft->findings)) return;
    if (!yaml_as_map(&doc, doc.root, "plan")) return;
    read_programme(draft, &doc, doc.root);
    read_areas(draft, &doc, doc.root);
    read_reporting(draft, &doc, doc.root);
    read_groups(draft, &doc, doc.root);
    read_units(draft, &doc, doc.root);
    read_office(draft, &doc, doc.root);
    assume_start(draft, &doc, doc.root);
    if (!day_is(plan->reporting.first_period))
        plan->reporting.first_period = period_of(plan->calendar, &plan->reporting, plan->start).first;
    draft_read_tasks(draft, &doc, doc.root);
    plan_index_rest(plan);
    yaml_map_get(&doc, doc.root, "tables", YAML_OPTIONAL); /* for whoever opens files: they come here as texts */
    yaml_no_others(&doc, doc.root);
}
