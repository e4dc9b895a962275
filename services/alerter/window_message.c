/* A page becomes a message: items in order, texts, facts for structured channels, and its row. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/report/brief.h"
#include "services/alerter/window.h"

enum { FACTS_ITEMS_MAX = 1000 };

struct items {
    struct window_item *items;
    size_t count;
    struct digest_item *digest; /* theirs, in the same order */
};
static void items_finish(struct items *items) {
    for (size_t i = 0; i < items->count; i++) window_item_finish(&items->items[i]);
    free(items->items);
    free(items->digest);
}

static int compare_items(const void *a, const void *b, void *plan) {
    const struct window_item *first = a, *second = b;
    int order = digest_compare(plan, &first->item, &second->item);
    return order ? order : strcmp(first->newest->key, second->newest->key);
}

/* Notices of one alert are one item: a further step replaces the first, a stand-in's joins the office's own, and a room
 * hears of a matter once. */
static enum error_code make_items(const struct window_view *view, const struct window_page *page,
                                  const struct digest_past *past, struct items *out, struct error *err) {
    out->items = calloc(page->count + 1, sizeof *out->items);
    out->digest = calloc(page->count + 1, sizeof *out->digest);
    if (!out->items || !out->digest) return error_set(err, ERROR_MEMORY, "out of memory for %zu items", page->count);
    bool done = true;
    for (size_t from = 0, n; done && from < page->count; from += n) {
        for (n = 1; from + n < page->count && page->notices[from + n]->alert == page->notices[from]->alert;) n++;
        done = window_item_fill(view, page->notices, from, n, page->room, &out->items[out->count++]);
    }
    if (done && out->count == 1) done = window_item_alone(view, &out->items[0]);
    if (!done) return error_set(err, ERROR_MEMORY, "out of memory for %zu items", page->count);
    for (size_t i = 0; i < out->count; i++) out->digest[i] = out->items[i].item;
    digest_prepare(view->docket->plan, past, out->digest, out->count);
    for (size_t i = 0; i < out->count; i++) out->items[i].item = out->digest[i];
    qsort_r(out->items, out->count, sizeof *out->items, compare_items, view->docket->stored.plan);
    for (size_t i = 0; i < out->count; i++) out->digest[i] = out->items[i].item;
    return ERROR_OK;
}

/* Marks the areas whose counties owe a figure of one of its targets. */
static void mark_owing(const struct plan *plan, const struct task *task, bool *owes) {
    for (size_t t = task->first_target; t < task->first_target + task->target_count; t++) {
        const struct target *target = &plan->targets[t];
        if (target->reporter != REPORTER_COUNTY) continue;
        for (size_t c = target->first_cell; c < target->first_cell + target->cell_count; c++)
            if (!plan->cells[c].no_task && !plan->areas[plan->cells[c].area].city) owes[plan->cells[c].area] = true;
    }
}

/* How many of the counties that owe a lead's figures have sent them. */
static bool count_reported(const struct window_view *view, struct digest_view *out) {
    const struct plan *plan = view->docket->plan;
    const char *name = strncmp(out->recipient, "unit:", 5) == 0 ? out->recipient + 5 : NULL;
    size_t unit = name ? plan_find_unit(plan, slice_of(name)) : NO_INDEX;
    if (unit == NO_INDEX) return true;
    AUTO_FREE bool *owes = calloc(plan->area_count + 1, sizeof *owes);
    if (!owes) return false;
    for (size_t t = 0; t < plan->task_count; t++)
        for (size_t i = 0; i < plan->tasks[t].lead_count; i++)
            if (plan->tasks[t].leads[i] == unit) mark_owing(plan, &plan->tasks[t], owes);
    for (size_t a = 0; a < plan->area_count; a++) {
        out->expected += owes[a];
        out->reported += owes[a] && !outbox_told_silent(&view->told, plan->areas[a].code);
    }
    return true;
}

static json_t *item_json(const struct digest_view *view, const struct window_item *item, int number) {
    const struct plan *plan = view->plan;
    CLEAN(buffer_finish) struct buffer line = {0};
    digest_first_line(view, &item->item, &line);
    const struct cell *cell = item->item.cell;
    char opened[INSTANT_TEXT_MAX];
    instant_print(item->item.opened_at, opened);
    return json_pack("{s:i, s:s, s:s, s:s, s:s, s:s?, s:s?, s:s?, s:s, s:s, s:b}", "item", number, "rule",
                     alert_rule_name(item->item.rule), "step", item->item.step, "rung",
                     alert_rung_name(item->newest->rung), "key", item->newest->key, "target",
                     cell ? plan->targets[cell->target].code : NULL, "area", cell ? plan->areas[cell->area].code : NULL,
                     "stream", item->item.stream ? item->item.stream->name : NULL, "opened_at", opened, "line",
                     buffer_text(&line), "resolved", strcmp(item->item.step, "recovered") == 0);
}

/* Worst first, as far as a receiver can do something with so many; the text says how many there are, and all are kept. */
static char *facts_json(const struct digest_view *view, const struct items *items) {
    json_t *list = json_array();
    for (size_t i = 0; i < items->count && i < FACTS_ITEMS_MAX; i++)
        json_array_append_new(list, item_json(view, &items->items[i], (int)i + 1));
    char *text = json_dumps(list, JSON_COMPACT);
    json_decref(list);
    return text;
}

/* --- texts --- */

