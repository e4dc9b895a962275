/* What stands under a list: whom to call first, what is asked by when and how to answer, what only the office can
 * decide, what changed since the message before. */
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/domain/alert_ladder.h"
#include "common/domain/digest_list.h"

/* The office asks nobody but itself; a lead answers for what is worst; a county for all of its own. */
static bool asked(const struct digest_page *list, const struct digest_item *item) {
    if (list->office || !digest_asks(list->view, item)) return false;
    return list->room || list->one_area || !list->some_severe || digest_severe(item);
}

/* --- item numbers: "第1、2项", "第1至5项" --- */

static size_t add_numbers(const struct digest_page *list,
                          bool (*wanted)(const struct digest_page *, const struct digest_item *), struct buffer *out) {
    size_t n = 0;
    for (size_t i = 0; i < list->count;) {
        size_t run = 0;
        while (i + run < list->count && wanted(list, &list->items[i + run]))
            run++;
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

/* --- whom to call, what to answer --- */

static bool has_liaison(const struct plan *plan, size_t area) {
    for (size_t i = 0; i < plan->contact_count; i++)
        if (plan->contacts[i].role == CONTACT_LIAISON && plan->contacts[i].area == area) return true;
    return false;
}

static bool severe(const struct digest_page *list, const struct digest_item *item) {
    return asked(list, item) && digest_severe(item);
}

/* A lead calls one county first: that of its first item. A county begins with its worst, where not all are. */
static void call_first(const struct digest_page *list, struct buffer *out) {
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
static const char *in_time(const struct digest_page *list) {
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

/* "第1、3项" of those that are marked. */
static bool is_marked(const struct digest_page *list, const struct digest_item *item) {
    return list->marked[item - list->items];
}

/* Marks what follows with the same words, from the i-th on; false: nothing follows it. */
static bool mark_same(const struct digest_page *list, size_t i, bool *done, struct buffer *said) {
    CLEAN(buffer_finish) struct buffer next = {0};
    buffer_clear(said);
    if (done[i] || !asked(list, &list->items[i]) || !saying_follow(list->view, &list->items[i], said)) return false;
    for (size_t k = i; k < list->count; k++) {
        buffer_clear(&next);
        list->marked[k] = !done[k] && asked(list, &list->items[k]) &&
                          saying_follow(list->view, &list->items[k], &next) &&
                          strcmp(buffer_text(&next), buffer_text(said)) == 0;
        done[k] |= list->marked[k];
    }
    return true;
}

/* "第1项1月27日由市两改办研究是否发黄牌，第2、3项1月20日转催办": items of one day and rung together. */
static void follows(const struct digest_page *page, struct buffer *out) {
    AUTO_FREE bool *marked = calloc(page->count, sizeof *marked);
    AUTO_FREE bool *done = calloc(page->count, sizeof *done);
    CLEAN(buffer_finish) struct buffer said = {0};
    struct digest_page list = *page;
    size_t before = out->len, n = 0;
    bool card = false;
    if (!marked || !done) {
        out->failed = true;
        return;
    }
    list.marked = marked;
    buffer_add_text(out, "后续：无说明的，");
    for (size_t i = 0; i < list.count; i++) {
        memset(marked, 0, list.count * sizeof *marked);
        if (!mark_same(&list, i, done, &said)) continue;
        if (n++) buffer_add_text(out, "，");
        add_numbers(&list, is_marked, out);
        buffer_add_text(out, buffer_text(&said));
        card |= saying_rung(&list.items[i]) == RUNG_URGED;
    }
    if (n)
        buffer_printf(out, "%s。\n", card ? "；黄牌、红牌不自动发" : "");
    else
        buffer_cut(out, before);
}

static bool is_due_soon(const struct digest_page *list, const struct digest_item *item) {
    (void)list;
    return digest_due_soon(item);
}
static bool will_be_late(const struct digest_page *list, const struct digest_item *item) {
    (void)list;
    const struct assessment *a = item->assessment;
    return digest_due_soon(item) && a->forecast.refused == FORECAST_GIVEN &&
           (!day_is(a->forecast.median) || a->forecast.median.n > a->due.n);
}

/* What is due soon needs no answer; what will not be met, an extension asked for in time. */
static void add_due_soon(const struct digest_page *list, struct buffer *out) {
    CLEAN(buffer_finish) struct buffer numbers = {0};
    if (list->office || !add_numbers(list, is_due_soon, &numbers)) return;
    buffer_clear(&numbers);
    if (add_numbers(list, will_be_late, &numbers)) buffer_printf(out, "照现速难按期：%s。\n", buffer_text(&numbers));
    buffer_add_text(out, "临期的按期报数即可，不用另回；不能按期的，期限前提出延期（理由、新期限）。\n");
}

static void add_answering(const struct digest_page *list, struct buffer *out) {
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

static bool to_issue(const struct digest_page *list, const struct digest_item *item) {
    (void)list;
    return saying_proposal(item);
}
static bool to_release(const struct digest_page *list, const struct digest_item *item) {
    (void)list;
    return item->rule == ALERT_REVIEW && !digest_over(item);
}
static bool to_confirm(const struct digest_page *list, const struct digest_item *item) {
    (void)list;
    return item->rule == ALERT_CORRECTION && !digest_over(item);
}

static void command(const struct digest_page *list,
                    bool (*wanted)(const struct digest_page *, const struct digest_item *), const char *what,
                    const char *verb, const char *rest, struct buffer *out) {
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

static void decisions(const struct digest_page *list, struct buffer *out) {
    CLEAN(buffer_finish) struct buffer what = {0};
    buffer_printf(&what, "发不发由%s定，", saying_office(list->view->plan));
    bool red = false;
    for (size_t i = 0; i < list->count; i++)
        red |= saying_step(&list->items[i], "red_card");
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

static bool is_new(const struct digest_page *list, const struct digest_item *item) {
    (void)list;
    return item->change == CHANGE_NEW && !digest_over(item);
}
static bool is_worse(const struct digest_page *list, const struct digest_item *item) {
    (void)list;
    return item->change == CHANGE_WORSE && !digest_over(item);
}

static void add_change(const struct digest_page *list, const char *word,
                       bool (*wanted)(const struct digest_page *, const struct digest_item *), size_t *parts,
                       struct buffer *out) {
    CLEAN(buffer_finish) struct buffer numbers = {0};
    size_t n = add_numbers(list, wanted, &numbers);
    if (n == 0) return;
    buffer_printf(out, "%s%s%zu（%s）", (*parts)++ ? "，" : "", word, n, buffer_text(&numbers));
}

static void changes(const struct digest_page *list, struct buffer *out) {
    const struct digest_past *past = list->view->past;
    if (!past) return;
    size_t better = 0, standing = 0, listed = 0, same = 0, parts = 0;
    for (size_t i = 0; i < past->count; i++) {
        better += past->items[i].over;
        standing += !past->items[i].over;
    }
    for (size_t i = 0; i < list->count; i++) {
        const struct digest_item *item = &list->items[i];
        listed += !saying_recovered(item) && (item->change == CHANGE_SAME || item->change == CHANGE_WORSE);
        same += item->change == CHANGE_SAME && !digest_over(item);
    }
    size_t unlisted = standing > listed ? standing - listed : 0;
    buffer_add_text(out, "比上次（");
    saying_day_near(list->view, past->day, out);
    buffer_add_text(out, "）：");
    add_change(list, "变差", is_worse, &parts, out);
    add_change(list, "新增", is_new, &parts, out);
    if (better) buffer_printf(out, "%s转好%zu", parts++ ? "，" : "", better);
    if (unlisted)
        buffer_printf(out, "%s其余%zu项无变化，不再列（全部：duban alerts）", parts++ ? "，" : "", same + unlisted);
    else if (same)
        buffer_printf(out, "%s其余无变化", parts++ ? "，" : "");
    if (!parts) buffer_add_text(out, "无变化");
    buffer_add_text(out, "。");
}

static void who_said_red(const struct digest_page *list, struct buffer *out) {
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

void digest_tail(const struct digest_page *list, struct buffer *out) {
    size_t asks = 0, open = 0;
    for (size_t i = 0; i < list->count; i++) {
        asks += asked(list, &list->items[i]);
        open += !digest_over(&list->items[i]);
    }
    call_first(list, out);
    size_t start = out->len;
    add_due_soon(list, out);
    bool told = out->len > start;
    if (asks > 0)
        add_answering(list, out);
    else if (list->office)
        decisions(list, out);
    else if (!told)
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
