/* What line 1 is made of: the state, the figures, the one number. */
#include "common/domain/saying.h"

#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/text.h"

bool saying_step(const struct digest_item *item, const char *step) {
    return strcmp(item->step, step) == 0;
}

bool saying_recovered(const struct digest_item *item) {
    return saying_step(item, "recovered");
}

bool saying_proposal(const struct digest_item *item) {
    return saying_step(item, "yellow_card") || saying_step(item, "red_card");
}

bool saying_is_card(const struct digest_item *item) {
    return saying_proposal(item) || saying_step(item, "issued") || saying_step(item, "withdrawn");
}

enum alert_rung saying_rung(const struct digest_item *item) {
    if (saying_step(item, "urged")) return RUNG_URGED;
    if (saying_step(item, "yellow_card")) return RUNG_YELLOW_CARD;
    return saying_step(item, "red_card") ? RUNG_RED_CARD : RUNG_REMINDED;
}

static const char *state_recovered(const struct digest_item *item) {
    if (item->rule == ALERT_MISSING || item->rule == ALERT_REJECTED) return "补齐";
    bool late = item->rule == ALERT_OVERDUE && item->assessment && item->assessment->state == STATE_DONE;
    bool made_good = item->rule == ALERT_SLIPPING && item->assessment && item->assessment->made_good;
    return late || made_good ? "补齐" : "转好";
}

