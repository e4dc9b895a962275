/* Golden texts, written by hand from the models of messages: the order of line 1, the facts behind it, and what must
 * never stand there. */
#include "common/domain/digest.h"

#include "common/base/cleanup.h"

#include "common/base/text.h"
#include "tests/unit/domain/programme.h"

/* The working days the texts name: National Day 2021 and New Year 2022. */
static const char calendar_text[] =
    "date,kind,name\n2021-10-01,holiday,国庆节\n2021-10-04,holiday,国庆节\n2021-10-05,holiday,国庆节\n"
    "2021-10-06,holiday,国庆节\n2021-10-07,holiday,国庆节\n2021-10-09,workday,国庆节\n2022-01-03,holiday,元旦\n";

enum { QINGCHUAN = 5, JIANGE = 6 };

struct desk {
    struct programme p;
    struct assessment a;
    struct digest_item item;
};

static void start(struct desk *d) {
    programme_start(&d->p);
    CLEAN(findings_finish) struct findings findings = {0};
    cr_assert_eq(calendar_read("calendar", slice_of(calendar_text), &d->p.plan.calendar, &findings), ERROR_OK);
    d->p.plan.reporting.windows[0] = 510;
    d->p.plan.reporting.windows[1] = 990;
    d->p.plan.reporting.window_count = 2;
    d->p.plan.office_name = "市两改办";
    d->p.plan.office_contact = "值班 0839-×××××××";
    d->p.areas[QINGCHUAN].name = "青川县";
}

static void finish(struct desk *d) {
    assessment_finish(&d->a);
    calendar_destroy(&d->p.plan.calendar);
}

static void look_at(struct desk *d, enum alert_rule rule, const char *step, const char *now) {
    struct assess_scratch *scratch = assess_scratch_create();
    struct assess_context context = {.plan = &d->p.plan, .known_at = at(now), .as_of = instant_day(at(now))};
    assess_cell(&context, &d->p.cells[QINGCHUAN], d->p.events, d->p.count, scratch, &d->a);
    assess_scratch_destroy(&scratch);
    d->item = (struct digest_item){.rule = rule, .step = step, .cell = &d->p.cells[QINGCHUAN], .assessment = &d->a,
                                   .reported_at = d->a.has_value ? d->a.figure_known_at : INSTANT_NONE,
                                   .opened_at = at(now)};
}

static void check(struct desk *d, const char *recipient, const char *now, const char *number, const char *wanted) {
    CLEAN(buffer_finish) struct buffer text = {0};
    struct digest_view view = {.plan = &d->p.plan, .recipient = recipient, .now = at(now), .number = number};
    digest_message(&view, &d->item, 1, &text);
    cr_assert_str_eq(buffer_text(&text), wanted, "\n%s\n--- wanted ---\n%s", buffer_text(&text), wanted);
}

Test(digest, slipping) {
    struct desk d = {0};
    start(&d);
    report(&d.p, "31.0", "2021-09-30", "2021-10-08");
    look_at(&d, ALERT_SLIPPING, "yellow", "2021-10-09T08:30:00+08:00");
    check(&d, "area:510822", "2021-10-09T08:30:00+08:00", "D21-1009-02",
          "【滞后】青川 直连道路 31/62公里 应达46.5 慢92天\n"
          "截至9月30日（10月8日报），与9月30日的序时75%比，应达46.5。\n"
          "不足4期数据，不作趋势预测。\n"
          "要按期，今后3个月每月须10.3公里。\n"
          "县里说明：没有填。\n"
          "请办：10月13日前回复原因、措施、能否按期（3个工作日）。研判供核对，亮灯由市两改办核定。\n"
          "编号 D21-1009-02");
    finish(&d);
}

Test(digest, overdue) {
    struct desk d = {0};
    start(&d);
    report(&d.p, "51.3", "2021-12-31", "2022-01-05");
    look_at(&d, ALERT_OVERDUE, "first", "2022-01-06T08:30:00+08:00");
    d.item.words = slice_of("11月下旬起冰冻停工，桥面材料1月到");
    d.item.words_unit = slice_of("县交通运输局");
    d.item.others = "青川县、市交通运输局、市两改办";
    check(&d, "area:510822", "2022-01-06T08:30:00+08:00", "D22-0106-01",
          "【逾期】青川 直连道路 51.3/62公里 差10.7 逾期6天\n"
          "截至12月31日（1月5日报）。期限12月31日，未延期过。\n"
          "不足4期数据，不作趋势预测。\n"
          "县里说明：“11月下旬起冰冻停工，桥面材料1月到”（县交通运输局）\n"
          "请办：1月11日前报完成日期和措施（3个工作日）。\n"
          "后续：黄牌、红牌由市两改办研究后另发，系统不自动发。\n"
          "收到本条：青川县、市交通运输局、市两改办。\n"
          "问数：市两改办 值班 0839-×××××××  编号 D22-0106-01");
    finish(&d);
}

