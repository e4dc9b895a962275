#include "common/domain/digest.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/base/cleanup.h"
#include "common/base/text.h"
#include "common/domain/due.h"
#include "common/domain/saying.h"

/* Working days to answer in, as shipped. */
#define ANSWER_DAYS (rules_shipped()->alerts.answer_days)

/* --- order --- */

void digest_changes(const struct digest_past *past, struct digest_item *items, size_t count) {
    for (size_t i = 0; i < count; i++) {
        items[i].change = past ? CHANGE_NEW : CHANGE_NONE;
        for (size_t k = 0; past && k < past->count; k++)
            if (items[i].key && strcmp(past->items[k].key, items[i].key) == 0)
                items[i].change = strcmp(past->items[k].step, items[i].step) == 0 ? CHANGE_SAME : CHANGE_WORSE;
    }
}

static const enum alert_rule worst_first[] = {
    ALERT_OVERDUE, ALERT_FELL_BACK, ALERT_REVIEW,   ALERT_SLIPPING,  ALERT_MISSING,
    ALERT_OFFLINE, ALERT_REJECTED,  ALERT_DUE_SOON, ALERT_CORRECTION,
};
enum { ORDERS = sizeof worst_first / sizeof worst_first[0] };

static unsigned order_of(const struct digest_item *item) {
    for (unsigned i = 0; i < ORDERS; i++)
        if (worst_first[i] == item->rule) return saying_recovered(item) ? ORDERS + i : i;
    return 2 * ORDERS;
}

static int32_t gap_tenths(const struct digest_item *item) {
    if (!item->assessment || !item->assessment->has_deviation) return 0;
    return item->assessment->deviation_tenths;
}

int digest_compare(const struct plan *plan, const struct digest_item *a, const struct digest_item *b) {
    unsigned first = order_of(a), second = order_of(b);
    if (first != second) return first < second ? -1 : 1;
    if (a->cell && b->cell) {
        int32_t gap = gap_tenths(a), other = gap_tenths(b);
        if (gap != other) return gap < other ? -1 : 1;
        if (a->cell->target != b->cell->target) return a->cell->target < b->cell->target ? -1 : 1;
        return strcmp(plan->areas[a->cell->area].code, plan->areas[b->cell->area].code);
    }
    if (a->stream && b->stream) {
        int names = strcmp(a->stream->name, b->stream->name);
        if (names != 0) return names;
    }
    if (a->receipt && b->receipt && a->receipt->id != b->receipt->id) return a->receipt->id < b->receipt->id ? -1 : 1;
    return 0;
}

void digest_number(struct day day, unsigned ordinal, char out[32]) {
    int year, month, mday;
    day_split(day, &year, &month, &mday);
    snprintf(out, 32, "D%02d-%02d%02d-%02u", year % 100, month, mday, ordinal);
}

/* --- line 1 --- */

/* What must stay of a line that is too long is its front: state, county, name, figures. */
static void add_first(struct buffer *out, const struct buffer *line) {
    const char *text = buffer_text(line);
    size_t len = line->len;
    while (len > 0 && text[len - 1] == ' ') len--;
    if (text_chars(text, len) <= FIRST_LINE_CHARS_MAX) {
        buffer_add(out, text, len);
        return;
    }
    buffer_add(out, text, text_cut_chars(text, len, FIRST_LINE_CHARS_MAX - 1));
    buffer_add_text(out, "…");
}

enum { NAME_CHARS_MAX = 8 };

static void line_of_cell(const struct plan *plan, const struct digest_item *item, struct instant now,
                         enum saying_brevity brevity, struct buffer *out) {
    const char *name = plan->targets[item->cell->target].short_name;
    size_t len = strlen(name);
    buffer_printf(out, "【%s】%s ", saying_state(item), plan->areas[item->cell->area].short_name);
    buffer_add(out, name, brevity < SAYING_NAME_CUT ? len : text_cut_chars(name, len, NAME_CHARS_MAX));
    buffer_add_char(out, ' ');
    saying_figure(plan, item, brevity, out);
    saying_number(plan, item, now, brevity, out);
}

