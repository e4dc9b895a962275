/* Who carries deliveries, and what becomes of them when he is gone. */
#include "common/base/cleanup.h"
#include "common/store/outbox.h"

#define HOLDERS "hashtext('duban alerter')"

/* Shared: a session that the server has not yet noticed to be dead keeps no other of the same process out. */
static const char lock_sql[] = "SELECT pg_advisory_lock_shared(" HOLDERS ", $1)";
static const char keep_sql[] =
    "UPDATE delivery d SET lease_until = CASE WHEN (d.id, d.lease_epoch) IN (SELECT * FROM unnest($2::bigint[], $3::bigint[]))"
    "                                         THEN now() + $4 * interval '1 millisecond' ELSE now() /* real */ END"
    " WHERE d.state = 'leased' AND d.lease_epoch & 2147483647 = $1";

enum error_code outbox_hold(struct pg *pg, int holder, const struct outbox_carried *carried, size_t count, int lease_ms,
                            struct error *err) {
    CLEAN(pg_params_finish) struct pg_params lock = {0}, keep = {0};
    pg_put_int(&lock, holder);
    enum error_code code = pg_run(pg, lock_sql, &lock, NULL, err);
    if (code) return code;
    pg_put_bigint(&keep, holder);
    pg_array_begin(&keep, PG_ELEMENT_BIGINT, count);
    for (size_t i = 0; i < count; i++) binary_int8(&keep.bytes, carried[i].delivery);
    pg_array_end(&keep);
    pg_array_begin(&keep, PG_ELEMENT_BIGINT, count);
    for (size_t i = 0; i < count; i++) binary_int8(&keep.bytes, carried[i].lease_epoch);
    pg_array_end(&keep);
    pg_put_int(&keep, lease_ms);
    return pg_run(pg, keep_sql, &keep, NULL, err);
}

/* An epoch without a holder is of a time before they had numbers: that lease ends by its time alone. */
static const char reclaim_sql[] =
    "UPDATE delivery d SET lease_until = soon.at"
    "  FROM (SELECT greatest(now() /* real */, pg_postmaster_start_time() + $2 * interval '1 millisecond')"
    "             + $1 * interval '1 millisecond' AS at) AS soon"
    " WHERE d.state = 'leased' AND d.lease_until > soon.at AND d.lease_epoch > 2147483647"
    "   AND NOT EXISTS (SELECT FROM pg_locks l WHERE l.locktype = 'advisory' AND l.objsubid = 2"
    "                      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    "                      AND l.classid = " HOLDERS "::oid AND l.objid::bigint = d.lease_epoch & 2147483647)";

enum error_code outbox_reclaim(struct pg *pg, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_int(&params, OUTBOX_GRACE_MS);
    pg_put_int(&params, OUTBOX_RESTART_MS);
    return pg_run(pg, reclaim_sql, &params, NULL, err);
}
