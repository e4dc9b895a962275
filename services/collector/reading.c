#include "services/collector/reading.h"

#include <string.h>

#include "common/base/text.h"
#include "services/collector/names.h"
#include "services/collector/number.h"
#include "services/collector/when.h"

enum { TEXT_CHARS_MAX = 200, RAW_CHARS_MAX = 100 };

static struct slice cell_of(const struct reader *reader, size_t row, enum field field) {
    size_t column = reader->header->columns[field];
    return column == NO_COLUMN ? (struct slice){"", 0} : sheet_cell(reader->sheet, row, column);
}

/* Fit for an event: controls as spaces, NFC, cut; nil when empty or a dash. */
static struct slice words_of(const struct reader *reader, size_t row, enum field field, size_t chars) {
    struct slice cell = cell_of(reader, row, field);
    struct buffer clean = {0};
    text_clean(cell.ptr, cell.len, &clean);
    size_t len = text_cut_chars(buffer_text(&clean), clean.len, chars);
    const char *text = arena_text(reader->arena, buffer_text(&clean), len);
    if (len < clean.len) text = say(reader->arena, "%.*s…", (int)text_cut_chars(text, len, chars - 1), text);
    buffer_finish(&clean);
    static const char *const nothing[] = {"", "-", "—", "——", "/", "无"};
    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++)
        if (strcmp(text, nothing[i]) == 0) return (struct slice){NULL, 0};
    return slice_of(text);
}

static void refuse_reading(struct reading *reading, struct refusal refusal) {
    reading->kind = READING_REFUSED;
    reading->refusal = refusal;
}
#define REFUSE(reading, reader, code, column, ...)                                                                     \
    refuse_reading(reading, refuse((reader)->arena, code, column, __VA_ARGS__))

static size_t column_of(const struct reader *reader, enum field field) {
    return reader->header->columns[field];
}

/* --- where, what, when --- */

static enum refusal_code read_day(const struct reader *reader, struct slice cell, struct day *out) {
    enum refusal_code code = when_read(cell, reader->year, out);
    return code == REFUSAL_DATE_SERIAL && reader->mapping->serial ? when_serial(cell, reader->mapping->serial, out)
                                                                  : code;
}

static void read_as_of(const struct reader *reader, size_t row, struct reading *reading) {
    if (day_is(reader->as_of)) {
        reading->as_of = reader->as_of;
        return;
    }
    struct slice cell = cell_of(reader, row, FIELD_AS_OF);
    size_t column = column_of(reader, FIELD_AS_OF);
    enum refusal_code code = read_day(reader, cell, &reading->as_of);
    const char *read = shown(reader->arena, cell);
    switch ((int)code) {
    case REFUSAL_NONE:
        break;
    case REFUSAL_DATE_MISSING:
        REFUSE(reading, reader, code, column, "没有写数据日期");
        break;
    case REFUSAL_NO_YEAR:
        REFUSE(reading, reader, code, column, "日期“%s”没有年份", read);
        break;
    case REFUSAL_DATE_SERIAL:
        REFUSE(reading, reader, code, column, "日期成了数“%s”", read);
        break;
    default:
        REFUSE(reading, reader, code, column, "“%s”不是真实存在的日期，或分不清年月日", read);
        break;
    }
}

static void read_area(const struct reader *reader, size_t row, struct reading *reading) {
    struct slice cell = reader->mapping->area ? slice_of(reader->mapping->area) : cell_of(reader, row, FIELD_AREA);
    struct refusal refusal =
        name_area(reader->plan, reader->arena, cell, reading->as_of, column_of(reader, FIELD_AREA), &reading->area);
    if (refusal.code) refuse_reading(reading, refusal);
}

static void read_target(const struct reader *reader, size_t row, struct reading *reading) {
    struct refusal refusal =
        name_target(reader->plan, reader->mapping, reader->arena, cell_of(reader, row, FIELD_TARGET),
                    column_of(reader, FIELD_TARGET), &reading->target, &reading->task);
    if (refusal.code) refuse_reading(reading, refusal);
}

/* --- units --- */

/* All that is said of a figure's unit must agree. */
struct statement {
    struct slice unit; /* empty: nothing said */
    bool twice;
    struct slice other;
};

