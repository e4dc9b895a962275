#include "common/base/message.h"

#include <criterion/criterion.h>
#include <stdio.h>

static const struct message_row rows[] = {
    {"%zu files read", "已读 %zu 个文件"},
    {"%s: %d%% done", "%s：完成 %d%%"},
    {"%s in %s", "%2$s 的 %1$s"},
};
static const struct messages table = {rows, sizeof rows / sizeof rows[0]};

Test(message, is_found_by_its_english) {
    char out[64];
    snprintf(out, sizeof out, message(&table, LANG_ZH, "%zu files read"), (size_t)3);
    cr_assert_str_eq(out, "已读 3 个文件");
    snprintf(out, sizeof out, message(&table, LANG_EN, "%zu files read"), (size_t)3);
    cr_assert_str_eq(out, "3 files read");
    cr_assert_str_eq(message(&table, LANG_ZH, "not in the table"), "not in the table");
}

Test(message, tables_are_checked) {
    cr_assert_null(message_unsound(&table));
    static const struct message_row wrong[][2] = {
        {{"%d", "%s"}}, {{"%d", "%ld"}}, {{"%s %d", "%d %s"}}, {{"%s", "nothing"}}, {{"x", NULL}},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        cr_assert_eq(message_unsound(&(struct messages){wrong[i], 1}), &wrong[i][0], "row %zu", i);
    static const struct message_row twice[] = {{"a", "甲"}, {"a", "乙"}};
    cr_assert_eq(message_unsound(&(struct messages){twice, 2}), &twice[1]);
}

Test(message, languages_have_names) {
    static const struct {
        const char *text;
        bool good;
        enum lang lang;
    } names[] = {{"en", true, LANG_EN},       {"zh", true, LANG_ZH},  {"zh_CN.UTF-8", true, LANG_ZH},
                 {"en-GB", true, LANG_EN},    {"de", false, LANG_EN}, {"", false, LANG_EN},
                 {"english", false, LANG_EN}, {"z", false, LANG_EN}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        enum lang lang = LANG_EN;
        cr_assert_eq(lang_parse(names[i].text, &lang), names[i].good, "row %zu", i);
        cr_assert_eq(lang, names[i].lang, "row %zu", i);
    }
}
