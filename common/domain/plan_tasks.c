/* The body of the plan file: tasks and their targets. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/text.h"
#include "common/domain/plan_draft.h"
#include "common/domain/plan_words.h"

struct reader {
    struct plan_draft *draft;
    struct plan *plan;
    struct yaml *doc;
    bool units_implied;               /* no units: list; a name used is a unit */
    const struct yaml_node **parents; /* of each target: its parent's name, resolved when all are read */
    const struct yaml_node **places;
};

static const char *text_of(struct reader *r, struct yaml_node *map, const char *key, enum yaml_need need,
                           const char *otherwise) {
    const char *text = NULL;
    return yaml_get_text(r->doc, map, key, need, &text) ? arena_copy(r->draft->arena, text) : otherwise;
}

/* --- units --- */

static size_t unit_called(struct reader *r, const struct yaml_node *node, const char *name) {
    struct plan *plan = r->plan;
    size_t index = plan_find_unit(plan, slice_of(name));
    if (index != NO_INDEX) return index;
    if (!r->units_implied) {
        yaml_wrong(r->doc, node, "“%.90s” is no unit of the plan%s", name, suggest(plan_nearest_unit(plan, name)).text);
        return NO_INDEX;
    }
    const char *copy = arena_copy(r->draft->arena, name);
    plan->units[plan->unit_count] = (struct unit){.name = copy, .short_name = copy};
    return plan->unit_count++;
}

static size_t *read_unit_list(struct reader *r, struct yaml_node *map, const char *key, size_t *count) {
    struct yaml_node *node = yaml_map_get(r->doc, map, key, YAML_OPTIONAL);
    const char *const *names;
    size_t given = 0;
    *count = 0;
    if (!node || !yaml_get_texts(r->doc, map, key, YAML_OPTIONAL, &names, &given)) return NULL;
    size_t *units = arena_array(r->draft->arena, given, sizeof *units);
    for (size_t i = 0; units && i < given; i++) {
        size_t unit = unit_called(r, node->kind == YAML_KIND_LIST ? &node->items[i] : node, names[i]);
        bool known = unit == NO_INDEX;
        for (size_t k = 0; k < *count; k++)
            known |= units[k] == unit; /* a unit named twice counts once */
        if (!known) units[(*count)++] = unit;
    }
    return units;
}

/* --- targets --- */

static enum denominator_rule default_denominator(const struct target *target) {
    bool share =
        target->kind == KIND_RATIO || target->kind == KIND_PER_ENTITY || (target->kind == KIND_HOLD && target->percent);
    return share ? DENOMINATOR_DECLARED : DENOMINATOR_NONE;
}

static void read_value(struct reader *r, struct yaml_node *map, struct target *target) {
    struct yaml_node *node = yaml_map_get(r->doc, map, "value", YAML_OPTIONAL);
    bool needed = target->kind == KIND_CUMULATIVE || target->kind == KIND_LATEST || target->kind == KIND_RATIO ||
                  target->kind == KIND_HOLD;
    target->has_value = yaml_get_decimal(r->doc, map, "value", YAML_OPTIONAL, &target->value);
    if (!node && needed)
        yaml_wrong(r->doc, map, "%s: a %s target needs its value:", target->code, target_kind_word(target->kind));
    if (!target->has_value) return;
    if (target->value.scale > target->decimals)
        yaml_wrong(r->doc, node, "%s: the value has %u decimals, the target %u; set decimals: %u", target->code,
                   target->value.scale, target->decimals, target->value.scale);
    if (target->value.mantissa < 0) yaml_wrong(r->doc, node, "%s: the value is below zero", target->code);
    if (target->counted && target->value.scale > 0)
        yaml_wrong(r->doc, node, "%s: whole things are counted, but the value is not whole", target->code);
}

