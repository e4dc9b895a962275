#include "common/store/query_sent.h"

#include "common/base/cleanup.h"

static const char sent_sql[] =
    "SELECT count(*), count(*) FILTER (WHERE delivered), count(*) FILTER (WHERE over AND NOT delivered),"
    "       count(*) FILTER (WHERE trial)"
    "  FROM (SELECT coalesce(bool_or(d.state = 'delivered'), false) AS delivered,"
    "               coalesce(bool_and(d.state = 'failed'), false) AS over,"
    "               coalesce(bool_or(d.state = 'trial'), false) AS trial"
    "          FROM message m LEFT JOIN delivery d ON d.message = m.id"
    "         WHERE m.programme = $1 AND m.kind <> 'test' AND m.window_at >= $2 AND m.rendered_at <= $3"
    "         GROUP BY m.id) f";

enum error_code query_sent(struct pg *pg, int32_t programme, struct instant since, struct instant known_at,
                           struct sent_counts *out, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    *out = (struct sent_counts){0};
    pg_put_int(&params, programme);
    pg_put_instant(&params, since);
    pg_put_instant(&params, known_at);
    enum error_code code = pg_run(pg, sent_sql, &params, &rows, err);
    if (code) return code;
    *out = (struct sent_counts){.messages = pg_int(&rows, 0, 0),
                                .delivered = pg_int(&rows, 0, 1),
                                .failed = pg_int(&rows, 0, 2),
                                .trial = pg_int(&rows, 0, 3)};
    return ERROR_OK;
}
