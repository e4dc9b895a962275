/* Tasks × areas: the worst light of each field, what stands beside it, and its words. */
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/report/json.h"
#include "services/board/document_overview.h"

/* --- areas --- */

/* One mark for each county of a group, the worst light of its cells, worst first. */
static json_t *marks_json(const struct tally *tally, size_t group) {
    size_t of_lamp[LAMPS + 1] = {0};
    for (size_t i = 0; i < tally->plan->area_count; i++)
        if (tally->level.group_of[i] == group) of_lamp[counts_worst(&tally->areas[i])]++;
    json_t *list = json_array();
    for (unsigned lamp = 0; lamp < LAMPS; lamp++)
        for (size_t i = 0; i < of_lamp[lamp]; i++)
            json_array_append_new(list, json_string(lamp_word((enum lamp)lamp)));
    return list;
}

static size_t silent_counties(const struct tally *tally, size_t group) {
    size_t silent = 0;
    for (size_t i = 0; i < tally->plan->area_count; i++)
        silent += tally->level.group_of[i] == group && tally->silences[i].is;
    return silent;
}

static json_t *area_json(const struct sight *sight, const struct tally *tally, size_t area) {
    json_t *json = area_head_json(sight->plan, area);
    json_object_set_new(json, "counts", counts_json(&tally->areas[area]));
    json_object_set_new(json, "silence", silence_json(sight->facts, area, &tally->silences[area]));
    bool rolled = tally->level.kind != LEVEL_COUNTY; /* the whole, among groups: it has no marks of its own */
    json_object_set_new(json, "counties", json_null());
    json_object_set_new(json, "silent", json_null());
    json_object_set_new(json, "marks", rolled ? json_array() : json_null());
    return json;
}

static json_t *group_json(const struct sight *sight, const struct tally *tally, size_t group) {
    const struct level_group *one = &tally->level.groups[group];
    const struct province *province = province_find(one->code);
    json_t *json = one->area != NO_INDEX ? area_head_json(sight->plan, one->area) : json_object();
    const char *name = one->area != NO_INDEX ? NULL : province ? province->name : one->code;
    json_object_set_new(json, "code", json_string(one->code));
    if (name) json_object_set_new(json, "name", json_string(name));
    if (name) json_object_set_new(json, "short", json_string(province ? province->short_name : one->code));
    json_object_set_new(json, "city", json_false());
    json_object_set_new(json, "tile",
                        province ? json_pack("{s:i, s:i}", "row", province->row, "column", province->column)
                                 : json_null());
    json_object_set_new(json, "counts", counts_json(&tally->groups[group]));
    json_object_set_new(json, "silence", json_null());
    json_object_set_new(json, "counties", json_integer((json_int_t)one->counties));
    json_object_set_new(json, "silent", json_integer((json_int_t)silent_counties(tally, group)));
    json_object_set_new(json, "marks", marks_json(tally, group));
    return json;
}

static json_t *areas_json(const struct sight *sight, const struct tally *tally) {
    json_t *list = json_array();
    size_t city = sight->plan->city;
    if (city != NO_INDEX && tally->shown[city]) json_array_append_new(list, area_json(sight, tally, city));
    for (size_t g = 0; g < tally->level.count && g < LEVEL_AREAS_MAX; g++)
        json_array_append_new(list, tally->level.kind == LEVEL_COUNTY
                                        ? area_json(sight, tally, tally->level.groups[g].area)
                                        : group_json(sight, tally, g));
    return list;
}

/* --- tasks --- */

static json_t *field_json(const struct tally *tally, const char *area, const struct counts *counts) {
    enum lamp worst = counts_worst(counts);
    CLEAN(buffer_finish) struct buffer words = {0};
    (void)tally;
    counts_words(counts, &words);
    return json_pack("{s:s, s:s, s:I, s:I, s:b, s:b, s:b, s:s}", "area", area, "light", lamp_word(worst), "count",
                     (json_int_t)counts->lamps[worst], "of", (json_int_t)counts->cells, "stale", counts->stale > 0,
                     "extended", counts->extended > 0, "held", counts->held > 0, "words", buffer_text(&words));
}

static json_t *fields_json(const struct sight *sight, const struct tally *tally, size_t task) {
    json_t *list = json_array();
    for (size_t column = 0; column < tally->columns; column++) {
        const struct counts *counts = &tally->fields[task * tally->columns + column];
        if (counts_worst(counts) >= LAMP_NO_TASK) continue; /* nothing is owed there */
        size_t area = column ? tally->level.groups[column - 1].area : sight->plan->city;
        json_array_append_new(list, field_json(tally, sight->plan->areas[area].code, counts));
    }
    return list;
}

/* The latest words on a task that has no measure: all there is to see of it. */
static json_t *task_said_json(const struct sight *sight, size_t task) {
    const struct task_words *words = &sight->facts->morning.words[task];
    if (sight->plan->tasks[task].target_count || !words->found) return json_null();
    return json_pack("{s:o, s:s, s:o}", "as_of", json_of_day(words->as_of), "text", words->text, "reporter",
                     json_of_text(words->reporter));
}

static json_t *task_json(const struct sight *sight, const struct tally *tally, size_t task) {
    const struct task *one = &sight->plan->tasks[task];
    return json_pack("{s:s, s:I, s:s, s:o, s:o, s:b, s:I, s:o, s:o, s:o}", "code", one->code, "no",
                     (json_int_t)one->number, "title", one->title, "group",
                     json_of_text(one->group == NO_INDEX ? NULL : sight->plan->groups[one->group].code), "leads",
                     units_json(sight->plan, one->leads, one->lead_count), "lead_confirmed", one->lead_confirmed,
                     "targets", (json_int_t)one->target_count, "counts", counts_json(&tally->tasks[task]), "cells",
                     fields_json(sight, tally, task), "words", task_said_json(sight, task));
}

void overview_matrix(struct sight *sight, const struct tally *tally, json_t *document) {
    json_t *groups = json_array(), *tasks = json_array();
    for (size_t i = 0; i < sight->plan->group_count; i++)
        json_array_append_new(groups, json_pack("{s:s, s:s}", "code", sight->plan->groups[i].code, "name",
                                                sight->plan->groups[i].name));
    for (size_t i = 0; i < sight->plan->task_count; i++)
        if (scope_sees_task(sight->scope, sight->view, i)) json_array_append_new(tasks, task_json(sight, tally, i));
    json_object_set_new(document, "level", json_string(level_word(tally->level.kind)));
    json_object_set_new(document, "areas", areas_json(sight, tally));
    json_object_set_new(document, "areas_hidden", json_integer((json_int_t)tally->level.hidden));
    json_object_set_new(document, "groups", groups);
    json_object_set_new(document, "tasks", tasks);
}
