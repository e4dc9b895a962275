/* Live streams: each a connection that is set aside until there is something to say. Texts are shared by all streams of a
 * scope. */
#include <stdlib.h>
#include <string.h>

#include "services/board/http_parts.h"

enum { STREAM_BLOCK = 1024 };

struct listener {
    struct listener *next, **back;
    struct http *http;
    struct MHD_Connection *connection;
    struct visitor visitor;
    char scope[SCOPE_KEY_MAX];
    struct stream_place place;
    struct blob *text; /* being sent; NULL = nothing */
    size_t sent;
    struct tick spoke; /* last */
    bool asleep, comment, over;
};

/* What is to be sent next, if there is something. */
static bool load(struct listener *listener) {
    if (!listener->text) listener->text = stream_next(&listener->http->ring, listener->scope, &listener->place);
    if (!listener->text && listener->comment) {
        listener->comment = false;
        listener->text = blob_create(stream_comment, strlen(stream_comment));
    }
    return listener->text != NULL;
}

static ssize_t read_stream(void *context, uint64_t at, char *out, size_t room) {
    struct listener *listener = context;
    struct http *http = listener->http;
    ssize_t given = 0;
    (void)at;
    pthread_mutex_lock(&http->lock);
    if (listener->over || http->stopping) {
        given = MHD_CONTENT_READER_END_OF_STREAM;
    } else if (!load(listener)) {
        listener->asleep = true;
        MHD_suspend_connection(listener->connection);
    } else {
        size_t left = listener->text->len - listener->sent, part = left < room ? left : room;
        memcpy(out, listener->text->bytes + listener->sent, part);
        listener->sent += part;
        listener->spoke = tick_now();
        if (part == left) {
            blob_drop(&listener->text);
            listener->sent = 0;
        }
        given = (ssize_t)part;
    }
    pthread_mutex_unlock(&http->lock);
    return given;
}

static void close_stream(void *context) {
    struct listener *listener = context;
    struct http *http = listener->http;
    pthread_mutex_lock(&http->lock);
    *listener->back = listener->next;
    if (listener->next) listener->next->back = listener->back;
    pthread_mutex_unlock(&http->lock);
    blob_drop(&listener->text);
    free(listener);
    atomic_fetch_sub(&http->board->metrics.streams, 1);
}

static struct listener *listener_create(struct exchange *exchange) {
    struct http *http = exchange->http;
    struct listener *listener = calloc(1, sizeof *listener);
    if (!listener) return NULL;
    struct scope scope = scope_copy_scope(&exchange->visitor.scope);
    *listener = (struct listener){.http = http, .connection = exchange->connection, .visitor = exchange->visitor, .spoke = tick_now()};
    scope_key(&scope, listener->scope);
    listener->text = blob_create(stream_hello, strlen(stream_hello));
    pthread_mutex_lock(&http->lock);
    listener->place = stream_begin(&http->ring, header_of(exchange, "Last-Event-ID"));
    listener->next = http->listeners;
    listener->back = &http->listeners;
    if (listener->next) listener->next->back = &listener->next;
    http->listeners = listener;
    pthread_mutex_unlock(&http->lock);
    atomic_fetch_add(&http->board->metrics.streams, 1);
    return listener;
}

enum MHD_Result events_open(struct exchange *exchange) {
    struct listener *listener = listener_create(exchange);
    if (!listener) return MHD_NO;
    struct MHD_Response *response =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK, read_stream, listener, close_stream);
    if (!response) {
        close_stream(listener);
        return MHD_NO;
    }
    (void)MHD_add_response_header(response, "Content-Type", "text/event-stream");
    (void)MHD_add_response_header(response, "Cache-Control", "no-store");
    (void)MHD_add_response_header(response, "X-Accel-Buffering", "no");
    (void)MHD_add_response_header(response, "Connection", "close"); /* where it ends, nothing else follows */
    answer_headers(response);
    metrics_add(&exchange->http->board->metrics.requests);
    enum MHD_Result result = MHD_queue_response(exchange->connection, 200, response);
    MHD_destroy_response(response); /* MHD holds it; if not, the stream is closed by this */
    return result;
}

/* --- from the other threads --- */

static void rouse(struct listener *listener) {
    if (!listener->asleep) return;
    listener->asleep = false;
    MHD_resume_connection(listener->connection);
}

void http_tell(struct http *http, int64_t change, struct stream_draft *draft) {
    pthread_mutex_lock(&http->lock);
    int64_t before = http->ring.newest;
    if (!http->told) stream_ring_init(&http->ring, change); /* what was before this board, nobody here can tell */
    else (void)stream_ring_add(&http->ring, change, draft);
    http->told = true;
    for (struct listener *listener = http->listeners; listener && http->ring.newest != before; listener = listener->next)
        rouse(listener);
    pthread_mutex_unlock(&http->lock);
}

void http_beat(struct http *http) {
    struct tick now = tick_now();
    pthread_mutex_lock(&http->lock);
    guard_sweep(http);
    for (struct listener *listener = http->listeners; listener; listener = listener->next) {
        if (now.ms - listener->spoke.ms >= STREAM_COMMENT_MS) listener->comment = true;
        if (!access_still(http->board->access, &listener->visitor)) listener->over = true;
        if (listener->over || listener->comment) rouse(listener);
    }
    pthread_mutex_unlock(&http->lock);
}

void events_finish(struct http *http) {
    http->stopping = true;
    for (struct listener *listener = http->listeners; listener; listener = listener->next) rouse(listener);
}
