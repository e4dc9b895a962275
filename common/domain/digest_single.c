/* One item at length: as of when, what is missing, the county's own words, what is asked by when, what follows and who
 * decides, number. */
#include <string.h>

#include "common/domain/digest_list.h"

/* "one 提醒": a missed 力争 is said once, and nothing is asked. */
static bool aspires(const struct digest_view *view, const struct digest_item *item) {
    return item->rule == ALERT_OVERDUE && view->plan->targets[item->cell->target].firmness == FIRM_ASPIRE;
}

/* --- asks --- */

static void ask(const struct digest_view *view, const char *what, struct buffer *out) {
    buffer_add_text(out, "请办：");
    saying_answer_day(view, out);
    buffer_printf(out, "前%s（%u个工作日）。\n", what, saying_rules(view)->alerts.answer_days);
}

/* What was said before belongs to a reminder that is repeated; to the first one only what was answered. */
static void add_past(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    if (saying_step(item, "urged"))
        saying_history(view, item, out);
    else
        saying_answer_line(view, item, out);
}

static void add_others(const struct digest_item *item, struct buffer *out) {
    if (item->others) buffer_printf(out, "收到本条：%s。\n", item->others);
}

/* --- bodies by rule --- */

/* The newest period still to come: the one before today's as long as its closing day has not passed. */
static struct period next_report(const struct digest_view *view, const struct digest_item *item) {
    const struct plan *plan = view->plan;
    struct day today = instant_day(view->now);
    struct period now = period_of(plan->calendar, &plan->reporting, today);
    struct period before = period_before(plan->calendar, &plan->reporting, now);
    bool open = day_is(before.closing) && today.n <= before.closing.n;
    bool owed = !item->assessment->has_value || item->assessment->figure_as_of.n < before.first.n;
    return open && owed ? before : now;
}

static void body_due_soon(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    const struct assessment *a = item->assessment;
    const struct plan *plan = view->plan;
    saying_basis(view, item, out);
    size_t before = out->len;
    saying_rest(view, item, out);
    if (out->len > before && !plan->targets[item->cell->target].percent) saying_unit(plan, item->cell, out);
    if (out->len > before) buffer_add_text(out, "，");
    buffer_printf(out, "剩%d个工作日。", calendar_working_between(plan->calendar, instant_day(view->now), a->due));
    saying_forecast(view, item, out);
    buffer_add_text(out, "\n");
    if (saying_due_has_moved(item)) {
        saying_due_moved(view, item, out);
        buffer_add_text(out, "\n");
    }
    saying_words(view, item, out);
    saying_answer_line(view, item, out);
    char period[32];
    period_words(&plan->reporting, next_report(view, item), period);
    buffer_printf(out, "请办：报%s数据即可，不用另回；如不能按期，", period);
    saying_day_near(view, a->due, out);
    buffer_printf(out, "前%s提出延期（理由、新期限）。\n", a->extended ? "再" : "");
}

static void body_overdue(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    saying_basis(view, item, out);
    if (item->assessment->has_value && saying_brevity(view, item) >= SAYING_NO_PLAN) {
        saying_missing(view, item, out);
        if (!view->plan->targets[item->cell->target].percent) saying_unit(view->plan, item->cell, out);
        buffer_add_text(out, "。");
    }
    saying_due(view, item, out);
    buffer_add_text(out, "\n");
    saying_forecast_line(view, item, out);
    saying_words(view, item, out);
    add_past(view, item, out);
    saying_red(view, item, out);
    if (aspires(view, item)) {
        buffer_add_text(out, "力争的目标，只提醒这一次。请办：报下一期数据，说明能否完成。\n");
    } else {
        ask(view, "报完成日期和措施", out);
        saying_follow_line(view, item, out);
    }
    add_others(item, out);
}