void digest_first_line(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    const struct plan *plan = view->plan;
    struct instant now = view->now;
    CLEAN(buffer_finish) struct buffer line = {0};
    if (item->cell) {
        for (int brevity = SAYING_FULL; brevity <= SAYING_NAME_CUT; brevity++) {
            buffer_clear(&line);
            line_of_cell(plan, item, now, (enum saying_brevity)brevity, &line);
            if (text_chars(buffer_text(&line), line.len) <= FIRST_LINE_CHARS_MAX) break;
        }
    } else {
        buffer_printf(&line, "【%s】%s ", saying_state(item), saying_speaker(plan, item->stream));
        saying_silence(plan, item, now, &line);
    }
    add_first(out, &line);
}

/* --- one item, at length --- */

static void add_contact(const struct plan *plan, struct buffer *out) {
    if (!plan->office_contact || !*plan->office_contact) return;
    buffer_printf(out, "问数：%s %s  ", plan->office_name ? plan->office_name : "", plan->office_contact);
}

static void add_number(const struct digest_item *item, const char *number, struct buffer *out) {
    buffer_printf(out, "编号 %s", number);
    if (item->past) buffer_printf(out, "（接 %s）", item->past);
}

static void add_answer_day(const struct plan *plan, struct instant now, struct buffer *out) {
    struct day by = calendar_add_working(plan->calendar, instant_day(now), ANSWER_DAYS);
    saying_day(by, out);
}

static void body_due_soon(const struct plan *plan, const struct digest_item *item, struct instant now,
                          struct buffer *out) {
    const struct assessment *a = item->assessment;
    saying_basis(plan, item, out);
    saying_left(plan, item, out);
    buffer_printf(out, "剩%d个工作日。", calendar_working_between(plan->calendar, instant_day(now), a->due));
    saying_due_moved(item, out);
    saying_forecast(item, now, out);
    buffer_add_text(out, "\n");
    saying_words(plan, item, out);
    char period[32];
    period_words(&plan->reporting, period_of(plan->calendar, &plan->reporting, instant_day(now)), period);
    buffer_printf(out, "请办：报%s数据即可，不用另回；如不能按期，", period);
    saying_day(a->due, out);
    buffer_add_text(out, "前提出延期（理由、新期限）。\n");
}

static void body_overdue(const struct plan *plan, const struct digest_item *item, struct instant now,
                         struct buffer *out) {
    saying_basis(plan, item, out);
    saying_due(item, out);
    buffer_add_text(out, "\n");
    saying_forecast_line(item, now, out);
    saying_words(plan, item, out);
    if (plan->targets[item->cell->target].firmness == FIRM_ASPIRE) {
        buffer_add_text(out, "力争的目标，只提醒一次。请办：报下一期数据，说明能否完成。\n");
        return;
    }
    buffer_add_text(out, "请办：");
    add_answer_day(plan, now, out);
    buffer_printf(out, "前报完成日期和措施（%u个工作日）。\n", ANSWER_DAYS);
    buffer_printf(out, "后续：黄牌、红牌由%s研究后另发，系统不自动发。\n", saying_office(plan));
    if (item->others) buffer_printf(out, "收到本条：%s。\n", item->others);
}

static void body_slipping(const struct plan *plan, const struct digest_item *item, struct instant now,
                          struct buffer *out) {
    saying_basis_planned(plan, item, out);
    buffer_add_text(out, "\n");
    saying_forecast_line(item, now, out);
    saying_pace(plan, item, out);
    saying_words(plan, item, out);
    buffer_add_text(out, "请办：");
    add_answer_day(plan, now, out);
    buffer_printf(out, "前回复原因、措施、能否按期（%u个工作日）。研判供核对，亮灯由%s核定。\n", ANSWER_DAYS,
                  saying_office(plan));
}

