/* Line 1 over the whole plan, the order of a list, what changed since the message before, what gives way when it is too
 * long. The texts themselves are in golden_test.c. */
#include "common/domain/digest.h"
#include "common/domain/saying.h"

#include "common/base/text.h"
#include "tests/unit/domain/plan_texts.h"
#include "tests/unit/domain/programme.h"

enum { LINE_CHARS = 40 };

/* --- line 1: every cell of the shipped plan, every rule and step, the longest figures it can have --- */

static struct plan *sample_plan(void) {
    static const char *const roles[][2] = {{"plan", "deploy/plan/guangyuan.yaml"},
                                           {"allocation", "deploy/sample/allocation.csv"},
                                           {"denominators", "deploy/sample/denominators.csv"},
                                           {"calendar", "deploy/calendar/china-2021-2026.csv"}};
    struct plan_text texts[4];
    for (size_t i = 0; i < 4; i++)
        texts[i] = (struct plan_text){roles[i][0], roles[i][1], shipped(roles[i][1])};
    CLEAN(findings_finish) struct findings findings = {0};
    struct plan *plan = NULL;
    cr_assert_eq(plan_read(texts, 4, &plan, &findings), ERROR_OK);
    for (size_t i = 0; i < 4; i++)
        free((char *)(uintptr_t)texts[i].bytes.ptr);
    return plan;
}

/* Just below the goal, with all the places its target has. */
static struct decimal below(struct decimal goal, unsigned decimals) {
    struct decimal value;
    struct exact step = exact_ratio(1, exact_powers_of_ten[decimals]);
    cr_assert(exact_round(exact_subtract(exact_of(goal), step), decimals, ROUND_CUT, &value));
    return value;
}

static void worst(const struct plan *plan, const struct cell *cell, struct assessment *a) {
    const struct target *target = &plan->targets[cell->target];
    struct decimal goal = cell->has_goal ? cell->goal : number("99999");
    *a = (struct assessment){.has_value = true,
                             .has_planned = true,
                             .has_missing = true,
                             .has_days_behind = true,
                             .has_units_behind = true,
                             .has_deviation = true,
                             .days_behind = 365,
                             .deviation_tenths = -999,
                             .state = STATE_BEHIND,
                             .light = LIGHT_YELLOW,
                             .due = on("2021-12-31"),
                             .due_original = on("2021-12-31"),
                             .overdue_since = on("2022-01-01"),
                             .light_since = on("2022-01-01"),
                             .figure_as_of = on("2021-11-30"),
                             .extended = true};
    a->value = below(goal, cell_is_counted(plan, cell) ? 0 : target->decimals);
    a->planned = below(goal, 2);
    a->missing = a->units_behind = a->value;
    a->figure = a->held_to = (struct figure){.form = FIGURE_VALUE, .value = a->value};
    a->held_from = (struct figure){.form = FIGURE_VALUE, .value = goal};
    if (cell->rollup) a->counties_expected = 7, a->counties_in = 5;
    if (target->kind == KIND_MILESTONE) a->figure = (struct figure){.form = FIGURE_DONE};
    if (target->denominator != DENOMINATOR_NONE) {
        a->figure.form = FIGURE_FRACTION;
        a->missing = a->units_behind = number("999");
    }
    decimal_print(a->value, a->value_text);
}

static void check_line(const struct digest_view *view, const struct digest_item *item) {
    CLEAN(buffer_finish) struct buffer line = {0};
    digest_first_line(view, item, &line);
    const char *text = buffer_text(&line);
    const struct plan *plan = view->plan;
    cr_assert_leq(text_chars(text, line.len), LINE_CHARS, "%s", text);
    cr_assert_eq(strstr(text, "…"), NULL, "cut: %s", text);
    cr_assert_eq(strncmp(text, "【", 3), 0, "%s", text);
    cr_assert_not_null(strstr(text, plan->areas[item->cell->area].short_name), "%s", text);
    cr_assert_not_null(strstr(text, plan->targets[item->cell->target].short_name), "%s", text);
    cr_assert_eq(strpbrk(text, "*#`\n"), NULL, "%s", text);
    if (strcmp(item->step, "recovered") != 0 && strcmp(item->step, "red_card") != 0 &&
        strcmp(item->step, "issued") != 0 && strcmp(item->step, "withdrawn") != 0)
        cr_assert_eq(strstr(text, "红"), NULL, "a colour word before a release: %s", text);
}

