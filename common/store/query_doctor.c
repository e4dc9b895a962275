#include "common/store/query_doctor.h"

#include "common/base/cleanup.h"

static const char counts_sql[] =
    "SELECT (SELECT count(*) FROM migration), (SELECT count(*) FROM stream),"
    "       (SELECT count(*) FROM stream s WHERE NOT EXISTS (SELECT FROM stream_status t WHERE t.stream = s.id AND "
    "t.status_at IS NOT NULL) AND NOT EXISTS (SELECT FROM log l WHERE l.stream = s.id)),"
    "       (SELECT count(*) FROM stream_status WHERE status_at <= $1 - interval '1 day'"
    "        AND coalesce(software, '') NOT LIKE 'duban %'),"
    "       (SELECT count(*) FROM delivery WHERE state IN ('waiting', 'leased')),"
    "       (SELECT count(*) FROM delivery WHERE state = 'failed'),"
    "       (SELECT count(*) FROM notice WHERE state = 'waiting' AND not_before <= $1 - interval '1 day'),"
    "       (SELECT count(*) FROM cell_light WHERE next_check_at <= $1 - interval '1 hour'),"
    "       (SELECT count(*) FROM quarantine),"
    "       (SELECT greatest(coalesce(floor(extract(epoch FROM now() /* real */ - min(coalesce((SELECT min(t.at)"
    "           FROM delivery_attempt t WHERE t.delivery = d.id), d.next_try_at))) / 60), 0), 0)::bigint"
    "          FROM delivery d WHERE d.state IN ('waiting', 'leased')),"
    "       (SELECT count(*) FROM channel), (SELECT count(*) FROM channel WHERE held_until > now() /* real */),"
    "       a.undeliverable, a.offline, a.calendar, a.stuck,"
    "       (SELECT count(*) FROM notice n JOIN alert x ON x.id = n.alert WHERE n.unroutable AND n.state <> 'dropped'"
    "           AND x.resolved_at IS NULL),"
    "       p.promises, p.ending"
    "  FROM (SELECT count(*) FILTER (WHERE rule = 'undeliverable') AS undeliverable,"
    "               count(*) FILTER (WHERE rule = 'offline') AS offline,"
    "               count(*) FILTER (WHERE rule = 'calendar') AS calendar,"
    "               count(*) FILTER (WHERE rule = 'stuck') AS stuck FROM alert WHERE resolved_at IS NULL) a,"
    "       (SELECT count(DISTINCT r.id) AS promises,"
    "               count(DISTINCT r.id) FILTER (WHERE r.by_day <= ($1 AT TIME ZONE 'Asia/Shanghai')::date + 3) AS ending"
    "          FROM reply_alert y JOIN reply r ON r.id = y.reply WHERE y.outcome = 'standing') p";

enum error_code query_doctor(struct pg *pg, struct instant now, struct doctor_counts *out, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    pg_put_instant(&params, now);
    enum error_code code = pg_run(pg, counts_sql, &params, &rows, err);
    if (code) return code;
    *out = (struct doctor_counts){
        .migrations = pg_int(&rows, 0, 0),
        .streams = pg_int(&rows, 0, 1),
        .streams_never = pg_int(&rows, 0, 2),
        .streams_silent = pg_int(&rows, 0, 3),
        .deliveries_waiting = pg_int(&rows, 0, 4),
        .deliveries_failed = pg_int(&rows, 0, 5),
        .notices_late = pg_int(&rows, 0, 6),
        .cells_late = pg_int(&rows, 0, 7),
        .quarantined = pg_int(&rows, 0, 8),
        .stuck_minutes = pg_int(&rows, 0, 9),
        .channels = pg_int(&rows, 0, 10),
        .channels_held = pg_int(&rows, 0, 11),
        .undeliverable = pg_int(&rows, 0, 12),
        .offline = pg_int(&rows, 0, 13),
        .calendar = pg_int(&rows, 0, 14),
        .stuck = pg_int(&rows, 0, 15),
        .unroutable = pg_int(&rows, 0, 16),
        .promises = pg_int(&rows, 0, 17),
        .promises_ending = pg_int(&rows, 0, 18),
    };
    return ERROR_OK;
}
