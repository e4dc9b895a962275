/* The words of an assessment for programs: closed tokens. */
#include <string.h>

#include "common/base/word.h"
#include "common/domain/assess.h"

static const struct word states[] = {
    {"no_task", STATE_NO_TASK},
    {"words", STATE_WORDS},
    {"holding", STATE_HOLDING},
    {"fell_back", STATE_FELL_BACK},
    {"done", STATE_DONE},
    {"awaiting_final", STATE_AWAITING_FINAL},
    {"overdue", STATE_OVERDUE},
    {"not_started", STATE_NOT_STARTED},
    {"no_figure", STATE_NO_FIGURE},
    {"not_reported", STATE_NOT_REPORTED},
    {"undated", STATE_UNDATED},
    {"behind", STATE_BEHIND},
    {"on_plan", STATE_ON_PLAN},
    {"no_rollup", STATE_NO_ROLLUP},
    {NULL, 0},
};
static const struct word lights[] = {
    {"none", LIGHT_NONE},
    {"grey", LIGHT_GREY},
    {"green", LIGHT_GREEN},
    {"blue", LIGHT_BLUE},
    {"yellow", LIGHT_YELLOW},
    {"red", LIGHT_RED},
    {NULL, 0},
};
static const struct word report_states[] = {
    {"on_time", REPORT_ON_TIME},         {"late", REPORT_LATE},
    {"unchanged", REPORT_UNCHANGED},     {"missing", REPORT_MISSING},
    {"back_filled", REPORT_BACK_FILLED}, {NULL, 0},
};
static const struct word refusals[] = {
    {"done", FORECAST_DONE},           {"kind", FORECAST_KIND},
    {"no_figure", FORECAST_NO_FIGURE}, {"small_goal", FORECAST_SMALL_GOAL},
    {"silence", FORECAST_SILENCE},     {"few_points", FORECAST_FEW_POINTS},
    {"rollup", FORECAST_ROLLUP},       {NULL, 0},
};

const char *cell_state_word(enum cell_state state) {
    return word_text(states, (int)state);
}
const char *light_word(enum light light) {
    return word_text(lights, (int)light);
}
const char *report_state_word(enum report_state state) {
    return word_text(report_states, (int)state);
}
const char *forecast_refusal_word(enum forecast_refusal refusal) {
    return word_text(refusals, (int)refusal);
}

bool cell_state_find(const char *word, enum cell_state *out) {
    int value;
    if (!word || !word_find(states, word, strlen(word), &value)) return false;
    *out = (enum cell_state)value;
    return true;
}
bool light_find(const char *word, enum light *out) {
    int value;
    if (!word || !word_find(lights, word, strlen(word), &value)) return false;
    *out = (enum light)value;
    return true;
}
bool report_state_find(const char *word, enum report_state *out) {
    int value;
    if (!word || !word_find(report_states, word, strlen(word), &value)) return false;
    *out = (enum report_state)value;
    return true;
}
bool forecast_refusal_find(const char *word, enum forecast_refusal *out) {
    int value;
    if (!word || !word_find(refusals, word, strlen(word), &value)) return false;
    *out = (enum forecast_refusal)value;
    return true;
}