Test(digest, line_one_fits_over_the_whole_plan) {
    static const struct {
        enum alert_rule rule;
        const char *step, *cause;
    } cases[] = {
        {ALERT_DUE_SOON, "30", ""},
        {ALERT_SLIPPING, "red", ""},
        {ALERT_SLIPPING, "urged", ""},
        {ALERT_SLIPPING, "issued", ""},
        {ALERT_SLIPPING, "yellow_card", ""},
        {ALERT_REVIEW, "first", ""},
        {ALERT_OVERDUE, "first", ""},
        {ALERT_OVERDUE, "urged", ""},
        {ALERT_OVERDUE, "yellow_card", ""},
        {ALERT_OVERDUE, "red_card", ""},
        {ALERT_OVERDUE, "issued", ""},
        {ALERT_OVERDUE, "withdrawn", ""},
        {ALERT_FELL_BACK, "first", ""},
        {ALERT_CORRECTION, "first", ""},
        {ALERT_SLIPPING, "recovered", "red_yellow"},
        {ALERT_SLIPPING, "recovered", "extension"},
        {ALERT_OVERDUE, "recovered", "done"},
        {ALERT_FELL_BACK, "recovered", "holding"},
    };
    struct plan *plan = sample_plan();
    struct digest_view view = {.plan = plan, .recipient = "office", .now = at("2022-12-31T08:30:00+08:00")};
    size_t lines = 0;
    for (size_t c = 0; c < plan->cell_count; c++) {
        if (plan->cells[c].no_task) continue;
        struct assessment a;
        worst(plan, &plan->cells[c], &a);
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
            if (cases[i].rule == ALERT_DUE_SOON)
                view.now = at("2021-12-01T08:30:00+08:00");
            else
                view.now = at("2022-12-31T08:30:00+08:00");
            struct digest_item item = {.rule = cases[i].rule,
                                       .step = cases[i].step,
                                       .cause = cases[i].cause,
                                       .cell = &plan->cells[c],
                                       .assessment = &a,
                                       .reported_at = INSTANT_NONE};
            if (!cell_is_counted(plan, item.cell)) item.decimals = plan->targets[item.cell->target].decimals;
            item.issue = (struct digest_issue){"circular", slice_of("广两改办〔2022〕123号"), slice_of("李明"),
                                               on("2022-01-28")};
            check_line(&view, &item);
            lines++;
        }
    }
    cr_assert_gt(lines, 4000);
    plan_destroy(&plan);
}

/* --- line 1 of silence: every speaker --- */

static void check_silence(const struct digest_view *view, struct stream_facts *facts, const struct receipt *refused) {
    static const enum alert_rule rules[] = {ALERT_MISSING, ALERT_OFFLINE, ALERT_REJECTED};
    static const char *const steps[] = {"first", "urged", "recovered"};
    for (size_t r = 0; r < 3; r++)
        for (size_t s = 0; s < 3; s++) {
            struct digest_item item = {.rule = rules[r], .step = steps[s], .stream = facts, .receipt = refused};
            CLEAN(buffer_finish) struct buffer line = {0};
            digest_first_line(view, &item, &line);
            cr_assert_leq(text_chars(buffer_text(&line), line.len), LINE_CHARS, "%s", buffer_text(&line));
            cr_assert_null(strstr(buffer_text(&line), "…"), "cut: %s", buffer_text(&line));
        }
}