static void body_review(const struct plan *plan, const struct digest_item *item, struct instant now,
                        struct buffer *out) {
    saying_basis_planned(plan, item, out);
    buffer_add_text(out, "\n");
    saying_forecast_line(item, now, out);
    saying_words(plan, item, out);
    buffer_printf(out, "系统研判为红，待%s核定；核定前只有本办看得到，对外仍按原来的灯。\n", saying_office(plan));
}

static void body_fell_back(const struct plan *plan, const struct digest_item *item, struct instant now,
                           struct buffer *out) {
    saying_basis(plan, item, out);
    buffer_add_text(out, "曾经达到，现低于目标。\n");
    saying_words(plan, item, out);
    buffer_add_text(out, "请办：");
    add_answer_day(plan, now, out);
    buffer_printf(out, "前说明原因和恢复日期（%u个工作日）。\n", ANSWER_DAYS);
}

static void body_correction(const struct plan *plan, const struct digest_item *item, struct instant now,
                            struct buffer *out) {
    (void)now;
    saying_words(plan, item, out);
    if (strcmp(item->step, "days_3") == 0)
        buffer_printf(out, "已等了%u个工作日。", rules_shipped()->alerts.held_days);
    buffer_add_text(out, "核定前仍按原来的数。请办：核对后用 duban confirm 核定，或请填报单位补更正说明。\n");
}

static void body_recovered(const struct plan *plan, const struct digest_item *item, struct instant now,
                           struct buffer *out) {
    (void)now;
    if (item->cell) {
        saying_basis_planned(plan, item, out);
        buffer_add_text(out, "\n");
    }
    buffer_printf(out, "%s的%s到此了结，记录保留。\n不用回复。", saying_short_day(instant_day(item->opened_at)).text,
                  alert_rule_word(item->rule));
}

static void add_item(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    const struct plan *plan = view->plan;
    struct instant now = view->now;
    static void (*const bodies[ALERT_RULES])(const struct plan *, const struct digest_item *, struct instant,
                                             struct buffer *) = {
        [ALERT_DUE_SOON] = body_due_soon,     [ALERT_SLIPPING] = body_slipping,     [ALERT_REVIEW] = body_review,
        [ALERT_OVERDUE] = body_overdue,       [ALERT_FELL_BACK] = body_fell_back,   [ALERT_CORRECTION] = body_correction,
        [ALERT_MISSING] = saying_body_missing, [ALERT_OFFLINE] = saying_body_offline,
        [ALERT_REJECTED] = saying_body_rejected,
    };
    digest_first_line(view, item, out);
    buffer_add_text(out, "\n");
    if (saying_recovered(item))
        body_recovered(plan, item, now, out);
    else
        bodies[item->rule](plan, item, now, out);
    if (item->meant_for) buffer_printf(out, "应发%s，没有能用的联系方式，转本办。\n", item->meant_for);
}

/* --- several items --- */

static const char *own_short(const struct plan *plan, const char *recipient, char *room, size_t capacity) {
    const char *name = strchr(recipient, ':');
    if (name && strncmp(recipient, "area:", 5) == 0) {
        size_t area = plan_find_area(plan, slice_of(name + 1));
        if (area != NO_INDEX) return plan->areas[area].short_name;
    }
    if (name && strncmp(recipient, "unit:", 5) == 0) {
        size_t unit = plan_find_unit(plan, slice_of(name + 1));
        if (unit != NO_INDEX && plan->units[unit].short_name) return plan->units[unit].short_name;
    }
    route_words(plan, recipient, room, capacity);
    return room;
}

static size_t same_state(const struct digest_item *items, size_t count, size_t from) {
    size_t n = 1;
    while (from + n < count && strcmp(saying_state(&items[from + n]), saying_state(&items[from])) == 0) n++;
    return n;
}