Test(digest, due_soon_of_a_small_count) {
    struct desk d = {0};
    start(&d);
    programme_counted(&d.p, "6");
    d.p.target.short_name = "厕所革命示范村";
    report(&d.p, "4", "2021-11-30", "2021-12-03");
    look_at(&d, ALERT_DUE_SOON, "7", "2021-12-24T08:30:00+08:00");
    d.item.words = slice_of("2个村已完工，待验收");
    d.item.words_unit = slice_of("县农业农村局");
    check(&d, "area:510822", "2021-12-24T08:30:00+08:00", "D21-1224-03",
          "【临期】青川 厕所革命示范村 4/6个 剩7天（12月31日）\n"
          "截至11月30日（12月3日报）。余2个，剩5个工作日。件数少，不作趋势预测。\n"
          "县里说明：“2个村已完工，待验收”（县农业农村局）\n"
          "请办：报12月数据即可，不用另回；如不能按期，12月31日前提出延期（理由、新期限）。\n"
          "问数：市两改办 值班 0839-×××××××  编号 D21-1224-03");
    finish(&d);
}

Test(digest, missing_is_never_called_slow) {
    struct desk d = {0};
    start(&d);
    struct receipt last = {.id = 1, .known_at = at("2021-09-03"), .file = slice_of("剑阁8月报表.csv"),
                           .period = slice_of("2021-08"), .taken = 37};
    struct stream_facts facts = {.name = "jiange", .role = SPEAKER_COUNTY, .area = 7, .unit = NO_INDEX,
                                 .period = {on("2021-09-01"), on("2021-09-30"), on("2021-10-08")}, .owed = 37,
                                 .missing = 37, .missing_due = 0, .heard_before = at("2021-10-08"), .receipts = &last,
                                 .receipt_count = 1};
    d.p.areas[7].short_name = "剑阁";
    d.item = (struct digest_item){.rule = ALERT_MISSING, .step = "first", .stream = &facts};
    check(&d, "area:510823", "2021-10-09T08:30:00+08:00", "D21-1009-01",
          "【未报】剑阁 9月数据未到 应10月8日报 迟1个工作日\n"
          "采集端在线，没有新文件；上次9月3日（8月，37行全收）。\n"
          "所以：是没有导出，不是断网，也不是被退回。\n"
          "影响：37项显示灰色，不算滞后；其中10月内到期0项。\n"
          "请办：导出9月报表到原文件夹；没有变化也请导出一次（记“无变化”）。编号 D21-1009-01");
    finish(&d);
}

Test(digest, offline_and_rejected_first_lines) {
    struct desk d = {0};
    start(&d);
    struct receipt refused = {.id = 1, .known_at = at("2021-10-08"), .file = slice_of("剑阁9月报表.csv"), .refused = 37,
                              .text = slice_of("找不到“累计完成”列")};
    struct stream_facts facts = {.name = "jiange", .role = SPEAKER_COUNTY, .area = 6, .unit = NO_INDEX,
                                 .made_at = at("2021-01-01"), .heard_before = at("2021-08-31"),
                                 .period = {on("2021-07-01"), on("2021-07-31"), on("2021-08-05")}, .owed = 37};
    d.p.areas[6].short_name = "剑阁";
    CLEAN(buffer_finish) struct buffer line = {0};
    d.item = (struct digest_item){.rule = ALERT_OFFLINE, .step = "first", .stream = &facts};
    digest_first_line(&(struct digest_view){.plan = &d.p.plan, .now = at("2021-09-03T08:30:00+08:00")}, &d.item, &line);
    cr_assert_str_eq(buffer_text(&line), "【断线】剑阁 采集端3个工作日无心跳 7月数据已收全");
    buffer_clear(&line);
    d.item = (struct digest_item){.rule = ALERT_REJECTED, .step = "first", .stream = &facts, .receipt = &refused};
    digest_first_line(&(struct digest_view){.plan = &d.p.plan, .now = at("2021-10-08T16:30:00+08:00")}, &d.item, &line);
    cr_assert_str_eq(buffer_text(&line), "【退回】剑阁 9月报表37行全退 找不到“累计完成”列");
    finish(&d);
}