static void read_measure(struct reader *r, struct yaml_node *map, struct target *target) {
    int kind = KIND_CUMULATIVE, comparator = AT_LEAST;
    int64_t decimals = 0;
    yaml_get_word(r->doc, map, "kind", YAML_REQUIRED, target_kind_words, &kind);
    yaml_get_word(r->doc, map, "comparator", YAML_OPTIONAL, comparator_words, &comparator);
    yaml_get_int(r->doc, map, "decimals", YAML_OPTIONAL, 0, DECIMALS_MAX, &decimals);
    target->kind = (enum target_kind)kind;
    target->comparator = (enum comparator)comparator;
    target->decimals = (uint8_t)decimals;
    bool measured = target->kind != KIND_MILESTONE && target->kind != KIND_ACTIVITY;
    target->unit = text_of(r, map, "unit", measured ? YAML_REQUIRED : YAML_OPTIONAL, "");
    target->percent = strcmp(target->unit, "%") == 0;
    int denominator = (int)default_denominator(target);
    struct yaml_node *rule = yaml_map_get(r->doc, map, "denominator", YAML_OPTIONAL);
    yaml_get_word(r->doc, map, "denominator", YAML_OPTIONAL, denominator_words, &denominator);
    target->denominator = (enum denominator_rule)denominator;
    target->denominator_name = text_of(r, map, "denominator_name", YAML_OPTIONAL, NULL);
    if (target->kind == KIND_PER_ENTITY && target->denominator != DENOMINATOR_DECLARED)
        yaml_wrong(r->doc, rule, "%s: how many of n entities have it: n is declared", target->code);
    struct yaml_node *counted = yaml_map_get(r->doc, map, "counted", YAML_OPTIONAL);
    yaml_get_bool(r->doc, map, "counted", YAML_OPTIONAL, &target->counted);
    if (target->counted && target->kind != KIND_CUMULATIVE)
        yaml_wrong(r->doc, counted, "%s: counted: belongs to cumulative targets only", target->code);
    if (target->counted && target->decimals)
        yaml_wrong(r->doc, counted, "%s: whole things have no decimals", target->code);
    read_value(r, map, target);
    target->has_opening = yaml_get_decimal(r->doc, map, "opening", YAML_OPTIONAL, &target->opening);
}

static void read_dates(struct reader *r, struct yaml_node *map, struct target *target) {
    struct yaml_node *due = yaml_map_get(r->doc, map, "due", YAML_OPTIONAL);
    int firmness = FIRM_HARD;
    target->from = target->due = DAY_NONE;
    yaml_get_day(r->doc, map, "due", YAML_OPTIONAL, &target->due);
    target->due_original = target->due;
    struct yaml_node *from = yaml_map_get(r->doc, map, "from", YAML_OPTIONAL);
    if (!from) {
        target->from = r->plan->start;
        target->from_assumed = true;
    }
    yaml_get_day(r->doc, map, "from", YAML_OPTIONAL, &target->from);
    if (day_is(target->due) && day_is(target->from) && target->due.n < target->from.n)
        yaml_wrong(r->doc, due, "%s is due before it begins (%s)", target->code,
                   target->from_assumed ? "the programme's start; add from:" : "from:");
    yaml_get_word(r->doc, map, "firmness", YAML_OPTIONAL, firmness_words, &firmness);
    target->firmness = (enum firmness)firmness;
    target->firmness_word = text_of(r, map, "firmness_word", YAML_OPTIONAL, NULL);
}

static size_t area_called(struct reader *r, const struct yaml_node *node, const char *text) {
    bool several = false;
    size_t area = plan_area_named(r->plan, slice_of(text), DAY_NONE, &several);
    if (area == NO_INDEX)
        yaml_wrong(r->doc, node, "“%.60s” is %s%s", text,
                   several ? "the name of several areas; use a code" : "no area of the plan",
                   several ? "" : suggest(plan_nearest_area(r->plan, text)).text);
    return area;
}