static void body_slipping(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    saying_basis_planned(view, item, out);
    buffer_add_text(out, "\n");
    saying_forecast_line(view, item, out);
    saying_pace(view, item, out);
    saying_words(view, item, out);
    add_past(view, item, out);
    saying_red(view, item, out);
    ask(view, "回复原因、措施、能否按期", out);
    saying_follow_line(view, item, out);
}

static void body_fell_back(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    saying_basis(view, item, out);
    buffer_add_text(out, "曾经达到");
    saying_value(view, item, item->cell->goal, out);
    saying_unit(view->plan, item->cell, out);
    buffer_add_text(out, "，现低于目标。\n");
    saying_words(view, item, out);
    add_past(view, item, out);
    ask(view, "说明原因和恢复日期", out);
    saying_follow_line(view, item, out);
}

static void add_reason_of_red(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    const struct assessment *a = item->assessment;
    buffer_add_text(out, "系统研判为红：");
    if (a->state == STATE_OVERDUE || !a->has_deviation) {
        int32_t days = day_is(a->overdue_since) ? instant_day(view->now).n - a->overdue_since.n + 1 : a->days_overdue;
        buffer_printf(out, "逾期%d天。", (int)days);
        return;
    }
    int32_t size = a->deviation_tenths < 0 ? -a->deviation_tenths : a->deviation_tenths;
    buffer_printf(out, "落后%d.%d个百分点", (int)(size / 10), (int)(size % 10));
    if (a->rule && strcmp(a->rule, "out_of_reach") == 0) buffer_add_text(out, "，照最快的速度也难按期");
    buffer_add_text(out, "。");
}

static void body_review(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    saying_basis_planned(view, item, out);
    buffer_add_text(out, "\n");
    saying_forecast_line(view, item, out);
    saying_words(view, item, out);
    saying_answer_line(view, item, out);
    add_reason_of_red(view, item, out);
    buffer_printf(out, "待%s核定；核定前只有本办看得到，对外仍显示%s。\n", saying_office(view->plan),
                  saying_colour(item->assessment->light));
    buffer_printf(out, "核定：duban approve %s --by 姓名；不核定不用操作，每天早上再列。\n", view->number);
}

static void body_correction(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    const struct assessment *a = item->assessment;
    if (a->has_value && day_is(a->figure_as_of)) {
        buffer_add_text(out, "已确认的数截至");
        saying_day_near(view, a->figure_as_of, out);
        if (instant_is(item->reported_at)) {
            buffer_add_text(out, "（");
            saying_day_near(view, instant_day(item->reported_at), out);
            buffer_add_text(out, "报）");
        }
        buffer_add_text(out, "；核定前仍按");
        if (a->figure.form == FIGURE_DONE)
            buffer_add_text(out, a->figure.done ? "已完成" : "未完成");
        else
            saying_value(view, item, a->value, out);
        if (a->figure.form != FIGURE_DONE) saying_unit(view->plan, item->cell, out);
        buffer_add_text(out, "。\n");
    } else {
        buffer_add_text(out, "还没有确认过的数。\n");
    }
    saying_words(view, item, out);
    if (saying_step(item, "days_3")) buffer_printf(out, "已等%u个工作日。\n", saying_rules(view)->alerts.held_days);
    buffer_add_text(out, "请办：核对后用 duban confirm 核定，或请填报单位补更正说明。\n");
}

/* --- what the office decides and decided --- */

/* The facts a card rests on. */
static void add_facts(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    if (!item->cell) {
        saying_known(view, out);
        buffer_add_text(out, "。\n");
        return;
    }
    if (item->rule == ALERT_SLIPPING) {
        saying_basis_planned(view, item, out);
    } else {
        saying_basis(view, item, out);
        saying_due(view, item, out);
    }
    buffer_add_text(out, "\n");
}

