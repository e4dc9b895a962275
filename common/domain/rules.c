#include "common/domain/rules.h"

#include <stdio.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/yaml.h"
#include "proto/chain.h"

/* DOMAIN: light of one report, and the working days of the alert rules. */
static const struct light_rules shipped = {
    .version = "2021-1",
    .reports =
        {
            {"units_3", WHEN_UNITS, GOAL_SMALL, 301, 3, LIGHT_RED},
            {"units_1", WHEN_UNITS, GOAL_SMALL, 0, 1, LIGHT_YELLOW},
            {"points_30", WHEN_POINTS, GOAL_LARGE, 301, 0, LIGHT_RED},
            {"out_of_reach", WHEN_OUT_OF_REACH, GOAL_LARGE, 100, 0, LIGHT_RED},
            {"points_10", WHEN_POINTS, GOAL_LARGE, 100, 0, LIGHT_YELLOW},
            {"node_missed", WHEN_NODE_MISSED, GOAL_ANY, 0, 0, LIGHT_YELLOW},
        },
    .report_count = 6,
    .small_goal = 20,
    .reach_factor = {15, 1},
    .reach_days = 28,
    .reports_weighed = 2,
    .aspire_worst = LIGHT_YELLOW,
    .overdue = LIGHT_RED,
    .fell_back = LIGHT_YELLOW,
    .red_before_on_plan = LIGHT_YELLOW,
    .release = RELEASE_OFFICE,
    .alerts = {.due_soon_first = 30,
               .due_soon_last = 7,
               .answer_days = 3,
               .held_days = 3,
               .silence_hours = 8,
               .urge_days = 5,
               .yellow_card_days = 10,
               .red_card_days = 10,
               .top = {[ALERT_OVERDUE] = RUNG_RED_CARD,
                       [ALERT_SLIPPING] = RUNG_YELLOW_CARD,
                       [ALERT_FELL_BACK] = RUNG_URGED,
                       [ALERT_MISSING] = RUNG_URGED,
                       [ALERT_REJECTED] = RUNG_URGED}},
};

const struct light_rules *rules_shipped(void) {
    return &shipped;
}

static const struct word condition_words[] = {
    {"points", WHEN_POINTS},
    {"out_of_reach", WHEN_OUT_OF_REACH},
    {"units", WHEN_UNITS},
    {"node_missed", WHEN_NODE_MISSED},
    {NULL, 0},
};
static const struct word goal_words[] = {
    {"any", GOAL_ANY},
    {"large", GOAL_LARGE},
    {"small", GOAL_SMALL},
    {NULL, 0},
};
static const struct word light_words[] = {
    {"blue", LIGHT_BLUE}, {"yellow", LIGHT_YELLOW}, {"red", LIGHT_RED}, {NULL, 0}};

const char *report_condition_word(enum report_condition when) {
    return word_text(condition_words, (int)when);
}
const char *goal_size_word(enum goal_size goal) {
    return word_text(goal_words, (int)goal);
}

static const struct word release_words[] = {{"office", RELEASE_OFFICE}, {"auto", RELEASE_AUTO}, {NULL, 0}};
static const struct word rung_words[] = {{"remind", RUNG_REMINDED},
                                         {"urge", RUNG_URGED},
                                         {"yellow_card", RUNG_YELLOW_CARD},
                                         {"red_card", RUNG_RED_CARD},
                                         {NULL, 0}};

static void read_light(struct yaml *doc, struct yaml_node *map, const char *key, enum light *light) {
    int value;
    if (yaml_get_word(doc, map, key, YAML_OPTIONAL, light_words, &value)) *light = (enum light)value;
}

static void read_count(struct yaml *doc, struct yaml_node *map, const char *key, int64_t max, unsigned *count) {
    int64_t value;
    if (yaml_get_int(doc, map, key, YAML_OPTIONAL, 0, max, &value)) *count = (unsigned)value;
}

/* Points are written as people say them (30.1) and compared as printed: one decimal. */
static void read_points(struct yaml *doc, struct yaml_node *map, int32_t *tenths) {
    struct decimal points;
    if (!yaml_get_decimal(doc, map, "behind", YAML_OPTIONAL, &points)) return;
    if (points.mantissa < 0 || points.mantissa > 10000 || points.scale > 1)
        yaml_wrong(doc, map, "behind must be 0 to 1000 points with at most one decimal");
    else
        *tenths = (int32_t)points.mantissa * (points.scale == 0 ? 10 : 1);
}

static void read_name(struct yaml *doc, struct yaml_node *map, const char *key, char *out, size_t capacity) {
    const char *text;
    if (!yaml_get_text(doc, map, key, YAML_REQUIRED, &text)) return;
    if (text[0] == '\0' || strlen(text) >= capacity)
        yaml_wrong(doc, map, "%s must have 1 to %zu bytes", key, capacity - 1);
    else
        (void)snprintf(out, capacity, "%s", text);
}

