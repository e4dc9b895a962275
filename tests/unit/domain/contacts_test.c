#include "plan_texts.h"

static const struct contact *contact_of(const struct plan *plan, size_t unit, size_t area, enum contact_role role) {
    for (size_t i = 0; i < plan->contact_count; i++)
        if (plan->contacts[i].unit == unit && plan->contacts[i].area == area && plan->contacts[i].role == role)
            return &plan->contacts[i];
    return NULL;
}

Test(contacts, reads_the_sample) {
    CLEAN(plan_destroy) struct plan *plan = real_plan(true);
    cr_expect_eq(plan->contact_count, 35);
    const struct contact *office = contact_of(plan, NO_INDEX, NO_INDEX, CONTACT_OFFICE);
    cr_assert_not_null(office);
    cr_expect_str_eq(office->channel, "webhook");
    size_t cangxi = plan_find_area(plan, slice_of("510824"));
    cr_assert_not_null(contact_of(plan, NO_INDEX, cangxi, CONTACT_LIAISON));
    cr_expect_str_eq(contact_of(plan, NO_INDEX, cangxi, CONTACT_IT)->address, "cxx-xxy@duban.invalid");
    const struct contact *lead =
        contact_of(plan, plan_find_unit(plan, slice_of("市扶贫开发局")), NO_INDEX, CONTACT_LEAD);
    cr_assert_not_null(lead);
    cr_expect_str_eq(lead->address, "");
}

Test(contacts, says_all_that_is_wrong) {
    static const char yaml[] = "programme: p\ntitle: t\nareas: [{code: a, name: 甲县}]\nstart: 2021-01-01\ntasks: "
                               "[{code: T1, title: x, leads: [设备科]}]\n";
    static const char table[] = "联系人,,,,,,\n单位,县区,角色,称呼,渠道,地址,备注\n"
                                ",甲县,联络员,张,email,zhang@,\n"      /* 3 */
                                ",乙县,联络员,张,webhook,x.example,\n" /* 4 */
                                "设备课,,牵头,李,wechat,x,\n"          /* 5 */
                                ",,信息员,李,log,x,\n"                 /* 6 */
                                "设备科,,组长,李,,x,\n";               /* 7 */
    static const struct {
        const char *place, *words;
    } rows[] = {
        {"c.csv:3:6", "“zhang@” is no e-mail address"},
        {"c.csv:4:2", "“乙县” is no area of the plan; did you mean “甲县”?"},
        {"c.csv:4:6", "begins with https://"},
        {"c.csv:5:1", "“设备课” is no unit of the plan; did you mean “设备科”?"},
        {"c.csv:5:5", "“wechat” is no channel; write webhook, email, log, wecom, dingtalk, feishu, zmq or command"},
        {"c.csv:6:2", "whose contact is this?"},
        {"c.csv:7:3", "“组长” is no role; write 联络员, 信息员, 牵头 or 办公室"},
        {"c.csv:7:5", "an address without its 渠道"},
    };
    CLEAN(findings_finish) struct findings findings = {0};
    refuse(yaml, "contacts", "c.csv", table, &findings);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect(&findings, rows[i].place, rows[i].words);
}

