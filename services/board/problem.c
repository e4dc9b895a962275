#include "services/board/problem.h"

#include <stdio.h>
#include <string.h>

#include "common/base/text.h"
#include "common/report/json.h"

const struct problem_words problem_words[PROBLEM_KINDS] = {
    [PROBLEM_NONE] = {"about:blank", 200, ""},
    [PROBLEM_BAD_TARGET] = {"/problems/bad-target", 400, "地址写法不对"},
    [PROBLEM_TARGET_TOO_LONG] = {"/problems/target-too-long", 414, "地址太长"},
    [PROBLEM_UNKNOWN_PARAMETER] = {"/problems/unknown-parameter", 400, "没有这个参数"},
    [PROBLEM_BAD_PARAMETER] = {"/problems/bad-parameter", 400, "参数的值不对"},
    [PROBLEM_BAD_BODY] = {"/problems/bad-body", 400, "内容不是可读的 JSON"},
    [PROBLEM_BODY_TOO_LARGE] = {"/problems/body-too-large", 413, "内容太大"},
    [PROBLEM_NOT_JSON] = {"/problems/not-json", 415, "只收 JSON"},
    [PROBLEM_BAD_FIELD] = {"/problems/bad-field", 422, "有一项填得不对"},
    [PROBLEM_BAD_METHOD] = {"/problems/bad-method", 405, "这个地址不接受这种方法"},
    [PROBLEM_UNKNOWN_RESOURCE] = {"/problems/unknown-resource", 404, "没有这个页面"},
    [PROBLEM_UNKNOWN_AREA] = {"/problems/unknown-area", 404, "没有这个县（区）"},
    [PROBLEM_UNKNOWN_TASK] = {"/problems/unknown-task", 404, "没有这项任务"},
    [PROBLEM_UNKNOWN_TARGET] = {"/problems/unknown-target", 404, "没有这个指标"},
    [PROBLEM_UNKNOWN_UNIT] = {"/problems/unknown-unit", 404, "没有这个单位"},
    [PROBLEM_UNKNOWN_FILE] = {"/problems/unknown-file", 404, "没有这份文件"},
    [PROBLEM_UNKNOWN_SUBJECT] = {"/problems/unknown-subject", 404, "没有这一项"},
    [PROBLEM_NEEDS_LOGIN] = {"/problems/needs-login", 401, "请先登录"},
    [PROBLEM_NOT_ALLOWED] = {"/problems/not-allowed", 403, "这个账号不能这样做"},
    [PROBLEM_CROSS_SITE] = {"/problems/cross-site", 403, "请求来自别的网站"},
    [PROBLEM_BAD_TOKEN] = {"/problems/bad-token", 403, "页面已过期，请刷新"},
    [PROBLEM_FORGED_PROXY] = {"/problems/forged-proxy", 403, "不认这个代理"},
    [PROBLEM_WRONG_LOGIN] = {"/problems/wrong-login", 401, "账号或密码不对"},
    [PROBLEM_TOO_MANY_LOGINS] = {"/problems/too-many-logins", 429, "试得太多，请过一会再来"},
    [PROBLEM_NO_ACCOUNTS] = {"/problems/no-accounts", 403, "还没有账号"},
    [PROBLEM_NO_KEY] = {"/problems/no-idempotency-key", 400, "缺少 Idempotency-Key"},
    [PROBLEM_KEY_REUSED] = {"/problems/idempotency-key-reused", 422, "这个 Idempotency-Key 已用于别的内容"},
    [PROBLEM_ALREADY_DECIDED] = {"/problems/already-decided", 409, "已经有人办了"},
    [PROBLEM_NOT_POSSIBLE] = {"/problems/not-possible", 409, "现在不能这样办"},
    [PROBLEM_NOT_CONFIRMED] = {"/problems/not-confirmed", 504, "已记下，中心还没有确认"},
    [PROBLEM_BUSY] = {"/problems/busy", 503, "正忙，请稍后再试"},
    [PROBLEM_DATABASE_AWAY] = {"/problems/database-away", 503, "数据库连不上"},
    [PROBLEM_INTERNAL] = {"/problems/internal", 500, "程序出错"},
};

static void put(char *out, size_t capacity, const char *text) {
    size_t len = text_cut_bytes(text, strlen(text), capacity - 1);
    memcpy(out, text, len);
    out[len] = '\0';
}

void problem_set(struct problem *problem, enum problem_kind kind, const char *field, const char *hint,
                 const char *detail, ...) {
    char words[2 * PROBLEM_TEXT_MAX];
    va_list args;
    va_start(args, detail);
    vsnprintf(words, sizeof words, detail, args);
    va_end(args);
    *problem = (struct problem){.kind = kind};
    put(problem->field, sizeof problem->field, field ? field : "");
    put(problem->detail, sizeof problem->detail, words);
    put(problem->hint, sizeof problem->hint, hint ? hint : "");
}

void problem_of_error(const struct error *err, enum problem_kind unknown, struct problem *out) {
    switch (err->code) {
    case ERROR_NOT_FOUND: problem_set(out, unknown, NULL, NULL, "%s", err->message); break;
    case ERROR_USAGE: problem_set(out, PROBLEM_BAD_PARAMETER, err->place, NULL, "%s", err->message); break;
    case ERROR_CONNECTION:
        problem_set(out, PROBLEM_DATABASE_AWAY, NULL, "稍后自动恢复；若一直如此，请告诉管理员", "看板连不上数据库");
        out->retry_after_s = 10;
        break;
    case ERROR_OK:
    case ERROR_INPUT:
    case ERROR_CONFLICT:
    case ERROR_IO:
    case ERROR_DATABASE:
    case ERROR_REFUSED:
    case ERROR_MEMORY:
    default: problem_set(out, PROBLEM_INTERNAL, NULL, "请告诉管理员：原因在看板的日志里", "没有做成"); break;
    }
}

void problem_print(const struct problem *problem, struct buffer *out) {
    const struct problem_words *words = &problem_words[problem->kind];
    json_t *body = json_pack("{s:s, s:s, s:i, s:s}", "type", words->type, "title", words->title, "status", words->status,
                             "detail", problem->detail);
    if (body && *problem->field) json_object_set_new(body, "field", json_string(problem->field));
    if (body && *problem->hint) json_object_set_new(body, "hint", json_string(problem->hint));
    if (body && *problem->state) json_object_set_new(body, "state", json_string(problem->state));
    json_print(body, out);
}
