/* The office's word on a light: beside the computed one, until the end of its day. 31.0 of 62.0 as of 2021-09-30 is
 * -25.0 points and yellow; 24.6 is -35.3, a red that waits and shows yellow. */
#include "common/domain/override.h"

#include "tests/unit/domain/office.h"

static struct assessment road(struct programme *p, const char *known) {
    return look(p, known);
}

Test(override, stands_beside_the_computed_light_until_the_end_of_its_day) {
    struct programme p;
    windows_start(&p);
    report(&p, "31", "2021-09-30", "2021-10-05");
    override_light(&p, "blue", "2021-10-31", "2021-10-11");
    struct assessment before = road(&p, "2021-10-10"), then = road(&p, "2021-10-12"),
                      last = road(&p, "2021-10-31T23:59:59+08:00"), after = road(&p, "2021-11-01T00:00:00+08:00");
    cr_assert_eq(before.light, LIGHT_YELLOW);
    cr_assert(!before.overridden);
    cr_assert_eq(then.light, LIGHT_BLUE);
    cr_assert_eq(then.computed_light, LIGHT_YELLOW);
    cr_assert_eq(then.proposed, LIGHT_BLUE, "no red waits");
    cr_assert(then.overridden);
    cr_assert(slice_is(then.override_by, "值班员") && slice_is(then.override_reason, "现场核实"));
    cr_assert_str_eq(day_of(then.override_until), "2021-10-31");
    cr_assert_str_eq(day_of(then.light_since), "2021-10-11");
    cr_assert_str_eq(then.rule, "points_10", "the rule is of the computed light");
    cr_assert_leq(then.next_check.ms, at("2021-11-01T00:00:00+08:00").ms, "its end is looked at");
    cr_assert_eq(last.light, LIGHT_BLUE);
    cr_assert_eq(after.light, LIGHT_YELLOW);
    cr_assert(!after.overridden);
    cr_assert_str_eq(day_of(after.light_since), "2021-11-01", "what is shown changed again");
}

Test(override, a_red_that_waits_still_waits) {
    struct programme p;
    windows_start(&p);
    report(&p, "24.6", "2021-09-30", "2021-10-05");
    override_light(&p, "blue", "2021-10-31", "2021-10-11");
    struct assessment a = road(&p, "2021-10-12");
    cr_assert_eq(a.light, LIGHT_BLUE);
    cr_assert_eq(a.computed_light, LIGHT_YELLOW);
    cr_assert_eq(a.proposed, LIGHT_RED);
}

Test(override, decisions_table) {
    static const struct {
        const char *what, *first, *first_until, *second, *second_until, *back; /* first known 10-11, second 10-13 */
        enum light light;
    } rows[] = {
        {"one", "blue", "2021-10-31", NULL, NULL, NULL, LIGHT_BLUE},
        {"the newest holds", "blue", "2021-10-31", "green", "2021-10-20", NULL, LIGHT_GREEN},
        {"the newest is over, the older one was replaced", "blue", "2021-10-31", "green", "2021-10-14", NULL,
         LIGHT_YELLOW},
        {"the newest was taken back, the older one holds", "blue", "2021-10-31", "green", "2021-10-20", "2021-10-14",
         LIGHT_BLUE},
        {"taken back", "blue", "2021-10-31", NULL, NULL, "2021-10-14", LIGHT_YELLOW},
        {"taken back, but that is not known yet", "blue", "2021-10-31", NULL, NULL, "2021-10-18", LIGHT_BLUE},
        {"a worse one, too", "red", "2021-10-31", NULL, NULL, NULL, LIGHT_RED},
        {"a colour there is none of", "purple", "2021-10-31", NULL, NULL, NULL, LIGHT_YELLOW},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct programme p;
        windows_start(&p);
        report(&p, "31", "2021-09-30", "2021-10-05");
        struct cell_event *event = override_light(&p, rows[i].first, rows[i].first_until, "2021-10-11");
        if (rows[i].second) event = override_light(&p, rows[i].second, rows[i].second_until, "2021-10-13");
        if (rows[i].back) take_back(&p, event->uid, rows[i].back);
        struct assessment a = road(&p, "2021-10-15");
        cr_assert_eq(a.light, rows[i].light, "%s: %s", rows[i].what, light_word(a.light));
        cr_assert_eq(a.computed_light, LIGHT_YELLOW, "%s", rows[i].what);
    }
}

Test(override, what_was_known_then_is_shown_then) {
    struct programme p;
    windows_start(&p);
    report(&p, "31", "2021-09-30", "2021-10-05");
    override_light(&p, "blue", "2021-10-31", "2021-10-11");
    struct assessment known = look_as(&p, "2021-10-10", NULL), as_of = look_as(&p, "2021-10-20", "2021-10-10");
    cr_assert(!known.overridden, "decided later");
    cr_assert(!as_of.overridden, "on that day nobody had said so");
}

Test(override, alerts_look_at_the_computed_light) {
    struct programme p;
    windows_start(&p);
    report(&p, "24.6", "2021-09-30", "2021-10-05");
    override_light(&p, "green", "2021-10-31", "2021-10-11");
    struct assessment a = road(&p, "2021-10-12");
    struct alert_wants wants;
    alert_wants_cell(&p.plan, NULL, &p.cells[1], p.events, p.count, &a, at("2021-10-12"), &wants);
    cr_assert_eq(wants.count, 2);
    cr_assert_eq(wants.items[0].rule, ALERT_REVIEW);
    cr_assert_eq(wants.items[1].rule, ALERT_SLIPPING);
    cr_assert_str_eq(wants.items[1].step, "red");
}

Test(override, of_the_city_is_its_own) {
    struct programme p;
    windows_start(&p);
    override_light(&p, "yellow", "2021-10-31", "2021-10-11");
    struct cell_events counties[COUNTIES] = {0};
    struct assess_scratch *scratch = assess_scratch_create();
    struct assess_context context = {.plan = &p.plan, .known_at = at("2021-10-12"), .as_of = on("2021-10-12")};
    struct assessment whole;
    assess_city(&context, &p.cells[0], counties, COUNTIES, p.events, p.count, scratch, &whole);
    cr_assert(whole.overridden);
    cr_assert_eq(whole.light, LIGHT_YELLOW);
    cr_assert_eq(whole.computed_light, LIGHT_GREY, "nobody has reported");
    assessment_finish(&whole);
    assess_scratch_destroy(&scratch);
}