/* Rooms, fallbacks, mentions and subscriptions: what an office adds beside the first seven columns. */
Test(contacts, ways_beside_the_first) {
    static const char yaml[] = "programme: p\ntitle: t\nareas: [{code: a, name: 甲县}, {code: b, name: 乙县}]\n"
                               "units: [{name: 设备科}, {name: 水电科}]\nstart: 2021-01-01\ntasks: "
                               "[{code: T1, title: x, leads: [设备科], participants: [水电科]}]\n";
    static const char table[] = "单位,县区,角色,称呼,渠道,地址,备注,备用渠道,备用地址,提醒谁,订阅\n"
                                ",甲县,联络员,甲,wecom,leads-room,,email,a@example.org,\"lisi,wangwu\",\n"
                                ",乙县,联络员,乙,wecom,leads-room,,,,,\n"
                                "设备科,,牵头,丙,email,c@example.org,,,,,\n"
                                "设备科,,联络员,丙,email,c@example.org,,,,,\n"
                                "水电科,,联络员,丁,log,d,,,,,是\n";
    CLEAN(findings_finish) struct findings findings = {0};
    struct plan_text texts[2] = {{"plan", "plan.yaml", slice_of(yaml)}, {"contacts", "c.csv", slice_of(table)}};
    struct plan *plan = NULL;
    enum error_code code = plan_read(texts, 2, &plan, &findings);
    findings_print(&findings);
    cr_assert_eq(code, ERROR_OK);
    cr_assert_eq(plan->contact_count, 5);
    cr_expect_str_eq(plan->contacts[0].fallback_channel, "email");
    cr_expect_str_eq(plan->contacts[0].fallback_address, "a@example.org");
    cr_expect_str_eq(plan->contacts[0].mention, "lisi,wangwu");
    cr_expect(plan->contacts[0].shared && plan->contacts[1].shared, "two counties in one room");
    cr_expect(!plan->contacts[2].shared && !plan->contacts[3].shared, "one unit's lead and liaison are one recipient");
    cr_expect(plan->areas[0].reachable && !plan->areas[0].it_reachable);
    cr_expect(plan->units[plan_find_unit(plan, slice_of("水电科"))].subscribes);
    cr_expect_not(plan->units[plan_find_unit(plan, slice_of("设备科"))].subscribes);
    plan_destroy(&plan);
}

Test(contacts, what_no_office_should_write) {
    static const char yaml[] = "programme: p\ntitle: t\nareas: [{code: a, name: 甲县}]\nstart: 2021-01-01\ntasks: "
                               "[{code: T1, title: x, leads: [设备科]}]\n";
    static const char table[] = "单位,县区,角色,称呼,渠道,地址,备注,备用渠道,备用地址,提醒谁,订阅\n"
                                ",甲县,联络员,甲,command,13800138000,,,,,\n"
                                ",甲县,联络员,甲,wecom,Leads Room,,,,,\n"
                                ",甲县,联络员,甲,log,x,,email,,,\n"
                                ",甲县,联络员,甲,log,x,,,b@example.org,,\n"
                                ",甲县,联络员,甲,log,x,,,,,也许\n"
                                ",甲县,联络员,甲,log,x,,,,,是\n"
                                ",甲县,联络员,甲,email,+86 138 0013 8000,,,,,\n";
    static const struct {
        const char *place, *words;
    } rows[] = {
        {"c.csv:2:6", "person's own mobile number"}, {"c.csv:3:6", "no name of a wecom channel"},
        {"c.csv:4:8", "without its 备用地址"},       {"c.csv:5:8", "without its 备用渠道"},
        {"c.csv:6:11", "write 是 or leave it empty"}, {"c.csv:7:11", "this row names none"},
        {"c.csv:8:6", "person's own mobile number"},
    };
    CLEAN(findings_finish) struct findings findings = {0};
    refuse(yaml, "contacts", "c.csv", table, &findings);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) expect(&findings, rows[i].place, rows[i].words);
}

/* From outside: fields nobody would write. */
Test(contacts, long_fields_and_control_characters_are_named) {
    static const char yaml[] = "programme: p\ntitle: t\nareas: [{code: a, name: 甲县}]\nstart: 2021-01-01\ntasks: "
                               "[{code: T1, title: x}]\n";
    static char table[40000], word[10001];
    memset(word, 'x', sizeof word - 1);
    snprintf(table, sizeof table,
             "单位,县区,角色,称呼,渠道,地址,备注,提醒谁\n"
             ",甲县,联络员,%s,email,a@%s,,%s\n" /* 2 */
             ",甲县,联络员,a\x1b[31m,email,a\x07@b,\"two\nlines\",\n", /* 3; a note may have lines */
             word, word, word);
    CLEAN(findings_finish) struct findings findings = {0};
    refuse(yaml, "contacts", "c.csv", table, &findings);
    expect(&findings, "c.csv:2:4", "longer than 500 bytes");
    expect(&findings, "c.csv:2:6", "longer than 500 bytes");
    expect(&findings, "c.csv:2:8", "longer than 500 bytes");
    expect(&findings, "c.csv:3:4", "control character");
    expect(&findings, "c.csv:3:6", "control character");
    cr_expect_eq(findings.count, 5);
}
