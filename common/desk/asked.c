/* What is asked of the office: extensions are asked for before their day and decided with a definite day and a
 * document, both days are kept; 100 % is not closed: the reporter claims with a document, a lead checks, the office
 * verifies. */
#include <string.h>

#include "common/base/cleanup.h"
#include "common/desk/desk_parts.h"
#include "common/desk/request_choice.h"
#include "common/report/json.h"
#include "common/report/words.h"

/* --- extensions --- */

static enum error_code may_be_extended(struct desk_case *one, size_t cell, struct error *err) {
    const struct view *view = one->view;
    const struct assessment *now = &view->cells[cell];
    const char *target = view_target(view, cell)->code, *area = view_area(view, cell)->name;
    desk_state(one, view->plan->cells[cell].rollup ? "全市合计不能延期，要点名县区"
                    : !day_is(now->due)            ? "没有期限，谈不上延期"
                                                   : "已完成或没有任务，不能延期");
    if (view->plan->cells[cell].rollup)
        return error_set(err, ERROR_USAGE, "%s of the whole city is the sum of its counties: name the county", target);
    if (!day_is(now->due))
        return error_set(err, ERROR_USAGE, "%s %s has no day it is due: there is nothing to extend", target, area);
    if (now->state == STATE_DONE || now->state == STATE_NO_TASK)
        return error_set(err, ERROR_CONFLICT, "%s %s is %s: there is nothing to extend", target, area,
                         cell_state_name(now->state));
    return ERROR_OK;
}

static enum error_code later_than_due(struct desk_case *one, size_t cell, struct error *err) {
    char now[DAY_TEXT_MAX];
    if (one->due.n > one->view->cells[cell].due.n) return ERROR_OK;
    desk_wrong(one, "due");
    day_print(one->view->cells[cell].due, now);
    return error_set(
        err, ERROR_USAGE,
        "--due must be later than %s, the day it is due now; an extension that was wrong is taken back with "
        "`duban reverse`",
        now);
}

enum error_code check_extension_ask(struct desk_case *one, struct pg *pg, struct error *err) {
    (void)pg;
    size_t cell = NO_INDEX;
    enum error_code code = desk_cell(one, &cell, err);
    if (!code) code = may_be_extended(one, cell, err);
    if (!code) code = later_than_due(one, cell, err);
    if (code) return code;
    struct desk_decision *asked = desk_make(one, EVENT_EXTENSION_ASKED, cell, err);
    if (!asked) return ERROR_MEMORY;
    asked->more.extension.due = one->due;
    asked->more.extension.document = slice_of(one->request->document);
    return ERROR_OK;
}

static const struct extension *extension_numbered(const struct view *view, const char *word) {
    unsigned number;
    if (!request_number_parse(word, 'E', &number)) return NULL;
    for (size_t i = 0; i < view->requests.extension_count; i++)
        if (view->requests.extensions[i].number == number) return &view->requests.extensions[i];
    return NULL;
}

/* The extension that waits; of one that was decided meanwhile, how. */
static enum error_code extension_meant(struct desk_case *one, bool wanted, const struct extension **asked,
                                       struct error *err) {
    const struct desk_request *request = one->request;
    const struct extension *numbered = extension_numbered(one->view, request->subject[0]);
    size_t cell = NO_INDEX;
    enum error_code code = numbered                      ? desk_seen(one, numbered->cell, err)
                           : request->subject_count == 2 ? desk_cell(one, &cell, err)
                                                         : ERROR_OK;
    if (!code)
        code = extension_named(one->view, request->subject, request->subject_count, wanted, &one->cell, asked, err);
    if (!code) return desk_seen(one, one->cell, err);
    one->unknown = code == ERROR_NOT_FOUND || code == ERROR_USAGE;
    if (code != ERROR_CONFLICT) return code;
    if (numbered && numbered->decided)
        desk_already_decided(one, numbered->decided);
    else
        desk_already(one, "没有待决定的延期申请");
    return code;
}

static enum error_code make_extension(struct desk_case *one, const struct extension *asked, struct error *err) {
    struct desk_decision *made = desk_make(one, EVENT_EXTENSION, one->cell, err);
    if (!made) return ERROR_MEMORY;
    made->more.extension.due = one->due;
    made->more.extension.document = slice_of(one->request->document);
    made->more.extension.has_request = asked != NULL;
    if (asked) memcpy(made->more.extension.request, asked->asked->event.uid, EVENT_UID_BYTES);
    return ERROR_OK;
}

enum error_code check_extension_grant(struct desk_case *one, struct pg *pg, struct error *err) {
    (void)pg;
    const struct extension *asked = NULL;
    enum error_code code = extension_meant(one, false, &asked, err);
    if (!code) code = may_be_extended(one, one->cell, err);
    if (!code) code = later_than_due(one, one->cell, err);
    return code ? code : make_extension(one, asked, err);
}

enum error_code check_extension_refuse(struct desk_case *one, struct pg *pg, struct error *err) {
    (void)pg;
    const struct extension *asked = NULL;
    enum error_code code = extension_meant(one, true, &asked, err);
    return code ? code : make_extension(one, asked, err);
}

/* --- close-outs --- */

static enum error_code is_done(struct desk_case *one, size_t cell, struct error *err) {
    const struct view *view = one->view;
    const struct assessment *now = &view->cells[cell];
    CLEAN(buffer_finish) struct buffer done = {0};
    if (now->state == STATE_DONE) return ERROR_OK;
    cell_done_words(view, cell, now, &done);
    desk_state(one, "还没有完成（%s，%s），不能销号", buffer_text(&done), cell_state_name(now->state));
    one->already = false;
    return error_set(err, ERROR_CONFLICT, "%s %s is not done (%s, %s): it cannot be closed",
                     view_target(view, cell)->code, view_area(view, cell)->name, buffer_text(&done),
                     cell_state_name(now->state));
}