static void body_proposal(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    bool red = saying_step(item, "red_card");
    add_facts(view, item, out);
    if (item->cell) {
        saying_forecast_line(view, item, out);
        saying_words(view, item, out);
    }
    saying_history(view, item, out);
    if (item->cell) saying_draft(view, item, out);
    buffer_printf(out, "发不发%s由%s定，系统不自动发。要发：duban issue %s --level %s --doc 文号 --by 姓名\n",
                  red ? "、发红牌还是通报" : "", saying_office(view->plan), view->number,
                  red ? "红牌（或通报）" : "黄牌");
    saying_follow_line(view, item, out);
}

static void add_issue(const struct digest_item *item, const char *before, const char *after, struct buffer *out) {
    if (item->issue.document.len > 0)
        buffer_printf(out, "%s%.*s%s", before, (int)item->issue.document.len, item->issue.document.ptr, after);
}

static void body_issued(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    buffer_add_text(out, saying_office(view->plan));
    saying_day_near(view, item->issue.on, out);
    buffer_printf(out, "发%s", saying_level(item->issue.level));
    add_issue(item, "，文号", "", out);
    buffer_add_text(out, "。\n");
    add_facts(view, item, out);
    if (item->cell) saying_words(view, item, out);
    saying_history(view, item, out);
    buffer_add_text(out, "请办：按文件办理，");
    saying_answer_day(view, out);
    buffer_printf(out, "前报%s（%u个工作日）。有不同意见的，可书面向%s提出。\n",
                  item->cell ? "完成日期和措施" : "数据和原因", saying_rules(view)->alerts.answer_days,
                  saying_office(view->plan));
    add_others(item, out);
}

static void body_withdrawn(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    buffer_printf(out, "%s撤回", saying_office(view->plan));
    saying_day_near(view, item->issue.on, out);
    buffer_printf(out, "发的%s", saying_level(item->issue.level));
    add_issue(item, "（", "）", out);
    buffer_add_text(out, "，记录保留。\n");
    add_facts(view, item, out);
    add_others(item, out);
    buffer_add_text(out, "不用回复。\n");
}

/* --- it is over --- */

static bool cause_is(const struct digest_item *item, const char *cause) {
    return item->cause && strcmp(item->cause, cause) == 0;
}

static void add_month(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    const struct pace *pace = &item->pace;
    if (!pace->has_newest || pace->newest.mantissa <= 0) return;
    buffer_printf(out, "；%d月完成", pace->newest_month);
    saying_value(view, item, pace->newest, out);
    saying_unit(view->plan, item->cell, out);
    if (pace->newest_is_best) buffer_printf(out, "，为%s最快", saying_own(view, item));
}

/* "截至10月31日（11月3日报）：应达80.0，差3.2公里；10月完成18.3公里，为本县最快。" */
static void over_slipping(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    const struct assessment *a = item->assessment;
    if (!a->has_value || !a->has_planned) {
        saying_basis(view, item, out);
        saying_due_moved(view, item, out);
        buffer_add_text(out, "\n");
        return;
    }
    size_t before = out->len;
    saying_basis(view, item, out);
    buffer_cut(out, out->len > before ? out->len - strlen("。") : before);
    buffer_add_text(out, "：应达");
    saying_value(view, item, a->planned, out);
    if (a->has_units_behind && a->units_behind.mantissa > 0) {
        buffer_add_text(out, "，差");
        saying_value(view, item, a->units_behind, out);
        saying_unit(view->plan, item->cell, out);
    } else {
        buffer_add_text(out, "，不慢于计划");
    }
    add_month(view, item, out);
    buffer_add_text(out, "。");
    saying_due_moved(view, item, out);
    buffer_add_text(out, "\n");
}

