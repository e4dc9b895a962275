#include <criterion/criterion.h>

#include "services/collector/number.h"

static struct slice text(const char *t) {
    return (struct slice){t, strlen(t)};
}

Test(number, what_offices_type_for_numbers) {
    static const struct {
        const char *cell;
        int64_t mantissa;
        unsigned scale;
        const char *unit;
    } rows[] = {
        {"12", 12, 0, ""},
        {" 12.50 ", 125, 1, ""},
        {"１２．５", 125, 1, ""},
        {"－３", -3, 0, ""},
        {"+7", 7, 0, ""},
        {"45.6公里", 456, 1, "公里"},
        {"45.6 公里", 456, 1, "公里"},
        {"87%", 87, 0, "%"},
        {"87.0％", 87, 0, "%"},
        {"1,000", 1000, 0, ""},
        {"1，000", 1000, 0, ""},
        {"1 000", 1000, 0, ""},
        {"12,345,678.9", 123456789, 1, ""},
        {"1.2E+03", 1200, 0, ""},
        {"5e-1", 5, 1, ""},
        {"12.", 12, 0, ""},
        {"12。", 12, 0, ""},
        {"'15", 15, 0, ""},
        {"0", 0, 0, ""},
        {"0.00", 0, 0, ""},
        {"000.58", 58, 2, ""},
        {".5", 5, 1, ""},
        {"0.57999999999999996", 58, 2, ""},
        {"485.79999999999995", 4858, 1, ""},
        {"9.9999999999999999", 10, 0, ""},
        {"\xc2\xa0"
         "12\xe2\x80\x8b",
         12, 0, ""},                                     /* NBSP before, zero width space behind */
        {"123456789.123456789", 123456789123457, 6, ""}, /* 15 significant digits */
    };
    struct arena *arena = arena_create();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct number number = number_read(arena, text(rows[i].cell), false);
        cr_expect_eq(number.kind, NUMBER_VALUE, "\"%s\": kind %d code %d", rows[i].cell, number.kind, number.code);
        cr_expect_eq(number.value.mantissa, rows[i].mantissa, "\"%s\": %lld", rows[i].cell,
                     (long long)number.value.mantissa);
        cr_expect_eq(number.value.scale, rows[i].scale, "\"%s\": scale %u", rows[i].cell, number.value.scale);
        cr_expect(slice_is(number.unit, rows[i].unit), "\"%s\": unit", rows[i].cell);
    }
    arena_destroy(&arena);
}

Test(number, what_is_no_exact_number) {
    static const struct {
        const char *cell;
        enum refusal_code code;
    } rows[] = {
        {"1,5", REFUSAL_SEPARATOR},
        {"12,34", REFUSAL_SEPARATOR},
        {"1234,567", REFUSAL_SEPARATOR},
        {"1,000 000", REFUSAL_SEPARATOR},
        {"#DIV/0!", REFUSAL_ERROR_VALUE},
        {"#REF!", REFUSAL_ERROR_VALUE},
        {"########", REFUSAL_ERROR_VALUE},
        {"约45", REFUSAL_NOT_EXACT},
        {"45左右", REFUSAL_NOT_EXACT},
        {"40多", REFUSAL_NOT_EXACT},
        {"≥45", REFUSAL_NOT_EXACT},
        {">45", REFUSAL_NOT_EXACT},
        {"12-15", REFUSAL_NOT_EXACT},
        {"12~15", REFUSAL_NOT_EXACT},
        {"12—15", REFUSAL_NOT_EXACT},
        {"二十", REFUSAL_NOT_EXACT},
        {"壹", REFUSAL_NOT_EXACT},
        {"8成", REFUSAL_NOT_EXACT},
        {"1e999", REFUSAL_OUT_OF_RANGE},
        {"1e19", REFUSAL_OUT_OF_RANGE},
        {"1e-30", REFUSAL_DECIMALS},
        {"57%（赤溪偏慢）", REFUSAL_NOTE_IN_CELL},
        {"同上", REFUSAL_DITTO},
        {"abc", REFUSAL_NOT_A_NUMBER},
        {"1.2.3", REFUSAL_NOT_A_NUMBER},
        {"1 2", REFUSAL_SEPARATOR},
        {"--5", REFUSAL_NOT_A_NUMBER},
        {"NaN", REFUSAL_NOT_A_NUMBER},
        {"0x10", REFUSAL_NOT_A_NUMBER},
        {"12.5…", REFUSAL_NOT_EXACT},
        {"57，偏慢", REFUSAL_NOTE_IN_CELL},
        {"5,", REFUSAL_SEPARATOR},
        {"1E", REFUSAL_NOT_A_NUMBER},
    };
    struct arena *arena = arena_create();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct number number = number_read(arena, text(rows[i].cell), false);
        enum refusal_code wanted = rows[i].code;
        cr_expect_eq(number.kind, NUMBER_REFUSED, "\"%s\" is read as kind %d", rows[i].cell, number.kind);
        cr_expect_eq(number.code, wanted, "\"%s\": %s, not %s", rows[i].cell, refusal_row(number.code)->word,
                     refusal_row(wanted)->word);
    }
    arena_destroy(&arena);
}

