#include "common/domain/draft.h"

#include "common/base/cleanup.h"
#include "tests/unit/domain/programme.h"

/* MESSAGES 2: 青川 51.3 of 62.0 at 31 December, reported on 5 January, due on 31 December, looked at on 7 February. */
static void start(struct programme *p, struct assessment *now, struct draft *draft) {
    programme_start(p);
    p->areas[5].name = "青川县";
    p->plan.office_name = "市两改办";
    p->plan.office_contact = "值班 0839-×××××××";
    *now = (struct assessment){.has_value = true,
                               .figure = figure_of("51.3"),
                               .value_text = "51.3",
                               .figure_as_of = on("2021-12-31"),
                               .has_missing = true,
                               .missing = number("10.7"),
                               .due = on("2021-12-31"),
                               .due_original = on("2021-12-31"),
                               .days_overdue = 38};
    *draft = (struct draft){.level = DRAFT_YELLOW_CARD,
                            .plan = &p->plan,
                            .cell = &p->cells[5],
                            .now = now,
                            .today = on("2022-02-07"),
                            .reported_at = at("2022-01-05"),
                            .answer_days = 3};
}

static const char reminded[] = "关于青川县“直连道路”的黄牌督办通知\n"
                               "文号：（签发时填）\n"
                               "\n"
                               "青川县、市交通运输局：\n"
                               "一、进度。截至2021年12月31日（2022年1月5日报）完成51.3/62公里，差10.7。\n"
                               "二、期限。期限2021年12月31日，未延期过，已逾期38天。\n"
                               "三、提醒。2022年1月6日逾期（D22-0106-01）；2022年1月13日催办（D22-0113-02/1）。\n"
                               "四、答复。到目前没有收到答复。\n"
                               "五、填报时的说明：“11月下旬起冰冻停工”（县交通运输局）。\n"
                               /* Monday the 7th and three working days, Monday to Friday */
                               "请于2022年2月10日前书面说明原因、措施和完成日期。"
                               "对数据有不同意见的，请一并提出，市两改办核实后更正。\n"
                               "\n"
                               "市两改办  值班 0839-×××××××\n"
                               "（代拟稿：数据由系统按上报情况列出，是否发、怎么发由人决定，未经签发不生效。）\n";

Test(draft, says_the_figure_the_days_the_reminders_and_that_nobody_answered) {
    struct programme p;
    struct assessment now;
    struct draft draft;
    CLEAN(buffer_finish) struct buffer out = {0};
    start(&p, &now, &draft);
    struct draft_reminder reminders[] = {{at("2022-01-06"), "逾期", "D22-0106-01"},
                                         {at("2022-01-13"), "催办", "D22-0113-02/1"}};
    draft.reminders = reminders;
    draft.reminder_count = 2;
    draft.words = slice_of("11月下旬起冰冻停工");
    draft.words_unit = slice_of("县交通运输局");
    draft_write(&draft, &out);
    cr_expect_str_eq(buffer_text(&out), reminded);
}

Test(draft, says_an_extension_a_broken_promise_and_the_document_once_it_is_signed) {
    struct programme p;
    struct assessment now;
    struct draft draft;
    CLEAN(buffer_finish) struct buffer out = {0};
    start(&p, &now, &draft);
    now.due = on("2022-01-31");
    now.days_overdue = 7;
    struct draft_answer answers[] = {{.at = at("2022-02-01"),
                                      .who = slice_of("王五"),
                                      .by_day = on("2022-02-05"),
                                      .reason = "施工",
                                      .text = slice_of("桥面材料已到"),
                                      .outcome = "未兑现"}};
    draft.level = DRAFT_CIRCULAR;
    draft.extension_document = "广改办〔2021〕9号";
    draft.document = "广改办〔2022〕3号";
    draft.answers = answers;
    draft.answer_count = 1;
    draft_write(&draft, &out);
    const char *text = buffer_text(&out);
    cr_expect(strstr(text, "关于青川县“直连道路”的情况通报\n文号：广改办〔2022〕3号\n"), "%s", text);
    cr_expect(strstr(text, "二、期限。原期限2021年12月31日，延期后2022年1月31日（广改办〔2021〕9号），已逾期7天。\n"),
              "%s", text);
    cr_expect(strstr(text, "三、提醒。没有发出过提醒。\n"), "%s", text);
    cr_expect(
        strstr(text, "四、答复。2022年2月1日王五答复“桥面材料已到”（原因：施工），承诺2022年2月5日前完成，未兑现。\n"),
        "%s", text);
    cr_expect(strstr(text, "五、填报时的说明：没有填。\n"), "%s", text);
    cr_expect_not(strstr(text, "代拟稿"), "%s", text);
}

Test(draft, levels_by_their_words) {
    enum draft_level level;
    cr_expect(draft_level_parse("yellow_card", &level) && level == DRAFT_YELLOW_CARD);
    cr_expect(draft_level_parse("红牌", &level) && level == DRAFT_RED_CARD);
    cr_expect(draft_level_parse("circular", &level) && level == DRAFT_CIRCULAR);
    cr_expect_not(draft_level_parse("yellow", &level));
}