/* Tokens that the judgement prints by itself: a rule of that name could not be told from them. */
static bool is_reserved(const char *name) {
    static const char *const words[] = {"done",
                                        "on_plan",
                                        "within_points",
                                        "no_curve",
                                        "holding",
                                        "fell_back",
                                        "no_figure",
                                        "not_reported",
                                        "overdue",
                                        "words",
                                        "no_task",
                                        "undated",
                                        "previous_report",
                                        "red_before_on_plan",
                                        "not_started",
                                        "awaiting_final",
                                        "no_rollup",
                                        "overdue_no_figure"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i], name) == 0) return true;
    return false;
}

static bool is_token(const char *name) {
    return name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_")] == '\0';
}

/* The first rule that holds decides: one that asks for no more than a later one leaves that nothing. */
static bool shadows(const struct report_rule *first, const struct report_rule *later) {
    return first->when == later->when && (first->goal == GOAL_ANY || first->goal == later->goal) &&
           first->tenths <= later->tenths && first->units <= later->units;
}

static void check_order(struct yaml *doc, struct yaml_node *map, const struct light_rules *before,
                        const struct report_rule *rule) {
    for (size_t i = 0; i < before->report_count; i++) {
        const struct report_rule *first = &before->reports[i];
        if (strcmp(first->name, rule->name) == 0 && *rule->name)
            yaml_wrong(doc, map, "a second rule named %s: name each differently, the name is printed as the reason",
                       rule->name);
        else if (shadows(first, rule))
            yaml_wrong(doc, map, "%s never holds, because %s above it already does: put the stricter rule first",
                       rule->name, first->name);
    }
}

static void check_rule(struct yaml *doc, struct yaml_node *map, const struct report_rule *rule) {
    if ((rule->when == WHEN_POINTS || rule->when == WHEN_OUT_OF_REACH) && rule->tenths == 0)
        yaml_wrong(doc, map, "a rule on points needs `behind`, the points from which it holds");
    if (rule->when == WHEN_UNITS && rule->units == 0)
        yaml_wrong(doc, map, "a rule on units needs `units`, the number behind from which it holds");
    if (!is_token(rule->name))
        yaml_wrong(doc, map, "name must be of a-z, 0-9 and _: it is printed as the reason of a light");
    if (is_reserved(rule->name))
        yaml_wrong(doc, map, "%s is what the judgement itself says: take another name", rule->name);
}

static void read_rule(struct yaml *doc, struct yaml_node *map, struct light_rules *out) {
    if (!yaml_as_map(doc, map, "reports")) return;
    if (out->report_count == REPORT_RULES_MAX) {
        yaml_wrong(doc, map, "more than %d rules: drop some", (int)REPORT_RULES_MAX);
        return;
    }
    struct report_rule rule = {.light = LIGHT_YELLOW};
    int value;
    read_name(doc, map, "name", rule.name, sizeof rule.name);
    if (yaml_get_word(doc, map, "when", YAML_REQUIRED, condition_words, &value))
        rule.when = (enum report_condition)value;
    if (yaml_get_word(doc, map, "goal", YAML_OPTIONAL, goal_words, &value)) rule.goal = (enum goal_size)value;
    (void)yaml_get_int(doc, map, "units", YAML_OPTIONAL, 1, 1000000, &rule.units);
    read_points(doc, map, &rule.tenths);
    read_light(doc, map, "light", &rule.light);
    check_rule(doc, map, &rule);
    check_order(doc, map, out, &rule);
    yaml_no_others(doc, map);
    out->reports[out->report_count++] = rule;
}

static void read_rules(struct yaml *doc, struct light_rules *out) {
    struct yaml_node *list = yaml_get_list(doc, doc->root, "reports", YAML_OPTIONAL);
    if (!list) return;
    out->report_count = 0;
    for (size_t i = 0; i < list->count; i++)
        read_rule(doc, &list->items[i], out);
}

static void read_reach(struct yaml *doc, struct light_rules *out) {
    struct yaml_node *map = yaml_get_map(doc, doc->root, "reach", YAML_OPTIONAL);
    struct decimal factor;
    if (yaml_get_decimal(doc, map, "factor", YAML_OPTIONAL, &factor)) {
        if (factor.mantissa <= 0)
            yaml_wrong(doc, map, "factor must be more than 0");
        else
            out->reach_factor = factor;
    }
    read_count(doc, map, "days", 366, &out->reach_days);
    if (out->reach_days == 0) yaml_wrong(doc, map, "days must be 1 or more");
    yaml_no_others(doc, map);
}

