#include "common/domain/alert_words.h"

#include <string.h>

#include "common/base/word.h"

static const struct word rule_names[] = {
    {"due_soon", ALERT_DUE_SOON},
    {"slipping", ALERT_SLIPPING},
    {"review", ALERT_REVIEW},
    {"overdue", ALERT_OVERDUE},
    {"fell_back", ALERT_FELL_BACK},
    {"correction", ALERT_CORRECTION},
    {"missing", ALERT_MISSING},
    {"offline", ALERT_OFFLINE},
    {"rejected", ALERT_REJECTED},
    {"undeliverable", ALERT_UNDELIVERABLE},
    {"calendar", ALERT_CALENDAR},
    {"stuck", ALERT_STUCK},
    {NULL, 0},
};
static const struct word rule_words[] = {
    {"临期", ALERT_DUE_SOON},
    {"滞后", ALERT_SLIPPING},
    {"核定", ALERT_REVIEW},
    {"逾期", ALERT_OVERDUE},
    {"回落", ALERT_FELL_BACK},
    {"更正", ALERT_CORRECTION},
    {"未报", ALERT_MISSING},
    {"断线", ALERT_OFFLINE},
    {"退回", ALERT_REJECTED},
    {"送不到", ALERT_UNDELIVERABLE},
    {"日历", ALERT_CALENDAR},
    {"积压", ALERT_STUCK},
    {NULL, 0},
};
static const struct word state_names[] = {
    {"open", ALERT_OPEN},
    {"promised", ALERT_PROMISED},
    {"suppressed", ALERT_SUPPRESSED},
    {"resolved", ALERT_RESOLVED},
    {NULL, 0},
};
static const struct word rung_names[] = {
    {"remind", RUNG_REMINDED},
    {"urge", RUNG_URGED},
    {"yellow_card", RUNG_YELLOW_CARD},
    {"red_card", RUNG_RED_CARD},
    {NULL, 0},
};
static const struct word rung_words[] = {
    {"提醒", RUNG_REMINDED}, {"催办", RUNG_URGED}, {"拟黄牌", RUNG_YELLOW_CARD}, {"拟红牌", RUNG_RED_CARD}, {NULL, 0},
};
static const struct word outcome_names[] = {
    {"answer", ANSWERED},           {"standing", PROMISE_STANDING},
    {"kept", PROMISE_KEPT},         {"broken", PROMISE_BROKEN},
    {"worse", PROMISE_WORSE},       {"replaced", PROMISE_REPLACED},
    {"reversed", PROMISE_REVERSED}, {NULL, 0},
};
static const struct word class_names[] = {
    {"progress", CAUSE_PROGRESS}, {"extension", CAUSE_EXTENSION}, {"correction", CAUSE_CORRECTION},
    {"ignored", CAUSE_IGNORED},   {"false", CAUSE_FALSE},         {NULL, 0},
};

/* Every cause of a change, and how an alert that resolved with it ended. */
static const struct {
    const char *cause, *words;
    enum cause_class class;
} causes[] = {
    {"called", "达到规则", CAUSE_NOT_AN_END},
    {"worse", "变差", CAUSE_NOT_AN_END},
    {"nearer", "更近期限", CAUSE_NOT_AN_END},
    {"waiting", "等待过久", CAUSE_NOT_AN_END},
    {"again", "抑制原因消失", CAUSE_NOT_AN_END},
    {"promised", "已答复期限", CAUSE_NOT_AN_END},
    {"promise_broken", "承诺到期未办结", CAUSE_NOT_AN_END},
    {"answer_reversed", "答复已撤回", CAUSE_NOT_AN_END},
    {"urged", "到期未答复，转催办", CAUSE_NOT_AN_END},
    {"yellow_card", "催办后未答复，拟黄牌", CAUSE_NOT_AN_END},
    {"red_card", "仍未答复，拟红牌或通报", CAUSE_NOT_AN_END},
    {"issued", "已发黄牌、红牌或通报", CAUSE_NOT_AN_END},
    {"withdrawn", "所发已撤回", CAUSE_NOT_AN_END},
    {"missing", "未报，数据已旧", CAUSE_NOT_AN_END},
    {"offline", "断线", CAUSE_NOT_AN_END},
    {"rejected", "退回", CAUSE_NOT_AN_END},
    {"held", "更正待核", CAUSE_NOT_AN_END},
    {"muted", "办公室设为静默", CAUSE_NOT_AN_END},
    {"done", "已完成", CAUSE_PROGRESS},
    {"holding", "已恢复保持", CAUSE_PROGRESS},
    {"progress", "进度赶上", CAUSE_PROGRESS},
    {"red_yellow", "红转黄", CAUSE_PROGRESS},
    {"red_blue", "红灯解除", CAUSE_PROGRESS},
    {"released", "已核定", CAUSE_PROGRESS},
    {"reported", "已报", CAUSE_PROGRESS},
    {"heard", "已恢复心跳", CAUSE_PROGRESS},
    {"retaken", "已重新收到", CAUSE_PROGRESS},
    {"delivered", "已送到", CAUSE_PROGRESS},
    {"loaded", "日历已装载", CAUSE_PROGRESS},
    {"flowing", "积压已消除", CAUSE_PROGRESS},
    {"extension", "已延期", CAUSE_EXTENSION},
    {"corrected", "数据已更正", CAUSE_CORRECTION},
    {"retracted", "数据已撤回", CAUSE_CORRECTION},
    {"settled", "更正已了结", CAUSE_CORRECTION},
    {"no_task", "不再有任务", CAUSE_CORRECTION},
    {"retired", "计划中已无此项", CAUSE_CORRECTION},
    {"overdue", "已转逾期", CAUSE_IGNORED},
    {"superseded", "已有新的", CAUSE_IGNORED},
    {"changed", "情况已变", CAUSE_FALSE},
    {"back_filled", "补录", CAUSE_FALSE},
    {"before", "发出前已了结", CAUSE_FALSE},
};

