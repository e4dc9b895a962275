#include "services/alerter/window.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/domain/due.h"
#include "common/report/brief.h"
#include "common/store/alert.h"
#include "common/store/due.h"
#include "common/store/trial.h"

enum { PREFIX_LEN = 9 /* "D21-1108-" */ };

struct instant window_morning(const struct plan *plan, struct instant at) {
    const struct reporting *reporting = &plan->reporting;
    unsigned first = reporting->window_count ? reporting->windows[0] : 0;
    for (size_t i = 1; i < reporting->window_count; i++)
        if (reporting->windows[i] < first) first = reporting->windows[i];
    struct instant window = at;
    do {
        window = due_window(plan, (struct instant){window.ms + 1});
    } while (instant_is(window) && instant_ms_of_day(window) != (int64_t)first * MS_MINUTE);
    return window;
}

/* --- what waits --- */

/* Everything that is said at one window. */
struct window {
    struct waiting_notices all;
    struct window_view view;
    const struct waiting_notice **said;
    size_t count;
    struct window_pages pages;
    bool trial, morning;
    struct brief brief;
};
static void window_finish(struct window *window) {
    window_pages_finish(&window->pages);
    window_view_finish(&window->view);
    waiting_notices_finish(&window->all);
    brief_finish(&window->brief);
    free(window->said);
}

/* A contact that was there when the notice was written may be gone from the table by now. */
static enum error_code hand_to_office(struct pg *pg, const struct docket *docket, struct waiting_notices *all,
                                      struct error *err) {
    AUTO_FREE int64_t *ids = calloc(all->count + 1, sizeof *ids);
    size_t count = 0;
    if (!ids) return error_set(err, ERROR_MEMORY, "out of memory for %zu notices", all->count);
    for (size_t from = 0, n; from < all->count; from += n) {
        const char *recipient = all->items[from].recipient;
        for (n = 1; from + n < all->count && strcmp(all->items[from + n].recipient, recipient) == 0;) n++;
        if (strcmp(recipient, "office") == 0 || route_contacts(docket->plan, recipient, NULL, 0) > 0) continue;
        for (size_t i = from; i < from + n; i++) {
            struct waiting_notice *notice = &all->items[i];
            ids[count++] = notice->id;
            memcpy(notice->meant_for, notice->recipient, sizeof notice->meant_for);
        }
    }
    if (count == 0) return ERROR_OK;
    for (size_t i = 0; i < all->count; i++)
        if (strcmp(all->items[i].meant_for, all->items[i].recipient) == 0) memcpy(all->items[i].recipient, "office", 7);
    waiting_notices_sort(all);
    return outbox_unreachable(pg, ids, count, err);
}

static enum error_code drop_over(struct pg *pg, struct window *window, struct error *err) {
    size_t all = window->all.count, dropped = 0;
    window->said = calloc(all + 1, sizeof *window->said);
    AUTO_FREE int64_t *ids = calloc(all + 1, sizeof *ids);
    AUTO_FREE const char **causes = calloc(all + 1, sizeof *causes);
    if (!window->said || !ids || !causes) return error_set(err, ERROR_MEMORY, "out of memory for %zu notices", all);
    for (size_t i = 0; i < all; i++) {
        const struct waiting_notice *notice = &window->all.items[i];
        const char *cause = window_over(&window->view, notice);
        if (cause) {
            ids[dropped] = notice->id;
            causes[dropped++] = cause;
        } else {
            window->said[window->count++] = notice;
        }
    }
    return outbox_drop(pg, ids, causes, dropped, err);
}

/* --- what counts as said --- */

/* The rung its alert stands on, said to one whom it is meant for: not the office in another's place, not in trial. */
static bool counts(const struct waiting_notice *notice) {
    if (notice->rung_said || *notice->meant_for || alert_rule_is_house(notice->rule)) return false;
    static const char *const beside[] = {"issued", "withdrawn", "recovered"};
    for (size_t i = 0; i < sizeof beside / sizeof beside[0]; i++)
        if (strcmp(notice->step, beside[i]) == 0) return false;
    enum alert_rung rung = RUNG_REMINDED;
    for (enum alert_rung r = RUNG_URGED; r <= RUNG_RED_CARD; r++)
        if (strcmp(notice->step, alert_rung_step(r)) == 0) rung = r;
    bool office = strcmp(notice->recipient, "office") == 0;
    return rung == notice->rung && office == route_is_private(notice->rule, notice->step);
}

