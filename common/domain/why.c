/* Words of an assessment for people: one Chinese sentence with its figures, and the flags. No colour word: what the
 * machine computed accuses nobody. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/domain/assess.h"
#include "common/domain/rounding.h"

/* Appends to a text of fixed size; stops at a whole piece when it is full. */
struct writer {
    char *out;
    size_t capacity, len;
};

__attribute__((format(printf, 2, 3))) static void add(struct writer *writer, const char *format, ...) {
    char piece[1024]; /* an office's reason has up to 200 characters */
    va_list args;
    va_start(args, format);
    int len = vsnprintf(piece, sizeof piece, format, args);
    va_end(args);
    if (len < 0 || (size_t)len >= sizeof piece || writer->len + (size_t)len >= writer->capacity) return;
    memcpy(writer->out + writer->len, piece, (size_t)len + 1);
    writer->len += (size_t)len;
}

static const char *decimal_text(struct decimal value, char out[DECIMAL_TEXT_MAX]) {
    (void)decimal_print(value, out);
    return out;
}

static const char *figure_text(const struct figure *figure, char out[64]) {
    char value[DECIMAL_TEXT_MAX], denominator[DECIMAL_TEXT_MAX];
    switch (figure->form) {
    case FIGURE_NONE:
        return "-";
    case FIGURE_DONE:
        return figure->done ? "done" : "not_done";
    case FIGURE_VALUE:
        (void)snprintf(out, 64, "%s", decimal_text(figure->value, value));
        break;
    case FIGURE_FRACTION:
        (void)snprintf(out, 64, "%s/%s", decimal_text(figure->value, value),
                       decimal_text(figure->denominator, denominator));
        break;
    }
    return out;
}

static void add_day(struct writer *writer, struct day day) {
    int year, month, mday;
    day_split(day, &year, &month, &mday);
    add(writer, "%d月%d日", month, mday);
}

static void add_dated(struct writer *writer, struct day day) {
    int year, month, mday;
    day_split(day, &year, &month, &mday);
    add(writer, "%d年%d月%d日", year, month, mday);
}

/* "31/62公里", "20/40（50%）", "已完成", for the city's milestones "5/7县完成" */
static void add_value(struct writer *writer, const struct target *target, const struct cell *cell,
                      const struct assessment *a) {
    char text[64], goal[DECIMAL_TEXT_MAX];
    const char *unit = target->unit ? target->unit : "";
    if (a->figure.form == FIGURE_DONE)
        add(writer, "%s", a->figure.done ? "已完成" : "未完成");
    else if (target->kind == KIND_MILESTONE && cell->rollup)
        add(writer, "%s/%u县完成", a->value_text, a->counties_expected);
    else if (a->figure.form == FIGURE_FRACTION && target->percent)
        add(writer, "%s（%s%%）", figure_text(&a->figure, text), a->value_text);
    else if (cell->has_goal)
        add(writer, "%s/%s%s", a->value_text, decimal_text(cell->goal, goal), unit);
    else
        add(writer, "%s%s", a->value_text, unit);
}

/* "截至9月30日31/62公里，应达46.5，"; of per cent the plan is per cent, too. */
static void add_figure(struct writer *writer, const struct plan *plan, const struct cell *cell,
                       const struct assessment *a) {
    const struct target *target = &plan->targets[cell->target];
    char planned[DECIMAL_TEXT_MAX];
    if (!a->has_value) return;
    add(writer, "截至");
    add_dated(writer, a->figure_as_of);
    add_value(writer, target, cell, a);
    if (a->has_planned && a->state != STATE_DONE)
        add(writer, "，应达%s%s", decimal_text(a->planned, planned), target->percent ? "%" : "");
    add(writer, "，");
}

/* "落后25.0个百分点，慢92天，"; a shortfall that cuts to 0.0 points prints its units. */
static void add_distance(struct writer *writer, const struct plan *plan, const struct cell *cell,
                         const struct assessment *a) {
    char text[DECIMAL_TEXT_MAX], points[16];
    if (!a->has_deviation || a->state == STATE_DONE) return;
    if (a->deviation_tenths < 0) {
        (void)round_points_text(-a->deviation_tenths, points);
        add(writer, "落后%s个百分点，", points);
        if (a->has_days_behind && a->days_behind > 0) add(writer, "慢%d天，", (int)a->days_behind);
    } else if (a->has_units_behind && a->units_behind.mantissa > 0) {
        const char *unit = plan->targets[cell->target].unit;
        add(writer, "差%s%s，", decimal_text(a->units_behind, text), unit ? unit : "");
    }
}

