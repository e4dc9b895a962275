/* Works an action off: reads it, asks common/desk against a view of now, writes it through the board's own stream,
 * keeps the answer and the row of the record. */
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/log.h"
#include "common/report/json.h"
#include "common/store/account_audit.h"
#include "services/board/access_parts.h"
#include "services/board/action.h"

enum { BUSY_RETRY_S = 5 };

struct doing {
    struct lane *lane;
    struct errand *errand;
    struct action action;
    struct desk_case one;
    struct view view;
    uint8_t digest[ACTION_DIGEST_BYTES];
    bool begun; /* desk_case_read was called */
};

static const struct access_settings *settings_of(const struct doing *doing) {
    return &doing->lane->access->settings;
}

/* Of what belongs to no cell only the office may decide. */
static bool sees(const void *context, const struct view *view, size_t cell) {
    const struct scope *scope = context;
    return cell == NO_INDEX ? scope_sees_unreleased(scope) : scope_sees_cell(scope, view, cell);
}

static void away(struct errand *errand, const struct error *err) {
    log_failure(LOG_LEVEL_WARN, "action_away", err);
    if (err->code == ERROR_CONFLICT)
        problem_set(&errand->problem, PROBLEM_BUSY, NULL, "几秒后再试", "另一个决定还没有办完");
    else
        problem_set(&errand->problem, PROBLEM_DATABASE_AWAY, NULL, "稍后再试", "数据库连不上");
    errand->problem.retry_after_s = BUSY_RETRY_S;
}

/* --- what was answered before --- */

/* true: the errand is answered. */
static bool was_answered(struct doing *doing) {
    struct errand *errand = doing->errand;
    CLEAN(action_answer_finish) struct action_answer kept = {0};
    struct error err;
    enum error_code code = access_connect(doing->lane, &err);
    if (!code) code = action_answer_find(doing->lane->pg, errand->visitor.account, errand->key, &kept, &err);
    if (code) {
        away(errand, &err);
        return true;
    }
    if (!kept.answer) return false;
    if (memcmp(kept.digest, doing->digest, sizeof doing->digest) != 0) {
        problem_set(&errand->problem, PROBLEM_KEY_REUSED, NULL, "换一个 Idempotency-Key", "这个键已用于别的内容");
    } else if (kept.status == 200) {
        errand->status = kept.status;
        buffer_add_text(&errand->answer, kept.answer);
    } else {
        struct error unconfirmed = {.code = ERROR_CONNECTION};
        struct desk_case nothing = {0};
        action_problem(&nothing, &unconfirmed, &errand->problem);
    }
    return true;
}

/* --- doing it --- */

static enum error_code open_view(struct doing *doing, struct error *err) {
    struct programme programme = {0};
    struct instant now = doing->action.request.now;
    const struct moment moment = {.as_of = instant_day(now), .known_at = now};
    enum error_code code = programme_find(doing->lane->pg, settings_of(doing)->programme, &programme, err);
    return code ? code : view_load(doing->lane->pg, &programme, &moment, &doing->view, err);
}

/* {"recorded": {"uid", "kind", "words"}, "by", "at"}; of several the first, and in "all" each of them. */
static json_t *recorded(const struct doing *doing, size_t index) {
    const struct desk_decision *decision = &doing->one.decisions[index];
    CLEAN(buffer_finish) struct buffer words = {0};
    desk_decision_words(&doing->view, decision, &words);
    return json_pack("{s:o, s:s, s:o}", "uid", json_of_uid(decision->uid), "kind",
                     event_kind_name((uint32_t)decision->kind), "words", json_of_text(buffer_text(&words)));
}

static void answer(struct doing *doing, size_t count) {
    struct errand *errand = doing->errand;
    json_t *all = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(all, recorded(doing, i));
    json_t *body = json_pack("{s:O, s:s, s:o}", "recorded", json_array_get(all, 0), "by", doing->action.request.by,
                             "at", json_of_instant(doing->action.request.now));
    if (count > 1) json_object_set(body, "all", all);
    json_decref(all);
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
    buffer_add_text(&errand->answer, text ? text : "{}");
    errand->status = 200;
    free(text);
    json_decref(body);
}

