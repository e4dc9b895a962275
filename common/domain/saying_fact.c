/* Sentences about a cell: of when its figure is, when it is due, what its reporter says. */
#include <string.h>

#include "common/base/text.h"
#include "common/domain/curve.h"
#include "common/domain/saying.h"

/* A day of another year, further off than this, is said with its year. */
enum { NEAR_DAYS = 40, WORDS_CHARS_MAX = 160, SHORT_WORDS_CHARS = 24 };

void saying_day(struct day day, struct buffer *out) {
    if (!day_is(day)) return;
    int year, month, mday;
    day_split(day, &year, &month, &mday);
    buffer_printf(out, "%d月%d日", month, mday);
}

void saying_day_near(const struct digest_view *view, struct day day, struct buffer *out) {
    if (!day_is(day)) return;
    struct day today = instant_day(view->now);
    int year, month, mday, here, m, d;
    day_split(day, &year, &month, &mday);
    day_split(today, &here, &m, &d);
    int32_t off = day.n > today.n ? day.n - today.n : today.n - day.n;
    if (year != here && off > NEAR_DAYS) buffer_printf(out, "%d年", year);
    saying_day(day, out);
}

void saying_known(const struct digest_view *view, struct buffer *out) {
    int64_t minutes = instant_ms_of_day(view->now) / MS_MINUTE;
    saying_day(instant_day(view->now), out);
    buffer_printf(out, "%d:%02d所知", (int)(minutes / 60), (int)(minutes % 60));
}

void saying_text(struct slice text, size_t chars, struct buffer *out) {
    size_t cut = text_cut_chars(text.ptr, text.len, chars);
    buffer_add(out, text.ptr, cut);
    if (cut < text.len) buffer_add_text(out, "…");
}

/* --- of when --- */

/* "截至12月31日的终数（1月5日按时报）": the figure that decides says whether it came in time. */
static void add_basis(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    const struct assessment *a = item->assessment;
    buffer_add_text(out, item->cell->rollup ? "各县合计，最早的截至" : "截至");
    saying_day_near(view, a->figure_as_of, out);
    bool final = !item->cell->rollup && day_is(a->due) && a->figure_as_of.n == a->due.n;
    if (final) buffer_add_text(out, "的终数");
    if (!instant_is(item->reported_at)) return;
    struct day reported = instant_day(item->reported_at);
    struct period period = period_of(view->plan->calendar, &view->plan->reporting, a->figure_as_of);
    bool known = final && day_is(period.closing), late = known && reported.n > period.closing.n;
    buffer_add_text(out, "（");
    saying_day_near(view, reported, out);
    buffer_add_text(out, late ? "迟报）" : known ? "按时报）" : "报）");
}

void saying_basis(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    const struct assessment *a = item->assessment;
    if (!a->has_value || !day_is(a->figure_as_of)) {
        buffer_add_text(out, a->light == LIGHT_GREY ? "还没有报过数，显示灰色。" : "还没有报过数。");
        return;
    }
    add_basis(view, item, out);
    buffer_add_text(out, "。");
}

/* How much of the time was over on the day of the figure, in per cent; -1 = cannot say. */
static int time_percent(const struct digest_view *view, const struct digest_item *item) {
    const struct assessment *a = item->assessment;
    struct day from = view->plan->targets[item->cell->target].from;
    if (!day_is(from)) from = view->plan->start;
    if (!day_is(a->due) || !day_is(from) || a->due.n < from.n || a->figure_as_of.n < from.n) return -1;
    int64_t start = curve_place((struct day){from.n - 1}), whole = curve_place(a->due) - start;
    int64_t gone = curve_place(a->figure_as_of) - start;
    if (gone >= whole) return 100;
    return (int)((200 * gone + whole) / (2 * whole));
}

