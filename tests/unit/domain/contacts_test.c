#include "plan_texts.h"

static const struct contact *contact_of(const struct plan *plan, size_t unit, size_t area, enum contact_role role) {
    for (size_t i = 0; i < plan->contact_count; i++)
        if (plan->contacts[i].unit == unit && plan->contacts[i].area == area && plan->contacts[i].role == role)
            return &plan->contacts[i];
    return NULL;
}

Test(contacts, reads_the_sample) {
    CLEAN(plan_destroy) struct plan *plan = real_plan(true);
    cr_expect_eq(plan->contact_count, 34);
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
        {"c.csv:5:5", "“wechat” is no channel; write webhook, email or log"},
        {"c.csv:6:2", "whose contact is this?"},
        {"c.csv:7:3", "“组长” is no role; write 联络员, 信息员, 牵头 or 办公室"},
        {"c.csv:7:5", "an address without its 渠道"},
    };
    CLEAN(findings_finish) struct findings findings = {0};
    refuse(yaml, "contacts", "c.csv", table, &findings);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect(&findings, rows[i].place, rows[i].words);
}
