/* Stored events: columns to and from the event of the wire. What is read here encodes to the very bytes that were under
 * the chain; `verify` rests on it. */
#ifndef DUBAN_STORE_EVENT_H
#define DUBAN_STORE_EVENT_H

#include "common/link/copy.h"
#include "common/link/pg.h"
#include "proto/event.h"

/* One event with what the centre added. event borrows from the rows it was read from (or, on the way in, from the
 * message). */
struct stored_event {
    int32_t log;
    int64_t seq;
    struct instant known_at;
    int32_t target, area; /* registry ids; 0 = nil */
    int32_t stream;       /* of the log; filled when read, 0 when written */
    struct event event;
};

/* --- writing, for ingest --- */

/* "event_202110" for the partition that known_at falls into (UTC months). */
enum { EVENT_PARTITION_MAX = 16 };
void event_partition(struct instant known_at, char out[EVENT_PARTITION_MAX]);
extern const char event_copy_columns[]; /* "(log, seq, …)": COPY event_202110 %s FROM STDIN (FORMAT binary) */
void event_copy_row(struct copy *copy, const struct stored_event *event);

/* --- reading --- */

struct event_filter {
    int32_t programme;          /* 0 = any */
    int32_t target, area;       /* registry ids; 0 = any */
    const int32_t *targets;     /* NULL = any; cells of several targets at once */
    size_t target_count;
    const int32_t *kinds;       /* NULL = any */
    size_t kind_count;
    struct instant known_after; /* exclusive; INSTANT_NONE = from the start */
    struct instant known_until; /* inclusive; INSTANT_NONE = all */
    int32_t stream;             /* 0 = any */
    int64_t limit;              /* 0 = all; the oldest first */
    bool newest_first;
};
/* Calls each in the order of (known_at, log, seq) until it gives false. The event is lent for the call. Reads through a
 * cursor in batches; opens a transaction of its own unless one is open. */
__attribute__((warn_unused_result)) enum error_code
events_each(struct pg *pg, const struct event_filter *filter,
            bool (*each)(void *context, const struct stored_event *event), void *context, struct error *err);
/* The event with this uid (the earliest), found in the programme. ERROR_NOT_FOUND. Copies are not made: each is called. */
__attribute__((warn_unused_result)) enum error_code
event_by_uid(struct pg *pg, int32_t programme, const uint8_t uid[EVENT_UID_BYTES],
             bool (*each)(void *context, const struct stored_event *event), void *context, struct error *err);

/* The columns events_each reads, for statements of other rooms: SELECT <event_columns> FROM event e JOIN log l ON
 * l.id = e.log LEFT JOIN target t ON t.id = e.target LEFT JOIN area a ON a.id = e.area. Then event_take fills from row
 * `row`, whose first such column is `column`. */
extern const char event_columns[];
enum { EVENT_COLUMNS = 27 };
/* ERROR_DATABASE when a value does not fit the event (an altered row). */
__attribute__((warn_unused_result)) enum error_code event_take(const struct pg_rows *rows, size_t row, size_t column,
                                                               struct stored_event *out, struct error *err);

#endif
