/* What comes next: due days, escalations, promises, extensions that wait, the closing day; 30 days, nearest first. */
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/report/json.h"
#include "common/report/words.h"
#include "services/board/document_overview.h"

enum coming_kind { COMING_ESCALATION, COMING_PROMISE, COMING_CLOSING, COMING_EXTENSION, COMING_DUE };

struct event_to_come {
    struct day on;
    enum coming_kind kind;
    enum alert_rung rung;         /* of an escalation */
    size_t count, late, cell;     /* cell: of the only one, NO_INDEX = none */
    int64_t alert;                /* of the only one; 0 = none */
    const struct stream *stream;
    const char *who;              /* of a promise */
};
struct coming_list {
    const struct sight *sight;
    struct event_to_come *items; /* heap */
    size_t count, capacity;
    bool failed;
};

static void add(struct coming_list *list, struct event_to_come event) {
    struct day today = list->sight->view->moment.as_of;
    if (!day_is(event.on) || event.on.n < today.n || event.on.n > today.n + COMING_DAYS || list->failed) return;
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? 2 * list->capacity : 64;
        struct event_to_come *items = realloc(list->items, capacity * sizeof *items);
        list->failed = !items;
        if (!items) return;
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = event;
}

/* --- what there is --- */

static bool is_open(const struct assessment *cell) {
    return cell->state != STATE_NO_TASK && cell->state != STATE_WORDS && cell->state != STATE_DONE &&
           cell->state != STATE_HOLDING;
}

static void take_dues(struct sight *sight, struct coming_list *list) {
    for (size_t i = 0; i < sight->plan->cell_count; i++) {
        const struct assessment *cell = &sight->view->cells[i];
        if (sight->plan->cells[i].rollup || !is_open(cell) || !day_is(cell->due) || !sight_sees(sight, i)) continue;
        bool late = cell->forecast.refused == FORECAST_GIVEN && cell->forecast.median.n > cell->due.n;
        add(list, (struct event_to_come){.on = cell->due, .kind = COMING_DUE, .count = 1, .late = late, .cell = i});
    }
}

static void take_alert(struct sight *sight, const struct answer_index *answers, const struct seen_alert *alert,
                       struct coming_list *list) {
    struct event_to_come event = {
        .count = 1, .cell = alert->cell, .alert = alert->row->id, .stream = alert->stream, .kind = COMING_ESCALATION};
    struct next_step next = alert_next_step(sight, answers, alert);
    const struct answer_row *promise = next.after_promise ? alert_promise_of(answers, alert->row->id) : NULL;
    event.on = next.on;
    event.rung = next.rung;
    if (promise) {
        event.kind = COMING_PROMISE;
        event.on = promise->by_day;
        event.who = promise->who;
    }
    add(list, event);
}

static void take_requests(struct sight *sight, struct coming_list *list) {
    const struct requests *requests = &sight->view->requests;
    for (size_t i = 0; i < requests->extension_count; i++) {
        const struct extension *one = &requests->extensions[i];
        if (one->state == EXTENSION_WAITING && sight_sees(sight, one->cell))
            add(list, (struct event_to_come){
                          .on = one->due_before, .kind = COMING_EXTENSION, .count = 1, .cell = one->cell});
    }
}

static void take_closing(struct sight *sight, struct coming_list *list) {
    const struct plan *plan = sight->plan;
    struct period period = period_of(plan->calendar, &plan->reporting, sight->view->moment.as_of);
    struct period before = period_before(plan->calendar, &plan->reporting, period);
    struct period next = day_is(before.closing) && before.closing.n >= sight->view->moment.as_of.n ? before : period;
    if (!day_is(next.first) || next.last.n < plan->reporting.first_period.n) return;
    add(list, (struct event_to_come){.on = next.closing, .kind = COMING_CLOSING, .count = 1, .cell = NO_INDEX});
}

/* --- in one line each day, kind and rung --- */

static int in_order(const void *left, const void *right) {
    const struct event_to_come *a = left, *b = right;
    if (a->on.n != b->on.n) return a->on.n < b->on.n ? -1 : 1;
    if (a->kind != b->kind) return a->kind < b->kind ? -1 : 1;
    if (a->rung != b->rung) return a->rung > b->rung ? -1 : 1; /* the gravest first */
    if (a->cell != b->cell) return a->cell < b->cell ? -1 : 1;
    return (a->alert > b->alert) - (a->alert < b->alert);
}

