/* What a window makes of what waits: rooms, the morning brief, whom nobody reaches, ways beside the first. */
#include "tests/unit/alerter/bureau.h"

CLUSTER_START
CLUSTER_STOP

#define MESSAGES "SELECT number || ' ' || recipient || ' ' || kind FROM message ORDER BY id"

/* Both counties report at the end of June and are on plan; then what stood until then is forgotten. */
static void quiet_until_july(struct bureau *b) {
    static const char *const areas[] = {"510823", "510824"}, *const streams[] = {"jiange", "cangxi"};
    static const char *const metres[] = {"1000", "1500"}, *const houses[] = {"14", "17"};
    for (int i = 0; i < 2; i++) {
        bureau_figure(b, streams[i], "T01.1", areas[i], "2021-06-30", metres[i], "2021-07-01T09:00:00+08:00", NULL);
        bureau_figure(b, streams[i], "T01.2", areas[i], "2021-06-30", houses[i], "2021-07-01T09:00:00+08:00", NULL);
    }
    sql(b, "DELETE FROM alert_transition; DELETE FROM notice; DELETE FROM alert");
}
/* Both slip on Thursday, 2 September. */
static void both_slip(struct bureau *b) {
    bureau_figure(b, "jiange", "T01.1", "510823", "2021-08-31", "1020", "2021-09-02T10:00:00+08:00", NULL);
    bureau_figure(b, "cangxi", "T01.1", "510824", "2021-08-31", "1530", "2021-09-02T10:00:00+08:00", NULL);
}

Test(window, a_room_gets_one_message_for_all_its_members) {
    static const char contacts[] = "单位,县区,角色,称呼,渠道,地址,备注,备用渠道,备用地址,提醒谁,订阅\n"
                                   ",,办公室,值班,log,office,,,,,\n"
                                   ",剑阁县,联络员,剑阁,wecom,all-room,,email,jg@example.org,zhang,\n"
                                   ",苍溪县,联络员,苍溪,wecom,all-room,,,,,\n"
                                   "市教育局,,牵头,教育局,wecom,all-room,,,,,\n"
                                   "市教育局,,牵头,教育局,email,jyj@example.org,,,,,\n";
    struct bureau b;
    bureau_open_with(&b, "room", "2021-07-01T00:00:00+08:00", false, contacts);
    quiet_until_july(&b);
    both_slip(&b);
    bureau_play(&b, "2021-09-02T16:30:00+08:00", "jiange cangxi");
    EXPECT_LIST(&b, "SELECT number || ' ' || recipient || ' ' || kind FROM message WHERE window_at > '2021-09-02' ORDER BY id",
                "D21-0902-01 office notices · D21-0902-02 room:wecom:all-room room · D21-0902-03 unit:市教育局 notices");
    cr_assert_eq(count(&b, "SELECT count(DISTINCT item) FROM message_notice s JOIN message m ON m.id = s.message"
                           " JOIN notice n ON n.id = s.notice WHERE m.number = 'D21-0902-02' AND n.step = 'yellow'"), 2,
                 "each matter once, though county and lead are both there");
    cr_assert_eq(count(&b, "SELECT count(*) FROM message_notice s JOIN message m ON m.id = s.message"
                           " JOIN notice n ON n.id = s.notice WHERE m.number = 'D21-0902-02' AND n.step = 'yellow'"), 4);
    EXPECT_LIST(&b, "SELECT channel || ' ' || address || ' ' || coalesce(mention, '-') || ' ' || coalesce(fallback_address, '-')"
                    " FROM delivery d JOIN message m ON m.id = d.message WHERE m.number = 'D21-0902-02'",
                "wecom all-room zhang jg@example.org");
    EXPECT_LIST(&b, "SELECT channel || ' ' || address FROM delivery d JOIN message m ON m.id = d.message"
                    " WHERE m.number = 'D21-0902-03'", "email jyj@example.org");
    EXPECT_LIST(&b, "SELECT DISTINCT n.state FROM notice n JOIN alert a ON a.id = n.alert WHERE a.rule = 'slipping'", "rendered");
    cr_assert_eq(count(&b, "SELECT count(*) FROM alert WHERE rule = 'slipping' AND rung_said_at = '2021-09-02 16:30+08'"), 2);
    bureau_close(&b);
}

