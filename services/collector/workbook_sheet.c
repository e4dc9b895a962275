#include "services/collector/workbook_sheet.h"

#include <stdlib.h>
#include <string.h>

#include "services/collector/workbook_number.h"
#include "services/collector/workbook_row.h"

enum { FORMULA_BYTES_MAX = 120, MERGES_MAX = 200000, LINES_MAX = 1048576 };

enum cell_type { TYPE_NUMBER, TYPE_SHARED, TYPE_INLINE, TYPE_STRING, TYPE_BOOLEAN, TYPE_ERROR, TYPE_DATE };
enum capture { CAPTURE_NOTHING, CAPTURE_VALUE, CAPTURE_FORMULA, CAPTURE_RICH };

struct sheet_reader {
    const struct sheet_source *source;
    struct sheet *out;
    struct workbook_extent *extent;
    struct refusal *refusal;
    uint32_t *placed; /* of each shared string: where it stands in the sheet's text, + 1 */
    size_t text_capacity, merge_capacity;
    bool in_data, in_row, behind_data;
    bool over; /* the sheet has ended, what follows is only looked at for merged cells */
    size_t line, blank_rows;
    bool row_hidden, row_open; /* open: it has a cell with text */
    bool column_hidden[SHEET_COLUMNS_MAX], column_seen[SHEET_COLUMNS_MAX];
    size_t column;
    enum cell_type type;
    const struct cell_style *style;
    bool has_formula, in_cell;
    enum capture capture;
    struct rich_text value, rich;
    struct buffer formula;
    struct plain_row plain;
};

static bool fail(struct sheet_reader *in, struct refusal refusal) {
    *in->refusal = refusal;
    return false;
}
#define FAIL(in, code, ...) fail(in, refuse((in)->source->arena, code, NO_COLUMN, __VA_ARGS__))

/* --- places --- */

/* "B17" → column 1, line 17; the rest of the text. NULL: no such place. */
static const char *take_place(const char *text, size_t *column, size_t *line) {
    size_t letters = 0, number = 0;
    for (; *text >= 'A' && *text <= 'Z' && letters < 100000; text++)
        letters = letters * 26 + (size_t)(*text - 'A' + 1);
    if (letters == 0) return NULL;
    for (; *text >= '0' && *text <= '9' && number <= LINES_MAX; text++)
        number = number * 10 + (size_t)(*text - '0');
    *column = letters - 1;
    *line = number;
    return number >= 1 && number <= LINES_MAX ? text : NULL;
}

static size_t column_cap(const struct sheet_reader *in) {
    size_t cap = in->source->limits->columns;
    return cap < SHEET_COLUMNS_MAX ? cap : SHEET_COLUMNS_MAX;
}

/* --- text of the sheet --- */

static bool put_text(struct sheet_reader *in, const char *text, size_t len, size_t *at) {
    struct sheet *out = in->out;
    size_t wanted = out->text_len + len;
    if (wanted > in->source->limits->text_bytes)
        return FAIL(in, REFUSAL_TOO_LARGE, "工作表“%s”里的文字超过%zu MB", in->source->name,
                    in->source->limits->text_bytes >> 20);
    if (wanted > in->text_capacity) {
        size_t capacity = in->text_capacity ? in->text_capacity : 4096;
        while (capacity < wanted)
            capacity *= 2;
        char *grown = realloc(out->text, capacity);
        if (!grown) {
            out->failed = true;
            return false;
        }
        out->text = grown;
        in->text_capacity = capacity;
    }
    memcpy(out->text + out->text_len, text, len);
    *at = out->text_len;
    out->text_len = wanted;
    return true;
}

/* --- rows and cells of the sheet --- */

static bool open_row(struct sheet_reader *in) {
    if (in->row_open) return true;
    if (in->out->row_count >= in->source->limits->rows)
        return FAIL(in, REFUSAL_TOO_LARGE, "工作表“%s”超过%zu行", in->source->name, in->source->limits->rows);
    in->row_open = true;
    in->blank_rows = 0;
    in->out->hidden_rows += in->row_hidden;
    return sheet_add_row(in->out, in->line);
}

