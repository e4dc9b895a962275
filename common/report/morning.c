#include "common/report/morning.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/domain/due.h"
#include "common/domain/ledger.h"

static enum error_code no_memory(struct error *err) {
    return error_set(err, ERROR_MEMORY, "out of memory");
}

/* The held figures of one cell, replayed from its events. */
static bool add_held(struct morning *morning, struct ledger *ledger, size_t cell) {
    const struct view *view = morning->view;
    ledger_build(ledger, view->plan, &view->plan->cells[cell], view->events[cell].events, view->events[cell].count,
                 moment_before(&view->moment), view->moment.as_of);
    for (size_t i = 0; i < ledger->held_count; i++) {
        const struct held *held = &ledger->held[i];
        struct held_figure *figures = realloc(morning->held, (morning->held_count + 1) * sizeof *figures);
        if (!figures) return false;
        morning->held = figures;
        figures[morning->held_count++] =
            (struct held_figure){.cell = cell,
                                 .event = held->event,
                                 .from = held->standing,
                                 .has_from = held->has_standing,
                                 .to = held->figure,
                                 .as_of = held->as_of,
                                 .known_at = view->events[cell].events[held->event].known_at};
    }
    return true;
}

static bool find_held(struct morning *morning) {
    CLEAN(ledger_finish) struct ledger ledger = {0};
    for (size_t i = 0; i < morning->view->plan->cell_count; i++)
        if (morning->view->cells[i].held && !add_held(morning, &ledger, i)) return false;
    return true;
}

enum error_code morning_make(struct view *view, struct pg *pg, struct instant now, struct morning *out,
                             struct error *err) {
    *out = (struct morning){.view = view};
    struct instant end = {day_end(view->moment.as_of).ms - 1};
    out->now = view->moment.known_at.ms < now.ms ? view->moment.known_at : now;
    if (end.ms < out->now.ms) out->now = end;
    out->period = due_closed_period(view->plan, out->now);
    struct moment since = changes_last_workday(view);
    enum error_code code = query_notices(pg, view->programme.id, view->moment.known_at, &out->notices, err);
    if (!code) code = task_words_read(pg, view, &out->words, err);
    if (!code) code = sent_read(pg, view, since.as_of, &out->notices, &out->sent, err);
    if (code) return code;
    if (!feeds_make(view, out->now, &out->feeds) || !changes_make(view, &since, false, &out->changes) ||
        !find_held(out) || !decisions_find(view, out->held, out->held_count, &out->notices, &out->decisions) ||
        !coming_find(view, &out->coming))
        return no_memory(err);
    return ERROR_OK;
}

void morning_finish(struct morning *morning) {
    feeds_finish(&morning->feeds);
    changes_finish(&morning->changes);
    decisions_finish(&morning->decisions);
    coming_finish(&morning->coming);
    sent_finish(&morning->sent);
    notice_rows_finish(&morning->notices);
    free(morning->held);
    free(morning->words);
    *morning = (struct morning){0};
}

/* Whether an area (or a unit that reports itself) owed a report of the newest closed period, and gave one. */
struct said {
    bool owed, reported;
};

static struct said said_of_area(const struct morning *morning, size_t area) {
    const struct view *view = morning->view;
    struct said said = {0};
    for (size_t i = 0; i < view->plan->cell_count; i++)
        if (view->plan->cells[i].area == area && !view->plan->cells[i].rollup &&
            view_target(view, i)->reporter == REPORTER_COUNTY && view->cells[i].report_state != REPORT_NONE) {
            said.owed = true;
            said.reported |= view->cells[i].report_state != REPORT_MISSING;
        }
    return said;
}

static struct said said_of_unit(const struct morning *morning, size_t unit) {
    const struct view *view = morning->view;
    struct said said = {0};
    for (size_t i = 0; i < view->plan->cell_count; i++)
        if (view_target(view, i)->reporter == REPORTER_UNIT && view_target(view, i)->reporter_unit == unit &&
            !view->plan->cells[i].rollup && view->cells[i].report_state != REPORT_NONE) {
            said.owed = true;
            said.reported |= view->cells[i].report_state != REPORT_MISSING;
        }
    return said;
}

void morning_counties(const struct morning *morning, size_t *reported, size_t *expected) {
    *reported = *expected = 0;
    for (size_t i = 0; i < morning->view->plan->area_count; i++) {
        struct said said = said_of_area(morning, i);
        *expected += said.owed;
        *reported += said.reported;
    }
}

void morning_departments(const struct morning *morning, size_t *reported, size_t *expected) {
    *reported = *expected = 0;
    for (size_t i = 0; i < morning->view->plan->unit_count; i++) {
        struct said said = said_of_unit(morning, i);
        *expected += said.owed;
        *reported += said.reported;
    }
}

size_t morning_without_agent(const struct morning *morning, size_t area) {
    const struct view *view = morning->view;
    size_t missing = 0;
    for (size_t i = 0; i < view->plan->cell_count; i++)
        missing += view->plan->cells[i].area == area && view->cells[i].report_state == REPORT_MISSING &&
                   !feed_of_record(view, i);
    return missing;
}

size_t morning_house(const struct morning *morning, enum alert_rule rule) {
    const struct alert_rows *alerts = &morning->view->alerts;
    size_t count = 0;
    if (!alert_rule_is_house(rule)) return 0;
    for (size_t i = 0; i < alerts->count; i++)
        count += strcmp(alerts->items[i].rule, alert_rule_name(rule)) == 0;
    return count;
}

size_t morning_undated(const struct plan *plan) {
    size_t undated = 0;
    for (size_t i = 0; i < plan->target_count; i++)
        undated += !day_is(plan->targets[i].due) && plan->targets[i].kind != KIND_PARAMETER;
    return undated;
}