Test(digest, line_one_of_silence_fits_for_every_speaker) {
    struct plan *plan = sample_plan();
    struct digest_view view = {.plan = plan, .now = at("2022-03-28T08:30:00+08:00")};
    struct receipt refused = {.id = 1,
                              .known_at = at("2021-10-08"),
                              .file = slice_of("10月报表.csv"),
                              .refused = 137,
                              .text = slice_of("找不到“累计完成”列；最像的是“累计完成数”，请改列名")};
    struct stream_facts facts = {.name = "speaker",
                                 .unit = NO_INDEX,
                                 .area = NO_INDEX,
                                 .owed = 137,
                                 .missing = 37,
                                 .heard_before = at("2021-09-28"),
                                 .period = {on("2021-10-01"), on("2021-10-31"), on("2021-11-05")}};
    for (facts.area = 0; facts.area < plan->area_count; facts.area++)
        check_silence(&view, &facts, &refused);
    facts.area = NO_INDEX;
    facts.role = SPEAKER_DEPARTMENT;
    for (facts.unit = 0; facts.unit < plan->unit_count; facts.unit++)
        check_silence(&view, &facts, &refused);
    plan_destroy(&plan);
}

/* Answers and requests are called what they are; the last report is the last report, whatever came after it. */
Test(digest, a_refused_answer_is_no_report) {
    struct plan *plan = sample_plan();
    struct digest_view view = {.plan = plan, .now = at("2021-10-09T08:30:00+08:00"), .recipient = "area:510823"};
    struct receipt files[] = {{.id = 1,
                               .known_at = at("2021-09-03"),
                               .file = slice_of("剑阁8月报表.csv"),
                               .feed = slice_of("报表"),
                               .period = slice_of("2021-08"),
                               .taken = 37},
                              {.id = 2,
                               .known_at = at("2021-10-08"),
                               .file = slice_of("10月回复.csv"),
                               .feed = slice_of("回复"),
                               .refused = 2,
                               .text = slice_of("没有这个编号")}};
    struct stream_facts facts = {.name = "jiange",
                                 .unit = NO_INDEX,
                                 .area = plan_find_area(plan, slice_of("510823")),
                                 .owed = 37,
                                 .missing = 37,
                                 .heard_before = at("2021-10-09T08:10:00+08:00"),
                                 .period = {on("2021-09-01"), on("2021-09-30"), on("2021-10-08")},
                                 .receipts = files,
                                 .receipt_count = 2};
    struct digest_item refused = {.rule = ALERT_REJECTED, .step = "first", .stream = &facts, .receipt = &files[1]};
    struct digest_item missing = {.rule = ALERT_MISSING, .step = "first", .stream = &facts};
    CLEAN(buffer_finish) struct buffer line = {0};
    CLEAN(buffer_finish) struct buffer body = {0};
    digest_first_line(&view, &refused, &line);
    cr_expect_str_eq(buffer_text(&line), "【退回】剑阁 回复表2行全退 没有这个编号");
    saying_body_missing(&view, &missing, &body);
    cr_expect(strstr(buffer_text(&body), "上次9月3日（8月，37行全收）"), "%s", buffer_text(&body));
    plan_destroy(&plan);
}

Test(digest, a_line_that_cannot_fit_keeps_its_front) {
    struct programme p;
    programme_start(&p);
    p.target.short_name = "一二三四五六七八";
    p.target.unit = "很长很长很长很长很长很长很长的单位（附注）";
    p.areas[1].short_name = "一二三四五六七八九十一二三四五六七八九十一二三四五六";
    struct assessment a;
    worst(&p.plan, &p.cells[1], &a);
    struct digest_item item = {.rule = ALERT_SLIPPING, .step = "yellow", .cell = &p.cells[1], .assessment = &a};
    struct digest_view view = {.plan = &p.plan, .now = at("2021-12-01")};
    CLEAN(buffer_finish) struct buffer line = {0};
    digest_first_line(&view, &item, &line);
    cr_assert_eq(text_chars(buffer_text(&line), line.len), LINE_CHARS);
    cr_assert_eq(strncmp(buffer_text(&line), "【滞后】一二三", strlen("【滞后】一二三")), 0);
    cr_assert_null(strstr(buffer_text(&line), "附注"));
}

/* --- order --- */