/* What the next report must be for the yellow to go: the mildest limit of the rules. */
static void add_next_step(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    const struct light_rules *rules = saying_rules(view);
    const struct report_rule *limit = NULL;
    bool small = cell_is_counted(view->plan, item->cell) && item->cell->goal.scale == 0 &&
                 item->cell->goal.mantissa < rules->small_goal;
    for (size_t i = 0; i < rules->report_count; i++) {
        const struct report_rule *rule = &rules->reports[i];
        if (rule->light != LIGHT_YELLOW || rule->when != (small ? WHEN_UNITS : WHEN_POINTS)) continue;
        limit = rule;
    }
    if (!limit) return;
    if (small)
        buffer_printf(out, "再有一期落后不到%d件", (int)limit->units);
    else if (limit->tenths % 10)
        buffer_printf(out, "再有一期落后不到%d.%d个百分点", (int)(limit->tenths / 10), (int)(limit->tenths % 10));
    else
        buffer_printf(out, "再有一期落后不到%d个百分点", (int)(limit->tenths / 10));
    buffer_add_text(out, "即恢复正常，记“已补齐”，历史保留。");
}

static void over_red(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    const struct assessment *a = item->assessment;
    if (item->red_since.n > 0 && day_is(item->red_since) && day_is(a->light_since)) {
        buffer_add_text(out, "红灯");
        saying_day_near(view, item->red_since, out);
        buffer_add_text(out, "至");
        saying_day_near(view, a->light_since, out);
        buffer_printf(out, "（%d天）。", (int)(a->light_since.n - item->red_since.n));
    }
    if (cause_is(item, "red_yellow"))
        add_next_step(view, item, out);
    else
        buffer_printf(out, "%s历史保留。", a->made_good ? "记“已补齐”，" : "");
    buffer_add_text(out, "\n");
}

static void over_closed(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    const struct assessment *a = item->assessment;
    saying_day_near(view, instant_day(item->opened_at), out);
    buffer_printf(out, "的%s", alert_rule_word(item->rule));
    if (cause_is(item, "extension")) {
        buffer_add_text(out, "因延期了结，不是进度赶上；历史保留。\n");
        return;
    }
    bool made_good = a->made_good || (item->rule == ALERT_OVERDUE && a->state == STATE_DONE);
    bool corrected = item->cause && alert_cause_class(item->cause) == CAUSE_CORRECTION;
    if (corrected)
        buffer_printf(out, "到此了结（%s），历史保留。", alert_cause_words(item->cause));
    else
        buffer_printf(out, "到此了结，%s历史保留。", made_good ? "记“已补齐”，" : "");
    bool kept = item->answer.who.ptr && item->answer.by.n > 0 && day_is(item->answer.by) && a->state == STATE_DONE &&
                a->has_value && instant_is(item->reported_at) && instant_day(item->reported_at).n <= item->answer.by.n;
    if (kept) {
        saying_answer(view, item, out);
        buffer_add_text(out, "，已做到。");
    }
    buffer_add_text(out, "\n");
}

/* 100 % is not closed; a hold is never closed. */
static void add_close_out(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    const struct target *target = &view->plan->targets[item->cell->target];
    const struct task *task = &view->plan->tasks[target->task];
    if (item->assessment->state != STATE_DONE || target->kind == KIND_HOLD) return;
    buffer_printf(out, "达到目标不等于销号：由%s申请（附文号），", saying_reporter(view, item));
    for (size_t i = 0; i < task->lead_count; i++)
        buffer_printf(out, "%s%s", i ? "、" : "", view->plan->units[task->leads[i]].name);
    buffer_printf(out, "核，%s验。\n", saying_office(view->plan));
}

static void body_recovered(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    if (item->stream) {
        saying_silence_over(view, item, out);
    } else if (item->cell) {
        bool red = !item->recipient && (cause_is(item, "red_yellow") || cause_is(item, "red_blue"));
        bool moved =
            item->assessment->state == STATE_DONE || cause_is(item, "extension") || item->rule != ALERT_SLIPPING;
        if (moved) {
            saying_basis(view, item, out);
            saying_due(view, item, out);
            buffer_add_text(out, "\n");
        } else {
            over_slipping(view, item, out);
        }
        if (red && !moved)
            over_red(view, item, out);
        else
            over_closed(view, item, out);
        add_close_out(view, item, out);
    } else {
        saying_known(view, out);
        buffer_add_text(out, "，记录保留。\n");
    }
    buffer_add_text(out, "不用回复。\n");
}

