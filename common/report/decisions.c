#include "common/report/decisions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/domain/route.h"
#include "common/report/grid.h"
#include "common/report/json.h"
#include "common/report/words.h"

enum { SHOWN_OF_KIND = 6 };

static const struct {
    const char *token, *name, *all;
} kinds[DECISION_KINDS] = {
    [DECISION_REVIEW] = {"review", "核定红灯", "duban alerts"},
    [DECISION_EXTENSION] = {"extension", "延期申请", "duban extensions"},
    [DECISION_CLOSE_OUT] = {"close_out", "销号核验", "duban closeouts"},
    [DECISION_YELLOW_CARD] = {"yellow_card", "拟黄牌", "duban alerts"},
    [DECISION_RED_CARD] = {"red_card", "拟红牌", "duban alerts"},
    [DECISION_HELD] = {"held", "更正待核", "duban status"},
    [DECISION_UNROUTABLE] = {"unroutable", "送不到", "duban alerts"},
};

const char *decision_name(enum decision_kind kind) {
    return kinds[kind].name;
}

/* --- finding them --- */

static bool add(struct decisions *all, const struct decision *decision) {
    struct decision *items = realloc(all->items, (all->count + 1) * sizeof *items);
    if (!items) return false;
    all->items = items;
    items[all->count++] = *decision;
    all->of_kind[decision->kind]++;
    return true;
}

/* What a person set a light on until a day is decided until that day. */
static bool find_reviews(const struct view *view, struct decisions *out) {
    bool ok = true;
    for (size_t i = 0; ok && i < view->plan->cell_count; i++)
        if (view->cells[i].proposed == LIGHT_RED && view->cells[i].light != LIGHT_RED && !view->cells[i].overridden)
            ok = add(out, &(struct decision){.kind = DECISION_REVIEW, .cell = i});
    return ok;
}

static bool find_requests(const struct view *view, struct decisions *out) {
    bool ok = true;
    for (size_t i = 0; ok && i < view->requests.extension_count; i++) {
        const struct extension *extension = &view->requests.extensions[i];
        if (extension->state != EXTENSION_WAITING) continue;
        struct decision decision = {.kind = DECISION_EXTENSION, .cell = extension->cell, .extension = extension};
        snprintf(decision.id, sizeof decision.id, "E%04u", extension->number);
        ok = add(out, &decision);
    }
    for (size_t i = 0; ok && i < view->requests.close_out_count; i++) {
        const struct close_out *close_out = &view->requests.close_outs[i];
        if (close_out->state != CLOSE_OUT_CLAIMED && close_out->state != CLOSE_OUT_LEAD_CHECKED) continue;
        struct decision decision = {.kind = DECISION_CLOSE_OUT, .cell = close_out->cell, .close_out = close_out};
        snprintf(decision.id, sizeof decision.id, "K%04u", close_out->number);
        ok = add(out, &decision);
    }
    return ok;
}

/* The message that proposed it, with its item: what the office has before it when it signs. */
static void proposal_id(const struct office_notices *notices, const struct alert_row *alert, const char *step,
                        char out[DECISION_ID_MAX]) {
    size_t low = 0, high = notices->proposal_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (notices->proposals[middle].alert < alert->id)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < notices->proposal_count && notices->proposals[low].alert == alert->id; low++)
        if (strcmp(notices->proposals[low].step, step) == 0)
            snprintf(out, DECISION_ID_MAX, "%.28s/%d", notices->proposals[low].number,
                     (int)notices->proposals[low].item);
}

/* A proposal stands until somebody issues it, or the alert ends or is answered. */
static bool find_proposals(const struct view *view, enum alert_rung rung, enum decision_kind kind,
                           const struct office_notices *notices, struct decisions *out) {
    bool ok = true;
    for (size_t i = 0; ok && i < view->alerts.count; i++) {
        const struct alert_row *alert = &view->alerts.items[i];
        if (alert->rung != (int64_t)rung || alert->issued >= alert->rung || strcmp(alert->state, "open") != 0) continue;
        size_t target = plan_find_target(view->plan, slice_of(alert->target));
        size_t area = plan_find_area(view->plan, slice_of(alert->area));
        if (target == NO_INDEX || area == NO_INDEX) continue;
        struct decision decision = {.kind = kind, .cell = plan_find_cell(view->plan, target, area)};
        if (decision.cell == NO_INDEX) continue;
        proposal_id(notices, alert, alert_rung_step(rung), decision.id);
        ok = add(out, &decision);
    }
    return ok;
}

