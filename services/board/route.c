#include "services/board/route.h"

#include <stdio.h>
#include <string.h>

#include "common/base/text.h"

#define API "api/v1/"
#define PAGE_AT(path) {.pattern = path, .kind = ROUTE_PAGE, .methods = METHOD_READ, .takes = TAKES_ANY}
#define DOCUMENT_AT(path, what, name, parameters, none)                                                                \
    {.pattern = API path, .kind = ROUTE_DOCUMENT, .methods = METHOD_READ, .resource = what, .document = name,          \
     .takes = TAKES_MOMENT | (parameters), .unknown = none}

const struct route routes[] = {
    PAGE_AT(""),
    PAGE_AT("areas"),
    PAGE_AT("areas/*"),
    PAGE_AT("tasks"),
    PAGE_AT("tasks/*"),
    PAGE_AT("units/*"),
    PAGE_AT("targets/*"),
    PAGE_AT("alerts"),
    PAGE_AT("feeds"),
    PAGE_AT("feeds/*"),
    PAGE_AT("explain/*/*"),
    PAGE_AT("login"),
    {.pattern = "a/*", .kind = ROUTE_ASSET, .methods = METHOD_READ},
    {.pattern = "favicon.ico", .kind = ROUTE_ASSET, .methods = METHOD_READ},
    DOCUMENT_AT("overview", "overview", DOCUMENT_OVERVIEW, TAKES_LEVEL, PROBLEM_UNKNOWN_AREA),
    DOCUMENT_AT("areas/*", "areas", DOCUMENT_AREA, TAKES_PAGE, PROBLEM_UNKNOWN_AREA),
    DOCUMENT_AT("tasks/*", "tasks", DOCUMENT_TASK, TAKES_PAGE, PROBLEM_UNKNOWN_TASK),
    DOCUMENT_AT("units/*", "units", DOCUMENT_UNIT, TAKES_PAGE, PROBLEM_UNKNOWN_UNIT),
    DOCUMENT_AT("targets/*", "targets", DOCUMENT_TARGET, TAKES_PAGE, PROBLEM_UNKNOWN_TARGET),
    DOCUMENT_AT("targets/*/series", "targets", DOCUMENT_SERIES, TAKES_AREA | TAKES_PAGE, PROBLEM_UNKNOWN_TARGET),
    DOCUMENT_AT("alerts", "alerts", DOCUMENT_ALERTS, TAKES_STATE | TAKES_AREA | TAKES_PAGE, PROBLEM_UNKNOWN_AREA),
    DOCUMENT_AT("feeds", "feeds", DOCUMENT_FEEDS, TAKES_PAGE, PROBLEM_UNKNOWN_FILE),
    DOCUMENT_AT("feeds/*", "feeds", DOCUMENT_FILE, 0, PROBLEM_UNKNOWN_FILE),
    DOCUMENT_AT("quarantine", "quarantine", DOCUMENT_QUARANTINE, TAKES_PAGE, PROBLEM_UNKNOWN_RESOURCE),
    {.pattern = API "explain/*/*", .kind = ROUTE_DOCUMENT, .methods = METHOD_READ, .resource = "explain",
     .document = DOCUMENT_EXPLAIN, .takes = TAKES_MOMENT, .unknown = PROBLEM_UNKNOWN_TARGET, .on_demand = true},
    DOCUMENT_AT("plan", "plan", DOCUMENT_PLAN, 0, PROBLEM_UNKNOWN_RESOURCE),
    {.pattern = API "events", .kind = ROUTE_EVENTS, .methods = METHOD_READ, .resource = "events"},
    {.pattern = API "session", .kind = ROUTE_SESSION, .methods = METHOD_READ | METHOD_POST | METHOD_DELETE, .resource = "session"},
    {.pattern = API "actions/*", .kind = ROUTE_ACTION, .methods = METHOD_POST, .resource = "session"},
    {.pattern = "healthz", .kind = ROUTE_HEALTH, .methods = METHOD_READ},
    {.pattern = "readyz", .kind = ROUTE_READY, .methods = METHOD_READ},
    {.pattern = "metrics", .kind = ROUTE_METRICS, .methods = METHOD_READ},
};
const size_t route_count = sizeof routes / sizeof *routes;

/* Whether the pattern's parts are the line's, '*' being any one. */
static bool fits(const char *pattern, const struct request_line *line) {
    for (size_t i = 0; i < line->part_count; i++) {
        size_t len = strcspn(pattern, "/");
        if (len == 0) return false;
        bool any = len == 1 && *pattern == '*';
        if (!any && (strlen(line->parts[i]) != len || strncmp(pattern, line->parts[i], len) != 0)) return false;
        pattern += len;
        if (*pattern == '/') pattern++;
        else if (i + 1 < line->part_count) return false;
    }
    return *pattern == '\0';
}

const struct route *route_find(const struct request_line *line, enum request_method method, unsigned *allowed,
                               struct problem *problem) {
    *allowed = 0;
    for (size_t i = 0; i < route_count; i++) {
        if (!fits(routes[i].pattern, line)) continue;
        if (method != REQUEST_OTHER && routes[i].methods >> method & 1) return &routes[i];
        *allowed |= routes[i].methods;
    }
    if (*allowed)
        problem_set(problem, PROBLEM_BAD_METHOD, NULL, "看 Allow 一行", "这个地址不接受这种方法");
    else
        problem_set(problem, PROBLEM_UNKNOWN_RESOURCE, NULL, NULL, "没有这个地址");
    return NULL;
}

