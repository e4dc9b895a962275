#include "services/cli/rehearse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"

/* --- kinds --- */

static const struct {
    const char *name, *word;
} steps[] = {{"urged", "催办"},  {"yellow_card", "拟黄牌"}, {"red_card", "拟红牌"},
             {"issued", "督办"}, {"withdrawn", "收回"},     {"recovered", "转好"}};
enum { STEPS = sizeof steps / sizeof *steps };
_Static_assert(REHEARSE_KINDS == ALERT_RULES + (int)STEPS, "a kind for every rule and every step beside it");

const char *rehearse_kind_name(unsigned kind) {
    return kind < ALERT_RULES ? alert_rule_name((enum alert_rule)kind) : steps[kind - ALERT_RULES].name;
}
const char *rehearse_kind_word(unsigned kind) {
    return kind < ALERT_RULES ? alert_rule_word((enum alert_rule)kind) : steps[kind - ALERT_RULES].word;
}
static unsigned kind_of(enum alert_rule rule, const char *step) {
    for (unsigned i = 0; i < STEPS; i++)
        if (strcmp(step, steps[i].name) == 0) return (unsigned)ALERT_RULES + i;
    return (unsigned)rule;
}

/* How much a line weighs in the list of differences. */
static unsigned weight_of(const struct rehearse_item *item) {
    const char *name = rehearse_kind_name(item->kind);
    static const char *const light_to_heavy[] = {"recovered", "correction", "due_soon",    "slipping",
                                                 "urged",     "fell_back",  "overdue",     "review",
                                                 "withdrawn", "issued",     "yellow_card", "red_card"};
    unsigned weight = 0;
    for (unsigned i = 0; i < sizeof light_to_heavy / sizeof *light_to_heavy; i++)
        if (strcmp(name, light_to_heavy[i]) == 0) weight = 2 * i;
    return strcmp(item->step, "red") == 0 ? weight + 3 : weight;
}

/* --- one telling --- */

static bool room(void **items, size_t count, size_t *capacity, size_t size) {
    if (count < *capacity) return true;
    size_t more = *capacity ? 2 * *capacity : 64;
    void *grown = realloc(*items, more * size);
    if (!grown) return false;
    *items = grown;
    *capacity = more;
    return true;
}

/* One cell of a telling. */
struct told {
    const struct rehearse_by *by;
    const struct rehearse_span *span;
    size_t cell;
    struct replay replay;
    enum replay_outcome outcome;
    struct day due;
};

static bool in_span(const struct rehearse_span *span, struct instant at) {
    struct day day = instant_day(at);
    return span->from.n <= day.n && day.n <= span->to.n;
}
static bool in_time(const struct told *told, struct instant at) {
    return !day_is(told->due) || instant_day(at).n <= told->due.n;
}

static void add_items(const struct told *told, struct rehearse_telling *out) {
    const struct plan *plan = told->by->plan;
    const struct cell *cell = &plan->cells[told->cell];
    for (size_t i = 0; i < told->replay.said_count; i++) {
        const struct replay_said *said = &told->replay.said[i];
        if (!in_span(told->span, said->window)) continue;
        void *items = out->items;
        if (!room(&items, out->count, &out->capacity, sizeof *out->items)) {
            out->failed = true;
            return;
        }
        out->items = items;
        struct rehearse_item *item = &out->items[out->count++];
        *item = (struct rehearse_item){.target = plan->targets[cell->target].code,
                                       .area = plan->areas[cell->area].code,
                                       .cell = told->cell,
                                       .kind = kind_of(told->replay.alerts[said->alert].rule, said->step),
                                       .window = said->window,
                                       .due = told->due,
                                       .outcome = told->outcome,
                                       .in_time = in_time(told, said->window)};
        memcpy(item->step, said->step, sizeof item->step);
        memcpy(item->recipient, said->recipient, sizeof item->recipient);
        memcpy(item->meant_for, said->meant_for, sizeof item->meant_for);
    }
}

static void count_reds(const struct told *told, struct rehearse_reds *reds) {
    for (size_t i = 0; i < told->replay.red_count; i++) {
        struct instant from = told->replay.reds[i].from;
        if (!in_span(told->span, from)) continue;
        if (!in_time(told, from)) {
            reds->late++;
            continue;
        }
        reds->total++;
        reds->real += told->outcome == REPLAY_MISSED;
        reds->false_alarm += told->outcome == REPLAY_MET;
        reds->open += told->outcome == REPLAY_OPEN;
    }
}

