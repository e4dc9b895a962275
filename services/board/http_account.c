/* Logins, logouts and actions: read here, done by access' own thread while the request is set aside. */
#include <stdlib.h>
#include <string.h>

#include "services/board/http_parts.h"

enum { BUSY_RETRY_S = 5 };

/* Everything a body has at its head, and who it is that asks. */
static enum MHD_Result say_who(struct exchange *exchange, const char *cookie) {
    struct board *board = exchange->http->board;
    struct rendering *head = store_find(&board->store, BOARD_HEAD_KEY, tick_now());
    json_t *body = head ? json_loadb(head->plain->bytes, head->plain->len, 0, NULL) : json_object();
    json_t *session = access_session(board->access, &exchange->visitor);
    rendering_drop(&head);
    if (body && session && json_object_update(body, session) == 0 &&
        json_object_set_new(body, "resource", json_string("session")) == 0) {
        char *text = json_dumps(body, JSON_COMPACT);
        json_decref(body);
        json_decref(session);
        enum MHD_Result result = text ? answer_json(exchange, 200, cookie, text, strlen(text)) : MHD_NO;
        free(text);
        return result;
    }
    json_decref(body);
    json_decref(session);
    return MHD_NO;
}

/* Takes body. */
static enum MHD_Result run(struct exchange *exchange, enum errand_kind kind, json_t *body) {
    struct board *board = exchange->http->board;
    struct errand *errand = calloc(1, sizeof *errand);
    if (!errand) {
        json_decref(body);
        return MHD_NO;
    }
    const char *verb = kind == ERRAND_ACTION ? exchange->line.parts[exchange->line.part_count - 1] : "";
    const char *key = exchange->head.key ? exchange->head.key : "";
    *errand = (struct errand){.kind = kind, .visitor = exchange->visitor, .tls = exchange->head.tls, .body = body, .waits = exchange};
    exchange->errand = errand;
    access_peer(board->access, &exchange->head, errand->peer);
    if (strlen(verb) >= sizeof errand->verb) {
        struct problem problem;
        problem_set(&problem, PROBLEM_UNKNOWN_RESOURCE, NULL, NULL, "没有这个地址");
        return answer_problem(exchange, &problem);
    }
    memcpy(errand->verb, verb, strlen(verb) + 1);
    if (strlen(key) < sizeof errand->key) memcpy(errand->key, key, strlen(key) + 1); /* a longer one is as none */
    exchange->waiting = true;
    MHD_suspend_connection(exchange->connection); /* before anybody can wake it */
    if (access_run(board->access, errand)) return MHD_YES;
    problem_set(&errand->problem, PROBLEM_BUSY, NULL, "几秒后再试", "同时要办的太多");
    errand->problem.retry_after_s = BUSY_RETRY_S;
    MHD_resume_connection(exchange->connection);
    return MHD_YES;
}

/* The body as one JSON object; NULL: answered already in *result. */
static json_t *read_body(struct exchange *exchange, enum MHD_Result *result) {
    char why[REQUEST_WHY_MAX] = "";
    json_t *body = request_body_read(buffer_text(&exchange->body), exchange->body.len, why);
    struct problem problem;
    if (body) return body;
    problem_set(&problem, PROBLEM_BAD_BODY, NULL, "写成一个 JSON 对象", "%s", why);
    *result = answer_problem(exchange, &problem);
    return NULL;
}

enum MHD_Result account_session(struct exchange *exchange) {
    struct board *board = exchange->http->board;
    struct problem problem = {0};
    enum MHD_Result result = MHD_NO;
    if (exchange->method != REQUEST_POST && exchange->method != REQUEST_DELETE) return say_who(exchange, "");
    bool login = exchange->method == REQUEST_POST;
    if (!access_may_change(board->access, &exchange->head, &exchange->visitor, login, &problem))
        return answer_problem(exchange, &problem);
    if (!login) return run(exchange, ERRAND_LOGOUT, NULL);
    json_t *body = read_body(exchange, &result);
    return body ? run(exchange, ERRAND_LOGIN, body) : result;
}

enum MHD_Result account_action(struct exchange *exchange) {
    struct board *board = exchange->http->board;
    struct problem problem = {0};
    enum MHD_Result result = MHD_NO;
    if (!access_may_change(board->access, &exchange->head, &exchange->visitor, false, &problem))
        return answer_problem(exchange, &problem);
    json_t *body = read_body(exchange, &result);
    return body ? run(exchange, ERRAND_ACTION, body) : result;
}

enum MHD_Result account_answer(struct exchange *exchange) {
    struct errand *errand = exchange->errand;
    struct metrics *metrics = &exchange->http->board->metrics;
    if (errand->kind == ERRAND_LOGIN && errand->problem.kind) metrics_add(&metrics->refused_logins);
    if (errand->kind == ERRAND_ACTION && !errand->problem.kind) metrics_add(&metrics->actions);
    if (errand->problem.kind) return answer_problem(exchange, &errand->problem);
    if (errand->kind != ERRAND_ACTION) {
        exchange->visitor = errand->visitor; /* who he is from now on */
        return say_who(exchange, errand->cookie);
    }
    return answer_json(exchange, errand->status, errand->cookie, buffer_text(&errand->answer), errand->answer.len);
}
