#include "common/store/desk.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/store/history.h"

enum { COL_TARGET, COL_AREA, COL_EVENT };

static const char desk_sql[] = "SELECT t.code, r.code, " HISTORY_EVENT_SQL "  FROM event e"
                               "  JOIN log l ON l.id = e.log"
                               "  JOIN stream s ON s.id = l.stream"
                               "  LEFT JOIN target t ON t.id = e.target"
                               "  LEFT JOIN area r ON r.id = e.area"
                               " WHERE e.kind >= 16 AND s.programme = $1 AND e.known_at < $2"
                               " ORDER BY e.known_at, e.log, e.seq";

static size_t cell_of(const struct plan *plan, struct slice target, struct slice area) {
    size_t of_target = target.ptr ? plan_find_target(plan, target) : NO_INDEX;
    size_t of_area = area.ptr ? plan_find_area(plan, area) : NO_INDEX;
    return of_target == NO_INDEX || of_area == NO_INDEX ? NO_INDEX : plan_find_cell(plan, of_target, of_area);
}

enum error_code desk_read(struct pg *pg, int32_t programme, const struct plan *plan, struct instant before,
                          struct desk *out, struct error *err) {
    *out = (struct desk){0};
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_int(&params, programme);
    pg_put_instant(&params, before);
    enum error_code code = pg_run(pg, desk_sql, &params, &out->rows, err);
    if (code) return code;
    size_t count = pg_count(&out->rows);
    out->events = calloc(count + 1, sizeof *out->events);
    if (!out->events) return error_set(err, ERROR_MEMORY, "out of memory for %zu events", count);
    for (size_t row = 0; row < count; row++) {
        struct desk_event *event = &out->events[row];
        history_take_event(&out->rows, row, COL_EVENT, &event->event);
        event->target = pg_slice(&out->rows, row, COL_TARGET);
        event->area = pg_slice(&out->rows, row, COL_AREA);
        event->cell = cell_of(plan, event->target, event->area);
    }
    out->count = count;
    return ERROR_OK;
}

void desk_finish(struct desk *desk) {
    free(desk->events);
    pg_rows_finish(&desk->rows);
    *desk = (struct desk){0};
}

/* --- one at a time --- */

enum error_code desk_lock(struct pg *pg, struct error *err) {
    static const char limit_sql[] = "SET lock_timeout = '25s'",
                      lock_sql[] = "SELECT pg_advisory_lock(hashtext('duban desk'))";
    enum error_code code = pg_run(pg, limit_sql, NULL, NULL, err);
    if (!code) code = pg_run(pg, lock_sql, NULL, NULL, err);
    if (code && strcmp(pg_state(pg), "55P03") == 0)
        return error_set(err, ERROR_CONFLICT, "another decision is under way and does not come to an end: try again");
    return code;
}

void desk_unlock(struct pg *pg) {
    struct error ignored;
    if (pg_run(pg, "SELECT pg_advisory_unlock(hashtext('duban desk'))", NULL, NULL, &ignored))
        return; /* a connection that is gone took the lock with it */
}
