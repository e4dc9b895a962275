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
    enum error_code code = query_office_notices(pg, view->programme.id, view->moment.known_at, &out->notices, err);
    if (!code) code = task_words_read(pg, view, &out->words, err);
    if (!code) code = sent_read(pg, view, since.as_of, &out->sent, err);
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
    office_notices_finish(&morning->notices);
    free(morning->held);
    free(morning->words);
    *morning = (struct morning){0};
}

/* Of each reporter: whether it owed a report of the newest closed period, and gave one. */
enum { OWED = 1, REPORTED = 2 };

static void count_said(const struct view *view, enum reporter_rule reporter, size_t reporters, size_t *reported,
                       size_t *expected) {
    *reported = *expected = 0;
    AUTO_FREE unsigned char *said = calloc(reporters + 1, 1);
    for (size_t i = 0; said && i < view->plan->cell_count; i++) {
        const struct target *target = view_target(view, i);
        size_t who = reporter == REPORTER_UNIT ? target->reporter_unit : view->plan->cells[i].area;
        if (target->reporter != reporter || view->plan->cells[i].rollup || who >= reporters ||
            view->cells[i].report_state == REPORT_NONE)
            continue;
        said[who] |= OWED | (view->cells[i].report_state == REPORT_MISSING ? 0 : REPORTED);
    }
    for (size_t i = 0; said && i < reporters; i++) {
        *expected += said[i] != 0;
        *reported += (said[i] & REPORTED) != 0;
    }
}

void morning_counties(const struct morning *morning, size_t *reported, size_t *expected) {
    count_said(morning->view, REPORTER_COUNTY, morning->view->plan->area_count, reported, expected);
}

void morning_departments(const struct morning *morning, size_t *reported, size_t *expected) {
    count_said(morning->view, REPORTER_UNIT, morning->view->plan->unit_count, reported, expected);
}

size_t *morning_without_agent(const struct morning *morning) {
    const struct view *view = morning->view;
    size_t *missing = calloc(view->plan->area_count + 1, sizeof *missing);
    for (size_t i = 0; missing && i < view->plan->cell_count; i++)
        if (view->cells[i].report_state == REPORT_MISSING && !feeds_of_cell(&morning->feeds, view, i))
            missing[view->plan->cells[i].area]++;
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
