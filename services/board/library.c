#include "services/board/library.h"

#include <stdlib.h>
#include <string.h>

#include "services/board/scope_rows.h"

static document_maker *const makers[DOCUMENTS] = {
    [DOCUMENT_OVERVIEW] = document_overview,
    [DOCUMENT_AREA] = document_area,
    [DOCUMENT_TASK] = document_task,
    [DOCUMENT_UNIT] = document_unit,
    [DOCUMENT_TARGET] = document_target,
    [DOCUMENT_SERIES] = document_series,
    [DOCUMENT_ALERTS] = document_alerts,
    [DOCUMENT_FEEDS] = document_feeds,
    [DOCUMENT_FILE] = document_file,
    [DOCUMENT_QUARANTINE] = document_quarantine,
    [DOCUMENT_EXPLAIN] = document_explain,
    [DOCUMENT_PLAN] = document_plan,
};

/* Every body begins so: what is sent while the database is away differs in these bytes alone. */
static const char fresh_head[] = "{\"stale_since\":null";

/* Which moment it was read at, and after which change: that alone is no news (document_envelope begins with it). */
static size_t moving_head(const char *text) {
    const char *last = strstr(text, "\"change\":");
    return last ? (size_t)(last - text) + strcspn(last, ",}") : 0;
}

static struct rendering *write(json_t *body, struct problem *problem) {
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
    struct buffer out = {0};
    struct rendering *rendering = NULL;
    if (text && *text == '{') {
        buffer_add_text(&out, fresh_head);
        if (text[1] != '}') buffer_add_char(&out, ',');
        buffer_add_text(&out, text + 1);
        if (!out.failed) rendering = rendering_create_headed(buffer_text(&out), out.len, moving_head(buffer_text(&out)));
    }
    free(text);
    buffer_finish(&out);
    if (!rendering) problem_set(problem, PROBLEM_INTERNAL, NULL, NULL, "没有内存");
    return rendering;
}

static const char *given(const char *text) {
    return *text ? text : NULL;
}

/* What reads rows for this scope alone reads them as the database shows them to it; what all is judged by is everybody's. */
static bool reads_its_own(const struct scope *scope, const struct ask *ask) {
    enum route_document document = ask->route->document;
    return (scope->role == ROLE_COUNTY || scope->role == ROLE_LEAD) &&
           (document == DOCUMENT_FEEDS || document == DOCUMENT_FILE || document == DOCUMENT_QUARANTINE ||
            document == DOCUMENT_ALERTS);
}

static json_t *make_for(struct facts *facts, const struct scope *scope, const struct ask *ask,
                        const struct document_request *request, struct error *err) {
    document_maker *maker = makers[ask->route->document];
    struct error undone;
    if (!request->pg || !reads_its_own(scope, ask)) return maker(facts, scope, request, err);
    if (scope_read_rows(request->pg, scope, facts->view.plan, err)) return NULL;
    json_t *body = maker(facts, scope, request, err);
    enum error_code code = scope_read_all(request->pg, &undone);
    if (!code || !body) return body;
    *err = undone; /* nothing more is read for anybody in this transaction */
    json_decref(body);
    return NULL;
}

struct rendering *library_make(struct facts *facts, const struct scope *scope, const struct ask *ask, struct pg *pg,
                               struct problem *problem, struct error *err) {
    const struct document_request request = {.code = given(ask->code),
                                             .area = given(ask->area),
                                             .state = given(ask->state),
                                             .after = given(ask->after),
                                             .limit = ask->limit,
                                             .under = given(ask->under),
                                             .pg = pg};
    *err = (struct error){0};
    document_maker *maker = makers[ask->route->document];
    bool read = document_gather(facts, maker, &request, err) == ERROR_OK;
    json_t *body = read ? make_for(facts, scope, ask, &request, err) : NULL;
    if (!body) {
        problem_of_error(err, ask->route->unknown, problem);
        if (err->code == ERROR_NOT_FOUND || err->code == ERROR_USAGE) err->code = ERROR_OK;
        return NULL;
    }
    struct rendering *rendering = write(body, problem);
    json_decref(body);
    return rendering;
}

struct rendering *library_stale(const struct rendering *rendering, struct instant since) {
    const struct blob *plain = rendering->plain;
    const size_t head = sizeof fresh_head - 1;
    char at[INSTANT_TEXT_MAX];
    if (plain->len < head || memcmp(plain->bytes, fresh_head, head) != 0) return NULL;
    instant_print(since, at);
    struct buffer out = {0};
    buffer_printf(&out, "{\"stale_since\":\"%s\"", at);
    buffer_add(&out, plain->bytes + head, plain->len - head);
    struct rendering *stale = out.failed ? NULL : rendering_create(buffer_text(&out), out.len);
    buffer_finish(&out);
    return stale;
}