static bool held_too_long(const struct view *view, const struct held_figure *held) {
    return calendar_working_between(view->plan->calendar, instant_day(held->known_at), view->moment.as_of) >=
           (int)view->rules.alerts.held_days;
}

bool decisions_find(const struct view *view, const struct held_figure *held, size_t held_count,
                    const struct office_notices *notices, struct decisions *out) {
    *out = (struct decisions){0};
    bool ok = find_reviews(view, out) && find_requests(view, out) &&
              find_proposals(view, RUNG_YELLOW_CARD, DECISION_YELLOW_CARD, notices, out) &&
              find_proposals(view, RUNG_RED_CARD, DECISION_RED_CARD, notices, out);
    for (size_t i = 0; ok && i < held_count; i++)
        if (held_too_long(view, &held[i]))
            ok = add(out, &(struct decision){.kind = DECISION_HELD, .cell = held[i].cell});
    for (size_t i = 0; ok && i < notices->unroutable_count; i++)
        ok = add(out, &(struct decision){.kind = DECISION_UNROUTABLE,
                                         .cell = NO_INDEX,
                                         .recipient = notices->unroutable[i].meant_for,
                                         .notices = (size_t)notices->unroutable[i].notices});
    return ok;
}

void decisions_finish(struct decisions *decisions) {
    free(decisions->items);
    *decisions = (struct decisions){0};
}

/* --- telling them --- */

void decision_subject(const struct view *view, const struct decision *decision, struct buffer *out) {
    char who[RECIPIENT_MAX];
    if (decision->cell != NO_INDEX) {
        cell_name_words(view, decision->cell, out);
        return;
    }
    route_words(view->plan, decision->recipient, who, sizeof who);
    buffer_add_text(out, *who ? who : decision->recipient);
}

static void extension_words(const struct extension *extension, struct buffer *out) {
    char before[DAY_TEXT_MAX], asked[DAY_TEXT_MAX];
    day_print(extension->due_before, before);
    day_print(extension->due_asked, asked);
    buffer_printf(out, "%s→%s%s", *before ? before : "无期限", asked, extension->late ? "（过期后申请）" : "");
    if (extension->reason.len) {
        buffer_add_text(out, " 理由：");
        buffer_add(out, extension->reason.ptr, extension->reason.len);
    }
}

static void close_out_words(const struct view *view, const struct close_out *close_out, struct buffer *out) {
    cell_done_words(view, close_out->cell, &view->cells[close_out->cell], out);
    buffer_add_char(out, ' ');
    buffer_add(out, close_out->document.ptr, close_out->document.len);
    buffer_printf(out, "%s%s", close_out->document.len ? " " : "",
                  close_out->state == CLOSE_OUT_LEAD_CHECKED ? "牵头已核" : "牵头未核");
}

static void proposal_words(const struct view *view, size_t cell, struct buffer *out) {
    const struct assessment *now = &view->cells[cell];
    char points[16];
    cell_done_words(view, cell, now, out);
    points_words(now, points);
    if (now->days_overdue > 0)
        buffer_printf(out, " 逾期%d天", (int)now->days_overdue);
    else if (*points)
        buffer_printf(out, " 偏差%s点", points);
}

