#include "services/board/http_parts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/file.h"
#include "common/base/log.h"

enum { HEAD_MEMORY = 32 * 1024, PEM_MAX = 1 << 20, BUSY_RETRY_S = 2 };

/* --- what a request brings --- */

struct header_search {
    const char *name, *value;
    unsigned found;
};

static enum MHD_Result find_header(void *context, enum MHD_ValueKind kind, const char *name, const char *value) {
    struct header_search *search = context;
    (void)kind;
    if (strcasecmp(name, search->name) == 0 && value) {
        search->value = value;
        search->found++;
    }
    return MHD_YES;
}

const char *header_of(struct exchange *exchange, const char *name) {
    struct header_search search = {.name = name};
    MHD_get_connection_values(exchange->connection, MHD_HEADER_KIND, find_header, &search);
    return search.found == 1 ? search.value : NULL;
}

static void print_address(struct MHD_Connection *connection, char out[ERRAND_PEER_MAX]) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    *out = '\0';
    if (!info) return;
    if (info->client_addr->sa_family == AF_INET) {
        struct sockaddr_in four;
        memcpy(&four, info->client_addr, sizeof four);
        inet_ntop(AF_INET, &four.sin_addr, out, ERRAND_PEER_MAX);
    } else if (info->client_addr->sa_family == AF_INET6) {
        struct sockaddr_in6 six;
        memcpy(&six, info->client_addr, sizeof six);
        inet_ntop(AF_INET6, &six.sin6_addr, out, ERRAND_PEER_MAX);
    }
}

static void read_signs(struct exchange *exchange) {
    print_address(exchange->connection, exchange->peer);
    exchange->head = (struct access_head){.peer = exchange->peer,
                                          .cookie = header_of(exchange, "Cookie"),
                                          .remote_user = header_of(exchange, "X-Remote-User"),
                                          .forwarded_for = header_of(exchange, "X-Forwarded-For"),
                                          .fetch_site = header_of(exchange, "Sec-Fetch-Site"),
                                          .origin = header_of(exchange, "Origin"),
                                          .host = header_of(exchange, "Host"),
                                          .content_type = header_of(exchange, "Content-Type"),
                                          .csrf = header_of(exchange, "X-CSRF-Token"),
                                          .key = header_of(exchange, "Idempotency-Key"),
                                          .tls = exchange->http->certificate != NULL};
}

/* --- documents --- */

static struct rendering *published(struct exchange *exchange, bool past, const char *key) {
    struct board *board = exchange->http->board;
    if (!past) {
        struct tick now = tick_now();
        atomic_store(&board->asked_at, now.ms);
        return atomic_load(&board->dirty) ? NULL : store_find(&board->store, key, now);
    }
    pthread_mutex_lock(&board->lock);
    struct rendering *rendering = jobs_kept(&board->jobs, key);
    pthread_mutex_unlock(&board->lock);
    return rendering;
}

/* Sets the request aside until somebody has made its document. */
static enum MHD_Result wait_for_document(struct exchange *exchange, enum job_lane lane, const char *key) {
    struct board *board = exchange->http->board;
    struct scope scope = scope_copy_scope(&exchange->visitor.scope);
    bool begun;
    pthread_mutex_lock(&board->lock);
    enum jobs_answer answer = board->stopping ? JOBS_FULL
                                              : jobs_ask(&board->jobs, lane, key, &scope, &exchange->ask,
                                                         &exchange->waiter, &begun);
    exchange->waiting = answer == JOBS_WAIT;
    if (exchange->waiting) MHD_suspend_connection(exchange->connection); /* before anybody can wake it */
    pthread_mutex_unlock(&board->lock);
    if (exchange->waiting) {
        if (begun) board_wake(board, lane);
        return MHD_YES;
    }
    struct problem problem;
    problem_set(&problem, PROBLEM_BUSY, NULL, "几秒后再试", "同时要算的太多");
    problem.retry_after_s = BUSY_RETRY_S;
    return answer_problem(exchange, &problem);
}

static bool may_read(struct exchange *exchange, struct problem *problem) {
    return access_may_read(exchange->http->board->access, &exchange->visitor, exchange->route->resource, problem);
}