Test(window, a_shared_room_never_reads_what_the_office_alone_may) {
    static const char contacts[] = "单位,县区,角色,称呼,渠道,地址,备注\n"
                                   ",,办公室,值班,wecom,all-room,\n"
                                   ",剑阁县,联络员,剑阁,wecom,all-room,\n"
                                   ",苍溪县,联络员,苍溪,log,cangxi,\n"
                                   "市教育局,,牵头,教育局,log,jyj,\n";
    struct bureau b;
    bureau_open_with(&b, "private", "2021-07-01T00:00:00+08:00", false, contacts);
    quiet_until_july(&b);
    /* 700 of 1333.3: 31.7 points behind: red, to be released; it also falls, and is corrected with a reason */
    bureau_figure(&b, "jiange", "T01.1", "510823", "2021-08-31", "700", "2021-09-02T10:00:00+08:00", "误报");
    bureau_play(&b, "2021-09-02T16:30:00+08:00", "jiange cangxi");
    cr_assert_gt(count(&b, "SELECT count(*) FROM alert WHERE rule IN ('review', 'correction')"), 0);
    cr_assert_eq(count(&b, "SELECT count(*) FROM message m JOIN message_notice s ON s.message = m.id JOIN notice n"
                           " ON n.id = s.notice JOIN alert a ON a.id = n.alert WHERE a.rule IN ('review', 'correction')"
                           " AND m.recipient LIKE 'room:%'"), 0);
    EXPECT_LIST(&b, "SELECT DISTINCT m.recipient || ' ' || d.channel || ' ' || d.address FROM message m JOIN delivery d"
                    " ON d.message = m.id JOIN message_notice s ON s.message = m.id JOIN notice n ON n.id = s.notice"
                    " JOIN alert a ON a.id = n.alert WHERE a.rule IN ('review', 'correction')",
                "office log office");
    cr_assert_eq(count(&b, "SELECT count(*) FROM message WHERE recipient LIKE 'room:%' AND (body LIKE '%红%' OR facts::text LIKE '%红%')"), 0);
    bureau_close(&b);
}

/* The small plan with three more units: two take part in the task, and one of them asks (订阅); the third asks, but takes no part. */
static const char plan_with_participants[] =
    "programme: school-repair-2021\ntitle: 校舍维修\n"
    "areas: [{code: \"510823\", name: 剑阁县}, {code: \"510824\", name: 苍溪县}]\n"
    "units: [{name: 市教育局}, {name: 市财政局}, {name: 市水利局}, {name: 市民政局}]\n"
    "tasks:\n"
    "  - code: T01\n    title: 农村校舍维修\n    leads: [市教育局]\n    participants: [市财政局, 市水利局]\n    targets:\n"
    "      - {code: T01.1, name: 维修校舍面积, unit: 平方米, kind: cumulative, value: 5000, due: 2021-12-31, shares: {\"510824\": 3000, \"510823\": 2000}}\n"
    "      - {code: T01.2, name: 排查危房, unit: 栋, kind: cumulative, value: 45, counted: true, due: 2021-09-30, shares: {\"510824\": 25, \"510823\": 20}}\n"
    "  - code: T02\n    title: 清单\n    leads: [市民政局]\n    targets:\n"
    "      - {code: T02.1, name: 公布维修清单, unit: 项, kind: milestone, due: 2022-06-30}\n";

/* 剑阁's 1020 of 1333 (15.7 points behind) and 苍溪's 1530 of 2000 (15.7) slip; on Friday 剑阁 corrects to 700 (31.7: red, and a
 * fall, both for the office alone). */
