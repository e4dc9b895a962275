#include "services/collector/header.h"

#include <string.h>

#include "common/base/text.h"
#include "services/collector/slots.h"
#include "services/collector/unit.h"

/* --- names --- */

static const struct slice nothing = {"", 0};

/* The text that stands over a column in one row of the header: that of a merged cell over all it covers. A text file
 * knows no merged cells: there a blank repeats its left neighbour, but not beyond the group above, and not in the last
 * row. */
static struct slice text_over(const struct sheet *sheet, size_t first, size_t row, size_t last, size_t column) {
    size_t top, left;
    struct slice own = sheet_cell(sheet, row, column);
    if (own.len) return own;
    if (sheet->name) {
        bool inside = sheet_merged(sheet, row, column, &top, &left) && top >= first;
        return inside ? sheet_cell(sheet, top, left) : nothing;
    }
    for (size_t at = column; row < last && at-- > 0;) {
        for (size_t above = first; above < row; above++)
            if (sheet_cell(sheet, above, at + 1).len) return nothing;
        own = sheet_cell(sheet, row, at);
        if (own.len) return own;
    }
    return nothing;
}

static bool same_text(struct slice a, struct slice b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* In text a column over which nothing stands is nobody's, whatever stands to its left. */
static bool is_unnamed(const struct sheet *sheet, size_t first, size_t depth, size_t column) {
    for (size_t i = 0; i < depth; i++)
        if (sheet_cell(sheet, first + i, column).len) return false;
    return !sheet->name;
}

static struct slice joined_name(const struct sheet *sheet, size_t first, size_t depth, size_t column,
                                struct arena *arena) {
    struct slice parts[HEADER_DEPTH_MAX];
    size_t count = 0;
    if (is_unnamed(sheet, first, depth, column)) return nothing;
    for (size_t i = 0; i < depth; i++) {
        struct slice text = text_over(sheet, first, first + i, first + depth - 1, column);
        if (text.len && !(count && same_text(text, parts[count - 1]))) parts[count++] = text;
    }
    if (count == 0) return nothing;
    if (count == 1) return parts[0];
    struct buffer name = {0};
    for (size_t i = 0; i < count; i++) {
        if (i) buffer_add_char(&name, '/');
        for (size_t k = 0; k < parts[i].len; k++)
            buffer_add_char(&name, parts[i].ptr[k]);
    }
    struct slice out = {arena_text(arena, buffer_text(&name), name.len), 0};
    out.len = strlen(out.ptr);
    buffer_finish(&name);
    return out;
}

const struct slice *header_join(const struct sheet *sheet, size_t first, size_t depth, struct arena *arena,
                                size_t *width) {
    *width = 0;
    for (size_t i = 0; i < depth; i++)
        if (sheet->rows[first + i].cell_count > *width) *width = sheet->rows[first + i].cell_count;
    struct slice *names = arena_array(arena, *width, sizeof *names);
    if (!names) *width = 0;
    for (size_t i = 0; i < *width; i++)
        names[i] = joined_name(sheet, first, depth, i, arena);
    return names;
}

const char *header_letters(struct arena *arena, size_t column) {
    return sheet_letters(arena, column);
}

struct slice header_name(const struct sheet *sheet, const struct header *header, size_t column) {
    (void)sheet;
    return column == NO_COLUMN || column >= header->width ? nothing : header->names[column];
}

/* --- matching --- */

static bool is_one_of(struct slice text, const struct mapping_column *column) {
    for (size_t i = 0; text.len && i < column->count; i++)
        if (text_equal_loose(text.ptr, text.len, column->names[i], strlen(column->names[i]))) return true;
    return false;
}

bool header_matches(struct slice name, const struct mapping_column *column) {
    char base[UNIT_NAME_MAX];
    struct slice unit;
    return is_one_of(name, column) || (unit_split(name, base, &unit) && is_one_of(slice_of(base), column));
}

/* Fills columns; *twice is the first field that two cells match. */
static void match_row(const struct mapping *mapping, struct header *out, enum field *twice) {
    *twice = FIELD_COUNT;
    for (size_t field = 0; field < FIELD_COUNT; field++) {
        out->columns[field] = NO_COLUMN;
        for (size_t i = 0; i < out->width; i++) {
            if (!header_matches(out->names[i], &mapping->columns[field])) continue;
            if (out->columns[field] != NO_COLUMN && *twice == FIELD_COUNT) *twice = (enum field)field;
            if (out->columns[field] == NO_COLUMN) out->columns[field] = i;
        }
        out->matched += out->columns[field] != NO_COLUMN;
    }
}

static bool is_mapped(const struct header *header, size_t column) {
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (header->columns[i] == column) return true;
    return false;
}

static bool has_unmapped(const struct header *header) {
    for (size_t i = 0; i < header->width; i++)
        if (header->names[i].len && !is_mapped(header, i)) return true;
    return false;
}

static bool must_stand(const struct mapping *mapping, size_t field) {
    bool target = field == FIELD_TARGET && mapping->layout != LAYOUT_WIDE_TARGET;
    bool area = field == FIELD_AREA && !mapping->area && mapping->layout != LAYOUT_WIDE_AREA;
    return mapping->columns[field].given || target || area || (field == FIELD_AS_OF && mapping->as_of == AS_OF_COLUMN);
}

/* The first field that must be there and is not; FIELD_COUNT when nothing is missing. A table of numerators and
 * denominators alone is a table, unless a column stands there that nobody knows: it may be the figures, renamed. */
static enum field missing_field(const struct mapping *mapping, const struct header *header) {
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (must_stand(mapping, i) && header->columns[i] == NO_COLUMN) return (enum field)i;
    if (mapping->layout != LAYOUT_LONG || header->columns[FIELD_VALUE] != NO_COLUMN) return FIELD_COUNT;
    if (mapping->increments && header->columns[FIELD_MONTH] != NO_COLUMN) return FIELD_COUNT;
    bool numerator = header->columns[FIELD_NUMERATOR] != NO_COLUMN;
    bool denominator = header->columns[FIELD_DENOMINATOR] != NO_COLUMN;
    bool given = mapping->columns[FIELD_NUMERATOR].given && mapping->columns[FIELD_DENOMINATOR].given;
    return numerator && denominator && (given || !has_unmapped(header)) ? FIELD_COUNT : FIELD_VALUE;
}

/* --- what is said of a header in doubt --- */

/* “指标”“地区”: everything that must stand there and does not. */
static const char *missing_names(const struct mapping *mapping, const struct header *header, enum field first,
                                 struct arena *arena) {
    bool figures = header->columns[FIELD_NUMERATOR] != NO_COLUMN && header->columns[FIELD_DENOMINATOR] != NO_COLUMN;
    const char *list = "";
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        bool value = i == FIELD_VALUE && !figures && mapping->layout == LAYOUT_LONG;
        bool wanted = i == first || must_stand(mapping, i) || value;
        if (wanted && header->columns[i] == NO_COLUMN)
            list = say(arena, "%s“%s”", list, mapping_name(mapping, (enum field)i));
    }
    return list;
}

