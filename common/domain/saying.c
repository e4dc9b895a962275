#include "common/domain/saying.h"

#include <stdio.h>

#include "common/base/text.h"

bool saying_recovered(const struct digest_item *item) {
    return strcmp(item->step, "recovered") == 0;
}

const char *saying_state(const struct digest_item *item) {
    if (!saying_recovered(item)) return alert_rule_word(item->rule);
    bool made_good = item->rule == ALERT_MISSING || item->rule == ALERT_REJECTED || item->rule == ALERT_OVERDUE;
    return made_good ? "补齐" : "转好";
}

const char *saying_office(const struct plan *plan) {
    return plan->office_name && *plan->office_name ? plan->office_name : "办公室";
}

const char *saying_speaker(const struct plan *plan, const struct stream_facts *stream) {
    if (stream->role == SPEAKER_COUNTY && stream->area != NO_INDEX) return plan->areas[stream->area].short_name;
    if (stream->role == SPEAKER_OFFICE) return saying_office(plan);
    if (stream->unit != NO_INDEX && plan->units[stream->unit].short_name) return plan->units[stream->unit].short_name;
    return stream->name;
}

/* --- days --- */

void saying_day(struct day day, struct buffer *out) {
    if (!day_is(day)) return;
    int year, month, mday;
    day_split(day, &year, &month, &mday);
    buffer_printf(out, "%d月%d日", month, mday);
}

struct saying_text saying_short_day(struct day day) {
    struct saying_text out = {""};
    if (!day_is(day)) return out;
    int year, month, mday;
    day_split(day, &year, &month, &mday);
    snprintf(out.text, sizeof out.text, "%d月%d日", month, mday);
    return out;
}

/* With the year where it is another one. */
static void add_day_of_year(struct day day, struct day near, struct buffer *out) {
    int year, month, mday, here, m, d;
    day_split(day, &year, &month, &mday);
    day_split(near, &here, &m, &d);
    if (year != here) buffer_printf(out, "%d年", year);
    buffer_printf(out, "%d月%d日", month, mday);
}

/* --- figures --- */

static const struct target *target_of(const struct plan *plan, const struct digest_item *item) {
    return &plan->targets[item->cell->target];
}

static void add_decimal(struct decimal value, struct buffer *out) {
    char text[DECIMAL_TEXT_MAX];
    decimal_print(value, text);
    buffer_add_text(out, text);
}

static void add_figure(const struct figure *figure, struct buffer *out) {
    if (figure->form == FIGURE_DONE) {
        buffer_add_text(out, figure->done ? "已完成" : "未完成");
    } else if (figure->form == FIGURE_FRACTION) {
        add_decimal(figure->value, out);
        buffer_add_char(out, '/');
        add_decimal(figure->denominator, out);
    } else if (figure->form == FIGURE_VALUE) {
        add_decimal(figure->value, out);
    }
}

/* "个乡镇（街道）" is too long for line 1: what stands in brackets is left out. */
static void add_unit(const struct target *target, struct buffer *out) {
    if (!target->unit) return;
    const char *bracket = strstr(target->unit, "（");
    buffer_add(out, target->unit, bracket && bracket != target->unit ? (size_t)(bracket - target->unit)
                                                                    : strlen(target->unit));
}

void saying_figure(const struct plan *plan, const struct digest_item *item, enum saying_brevity brevity,
                   struct buffer *out) {
    const struct assessment *a = item->assessment;
    const struct target *target = target_of(plan, item);
    if (item->rule == ALERT_CORRECTION && !saying_recovered(item)) {
        add_figure(&a->held_from, out);
        buffer_add_text(out, "→");
        add_figure(&a->held_to, out);
        if (a->held_to.form != FIGURE_DONE && brevity < SAYING_NO_UNIT) add_unit(target, out);
        buffer_add_char(out, ' ');
        return;
    }
    if (target->kind == KIND_MILESTONE && !item->cell->rollup) {
        buffer_add_text(out, !a->has_value ? "未报 " : a->figure.done ? "已完成 " : "未完成 ");
        return;
    }
    if (a->has_value)
        buffer_add_text(out, a->value_text);
    else
        buffer_add_text(out, "未报");
    if (item->cell->has_goal) {
        buffer_add_char(out, '/');
        add_decimal(item->cell->goal, out);
    }
    if (brevity < SAYING_NO_UNIT) add_unit(target, out);
    buffer_add_char(out, ' ');
}

