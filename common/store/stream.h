/* Streams: one agent's ordered log, made at the centre; its programme, unit, role and scope. A stream's position (log)
 * is moved by ingest alone. */
#ifndef DUBAN_STORE_STREAM_H
#define DUBAN_STORE_STREAM_H

#include "common/store/session.h"
#include "proto/chain.h"
#include "proto/receiver.h"

enum stream_role { STREAM_COUNTY, STREAM_DEPARTMENT, STREAM_OFFICE };
const char *stream_role_name(enum stream_role role); /* "county" */
bool stream_role_parse(const char *word, enum stream_role *out);

struct stream {
    int32_t id, programme;
    char name[STREAM_NAME_MAX + 1];
    enum stream_role role;
    char *unit; /* heap */
    char **areas, **tasks; /* heap; NULL = all */
    size_t area_count, task_count;
    /* its log; log 0 = no agent has come yet */
    struct stream_row row;
    struct chain_hash first_hash;
    /* what the agent last said; INSTANT_NONE = nothing yet */
    struct instant status_at;
    int64_t last_seq, depth, oldest_age_ms, disk_free, clock_skew_ms;
    char *software;            /* heap; NULL */
    struct instant known_at;   /* of its newest batch; INSTANT_NONE */
};
struct streams {
    struct stream *items; /* by name */
    size_t count;
};
/* programme 0 = all. */
__attribute__((warn_unused_result)) enum error_code streams_read(struct pg *pg, int32_t programme, struct streams *out,
                                                                 struct error *err);
/* The same out of the answer to the statement ($1 = programme or 0). */
extern const char streams_sql[];
__attribute__((warn_unused_result)) enum error_code streams_take(const struct pg_rows *rows, struct streams *out,
                                                                 struct error *err);
void streams_finish(struct streams *streams);
const struct stream *streams_find(const struct streams *streams, struct slice name); /* NULL */
const struct stream *streams_by_id(const struct streams *streams, int32_t id);       /* NULL */

/* Whether the scope holds area and task (a township's longer code belongs to its county; nil area or task asks only the
 * other one). */
bool stream_covers(const struct stream *stream, struct slice area, struct slice task);

struct stream_new {
    const char *name, *unit;
    enum stream_role role;
    const char *const *areas, *const *tasks; /* NULL = all */
    size_t area_count, task_count;
    int32_t programme;
    struct instant made_at;
};
/* Makes it, or, when one of the name exists in the same programme with the same role, gives it the new unit and scope.
 * ERROR_CONFLICT when it is of another programme or role. NOTIFY duban_keys. */
__attribute__((warn_unused_result)) enum error_code stream_make(struct pg *pg, const struct stream_new *stream,
                                                                int32_t *id, struct error *err);
/* Lets one new epoch in, once. ERROR_NOT_FOUND; ERROR_CONFLICT when one is waiting already. */
__attribute__((warn_unused_result)) enum error_code stream_reopen(struct pg *pg, const char *name, struct instant at,
                                                                  const char *by, const char *reason,
                                                                  struct error *err);

#endif
