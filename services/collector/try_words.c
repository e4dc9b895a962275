#include "services/collector/try_words.h"

#include "common/base/text.h"

const char *try_figure(const struct verdict *verdict, const struct plan *plan, const struct outcome *outcome) {
    struct arena *arena = verdict->arena;
    const struct reading *reading = &outcome->reading;
    const struct figure *figure = &reading->figure;
    char top[DECIMAL_TEXT_MAX], bottom[DECIMAL_TEXT_MAX];
    const char *unit = reading->target == NO_INDEX ? "" : plan->targets[reading->target].unit;
    if (reading->kind == READING_NO_CHANGE) return "无变化";
    if (reading->kind == READING_WORDS) return "（文字）";
    if (reading->kind != READING_FIGURE) return reading->raw.len ? shown(arena, reading->raw) : "";
    switch (figure->form) {
    case FIGURE_DONE:
        return figure->done ? "完成" : "未完成";
    case FIGURE_VALUE:
        decimal_print(figure->value, top);
        return say(arena, "%s%s", top, unit ? unit : "");
    case FIGURE_FRACTION:
        decimal_print(figure->value, top);
        decimal_print(figure->denominator, bottom);
        return say(arena, "%s/%s", top, bottom);
    case FIGURE_NONE:
        break;
    }
    return "";
}

const char *try_result(const struct outcome *outcome) {
    switch (outcome->kind) {
    case OUTCOME_SKIPPED:
        return outcome->reading.kind == READING_TOTAL ? "跳过（合计）" : "跳过";
    case OUTCOME_BLANK:
        return "没有数";
    case OUTCOME_UNCHANGED:
        return "已收过";
    case OUTCOME_REFUSED:
        return "退回";
    case OUTCOME_EVENT:
        return outcome->doubts ? "收，待核" : "收";
    }
    return "";
}

static const char *doubt_text(const struct outcome *outcome, unsigned index) {
    bool undone = 1u << index == DOUBT_FALL && outcome->event.figure.form == FIGURE_DONE;
    return undone ? "报过完成，现在报未完成" : doubt_chinese(index);
}

/* "数值列（D4）：", as a person finds the cell in the sheet. */
static const char *cell_label(const struct verdict *verdict, size_t row, size_t column) {
    if (column == NO_COLUMN) return "";
    struct slice name = header_name(&verdict->sheet, &verdict->header, column);
    const char *text = name.len ? say(verdict->arena, "%s列", shown(verdict->arena, name)) : "";
    if (verdict->sheet.named) return say(verdict->arena, "%s%s", text, *text ? "：" : "");
    const char *cell =
        say(verdict->arena, "%s%zu", sheet_letters(verdict->arena, column), verdict->sheet.rows[row].line);
    return *text ? say(verdict->arena, "%s（%s）：", text, cell) : say(verdict->arena, "%s：", cell);
}

const char *try_column(const struct verdict *verdict, size_t column) {
    if (column == NO_COLUMN) return "";
    struct slice name = header_name(&verdict->sheet, &verdict->header, column);
    if (name.len || verdict->sheet.named) return arena_text(verdict->arena, name.ptr ? name.ptr : "", name.len);
    return say(verdict->arena, "%s列", sheet_letters(verdict->arena, column));
}

const char *try_reason(const struct verdict *verdict, const struct outcome *outcome) {
    if (outcome->kind == OUTCOME_REFUSED) return refusal_sentence(verdict->arena, &outcome->reading.refusal);
    const char *text = "";
    for (unsigned i = 0; i < DOUBT_COUNT; i++)
        if (outcome->doubts & 1u << i)
            text = say(verdict->arena, "%s%s%s", text, *text ? "；" : "", doubt_text(outcome, i));
    return text;
}

const char *try_remark(const struct verdict *verdict, const struct outcome *outcome) {
    const char *reason = try_reason(verdict, outcome);
    if (outcome->kind != OUTCOME_REFUSED) return reason;
    const struct reading *reading = &outcome->reading;
    return say(verdict->arena, "%s%s", cell_label(verdict, reading->row, reading->refusal.column), reason);
}