static void read_lights(struct yaml *doc, struct light_rules *out) {
    struct yaml_node *map = yaml_get_map(doc, doc->root, "lights", YAML_OPTIONAL);
    read_light(doc, map, "overdue", &out->overdue);
    read_light(doc, map, "fell_back", &out->fell_back);
    read_light(doc, map, "aspire_worst", &out->aspire_worst);
    read_light(doc, map, "red_before_on_plan", &out->red_before_on_plan);
    int value;
    bool needed;
    if (yaml_get_bool(doc, map, "release_needed", YAML_OPTIONAL, &needed)) { /* files of 2021-1 as first shipped */
        yaml_warn(doc, map, "release_needed is now release: %s", needed ? "office" : "auto");
        out->release = needed ? RELEASE_OFFICE : RELEASE_AUTO;
    }
    if (yaml_get_word(doc, map, "release", YAML_OPTIONAL, release_words, &value)) out->release = (enum release_by)value;
    yaml_no_others(doc, map);
}

/* Rules by name; what is not listed is reminded of and no more. Nobody is urged to what the office itself must do. */
static void read_top(struct yaml *doc, struct yaml_node *map, struct alert_rules *out) {
    if (!map) return;
    memset(out->top, 0, sizeof out->top);
    for (int rule = 0; rule < ALERT_RULES; rule++) {
        const char *name = alert_rule_name((enum alert_rule)rule);
        int rung;
        if (!yaml_get_word(doc, map, name, YAML_OPTIONAL, rung_words, &rung)) continue;
        bool office = rule == ALERT_REVIEW || rule == ALERT_CORRECTION || alert_rule_is_house((enum alert_rule)rule);
        if (office && rung != RUNG_REMINDED)
            yaml_wrong(doc, map, "%s waits for the office itself and cannot be urged: drop the line", name);
        out->top[rule] = (enum alert_rung)rung;
    }
    yaml_no_others(doc, map);
}

static void read_escalation(struct yaml *doc, struct yaml_node *map, struct alert_rules *out) {
    static const char *const names[] = {"urge_days", "yellow_card_days", "red_card_days"};
    unsigned *const days[] = {&out->urge_days, &out->yellow_card_days, &out->red_card_days};
    for (size_t i = 0; map && i < sizeof days / sizeof days[0]; i++) {
        read_count(doc, map, names[i], 250, days[i]);
        if (*days[i] == 0)
            yaml_wrong(doc, map, "%s must be 1 working day or more: nobody can answer in none", names[i]);
    }
    read_top(doc, yaml_get_map(doc, map, "top", YAML_OPTIONAL), out);
    yaml_no_others(doc, map);
}

static void read_alerts(struct yaml *doc, struct alert_rules *out) {
    struct yaml_node *map = yaml_get_map(doc, doc->root, "alerts", YAML_OPTIONAL);
    read_count(doc, map, "due_soon_first", 366, &out->due_soon_first);
    read_count(doc, map, "due_soon_last", 366, &out->due_soon_last);
    read_count(doc, map, "answer_days", 60, &out->answer_days);
    read_count(doc, map, "held_days", 60, &out->held_days);
    read_count(doc, map, "silence_hours", 1000, &out->silence_hours);
    if (out->due_soon_last > out->due_soon_first)
        yaml_wrong(doc, map, "due_soon_last must not be more days than due_soon_first");
    unsigned before = 0;
    read_count(doc, map, "escalate_days", 60, &before);
    if (before > 0)
        yaml_warn(doc, map, "escalate_days no longer counts: the days stand in escalation, urge_days first");
    struct yaml_node *escalation = yaml_get_map(doc, map, "escalation", YAML_OPTIONAL);
    read_escalation(doc, escalation, out);
    if (out->urge_days < out->answer_days)
        yaml_wrong(doc, escalation ? escalation : map,
                   "urge_days (%u) must not be fewer than answer_days (%u): nobody is urged before he had to answer",
                   out->urge_days, out->answer_days);
    yaml_no_others(doc, map);
}

static void name_by_hash(struct slice bytes, char hash[RULES_HASH_TEXT]) {
    struct chain_hash digest = chain_digest((const uint8_t *)bytes.ptr, bytes.len);
    for (size_t i = 0; i * 2 + 1 < RULES_HASH_TEXT; i++)
        (void)snprintf(hash + i * 2, 3, "%02x", (unsigned)digest.bytes[i]);
}

enum error_code rules_read(const char *name, struct slice bytes, struct light_rules *out, struct findings *findings) {
    CLEAN(yaml_finish) struct yaml doc = {0};
    size_t errors = findings->errors;
    int64_t small = shipped.small_goal;
    *out = shipped;
    if (!yaml_parse(&doc, name, bytes.ptr, bytes.len, findings)) return ERROR_INPUT;
    read_name(&doc, doc.root, "version", out->version, sizeof out->version);
    (void)yaml_get_int(&doc, doc.root, "small_goal", YAML_OPTIONAL, 0, 1000000, &small);
    out->small_goal = small;
    read_count(&doc, doc.root, "reports_weighed", 2, &out->reports_weighed);
    read_reach(&doc, out);
    read_rules(&doc, out);
    read_lights(&doc, out);
    read_alerts(&doc, &out->alerts);
    yaml_no_others(&doc, doc.root);
    name_by_hash(bytes, out->hash);
    return findings->errors > errors ? ERROR_INPUT : ERROR_OK;
}
