#include "common/store/trial.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "proto/more.h"

static const char decisions_sql[] =
    "SELECT e.kind, e.uid, e.more FROM event e JOIN log l ON l.id = e.log JOIN stream s ON s.id = l.stream"
    " WHERE e.kind >= 16 AND e.kind IN (40, 44) AND s.programme = $1 AND s.role = 'office'"
    " ORDER BY e.known_at DESC, e.log DESC, e.seq DESC";

/* Newest first: what a later reversal names does not count. */
static enum error_code newest(const struct pg_rows *rows, bool *any, struct more *out, struct error *err) {
    AUTO_FREE uint8_t (*reversed)[EVENT_UID_BYTES] = calloc(pg_count(rows) + 1, sizeof *reversed);
    size_t count = 0;
    *any = false;
    if (!reversed) return error_set(err, ERROR_MEMORY, "out of memory");
    for (size_t row = 0; row < pg_count(rows) && !*any; row++) {
        uint32_t kind = (uint32_t)pg_int(rows, row, 0);
        uint8_t uid[EVENT_UID_BYTES] = {0};
        struct more more;
        if (more_decode(kind, pg_slice(rows, row, 2), &more)) continue;
        (void)pg_bytes(rows, row, 1, uid, sizeof uid);
        if (kind == EVENT_REVERSAL) {
            memcpy(reversed[count++], more.of_event.uid, sizeof uid);
            continue;
        }
        bool taken_back = false;
        for (size_t i = 0; i < count && !taken_back; i++) taken_back = memcmp(reversed[i], uid, sizeof uid) == 0;
        *any = !taken_back;
        *out = more;
    }
    return ERROR_OK;
}

/* Said in trial alone: again from the next window on. What is suppressed or promised is said when it opens again. */
static const char reopen_sql[] =
    "UPDATE notice n SET state = CASE WHEN a.state = 'open' THEN 'waiting' ELSE 'dropped' END,"
    "       cause = CASE WHEN a.state = 'open' THEN NULL ELSE 'trial' END, not_before = $2"
    "  FROM alert a WHERE a.id = n.alert AND n.programme = $1 AND n.state = 'rendered' AND a.state <> 'resolved'"
    "   AND n.recipient <> 'office' AND n.step <> 'recovered'"
    "   AND NOT EXISTS (SELECT FROM delivery d WHERE d.message = ANY (n.messages) AND d.state <> 'trial')";

static enum error_code change(struct pg *pg, int32_t programme, bool trial, struct instant window, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_int(&params, programme);
    pg_put_bool(&params, trial);
    enum error_code code = pg_run(pg, "UPDATE programme SET trial = $2 WHERE id = $1", &params, NULL, err);
    if (code || trial) return code;
    pg_params_clear(&params);
    pg_put_int(&params, programme);
    pg_put_instant(&params, window);
    return pg_run(pg, reopen_sql, &params, NULL, err);
}

static enum error_code read(struct pg *pg, const char *sql, int32_t programme, bool *trial, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    pg_put_int(&params, programme);
    enum error_code code = pg_run(pg, sql, &params, &rows, err);
    if (!code && pg_count(&rows) == 0) code = error_set(err, ERROR_NOT_FOUND, "programme %d is gone", (int)programme);
    if (!code) *trial = pg_bool(&rows, 0, 0);
    return code;
}

enum error_code trial_read(struct pg *pg, int32_t programme, bool *trial, struct error *err) {
    return read(pg, "SELECT trial FROM programme WHERE id = $1", programme, trial, err);
}

enum error_code trial_settle(struct pg *pg, int32_t programme, const char *rules_hash, struct instant window,
                             bool *trial, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    struct more said;
    bool any = false;
    /* The lock first: two alerters must not bring the same notices back one after the other. */
    enum error_code code = read(pg, "SELECT trial FROM programme WHERE id = $1 FOR NO KEY UPDATE", programme, trial, err);
    pg_put_int(&params, programme);
    if (!code) code = pg_run(pg, decisions_sql, &params, &rows, err);
    if (!code) code = newest(&rows, &any, &said, err);
    if (code || !any) return code;
    bool live = said.go_live.live && slice_is(said.go_live.rules, rules_hash);
    if (live == !*trial) return ERROR_OK;
    *trial = !live;
    return change(pg, programme, *trial, window, err);
}