static void add_points(int32_t tenths, struct buffer *out) {
    int32_t size = tenths < 0 ? -tenths : tenths;
    buffer_printf(out, "%d.%d", (int)(size / 10), (int)(size % 10));
}

static void number_slipping(const struct digest_item *item, enum saying_brevity brevity, struct buffer *out) {
    const struct assessment *a = item->assessment;
    if (a->has_planned && brevity < SAYING_NO_PLAN) {
        buffer_add_text(out, "应达");
        add_decimal(a->planned, out);
        buffer_add_char(out, ' ');
    }
    if (a->has_days_behind && a->days_behind > 0) {
        buffer_printf(out, "慢%d天", (int)a->days_behind);
    } else if (a->has_units_behind) {
        buffer_add_text(out, "差");
        add_decimal(a->units_behind, out);
    } else if (a->has_deviation) {
        buffer_add_text(out, "差");
        add_points(a->deviation_tenths, out);
        buffer_add_text(out, "个百分点");
    } else if (a->node_missed) {
        buffer_add_text(out, "过了节点");
    }
}

static void number_due(const struct digest_item *item, struct instant now, struct buffer *out) {
    struct day due = item->assessment->due;
    buffer_printf(out, "剩%d天（", (int)(due.n - instant_day(now).n));
    saying_day(due, out);
    buffer_add_text(out, "）");
}

static void number_overdue(const struct plan *plan, const struct digest_item *item, struct instant now,
                           struct buffer *out) {
    const struct assessment *a = item->assessment;
    if (a->has_missing && target_of(plan, item)->kind != KIND_MILESTONE && a->has_value) {
        buffer_add_text(out, "差");
        add_decimal(a->missing, out);
        buffer_add_char(out, ' ');
    }
    int32_t days = day_is(a->overdue_since) ? instant_day(now).n - a->overdue_since.n + 1 : a->days_overdue;
    buffer_printf(out, "逾期%d天", (int)days);
}

static void add_missing(const struct digest_item *item, struct buffer *out) {
    if (!item->assessment->has_missing) return;
    buffer_add_text(out, "差");
    add_decimal(item->assessment->missing, out);
}

/* A colour is named only where a person had released it. */
static void number_recovered(const struct digest_item *item, struct buffer *out) {
    const struct assessment *a = item->assessment;
    const char *cause = item->cause ? item->cause : "";
    if (item->rule == ALERT_OVERDUE || strcmp(cause, "done") == 0) {
        buffer_add_text(out, item->rule == ALERT_OVERDUE ? "逾期后完成" : "已完成");
    } else if (item->rule == ALERT_FELL_BACK) {
        buffer_add_text(out, "已恢复");
    } else {
        buffer_add_text(out, strcmp(cause, "red_yellow") == 0 ? "红转黄"
                             : strcmp(cause, "red_blue") == 0 ? "红灯解除"
                                                              : "不再滞后");
        if (a->has_units_behind && a->units_behind.mantissa > 0) {
            buffer_add_text(out, " 差");
            add_decimal(a->units_behind, out);
        }
    }
}

void saying_number(const struct plan *plan, const struct digest_item *item, struct instant now,
                   enum saying_brevity brevity, struct buffer *out) {
    if (saying_recovered(item)) {
        number_recovered(item, out);
        return;
    }
    switch (item->rule) {
    case ALERT_DUE_SOON: number_due(item, now, out); break;
    case ALERT_SLIPPING:
    case ALERT_REVIEW: number_slipping(item, brevity, out); break;
    case ALERT_OVERDUE: number_overdue(plan, item, now, out); break;
    case ALERT_FELL_BACK: add_missing(item, out); break;
    case ALERT_CORRECTION: buffer_add_text(out, "待核"); break;
    case ALERT_MISSING:
    case ALERT_OFFLINE:
    case ALERT_REJECTED:
    case ALERT_UNDELIVERABLE:
    case ALERT_CALENDAR:
    case ALERT_STUCK:
    case ALERT_RULES: break;
    }
}

