#include "common/base/text.h"

#include <criterion/criterion.h>
#include <string.h>

#include "common/base/cleanup.h"

Test(text, tells_utf8_and_where_it_ends_being_it) {
    static const struct {
        const char *text;
        size_t len;
        long bad_at; /* -1: fine */
    } rows[] = {
        {"", 0, -1},
        {"abc", 3, -1},
        {"旺苍县", 9, -1},
        {"\xF0\xA0\xAE\xB7", 4, -1},
        {"\xF4\x8F\xBF\xBF", 4, -1}, /* U+10FFFF */
        {"\0x", 2, -1},              /* NUL is UTF-8 */
        {"a\xFFz", 3, 1},
        {"a\x80", 2, 1},    /* a continuation alone */
        {"\xC0\xAF", 2, 0}, /* overlong slash */
        {"\xC1\xBF", 2, 0},
        {"\xE0\x80\xAF", 3, 0}, /* overlong */
        {"\xF0\x80\x80\xAF", 4, 0},
        {"\xED\xA0\x80", 3, 0},     /* surrogate */
        {"\xED\x9F\xBF", 3, -1},    /* the last before them */
        {"\xF4\x90\x80\x80", 4, 0}, /* above U+10FFFF */
        {"\xF5\x80\x80\x80", 4, 0},
        {"ab\xE6\x97", 4, 2}, /* ends inside */
        {"\xE6\x97X", 3, 0},
        {"\xF0\xA0\xAE", 3, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t bad_at = 99;
        bool good = text_is_utf8(rows[i].text, rows[i].len, &bad_at);
        cr_assert_eq(good, rows[i].bad_at < 0, "row %zu", i);
        if (!good) cr_assert_eq((long)bad_at, rows[i].bad_at, "row %zu: %zu", i, bad_at);
    }
}

Test(text, next_walks_over_everything) {
    const char text[] = "a旺\xFF\xE6\x97";
    size_t at = 0, len = sizeof text - 1;
    cr_assert_eq(text_next(text, len, &at), 'a');
    cr_assert_eq(text_next(text, len, &at), 0x65FAu);
    for (int i = 0; i < 3; i++)
        cr_assert_eq(text_next(text, len, &at), 0xFFFDu);
    cr_assert_eq(at, len);
    cr_assert_eq(text_chars(text, len), 5u);
}

Test(text, is_cut_between_characters) {
    static const struct {
        const char *text;
        size_t bytes, expected;
    } rows[] = {
        {"abc", 2, 2},
        {"abc", 9, 3},
        {"旺苍", 6, 6},
        {"旺苍", 5, 3},
        {"旺苍", 4, 3},
        {"旺苍", 3, 3},
        {"旺苍", 2, 0},
        {"a旺", 3, 1},
        {"\xF0\xA0\xAE\xB7", 3, 0},
        {"\xC3\xA9", 1, 0},
        {"", 5, 0},
        {"\x80\x80\x80\x80\x80\x80", 5, 5}, /* no characters at all: nothing to save */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        cr_assert_eq(text_cut_bytes(rows[i].text, strlen(rows[i].text), rows[i].bytes), rows[i].expected, "row %zu", i);
    cr_assert_eq(text_cut_chars("旺苍县", 9, 2), 6u);
    cr_assert_eq(text_cut_chars("旺苍县", 9, 0), 0u);
    cr_assert_eq(text_cut_chars("旺苍县", 9, 200), 9u);
    cr_assert_eq(text_cut_bytes("ab\xE6\x97", 4, 4), 2u, "a text that already ends inside a character");
}

Test(text, is_brought_to_nfc) {
    static const struct {
        const char *text, *nfc;
    } rows[] = {
        {"", ""},
        {"plain", "plain"},
        {"旺苍县２０２１年，（）", "旺苍县２０２１年，（）"},
        {"e\xCC\x81", "\xC3\xA9"},                    /* e + acute */
        {"\xE2\x84\xAB", "\xC3\x85"},                 /* Ångström sign */
        {"\xEF\xA4\x80", "\xE8\xB1\x88"},             /* CJK compatibility U+F900 → U+8C48 */
        {"\xE2\x80\x80x", "\xE2\x80\x82x"},           /* EN QUAD → EN SPACE */
        {"\xE1\x84\x80\xE1\x85\xA1", "\xEA\xB0\x80"}, /* Hangul */
        {"\xCC\xA3\xCC\x87q", "\xCC\xA3\xCC\x87q"},
        {"q\xCC\x87\xCC\xA3", "q\xCC\xA3\xCC\x87"}, /* order of marks */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CLEAN(buffer_finish) struct buffer out = {0};
        cr_assert(text_nfc(rows[i].text, strlen(rows[i].text), &out));
        cr_assert_str_eq(buffer_text(&out), rows[i].nfc, "row %zu", i);
        cr_assert_eq(text_is_nfc(rows[i].text, strlen(rows[i].text)), strcmp(rows[i].text, rows[i].nfc) == 0, "row %zu",
                     i);
    }
    CLEAN(buffer_finish) struct buffer out = {0};
    cr_assert_not(text_nfc("\xFF", 1, &out));
    cr_assert_not(text_is_nfc("a\xFF", 2));
}

Test(text, is_cleaned_for_an_event) {
    static const char *const rows[][2] = {
        {"a\tb\r\nc", "a b  c"},   {"\x7F\xC2\x85x", "  x"}, {"a\xFF", "a\xEF\xBF\xBD"},
        {"e\xCC\x81", "\xC3\xA9"}, {"\xE2\x80\xA8x", " x"},  {"", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CLEAN(buffer_finish) struct buffer out = {0};
        text_clean(rows[i][0], strlen(rows[i][0]), &out);
        cr_assert_str_eq(buffer_text(&out), rows[i][1], "row %zu", i);
        cr_assert_not(text_has_control(buffer_text(&out), out.len));
    }
    cr_assert(text_has_control("a\n", 2));
    cr_assert(text_has_control("\xC2\x80", 2));
    cr_assert(text_has_control("\0", 1));
}

Test(text, has_a_width_for_the_eye) {
    static const struct {
        const char *text;
        size_t width;
    } rows[] = {
        {"", 0}, {"abc", 3}, {"旺苍", 4}, {"１２％", 6}, {"a旺b", 4}, {"e\xCC\x81", 1}, {"，", 2}, {"\xE2\x80\x8B", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        cr_assert_eq(text_width(rows[i].text, strlen(rows[i].text)), rows[i].width, "row %zu", i);
    cr_assert_eq(text_cut_width("旺苍县", 9, 5), 6u);
    cr_assert_eq(text_cut_width("e\xCC\x81x", 4, 1), 3u, "a mark stays with its letter");
}

Test(text, is_padded_and_cut_by_width) {
    static const struct {
        const char *text;
        size_t columns;
        enum text_align align;
        const char *expected;
    } rows[] = {
        {"旺苍", 6, TEXT_LEFT, "旺苍  "},
        {"旺苍", 6, TEXT_RIGHT, "  旺苍"},
        {"旺苍县", 6, TEXT_LEFT, "旺苍县"},
        {"旺苍县城", 6, TEXT_LEFT, "旺苍… "},
        {"abcdef", 4, TEXT_RIGHT, "abc…"},
        {"旺", 1, TEXT_LEFT, "…"},
        {"x", 0, TEXT_LEFT, ""},
        {"", 2, TEXT_LEFT, "  "},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CLEAN(buffer_finish) struct buffer out = {0};
        text_pad(rows[i].text, strlen(rows[i].text), rows[i].columns, rows[i].align, &out);
        cr_assert_str_eq(buffer_text(&out), rows[i].expected, "row %zu: \"%s\"", i, buffer_text(&out));
    }
}