Test(digest, a_recovery_names_the_message_it_closes) {
    struct desk d = {0};
    start(&d);
    programme_goal(&d.p, "96");
    d.p.target.short_name = "低压线路";
    report(&d.p, "76.8", "2021-10-31", "2021-11-03");
    look_at(&d, ALERT_SLIPPING, "recovered", "2021-11-04T08:30:00+08:00");
    d.item.cause = "red_yellow";
    d.item.past = "D21-0908-04";
    d.item.opened_at = at("2021-09-08");
    check(&d, "area:510822", "2021-11-04T08:30:00+08:00", "D21-1104-02",
          "【转好】青川 低压线路 76.8/96公里 红转黄 差3.2\n"
          "截至10月31日（11月3日报），与10月31日的序时83%比，应达80。\n"
          "9月8日的滞后到此了结，记录保留。\n"
          "不用回复。编号 D21-1104-02（接 D21-0908-04）");
    finish(&d);
}

Test(digest, several_items_worst_first) {
    struct desk d = {0};
    start(&d);
    report(&d.p, "31.0", "2021-09-30", "2021-10-08");
    look_at(&d, ALERT_SLIPPING, "yellow", "2021-10-09T08:30:00+08:00");
    struct stream_facts facts = {.name = "jiange", .role = SPEAKER_COUNTY, .area = 7, .unit = NO_INDEX,
                                 .period = {on("2021-09-01"), on("2021-09-30"), on("2021-10-08")}, .owed = 7,
                                 .missing = 7};
    struct digest_item items[] = {d.item, {.rule = ALERT_MISSING, .step = "first", .stream = &facts}};
    items[1].meant_for = "苍溪县";
    cr_assert_lt(digest_compare(&d.p.plan, &items[0], &items[1]), 0);
    cr_assert_gt(digest_compare(&d.p.plan, &items[1], &items[0]), 0);
    CLEAN(buffer_finish) struct buffer text = {0};
    struct digest_view view = {.plan = &d.p.plan, .recipient = "unit:市交通运输局", .now = at("2021-10-09T08:30:00+08:00"),
                               .number = "D21-1009-05"};
    digest_message(&view, items, 2, &text);
    static const char wanted[] = "【督办】交通局 2项：滞后1 未报1\n"
                                 "10月9日8:30所知；各项的数截至各自的报送日。\n"
                                 "滞后（1）\n"
                                 "1 直连道路 青川 31/62公里 应达46.5 慢92天｜县里：没有填\n"
                                 "未报（1）\n"
                                 "2 苍溪 9月数据未到 应10月8日报 迟1个工作日 7项灰，不算慢（应发苍溪县，无联系方式）\n"
                                 "请回：10月13日前说明逾期、回落、滞后各项的原因和能否完成（3个工作日）。\n"
                                 "问数：市两改办 值班 0839-×××××××  同级内按差额排列，不是排名。编号 D21-1009-05";
    cr_assert_str_eq(buffer_text(&text), wanted, "\n%s", buffer_text(&text));
    finish(&d);
}

Test(digest, line_one_never_exceeds_forty_characters) {
    struct desk d = {0};
    start(&d);
    d.p.target.short_name = "一二三四五六七八";
    d.p.target.unit = "个很长很长很长很长的单位名称（附注）";
    report(&d.p, "31.0", "2021-09-30", "2021-10-08");
    look_at(&d, ALERT_SLIPPING, "yellow", "2021-10-09T08:30:00+08:00");
    CLEAN(buffer_finish) struct buffer line = {0};
    digest_first_line(&(struct digest_view){.plan = &d.p.plan, .now = at("2021-10-09T08:30:00+08:00")}, &d.item, &line);
    cr_assert_leq(text_chars(buffer_text(&line), line.len), 40);
    cr_assert(!strstr(buffer_text(&line), "附注"));
    cr_assert(!strstr(buffer_text(&line), "红"), "no colour word before a release");
    finish(&d);
}

Test(digest, numbers) {
    char number[32];
    digest_number(on("2021-11-08"), 5, number);
    cr_assert_str_eq(number, "D21-1108-05");
    digest_number(on("2022-01-06"), 123, number);
    cr_assert_str_eq(number, "D22-0106-123");
}
