#include "services/collector/reading.h"

#include <string.h>

#include "common/base/text.h"
#include "services/collector/names.h"
#include "services/collector/number.h"
#include "services/collector/reading_parts.h"
#include "services/collector/when.h"

static const struct slice empty = {"", 0};

size_t reading_column(const struct reader *reader, enum field field) {
    return reader->slot->columns[field];
}

struct slice reading_own_cell(const struct reader *reader, size_t row, enum field field) {
    size_t column = reading_column(reader, field);
    return column == NO_COLUMN ? empty : sheet_cell(reader->sheet, row, column);
}

struct slice reading_cell(const struct reader *reader, size_t row, enum field field) {
    struct slice cell = reading_own_cell(reader, row, field);
    size_t column = reading_column(reader, field), top, left;
    if (cell.len || column == NO_COLUMN || reader->mapping->fill[field] == FILL_NONE) return cell;
    if (sheet_merged(reader->sheet, row, column, &top, &left))
        return top > reader->header->row && left == column ? sheet_cell(reader->sheet, top, left) : empty;
    return reader->mapping->fill[field] == FILL_ALWAYS ? reader->above[field] : empty;
}

/* A sum's name is not carried down: the rows below it are not its own. */
static void keep_above(struct reader *reader, size_t row) {
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        struct slice cell = reading_own_cell(reader, row, (enum field)i);
        if (cell.len) reader->above[i] = name_is_total(cell) ? empty : cell;
    }
}

/* Fit for an event: controls as spaces, NFC, cut; nil when empty or a dash. */
static struct slice words_of(const struct reader *reader, size_t row, enum field field, size_t chars) {
    struct slice cell = reading_cell(reader, row, field);
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

void reading_refuse(struct reading *reading, struct refusal refusal) {
    reading->kind = READING_REFUSED;
    reading->refusal = refusal;
}

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
    struct slice cell = reading_cell(reader, row, FIELD_AS_OF);
    size_t column = reading_column(reader, FIELD_AS_OF);
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
        REFUSE(reading, reader, code, column, "日期“%s”没有年份%s", read, reader->year_doubt ? reader->year_doubt : "");
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
    struct slice cell = reader->mapping->area ? slice_of(reader->mapping->area) : reading_cell(reader, row, FIELD_AREA);
    struct refusal refusal = name_area(reader->plan, reader->arena, cell, reading->as_of,
                                       reading_column(reader, FIELD_AREA), &reading->area);
    if (refusal.code) reading_refuse(reading, refusal);
}

static void read_target(const struct reader *reader, size_t row, struct reading *reading) {
    struct refusal refusal =
        name_target(reader->plan, reader->mapping, reader->arena, reading_cell(reader, row, FIELD_TARGET),
                    reading_column(reader, FIELD_TARGET), &reading->target, &reading->task);
    if (refusal.code) reading_refuse(reading, refusal);
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
            REFUSE(reading, reader, REFUSAL_UNKNOWN_UNIT, reading_column(reader, FIELD_BLOCKED_BY),
                   "计划里没有“%s”这个单位", reading->blocked_by.ptr);
            return;
        }
        reading->blocked_by = slice_of(reader->plan->units[unit].name);
    }
    if (reading->reporter.ptr && !name_equal(reading->reporter, reader->unit)) {
        REFUSE(reading, reader, REFUSAL_REPORTER, reading_column(reader, FIELD_REPORTER),
               "填报单位是“%s”，本采集端是“%s”", reading->reporter.ptr, reader->unit);
        return;
    }
    if (reader->on_behalf && !reading->document.ptr)
        REFUSE(reading, reader, REFUSAL_DOCUMENT_MISSING, reading_column(reader, FIELD_DOCUMENT), "代报没有写文号");
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
        if (reading_own_cell(reader, row, keys[i]).len) return true;
    const struct slot *shared = reader->slot;
    bool found = false;
    for (size_t slot = 0; !found && slot < reader->header->slot_count; slot++) {
        reader->slot = &reader->header->slots[slot];
        for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
            found |= reading_own_cell(reader, row, figures[i]).len > 0;
    }
    reader->slot = shared;
    return found;
}

static bool is_total(const struct reader *reader, size_t row) {
    return name_is_total(reading_cell(reader, row, FIELD_TARGET)) ||
           name_is_total(reading_cell(reader, row, FIELD_AREA));
}

/* The row of a sum: what it is about as far as it says so, whatever is missing. */
static void read_total_row(const struct reader *reader, size_t row, struct reading *reading) {
    reading->kind = READING_TOTAL;
    if (!day_is(reader->as_of))
        (void)!read_day(reader, reading_cell(reader, row, FIELD_AS_OF), &reading->as_of);
    else
        reading->as_of = reader->as_of;
    name_target(reader->plan, reader->mapping, reader->arena, reading_cell(reader, row, FIELD_TARGET), NO_COLUMN,
                &reading->target, &reading->task);
}

/* What a sum claims; 小计, 平均 and 其中 claim nothing that could be compared. */
static void read_total(const struct reader *reader, size_t row, struct reading *reading) {
    struct slice cell = reading_own_cell(reader, row, FIELD_VALUE);
    struct number number = number_read(reader->arena, cell, false);
    struct slice who = reader->slot->total ? header_name(reader->sheet, reader->header, reading->value_column)
                                           : reading_cell(reader, row, FIELD_AREA);
    struct slice what = reading_cell(reader, row, FIELD_TARGET);
    reading->kind = READING_TOTAL;
    if (number.kind != NUMBER_VALUE || name_is_part(who) || name_is_part(what)) return;
    reading->figure = (struct figure){.form = FIGURE_VALUE, .value = number.value};
    if (reading->target == NO_INDEX) return;
    const struct target *target = &reader->plan->targets[reading->target];
    struct statement unit = reading_unit(reader, row, number.unit);
    if (unit_convert(&unit, target, reader->mapping, reader->arena, NO_COLUMN, cell, &reading->figure.value).code)
        reading->figure = (struct figure){.form = FIGURE_NONE};
}

/* Struck through, a formula without a result, an error value: in a cell that would be used. */
static bool has_doubtful_cell(const struct reader *reader, size_t row, const enum field *fields, size_t count,
                              struct reading *reading) {
    for (size_t i = 0; i < count; i++) {
        size_t column = reading_column(reader, fields[i]);
        if (column == NO_COLUMN || !sheet_cell(reader->sheet, row, column).len) continue;
        struct refusal doubt = sheet_doubt(reader->sheet, reader->arena, row, column);
        if (!doubt.code) continue;
        reading_refuse(reading, doubt);
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
                              .day_column = day_is(reader->as_of) ? NO_COLUMN : reading_column(reader, FIELD_AS_OF)};
    if (at->fault.code) {
        reading_refuse(&reading, at->fault);
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
    reading.value_column = reading_column(reader, FIELD_VALUE);
    reading.raw = reading_own_cell(reader, row->row, FIELD_VALUE);
    if (reader->slot->target != NO_INDEX) reading.target = reader->slot->target;
    if (reader->slot->area != NO_INDEX) reading.area = reader->slot->area;
    if (row->kind == READING_TOTAL || reader->slot->total) {
        read_total(reader, row->row, &reading);
        return reading;
    }
    if (has_doubtful_cell(reader, row->row, used, sizeof used / sizeof *used, &reading)) return reading;
    read_texts(reader, row->row, &reading);
    reading_content(reader, row->row, &reading);
    check_beside(reader, &reading);
    return reading;
}
