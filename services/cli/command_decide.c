/* duban confirm, approve, freeze: what the office decides. */
#include <string.h>

#include "common/base/cleanup.h"
#include "common/domain/ledger.h"
#include "common/report/json.h"
#include "services/cli/decide.h"
#include "services/cli/moment.h"
#include "services/cli/view_open.h"

static void tell(struct cli *cli, const struct decision_event *decision) {
    char uid[37];
    uid_print(decision->uid, uid);
    buffer_printf(&cli->out, say(cli, "decision recorded as %s, acknowledged by the centre\n"), uid);
}

/* The held figure that is meant: of a day when --as-of names one, else the newest by its day. */
static enum error_code held_of_cell(struct cli *cli, const struct view *view, size_t cell, const uint8_t **uid,
                                    struct error *err) {
    CLEAN(ledger_finish) struct ledger ledger = {0};
    struct day wanted = DAY_NONE;
    const char *as_of = args_value(cli->args, "as-of", NULL);
    if (as_of && !day_parse(as_of, strlen(as_of), &wanted))
        return error_set(err, ERROR_USAGE, "--as-of %s: give a day that exists", as_of);
    const struct cell_events *events = &view->events[cell];
    ledger_build(&ledger, view->plan, &view->plan->cells[cell], events->events, events->count,
                 moment_before(&view->moment), view->moment.as_of);
    *uid = NULL;
    size_t others = 0;
    for (size_t i = 0; i < ledger.held_count; i++) {
        if (day_is(wanted) && ledger.held[i].as_of.n != wanted.n) continue;
        others += *uid != NULL;
        *uid = events->events[ledger.held[i].event].uid;
    }
    if (!*uid)
        return error_set(err, ERROR_CONFLICT, "nothing of %s %s is held: there is nothing to confirm",
                         view_target(view, cell)->code, view_area(view, cell)->name);
    if (others) buffer_printf(&cli->out, "另有 %zu 个较早日期的数待核：加 --as-of 日期 逐个确认\n", others);
    return ERROR_OK;
}

static enum error_code held_by_uid(const struct view *view, const char *text, size_t *cell, const uint8_t **uid,
                                   struct error *err) {
    uint8_t wanted[EVENT_UID_BYTES];
    if (!uid_parse(text, wanted))
        return error_set(err, ERROR_USAGE,
                         "give TARGET AREA, or the UID of the held figure as `duban explain` shows it");
    for (size_t i = 0; i < view->plan->cell_count; i++)
        for (size_t k = 0; k < view->events[i].count; k++)
            if (memcmp(view->events[i].events[k].uid, wanted, sizeof wanted) == 0) {
                *cell = i;
                *uid = view->events[i].events[k].uid;
                return ERROR_OK;
            }
    return error_set(err, ERROR_NOT_FOUND, "no event %s is known here", text);
}

/* The moment of a decision is now, whatever day its figure is of. */
static enum error_code open_now(struct cli *cli, struct pg **pg, struct view *view, struct error *err) {
    struct moment moment;
    enum error_code code = moment_resolve(NULL, NULL, cli->now, &moment, err);
    if (!code) code = cli_connect_reader(cli, pg, err);
    return code ? code : view_open_at(cli, *pg, &moment, view, err);
}

enum error_code command_confirm(struct cli *cli, struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    CLEAN(view_finish) struct view view = {0};
    const uint8_t *uid = NULL;
    size_t cell = NO_INDEX;
    enum error_code code = open_now(cli, &pg, &view, err);
    if (!code && cli->args->positional_count == 1)
        code = held_by_uid(&view, cli->args->positionals[0], &cell, &uid, err);
    else if (!code && !(code = view_find(view.plan, cli->args->positionals[0], cli->args->positionals[1],
                                         instant_day(cli->now), &cell, err)))
        code = held_of_cell(cli, &view, cell, &uid, err);
    if (code || !uid) return code;
    struct decision_event decision = {.kind = EVENT_CONFIRM,
                                      .target = view_target(&view, cell)->code,
                                      .area = view_area(&view, cell)->code,
                                      .as_of = DAY_NONE};
    memcpy(decision.more.of_event.uid, uid, EVENT_UID_BYTES);
    if (!(code = decide(cli, &decision, err))) tell(cli, &decision);
    return code;
}

enum error_code command_approve(struct cli *cli, struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    CLEAN(view_finish) struct view view = {0};
    size_t cell = NO_INDEX;
    enum error_code code = open_now(cli, &pg, &view, err);
    if (!code)
        code = view_find(view.plan, cli->args->positionals[0], cli->args->positionals[1], instant_day(cli->now), &cell,
                         err);
    if (code) return code;
    const struct assessment *now = &view.cells[cell];
    if (now->proposed != LIGHT_RED || now->light == LIGHT_RED)
        return error_set(err, ERROR_CONFLICT, "no red of %s %s waits for release: its light is %s",
                         view_target(&view, cell)->code, view_area(&view, cell)->name, light_word(now->light));
    struct decision_event decision = {.kind = EVENT_RELEASE,
                                      .target = view_target(&view, cell)->code,
                                      .area = view_area(&view, cell)->code,
                                      .as_of = DAY_NONE};
    decision.more.release.has_instant = true;
    decision.more.release.instant_ms = cli->now.ms;
    if (!(code = decide(cli, &decision, err))) tell(cli, &decision);
    return code;
}

enum error_code command_freeze(struct cli *cli, struct error *err) {
    const char *as_of = args_value(cli->args, "as-of", NULL);
    struct decision_event decision = {.kind = EVENT_FREEZE, .as_of = instant_day(cli->now)};
    if (as_of && !day_parse(as_of, strlen(as_of), &decision.as_of))
        return error_set(err, ERROR_USAGE, "--as-of %s: give a day that exists", as_of);
    decision.more.freeze.name = slice_of(cli->args->positionals[0]);
    enum error_code code = freeze_check(cli->args->positionals[0], decision.as_of, instant_day(cli->now), err);
    if (!code) code = decide(cli, &decision, err);
    if (!code) tell(cli, &decision);
    return code;
}
