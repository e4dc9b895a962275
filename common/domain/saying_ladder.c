/* What was asked and answered, what follows without an answer, and what the office decided. */
#include <string.h>

#include "common/domain/alert_ladder.h"
#include "common/domain/requests.h"
#include "common/domain/saying.h"

enum { ANSWER_CHARS_MAX = 100, DOCUMENT_CHARS_MAX = 40 };

static bool was(struct instant at) {
    return instant_is(at) && at.ms > 0;
}
static bool known(struct day day) {
    return day_is(day) && day.n > 0;
}
static bool cause_is(const struct digest_item *item, const char *cause) {
    return item->cause && strcmp(item->cause, cause) == 0;
}
static bool answered(const struct digest_item *item) {
    return item->answer.who.ptr && item->answer.who.len > 0;
}

/* --- answers --- */

/* "天气，“桥面材料1月15日到”" */
static void add_said(const struct digest_answer *answer, struct buffer *out) {
    bool reason = answer->reason.ptr && answer->reason.len > 0, text = answer->text.ptr && answer->text.len > 0;
    const char *word = reason ? reply_reason_chinese(answer->reason) : NULL;
    if (reason) buffer_add_text(out, "：");
    if (word)
        buffer_add_text(out, word);
    else if (reason)
        buffer_add(out, answer->reason.ptr, answer->reason.len);
    if (!text) return;
    buffer_add_text(out, reason ? "，“" : "：“");
    saying_text(answer->text, ANSWER_CHARS_MAX, out);
    buffer_add_text(out, "”");
}

static const char *answerer(const struct digest_view *view, const struct digest_item *item) {
    if (item->cell && !view->plan->areas[item->cell->area].city) return view->plan->areas[item->cell->area].name;
    if (item->stream && item->stream->area != NO_INDEX) return view->plan->areas[item->stream->area].name;
    return "";
}

static void add_answer(const struct digest_view *view, const struct digest_item *item, bool brief, struct buffer *out) {
    const struct digest_answer *answer = &item->answer;
    buffer_add_text(out, answerer(view, item));
    if (known(answer->by)) {
        buffer_add_text(out, "承诺");
        saying_day_near(view, answer->by, out);
        buffer_printf(out, "前完成（%.*s，", (int)answer->who.len, answer->who.ptr);
        saying_day_near(view, answer->said, out);
        buffer_add_text(out, "答复");
    } else {
        saying_day_near(view, answer->said, out);
        buffer_printf(out, "答复（%.*s", (int)answer->who.len, answer->who.ptr);
    }
    if (!brief) add_said(answer, out);
    buffer_add_text(out, known(answer->by) ? "）" : "），没有说完成日期");
}

void saying_answer(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    if (answered(item)) add_answer(view, item, true, out);
}

void saying_answer_line(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    if (!answered(item)) return;
    add_answer(view, item, false, out);
    buffer_add_text(out, cause_is(item, "promise_broken")                    ? "，承诺到期未完成。\n"
                         : cause_is(item, "worse") && known(item->answer.by) ? "。承诺期内又慢了，请再答复。\n"
                                                                             : "。\n");
}

/* --- what was said before --- */

const char *saying_level(const char *level) {
    if (level && strcmp(level, "yellow_card") == 0) return "黄牌";
    if (level && strcmp(level, "red_card") == 0) return "红牌";
    return level && strcmp(level, "circular") == 0 ? "通报" : "督办件";
}

/* "1月28日发黄牌（广两改办〔2022〕3号）" */
void saying_issue_past(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    saying_day_near(view, item->issue.on, out);
    buffer_printf(out, "发%s", saying_level(item->issue.level));
    if (item->issue.document.len == 0) return;
    buffer_add_text(out, "（");
    saying_text(item->issue.document, DOCUMENT_CHARS_MAX, out);
    buffer_add_text(out, "）");
}

static size_t add_rungs(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    bool issued = item->issue.level && known(item->issue.on) && saying_step(item, "red_card");
    enum alert_rung until = saying_step(item, "issued") ? RUNG_YELLOW_CARD : saying_rung(item);
    size_t n = 0;
    for (int rung = RUNG_REMINDED; rung < (int)until; rung++) {
        if (!was(item->said[rung]) || (rung == RUNG_YELLOW_CARD && issued)) continue;
        if (n++) buffer_add_text(out, "，");
        saying_day_near(view, instant_day(item->said[rung]), out);
        buffer_add_text(out, alert_rung_word((enum alert_rung)rung));
    }
    if (issued) {
        if (n++) buffer_add_text(out, "，");
        saying_issue_past(view, item, out);
    }
    return n;
}

static void add_history(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    size_t rungs = add_rungs(view, item, out);
    if (answered(item)) {
        if (rungs) buffer_add_text(out, "；");
        add_answer(view, item, false, out);
        if (cause_is(item, "promise_broken")) buffer_add_text(out, "，承诺到期未完成");
    } else {
        if (rungs) buffer_add_text(out, "，");
        buffer_add_text(out, item->stream ? "没有收到数据，也没有收到答复" : "没有收到答复");
    }
}

void saying_history(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    buffer_add_text(out, "经过：");
    add_history(view, item, out);
    buffer_add_text(out, "。\n");
}

/* --- what follows --- */

void saying_answer_day(const struct digest_view *view, struct buffer *out) {
    struct day by =
        calendar_add_working(view->plan->calendar, instant_day(view->now), saying_rules(view)->alerts.answer_days);
    saying_day_near(view, by, out);
}