static bool add_cell(struct sheet_reader *in, size_t at, size_t len, unsigned marks) {
    if (len == 0) return true; /* an empty cell is no cell, whatever its style */
    if (in->column >= column_cap(in))
        return FAIL(in, REFUSAL_TOO_LARGE, "工作表“%s”第%zu行超过%zu列", in->source->name, in->line, column_cap(in));
    if (!open_row(in)) return false;
    struct sheet_row *row = &in->out->rows[in->out->row_count - 1];
    if (in->out->cell_count + in->column - row->cell_count >= in->source->limits->cells)
        return FAIL(in, REFUSAL_TOO_LARGE, "工作表“%s”超过%zu格", in->source->name, in->source->limits->cells);
    while (row->cell_count < in->column)
        if (!sheet_add_marked(in->out, 0, 0, 0)) return false;
    in->column_seen[in->column] = true;
    if (in->row_hidden || in->column_hidden[in->column]) marks |= SHEET_HIDDEN;
    if (in->style->struck) marks |= SHEET_STRUCK;
    return sheet_add_marked(in->out, at, len, marks);
}

static bool add_text(struct sheet_reader *in, struct slice text, unsigned marks) {
    size_t at = 0;
    return text.len == 0 || (put_text(in, text.ptr, text.len, &at) && add_cell(in, at, text.len, marks));
}

/* --- what a cell's value means --- */

static bool add_shared(struct sheet_reader *in, struct slice value) {
    const struct strings *strings = in->source->strings;
    size_t index = 0;
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] < '0' || value.ptr[i] > '9' || index > strings->count)
            index = strings->count + 1;
        else
            index = index * 10 + (size_t)(value.ptr[i] - '0');
    }
    if (value.len == 0) return true;
    if (index >= strings->count)
        return FAIL(in, REFUSAL_WORKBOOK_BROKEN, "工作表“%s”第%zu行指向没有的文字", in->source->name, in->line);
    const struct sheet_cell_data *item = &strings->items[index];
    size_t at = 0;
    if (item->len == 0) return true;
    if (!in->placed[index]) {
        if (!put_text(in, buffer_text(&strings->text) + item->at, item->len, &at)) return false;
        in->placed[index] = (uint32_t)at + 1;
    }
    return add_cell(in, in->placed[index] - 1, item->len, item->marks);
}

static bool add_date(struct sheet_reader *in, const struct stored *stored, enum format_kind kind) {
    enum stored_shown shown = kind == FORMAT_TIME ? STORED_TIME : kind == FORMAT_MONTH ? STORED_MONTH : STORED_DAY;
    char text[STORED_TEXT_MAX];
    bool real = stored_date(stored, in->source->from_1904, shown, text);
    return add_text(in, slice_of(real ? text : "########"), real ? SHEET_DATE : SHEET_ERROR);
}

static bool add_number(struct sheet_reader *in, struct slice value) {
    const struct cell_format *format = styles_format(in->source->styles, in->style);
    struct stored stored;
    char text[STORED_TEXT_MAX + FORMAT_UNIT_MAX + 1];
    if (!stored_read(value, &stored)) return add_text(in, value, 0);
    if (format->kind == FORMAT_DATE || format->kind == FORMAT_MONTH || format->kind == FORMAT_TIME)
        return add_date(in, &stored, format->kind);
    size_t len = stored_print(&stored, format->shift, text);
    const char *unit = format->kind == FORMAT_PERCENT ? "%" : format->unit;
    memcpy(text + len, unit, strlen(unit) + 1);
    return add_text(in, slice_of(text), SHEET_NUMBER | (format->kind == FORMAT_PERCENT ? SHEET_PERCENT : 0U));
}

/* 2021-06-30T00:00:00, as strict files may write it. */
static bool add_iso_date(struct sheet_reader *in, struct slice value) {
    char text[32];
    size_t len = value.len < sizeof text - 1 ? value.len : sizeof text - 1;
    memcpy(text, value.ptr, len);
    text[len] = 0;
    char *time = strchr(text, 'T');
    if (time) *time = strncmp(time, "T00:00:00", 9) == 0 ? 0 : ' ';
    return add_text(in, slice_of(text), SHEET_DATE);
}

