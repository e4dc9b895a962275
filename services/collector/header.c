#include "services/collector/header.h"

#include <string.h>

#include "common/base/text.h"
#include "services/collector/when.h"

/* "数值（公里）" → "数值" and "公里"; without brackets the unit is empty. */
static void split_unit(struct slice name, struct slice *base, struct slice *unit) {
    *base = name;
    *unit = (struct slice){"", 0};
    for (size_t i = 1; i < name.len; i++) {
        size_t mark = name.ptr[i] == '(' ? 1 : name.len - i >= 3 && memcmp(name.ptr + i, "（", 3) == 0 ? 3 : 0;
        if (!mark) continue;
        size_t end = name.len;
        if (name.ptr[end - 1] == ')')
            end--;
        else if (end >= 3 && memcmp(name.ptr + end - 3, "）", 3) == 0)
            end -= 3;
        else
            return;
        if (end < i + mark) return;
        *base = (struct slice){name.ptr, i};
        *unit = (struct slice){name.ptr + i + mark, end - i - mark};
        return;
    }
}

static bool names_match(struct slice text, const struct mapping_column *column) {
    for (size_t i = 0; text.len && i < column->count; i++)
        if (text_equal_loose(text.ptr, text.len, column->names[i], strlen(column->names[i]))) return true;
    return false;
}

enum match { MATCH_NONE, MATCH_BASE, MATCH_WHOLE };

static enum match cell_matches(struct slice cell, const struct mapping_column *column) {
    struct slice base, unit;
    if (names_match(cell, column)) return MATCH_WHOLE;
    split_unit(cell, &base, &unit);
    return unit.len && names_match(base, column) ? MATCH_BASE : MATCH_NONE;
}

/* Fills columns; *twice is the first field that two cells match. */
static void match_row(const struct sheet *sheet, size_t row, const struct mapping *mapping, struct header *out,
                      enum field *twice) {
    *out = (struct header){.row = row, .unit = {"", 0}, .title_unit = {"", 0}, .title_as_of = DAY_NONE};
    *twice = FIELD_COUNT;
    for (size_t field = 0; field < FIELD_COUNT; field++) {
        out->columns[field] = NO_COLUMN;
        for (size_t i = 0; i < sheet->rows[row].cell_count; i++) {
            if (cell_matches(sheet_cell(sheet, row, i), &mapping->columns[field]) == MATCH_NONE) continue;
            if (out->columns[field] != NO_COLUMN && *twice == FIELD_COUNT) *twice = (enum field)field;
            if (out->columns[field] == NO_COLUMN) out->columns[field] = i;
        }
        out->matched += out->columns[field] != NO_COLUMN;
    }
    if (out->columns[FIELD_VALUE] != NO_COLUMN) {
        struct slice base, cell = sheet_cell(sheet, row, out->columns[FIELD_VALUE]);
        if (cell_matches(cell, &mapping->columns[FIELD_VALUE]) == MATCH_BASE) split_unit(cell, &base, &out->unit);
    }
}

static bool is_mapped(const struct header *header, size_t column) {
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (header->columns[i] == column) return true;
    return false;
}

static bool has_unmapped(const struct sheet *sheet, const struct header *header) {
    for (size_t i = 0; i < sheet->rows[header->row].cell_count; i++)
        if (sheet_cell(sheet, header->row, i).len && !is_mapped(header, i)) return true;
    return false;
}

static bool must_stand(const struct mapping *mapping, size_t field) {
    return mapping->columns[field].given || field == FIELD_TARGET || (field == FIELD_AREA && !mapping->area) ||
           (field == FIELD_AS_OF && mapping->as_of == AS_OF_COLUMN);
}

/* The first field that must be there and is not; FIELD_COUNT when nothing is missing. A table of numerators and
 * denominators alone is a table, unless a column stands there that nobody knows: it may be the figures, renamed. */
static enum field missing_field(const struct sheet *sheet, const struct mapping *mapping, const struct header *header) {
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (must_stand(mapping, i) && header->columns[i] == NO_COLUMN) return (enum field)i;
    bool numerator = header->columns[FIELD_NUMERATOR] != NO_COLUMN;
    bool denominator = header->columns[FIELD_DENOMINATOR] != NO_COLUMN;
    if (header->columns[FIELD_VALUE] != NO_COLUMN) return FIELD_COUNT;
    return numerator && denominator && !has_unmapped(sheet, header) ? FIELD_COUNT : FIELD_VALUE;
}

