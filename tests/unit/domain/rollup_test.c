/* The city's cell from the counties'. */
#include "tests/unit/domain/programme.h"

enum { PARTS = 2 }; /* counties with a task; the others have none */

struct city {
    struct programme p;
    struct assessment counties[COUNTIES];
    struct assessment whole;
};

static void only_two_counties(struct programme *p) {
    for (size_t i = 1 + PARTS; i < 1 + COUNTIES; i++)
        p->cells[i].no_task = true;
}

/* Reports as "value as-of known" by county. */
struct part {
    const char *value, *as_of, *known;
};

static void add_up(struct city *c, const struct part parts[PARTS], const char *now) {
    struct assess_scratch *scratch = assess_scratch_create();
    struct assess_context context = {.plan = &c->p.plan, .known_at = at(now), .as_of = instant_day(at(now))};
    size_t own = c->p.count; /* the city's own decisions */
    for (size_t i = 0; i < COUNTIES; i++) {
        size_t before = c->p.count;
        if (i < PARTS && parts[i].value) report(&c->p, parts[i].value, parts[i].as_of, parts[i].known);
        assess_cell(&context, &c->p.cells[1 + i], c->p.events + before, c->p.count - before, scratch, &c->counties[i]);
    }
    assess_rollup(&context, &c->p.cells[0], c->counties, COUNTIES, c->p.events, own, scratch, &c->whole);
    cr_expect_gt(c->whole.next_check.ms, context.known_at.ms);
    assess_scratch_destroy(&scratch);
}

static void city_finish(struct city *c) {
    assessment_finish(&c->whole);
}

static void expect(const struct assessment *a, const char *state, const char *light, const char *proposed,
                   const char *value) {
    cr_expect_str_eq(cell_state_word(a->state), state);
    cr_expect_str_eq(light_word(a->light), light);
    cr_expect_str_eq(light_word(a->proposed), proposed);
    cr_expect(value ? a->has_value && strcmp(a->value_text, value) == 0 : !a->has_value, "value %s", a->value_text);
}

/* 62 + 62; at 30 June 31 each are planned. One has 50, the other 20: 11 short, the surplus of 19 hides nothing: 31 + 0.
 */
Test(rollup, a_surplus_hides_no_gap) {
    struct city c = {0};
    programme_start(&c.p);
    only_two_counties(&c.p);
    c.p.cells[0].goal = number("124");
    add_up(&c, (struct part[]){{"70", "2021-06-30", "2021-07-02"}, {"20", "2021-06-30", "2021-07-02"}}, "2021-07-03");
    expect(&c.whole, "on_plan", "blue", "blue", "90");
    cr_expect_eq(c.whole.deviation_tenths, 161); /* (62 + 20 - 62) / 124 */
    cr_expect_eq(c.whole.counties_in, 2);
    cr_expect_eq(c.whole.counties_expected, 2);
    cr_expect_eq(c.whole.unfinished_count, 1);
    cr_expect_str_eq(forecast_refusal_word(c.whole.forecast.refused), "rollup");
    cr_expect_null(report_state_word(c.whole.report_state));
    cr_expect_not(c.whole.has_days_behind);
    city_finish(&c);
}

Test(rollup, each_at_its_own_as_of_day_and_red_waits) {
    struct city c = {0};
    programme_start(&c.p);
    only_two_counties(&c.p);
    c.p.cells[0].goal = number("124");
    add_up(&c, (struct part[]){{"5", "2021-05-31", "2021-06-02"}, {"6", "2021-06-30", "2021-07-02"}}, "2021-07-03");
    /* (5 + 6 - 25.83 - 31) / 124 = -36.96 */
    expect(&c.whole, "behind", "yellow", "red", "11");
    cr_expect_eq(c.whole.deviation_tenths, -369);
    cr_expect_str_eq(day_of(c.whole.figure_as_of), "2021-05-31");
    city_finish(&c);
}

Test(rollup, the_city_has_its_own_release) {
    struct city c = {0};
    programme_start(&c.p);
    only_two_counties(&c.p);
    decide(&c.p, EVENT_RELEASE, "2021-07-04", NULL, NULL);
    add_up(&c, (struct part[]){{"5", "2021-05-31", "2021-06-02"}, {"6", "2021-06-30", "2021-07-02"}}, "2021-07-05");
    expect(&c.whole, "behind", "red", "red", "11");
    city_finish(&c);
}

