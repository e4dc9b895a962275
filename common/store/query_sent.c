#include "common/store/query_sent.h"

#include <stdlib.h>

#include "common/base/cleanup.h"

static const char messages_sql[] =
    "SELECT count(*), count(*) FILTER (WHERE delivered), count(*) FILTER (WHERE over AND NOT delivered),"
    "       count(*) FILTER (WHERE trial)"
    "  FROM (SELECT coalesce(bool_or(d.state = 'delivered'), false) AS delivered,"
    "               coalesce(bool_and(d.state = 'failed'), false) AS over,"
    "               coalesce(bool_or(d.state = 'trial'), false) AS trial"
    "          FROM message m LEFT JOIN delivery d ON d.message = m.id"
    "         WHERE m.programme = $1 AND m.kind <> 'test' AND m.window_at >= $2 AND m.rendered_at <= $3"
    "         GROUP BY m.id) f";

static const char waiting_sql[] =
    "SELECT count(*) FILTER (WHERE n.state = 'waiting'), count(*) FILTER (WHERE n.state = 'held'),"
    "       min(n.not_before) FILTER (WHERE n.state = 'waiting')"
    "  FROM notice n JOIN alert a ON a.id = n.alert"
    " WHERE n.programme = $1 AND n.state IN ('waiting', 'held') AND a.opened_at <= $2";

static const char unroutable_sql[] = "SELECT n.meant_for, count(*) FROM notice n JOIN alert a ON a.id = n.alert"
                                     " WHERE n.programme = $1 AND n.unroutable AND n.meant_for IS NOT NULL AND n.state "
                                     "<> 'dropped' AND a.opened_at <= $2"
                                     "   AND (a.resolved_at IS NULL OR a.resolved_at > $2) GROUP BY 1 ORDER BY 1";

/* The items of each message are looked through once, not once a proposal. */
static const char proposals_sql[] =
    "WITH said AS MATERIALIZED (SELECT n.id, n.alert, n.step, unnest(n.messages) AS message"
    "   FROM notice n JOIN alert a ON a.id = n.alert WHERE n.programme = $1 AND n.step IN ('yellow_card', 'red_card')"
    "    AND (a.resolved_at IS NULL OR a.resolved_at > $2)),"
    " item AS MATERIALIZED (SELECT m.id, m.number, x.notice, x.item FROM message m, unnest(m.notices, m.items) AS x(notice, item)"
    "   WHERE m.id IN (SELECT message FROM said) AND m.rendered_at <= $2)"
    " SELECT DISTINCT ON (said.alert, said.step) said.alert, said.step, item.number, item.item"
    "   FROM said JOIN item ON item.id = said.message AND item.notice = said.id"
    "  ORDER BY said.alert, said.step, item.id DESC";

enum error_code query_sent(struct pg *pg, int32_t programme, struct instant since, struct instant known_at,
                           struct sent_counts *out, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params window = {0};
    CLEAN(pg_params_finish) struct pg_params known = {0};
    CLEAN(pg_rows_finish) struct pg_rows messages = {0};
    CLEAN(pg_rows_finish) struct pg_rows waiting = {0};
    *out = (struct sent_counts){.next = INSTANT_NONE};
    pg_put_int(&window, programme);
    pg_put_instant(&window, since);
    pg_put_instant(&window, known_at);
    pg_put_int(&known, programme);
    pg_put_instant(&known, known_at);
    enum error_code code = pg_run(pg, messages_sql, &window, &messages, err);
    if (!code) code = pg_run(pg, waiting_sql, &known, &waiting, err);
    if (code) return code;
    *out = (struct sent_counts){.messages = pg_int(&messages, 0, 0),
                                .delivered = pg_int(&messages, 0, 1),
                                .failed = pg_int(&messages, 0, 2),
                                .trial = pg_int(&messages, 0, 3),
                                .waiting = pg_int(&waiting, 0, 0),
                                .held = pg_int(&waiting, 0, 1),
                                .next = pg_instant(&waiting, 0, 2)};
    return ERROR_OK;
}

/* Runs and makes room for one item a row. */
static enum error_code ask(struct pg *pg, const char *sql, int32_t programme, struct instant known_at, size_t size,
                           struct pg_rows *rows, void **items, size_t *count, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_int(&params, programme);
    pg_put_instant(&params, known_at);
    enum error_code code = pg_run(pg, sql, &params, rows, err);
    if (code) return code;
    *count = pg_count(rows);
    *items = calloc(*count + 1, size);
    return *items ? ERROR_OK : error_set(err, ERROR_MEMORY, "out of memory");
}

enum error_code query_office_notices(struct pg *pg, int32_t programme, struct instant known_at,
                                     struct office_notices *out, struct error *err) {
    *out = (struct office_notices){0};
    void *unroutable = NULL, *proposals = NULL;
    enum error_code code = ask(pg, unroutable_sql, programme, known_at, sizeof *out->unroutable, &out->unroutable_rows,
                               &unroutable, &out->unroutable_count, err);
    out->unroutable = unroutable;
    for (size_t i = 0; !code && i < out->unroutable_count; i++)
        out->unroutable[i] = (struct unroutable_row){.meant_for = pg_text(&out->unroutable_rows, i, 0),
                                                     .notices = pg_int(&out->unroutable_rows, i, 1)};
    if (!code)
        code = ask(pg, proposals_sql, programme, known_at, sizeof *out->proposals, &out->proposal_rows, &proposals,
                   &out->proposal_count, err);
    out->proposals = proposals;
    for (size_t i = 0; !code && i < out->proposal_count; i++)
        out->proposals[i] = (struct proposal_row){.alert = pg_int(&out->proposal_rows, i, 0),
                                                  .step = pg_text(&out->proposal_rows, i, 1),
                                                  .number = pg_text(&out->proposal_rows, i, 2),
                                                  .item = pg_int(&out->proposal_rows, i, 3)};
    return code;
}

void office_notices_finish(struct office_notices *notices) {
    free(notices->unroutable);
    free(notices->proposals);
    pg_rows_finish(&notices->unroutable_rows);
    pg_rows_finish(&notices->proposal_rows);
    *notices = (struct office_notices){0};
}
