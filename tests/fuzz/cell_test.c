/* Cells as nobody types them, from a fixed seed: every reader of a cell ends without a fault of its own, gives a number
 * only for what holds digits, and gives the same for the same. DUBAN_FUZZ_ROUNDS sets how many. */
#include <stdlib.h>

#include "common/base/text.h"
#include "services/collector/names.h"
#include "services/collector/number.h"
#include "services/collector/title.h"
#include "services/collector/when.h"
#include "tests/unit/collector/plan_fixture.h"

static uint64_t state;
static size_t chance(size_t below) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return below ? (size_t)(state % below) : 0;
}

static size_t rounds(void) {
    const char *given = getenv("DUBAN_FUZZ_ROUNDS");
    return (given ? (size_t)strtoul(given, NULL, 10) : 400) * 50;
}

static const char *const pieces[] = {"0",
                                     "1",
                                     "9",
                                     "12",
                                     "999",
                                     "2021",
                                     "20210630",
                                     "44377",
                                     ".",
                                     ",",
                                     "，",
                                     " ",
                                     "　",
                                     "-",
                                     "—",
                                     "+",
                                     "E",
                                     "e+",
                                     "%",
                                     "％",
                                     "１",
                                     "．",
                                     "年",
                                     "月",
                                     "日",
                                     "底",
                                     "季度",
                                     "上半年",
                                     "/",
                                     "\\",
                                     "#",
                                     "#DIV/0!",
                                     "=",
                                     "'",
                                     "(",
                                     "）",
                                     "约",
                                     "左右",
                                     "多",
                                     "公里",
                                     "万元",
                                     "T06.1",
                                     "直连道路",
                                     "青川",
                                     "县",
                                     "510822",
                                     "000000",
                                     "同上",
                                     "无",
                                     "合计",
                                     "其中：",
                                     "截至",
                                     "单位：",
                                     "\xff",
                                     "\xe6\x9c",
                                     "\xc2\xa0",
                                     "\xe2\x80\x8b",
                                     "\n",
                                     "\t",
                                     "\"",
                                     "完成",
                                     "未",
                                     "√",
                                     "99999999999999999999"};

static void a_cell(char out[400]) {
    size_t count = chance(7);
    *out = 0;
    for (size_t i = 0; i < count; i++)
        strcat(out, pieces[chance(sizeof pieces / sizeof *pieces)]);
}

static bool has_digit(const char *text) {
    struct buffer half = {0};
    text_halfwidth(text, strlen(text), &half);
    bool found = strpbrk(buffer_text(&half), "0123456789") != NULL;
    buffer_finish(&half);
    return found;
}

static void expect_number(struct arena *arena, const char *text) {
    bool note = chance(2);
    struct number first = number_read(arena, slice_of(text), note), again = number_read(arena, slice_of(text), note);
    cr_assert_eq(first.kind, again.kind, "%s", text);
    cr_assert(first.kind != NUMBER_VALUE || has_digit(text), "\"%s\" holds no digit", text);
    cr_assert(first.kind != NUMBER_REFUSED || first.code != REFUSAL_NONE, "%s", text);
    cr_assert(first.kind != NUMBER_VALUE || first.value.scale <= DECIMAL_SCALE_MAX);
}

static void expect_day(const char *text) {
    struct day day;
    enum refusal_code code = when_read(slice_of(text), 2021, &day);
    cr_assert_eq(code == REFUSAL_NONE, day_is(day), "%s", text);
    (void)!when_in_title(slice_of(text), 2021, &day);
    int year = when_year(slice_of(text));
    cr_assert(year == 0 || (year >= 2000 && year <= 2099), "%s", text);
    (void)!when_in_name(slice_of(text), "*{yyyy}{mm}*", &day);
}

static void expect_names(const struct plan_fixture *plan, struct arena *arena, const char *text) {
    struct mapping none = {.unit = NULL};
    size_t area, target, task;
    struct refusal refusal = name_area(plan->plan, arena, slice_of(text), (struct day){18810}, 0, &area);
    cr_assert_eq(refusal.code == REFUSAL_NONE, area != NO_INDEX, "%s", text);
    refusal = name_target(plan->plan, &none, arena, slice_of(text), 0, &target, &task);
    cr_assert_eq(refusal.code == REFUSAL_NONE, target != NO_INDEX || task != NO_INDEX, "%s", text);
    (void)name_is_total(slice_of(text));
    (void)name_is_part(slice_of(text));
    (void)name_is_footer(slice_of(text));
}

Test(cell, every_reader_of_a_cell_ends, .timeout = 240) {
    struct plan_fixture plan = plan_fixture_open();
    struct arena *arena = arena_create();
    bool words;
    state = 20211124;
    for (size_t i = 0; i < rounds(); i++) {
        char text[400];
        a_cell(text);
        expect_number(arena, text);
        expect_day(text);
        expect_names(&plan, arena, text);
        (void)state_read(slice_of(text), &words);
        if (i % 1000) continue;
        arena_destroy(&arena);
        arena = arena_create();
    }
    arena_destroy(&arena);
    plan_fixture_close(&plan);
}