/* --- sentences about a cell --- */

void saying_basis(const struct plan *plan, const struct digest_item *item, struct buffer *out) {
    (void)plan;
    const struct assessment *a = item->assessment;
    if (!a->has_value || !day_is(a->figure_as_of)) {
        buffer_add_text(out, "还没有报过数。");
        return;
    }
    buffer_add_text(out, "截至");
    saying_day(a->figure_as_of, out);
    if (instant_is(item->reported_at)) {
        buffer_add_text(out, "（");
        saying_day(instant_day(item->reported_at), out);
        buffer_add_text(out, "报）");
    }
    buffer_add_text(out, "。");
}

/* Hundredths, as far as 64 bits reach; -1 = cannot say. */
static int64_t hundredths(struct decimal value) {
    int64_t m = value.mantissa;
    for (unsigned s = value.scale; s > 2; s--) m /= 10;
    for (unsigned s = value.scale; s < 2; s++)
        if (__builtin_mul_overflow(m, 10, &m)) return -1;
    return m;
}

/* How much of the way was planned, in whole per cent, for a running total from its opening. */
static int planned_percent(const struct digest_item *item) {
    const struct assessment *a = item->assessment;
    if (!a->has_planned || !item->cell->has_goal) return -1;
    int64_t opening = item->cell->has_opening ? hundredths(item->cell->opening) : 0;
    int64_t way = hundredths(item->cell->goal) - opening, done = hundredths(a->planned) - opening, scaled;
    if (way <= 0 || done < 0 || __builtin_mul_overflow(done, 100, &scaled)) return -1;
    return (int)((scaled + way / 2) / way);
}

void saying_basis_planned(const struct plan *plan, const struct digest_item *item, struct buffer *out) {
    const struct assessment *a = item->assessment;
    if (!a->has_value || !day_is(a->figure_as_of) || !a->has_planned) {
        saying_basis(plan, item, out);
        return;
    }
    buffer_add_text(out, "截至");
    saying_day(a->figure_as_of, out);
    if (instant_is(item->reported_at)) {
        buffer_add_text(out, "（");
        saying_day(instant_day(item->reported_at), out);
        buffer_add_text(out, "报）");
    }
    int percent = planned_percent(item);
    buffer_add_text(out, "，与");
    saying_day(a->figure_as_of, out);
    if (percent >= 0)
        buffer_printf(out, "的序时%d%%比", percent);
    else
        buffer_add_text(out, "的序时比");
    buffer_add_text(out, "，应达");
    add_decimal(a->planned, out);
    buffer_add_text(out, "。");
    saying_due_moved(item, out);
}

void saying_left(const struct plan *plan, const struct digest_item *item, struct buffer *out) {
    const struct target *target = target_of(plan, item);
    if (!item->assessment->has_missing || !item->assessment->has_value || target->kind == KIND_MILESTONE) return;
    buffer_add_text(out, "余");
    add_decimal(item->assessment->missing, out);
    add_unit(target, out);
    buffer_add_text(out, "，");
}

void saying_due_moved(const struct digest_item *item, struct buffer *out) {
    const struct assessment *a = item->assessment;
    if (!day_is(a->due) || !day_is(a->due_original) || a->due.n == a->due_original.n) return;
    buffer_add_text(out, "期限");
    add_day_of_year(a->due, a->due_original, out);
    buffer_add_text(out, "，原期限");
    saying_day(a->due_original, out);
    buffer_add_text(out, "。");
}

void saying_due(const struct digest_item *item, struct buffer *out) {
    const struct assessment *a = item->assessment;
    if (!day_is(a->due)) return;
    if (a->extended) {
        saying_due_moved(item, out);
        return;
    }
    buffer_add_text(out, "期限");
    saying_day(a->due, out);
    buffer_add_text(out, "，未延期过。");
}

