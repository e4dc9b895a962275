/* The lists of alerts: what stands, gravest first; what is over, newest first. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/text.h"
#include "common/report/json.h"
#include "services/board/document_alert.h"
#include "services/board/document_part.h"

/* --- what stands --- */

static bool is_led_by(const struct sight *sight, size_t cell, size_t unit) {
    const struct task *task = view_task(sight->view, cell);
    for (size_t i = 0; i < task->lead_count; i++)
        if (task->leads[i] == unit) return true;
    return false;
}

bool alert_chosen(const struct sight *sight, const struct alert_choice *choice, const struct seen_alert *alert) {
    const struct cell *cell = alert->cell == NO_INDEX ? NULL : &sight->plan->cells[alert->cell];
    const struct plan *plan = sight->plan;
    if (choice->state && strcmp(choice->state, alert->row->state) != 0) return false;
    if (choice->target != NO_INDEX && (!cell || cell->target != choice->target)) return false;
    if (choice->task != NO_INDEX && (!cell || plan->targets[cell->target].task != choice->task)) return false;
    if (choice->area != NO_INDEX) {
        bool of_stream = alert->stream && alert->stream->areas && alert->stream->area_count == 1 &&
                         strcmp(alert->stream->areas[0], plan->areas[choice->area].code) == 0;
        if (cell ? cell->area != choice->area : !of_stream) return false;
    }
    if (choice->unit == NO_INDEX) return true;
    return cell ? is_led_by(sight, alert->cell, choice->unit)
                : alert->stream && strcmp(alert->stream->unit, plan->units[choice->unit].name) == 0;
}

/* Which kind of alert is read first among those that came as far. */
static unsigned gravity(enum alert_rule rule) {
    static const enum alert_rule order[] = {ALERT_OVERDUE, ALERT_REVIEW,     ALERT_FELL_BACK, ALERT_SLIPPING,
                                            ALERT_OFFLINE, ALERT_MISSING,    ALERT_REJECTED,  ALERT_CORRECTION,
                                            ALERT_STUCK,   ALERT_UNDELIVERABLE, ALERT_CALENDAR, ALERT_DUE_SOON};
    unsigned place = 0;
    while (place < sizeof order / sizeof *order && order[place] != rule)
        place++;
    return place;
}

static int gravest_first(const void *left, const void *right) {
    const struct seen_alert *a = left, *b = right;
    if (a->rung != b->rung) return a->rung > b->rung ? -1 : 1;
    if (a->rule != b->rule) return gravity(a->rule) < gravity(b->rule) ? -1 : 1;
    if (a->row->opened_at.ms != b->row->opened_at.ms) return a->row->opened_at.ms < b->row->opened_at.ms ? -1 : 1;
    return (a->row->id > b->row->id) - (a->row->id < b->row->id);
}

bool alert_list_make(const struct sight *sight, const struct alert_choice *choice, struct alert_list *out) {
    const struct alert_rows *rows = &sight->view->alerts;
    *out = (struct alert_list){.items = calloc(rows->count + 1, sizeof *out->items)};
    if (!out->items) return false;
    for (size_t i = 0; i < rows->count; i++)
        if (alert_seen(sight, &rows->items[i], &out->items[out->count]) &&
            alert_chosen(sight, choice, &out->items[out->count]))
            out->count++;
    qsort(out->items, out->count, sizeof *out->items, gravest_first);
    return true;
}

void alert_list_finish(struct alert_list *list) {
    free(list->items);
    *list = (struct alert_list){0};
}

bool alerts_of_json(const struct sight *sight, const struct alert_choice *choice, json_t *document) {
    CLEAN(alert_list_finish) struct alert_list list = {0};
    CLEAN(answer_index_finish) struct answer_index answers = {0};
    json_t *out = json_array();
    json_object_set_new(document, "alerts", out);
    if (!alert_list_make(sight, choice, &list) || !answer_index_make(sight->facts, &answers)) return false;
    for (size_t i = 0; i < list.count && i < DOCUMENT_PAGE; i++)
        json_array_append_new(out, alert_seen_json(sight, &answers, &list.items[i]));
    json_object_set_new(document, "alerts_total", json_integer((json_int_t)list.count));
    return true;
}

/* --- the page --- */

struct alert_page {
    const struct sight *sight;
    const struct document_request *request;
    struct alert_choice choice;
    struct answer_index answers;
    int64_t after; /* 0 = from the first */
    size_t limit;
    json_t *list;
    int64_t last; /* the last that was listed, with more behind it; 0 = nothing follows */
};

static void next_link(const struct alert_page *page, json_t *document) {
    const struct document_request *request = page->request;
    CLEAN(buffer_finish) struct buffer link = {0};
    buffer_add_text(&link, "/api/v1/alerts?");
    if (request->state) buffer_printf(&link, "state=%s&", request->state);
    if (request->area) buffer_add_text(&link, "area=");
    if (request->area) url_add(&link, request->area);
    if (request->area) buffer_add_char(&link, '&');
    buffer_printf(&link, "after=%" PRId64, page->last);
    if (request->limit) buffer_printf(&link, "&limit=%zu", page->limit);
    json_object_set_new(document, "next", page->last ? json_string(buffer_text(&link)) : json_null());
}

static void count_states(const struct alert_list *list, json_t *document) {
    static const char *const states[] = {"open", "promised", "suppressed"};
    json_t *counts = json_object();
    for (size_t s = 0; s < sizeof states / sizeof *states; s++) {
        size_t count = 0;
        for (size_t i = 0; i < list->count; i++)
            count += strcmp(list->items[i].row->state, states[s]) == 0;
        json_object_set_new(counts, states[s], json_integer((json_int_t)count));
    }
    json_object_set_new(document, "counts", counts);
}

