#include "common/domain/route.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

static void add(struct recipients *out, const char *kind, const char *name, bool reachable) {
    char key[RECIPIENT_MAX];
    snprintf(key, sizeof key, "%s%s%s", kind, *name ? ":" : "", name);
    for (size_t i = 0; i < out->count; i++)
        if (strcmp(out->keys[i], key) == 0) return;
    if (out->count == RECIPIENTS_MAX) return;
    out->reachable[out->count] = reachable;
    memcpy(out->keys[out->count++], key, sizeof key);
}
static void add_office(struct recipients *out) {
    add(out, "office", "", true);
}
static void add_unit(const struct plan *plan, size_t unit, struct recipients *out) {
    add(out, "unit", plan->units[unit].name, plan->units[unit].reachable);
}

static void add_leads(const struct plan *plan, const struct target *target, struct recipients *out) {
    const struct task *task = &plan->tasks[target->task];
    for (size_t i = 0; i < task->lead_count; i++) add_unit(plan, task->leads[i], out);
}

/* Those who take part and ask for it. */
static void add_subscribers(const struct plan *plan, const struct target *target, struct recipients *out) {
    const struct task *task = &plan->tasks[target->task];
    for (size_t i = 0; i < task->participant_count; i++)
        if (plan->units[task->participants[i]].subscribes) add_unit(plan, task->participants[i], out);
}

/* Who reports the cell: the county's liaison; for the city's own cells the unit of record, or the office. */
static void add_reporter(const struct plan *plan, const struct cell *cell, struct recipients *out) {
    const struct target *target = &plan->targets[cell->target];
    if (cell->rollup) return; /* the leads and the office have it; there is nobody else */
    const struct area *area = &plan->areas[cell->area];
    if (!area->city)
        add(out, "area", area->code, area->reachable);
    else if (target->reporter == REPORTER_UNIT)
        add_unit(plan, target->reporter_unit, out);
    else
        add_office(out);
}

static bool is_step(const char *step, const char *name) {
    return step && strcmp(step, name) == 0;
}
static bool is_proposal(const char *step) {
    return is_step(step, "yellow_card") || is_step(step, "red_card");
}
static bool is_decided(const char *step) {
    return is_step(step, "issued") || is_step(step, "withdrawn");
}

bool route_is_private(enum alert_rule rule, const char *step) {
    if (is_decided(step)) return false;
    return is_proposal(step) || rule == ALERT_REVIEW || rule == ALERT_CORRECTION || alert_rule_is_house(rule);
}

void route_cell(const struct plan *plan, enum alert_rule rule, const char *step, const struct cell *cell,
                struct recipients *out) {
    out->count = 0;
    bool private = route_is_private(rule, step);
    if (!private) {
        add_reporter(plan, cell, out);
        add_leads(plan, &plan->targets[cell->target], out);
        add_subscribers(plan, &plan->targets[cell->target], out);
    }
    if (private || is_decided(step) || rule == ALERT_OVERDUE || rule == ALERT_FELL_BACK || out->count == 0)
        add_office(out);
}

void route_stream(const struct plan *plan, enum alert_rule rule, const char *step, const struct stream_facts *stream,
                  struct recipients *out) {
    out->count = 0;
    bool private = route_is_private(rule, step), it = rule == ALERT_OFFLINE;
    if (!private && stream->role == SPEAKER_COUNTY && stream->area != NO_INDEX) {
        const struct area *area = &plan->areas[stream->area];
        add(out, it ? "it" : "area", area->code, it ? area->it_reachable : area->reachable);
    } else if (!private && stream->role == SPEAKER_DEPARTMENT && stream->unit != NO_INDEX) {
        const struct unit *unit = &plan->units[stream->unit];
        add(out, it ? "it" : "unit", unit->name, it ? unit->it_reachable : unit->reachable);
    }
    if (rule == ALERT_MISSING || is_decided(step) || out->count == 0) add_office(out);
}

void route_house(struct recipients *out) {
    out->count = 0;
    add_office(out);
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
    return contact->address && *contact->address && contact->channel && *contact->channel;
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

void route_recipient_of(const struct plan *plan, const struct contact *contact, char out[RECIPIENT_MAX]) {
    *out = '\0';
    const char *kind = contact->role == CONTACT_IT ? "it" : contact->area != NO_INDEX ? "area" : "unit";
    if (contact->role == CONTACT_OFFICE)
        snprintf(out, RECIPIENT_MAX, "office");
    else if (contact->area != NO_INDEX && contact->unit == NO_INDEX && contact->role != CONTACT_LEAD)
        snprintf(out, RECIPIENT_MAX, "%s:%s", kind, plan->areas[contact->area].code);
    else if (contact->unit != NO_INDEX && contact->area == NO_INDEX)
        snprintf(out, RECIPIENT_MAX, "%s:%s", kind, plan->units[contact->unit].name);
}

static uint32_t sum_of(const char *text) {
    uint32_t sum = 2166136261u; /* FNV-1a */
    for (; *text; text++) sum = (sum ^ (uint8_t)*text) * 16777619u;
    return sum;
}

void route_room(const struct contact *contact, char *out, size_t capacity) {
    size_t shown = strcspn(contact->address, "?");
    int len = snprintf(out, capacity, "room:%s:%.*s", contact->channel, (int)shown, contact->address);
    if (contact->address[shown] && len > 0 && (size_t)len < capacity)
        snprintf(out + len, capacity - (size_t)len, "#%08x", (unsigned)sum_of(contact->address + shown));
}

void route_words(const struct plan *plan, const char *recipient, char *out, size_t capacity) {
    struct parsed who = parse(plan, recipient);
    if (who.role == CONTACT_OFFICE && who.known)
        snprintf(out, capacity, "%s", plan->office_name && *plan->office_name ? plan->office_name : "办公室");
    else if (who.area != NO_INDEX)
        snprintf(out, capacity, "%s%s", plan->areas[who.area].name, who.role == CONTACT_IT ? "信息员" : "");
    else if (who.unit != NO_INDEX)
        snprintf(out, capacity, "%s%s", plan->units[who.unit].name, who.role == CONTACT_IT ? "信息员" : "");
    else if (strncmp(recipient, "room:", 5) == 0 && strchr(recipient + 5, ':'))
        snprintf(out, capacity, "群 %s", strchr(recipient + 5, ':') + 1);
    else
        snprintf(out, capacity, "%s", recipient);
}
