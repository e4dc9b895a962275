#include "services/collector/reading.h"

#include <string.h>

#include "common/base/text.h"
#include "services/collector/names.h"
#include "services/collector/number.h"
#include "services/collector/unit.h"
#include "services/collector/when.h"

enum { TEXT_CHARS_MAX = 200, RAW_CHARS_MAX = 100 };

static const struct slice empty = {"", 0};

static size_t column_of(const struct reader *reader, enum field field) {
    return reader->slot->columns[field];
}

static struct slice own_cell(const struct reader *reader, size_t row, enum field field) {
    size_t column = column_of(reader, field);
    return column == NO_COLUMN ? empty : sheet_cell(reader->sheet, row, column);
}

/* The cell, or what the mapping lets a blank one repeat: the merged cell it lies in, or the one above. */
static struct slice cell_of(const struct reader *reader, size_t row, enum field field) {
    struct slice cell = own_cell(reader, row, field);
    size_t column = column_of(reader, field), top, left;
    if (cell.len || column == NO_COLUMN || reader->mapping->fill[field] == FILL_NONE) return cell;
    if (sheet_merged(reader->sheet, row, column, &top, &left))
        return top > reader->header->row && left == column ? sheet_cell(reader->sheet, top, left) : empty;
    return reader->mapping->fill[field] == FILL_ALWAYS ? reader->above[field] : empty;
}

/* A sum's name is not carried down: the rows below it are not its own. */
static void keep_above(struct reader *reader, size_t row) {
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        struct slice cell = own_cell(reader, row, (enum field)i);
        if (cell.len) reader->above[i] = name_is_total(cell) ? empty : cell;
    }
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

/* --- where, what, when --- */

static enum refusal_code read_day(const struct reader *reader, struct slice cell, struct day *out) {
    enum refusal_code code = when_read(cell, reader->year, out);
    return code == REFUSAL_DATE_SERIAL && reader->mapping->serial ? when_serial(cell, reader->mapping->serial, out)
                                                                  : code;
}