/* Never to the day: a third of a month. */
static void add_third(struct day day, struct day today, struct buffer *out) {
    int year, month, mday, here, m, d;
    day_split(day, &year, &month, &mday);
    day_split(today, &here, &m, &d);
    if (year == here + 1)
        buffer_add_text(out, "明年");
    else if (year != here)
        buffer_printf(out, "%d年", year);
    buffer_printf(out, "%d月%s", month, mday <= 10 ? "上旬" : mday <= 20 ? "中旬" : "下旬");
}

void saying_forecast(const struct digest_item *item, struct instant now, struct buffer *out) {
    const struct forecast *f = &item->assessment->forecast;
    switch (f->refused) {
    case FORECAST_GIVEN:
        if (!day_is(f->median)) break;
        buffer_printf(out, "照近%u期速度约", f->n);
        add_third(f->median, instant_day(now), out);
        buffer_printf(out, "完成（%u期数据）。", f->n);
        break;
    case FORECAST_SMALL_GOAL: buffer_add_text(out, "件数少，不作趋势预测。"); break;
    case FORECAST_SILENCE: buffer_add_text(out, "近期没有新数，不作趋势预测。"); break;
    case FORECAST_FEW_POINTS: buffer_add_text(out, "不足4期数据，不作趋势预测。"); break;
    case FORECAST_DONE:
    case FORECAST_KIND:
    case FORECAST_NO_FIGURE:
    case FORECAST_ROLLUP: break;
    }
}

void saying_forecast_line(const struct digest_item *item, struct instant now, struct buffer *out) {
    size_t before = out->len;
    saying_forecast(item, now, out);
    if (out->len > before) buffer_add_text(out, "\n");
}

void saying_pace(const struct plan *plan, const struct digest_item *item, struct buffer *out) {
    const struct assessment *a = item->assessment;
    const struct target *target = target_of(plan, item);
    if (target->kind != KIND_CUMULATIVE || !a->has_missing || !day_is(a->due) || !a->has_value) return;
    int year, month, mday, due_year, due_month, due_mday;
    day_split(a->figure_as_of, &year, &month, &mday);
    day_split(a->due, &due_year, &due_month, &due_mday);
    int months = (due_year - year) * 12 + due_month - month;
    int64_t missing = a->missing.mantissa;
    unsigned scale = a->missing.scale;
    for (; scale < target->decimals; scale++)
        if (__builtin_mul_overflow(missing, 10, &missing)) return;
    if (months < 1 || missing <= 0) return;
    for (; scale > target->decimals; scale--) missing = (missing + 5) / 10;
    struct decimal pace;
    bool counted = cell_is_counted(plan, item->cell);
    missing = counted ? (missing + months - 1) / months : (2 * missing + months) / (2 * months);
    if (decimal_make(missing, scale, &pace) != PROTO_OK) return;
    buffer_printf(out, "要按期，今后%d个月每月须", months);
    add_decimal(pace, out);
    add_unit(target, out);
    buffer_add_text(out, "。\n");
}

static const char *sayer(const struct plan *plan, const struct digest_item *item) {
    return plan->areas[item->cell->area].city ? "填报单位说明" : "县里说明";
}

void saying_words(const struct plan *plan, const struct digest_item *item, struct buffer *out) {
    if (!item->words.ptr || item->words.len == 0) {
        buffer_printf(out, "%s：没有填。\n", sayer(plan, item));
        return;
    }
    buffer_printf(out, "%s：“%.*s”", sayer(plan, item), (int)item->words.len, item->words.ptr);
    if (item->words_unit.ptr && item->words_unit.len > 0)
        buffer_printf(out, "（%.*s）", (int)item->words_unit.len, item->words_unit.ptr);
    buffer_add_text(out, "\n");
}

void saying_words_short(const struct plan *plan, const struct digest_item *item, struct buffer *out) {
    const char *who = plan->areas[item->cell->area].city ? "说明" : "县里";
    if (!item->words.ptr || item->words.len == 0) {
        buffer_printf(out, "｜%s：没有填", who);
        return;
    }
    enum { SHORT_WORDS_CHARS = 24 };
    size_t cut = text_cut_chars(item->words.ptr, item->words.len, SHORT_WORDS_CHARS);
    buffer_printf(out, "｜%s：%.*s%s", who, (int)cut, item->words.ptr, cut < item->words.len ? "…" : "");
}
