/* duban extension ask | grant | refuse: an extension is asked for before its day, decided with a definite day and a
 * document; both days are kept. */
#include <inttypes.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/desk/request_choice.h"
#include "common/report/words.h"
#include "services/cli/decide.h"

static enum error_code may_be_extended(const struct view *view, size_t cell, struct error *err) {
    const struct assessment *now = &view->cells[cell];
    const char *target = view_target(view, cell)->code, *area = view_area(view, cell)->name;
    if (view->plan->cells[cell].rollup)
        return error_set(err, ERROR_USAGE, "%s of the whole city is the sum of its counties: name the county", target);
    if (!day_is(now->due))
        return error_set(err, ERROR_USAGE, "%s %s has no day it is due: there is nothing to extend", target, area);
    if (now->state == STATE_DONE || now->state == STATE_NO_TASK)
        return error_set(err, ERROR_CONFLICT, "%s %s is %s: there is nothing to extend", target, area,
                         cell_state_name(now->state));
    return ERROR_OK;
}

static enum error_code later_than_due(const struct view *view, size_t cell, struct day due, struct error *err) {
    char now[DAY_TEXT_MAX];
    if (due.n > view->cells[cell].due.n) return ERROR_OK;
    day_print(view->cells[cell].due, now);
    return error_set(
        err, ERROR_USAGE,
        "--due must be later than %s, the day it is due now; an extension that was wrong is taken back with "
        "`duban reverse`",
        now);
}

enum error_code command_extension_ask(struct cli *cli, struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    CLEAN(view_finish) struct view view = {0};
    CLEAN(buffer_finish) struct buffer name = {0};
    struct decision_event asked = {.kind = EVENT_EXTENSION_ASKED, .as_of = DAY_NONE};
    char due[DAY_TEXT_MAX];
    size_t cell = NO_INDEX;
    enum error_code code = decide_day(cli, "due", true, &asked.more.extension.due, err);
    if (!code) code = decide_text(cli, "reason", "why it cannot be done in time", &asked.reason, err);
    if (!code) code = decide_open(cli, &pg, &view, err);
    if (!code)
        code =
            view_find(view.plan, cli->args->positionals[0], cli->args->positionals[1], view.moment.as_of, &cell, err);
    if (!code) code = may_be_extended(&view, cell, err);
    if (!code) code = later_than_due(&view, cell, asked.more.extension.due, err);
    if (code) return code;
    asked.target = view_target(&view, cell)->code;
    asked.area = view_area(&view, cell)->code;
    asked.more.extension.document = slice_of(args_value(cli->args, "doc", NULL));
    if ((code = decide(cli, &asked, err))) return code;
    cell_name_words(&view, cell, &name);
    day_print(view.cells[cell].due, due);
    buffer_printf(&cli->out,
                  say(cli, "%s: the extension is asked for; the day stays %s until the office decides "
                           "(`duban extensions`)\n"),
                  buffer_text(&name), due);
    if (instant_day(cli->now).n > view.cells[cell].due.n)
        buffer_printf(&cli->out, say(cli, "it was due on %s: the request is late and counted as such\n"), due);
    decide_tell(cli, &asked);
    return ERROR_OK;
}

static enum error_code decide_extension(struct cli *cli, const struct view *view, size_t cell,
                                        const struct extension *asked, struct decision_event *decision,
                                        struct error *err) {
    decision->target = view_target(view, cell)->code;
    decision->area = view_area(view, cell)->code;
    decision->more.extension.has_request = asked != NULL;
    if (asked) memcpy(decision->more.extension.request, asked->asked->event.uid, EVENT_UID_BYTES);
    return decide(cli, decision, err);
}

enum error_code command_extension_grant(struct cli *cli, struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    CLEAN(view_finish) struct view view = {0};
    CLEAN(buffer_finish) struct buffer name = {0};
    struct decision_event granted = {
        .kind = EVENT_EXTENSION, .as_of = DAY_NONE, .reason = args_value(cli->args, "reason", NULL)};
    const struct extension *asked = NULL;
    const char *document = NULL;
    char due[DAY_TEXT_MAX], original[DAY_TEXT_MAX];
    size_t cell = NO_INDEX;
    enum error_code code = decide_day(cli, "due", true, &granted.more.extension.due, err);
    if (!code) code = decide_text(cli, "doc", "the number of the document that grants it", &document, err);
    if (!code) code = decide_open(cli, &pg, &view, err);
    if (!code)
        code = extension_named(&view, cli->args->positionals, cli->args->positional_count, false, &cell, &asked, err);
    if (!code) code = may_be_extended(&view, cell, err);
    if (!code) code = later_than_due(&view, cell, granted.more.extension.due, err);
    if (code) return code;
    granted.more.extension.document = slice_of(document);
    if ((code = decide_extension(cli, &view, cell, asked, &granted, err))) return code;
    cell_name_words(&view, cell, &name);
    day_print(granted.more.extension.due, due);
    day_print(view.cells[cell].due_original, original);
    buffer_printf(&cli->out, say(cli, "%s: due on %s from now on (originally %s), 延 stands beside it\n"),
                  buffer_text(&name), due, original);
    decide_tell(cli, &granted);
    return ERROR_OK;
}

enum error_code command_extension_refuse(struct cli *cli, struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    CLEAN(view_finish) struct view view = {0};
    CLEAN(buffer_finish) struct buffer name = {0};
    struct decision_event refused = {.kind = EVENT_EXTENSION, .as_of = DAY_NONE};
    const struct extension *asked = NULL;
    char due[DAY_TEXT_MAX];
    size_t cell = NO_INDEX;
    enum error_code code = decide_text(cli, "reason", "the county will be told why", &refused.reason, err);
    if (!code) code = decide_open(cli, &pg, &view, err);
    if (!code)
        code = extension_named(&view, cli->args->positionals, cli->args->positional_count, true, &cell, &asked, err);
    if (code) return code;
    refused.more.extension.due = DAY_NONE;
    refused.more.extension.document = slice_of(args_value(cli->args, "doc", NULL));
    if ((code = decide_extension(cli, &view, cell, asked, &refused, err))) return code;
    cell_name_words(&view, cell, &name);
    day_print(view.cells[cell].due, due);
    buffer_printf(&cli->out, say(cli, "%s: the extension is refused, the day stays %s\n"), buffer_text(&name), due);
    decide_tell(cli, &refused);
    return ERROR_OK;
}
