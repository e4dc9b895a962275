/* Addresses, what they are asked for, and who may: a resource that nobody was given, nobody may read. */
#include <criterion/criterion.h>
#include <string.h>

#include "services/board/route.h"
#include "services/board/scope.h"

static struct request_line line;
static struct problem problem;
static unsigned allowed;

static const struct route *find(const char *target, enum request_method method) {
    cr_assert_eq(request_line_read(target, strlen(target), &line), REQUEST_FINE, "%s", target);
    return route_find(&line, method, &allowed, &problem);
}

Test(route, addresses_are_found) {
    static const struct {
        const char *target;
        enum route_kind kind;
        const char *resource;
    } cases[] = {
        {"/", ROUTE_PAGE, NULL},
        {"/areas/510823", ROUTE_PAGE, NULL},
        {"/explain/T06.1/510823?as_of=2021-09-30", ROUTE_PAGE, NULL},
        {"/a/board-0123456789ab.js", ROUTE_ASSET, NULL},
        {"/api/v1/overview", ROUTE_DOCUMENT, "overview"},
        {"/api/v1/targets/T06.1", ROUTE_DOCUMENT, "targets"},
        {"/api/v1/targets/T06.1/series", ROUTE_DOCUMENT, "targets"},
        {"/api/v1/explain/T06.1/510823", ROUTE_DOCUMENT, "explain"},
        {"/api/v1/events", ROUTE_EVENTS, "events"},
        {"/api/v1/session", ROUTE_SESSION, "session"},
        {"/healthz", ROUTE_HEALTH, NULL},
        {"/readyz", ROUTE_READY, NULL},
        {"/metrics", ROUTE_METRICS, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct route *route = find(cases[i].target, REQUEST_GET);
        cr_assert_not_null(route, "%s", cases[i].target);
        cr_expect_eq(route->kind, cases[i].kind, "%s", cases[i].target);
        if (cases[i].resource) cr_expect_str_eq(route->resource, cases[i].resource);
    }
}

Test(route, other_addresses_and_methods_are_refused) {
    static const char *const unknown[] = {"/api", "/api/v1", "/api/v1/overview/x", "/api/v2/overview", "/units", "/a", "/.git",
                                          "/index.html", "/api/v1/explain/T06.1"};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        cr_expect_null(find(unknown[i], REQUEST_GET), "%s", unknown[i]);
        cr_expect_eq(problem.kind, PROBLEM_UNKNOWN_RESOURCE, "%s", unknown[i]);
    }
    cr_expect_null(find("/api/v1/overview", REQUEST_POST));
    cr_expect_eq(problem.kind, PROBLEM_BAD_METHOD);
    cr_expect_eq(allowed, METHOD_READ);
    cr_expect_null(find("/api/v1/overview", REQUEST_OTHER));
    cr_expect_null(find("/api/v1/actions/release", REQUEST_GET));
    cr_expect_eq(allowed, METHOD_POST);
    cr_expect_eq(find("/api/v1/actions/release", REQUEST_POST)->kind, ROUTE_ACTION);
    cr_expect_eq(find("/api/v1/session", REQUEST_DELETE)->kind, ROUTE_SESSION);
    cr_expect_null(find("/healthz", REQUEST_POST));
}

/* Whoever adds a route says whose it is: here and in scope.c. */
Test(route, each_resource_has_its_roles) {
    static const struct {
        const char *resource;
        const char *roles; /* public viewer county lead office admin */
    } matrix[] = {
        {"overview", "+++++"
                     "+"},
        {"areas", "-+++++"},   {"tasks", "-+++++"},   {"units", "-+++++"},      {"targets", "-+++++"}, {"alerts", "-+++++"},
        {"feeds", "-+++++"},   {"explain", "-+++++"}, {"quarantine", "-+++++"}, {"plan", "-+++++"},
        {"events", "++++++"}, {"session", "++++++"},
    };
    for (size_t i = 0; i < route_count; i++) {
        const struct route *route = &routes[i];
        bool api = strncmp(route->pattern, "api/", 4) == 0;
        cr_expect_eq(api, route->resource != NULL, "%s", route->pattern);
        if (!route->resource) continue;
        size_t found = 0;
        while (found < sizeof matrix / sizeof *matrix && strcmp(matrix[found].resource, route->resource) != 0) found++;
        cr_assert_lt(found, sizeof matrix / sizeof *matrix, "%s: say here and in scope.c who may read it", route->resource);
        for (unsigned role = 0; role < ROLES; role++) {
            const struct scope scope = {.role = (enum role)role, .area = "510823", .unit = "市教育局"};
            cr_expect_eq(scope_may_read(&scope, route->resource), matrix[found].roles[role] == '+', "%s %s", route->resource,
                         role_word((enum role)role));
        }
    }
    const struct scope admin = {.role = ROLE_ADMIN};
    cr_expect_not(scope_may_read(&admin, "secrets"), "what is not listed nobody may read");
}

