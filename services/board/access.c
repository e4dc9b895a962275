#include "services/board/access.h"

#include <stdlib.h>
#include <string.h>

#include "services/board/access_parts.h"

/* --- who it is --- */

static bool is_listed(const struct access *access, const char *peer) {
    for (size_t i = 0; peer && i < access->settings.proxy_count; i++)
        if (strcmp(access->settings.proxies[i], peer) == 0) return true;
    return false;
}

void visitor_of(const struct account *account, int64_t session, struct visitor *out) {
    struct scope scope = {.role = account->role,
                          .area = *account->area ? account->area : NULL,
                          .unit = *account->unit ? account->unit : NULL};
    *out = (struct visitor){.known = true, .account = account->id, .session = session};
    scope_copy_of(&scope, &out->scope);
    memcpy(out->name, account->name, strlen(account->name) + 1);
}

void visitor_nobody(struct access *access, struct visitor *out) {
    struct scope scope = {.role = access->settings.rehearsal_role};
    *out = (struct visitor){.known = scope.role != ROLE_PUBLIC};
    scope_copy_of(&scope, &out->scope);
    if (out->known) token_csrf_named(&access->key, "", out->csrf);
}

/* The account a trusted proxy names. */
static bool by_header(struct access *access, const struct access_head *head, struct visitor *out,
                      struct problem *problem) {
    if (!head->remote_user || !*head->remote_user) return true;
    if (!is_listed(access, head->peer)) {
        problem_set(problem, PROBLEM_FORGED_PROXY, NULL, "直接登录，或由管理员把代理的地址写进配置（auth.proxies）",
                    "X-Remote-User 只认配置中列出的代理");
        return false;
    }
    const struct account *account = sessions_named(&access->sessions, head->remote_user);
    if (!account || account->locked) return true;
    visitor_of(account, 0, out);
    token_csrf_named(&access->key, account->name, out->csrf);
    return true;
}

static void by_cookie(struct access *access, const struct access_head *head, struct visitor *out) {
    struct slice text;
    struct token token;
    uint8_t hash[TOKEN_HASH];
    if (!head->cookie || !request_cookie(head->cookie, TOKEN_COOKIE, &text) || !token_read(text, &token)) return;
    token_hash(&token, hash);
    struct instant real = real_now();
    struct session *session = sessions_find(&access->sessions, hash, real);
    if (!session) return;
    session->seen_at = real;
    visitor_of(sessions_account(&access->sessions, session->account), session->id, out);
    token_csrf(&token, out->csrf);
}

bool access_visitor(struct access *access, const struct access_head *head, struct visitor *out,
                    struct problem *problem) {
    bool fine = true;
    visitor_nobody(access, out);
    pthread_mutex_lock(&access->lock);
    if (access->settings.by_header)
        fine = by_header(access, head, out, problem);
    else
        by_cookie(access, head, out);
    pthread_mutex_unlock(&access->lock);
    return fine;
}

bool access_still(struct access *access, const struct visitor *visitor) {
    if (!visitor->account) return true; /* nobody has nothing to lose */
    struct visitor now = {0};
    pthread_mutex_lock(&access->lock);
    const struct account *account = sessions_account(&access->sessions, visitor->account);
    bool there = account && !account->locked &&
                 (!visitor->session || sessions_by_id(&access->sessions, visitor->session, real_now()));
    if (there) visitor_of(account, visitor->session, &now);
    pthread_mutex_unlock(&access->lock);
    struct scope then = scope_copy_scope(&visitor->scope), is = scope_copy_scope(&now.scope);
    return there && then.role == is.role && scope_equal(&then, &is);
}

/* The nearest address that is no proxy of ours, from the right: what stands left of it anybody may have written. */
void access_peer(struct access *access, const struct access_head *head, char out[ERRAND_PEER_MAX]) {
    const char *peer = head->peer ? head->peer : "", *list = head->forwarded_for;
    size_t len = strlen(peer);
    if (list && is_listed(access, peer))
        for (size_t end = strlen(list); end > 0;) {
            size_t from = end;
            while (from > 0 && list[from - 1] != ',')
                from--;
            const char *one = list + from;
            size_t one_len = end - from;
            while (one_len && (*one == ' ' || *one == '\t'))
                one++, one_len--;
            while (one_len && (one[one_len - 1] == ' ' || one[one_len - 1] == '\t'))
                one_len--;
            if (one_len == 0 || one_len >= ERRAND_PEER_MAX) break;
            peer = one;
            len = one_len;
            char text[ERRAND_PEER_MAX] = "";
            memcpy(text, one, one_len);
            if (!is_listed(access, text)) break;
            end = from ? from - 1 : 0;
        }
    if (len >= ERRAND_PEER_MAX) len = ERRAND_PEER_MAX - 1;
    memcpy(out, peer, len);
    out[len] = '\0';
}