const char *header_letters(struct arena *arena, size_t column) {
    return sheet_letters(arena, column);
}

static const char *cell_text(struct arena *arena, struct slice cell) {
    return arena_text(arena, cell.ptr, cell.len);
}

/* “指标”“地区”: everything that must stand there and does not. */
static const char *missing_names(const struct mapping *mapping, const struct header *header, enum field first,
                                 struct arena *arena) {
    bool figures = header->columns[FIELD_NUMERATOR] != NO_COLUMN && header->columns[FIELD_DENOMINATOR] != NO_COLUMN;
    const char *list = "";
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        bool wanted = i == first || must_stand(mapping, i) || (i == FIELD_VALUE && !figures);
        if (wanted && header->columns[i] == NO_COLUMN)
            list = say(arena, "%s“%s”", list, mapping_name(mapping, (enum field)i));
    }
    return list;
}

static const char *standing_names(const struct sheet *sheet, size_t row, struct arena *arena) {
    const char *list = "";
    for (size_t i = 0; i < sheet->rows[row].cell_count && i < 12; i++) {
        struct slice cell = sheet_cell(sheet, row, i);
        if (cell.len) list = say(arena, "%s“%s”", list, shown(arena, cell));
    }
    return *list ? list : "（空）";
}

/* What else the title offers when the day's column is missing. */
static const char *missing_remedy(const struct header *header, enum field missing) {
    return missing == FIELD_AS_OF && day_is(header->title_as_of)
               ? "表头上面有“截至…”：请在采集端配置里写 as_of: title，或加上这一列"
               : NULL;
}

/* The nearest name among those that mean nothing yet, or the only one of them; else a list of what stands there. */
static struct refusal missing_refusal(const struct sheet *sheet, const struct mapping *mapping,
                                      const struct header *header, enum field missing, struct arena *arena) {
    const char *wanted = mapping_name(mapping, missing);
    const char *names = missing_names(mapping, header, missing, arena);
    const char *candidates[SHEET_COLUMNS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < sheet->rows[header->row].cell_count && i < SHEET_COLUMNS_MAX; i++) {
        struct slice cell = sheet_cell(sheet, header->row, i);
        if (cell.len && !is_mapped(header, i)) candidates[count++] = cell_text(arena, cell);
    }
    const char *nearest = text_nearest(wanted, candidates, count);
    for (size_t i = 0; !nearest && i < count; i++)
        if (strstr(candidates[i], wanted) || strstr(wanted, candidates[i])) nearest = candidates[i];
    if (!nearest && count == 1 && missing != FIELD_AS_OF && header->matched >= 2) nearest = candidates[0];
    struct refusal refusal = nearest
                                 ? refuse(arena, REFUSAL_COLUMN_MISSING, NO_COLUMN, "找不到%s列，最像的是“%s”", names,
                                          shown(arena, slice_of(nearest)))
                                 : refuse(arena, REFUSAL_COLUMN_MISSING, NO_COLUMN, "找不到%s列，第%zu行有：%s", names,
                                          sheet->rows[header->row].line, standing_names(sheet, header->row, arena));
    refusal.remedy = missing_remedy(header, missing);
    return refusal;
}

/* The two that stand for one field. */
static struct refusal twice_refusal(const struct sheet *sheet, const struct mapping *mapping,
                                    const struct header *header, enum field twice, struct arena *arena) {
    const char *list = "";
    for (size_t i = 0; i < sheet->rows[header->row].cell_count; i++) {
        struct slice cell = sheet_cell(sheet, header->row, i);
        if (cell_matches(cell, &mapping->columns[twice]) != MATCH_NONE)
            list = say(arena, "%s%s%s列“%s”", list, *list ? "、" : "", header_letters(arena, i), shown(arena, cell));
    }
    return refuse(arena, REFUSAL_COLUMN_TWICE, NO_COLUMN, "“%s”有两列都对得上：%s", mapping_name(mapping, twice), list);
}

