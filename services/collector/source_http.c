#include "services/collector/source_http.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "common/base/cleanup.h"
#include "common/base/file.h"
#include "common/base/log.h"
#include "services/collector/source_answer.h"
#include "services/collector/source_request.h"
#include "services/collector/source_secret.h"

enum {
    CONNECTIONS_MAX = 16,
    BODIES_HELD = 2, /* so many of the largest ones are held in memory at a time */
    SWEEP_MS = 1000,
    RETRY_FULL_S = 60,
    RETRY_BUSY_S = 2,
};

/* A connection, for as long as it lives; a client that trickles is cut off, whatever it trickles. */
struct http_peer {
    struct http_door *door;
    struct MHD_Connection *connection;
    struct tick since; /* its present request began, or the last one ended */
    struct http_peer *next;
};

struct http_request {
    struct http_door *door;
    struct request_verdict verdict;
    struct buffer body;
    char name[DOCUMENT_NAME_MAX]; /* "" = made from the content */
};

struct http_door {
    struct source_host host;
    struct MHD_Daemon *daemon;
    struct request_rules rules;
    struct request_token *tokens;
    struct http_peer *peers;
    struct loop_timer timer;
    int epoll;
    size_t held_bytes; /* of all bodies that are coming in */
    char address[96];
};

const char *http_door_address(const struct http_door *door) {
    return door->address;
}

/* --- answers --- */

static enum MHD_Result send_answer(struct MHD_Connection *connection, const struct source_answer *answer,
                                   int retry_after_s) {
    char seconds[16];
    /* microhttpd takes a plain pointer but copies */
    struct MHD_Response *response =
        MHD_create_response_from_buffer(answer->body.len, answer->body.data, MHD_RESPMEM_MUST_COPY);
    if (!response) return MHD_NO;
    snprintf(seconds, sizeof seconds, "%d", retry_after_s);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
                            answer->problem ? "application/problem+json; charset=utf-8"
                                            : "application/json; charset=utf-8");
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    if (answer->status == 401) MHD_add_response_header(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Bearer");
    if (answer->status == 405) MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "POST");
    if (answer->status == 503) MHD_add_response_header(response, MHD_HTTP_HEADER_RETRY_AFTER, seconds);
    enum MHD_Result queued = MHD_queue_response(connection, (unsigned)answer->status, response);
    MHD_destroy_response(response);
    return queued;
}

static enum MHD_Result send_refusal(struct MHD_Connection *connection, const struct request_verdict *verdict) {
    CLEAN(source_answer_finish) struct source_answer answer;
    if (!source_answer_refusal(verdict->status, verdict->code, verdict->reason, &answer)) return MHD_NO;
    log_info("request_refused", "status=%d code=%s", verdict->status, refusal_row(verdict->code)->word);
    return send_answer(connection, &answer, RETRY_BUSY_S);
}

/* --- the document --- */

static void name_document(const struct http_request *request, const struct document *document,
                          char out[DOCUMENT_NAME_MAX]) {
    if (*request->name)
        memcpy(out, request->name, DOCUMENT_NAME_MAX);
    else
        document_name(document->source, document, sheet_looks_like_lines(document->bytes) ? ".jsonl" : ".csv", out);
}

static enum MHD_Result take(struct http_request *request, struct MHD_Connection *connection) {
    CLEAN(source_answer_finish) struct source_answer answer = {0};
    CLEAN(taken_finish) struct taken taken = {0};
    struct http_door *door = request->door;
    struct source_host *host = &door->host;
    char name[DOCUMENT_NAME_MAX];
    struct error err;
    struct document document = {
        .source = request->verdict.source, .name = name, .bytes = {buffer_text(&request->body), request->body.len}};
    name_document(request, &document, name);
    enum error_code code = taker_take(host->taker, &document, clock_domain(host->loop->clock), &taken, &err);
    if (code) {
        log_failure(LOG_LEVEL_ERROR, "document_not_taken", &err);
        host->failed(host->agent, code, &err);
        const struct request_verdict later = {
            .status = 503, .code = REFUSAL_REQUEST_LATER, .reason = "待发库写不进去，见采集端的日志"};
        return send_refusal(connection, &later);
    }
    host->took(host->agent, document.source, name, &taken);
    return source_answer_taken(document.source, name, &taken, &answer) ? send_answer(connection, &answer, RETRY_FULL_S)
                                                                       : MHD_NO;
}

/* --- a request as it comes in --- */