/* --- what he may --- */

static bool has_no_accounts(struct access *access) {
    pthread_mutex_lock(&access->lock);
    bool none = access->sessions.loaded && access->sessions.account_count == 0;
    pthread_mutex_unlock(&access->lock);
    return none;
}

bool access_may_read(struct access *access, const struct visitor *visitor, const char *resource,
                     struct problem *problem) {
    struct scope scope = scope_copy_scope(&visitor->scope);
    if (!resource || strcmp(resource, "session") == 0) return true; /* who says what he may */
    bool open = visitor->known || access->settings.open_to_public;
    if (open && scope_may_read(&scope, resource)) return true;
    if (visitor->known)
        problem_set(problem, PROBLEM_NOT_ALLOWED, NULL, NULL, "这个账号看不到这一页");
    else if (has_no_accounts(access))
        problem_set(problem, PROBLEM_NO_ACCOUNTS, NULL, "在服务器上执行 duban user add 姓名 --role admin",
                    "还没有账号，看板暂不展示任何内容");
    else
        problem_set(problem, PROBLEM_NEEDS_LOGIN, NULL, "登录后再试", "没有登录，或登录已失效");
    return false;
}

/* Browsers say where a request comes from; programs say nothing and carry no cookies they did not choose. */
static bool is_same_site(const struct access_head *head) {
    if (head->fetch_site) return strcmp(head->fetch_site, "same-origin") == 0;
    if (!head->origin) return true;
    const char *host = strstr(head->origin, "://");
    return host && head->host && strcmp(host + 3, head->host) == 0;
}

bool access_may_change(struct access *access, const struct access_head *head, const struct visitor *visitor, bool login,
                       struct problem *problem) {
    if (!is_same_site(head)) {
        problem_set(problem, PROBLEM_CROSS_SITE, NULL, "在看板自己的页面上操作", "请求不是从看板自己的页面发出的");
        return false;
    }
    if (head->content_type && !request_is_json(head->content_type)) {
        problem_set(problem, PROBLEM_NOT_JSON, NULL, "Content-Type: application/json", "这个地址只收 JSON");
        return false;
    }
    if (login) return true;
    if (!visitor->known) {
        if (has_no_accounts(access))
            problem_set(problem, PROBLEM_NO_ACCOUNTS, NULL, "在服务器上执行 duban user add 姓名 --role admin",
                        "还没有账号");
        else
            problem_set(problem, PROBLEM_NEEDS_LOGIN, NULL, "登录后再试", "没有登录，或登录已失效");
        return false;
    }
    if (token_csrf_is(head->csrf, visitor->csrf)) return true;
    problem_set(problem, PROBLEM_BAD_TOKEN, NULL, "刷新页面再操作", "X-CSRF-Token 缺失，或不是这次登录的");
    return false;
}

/* --- what is said of him --- */

static json_t *account_json(const struct visitor *visitor) {
    if (!visitor->known) return json_null();
    const struct scope scope = scope_copy_scope(&visitor->scope);
    return json_pack("{s:s?, s:s, s:s?, s:s?}", "name", *visitor->name ? visitor->name : NULL, "role",
                     role_word(scope.role), "area", scope.area && *scope.area ? scope.area : NULL, "unit",
                     scope.unit && *scope.unit ? scope.unit : NULL);
}

static json_t *may_json(const struct access *access, const struct visitor *visitor) {
    const struct scope scope = scope_copy_scope(&visitor->scope);
    json_t *may = json_array();
    for (size_t i = 0; visitor->known && access->settings.office && scope_verbs[i]; i++)
        if (scope_may(&scope, scope_verbs[i])) json_array_append_new(may, json_string(scope_verbs[i]));
    return may;
}

json_t *access_session(struct access *access, const struct visitor *visitor) {
    return json_pack("{s:o, s:s?, s:s, s:b, s:o, s:s, s:s}", "account", account_json(visitor), "csrf",
                     *visitor->csrf ? visitor->csrf : NULL, "csrf_header", "X-CSRF-Token", "needs_account",
                     has_no_accounts(access), "may", may_json(access, visitor), "language", "zh-CN", "clock",
                     access->settings.stepped ? "rehearsal" : "real");
}