static const struct {
    const char *rule, *words;
} reasons[] = {
    {"done", "已达到目标"},
    {"on_plan", "不慢于进度"},
    {"within_points", "在正常范围内"},
    {"points_10", "落后超过10个百分点"},
    {"points_30", "落后超过30个百分点"},
    {"out_of_reach", "落后超过10个百分点，且照最快速度的1.5倍也难按期"},
    {"node_missed", "节点要求没有达到"},
    {"units_1", "件数少于应达数"},
    {"units_3", "比应达数少3件以上，且落后超过30个百分点"},
    {"no_curve", "期限前不比进度，到期判定"},
    {"holding", "保持在目标之内"},
    {"fell_back", "达到目标后又回落"},
    {"no_figure", "还没有数据，不判断快慢"},
    {"overdue_no_figure", "期限已过，一直没有数据"},
    {"previous_report", "上一期落后更多，再有一期恢复才算恢复"},
    {"red_before_on_plan", "本期已赶上进度，再有一期才算恢复"},
    {"no_task", "没有任务"},
    {"words", "只看文字进展，不评判"},
    {"not_started", "还没有到开始的日子"},
    {"undated", "没有期限，不评判快慢"},
    {"no_rollup", "不能合计"},
    {"awaiting_final", "还没有数据"},
};

static void add_reason(struct writer *writer, const struct plan *plan, const struct assessment *a) {
    char period[32];
    if (strcmp(a->rule, "overdue") == 0) {
        add(writer, "期限");
        add_dated(writer, a->due);
        add(writer, "已过%d天，没有完成", (int)a->days_overdue);
        return;
    }
    if (strcmp(a->rule, "not_reported") == 0) {
        (void)period_words(&plan->reporting, a->report_period, period);
        add(writer, "%s数据未报，不判断快慢", day_is(a->report_period.first) ? period : "");
        return;
    }
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        if (strcmp(a->rule, reasons[i].rule) != 0) continue;
        add(writer, "%s", reasons[i].words);
        return;
    }
    add(writer, "按规则 %s", a->rule);
}

static void add_remarks(struct writer *writer, const struct assessment *a) {
    char from[64], to[64];
    if (a->state == STATE_AWAITING_FINAL) add(writer, "；期限已到，等终数");
    if (a->extended) {
        add(writer, "；期限由");
        add_dated(writer, a->due_original);
        add(writer, "延至");
        add_dated(writer, a->due);
    }
    if (a->held) add(writer, "；更正待核 %s→%s", figure_text(&a->held_from, from), figure_text(&a->held_to, to));
    if (a->has_older) {
        add(writer, "；");
        add_day(writer, instant_day(a->older_known_at));
        add(writer, "补报的");
        add_day(writer, a->older_as_of);
        add(writer, "数改变了判断");
    }
    if (a->proposed == LIGHT_RED && a->light != LIGHT_RED) add(writer, "；研判待核定");
    if (a->overridden) {
        add(writer, "；亮灯由%.*s另定，到", (int)a->override_by.len, a->override_by.ptr);
        add_dated(writer, a->override_until);
        if (a->override_reason.ptr)
            add(writer, "（%.*s）", (int)a->override_reason.len, a->override_reason.ptr);
    }
    if (a->counties_expected > a->counties_in) add(writer, "；缺%u县", a->counties_expected - a->counties_in);
    if (a->unfinished_count > 0) add(writer, "；%zu县未完成", a->unfinished_count);
}

size_t assess_why(const struct plan *plan, const struct cell *cell, const struct assessment *assessment, char *out,
                  size_t capacity) {
    struct writer writer = {out, capacity, 0};
    if (capacity == 0) return 0;
    out[0] = '\0';
    add_figure(&writer, plan, cell, assessment);
    add_distance(&writer, plan, cell, assessment);
    add_reason(&writer, plan, assessment);
    add_remarks(&writer, assessment);
    add(&writer, "。");
    return writer.len;
}

static void stale_flag(const struct plan *plan, const struct assessment *a, void (*each)(const char *flag, void *arg),
                       void *arg) {
    char flag[512];
    struct writer writer = {flag, sizeof flag, 0};
    add(&writer, "stale_parts ");
    for (size_t i = 0; i < a->stale_count; i++)
        add(&writer, "%s%s", i > 0 ? "," : "", plan->areas[a->stale[i]].code);
    each(flag, arg);
}

static void held_flag(const struct assessment *a, void (*each)(const char *flag, void *arg), void *arg) {
    char flag[192], from[64], to[64];
    (void)snprintf(flag, sizeof flag, "held %s→%s", figure_text(&a->held_from, from), figure_text(&a->held_to, to));
    each(flag, arg);
}

void assess_flags(const struct plan *plan, const struct assessment *a, void (*each)(const char *flag, void *arg),
                  void *arg) {
    if (a->due_soon_30) each("due_soon 30", arg);
    if (a->due_soon_7) each("due_soon 7", arg);
    if (a->node_missed) each("node_missed", arg);
    if (a->extended) each("extended", arg);
    if (a->share_changed) each("share_changed", arg);
    if (a->made_good) each("made_good", arg);
    if (a->held) held_flag(a, each, arg);
    if (a->two_sources) each("two_sources", arg);
    if (a->on_behalf) each("on_behalf", arg);
    if (a->denominator_differs) each("denominator_differs", arg);
    if (a->stale_parts) stale_flag(plan, a, each, arg);
    if (a->late) each("late", arg);
    if (a->back_filled) each("back_filled", arg);
    if (a->assumed_from) each("assumed_from", arg);
}