Test(window, participants_hear_when_they_ask_and_of_no_red_before_its_release) {
    static const char contacts[] = "单位,县区,角色,称呼,渠道,地址,备注,备用渠道,备用地址,提醒谁,订阅\n"
                                   ",,办公室,值班,log,office,,,,,\n"
                                   ",剑阁县,联络员,剑阁,log,jiange,,,,,\n"
                                   ",苍溪县,联络员,苍溪,log,cangxi,,,,,\n"
                                   "市教育局,,牵头,教育局,log,jyj,,,,,\n"
                                   "市财政局,,牵头,财政局,log,czj,,,,,是\n"
                                   "市水利局,,牵头,水利局,log,slj,,,,,\n"
                                   "市民政局,,牵头,民政局,log,mzj,,,,,是\n";
    struct bureau b;
    bureau_open_plan(&b, "subscribed", "2021-07-01T00:00:00+08:00", false, contacts, plan_with_participants);
    quiet_until_july(&b);
    both_slip(&b);
    bureau_play(&b, "2021-09-02T16:30:00+08:00", "jiange cangxi");
    EXPECT_LIST(&b, "SELECT n.recipient || ' ' || string_agg(r.code, '+' ORDER BY r.code) FROM notice n JOIN alert a ON a.id = n.alert"
                    " JOIN cell c ON c.id = a.cell JOIN area r ON r.id = c.area JOIN target t ON t.id = c.target"
                    " WHERE a.rule = 'slipping' AND t.code = 'T01.1' AND n.state = 'rendered' GROUP BY n.recipient"
                    " ORDER BY n.recipient COLLATE \"C\"",
                "area:510823 510823 · area:510824 510824 · unit:市教育局 510823+510824 · unit:市财政局 510823+510824");
    EXPECT_LIST(&b, "SELECT d.channel || ' ' || d.address || ' ' || d.state || ' ' || cardinality(m.notices)"
                    " FROM message m JOIN delivery d ON d.message = m.id WHERE m.recipient = 'unit:市财政局'"
                    " AND m.window_at = '2021-09-02 16:30+08'", "log czj waiting 2");
    bureau_figure(&b, "jiange", "T01.1", "510823", "2021-08-31", "700", "2021-09-03T10:00:00+08:00", "误报");
    bureau_play(&b, "2021-09-03T16:30:00+08:00", "jiange cangxi");
    cr_assert_gt(count(&b, "SELECT count(*) FROM alert WHERE rule IN ('review', 'correction')"), 0);
    EXPECT_LIST(&b, "SELECT DISTINCT n.recipient FROM notice n JOIN alert a ON a.id = n.alert WHERE a.rule IN ('review', 'correction')",
                "office");
    cr_assert_eq(count(&b, "SELECT count(*) FROM message WHERE recipient = 'unit:市财政局' AND (body LIKE '%红%' OR facts::text LIKE '%红%')"), 0);
    cr_assert_eq(count(&b, "SELECT count(*) FROM message WHERE recipient IN ('unit:市水利局', 'unit:市民政局')"), 0,
                 "who does not ask, and who takes no part");
    bureau_close(&b);
}

Test(window, the_brief_comes_each_working_morning_and_carries_what_else_there_is) {
    struct bureau b;
    bureau_open(&b, "brief", "2021-07-01T00:00:00+08:00", false);
    quiet_until_july(&b);
    /* Thursday 1 July, midnight: the first is that morning's */
    cr_assert_eq(window_morning(b.docket.plan, at("2021-07-01T00:00:00+08:00")).ms, at("2021-07-01T08:30:00+08:00").ms);
    cr_assert_eq(window_morning(b.docket.plan, at("2021-07-01T08:30:00+08:00")).ms, at("2021-07-02T08:30:00+08:00").ms);
    cr_assert_eq(window_morning(b.docket.plan, at("2021-07-02T16:30:00+08:00")).ms, at("2021-07-05T08:30:00+08:00").ms);
    OK(due_brief_make(b.pg, b.docket.programme, at("2021-07-02T08:30:00+08:00"), err));
    OK(due_brief_make(b.pg, b.docket.programme, at("2021-07-01T08:30:00+08:00"), err)); /* it has one */
    bureau_play(&b, "2021-07-08T16:30:00+08:00", "jiange cangxi");
    EXPECT_LIST(&b, "SELECT to_char(window_at AT TIME ZONE 'Asia/Shanghai', 'MM-DD HH24:MI') FROM message WHERE kind = 'brief' ORDER BY id",
                "07-02 08:30 · 07-05 08:30 · 07-06 08:30 · 07-07 08:30 · 07-08 08:30");
    cr_assert_eq(count(&b, "SELECT count(*) FROM message m WHERE m.kind = 'brief' AND (m.attachment IS NULL OR m.long_body IS NULL"
                           " OR m.first_line NOT LIKE '【早报】%' OR m.body NOT LIKE '%编号 ' || m.number || '%')"), 0);
    /* one message a window: what the office is to hear that morning stands in the brief */
    cr_assert_eq(count(&b, "SELECT count(*) FROM (SELECT window_at FROM message WHERE recipient = 'office' GROUP BY window_at"
                           " HAVING count(*) > 1) x"), 0);
    cr_assert_gt(count(&b, "SELECT count(*) FROM message m JOIN message_notice s ON s.message = m.id WHERE m.kind = 'brief'"), 0,
                 "June closes on 5 July: who has not reported by the 6th is missing");
    struct due_left left;
    OK(due_left(b.owner, at("2021-07-08T16:30:00+08:00"), &left, err));
    cr_assert_eq(left.notices, 0);
    cr_assert_leq(left.next_at.ms, at("2021-07-09T08:30:00+08:00").ms, "the director stops at the next brief");
    bureau_close(&b);
}

