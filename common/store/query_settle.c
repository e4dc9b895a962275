#include "common/store/query_settle.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"

static const char queues_sql[] =
    "SELECT (SELECT count(*) FROM cell_light WHERE next_check_at <= $1),"
    "       (SELECT count(*) FROM wake WHERE not_before <= $1),"
    "       (SELECT count(*) FROM stream_due WHERE next_check_at <= $1),"
    "       (SELECT count(*) FROM notice WHERE state = 'waiting' AND not_before <= $1)"
    "     + (SELECT count(*) FROM brief_due WHERE next_at <= $1),"
    "       (SELECT count(*) FROM delivery WHERE state IN ('waiting', 'leased')),"
    "       LEAST((SELECT min(next_check_at) FROM cell_light WHERE next_check_at > $1),"
    "             (SELECT min(not_before) FROM wake WHERE not_before > $1),"
    "             (SELECT min(next_check_at) FROM stream_due WHERE next_check_at > $1),"
    "             (SELECT min(not_before) FROM notice WHERE state = 'waiting' AND not_before > $1),"
    "             (SELECT min(next_at) FROM brief_due WHERE next_at > $1))";

static const char committed_sql[] =
    "SELECT s.name, l.committed_seq FROM stream s JOIN log l ON l.stream = s.id AND l.current ORDER BY s.name";

static enum error_code read_committed(struct pg *pg, struct settle_database *out, struct error *err) {
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    enum error_code code = pg_run(pg, committed_sql, NULL, &rows, err);
    if (code) return code;
    size_t count = pg_count(&rows);
    out->streams = calloc(count ? count : 1, sizeof *out->streams);
    if (!out->streams) return error_set(err, ERROR_MEMORY, "out of memory");
    out->stream_count = count;
    for (size_t i = 0; i < count; i++) {
        const char *name = pg_text(&rows, i, 0);
        size_t len = strnlen(name, STREAM_NAME_MAX);
        memcpy(out->streams[i].stream, name, len);
        out->streams[i].seq = (uint64_t)pg_int(&rows, i, 1);
    }
    return ERROR_OK;
}

enum error_code query_settle(struct pg *pg, struct instant now, struct settle_database *out, struct error *err) {
    *out = (struct settle_database){.queues.next_at = INSTANT_NONE};
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    pg_put_instant(&params, now);
    enum error_code code = pg_run(pg, queues_sql, &params, &rows, err);
    if (code) return code;
    out->queues = (struct settle_queues){
        .cells = pg_int(&rows, 0, 0),
        .wakes = pg_int(&rows, 0, 1),
        .streams = pg_int(&rows, 0, 2),
        .notices = pg_int(&rows, 0, 3),
        .deliveries = pg_int(&rows, 0, 4),
        .next_at = pg_instant(&rows, 0, 5),
    };
    return read_committed(pg, out, err);
}

void settle_database_finish(struct settle_database *database) {
    free(database->streams);
    *database = (struct settle_database){0};
}
