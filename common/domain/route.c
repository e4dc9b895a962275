#include "common/domain/route.h"

#include <stdio.h>
#include <string.h>

static void add(struct recipients *out, const char *kind, const char *name) {
    char key[RECIPIENT_MAX];
    snprintf(key, sizeof key, "%s%s%s", kind, *name ? ":" : "", name);
    for (size_t i = 0; i < out->count; i++)
        if (strcmp(out->keys[i], key) == 0) return;
    if (out->count < RECIPIENTS_MAX) memcpy(out->keys[out->count++], key, sizeof key);
}

static void add_leads(const struct plan *plan, const struct target *target, struct recipients *out) {
    const struct task *task = &plan->tasks[target->task];
    for (size_t i = 0; i < task->lead_count; i++) add(out, "unit", plan->units[task->leads[i]].name);
}

/* Who reports the cell: the county's liaison; for the city's own cells the unit of record, or the office. */
static void add_reporter(const struct plan *plan, const struct cell *cell, struct recipients *out) {
    const struct target *target = &plan->targets[cell->target];
    if (cell->rollup) return; /* the leads and the office have it; there is nobody else */
    if (!plan->areas[cell->area].city)
        add(out, "area", plan->areas[cell->area].code);
    else if (target->reporter == REPORTER_UNIT)
        add(out, "unit", plan->units[target->reporter_unit].name);
    else
        add(out, "office", "");
}

void route_cell(const struct plan *plan, enum alert_rule rule, const struct cell *cell, struct recipients *out) {
    out->count = 0;
    if (rule != ALERT_REVIEW && rule != ALERT_CORRECTION) {
        add_reporter(plan, cell, out);
        add_leads(plan, &plan->targets[cell->target], out);
    }
    if (rule == ALERT_REVIEW || rule == ALERT_CORRECTION || rule == ALERT_OVERDUE || rule == ALERT_FELL_BACK ||
        out->count == 0)
        add(out, "office", "");
}

void route_stream(const struct plan *plan, enum alert_rule rule, const struct stream_facts *stream,
                  struct recipients *out) {
    out->count = 0;
    const char *liaison = rule == ALERT_OFFLINE ? "it" : stream->role == SPEAKER_COUNTY ? "area" : "unit";
    if (stream->role == SPEAKER_COUNTY && stream->area != NO_INDEX)
        add(out, liaison, plan->areas[stream->area].code);
    else if (stream->role == SPEAKER_DEPARTMENT && stream->unit != NO_INDEX)
        add(out, liaison, plan->units[stream->unit].name);
    if (rule == ALERT_MISSING || out->count == 0) add(out, "office", "");
}

struct parsed {
    enum contact_role role;
    size_t area, unit;
    bool known;
};

static struct parsed parse(const struct plan *plan, const char *recipient) {
    struct parsed out = {.area = NO_INDEX, .unit = NO_INDEX, .known = true};
    const char *name = strchr(recipient, ':');
    name = name ? name + 1 : "";
    if (strcmp(recipient, "office") == 0) {
        out.role = CONTACT_OFFICE;
    } else if (strncmp(recipient, "area:", 5) == 0) {
        out.role = CONTACT_LIAISON;
        out.area = plan_find_area(plan, slice_of(name));
    } else if (strncmp(recipient, "unit:", 5) == 0) {
        out.role = CONTACT_LEAD;
        out.unit = plan_find_unit(plan, slice_of(name));
    } else if (strncmp(recipient, "it:", 3) == 0) {
        out.role = CONTACT_IT;
        out.area = plan_find_area(plan, slice_of(name));
        if (out.area == NO_INDEX) out.unit = plan_find_unit(plan, slice_of(name));
    } else {
        out.known = false;
    }
    return out;
}

static bool reachable(const struct contact *contact) {
    if (!contact->address || !*contact->address || !contact->channel) return false;
    return strcmp(contact->channel, "log") == 0 || strcmp(contact->channel, "webhook") == 0 ||
           strcmp(contact->channel, "email") == 0;
}

static bool meant(const struct contact *contact, const struct parsed *who) {
    if (who->role == CONTACT_OFFICE) return contact->role == CONTACT_OFFICE;
    if (who->area != NO_INDEX)
        return contact->role == who->role && contact->area == who->area && contact->unit == NO_INDEX;
    if (who->unit == NO_INDEX || contact->unit != who->unit || contact->area != NO_INDEX) return false;
    /* a unit has one desk: its liaison, whatever the table calls him; IT only where it is named */
    return who->role == CONTACT_IT ? contact->role == CONTACT_IT
                                   : contact->role == CONTACT_LEAD || contact->role == CONTACT_LIAISON;
}

size_t route_contacts(const struct plan *plan, const char *recipient, const struct contact **out, size_t capacity) {
    struct parsed who = parse(plan, recipient);
    if (!who.known) return 0;
    size_t count = 0;
    for (size_t i = 0; i < plan->contact_count; i++) {
        if (!reachable(&plan->contacts[i]) || !meant(&plan->contacts[i], &who)) continue;
        if (count < capacity) out[count] = &plan->contacts[i];
        count++;
    }
    return count;
}

void route_words(const struct plan *plan, const char *recipient, char *out, size_t capacity) {
    struct parsed who = parse(plan, recipient);
    if (who.role == CONTACT_OFFICE && who.known)
        snprintf(out, capacity, "%s", plan->office_name && *plan->office_name ? plan->office_name : "办公室");
    else if (who.area != NO_INDEX)
        snprintf(out, capacity, "%s%s", plan->areas[who.area].name, who.role == CONTACT_IT ? "信息员" : "");
    else if (who.unit != NO_INDEX)
        snprintf(out, capacity, "%s%s", plan->units[who.unit].name, who.role == CONTACT_IT ? "信息员" : "");
    else
        snprintf(out, capacity, "%s", recipient);
}
