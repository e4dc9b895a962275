#include "common/store/query_board.h"

#include <stdlib.h>

#include "common/base/cleanup.h"

/* The line of an item in the newest message of some notices of alert a, its recipient's own before a room's. */
#define NEWEST_LINE(which)                                                                                             \
    "LEFT JOIN LATERAL (SELECT m.number, x.item, coalesce((SELECT f->>'line' FROM jsonb_array_elements(m.facts) f "    \
    "WHERE (f->>'item')::int = x.item LIMIT 1), m.first_line) AS line FROM notice n JOIN message_notice x ON "         \
    "x.notice = n.id JOIN message m ON m.id = x.message WHERE n.alert = a.id AND m.rendered_at <= $2 AND " which       \
    " ORDER BY m.rendered_at DESC, m.recipient <> n.recipient, m.id DESC LIMIT 1)"

/* Since when a rung counts is kept of the present one alone; of an earlier one it is the first message after it was
 * reached. */
static const char standing_sql[] =
    "SELECT a.id, CASE WHEN w.rung IS NULL OR w.rung = a.rung THEN CASE WHEN a.rung_said_at <= $2 THEN a.rung_said_at "
    "END ELSE (SELECT min(m.rendered_at) FROM notice n JOIN message_notice x ON x.notice = n.id JOIN message m ON m.id "
    "= x.message WHERE n.alert = a.id AND m.rendered_at BETWEEN w.reached AND $2) END, "
    "coalesce(one.number, ''), coalesce(one.line, ''), coalesce(one.item, 0), coalesce(two.number, ''), "
    "coalesce(two.line, ''), coalesce(two.item, 0) "
    "FROM alert a LEFT JOIN LATERAL (SELECT t.to_state, t.rung, (SELECT min(u.at) FROM alert_transition u WHERE "
    "u.alert = a.id AND u.rung = t.rung) AS reached FROM alert_transition t WHERE t.alert = a.id AND t.at <= $2 "
    "ORDER BY t.at DESC, t.stored_at DESC LIMIT 1) w ON true " NEWEST_LINE("true") " one ON true "
    NEWEST_LINE("n.step NOT IN ('yellow_card', 'red_card')") " two ON true "
    "WHERE a.programme = $1 AND a.opened_at <= $2 AND (a.resolved_at IS NULL OR a.resolved_at > $2) ORDER BY a.id";

static struct board_line take_line(const struct pg_rows *rows, size_t row, size_t first) {
    return (struct board_line){pg_text(rows, row, first), pg_text(rows, row, first + 1), pg_int(rows, row, first + 2)};
}

enum error_code query_board_standing(struct pg *pg, int32_t programme, struct instant known_at,
                                     struct board_standing *out, struct error *err) {
    *out = (struct board_standing){0};
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_int(&params, programme);
    pg_put_instant(&params, known_at);
    enum error_code code = pg_run(pg, standing_sql, &params, &out->rows, err);
    if (code) return code;
    size_t count = pg_count(&out->rows);
    out->items = calloc(count + 1, sizeof *out->items);
    if (!out->items) return error_set(err, ERROR_MEMORY, "out of memory");
    out->count = count;
    for (size_t i = 0; i < count; i++)
        out->items[i] = (struct board_said){.alert = pg_int(&out->rows, i, 0),
                                            .rung_said_at = pg_instant(&out->rows, i, 1),
                                            .newest = take_line(&out->rows, i, 2),
                                            .open = take_line(&out->rows, i, 5)};
    return ERROR_OK;
}

void board_standing_finish(struct board_standing *standing) {
    free(standing->items);
    pg_rows_finish(&standing->rows);
    *standing = (struct board_standing){0};
}

const struct board_said *board_standing_of(const struct board_standing *standing, int64_t alert) {
    size_t low = 0, high = standing->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (standing->items[middle].alert < alert)
            low = middle + 1;
        else
            high = middle;
    }
    return low < standing->count && standing->items[low].alert == alert ? &standing->items[low] : NULL;
}