static int by_index(const void *a, const void *b) {
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

static void set_areas(struct reader *r, struct target *target, const size_t *areas, size_t count) {
    target->areas = arena_array(r->draft->arena, count, sizeof *target->areas);
    if (!target->areas) return;
    memcpy(target->areas, areas, count * sizeof *areas);
    target->area_count = count;
    qsort(target->areas, count, sizeof *target->areas, by_index);
}

static void read_target_areas(struct reader *r, struct yaml_node *map, struct target *target) {
    struct yaml_node *node = yaml_map_get(r->doc, map, "areas", YAML_OPTIONAL);
    const char *const *names;
    size_t given = 0, count = 0;
    bool words = target->kind == KIND_ACTIVITY || target->kind == KIND_PARAMETER;
    if (!node && words && r->plan->city != NO_INDEX)
        set_areas(r, target, &r->plan->city, 1); /* words have one cell, the city's */
    if (!node || !yaml_get_texts(r->doc, map, "areas", YAML_OPTIONAL, &names, &given)) return;
    size_t *areas = arena_array(r->draft->arena, given, sizeof *areas);
    for (size_t i = 0; areas && i < given; i++) {
        const struct yaml_node *item = node->kind == YAML_KIND_LIST ? &node->items[i] : node;
        size_t area = area_called(r, item, names[i]);
        if (area == NO_INDEX) continue;
        for (size_t k = 0; k < count; k++)
            if (areas[k] == area)
                yaml_wrong(r->doc, item, "%s: area %s stands twice", target->code, r->plan->areas[area].code);
        areas[count++] = area;
    }
    if (given == 0) yaml_wrong(r->doc, node, "%s: no areas; leave areas: out for all of them", target->code);
    if (count) set_areas(r, target, areas, count);
}

static void read_reporter(struct reader *r, struct yaml_node *map, struct target *target) {
    struct yaml_node *node = yaml_map_get(r->doc, map, "reporter", YAML_OPTIONAL);
    const char *text;
    target->reporter = REPORTER_COUNTY;
    target->reporter_unit = NO_INDEX;
    if (!node || !yaml_as_text(r->doc, node, "reporter", &text) || strcmp(text, "county") == 0) return;
    if (strcmp(text, "office") == 0) {
        target->reporter = REPORTER_OFFICE;
        return;
    }
    if (plan_find_unit(r->plan, slice_of(text)) == NO_INDEX && r->units_implied) {
        const char *nearest = plan_nearest_unit(r->plan, text);
        yaml_wrong(r->doc, node, "“%.90s” reports, but no task names this unit; write county, office or a unit%s", text,
                   suggest(nearest).text);
        return;
    }
    target->reporter = REPORTER_UNIT;
    target->reporter_unit = unit_called(r, node, text);
}

/* `shares: {510802: 62.0, 旺苍: 0, unallocated: 5.8}`: the same as a row of the allocation. */
static void read_inline_shares(struct reader *r, struct yaml_node *map, size_t index) {
    struct yaml_node *shares = yaml_get_map(r->doc, map, "shares", YAML_OPTIONAL);
    const struct target *target = &r->plan->targets[index];
    struct share_row *row = shares ? draft_add_share_row(r->draft, &r->draft->allocation, index) : NULL;
    if (row) {
        char place[ERROR_PLACE_MAX];
        snprintf(place, sizeof place, "%.200s:%u:%u", r->doc->file, shares->line, shares->column);
        row->place = arena_copy(r->draft->arena, place);
    }
    for (size_t i = 0; row && i < shares->count; i++) {
        struct yaml_pair *pair = &shares->pairs[i];
        struct decimal value;
        pair->taken = true;
        if (pair->value.kind == YAML_KIND_NULL || !yaml_as_decimal(r->doc, &pair->value, pair->key, &value)) continue;
        if (value.mantissa < 0 || (target->kind == KIND_CUMULATIVE && value.scale > target->decimals))
            yaml_wrong(r->doc, &pair->value, "%s: a share is zero or more, with at most %u decimals", target->code,
                       target->decimals);
        if (strcmp(pair->key, "unallocated") == 0 || strcmp(pair->key, "未分解") == 0) {
            row->unallocated = value;
            continue;
        }
        size_t area = area_called(r, &pair->value, pair->key);
        if (area != NO_INDEX) row->shares[area] = (struct share){true, value};
    }
}

static void check_target_code(struct reader *r, const struct yaml_node *node, const struct task *task,
                              const char *code) {
    size_t len = strlen(task->code);
    if (strncmp(code, task->code, len) != 0 || code[len] != '.' || code[len + 1] == '\0' ||
        strlen(code) > CODE_BYTES_MAX)
        yaml_wrong(r->doc, node, "“%.60s” does not lie in task %s; write %s.1", code, task->code, task->code);
    for (size_t i = 0; i < r->plan->target_count; i++)
        if (strcmp(r->plan->targets[i].code, code) == 0)
            yaml_wrong(r->doc, node, "target %s stands twice (also at line %u)", code, r->places[i]->line);
}

static void check_short(struct reader *r, struct yaml_node *map, const struct target *target) {
    struct yaml_node *given = yaml_map_get(r->doc, map, "short", YAML_OPTIONAL);
    const struct yaml_node *node = given ? given : map;
    if (text_chars(target->short_name, strlen(target->short_name)) > SHORT_CHARS_MAX)
        yaml_wrong(r->doc, node,
                   given ? "%s: short “%.90s” is longer than %d characters"
                         : "%s: “%.90s” is longer than %d characters; add short:",
                   target->code, target->short_name, SHORT_CHARS_MAX);
    for (size_t i = 0; target->short_name[0] && i < r->plan->target_count; i++)
        if (strcmp(r->plan->targets[i].short_name, target->short_name) == 0)
            yaml_wrong(r->doc, node,
                       "%s and %s are both called “%.60s” in short; give one another short:", r->plan->targets[i].code,
                       target->code, target->short_name);
}

static void read_target(struct reader *r, struct yaml_node *map, size_t task_index) {
    struct plan *plan = r->plan;
    if (!yaml_as_map(r->doc, map, "target")) return;
    size_t index = plan->target_count;
    struct target *target = &plan->targets[index]; /* counted at the end: until then no search finds it */
    *target = (struct target){.task = task_index, .parent = NO_INDEX, .allocated = {.effective = DAY_NONE}};
    struct yaml_node *code = yaml_map_get(r->doc, map, "code", YAML_REQUIRED);
    target->code = text_of(r, map, "code", YAML_OPTIONAL, "");
    if (code) check_target_code(r, code, &plan->tasks[task_index], target->code);
    target->name = text_of(r, map, "name", YAML_REQUIRED, "");
    target->short_name = text_of(r, map, "short", YAML_OPTIONAL, target->name);
    check_short(r, map, target);
    read_measure(r, map, target);
    read_dates(r, map, target);
    target->scope = text_of(r, map, "scope", YAML_OPTIONAL, "");
    target->note = text_of(r, map, "note", YAML_OPTIONAL, "");
    read_reporter(r, map, target);
    read_target_areas(r, map, target);
    r->parents[index] = yaml_map_get(r->doc, map, "parent", YAML_OPTIONAL);
    r->places[index] = map;
    read_inline_shares(r, map, index);
    yaml_no_others(r->doc, map);
    plan->target_count++;
    plan->tasks[task_index].target_count++;
}

static void resolve_parents(struct reader *r) {
    struct plan *plan = r->plan;
    for (size_t i = 0; i < plan->target_count; i++) {
        const struct yaml_node *node = r->parents[i];
        const char *code;
        if (!node || !yaml_as_text(r->doc, node, "parent", &code)) continue;
        size_t parent = plan_find_target(plan, slice_of(code));
        if (parent == NO_INDEX)
            yaml_wrong(r->doc, node, "parent “%.60s” is no target of the plan%s", code,
                       suggest(plan_nearest_target(plan, code)).text);
        else if (parent == i)
            yaml_wrong(r->doc, node, "%s cannot lie inside itself", code);
        plan->targets[i].parent = parent == i ? NO_INDEX : parent;
    }
    for (size_t i = 0; i < plan->target_count; i++) {
        size_t at = plan->targets[i].parent, steps = 0;
        while (at != NO_INDEX && at != i && steps++ <= plan->target_count)
            at = plan->targets[at].parent;
        if (at == i)
            yaml_wrong(r->doc, r->parents[i], "%s lies inside itself through its parents", plan->targets[i].code);
    }
}

/* --- tasks --- */

static size_t group_called(struct reader *r, struct yaml_node *map) {
    struct plan *plan = r->plan;
    struct yaml_node *node = yaml_map_get(r->doc, map, "group", YAML_OPTIONAL);
    const char *text;
    if (!node || !yaml_as_text(r->doc, node, "group", &text)) return NO_INDEX;
    for (size_t i = 0; i < plan->group_count; i++)
        if (strcmp(plan->groups[i].code, text) == 0 || strcmp(plan->groups[i].name, text) == 0) return i;
    yaml_wrong(r->doc, node, "“%.60s” is none of the groups:", text);
    return NO_INDEX;
}

static unsigned task_number(const char *code, size_t place) {
    const char *digits = code + strcspn(code, "0123456789");
    size_t len = strspn(digits, "0123456789");
    return len && len <= 6 ? (unsigned)strtoul(digits, NULL, 10) : (unsigned)(place + 1);
}

static void read_task_code(struct reader *r, struct yaml_node *map, struct task *task) {
    struct yaml_node *node = yaml_map_get(r->doc, map, "code", YAML_REQUIRED);
    task->code = text_of(r, map, "code", YAML_OPTIONAL, "");
    task->number = task_number(task->code, r->plan->task_count);
    if (!node) return;
    size_t len = strspn(task->code, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
    if (task->code[len] || len == 0 || len > CODE_BYTES_MAX)
        yaml_wrong(r->doc, node, "“%.60s” is no task code; use letters and digits, as T06", task->code);
    for (size_t i = 0; i < r->plan->task_count; i++)
        if (strcmp(r->plan->tasks[i].code, task->code) == 0)
            yaml_wrong(r->doc, node, "task %s stands twice", task->code);
}

static void read_task(struct reader *r, struct yaml_node *map) {
    struct plan *plan = r->plan;
    if (!yaml_as_map(r->doc, map, "task")) return;
    size_t index = plan->task_count;
    struct task *task = &plan->tasks[index];
    read_task_code(r, map, task);
    plan->task_count++;
    task->title = text_of(r, map, "title", YAML_REQUIRED, "");
    task->note = text_of(r, map, "note", YAML_OPTIONAL, "");
    task->group = group_called(r, map);
    task->leads = read_unit_list(r, map, "leads", &task->lead_count);
    task->participants = read_unit_list(r, map, "participants", &task->participant_count);
    yaml_get_bool(r->doc, map, "open_list", YAML_OPTIONAL, &task->open_list);
    task->lead_confirmed = task->lead_count > 0;
    yaml_get_bool(r->doc, map, "lead_confirmed", YAML_OPTIONAL, &task->lead_confirmed);
    task->first_target = plan->target_count;
    struct yaml_node *targets = yaml_get_list(r->doc, map, "targets", YAML_OPTIONAL);
    for (size_t i = 0; targets && i < targets->count; i++)
        read_target(r, &targets->items[i], index);
    yaml_no_others(r->doc, map);
}

static size_t count_targets(struct yaml *doc, struct yaml_node *tasks) {
    size_t count = 0;
    for (size_t i = 0; i < tasks->count; i++) {
        struct yaml_node *task = &tasks->items[i];
        struct yaml_node *targets =
            task->kind == YAML_KIND_MAP ? yaml_map_get(doc, task, "targets", YAML_OPTIONAL) : NULL;
        count += targets && targets->kind == YAML_KIND_LIST ? targets->count : 0;
    }
    return count;
}

void draft_read_tasks(struct plan_draft *draft, struct yaml *doc, struct yaml_node *root) {
    struct plan *plan = draft->plan;
    struct yaml_node *tasks = yaml_get_list(doc, root, "tasks", YAML_REQUIRED);
    if (!tasks) return;
    size_t targets = count_targets(doc, tasks);
    struct reader r = {.draft = draft, .plan = plan, .doc = doc};
    r.units_implied = !yaml_map_get(doc, root, "units", YAML_OPTIONAL);
    r.parents = arena_array(draft->arena, targets, sizeof(struct yaml_node *));
    r.places = arena_array(draft->arena, targets, sizeof(struct yaml_node *));
    plan->tasks = arena_array(draft->arena, tasks->count, sizeof *plan->tasks);
    plan->targets = arena_array(draft->arena, targets, sizeof *plan->targets);
    if (arena_failed(draft->arena)) return;
    if (tasks->count == 0) yaml_wrong(doc, tasks, "no tasks; a plan needs at least one");
    for (size_t i = 0; i < tasks->count; i++)
        read_task(&r, &tasks->items[i]);
    resolve_parents(&r);
}
