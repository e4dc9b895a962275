/* Who hears of what (DOMAIN and the rules of routing): facts to the county and every lead, judgements to the office,
 * each silence to the one who can end it. */
#include "common/domain/route.h"

#include "tests/unit/domain/programme.h"

static void start(struct programme *p, struct contact *contacts) {
    programme_start(p);
    contacts[0] = (struct contact){.unit = NO_INDEX, .area = 5, .role = CONTACT_LIAISON, .channel = "webhook", .address = "http://a"};
    contacts[1] = (struct contact){.unit = NO_INDEX, .area = 5, .role = CONTACT_IT, .channel = "email", .address = "it@x"};
    contacts[2] = (struct contact){.unit = 0, .area = NO_INDEX, .role = CONTACT_LEAD, .channel = "log", .address = "jtj"};
    contacts[3] = (struct contact){.unit = 1, .area = NO_INDEX, .role = CONTACT_LEAD, .channel = "", .address = ""};
    contacts[4] = (struct contact){.unit = NO_INDEX, .area = NO_INDEX, .role = CONTACT_OFFICE, .channel = "webhook", .address = "http://o"};
    p->plan.contacts = contacts;
    p->plan.contact_count = 5;
    p->plan.office_name = "市两改办";
}

static void check(const struct recipients *got, const char *wanted, const char *what) {
    char list[512] = "";
    for (size_t i = 0; i < got->count; i++)
        snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", i ? " " : "", got->keys[i]);
    cr_assert_str_eq(list, wanted, "%s: %s", what, list);
}

Test(route, of_cells) {
    static const struct {
        enum alert_rule rule;
        size_t cell;
        const char *wanted;
    } rows[] = {
        {ALERT_DUE_SOON, 5, "area:510822 unit:市交通运输局"},
        {ALERT_SLIPPING, 5, "area:510822 unit:市交通运输局"},
        {ALERT_OVERDUE, 5, "area:510822 unit:市交通运输局 office"},
        {ALERT_FELL_BACK, 5, "area:510822 unit:市交通运输局 office"},
        {ALERT_REVIEW, 5, "office"},
        {ALERT_CORRECTION, 5, "office"},
        {ALERT_OVERDUE, 0, "unit:市交通运输局 office"}, /* the city's roll-up */
    };
    struct programme p;
    struct contact contacts[5];
    start(&p, contacts);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct recipients got;
        route_cell(&p.plan, rows[i].rule, NULL, &p.cells[rows[i].cell], &got);
        check(&got, rows[i].wanted, alert_rule_name(rows[i].rule));
    }
}

Test(route, a_citys_milestone_goes_to_the_unit_of_record) {
    struct programme p;
    struct contact contacts[5];
    struct recipients got;
    start(&p, contacts);
    p.cells[0].rollup = false;
    p.target.reporter = REPORTER_UNIT;
    p.target.reporter_unit = 1;
    route_cell(&p.plan, ALERT_DUE_SOON, NULL, &p.cells[0], &got);
    check(&got, "unit:市发展改革委 unit:市交通运输局", "milestone");
}

Test(route, of_agents) {
    struct programme p;
    struct contact contacts[5];
    struct recipients got;
    start(&p, contacts);
    struct stream_facts county = {.name = "qingchuan", .role = SPEAKER_COUNTY, .area = 5, .unit = NO_INDEX};
    struct stream_facts unit = {.name = "jiaotong", .role = SPEAKER_DEPARTMENT, .area = NO_INDEX, .unit = 0};
    struct stream_facts office = {.name = "office", .role = SPEAKER_OFFICE, .area = NO_INDEX, .unit = NO_INDEX};
    route_stream(&p.plan, ALERT_MISSING, NULL, &county, &got);
    check(&got, "area:510822 office", "missing");
    route_stream(&p.plan, ALERT_OFFLINE, NULL, &county, &got);
    check(&got, "it:510822", "offline");
    route_stream(&p.plan, ALERT_REJECTED, NULL, &county, &got);
    check(&got, "area:510822", "rejected");
    route_stream(&p.plan, ALERT_OFFLINE, NULL, &unit, &got);
    check(&got, "it:市交通运输局", "a unit's agent");
    route_stream(&p.plan, ALERT_OFFLINE, NULL, &office, &got);
    check(&got, "office", "the office's own");
}

Test(route, contacts_that_work) {
    struct programme p;
    struct contact contacts[5];
    const struct contact *found[4];
    start(&p, contacts);
    cr_assert_eq(route_contacts(&p.plan, "area:510822", found, 4), 1);
    cr_assert_str_eq(found[0]->address, "http://a");
    cr_assert_eq(route_contacts(&p.plan, "it:510822", found, 4), 1);
    cr_assert_str_eq(found[0]->address, "it@x");
    cr_assert_eq(route_contacts(&p.plan, "office", found, 4), 1);
    cr_assert_eq(route_contacts(&p.plan, "unit:市发展改革委", NULL, 0), 0, "no channel: unroutable");
    cr_assert_eq(route_contacts(&p.plan, "area:510823", NULL, 0), 0);
    cr_assert_eq(route_contacts(&p.plan, "nobody", NULL, 0), 0);
}