static bool is_bounded(const char *channel) {
    return channel && (strcmp(channel, "wecom") == 0 || strcmp(channel, "dingtalk") == 0 ||
                       strcmp(channel, "feishu") == 0 || strcmp(channel, "command") == 0);
}
/* Whether a way of this page takes so many bytes and no more. */
static bool page_is_bounded(const struct window_page *page) {
    for (size_t i = 0; i < page->way_count; i++)
        if (is_bounded(page->ways[i].channel) || is_bounded(page->ways[i].fallback_channel)) return true;
    return false;
}

struct texts {
    struct buffer first, body, full; /* full: empty = as the body */
};
static void texts_finish(struct texts *texts) {
    buffer_finish(&texts->first);
    buffer_finish(&texts->body);
    buffer_finish(&texts->full);
}

static void add_items(const struct digest_view *view, const struct items *items, struct buffer *out) {
    if (items->count)
        digest_message(view, items->digest, items->count, out);
    else
        buffer_printf(out, "编号 %s", view->number);
}

static void write_brief(const struct digest_view *view, const struct items *items, const struct brief *brief,
                        bool bounded, struct texts *out) {
    struct digest_view rest = *view;
    buffer_add(&out->first, buffer_text(&brief->first_line), brief->first_line.len);
    buffer_add(&out->body, buffer_text(&brief->short_text), brief->short_text.len);
    size_t taken = brief->short_text.len < DIGEST_BYTES - 200 ? brief->short_text.len : DIGEST_BYTES - 200;
    rest.bytes_max = bounded ? DIGEST_BYTES - taken : 0;
    add_items(&rest, items, &out->body);
    rest.bytes_max = 0;
    buffer_add(&out->full, buffer_text(&brief->full_text), brief->full_text.len);
    add_items(&rest, items, &out->full);
}

static void write_notices(const struct digest_view *view, const struct items *items, bool bounded, struct texts *out) {
    struct digest_view own = *view;
    own.bytes_max = bounded ? DIGEST_BYTES : 0;
    add_items(&own, items, &out->body);
    const char *text = buffer_text(&out->body);
    buffer_add(&out->first, text, strcspn(text, "\n"));
    if (!bounded) return;
    own.bytes_max = 0;
    add_items(&own, items, &out->full);
    if (out->full.len == out->body.len) buffer_clear(&out->full);
}

/* --- the row --- */

struct lists { /* of the page's notices, in the order of items */
    const char **keys;
    int64_t *ids;
    int *places;
};
static void lists_finish(struct lists *lists) {
    free(lists->keys);
    free(lists->ids);
    free(lists->places);
}

static bool fill_lists(const struct window_page *page, const struct items *items, struct lists *out) {
    out->keys = calloc(page->count + 1, sizeof *out->keys);
    out->ids = calloc(page->count + 1, sizeof *out->ids);
    out->places = calloc(page->count + 1, sizeof *out->places);
    if (!out->keys || !out->ids || !out->places) return false;
    size_t n = 0;
    for (size_t i = 0; i < items->count; i++)
        for (size_t k = items->items[i].first; k < items->items[i].first + items->items[i].count; k++, n++) {
            out->keys[n] = page->notices[k]->key;
            out->ids[n] = page->notices[k]->id;
            out->places[n] = (int)i + 1;
        }
    return true;
}

enum error_code window_page_write(struct pg *pg, const struct window_view *view, const struct window_page *page,
                                  const struct brief *brief, unsigned ordinal, bool trial, int64_t *id,
                                  struct error *err) {
    CLEAN(items_finish) struct items items = {0};
    CLEAN(lists_finish) struct lists lists = {0};
    CLEAN(texts_finish) struct texts texts = {0};
    char number[32];
    digest_number(instant_day(view->now), ordinal, number);
    struct digest_past past;
    bool told = outbox_told_past(&view->told, page->recipient, &past);
    enum error_code code = make_items(view, page, told ? &past : NULL, &items, err);
    if (code) return code;
    struct digest_view words = {.plan = view->docket->plan,
                                .rules = &view->docket->rules,
                                .recipient = page->recipient,
                                .now = view->now,
                                .number = number,
                                .past = told ? &past : NULL};
    if (items.count > 1 && !count_reported(view, &words))
        return error_set(err, ERROR_MEMORY, "out of memory for a message");
    AUTO_FREE char *facts = facts_json(&words, &items);
    if (brief)
        write_brief(&words, &items, brief, page_is_bounded(page), &texts);
    else
        write_notices(&words, &items, page_is_bounded(page), &texts);
    if (!facts || texts.first.failed || texts.body.failed || texts.full.failed || !fill_lists(page, &items, &lists))
        return error_set(err, ERROR_MEMORY, "out of memory for a message");
    struct outbox_message message = {
        .number = number,
        .recipient = page->recipient,
        .kind = brief ? "brief" : page->room ? "room" : "notices",
        .window_at = view->now,
        .rendered_at = view->now,
        .keys = lists.keys,
        .notices = lists.ids,
        .items = lists.places,
        .notice_count = page->count,
        .first_line = {buffer_text(&texts.first), texts.first.len},
        .body = {buffer_text(&texts.body), texts.body.len},
        .long_body = {texts.full.len ? buffer_text(&texts.full) : NULL, texts.full.len},
        .facts = slice_of(facts),
        .attachment_name = brief && *brief->attachment_name ? brief->attachment_name : NULL,
        .deliveries = page->ways,
        .delivery_count = page->way_count,
        .trial = trial && strcmp(page->recipient, "office") != 0,
    };
    if (message.attachment_name)
        message.attachment = (struct slice){buffer_text(&brief->attachment), brief->attachment.len};
    return outbox_message_add(pg, view->docket->programme, &message, id, err);
}