static const char *standing_names(const struct header *header, struct arena *arena) {
    const char *list = "";
    for (size_t i = 0, said = 0; i < header->width && said < 12; i++) {
        if (!header->names[i].len) continue;
        list = say(arena, "%s“%s”", list, shown(arena, header->names[i]));
        said++;
    }
    return *list ? list : "（空）";
}

/* What else the file offers when the day's column is missing. */
static const char *missing_remedy(const struct header *header, enum field missing) {
    return missing == FIELD_AS_OF && day_is(header->titles.as_of)
               ? "表头上面有“截至…”：请在采集端配置里写 as_of: title，或加上这一列"
               : NULL;
}

static struct refusal only_month(const struct header_search *search, const struct header *header, size_t column) {
    return refuse(search->arena, REFUSAL_ONLY_MONTH, NO_COLUMN, "只有本月数：%s，没有累计数",
                  slots_column_words(search, header, column));
}

/* The nearest name among those that mean nothing yet, or the only one of them; else a list of what stands there. */
static struct refusal missing_refusal(const struct header_search *search, const struct header *header,
                                      enum field missing) {
    struct arena *arena = search->arena;
    const char *wanted = mapping_name(search->mapping, missing);
    const char *names = missing_names(search->mapping, header, missing, arena);
    const char *candidates[SHEET_COLUMNS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < header->width && i < SHEET_COLUMNS_MAX; i++)
        if (header->names[i].len && !is_mapped(header, i))
            candidates[count++] = arena_text(arena, header->names[i].ptr, header->names[i].len);
    const char *nearest = text_nearest(wanted, candidates, count);
    for (size_t i = 0; !nearest && i < count; i++)
        if (strstr(candidates[i], wanted) || strstr(wanted, candidates[i])) nearest = candidates[i];
    if (!nearest && count == 1 && missing != FIELD_AS_OF && header->matched >= 2) nearest = candidates[0];
    if (!nearest && missing == FIELD_VALUE && header->columns[FIELD_MONTH] != NO_COLUMN)
        return only_month(search, header, header->columns[FIELD_MONTH]);
    struct refusal refusal = nearest
                                 ? refuse(arena, REFUSAL_COLUMN_MISSING, NO_COLUMN, "找不到%s列，最像的是“%s”", names,
                                          shown(arena, slice_of(nearest)))
                                 : refuse(arena, REFUSAL_COLUMN_MISSING, NO_COLUMN, "找不到%s列，第%zu行有：%s", names,
                                          search->sheet->rows[header->row].line, standing_names(header, arena));
    refusal.remedy = missing_remedy(header, missing);
    return refusal;
}

/* The two that stand for one field. */
static struct refusal twice_refusal(const struct header_search *search, const struct header *header, enum field twice) {
    const char *list = "";
    for (size_t i = 0; i < header->width; i++)
        if (header_matches(header->names[i], &search->mapping->columns[twice]))
            list = say(search->arena, "%s%s%s", list, *list ? "、" : "", slots_column_words(search, header, i));
    return refuse(search->arena, REFUSAL_COLUMN_TWICE, NO_COLUMN, "“%s”有两列都对得上：%s",
                  mapping_name(search->mapping, twice), list);
}