static struct ask ask;

static bool read_ask(const char *target) {
    const struct route *route = find(target, REQUEST_GET);
    cr_assert_not_null(route, "%s", target);
    return ask_read(route, &line, &ask, &problem);
}

Test(route, what_is_asked_for_is_read) {
    cr_assert(read_ask("/api/v1/areas/510823?as_of=2021-09-30&known_at=2021-10-08T08:30:00%2B08:00"));
    cr_expect_str_eq(ask.code, "510823");
    cr_expect(ask_is_past(&ask));
    char name[ASK_KEY_MAX];
    ask_name(&ask, name);
    cr_expect_str_eq(name, "areas/510823?as_of=2021-09-30&known_at=2021-10-08T08:30:00+08:00");
    cr_assert(read_ask("/api/v1/areas/510823?known_at=2021-10-08T08:30:00+08:00"), "a plus that became a space");
    cr_assert(read_ask("/api/v1/areas/510823?known_at=2021-10-08"));
    ask_name(&ask, name);
    cr_expect_str_eq(name, "areas/510823?known_at=2021-10-08T23:59:59.999+08:00");
    cr_assert(read_ask("/api/v1/explain/T06.1/510823"));
    cr_expect_str_eq(ask.code, "T06.1");
    cr_expect_str_eq(ask.area, "510823");
    ask_name(&ask, name);
    cr_expect_str_eq(name, "explain/T06.1/510823");
    cr_assert(read_ask("/api/v1/alerts?limit=200&state=open&after=17"));
    cr_expect_eq(ask.limit, 200);
    ask_name(&ask, name);
    cr_expect_str_eq(name, "alerts?state=open&after=17&limit=200", "the same question is the same text");
    cr_assert(read_ask("/api/v1/overview"));
    cr_expect_not(ask_is_past(&ask));
}

Test(route, parameters_it_does_not_take_are_refused) {
    static const struct {
        const char *target;
        enum problem_kind kind;
        const char *field;
    } cases[] = {
        {"/api/v1/overview?asof=2021-09-30", PROBLEM_UNKNOWN_PARAMETER, "asof"},
        {"/api/v1/plan?limit=1", PROBLEM_UNKNOWN_PARAMETER, "limit"},
        {"/api/v1/areas/510823?state=open", PROBLEM_UNKNOWN_PARAMETER, "state"},
        {"/api/v1/overview?as_of=2021-02-30", PROBLEM_BAD_PARAMETER, "as_of"},
        {"/api/v1/overview?as_of=", PROBLEM_BAD_PARAMETER, "as_of"},
        {"/api/v1/overview?known_at=yesterday", PROBLEM_BAD_PARAMETER, "known_at"},
        {"/api/v1/alerts?limit=0", PROBLEM_BAD_PARAMETER, "limit"},
        {"/api/v1/alerts?limit=201", PROBLEM_BAD_PARAMETER, "limit"},
        {"/api/v1/alerts?limit=1e2", PROBLEM_BAD_PARAMETER, "limit"},
        {"/api/v1/alerts?after=", PROBLEM_BAD_PARAMETER, "after"},
        {"/api/v1/areas/510823%3Fas_of=2021-09-30", PROBLEM_UNKNOWN_AREA, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cr_expect_not(read_ask(cases[i].target), "%s", cases[i].target);
        cr_expect_eq(problem.kind, cases[i].kind, "%s", cases[i].target);
        cr_expect_str_eq(problem.field, cases[i].field, "%s", cases[i].target);
    }
}