static void digest_head(const struct plan *plan, const char *recipient, const struct digest_item *items, size_t count,
                        struct instant now, struct buffer *out) {
    CLEAN(buffer_finish) struct buffer line = {0};
    char room[RECIPIENT_MAX];
    buffer_printf(&line, "【督办】%s %zu项：", own_short(plan, recipient, room, sizeof room), count);
    for (size_t i = 0; i < count;) {
        size_t n = same_state(items, count, i);
        buffer_printf(&line, "%s%s%zu", i ? " " : "", saying_state(&items[i]), n);
        i += n;
    }
    add_first(out, &line);
    buffer_add_text(out, "\n");
    saying_day(instant_day(now), out);
    int64_t minutes = instant_ms_of_day(now) / MS_MINUTE;
    buffer_printf(out, "%d:%02d所知；各项的数截至各自的报送日。\n", (int)(minutes / 60), (int)(minutes % 60));
}

static void digest_line(const struct plan *plan, const struct digest_item *item, size_t number, struct instant now,
                        struct buffer *out) {
    buffer_printf(out, "%zu ", number);
    if (item->cell) {
        buffer_printf(out, "%s %s ", plan->targets[item->cell->target].short_name,
                      plan->areas[item->cell->area].short_name);
        saying_figure(plan, item, SAYING_FULL, out);
        saying_number(plan, item, now, SAYING_FULL, out);
        if (!saying_recovered(item) && (item->rule == ALERT_OVERDUE || item->rule == ALERT_SLIPPING))
            saying_words_short(plan, item, out);
    } else {
        buffer_printf(out, "%s ", saying_speaker(plan, item->stream));
        saying_silence(plan, item, now, out);
        if (item->rule == ALERT_MISSING && !saying_recovered(item))
            buffer_printf(out, " %zu项灰，不算慢", item->stream->missing);
    }
    if (item->meant_for) buffer_printf(out, "（应发%s，无联系方式）", item->meant_for);
    buffer_add_text(out, "\n");
}

static bool asks_answer(const struct digest_item *item) {
    return !saying_recovered(item) && (item->rule == ALERT_OVERDUE || item->rule == ALERT_SLIPPING ||
                                       item->rule == ALERT_FELL_BACK);
}

static void digest_tail(const struct plan *plan, const struct digest_item *items, size_t count, struct instant now,
                        const char *number, struct buffer *out) {
    size_t asked = 0;
    for (size_t i = 0; i < count; i++) asked += asks_answer(&items[i]);
    if (asked > 0) {
        buffer_add_text(out, "请回：");
        add_answer_day(plan, now, out);
        buffer_printf(out, "前说明逾期、回落、滞后各项的原因和能否完成（%u个工作日）。\n", ANSWER_DAYS);
    } else {
        buffer_add_text(out, "按期报数即可，不用另回。\n");
    }
    add_contact(plan, out);
    buffer_printf(out, "同级内按差额排列，不是排名。编号 %s", number);
}

void digest_message(const struct digest_view *view, const struct digest_item *items, size_t count, struct buffer *out) {
    const struct plan *plan = view->plan;
    const char *recipient = view->recipient, *number = view->number;
    struct instant now = view->now;
    if (count == 1) {
        add_item(view, &items[0], out);
        if (items[0].rule == ALERT_DUE_SOON || items[0].rule == ALERT_OVERDUE) add_contact(plan, out);
        add_number(&items[0], number, out);
        return;
    }
    digest_head(plan, recipient, items, count, now, out);
    for (size_t i = 0; i < count;) {
        size_t n = same_state(items, count, i);
        if (i < DIGEST_ITEMS_MAX) buffer_printf(out, "%s（%zu）\n", saying_state(&items[i]), n);
        for (size_t k = i; k < i + n && k < DIGEST_ITEMS_MAX; k++) digest_line(plan, &items[k], k + 1, now, out);
        i += n;
    }
    if (count > DIGEST_ITEMS_MAX)
        buffer_printf(out, "其余%zu项：duban alerts %s\n", count - DIGEST_ITEMS_MAX, number);
    digest_tail(plan, items, count, now, number, out);
}
