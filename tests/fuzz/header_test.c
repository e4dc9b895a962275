/* Headers as nobody draws them: grids of names, units, brackets, slashes, blanks and stray bytes, one to four rows
 * deep, merged any way, from a fixed seed. Joining and finding end without a fault of their own, and what is found
 * stands in the sheet. DUBAN_FUZZ_ROUNDS sets how many. */
#include <stdlib.h>

#include "services/collector/header.h"
#include "services/collector/learn_see.h"
#include "services/collector/unit.h"
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
    return given ? (size_t)strtoul(given, NULL, 10) : 400;
}

static const char *const words[] = {"指标",       "地区",     "数据日期", "数值",      "数值（公里）",
                                    "本月",       "目标任务", "累计",     "直连道路",  "直连道路(公里)",
                                    "青川县",     "旺 苍",    "合计",     "就业/进度", "/",
                                    "//",         "(",        "）（",     "（）",      "()",
                                    "(公里",      "公里)",    "((万元))", "序号",      "",
                                    "",           "",         "\xe6\x8c", "\xff",      "截至2021年6月30日",
                                    "单位：公里", "1",        "31.5",     "同上"};
static const char *const mappings[] = {
    "{}",
    "{header: 2}",
    "{header: 4, columns: {value: [就业/进度]}}",
    "{layout: wide-area}",
    "{layout: wide-target, header: 2}",
    "{layout: wide-target, header: 3, values: [{target: T06.1, value: 直连道路/进度, share: 直连道路/目标任务}]}",
    "{increments: yes}"};

static const char *a_word(void) {
    return words[chance(sizeof words / sizeof *words)];
}

/* A workbook's sheet: its cells lie one behind the other in the text, and some of them are merged. */
static void fill(struct sheet *sheet, bool workbook) {
    size_t rows = 1 + chance(9), columns = 1 + chance(8);
    *sheet = (struct sheet){.separator = ',', .name = workbook ? "6月" : NULL, .text = malloc(8192)};
    cr_assert_not_null(sheet->text);
    for (size_t row = 0; row < rows; row++) {
        cr_assert(sheet_add_row(sheet, row + 1 + (workbook ? chance(2) * row : 0)));
        for (size_t i = 0, width = chance(4) ? columns : chance(columns + 1); i < width; i++) {
            const char *word = a_word();
            size_t len = strlen(word);
            memcpy(sheet->text + sheet->text_len, word, len);
            cr_assert(sheet_add_marked(sheet, sheet->text_len, len, (unsigned)chance(256)));
            sheet->text_len += len;
        }
    }
    if (!workbook) return;
    sheet->merges = calloc(columns, sizeof *sheet->merges);
    for (size_t i = 0; i < columns; i++)
        if (chance(2)) {
            uint32_t first = 1 + (uint32_t)chance(rows), left = (uint32_t)chance(i + 1);
            sheet->merges[sheet->merge_count++] =
                (struct sheet_merge){(uint32_t)i, left, first, first + (uint32_t)chance(4)};
        }
}

static void expect_sound(const struct sheet *sheet, const struct header *header, const struct mapping *mapping) {
    cr_assert_lt(header->row, sheet->row_count);
    cr_assert_eq(header->row - header->first + 1, mapping->depth);
    cr_assert_gt(header->slot_count, 0);
    for (size_t field = 0; field < FIELD_COUNT; field++)
        cr_assert(header->columns[field] == NO_COLUMN || header->columns[field] < header->width);
    for (size_t i = 0; i < header->slot_count; i++)
        for (size_t field = 0; field < FIELD_COUNT; field++) {
            size_t column = header->slots[i].columns[field];
            cr_assert(column == NO_COLUMN || column < header->width);
        }
}

static void one_round(const struct plan_fixture *plan) {
    struct arena *arena = arena_create();
    struct mapping mapping;
    struct findings findings = {NULL, 0, 0, 0};
    struct yaml doc;
    struct sheet sheet;
    struct header header;
    struct refusal refusal;
    const char *yaml = mappings[chance(sizeof mappings / sizeof *mappings)];
    yaml_parse(&doc, "m", yaml, strlen(yaml), &findings);
    mapping_read(&doc, doc.root, arena, &mapping);
    cr_assert_eq(findings.errors, 0, "%s", yaml);
    fill(&sheet, chance(2));
    const struct header_search search = {
        .sheet = &sheet, .mapping = &mapping, .plan = plan->plan, .today = {18810}, .arena = arena};
    bool found = header_find(&search, &header, &refusal);
    cr_assert_eq(found, refusal.code == REFUSAL_NONE);
    if (found) expect_sound(&sheet, &header, &mapping);
    if (!found) cr_assert(refusal_row(refusal.code)->file, "%s", refusal_row(refusal.code)->word);
    struct seen seen = learn_see(&sheet, plan->plan, (struct day){18810}, arena);
    cr_assert(seen.depth == 0 || seen.first + seen.depth <= seen.data);
    cr_assert_not(arena_failed(arena));
    sheet_finish(&sheet);
    yaml_finish(&doc);
    findings_finish(&findings);
    arena_destroy(&arena);
}

Test(header, joining_and_finding_end_whatever_is_drawn, .timeout = 240) {
    struct plan_fixture plan = plan_fixture_open();
    state = 20211124;
    for (size_t i = 0; i < rounds(); i++)
        one_round(&plan);
    plan_fixture_close(&plan);
}

/* What is taken out as a unit, put back where it was, gives the name again. */
Test(header, a_unit_split_from_a_name_is_a_part_of_it, .timeout = 120) {
    state = 7;
    for (size_t i = 0; i < rounds() * 20; i++) {
        char name[400] = "", base[UNIT_NAME_MAX];
        struct slice unit;
        for (size_t k = chance(5) + 1; k > 0; k--) {
            strcat(name, a_word());
            if (chance(2)) strcat(name, "/");
        }
        if (!unit_split(slice_of(name), base, &unit)) continue;
        size_t cut = strlen(name) - strlen(base);
        cr_assert(unit.ptr > name && unit.ptr + unit.len < name + strlen(name), "%s", name);
        cr_assert(cut >= unit.len + 2 && cut <= unit.len + 6, "%s -> %s", name, base);
    }
}
