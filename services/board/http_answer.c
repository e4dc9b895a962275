/* Answers: renderings with their tags, assets, problems; all with the same guarding headers. */
#include <stdio.h>
#include <string.h>

#include "services/board/http_parts.h"

enum answer_kind { ANSWER_PLAIN, ANSWER_GZIP, ANSWER_NOT_MODIFIED };

static const char policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

static void put(struct MHD_Response *response, const char *name, const char *value) {
    (void)MHD_add_response_header(response, name, value); /* without memory the answer lacks it */
}

void answer_headers(struct MHD_Response *response) {
    put(response, "Content-Security-Policy", policy);
    put(response, "X-Content-Type-Options", "nosniff");
    put(response, "Referrer-Policy", "same-origin");
    put(response, "Cross-Origin-Opener-Policy", "same-origin");
    put(response, "Cross-Origin-Resource-Policy", "same-origin");
}

static void count(struct exchange *exchange, int status) {
    struct metrics *metrics = &exchange->http->board->metrics;
    metrics_add(&metrics->requests);
    if (status == 304) metrics_add(&metrics->not_modified);
    if (status >= 400) metrics_add(&metrics->problems);
    if (status == 401 || status == 403 || status == 429) metrics_add(&metrics->refused);
    if (status == 503) metrics_add(&metrics->busy);
}

static enum MHD_Result queue(struct exchange *exchange, int status, struct MHD_Response *response) {
    count(exchange, status);
    return response ? MHD_queue_response(exchange->connection, (unsigned)status, response) : MHD_NO;
}

static void release(void *answer) {
    MHD_destroy_response(answer);
}

static void drop_blob(void *context) {
    struct blob *blob = context;
    blob_drop(&blob);
}

/* The bytes belong to the answer for as long as anything is being sent of it. */
static struct MHD_Response *of_blob(struct blob *blob) {
    blob_hold(blob);
    struct MHD_Response *response =
        MHD_create_response_from_buffer_with_free_callback_cls(blob->len, blob->bytes, drop_blob, blob);
    if (!response) blob_drop(&blob);
    return response;
}

struct dress { /* what a rendering's answers say of it */
    const char *type, *cache, *vary;
};

static struct MHD_Response *dressed(const struct rendering *rendering, enum answer_kind kind, const struct dress *dress) {
    struct MHD_Response *response = kind == ANSWER_NOT_MODIFIED
                                        ? MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT)
                                        : of_blob(kind == ANSWER_GZIP ? rendering->gzip : rendering->plain);
    if (!response) return NULL;
    if (kind != ANSWER_NOT_MODIFIED) put(response, "Content-Type", dress->type);
    if (kind == ANSWER_GZIP) put(response, "Content-Encoding", "gzip");
    put(response, "ETag", rendering->tag);
    put(response, "Cache-Control", dress->cache);
    put(response, "Vary", dress->vary);
    answer_headers(response);
    return response;
}

static enum answer_kind choose(struct exchange *exchange, const struct rendering *rendering) {
    if (request_names_tag(header_of(exchange, "If-None-Match"), rendering->tag)) return ANSWER_NOT_MODIFIED;
    bool gzip = rendering->gzip && request_accepts_gzip(header_of(exchange, "Accept-Encoding"));
    return gzip ? ANSWER_GZIP : ANSWER_PLAIN;
}

/* The answer of that kind, made once a rendering. */
static enum MHD_Result answer_dressed(struct exchange *exchange, struct rendering *rendering, const struct dress *dress) {
    enum answer_kind kind = choose(exchange, rendering);
    rendering->release = release;
    if (!rendering->answers[kind]) rendering->answers[kind] = dressed(rendering, kind, dress);
    return queue(exchange, kind == ANSWER_NOT_MODIFIED ? 304 : 200, rendering->answers[kind]);
}

static const struct dress document_dress = {"application/json", "private, no-cache", "Accept-Encoding, Cookie"};

enum MHD_Result answer_rendering(struct exchange *exchange, struct rendering *rendering) {
    long long away = atomic_load(&exchange->http->board->away_since);
    if (!away) return answer_dressed(exchange, rendering, &document_dress);
    enum answer_kind kind = choose(exchange, rendering);
    struct MHD_Response *response = dressed(rendering, kind, &document_dress);
    if (!response) return MHD_NO;
    char age[24];
    snprintf(age, sizeof age, "%lld", (real_now().ms - away) / MS_SECOND);
    put(response, "X-Duban-Stale", age);
    enum MHD_Result result = queue(exchange, kind == ANSWER_NOT_MODIFIED ? 304 : 200, response);
    MHD_destroy_response(response);
    return result;
}

enum MHD_Result answer_asset(struct exchange *exchange, struct asset *asset) {
    const struct dress dress = {asset->type, asset->immutable ? "public, max-age=31536000, immutable" : "no-cache",
                                "Accept-Encoding"};
    return answer_dressed(exchange, asset->rendering, &dress);
}

static struct MHD_Response *of_text(const char *type, const char *text, size_t len) {
    struct blob *blob = blob_create(text, len);
    struct MHD_Response *response = blob ? of_blob(blob) : NULL;
    blob_drop(&blob);
    if (!response) return NULL;
    put(response, "Content-Type", type);
    put(response, "Cache-Control", "no-store");
    answer_headers(response);
    return response;
}

enum MHD_Result answer_text(struct exchange *exchange, int status, const char *type, const char *text, size_t len) {
    struct MHD_Response *response = of_text(type, text, len);
    enum MHD_Result result = queue(exchange, status, response);
    if (response) MHD_destroy_response(response);
    return result;
}

enum MHD_Result answer_json(struct exchange *exchange, int status, const char *cookie, const char *text, size_t len) {
    struct MHD_Response *response = of_text("application/json", text, len);
    if (response && *cookie) put(response, "Set-Cookie", cookie);
    enum MHD_Result result = queue(exchange, status, response);
    if (response) MHD_destroy_response(response);
    return result;
}

/* "GET, HEAD" */
static void print_methods(unsigned methods, char out[64]) {
    static const char *const names[] = {"GET", "HEAD", "POST", "DELETE"};
    size_t len = 0;
    *out = '\0';
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (methods >> i & 1) len += (size_t)snprintf(out + len, 64 - len, "%s%s", len ? ", " : "", names[i]);
}

enum MHD_Result answer_problem(struct exchange *exchange, const struct problem *problem) {
    struct buffer text = {0};
    int status = problem_words[problem->kind].status;
    problem_print(problem, &text);
    struct MHD_Response *response = of_text("application/problem+json", buffer_text(&text), text.len);
    buffer_finish(&text);
    if (response && problem->retry_after_s) {
        char seconds[16];
        snprintf(seconds, sizeof seconds, "%d", problem->retry_after_s);
        put(response, "Retry-After", seconds);
    }
    if (response && problem->kind == PROBLEM_BAD_METHOD) {
        char methods[64];
        print_methods(exchange->allowed, methods);
        put(response, "Allow", methods);
    }
    enum MHD_Result result = queue(exchange, status, response);
    if (response) MHD_destroy_response(response);
    return result;
}