/* The first time that it was said to be behind; that a day comes near says nothing of whether it will be met. */
static void count_miss(const struct told *told, struct rehearse_telling *out) {
    if (told->outcome != REPLAY_MISSED || told->due.n < told->span->from.n || told->due.n > told->span->to.n) return;
    out->missed++;
    for (size_t i = 0; i < told->replay.said_count; i++) {
        const struct replay_said *said = &told->replay.said[i];
        enum alert_rule rule = told->replay.alerts[said->alert].rule;
        bool warns = (rule == ALERT_SLIPPING || rule == ALERT_FELL_BACK) && strcmp(said->step, "recovered") != 0;
        if (!warns || !in_time(told, said->window)) continue;
        void *days = out->days_ahead;
        if (!room(&days, out->warned, &out->days_capacity, sizeof *out->days_ahead)) {
            out->failed = true;
            return;
        }
        out->days_ahead = days;
        out->days_ahead[out->warned++] = told->due.n - instant_day(said->window).n;
        return;
    }
}

static void count_ends(const struct told *told, struct rehearse_telling *out) {
    for (size_t i = 0; i < told->replay.alert_count; i++) {
        const struct replay_alert *alert = &told->replay.alerts[i];
        if (alert->back_filled) continue;
        if (!instant_is(alert->ended_at))
            out->standing++;
        else if (in_span(told->span, alert->ended_at))
            out->ends[alert_cause_class(alert->cause)]++;
    }
}

static bool tell_cell(const struct told *told, const struct replay_case *replayed, struct rehearse_telling *out) {
    struct told one = *told;
    bool whole = replay_cell(replayed, &one.replay) && replay_outcome(replayed, &one.outcome, &one.due);
    if (whole) {
        add_items(&one, out);
        count_ends(&one, out);
        if (!one.by->plan->cells[one.cell].rollup) { /* a roll-up repeats what its counties are */
            count_reds(&one, &out->reds);
            count_miss(&one, out);
        }
    }
    replay_finish(&one.replay);
    return whole && !out->failed;
}

static int compare_texts(const struct rehearse_item *a, const struct rehearse_item *b) {
    int order = strcmp(a->target, b->target);
    if (!order) order = strcmp(a->area, b->area);
    if (!order && a->kind != b->kind) order = a->kind < b->kind ? -1 : 1;
    return order ? order : strcmp(a->step, b->step);
}
static int compare_items(const struct rehearse_item *a, const struct rehearse_item *b) {
    int order = compare_texts(a, b);
    if (!order && a->window.ms != b->window.ms) order = a->window.ms < b->window.ms ? -1 : 1;
    if (!order) order = strcmp(a->recipient, b->recipient);
    return order ? order : strcmp(a->meant_for, b->meant_for);
}
static int by_item(const void *a, const void *b) {
    return compare_items(a, b);
}
static int by_days(const void *a, const void *b) {
    int32_t first = *(const int32_t *)a, second = *(const int32_t *)b;
    return (first > second) - (first < second);
}

static size_t answers_of(const struct rehearse_by *by, size_t cell, struct replay_answer *out) {
    const struct plan *plan = by->plan;
    const char *target = plan->targets[plan->cells[cell].target].code;
    const char *area = plan->areas[plan->cells[cell].area].code;
    size_t count = 0;
    for (size_t i = 0; i < by->answer_count; i++)
        if (strcmp(by->answers[i].target, target) == 0 && strcmp(by->answers[i].area, area) == 0)
            out[count++] = by->answers[i].given;
    return count;
}

bool rehearse_tell(const struct rehearse_by *by, const struct rehearse_span *span, struct rehearse_telling *out) {
    *out = (struct rehearse_telling){0};
    AUTO_FREE struct replay_answer *answers = calloc(by->answer_count + 1, sizeof *answers);
    CLEAN(assess_scratch_destroy) struct assess_scratch *scratch = assess_scratch_create();
    bool whole = answers && scratch;
    for (size_t i = 0; whole && i < by->plan->cell_count; i++) {
        struct replay_case replayed = {.plan = by->plan,
                                       .rules = by->rules,
                                       .cell = i,
                                       .events = by->events,
                                       .answers = answers,
                                       .answer_count = answers_of(by, i, answers),
                                       .loads = by->loads,
                                       .load_count = by->load_count,
                                       .until = span->known_at,
                                       .scratch = scratch};
        struct told told = {.by = by, .span = span, .cell = i};
        whole = tell_cell(&told, &replayed, out);
    }
    if (out->count) qsort(out->items, out->count, sizeof *out->items, by_item);
    if (out->warned) qsort(out->days_ahead, out->warned, sizeof *out->days_ahead, by_days);
    return whole;
}

void rehearse_telling_finish(struct rehearse_telling *telling) {
    free(telling->items);
    free(telling->days_ahead);
    *telling = (struct rehearse_telling){0};
}

int32_t rehearse_median_ahead(const struct rehearse_telling *telling) {
    return telling->warned ? telling->days_ahead[(telling->warned - 1) / 2] : 0;
}

/* --- both --- */