bool saying_follow(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    enum alert_rung rung = saying_rung(item);
    struct day day = alert_ladder_day(view->plan, view->rules, item->cell, item->rule, rung, instant_day(view->now));
    if (!day_is(day)) return false;
    saying_day_near(view, day, out);
    if (rung == RUNG_REMINDED)
        buffer_add_text(out, "转催办");
    else if (rung == RUNG_URGED)
        buffer_printf(out, "由%s研究是否发黄牌", saying_office(view->plan));
    else
        buffer_add_text(out, "列为拟红牌");
    return true;
}

void saying_follow_line(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    size_t before = out->len;
    buffer_add_text(out, item->stream ? "后续：仍没有数、也没有说明的，" : "后续：无说明的，");
    if (saying_proposal(item)) {
        buffer_cut(out, before);
        buffer_add_text(out, "后续：仍无说明的，");
    }
    bool follows = saying_follow(view, item, out);
    if (!follows) {
        buffer_cut(out, before);
        buffer_add_text(out, "后续：");
    } else {
        buffer_add_text(out, saying_rung(item) == RUNG_URGED ? "，系统不自动发。" : "。");
    }
    bool told = follows;
    if (item->rule == ALERT_OVERDUE && saying_rung(item) == RUNG_REMINDED) {
        buffer_printf(out, "黄牌、红牌由%s研究后另发，系统不自动发。", saying_office(view->plan));
        told = true;
    }
    if (item->rule == ALERT_SLIPPING && saying_rung(item) == RUNG_REMINDED && item->assessment->light != LIGHT_RED &&
        !item->assessment->overridden && saying_rules(view)->release == RELEASE_OFFICE) {
        buffer_printf(out, "研判供核对，亮灯由%s核定。", saying_office(view->plan));
        told = true;
    }
    if (item->rule == ALERT_FELL_BACK && saying_rung(item) == RUNG_REMINDED) {
        buffer_add_text(out, "保持类目标不销号。");
        told = true;
    }
    if (told)
        buffer_add_text(out, "\n");
    else
        buffer_cut(out, before);
}

/* --- what the office decided --- */

const char *saying_colour(enum light light) {
    static const char *const words[] = {"无", "灰", "绿", "蓝", "黄", "红"};
    return light >= LIGHT_NONE && light <= LIGHT_RED ? words[light] : words[LIGHT_NONE];
}

/* A light that a person set: who, why, until when, and the computed one beside it. */
static void add_override(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    enum { REASON_CHARS_MAX = 60 };
    const struct assessment *a = item->assessment;
    buffer_printf(out, "亮灯：%s（%s定，理由“", saying_colour(a->light), saying_office(view->plan));
    if (a->override_reason.ptr) saying_text(a->override_reason, REASON_CHARS_MAX, out);
    buffer_add_text(out, "”，至");
    saying_day_near(view, a->override_until, out);
    buffer_printf(out, "；系统为%s）。\n", saying_colour(a->computed_light));
}

void saying_red(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    const struct assessment *a = item->assessment;
    if (item->recipient) return; /* a room: others' lights are not for it */
    if (a->overridden) {
        add_override(view, item, out);
        return;
    }
    if (a->light != LIGHT_RED) return;
    if (saying_rules(view)->release == RELEASE_OFFICE) {
        buffer_printf(out, "亮灯：红（%s", saying_office(view->plan));
        saying_day_near(view, a->light_since, out);
        buffer_add_text(out, "核定）。\n");
    } else {
        buffer_add_text(out, "亮灯：红（按规则自动亮，");
        saying_day_near(view, a->light_since, out);
        buffer_add_text(out, "起）。\n");
    }
}

static void add_full_day(struct day day, struct buffer *out) {
    int year, month, mday;
    day_split(day, &year, &month, &mday);
    buffer_printf(out, "%d年%d月%d日", year, month, mday);
}

static void draft_figures(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    const struct assessment *a = item->assessment;
    const struct cell *cell = item->cell;
    if (!a->has_value || !day_is(a->figure_as_of)) {
        buffer_add_text(out, "还没有报过数");
        return;
    }
    buffer_add_text(out, "截至");
    saying_day_near(view, a->figure_as_of, out);
    if (!cell->has_goal) {
        buffer_add_text(out, a->figure.done ? "已完成" : "未完成");
        return;
    }
    buffer_printf(out, "完成");
    saying_value(view, item, a->value, out);
    saying_unit(view->plan, cell, out);
    if (item->rule != ALERT_OVERDUE && a->has_planned) {
        buffer_add_text(out, "，应达");
        saying_value(view, item, a->planned, out);
        saying_unit(view->plan, cell, out);
    }
    struct decimal gap = item->rule == ALERT_OVERDUE ? a->missing : a->units_behind;
    if (item->rule == ALERT_OVERDUE ? !a->has_missing : !a->has_units_behind) return;
    buffer_add_text(out, "，差");
    saying_value(view, item, gap, out);
    saying_unit(view->plan, cell, out);
}

void saying_draft(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    const struct cell *cell = item->cell;
    buffer_printf(out, "拟稿：%s%s", view->plan->areas[cell->area].name, view->plan->targets[cell->target].short_name);
    if (day_is(item->assessment->due)) {
        buffer_add_text(out, "应于");
        add_full_day(item->assessment->due, out);
        buffer_add_text(out, "前完成");
        if (cell->has_goal) {
            saying_value(view, item, cell->goal, out);
            saying_unit(view->plan, cell, out);
        }
    }
    buffer_add_text(out, "，");
    draft_figures(view, item, out);
    buffer_add_text(out, "。");
    add_history(view, item, out);
    buffer_printf(out, "。请于文到%u个工作日内书面报告原因、措施和完成日期。\n",
                  saying_rules(view)->alerts.answer_days);
}
