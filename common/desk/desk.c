#include "common/desk/desk.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/text.h"
#include "common/desk/desk_parts.h"
#include "common/report/desk_words.h"

static const struct {
    const char *word;
    desk_reader *read; /* NULL = nothing to be read */
    desk_checker *check;
} verbs[DESK_VERBS] = {
    [DESK_CONFIRM] = {"confirm", read_confirm, check_confirm},
    [DESK_RELEASE] = {"release", NULL, check_release},
    [DESK_PROMISE] = {"promise", read_promise, check_promise},
    [DESK_EXTENSION_ASK] = {"extension-ask", read_extension_ask, check_extension_ask},
    [DESK_EXTENSION_GRANT] = {"extension-grant", read_extension_grant, check_extension_grant},
    [DESK_EXTENSION_REFUSE] = {"extension-refuse", read_refusal, check_extension_refuse},
    [DESK_CLOSE_OUT_CLAIM] = {"close-out-claim", read_claim, check_claim},
    [DESK_CLOSE_OUT_CHECK] = {"close-out-check", NULL, check_lead_check},
    [DESK_CLOSE_OUT_VERIFY] = {"close-out-verify", read_verify, check_verify},
    [DESK_CLOSE_OUT_REFUSE] = {"close-out-refuse", read_refusal, check_claim_refused},
    [DESK_ISSUE] = {"issue", read_issue, check_issue},
    [DESK_MUTE] = {"mute", read_mute, check_mute},
    [DESK_OVERRIDE] = {"override", read_override, check_override},
    [DESK_REVERSE] = {"reverse", read_reverse, check_reverse},
    [DESK_FREEZE] = {"freeze", read_freeze, check_freeze},
    [DESK_GO_LIVE] = {"go-live", NULL, check_live},
    [DESK_TRIAL] = {"trial", NULL, check_live},
};

const char *desk_verb_word(enum desk_verb verb) {
    return verbs[verb].word;
}

bool desk_verb_parse(const char *word, enum desk_verb *verb) {
    for (unsigned i = 0; i < DESK_VERBS; i++)
        if (strcmp(word, verbs[i].word) == 0) {
            *verb = (enum desk_verb)i;
            return true;
        }
    return false;
}

/* --- the steps --- */

enum error_code desk_case_read(struct desk_case *one, const struct desk_request *request, struct error *err) {
    *one = (struct desk_case){.request = request,
                              .due = DAY_NONE,
                              .by_day = DAY_NONE,
                              .until = DAY_NONE,
                              .as_of = DAY_NONE,
                              .cell = NO_INDEX};
    enum error_code code = verbs[request->verb].read ? verbs[request->verb].read(one, err) : ERROR_OK;
    if (code || request->draft || (request->by && *request->by)) return code;
    desk_wrong(one, "by");
    return error_set(err, ERROR_USAGE, "say who decides: --by NAME (it stands in the record)");
}

enum error_code desk_case_check(struct desk_case *one, struct pg *pg, const struct view *view, struct error *err) {
    one->view = view;
    return verbs[one->request->verb].check(one, pg, err);
}

void desk_case_finish(struct desk_case *one) {
    card_finish(&one->card);
    naming_finish(&one->naming);
    for (size_t i = 0; i < sizeof one->texts / sizeof *one->texts; i++)
        buffer_finish(&one->texts[i]);
    free(one->decisions);
    *one = (struct desk_case){0};
}

/* --- for the verbs --- */

struct desk_decision *desk_make(struct desk_case *one, enum event_kind kind, size_t cell, struct error *err) {
    struct desk_decision *grown = realloc(one->decisions, (one->decision_count + 1) * sizeof *grown);
    if (!grown) {
        (void)error_set(err, ERROR_MEMORY, "out of memory");
        return NULL;
    }
    one->decisions = grown;
    struct desk_decision *made = &grown[one->decision_count++];
    *made = (struct desk_decision){.kind = kind,
                                   .as_of = DAY_NONE,
                                   .reason = one->request->reason,
                                   .cell = cell,
                                   .more = {.by = slice_of(one->request->by)}};
    if (cell == NO_INDEX) return made;
    made->target = view_target(one->view, cell)->code;
    made->area = view_area(one->view, cell)->code;
    return made;
}

enum error_code desk_seen(struct desk_case *one, size_t cell, struct error *err) {
    if (!one->request->sees || one->request->sees(one->request->context, one->view, cell)) return ERROR_OK;
    one->unknown = true;
    return error_set(err, ERROR_NOT_FOUND, "nothing of that name is known here");
}

enum error_code desk_cell(struct desk_case *one, size_t *cell, struct error *err) {
    const struct desk_request *request = one->request;
    if (request->subject_count != 2) return error_set(err, ERROR_USAGE, "give TARGET AREA");
    enum error_code code =
        view_find(one->view->plan, request->subject[0], request->subject[1], one->view->moment.as_of, cell, err);
    one->unknown = code != ERROR_OK;
    if (!code) code = desk_seen(one, *cell, err);
    if (!code) one->cell = *cell;
    return code;
}

enum error_code desk_names(struct desk_case *one, struct pg *pg, struct error *err) {
    const struct desk_request *request = one->request;
    enum error_code code = naming_read(pg, one->view, request->subject, request->subject_count, &one->naming, err);
    one->unknown = code == ERROR_NOT_FOUND || code == ERROR_USAGE;
    for (size_t i = 0; !code && i < one->naming.count; i++)
        code = desk_seen(one, one->naming.items[i].cell, err);
    return code;
}

void desk_wrong(struct desk_case *one, const char *field) {
    one->field = field;
}

__attribute__((format(printf, 2, 0))) static void say_state(struct desk_case *one, const char *format, va_list args) {
    CLEAN(buffer_finish) struct buffer words = {0};
    buffer_vprintf(&words, format, args);
    size_t len = text_cut_bytes(buffer_text(&words), words.len, sizeof one->state - 1);
    memcpy(one->state, buffer_text(&words), len);
    one->state[len] = '\0';
}

void desk_state(struct desk_case *one, const char *format, ...) {
    va_list args;
    va_start(args, format);
    say_state(one, format, args);
    va_end(args);
}

void desk_already(struct desk_case *one, const char *format, ...) {
    va_list args;
    va_start(args, format);
    say_state(one, format, args);
    va_end(args);
    one->already = true;
}

void desk_already_decided(struct desk_case *one, const struct desk_event *event) {
    CLEAN(buffer_finish) struct buffer words = {0};
    char at[INSTANT_TEXT_MAX];
    instant_print(event->event.known_at, at);
    desk_words((uint32_t)event->event.kind, event->event.more, &words);
    desk_already(one, "%s（%.10s %.5s）", buffer_text(&words), at, at + 11);
}

/* --- what is about no cell --- */

enum error_code check_freeze(struct desk_case *one, struct pg *pg, struct error *err) {
    (void)pg;
    struct desk_decision *freeze = desk_make(one, EVENT_FREEZE, NO_INDEX, err);
    if (!freeze) return ERROR_MEMORY;
    freeze->as_of = one->as_of;
    freeze->more.freeze.name = slice_of(one->request->subject[0]);
    return ERROR_OK;
}

enum error_code check_live(struct desk_case *one, struct pg *pg, struct error *err) {
    (void)pg;
    struct desk_decision *live = desk_make(one, EVENT_GO_LIVE, NO_INDEX, err);
    if (!live) return ERROR_MEMORY;
    live->more.go_live.live = one->request->verb == DESK_GO_LIVE;
    live->more.go_live.rules = slice_of(one->view->rules.hash);
    return ERROR_OK;
}
