#include "services/cli/decide.h"

#include <criterion/criterion.h>
#include <string.h>

static struct day on(const char *text) {
    struct day out;
    cr_assert(day_parse(text, strlen(text), &out), "%s", text);
    return out;
}

/* A freeze is an event that nobody can take back: what could not be found again is not made. */
Test(decide, a_freeze_needs_a_name_that_can_be_said_again) {
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

Test(decide, a_day_still_to_come_is_not_frozen) {
    struct error err = {0};
    cr_expect_eq(freeze_check("第6期", on("2021-07-06"), on("2021-07-05"), &err), ERROR_USAGE);
    cr_expect(strstr(err.message, "--as-of"), "%s", err.message);
}

/* --- options of decisions --- */

static const struct args_option options[] = {
    {.name = "due", .value = "DAY"}, {.name = "doc", .value = "NO"}, {.name = NULL}};
struct given {
    struct args args;
    struct cli cli;
};

/* At most one option. Domain time: 8 November 2021, 10:00. */
static void give(struct given *given, const char *option, const char *value) {
    memset(given, 0, sizeof *given);
    for (size_t i = 0; option && options[i].name; i++)
        if (strcmp(options[i].name, option) == 0)
            given->args.given[given->args.given_count++] = (struct args_given){&options[i], value};
    given->cli.args = &given->args;
    given->cli.now = day_at(on("2021-11-08"), 10, 0);
}

Test(decide, a_day_is_one_that_exists_and_where_it_must_be_not_over) {
    static const struct {
        const char *value;
        enum error_code any, to_come;
    } rows[] = {{"2021-11-09", ERROR_OK, ERROR_OK},    {"2021-11-08", ERROR_OK, ERROR_OK}, /* today is not over */
                {"2021-11-07", ERROR_OK, ERROR_USAGE}, {"2021-02-30", ERROR_USAGE, ERROR_USAGE},
                {"月底", ERROR_USAGE, ERROR_USAGE},    {NULL, ERROR_USAGE, ERROR_USAGE}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct given given;
        struct error err = {0};
        struct day day;
        give(&given, rows[i].value ? "due" : NULL, rows[i].value);
        cr_expect_eq(decide_day(&given.cli, "due", true, &day, &err), rows[i].any, "%s", rows[i].value);
        cr_expect_eq(decide_day_to_come(&given.cli, "due", true, &day, &err), rows[i].to_come, "%s", rows[i].value);
        if (rows[i].to_come) cr_expect(strstr(err.message, "--due"), "%s", err.message);
        if (!rows[i].value) cr_expect_eq(decide_day_to_come(&given.cli, "due", false, &day, &err), ERROR_OK);
    }
}

Test(decide, a_text_that_is_needed_says_what_for) {
    struct given given;
    struct error err = {0};
    const char *text = NULL;
    give(&given, NULL, NULL);
    cr_expect_eq(decide_text(&given.cli, "doc", "the number of the document", &text, &err), ERROR_USAGE);
    cr_expect_str_eq(err.message, "--doc is needed: the number of the document");
    give(&given, "doc", "");
    cr_expect_eq(decide_text(&given.cli, "doc", "the number of the document", &text, &err), ERROR_USAGE);
    give(&given, "doc", "广改办〔2021〕9号");
    cr_expect_eq(decide_text(&given.cli, "doc", "the number of the document", &text, &err), ERROR_OK);
    cr_expect_str_eq(text, "广改办〔2021〕9号");
}