static void state_unit(struct statement *statement, struct slice unit) {
    if (!unit.len) return;
    if (!statement->unit.len)
        statement->unit = unit;
    else if (!text_equal_loose(unit.ptr, unit.len, statement->unit.ptr, statement->unit.len) && !statement->twice) {
        statement->twice = true;
        statement->other = unit;
    }
}

static struct statement stated_unit(const struct reader *reader, size_t row, struct slice in_cell) {
    struct statement statement = {.unit = {"", 0}};
    struct slice column = cell_of(reader, row, FIELD_UNIT);
    if (name_equal(column, "-") || name_equal(column, "/") || name_equal(column, "无")) column.len = 0;
    state_unit(&statement, in_cell);
    state_unit(&statement, column);
    state_unit(&statement, reader->header->unit);
    if (statement.unit.len) return statement; /* a title speaks for rows that say nothing themselves */
    state_unit(&statement, reader->header->title_unit);
    if (!statement.unit.len && reader->mapping->unit) statement.unit = slice_of(reader->mapping->unit);
    return statement;
}

static const struct mapping_factor *find_factor(const struct mapping *mapping, struct slice from, const char *to) {
    for (size_t i = 0; i < mapping->factor_count; i++) {
        const struct mapping_factor *factor = &mapping->factors[i];
        if (name_equal(from, factor->unit) && (!factor->to || name_equal(slice_of(factor->to), to))) return factor;
    }
    return NULL;
}

