#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/text.h"

Test(text_office, full_width_becomes_half_width) {
    static const char *const rows[][2] = {
        {"１２．５", "12.5"},
        {"－３", "-3"},
        {"−3", "-3"},
        {"＋８７．０％", "+87.0%"},
        {"１，２３４", "1,234"},
        {"\xE3\x80\x80 12\xC2\xA0", "12"}, /* 全角空格, NBSP at the ends */
        {"旺\xE3\x80\x80苍\xC2\xA0县", "旺 苍 县"},
        {"1\xE2\x80\x8B"
         "2\xEF\xBB\xBF",
         "12"}, /* zero width */
        {"\xE2\x80\x8E"
         "12\xE2\x80\xAC",
         "12"}, /* direction marks */
        {"12。", "12。"},
        {"一、二", "一、二"},
        {"（万亩）", "(万亩)"},
        {"ＡＢｃ", "ABc"},
        {"  ", ""},
        {"a\t\nb", "a  b"},
        {"12–15", "12-15"},
        {"﹣1﹪", "-1%"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CLEAN(buffer_finish) struct buffer out = {0};
        text_halfwidth(rows[i][0], strlen(rows[i][0]), &out);
        cr_assert_str_eq(buffer_text(&out), rows[i][1], "row %zu: \"%s\"", i, buffer_text(&out));
    }
}

Test(text_office, names_are_compared_without_spaces_and_quotes) {
    static const struct {
        const char *a, *b;
        bool equal;
    } rows[] = {
        {"旺 苍 县", "旺苍县", true}, {"“三品一标”", "\"三品一标\"", true},
        {"「两个」", "两个", true},   {"（一）", "(一)", true},
        {"旺苍", "旺苍县", false},    {"", " ", true},
        {"ab", "abc", false},         {"A", "a", false},
        {"《办法》", "办法", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_assert_eq(text_equal_loose(rows[i].a, strlen(rows[i].a), rows[i].b, strlen(rows[i].b)), rows[i].equal,
                     "row %zu", i);
        cr_assert_eq(text_equal_loose(rows[i].b, strlen(rows[i].b), rows[i].a, strlen(rows[i].a)), rows[i].equal,
                     "row %zu turned", i);
        cr_assert_eq(text_hash_loose(rows[i].a, strlen(rows[i].a)) == text_hash_loose(rows[i].b, strlen(rows[i].b)),
                     rows[i].equal, "row %zu", i);
    }
}

Test(text_office, distance_counts_characters) {
    static const struct {
        const char *a, *b;
        size_t distance;
    } rows[] = {
        {"", "", 0},         {"", "abc", 3},          {"kitten", "sitting", 3},
        {"旺苍", "旺仓", 1}, {"ab", "ba", 1},         {"target", "tagret", 1},
        {"a", "b", 1},       {"abcdef", "abcdef", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        cr_assert_eq(text_distance(rows[i].a, rows[i].b), rows[i].distance, "row %zu", i);
    char much[400];
    memset(much, 'x', sizeof much - 1);
    much[sizeof much - 1] = '\0';
    cr_assert_eq(text_distance(much, "x"), SIZE_MAX);
}

Test(text_office, nearest_is_near_or_nothing) {
    static const char *const names[] = {"target", "tasks", "heartbeat", "旺苍县", "苍溪县", "x"};
    static const char *const rows[][2] = {
        {"tagret", "target"}, {"hartbeat", "heartbeat"}, {"task", "tasks"}, {"zzz", NULL}, {"旺仓县", "旺苍县"},
        {"y", NULL},          {"completely", NULL},      {"", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *near = text_nearest(rows[i][0], names, sizeof names / sizeof names[0]);
        if (rows[i][1])
            cr_assert_str_eq(near ? near : "(none)", rows[i][1], "row %zu", i);
        else
            cr_assert_null(near, "row %zu: %s", i, near);
    }
}

Test(text_office, integers_are_strict) {
    static const struct {
        const char *text;
        bool good;
        int64_t value;
    } rows[] = {
        {"0", true, 0},
        {"12", true, 12},
        {"-3", true, -3},
        {"9223372036854775807", true, INT64_MAX},
        {"-9223372036854775808", true, INT64_MIN},
        {"9223372036854775808", false, 0},
        {"-9223372036854775809", false, 0},
        {"", false, 0},
        {"-", false, 0},
        {"12x", false, 0},
        {"010", false, 0},
        {"-0", false, 0},
        {"+1", false, 0},
        {" 1", false, 0},
        {"1 ", false, 0},
        {"1_0", false, 0},
        {"0x10", false, 0},
        {"1.0", false, 0},
        {"１", false, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t value = 77;
        cr_assert_eq(text_to_int(rows[i].text, strlen(rows[i].text), &value), rows[i].good, "row %zu", i);
        cr_assert_eq(value, rows[i].good ? rows[i].value : 77, "row %zu", i);
    }
}