struct row {
    const char *name;
    enum alert_rule rule;
    const char *step;
    enum light light;
    int32_t tenths;
    enum digest_change change;
};

/* As they must stand: worst first; what got worse before what did not; then the gap. */
static const struct row rows[] = {
    {"issued", ALERT_OVERDUE, "issued", LIGHT_RED, -100, CHANGE_NEW},
    {"proposed", ALERT_OVERDUE, "yellow_card", LIGHT_RED, -100, CHANGE_WORSE},
    {"review", ALERT_REVIEW, "first", LIGHT_YELLOW, -400, CHANGE_NEW},
    {"urged", ALERT_SLIPPING, "urged", LIGHT_YELLOW, -200, CHANGE_WORSE},
    {"overdue", ALERT_OVERDUE, "first", LIGHT_YELLOW, -100, CHANGE_NEW},
    {"red that got worse", ALERT_SLIPPING, "red", LIGHT_RED, -310, CHANGE_WORSE},
    {"red", ALERT_SLIPPING, "red", LIGHT_RED, -500, CHANGE_SAME},
    {"fell back", ALERT_FELL_BACK, "first", LIGHT_YELLOW, -10, CHANGE_NEW},
    {"yellow", ALERT_SLIPPING, "yellow", LIGHT_YELLOW, -290, CHANGE_NEW},
    {"less behind", ALERT_SLIPPING, "yellow", LIGHT_YELLOW, -110, CHANGE_NEW},
    {"due soon", ALERT_DUE_SOON, "7", LIGHT_BLUE, 0, CHANGE_NEW},
    {"correction", ALERT_CORRECTION, "first", LIGHT_BLUE, 0, CHANGE_NEW},
    {"recovered", ALERT_SLIPPING, "recovered", LIGHT_BLUE, -90, CHANGE_WORSE},
};

Test(digest, worst_first) {
    struct programme p;
    programme_start(&p);
    enum { ROWS = sizeof rows / sizeof rows[0] };
    struct assessment a[ROWS] = {0};
    struct digest_item items[ROWS];
    for (size_t i = 0; i < ROWS; i++) {
        a[i] = (struct assessment){.light = rows[i].light, .has_deviation = true, .deviation_tenths = rows[i].tenths};
        items[i] = (struct digest_item){.rule = rows[i].rule,
                                        .step = rows[i].step,
                                        .cell = &p.cells[1],
                                        .assessment = &a[i],
                                        .change = rows[i].change};
    }
    for (size_t i = 0; i < ROWS; i++)
        for (size_t k = 0; k < ROWS; k++) {
            int order = digest_compare(&p.plan, &items[i], &items[k]);
            cr_assert(i < k   ? order < 0
                      : i > k ? order > 0
                              : order == 0,
                      "%s and %s: %d", rows[i].name, rows[k].name, order);
        }
}

Test(digest, in_a_room_each_unit_stands_together) {
    struct programme p;
    programme_start(&p);
    struct assessment a = {.light = LIGHT_YELLOW}, red = {.light = LIGHT_RED};
    struct digest_item first = {
        .rule = ALERT_DUE_SOON, .step = "7", .cell = &p.cells[1], .assessment = &a, .recipient = "area:510802"};
    struct digest_item second = {
        .rule = ALERT_OVERDUE, .step = "first", .cell = &p.cells[2], .assessment = &red, .recipient = "area:510811"};
    cr_assert_lt(digest_compare(&p.plan, &first, &second), 0);
    cr_assert_gt(digest_compare(&p.plan, &second, &first), 0);
}

