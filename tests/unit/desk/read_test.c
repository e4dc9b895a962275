#include "common/desk/desk.h"

#include <criterion/criterion.h>
#include <string.h>

#include "common/base/cleanup.h"

static struct day on(const char *text) {
    struct day out;
    cr_assert(day_parse(text, strlen(text), &out), "%s", text);
    return out;
}

/* A freeze is an event that nobody can take back: what could not be found again is not made. */
Test(read, a_freeze_needs_a_name_that_can_be_said_again) {
    char longest[121 + 1];
    memset(longest, 'a', 120);
    longest[120] = '\0';
    static const char *const wrong[] = {"", " ", " 第6期", "第6期 ", "第6期\n", "\x7f", "\xff\xfe"};
    struct error err = {0};
    cr_expect_eq(freeze_check("第6期 通报", on("2021-06-30"), on("2021-07-05"), &err), ERROR_OK, "%s", err.message);
    cr_expect_eq(freeze_check(longest, on("2021-07-05"), on("2021-07-05"), &err), ERROR_OK, "%s", err.message);
    longest[120] = 'a';
    longest[121] = '\0';
    cr_expect_eq(freeze_check(longest, on("2021-07-05"), on("2021-07-05"), &err), ERROR_USAGE);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_expect_eq(freeze_check(wrong[i], on("2021-07-05"), on("2021-07-05"), &err), ERROR_USAGE, "row %zu", i);
}

Test(read, a_day_still_to_come_is_not_frozen) {
    struct error err = {0};
    cr_expect_eq(freeze_check("第6期", on("2021-07-06"), on("2021-07-05"), &err), ERROR_USAGE);
    cr_expect(strstr(err.message, "--as-of"), "%s", err.message);
}

/* --- requests by themselves --- */

/* Domain time: 8 November 2021, 10:00. */
static enum error_code read_it(struct desk_request request, struct desk_case *one, struct error *err) {
    static struct desk_request kept;
    static const char *const subject[] = {"T06.1", "苍溪"};
    *err = (struct error){0};
    kept = request;
    kept.subject = subject;
    kept.subject_count = 2;
    kept.now = day_at(on("2021-11-08"), 10, 0);
    return desk_case_read(one, &kept, err);
}

Test(read, a_day_is_one_that_exists_and_where_it_must_be_not_over) {
    static const struct {
        const char *value;
        enum error_code any, to_come;
    } rows[] = {{"2021-11-09", ERROR_OK, ERROR_OK},    {"2021-11-08", ERROR_OK, ERROR_OK}, /* today is not over */
                {"2021-11-07", ERROR_OK, ERROR_USAGE}, {"2021-02-30", ERROR_USAGE, ERROR_USAGE},
                {"月底", ERROR_USAGE, ERROR_USAGE},    {NULL, ERROR_USAGE, ERROR_USAGE}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err;
        CLEAN(desk_case_finish) struct desk_case asked, override;
        struct desk_request one = {.verb = DESK_EXTENSION_ASK, .by = "李四", .reason = "征地", .due = rows[i].value};
        struct desk_request other = {
            .verb = DESK_OVERRIDE, .by = "李四", .reason = "专班", .light = "yellow", .until = rows[i].value};
        cr_expect_eq(read_it(one, &asked, &err), rows[i].any, "%s: %s", rows[i].value, err.message);
        if (rows[i].any) cr_expect_str_eq(asked.field, "due");
        cr_expect_eq(read_it(other, &override, &err), rows[i].to_come, "%s: %s", rows[i].value, err.message);
        if (rows[i].to_come) cr_expect_str_eq(override.field, "until");
        if (rows[i].to_come) cr_expect(strstr(err.message, "--until"), "%s", err.message);
    }
}