static void merge(struct coming_list *list) {
    size_t kept = 0;
    qsort(list->items, list->count, sizeof *list->items, in_order);
    for (size_t i = 0; i < list->count; i++) {
        struct event_to_come *last = kept ? &list->items[kept - 1] : NULL, *now = &list->items[i];
        if (!last || last->on.n != now->on.n || last->kind != now->kind || last->rung != now->rung) {
            list->items[kept++] = *now;
            continue;
        }
        last->count++;
        last->late += now->late;
        last->cell = NO_INDEX;
        last->alert = 0;
        last->stream = NULL;
    }
    list->count = kept;
}

/* --- saying it --- */

static const char *subject_of(const struct sight *sight, const struct event_to_come *event, struct buffer *out) {
    if (event->cell != NO_INDEX)
        cell_name_words(sight->view, event->cell, out);
    else if (event->stream)
        buffer_add_text(out, event->stream->unit);
    return buffer_text(out);
}

static void closing_words(const struct sight *sight, const struct event_to_come *event, struct buffer *out) {
    const struct plan *plan = sight->plan;
    char period[32];
    struct period of = period_before(plan->calendar, &plan->reporting,
                                     period_of(plan->calendar, &plan->reporting, event->on));
    period_words(&plan->reporting, of, period);
    buffer_printf(out, "%s报表截止", period);
}

static void words_of(const struct sight *sight, const struct event_to_come *event, struct buffer *out) {
    CLEAN(buffer_finish) struct buffer subject = {0};
    bool one = event->count == 1;
    const char *name = subject_of(sight, event, &subject);
    switch (event->kind) {
    case COMING_DUE:
        if (one)
            buffer_printf(out, "%s到期%s", name, event->late ? "，照现速难按期" : "");
        else
            buffer_printf(out, "%zu项到期%s", event->count, event->late ? "，照现速难按期" : "");
        if (!one && event->late) buffer_printf(out, "%zu项", event->late);
        return;
    case COMING_ESCALATION:
        if (one)
            buffer_printf(out, "%s转%s", name, alert_rung_word(event->rung));
        else
            buffer_printf(out, "%zu条转%s", event->count, alert_rung_word(event->rung));
        return;
    case COMING_PROMISE:
        if (one)
            buffer_printf(out, "%s承诺到期（%s）", name, event->who);
        else
            buffer_printf(out, "%zu项承诺到期", event->count);
        return;
    case COMING_EXTENSION:
        if (one)
            buffer_printf(out, "%s延期申请未决定，原期限到期", name);
        else
            buffer_printf(out, "%zu项延期申请未决定，原期限到期", event->count);
        return;
    case COMING_CLOSING:
        closing_words(sight, event, out);
        return;
    }
}

static json_t *coming_json(const struct sight *sight, const struct event_to_come *event) {
    static const char *const kinds[] = {"escalation", "promise", "closing", "extension", "due"};
    CLEAN(buffer_finish) struct buffer words = {0};
    bool cell = event->cell != NO_INDEX;
    words_of(sight, event, &words);
    return json_pack("{s:o, s:i, s:s, s:I, s:o, s:s, s:o, s:o, s:o}", "on", json_of_day(event->on), "days",
                     (int)(event->on.n - sight->view->moment.as_of.n), "kind", kinds[event->kind], "count",
                     (json_int_t)event->count, "late",
                     event->kind == COMING_DUE ? json_integer((json_int_t)event->late) : json_null(), "words",
                     buffer_text(&words), "alert", event->alert ? json_integer(event->alert) : json_null(), "target",
                     json_of_text(cell ? view_target(sight->view, event->cell)->code : NULL), "area",
                     json_of_text(cell ? view_area(sight->view, event->cell)->code : NULL));
}

bool overview_coming(struct sight *sight, const struct answer_index *answers, json_t *document) {
    struct coming_list list = {.sight = sight};
    json_t *out = json_array();
    take_dues(sight, &list);
    take_requests(sight, &list);
    take_closing(sight, &list);
    for (size_t i = 0; i < sight->view->alerts.count; i++) {
        struct seen_alert alert;
        if (alert_seen(sight, &sight->view->alerts.items[i], &alert)) take_alert(sight, answers, &alert, &list);
    }
    if (list.count) merge(&list);
    for (size_t i = 0; i < list.count && i < COMING_LISTED; i++)
        json_array_append_new(out, coming_json(sight, &list.items[i]));
    json_object_set_new(document, "coming", out);
    bool failed = list.failed;
    free(list.items);
    return !failed;
}
