/* Connections that take too long to say what they want. libmicrohttpd counts silence only; who sends a byte a second would
 * hold a connection for ever. */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "services/board/http_parts.h"

enum { IDLE_LONGEST_MS = 75000, PEER_LOST_MS = 30000 };

struct guard {
    struct guard *next, **back;
    int fd;
    struct tick due; /* TICK_NONE: a request is being answered */
};

static void watch(struct http *http, struct MHD_Connection *connection, void **slot) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct guard *guard = info ? malloc(sizeof *guard) : NULL;
    const unsigned lost = PEER_LOST_MS;
    if (!guard) return;
    *guard = (struct guard){.fd = info->connect_fd, .due = tick_after(tick_now(), http->board->settings->request_ms)};
    (void)setsockopt(guard->fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &lost, sizeof lost);
    pthread_mutex_lock(&http->lock);
    guard->next = http->guards;
    guard->back = &http->guards;
    if (guard->next) guard->next->back = &guard->next;
    http->guards = guard;
    pthread_mutex_unlock(&http->lock);
    *slot = guard;
    atomic_fetch_add(&http->board->metrics.connections, 1);
}

/* Before the descriptor is closed: nobody else's can carry its number yet. */
static void unwatch(struct http *http, void **slot) {
    struct guard *guard = *slot;
    if (!guard) return;
    pthread_mutex_lock(&http->lock);
    *guard->back = guard->next;
    if (guard->next) guard->next->back = guard->back;
    pthread_mutex_unlock(&http->lock);
    free(guard);
    *slot = NULL;
    atomic_fetch_sub(&http->board->metrics.connections, 1);
}

void guard_notify(void *context, struct MHD_Connection *connection, void **slot, enum MHD_ConnectionNotificationCode code) {
    if (code == MHD_CONNECTION_NOTIFY_STARTED) watch(context, connection, slot);
    else unwatch(context, slot);
}

static void set_due(struct MHD_Connection *connection, struct http *http, struct tick due) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct guard *guard = info ? info->socket_context : NULL;
    if (!guard) return;
    pthread_mutex_lock(&http->lock);
    guard->due = due;
    pthread_mutex_unlock(&http->lock);
}

void guard_expect(struct MHD_Connection *connection, struct http *http) {
    set_due(connection, http, tick_after(tick_now(), http->board->settings->request_ms));
}

void guard_relax(struct MHD_Connection *connection, struct http *http) {
    set_due(connection, http, TICK_NONE);
}

void guard_idle(struct MHD_Connection *connection, struct http *http) {
    set_due(connection, http, tick_after(tick_now(), IDLE_LONGEST_MS));
}

void guard_sweep(struct http *http) {
    struct tick now = tick_now();
    for (struct guard *guard = http->guards; guard; guard = guard->next) {
        if (guard->due.ms > now.ms) continue;
        (void)shutdown(guard->fd, SHUT_RDWR);
        guard->due = TICK_NONE;
        metrics_add(&http->board->metrics.slow_dropped);
    }
}
