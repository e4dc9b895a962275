#include "services/cli/filter.h"

#include <criterion/criterion.h>
#include <string.h>

#include "common/base/cleanup.h"

static const char plan_text_[] =
    "programme: x\n"
    "title: x\n"
    "areas: [{code: \"510823\", name: 剑阁县, short: 剑阁}, {code: \"510824\", name: 苍溪县, short: 苍溪}]\n"
    "units: [{name: 市教育局, short: 教育局, aliases: [市教育和体育局]}, {name: 市财政局}, "
    "{name: 市林业局}, {name: 市农业农村局}]\n"
    "tasks:\n"
    "  - {code: T01, title: 一, leads: [市教育局], participants: [市财政局], targets: [\n"
    "      {code: T01.1, name: 甲, unit: 栋, kind: cumulative, value: 5, due: 2021-12-31, shares: {\"510823\": 2, "
    "\"510824\": 3}}]}\n"
    "  - {code: T02, title: 二, leads: [市财政局], targets: [\n"
    "      {code: T02.1, name: 乙, unit: 栋, kind: cumulative, value: 5, due: 2022-12-31, shares: {\"510823\": 5, "
    "\"510824\": 0}}]}\n";

static struct plan *make_plan(void) {
    CLEAN(findings_finish) struct findings findings = {0};
    struct plan *plan = NULL;
    struct plan_text text = {.role = "plan", .name = "p", .bytes = {plan_text_, sizeof plan_text_ - 1}};
    cr_assert_eq(plan_read(&text, 1, &plan, &findings), ERROR_OK, "%s",
                 findings.count ? findings.items[0].message : "");
    return plan;
}

static const struct args_option options[] = {{.name = "lead", .value = "U"},
                                             {.name = "area", .value = "A"},
                                             {.name = "light", .value = "L"},
                                             {.name = "due-within", .value = "D"}};
static struct day today(void) {
    struct day day;
    cr_assert(day_parse("2021-12-08", 10, &day));
    return day;
}

/* Which of 剑阁 T01.1, 苍溪 T01.1, 剑阁 T02.1, 苍溪 T02.1 (no task) are taken: one letter each. */
static void taken(const struct plan *plan, const struct filter *filter, char out[5]) {
    static const char *const cells[][2] = {
        {"T01.1", "510823"}, {"T01.1", "510824"}, {"T02.1", "510823"}, {"T02.1", "510824"}};
    static const enum light light[] = {LIGHT_YELLOW, LIGHT_GREY, LIGHT_BLUE, LIGHT_NONE};
    for (size_t i = 0; i < 4; i++) {
        size_t cell = plan_find_cell(plan, plan_find_target(plan, slice_of(cells[i][0])),
                                     plan_find_area(plan, slice_of(cells[i][1])));
        cr_assert_neq(cell, NO_INDEX);
        struct assessment assessment = {
            .light = light[i], .due = plan->cells[cell].due, .state = i == 3 ? STATE_NO_TASK : STATE_ON_PLAN};
        out[i] = filter_takes(filter, plan, cell, &assessment) ? "abcd"[i] : '-';
    }
    out[4] = '\0';
}

Test(filter, takes_what_was_asked_for) {
    CLEAN(plan_destroy) struct plan *plan = make_plan();
    static const struct {
        size_t option;
        const char *value, *taken;
    } rows[] = {{0, "市教育局", "ab--"},
                {0, "市教育和体育局", "ab--"},
                {0, "教育局", "ab--"},
                {0, "市财政局", "abc-"}, /* leads or takes part; a county without a share is in none of its lists */
                {1, "剑阁", "a-c-"},
                {1, "510824", "-b--"},
                {2, "yellow,grey", "ab--"},
                {2, "黄", "a---"},
                {2, "blue", "--c-"},
                {3, "30", "ab--"},
                {3, "22", "----"},
                {3, "23", "ab--"},
                {3, "400", "abc-"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct args args = {.given = {{&options[rows[i].option], rows[i].value}}, .given_count = 1};
        struct filter filter;
        struct error err = {0};
        char out[5];
        cr_assert_eq(filter_read(&args, plan, today(), &filter, &err), ERROR_OK, "%s", err.message);
        cr_expect(filter.any);
        taken(plan, &filter, out);
        cr_expect_str_eq(out, rows[i].taken, "%s: %s", rows[i].value, out);
    }
}

Test(filter, nothing_asked_takes_all) {
    CLEAN(plan_destroy) struct plan *plan = make_plan();
    struct args args = {0};
    struct filter filter;
    char out[5];
    cr_assert_eq(filter_read(&args, plan, today(), &filter, NULL), ERROR_OK);
    cr_assert_not(filter.any);
    taken(plan, &filter, out);
    cr_assert_str_eq(out, "abcd");
}

Test(filter, what_is_not_known_is_named) {
    CLEAN(plan_destroy) struct plan *plan = make_plan();
    static const struct {
        size_t option;
        const char *value, *word;
    } rows[] = {{0, "市教肓局", "市教育局"}, {0, "农业局", "市农业农村局"},
                {2, ",", "--light ,:"},      {1, "青川", "青川"},
                {2, "purple", "purple"},     {2, "", NULL},
                {3, "x", "number"},          {3, "-1", "number"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct args args = {.given = {{&options[rows[i].option], rows[i].value}}, .given_count = 1};
        struct filter filter;
        struct error err = {0};
        enum error_code code = filter_read(&args, plan, today(), &filter, &err);
        cr_expect_eq(code, rows[i].word ? ERROR_USAGE : ERROR_OK, "%s", rows[i].value);
        cr_expect(!rows[i].word || strstr(err.message, rows[i].word), "%s", err.message);
    }
}
