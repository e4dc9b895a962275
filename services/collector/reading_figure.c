#include <string.h>

#include "common/base/text.h"
#include "services/collector/names.h"
#include "services/collector/number.h"
#include "services/collector/reading_parts.h"

static const struct slice empty = {"", 0};

/* --- units --- */

/* What cell, column and header say; a title speaks for all but shares, whose sign says enough. */
struct statement reading_unit(const struct reader *reader, size_t row, struct slice in_cell) {
    struct statement statement = {empty, empty};
    const struct titles *titles = &reader->header->titles;
    struct slice column = reading_cell(reader, row, FIELD_UNIT);
    if (name_equal(column, "-") || name_equal(column, "/") || name_equal(column, "无")) column.len = 0;
    unit_state(&statement, in_cell);
    unit_state(&statement, column);
    unit_state_name(&statement, reader->plan, reader->mapping,
                    header_name(reader->sheet, reader->header, reading_column(reader, FIELD_VALUE)),
                    reader->slot->brackets_are_unit);
    if (!name_equal(statement.unit, "%")) {
        unit_state(&statement, titles->unit);
        unit_state(&statement, titles->other_unit);
    }
    if (!statement.unit.len && reader->mapping->unit) statement.unit = slice_of(reader->mapping->unit);
    return statement;
}

/* 本月 or 目标任务 beside the figure: only to be compared, so what cannot be read is left out. */
static bool read_beside(const struct reader *reader, size_t row, enum field field, const struct statement *value_unit,
                        const struct target *target, struct decimal *out) {
    size_t column = reading_column(reader, field);
    struct slice cell = reading_own_cell(reader, row, field);
    struct number number = number_read(reader->arena, cell, false);
    struct statement statement = {number.unit, empty};
    if (number.kind != NUMBER_VALUE) return false;
    unit_state_name(&statement, reader->plan, reader->mapping, header_name(reader->sheet, reader->header, column),
                    false);
    if (!statement.unit.len) statement = *value_unit;
    *out = number.value;
    return unit_convert(&statement, target, reader->mapping, reader->arena, column, cell, out).code == REFUSAL_NONE;
}

/* --- figures --- */

static void refuse_number(const struct reader *reader, struct reading *reading, enum refusal_code code, size_t column,
                          struct slice cell) {
    const char *before = "", *after = "不是数";
    switch ((int)code) {
    case REFUSAL_NOT_EXACT:
        after = "不是确数";
        break;
    case REFUSAL_ERROR_VALUE:
        before = "单元格是错误值", after = "，或列太窄";
        break;
    case REFUSAL_SEPARATOR:
        after = "里的逗号不像千分位，是小数点还是打错？";
        break;
    case REFUSAL_OUT_OF_RANGE:
        after = "超出范围";
        break;
    case REFUSAL_DECIMALS:
        after = "小数位太多";
        break;
    case REFUSAL_NOTE_IN_CELL:
        after = "里数和说明写在一格";
        break;
    case REFUSAL_DITTO:
        before = "数不能写", after = "";
        break;
    default:
        break;
    }
    reading_refuse(reading, refuse(reader->arena, code, column, "%s“%s”%s", before, shown(reader->arena, cell), after));
}

static void add_note(const struct reader *reader, struct reading *reading, struct slice words) {
    if (!words.len) return;
    struct buffer clean = {0};
    text_clean(words.ptr, words.len, &clean);
    const char *text = reading->note.ptr ? say(reader->arena, "%s；%s", buffer_text(&clean), reading->note.ptr)
                                         : arena_text(reader->arena, buffer_text(&clean), clean.len);
    buffer_finish(&clean);
    reading->note = (struct slice){text, text_cut_chars(text, strlen(text), TEXT_CHARS_MAX)};
}

static enum state state_of(const struct reader *reader, struct slice cell, bool *words) {
    const struct mapping *mapping = reader->mapping;
    *words = false;
    for (size_t i = 0; i < mapping->state_count; i++)
        if (name_equal(cell, mapping->states[i].words)) return mapping->states[i].done ? STATE_DONE : STATE_NOT_DONE;
    return state_read(cell, words);
}

