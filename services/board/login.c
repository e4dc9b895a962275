#include "services/board/login.h"

#include <sodium.h>
#include <string.h>

#include "common/base/log.h"
#include "common/base/password.h"
#include "common/store/account_audit.h"
#include "services/board/access_parts.h"

static const char *text_of(const json_t *body, const char *name) {
    const char *text = json_string_value(json_object_get(body, name));
    return text ? text : "";
}

const char *login_name(const struct errand *errand) {
    return text_of(errand->body, "name");
}

/* Two texts and nothing else. */
static bool read_body(struct errand *errand) {
    const char *name;
    json_t *value;
    json_object_foreach(errand->body, name, value) {
        size_t len = json_string_length(value);
        if ((strcmp(name, "name") == 0 && json_is_string(value) && len < ACCOUNT_NAME_MAX) ||
            (strcmp(name, "password") == 0 && json_is_string(value) && len <= PASSWORD_BYTES_MAX))
            continue;
        problem_set(&errand->problem, PROBLEM_BAD_FIELD, name, "{\"name\": …, \"password\": …}",
                    "账号和密码各写一项文字");
        return false;
    }
    const char *missing = !*text_of(errand->body, "name")       ? "name"
                          : !*text_of(errand->body, "password") ? "password"
                                                                : NULL;
    if (!missing) return true;
    problem_set(&errand->problem, PROBLEM_BAD_FIELD, missing, NULL, "账号和密码都要填");
    return false;
}

/* The account as known now, copied; false: none that may log in. */
static bool find(struct access *access, const char *name, struct account *out) {
    pthread_mutex_lock(&access->lock);
    const struct account *account = sessions_named(&access->sessions, name);
    bool found = account && !account->locked && *account->password;
    if (found) *out = *account;
    pthread_mutex_unlock(&access->lock);
    return found;
}

static bool is_proven(struct access *access, const char *name, const char *password, struct account *out) {
    bool found = find(access, name, out);
    bool right = password_is(found ? out->password : access->dummy, password);
    return found && right;
}

/* An old session of the same browser ends; a new one begins with a new secret. */
static enum error_code begin(struct lane *lane, struct errand *errand, const struct account *account,
                             struct error *err) {
    struct access *access = lane->access;
    struct token token;
    struct instant real = real_now();
    struct session session = {.account = account->id, .begun_at = real, .seen_at = real, .saved_at = real};
    enum error_code code = token_make(&token, err);
    token_hash(&token, session.hash);
    if (!code && errand->visitor.session) code = session_end(lane->pg, errand->visitor.session, "logout", real, err);
    if (!code) code = session_begin(lane->pg, account->id, session.hash, real, &session.id, err);
    if (code) return code;
    pthread_mutex_lock(&access->lock);
    if (errand->visitor.session) sessions_drop(&access->sessions, errand->visitor.session);
    bool added = sessions_add(&access->sessions, &session);
    pthread_mutex_unlock(&access->lock);
    if (!added) return error_set(err, ERROR_MEMORY, "out of memory");
    visitor_of(account, session.id, &errand->visitor);
    token_csrf(&token, errand->visitor.csrf);
    token_cookie(&token, errand->cookie);
    sodium_memzero(&token, sizeof token);
    return ERROR_OK;
}

static void away(struct errand *errand, const struct error *err) {
    log_failure(LOG_LEVEL_WARN, "errand_failed", err);
    if (err->code == ERROR_CONNECTION)
        problem_set(&errand->problem, PROBLEM_DATABASE_AWAY, NULL, "稍后再试", "数据库连不上，暂时不能登录");
    else
        problem_set(&errand->problem, PROBLEM_INTERNAL, NULL, NULL, "没有办成，请看日志");
}

static bool may_try(struct lane *lane, struct errand *errand) {
    int wait_s = limits_wait_s(&lane->access->limits, login_name(errand), errand->peer, tick_now());
    if (!wait_s) return true;
    problem_set(&errand->problem, PROBLEM_TOO_MANY_LOGINS, NULL, NULL, "%d 分钟后再试", (wait_s + 59) / 60);
    errand->problem.retry_after_s = wait_s;
    access_note(lane, errand, "login_refused", "", "/problems/too-many-logins");
    return false;
}

void login_run(struct lane *lane, struct errand *errand) {
    struct access *access = lane->access;
    struct account account;
    struct error err;
    if (access->settings.by_header) {
        problem_set(&errand->problem, PROBLEM_NOT_ALLOWED, NULL, NULL, "这里由代理登录，没有密码");
        return;
    }
    if (!read_body(errand) || !may_try(lane, errand)) return;
    enum error_code code = access_look(lane, &err); /* an account made a moment ago */
    if (code) {
        away(errand, &err);
        return;
    }
    if (!is_proven(access, login_name(errand), text_of(errand->body, "password"), &account)) {
        limits_failed(&access->limits, login_name(errand), errand->peer, tick_now());
        problem_set(&errand->problem, PROBLEM_WRONG_LOGIN, NULL, NULL, "账号或密码不对");
        access_note(lane, errand, "login_refused", "", "/problems/wrong-login");
        return;
    }
    limits_passed(&access->limits, account.name, errand->peer);
    if ((code = begin(lane, errand, &account, &err))) {
        away(errand, &err);
        return;
    }
    access_note(lane, errand, "login", "", "");
    errand->status = 200;
}

void logout_run(struct lane *lane, struct errand *errand) {
    struct access *access = lane->access;
    struct error err;
    if (errand->visitor.session) {
        pthread_mutex_lock(&access->lock); /* gone for us at once, whatever the database says */
        sessions_drop(&access->sessions, errand->visitor.session);
        pthread_mutex_unlock(&access->lock);
        enum error_code code = access_connect(lane, &err);
        if (!code) code = session_end(lane->pg, errand->visitor.session, "logout", real_now(), &err);
        if (code) {
            away(errand, &err);
            return;
        }
        access_note(lane, errand, "logout", "", "");
    }
    token_cookie(NULL, errand->cookie);
    visitor_nobody(access, &errand->visitor);
    errand->status = 200;
}