static enum MHD_Result document(struct exchange *exchange) {
    struct problem problem = {0};
    if (!may_read(exchange, &problem) || !ask_read(exchange->route, &exchange->line, &exchange->ask, &problem))
        return answer_problem(exchange, &problem);
    struct scope scope = scope_copy_scope(&exchange->visitor.scope);
    char key[JOB_KEY_MAX];
    bool past = exchange->route->on_demand || ask_is_past(&exchange->ask);
    board_key(exchange->http->board, &scope, &exchange->ask, past, key);
    struct rendering *rendering = published(exchange, past, key);
    if (!rendering) return wait_for_document(exchange, past ? JOB_PAST : JOB_LIVE, key);
    enum MHD_Result result = answer_rendering(exchange, rendering);
    rendering_drop(&rendering);
    return result;
}

static enum MHD_Result waited(struct exchange *exchange) {
    exchange->waiting = false;
    if (exchange->errand) return account_answer(exchange);
    if (!exchange->waiter.rendering) return answer_problem(exchange, &exchange->waiter.problem);
    return answer_rendering(exchange, exchange->waiter.rendering);
}

/* --- everything else --- */

/* Until there is an account, one page and nothing else. */
static const char first_page[] =
    "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>督办</title><h1>还没有账号</h1>"
    "<p>请在服务器上建第一个账号，然后刷新本页：</p><pre>duban user add NAME --role admin</pre>"
    "<p lang=\"en\">There is no account yet. Make the first one on the server, then reload.</p></html>\n";

static enum MHD_Result page(struct exchange *exchange) {
    struct board *board = exchange->http->board;
    struct problem problem = {0};
    if (!access_may_read(board->access, &exchange->visitor, "overview", &problem) && problem.kind == PROBLEM_NO_ACCOUNTS)
        return answer_text(exchange, 200, "text/html; charset=utf-8", first_page, sizeof first_page - 1);
    return answer_asset(exchange, assets_find(&board->assets, "index.html"));
}

static enum MHD_Result not_there(struct exchange *exchange) {
    struct problem problem;
    problem_set(&problem, PROBLEM_UNKNOWN_RESOURCE, NULL, NULL, "没有这个地址");
    return answer_problem(exchange, &problem);
}

static enum MHD_Result asset(struct exchange *exchange) {
    const char *name = exchange->line.parts[exchange->line.part_count - 1];
    struct asset *found = assets_find(&exchange->http->board->assets, name);
    if (!found || strcmp(name, "index.html") == 0) return not_there(exchange);
    return answer_asset(exchange, found);
}

static enum MHD_Result events(struct exchange *exchange) {
    struct problem problem = {0};
    if (!may_read(exchange, &problem)) return answer_problem(exchange, &problem);
    return events_open(exchange);
}

static enum MHD_Result ready(struct exchange *exchange) {
    struct board *board = exchange->http->board;
    bool yes = atomic_load(&board->change) >= 0 && atomic_load(&board->away_since) == 0;
    const char *words = yes ? "ready\n" : "not ready: the database has not been read\n";
    return answer_text(exchange, yes ? 200 : 503, "text/plain; charset=utf-8", words, strlen(words));
}

static bool is_listed(const char *address, const struct config_texts *list) {
    if (strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0) return true;
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i], address) == 0) return true;
    return false;
}

static enum MHD_Result numbers(struct exchange *exchange) {
    struct board *board = exchange->http->board;
    CLEAN(buffer_finish) struct buffer text = {0};
    bool forwarded = exchange->head.forwarded_for != NULL; /* a proxy on this machine speaks for others */
    if (forwarded || !is_listed(exchange->peer, &board->settings->metrics_from)) return not_there(exchange);
    long long read_at = atomic_load(&board->read_at);
    metrics_print(&board->metrics, read_at ? tick_now().ms - read_at : -1, &text);
    return answer_text(exchange, 200, "text/plain; version=0.0.4", buffer_text(&text), text.len);
}

static enum MHD_Result dispatch(struct exchange *exchange) {
    switch (exchange->route->kind) {
    case ROUTE_PAGE: return page(exchange);
    case ROUTE_ASSET: return asset(exchange);
    case ROUTE_DOCUMENT: return document(exchange);
    case ROUTE_EVENTS: return events(exchange);
    case ROUTE_HEALTH: return answer_text(exchange, 200, "text/plain; charset=utf-8", "alive\n", 6);
    case ROUTE_READY: return ready(exchange);
    case ROUTE_METRICS: return numbers(exchange);
    case ROUTE_SESSION: return account_session(exchange);
    case ROUTE_ACTION: return account_action(exchange);
    default: return not_there(exchange);
    }
}