static bool add_formula(struct sheet_reader *in) {
    struct buffer shown = {0};
    buffer_add_char(&shown, '=');
    buffer_add(&shown, buffer_text(&in->formula), in->formula.len);
    bool added = !shown.failed && add_text(in, (struct slice){buffer_text(&shown), shown.len}, SHEET_NO_RESULT);
    buffer_finish(&shown);
    return added;
}

static bool add_typed(struct sheet_reader *in, struct slice value) {
    if (value.len == 0) return true;
    switch (in->type) {
    case TYPE_SHARED:
        return add_shared(in, value);
    case TYPE_INLINE:
        return add_text(in, value, in->rich.struck ? SHEET_STRUCK : 0);
    case TYPE_STRING:
        return add_text(in, value, 0);
    case TYPE_BOOLEAN:
        return add_text(in, slice_of(slice_is(value, "0") ? "false" : "true"), SHEET_BOOLEAN);
    case TYPE_ERROR:
        return add_text(in, value, SHEET_ERROR);
    case TYPE_DATE:
        return add_iso_date(in, value);
    case TYPE_NUMBER:
        return add_number(in, value);
    }
    return true;
}

static bool add_value(struct sheet_reader *in) {
    struct slice value = rich_text_finish(in->type == TYPE_INLINE ? &in->rich : &in->value);
    bool none = value.len == 0 && in->type != TYPE_STRING && in->type != TYPE_INLINE;
    return in->has_formula && (in->source->compute_anew || none) ? add_formula(in) : add_typed(in, value);
}

/* --- elements --- */

static bool is(const char *a, const char *b) {
    return strcmp(a, b) == 0;
}

