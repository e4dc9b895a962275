/* Several items as a list: counts, what stands where, whom to call first, what is asked by when, what changed. */
#include "common/domain/digest_list.h"

#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/text.h"
#include "common/domain/alert_ladder.h"

struct list {
    const struct digest_view *view;
    const struct digest_item *items;
    size_t count, shown;
    bool room, office, one_area; /* one_area: a county's own, which need not be named in each line */
    bool some_severe;
};

static bool over(const struct digest_item *item) {
    return saying_recovered(item) || saying_step(item, "withdrawn");
}

static struct list list_make(const struct digest_view *view, const struct digest_item *items, size_t count) {
    const char *to = view->recipient ? view->recipient : "";
    struct list list = {.view = view, .items = items, .count = count};
    list.room = strncmp(to, "room:", 5) == 0;
    list.office = strcmp(to, "office") == 0;
    list.one_area = strncmp(to, "area:", 5) == 0;
    for (size_t i = 0; i < count; i++)
        list.some_severe |= digest_severe(&items[i]) && digest_asks(view, &items[i]);
    return list;
}

/* The office asks nobody but itself; a lead answers for what is worst; a county for all of its own. */
static bool asked(const struct list *list, const struct digest_item *item) {
    if (list->office || !digest_asks(list->view, item)) return false;
    return list->room || list->one_area || !list->some_severe || digest_severe(item);
}

/* --- item numbers: "第1、2项", "第1至5项" --- */