Test(window, a_contact_that_is_gone_by_the_window) {
    struct bureau b;
    bureau_open(&b, "gone", "2021-07-01T00:00:00+08:00", false);
    quiet_until_july(&b);
    both_slip(&b);
    bureau_play(&b, "2021-09-02T11:00:00+08:00", "jiange cangxi");
    /* the notices wait; the plan is loaded again without 剑阁's liaison: here its row is emptied */
    for (size_t i = 0; i < b.docket.plan->contact_count; i++)
        if (b.docket.plan->contacts[i].address && strcmp(b.docket.plan->contacts[i].address, "jiange") == 0)
            b.docket.stored.plan->contacts[i].address = "";
    bureau_play(&b, "2021-09-02T16:30:00+08:00", "jiange cangxi");
    EXPECT_LIST(&b, "SELECT n.recipient || ' ' || coalesce(n.meant_for, '-') || ' ' || n.unroutable FROM notice n JOIN alert a"
                    " ON a.id = n.alert WHERE a.rule = 'slipping' ORDER BY n.meant_for NULLS LAST, n.recipient",
                "office area:510823 true · office area:510824 true · unit:市教育局 - false · unit:市教育局 - false");
    cr_assert_eq(count(&b, "SELECT count(*) FROM message WHERE recipient = 'office' AND body LIKE '%维修校舍面积%应发剑阁县%'"
                           " AND body LIKE '%维修校舍面积%应发苍溪县%'"), 1);
    bureau_close(&b);
}

/* The lead's mail bounces for good: the office hears of it at the next window, once; later mail that arrives ends it. */
Test(window, what_no_channel_took_is_an_alert_of_the_house) {
    struct bureau b;
    bureau_open(&b, "undelivered", "2021-07-01T00:00:00+08:00", false);
    quiet_until_july(&b);
    both_slip(&b);
    bureau_play(&b, "2021-09-02T16:30:00+08:00", "jiange cangxi");
    sql(&b, "UPDATE delivery SET state = 'failed', last_answer = '550' WHERE message = (SELECT id FROM message WHERE recipient"
            " LIKE 'unit:%' ORDER BY id DESC LIMIT 1); UPDATE delivery SET state = 'delivered' WHERE state = 'waiting'");
    for (int i = 0; i < 2; i++) bureau_watch(&b, at("2021-09-02T16:31:00+08:00"));
    EXPECT_LIST(&b, "SELECT rule || ' ' || state || ' ' || m.recipient FROM alert a JOIN message m ON m.id = a.message",
                "undeliverable open unit:市教育局");
    bureau_play(&b, "2021-09-03T08:30:00+08:00", "jiange cangxi");
    cr_assert_eq(count(&b, "SELECT count(*) FROM message WHERE recipient = 'office' AND body LIKE '%【运行】%市教育局%'"), 1);
    sql(&b, "INSERT INTO delivery (message, channel, address, state) SELECT max(message), 'log', 'jyj', 'delivered' FROM delivery");
    bureau_watch(&b, at("2021-09-03T09:00:00+08:00"));
    EXPECT_LIST(&b, "SELECT state || ' ' || cause FROM alert WHERE rule = 'undeliverable'", "resolved delivered");
    bureau_close(&b);
}

Test(window, the_offices_only_way_failing_is_told_on_another) {
    static const char contacts[] = "单位,县区,角色,称呼,渠道,地址,备注\n"
                                   ",,办公室,值班,webhook,https://office.example/hook,\n"
                                   ",剑阁县,联络员,剑阁,log,jiange,\n"
                                   ",苍溪县,联络员,苍溪,log,cangxi,\n"
                                   "市教育局,,牵头,教育局,log,jyj,\n";
    struct bureau b;
    bureau_open_with(&b, "other_way", "2021-07-01T00:00:00+08:00", false, contacts);
    quiet_until_july(&b);
    OK(due_brief_make(b.pg, b.docket.programme, at("2021-07-02T08:30:00+08:00"), err));
    bureau_play(&b, "2021-07-02T08:30:00+08:00", "jiange cangxi");
    sql(&b, "UPDATE delivery SET state = 'failed' WHERE message = (SELECT id FROM message WHERE kind = 'brief')");
    bureau_watch(&b, at("2021-07-02T08:31:00+08:00"));
    bureau_play(&b, "2021-07-02T16:30:00+08:00", "jiange cangxi");
    EXPECT_LIST(&b, "SELECT channel || ' ' || address FROM delivery WHERE message = (SELECT max(id) FROM message WHERE"
                    " recipient = 'office') ORDER BY id",
                "webhook https://office.example/hook · log office");
    bureau_close(&b);
}
