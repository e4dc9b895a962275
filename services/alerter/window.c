#include "services/alerter/window.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"

enum { CONTACTS_MAX = 32, PREFIX_LEN = 9 /* "D21-1108-" */ };

/* --- one recipient's message --- */

struct page {
    struct window_item *items;
    size_t count;
    const struct waiting_notice *const *notices; /* those that are said */
    size_t notice_count;
};

static void page_finish(struct page *page) {
    for (size_t i = 0; i < page->count; i++) window_item_finish(&page->items[i]);
    free(page->items);
}

/* Notices of one alert are one item: a further step replaces the first, a stand-in's joins the office's own. */
static bool page_add(const struct window_view *view, struct page *page, const struct waiting_notice *notice) {
    for (size_t i = 0; i < page->count; i++) {
        struct window_item *item = &page->items[i];
        if (item->alert != notice->alert) continue;
        item->item.step = notice->step;
        return !*notice->meant_for || window_item_meant_for(view->docket, item, notice->meant_for);
    }
    return window_item_fill(view, notice, &page->items[page->count++]);
}

static int compare_items(const void *a, const void *b, void *plan) {
    const struct window_item *first = a, *second = b;
    int order = digest_compare(plan, &first->item, &second->item);
    return order ? order : strcmp(first->first->key, second->first->key);
}

static json_t *item_json(const struct window_view *view, const struct window_item *item, int number) {
    const struct plan *plan = view->docket->plan;
    CLEAN(buffer_finish) struct buffer line = {0};
    struct digest_view text = {.plan = plan, .rules = &view->docket->rules, .now = view->now};
    digest_first_line(&text, &item->item, &line);
    const struct cell *cell = item->item.cell;
    char opened[INSTANT_TEXT_MAX];
    instant_print(item->item.opened_at, opened);
    return json_pack("{s:i, s:s, s:s, s:s, s:s?, s:s?, s:s?, s:s, s:s, s:b}", "item", number, "rule",
                     alert_rule_name(item->item.rule), "step", item->item.step, "key", item->first->key, "target",
                     cell ? plan->targets[cell->target].code : NULL, "area", cell ? plan->areas[cell->area].code : NULL,
                     "stream", item->item.stream ? item->item.stream->name : NULL, "opened_at", opened, "line",
                     buffer_text(&line), "resolved", strcmp(item->item.step, "recovered") == 0);
}

static char *facts_json(const struct window_view *view, const struct page *page) {
    json_t *list = json_array();
    for (size_t i = 0; i < page->count; i++)
        json_array_append_new(list, item_json(view, &page->items[i], (int)i + 1));
    char *text = json_dumps(list, JSON_COMPACT);
    json_decref(list);
    return text;
}

/* Each address once; the office is never without one: its log. */
static size_t addresses(const struct docket *docket, const char *recipient, struct outbox_delivery *out) {
    const struct contact *contacts[CONTACTS_MAX];
    size_t found = route_contacts(docket->plan, recipient, contacts, CONTACTS_MAX), count = 0;
    for (size_t i = 0; i < found && i < CONTACTS_MAX; i++) {
        bool known = false;
        for (size_t k = 0; k < count && !known; k++)
            known = strcmp(out[k].channel, contacts[i]->channel) == 0 && strcmp(out[k].address, contacts[i]->address) == 0;
        if (!known) out[count++] = (struct outbox_delivery){.channel = contacts[i]->channel, .address = contacts[i]->address};
    }
    if (count == 0) out[count++] = (struct outbox_delivery){.channel = "log", .address = recipient};
    return count;
}

static int item_of(const struct page *page, int64_t alert) {
    for (size_t i = 0; i < page->count; i++)
        if (page->items[i].alert == alert) return (int)i + 1;
    return 0;
}

