#include "services/collector/title.h"

#include <criterion/criterion.h>
#include <string.h>

struct read {
    struct arena *arena;
    struct sheet sheet;
    struct titles titles;
};

static struct read read_lines(const char *text) {
    struct read out = {.arena = arena_create()};
    struct refusal refusal;
    cr_assert(sheet_split(slice_of(text), ',', out.arena, &out.sheet, &refusal));
    out.titles = titles_read(&out.sheet, out.sheet.row_count);
    return out;
}

static void read_finish(struct read *read) {
    sheet_finish(&read->sheet);
    arena_destroy(&read->arena);
}

Test(title, units_stand_behind_their_word_alone) {
    static const struct {
        const char *text, *unit, *other;
    } rows[] = {{"进度表 单位：公里\n", "公里", ""},
                {"（单位：万元）\n", "万元", ""},
                {"单位:公里，截至6月底\n", "公里", ""},
                {"填报单位：青川县\n", "", ""},
                {"责任单位：交通局,,单位：公里\n", "公里", ""},
                {"单位：公里、户\n", "", ""},
                {"单位：公里\n,单位：米\n", "公里", "米"},
                {"单位：公里\n,单位：公里\n", "公里", ""},
                {"计量单位 公里\n", "", ""}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct read read = read_lines(rows[i].text);
        cr_expect(slice_is(read.titles.unit, rows[i].unit), "%s: %.*s", rows[i].text, (int)read.titles.unit.len,
                  read.titles.unit.ptr);
        cr_expect(slice_is(read.titles.other_unit, rows[i].other), "%s", rows[i].text);
        read_finish(&read);
    }
}

Test(title, days_and_years) {
    struct read read = read_lines("2021年进度表\n截至6月底,,截止2021年6月30日\n");
    cr_expect_eq(read.titles.year, 2021);
    cr_expect_eq(read.titles.as_of.n, 18808, "2021-06-30");
    cr_expect_not(day_is(read.titles.other_as_of), "the same day said twice");
    read_finish(&read);
    read = read_lines("截至2021年6月30日\n截至2021年5月31日\n");
    cr_expect_eq(read.titles.other_as_of.n, 18778, "2021-05-31");
    read_finish(&read);
    read = read_lines("2020年计划\n2021年进度\n");
    cr_expect_eq(read.titles.year, 0, "nobody knows which");
    read_finish(&read);
}