/* A running total is never called 本月: whoever mapped such a column has the month's figures. */
static bool is_of_month(struct slice name) {
    static const char *const months[] = {"本月", "当月", "本季", "当季"};
    if (memmem(name.ptr, name.len, "累计", strlen("累计"))) return false;
    for (size_t i = 0; i < sizeof months / sizeof *months; i++)
        if (memmem(name.ptr, name.len, months[i], strlen(months[i]))) return true;
    return false;
}

static struct refusal month_doubt(const struct header_search *search, const struct header *header) {
    for (size_t i = 0; i < header->slot_count; i++) {
        size_t column = header->slots[i].columns[FIELD_VALUE];
        if (!header->slots[i].increment && is_of_month(header_name(search->sheet, header, column)))
            return only_month(search, header, column);
    }
    return (struct refusal){.code = REFUSAL_NONE};
}

/* --- the search --- */

/* Each row of a header says something of its own: a title or a blank line above it is no part of it. */
static bool rows_speak(const struct sheet *sheet, size_t first, size_t depth) {
    for (size_t row = first; row < first + depth; row++)
        if (sheet_row_is_blank(sheet, row)) return false;
    return true;
}

static size_t filled_names(const struct header *header) {
    size_t filled = 0;
    for (size_t i = 0; i < header->width; i++)
        filled += header->names[i].len > 0;
    return filled;
}

struct attempt {
    struct header header;
    enum field twice;
    struct refusal slots; /* why the slots could not be built */
    size_t filled;
    bool complete;
};

static struct attempt attempt_at(const struct header_search *search, size_t first, size_t depth) {
    struct attempt out = {
        .header = {.first = first, .row = first + depth - 1, .wide = search->mapping->layout != LAYOUT_LONG}};
    out.header.names = header_join(search->sheet, first, depth, search->arena, &out.header.width);
    out.filled = filled_names(&out.header);
    match_row(search->mapping, &out.header, &out.twice);
    bool built = slots_build(search, &out.header, &out.slots);
    out.header.matched += search->mapping->layout == LAYOUT_LONG ? 0 : out.header.slot_count;
    out.complete = built && missing_field(search->mapping, &out.header) == FIELD_COUNT;
    return out;
}

static bool is_better(const struct attempt *a, const struct attempt *b) {
    return a->header.matched != b->header.matched ? a->header.matched > b->header.matched : a->filled > b->filled;
}

static bool doubt_of(const struct header_search *search, const struct attempt *best, struct refusal *refusal) {
    enum field missing = missing_field(search->mapping, &best->header);
    *refusal = (struct refusal){.code = REFUSAL_NONE};
    if (best->twice != FIELD_COUNT)
        *refusal = twice_refusal(search, &best->header, best->twice);
    else if (best->header.matched)
        *refusal = slots_layout_doubt(search, &best->header);
    if (!refusal->code && missing != FIELD_COUNT) *refusal = missing_refusal(search, &best->header, missing);
    if (!refusal->code) *refusal = best->slots;
    if (!refusal->code) *refusal = month_doubt(search, &best->header);
    return refusal->code != REFUSAL_NONE;
}

/* A header of more or fewer rows than the mapping says is never taken, only named. */
static void name_depth(const struct header_search *search, struct refusal *refusal) {
    for (size_t depth = 1; depth <= HEADER_DEPTH_MAX; depth++)
        for (size_t row = 0; row + depth <= search->sheet->row_count && row < HEADER_ROWS_MAX; row++) {
            if (depth == search->mapping->depth || !rows_speak(search->sheet, row, depth)) continue;
            if (!attempt_at(search, row, depth).complete) continue;
            refusal->remedy = say(search->arena, "表头看上去有%zu行，请在采集端配置里写 header: %zu", depth, depth);
            return;
        }
}

bool header_find(const struct header_search *search, struct header *out, struct refusal *refusal) {
    const struct sheet *sheet = search->sheet;
    size_t depth = sheet->named ? 1 : search->mapping->depth, last = sheet->named ? 1 : HEADER_ROWS_MAX;
    struct attempt best = {.header = {.row = NO_COLUMN, .titles = titles_read(sheet, 0)}};
    for (size_t row = 0; row + depth <= sheet->row_count && row < last; row++) {
        if (!rows_speak(sheet, row, depth)) continue;
        struct attempt here = attempt_at(search, row, depth);
        if (best.header.row != NO_COLUMN && !is_better(&here, &best)) continue;
        best = here;
        if (here.complete) break;
    }
    *out = best.header;
    if (best.header.row == NO_COLUMN) {
        *refusal = refuse(search->arena, REFUSAL_COLUMN_MISSING, NO_COLUMN, "没有表头：文件里没有文字");
        refusal->remedy = "请确认表里有数，重新导出";
        return false;
    }
    best.header.titles = out->titles = titles_read(sheet, best.header.first);
    if (!doubt_of(search, &best, refusal)) return true;
    if (refusal->code == REFUSAL_COLUMN_MISSING && !sheet->named) name_depth(search, refusal);
    return false;
}