static int by_weight(const void *a, const void *b) {
    const struct rehearse_difference *first = a, *second = b;
    const struct rehearse_item *x = first->item, *y = second->item;
    unsigned heavy = weight_of(x), other = weight_of(y);
    if (heavy != other) return heavy > other ? -1 : 1;
    bool missed = x->outcome == REPLAY_MISSED && x->in_time, also = y->outcome == REPLAY_MISSED && y->in_time;
    if (missed != also) return missed ? -1 : 1;
    if (x->window.ms != y->window.ms) return x->window.ms < y->window.ms ? -1 : 1;
    int order = compare_texts(x, y);
    if (!order && first->more != second->more) order = first->more ? -1 : 1;
    return order ? order : compare_items(x, y);
}

static void count_item(const struct rehearse_item *item, bool then, bool alone, struct rehearse_comparison *out) {
    bool before_miss = item->outcome == REPLAY_MISSED && item->in_time;
    *(then ? &out->kinds[item->kind].then : &out->kinds[item->kind].now) += 1;
    *(then ? &out->kinds[item->kind].before_miss_then : &out->kinds[item->kind].before_miss_now) += before_miss;
    if (!alone) return;
    *(then ? &out->kinds[item->kind].more : &out->kinds[item->kind].fewer) += 1;
    out->differences[out->difference_count++] = (struct rehearse_difference){item, then};
}

/* Both lists are in the same order. */
static void merge_items(const struct rehearse_telling *now, const struct rehearse_telling *then,
                        struct rehearse_comparison *out) {
    size_t a = 0, b = 0;
    while (a < now->count || b < then->count) {
        int order = a == now->count ? 1 : b == then->count ? -1 : compare_items(&now->items[a], &then->items[b]);
        if (order <= 0) count_item(&now->items[a++], false, order < 0, out);
        if (order >= 0) count_item(&then->items[b++], true, order > 0, out);
    }
}

struct page { /* a message: a recipient's window */
    const char *recipient;
    int64_t window_ms;
};
static int by_page(const void *a, const void *b) {
    const struct page *first = a, *second = b;
    int order = strcmp(first->recipient, second->recipient);
    return order ? order : (first->window_ms > second->window_ms) - (first->window_ms < second->window_ms);
}

static struct page *pages_of(const struct rehearse_telling *telling, size_t *count) {
    struct page *pages = calloc(telling->count + 1, sizeof *pages);
    *count = 0;
    if (!pages) return NULL;
    for (size_t i = 0; i < telling->count; i++)
        pages[i] = (struct page){telling->items[i].recipient, telling->items[i].window.ms};
    qsort(pages, telling->count, sizeof *pages, by_page);
    for (size_t i = 0; i < telling->count; i++)
        if (*count == 0 || by_page(&pages[*count - 1], &pages[i]) != 0) pages[(*count)++] = pages[i];
    return pages;
}

static struct rehearse_recipient *recipient_row(struct rehearse_comparison *out, const char *key) {
    struct rehearse_recipient *last = out->recipient_count ? &out->recipients[out->recipient_count - 1] : NULL;
    if (last && strcmp(last->key, key) == 0) return last;
    last = &out->recipients[out->recipient_count++];
    (void)snprintf(last->key, sizeof last->key, "%s", key);
    return last;
}

static bool merge_pages(const struct rehearse_telling *now, const struct rehearse_telling *then,
                        struct rehearse_comparison *out) {
    size_t now_count, then_count, a = 0, b = 0;
    AUTO_FREE struct page *old = pages_of(now, &now_count);
    AUTO_FREE struct page *new = pages_of(then, &then_count);
    if (!old || !new) return false;
    out->recipients = calloc(now_count + then_count + 1, sizeof *out->recipients);
    if (!out->recipients) return false;
    while (a < now_count || b < then_count) {
        int order = a == now_count ? 1 : b == then_count ? -1 : by_page(&old[a], &new[b]);
        struct rehearse_recipient *row = recipient_row(out, order <= 0 ? old[a].recipient : new[b].recipient);
        row->now += order <= 0;
        row->then += order >= 0;
        row->fewer += order < 0;
        row->more += order > 0;
        a += order <= 0;
        b += order >= 0;
    }
    return true;
}

bool rehearse_compare(const struct rehearse_telling *now, const struct rehearse_telling *then,
                      struct rehearse_comparison *out) {
    *out = (struct rehearse_comparison){0};
    out->differences = calloc(now->count + then->count + 1, sizeof *out->differences);
    if (!out->differences) return false;
    merge_items(now, then, out);
    qsort(out->differences, out->difference_count, sizeof *out->differences, by_weight);
    return merge_pages(now, then, out);
}

void rehearse_comparison_finish(struct rehearse_comparison *comparison) {
    free(comparison->recipients);
    free(comparison->differences);
    *comparison = (struct rehearse_comparison){0};
}
