/* Making a plan of its texts, freeing it, and the words of its closed lists. */
#include "common/domain/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/text.h"
#include "common/base/word.h"
#include "common/domain/exact.h"
#include "common/domain/plan_draft.h"
#include "common/domain/plan_words.h"

const struct word target_kind_words[] = {
    {"cumulative", KIND_CUMULATIVE}, {"latest", KIND_LATEST},
    {"ratio", KIND_RATIO},           {"per_entity", KIND_PER_ENTITY},
    {"milestone", KIND_MILESTONE},   {"hold", KIND_HOLD},
    {"baseline", KIND_BASELINE},     {"activity", KIND_ACTIVITY},
    {"parameter", KIND_PARAMETER},   {NULL, 0},
};
const struct word comparator_words[] = {{">=", AT_LEAST}, {"<=", AT_MOST}, {"==", EXACTLY}, {NULL, 0}};
const struct word firmness_words[] = {{"hard", FIRM_HARD}, {"soft", FIRM_SOFT}, {"aspire", FIRM_ASPIRE}, {NULL, 0}};
const struct word denominator_words[] = {
    {"none", DENOMINATOR_NONE}, {"declared", DENOMINATOR_DECLARED}, {"reported", DENOMINATOR_REPORTED}, {NULL, 0}};
const struct word period_length_words[] = {{"monthly", PERIOD_MONTH}, {"quarterly", PERIOD_QUARTER}, {NULL, 0}};

const char *target_kind_word(enum target_kind kind) {
    return word_text(target_kind_words, (int)kind);
}
const char *comparator_word(enum comparator comparator) {
    return word_text(comparator_words, (int)comparator);
}
const char *firmness_word(enum firmness firmness) {
    return word_text(firmness_words, (int)firmness);
}
const char *denominator_word(enum denominator_rule rule) {
    return word_text(denominator_words, (int)rule);
}

bool target_is_average(const struct target *target) {
    return target->kind == KIND_RATIO && (target->denominator == DENOMINATOR_REPORTED || !target->percent);
}

bool cell_is_counted(const struct plan *plan, const struct cell *cell) {
    const struct target *target = &plan->targets[cell->target];
    if (target->kind == KIND_CUMULATIVE) return target->counted;
    if (target->kind == KIND_PER_ENTITY) return true;
    return target->kind == KIND_RATIO && target->percent && target->denominator == DENOMINATOR_DECLARED &&
           cell->has_denominator;
}

struct plan *plan_create(void) {
    struct arena *arena = arena_create();
    struct plan *plan = arena ? arena_array(arena, 1, sizeof *plan) : NULL;
    if (!plan) {
        arena_destroy(&arena);
        return NULL;
    }
    plan->arena = arena;
    plan->city = NO_INDEX;
    return plan;
}

void plan_destroy(struct plan **plan) {
    if (!*plan) return;
    struct arena *arena = (*plan)->arena; /* the plan itself lies in it */
    calendar_destroy(&(*plan)->calendar);
    arena_destroy(&arena);
    *plan = NULL;
}

/* --- reading: the YAML file first, since the tables name its targets and areas --- */

static void read_texts(struct plan_draft *draft, const struct plan_text *texts, size_t count, const char *role) {
    for (size_t i = 0; i < count; i++) {
        const char *name = texts[i].name;
        struct slice bytes = texts[i].bytes;
        if (strcmp(texts[i].role, role) != 0) continue;
        if (strcmp(role, "plan") == 0)
            draft_read_yaml(draft, name, bytes);
        else if (strcmp(role, "allocation") == 0)
            draft_read_shares(draft, &draft->allocation, name, bytes);
        else if (strcmp(role, "denominators") == 0)
            draft_read_shares(draft, &draft->denominators, name, bytes);
        else if (strcmp(role, "openings") == 0)
            draft_read_shares(draft, &draft->openings, name, bytes);
        else if (strcmp(role, "nodes") == 0)
            draft_read_nodes(draft, name, bytes);
        else if (strcmp(role, "contacts") == 0)
            draft_read_contacts(draft, name, bytes);
        else if (calendar_read(name, bytes, &draft->plan->calendar, draft->findings) == ERROR_MEMORY)
            findings_add(draft->findings, false, name, "out of memory");
    }
}

static void check_roles(struct plan_draft *draft, const struct plan_text *texts, size_t count) {
    static const char *const roles[] = {"plan",     "allocation", "nodes",    "denominators",
                                        "openings", "contacts",   "calendar", "rules"};
    size_t plans = 0, calendars = 0;
    for (size_t i = 0; i < count; i++) {
        bool known = false;
        for (size_t k = 0; k < sizeof roles / sizeof *roles; k++)
            known |= strcmp(texts[i].role, roles[k]) == 0;
        if (!known)
            findings_add(draft->findings, false, texts[i].name, "“%s” is no part of a plan%s", texts[i].role,
                         suggest(text_nearest(texts[i].role, roles, sizeof roles / sizeof *roles)).text);
        plans += strcmp(texts[i].role, "plan") == 0;
        calendars += strcmp(texts[i].role, "calendar") == 0;
    }
    if (plans != 1)
        findings_add(draft->findings, false, "", "a plan is made of exactly one plan file; %zu given", plans);
    if (calendars > 1) findings_add(draft->findings, false, "", "one calendar at most; %zu given", calendars);
}

enum error_code plan_read_on(const struct plan_text *texts, size_t count, struct day load_day, struct plan **out,
                             struct findings *findings) {
    static const char *const order[] = {"calendar", "plan",  "allocation", "denominators",
                                        "openings", "nodes", "contacts"};
    CLEAN(plan_destroy) struct plan *plan = plan_create();
    size_t errors = findings->errors;
    *out = NULL;
    if (!plan) return ERROR_MEMORY;
    struct plan_draft draft = {.plan = plan, .arena = plan->arena, .findings = findings, .load_day = load_day};
    check_roles(&draft, texts, count);
    for (size_t i = 0; i < sizeof order / sizeof *order && (i < 2 || plan->area_count); i++)
        read_texts(&draft, texts, count, order[i]);
    if (findings->errors == errors) {
        draft_order_shares(&draft);
        draft_make_cells(&draft);
    }
    if (arena_failed(plan->arena)) return ERROR_MEMORY;
    if (findings->errors != errors) return ERROR_INPUT;
    *out = TAKE(plan);
    return ERROR_OK;
}

enum error_code plan_read(const struct plan_text *texts, size_t count, struct plan **out, struct findings *findings) {
    return plan_read_on(texts, count, DAY_NONE, out, findings);
}

/* --- small helpers of the reading rooms --- */

struct suggestion suggest(const char *nearest) {
    struct suggestion suggestion = {""};
    if (nearest) snprintf(suggestion.text, sizeof suggestion.text, "; did you mean “%.100s”?", nearest);
    return suggestion;
}

static bool fits(struct exact value, struct decimal *out) {
    struct decimal rounded;
    if (!exact_round(value, DECIMAL_SCALE_MAX, ROUND_CUT, &rounded)) return false;
    *out = rounded;
    return true;
}

bool decimal_add_to(struct decimal *sum, struct decimal value) {
    return fits(exact_add(exact_of(*sum), exact_of(value)), sum);
}

bool decimal_subtract(struct decimal a, struct decimal b, struct decimal *out) {
    return fits(exact_subtract(exact_of(a), exact_of(b)), out);
}
