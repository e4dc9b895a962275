#include "services/cli/script.h"

#include <criterion/criterion.h>
#include <string.h>

#include "common/base/cleanup.h"

Test(script, lines_comments_and_quotes) {
    CLEAN(findings_finish) struct findings findings = {0};
    CLEAN(script_finish) struct script script;
    static const char text[] = "# a rehearsal\n"
                               "\n"
                               "2021-01-01T00:00:00+08:00 run duban go-live --by 市两改办值班\n"
                               "2021-02-03T09:30:00+08:00 drop feeds/0001.csv \"agents/lizhou/in box/1月 报表.csv\"\r\n"
                               "  2021-02-03T09:30:00+08:00  append feeds/2 x \n"
                               "2021-02-03T09:31:00+08:00 rename a b";
    cr_assert(script_parse("s.txt", text, &script, &findings));
    cr_assert_eq(script.count, 4);
    cr_assert_eq(script.lines[0].verb, SCRIPT_RUN);
    cr_assert_str_eq(script.lines[0].source, "duban go-live --by 市两改办值班");
    cr_assert_eq(script.lines[1].verb, SCRIPT_DROP);
    cr_assert_str_eq(script.lines[1].source, "feeds/0001.csv");
    cr_assert_str_eq(script.lines[1].target, "agents/lizhou/in box/1月 报表.csv");
    cr_assert_eq(script.lines[1].line, 4);
    cr_assert_eq(script.lines[2].verb, SCRIPT_APPEND);
    cr_assert_str_eq(script.lines[2].target, "x");
    cr_assert_eq(script.lines[3].verb, SCRIPT_RENAME);
    cr_assert_eq(script.lines[3].at.ms - script.lines[2].at.ms, MS_MINUTE);
}

Test(script, everything_wrong_is_told_with_its_line) {
    CLEAN(findings_finish) struct findings findings = {0};
    CLEAN(script_finish) struct script script;
    static const char text[] = "yesterday run x\n"
                               "2021-02-03T09:30:00+08:00\n"
                               "2021-02-03T09:30:00+08:00 copy a b\n"
                               "2021-02-03T09:30:00+08:00 drop a\n"
                               "2021-02-03T09:30:00+08:00 drop a b c\n"
                               "2021-02-03T09:30:00+08:00 run   \n"
                               "2021-02-03T09:30:00+08:00 drop \"a b\n"
                               "2021-02-02T09:30:00+08:00 run true\n";
    static const char *const places[] = {"s.txt:1", "s.txt:2", "s.txt:3", "s.txt:4",
                                         "s.txt:5", "s.txt:6", "s.txt:7", "s.txt:8"};
    cr_assert_not(script_parse("s.txt", text, &script, &findings));
    cr_assert_eq(findings.count, 8, "%zu", findings.count);
    for (size_t i = 0; i < 8; i++)
        cr_assert_str_eq(findings.items[i].place, places[i]);
    cr_assert(strstr(findings.items[2].message, "drop, append, rename, run"));
    cr_assert(strstr(findings.items[7].message, "in order"));
}

Test(script, empty_is_sound) {
    CLEAN(findings_finish) struct findings findings = {0};
    CLEAN(script_finish) struct script script;
    cr_assert(script_parse("s.txt", "", &script, &findings));
    cr_assert_eq(script.count, 0);
}