static enum cell_type type_of(struct slice text) {
    static const struct {
        const char *word;
        enum cell_type type;
    } words[] = {{"s", TYPE_SHARED},  {"str", TYPE_STRING}, {"inlineStr", TYPE_INLINE},
                 {"b", TYPE_BOOLEAN}, {"e", TYPE_ERROR},    {"d", TYPE_DATE}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (slice_is(text, words[i].word)) return words[i].type;
    return TYPE_NUMBER;
}

static bool open_line(struct sheet_reader *in, size_t line, bool hidden) {
    if (line <= in->line || line > LINES_MAX)
        return FAIL(in, REFUSAL_WORKBOOK_BROKEN, "工作表“%s”的行号乱了（第%zu行后面是第%zu行）", in->source->name,
                    in->line, line);
    in->blank_rows += line - in->line; /* this one until it has a text */
    in->over |= in->blank_rows > in->source->limits->blank_rows;
    in->line = line;
    in->row_hidden = hidden;
    in->row_open = false;
    in->column = NO_COLUMN;
    return true;
}

/* place: "B17", its end is known by what follows it; empty = behind the last one. */
static bool open_cell(struct sheet_reader *in, struct slice place, size_t style) {
    size_t column = in->column + 1, line = in->line; /* NO_COLUMN + 1 is 0 */
    if (place.len && take_place(place.ptr, &column, &line) != place.ptr + place.len) line = 0;
    if (line != in->line || (in->column != NO_COLUMN && column <= in->column))
        return FAIL(in, REFUSAL_WORKBOOK_BROKEN, "工作表“%s”第%zu行的格号乱了", in->source->name, in->line);
    in->column = column;
    in->style = styles_cell(in->source->styles, style);
    return true;
}

static bool begin_row(struct sheet_reader *in, const char **attributes) {
    in->in_row = true;
    return open_line(in, part_attribute_number(attributes, "r", in->line + 1),
                     part_attribute_is(attributes, "hidden", false));
}

static bool begin_cell(struct sheet_reader *in, const char **attributes) {
    const char *place = part_attribute(attributes, "r"), *type = part_attribute(attributes, "t");
    in->type = type ? type_of(slice_of(type)) : TYPE_NUMBER;
    in->in_cell = true;
    in->has_formula = false;
    rich_text_clear(&in->value);
    rich_text_clear(&in->rich);
    buffer_clear(&in->formula);
    return open_cell(in, place ? slice_of(place) : (struct slice){"", 0}, part_attribute_number(attributes, "s", 0));
}

static bool in_data(struct sheet_reader *in, const char *name, const char **attributes) {
    if (in->capture == CAPTURE_RICH) {
        rich_text_begin(&in->rich, name, attributes);
    } else if (is(name, "c")) {
        return in->over || begin_cell(in, attributes);
    } else if (is(name, "row")) {
        return begin_row(in, attributes);
    } else if (is(name, "v")) {
        in->capture = CAPTURE_VALUE;
        in->value.in_text = true;
    } else if (is(name, "f")) {
        in->capture = CAPTURE_FORMULA;
        in->has_formula = true;
    } else if (is(name, "is")) {
        in->capture = CAPTURE_RICH;
    }
    return true;
}

static void take_columns(struct sheet_reader *in, const char **attributes) {
    size_t from = part_attribute_number(attributes, "min", 0), to = part_attribute_number(attributes, "max", 0);
    if (!part_attribute_is(attributes, "hidden", false)) return;
    for (size_t i = from; i >= 1 && i <= to && i <= SHEET_COLUMNS_MAX; i++)
        in->column_hidden[i - 1] = true;
}

static bool add_merge(struct sheet_reader *in, struct sheet_merge merge) {
    struct sheet *out = in->out;
    if (out->merge_count == in->merge_capacity) {
        size_t wanted = in->merge_capacity ? in->merge_capacity * 2 : 64;
        void *grown = realloc(out->merges, wanted * sizeof *out->merges);
        out->failed |= !grown;
        if (!grown) return false;
        out->merges = grown;
        in->merge_capacity = wanted;
    }
    out->merges[out->merge_count++] = merge;
    return true;
}

static bool take_merge(struct sheet_reader *in, const char **attributes) {
    const char *text = part_attribute(attributes, "ref");
    size_t left, right, first, last;
    const char *rest = text ? take_place(text, &left, &first) : NULL;
    if (!rest || *rest != ':' || !(rest = take_place(rest + 1, &right, &last)) || *rest || right < left || last < first)
        return true; /* says nothing */
    for (size_t column = left; column <= right && column < column_cap(in); column++) {
        if (in->out->merge_count >= MERGES_MAX)
            return FAIL(in, REFUSAL_TOO_LARGE, "工作表“%s”里合并的单元格太多", in->source->name);
        if (!add_merge(in, (struct sheet_merge){(uint32_t)column, (uint32_t)left, (uint32_t)first, (uint32_t)last}))
            return false;
    }
    return true;
}

static bool on_begin(void *context, const char *name, const char **attributes) {
    struct sheet_reader *in = context;
    if (in->in_data) return in_data(in, name, attributes);
    if (is(name, "sheetData")) in->in_data = true;
    if (is(name, "col")) take_columns(in, attributes);
    return !is(name, "mergeCell") || take_merge(in, attributes);
}

static bool on_end(void *context, const char *name) {
    struct sheet_reader *in = context;
    if (!in->in_data) return true;
    if (in->capture == CAPTURE_RICH && !is(name, "is")) {
        rich_text_end(&in->rich, name);
        return true;
    }
    in->capture = CAPTURE_NOTHING;
    if (is(name, "row")) in->in_row = false;
    if (is(name, "sheetData")) in->in_data = false, in->behind_data = true;
    if (!is(name, "c") || !in->in_cell) return true;
    in->in_cell = false;
    return add_value(in);
}

static void see_ignored(struct sheet_reader *in, const char *text, size_t len) {
    for (size_t i = 0; i < len && !in->extent->line; i++)
        if (!strchr(" \t\r\n", text[i])) in->extent->line = in->line;
}

static bool on_text(void *context, const char *text, size_t len) {
    struct sheet_reader *in = context;
    if (in->capture == CAPTURE_NOTHING) return true;
    if (in->over)
        see_ignored(in, text, len);
    else if (in->capture == CAPTURE_VALUE)
        rich_text_add(&in->value, text, len);
    else if (in->capture == CAPTURE_RICH)
        rich_text_add(&in->rich, text, len);
    else if (in->formula.len + len <= FORMULA_BYTES_MAX)
        buffer_add(&in->formula, text, len);
    return true;
}

/* --- rows in their plainest form --- */

static enum shortcut_state may_take_rows(const void *context) {
    const struct sheet_reader *in = context;
    if (in->over || in->behind_data) return SHORTCUT_NEVER;
    return in->in_data && !in->in_row ? SHORTCUT_NOW : SHORTCUT_LATER;
}

static bool add_plain(struct sheet_reader *in, const struct plain_cell *cell) {
    struct slice value = cell->value;
    in->type = cell->type.len ? type_of(cell->type) : TYPE_NUMBER;
    if (!open_cell(in, cell->place, cell->style)) return false;
    if (value.len == 0 || in->type == TYPE_INLINE) return true; /* its text would stand in <is> */
    if (in->type == TYPE_STRING || *value.ptr == ' ' || value.ptr[value.len - 1] == ' ' || *value.ptr == '\'') {
        rich_text_clear(&in->value);
        in->value.in_text = true;
        rich_text_add(&in->value, value.ptr, value.len);
        value = rich_text_finish(&in->value);
    }
    return add_typed(in, value);
}

static enum shortcut take_plain_row(void *context, const char *bytes, size_t len, size_t *taken) {
    struct sheet_reader *in = context;
    enum shortcut result = plain_row_read(bytes, len, &in->plain, taken);
    if (result != SHORTCUT_TAKEN) return result;
    if (!open_line(in, in->plain.line ? in->plain.line : in->line + 1, in->plain.hidden)) return SHORTCUT_ENDED;
    for (size_t i = 0; i < in->plain.count; i++) {
        const struct plain_cell *cell = &in->plain.cells[i];
        if (in->over)
            see_ignored(in, cell->value.ptr, cell->value.len);
        else if (!add_plain(in, cell))
            return SHORTCUT_ENDED;
    }
    return SHORTCUT_TAKEN;
}

/* --- the whole --- */

static int by_column(const void *left, const void *right) {
    const struct sheet_merge *a = left, *b = right;
    if (a->column != b->column) return a->column < b->column ? -1 : 1;
    return a->first < b->first ? -1 : a->first > b->first;
}

static void finish(struct sheet_reader *in) {
    for (size_t i = 0; i < SHEET_COLUMNS_MAX; i++)
        in->out->hidden_columns += in->column_hidden[i] && in->column_seen[i];
    if (in->out->merge_count) qsort(in->out->merges, in->out->merge_count, sizeof *in->out->merges, by_column);
    buffer_finish(&in->value.text);
    buffer_finish(&in->rich.text);
    buffer_finish(&in->formula);
    free(in->placed);
    free(in);
}

bool workbook_sheet_read(const struct sheet_source *source, struct sheet *out, struct workbook_extent *extent,
                         struct refusal *refusal) {
    static const struct part_handlers with_shortcut = {
        .begin = on_begin, .end = on_end, .text = on_text, .shortcut_state = may_take_rows, .shortcut = take_plain_row};
    static const struct part_handlers xml_alone = {.begin = on_begin, .end = on_end, .text = on_text};
    *out = (struct sheet){.name = source->name};
    struct sheet_reader *in = calloc(1, sizeof *in);
    if (in) *in = (struct sheet_reader){.source = source, .out = out, .extent = extent, .refusal = refusal};
    if (in) in->placed = calloc(source->strings->count + 1, sizeof *in->placed);
    if (!in || !in->placed) {
        free(in);
        out->failed = true;
        return false;
    }
    enum part_result result = package_read(source->package, source->part,
                                           source->limits->xml_alone ? &xml_alone : &with_shortcut, in, refusal);
    if (result == PART_CAPPED && in->over) { /* room that was formatted and never used */
        *refusal = (struct refusal){.code = REFUSAL_NONE};
        result = PART_READ;
    }
    out->failed |= in->value.text.failed || in->rich.text.failed || in->formula.failed;
    finish(in);
    return result == PART_READ && !out->failed;
}
