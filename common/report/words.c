#include "common/report/words.h"

#include <stdio.h>
#include <string.h>

#include "common/domain/rounding.h"

const char *light_name(enum light light) {
    switch (light) {
    case LIGHT_NONE:
        return "–";
    case LIGHT_GREY:
        return "灰";
    case LIGHT_GREEN:
        return "完成";
    case LIGHT_BLUE:
        return "正常";
    case LIGHT_YELLOW:
        return "黄";
    case LIGHT_RED:
        return "红";
    }
    return "";
}

void light_words(const struct assessment *assessment, struct buffer *out) {
    bool waits = assessment->proposed == LIGHT_RED && assessment->light != LIGHT_RED;
    buffer_add_text(out, light_name(assessment->light));
    if (assessment->overridden) {
        char until[DAY_TEXT_MAX];
        day_print(assessment->override_until, until);
        buffer_printf(out, "（%.*s另定至%s，规则为%s）", (int)assessment->override_by.len, assessment->override_by.ptr,
                      until + 5, waits ? "红、未核定" : light_name(assessment->computed_light));
    } else if (waits) {
        buffer_add_text(out, "（红灯待核定）");
    }
}

const char *cell_state_name(enum cell_state state) {
    switch (state) {
    case STATE_NO_TASK:
        return "无任务";
    case STATE_WORDS:
        return "文字";
    case STATE_HOLDING:
        return "保持";
    case STATE_FELL_BACK:
        return "回落";
    case STATE_DONE:
        return "完成";
    case STATE_AWAITING_FINAL:
        return "待终报";
    case STATE_OVERDUE:
        return "逾期";
    case STATE_NOT_STARTED:
        return "未开始";
    case STATE_NO_FIGURE:
        return "无数";
    case STATE_NOT_REPORTED:
        return "未报";
    case STATE_UNDATED:
        return "无期限";
    case STATE_BEHIND:
        return "落后";
    case STATE_ON_PLAN:
        return "按序时";
    case STATE_NO_ROLLUP:
        return "不能合计";
    }
    return "";
}

const char *report_state_name(enum report_state state) {
    switch (state) {
    case REPORT_NONE:
        return "";
    case REPORT_ON_TIME:
        return "按时";
    case REPORT_LATE:
        return "迟报";
    case REPORT_UNCHANGED:
        return "无变化";
    case REPORT_MISSING:
        return "未报";
    case REPORT_BACK_FILLED:
        return "补录";
    }
    return "";
}

const char *forecast_refusal_name(enum forecast_refusal refusal) {
    switch (refusal) {
    case FORECAST_GIVEN:
        return "";
    case FORECAST_DONE:
        return "已完成";
    case FORECAST_KIND:
        return "此类指标不作";
    case FORECAST_NO_FIGURE:
        return "无数";
    case FORECAST_SMALL_GOAL:
        return "件数少";
    case FORECAST_SILENCE:
        return "久未报数";
    case FORECAST_FEW_POINTS:
        return "期数不足4期";
    case FORECAST_ROLLUP:
        return "合计数不作";
    }
    return "";
}

const char *weekday_name(struct day day) {
    static const char *const names[] = {"周日", "周一", "周二", "周三", "周四", "周五", "周六"};
    return names[day_weekday(day)];
}

void day_words(struct day day, char out[32]) {
    int year, month, mday;
    out[0] = '\0';
    if (!day_is(day)) return;
    day_split(day, &year, &month, &mday);
    snprintf(out, 32, "%d月%d日", month, mday);
}

void cell_done_words(const struct view *view, size_t cell, const struct assessment *assessment, struct buffer *out) {
    const struct target *target = view_target(view, cell);
    const struct cell *owed = &view->plan->cells[cell];
    const char *unit = target->unit ? target->unit : "";
    char goal[DECIMAL_TEXT_MAX];
    if (!assessment->has_value) {
        buffer_add_text(out, assessment->state == STATE_NO_ROLLUP ? "不能合计" : "无数");
        return;
    }
    if (assessment->figure.form == FIGURE_DONE && !owed->rollup) {
        buffer_add_text(out, assessment->figure.done ? "已完成" : "未完成");
        return;
    }
    if (target->kind == KIND_MILESTONE && owed->rollup) { /* the counties that are done, whatever is made in each */
        buffer_printf(out, "%s/%u县", assessment->value_text, assessment->counties_expected);
        return;
    }
    if (target->kind == KIND_RATIO || target->kind == KIND_HOLD || target->kind == KIND_LATEST || !owed->has_goal) {
        buffer_printf(out, "%s%s", assessment->value_text, unit);
        return;
    }
    decimal_print(owed->goal, goal);
    buffer_printf(out, "%s/%s%s", assessment->value_text, goal, target->percent ? "" : unit);
}

void cell_name_words(const struct view *view, size_t cell, struct buffer *out) {
    buffer_printf(out, "%s %s", area_short(view_area(view, cell)), target_short(view_target(view, cell)));
}

void points_words(const struct assessment *assessment, char out[16]) {
    out[0] = '\0';
    if (assessment->has_deviation) round_points_text(assessment->deviation_tenths, out);
}

void task_units_words(const struct plan *plan, const struct task *task, bool leads, struct buffer *out) {
    const size_t *units = leads ? task->leads : task->participants;
    size_t count = leads ? task->lead_count : task->participant_count;
    for (size_t i = 0; i < count; i++)
        buffer_printf(out, "%s%s", i ? "、" : "", plan->units[units[i]].name);
    if (leads && !task->lead_confirmed && count) buffer_add_text(out, "（待确认）");
    if (!leads && task->open_list && count) buffer_add_text(out, "等");
}

const char *reporter_of_record(const struct view *view, size_t cell) {
    switch (view_target(view, cell)->reporter) {
    case REPORTER_COUNTY:
        return "县区报的数";
    case REPORTER_UNIT:
        return "部门报的数";
    case REPORTER_OFFICE:
        return "市级办公室报的数";
    }
    return "";
}

struct flag_list {
    struct buffer *out;
    size_t count;
};

static void add_flag(const char *flag, void *arg) {
    static const struct {
        const char *token, *word;
    } names[] = {{"due_soon", "临期"},
                 {"node_missed", "节点未达"},
                 {"extended", "延"},
                 {"share_changed", "任务数已调"},
                 {"made_good", "已补齐"},
                 {"held", "更正待核"},
                 {"two_sources", "口径不一"},
                 {"on_behalf", "代报"},
                 {"denominator_differs", "分母不符"},
                 {"stale_parts", "缺报"},
                 {"late", "迟报"},
                 {"back_filled", "补录"},
                 {"assumed_from", "起始日按年初"}};
    struct flag_list *list = arg;
    size_t len = strcspn(flag, " ");
    const char *word = flag, *rest = flag[len] ? flag + len : "";
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i].token) == len && strncmp(names[i].token, flag, len) == 0) word = names[i].word;
    if (word == flag) rest = "";
    buffer_printf(list->out, "%s%s%s", list->count++ ? "；" : "", word, rest);
}

void flags_words(const struct plan *plan, const struct assessment *assessment, struct buffer *out) {
    struct flag_list list = {.out = out};
    assess_flags(plan, assessment, add_flag, &list);
}