/* --- a request, step by step --- */

static bool read_target(struct exchange *exchange, struct problem *problem) {
    enum request_wrong wrong =
        exchange->target ? request_line_read(exchange->target, strlen(exchange->target), &exchange->line) : REQUEST_TOO_LONG;
    switch (wrong) {
    case REQUEST_FINE: return true;
    case REQUEST_TOO_LONG: problem_set(problem, PROBLEM_TARGET_TOO_LONG, NULL, NULL, "地址太长"); break;
    case REQUEST_BAD_ENCODING: problem_set(problem, PROBLEM_BAD_TARGET, NULL, "用 UTF-8 和 %XX 写", "地址里有读不懂的字"); break;
    case REQUEST_BAD_PATH: problem_set(problem, PROBLEM_BAD_TARGET, NULL, NULL, "路径写法不对"); break;
    case REQUEST_REPEATED: problem_set(problem, PROBLEM_BAD_PARAMETER, NULL, "每个参数只写一次", "同一个参数写了两次"); break;
    default: problem_set(problem, PROBLEM_BAD_TARGET, NULL, NULL, "地址写法不对"); break;
    }
    return false;
}

static bool takes_body(const struct exchange *exchange) {
    return exchange->method == REQUEST_POST || exchange->method == REQUEST_DELETE;
}

/* What can be refused before the body has come. */
static bool read_head(struct exchange *exchange, struct problem *problem) {
    if (!read_target(exchange, problem)) return false;
    exchange->route = route_find(&exchange->line, exchange->method, &exchange->allowed, problem);
    if (!exchange->route) return false;
    read_signs(exchange);
    if (!access_visitor(exchange->http->board->access, &exchange->head, &exchange->visitor, problem)) return false;
    const char *length = header_of(exchange, "Content-Length");
    if (length && strtoull(length, NULL, 10) > (takes_body(exchange) ? REQUEST_BODY_MAX : 0)) {
        problem_set(problem, PROBLEM_BODY_TOO_LARGE, NULL, NULL, "内容不能超过 %d 字节",
                    takes_body(exchange) ? REQUEST_BODY_MAX : 0);
        return false;
    }
    return true;
}

static enum MHD_Result take_body(struct exchange *exchange, const char *bytes, size_t *len) {
    if (exchange->body.len + *len <= REQUEST_BODY_MAX) buffer_add(&exchange->body, bytes, *len);
    else exchange->body.failed = true;
    *len = 0;
    return MHD_YES;
}

static enum MHD_Result arrived(struct exchange *exchange) {
    struct problem problem;
    guard_relax(exchange->connection, exchange->http);
    if (!exchange->body.failed && (takes_body(exchange) || exchange->body.len == 0)) return dispatch(exchange);
    problem_set(&problem, PROBLEM_BODY_TOO_LARGE, NULL, NULL, "内容不能超过 %d 字节", REQUEST_BODY_MAX);
    return answer_problem(exchange, &problem);
}

static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *bytes, size_t *len, void **slot) {
    struct exchange *exchange = *slot;
    (void)context;
    (void)url;
    (void)version;
    if (!exchange) return MHD_NO;
    if (exchange->waiting) return waited(exchange);
    if (exchange->begun) return *len ? take_body(exchange, bytes, len) : arrived(exchange);
    struct problem problem = {0};
    exchange->begun = true;
    exchange->connection = connection;
    exchange->method = request_method_of(method);
    return read_head(exchange, &problem) ? MHD_YES : answer_problem(exchange, &problem);
}

static void *begin(void *context, const char *target, struct MHD_Connection *connection) {
    struct exchange *exchange = calloc(1, sizeof *exchange);
    struct http *http = context;
    guard_expect(connection, http);
    if (!exchange) return NULL;
    exchange->http = http;
    if (strlen(target) <= REQUEST_TARGET_MAX) exchange->target = strdup(target);
    return exchange;
}

static void end(void *context, struct MHD_Connection *connection, void **slot, enum MHD_RequestTerminationCode code) {
    struct exchange *exchange = *slot;
    struct http *http = context;
    (void)code;
    if (!exchange) return;
    guard_idle(connection, http);
    rendering_drop(&exchange->waiter.rendering);
    if (exchange->errand) errand_finish(exchange->errand);
    free(exchange->errand);
    buffer_finish(&exchange->body);
    free(exchange->target);
    free(exchange);
    *slot = NULL;
}