static const char *header(struct MHD_Connection *connection, const char *name) {
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static void refuse_request(struct http_request *request, int status, enum refusal_code code, const char *reason) {
    request->door->held_bytes -= request->body.len;
    buffer_finish(&request->body);
    request->verdict = (struct request_verdict){.status = status, .code = code, .reason = reason};
}

/* The head is there, the body is not. */
static enum MHD_Result begin(struct http_door *door, struct MHD_Connection *connection, const char *url,
                             const char *method, struct http_request **out) {
    struct http_request *request = calloc(1, sizeof *request);
    const char *name = MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, "name");
    if (!request) return MHD_NO;
    struct request_head head = {.method = method,
                                .path = url,
                                .host = header(connection, "Host"),
                                .type = header(connection, "Content-Type"),
                                .authorization = header(connection, "Authorization"),
                                .name = name,
                                .length = header(connection, "Content-Length")};
    request->door = door;
    request->verdict = request_judge(&door->rules, &head);
    if (request->verdict.source && name) snprintf(request->name, sizeof request->name, "%s", name);
    *out = request;
    /* who asks first is told before it sends; from others the body is read to its end and forgotten, because a client
     * whose connection is cut in the middle never sees the answer */
    bool asks = header(connection, "Expect") != NULL;
    return !request->verdict.source && asks ? send_refusal(connection, &request->verdict) : MHD_YES;
}

static void more_body(struct http_request *request, const char *bytes, size_t len) {
    struct http_door *door = request->door;
    size_t limit = (size_t)door->host.settings->http.body_bytes;
    if (!request->verdict.source) return;
    if (request->body.len + len > limit) {
        refuse_request(request, 413, REFUSAL_TOO_LARGE, "内容超过采集端配置的 http.body");
    } else if (door->held_bytes + len > BODIES_HELD * limit) {
        refuse_request(request, 503, REFUSAL_REQUEST_LATER, "同时来的内容太多");
    } else {
        buffer_add(&request->body, bytes, len);
        if (request->body.failed)
            refuse_request(request, 503, REFUSAL_REQUEST_LATER, "内存不够");
        else
            door->held_bytes += len;
    }
}

static enum MHD_Result end(struct http_request *request, struct MHD_Connection *connection) {
    if (request->verdict.source && request->body.len == 0) refuse_request(request, 400, REFUSAL_REQUEST_EMPTY, NULL);
    return request->verdict.source ? take(request, connection) : send_refusal(connection, &request->verdict);
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *bytes, size_t *len, void **slot) {
    (void)version;
    if (!*slot) return begin(context, connection, url, method, (struct http_request **)slot);
    if (*len == 0) return end(*slot, connection);
    more_body(*slot, bytes, *len);
    *len = 0;
    return MHD_YES;
}

static struct http_peer *peer_of(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

static void on_completed(void *context, struct MHD_Connection *connection, void **slot,
                         enum MHD_RequestTerminationCode why) {
    struct http_door *door = context;
    struct http_request *request = *slot;
    struct http_peer *peer = peer_of(connection);
    (void)why;
    if (peer) peer->since = tick_now();
    if (!request) return;
    door->held_bytes -= request->body.len;
    buffer_finish(&request->body);
    free(request);
    *slot = NULL;
}

/* --- connections --- */

static void on_connection(void *context, struct MHD_Connection *connection, void **slot,
                          enum MHD_ConnectionNotificationCode what) {
    struct http_door *door = context;
    struct http_peer *peer = *slot;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        peer = calloc(1, sizeof *peer);
        *slot = peer;
        if (!peer) return; /* then only microhttpd's own timeout bounds it */
        *peer = (struct http_peer){door, connection, tick_now(), door->peers};
        door->peers = peer;
        return;
    }
    for (struct http_peer **at = &door->peers; *at; at = &(*at)->next)
        if (*at == peer) {
            *at = peer->next;
            break;
        }
    free(peer);
    *slot = NULL;
}

