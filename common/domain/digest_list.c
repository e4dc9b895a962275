/* Several items as a list: counts, and what stands where. */
#include "common/domain/digest_list.h"

#include <string.h>

#include "common/base/cleanup.h"

bool digest_over(const struct digest_item *item) {
    return saying_recovered(item) || saying_step(item, "withdrawn");
}

bool digest_due_soon(const struct digest_item *item) {
    return item->rule == ALERT_DUE_SOON && item->cell && !digest_over(item);
}

/* Several that are due on one day, none of them moved there: the day is said once. */
static bool due_together(const struct digest_item *items, size_t count) {
    const struct digest_item *first = NULL;
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        if (!digest_due_soon(&items[i])) continue;
        if (!first) first = &items[i];
        if (items[i].assessment->due.n != first->assessment->due.n || items[i].assessment->extended) return false;
        n++;
    }
    return n > 1;
}

static struct digest_page list_make(const struct digest_view *view, const struct digest_item *items, size_t count) {
    const char *to = view->recipient;
    struct digest_page list = {.view = view, .items = items, .count = count};
    list.room = to && strncmp(to, "room:", 5) == 0;
    list.office = to && strcmp(to, "office") == 0;
    list.one_area = to && strncmp(to, "area:", 5) == 0;
    for (size_t i = 0; i < count; i++)
        list.some_severe |= digest_severe(&items[i]) && digest_asks(view, &items[i]);
    list.due_together = !list.room && due_together(items, count);
    return list;
}

/* --- head --- */

static const char *own_short(const struct digest_view *view, char *room, size_t capacity) {
    const struct plan *plan = view->plan;
    const char *to = view->recipient ? view->recipient : "", *name = strchr(to, ':');
    if (name && strncmp(to, "area:", 5) == 0) {
        size_t area = plan_find_area(plan, slice_of(name + 1));
        if (area != NO_INDEX) return plan->areas[area].short_name;
    }
    if (name && strncmp(to, "unit:", 5) == 0) {
        size_t unit = plan_find_unit(plan, slice_of(name + 1));
        if (unit != NO_INDEX && plan->units[unit].short_name) return plan->units[unit].short_name;
    }
    route_words(plan, to, room, capacity);
    return room;
}

static bool same_unit(const struct digest_item *a, const struct digest_item *b) {
    return a->recipient && b->recipient ? strcmp(a->recipient, b->recipient) == 0 : a->recipient == b->recipient;
}

static size_t units_of(const struct digest_page *list) {
    size_t n = list->count > 0;
    for (size_t i = 1; i < list->count; i++)
        n += !same_unit(&list->items[i], &list->items[i - 1]);
    return n;
}

/* "红2 黄5 未报1" over all units, each word at its first and worst place. */
static void add_counts(const struct digest_page *list, struct buffer *out) {
    const char *words[24];
    size_t counts[24], n = 0;
    const struct digest_item *first[24];
    for (size_t i = 0; i < list->count; i++) {
        const char *word = digest_section(&list->items[i]);
        size_t k = 0;
        while (k < n && strcmp(words[k], word) != 0)
            k++;
        if (k == sizeof words / sizeof words[0]) continue;
        if (k == n) words[n] = word, counts[n] = 0, first[n++] = &list->items[i];
        counts[k]++;
    }
    for (size_t done = 0; done < n; done++) {
        size_t best = NO_INDEX;
        for (size_t k = 0; k < n; k++)
            if (words[k] && (best == NO_INDEX || digest_before(first[k], first[best]))) best = k;
        buffer_printf(out, "%s%s%zu", done ? " " : "", words[best], counts[best]);
        words[best] = NULL;
    }
}

static void head(const struct digest_page *list, struct buffer *out) {
    CLEAN(buffer_finish) struct buffer line = {0};
    char room[RECIPIENT_MAX];
    size_t open = 0;
    for (size_t i = 0; i < list->count; i++)
        open += !digest_over(&list->items[i]);
    buffer_printf(&line, "【%s】", open ? "督办" : "转好");
    if (list->room)
        buffer_printf(&line, "本群%zu家", units_of(list));
    else
        buffer_add_text(&line, own_short(list->view, room, sizeof room));
    if (open)
        buffer_printf(&line, " %zu项要办：", open);
    else
        buffer_printf(&line, " %zu项：", list->count);
    add_counts(list, &line);
    digest_first(&line, out);
    buffer_add_text(out, "\n");
}

/* "（序时10/12）": only where all figures are of one month's end and all run from one day to one day. */
static void add_share_of_time(const struct digest_page *list, struct buffer *out) {
    const struct plan *plan = list->view->plan;
    const struct digest_item *first = NULL;
    for (size_t i = 0; i < list->count; i++) {
        const struct digest_item *item = &list->items[i];
        if (!item->cell) continue;
        if (!item->assessment->has_value || !day_is(item->assessment->due)) return;
        if (!first) first = item;
        if (item->assessment->figure_as_of.n != first->assessment->figure_as_of.n ||
            item->assessment->due.n != first->assessment->due.n ||
            plan->targets[item->cell->target].from.n != plan->targets[first->cell->target].from.n)
            return;
    }
    if (!first) return;
    struct day from = plan->targets[first->cell->target].from, of = first->assessment->figure_as_of,
               due = first->assessment->due;
    if (!day_is(from)) from = plan->start;
    int y0, m0, d0, y1, m1, d1, y2, m2, d2;
    day_split(from, &y0, &m0, &d0);
    day_split(of, &y1, &m1, &d1);
    day_split(due, &y2, &m2, &d2);
    if (d0 != 1 || d1 != day_month_length(y1, m1) || d2 != day_month_length(y2, m2)) return;
    int gone = (y1 - y0) * 12 + m1 - m0 + 1, whole = (y2 - y0) * 12 + m2 - m0 + 1;
    if (gone >= 0 && gone < whole) buffer_printf(out, "（序时%d/%d）", gone, whole);
}

