/* What recipients were told before, and which counties are silent: what a list is compared with. */
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/store/outbox.h"

/* A message that stayed in the house (trial) told nobody anything. By recipient (bytes), then alert. */
static const char told_sql[] =
    "WITH sent AS (SELECT m.id, m.recipient, m.rendered_at FROM message m"
    "   WHERE m.programme = $1 AND m.recipient = ANY ($2::text[]) AND m.kind <> 'test'"
    "     AND EXISTS (SELECT FROM delivery d WHERE d.message = m.id AND d.state <> 'trial')),"
    " last AS (SELECT recipient, max(rendered_at) AS at FROM sent GROUP BY 1)"
    " SELECT DISTINCT ON (l.recipient COLLATE \"C\", a.id) l.recipient, l.at, a.id, n.step, a.state = 'resolved'"
    "   FROM last l JOIN sent m USING (recipient) JOIN message_notice s ON s.message = m.id"
    "   JOIN notice n ON n.id = s.notice AND n.step NOT IN ('recovered', 'withdrawn')"
    "   JOIN alert a ON a.id = n.alert AND (a.state <> 'resolved' OR a.resolved_at > l.at)"
    "  ORDER BY l.recipient COLLATE \"C\", a.id, n.id DESC";
static const char silent_sql[] =
    "SELECT DISTINCT s.areas[1] FROM alert a JOIN stream s ON s.id = a.stream"
    " WHERE a.programme = $1 AND a.rule = 'missing' AND a.state <> 'resolved' AND s.role = 'county'"
    "   AND s.areas IS NOT NULL";

enum error_code outbox_told(struct pg *pg, int32_t programme, const char *const *recipients, size_t count,
                            struct outbox_told *out, struct error *err) {
    *out = (struct outbox_told){0};
    if (count == 0) return ERROR_OK;
    CLEAN(pg_params_finish) struct pg_params params = {0}, own = {0};
    pg_put_int(&params, programme);
    pg_put_texts(&params, recipients, count);
    pg_put_int(&own, programme);
    enum error_code code = pg_run(pg, told_sql, &params, &out->rows, err);
    if (!code) code = pg_run(pg, silent_sql, &own, &out->silent, err);
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