const char *saying_state(const struct digest_item *item) {
    if (saying_recovered(item)) return state_recovered(item);
    if (saying_step(item, "issued") || saying_step(item, "withdrawn")) return "督办";
    if (saying_step(item, "urged")) return "催办";
    if (saying_proposal(item)) return "核定";
    return alert_rule_is_house(item->rule) ? "运行" : alert_rule_word(item->rule);
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

const struct light_rules *saying_rules(const struct digest_view *view) {
    return view->rules ? view->rules : rules_shipped();
}

/* --- figures --- */

static const struct target *target_of(const struct digest_view *view, const struct digest_item *item) {
    return &view->plan->targets[item->cell->target];
}

static void add_decimal(struct decimal value, unsigned decimals, struct buffer *out) {
    char text[DECIMAL_TEXT_MAX];
    decimal_print_fixed(value, decimals, text);
    buffer_add_text(out, text);
}

/* As many places as the reporter wrote: no more exact than the county was. */
static unsigned places(const struct digest_item *item) {
    const struct assessment *a = item->assessment;
    if (!a->has_value || a->figure.form != FIGURE_VALUE) return 0;
    unsigned written = item->decimals < 4 ? item->decimals : 4;
    return written > a->value.scale ? written : a->value.scale;
}

static bool in_ten_thousands(const struct plan *plan, const struct cell *cell) {
    const char *unit = plan->targets[cell->target].unit;
    static const struct decimal million = {1000000, 0};
    return unit && strcmp(unit, "元") == 0 && cell->has_goal && decimal_compare(cell->goal, million) >= 0;
}

void saying_value(const struct digest_view *view, const struct digest_item *item, struct decimal value,
                  struct buffer *out) {
    struct decimal short_value;
    if (!in_ten_thousands(view->plan, item->cell)) {
        add_decimal(value, places(item), out);
        return;
    }
    /* what is reached is never rounded up to the goal, what is missing never down to nothing */
    bool reached = decimal_compare(value, item->assessment->value) == 0;
    struct exact part = exact_divide(exact_of(value), exact_whole(10000));
    if (exact_known(part) && exact_round(part, 2, reached ? ROUND_CUT : ROUND_CEILING, &short_value))
        add_decimal(short_value, 0, out);
}

/* "个乡镇（街道）" is too long for a phone: things are "个", and what stands in brackets is left out. */
void saying_unit(const struct plan *plan, const struct cell *cell, struct buffer *out) {
    const struct target *target = &plan->targets[cell->target];
    const char *unit = target->unit;
    if (!unit) return;
    bool things = target->kind == KIND_PER_ENTITY || (cell_is_counted(plan, cell) && strncmp(unit, "个", 3) == 0);
    if (things) {
        buffer_add_text(out, "个");
        return;
    }
    if (in_ten_thousands(plan, cell)) buffer_add_text(out, "万");
    const char *bracket = strstr(unit, "（");
    buffer_add(out, unit, bracket && bracket != unit ? (size_t)(bracket - unit) : strlen(unit));
}

static void add_figure(const struct digest_view *view, const struct digest_item *item, const struct figure *figure,
                       struct buffer *out) {
    if (figure->form == FIGURE_DONE) {
        buffer_add_text(out, figure->done ? "已完成" : "未完成");
    } else if (figure->form == FIGURE_FRACTION) {
        add_decimal(figure->value, 0, out);
        buffer_add_char(out, '/');
        add_decimal(figure->denominator, 0, out);
    } else if (figure->form == FIGURE_VALUE) {
        saying_value(view, item, figure->value, out);
    }
}

static void held_figures(const struct digest_view *view, const struct digest_item *item, enum saying_brevity brevity,
                         struct buffer *out) {
    const struct assessment *a = item->assessment;
    add_figure(view, item, &a->held_from, out);
    buffer_add_text(out, "→");
    add_figure(view, item, &a->held_to, out);
    if (a->held_to.form != FIGURE_DONE && brevity < SAYING_NO_UNIT) saying_unit(view->plan, item->cell, out);
    buffer_add_char(out, ' ');
}

void saying_figure(const struct digest_view *view, const struct digest_item *item, enum saying_brevity brevity,
                   struct buffer *out) {
    const struct assessment *a = item->assessment;
    const struct cell *cell = item->cell;
    if (item->rule == ALERT_CORRECTION && !saying_recovered(item)) {
        held_figures(view, item, brevity, out);
        return;
    }
    if (target_of(view, item)->kind == KIND_MILESTONE && !cell->rollup) {
        buffer_add_text(out, !a->has_value ? "未报 " : a->figure.done ? "已完成 " : "未完成 ");
        return;
    }
    if (!a->has_value)
        buffer_add_text(out, "未报");
    else if (a->figure.form == FIGURE_VALUE && !cell->rollup)
        saying_value(view, item, a->value, out);
    else
        buffer_add_text(out, a->value_text);
    if (cell->has_goal) {
        buffer_add_char(out, '/');
        saying_value(view, item, cell->goal, out);
    }
    if (brevity < SAYING_NO_UNIT) saying_unit(view->plan, cell, out);
    buffer_add_char(out, ' ');
    if (cell->rollup) saying_counties(view, item, false, out);
}

/* The city's sum never stands without what it lacks: "缺1县 ", "3县未完成 ". */
void saying_counties(const struct digest_view *view, const struct digest_item *item, bool names, struct buffer *out) {
    const struct assessment *a = item->assessment;
    unsigned absent = a->counties_expected > a->counties_in ? a->counties_expected - a->counties_in : 0;
    if (absent) buffer_printf(out, "缺%u县", absent);
    if (absent && (a->unfinished_count == 0 || !names)) buffer_add_text(out, names ? "。" : " ");
    if (a->unfinished_count == 0 || (absent && !names)) return;
    buffer_printf(out, "%s%zu县未完成", absent ? "，" : "", a->unfinished_count);
    for (size_t i = 0; names && i < a->unfinished_count; i++)
        buffer_printf(out, "%s%s", i ? "、" : "：", view->plan->areas[a->unfinished[i]].short_name);
    buffer_add_text(out, names ? "。" : " ");
}

/* --- the one number --- */

static void number_behind(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    const struct assessment *a = item->assessment;
    if (a->has_days_behind && a->days_behind > 0) {
        buffer_printf(out, "慢%d天", (int)a->days_behind);
    } else if (a->has_units_behind) {
        buffer_add_text(out, "差");
        saying_value(view, item, a->units_behind, out);
    } else if (a->has_deviation) {
        int32_t size = a->deviation_tenths < 0 ? -a->deviation_tenths : a->deviation_tenths;
        buffer_printf(out, "差%d.%d个百分点", (int)(size / 10), (int)(size % 10));
    } else if (a->node_missed) {
        buffer_add_text(out, "过了节点");
    }
}

static void number_slipping(const struct digest_view *view, const struct digest_item *item, enum saying_brevity brevity,
                            struct buffer *out) {
    const struct assessment *a = item->assessment;
    if (a->has_planned && brevity < SAYING_NO_PLAN) {
        buffer_add_text(out, "应达");
        saying_value(view, item, a->planned, out);
        buffer_add_char(out, ' ');
    }
    number_behind(view, item, out);
}

static void number_due(const struct digest_view *view, const struct digest_item *item, enum saying_brevity brevity,
                       struct buffer *out) {
    const struct assessment *a = item->assessment;
    buffer_printf(out, "剩%d天", (int)(a->due.n - instant_day(view->now).n));
    if (brevity >= SAYING_NO_PLAN) {
        buffer_add_text(out, a->extended ? "（延）" : "");
        return;
    }
    buffer_add_text(out, "（");
    saying_day(a->due, out);
    buffer_add_text(out, a->extended ? "，延）" : "）");
}

/* What is missing is counted in things where the figure is per cent of them. */
void saying_missing(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    const struct assessment *a = item->assessment;
    if (!a->has_missing) return;
    buffer_add_text(out, "差");
    saying_value(view, item, a->missing, out);
    if (target_of(view, item)->percent && cell_is_counted(view->plan, item->cell)) buffer_add_text(out, "个");
}

void saying_rest(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    const struct assessment *a = item->assessment;
    if (!a->has_missing || !a->has_value || target_of(view, item)->kind == KIND_MILESTONE) return;
    buffer_add_text(out, "余");
    saying_value(view, item, a->missing, out);
    if (target_of(view, item)->percent && cell_is_counted(view->plan, item->cell)) buffer_add_text(out, "个");
}

static void days_overdue(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    const struct assessment *a = item->assessment;
    int32_t days = day_is(a->overdue_since) ? instant_day(view->now).n - a->overdue_since.n + 1 : a->days_overdue;
    buffer_printf(out, "逾期%d天", (int)days);
}

static void number_overdue(const struct digest_view *view, const struct digest_item *item, enum saying_brevity brevity,
                           struct buffer *out) {
    const struct assessment *a = item->assessment;
    if (brevity < SAYING_NO_PLAN && a->has_missing && a->has_value && target_of(view, item)->kind != KIND_MILESTONE) {
        saying_missing(view, item, out);
        buffer_add_char(out, ' ');
    }
    days_overdue(view, item, out);
}

static bool cause_is(const struct digest_item *item, const char *cause) {
    return item->cause && strcmp(item->cause, cause) == 0;
}

/* A colour is named only where a person had released it, and never where several units look on. */
static const char *recovery(const struct digest_item *item) {
    if (cause_is(item, "red_yellow")) return item->recipient ? "差距缩小" : "红转黄";
    if (cause_is(item, "red_blue")) return item->recipient ? "不再滞后" : "红灯解除";
    if (item->rule == ALERT_SLIPPING) return "不再滞后";
    return item->cause && *item->cause ? alert_cause_words(item->cause) : "已了结";
}

static void number_recovered(const struct digest_view *view, const struct digest_item *item,
                             enum saying_brevity brevity, struct buffer *out) {
    const struct assessment *a = item->assessment;
    if (cause_is(item, "extension") && day_is(a->due)) {
        buffer_add_text(out, brevity < SAYING_NO_PLAN ? "延期至" : "已延期");
        if (brevity < SAYING_NO_PLAN) saying_day_near(view, a->due, out);
    } else if (a->state == STATE_DONE) {
        buffer_add_text(out, item->rule == ALERT_OVERDUE ? "逾期后完成" : "已完成");
    } else if (item->rule == ALERT_FELL_BACK) {
        buffer_add_text(out, "已恢复");
    } else {
        buffer_add_text(out, recovery(item));
        if (brevity < SAYING_NO_PLAN && a->has_units_behind && a->units_behind.mantissa > 0) {
            buffer_add_text(out, " 差");
            saying_value(view, item, a->units_behind, out);
        }
    }
}

void saying_card(const struct digest_view *view, const struct digest_item *item, enum saying_brevity brevity,
                 struct buffer *out) {
    if (saying_step(item, "withdrawn")) {
        buffer_printf(out, "撤回%s", saying_level(item->issue.level));
    } else if (saying_step(item, "issued")) {
        buffer_add_text(out, saying_level(item->issue.level));
        if (item->issue.document.len == 0 || brevity >= SAYING_NO_PLAN) return;
        buffer_add_char(out, ' ');
        buffer_add(out, item->issue.document.ptr, item->issue.document.len);
    } else {
        buffer_add_text(out, alert_rung_word(saying_rung(item)));
        if (brevity >= SAYING_NO_UNIT) return;
        buffer_add_char(out, ' ');
        if (item->rule == ALERT_OVERDUE)
            days_overdue(view, item, out);
        else if (item->cell)
            number_behind(view, item, out);
    }
}

void saying_number(const struct digest_view *view, const struct digest_item *item, enum saying_brevity brevity,
                   struct buffer *out) {
    if (saying_recovered(item)) {
        number_recovered(view, item, brevity, out);
        return;
    }
    if (saying_is_card(item)) {
        saying_card(view, item, brevity, out);
        return;
    }
    switch (item->rule) {
    case ALERT_DUE_SOON:
        number_due(view, item, brevity, out);
        break;
    case ALERT_REVIEW:
        if (item->assessment->state == STATE_OVERDUE)
            number_overdue(view, item, brevity, out);
        else
            number_slipping(view, item, brevity, out);
        break;
    case ALERT_SLIPPING:
        number_slipping(view, item, brevity, out);
        break;
    case ALERT_OVERDUE:
        number_overdue(view, item, brevity, out);
        break;
    case ALERT_FELL_BACK:
        saying_missing(view, item, out);
        break;
    case ALERT_CORRECTION:
        buffer_add_text(out, "待核");
        break;
    case ALERT_MISSING:
    case ALERT_OFFLINE:
    case ALERT_REJECTED:
    case ALERT_UNDELIVERABLE:
    case ALERT_CALENDAR:
    case ALERT_STUCK:
    case ALERT_RULES:
        break;
    }
}

void saying_gap(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    const struct assessment *a = item->assessment;
    if (!a->has_planned || !a->has_units_behind || target_of(view, item)->percent) {
        saying_number(view, item, SAYING_FULL, out);
        return;
    }
    buffer_add_text(out, "应");
    saying_value(view, item, a->planned, out);
    buffer_add_text(out, " 少");
    saying_value(view, item, a->units_behind, out);
}

/* --- the line --- */

enum { NAME_CHARS_MAX = 8 };

void saying_cell_line(const struct digest_view *view, const struct digest_item *item, enum saying_brevity brevity,
                      struct buffer *out) {
    const char *name = target_of(view, item)->short_name;
    size_t len = strlen(name);
    buffer_printf(out, "【%s】%s ", saying_state(item), view->plan->areas[item->cell->area].short_name);
    buffer_add(out, name, brevity < SAYING_NAME_CUT ? len : text_cut_chars(name, len, NAME_CHARS_MAX));
    buffer_add_char(out, ' ');
    saying_figure(view, item, brevity, out);
    saying_number(view, item, brevity, out);
    while (out->len > 0 && out->data[out->len - 1] == ' ')
        buffer_cut(out, out->len - 1);
}

enum saying_brevity saying_fit(const struct digest_view *view, const struct digest_item *item, struct buffer *line) {
    int brevity = SAYING_FULL;
    for (;; brevity++) {
        buffer_clear(line);
        saying_cell_line(view, item, (enum saying_brevity)brevity, line);
        if (brevity == SAYING_NAME_CUT || text_chars(buffer_text(line), line->len) <= FIRST_LINE_CHARS_MAX) break;
    }
    return (enum saying_brevity)brevity;
}

enum saying_brevity saying_brevity(const struct digest_view *view, const struct digest_item *item) {
    CLEAN(buffer_finish) struct buffer line = {0};
    return saying_fit(view, item, &line);
}
