/* Who sees what and may do what. The tables are written by hand: a new resource, route, role or verb fails here until
 * somebody has said whose it is. */
#include <criterion/criterion.h>
#include <string.h>

#include "services/board/route.h"
#include "services/board/scope.h"

/* p: public, v: viewer, c: county, l: lead, o: office, a: admin */
static const char letters[ROLES] = {'p', 'v', 'c', 'l', 'o', 'a'};

static const struct right {
    const char *name, *roles;
} resources[] = {{"overview", "pvcloa"}, {"areas", "vcloa"},  {"tasks", "vcloa"},   {"units", "vcloa"},
                 {"targets", "vcloa"},   {"alerts", "vcloa"}, {"feeds", "vcloa"},   {"quarantine", "vcloa"},
                 {"explain", "vcloa"},   {"plan", "vcloa"},   {"events", "pvcloa"}, {"session", "pvcloa"}},
  verbs[] = {{"release", "oa"},
             {"confirm", "oa"},
             {"promise", "cloa"},
             {"extension-grant", "oa"},
             {"extension-refuse", "oa"},
             {"close-out-check", "loa"},
             {"close-out-verify", "oa"},
             {"close-out-refuse", "oa"},
             {"issue", "oa"},
             {"mute", "oa"},
             {"override", "oa"},
             {"reverse", "oa"}};
enum { RESOURCES = sizeof resources / sizeof *resources, VERBS = sizeof verbs / sizeof *verbs };

static const struct right *right_of(const struct right *all, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(all[i].name, name) == 0) return &all[i];
    return NULL;
}

Test(scope, role_by_resource) {
    for (unsigned role = 0; role < ROLES; role++)
        for (size_t i = 0; i < RESOURCES; i++) {
            struct scope scope = {.role = (enum role)role};
            cr_expect_eq(scope_may_read(&scope, resources[i].name), strchr(resources[i].roles, letters[role]) != NULL,
                         "%s of %s", resources[i].name, role_word((enum role)role));
        }
}

Test(scope, role_by_verb) {
    for (unsigned role = 0; role < ROLES; role++)
        for (size_t i = 0; i < VERBS; i++) {
            struct scope scope = {.role = (enum role)role};
            cr_expect_eq(scope_may(&scope, verbs[i].name), strchr(verbs[i].roles, letters[role]) != NULL, "%s of %s",
                         verbs[i].name, role_word((enum role)role));
        }
}

Test(scope, every_route_is_somebodys_and_stands_in_the_table) {
    static const enum route_kind open_to_all[] = {ROUTE_PAGE, ROUTE_ASSET, ROUTE_HEALTH, ROUTE_READY, ROUTE_METRICS};
    for (size_t i = 0; i < route_count; i++) {
        const struct route *route = &routes[i];
        bool open = false;
        for (size_t k = 0; k < sizeof open_to_all / sizeof *open_to_all; k++)
            open = open || route->kind == open_to_all[k];
        cr_expect_eq(route->resource == NULL, open, "%s: whose is it?", route->pattern);
        if (route->resource)
            cr_expect_not_null(right_of(resources, RESOURCES, route->resource),
                               "%s: %s is not in the table of this test", route->pattern, route->resource);
    }
}

Test(scope, what_is_not_listed_nobody_may) {
    static const char *const unknown[] = {"", "accounts", "OVERVIEW", "overview/", "audit", "metrics"};
    for (unsigned role = 0; role < ROLES; role++)
        for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
            struct scope scope = {.role = (enum role)role};
            cr_expect_not(scope_may_read(&scope, unknown[i]), "%s", unknown[i]);
            cr_expect_not(scope_may(&scope, unknown[i]), "%s", unknown[i]);
        }
    for (size_t i = 0; scope_verbs[i]; i++)
        cr_expect_not_null(right_of(verbs, VERBS, scope_verbs[i]), "%s is not in the table of this test",
                           scope_verbs[i]);
}

