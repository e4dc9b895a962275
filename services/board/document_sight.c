#include "services/board/document_sight.h"

#include <string.h>

struct sight sight_of(const struct facts *facts, const struct scope *scope) {
    return (struct sight){.facts = facts,
                          .view = &facts->view,
                          .plan = facts->view.plan,
                          .scope = scope,
                          .whole = scope_sees_unreleased(scope)};
}

/* --- what is shown --- */

static bool waits(const struct assessment *cell) {
    return cell->light != LIGHT_RED && (cell->proposed == LIGHT_RED || cell->computed_light == LIGHT_RED);
}

static const struct report_rule *rule_named(const struct light_rules *rules, const char *name) {
    for (size_t i = 0; rules && name && i < rules->report_count; i++)
        if (strcmp(rules->reports[i].name, name) == 0) return &rules->reports[i];
    return NULL;
}

static bool counts_the_same(const struct report_rule *a, const struct report_rule *b) {
    return (a->when == WHEN_UNITS) == (b->when == WHEN_UNITS) && a->when != WHEN_NODE_MISSED &&
           b->when != WHEN_NODE_MISSED && (a->goal == b->goal || a->goal == GOAL_ANY || b->goal == GOAL_ANY);
}

/* The rule by which the same cell is yellow: what holds for the red holds for it, and it says no more. */
static const char *milder_rule(const struct light_rules *rules, const char *name) {
    const struct report_rule *red = rule_named(rules, name);
    if (!red || red->light != LIGHT_RED) return name;
    for (size_t i = 0; i < rules->report_count; i++)
        if (rules->reports[i].light == LIGHT_YELLOW && counts_the_same(red, &rules->reports[i]))
            return rules->reports[i].name;
    return "points_10";
}

static const struct assessment *show(const struct assessment *cell, struct assessment *as) {
    *as = *cell;
    as->proposed = cell->light;
    as->computed_light = cell->overridden ? LIGHT_YELLOW : cell->light;
    as->rule = milder_rule(cell->rules, cell->rule);
    return as;
}

const struct assessment *sight_now(struct sight *sight, size_t cell) {
    const struct assessment *one = &sight->view->cells[cell];
    return sight->whole || !waits(one) ? one : show(one, &sight->now);
}

const struct assessment *sight_then(struct sight *sight, size_t cell) {
    const struct assessment *before = sight->facts->morning.changes.before;
    if (!before) return NULL;
    return sight->whole || !waits(&before[cell]) ? &before[cell] : show(&before[cell], &sight->then);
}

bool sight_hides(const struct sight *sight, size_t cell) {
    return !sight->whole && waits(&sight->view->cells[cell]);
}

/* --- lamps --- */

static const struct {
    const char *word, *name;
} lamps[LAMPS] = {
    [LAMP_RED] = {"red", "红"},           [LAMP_PROPOSED] = {"proposed_red", "待核定"},
    [LAMP_YELLOW] = {"yellow", "黄"},     [LAMP_GREY] = {"grey", "灰"},
    [LAMP_BLUE] = {"blue", "正常"},       [LAMP_GREEN] = {"green", "完成"},
    [LAMP_UNDATED] = {"undated", "无期限"}, [LAMP_NONE] = {"none", "–"},
    [LAMP_NO_TASK] = {"no_task", "无任务"},
};

const char *lamp_word(enum lamp lamp) {
    return lamp < LAMPS ? lamps[lamp].word : "none";
}

const char *lamp_name(enum lamp lamp) {
    return lamp < LAMPS ? lamps[lamp].name : "–";
}

enum lamp lamp_of(const struct assessment *seen) {
    if (seen->state == STATE_NO_TASK) return LAMP_NO_TASK;
    if (seen->proposed == LIGHT_RED && seen->light != LIGHT_RED && !seen->overridden) return LAMP_PROPOSED;
    switch (seen->light) {
    case LIGHT_RED:
        return LAMP_RED;
    case LIGHT_YELLOW:
        return LAMP_YELLOW;
    case LIGHT_GREY:
        return LAMP_GREY;
    case LIGHT_BLUE:
        return LAMP_BLUE;
    case LIGHT_GREEN:
        return LAMP_GREEN;
    case LIGHT_NONE:
        break;
    }
    bool waits_for_figures = seen->state == STATE_NO_FIGURE || seen->state == STATE_NOT_REPORTED;
    return seen->state == STATE_UNDATED || (waits_for_figures && !day_is(seen->due)) ? LAMP_UNDATED : LAMP_NONE;
}

bool lamp_is_stale(const struct assessment *seen) {
    return seen->report_state == REPORT_MISSING || seen->stale_parts;
}

/* --- counts --- */

void counts_add(struct counts *counts, const struct assessment *seen) {
    enum lamp lamp = lamp_of(seen);
    counts->lamps[lamp]++;
    if (lamp == LAMP_NO_TASK) return;
    counts->cells++;
    counts->extended += seen->extended;
    counts->back_filled += seen->back_filled;
    counts->made_good += seen->made_good;
    counts->stale += lamp_is_stale(seen);
    counts->held += seen->held;
    counts->awaiting_final += seen->state == STATE_AWAITING_FINAL;
}

void counts_sum(struct counts *into, const struct counts *counts) {
    for (size_t i = 0; i < LAMPS; i++)
        into->lamps[i] += counts->lamps[i];
    into->cells += counts->cells;
    into->extended += counts->extended;
    into->back_filled += counts->back_filled;
    into->made_good += counts->made_good;
    into->stale += counts->stale;
    into->held += counts->held;
    into->awaiting_final += counts->awaiting_final;
}

json_t *counts_json(const struct counts *counts) {
    json_t *out = json_object();
    for (size_t i = 0; i < LAMPS; i++)
        json_object_set_new(out, lamps[i].word, json_integer((json_int_t)counts->lamps[i]));
    json_object_set_new(out, "cells", json_integer((json_int_t)counts->cells));
    json_object_set_new(out, "extended", json_integer((json_int_t)counts->extended));
    json_object_set_new(out, "back_filled", json_integer((json_int_t)counts->back_filled));
    json_object_set_new(out, "made_good", json_integer((json_int_t)counts->made_good));
    json_object_set_new(out, "stale", json_integer((json_int_t)counts->stale));
    json_object_set_new(out, "held", json_integer((json_int_t)counts->held));
    json_object_set_new(out, "awaiting_final", json_integer((json_int_t)counts->awaiting_final));
    return out;
}

enum lamp counts_worst(const struct counts *counts) {
    for (unsigned i = 0; i < LAMPS; i++)
        if (counts->lamps[i]) return (enum lamp)i;
    return LAMPS;
}

void counts_words(const struct counts *counts, struct buffer *out) {
    size_t before = out->len;
    bool trouble =
        counts->lamps[LAMP_RED] + counts->lamps[LAMP_PROPOSED] + counts->lamps[LAMP_YELLOW] + counts->lamps[LAMP_GREY];
    for (size_t i = 0; i < LAMP_NO_TASK; i++)
        if (counts->lamps[i] && (!trouble || i <= LAMP_GREY))
            buffer_printf(out, "%s%s%zu", out->len > before ? " " : "", i == LAMP_NONE ? "不评判" : lamps[i].name,
                          counts->lamps[i]);
}