Test(rollup, done_when_all_met_and_the_sum_reaches) {
    static const struct {
        const char *first, *second, *goal, *state;
    } table[] = {
        {"62", "62", "124", "done"},
        {"62", "62", "130", "on_plan"},
        {"80", "61", "124", "on_plan"},
    };
    for (size_t i = 0; i < 3; i++) {
        struct city c = {0};
        programme_start(&c.p);
        only_two_counties(&c.p);
        c.p.cells[0].goal = number(table[i].goal);
        add_up(&c,
               (struct part[]){{table[i].first, "2021-11-30", "2021-12-02"},
                               {table[i].second, "2021-11-30", "2021-12-02"}},
               "2021-12-03");
        cr_expect_str_eq(cell_state_word(c.whole.state), table[i].state, "row %zu", i);
        city_finish(&c);
    }
}

Test(rollup, missing_counties_and_due) {
    static const struct {
        struct part parts[PARTS];
        const char *now, *state, *light, *value;
        unsigned in;
    } table[] = {
        {{{0}, {0}}, "2021-01-20", "no_figure", "grey", NULL, 0},
        {{{"31", "2021-06-30", "2021-07-02"}, {0}}, "2021-07-03", "on_plan", "blue", "31", 1},
        {{{"31", "2021-06-30", "2021-07-02"}, {"31", "2021-06-30", "2021-07-02"}},
         "2021-08-10",
         "not_reported",
         "grey",
         "62",
         2},
        {{{"60", "2021-11-30", "2021-12-02"}, {"60", "2021-11-30", "2021-12-02"}},
         "2022-01-03",
         "awaiting_final",
         "blue",
         "120",
         2},
        {{{"60", "2021-12-31", "2022-01-02"}, {"60", "2021-11-30", "2021-12-02"}},
         "2022-01-03",
         "overdue",
         "yellow",
         "120",
         2},
        {{{"60", "2021-11-30", "2021-12-02"}, {"60", "2021-11-30", "2021-12-02"}},
         "2022-01-06",
         "overdue",
         "yellow",
         "120",
         2},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct city c = {0};
        programme_start(&c.p);
        only_two_counties(&c.p);
        c.p.cells[0].goal = number("124");
        add_up(&c, table[i].parts, table[i].now);
        cr_expect_str_eq(cell_state_word(c.whole.state), table[i].state, "row %zu: %s", i,
                         cell_state_word(c.whole.state));
        cr_expect_str_eq(light_word(c.whole.light), table[i].light, "row %zu: %s", i, light_word(c.whole.light));
        cr_expect(table[i].value ? strcmp(c.whole.value_text, table[i].value) == 0 : !c.whole.has_value, "row %zu", i);
        cr_expect_eq(c.whole.counties_in, table[i].in, "row %zu", i);
        city_finish(&c);
    }
}

Test(rollup, quotients_are_sums_over_sums) {
    struct city c = {0};
    programme_start(&c.p);
    only_two_counties(&c.p);
    programme_ratio(&c.p, KIND_RATIO, "100", "40");
    c.p.cells[0].goal = number("100");
    c.p.cells[2].denominator = number("10");
    add_up(&c, (struct part[]){{"20/40", "2021-06-30", "2021-07-02"}, {"10/10", "2021-06-30", "2021-07-02"}},
           "2021-07-03");
    expect(&c.whole, "on_plan", "blue", "blue", "60"); /* 30 of 50, not the mean 75 */
    cr_expect_str_eq(text_of(c.whole.figure.denominator), "50");
    city_finish(&c);
}

Test(rollup, nothing_to_add) {
    static const struct {
        enum target_kind kind;
        const char *denominator, *state;
    } table[] = {{KIND_LATEST, NULL, "no_rollup"},
                 {KIND_BASELINE, NULL, "no_rollup"},
                 {KIND_RATIO, NULL, "no_rollup"},
                 {KIND_HOLD, NULL, "no_rollup"},
                 {KIND_RATIO, "40", "on_plan"}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct city c = {0};
        programme_start(&c.p);
        only_two_counties(&c.p);
        programme_ratio(&c.p, table[i].kind, "100", table[i].denominator);
        add_up(&c, (struct part[]){{"60", "2021-06-30", "2021-07-02"}, {"70", "2021-06-30", "2021-07-02"}},
               "2021-07-03");
        cr_expect_str_eq(cell_state_word(c.whole.state), table[i].state, "row %zu: %s", i,
                         cell_state_word(c.whole.state));
        city_finish(&c);
    }
}