static void as_of(const struct digest_page *list, struct buffer *out) {
    struct day first = DAY_NONE, last = DAY_NONE;
    for (size_t i = 0; i < list->count; i++) {
        const struct digest_item *item = &list->items[i];
        if (!item->cell || !item->assessment->has_value || !day_is(item->assessment->figure_as_of)) continue;
        struct day day = item->assessment->figure_as_of;
        if (!day_is(first) || day.n < first.n) first = day;
        if (!day_is(last) || day.n > last.n) last = day;
    }
    if (day_is(first)) {
        buffer_add_text(out, "截至");
        saying_day_near(list->view, first, out);
        if (last.n != first.n) {
            buffer_add_text(out, "至");
            saying_day_near(list->view, last, out);
        }
        add_share_of_time(list, out);
        buffer_add_text(out, "，");
    }
    saying_known(list->view, out);
    if (list->view->expected > 0) buffer_printf(out, "，%u/%u县区已报", list->view->reported, list->view->expected);
    buffer_add_text(out, "。\n");
}

/* --- lines --- */

static void add_last_word(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    if (item->answer.who.ptr && day_is(item->answer.by) && item->answer.by.n > 0) {
        buffer_add_text(out, "｜承诺");
        saying_day_near(view, item->answer.by, out);
        buffer_add_text(out, item->cause && strcmp(item->cause, "promise_broken") == 0 ? "前，到期未完成" : "前");
    } else {
        saying_words_short(view, item, out);
    }
}

static void cell_line(const struct digest_page *list, const struct digest_item *item, struct buffer *out) {
    const struct digest_view *view = list->view;
    const struct area *area = &view->plan->areas[item->cell->area];
    bool own = list->one_area || (item->recipient && strncmp(item->recipient, "area:", 5) == 0);
    buffer_printf(out, "%s ", view->plan->targets[item->cell->target].short_name);
    if (!own) buffer_printf(out, "%s ", area->short_name);
    saying_figure(view, item, SAYING_FULL, out);
    bool said = digest_due_soon(item) && !list->due_together;
    if (item->assessment->extended && !said) buffer_add_text(out, "延 ");
    bool gap = (item->rule == ALERT_SLIPPING || item->rule == ALERT_REVIEW) && !digest_over(item) &&
               item->assessment->state != STATE_OVERDUE && !saying_proposal(item) && !saying_step(item, "issued");
    if (gap)
        saying_gap(view, item, out);
    else if (list->due_together && digest_due_soon(item))
        saying_rest(view, item, out);
    else
        saying_number(view, item, SAYING_FULL, out);
    if (!digest_over(item) && (digest_severe(item) || (list->room && item->rule == ALERT_SLIPPING)))
        add_last_word(view, item, out);
}

static void line(const struct digest_page *list, size_t i, struct buffer *out) {
    const struct digest_item *item = &list->items[i];
    const struct digest_view *view = list->view;
    buffer_printf(out, "%zu ", i + 1);
    if (list->room) buffer_printf(out, "%s ", digest_section(item));
    if (item->cell) {
        cell_line(list, item, out);
    } else if (item->stream) {
        if (!list->one_area && !list->room) buffer_printf(out, "%s ", saying_speaker(view->plan, item->stream));
        saying_silence_short(view, item, out);
    } else {
        saying_house(view, item, out);
    }
    if (item->meant_for) buffer_printf(out, "（应发%s，无联系方式）", item->meant_for);
    buffer_add_text(out, "\n");
}

/* Each section, or in a room each unit, under its word and number; those of which nothing is shown are in the rest. */
static void lines(const struct digest_page *list, struct buffer *out) {
    for (size_t i = 0; i < list->shown;) {
        size_t n = 1;
        const struct digest_item *first = &list->items[i];
        while (i + n < list->count &&
               (list->room ? same_unit(first, &list->items[i + n])
                           : strcmp(digest_section(first), digest_section(&list->items[i + n])) == 0))
            n++;
        char unit[RECIPIENT_MAX];
        if (list->room) route_words(list->view->plan, first->recipient ? first->recipient : "", unit, sizeof unit);
        buffer_printf(out, "%s（%zu）", list->room ? unit : digest_section(first), n);
        if (list->due_together && digest_due_soon(first)) {
            buffer_add_text(out, "都");
            saying_number(list->view, first, SAYING_FULL, out);
        }
        buffer_add_text(out, "\n");
        for (size_t k = i; k < i + n && k < list->shown; k++)
            line(list, k, out);
        i += n;
    }
    if (list->shown < list->count)
        buffer_printf(out, "其余%zu项：duban alerts %s\n", list->count - list->shown, list->view->number);
}

/* --- the whole --- */

void digest_list(const struct digest_view *view, const struct digest_item *items, size_t count, struct buffer *out) {
    struct digest_page list = list_make(view, items, count);
    size_t start = out->len;
    list.shown = count < DIGEST_ITEMS_MAX ? count : DIGEST_ITEMS_MAX;
    for (;; list.shown--) {
        buffer_cut(out, start);
        head(&list, out);
        as_of(&list, out);
        lines(&list, out);
        digest_tail(&list, out);
        if (!view->bytes_max || out->len - start <= view->bytes_max || list.shown == 0) return;
    }
}
