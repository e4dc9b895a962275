#include "common/store/query_present.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/base/cleanup.h"

/* A row version that this snapshot sees and the last one did not was written by a transaction that had not ended then:
 * its number is not below that snapshot's xmin. age() compares across the wrap-around of transaction numbers. */
static const char present_sql[] = "SELECT l.cell, s.assessment, l.light_since FROM cell_light l JOIN cell c ON c.id = l.cell"
                                  "  LEFT JOIN cell_assessment s ON s.cell = l.cell"
                                  " WHERE c.programme = $1 AND NOT c.retired"
                                  "   AND ($2::text IS NULL OR age(coalesce(s.xmin, l.xmin)) <= age($2::text::xid))";
static const char horizon_sql[] = "SELECT (pg_snapshot_xmin(pg_current_snapshot())::xid)::text";

static enum error_code read_horizon(struct pg *pg, struct present_horizon *out, struct error *err) {
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    enum error_code code = pg_run(pg, horizon_sql, NULL, &rows, err);
    if (!code) (void)snprintf(out->text, sizeof out->text, "%s", pg_text(&rows, 0, 0));
    return code;
}

enum error_code query_present(struct pg *pg, int32_t programme, struct present_horizon *horizon,
                               struct present_rows *out, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    struct present_horizon next;
    *out = (struct present_rows){0};
    enum error_code code = read_horizon(pg, &next, err);
    if (code) return code;
    pg_put_int(&params, programme);
    pg_put_text(&params, *horizon->text ? horizon->text : NULL);
    if ((code = pg_run(pg, present_sql, &params, &out->rows, err))) return code;
    size_t count = pg_count(&out->rows);
    out->items = calloc(count + 1, sizeof *out->items);
    if (!out->items) return error_set(err, ERROR_MEMORY, "out of memory for %zu cells", count);
    for (size_t i = 0; i < count; i++)
        out->items[i] = (struct present_row){(int32_t)pg_int(&out->rows, i, 0), pg_text(&out->rows, i, 1),
                                              pg_day(&out->rows, i, 2)};
    out->count = count;
    *horizon = next;
    return ERROR_OK;
}

void present_rows_finish(struct present_rows *rows) {
    free(rows->items);
    pg_rows_finish(&rows->rows);
    *rows = (struct present_rows){0};
}

enum error_code query_plan_version(struct pg *pg, int32_t programme, int32_t *out, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    pg_put_int(&params, programme);
    enum error_code code =
        pg_run(pg, "SELECT coalesce(max(version), 0) FROM plan_version WHERE programme = $1", &params, &rows, err);
    *out = code ? 0 : (int32_t)pg_int(&rows, 0, 0);
    return code;
}
