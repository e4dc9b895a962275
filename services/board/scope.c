#include "services/board/scope.h"

#include <stdio.h>
#include <string.h>

static const char *const words[ROLES] = {"public", "viewer", "county", "lead", "office", "admin"};

const char *role_word(enum role role) {
    return words[role];
}

bool role_parse(const char *word, enum role *role) {
    for (unsigned i = ROLE_VIEWER; i < ROLES; i++)
        if (strcmp(word, words[i]) == 0) {
            *role = (enum role)i;
            return true;
        }
    return false;
}

static bool is_office(const struct scope *scope) {
    return scope->role == ROLE_OFFICE || scope->role == ROLE_ADMIN;
}

void scope_key(const struct scope *scope, char out[SCOPE_KEY_MAX]) {
    if (scope->role == ROLE_COUNTY)
        snprintf(out, SCOPE_KEY_MAX, "area:%s", scope->area ? scope->area : "");
    else if (scope->role == ROLE_LEAD)
        snprintf(out, SCOPE_KEY_MAX, "unit:%s", scope->unit ? scope->unit : "");
    else
        snprintf(out, SCOPE_KEY_MAX, "%s", is_office(scope) ? "office" : words[scope->role]);
}

bool scope_equal(const struct scope *left, const struct scope *right) {
    char one[SCOPE_KEY_MAX], other[SCOPE_KEY_MAX];
    scope_key(left, one);
    scope_key(right, other);
    return strcmp(one, other) == 0;
}

/* --- rows --- */

static bool sees_all(const struct scope *scope) {
    return scope->role != ROLE_COUNTY && scope->role != ROLE_LEAD;
}

static bool is_own_area(const struct scope *scope, const struct view *view, size_t area) {
    return scope->area && strcmp(view->plan->areas[area].code, scope->area) == 0;
}

static bool leads(const struct scope *scope, const struct view *view, size_t task) {
    const struct task *one = &view->plan->tasks[task];
    for (size_t i = 0; scope->unit && i < one->lead_count; i++)
        if (strcmp(view->plan->units[one->leads[i]].name, scope->unit) == 0) return true;
    return false;
}

bool scope_sees_cell(const struct scope *scope, const struct view *view, size_t cell) {
    const struct cell *one = &view->plan->cells[cell];
    if (scope->role == ROLE_COUNTY) return is_own_area(scope, view, one->area);
    if (scope->role == ROLE_LEAD) return leads(scope, view, view->plan->targets[one->target].task);
    return true;
}

bool scope_sees_target(const struct scope *scope, const struct view *view, size_t target) {
    const struct target *one = &view->plan->targets[target];
    if (scope->role != ROLE_COUNTY) return scope_sees_task(scope, view, one->task);
    for (size_t i = 0; i < one->cell_count; i++)
        if (is_own_area(scope, view, view->plan->cells[one->first_cell + i].area)) return true;
    return false;
}

bool scope_sees_task(const struct scope *scope, const struct view *view, size_t task) {
    const struct task *one = &view->plan->tasks[task];
    if (sees_all(scope)) return true;
    if (scope->role == ROLE_LEAD) return leads(scope, view, task);
    for (size_t i = 0; i < one->target_count; i++)
        if (scope_sees_target(scope, view, one->first_target + i)) return true;
    return false;
}

bool scope_sees_area(const struct scope *scope, const struct view *view, size_t area) {
    if (sees_all(scope)) return true;
    if (scope->role == ROLE_COUNTY) return is_own_area(scope, view, area);
    for (size_t i = 0; i < view->plan->cell_count; i++)
        if (view->plan->cells[i].area == area && scope_sees_cell(scope, view, i)) return true;
    return false;
}

bool scope_sees_unit(const struct scope *scope, const struct view *view, size_t unit) {
    if (sees_all(scope)) return true;
    if (scope->role == ROLE_LEAD) return scope->unit && strcmp(view->plan->units[unit].name, scope->unit) == 0;
    for (size_t task = 0; task < view->plan->task_count; task++) {
        const struct task *one = &view->plan->tasks[task];
        for (size_t i = 0; i < one->lead_count; i++)
            if (one->leads[i] == unit && scope_sees_task(scope, view, task)) return true;
    }
    return false;
}

bool scope_sees_stream(const struct scope *scope, const struct view *view, const char *name) {
    if (sees_all(scope)) return true;
    const struct stream *stream = streams_find(&view->streams, slice_of(name));
    if (!stream) return false;
    if (scope->role == ROLE_LEAD) return scope->unit && strcmp(stream->unit, scope->unit) == 0;
    return scope->area && stream->area_count == 1 && strcmp(stream->areas[0], scope->area) == 0;
}

bool scope_sees_unreleased(const struct scope *scope) {
    return is_office(scope);
}

/* --- resources and verbs --- */

enum {
    PUBLIC = 1u << ROLE_PUBLIC,
    COUNTY = 1u << ROLE_COUNTY,
    LEAD = 1u << ROLE_LEAD,
    OFFICE = 1u << ROLE_OFFICE | 1u << ROLE_ADMIN,
    PEOPLE = 1u << ROLE_VIEWER | COUNTY | LEAD | OFFICE,
};

struct permission {
    const char *name;
    unsigned roles;
};

static const struct permission resources[] = {
    {"overview", PEOPLE | PUBLIC}, {"areas", PEOPLE},  {"tasks", PEOPLE},           {"units", PEOPLE},
    {"targets", PEOPLE},           {"alerts", PEOPLE}, {"feeds", PEOPLE},           {"quarantine", PEOPLE},
    {"explain", PEOPLE},           {"plan", PEOPLE},   {"events", PEOPLE | PUBLIC}, {"session", PEOPLE | PUBLIC},
};

/* A county answers for itself, a lead checks what it leads; all else is the office's. */
static const struct permission verbs[] = {
    {"release", OFFICE},
    {"confirm", OFFICE},
    {"promise", OFFICE | COUNTY | LEAD},
    {"extension-grant", OFFICE},
    {"extension-refuse", OFFICE},
    {"close-out-check", OFFICE | LEAD},
    {"close-out-verify", OFFICE},
    {"close-out-refuse", OFFICE},
    {"issue", OFFICE},
    {"mute", OFFICE},
    {"override", OFFICE},
    {"reverse", OFFICE},
};
const char *const scope_verbs[] = {"release",
                                   "confirm",
                                   "promise",
                                   "extension-grant",
                                   "extension-refuse",
                                   "close-out-check",
                                   "close-out-verify",
                                   "close-out-refuse",
                                   "issue",
                                   "mute",
                                   "override",
                                   "reverse",
                                   NULL};

static bool permits(const struct permission *all, size_t count, enum role role, const char *name) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(all[i].name, name) == 0) return all[i].roles >> role & 1;
    return false;
}

bool scope_may_read(const struct scope *scope, const char *resource) {
    return permits(resources, sizeof resources / sizeof *resources, scope->role, resource);
}

bool scope_may(const struct scope *scope, const char *verb) {
    return permits(verbs, sizeof verbs / sizeof *verbs, scope->role, verb);
}