/* How many of them are over: of the newest BOARD_OVER_MAX of all, those this scope sees. */
static enum error_code count_over(const struct alert_page *page, const struct alert_choice *choice, json_t *document,
                                  struct error *err) {
    CLEAN(board_over_finish) struct board_over over = {0};
    const struct view *view = page->sight->view;
    int64_t count = 0;
    json_object_set_new(json_object_get(document, "counts"), "resolved", json_null());
    if (!page->request->pg) return ERROR_OK; /* of what stands alone */
    enum error_code code =
        query_board_over(page->request->pg, view->programme.id, view->moment.known_at, &over, err);
    for (size_t i = 0; i < over.count; i++) {
        struct seen_alert alert;
        if (alert_seen(page->sight, &over.items[i].alert, &alert) && alert_chosen(page->sight, choice, &alert))
            count += over.items[i].count;
    }
    json_object_set_new(json_object_get(document, "counts"), "resolved", json_integer(count));
    return code;
}

/* Those that stand, behind the one that was listed last. false: that one does not stand any more. */
static bool page_standing(struct alert_page *page, const struct alert_list *list) {
    bool begun = page->after == 0;
    size_t listed = 0;
    for (size_t i = 0; i < list->count; i++) {
        const struct seen_alert *alert = &list->items[i];
        if (!begun) {
            begun = alert->row->id == page->after;
            continue;
        }
        if (!alert_chosen(page->sight, &page->choice, alert)) continue;
        if (listed++ == page->limit) return true;
        json_array_append_new(page->list, alert_seen_json(page->sight, &page->answers, alert));
        page->last = alert->row->id;
    }
    page->last = 0;
    return begun;
}

/* What is over is read in pieces until a page of this scope is full. */
static enum error_code page_resolved(struct alert_page *page, struct error *err) {
    enum { PIECES_MAX = 50 };
    int64_t before = page->after;
    size_t listed = 0;
    for (size_t piece = 0; piece < PIECES_MAX; piece++) {
        CLEAN(alert_rows_finish) struct alert_rows rows = {0};
        enum error_code code =
            query_board_resolved(page->request->pg, page->sight->view->programme.id, page->sight->view->moment.known_at,
                                 before, DOCUMENT_PAGE_MAX + 1, &rows, err);
        if (code) return code;
        for (size_t i = 0; i < rows.count; i++) {
            struct seen_alert alert;
            before = rows.items[i].id;
            if (!alert_seen(page->sight, &rows.items[i], &alert) || !alert_chosen(page->sight, &page->choice, &alert))
                continue;
            if (listed++ == page->limit) return ERROR_OK;
            json_array_append_new(page->list, alert_seen_json(page->sight, &page->answers, &alert));
            page->last = alert.row->id;
        }
        if (rows.count <= DOCUMENT_PAGE_MAX) {
            page->last = 0;
            return ERROR_OK;
        }
    }
    page->last = before; /* nothing of this scope among many: the page goes on from there */
    return ERROR_OK;
}

static const char *wrong_choice(struct alert_page *page, const struct document_request *request) {
    static const char *const states[] = {"open", "promised", "suppressed", "resolved"};
    bool known = !request->state;
    for (size_t i = 0; !known && i < sizeof states / sizeof *states; i++)
        known = strcmp(states[i], request->state) == 0;
    if (!known) return "state";
    if (request->after && (!text_to_int(request->after, strlen(request->after), &page->after) || page->after < 1))
        return "after";
    return NULL;
}

json_t *document_alerts(const struct facts *facts, const struct scope *scope, const struct document_request *request,
                        struct error *err) {
    struct sight sight = sight_of(facts, scope);
    CLEAN(alert_list_finish) struct alert_list standing = {0};
    struct alert_page page = {.sight = &sight, .request = request, .choice = alert_choice_all()};
    const char *wrong = wrong_choice(&page, request);
    if (wrong)
        return document_wrong(err, wrong, strcmp(wrong, "state") == 0 ? "只有 open、promised、suppressed、resolved"
                                                                      : "这一页已经不在了，请从第一页看起");
    size_t area = request->area ? plan_find_area(sight.plan, slice_of(request->area)) : NO_INDEX;
    if (request->area && (area == NO_INDEX || !scope_sees_area(scope, sight.view, area)))
        return document_unknown(err, "area");
    struct alert_choice all = alert_choice_all();
    all.area = page.choice.area = area;
    page.choice.state = request->state;
    page.limit = document_limit(request);
    json_t *document = document_envelope(facts, "alerts");
    page.list = json_array();
    bool ok = document && alert_list_make(&sight, &all, &standing) && answer_index_make(facts, &page.answers);
    if (document) json_object_set_new(document, "alerts", page.list);
    enum error_code code = ERROR_OK;
    bool found = true;
    if (ok) count_states(&standing, document);
    if (ok) code = count_over(&page, &all, document, err);
    if (ok && !code && request->state && strcmp(request->state, "resolved") == 0)
        code = page_resolved(&page, err);
    else if (ok && !code)
        found = page_standing(&page, &standing);
    if (ok) next_link(&page, document);
    answer_index_finish(&page.answers);
    if (!ok) return document_failed(err, document);
    if (!code && found) return document;
    json_decref(document);
    return code ? NULL : document_wrong(err, "after", "这一条已经了结，请从第一页看起");
}
