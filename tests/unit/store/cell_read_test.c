/* What cell_json wrote is read back: by hand for what matters, and as a whole by writing it once more. */
#include "common/store/cell_read.h"

#include "common/store/cell_json.h"
#include "tests/unit/domain/office.h"

/* What only the events know stands beside the assessment in the JSON. */
static const char *const beside[] = {"reporter", "note", "complete_to", "why"};

static void expect_same(json_t *expected, json_t *actual) {
    for (size_t i = 0; i < sizeof beside / sizeof beside[0]; i++) {
        json_object_del(expected, beside[i]);
        json_object_del(actual, beside[i]);
    }
    char *first = json_dumps(expected, JSON_COMPACT | JSON_SORT_KEYS);
    char *second = json_dumps(actual, JSON_COMPACT | JSON_SORT_KEYS);
    cr_expect_str_eq(second, first);
    free(first);
    free(second);
}

/* Writes, reads, writes again: nothing else came of it. The caller's own looks come first. */
static struct assessment read_back(struct programme *p, size_t cell, struct assessment *from, json_t **json) {
    struct assessment back;
    *json = cell_json(&p->plan, &p->cells[cell], from, p->events, p->count, NULL);
    cr_assert(*json);
    cr_assert(cell_read(*json, &p->plan, &p->cells[cell], from->rules, &back));
    return back;
}
static void finish(struct programme *p, size_t cell, struct assessment *from, struct assessment *back, json_t *json) {
    json_t *again = cell_json(&p->plan, &p->cells[cell], back, p->events, p->count, NULL);
    expect_same(json, again);
    json_decref(again);
    assessment_finish(back);
    assessment_finish(from);
    json_decref(json);
}

Test(cell_read, a_late_county_with_its_forecast) {
    struct programme p;
    json_t *json;
    windows_start(&p);
    report(&p, "31", "2021-09-30", "2021-10-05");
    struct assessment now = look(&p, "2021-10-07"), back = read_back(&p, 1, &now, &json);
    cr_expect(back.has_value);
    cr_expect_str_eq(back.value_text, "31");
    cr_expect_eq(back.figure.form, FIGURE_VALUE);
    cr_expect_eq(back.deviation_tenths, -250);
    cr_expect_eq(back.days_behind, 92);
    cr_expect_eq(back.state, STATE_BEHIND);
    cr_expect_eq(back.light, LIGHT_YELLOW);
    cr_expect_eq(back.light_since.n, now.light_since.n);
    cr_expect_str_eq(back.rule, "points_10");
    cr_expect_eq(back.report_period.first.n, on("2021-09-01").n);
    cr_expect_eq(back.report_period.closing.n, now.report_period.closing.n);
    cr_expect_eq(back.forecast.refused, now.forecast.refused);
    finish(&p, 1, &now, &back, json);
}

Test(cell_read, without_a_figure_there_is_none) {
    struct programme p;
    json_t *json;
    windows_start(&p);
    struct assessment now = look(&p, "2021-10-07"), back = read_back(&p, 1, &now, &json);
    cr_expect(!back.has_value && !back.has_planned && !back.has_deviation && !back.has_days_behind);
    cr_expect_eq(back.light, LIGHT_GREY);
    cr_expect(!day_is(back.figure_as_of));
    finish(&p, 1, &now, &back, json);
}

Test(cell_read, the_offices_own_word_stays_beside_the_computed_one) {
    struct programme p;
    json_t *json;
    windows_start(&p);
    report(&p, "31", "2021-09-30", "2021-10-05");
    override_light(&p, "blue", "2021-10-31", "2021-10-11");
    struct assessment now = look(&p, "2021-10-12"), back = read_back(&p, 1, &now, &json);
    cr_expect(back.overridden);
    cr_expect_eq(back.light, LIGHT_BLUE);
    cr_expect_eq(back.computed_light, LIGHT_YELLOW);
    cr_expect_eq(back.override_until.n, on("2021-10-31").n);
    cr_expect(slice_equal(back.override_by, slice_of("值班员")));
    finish(&p, 1, &now, &back, json);
}

Test(cell_read, a_fall_is_held_with_both_its_figures) {
    struct programme p;
    json_t *json;
    windows_start(&p);
    report(&p, "57", "2021-10-31", "2021-11-05");
    report(&p, "51", "2021-11-30", "2021-12-03");
    struct assessment now = look(&p, "2021-12-04"), back = read_back(&p, 1, &now, &json);
    cr_assert(now.held, "the fall is held in the first place");
    cr_expect(back.held);
    cr_expect_eq(back.held_from.value.mantissa, 57);
    cr_expect_eq(back.held_to.value.mantissa, 51);
    finish(&p, 1, &now, &back, json);
}

Test(cell_read, overdue_says_since_when) {
    struct programme p;
    json_t *json;
    windows_start(&p);
    report(&p, "57", "2021-10-31", "2021-11-05");
    report(&p, "60", "2021-12-31", "2022-01-06");
    struct assessment now = look(&p, "2022-01-10"), back = read_back(&p, 1, &now, &json);
    cr_assert_eq(now.state, STATE_OVERDUE);
    cr_expect_eq(back.days_overdue, now.days_overdue);
    cr_expect_eq(back.overdue_since.n, now.overdue_since.n);
    cr_expect(back.has_missing);
    cr_expect_eq(back.missing.mantissa, 2);
    finish(&p, 1, &now, &back, json);
}

Test(cell_read, what_is_no_cell_is_refused) {
    struct programme p;
    struct assessment back;
    windows_start(&p);
    json_t *json = json_pack("{s:s, s:s}", "state", "on_plan", "light", "purple");
    cr_expect(!cell_read(json, &p.plan, &p.cells[1], NULL, &back));
    json_decref(json);
    cr_expect(!cell_read(NULL, &p.plan, &p.cells[1], NULL, &back));
}