static void read_milestone(const struct reader *reader, struct reading *reading, struct slice cell) {
    bool words = false;
    enum refusal_code code = number_read(reader->arena, cell, false).code;
    if (code == REFUSAL_ERROR_VALUE || code == REFUSAL_DITTO) {
        refuse_number(reader, reading, code, reading->value_column, cell);
        return;
    }
    enum state state = state_of(reader, cell, &words);
    if (state == STATE_UNCLEAR) {
        REFUSE(reading, reader, REFUSAL_STATE_UNCLEAR, reading->value_column, "“%s”：完成还是未完成？",
               shown(reader->arena, cell));
        return;
    }
    reading->kind = READING_FIGURE;
    reading->figure = (struct figure){.form = FIGURE_DONE, .done = state == STATE_DONE};
    if (words) add_note(reader, reading, cell);
}

static bool takes_fraction(const struct target *target) {
    return target->kind == KIND_RATIO || target->kind == KIND_HOLD || target->kind == KIND_PER_ENTITY;
}

/* value and n / d side by side: equal when n / d, rounded to the value's places, is the value. */
static bool figures_agree(const struct target *target, struct decimal value, struct decimal n, struct decimal d) {
    if (d.mantissa <= 0) return true; /* refused for another reason */
    __extension__ typedef __int128 wide;
    wide top = n.mantissa, bottom = d.mantissa;
    for (unsigned i = 0; i < (unsigned)d.scale + value.scale + (target->percent ? 2 : 0); i++)
        top *= 10;
    for (unsigned i = 0; i < n.scale; i++)
        bottom *= 10;
    wide rounded = (2 * top + bottom) / (2 * bottom);
    wide cut = top / bottom;
    return rounded == value.mantissa || cut == value.mantissa;
}

static bool read_part(const struct reader *reader, size_t row, enum field field, struct reading *reading,
                      struct number *out) {
    struct slice cell = reading_cell(reader, row, field);
    *out = number_read(reader->arena, cell, false);
    if (out->kind == NUMBER_REFUSED || out->kind == NUMBER_NO_CHANGE) {
        refuse_number(reader, reading, out->kind == NUMBER_REFUSED ? out->code : REFUSAL_NOT_A_NUMBER,
                      reading_column(reader, field), cell);
        return false;
    }
    if (out->kind == NUMBER_VALUE && out->unit.len) { /* 29万 of 412 is not 29 of 412 */
        refuse_number(reader, reading, REFUSAL_NOT_A_NUMBER, reading_column(reader, field), cell);
        return false;
    }
    return true;
}

/* True when the row has a fraction (or was refused over one). */
static bool read_fraction(const struct reader *reader, size_t row, struct reading *reading,
                          const struct number *value) {
    struct number n, d;
    if (!read_part(reader, row, FIELD_NUMERATOR, reading, &n) ||
        !read_part(reader, row, FIELD_DENOMINATOR, reading, &d))
        return true;
    if (n.kind == NUMBER_BLANK && d.kind == NUMBER_BLANK) return false;
    const struct target *target = &reader->plan->targets[reading->target];
    size_t column = reading_column(reader, n.kind == NUMBER_BLANK ? FIELD_NUMERATOR : FIELD_DENOMINATOR);
    if (n.kind == NUMBER_BLANK || d.kind == NUMBER_BLANK) {
        REFUSE(reading, reader, REFUSAL_HALF_FRACTION, column, "只填了%s", n.kind == NUMBER_BLANK ? "分母" : "分子");
        return true;
    }
    if (!takes_fraction(target)) {
        REFUSE(reading, reader, REFUSAL_TWO_FIGURES, reading_column(reader, FIELD_NUMERATOR),
               "“%s”报数值，不报分子分母", target->short_name ? target->short_name : target->name);
        return true;
    }
    if (value->kind == NUMBER_VALUE && !figures_agree(target, value->value, n.value, d.value)) {
        REFUSE(reading, reader, REFUSAL_TWO_FIGURES, reading_column(reader, FIELD_VALUE),
               "数值与分子、分母算出来的不一样");
        return true;
    }
    struct slice top = reading_cell(reader, row, FIELD_NUMERATOR),
                 bottom = reading_cell(reader, row, FIELD_DENOMINATOR);
    reading->kind = READING_FIGURE;
    reading->value_column = reading_column(reader, FIELD_NUMERATOR);
    reading->raw = slice_of(say(reader->arena, "%s/%s", shown(reader->arena, top), shown(reader->arena, bottom)));
    reading->figure = (struct figure){.form = FIGURE_FRACTION, .value = n.value, .denominator = d.value};
    return true;
}