/* --- what a document is asked for --- */

static bool wrong(struct problem *problem, const char *field, const char *hint) {
    problem_set(problem, PROBLEM_BAD_PARAMETER, field, hint, "参数 %s 的值不对", field);
    return false;
}

static bool copy(char *out, size_t capacity, const char *text) {
    size_t len = strlen(text);
    if (len >= capacity) return false;
    memcpy(out, text, len + 1);
    return true;
}

/* A '+' that was not written as %2B has become a space. */
static bool read_instant(const char *text, struct instant *out) {
    char mended[INSTANT_TEXT_MAX + 8];
    struct day day;
    if (!copy(mended, sizeof mended, text)) return false;
    for (char *at = mended; *at; at++)
        if (*at == ' ') *at = '+';
    if (day_parse(mended, strlen(mended), &day)) {
        *out = (struct instant){day_end(day).ms - 1};
        return true;
    }
    return instant_parse(mended, strlen(mended), out);
}

static bool read_parameter(const struct request_parameter *given, unsigned takes, struct ask *out,
                           struct problem *problem) {
    const char *name = given->name, *value = given->value;
    if (takes & TAKES_MOMENT && strcmp(name, "as_of") == 0)
        return day_parse(value, strlen(value), &out->as_of) || wrong(problem, name, "写成日期，如 2021-09-30");
    if (takes & TAKES_MOMENT && strcmp(name, "known_at") == 0)
        return read_instant(value, &out->known_at) || wrong(problem, name, "写成 2021-09-30 或 2021-09-30T08:30:00+08:00");
    if (takes & TAKES_PAGE && strcmp(name, "limit") == 0) {
        int64_t limit = 0;
        if (!text_to_int(value, strlen(value), &limit) || limit < 1 || limit > ASK_LIMIT_MAX)
            return wrong(problem, name, "1 到 200");
        out->limit = (size_t)limit;
        return true;
    }
    if (takes & TAKES_PAGE && strcmp(name, "after") == 0)
        return (*value && copy(out->after, sizeof out->after, value)) || wrong(problem, name, "照 next 给的写");
    if (takes & TAKES_AREA && strcmp(name, "area") == 0)
        return (*value && copy(out->area, sizeof out->area, value)) || wrong(problem, name, "写县（区）代码，如 510823");
    if (takes & TAKES_STATE && strcmp(name, "state") == 0)
        return (*value && copy(out->state, sizeof out->state, value)) ||
               wrong(problem, name, "open、promised、suppressed 或 resolved");
    if (takes & TAKES_LEVEL && strcmp(name, "under") == 0)
        return (*value && copy(out->under, sizeof out->under, value)) || wrong(problem, name, "区划代码的前两位或前四位，如 51、5108");
    problem_set(problem, PROBLEM_UNKNOWN_PARAMETER, name, NULL, "这里没有参数“%.60s”", name);
    return false;
}

/* What stands in place of the n-th '*' of the pattern. */
static const char *wildcard(const struct route *route, const struct request_line *line, size_t n) {
    const char *pattern = route->pattern;
    for (size_t i = 0; i < line->part_count; i++) {
        size_t len = strcspn(pattern, "/");
        if (len == 1 && *pattern == '*' && n-- == 0) return line->parts[i];
        pattern += len;
        pattern += *pattern == '/';
    }
    return NULL;
}

bool ask_read(const struct route *route, const struct request_line *line, struct ask *out, struct problem *problem) {
    *out = (struct ask){.route = route, .as_of = DAY_NONE, .known_at = INSTANT_NONE};
    const char *code = wildcard(route, line, 0), *area = wildcard(route, line, 1);
    /* none is called so, and the marks would make two questions one key */
    bool strange = (code && strpbrk(code, "?&=")) || (area && strpbrk(area, "?&="));
    if (strange || (code && !copy(out->code, sizeof out->code, code)) || (area && !copy(out->area, sizeof out->area, area))) {
        problem_set(problem, route->unknown, NULL, NULL, "没有这个名字或代码");
        return false;
    }
    for (size_t i = 0; i < line->parameter_count; i++)
        if (!read_parameter(&line->parameters[i], route->takes, out, problem)) return false;
    return true;
}

void ask_name(const struct ask *ask, char out[ASK_KEY_MAX]) {
    char limit[24] = "", as_of[DAY_TEXT_MAX] = "", known_at[INSTANT_TEXT_MAX] = "", mark = '?';
    const char *pattern = ask->route->pattern + sizeof API - 1;
    size_t len = 0, wild = 0;
    for (; *pattern; pattern++) {
        if (*pattern == '*')
            len += (size_t)snprintf(out + len, ASK_KEY_MAX - len, "%s", wild++ == 0 ? ask->code : ask->area);
        else
            out[len++] = *pattern;
    }
    out[len] = '\0';
    if (ask->limit) snprintf(limit, sizeof limit, "%zu", ask->limit);
    if (day_is(ask->as_of)) day_print(ask->as_of, as_of);
    if (instant_is(ask->known_at)) instant_print(ask->known_at, known_at);
    const struct {
        const char *name, *value;
    } given[] = {{"area", wild > 1 ? "" : ask->area}, {"state", ask->state}, {"under", ask->under}, {"after", ask->after},
                 {"limit", limit}, {"as_of", as_of}, {"known_at", known_at}};
    for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
        if (!*given[i].value) continue;
        len += (size_t)snprintf(out + len, ASK_KEY_MAX - len, "%c%s=%s", mark, given[i].name, given[i].value);
        mark = '&';
    }
}