Test(rollup, milestones_are_counted) {
    struct city c = {0};
    programme_start(&c.p);
    only_two_counties(&c.p);
    c.p.target.kind = KIND_MILESTONE;
    add_up(&c, (struct part[]){{"done", "2021-06-30", "2021-07-02"}, {"not done", "2021-06-30", "2021-07-02"}},
           "2021-07-03");
    expect(&c.whole, "on_plan", "blue", "blue", "1");
    cr_expect_eq(c.whole.unfinished_count, 1);
    city_finish(&c);
}

Test(rollup, a_hold_holds_when_all_are_in) {
    static const struct {
        struct part parts[PARTS];
        const char *state, *light;
    } table[] = {
        {{{"87/100", "2021-06-30", "2021-07-02"}, {"90/100", "2021-06-30", "2021-07-02"}}, "holding", "blue"},
        {{{"87/100", "2021-06-30", "2021-07-02"}, {"80/100", "2021-06-30", "2021-07-02"}}, "undated", "none"},
        {{{"99/100", "2021-06-30", "2021-07-02"}, {0}}, "undated", "none"},
    };
    for (size_t i = 0; i < 3; i++) {
        struct city c = {0};
        programme_start(&c.p);
        only_two_counties(&c.p);
        programme_ratio(&c.p, KIND_HOLD, "87", NULL);
        c.p.target.denominator = DENOMINATOR_REPORTED;
        c.p.cells[0].goal = number("87");
        programme_due(&c.p, NULL);
        add_up(&c, table[i].parts, "2021-07-03");
        cr_expect_str_eq(cell_state_word(c.whole.state), table[i].state, "row %zu: %s", i,
                         cell_state_word(c.whole.state));
        cr_expect_str_eq(light_word(c.whole.light), table[i].light, "row %zu", i);
        city_finish(&c);
    }
}

/* The same two counties month by month: red in May, released, still red in June with new figures, well in July and
 * August: 已补齐. */
Test(rollup, the_citys_release_holds_as_long_as_its_red) {
    static const struct {
        const char *now, *light, *proposed, *since;
        bool made_good;
    } table[] = {
        {"2021-06-03", "yellow", "red", "2021-06-02", false},
        {"2021-06-05", "red", "red", "2021-06-04", false},
        {"2021-07-03", "red", "red", "2021-06-04", false},
        {"2021-08-03", "blue", "blue", "2021-08-02", true},
    };
    struct programme p;
    programme_start(&p);
    only_two_counties(&p);
    p.cells[0].goal = number("124");
    decide(&p, EVENT_RELEASE, "2021-06-04", NULL, NULL);
    for (int i = 0; i < PARTS; i++) {
        report(&p, "5", "2021-05-31", "2021-06-02");  /* planned 25.83: -33.6 points */
        report(&p, "6", "2021-06-30", "2021-07-02");  /* planned 31 */
        report(&p, "36", "2021-07-31", "2021-08-02"); /* planned 36.17 */
    }
    struct cell_events parts[COUNTIES] = {{&p.events[1], 3}, {&p.events[4], 3}};
    struct assess_scratch *scratch = assess_scratch_create();
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct assess_context context = {
            .plan = &p.plan, .known_at = at(table[i].now), .as_of = instant_day(at(table[i].now))};
        struct assessment whole;
        assess_city(&context, &p.cells[0], parts, COUNTIES, p.events, 1, scratch, &whole);
        cr_expect_str_eq(light_word(whole.light), table[i].light, "%s: %s", table[i].now, light_word(whole.light));
        cr_expect_str_eq(light_word(whole.proposed), table[i].proposed, "%s: %s", table[i].now,
                         light_word(whole.proposed));
        cr_expect_str_eq(day_of(whole.light_since), table[i].since, "%s: %s", table[i].now, day_of(whole.light_since));
        cr_expect_eq(whole.made_good, table[i].made_good, "%s", table[i].now);
        assessment_finish(&whole);
    }
    assess_scratch_destroy(&scratch);
}