const char *alert_rule_name(enum alert_rule rule) {
    return word_text(rule_names, (int)rule);
}
const char *alert_rule_word(enum alert_rule rule) {
    return word_text(rule_words, (int)rule);
}
bool alert_rule_is_house(enum alert_rule rule) {
    return rule == ALERT_UNDELIVERABLE || rule == ALERT_CALENDAR || rule == ALERT_STUCK;
}
const char *alert_state_name(enum alert_state state) {
    return word_text(state_names, (int)state);
}
const char *alert_rung_name(enum alert_rung rung) {
    return word_text(rung_names, (int)rung);
}
const char *alert_rung_word(enum alert_rung rung) {
    return word_text(rung_words, (int)rung);
}
const char *alert_rung_step(enum alert_rung rung) {
    static const char *const steps[] = {NULL, "urged", "yellow_card", "red_card"};
    return steps[rung];
}
const char *answer_outcome_name(enum answer_outcome outcome) {
    return word_text(outcome_names, (int)outcome);
}
const char *cause_class_name(enum cause_class class) {
    return class == CAUSE_NOT_AN_END ? NULL : word_text(class_names, (int)class);
}

enum light alert_light(struct slice word) {
    for (int light = LIGHT_NONE; light <= LIGHT_RED; light++)
        if (slice_is(word, light_word((enum light)light))) return (enum light)light;
    return LIGHT_NONE;
}
static bool find(const struct word *words, struct slice name, int *out) {
    return name.ptr && word_find(words, name.ptr, name.len, out);
}
bool alert_rule_find(struct slice name, enum alert_rule *out) {
    int value;
    if (!find(rule_names, name, &value)) return false;
    *out = (enum alert_rule)value;
    return true;
}
bool alert_state_find(struct slice name, enum alert_state *out) {
    int value;
    if (!find(state_names, name, &value)) return false;
    *out = (enum alert_state)value;
    return true;
}
bool alert_rung_find(struct slice name, enum alert_rung *out) {
    int value;
    if (!find(rung_names, name, &value)) return false;
    *out = (enum alert_rung)value;
    return true;
}
bool answer_outcome_find(struct slice name, enum answer_outcome *out) {
    int value;
    if (!find(outcome_names, name, &value)) return false;
    *out = (enum answer_outcome)value;
    return true;
}
enum alert_rung alert_level_rung(struct slice level) {
    if (slice_is(level, "yellow_card")) return RUNG_YELLOW_CARD;
    return slice_is(level, "red_card") || slice_is(level, "circular") ? RUNG_RED_CARD : RUNG_REMINDED;
}

const char *alert_cause_words(const char *cause) {
    for (size_t i = 0; i < sizeof causes / sizeof causes[0]; i++)
        if (strcmp(causes[i].cause, cause) == 0) return causes[i].words;
    return cause;
}
enum cause_class alert_cause_class(const char *cause) {
    for (size_t i = 0; i < sizeof causes / sizeof causes[0]; i++)
        if (strcmp(causes[i].cause, cause) == 0) return causes[i].class;
    return CAUSE_NOT_AN_END;
}
