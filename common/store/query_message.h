/* One message as it was sent: its texts, each way it went and every try of that way with its answer. For reading; texts are
 * borrowed from the rows. Waits for the database. */
#ifndef DUBAN_STORE_QUERY_MESSAGE_H
#define DUBAN_STORE_QUERY_MESSAGE_H

#include "common/store/session.h"

struct message_way {
    int64_t id, fallback_of; /* fallback_of 0 = a first way */
    const char *channel, *address, *state, *mention;
};
struct message_try {
    int64_t way;        /* its id */
    struct instant at;  /* real time */
    const char *outcome, *answer;
};
struct whole_message {
    int64_t id; /* 0 = there is none of that number, or it was not rendered by then */
    const char *number, *kind, *recipient, *body, *long_body, *attachment_name; /* "" = none */
    struct instant window_at, rendered_at;
    struct message_way *ways; /* by id */
    size_t way_count;
    struct message_try *tries; /* by way, time */
    size_t try_count;
    struct pg_rows rows, way_rows, try_rows;
};

/* number: letters of either case. Rendered by known_at; ways and tries as they are now. *out is initialised either way. */
__attribute__((warn_unused_result)) enum error_code query_message(struct pg *pg, int32_t programme, struct slice number,
                                                                  struct instant known_at, struct whole_message *out,
                                                                  struct error *err);
void whole_message_finish(struct whole_message *message);

#endif
