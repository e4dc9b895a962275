/* Wrong plans: every error at once, each with its place and what to do. */
#include "plan_texts.h"

static const char wrong_head[] = "programme: Bad Name\n"                            /* 1 */
                                 "title: x\n"                                       /* 2 */
                                 "start: 2021-02-30\n"                              /* 3 */
                                 "areas:\n"                                         /* 4 */
                                 "  - {code: \"01\", name: 一厂, tile: [1]}\n"      /* 5 */
                                 "  - {code: \"01\", name: 二厂二厂二厂二厂二厂}\n" /* 6 */
                                 "  - {code: 三 厂, name: 三厂, nmae: 三}\n"        /* 7 */
                                 "reporting: {period: montly, closing_day: 31, hours: 8-17, windows: [\"16:30\", "
                                 "\"08:30\"], first_period: 21-1}\n"                      /* 8 */
                                 "office: {name: 办, units: [后勤科]}\n"                  /* 9 */
                                 "units:\n"                                               /* 10 */
                                 "  - {name: 设备科, aliases: [设备课]}\n"                /* 11 */
                                 "  - {name: 设备课}\n"                                   /* 12 */
                                 "taskz: []\n"                                            /* 13 */
                                 "tasks:\n"                                               /* 14 */
                                 "  - {code: T1, title: t, leads: [设备室], group: A}\n"; /* 15 */

Test(plan_yaml, says_all_that_is_wrong_with_the_head) {
    CLEAN(findings_finish) struct findings findings = {0};
    refuse(wrong_head, NULL, NULL, NULL, &findings);
    static const struct {
        const char *place, *words;
    } rows[] = {
        {"plan.yaml:1:12", "“Bad Name” is no programme name; use a-z, 0-9 and -"},
        {"plan.yaml:3:8", "2021-02-30"},
        {"plan.yaml:5:34", "a tile is [row, column]"},
        {"plan.yaml:6:5", "longer than 8 characters; add short:"},
        {"plan.yaml:6:5", "area code 01 stands twice"},
        {"plan.yaml:7:12", "is no code"},
        {"plan.yaml:7:27", "did you mean \"name\"?"},
        {"plan.yaml:8:21", "did you mean \"monthly\"?"},
        {"plan.yaml:8:42", "28"},
        {"plan.yaml:8:53", "write \"08:30-17:30\""},
        {"plan.yaml:8:78", "windows stand in order of the day"},
        {"plan.yaml:8:102", "“21-1” is no period; write 2021-01"},
        {"plan.yaml:9:27", "“后勤科” is no unit of the plan"},
        {"plan.yaml:12:5", "unit “设备课” stands twice"},
        {"plan.yaml:13:1", "did you mean \"tasks\"?"},
        {"plan.yaml:15:47", "“A” is none of the groups:"},
        {"plan.yaml:15:34", "“设备室” is no unit of the plan; did you mean “设备科”?"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (!found(&findings, rows[i].place, rows[i].words)) {
            findings_print(&findings);
            cr_expect_fail("no finding at %s with “%s”", rows[i].place, rows[i].words);
        }
}

Test(plan_yaml, refuses_what_is_no_plan) {
    static const struct {
        const char *text, *place, *words;
    } rows[] = {
        {"", "plan.yaml:1:1", ""},
        {"- a\n", "plan.yaml:1:1", ""},
        {"programme: p\ntitle: t\nareas: []\ntasks: []\nstart: 2021-01-01\n", "plan.yaml:3:8", "no areas"},
        {"programme: p\ntitle: t\nareas: []\ntasks: []\nstart: 2021-01-01\n", "plan.yaml:4:8", "no tasks"},
        {"programme: p\ntitle: t\nareas: [{code: a, name: b}]\ntasks: [{code: T1, title: x}]\n", "plan.yaml:1:1",
         "add start: 2021-01-01"},
        {"programme: p\ntitle: t\ncity: 广\nareas: [{code: a, name: 广元}]\ntasks: [{code: T1, title: x}]\nstart: "
         "2021-01-01\n",
         "plan.yaml:3:7", "is none of the areas"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CLEAN(findings_finish) struct findings findings = {0};
        refuse(rows[i].text, NULL, NULL, NULL, &findings);
        expect(&findings, rows[i].place, rows[i].words);
    }
}