/* --- the whole --- */

__attribute__((format(printf, 2, 0))) static void log_line(void *context, const char *format, va_list args) {
    char text[512];
    (void)context;
    vsnprintf(text, sizeof text, format, args);
    text[strcspn(text, "\r\n")] = '\0';
    log_debug("http", "said=%s", text);
}

static enum error_code read_pem(const char *path, void **out, struct error *err) {
    struct buffer text = {0};
    enum error_code code = file_read(path, PEM_MAX, &text, err);
    if (!code && !(*out = buffer_take(&text))) code = error_set(err, ERROR_MEMORY, "out of memory");
    buffer_finish(&text);
    return code;
}

static enum error_code listen_on(struct http *http, const struct listen_address *address, struct error *err) {
    const struct settings *settings = http->board->settings;
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons((uint16_t)address->port)};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)address->port)};
    (void)inet_pton(address->six ? AF_INET6 : AF_INET, address->host,
                    address->six ? (void *)&six.sin6_addr : (void *)&four.sin_addr);
    struct MHD_OptionItem tls[] = {{MHD_OPTION_HTTPS_MEM_CERT, 0, http->certificate},
                                   {MHD_OPTION_HTTPS_MEM_KEY, 0, http->key},
                                   {MHD_OPTION_END, 0, NULL}};
    struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG |
                     (address->six ? MHD_USE_IPv6 : 0) | (http->certificate ? MHD_USE_TLS : 0);
    errno = 0;
    http->daemon = MHD_start_daemon(
        flags, (uint16_t)address->port, NULL, NULL, handle, http, MHD_OPTION_EXTERNAL_LOGGER, log_line, NULL,
        MHD_OPTION_URI_LOG_CALLBACK, begin, http, MHD_OPTION_NOTIFY_COMPLETED, end, http, MHD_OPTION_NOTIFY_CONNECTION,
        guard_notify, http, MHD_OPTION_CONNECTION_LIMIT, (unsigned)settings->connections,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)((settings->request_ms + MS_SECOND - 1) / MS_SECOND),
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEAD_MEMORY, MHD_OPTION_LISTENING_ADDRESS_REUSE, 1u,
        MHD_OPTION_LISTEN_BACKLOG_SIZE, 1024u, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_SOCK_ADDR,
        address->six ? (struct sockaddr *)&six : (struct sockaddr *)&four, MHD_OPTION_ARRAY, http->certificate ? tls : none,
        MHD_OPTION_END);
    if (http->daemon) return ERROR_OK;
    return error_set_errno(err, ERROR_IO, errno, "cannot listen on %s: is it taken, or may this user not have it?%s",
                           settings->listen, http->certificate ? " Or certificate and key do not fit" : "");
}

enum error_code http_start(struct board *board, struct http **out, struct error *err) {
    struct http *http = calloc(1, sizeof *http);
    struct listen_address address;
    *out = http;
    if (!http) return error_set(err, ERROR_MEMORY, "out of memory");
    *http = (struct http){.board = board, .lock = PTHREAD_MUTEX_INITIALIZER};
    stream_ring_init(&http->ring, -1);
    enum error_code code = ERROR_OK;
    if (board->settings->certificate) {
        code = read_pem(board->settings->certificate, &http->certificate, err);
        if (!code) code = read_pem(board->settings->key, &http->key, err);
    }
    if (code || !listen_address_read(board->settings->listen, &address)) return code;
    return listen_on(http, &address, err);
}

void http_stop(struct http **slot) {
    struct http *http = *slot;
    *slot = NULL;
    if (!http) return;
    pthread_mutex_lock(&http->lock);
    events_finish(http);
    pthread_mutex_unlock(&http->lock);
    if (http->daemon) MHD_stop_daemon(http->daemon);
    stream_ring_finish(&http->ring);
    free(http->certificate);
    free(http->key);
    free(http);
}

void http_done(struct errand *errand) {
    struct exchange *exchange = errand->waits;
    MHD_resume_connection(exchange->connection);
}

void http_wake(struct waiter *waiters) {
    while (waiters) {
        struct exchange *exchange = (struct exchange *)(void *)waiters;
        waiters = waiters->next;
        MHD_resume_connection(exchange->connection);
    }
}
