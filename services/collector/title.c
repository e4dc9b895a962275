#include "services/collector/title.h"

#include <string.h>

#include "common/base/text.h"
#include "services/collector/when.h"

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

/* 单位：公里 in a title; 填报单位：… and 责任单位：… are other things. */
static struct slice unit_in(struct slice cell) {
    static const char mark[] = "单位";
    const char *end = cell.ptr + cell.len, *at = cell.ptr;
    while ((at = memmem(at, (size_t)(end - at), mark, sizeof mark - 1))) {
        bool other = at - cell.ptr >= 3 && (unsigned char)at[-1] >= 0x80 && memcmp(at - 3, "：", 3) != 0 &&
                     memcmp(at - 3, "　", 3) != 0 && memcmp(at - 3, "（", 3) != 0 && memcmp(at - 3, "，", 3) != 0 &&
                     memcmp(at - 3, "；", 3) != 0;
        at += sizeof mark - 1;
        size_t colon = at < end && *at == ':' ? 1 : end - at >= 3 && memcmp(at, "：", 3) == 0 ? 3 : 0;
        if (!other && colon) return unit_word(at + colon, end);
    }
    return (struct slice){"", 0};
}

static void read_unit(struct slice cell, struct titles *out) {
    struct slice unit = unit_in(cell);
    if (!unit.len) return;
    if (!out->unit.len)
        out->unit = unit;
    else if (!text_equal_loose(unit.ptr, unit.len, out->unit.ptr, out->unit.len))
        out->other_unit = unit;
}

static void read_as_of(struct slice cell, struct titles *out) {
    struct day day;
    if (!when_in_title(cell, out->year, &day)) return;
    if (!day_is(out->as_of))
        out->as_of = day;
    else if (out->as_of.n != day.n)
        out->other_as_of = day;
}

static int year_of(const struct sheet *sheet, size_t rows) {
    int found = 0;
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i < sheet->rows[row].cell_count; i++) {
            int year = when_year(sheet_cell(sheet, row, i));
            if (year && found && year != found) return 0;
            if (year) found = year;
        }
    return found;
}

struct titles titles_read(const struct sheet *sheet, size_t rows) {
    struct titles out = {.unit = {"", 0},
                         .other_unit = {"", 0},
                         .as_of = DAY_NONE,
                         .other_as_of = DAY_NONE,
                         .year = year_of(sheet, rows)};
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i < sheet->rows[row].cell_count; i++) {
            struct slice cell = sheet_cell(sheet, row, i);
            if (!cell.len) continue;
            read_unit(cell, &out);
            read_as_of(cell, &out);
        }
    return out;
}