void decision_detail(const struct view *view, const struct decision *decision, struct buffer *out) {
    switch (decision->kind) {
    case DECISION_REVIEW:
        cell_done_words(view, decision->cell, &view->cells[decision->cell], out);
        return;
    case DECISION_EXTENSION:
        extension_words(decision->extension, out);
        return;
    case DECISION_CLOSE_OUT:
        close_out_words(view, decision->close_out, out);
        return;
    case DECISION_YELLOW_CARD:
    case DECISION_RED_CARD:
        proposal_words(view, decision->cell, out);
        return;
    case DECISION_HELD:
        buffer_printf(out, "已过%u个工作日", view->rules.alerts.held_days);
        return;
    case DECISION_UNROUTABLE:
        buffer_printf(out, "无联系方式（%zu条，已转您）", decision->notices);
        return;
    case DECISION_KINDS:
        break;
    }
}

static void command_words(const struct view *view, const struct decision *decision, struct buffer *out) {
    static const char *const verbs[DECISION_KINDS] = {
        [DECISION_REVIEW] = "approve",
        [DECISION_EXTENSION] = "extension grant",
        [DECISION_CLOSE_OUT] = "closeout verify",
        [DECISION_YELLOW_CARD] = "issue",
        [DECISION_RED_CARD] = "issue",
        [DECISION_HELD] = "confirm",
        [DECISION_UNROUTABLE] = "contacts",
    };
    bool unchecked = decision->close_out && decision->close_out->state == CLOSE_OUT_CLAIMED;
    buffer_printf(out, "duban %s", unchecked ? "closeout check" : verbs[decision->kind]);
    if (*decision->id)
        buffer_printf(out, " %s", decision->id);
    else if (decision->cell != NO_INDEX)
        buffer_printf(out, " %s %s", view_target(view, decision->cell)->code,
                      area_short(view_area(view, decision->cell)));
}

static void add_row(const struct view *view, const struct decision *decision, struct grid *grid) {
    CLEAN(buffer_finish) struct buffer subject = {0};
    CLEAN(buffer_finish) struct buffer detail = {0};
    CLEAN(buffer_finish) struct buffer command = {0};
    decision_subject(view, decision, &subject);
    decision_detail(view, decision, &detail);
    command_words(view, decision, &command);
    grid_add(grid, decision_name(decision->kind));
    grid_add(grid, buffer_text(&subject));
    grid_add(grid, buffer_text(&detail));
    grid_add(grid, buffer_text(&command));
}

void decisions_print(const struct view *view, const struct decisions *decisions, struct buffer *out) {
    static const struct grid_column columns[] = {
        {.title = NULL}, {.max_width = 30}, {.max_width = 60}, {.title = NULL}};
    CLEAN(grid_finish) struct grid grid;
    size_t shown[DECISION_KINDS] = {0};
    grid_init(&grid, columns, 4);
    for (size_t i = 0; i < decisions->count; i++) {
        enum decision_kind kind = decisions->items[i].kind;
        if (shown[kind]++ < SHOWN_OF_KIND) add_row(view, &decisions->items[i], &grid);
        if (shown[kind] != SHOWN_OF_KIND || decisions->of_kind[kind] == SHOWN_OF_KIND) continue;
        grid_add(&grid, decision_name(kind));
        grid_addf(&grid, "…另有 %zu 项", decisions->of_kind[kind] - SHOWN_OF_KIND);
        grid_add(&grid, "");
        grid_add(&grid, kinds[kind].all);
    }
    buffer_printf(out, "二 等您决定（%zu）\n", decisions->count);
    grid_print(&grid, "  ", out);
}

json_t *decision_json(const struct view *view, const struct decision *decision) {
    bool cell = decision->cell != NO_INDEX;
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "kind", kinds[decision->kind].token, "id",
                     json_of_text(decision->id), "target",
                     json_of_text(cell ? view_target(view, decision->cell)->code : NULL), "area",
                     json_of_text(cell ? view_area(view, decision->cell)->code : NULL), "meant_for",
                     json_of_text(decision->recipient), "notices",
                     decision->notices ? json_integer((json_int_t)decision->notices) : json_null());
}

json_t *decisions_json(const struct view *view, const struct decisions *decisions) {
    json_t *list = json_array();
    for (size_t i = 0; i < decisions->count; i++)
        json_array_append_new(list, decision_json(view, &decisions->items[i]));
    return list;
}
