/* What access.h promises as long as there are no accounts: the rehearsal's liberty and the public. */
#include <stdlib.h>

#include "services/board/access.h"

struct access {
    const struct access_settings *settings;
    struct access_settings copy;
};

enum error_code access_open(const struct access_settings *settings, struct access **out, struct error *err) {
    struct access *access = calloc(1, sizeof *access);
    *out = access;
    if (!access) return error_set(err, ERROR_MEMORY, "out of memory");
    access->copy = *settings;
    access->settings = &access->copy;
    return ERROR_OK;
}

void access_close(struct access **access) {
    free(*access);
    *access = NULL;
}

bool access_visitor(struct access *access, const struct access_head *head, struct visitor *out, struct problem *problem) {
    const struct scope scope = {.role = access->settings->rehearsal_role};
    (void)head;
    (void)problem;
    *out = (struct visitor){.known = scope.role != ROLE_PUBLIC};
    scope_copy_of(&scope, &out->scope);
    return true;
}

bool access_may_read(struct access *access, const struct visitor *visitor, const char *resource, struct problem *problem) {
    const struct scope scope = scope_copy_scope(&visitor->scope);
    if ((visitor->known || access->settings->open_to_public) && scope_may_read(&scope, resource)) return true;
    problem_set(problem, visitor->known ? PROBLEM_NOT_ALLOWED : PROBLEM_NO_ACCOUNTS, NULL, NULL, "还没有账号");
    return false;
}

bool access_may_change(struct access *access, const struct access_head *head, const struct visitor *visitor, bool login,
                       struct problem *problem) {
    (void)access;
    (void)head;
    (void)visitor;
    (void)login;
    problem_set(problem, PROBLEM_NO_ACCOUNTS, NULL, NULL, "还没有账号");
    return false;
}

bool access_still(struct access *access, const struct visitor *visitor) {
    return visitor->known || access->settings->open_to_public;
}

json_t *access_session(struct access *access, const struct visitor *visitor) {
    return json_pack("{s:n, s:n, s:s, s:b, s:[], s:s, s:s}", "account", "csrf", "csrf_header", "X-CSRF-Token", "needs_account",
                     !visitor->known, "may", "language", "zh-CN", "clock", access->settings->stepped ? "rehearsal" : "real");
}

void access_peer(struct access *access, const struct access_head *head, char out[ERRAND_PEER_MAX]) {
    (void)access;
    (void)head;
    *out = '\0';
}

bool access_run(struct access *access, struct errand *errand) {
    (void)access;
    (void)errand;
    return false;
}

void errand_finish(struct errand *errand) {
    json_decref(errand->body);
    buffer_finish(&errand->answer);
}
