/* What recipients were told before, and which counties are silent: what a list is compared with. */
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/store/outbox.h"

/* The newest message of each that left the house: what stayed in it (trial) told nobody anything. */
static const char last_sql[] =
    "SELECT r.recipient, m.rendered_at FROM unnest($2::text[]) AS r(recipient) CROSS JOIN LATERAL"
    " (SELECT m.rendered_at FROM message m WHERE m.programme = $1 AND m.recipient = r.recipient AND m.kind <> 'test'"
    "     AND EXISTS (SELECT FROM delivery d WHERE d.message = m.id AND d.state <> 'trial')"
    "   ORDER BY m.rendered_at DESC LIMIT 1) AS m";
/* From the alerts that stand or have ended since, which are few, to what was said of them, however long ago; not from the
 * messages, which are those of years: OFFSET 0 keeps the planner from turning it round, since it cannot know how few. By
 * recipient (bytes), then alert. */
static const char told_sql[] =
    "WITH last AS MATERIALIZED (SELECT * FROM unnest($2::text[], $3::timestamptz[]) AS l(recipient, at)),"
    " known AS MATERIALIZED (SELECT id, resolved_at FROM alert WHERE programme = $1 AND resolved_at IS NULL AND cell IS NOT NULL"
    "  UNION ALL SELECT id, resolved_at FROM alert WHERE programme = $1 AND resolved_at IS NULL AND cell IS NULL"
    "  UNION ALL SELECT id, resolved_at FROM alert WHERE programme = $1 AND resolved_at > (SELECT min(at) FROM last)),"
    " said AS MATERIALIZED (SELECT k.id AS alert, k.resolved_at, n.id, n.step, s.message FROM known k CROSS JOIN LATERAL"
    "  (SELECT n.id, n.step, n.messages FROM notice n WHERE n.alert = k.id AND n.step NOT IN ('recovered', 'withdrawn') OFFSET 0) AS n"
    "  CROSS JOIN LATERAL unnest(n.messages) AS s(message)),"
    " heard AS MATERIALIZED (SELECT m.id, m.recipient FROM (SELECT DISTINCT message FROM said) AS s CROSS JOIN LATERAL"
    "  (SELECT m.id, m.recipient FROM message m WHERE m.id = s.message AND m.kind <> 'test'"
    "      AND EXISTS (SELECT FROM delivery d WHERE d.message = m.id AND d.state <> 'trial') OFFSET 0) AS m)"
    "SELECT DISTINCT ON (l.recipient COLLATE \"C\", s.alert) l.recipient, l.at, s.alert, s.step, s.resolved_at IS NOT NULL"
    "  FROM said s JOIN heard h ON h.id = s.message"
    "  JOIN last l ON l.recipient = h.recipient AND (s.resolved_at IS NULL OR s.resolved_at > l.at)"
    " ORDER BY l.recipient COLLATE \"C\", s.alert, s.id DESC";
static const char silent_sql[] =
    "SELECT DISTINCT s.areas[1] FROM alert a JOIN stream s ON s.id = a.stream"
    " WHERE a.programme = $1 AND a.rule = 'missing' AND a.resolved_at IS NULL AND a.stream IS NOT NULL AND s.role = 'county'"
    "   AND s.areas IS NOT NULL";

static enum error_code read_told(struct pg *pg, int32_t programme, const struct pg_rows *last, struct pg_rows *out,
                                 struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    size_t count = pg_count(last);
    pg_put_int(&params, programme);
    pg_array_begin(&params, PG_ELEMENT_TEXT, count);
    for (size_t i = 0; i < count; i++) binary_slice(&params.bytes, pg_slice(last, i, 0));
    pg_array_end(&params);
    pg_array_begin(&params, PG_ELEMENT_INSTANT, count);
    for (size_t i = 0; i < count; i++) binary_instant(&params.bytes, pg_instant(last, i, 1));
    pg_array_end(&params);
    return pg_run(pg, told_sql, &params, out, err);
}

enum error_code outbox_told(struct pg *pg, int32_t programme, const char *const *recipients, size_t count,
                            struct outbox_told *out, struct error *err) {
    *out = (struct outbox_told){0};
    if (count == 0) return ERROR_OK;
    CLEAN(pg_params_finish) struct pg_params params = {0}, own = {0};
    CLEAN(pg_rows_finish) struct pg_rows last = {0};
    pg_put_int(&params, programme);
    pg_put_texts(&params, recipients, count);
    pg_put_int(&own, programme);
    enum error_code code = pg_run(pg, silent_sql, &own, &out->silent, err);
    if (!code) code = pg_run(pg, last_sql, &params, &last, err);
    if (!code && pg_count(&last) > 0) code = read_told(pg, programme, &last, &out->rows, err);
    if (code) return code;
    out->items = calloc(pg_count(&out->rows) + 1, sizeof *out->items);
    if (!out->items) return error_set(err, ERROR_MEMORY, "out of memory for what was said before");
    for (size_t i = 0; i < pg_count(&out->rows); i++)
        out->items[i] = (struct digest_past_item){
            .alert = pg_int(&out->rows, i, 2), .step = pg_text(&out->rows, i, 3), .over = pg_bool(&out->rows, i, 4)};
    return ERROR_OK;
}

bool outbox_told_past(const struct outbox_told *told, const char *recipient, struct digest_past *out) {
    size_t low = 0, high = pg_count(&told->rows), end;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (strcmp(pg_text(&told->rows, middle, 0), recipient) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (end = low; end < pg_count(&told->rows) && strcmp(pg_text(&told->rows, end, 0), recipient) == 0;)
        end++;
    if (end == low) return false;
    *out = (struct digest_past){
        .day = instant_day(pg_instant(&told->rows, low, 1)), .items = told->items + low, .count = end - low};
    return true;
}

bool outbox_told_silent(const struct outbox_told *told, const char *area) {
    for (size_t i = 0; i < pg_count(&told->silent); i++)
        if (strcmp(pg_text(&told->silent, i, 0), area) == 0) return true;
    return false;
}

void outbox_told_finish(struct outbox_told *told) {
    free(told->items);
    pg_rows_finish(&told->rows);
    pg_rows_finish(&told->silent);
    *told = (struct outbox_told){0};
}