/* Into the plan's unit, or refused. */
static void convert_value(const struct reader *reader, size_t row, struct reading *reading, struct slice in_cell) {
    const struct target *target = &reader->plan->targets[reading->target];
    size_t column = reading->value_column;
    struct statement statement = stated_unit(reader, row, in_cell);
    if (statement.twice) {
        REFUSE(reading, reader, REFUSAL_UNIT_TWICE, column, "单位有两种：“%s”和“%s”",
               shown(reader->arena, statement.unit), shown(reader->arena, statement.other));
        return;
    }
    if (!statement.unit.len) {
        if (reader->mapping->unit_of_plan) return;
        if (target->percent)
            REFUSE(reading, reader, REFUSAL_PERCENT_DOUBT, column, "“%s”是百分数还是小数？",
                   shown(reader->arena, reading->raw));
        else
            REFUSE(reading, reader, REFUSAL_UNIT_MISSING, column, "没有写单位，计划里是“%s”", target->unit);
        return;
    }
    if (name_equal(statement.unit, target->unit)) return;
    const struct mapping_factor *factor = find_factor(reader->mapping, statement.unit, target->unit);
    if (!factor)
        REFUSE(reading, reader, REFUSAL_UNIT_DIFFERS, column, "单位是“%s”，计划里是“%s”",
               shown(reader->arena, statement.unit), target->unit);
    else if (!number_multiply(reading->figure.value, factor->factor, &reading->figure.value))
        REFUSE(reading, reader, REFUSAL_OUT_OF_RANGE, column, "“%s”换算后超出范围", shown(reader->arena, reading->raw));
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
    refuse_reading(reading, refuse(reader->arena, code, column, "%s“%s”%s", before, shown(reader->arena, cell), after));
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

static void read_milestone(const struct reader *reader, struct reading *reading, struct slice cell) {
    bool words = false;
    enum refusal_code code = number_read(reader->arena, cell, false).code;
    if (code == REFUSAL_ERROR_VALUE || code == REFUSAL_DITTO) {
        refuse_number(reader, reading, code, reading->value_column, cell);
        return;
    }
    enum state state = state_read(cell, &words);
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
    struct slice cell = cell_of(reader, row, field);
    *out = number_read(reader->arena, cell, false);
    if (out->kind == NUMBER_REFUSED || out->kind == NUMBER_NO_CHANGE) {
        refuse_number(reader, reading, out->kind == NUMBER_REFUSED ? out->code : REFUSAL_NOT_A_NUMBER,
                      column_of(reader, field), cell);
        return false;
    }
    if (out->kind == NUMBER_VALUE && out->unit.len) { /* 29万 of 412 is not 29 of 412 */
        refuse_number(reader, reading, REFUSAL_NOT_A_NUMBER, column_of(reader, field), cell);
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
    size_t column = column_of(reader, n.kind == NUMBER_BLANK ? FIELD_NUMERATOR : FIELD_DENOMINATOR);
    if (n.kind == NUMBER_BLANK || d.kind == NUMBER_BLANK) {
        REFUSE(reading, reader, REFUSAL_HALF_FRACTION, column, "只填了%s", n.kind == NUMBER_BLANK ? "分母" : "分子");
        return true;
    }
    if (!takes_fraction(target)) {
        REFUSE(reading, reader, REFUSAL_TWO_FIGURES, column_of(reader, FIELD_NUMERATOR), "“%s”报数值，不报分子分母",
               target->short_name ? target->short_name : target->name);
        return true;
    }
    if (value->kind == NUMBER_VALUE && !figures_agree(target, value->value, n.value, d.value)) {
        REFUSE(reading, reader, REFUSAL_TWO_FIGURES, column_of(reader, FIELD_VALUE), "数值与分子、分母算出来的不一样");
        return true;
    }
    struct slice top = cell_of(reader, row, FIELD_NUMERATOR), bottom = cell_of(reader, row, FIELD_DENOMINATOR);
    reading->kind = READING_FIGURE;
    reading->value_column = column_of(reader, FIELD_NUMERATOR);
    reading->raw = slice_of(say(reader->arena, "%s/%s", shown(reader->arena, top), shown(reader->arena, bottom)));
    reading->figure = (struct figure){.form = FIGURE_FRACTION, .value = n.value, .denominator = d.value};
    return true;
}

static void read_number(const struct reader *reader, size_t row, struct reading *reading, struct slice cell) {
    struct number number = number_read(reader->arena, cell, reader->mapping->number_and_note);
    add_note(reader, reading, number.note);
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
        return;
    }
    reading->kind = READING_FIGURE;
    reading->figure = (struct figure){.form = FIGURE_VALUE, .value = number.value};
    convert_value(reader, row, reading, number.unit);
    const struct target *target = &reader->plan->targets[reading->target];
    if (reading->kind == READING_FIGURE && reading->figure.value.scale > target->decimals)
        REFUSE(reading, reader, REFUSAL_DECIMALS, reading->value_column, "“%s”的小数位比计划的%u位多",
               shown(reader->arena, cell), (unsigned)target->decimals);
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

static void read_figure(const struct reader *reader, size_t row, struct reading *reading) {
    struct slice cell = cell_of(reader, row, FIELD_VALUE);
    reading->value_column = column_of(reader, FIELD_VALUE);
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

/* --- beside the figure --- */

static void read_texts(struct reader *reader, size_t row, struct reading *reading) {
    reading->note = words_of(reader, row, FIELD_NOTE, TEXT_CHARS_MAX);
    if (reading->note.ptr && name_equal(reading->note, "同上")) reading->note = reader->note_above;
    reader->note_above = reading->note;
    reading->reason = words_of(reader, row, FIELD_REASON, TEXT_CHARS_MAX);
    reading->document = words_of(reader, row, FIELD_DOCUMENT, RAW_CHARS_MAX);
    reading->blocked_by = words_of(reader, row, FIELD_BLOCKED_BY, RAW_CHARS_MAX);
    reading->reporter = words_of(reader, row, FIELD_REPORTER, RAW_CHARS_MAX);
}

static void check_beside(const struct reader *reader, struct reading *reading) {
    if (reading->kind == READING_BLANK || reading->kind == READING_REFUSED) return;
    if (reading->blocked_by.ptr) {
        size_t unit = NO_INDEX;
        for (size_t i = 0; unit == NO_INDEX && i < reader->plan->unit_count; i++)
            if (name_equal(reading->blocked_by, reader->plan->units[i].name) ||
                name_equal(reading->blocked_by, reader->plan->units[i].short_name))
                unit = i;
        if (unit == NO_INDEX) unit = plan_find_unit(reader->plan, reading->blocked_by);
        if (unit == NO_INDEX) {
            REFUSE(reading, reader, REFUSAL_UNKNOWN_UNIT, column_of(reader, FIELD_BLOCKED_BY), "计划里没有“%s”这个单位",
                   reading->blocked_by.ptr);
            return;
        }
        reading->blocked_by = slice_of(reader->plan->units[unit].name);
    }
    if (reading->reporter.ptr && !name_equal(reading->reporter, reader->unit)) {
        REFUSE(reading, reader, REFUSAL_REPORTER, column_of(reader, FIELD_REPORTER), "填报单位是“%s”，本采集端是“%s”",
               reading->reporter.ptr, reader->unit);
        return;
    }
    if (reader->on_behalf && !reading->document.ptr)
        REFUSE(reading, reader, REFUSAL_DOCUMENT_MISSING, column_of(reader, FIELD_DOCUMENT), "代报没有写文号");
}

/* --- rows that are no data --- */

static struct slice first_text(const struct sheet *sheet, size_t row) {
    for (size_t i = 0; i < sheet->rows[row].cell_count; i++) {
        struct slice cell = sheet_cell(sheet, row, i);
        if (cell.len) return cell;
    }
    return (struct slice){"", 0};
}

/* No target, no area, no day, no figure. */
static bool has_no_key(const struct reader *reader, size_t row) {
    static const enum field keys[] = {FIELD_TARGET, FIELD_AREA,      FIELD_AS_OF,
                                      FIELD_VALUE,  FIELD_NUMERATOR, FIELD_DENOMINATOR};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (cell_of(reader, row, keys[i]).len) return false;
    return true;
}

static bool is_total(const struct reader *reader, size_t row) {
    return name_is_total(cell_of(reader, row, FIELD_TARGET)) || name_is_total(cell_of(reader, row, FIELD_AREA));
}

static void read_total(const struct reader *reader, size_t row, struct reading *reading) {
    struct slice cell = cell_of(reader, row, FIELD_VALUE);
    reading->kind = READING_TOTAL;
    reading->raw = cell;
    reading->value_column = column_of(reader, FIELD_VALUE);
    if (!day_is(reader->as_of))
        (void)!read_day(reader, cell_of(reader, row, FIELD_AS_OF), &reading->as_of);
    else
        reading->as_of = reader->as_of;
    name_target(reader->plan, reader->mapping, reader->arena, cell_of(reader, row, FIELD_TARGET), NO_COLUMN,
                &reading->target, &reading->task);
    struct number number = number_read(reader->arena, cell, false);
    struct slice who = cell_of(reader, row, FIELD_AREA);
    struct slice what = cell_of(reader, row, FIELD_TARGET);
    bool part = (who.len >= 6 && memcmp(who.ptr, "其中", 6) == 0) ||
                (what.len >= 6 && memcmp(what.ptr, "其中", 6) == 0) || name_equal(who, "平均") ||
                name_equal(what, "平均");
    if (number.kind == NUMBER_VALUE && !part)
        reading->figure = (struct figure){.form = FIGURE_VALUE, .value = number.value};
}

struct reading reading_row(struct reader *reader, size_t row) {
    struct reading reading = {.row = row,
                              .target = NO_INDEX,
                              .task = NO_INDEX,
                              .area = NO_INDEX,
                              .as_of = DAY_NONE,
                              .value_column = NO_COLUMN,
                              .day_column = day_is(reader->as_of) ? NO_COLUMN : column_of(reader, FIELD_AS_OF)};
    const struct sheet_row *at = &reader->sheet->rows[row];
    if (at->fault.code) {
        refuse_reading(&reading, at->fault);
        return reading;
    }
    if (sheet_row_is_blank(reader->sheet, row)) return reading;
    if (name_is_footer(first_text(reader->sheet, row)) || has_no_key(reader, row)) {
        reading.kind = READING_FOOTER;
        return reading;
    }
    if (is_total(reader, row)) {
        read_total(reader, row, &reading);
        return reading;
    }
    size_t width = reader->sheet->rows[reader->header->row].cell_count;
    for (size_t i = width; i < at->cell_count; i++)
        if (sheet_cell(reader->sheet, row, i).len) {
            REFUSE(&reading, reader, REFUSAL_TOO_MANY_CELLS, i, "本行有%zu格，表头只有%zu格", at->cell_count, width);
            return reading;
        }
    read_target(reader, row, &reading);
    if (reading.kind != READING_REFUSED) read_as_of(reader, row, &reading);
    if (reading.kind != READING_REFUSED) read_area(reader, row, &reading);
    if (reading.kind == READING_REFUSED) return reading;
    read_texts(reader, row, &reading);
    read_figure(reader, row, &reading);
    check_beside(reader, &reading);
    return reading;
}
