#include "services/cli/filter.h"

#include <string.h>

#include "common/base/text.h"
#include "common/domain/plan_words.h"

static const struct word lights[] = {{"none", LIGHT_NONE}, {"grey", LIGHT_GREY},     {"green", LIGHT_GREEN},
                                     {"blue", LIGHT_BLUE}, {"yellow", LIGHT_YELLOW}, {"red", LIGHT_RED},
                                     {"灰", LIGHT_GREY},   {"绿", LIGHT_GREEN},      {"蓝", LIGHT_BLUE},
                                     {"黄", LIGHT_YELLOW}, {"红", LIGHT_RED},        {NULL, 0}};

static enum error_code read_lights(const char *text, struct filter *out, struct error *err) {
    const char *given = text;
    while (*text) {
        size_t len = strcspn(text, ",");
        int light;
        if (!word_find(lights, text, len, &light))
            return error_set(err, ERROR_USAGE, "--light %s: one or more of red,yellow,blue,green,grey,none", given);
        out->lights |= 1u << light;
        text += len + (text[len] == ',');
    }
    return ERROR_OK;
}

/* 农业局 is said for 市农业农村局: its characters in their order. */
static bool abbreviates(const char *text, const char *name) {
    while (*text && *name) {
        size_t len = 1;
        while (((unsigned char)text[len] & 0xc0) == 0x80)
            len++;
        if (strncmp(text, name, len) == 0) text += len;
        do
            name++;
        while (((unsigned char)*name & 0xc0) == 0x80);
    }
    return !*text;
}

static enum error_code read_unit(const char *name, const struct plan *plan, struct filter *out, struct error *err) {
    out->unit = plan_find_unit(plan, slice_of(name));
    for (size_t i = 0; out->unit == NO_INDEX && i < plan->unit_count; i++)
        if (plan->units[i].short_name && strcmp(plan->units[i].short_name, name) == 0) out->unit = i;
    if (out->unit != NO_INDEX) return ERROR_OK;
    const char *near = NULL;
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < plan->unit_count; i++) {
        size_t distance =
            *name && abbreviates(name, plan->units[i].name) ? 0 : text_distance(name, plan->units[i].name);
        if (distance < best) {
            best = distance;
            near = plan->units[i].name;
        }
    }
    return error_set(err, ERROR_USAGE, "--lead %s: the plan has no such unit%s%s", name,
                     near ? "; the nearest is " : "", near ? near : "");
}

enum error_code filter_read(const struct args *args, const struct plan *plan, struct day today, struct filter *out,
                            struct error *err) {
    *out = (struct filter){.unit = NO_INDEX, .area = NO_INDEX, .due_until = DAY_NONE, .today = today};
    const char *lead = args_value(args, "lead", NULL), *area = args_value(args, "area", NULL);
    const char *light = args_value(args, "light", NULL), *within = args_value(args, "due-within", NULL);
    out->any = lead || area || light || within;
    enum error_code code = lead ? read_unit(lead, plan, out, err) : ERROR_OK;
    if (!code && area) {
        bool several = false;
        out->area = plan_area_named(plan, slice_of(area), today, &several);
        if (out->area == NO_INDEX)
            code = error_set(err, ERROR_USAGE, "--area %s: %s", area,
                             several ? "several areas are called so: give the code" : "the plan has no such area");
    }
    if (!code && light) code = read_lights(light, out, err);
    if (!code && within) {
        int64_t days;
        if (!text_to_int(within, strlen(within), &days) || days < 0 || days > 36500)
            return error_set(err, ERROR_USAGE, "--due-within %s: give a number of days", within);
        out->due_until = (struct day){today.n + (int32_t)days};
    }
    return code;
}

static bool has_unit(const struct task *task, size_t unit) {
    for (size_t i = 0; i < task->lead_count; i++)
        if (task->leads[i] == unit) return true;
    for (size_t i = 0; i < task->participant_count; i++)
        if (task->participants[i] == unit) return true;
    return false;
}

bool filter_takes(const struct filter *filter, const struct plan *plan, size_t cell,
                  const struct assessment *assessment) {
    const struct cell *owed = &plan->cells[cell];
    if (filter->any && assessment->state == STATE_NO_TASK)
        return false; /* a county without the task is in none of its lists */
    if (filter->unit != NO_INDEX && !has_unit(&plan->tasks[plan->targets[owed->target].task], filter->unit))
        return false;
    if (filter->area != NO_INDEX && owed->area != filter->area) return false;
    if (filter->lights && !(filter->lights & 1u << assessment->light)) return false;
    if (!day_is(filter->due_until)) return true;
    return assessment->state != STATE_DONE && day_is(assessment->due) && assessment->due.n >= filter->today.n &&
           assessment->due.n <= filter->due_until.n;
}

static bool takes_cell(const void *context, size_t cell) {
    const struct filtered *filtered = context;
    return filter_takes(filtered->filter, filtered->view->plan, cell, &filtered->view->cells[cell]);
}

static bool takes_task(const void *context, size_t task) {
    const struct filtered *filtered = context;
    const struct filter *filter = filtered->filter;
    return filter->area == NO_INDEX &&
           (filter->unit == NO_INDEX || has_unit(&filtered->view->plan->tasks[task], filter->unit));
}

struct selection filter_selection(const struct filtered *filtered) {
    return (struct selection){.cell = takes_cell, .task = takes_task, .context = filtered};
}
