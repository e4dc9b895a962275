/* HTTP: one thread of libmicrohttpd with epoll. It answers from what is published, never touches the database and never
 * waits: a request that needs somebody else's work is set aside and taken up again when that is done. microhttpd.h is
 * included in http*.c alone. */
#ifndef DUBAN_BOARD_HTTP_H
#define DUBAN_BOARD_HTTP_H

#include "services/board/board.h"

struct http;
/* Listens from now on. ERROR_IO: the address is taken or forbidden, certificate or key cannot be read. */
__attribute__((warn_unused_result)) enum error_code http_start(struct board *board, struct http **out,
                                                               struct error *err);
/* Ends all streams, answers whoever still waits, and stops. Accepts NULL. */
void http_stop(struct http **http);

/* --- for the other threads --- */

/* Answered waiters go on. Inside board->lock. */
void http_wake(struct waiter *waiters);
/* Whoever waits for the errand goes on. */
struct errand;
void http_done(struct errand *errand);
/* The next change for the live streams; empties the draft. */
void http_tell(struct http *http, int64_t change, struct stream_draft *draft);
/* Once a second: comments on quiet streams, the end of those whose session has ended, slow requests dropped. */
void http_beat(struct http *http);

#endif