/* 本月 alone, where a running total belongs. */
static void check_month_alone(const struct reader *reader, size_t row, struct reading *reading) {
    struct slice cell = reading_own_cell(reader, row, FIELD_MONTH);
    if (number_read(reader->arena, cell, false).kind != NUMBER_VALUE) return;
    REFUSE(reading, reader, REFUSAL_MONTH_ALONE, reading->value_column, "累计数没有填，本月填了“%s”",
           shown(reader->arena, cell));
}

static void read_value(const struct reader *reader, size_t row, struct reading *reading, const struct number *number) {
    const struct target *target = &reader->plan->targets[reading->target];
    struct statement unit = reading_unit(reader, row, number->unit);
    reading->kind = READING_FIGURE;
    reading->figure = (struct figure){.form = FIGURE_VALUE, .value = number->value};
    reading->increment = reader->slot->increment;
    struct refusal refusal = unit_convert(&unit, target, reader->mapping, reader->arena, reading->value_column,
                                          reading->raw, &reading->figure.value);
    if (refusal.code) {
        reading_refuse(reading, refusal);
        return;
    }
    if (reading->figure.value.scale > target->decimals) {
        REFUSE(reading, reader, REFUSAL_DECIMALS, reading->value_column, "“%s”的小数位比计划的%u位多",
               shown(reader->arena, reading->raw), (unsigned)target->decimals);
        return;
    }
    reading->has_month = read_beside(reader, row, FIELD_MONTH, &unit, target, &reading->month);
    reading->has_share = read_beside(reader, row, FIELD_SHARE, &unit, target, &reading->share);
}

static void read_number(const struct reader *reader, size_t row, struct reading *reading, struct slice cell) {
    struct number number = number_read(reader->arena, cell, reader->mapping->number_and_note);
    add_note(reader, reading, number.note);
    if (sheet_marks(reader->sheet, row, reading->value_column) & SHEET_DATE) {
        REFUSE(reading, reader, REFUSAL_NOT_A_NUMBER, reading->value_column, "“%s”成了日期，不是数",
               shown(reader->arena, cell));
        return;
    }
    if (number.kind == NUMBER_REFUSED) {
        refuse_number(reader, reading, number.code, reading->value_column, cell);
        return;
    }
    if (number.kind == NUMBER_NO_CHANGE) {
        reading->kind = READING_NO_CHANGE;
        return;
    }
    if (read_fraction(reader, row, reading, &number)) return;
    if (number.kind == NUMBER_BLANK) {
        reading->kind = reading->note.len ? READING_WORDS : READING_BLANK;
        check_month_alone(reader, row, reading);
        return;
    }
    read_value(reader, row, reading, &number);
}

/* Tasks, activities and parameters: words, never a figure. */
static void read_words_only(const struct reader *reader, struct reading *reading, struct slice cell) {
    struct number number = number_read(reader->arena, cell, false);
    if (number.kind == NUMBER_VALUE) {
        REFUSE(reading, reader, REFUSAL_WORDS_ONLY, reading->value_column, "这一项只报文字，读到数“%s”",
               shown(reader->arena, cell));
        return;
    }
    if (number.kind == NUMBER_REFUSED) add_note(reader, reading, cell);
    reading->kind = reading->note.len ? READING_WORDS : READING_BLANK;
}

void reading_content(const struct reader *reader, size_t row, struct reading *reading) {
    struct slice cell = reading_cell(reader, row, FIELD_VALUE);
    reading->value_column = reading_column(reader, FIELD_VALUE);
    reading->raw = cell;
    const struct target *target = reading->target == NO_INDEX ? NULL : &reader->plan->targets[reading->target];
    if (!target || target->kind == KIND_ACTIVITY || target->kind == KIND_PARAMETER) {
        read_words_only(reader, reading, cell);
    } else if (target->kind == KIND_MILESTONE) {
        enum number_kind kind = number_read(reader->arena, cell, false).kind;
        if (kind == NUMBER_NO_CHANGE)
            reading->kind = READING_NO_CHANGE;
        else if (kind == NUMBER_BLANK)
            reading->kind = reading->note.len ? READING_WORDS : READING_BLANK;
        else
            read_milestone(reader, reading, cell);
    } else {
        read_number(reader, row, reading, cell);
    }
}
