#include "common/report/plan_json.h"

#include "common/domain/plan_words.h"
#include "common/report/json.h"

static json_t *names_of_units(const struct plan *plan, const size_t *units, size_t count) {
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_string(plan->units[units[i]].name));
    return list;
}

static json_t *groups_json(const struct plan *plan) {
    json_t *list = json_array();
    for (size_t i = 0; i < plan->group_count; i++)
        json_array_append_new(list,
                              json_pack("{s:s, s:s}", "code", plan->groups[i].code, "name", plan->groups[i].name));
    return list;
}

static json_t *units_json(const struct plan *plan) {
    json_t *list = json_array();
    for (size_t i = 0; i < plan->unit_count; i++) {
        json_t *aliases = json_array();
        for (size_t k = 0; k < plan->units[i].alias_count; k++)
            json_array_append_new(aliases, json_string(plan->units[i].aliases[k]));
        json_array_append_new(list, json_pack("{s:s, s:o}", "name", plan->units[i].name, "aliases", aliases));
    }
    return list;
}

static json_t *areas_json(const struct plan *plan) {
    json_t *list = json_array();
    for (size_t i = 0; i < plan->area_count; i++)
        json_array_append_new(list, json_pack("{s:s, s:s, s:o, s:b}", "code", plan->areas[i].code, "name",
                                              plan->areas[i].name, "short", json_of_text(plan->areas[i].short_name),
                                              "city", plan->areas[i].city));
    return list;
}

static json_t *target_areas(const struct plan *plan, const struct target *target) {
    if (!target->areas) return json_null();
    json_t *list = json_array();
    for (size_t i = 0; i < target->area_count; i++)
        json_array_append_new(list, json_string(plan->areas[target->areas[i]].code));
    return list;
}

static json_t *reporter_json(const struct plan *plan, const struct target *target) {
    if (target->reporter == REPORTER_UNIT) return json_string(plan->units[target->reporter_unit].name);
    return json_string(target->reporter == REPORTER_OFFICE ? "office" : "county");
}

static json_t *target_json(const struct plan *plan, const struct target *target) {
    json_t *out = json_object();
    json_object_set_new(out, "code", json_string(target->code));
    json_object_set_new(out, "name", json_string(target->name));
    json_object_set_new(out, "short", json_of_text(target->short_name));
    json_object_set_new(out, "kind", json_string(target_kind_word(target->kind)));
    json_object_set_new(out, "comparator", json_string(comparator_word(target->comparator)));
    json_object_set_new(out, "value", json_of_decimal(target->has_value, target->value));
    json_object_set_new(out, "unit", json_of_text(target->unit));
    json_object_set_new(out, "decimals", json_integer(target->decimals));
    json_object_set_new(out, "counted", json_boolean(target->counted));
    json_object_set_new(out, "denominator",
                        target->denominator == DENOMINATOR_NONE ? json_null()
                                                                : json_string(denominator_word(target->denominator)));
    json_object_set_new(out, "denominator_name", json_of_text(target->denominator_name));
    json_object_set_new(out, "from", json_of_day(target->from_assumed ? DAY_NONE : target->from));
    json_object_set_new(out, "due", json_of_day(target->due));
    json_object_set_new(out, "due_original", json_of_day(target->due_original));
    json_object_set_new(out, "firmness", json_string(firmness_word(target->firmness)));
    json_object_set_new(out, "firmness_word", json_of_text(target->firmness_word));
    json_object_set_new(out, "scope", json_of_text(target->scope));
    json_object_set_new(out, "parent",
                        target->parent == NO_INDEX ? json_null() : json_string(plan->targets[target->parent].code));
    json_object_set_new(out, "reporter", reporter_json(plan, target));
    json_object_set_new(out, "areas", target_areas(plan, target));
    json_object_set_new(out, "note", json_of_text(target->note));
    return out;
}

static json_t *task_json(const struct plan *plan, const struct task *task) {
    json_t *targets = json_array();
    for (size_t i = 0; i < task->target_count; i++)
        json_array_append_new(targets, target_json(plan, &plan->targets[task->first_target + i]));
    return json_pack("{s:s, s:I, s:s, s:o, s:o, s:o, s:b, s:b, s:o, s:o}", "code", task->code, "no",
                     (json_int_t)task->number, "title", task->title, "group",
                     json_of_text(task->group == NO_INDEX ? NULL : plan->groups[task->group].code), "leads",
                     names_of_units(plan, task->leads, task->lead_count), "participants",
                     names_of_units(plan, task->participants, task->participant_count), "open_list", task->open_list,
                     "lead_confirmed", task->lead_confirmed, "note", json_of_text(task->note), "targets", targets);
}

json_t *plan_json(const struct plan *plan) {
    json_t *tasks = json_array();
    for (size_t i = 0; i < plan->task_count; i++)
        json_array_append_new(tasks, task_json(plan, &plan->tasks[i]));
    return json_pack("{s:i, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "schema", 1, "version",
                     json_of_text(plan->version), "title", plan->title, "programme", json_of_text(plan->programme),
                     "document", json_of_text(plan->document), "start", json_of_day(plan->start), "groups",
                     groups_json(plan), "units", units_json(plan), "areas", areas_json(plan), "tasks", tasks);
}