Test(number, blanks_and_no_change) {
    static const char *const blanks[] = {"", " ", "-", "—", "——", "－", "/", "无", "--", "　"};
    struct arena *arena = arena_create();
    for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++)
        cr_expect_eq(number_read(arena, text(blanks[i]), false).kind, NUMBER_BLANK, "\"%s\"", blanks[i]);
    cr_expect_eq(number_read(arena, text("无变化"), false).kind, NUMBER_NO_CHANGE);
    arena_destroy(&arena);
}

Test(number, number_and_note_when_the_mapping_says_so) {
    struct arena *arena = arena_create();
    struct number number = number_read(arena, text("57%（赤溪、灵溪偏慢）"), true);
    cr_assert_eq(number.kind, NUMBER_VALUE);
    cr_assert_eq(number.value.mantissa, 57);
    cr_assert(slice_is(number.unit, "%"));
    cr_assert(slice_is(number.note, "赤溪、灵溪偏慢"));
    number = number_read(arena, text("22% (严重滞后)"), true);
    cr_assert(slice_is(number.note, "严重滞后"));
    arena_destroy(&arena);
}

Test(number, factors_are_exact) {
    struct decimal out;
    cr_assert(number_multiply((struct decimal){45600, 0}, (struct decimal){1, 3}, &out));
    cr_assert(out.mantissa == 456 && out.scale == 1);
    cr_assert(number_multiply((struct decimal){5, 1}, (struct decimal){2, 0}, &out));
    cr_assert(out.mantissa == 1 && out.scale == 0);
    cr_assert_not(number_multiply((struct decimal){INT64_MAX, 0}, (struct decimal){2, 0}, &out));
}

Test(number, states_of_a_milestone) {
    static const struct {
        const char *cell;
        enum state state;
        bool words;
    } rows[] = {
        {"已完成", STATE_DONE, false},      {"√", STATE_DONE, false},           {"是", STATE_DONE, false},
        {"未完成", STATE_NOT_DONE, false},  {"未开工", STATE_NOT_DONE, false},  {"否", STATE_NOT_DONE, false},
        {"×", STATE_NOT_DONE, false},       {"正在推进", STATE_NOT_DONE, true}, {"前期", STATE_NOT_DONE, true},
        {"基本完成", STATE_UNCLEAR, false}, {"即将完成", STATE_UNCLEAR, false}, {"80%", STATE_UNCLEAR, false},
        {"1", STATE_UNCLEAR, false},        {"true", STATE_DONE, false},        {"#N/A", STATE_UNCLEAR, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool words = false;
        cr_expect_eq(state_read(text(rows[i].cell), &words), rows[i].state, "%s", rows[i].cell);
        cr_expect_eq(words, rows[i].words, "%s", rows[i].cell);
    }
}
