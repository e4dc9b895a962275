#include "common/store/query_message.h"

#include <stdlib.h>

#include "common/base/cleanup.h"

static const char message_sql[] =
    "SELECT id, number, kind, recipient, body, coalesce(long_body, ''), coalesce(attachment_name, ''), window_at,"
    "       rendered_at FROM message WHERE programme = $1 AND number = upper($2) AND rendered_at <= $3";

static const char ways_sql[] =
    "SELECT id, coalesce(fallback_of, 0), channel, address, state, coalesce(mention, '') FROM delivery"
    " WHERE message = $1 ORDER BY id";

static const char tries_sql[] = "SELECT a.delivery, a.at, a.outcome, coalesce(a.answer, '') FROM delivery_attempt a"
                                " JOIN delivery d ON d.id = a.delivery WHERE d.message = $1 ORDER BY a.delivery, a.at";

static enum error_code read_ways(struct pg *pg, const struct pg_params *params, struct whole_message *out,
                                 struct error *err) {
    enum error_code code = pg_run(pg, ways_sql, params, &out->way_rows, err);
    if (code) return code;
    size_t count = pg_count(&out->way_rows);
    out->ways = calloc(count + 1, sizeof *out->ways);
    if (!out->ways) return error_set(err, ERROR_MEMORY, "out of memory");
    for (size_t i = 0; i < count; i++)
        out->ways[i] = (struct message_way){.id = pg_int(&out->way_rows, i, 0),
                                            .fallback_of = pg_int(&out->way_rows, i, 1),
                                            .channel = pg_text(&out->way_rows, i, 2),
                                            .address = pg_text(&out->way_rows, i, 3),
                                            .state = pg_text(&out->way_rows, i, 4),
                                            .mention = pg_text(&out->way_rows, i, 5)};
    out->way_count = count;
    return ERROR_OK;
}

static enum error_code read_tries(struct pg *pg, const struct pg_params *params, struct whole_message *out,
                                  struct error *err) {
    enum error_code code = pg_run(pg, tries_sql, params, &out->try_rows, err);
    if (code) return code;
    size_t count = pg_count(&out->try_rows);
    out->tries = calloc(count + 1, sizeof *out->tries);
    if (!out->tries) return error_set(err, ERROR_MEMORY, "out of memory");
    for (size_t i = 0; i < count; i++)
        out->tries[i] = (struct message_try){.way = pg_int(&out->try_rows, i, 0),
                                             .at = pg_instant(&out->try_rows, i, 1),
                                             .outcome = pg_text(&out->try_rows, i, 2),
                                             .answer = pg_text(&out->try_rows, i, 3)};
    out->try_count = count;
    return ERROR_OK;
}

enum error_code query_message(struct pg *pg, int32_t programme, struct slice number, struct instant known_at,
                              struct whole_message *out, struct error *err) {
    *out = (struct whole_message){0};
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_params_finish) struct pg_params by_id = {0};
    pg_put_int(&params, programme);
    pg_put_slice(&params, number);
    pg_put_instant(&params, known_at);
    enum error_code code = pg_run(pg, message_sql, &params, &out->rows, err);
    if (code || pg_count(&out->rows) == 0) return code;
    out->id = pg_int(&out->rows, 0, 0);
    out->number = pg_text(&out->rows, 0, 1);
    out->kind = pg_text(&out->rows, 0, 2);
    out->recipient = pg_text(&out->rows, 0, 3);
    out->body = pg_text(&out->rows, 0, 4);
    out->long_body = pg_text(&out->rows, 0, 5);
    out->attachment_name = pg_text(&out->rows, 0, 6);
    out->window_at = pg_instant(&out->rows, 0, 7);
    out->rendered_at = pg_instant(&out->rows, 0, 8);
    pg_put_bigint(&by_id, out->id);
    code = read_ways(pg, &by_id, out, err);
    return code ? code : read_tries(pg, &by_id, out, err);
}

void whole_message_finish(struct whole_message *message) {
    free(message->ways);
    free(message->tries);
    pg_rows_finish(&message->rows);
    pg_rows_finish(&message->way_rows);
    pg_rows_finish(&message->try_rows);
    *message = (struct whole_message){0};
}