void saying_basis_planned(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    const struct assessment *a = item->assessment;
    if (!a->has_value || !day_is(a->figure_as_of) || !a->has_planned) {
        saying_basis(view, item, out);
        saying_due_moved(view, item, out);
        return;
    }
    add_basis(view, item, out);
    buffer_add_text(out, "，与");
    saying_day_near(view, a->figure_as_of, out);
    int percent = time_percent(view, item);
    if (item->cell->node_count > 0)
        buffer_add_text(out, "的节点计划比");
    else if (percent >= 0)
        buffer_printf(out, "的序时%d%%比", percent);
    else
        buffer_add_text(out, "的序时比");
    if (saying_brevity(view, item) >= SAYING_NO_PLAN) {
        buffer_add_text(out, "，应达");
        saying_value(view, item, a->planned, out);
    }
    buffer_add_text(out, "。");
    saying_due_moved(view, item, out);
}

/* --- when it is due --- */

bool saying_due_has_moved(const struct digest_item *item) {
    const struct assessment *a = item->assessment;
    return day_is(a->due) && day_is(a->due_original) && a->due.n != a->due_original.n;
}

void saying_due_moved(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    const struct assessment *a = item->assessment;
    if (!saying_due_has_moved(item)) return;
    buffer_add_text(out, "原期限");
    saying_day_near(view, a->due_original, out);
    buffer_add_text(out, "，现期限");
    saying_day_near(view, a->due, out);
    const char *between = a->extended && item->due_document.len > 0 ? "，" : "";
    if (a->extended || item->due_document.len > 0)
        buffer_printf(out, "（%s%s%.*s）", a->extended ? "延" : "", between, (int)item->due_document.len,
                      item->due_document.len > 0 ? item->due_document.ptr : "");
    buffer_add_text(out, "。");
}

void saying_due(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    const struct assessment *a = item->assessment;
    if (!day_is(a->due)) return;
    if (saying_due_has_moved(item)) {
        saying_due_moved(view, item, out);
        return;
    }
    buffer_add_text(out, "期限");
    saying_day_near(view, a->due, out);
    buffer_add_text(out, "，未延期过。");
}

/* --- its reporter --- */

/* The last character of "利州区" tells what it is. */
static const char *kind_of_area(const struct area *area) {
    size_t len = strlen(area->name);
    return len >= 3 && strcmp(area->name + len - 3, "区") == 0 ? "区" : "县";
}

const char *saying_reporter(const struct digest_view *view, const struct digest_item *item) {
    const struct area *area = &view->plan->areas[item->cell->area];
    if (area->city) return "填报单位";
    return strcmp(kind_of_area(area), "区") == 0 ? "区里" : "县里";
}

const char *saying_own(const struct digest_view *view, const struct digest_item *item) {
    const struct area *area = &view->plan->areas[item->cell->area];
    if (area->city) return "自己";
    return strcmp(kind_of_area(area), "区") == 0 ? "本区" : "本县";
}

static void own_words(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    if (!item->words.ptr || item->words.len == 0) {
        buffer_printf(out, "%s说明：没有填。\n", saying_reporter(view, item));
        return;
    }
    buffer_printf(out, "%s说明：“", saying_reporter(view, item));
    saying_text(item->words, WORDS_CHARS_MAX, out);
    buffer_add_text(out, "”");
    if (item->words_unit.ptr && item->words_unit.len > 0)
        buffer_printf(out, "（%.*s）", (int)item->words_unit.len, item->words_unit.ptr);
    buffer_add_text(out, "\n");
}

void saying_words(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    if (item->cell->rollup) { /* nobody reports a sum: what it lacks says more */
        size_t before = out->len;
        saying_counties(view, item, true, out);
        if (out->len > before) buffer_add_text(out, "\n");
        return;
    }
    own_words(view, item, out);
    if (item->assessment->two_sources)
        buffer_printf(out, "另有单位报的数不同（口径不一），以%s报的为准。\n", saying_reporter(view, item));
}

void saying_words_short(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    if (item->cell->rollup) return;
    buffer_printf(out, "｜%s：", saying_reporter(view, item));
    if (item->words.ptr && item->words.len > 0)
        saying_text(item->words, SHORT_WORDS_CHARS, out);
    else
        buffer_add_text(out, "未说明");
}