/* The answer under its key, and a row of the record for each decision. */
static void keep(struct doing *doing, size_t count, int status) {
    struct errand *errand = doing->errand;
    struct error err;
    CLEAN(buffer_finish) struct buffer subject = {0};
    struct action_answer kept = {.account = errand->visitor.account,
                                 .key = errand->key,
                                 .status = status,
                                 .answer = buffer_text(&errand->answer)};
    memcpy(kept.digest, doing->digest, sizeof kept.digest);
    action_subject(&doing->action, &subject);
    enum error_code code = action_answer_keep(doing->lane->pg, &kept, &err);
    for (size_t i = 0; !code && i < count; i++) {
        CLEAN(buffer_finish) struct buffer words = {0};
        desk_decision_words(&doing->view, &doing->one.decisions[i], &words);
        const struct audit_entry entry = {.what = "action",
                                          .at = doing->action.request.now,
                                          .account = doing->action.request.by,
                                          .peer = errand->peer,
                                          .verb = errand->verb,
                                          .subject = buffer_text(&subject),
                                          .outcome = buffer_text(&words),
                                          .uid = doing->one.decisions[i].uid};
        code = audit_add(doing->lane->pg, &entry, &err);
    }
    if (code) log_failure(LOG_LEVEL_ERROR, "audit_lost", &err);
}

static enum error_code decide(struct doing *doing, struct error *err) {
    const struct access_settings *settings = settings_of(doing);
    enum error_code code = desk_case_check(&doing->one, doing->lane->pg, &doing->view, err);
    if (code) return code;
    size_t done = 0;
    while (!code && done < doing->one.decision_count) {
        code = office_record(settings->office, &doing->one.decisions[done], doing->action.request.now, err);
        done += code == ERROR_OK || code == ERROR_CONNECTION; /* unconfirmed: it lies in the spool */
    }
    if (!code) answer(doing, done);
    if (done) keep(doing, done, code ? 504 : 200);
    return code;
}

/* Under the lock from before the view is read until the centre has acknowledged: of two the second sees the first. */
static void decide_alone(struct doing *doing) {
    struct errand *errand = doing->errand;
    struct error err;
    enum error_code code = desk_lock(doing->lane->pg, &err);
    if (!code) code = open_view(doing, &err);
    if (code) {
        away(errand, &err);
    } else if ((code = decide(doing, &err))) {
        action_problem(&doing->one, &err, &errand->problem);
    }
    desk_unlock(doing->lane->pg);
}

static void refused(struct doing *doing) {
    CLEAN(buffer_finish) struct buffer subject = {0};
    if (!doing->errand->problem.kind) return;
    action_subject(&doing->action, &subject);
    access_note(doing->lane, doing->errand, "action_refused", buffer_text(&subject),
                problem_words[doing->errand->problem.kind].type);
}

static bool may_try(struct doing *doing, const struct scope *scope) {
    struct errand *errand = doing->errand;
    if (!action_key_is_good(errand->key))
        problem_set(&errand->problem, PROBLEM_NO_KEY, NULL, "每次操作带一个新的 Idempotency-Key（1 到 79 个可见字符）",
                    "缺少 Idempotency-Key，或写得不对");
    else if (!action_read(errand->verb, errand->body, &doing->action, &errand->problem))
        return false;
    else if (!scope_may(scope, errand->verb))
        problem_set(&errand->problem, PROBLEM_NOT_ALLOWED, NULL, NULL, "这个账号不能这样做");
    else if (!settings_of(doing)->office)
        problem_set(&errand->problem, PROBLEM_NOT_ALLOWED, NULL, "在配置里写好 office（报送流、密钥、汇总端）",
                    "看板没有配置自己的报送流，不能记录决定");
    else if (!action_digest(errand->verb, errand->body, doing->digest))
        problem_set(&errand->problem, PROBLEM_INTERNAL, NULL, NULL, "没有办成，请看日志");
    return !errand->problem.kind;
}

void action_run(struct lane *lane, struct errand *errand) {
    struct doing doing = {.lane = lane, .errand = errand};
    const struct scope scope = scope_copy_scope(&errand->visitor.scope);
    struct error err;
    if (!may_try(&doing, &scope)) {
        refused(&doing);
        return;
    }
    if (was_answered(&doing)) return;
    struct desk_request *request = &doing.action.request;
    request->by = *errand->visitor.name ? errand->visitor.name : "演练访客";
    request->now = settings_of(&doing)->domain_now(settings_of(&doing)->context);
    request->sees = sees;
    request->context = &scope;
    if (desk_case_read(&doing.one, request, &err))
        action_problem(&doing.one, &err, &errand->problem);
    else
        decide_alone(&doing);
    refused(&doing);
    desk_case_finish(&doing.one);
    view_finish(&doing.view);
}
