#include "common/domain/rules.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct slice file_bytes(const char *path) {
    FILE *file = fopen(path, "rb");
    cr_assert(file, "%s", path);
    static char bytes[65536];
    size_t len = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    return (struct slice){bytes, len};
}

Test(rules, the_shipped_file_says_what_the_code_says) {
    struct findings findings = {0};
    struct light_rules read, shipped = *rules_shipped();
    enum error_code code =
        rules_read("rules.yaml", file_bytes(DUBAN_SOURCE_DIR "/deploy/plan/rules.yaml"), &read, &findings);
    cr_expect_eq(code, ERROR_OK, "%s", findings.count ? findings.items[0].message : "");
    cr_expect_eq(strlen(read.hash), 32);
    cr_assert_eq(read.report_count, shipped.report_count);
    for (size_t i = 0; i < read.report_count; i++) {
        const struct report_rule *a = &read.reports[i], *b = &shipped.reports[i];
        cr_expect_str_eq(a->name, b->name);
        cr_expect(a->when == b->when && a->goal == b->goal && a->tenths == b->tenths && a->units == b->units &&
                      a->light == b->light,
                  "%s", a->name);
    }
    cr_expect_str_eq(read.version, shipped.version);
    cr_expect(read.small_goal == shipped.small_goal && read.reach_days == shipped.reach_days &&
              decimal_compare(read.reach_factor, shipped.reach_factor) == 0 &&
              read.reports_weighed == shipped.reports_weighed && read.aspire_worst == shipped.aspire_worst &&
              read.overdue == shipped.overdue && read.fell_back == shipped.fell_back &&
              read.red_before_on_plan == shipped.red_before_on_plan && read.release == shipped.release);
    cr_expect_eq(memcmp(&read.alerts, &shipped.alerts, sizeof read.alerts), 0);
    findings_finish(&findings);
}

Test(rules, what_is_wrong_has_its_place) {
    static const struct {
        const char *text, *place, *words;
    } table[] = {
        {"small_goal: 20\n", "r.yaml", "version"},
        {"version: v\nreports:\n  - {name: a, when: pionts, behind: 10, light: red}\n", "r.yaml:3", "points"},
        {"version: v\nreports:\n  - {name: a, when: points, light: red}\n", "r.yaml:3", "behind"},
        {"version: v\nreports:\n  - {name: a, when: units, light: red}\n", "r.yaml:3", "units"},
        {"version: v\nreports:\n  - {name: a, when: points, behind: 10.05, light: red}\n", "r.yaml:3", "decimal"},
        {"version: v\nreach: {factor: 0}\n", "r.yaml:2", "factor"},
        {"version: v\nlights: {overdue: purple}\n", "r.yaml:2", "red"},
        {"version: v\nalert: {held_days: 3}\n", "r.yaml:2", "alerts"},
        {"version: v\nreports:\n  - {name: a, when: points, behind: 10, light: yellow}\n"
         "  - {name: b, when: points, behind: 30.1, light: red}\n",
         "r.yaml:4", "put the stricter rule first"},
        {"version: v\nreports:\n  - {name: a, when: points, behind: 30.1, light: red}\n"
         "  - {name: a, when: points, behind: 10, light: yellow}\n",
         "r.yaml:4", "name each differently"},
        {"version: v\nreports:\n  - {name: 落后, when: points, behind: 10, light: red}\n", "r.yaml:3", "a-z"},
        {"version: v\nreports:\n  - {name: overdue, when: points, behind: 10, light: red}\n", "r.yaml:3", "another"},
        {"version: v\nlights: {release: nobody}\n", "r.yaml:2", "office"},
        {"version: v\nalerts:\n  escalation: {urge_days: 0}\n", "r.yaml:3", "1 working day"},
        {"version: v\nalerts:\n  escalation: {urge_days: 2}\n", "r.yaml:3", "answer_days"},
        {"version: v\nalerts:\n  escalation: {urge_day: 5}\n", "r.yaml:3", "urge_days"},
        {"version: v\nalerts:\n  escalation:\n    top: {overdue: blue_card}\n", "r.yaml:4", "red_card"},
        {"version: v\nalerts:\n  escalation:\n    top: {overdo: red_card}\n", "r.yaml:4", "overdue"},
        {"version: v\nalerts:\n  escalation:\n    top: {review: urge}\n", "r.yaml:4", "drop the line"},
        {"version: v\nalerts: {due_soon_first: 7, due_soon_last: 30}\n", "r.yaml:2", "due_soon_last"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct findings findings = {0};
        struct light_rules rules;
        cr_expect_eq(rules_read("r.yaml", slice_of(table[i].text), &rules, &findings), ERROR_INPUT, "row %zu", i);
        cr_assert_geq(findings.count, 1, "row %zu", i);
        cr_expect(strstr(findings.items[0].place, table[i].place), "row %zu: %s", i, findings.items[0].place);
        cr_expect(strstr(findings.items[0].message, table[i].words), "row %zu: %s", i, findings.items[0].message);
        findings_finish(&findings);
    }
}

Test(rules, the_ladder_is_data) {
    static const char text[] = "version: v\nlights: {release: auto}\nalerts:\n"
                               "  escalation: {urge_days: 3, yellow_card_days: 4, top: {missing: red_card}}\n";
    struct findings findings = {0};
    struct light_rules rules;
    cr_assert_eq(rules_read("r.yaml", slice_of(text), &rules, &findings), ERROR_OK);
    cr_expect_eq(rules.release, RELEASE_AUTO);
    cr_expect_eq(rules.alerts.urge_days, 3);
    cr_expect_eq(rules.alerts.yellow_card_days, 4);
    cr_expect_eq(rules.alerts.red_card_days, 10, "what is absent keeps the shipped value");
    cr_expect_eq(rules.alerts.top[ALERT_MISSING], RUNG_RED_CARD);
    cr_expect_eq(rules.alerts.top[ALERT_OVERDUE], RUNG_REMINDED, "what a list does not name is reminded of only");
    findings_finish(&findings);
}

Test(rules, a_file_of_the_first_shape_is_still_read) {
    static const char text[] = "version: v\nlights: {release_needed: false}\nalerts: {escalate_days: 2}\n";
    struct findings findings = {0};
    struct light_rules rules;
    cr_assert_eq(rules_read("r.yaml", slice_of(text), &rules, &findings), ERROR_OK);
    cr_expect_eq(rules.release, RELEASE_AUTO);
    cr_expect_eq(rules.alerts.urge_days, 5);
    cr_expect_eq(findings.count, 2, "with a word about it");
    findings_finish(&findings);
}