/* --- the whole --- */

static void body_of_rule(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    static void (*const bodies[ALERT_RULES])(const struct digest_view *, const struct digest_item *,
                                             struct buffer *) = {
        [ALERT_DUE_SOON] = body_due_soon,
        [ALERT_SLIPPING] = body_slipping,
        [ALERT_REVIEW] = body_review,
        [ALERT_OVERDUE] = body_overdue,
        [ALERT_FELL_BACK] = body_fell_back,
        [ALERT_CORRECTION] = body_correction,
        [ALERT_MISSING] = saying_body_missing,
        [ALERT_OFFLINE] = saying_body_offline,
        [ALERT_REJECTED] = saying_body_rejected,
        [ALERT_UNDELIVERABLE] = saying_body_house,
        [ALERT_CALENDAR] = saying_body_house,
        [ALERT_STUCK] = saying_body_house,
    };
    bodies[item->rule](view, item, out);
}

/* A promise that stands is an answer, unless things got worse meanwhile. */
static bool promised(const struct digest_view *view, const struct digest_item *item) {
    const struct digest_answer *answer = &item->answer;
    bool stands = answer->who.ptr && day_is(answer->by) && answer->by.n >= instant_day(view->now).n;
    return stands && !cause_is(item, "worse");
}

bool digest_asks(const struct digest_view *view, const struct digest_item *item) {
    if (item->standing || saying_recovered(item) || saying_proposal(item) || saying_step(item, "withdrawn") ||
        aspires(view, item) || promised(view, item))
        return false;
    return item->rule == ALERT_OVERDUE || item->rule == ALERT_SLIPPING || item->rule == ALERT_FELL_BACK ||
           saying_step(item, "urged") || saying_step(item, "issued");
}

void digest_office(const struct digest_view *view, struct buffer *out) {
    const char *line = view->plan->office_contact;
    buffer_printf(out, "%s%s%s", saying_office(view->plan), line && *line ? " " : "", line ? line : "");
}

static bool for_the_office_alone(const struct digest_item *item) {
    if (saying_recovered(item)) return false;
    return item->rule == ALERT_REVIEW || item->rule == ALERT_CORRECTION || saying_proposal(item) ||
           alert_rule_is_house(item->rule);
}

static void add_tail(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    if (digest_asks(view, item)) {
        buffer_add_text(out, "回复：电话（");
        digest_office(view, out);
        buffer_printf(out, "）或回复.csv，编号 %s", view->number);
    } else if (for_the_office_alone(item)) {
        buffer_printf(out, "编号 %s", view->number);
    } else {
        buffer_add_text(out, "问数：");
        digest_office(view, out);
        buffer_printf(out, "  编号 %s", view->number);
    }
    if (item->past) buffer_printf(out, "（接 %s）", item->past);
}

void digest_single(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    digest_first_line(view, item, out);
    buffer_add_text(out, "\n");
    if (saying_recovered(item))
        body_recovered(view, item, out);
    else if (saying_step(item, "issued"))
        body_issued(view, item, out);
    else if (saying_step(item, "withdrawn"))
        body_withdrawn(view, item, out);
    else if (saying_proposal(item))
        body_proposal(view, item, out);
    else
        body_of_rule(view, item, out);
    if (item->meant_for)
        buffer_printf(out, "应发%s，没有能用的联系方式，转%s。\n", item->meant_for,
                      strcmp(view->recipient ? view->recipient : "", "office") == 0 ? "本办"
                                                                                    : saying_office(view->plan));
    add_tail(view, item, out);
}