Test(read, what_is_needed_says_what_for_and_which_member_it_is) {
    static const struct {
        struct desk_request request;
        const char *field, *says;
    } rows[] = {
        {{.verb = DESK_EXTENSION_GRANT, .by = "李四", .due = "2022-03-31"},
         "document",
         "--doc is needed: the number of the document that grants it"},
        {{.verb = DESK_EXTENSION_GRANT, .by = "李四", .due = "2022-03-31", .document = ""},
         "document",
         "--doc is needed: the number of the document that grants it"},
        {{.verb = DESK_EXTENSION_REFUSE, .by = "李四"}, "reason", "--reason is needed: the county will be told why"},
        {{.verb = DESK_CLOSE_OUT_VERIFY, .by = "李四"},
         "document",
         "--doc is needed: the number of the document that closes it"},
        {{.verb = DESK_REVERSE, .by = "李四"}, "reason", "--reason is needed: why it is taken back"},
        {{.verb = DESK_PROMISE, .by = "李四", .by_day = "2021-12-10"},
         "who",
         "--who is needed: the name of the person who answers"},
        {{.verb = DESK_PROMISE, .by = "李四", .who = "王五", .reason = "忙"},
         "reason",
         "--reason 忙 is not in the list: 天气 用地 资金 等上级标准 施工 数据有误 其他"},
        {{.verb = DESK_ISSUE, .by = "李四", .level = "blue_card"},
         "level",
         "--level blue_card: yellow_card, red_card or circular"},
        {{.verb = DESK_ISSUE, .by = "李四", .level = "red_card"},
         "document",
         "--doc is needed: the number of the document that is issued"},
        {{.verb = DESK_OVERRIDE, .by = "李四", .light = "purple"},
         "light",
         "--light purple: grey green blue yellow or red"},
        {{.verb = DESK_RELEASE}, "by", "say who decides: --by NAME (it stands in the record)"},
        {{.verb = DESK_RELEASE, .by = ""}, "by", "say who decides: --by NAME (it stands in the record)"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err;
        CLEAN(desk_case_finish) struct desk_case one;
        cr_expect_eq(read_it(rows[i].request, &one, &err), ERROR_USAGE, "row %zu", i);
        cr_expect_str_eq(err.message, rows[i].says, "row %zu", i);
        cr_expect_str_eq(one.field, rows[i].field, "row %zu", i);
    }
}

Test(read, a_draft_needs_neither_a_name_nor_a_document) {
    struct error err;
    CLEAN(desk_case_finish) struct desk_case one;
    struct desk_request draft = {.verb = DESK_ISSUE, .level = "yellow_card", .draft = true};
    cr_expect_eq(read_it(draft, &one, &err), ERROR_OK, "%s", err.message);
    cr_expect_eq(one.level, DRAFT_YELLOW_CARD);
}

Test(read, a_mute_has_an_end_or_says_that_it_is_the_end_of_the_thing) {
    static const struct {
        const char *until, *rule;
        enum error_code code;
    } rows[] = {{"resolved", NULL, ERROR_OK},  {"2021-11-30", "missing", ERROR_OK}, {"2021-11-30", "未报", ERROR_OK},
                {NULL, NULL, ERROR_USAGE},     {"2021-11-07", NULL, ERROR_USAGE},   {"月底", NULL, ERROR_USAGE},
                {"resolved", "x", ERROR_USAGE}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err;
        CLEAN(desk_case_finish) struct desk_case one;
        struct desk_request mute = {
            .verb = DESK_MUTE, .by = "李四", .reason = "停机", .until = rows[i].until, .rule = rows[i].rule};
        cr_expect_eq(read_it(mute, &one, &err), rows[i].code, "row %zu: %s", i, err.message);
        if (!rows[i].code && rows[i].rule) cr_expect_str_eq(one.rule, "missing");
    }
}

Test(read, verbs_have_words_that_lead_back_to_them) {
    for (unsigned i = 0; i < DESK_VERBS; i++) {
        enum desk_verb verb;
        cr_assert(desk_verb_parse(desk_verb_word((enum desk_verb)i), &verb), "verb %u", i);
        cr_expect_eq(verb, (enum desk_verb)i);
    }
    enum desk_verb verb;
    cr_expect_not(desk_verb_parse("", &verb));
    cr_expect_not(desk_verb_parse("delete", &verb));
}