static void state_of_claim(struct desk_case *one, const struct close_out *claim) {
    struct slice by = claim->verified ? claim->verified_by : claim->checked ? claim->checked_by : claim->claimed_by;
    desk_already(one, "K%04u %s%s%.*s%s", claim->number, close_out_state_chinese(claim->state), by.len ? "（" : "",
                 (int)by.len, by.len ? by.ptr : "", by.len ? "）" : "");
}

static enum error_code not_closed(struct desk_case *one, const struct close_out *claim, struct error *err) {
    char uid[37] = "";
    if (claim->verified) uid_print(claim->verified->event.uid, uid);
    state_of_claim(one, claim);
    if (claim->state == CLOSE_OUT_CLOSED)
        return error_set(err, ERROR_CONFLICT, "K%04u is closed already; `duban reverse %.8s` opens it again",
                         claim->number, uid);
    if (claim->state == CLOSE_OUT_REPLACED)
        return error_set(err, ERROR_CONFLICT, "K%04u was claimed again later: `duban closeouts` shows the newer number",
                         claim->number);
    if (claim->state == CLOSE_OUT_REFUSED)
        return error_set(err, ERROR_CONFLICT, "K%04u was refused: it has to be claimed again", claim->number);
    return ERROR_OK;
}

static const struct close_out *claim_numbered(const struct view *view, const char *word) {
    unsigned number;
    if (!request_number_parse(word, 'K', &number)) return NULL;
    for (size_t i = 0; i < view->requests.close_out_count; i++)
        if (view->requests.close_outs[i].number == number) return &view->requests.close_outs[i];
    return NULL;
}

static enum error_code claim_meant(struct desk_case *one, struct error *err) {
    const struct desk_request *request = one->request;
    const struct close_out *numbered = claim_numbered(one->view, request->subject[0]);
    size_t cell = NO_INDEX;
    enum error_code code = numbered                      ? desk_seen(one, numbered->cell, err)
                           : request->subject_count == 2 ? desk_cell(one, &cell, err)
                                                         : ERROR_OK;
    if (!code) code = close_out_named(one->view, request->subject, request->subject_count, &one->claim, err);
    if (!code) code = desk_seen(one, one->claim->cell, err);
    if (code == ERROR_NOT_FOUND) one->unknown = true;
    if (code) return code;
    one->cell = one->claim->cell;
    return not_closed(one, one->claim, err);
}

/* A step of the close-out that is meant: checked by the lead, verified or refused by the office. */
static enum error_code make_step(struct desk_case *one, bool passed, const char *step, struct error *err) {
    struct desk_decision *made = desk_make(one, EVENT_CLOSE_CHECKED, one->cell, err);
    if (!made) return ERROR_MEMORY;
    made->more.close_out.passed = passed;
    made->more.close_out.step = slice_of(step);
    made->more.close_out.document = slice_of(one->request->document);
    made->more.close_out.has_claim = true;
    memcpy(made->more.close_out.claim, one->claim->claimed->event.uid, EVENT_UID_BYTES);
    return ERROR_OK;
}

enum error_code check_claim(struct desk_case *one, struct pg *pg, struct error *err) {
    (void)pg;
    size_t cell = NO_INDEX;
    enum error_code code = desk_cell(one, &cell, err);
    if (!code) code = close_out_possible(one->view, cell, err);
    if (!code) code = is_done(one, cell, err);
    if (code) return code;
    const struct close_out *standing = requests_close_out(&one->view->requests, cell);
    if (standing && standing->state != CLOSE_OUT_REFUSED) {
        state_of_claim(one, standing);
        return error_set(err, ERROR_CONFLICT, "it is claimed already as K%04u (%s)", standing->number,
                         close_out_state_word(standing->state));
    }
    struct desk_decision *claim = desk_make(one, EVENT_CLOSE_CLAIMED, cell, err);
    if (!claim) return ERROR_MEMORY;
    claim->more.close_out.document = slice_of(one->request->document);
    return ERROR_OK;
}

enum error_code check_lead_check(struct desk_case *one, struct pg *pg, struct error *err) {
    (void)pg;
    enum error_code code = claim_meant(one, err);
    if (!code && one->claim->state == CLOSE_OUT_LEAD_CHECKED && !one->request->replace)
        code = error_set(err, ERROR_CONFLICT, "K%04u is checked by the lead already", one->claim->number);
    if (!code) code = is_done(one, one->cell, err);
    return code ? code : make_step(one, true, "lead", err);
}

enum error_code check_verify(struct desk_case *one, struct pg *pg, struct error *err) {
    (void)pg;
    enum error_code code = claim_meant(one, err);
    if (code) return code;
    one->already = one->claim->state == CLOSE_OUT_LEAD_CHECKED || !close_out_wants_lead(one->view, one->cell);
    if (!one->already) desk_state(one, "K%04u 牵头单位还没有核查", one->claim->number);
    if (!one->already)
        return error_set(err, ERROR_CONFLICT,
                         "K%04u is not checked by the lead yet: first `duban closeout check K%04u --by NAME`",
                         one->claim->number, one->claim->number);
    code = is_done(one, one->cell, err);
    return code ? code : make_step(one, true, "office", err);
}

enum error_code check_claim_refused(struct desk_case *one, struct pg *pg, struct error *err) {
    (void)pg;
    enum error_code code = claim_meant(one, err);
    return code ? code : make_step(one, false, one->request->as_lead ? "lead" : "office", err);
}