static void cut_slow_ones(struct http_door *door) {
    struct tick now = tick_now();
    for (struct http_peer *peer = door->peers; peer; peer = peer->next) {
        if (now.ms - peer->since.ms < door->host.settings->http.patience_ms) continue;
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(peer->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        if (info) shutdown(info->connect_fd, SHUT_RDWR);
    }
}

/* --- in the loop --- */

static void door_run(struct http_door *door) {
    MHD_UNSIGNED_LONG_LONG wait_ms = 0;
    cut_slow_ones(door);
    MHD_run(door->daemon);
    if (MHD_get_timeout(door->daemon, &wait_ms) != MHD_YES || wait_ms > SWEEP_MS) wait_ms = SWEEP_MS;
    if (door->peers)
        loop_timer_arm(&door->host.loop->timers, &door->timer, tick_after(tick_now(), (int64_t)wait_ms));
    else
        loop_timer_cancel(&door->host.loop->timers, &door->timer);
}

static void on_timer(void *context) {
    door_run(context);
}

static void on_ready(void *context, short events) {
    (void)events;
    door_run(context);
}

__attribute__((format(printf, 2, 0))) static void on_log(void *context, const char *format, va_list args) {
    char line[256];
    (void)context;
    vsnprintf(line, sizeof line, format, args);
    line[strcspn(line, "\n")] = 0;
    log_debug("http", "message=%s", line);
}

/* --- opening --- */

static enum error_code read_tokens(struct http_door *door, struct error *err) {
    const struct settings_sources *sources = &door->host.settings->sources;
    enum error_code code = ERROR_OK;
    door->tokens = calloc(sources->count, sizeof *door->tokens);
    if (!door->tokens) return error_set(err, ERROR_MEMORY, "no memory for the tokens");
    for (size_t i = 0; !code && i < sources->count; i++) {
        CLEAN(buffer_finish) struct buffer text = {0};
        if (sources->items[i].kind != SOURCE_HTTP || !sources->items[i].http.token) continue;
        code = secret_read_token(sources->items[i].http.token, &text, err);
        if (!code) request_token_set(&door->tokens[i], (struct slice){buffer_text(&text), text.len});
    }
    return code;
}

static enum error_code start(struct http_door *door, const struct request_address *address, const char *certificate,
                             const char *key, struct error *err) {
    struct sockaddr_in ip4 = {.sin_family = AF_INET, .sin_port = htons(address->port)};
    struct sockaddr_in6 ip6 = {.sin6_family = AF_INET6, .sin6_port = htons(address->port)};
    const struct settings_http *http = &door->host.settings->http;
    unsigned flags = MHD_USE_EPOLL | MHD_USE_ERROR_LOG | (address->ip6 ? MHD_USE_IPv6 : 0u);
    memcpy(&ip4.sin_addr, address->bytes, sizeof ip4.sin_addr);
    memcpy(&ip6.sin6_addr, address->bytes, sizeof ip6.sin6_addr);
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)certificate},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)key},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t) "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"},
        {MHD_OPTION_END, 0, NULL},
    };
    if (certificate) flags |= MHD_USE_TLS;
    door->daemon = MHD_start_daemon(
        flags, address->port, NULL, NULL, on_request, door, MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL,
        MHD_OPTION_SOCK_ADDR, address->ip6 ? (const void *)&ip6 : (const void *)&ip4, MHD_OPTION_NOTIFY_COMPLETED,
        on_completed, door, MHD_OPTION_NOTIFY_CONNECTION, on_connection, door, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)((http->patience_ms + 999) / 1000),
        MHD_OPTION_ARRAY, certificate ? tls : tls + 3, MHD_OPTION_END);
    return door->daemon
               ? ERROR_OK
               : error_set(err, ERROR_CONNECTION,
                           "cannot listen on %s: another program may have the port (give another http.listen), "
                           "or certificate and key do not fit",
                           http->listen);
}

static enum error_code start_with_tls(struct http_door *door, struct error *err) {
    CLEAN(buffer_finish) struct buffer certificate = {0};
    CLEAN(buffer_finish) struct buffer key = {0};
    const struct settings_http *http = &door->host.settings->http;
    struct request_address address;
    const char *wrong = request_rules_wrong(door->host.settings);
    if (wrong || !request_address_parse(http->listen, &address)) return error_set(err, ERROR_INPUT, "%s", wrong);
    bool tls = http->certificate && *http->certificate;
    door->rules.anybody = !address.local || tls;
    enum error_code code = read_tokens(door, err);
    door->rules.tokens = door->tokens;
    if (!code && tls) code = secret_read(http->key, &key, err);
    if (!code && tls) code = file_read(http->certificate, SECRET_BYTES_MAX, &certificate, err);
    if (!code) code = start(door, &address, tls ? buffer_text(&certificate) : NULL, buffer_text(&key), err);
    if (key.data) explicit_bzero(key.data, key.len);
    return code;
}

static void say_address(struct http_door *door) {
    const struct settings_http *http = &door->host.settings->http;
    const union MHD_DaemonInfo *port = MHD_get_daemon_info(door->daemon, MHD_DAEMON_INFO_BIND_PORT);
    size_t host = strlen(http->listen) - strlen(strrchr(http->listen, ':'));
    bool tls = http->certificate && *http->certificate;
    snprintf(door->address, sizeof door->address, "%s://%.*s:%u", tls ? "https" : "http", (int)host, http->listen,
             port ? port->port : 0u);
}

static enum error_code watch(struct http_door *door, struct error *err) {
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(door->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    if (!info) return error_set(err, ERROR_IO, "this libmicrohttpd has no epoll: install the distribution's own");
    door->epoll = info->epoll_fd;
    return link_watch_fd(door->host.loop, door->epoll, POLLIN, on_ready, door, err);
}

enum error_code http_door_open(const struct source_host *host, struct http_door **out, struct error *err) {
    *out = NULL;
    struct http_door *door = calloc(1, sizeof *door);
    if (!door) return error_set(err, ERROR_MEMORY, "no memory");
    *door = (struct http_door){.host = *host, .rules = {.settings = host->settings}, .epoll = -1};
    door->timer = (struct loop_timer){.due = TICK_NONE, .fire = on_timer, .context = door};
    enum error_code code = start_with_tls(door, err);
    if (!code) code = watch(door, err);
    if (code) {
        http_door_close(&door);
        return code;
    }
    say_address(door);
    log_info("listening", "address=%s", door->address);
    *out = door;
    return ERROR_OK;
}

void http_door_close(struct http_door **door) {
    if (!*door) return;
    loop_timer_cancel(&(*door)->host.loop->timers, &(*door)->timer);
    if ((*door)->epoll >= 0) link_unwatch_fd((*door)->host.loop, (*door)->epoll);
    if ((*door)->daemon) MHD_stop_daemon((*door)->daemon);
    free((*door)->tokens);
    free(*door);
    *door = NULL;
}