Test(scope, keys_and_roles) {
    static const struct {
        struct scope scope;
        const char *key;
    } rows[] = {{{.role = ROLE_PUBLIC}, "public"},
                {{.role = ROLE_VIEWER}, "viewer"},
                {{.role = ROLE_COUNTY, .area = "510823"}, "area:510823"},
                {{.role = ROLE_LEAD, .unit = "市住建局"}, "unit:市住建局"},
                {{.role = ROLE_OFFICE}, "office"},
                {{.role = ROLE_ADMIN}, "office"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char key[SCOPE_KEY_MAX];
        enum role role;
        scope_key(&rows[i].scope, key);
        cr_expect_str_eq(key, rows[i].key);
        cr_expect_eq(role_parse(role_word(rows[i].scope.role), &role), rows[i].scope.role != ROLE_PUBLIC,
                     "no account is the public");
    }
    struct scope office = rows[4].scope, admin = rows[5].scope, viewer = rows[1].scope;
    cr_expect(scope_equal(&office, &admin));
    cr_expect_not(scope_equal(&office, &viewer));
    cr_expect(scope_sees_unreleased(&office) && scope_sees_unreleased(&admin));
    cr_expect_not(scope_sees_unreleased(&viewer) || scope_sees_unreleased(&rows[2].scope));
}

/* --- rows: two counties, two tasks led by two units; the second task has the first county alone --- */

struct small {
    struct area areas[2];
    struct unit units[2];
    size_t leads[2];
    struct task tasks[2];
    struct target targets[2];
    struct cell cells[3];
    char codes[2][8], names[3][24]; /* what streams own */
    char *area_codes[2];
    struct stream streams[3];
    struct plan plan;
    struct view view;
};

static void start(struct small *s) {
    *s =
        (struct small){.areas = {{.code = "510823", .name = "剑阁县"}, {.code = "510824", .name = "苍溪县"}},
                       .units = {{.name = "市住建局"}, {.name = "市交通运输局"}},
                       .leads = {0, 1},
                       .tasks = {{.code = "T01", .lead_count = 1, .first_target = 0, .target_count = 1},
                                 {.code = "T02", .lead_count = 1, .first_target = 1, .target_count = 1}},
                       .targets = {{.code = "T01.1", .task = 0, .first_cell = 0, .cell_count = 2},
                                   {.code = "T02.1", .task = 1, .first_cell = 2, .cell_count = 1}},
                       .cells = {{.target = 0, .area = 0}, {.target = 0, .area = 1}, {.target = 1, .area = 0}},
                       .codes = {"510823", "510824"},
                       .names = {"苍溪县", "剑阁县", "市交通运输局"},
                       .streams = {{.name = "cangxi", .unit = s->names[0], .areas = &s->area_codes[1], .area_count = 1},
                                   {.name = "jiange", .unit = s->names[1], .areas = &s->area_codes[0], .area_count = 1},
                                   {.name = "jiaotong", .unit = s->names[2]}}};
    s->area_codes[0] = s->codes[0];
    s->area_codes[1] = s->codes[1];
    s->tasks[0].leads = &s->leads[0];
    s->tasks[1].leads = &s->leads[1];
    s->plan = (struct plan){.areas = s->areas,
                            .area_count = 2,
                            .units = s->units,
                            .unit_count = 2,
                            .tasks = s->tasks,
                            .task_count = 2,
                            .targets = s->targets,
                            .target_count = 2,
                            .cells = s->cells,
                            .cell_count = 3,
                            .city = NO_INDEX};
    s->view.plan = &s->plan;
    s->view.streams = (struct streams){s->streams, 3};
}

/* Bits: what of each kind is seen, the first at the right. */
static unsigned bits(const struct scope *scope, const struct view *view, size_t count,
                     bool (*sees)(const struct scope *, const struct view *, size_t)) {
    unsigned out = 0;
    for (size_t i = 0; i < count; i++)
        out |= (unsigned)sees(scope, view, i) << i;
    return out;
}

Test(scope, rows_of_each_role) {
    static const struct {
        struct scope scope;
        unsigned cells, areas, tasks, targets, units, streams;
    } rows[] = {
        {{.role = ROLE_OFFICE}, 7, 3, 3, 3, 3, 7},
        {{.role = ROLE_ADMIN}, 7, 3, 3, 3, 3, 7},
        {{.role = ROLE_VIEWER}, 7, 3, 3, 3, 3, 7},
        {{.role = ROLE_COUNTY, .area = "510823"}, 5, 1, 3, 3, 3, 2},
        {{.role = ROLE_COUNTY, .area = "510824"}, 2, 2, 1, 1, 1, 1},
        {{.role = ROLE_COUNTY, .area = "51082"}, 0, 0, 0, 0, 0, 0},
        {{.role = ROLE_COUNTY, .area = NULL}, 0, 0, 0, 0, 0, 0},
        {{.role = ROLE_LEAD, .unit = "市交通运输局"}, 4, 1, 2, 2, 2, 4},
        {{.role = ROLE_LEAD, .unit = "市住建局"}, 3, 3, 1, 1, 1, 0},
        {{.role = ROLE_LEAD, .unit = NULL}, 0, 0, 0, 0, 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct small s;
        start(&s);
        unsigned streams = 0;
        for (size_t k = 0; k < 3; k++)
            streams |= (unsigned)scope_sees_stream(&rows[i].scope, &s.view, s.streams[k].name) << k;
        cr_expect_eq(bits(&rows[i].scope, &s.view, 3, scope_sees_cell), rows[i].cells, "cells, row %zu", i);
        cr_expect_eq(bits(&rows[i].scope, &s.view, 2, scope_sees_area), rows[i].areas, "areas, row %zu", i);
        cr_expect_eq(bits(&rows[i].scope, &s.view, 2, scope_sees_task), rows[i].tasks, "tasks, row %zu", i);
        cr_expect_eq(bits(&rows[i].scope, &s.view, 2, scope_sees_target), rows[i].targets, "targets, row %zu", i);
        cr_expect_eq(bits(&rows[i].scope, &s.view, 2, scope_sees_unit), rows[i].units, "units, row %zu", i);
        cr_expect_eq(streams, rows[i].streams, "streams, row %zu", i);
    }
}