/* The word behind 单位：; empty when it is a list (公里、户), which says nothing about one figure. */
static struct slice unit_word(const char *begin, const char *end) {
    while (begin < end && *begin == ' ')
        begin++;
    const char *stop = begin;
    while (stop < end && !strchr(" \t)", *stop) && strncmp(stop, "）", 3) != 0 && strncmp(stop, "　", 3) != 0 &&
           strncmp(stop, "，", 3) != 0)
        stop++;
    struct slice unit = {begin, (size_t)(stop - begin)};
    bool list = memmem(unit.ptr, unit.len, "、", 3) || memchr(unit.ptr, ',', unit.len);
    return list ? (struct slice){"", 0} : unit;
}

/* 单位：公里 in a title; 填报单位：… is another thing. */
static struct slice title_unit(struct slice cell) {
    static const char mark[] = "单位";
    const char *end = cell.ptr + cell.len, *at = cell.ptr;
    while ((at = memmem(at, (size_t)(end - at), mark, sizeof mark - 1))) {
        bool other = at - cell.ptr >= 6 && memcmp(at - 6, "填报", 6) == 0;
        at += sizeof mark - 1;
        size_t colon = at < end && *at == ':' ? 1 : end - at >= 3 && memcmp(at, "：", 3) == 0 ? 3 : 0;
        if (!other && colon) return unit_word(at + colon, end);
    }
    return (struct slice){"", 0};
}

static void read_titles(const struct sheet *sheet, struct header *header) {
    for (size_t row = 0; row < header->row; row++)
        for (size_t i = 0; i < sheet->rows[row].cell_count; i++) {
            struct slice cell = sheet_cell(sheet, row, i);
            if (!cell.len) continue;
            if (!header->title_year) header->title_year = when_year(cell);
            if (!header->title_unit.len) header->title_unit = title_unit(cell);
            if (!day_is(header->title_as_of) && !when_in_title(cell, header->title_year, &header->title_as_of))
                header->title_as_of = DAY_NONE;
        }
}

static size_t filled_cells(const struct sheet *sheet, size_t row) {
    size_t filled = 0;
    for (size_t i = 0; i < sheet->rows[row].cell_count; i++)
        filled += sheet_cell(sheet, row, i).len > 0;
    return filled;
}

bool header_find(const struct sheet *sheet, const struct mapping *mapping, struct arena *arena, struct header *out,
                 struct refusal *refusal) {
    struct header best = {.row = NO_COLUMN, .title_as_of = DAY_NONE};
    enum field best_twice = FIELD_COUNT;
    size_t best_filled = 0, last = sheet->named ? 1 : HEADER_ROWS_MAX;
    *refusal = (struct refusal){.code = REFUSAL_NONE};
    for (size_t row = 0; row < sheet->row_count && row < last; row++) {
        struct header here;
        enum field twice;
        size_t filled = filled_cells(sheet, row);
        match_row(sheet, row, mapping, &here, &twice);
        if (best.row != NO_COLUMN &&
            (here.matched < best.matched || (here.matched == best.matched && filled <= best_filled)))
            continue;
        if (filled == 0) continue;
        best = here;
        best_twice = twice;
        best_filled = filled;
        if (missing_field(sheet, mapping, &here) == FIELD_COUNT) break;
    }
    *out = best;
    if (best.row == NO_COLUMN) {
        *refusal = refuse(arena, REFUSAL_COLUMN_MISSING, NO_COLUMN, "没有表头：文件里没有文字");
        refusal->remedy = "请确认表里有数，重新导出";
        return false;
    }
    read_titles(sheet, out);
    enum field missing = missing_field(sheet, mapping, out);
    if (best_twice != FIELD_COUNT)
        *refusal = twice_refusal(sheet, mapping, out, best_twice, arena);
    else if (missing != FIELD_COUNT)
        *refusal = missing_refusal(sheet, mapping, out, missing, arena);
    return refusal->code == REFUSAL_NONE;
}

struct slice header_name(const struct sheet *sheet, const struct header *header, size_t column) {
    if (column == NO_COLUMN || header->row == NO_COLUMN) return (struct slice){"", 0};
    return sheet_cell(sheet, header->row, column);
}