static enum error_code page_write(struct pg *pg, const struct window_view *view, const struct page *page,
                                  const char *recipient, const char *number, struct error *err) {
    const struct docket *docket = view->docket;
    size_t n = page->notice_count;
    AUTO_FREE struct digest_item *items = calloc(page->count + 1, sizeof *items);
    AUTO_FREE const char **keys = calloc(n + 1, sizeof *keys);
    AUTO_FREE int64_t *ids = calloc(n + 1, sizeof *ids);
    AUTO_FREE int *places = calloc(n + 1, sizeof *places);
    AUTO_FREE char *facts = facts_json(view, page);
    if (!items || !keys || !ids || !places || !facts) return error_set(err, ERROR_MEMORY, "out of memory");
    for (size_t i = 0; i < page->count; i++) items[i] = page->items[i].item;
    for (size_t i = 0; i < n; i++) {
        keys[i] = page->notices[i]->key;
        ids[i] = page->notices[i]->id;
        places[i] = item_of(page, page->notices[i]->alert);
    }
    CLEAN(buffer_finish) struct buffer body = {0};
    struct digest_view view_of = {.plan = docket->plan, .rules = &docket->rules, .recipient = recipient, .now = view->now,
                                  .number = number, .bytes_max = DIGEST_BYTES};
    digest_message(&view_of, items, page->count, &body);
    if (body.failed) return error_set(err, ERROR_MEMORY, "out of memory for a message");
    const char *text = buffer_text(&body);
    struct outbox_delivery deliveries[CONTACTS_MAX];
    struct outbox_message message = {
        .number = number,
        .recipient = recipient,
        .window_at = view->now,
        .rendered_at = view->now,
        .keys = keys,
        .notices = ids,
        .items = places,
        .notice_count = n,
        .first_line = {text, strcspn(text, "\n")},
        .body = {text, body.len},
        .facts = slice_of(facts),
        .deliveries = deliveries,
        .delivery_count = addresses(docket, recipient, deliveries),
        .trial = docket->trial && strcmp(recipient, "office") != 0,
    };
    return outbox_message_add(pg, docket->programme, &message, err);
}

/* --- the window --- */

static enum error_code render_page(struct pg *pg, const struct window_view *view,
                                   const struct waiting_notice *const *notices, size_t count, unsigned ordinal,
                                   struct error *err) {
    CLEAN(page_finish) struct page page = {.notices = notices, .notice_count = count};
    page.items = calloc(count, sizeof *page.items);
    if (!page.items) return error_set(err, ERROR_MEMORY, "out of memory for %zu items", count);
    for (size_t i = 0; i < count; i++)
        if (!page_add(view, &page, notices[i])) return error_set(err, ERROR_MEMORY, "out of memory for %zu items", count);
    qsort_r(page.items, page.count, sizeof *page.items, compare_items, view->docket->stored.plan);
    char number[32];
    digest_number(instant_day(view->now), ordinal, number);
    return page_write(pg, view, &page, notices[0]->recipient, number, err);
}

static enum error_code drop_over(struct pg *pg, const struct window_view *view, const struct waiting_notices *all,
                                 const struct waiting_notice **said, size_t *count, struct error *err) {
    *count = 0;
    for (size_t i = 0; i < all->count; i++) {
        const char *cause = window_over(view, &all->items[i]);
        enum error_code code = cause ? outbox_drop(pg, all->items[i].id, cause, err) : ERROR_OK;
        if (code) return code;
        if (!cause) said[(*count)++] = &all->items[i];
    }
    return ERROR_OK;
}

static enum error_code render(struct pg *pg, const struct docket *docket, struct assess_scratch *scratch,
                              struct instant now, unsigned *messages, struct error *err) {
    CLEAN(waiting_notices_finish) struct waiting_notices all = {0};
    enum error_code code = outbox_waiting(pg, docket->programme, now, &all, err);
    if (code || all.count == 0) return code;
    CLEAN(window_view_finish) struct window_view view = {0};
    if ((code = window_view_read(pg, docket, &all, now, scratch, &view, err))) return code;
    AUTO_FREE const struct waiting_notice **said = calloc(all.count, sizeof *said);
    if (!said) return error_set(err, ERROR_MEMORY, "out of memory for %zu notices", all.count);
    size_t count = 0;
    if ((code = drop_over(pg, &view, &all, said, &count, err))) return code;
    char prefix[32];
    unsigned given = 0;
    digest_number(instant_day(now), 0, prefix);
    prefix[PREFIX_LEN] = '\0';
    if ((code = outbox_numbers(pg, docket->programme, prefix, &given, err))) return code;
    for (size_t from = 0; from < count && !code;) {
        size_t n = 1;
        while (from + n < count && strcmp(said[from + n]->recipient, said[from]->recipient) == 0) n++;
        code = render_page(pg, &view, said + from, n, given + ++*messages, err);
        from += n;
    }
    return code;
}

enum error_code window_render(struct pg *pg, const struct docket *docket, struct assess_scratch *scratch,
                              struct instant now, unsigned *messages, struct error *err) {
    *messages = 0;
    enum error_code code = pg_begin(pg, err);
    if (!code) code = render(pg, docket, scratch, now, messages, err);
    if (!code) code = pg_commit(pg, err);
    if (code) pg_rollback(pg);
    return code;
}
