/* A catalogue written and read back says the same; a damaged one is refused with its place. */
#include "common/domain/catalogue.h"

#include "plan_texts.h"

static struct catalogue *read_back(const struct plan *plan) {
    CLEAN(buffer_finish) struct buffer json = {0};
    cr_assert(catalogue_write(plan, &json));
    struct catalogue *catalogue = NULL;
    struct error err = {0};
    enum error_code code = catalogue_read("c.json", (struct slice){buffer_text(&json), json.len}, &catalogue, &err);
    cr_assert_eq(code, ERROR_OK, "%s: %s", err.place, err.message);
    return catalogue;
}

Test(catalogue_read, gives_back_what_was_written) {
    CLEAN(plan_destroy) struct plan *plan = real_plan(true);
    CLEAN(catalogue_destroy) struct catalogue *catalogue = read_back(plan);
    const struct plan *read = catalogue_plan(catalogue);
    cr_expect_str_eq(read->programme, "guangyuan-2021");
    cr_expect_str_eq(read->version, plan->version);
    cr_assert_eq(read->area_count, 8);
    cr_expect_eq(read->city, 0);
    cr_assert_eq(read->target_count, 61);
    cr_assert_eq(read->cell_count, plan->cell_count);
    cr_expect_eq(read->unit_count, 44);
    for (size_t i = 0; i < plan->cell_count; i++) {
        const struct cell *a = &plan->cells[i], *b = &read->cells[i];
        cr_expect(a->target == b->target && a->area == b->area && a->rollup == b->rollup && a->no_task == b->no_task);
        cr_expect(a->has_goal == b->has_goal && a->goal.mantissa == b->goal.mantissa && a->goal.scale == b->goal.scale);
        cr_expect(a->has_denominator == b->has_denominator && a->denominator.mantissa == b->denominator.mantissa);
    }
    for (size_t i = 0; i < plan->target_count; i++) {
        const struct target *a = &plan->targets[i], *b = &read->targets[i];
        cr_expect_str_eq(a->code, b->code);
        cr_expect_str_eq(a->name, b->name);
        cr_expect_str_eq(a->short_name, b->short_name);
        cr_expect_str_eq(a->scope, b->scope);
        cr_expect(a->kind == b->kind && a->comparator == b->comparator && a->denominator == b->denominator);
        cr_expect(a->decimals == b->decimals && a->counted == b->counted && a->percent == b->percent);
        cr_expect(a->from.n == b->from.n && a->due.n == b->due.n && a->reporter == b->reporter);
        cr_expect(a->first_cell == b->first_cell && a->cell_count == b->cell_count);
    }
    is_day(period_of(read->calendar, &read->reporting, day_from("2021-09-30")).closing, "2021-10-08");
    cr_expect_not(calendar_covers(read->calendar, day_from("2027-01-04")));
    cr_expect_eq(plan_area_named(read, slice_of("市中区"), day_from("2007-01-01"), NULL), 1);
}

Test(catalogue_read, a_plan_without_calendar_or_city_is_written_too) {
    CLEAN(plan_destroy)
    struct plan *plan = plan_of("programme: p\ntitle: t\nareas: [{code: a, name: 甲}]\ntasks: [{code: T1, title: x, "
                                "targets: [{code: T1.1, name: y, kind: "
                                "cumulative, value: 3, unit: 台, due: 2024-06-30}]}]\n",
                                NULL, NULL, NULL);
    CLEAN(catalogue_destroy) struct catalogue *catalogue = read_back(plan);
    cr_expect_eq(catalogue_plan(catalogue)->city, NO_INDEX);
    cr_expect_null(catalogue_plan(catalogue)->calendar);
    cr_expect_eq(catalogue_cell(catalogue, catalogue_target(catalogue, slice_of("T1.1")),
                                catalogue_area(catalogue, slice_of("a"))),
                 0);
    cr_expect_eq(catalogue_target(catalogue, slice_of("T1")), NO_INDEX);
    cr_expect_eq(catalogue_task(catalogue, slice_of("T1")), 0);
}

Test(catalogue_read, refuses_what_is_damaged) {
    CLEAN(plan_destroy) struct plan *plan = real_plan(false);
    CLEAN(buffer_finish) struct buffer json = {0};
    cr_assert(catalogue_write(plan, &json));
    static const struct {
        const char *from, *to; /* of one length */
        const char *place, *words;
    } rows[] = {
        {"\"schema\": 1", "\"schema\": 2", "c.json:catalogue[0]", "schema is not 1"},
        {"\"cumulative\"", "\"cumulativX\"", "c.json:targets[", "kind is a word not known here"},
        {"\"2021-12-31\"", "\"2021-13-31\"", "c.json:targets[", "due is not a day"},
        {"\"510802\"", "\"510899\"", "c.json:areas[2]", "out of order"},
        {"\"485.8\"", "\"485,8\"", "c.json:targets[", "value is not an exact number in quotes"},
        {"\"closing_day\": 5", "\"closing_day\": 0", "c.json:reporting[0]", "closing_day is not a number in range"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        AUTO_FREE char *text = strdup(buffer_text(&json));
        char *at = strstr(text, rows[i].from);
        cr_assert_not_null(at, "%s", rows[i].from);
        memcpy(at, rows[i].to, strlen(rows[i].to));
        struct catalogue *catalogue = NULL;
        struct error err = {0};
        cr_expect_eq(catalogue_read("c.json", slice_of(text), &catalogue, &err), ERROR_INPUT);
        cr_expect_null(catalogue);
        cr_expect(strstr(err.message, rows[i].words) && strstr(err.place, rows[i].place), "%s: %s", err.place,
                  err.message);
    }
    static const char *const others[] = {"", "[]", "{", "{}", "{\"schema\":1}", "{\"schema\":1,\"schema\":1}", "null"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct catalogue *catalogue = NULL;
        struct error err = {0};
        cr_expect_eq(catalogue_read("c.json", slice_of(others[i]), &catalogue, &err), ERROR_INPUT, "%s", others[i]);
        cr_expect(err.message[0]);
    }
}

Test(catalogue_read, refuses_cells_of_areas_unknown_twice_or_out_of_order) {
    static const char *const areas[][2] = {{"a", "z"}, {"a", "a"}, {"b", "a"}};
    for (size_t i = 0; i < sizeof areas / sizeof *areas; i++) {
        CLEAN(plan_destroy)
        struct plan *plan = plan_of("programme: p\ntitle: t\nareas: [{code: a, name: 甲}, {code: b, name: 乙}]\nstart: 2021-01-01\n"
                                    "tasks: [{code: T1, title: x, targets: [{code: T1.1, name: y, kind: milestone}]}]\n",
                                    NULL, NULL, NULL);
        CLEAN(buffer_finish) struct buffer json = {0};
        cr_assert(catalogue_write(plan, &json));
        AUTO_FREE char *text = strdup(buffer_text(&json));
        char *at = text;
        for (size_t k = 0; k < 2; k++) {
            at = strstr(at, "\"area\": \"");
            cr_assert_not_null(at);
            at += strlen("\"area\": \"");
            *at = areas[i][k][0];
        }
        struct catalogue *catalogue = NULL;
        struct error err = {0};
        cr_expect_eq(catalogue_read("c.json", slice_of(text), &catalogue, &err), ERROR_INPUT);
        cr_expect_str_eq(err.place, "c.json:targets[0]");
        cr_expect(strstr(err.message, "unknown, twice or out of order"), "%s", err.message);
    }
}
