/* duban closeout claim | check | verify | refuse: 100 % is not closed. The reporter claims with a document, a lead
 * checks, the office verifies. */
#include <string.h>

#include "common/base/cleanup.h"
#include "common/desk/request_choice.h"
#include "common/report/json.h"
#include "common/report/words.h"
#include "services/cli/decide.h"

static enum error_code is_done(const struct view *view, size_t cell, struct error *err) {
    const struct assessment *now = &view->cells[cell];
    CLEAN(buffer_finish) struct buffer done = {0};
    if (now->state == STATE_DONE) return ERROR_OK;
    cell_done_words(view, cell, now, &done);
    return error_set(err, ERROR_CONFLICT, "%s %s is not done (%s, %s): it cannot be closed",
                     view_target(view, cell)->code, view_area(view, cell)->name, buffer_text(&done),
                     cell_state_name(now->state));
}

static enum error_code not_closed(const struct close_out *one, struct error *err) {
    char uid[37] = "";
    if (one->verified) uid_print(one->verified->event.uid, uid);
    if (one->state == CLOSE_OUT_CLOSED)
        return error_set(err, ERROR_CONFLICT, "K%04u is closed already; `duban reverse %.8s` opens it again",
                         one->number, uid);
    if (one->state == CLOSE_OUT_REPLACED)
        return error_set(err, ERROR_CONFLICT, "K%04u was claimed again later: `duban closeouts` shows the newer number",
                         one->number);
    if (one->state == CLOSE_OUT_REFUSED)
        return error_set(err, ERROR_CONFLICT, "K%04u was refused: it has to be claimed again", one->number);
    return ERROR_OK;
}

static void about(const struct view *view, size_t cell, struct decision_event *decision) {
    decision->target = view_target(view, cell)->code;
    decision->area = view_area(view, cell)->code;
    decision->as_of = DAY_NONE;
}

static void name_claim(const struct close_out *one, struct decision_event *decision) {
    decision->more.close_out.has_claim = true;
    memcpy(decision->more.close_out.claim, one->claimed->event.uid, EVENT_UID_BYTES);
}

enum error_code command_closeout_claim(struct cli *cli, struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    CLEAN(view_finish) struct view view = {0};
    CLEAN(buffer_finish) struct buffer name = {0};
    struct decision_event claim = {.kind = EVENT_CLOSE_CLAIMED, .reason = args_value(cli->args, "reason", NULL)};
    const char *document = NULL;
    size_t cell = NO_INDEX;
    enum error_code code =
        decide_text(cli, "doc", "the number of the county's report that says it is done", &document, err);
    if (!code) code = decide_open(cli, &pg, &view, err);
    if (!code)
        code =
            view_find(view.plan, cli->args->positionals[0], cli->args->positionals[1], view.moment.as_of, &cell, err);
    if (!code) code = close_out_possible(&view, cell, err);
    if (!code) code = is_done(&view, cell, err);
    const struct close_out *standing = code ? NULL : requests_close_out(&view.requests, cell);
    if (standing && standing->state != CLOSE_OUT_REFUSED)
        code = error_set(err, ERROR_CONFLICT, "it is claimed already as K%04u (%s)", standing->number,
                         close_out_state_word(standing->state));
    if (code) return code;
    about(&view, cell, &claim);
    claim.more.close_out.document = slice_of(document);
    if ((code = decide(cli, &claim, err))) return code;
    cell_name_words(&view, cell, &name);
    buffer_printf(
        &cli->out,
        close_out_wants_lead(&view, cell)
            ? say(cli, "%s: claimed; next the lead checks (`duban closeout check`), then the office verifies\n")
            : say(cli, "%s: claimed; next the office verifies (`duban closeout verify`)\n"),
        buffer_text(&name));
    decide_tell(cli, &claim);
    return ERROR_OK;
}

/* One step of the office's hand: opens, finds the claim, lets `may` object, writes the event. */
static enum error_code take_step(struct cli *cli,
                                 enum error_code (*may)(const struct view *view, const struct close_out *one,
                                                        struct error *err),
                                 struct decision_event *decision, const char *told, struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    CLEAN(view_finish) struct view view = {0};
    CLEAN(buffer_finish) struct buffer name = {0};
    const struct close_out *one = NULL;
    enum error_code code = decide_open(cli, &pg, &view, err);
    if (!code) code = close_out_named(&view, cli->args->positionals, cli->args->positional_count, &one, err);
    if (!code) code = not_closed(one, err);
    if (!code && may) code = may(&view, one, err);
    if (code) return code;
    about(&view, one->cell, decision);
    name_claim(one, decision);
    if ((code = decide(cli, decision, err))) return code;
    cell_name_words(&view, one->cell, &name);
    buffer_printf(&cli->out, "K%04u %s: %s\n", one->number, buffer_text(&name), told);
    decide_tell(cli, decision);
    return ERROR_OK;
}

static enum error_code may_check(const struct view *view, const struct close_out *one, struct error *err) {
    return is_done(view, one->cell, err);
}

enum error_code command_closeout_check(struct cli *cli, struct error *err) {
    struct decision_event check = {.kind = EVENT_CLOSE_CHECKED, .reason = args_value(cli->args, "reason", NULL)};
    check.more.close_out.passed = true;
    check.more.close_out.step = slice_of("lead");
    check.more.close_out.document = slice_of(args_value(cli->args, "doc", NULL));
    return take_step(cli, may_check, &check,
                     say(cli, "the lead has checked it; next the office verifies (`duban closeout verify`)"), err);
}

static enum error_code may_verify(const struct view *view, const struct close_out *one, struct error *err) {
    if (one->state != CLOSE_OUT_LEAD_CHECKED && close_out_wants_lead(view, one->cell))
        return error_set(err, ERROR_CONFLICT,
                         "K%04u is not checked by the lead yet: first `duban closeout check K%04u --by NAME`",
                         one->number, one->number);
    return is_done(view, one->cell, err);
}

enum error_code command_closeout_verify(struct cli *cli, struct error *err) {
    struct decision_event verify = {.kind = EVENT_CLOSE_CHECKED, .reason = args_value(cli->args, "reason", NULL)};
    const char *document = NULL;
    enum error_code code = decide_text(cli, "doc", "the number of the document that closes it", &document, err);
    if (code) return code;
    verify.more.close_out.passed = true;
    verify.more.close_out.step = slice_of("office");
    verify.more.close_out.document = slice_of(document);
    return take_step(cli, may_verify, &verify, say(cli, "verified and closed (已销号)"), err);
}

enum error_code command_closeout_refuse(struct cli *cli, struct error *err) {
    struct decision_event refuse = {.kind = EVENT_CLOSE_CHECKED};
    enum error_code code = decide_text(cli, "reason", "the county will be told why", &refuse.reason, err);
    if (code) return code;
    refuse.more.close_out.step = slice_of(args_has(cli->args, "lead") ? "lead" : "office");
    refuse.more.close_out.document = slice_of(args_value(cli->args, "doc", NULL));
    return take_step(cli, NULL, &refuse, say(cli, "refused; it has to be claimed again"), err);
}