static struct alert_case case_of(const struct window_view *view, int32_t cell, int32_t stream_id) {
    const struct docket *docket = view->docket;
    const struct subject *subject = window_subject(view, cell);
    const struct stream_facts *stream = window_stream(view, stream_id);
    struct alert_case out = {.plan = docket->plan, .rules = &docket->rules, .now = view->now};
    if (subject) {
        out.cell = &docket->plan->cells[subject->index];
        out.events = subject->events;
        out.count = subject->event_count;
    } else if (stream) {
        out.stream = stream->name;
        out.events = stream->decisions;
        out.count = stream->decision_count;
    }
    return out;
}

static struct alert_said said_of(const struct window_view *view, int32_t cell, int32_t stream, struct alert *alert) {
    struct alert_case judged = case_of(view, cell, stream);
    alert->rung_said_at = view->now;
    return (struct alert_said){.alert = alert->id, .cell = cell, .stream = stream, .next = alert_ladder_next(&judged, alert)};
}

struct said_alerts {
    struct alert_said *items;
    size_t count;
    int64_t *answered; /* alerts: their answers count, and are read first */
    size_t answered_count;
};
static void said_alerts_finish(struct said_alerts *said) {
    free(said->items);
    free(said->answered);
}

static int by_alert(const void *a, const void *b) {
    int64_t first = ((const struct alert_said *)a)->alert, second = ((const struct alert_said *)b)->alert;
    return (first > second) - (first < second);
}
static int by_id(const void *a, const void *b) {
    int64_t first = *(const int64_t *)a, second = *(const int64_t *)b;
    return (first > second) - (first < second);
}

/* Each alert once, as several may be told of it. */
static void take_said(const struct window *window, struct said_alerts *out) {
    size_t count = 0, answered = 0;
    for (size_t i = 0; i < window->count; i++) {
        const struct waiting_notice *n = window->said[i];
        struct alert alert = {.id = n->alert, .rule = n->rule, .state = n->state, .rung = n->rung, .opened_at = n->opened_at};
        if (!counts(n) || n->state == ALERT_RESOLVED) continue;
        if (n->answered)
            out->answered[answered++] = n->alert;
        else
            out->items[count++] = said_of(&window->view, n->cell, n->stream, &alert);
    }
    qsort(out->items, count, sizeof *out->items, by_alert);
    qsort(out->answered, answered, sizeof *out->answered, by_id);
    for (size_t i = 0; i < count; i++)
        if (out->count == 0 || out->items[out->count - 1].alert != out->items[i].alert) out->items[out->count++] = out->items[i];
    for (size_t i = 0; i < answered; i++)
        if (out->answered_count == 0 || out->answered[out->answered_count - 1] != out->answered[i])
            out->answered[out->answered_count++] = out->answered[i];
}

static enum error_code take_answered(struct pg *pg, const struct window *window, struct said_alerts *out, struct error *err) {
    CLEAN(standing_alerts_finish) struct standing_alerts standing = {0};
    if (out->answered_count == 0) return ERROR_OK;
    enum error_code code = alerts_by_id(pg, out->answered, out->answered_count, &standing, err);
    for (size_t i = 0; !code && i < standing.count; i++) {
        struct standing_alert *item = &standing.items[i];
        out->items[out->count++] = said_of(&window->view, item->cell, item->stream, &item->alert);
    }
    return code;
}

/* From now on the rung counts, and its subject is looked at again when the next one comes. */
static enum error_code note_said(struct pg *pg, const struct window *window, struct error *err) {
    if (window->trial) return ERROR_OK;
    CLEAN(said_alerts_finish) struct said_alerts said = {.items = calloc(window->count + 1, sizeof *said.items),
                                                         .answered = calloc(window->count + 1, sizeof *said.answered)};
    if (!said.items || !said.answered) return error_set(err, ERROR_MEMORY, "out of memory for %zu notices", window->count);
    take_said(window, &said);
    enum error_code code = take_answered(pg, window, &said, err);
    return code ? code : alerts_said(pg, said.items, said.count, window->view.now, err);
}

/* --- the window --- */

/* Which messages say which notices; a notice may stand on its recipient's own page and on a room's. */
struct said_list {
    int64_t *notices, *by;
    size_t count;
};
static void said_list_finish(struct said_list *list) {
    free(list->notices);
    free(list->by);
}
static bool said_list_make(const struct window *window, struct said_list *out) {
    size_t places = 0;
    for (size_t i = 0; i < window->pages.count; i++) places += window->pages.items[i].count;
    out->notices = calloc(places + 1, sizeof *out->notices);
    out->by = calloc(places + 1, sizeof *out->by);
    return out->notices && out->by;
}
static void said_list_add(struct said_list *list, const struct window_page *page, int64_t message) {
    for (size_t i = 0; i < page->count; i++) {
        list->notices[list->count] = page->notices[i]->id;
        list->by[list->count++] = message;
    }
}

