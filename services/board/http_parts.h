/* What the files of http share. */
#ifndef DUBAN_BOARD_HTTP_PARTS_H
#define DUBAN_BOARD_HTTP_PARTS_H

#include <microhttpd.h>

#include "services/board/http.h"
#include "services/board/access.h"

struct guard;  /* a connection, so that a slow one can be dropped */
struct listener; /* an open live stream */

struct http {
    struct board *board;
    struct MHD_Daemon *daemon;
    void *certificate, *key; /* heap texts */
    pthread_mutex_t lock;    /* guards and the live streams */
    struct guard *guards;
    struct stream_ring ring;
    bool told; /* the ring has begun: something was read */
    struct listener *listeners;
    bool stopping;
};

/* One request, from its first line to its answer. The waiter comes first. */
struct exchange {
    struct waiter waiter;
    struct http *http;
    struct MHD_Connection *connection;
    char *target; /* as sent; NULL: too long */
    enum request_method method;
    struct request_line line;
    const struct route *route;
    struct visitor visitor;
    struct access_head head;
    char peer[ERRAND_PEER_MAX]; /* of the connection */
    struct ask ask;
    struct buffer body;
    struct errand *errand; /* heap; NULL = none */
    unsigned allowed; /* METHOD_… of an address that does not take this one */
    bool begun, waiting;
};

/* --- answers (http_answer.c) --- */

enum MHD_Result answer_problem(struct exchange *exchange, const struct problem *problem);
enum MHD_Result answer_rendering(struct exchange *exchange, struct rendering *rendering);
enum MHD_Result answer_asset(struct exchange *exchange, struct asset *asset);
/* A short text that is never stored. */
enum MHD_Result answer_text(struct exchange *exchange, int status, const char *type, const char *text, size_t len);
/* The same with a cookie; cookie "" = none. */
enum MHD_Result answer_json(struct exchange *exchange, int status, const char *cookie, const char *text, size_t len);
void answer_headers(struct MHD_Response *response); /* those that every answer has */

/* --- live streams (http_events.c) --- */

enum MHD_Result events_open(struct exchange *exchange);
/* Inside http->lock. */
void events_finish(struct http *http);

/* --- slow requests (http_guard.c) --- */

void guard_notify(void *context, struct MHD_Connection *connection, void **slot, enum MHD_ConnectionNotificationCode code);
void guard_expect(struct MHD_Connection *connection, struct http *http); /* a request has begun */
void guard_relax(struct MHD_Connection *connection, struct http *http);  /* it has arrived whole */
void guard_idle(struct MHD_Connection *connection, struct http *http);   /* it was answered */
void guard_sweep(struct http *http); /* inside http->lock */

/* --- accounts (http_account.c) --- */

enum MHD_Result account_session(struct exchange *exchange); /* who it is; login; logout */
enum MHD_Result account_action(struct exchange *exchange);
enum MHD_Result account_answer(struct exchange *exchange); /* of its errand */

const char *header_of(struct exchange *exchange, const char *name); /* NULL = not sent, or sent more than once */

#endif