static void check_title_day(const struct reader *reader, struct reading *reading, size_t column) {
    struct day title = reader->header->titles.as_of;
    char here[DAY_TEXT_MAX], above[DAY_TEXT_MAX];
    if (!day_is(title) || reading->as_of.n <= title.n) return;
    day_print(reading->as_of, here);
    day_print(title, above);
    REFUSE(reading, reader, REFUSAL_AS_OF_LATER, column, "标题写截至%s，本行是%s", above, here);
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
    if (code == REFUSAL_BAD_DATE && *cell.ptr == '#') code = REFUSAL_ERROR_VALUE;
    switch ((int)code) {
    case REFUSAL_ERROR_VALUE:
        REFUSE(reading, reader, code, column, "日期“%s”是错误值，或列太窄", read);
        break;
    case REFUSAL_NONE:
        check_title_day(reader, reading, column);
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

/* What cell, column and header say; a title speaks for all but shares, whose sign says enough. */
static struct statement stated_unit(const struct reader *reader, size_t row, struct slice in_cell) {
    struct statement statement = {empty, empty};
    const struct titles *titles = &reader->header->titles;
    struct slice column = cell_of(reader, row, FIELD_UNIT);
    if (name_equal(column, "-") || name_equal(column, "/") || name_equal(column, "无")) column.len = 0;
    unit_state(&statement, in_cell);
    unit_state(&statement, column);
    unit_state_name(&statement, reader->plan, reader->mapping,
                    header_name(reader->sheet, reader->header, column_of(reader, FIELD_VALUE)),
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
    size_t column = column_of(reader, field);
    struct slice cell = own_cell(reader, row, field);
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

/* 本月 alone, where a running total belongs. */
static void check_month_alone(const struct reader *reader, size_t row, struct reading *reading) {
    struct slice cell = own_cell(reader, row, FIELD_MONTH);
    if (number_read(reader->arena, cell, false).kind != NUMBER_VALUE) return;
    REFUSE(reading, reader, REFUSAL_MONTH_ALONE, reading->value_column, "累计数没有填，本月填了“%s”",
           shown(reader->arena, cell));
}

static void read_value(const struct reader *reader, size_t row, struct reading *reading, const struct number *number) {
    const struct target *target = &reader->plan->targets[reading->target];
    struct statement unit = stated_unit(reader, row, number->unit);
    reading->kind = READING_FIGURE;
    reading->figure = (struct figure){.form = FIGURE_VALUE, .value = number->value};
    reading->increment = reader->slot->increment;
    struct refusal refusal = unit_convert(&unit, target, reader->mapping, reader->arena, reading->value_column,
                                          reading->raw, &reading->figure.value);
    if (refusal.code) {
        refuse_reading(reading, refusal);
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

static void read_content(const struct reader *reader, size_t row, struct reading *reading) {
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
    if (reading->note.ptr && name_equal(reading->note, "同上")) reading->note = reader->notes_above[reading->slot];
    reader->notes_above[reading->slot] = reading->note;
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

static bool has_own_cell(struct reader *reader, size_t row) {
    static const enum field keys[] = {FIELD_TARGET, FIELD_AREA, FIELD_AS_OF};
    static const enum field figures[] = {FIELD_VALUE, FIELD_NUMERATOR, FIELD_DENOMINATOR};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (own_cell(reader, row, keys[i]).len) return true;
    const struct slot *shared = reader->slot;
    bool found = false;
    for (size_t slot = 0; !found && slot < reader->header->slot_count; slot++) {
        reader->slot = &reader->header->slots[slot];
        for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
            found |= own_cell(reader, row, figures[i]).len > 0;
    }
    reader->slot = shared;
    return found;
}

static bool is_total(const struct reader *reader, size_t row) {
    return name_is_total(cell_of(reader, row, FIELD_TARGET)) || name_is_total(cell_of(reader, row, FIELD_AREA));
}

/* The row of a sum: what it is about as far as it says so, whatever is missing. */
static void read_total_row(const struct reader *reader, size_t row, struct reading *reading) {
    reading->kind = READING_TOTAL;
    if (!day_is(reader->as_of))
        (void)!read_day(reader, cell_of(reader, row, FIELD_AS_OF), &reading->as_of);
    else
        reading->as_of = reader->as_of;
    name_target(reader->plan, reader->mapping, reader->arena, cell_of(reader, row, FIELD_TARGET), NO_COLUMN,
                &reading->target, &reading->task);
}

/* What a sum claims; 小计, 平均 and 其中 claim nothing that could be compared. */
static void read_total(const struct reader *reader, size_t row, struct reading *reading) {
    struct slice cell = own_cell(reader, row, FIELD_VALUE);
    struct number number = number_read(reader->arena, cell, false);
    struct slice who = reader->slot->total ? header_name(reader->sheet, reader->header, reading->value_column)
                                           : cell_of(reader, row, FIELD_AREA);
    struct slice what = cell_of(reader, row, FIELD_TARGET);
    reading->kind = READING_TOTAL;
    if (number.kind != NUMBER_VALUE || name_is_part(who) || name_is_part(what)) return;
    reading->figure = (struct figure){.form = FIGURE_VALUE, .value = number.value};
    if (reading->target == NO_INDEX) return;
    const struct target *target = &reader->plan->targets[reading->target];
    struct statement unit = stated_unit(reader, row, number.unit);
    if (unit_convert(&unit, target, reader->mapping, reader->arena, NO_COLUMN, cell, &reading->figure.value).code)
        reading->figure = (struct figure){.form = FIGURE_NONE};
}

/* Struck through, a formula without a result, an error value: in a cell that would be used. */
static bool has_doubtful_cell(const struct reader *reader, size_t row, const enum field *fields, size_t count,
                              struct reading *reading) {
    for (size_t i = 0; i < count; i++) {
        size_t column = column_of(reader, fields[i]);
        if (column == NO_COLUMN || !sheet_cell(reader->sheet, row, column).len) continue;
        struct refusal doubt = sheet_doubt(reader->sheet, reader->arena, row, column);
        if (!doubt.code) continue;
        refuse_reading(reading, doubt);
        return true;
    }
    return false;
}

/* In a text file most likely a comma that was not quoted; a workbook's cells beyond the table are nobody's. */
static void check_width(const struct reader *reader, size_t row, struct reading *reading) {
    const struct sheet_row *at = &reader->sheet->rows[row];
    size_t width = reader->header->width;
    for (size_t i = width; !reader->sheet->name && i < at->cell_count; i++)
        if (sheet_cell(reader->sheet, row, i).len) {
            REFUSE(reading, reader, REFUSAL_TOO_MANY_CELLS, i, "本行有%zu格，表头只有%zu格", at->cell_count, width);
            return;
        }
}

static struct reading read_shared(struct reader *reader, size_t row) {
    static const enum field keys[] = {FIELD_TARGET, FIELD_AREA, FIELD_AS_OF};
    const struct sheet_row *at = &reader->sheet->rows[row];
    struct reading reading = {.row = row,
                              .target = NO_INDEX,
                              .task = NO_INDEX,
                              .area = NO_INDEX,
                              .as_of = DAY_NONE,
                              .value_column = NO_COLUMN,
                              .day_column = day_is(reader->as_of) ? NO_COLUMN : column_of(reader, FIELD_AS_OF)};
    if (at->fault.code) {
        refuse_reading(&reading, at->fault);
    } else if (sheet_row_is_blank(reader->sheet, row)) {
        reading.kind = READING_EMPTY;
    } else {
        bool footer = name_is_footer(first_text(reader->sheet, row)) || !has_own_cell(reader, row);
        reading.kind = footer ? READING_FOOTER : READING_FIGURE;
    }
    if (reading.kind != READING_FIGURE) return reading;
    keep_above(reader, row);
    if (is_total(reader, row)) {
        read_total_row(reader, row, &reading);
        return reading;
    }
    check_width(reader, row, &reading);
    if (reading.kind == READING_REFUSED) return reading;
    if (has_doubtful_cell(reader, row, keys, sizeof keys / sizeof *keys, &reading)) return reading;
    if (reader->mapping->layout != LAYOUT_WIDE_TARGET) read_target(reader, row, &reading);
    if (reading.kind != READING_REFUSED) read_as_of(reader, row, &reading);
    if (reading.kind != READING_REFUSED && reader->mapping->layout != LAYOUT_WIDE_AREA)
        read_area(reader, row, &reading);
    return reading;
}

struct reading reading_row(struct reader *reader, size_t row) {
    struct slot shared = {.target = NO_INDEX, .area = NO_INDEX};
    memcpy(shared.columns, reader->header->columns, sizeof shared.columns);
    reader->slot = &shared;
    struct reading reading = read_shared(reader, row);
    reader->slot = NULL;
    return reading;
}

struct reading reading_figure(struct reader *reader, const struct reading *row, size_t slot) {
    static const enum field used[] = {FIELD_VALUE, FIELD_NUMERATOR, FIELD_DENOMINATOR,
                                      FIELD_UNIT,  FIELD_NOTE,      FIELD_REASON};
    struct reading reading = *row;
    reader->slot = &reader->header->slots[slot];
    reading.slot = slot;
    if (row->kind != READING_FIGURE && row->kind != READING_TOTAL) {
        if (slot > 0) reading.kind = READING_EMPTY;
        return reading;
    }
    reading.value_column = column_of(reader, FIELD_VALUE);
    reading.raw = own_cell(reader, row->row, FIELD_VALUE);
    if (reader->slot->target != NO_INDEX) reading.target = reader->slot->target;
    if (reader->slot->area != NO_INDEX) reading.area = reader->slot->area;
    if (row->kind == READING_TOTAL || reader->slot->total) {
        read_total(reader, row->row, &reading);
        return reading;
    }
    if (has_doubtful_cell(reader, row->row, used, sizeof used / sizeof *used, &reading)) return reading;
    read_texts(reader, row->row, &reading);
    read_content(reader, row->row, &reading);
    check_beside(reader, &reading);
    return reading;
}