Test(digest, changes_against_the_message_before) {
    struct programme p;
    programme_start(&p);
    static const struct digest_past_item before[] = {{1, "yellow", false}, {2, "yellow", false}};
    struct digest_past past = {on("2021-11-01"), before, 2};
    struct digest_item items[] = {{.rule = ALERT_SLIPPING, .step = "yellow", .alert = 1},
                                  {.rule = ALERT_SLIPPING, .step = "red", .alert = 2},
                                  {.rule = ALERT_SLIPPING, .step = "yellow", .alert = 3}};
    digest_prepare(&p.plan, &past, items, 3);
    cr_assert_eq(items[0].change, CHANGE_SAME);
    cr_assert_eq(items[1].change, CHANGE_WORSE);
    cr_assert_eq(items[2].change, CHANGE_NEW);
    digest_prepare(&p.plan, NULL, items, 3);
    cr_assert_eq(items[1].change, CHANGE_NONE, "there was no message before");
}

/* --- rooms --- */

static size_t times(const char *text, const char *words) {
    size_t n = 0;
    for (const char *at = strstr(text, words); at; at = strstr(at + 1, words))
        n++;
    return n;
}

Test(digest, no_light_in_a_room) {
    static const struct {
        enum alert_rule rule;
        const char *step, *cause;
    } cases[] = {{ALERT_SLIPPING, "red", ""},
                 {ALERT_SLIPPING, "urged", ""},
                 {ALERT_OVERDUE, "first", ""},
                 {ALERT_OVERDUE, "urged", "promise_broken"},
                 {ALERT_SLIPPING, "recovered", "red_yellow"},
                 {ALERT_SLIPPING, "recovered", "red_blue"},
                 {ALERT_OVERDUE, "recovered", "extension"}};
    enum { CASES = sizeof cases / sizeof cases[0] };
    struct programme p;
    programme_start(&p);
    struct assessment a;
    worst(&p.plan, &p.cells[1], &a);
    a.light = LIGHT_RED;
    struct digest_item items[CASES];
    struct digest_view view = {
        .plan = &p.plan, .recipient = "room:wecom:qun", .now = at("2022-01-06"), .number = "D22-0106-12"};
    for (size_t i = 0; i <= CASES; i++) {
        CLEAN(buffer_finish) struct buffer text = {0};
        if (i < CASES)
            items[i] = (struct digest_item){.rule = cases[i].rule,
                                            .step = cases[i].step,
                                            .cause = cases[i].cause,
                                            .cell = &p.cells[1],
                                            .assessment = &a,
                                            .recipient = "area:510802",
                                            .reported_at = at("2021-12-03"),
                                            .red_since = on("2021-09-08"),
                                            .opened_at = at("2021-09-08")};
        digest_message(&view, i < CASES ? &items[i] : items, i < CASES ? 1 : CASES, &text);
        const char *body = buffer_text(&text);
        cr_assert_eq(times(body, "红"), times(body, "红牌"), "%s", body);
        cr_assert_eq(times(body, "亮灯："), 0, "%s", body);
    }
}

/* --- length --- */

static const char long_words[] = "11月下旬起高海拔路段连续冰冻停工，桥面铺装材料因上游限产推迟到1月中旬到场，另有两处用"
                                 "地手续正在办理，县里已经调整工序先做路基";

static void fill(struct programme *p, struct assessment *a, struct digest_item *items, size_t count) {
    for (size_t i = 0; i < count; i++) {
        worst(&p->plan, &p->cells[1 + i % COUNTIES], &a[i]);
        a[i].light = LIGHT_RED;
        a[i].deviation_tenths = -999 + (int32_t)i;
        items[i] = (struct digest_item){.rule = ALERT_OVERDUE,
                                        .step = "first",
                                        .cell = &p->cells[1 + i % COUNTIES],
                                        .assessment = &a[i],
                                        .words = slice_of(long_words),
                                        .alert = (int64_t)i + 1,
                                        .words_unit = slice_of("县交通运输局"),
                                        .reported_at = at("2022-01-05")};
    }
}

/* How many items are listed (lines that begin with a number), and what the text says of the rest. */
static size_t listed(const char *text) {
    size_t n = 0;
    for (const char *at = text; at; at = strchr(at, '\n'), at = at ? at + 1 : NULL)
        n += *at >= '1' && *at <= '9';
    return n;
}

