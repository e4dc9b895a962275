/* The pace of a cell: what it leads to, what is needed, and the best its own county ever held. */
#include "common/domain/saying.h"

/* Never to the day: a third of a month, or the border between two. */
static void add_third(const struct digest_view *view, struct day day, struct buffer *out) {
    int year, month, mday, here, m, d;
    day_split(day, &year, &month, &mday);
    day_split(instant_day(view->now), &here, &m, &d);
    if (year == here + 1)
        buffer_add_text(out, "明年");
    else if (year != here)
        buffer_printf(out, "%d年", year);
    buffer_printf(out, "%d月%s", month,
                  mday <= 8    ? "上旬"
                  : mday <= 12 ? "上中旬"
                  : mday <= 18 ? "中旬"
                  : mday <= 22 ? "中下旬"
                               : "下旬");
}

/* A pace is a round figure: with the places of the figures it comes from, and one at least where there are any. */
static void add_pace(const struct digest_view *view, const struct digest_item *item, struct decimal pace,
                     struct buffer *out) {
    unsigned own = item->assessment->value.scale > item->decimals ? item->assessment->value.scale : item->decimals;
    unsigned places = own > 1 ? own : 1;
    struct decimal round = pace;
    if (pace.scale > places && (!exact_round(exact_of(pace), places, ROUND_HALF_UP, &round) || round.mantissa == 0))
        round = pace;
    saying_value(view, item, round, out);
    saying_unit(view->plan, item->cell, out);
}

static void add_speed(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    const struct pace *pace = &item->pace;
    if (!pace->has_recent) {
        buffer_printf(out, "照近%u期速度", item->assessment->forecast.n);
        return;
    }
    buffer_printf(out, "照近%u个月速度（月均", pace->recent_months);
    add_pace(view, item, pace->recent, out);
    buffer_add_text(out, "）");
}

/* "还要约1.6个月，"; nothing where the division has no sense. */
static void add_months_left(const struct digest_item *item, struct buffer *out) {
    struct decimal months;
    if (!item->pace.has_recent || !item->assessment->has_missing) return;
    struct exact left = exact_divide(exact_of(item->assessment->missing), exact_of(item->pace.recent));
    if (!exact_known(left) || exact_sign(left) <= 0 || !exact_round(left, 1, ROUND_HALF_UP, &months)) return;
    char text[DECIMAL_TEXT_MAX];
    decimal_print(months, text);
    buffer_printf(out, "还要约%s个月，", text);
}

static void add_given(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    const struct assessment *a = item->assessment;
    add_speed(view, item, out);
    if (!day_is(a->forecast.median)) {
        buffer_add_text(out, "说不出完成时间。");
    } else if (a->state == STATE_OVERDUE) {
        add_months_left(item, out);
        buffer_add_text(out, "到");
        add_third(view, a->forecast.median, out);
        buffer_add_text(out, "。");
    } else {
        buffer_add_text(out, "约");
        add_third(view, a->forecast.median, out);
        buffer_printf(out, "完成（%u期数据）。", a->forecast.n);
    }
}

void saying_forecast(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    switch (item->assessment->forecast.refused) {
    case FORECAST_GIVEN:
        add_given(view, item, out);
        break;
    case FORECAST_SMALL_GOAL:
        buffer_add_text(out, "件数少，不作趋势预测。");
        break;
    case FORECAST_SILENCE:
        buffer_add_text(out, "近期没有新数，不作趋势预测。");
        break;
    case FORECAST_FEW_POINTS:
        buffer_add_text(out, "不足4期数据，不作趋势预测。");
        break;
    case FORECAST_DONE:
    case FORECAST_KIND:
    case FORECAST_NO_FIGURE:
    case FORECAST_ROLLUP:
        break;
    }
}

void saying_forecast_line(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    size_t before = out->len;
    saying_forecast(view, item, out);
    if (out->len > before) buffer_add_text(out, "\n");
}

void saying_pace(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    struct pace_needed needed;
    if (!pace_needed(view->plan, item->cell, item->assessment, &needed)) return;
    buffer_printf(out, "要按期，今后%u个月每月须", needed.months);
    add_pace(view, item, needed.each, out);
    if (item->pace.known) {
        buffer_printf(out, "；%s最快的一个月是", saying_own(view, item));
        add_pace(view, item, item->pace.best, out);
    }
    buffer_add_text(out, "。\n");
}
