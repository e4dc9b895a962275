/* duban confirm, approve, freeze: what the office decides. */
#include <string.h>

#include "common/base/cleanup.h"
#include "common/domain/ledger.h"
#include "common/report/json.h"
#include "common/report/words.h"
#include "services/cli/decide.h"
#include "common/desk/naming.h"

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

enum error_code command_confirm(struct cli *cli, struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    CLEAN(view_finish) struct view view = {0};
    const uint8_t *uid = NULL;
    size_t cell = NO_INDEX;
    enum error_code code = decide_open(cli, &pg, &view, err);
    if (!code && cli->args->positional_count == 1)
        code = held_by_uid(&view, cli->args->positionals[0], &cell, &uid, err);
    else if (!code && !(code = view_find(view.plan, cli->args->positionals[0], cli->args->positionals[1],
                                         instant_day(cli->now), &cell, err)))
        code = held_of_cell(cli, &view, cell, &uid, err);
    if (code || !uid) return code;
    struct decision_event decision = {.kind = EVENT_CONFIRM,
                                      .target = view_target(&view, cell)->code,
                                      .area = view_area(&view, cell)->code,
                                      .as_of = DAY_NONE,
                                      .reason = args_value(cli->args, "reason", NULL)};
    memcpy(decision.more.of_event.uid, uid, EVENT_UID_BYTES);
    if ((code = decide(cli, &decision, err))) return code;
    CLEAN(buffer_finish) struct buffer name = {0};
    cell_name_words(&view, cell, &name);
    buffer_printf(&cli->out, say(cli, "%s: the held figure counts from now on\n"), buffer_text(&name));
    decide_tell(cli, &decision);
    return ERROR_OK;
}

/* --- approve --- */

static bool waits_for_release(const struct view *view, size_t cell) {
    const struct assessment *now = &view->cells[cell];
    return now->proposed == LIGHT_RED && now->light != LIGHT_RED;
}

/* Of a message named as a whole, the reds that wait; of what is named by itself, it must be one. */
static enum error_code reds_of(const struct view *view, struct naming *naming, struct error *err) {
    size_t kept = 0;
    for (size_t i = 0; i < naming->count; i++) {
        struct named *named = &naming->items[i];
        if (named->whole && (strcmp(named->said->rule, "review") != 0 || named->cell == NO_INDEX)) continue;
        CLEAN(buffer_finish) struct buffer name = {0};
        named_words(view, named, &name);
        if (named->cell == NO_INDEX)
            return error_set(err, ERROR_CONFLICT, "%s is about %s: there is no red in it to release", named->number,
                             buffer_text(&name));
        if (waits_for_release(view, named->cell))
            naming->items[kept++] = *named;
        else if (!named->whole)
            return error_set(err, ERROR_CONFLICT, "no red of %s waits for release: its light is %s", buffer_text(&name),
                             light_name(view->cells[named->cell].light));
    }
    naming->count = kept;
    return kept ? ERROR_OK : error_set(err, ERROR_CONFLICT, "no red in it waits for release (any more)");
}

static enum error_code release(struct cli *cli, const struct view *view, const struct named *named, struct error *err) {
    CLEAN(buffer_finish) struct buffer name = {0};
    struct decision_event decision = {.kind = EVENT_RELEASE,
                                      .target = view_target(view, named->cell)->code,
                                      .area = view_area(view, named->cell)->code,
                                      .as_of = DAY_NONE,
                                      .reason = args_value(cli->args, "reason", NULL)};
    decision.more.release.alert = slice_of(*named->number ? named->number : NULL);
    decision.more.release.has_instant = true;
    decision.more.release.instant_ms = cli->now.ms;
    enum error_code code = decide(cli, &decision, err);
    if (code) return code;
    cell_name_words(view, named->cell, &name);
    buffer_printf(&cli->out, say(cli, "%s: the red is released; county and lead will read it\n"), buffer_text(&name));
    decide_tell(cli, &decision);
    return ERROR_OK;
}

enum error_code command_approve(struct cli *cli, struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    CLEAN(view_finish) struct view view = {0};
    CLEAN(naming_finish) struct naming naming = {0};
    enum error_code code = decide_open(cli, &pg, &view, err);
    if (!code) code = naming_read(pg, &view, cli->args->positionals, cli->args->positional_count, &naming, err);
    if (!code) code = reds_of(&view, &naming, err);
    for (size_t i = 0; !code && i < naming.count; i++)
        code = release(cli, &view, &naming.items[i], err);
    if (!code) decide_tell_window(cli, &view);
    return code;
}

enum error_code command_freeze(struct cli *cli, struct error *err) {
    struct decision_event decision = {.kind = EVENT_FREEZE, .reason = args_value(cli->args, "reason", NULL)};
    enum error_code code = decide_day(cli, "as-of", false, &decision.as_of, err);
    if (code) return code;
    if (!day_is(decision.as_of)) decision.as_of = instant_day(cli->now);
    decision.more.freeze.name = slice_of(cli->args->positionals[0]);
    code = freeze_check(cli->args->positionals[0], decision.as_of, instant_day(cli->now), err);
    if (!code) code = decide(cli, &decision, err);
    if (!code) decide_tell(cli, &decision);
    return code;
}