static enum error_code write_pages(struct pg *pg, const struct window *window, struct said_list *said, unsigned *messages,
                                   struct error *err) {
    const struct docket *docket = window->view.docket;
    char prefix[32];
    unsigned given = 0;
    struct day day = instant_day(window->view.now);
    digest_number(day, 0, prefix);
    prefix[PREFIX_LEN] = '\0';
    enum error_code code = outbox_numbers(pg, docket->programme, prefix, day_start(day), &given, err);
    if (!code) code = outbox_messages_begin(pg, err);
    for (size_t i = 0; !code && i < window->pages.count; i++) {
        const struct window_page *page = &window->pages.items[i];
        bool brief = window->morning && strcmp(page->recipient, "office") == 0;
        int64_t message = 0;
        if (page->count == 0 && !brief) continue;
        code = window_page_write(pg, &window->view, page, brief ? &window->brief : NULL, given + ++*messages,
                                 window->trial, &message, err);
        if (!code) said_list_add(said, page, message);
    }
    return code ? code : outbox_messages_end(pg, err);
}

/* A list is compared with the one before it. */
static enum error_code read_told(struct pg *pg, struct window *window, struct error *err) {
    AUTO_FREE const char **recipients = calloc(window->pages.count + 1, sizeof *recipients);
    size_t count = 0;
    if (!recipients) return error_set(err, ERROR_MEMORY, "out of memory for %zu messages", window->pages.count);
    for (size_t i = 0; i < window->pages.count; i++)
        if (window->pages.items[i].count > 1) recipients[count++] = window->pages.items[i].recipient;
    return outbox_told(pg, window->view.docket->programme, recipients, count, &window->view.told, err);
}

static enum error_code write_messages(struct pg *pg, const struct window *window, unsigned *messages, struct error *err) {
    CLEAN(said_list_finish) struct said_list said = {0};
    AUTO_FREE int64_t *ids = calloc(window->count + 1, sizeof *ids);
    if (!ids || !said_list_make(window, &said))
        return error_set(err, ERROR_MEMORY, "out of memory for %zu notices", window->count);
    for (size_t i = 0; i < window->count; i++) ids[i] = window->said[i]->id;
    enum error_code code = write_pages(pg, window, &said, messages, err);
    struct outbox_said done = {.notices = ids, .count = window->count, .said = said.notices, .by = said.by,
                               .said_count = said.count};
    return code ? code : outbox_rendered(pg, &done, err);
}

static enum error_code prepare(struct pg *pg, const struct docket *docket, struct assess_scratch *scratch,
                               struct instant now, struct window *window, struct error *err) {
    enum error_code code = due_hold_all(pg, docket->programme, now, &window->morning, err);
    if (!code) code = trial_read(pg, docket->programme, &window->trial, err);
    if (!code) code = outbox_waiting(pg, docket->programme, now, &window->all, err);
    if (!code) code = hand_to_office(pg, docket, &window->all, err);
    if (!code) code = window_view_read(pg, docket, &window->all, now, scratch, &window->view, err);
    if (!code) code = drop_over(pg, window, err);
    if (!code && window->morning) code = brief_make(pg, &docket->stored, &docket->rules, now, &window->brief, err);
    if (!code) code = window_pages_make(&window->view, window->said, window->count, window->morning, &window->pages, err);
    return code ? code : read_told(pg, window, err);
}

static enum error_code render(struct pg *pg, const struct docket *docket, struct assess_scratch *scratch,
                              struct instant now, bool *held, unsigned *messages, struct error *err) {
    CLEAN(window_finish) struct window window = {0};
    enum error_code code = due_hold(pg, docket->programme, held, err);
    if (code || !*held) return code;
    code = prepare(pg, docket, scratch, now, &window, err);
    if (!code) code = write_messages(pg, &window, messages, err);
    if (!code) code = note_said(pg, &window, err);
    if (!code && window.morning) code = due_brief_next(pg, docket->programme, window_morning(docket->plan, now), err);
    return code;
}

enum error_code window_render(struct pg *pg, const struct docket *docket, struct assess_scratch *scratch,
                              struct instant now, bool *held, unsigned *messages, struct error *err) {
    *messages = 0;
    *held = false;
    enum error_code code = pg_begin(pg, err);
    if (!code) code = render(pg, docket, scratch, now, held, messages, err);
    if (!code) code = pg_commit(pg, err);
    if (code) {
        pg_rollback(pg);
        *messages = 0;
    }
    return code;
}