static void check_counts(size_t count, size_t bytes_max, size_t at_least) {
    struct programme p;
    programme_start(&p);
    p.plan.office_name = "市两改办";
    p.plan.office_contact = "值班 0839-×××××××";
    struct assessment a[45];
    struct digest_item items[45];
    char rest[64];
    fill(&p, a, items, count);
    struct digest_view view = {.plan = &p.plan,
                               .recipient = "unit:市交通运输局",
                               .number = "D22-0106-12",
                               .now = at("2022-01-06T08:30:00+08:00"),
                               .bytes_max = bytes_max};
    CLEAN(buffer_finish) struct buffer text = {0};
    digest_message(&view, items, count, &text);
    size_t shown = listed(buffer_text(&text));
    if (bytes_max) cr_assert_leq(text.len, bytes_max, "%zu items: %zu bytes", count, text.len);
    cr_assert_geq(shown, at_least, "%zu of %zu\n%s", shown, count, buffer_text(&text));
    snprintf(rest, sizeof rest, "其余%zu项：duban alerts D22-0106-12\n", count - shown);
    if (shown < count)
        cr_assert_not_null(strstr(buffer_text(&text), rest), "%s\n%s", rest, buffer_text(&text));
    else
        cr_assert_null(strstr(buffer_text(&text), "其余"));
    snprintf(rest, sizeof rest, "逾期（%zu）\n", count);
    cr_assert_not_null(strstr(buffer_text(&text), rest), "the count is of all");
    cr_assert_not_null(strstr(buffer_text(&text), "请回："));
    cr_assert_not_null(strstr(buffer_text(&text), "编号 D22-0106-12"), "the number is never cut away");
}

Test(digest, nothing_is_dropped_in_silence) {
    check_counts(8, DIGEST_BYTES, 8);
    check_counts(30, DIGEST_BYTES, 8);
    check_counts(45, DIGEST_BYTES, 8);
    check_counts(45, 0, 30);
    check_counts(30, 0, 30);
}

Test(digest, a_single_message_fits_a_robot_with_the_longest_words) {
    enum { WECOM_BYTES = 2048 };
    static const enum alert_rule rules[] = {ALERT_DUE_SOON, ALERT_SLIPPING, ALERT_OVERDUE, ALERT_FELL_BACK};
    static const char *const steps[] = {"first", "urged", "yellow_card", "issued"};
    struct programme p;
    programme_start(&p);
    p.plan.office_name = "市两改办";
    p.plan.office_contact = "值班 0839-×××××××";
    char words[1200] = "";
    while (strlen(words) + sizeof long_words < sizeof words)
        strcat(words, long_words);
    for (size_t i = 0; i < 4; i++)
        for (size_t k = 0; k < 4; k++) {
            struct assessment a;
            worst(&p.plan, &p.cells[1], &a);
            struct digest_item item = {.rule = rules[i],
                                       .step = steps[k],
                                       .cell = &p.cells[1],
                                       .assessment = &a,
                                       .words = slice_of(words),
                                       .words_unit = slice_of("县交通运输局"),
                                       .reported_at = at("2021-12-03"),
                                       .others = "青川县、市交通运输局、市两改办",
                                       .past = "D22-0106-01"};
            item.said[0] = item.said[1] = at("2022-01-06");
            item.answer = (struct digest_answer){slice_of("县交通运输局"), slice_of("standard"), slice_of(words),
                                                 on("2022-01-07"), on("2022-01-20")};
            struct digest_view view = {.plan = &p.plan,
                                       .recipient = "area:510802",
                                       .number = "D22-0106-12",
                                       .now = at("2022-01-06T08:30:00+08:00")};
            CLEAN(buffer_finish) struct buffer text = {0};
            digest_message(&view, &item, 1, &text);
            cr_assert_leq(text.len, WECOM_BYTES, "%s\n%zu", buffer_text(&text), text.len);
        }
}

Test(digest, numbers) {
    char number[32];
    digest_number(on("2021-11-08"), 5, number);
    cr_assert_str_eq(number, "D21-1108-05");
    digest_number(on("2022-01-06"), 123, number);
    cr_assert_str_eq(number, "D22-0106-123");
}