static size_t add_numbers(const struct list *list, bool (*wanted)(const struct list *, const struct digest_item *),
                          struct buffer *out) {
    size_t n = 0;
    for (size_t i = 0; i < list->count;) {
        size_t run = 0;
        while (i + run < list->count && wanted(list, &list->items[i + run])) run++;
        if (run == 0) {
            i++;
            continue;
        }
        buffer_add_text(out, n ? "、" : "第");
        buffer_printf(out, "%zu", i + 1);
        if (run == 2) buffer_printf(out, "、%zu", i + 2);
        if (run > 2) buffer_printf(out, "至%zu", i + run);
        n += run;
        i += run;
    }
    if (n) buffer_add_text(out, "项");
    return n;
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

static size_t units_of(const struct list *list) {
    size_t n = list->count > 0;
    for (size_t i = 1; i < list->count; i++) n += !same_unit(&list->items[i], &list->items[i - 1]);
    return n;
}

/* "红2 黄5 未报1" over all units, each word at its first and worst place. */
static void add_counts(const struct list *list, struct buffer *out) {
    const char *words[24];
    size_t counts[24], n = 0;
    const struct digest_item *first[24];
    for (size_t i = 0; i < list->count; i++) {
        const char *word = digest_section(&list->items[i]);
        size_t k = 0;
        while (k < n && strcmp(words[k], word) != 0) k++;
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

static void head(const struct list *list, struct buffer *out) {
    CLEAN(buffer_finish) struct buffer line = {0};
    char room[RECIPIENT_MAX];
    size_t open = 0;
    for (size_t i = 0; i < list->count; i++) open += !over(&list->items[i]);
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
static void add_share_of_time(const struct list *list, struct buffer *out) {
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

static void as_of(const struct list *list, struct buffer *out) {
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
    if (list->view->expected > 0)
        buffer_printf(out, "，%u/%u县区已报", list->view->reported, list->view->expected);
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

static void cell_line(const struct list *list, const struct digest_item *item, struct buffer *out) {
    const struct digest_view *view = list->view;
    const struct area *area = &view->plan->areas[item->cell->area];
    bool own = list->one_area || (item->recipient && strncmp(item->recipient, "area:", 5) == 0);
    buffer_printf(out, "%s ", view->plan->targets[item->cell->target].short_name);
    if (!own) buffer_printf(out, "%s ", area->short_name);
    saying_figure(view, item, SAYING_FULL, out);
    if (item->assessment->extended && item->rule != ALERT_DUE_SOON) buffer_add_text(out, "延 ");
    bool gap = (item->rule == ALERT_SLIPPING || item->rule == ALERT_REVIEW) && !over(item) &&
               item->assessment->state != STATE_OVERDUE && !saying_proposal(item) && !saying_step(item, "issued");
    if (gap)
        saying_gap(view, item, out);
    else
        saying_number(view, item, SAYING_FULL, out);
    if (!over(item) && (digest_severe(item) || (list->room && item->rule == ALERT_SLIPPING)))
        add_last_word(view, item, out);
}

static void line(const struct list *list, size_t i, struct buffer *out) {
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
static void lines(const struct list *list, struct buffer *out) {
    for (size_t i = 0; i < list->shown;) {
        size_t n = 1;
        const struct digest_item *first = &list->items[i];
        while (i + n < list->count && (list->room ? same_unit(first, &list->items[i + n])
                                                  : strcmp(digest_section(first),
                                                           digest_section(&list->items[i + n])) == 0))
            n++;
        char unit[RECIPIENT_MAX];
        if (list->room) route_words(list->view->plan, first->recipient ? first->recipient : "", unit, sizeof unit);
        buffer_printf(out, "%s（%zu）\n", list->room ? unit : digest_section(first), n);
        for (size_t k = i; k < i + n && k < list->shown; k++) line(list, k, out);
        i += n;
    }
    if (list->shown < list->count)
        buffer_printf(out, "其余%zu项：duban alerts %s\n", list->count - list->shown, list->view->number);
}

/* --- whom to call, what to answer --- */

static bool has_liaison(const struct plan *plan, size_t area) {
    for (size_t i = 0; i < plan->contact_count; i++)
        if (plan->contacts[i].role == CONTACT_LIAISON && plan->contacts[i].area == area) return true;
    return false;
}

static bool severe(const struct list *list, const struct digest_item *item) {
    return asked(list, item) && digest_severe(item);
}

/* A lead calls one county first: that of its first item. A county begins with its worst, where not all are. */
static void call_first(const struct list *list, struct buffer *out) {
    const struct digest_item *first = NULL;
    size_t n = 0, all = 0, worst = 0;
    for (size_t i = 0; i < list->count; i++) {
        const struct digest_item *item = &list->items[i];
        if (!asked(list, item)) continue;
        all++;
        worst += digest_severe(item);
        if (!first && item->cell) first = item;
        n += first && item->cell && item->cell->area == first->cell->area;
    }
    if (list->room || !first) return;
    if (list->one_area) {
        if (worst == 0 || worst == all) return;
        buffer_add_text(out, "请先办：");
        add_numbers(list, severe, out);
        buffer_add_text(out, "\n");
        return;
    }
    buffer_printf(out, "请先办：%s%zu项", list->view->plan->areas[first->cell->area].short_name, n);
    bool liaison = has_liaison(list->view->plan, first->cell->area);
    bool unit = first->words_unit.ptr && first->words_unit.len > 0;
    if (liaison || unit)
        buffer_printf(out, "（%.*s%s%s）", unit ? (int)first->words_unit.len : 0, unit ? first->words_unit.ptr : "",
                      unit && liaison ? " " : "", liaison ? "联络员" : "");
    buffer_add_text(out, "\n");
}

/* "能否年底完成" while it is still to come, and the same for all. */
static const char *in_time(const struct list *list) {
    struct day today = instant_day(list->view->now);
    bool year_end = true, ahead = true;
    for (size_t i = 0; i < list->count; i++) {
        const struct digest_item *item = &list->items[i];
        if (!asked(list, item) || !item->cell) continue;
        int year, month, mday, here, m, d;
        if (!day_is(item->assessment->due) || item->assessment->due.n < today.n) ahead = false;
        if (!day_is(item->assessment->due)) continue;
        day_split(item->assessment->due, &year, &month, &mday);
        day_split(today, &here, &m, &d);
        if (year != here || month != 12 || mday != 31) year_end = false;
    }
    return !ahead ? "能否完成" : year_end ? "能否年底完成" : "能否按期完成";
}

/* "第1项1月27日由市两改办研究是否发黄牌，第2项1月20日转催办": items of one day and rung together. */
static void follows(const struct list *list, struct buffer *out) {
    size_t before = out->len, n = 0;
    bool card = false;
    CLEAN(buffer_finish) struct buffer said = {0}, next = {0};
    buffer_add_text(out, "后续：无说明的，");
    for (size_t i = 0; i < list->count;) {
        size_t run = 1;
        buffer_clear(&said);
        bool any = asked(list, &list->items[i]) && saying_follow(list->view, &list->items[i], &said);
        for (; any && i + run < list->count && asked(list, &list->items[i + run]); run++) {
            buffer_clear(&next);
            if (!saying_follow(list->view, &list->items[i + run], &next) ||
                strcmp(buffer_text(&next), buffer_text(&said)) != 0)
                break;
        }
        if (any) {
            buffer_printf(out, "%s第%zu", n++ ? "，" : "", i + 1);
            if (run > 1) buffer_printf(out, "%s%zu", run > 2 ? "至" : "、", i + run);
            buffer_printf(out, "项%s", buffer_text(&said));
            card |= saying_rung(&list->items[i]) == RUNG_URGED;
        }
        i += run;
    }
    if (n)
        buffer_printf(out, "%s。\n", card ? "；黄牌、红牌不自动发" : "");
    else
        buffer_cut(out, before);
}

static void add_answering(const struct list *list, struct buffer *out) {
    const struct digest_view *view = list->view;
    buffer_add_text(out, "请回：");
    saying_answer_day(view, out);
    buffer_add_text(out, "前说明");
    add_numbers(list, asked, out);
    buffer_printf(out, "原因和%s（%u个工作日）。\n", in_time(list), saying_rules(view)->alerts.answer_days);
    if (list->one_area) follows(list, out);
    buffer_add_text(out, "回复：电话（");
    digest_office(view, out);
    buffer_printf(out, "）或回复.csv，编号填 %s/1 这样的项号。\n", view->number);
}

/* --- what only the office can do --- */

static bool to_issue(const struct list *list, const struct digest_item *item) {
    (void)list;
    return saying_proposal(item);
}
static bool to_release(const struct list *list, const struct digest_item *item) {
    (void)list;
    return item->rule == ALERT_REVIEW && !over(item);
}
static bool to_confirm(const struct list *list, const struct digest_item *item) {
    (void)list;
    return item->rule == ALERT_CORRECTION && !over(item);
}

static void command(const struct list *list, bool (*wanted)(const struct list *, const struct digest_item *),
                    const char *what, const char *verb, const char *rest, struct buffer *out) {
    size_t before = out->len, only = 0;
    buffer_add_text(out, what);
    size_t n = add_numbers(list, wanted, out);
    if (n == 0) {
        buffer_cut(out, before);
        return;
    }
    for (size_t i = 0; i < list->count && n == 1; i++)
        if (wanted(list, &list->items[i])) only = i + 1;
    buffer_printf(out, "：%s %s/", verb, list->view->number);
    if (only)
        buffer_printf(out, "%zu", only);
    else
        buffer_add_text(out, "项号");
    buffer_printf(out, "%s\n", rest);
}

static void decisions(const struct list *list, struct buffer *out) {
    CLEAN(buffer_finish) struct buffer what = {0};
    buffer_printf(&what, "发不发由%s定，", saying_office(list->view->plan));
    bool red = false;
    for (size_t i = 0; i < list->count; i++) red |= saying_step(&list->items[i], "red_card");
    command(list, to_issue, buffer_text(&what), "duban issue",
            red ? " --level 黄牌（红牌、通报） --doc 文号 --by 姓名" : " --level 黄牌 --doc 文号 --by 姓名", out);
    command(list, to_release, "核定", "duban approve", " --by 姓名", out);
    size_t before = out->len;
    buffer_add_text(out, "更正");
    if (add_numbers(list, to_confirm, out))
        buffer_add_text(out, "：核对后用 duban confirm 核定\n");
    else
        buffer_cut(out, before);
}

/* --- against the message before --- */

static bool is_new(const struct list *list, const struct digest_item *item) {
    (void)list;
    return item->change == CHANGE_NEW && !over(item);
}
static bool is_worse(const struct list *list, const struct digest_item *item) {
    (void)list;
    return item->change == CHANGE_WORSE && !over(item);
}

static bool listed(const struct list *list, int64_t alert) {
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].alert == alert) return true;
    return false;
}

static void add_change(const struct list *list, const char *word,
                       bool (*wanted)(const struct list *, const struct digest_item *), size_t *parts,
                       struct buffer *out) {
    CLEAN(buffer_finish) struct buffer numbers = {0};
    size_t n = add_numbers(list, wanted, &numbers);
    if (n == 0) return;
    buffer_printf(out, "%s%s%zu（%s）", (*parts)++ ? "，" : "", word, n, buffer_text(&numbers));
}

static void changes(const struct list *list, struct buffer *out) {
    const struct digest_past *past = list->view->past;
    if (!past) return;
    size_t better = 0, unlisted = 0, same = 0, parts = 0;
    for (size_t i = 0; i < past->count; i++) {
        better += past->items[i].over;
        unlisted += !past->items[i].over && !listed(list, past->items[i].alert);
    }
    for (size_t i = 0; i < list->count; i++) same += list->items[i].change == CHANGE_SAME && !over(&list->items[i]);
    buffer_add_text(out, "比上次（");
    saying_day_near(list->view, past->day, out);
    buffer_add_text(out, "）：");
    add_change(list, "变差", is_worse, &parts, out);
    add_change(list, "新增", is_new, &parts, out);
    if (better) buffer_printf(out, "%s转好%zu", parts++ ? "，" : "", better);
    if (unlisted)
        buffer_printf(out, "%s其余%zu项无变化，不再列", parts++ ? "，" : "", same + unlisted);
    else if (same)
        buffer_printf(out, "%s其余无变化", parts++ ? "，" : "");
    if (!parts) buffer_add_text(out, "无变化");
    buffer_add_text(out, "。");
}

static void who_said_red(const struct list *list, struct buffer *out) {
    struct day last = DAY_NONE;
    for (size_t i = 0; i < list->count; i++) {
        const struct digest_item *item = &list->items[i];
        if (digest_is_red(item) && (!day_is(last) || item->assessment->light_since.n > last.n))
            last = item->assessment->light_since;
    }
    if (!day_is(last)) return;
    if (saying_rules(list->view)->release == RELEASE_OFFICE) {
        buffer_printf(out, "红灯经%s核定（", saying_office(list->view->plan));
        saying_day_near(list->view, last, out);
        buffer_add_text(out, "）。");
    } else {
        buffer_add_text(out, "红灯按规则自动亮，未经人工核定。");
    }
}

/* --- the whole --- */

static void tail(const struct list *list, struct buffer *out) {
    size_t asks = 0, open = 0;
    for (size_t i = 0; i < list->count; i++) {
        asks += asked(list, &list->items[i]);
        open += !over(&list->items[i]);
    }
    call_first(list, out);
    if (asks > 0)
        add_answering(list, out);
    else if (list->office)
        decisions(list, out);
    else
        buffer_add_text(out, open ? "按期报数即可，不用另回。\n" : "不用回复。\n");
    if (asks == 0 && !list->office) {
        buffer_add_text(out, "问数：");
        digest_office(list->view, out);
        buffer_add_text(out, "\n");
    }
    size_t before = out->len;
    changes(list, out);
    who_said_red(list, out);
    if (out->len > before) buffer_add_text(out, "\n");
    buffer_printf(out, "同级内按差额排列，不是排名。编号 %s", list->view->number);
}

void digest_list(const struct digest_view *view, const struct digest_item *items, size_t count, struct buffer *out) {
    struct list list = list_make(view, items, count);
    size_t start = out->len;
    list.shown = count < DIGEST_ITEMS_MAX ? count : DIGEST_ITEMS_MAX;
    for (;; list.shown--) {
        buffer_cut(out, start);
        head(&list, out);
        as_of(&list, out);
        lines(&list, out);
        tail(&list, out);
        if (!view->bytes_max || out->len - start <= view->bytes_max || list.shown == 0) return;
    }
}
