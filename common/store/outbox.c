#include "common/store/outbox.h"

#include <sodium.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/text.h"

static void copy(const struct pg_rows *rows, size_t row, size_t column, char *out, size_t capacity) {
    struct slice text = pg_slice(rows, row, column);
    size_t len = text.ptr ? text_cut_bytes(text.ptr, text.len, capacity - 1) : 0;
    if (len) memcpy(out, text.ptr, len);
    out[len] = '\0';
}

static const char waiting_sql[] =
    "SELECT n.id, n.alert, n.step, a.cause, n.recipient, n.meant_for, NULL, a.rule, a.state, a.cell, a.stream,"
    "       a.period, a.file, a.opened_at, a.key || '|' || n.key, a.rung, a.rung_said_at IS NOT NULL, a.message, a.id IN (SELECT alert FROM reply_alert)"
    "  FROM notice n JOIN alert a ON a.id = n.alert"
    " WHERE n.programme = $1 AND n.state = 'waiting' AND n.not_before <= $2";

/* Asked of the few that may have a past, not of the thousands that open at one midnight. */
static const char numbers_sql[] =
    "SELECT w.place, m.number FROM unnest($1::bigint[], $2::text[], $3::bigint[]) AS w(alert, recipient, place)"
    "  CROSS JOIN LATERAL (SELECT max(s.message) AS message FROM notice p, unnest(p.messages) AS s(message)"
    "                       WHERE p.alert = w.alert AND p.recipient = w.recipient) x"
    "  JOIN message m ON m.id = x.message";

static bool may_have_past(const struct waiting_notice *n) {
    return n->rung_said || n->rung > RUNG_REMINDED || n->state != ALERT_OPEN || strcmp(n->step, "7") == 0 ||
           strcmp(n->step, "red") == 0 || strcmp(n->step, "issued") == 0 || strcmp(n->step, "withdrawn") == 0;
}

static enum error_code read_numbers(struct pg *pg, struct waiting_notices *out, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    AUTO_FREE int64_t *alerts = calloc(out->count + 1, sizeof *alerts);
    AUTO_FREE int64_t *places = calloc(out->count + 1, sizeof *places);
    AUTO_FREE const char **recipients = calloc(out->count + 1, sizeof *recipients);
    size_t count = 0;
    if (!alerts || !places || !recipients) return error_set(err, ERROR_MEMORY, "out of memory for %zu notices", out->count);
    for (size_t i = 0; i < out->count; i++) {
        if (!may_have_past(&out->items[i])) continue;
        alerts[count] = out->items[i].alert;
        recipients[count] = out->items[i].recipient;
        places[count++] = (int64_t)i;
    }
    if (count == 0) return ERROR_OK;
    pg_put_bigints(&params, alerts, count);
    pg_put_texts(&params, recipients, count);
    pg_put_bigints(&params, places, count);
    enum error_code code = pg_run(pg, numbers_sql, &params, &rows, err);
    for (size_t row = 0; !code && row < pg_count(&rows); row++) {
        struct waiting_notice *n = &out->items[pg_int(&rows, row, 0)];
        copy(&rows, row, 1, n->past, sizeof n->past);
    }
    return code;
}

enum error_code outbox_waiting(struct pg *pg, int32_t programme, struct instant now, struct waiting_notices *out,
                               struct error *err) {
    *out = (struct waiting_notices){0};
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    pg_put_int(&params, programme);
    pg_put_instant(&params, now);
    enum error_code code = pg_run(pg, waiting_sql, &params, &rows, err);
    if (code) return code;
    size_t count = pg_count(&rows);
    out->items = calloc(count ? count : 1, sizeof *out->items);
    if (!out->items) return error_set(err, ERROR_MEMORY, "out of memory for %zu notices", count);
    for (size_t row = 0; row < count; row++) {
        struct waiting_notice *n = &out->items[out->count];
        if (!alert_rule_find(pg_slice(&rows, row, 7), &n->rule) ||
            !alert_state_find(pg_slice(&rows, row, 8), &n->state))
            continue;
        n->id = pg_int(&rows, row, 0);
        n->alert = pg_int(&rows, row, 1);
        copy(&rows, row, 2, n->step, sizeof n->step);
        copy(&rows, row, 3, n->cause, sizeof n->cause);
        copy(&rows, row, 4, n->recipient, sizeof n->recipient);
        copy(&rows, row, 5, n->meant_for, sizeof n->meant_for);
        copy(&rows, row, 6, n->past, sizeof n->past);
        n->cell = (int32_t)pg_int(&rows, row, 9);
        n->stream = (int32_t)pg_int(&rows, row, 10);
        n->period = pg_day(&rows, row, 11);
        n->file = pg_int(&rows, row, 12);
        n->opened_at = pg_instant(&rows, row, 13);
        n->rung = (enum alert_rung)pg_int(&rows, row, 15);
        n->rung_said = pg_bool(&rows, row, 16);
        n->message = pg_int(&rows, row, 17);
        n->answered = pg_bool(&rows, row, 18);
        struct slice key = pg_slice(&rows, row, 14);
        n->key = strndup(key.ptr ? key.ptr : "", key.len);
        out->count++;
        if (!n->key) return error_set(err, ERROR_MEMORY, "out of memory for %zu notices", count);
    }
    waiting_notices_sort(out);
    return read_numbers(pg, out, err);
}

static int by_recipient(const void *a, const void *b) {
    const struct waiting_notice *first = a, *second = b;
    int order = strcmp(first->recipient, second->recipient);
    if (order) return order;
    if (first->alert != second->alert) return first->alert < second->alert ? -1 : 1;
    return (first->id > second->id) - (first->id < second->id);
}

/* Here, and not by the database, which would write them to its disk for it. */
void waiting_notices_sort(struct waiting_notices *notices) {
    qsort(notices->items, notices->count, sizeof *notices->items, by_recipient);
}

void waiting_notices_finish(struct waiting_notices *notices) {
    for (size_t i = 0; i < notices->count; i++) free(notices->items[i].key);
    free(notices->items);
    *notices = (struct waiting_notices){0};
}

enum error_code outbox_numbers(struct pg *pg, int32_t programme, const char *prefix, struct instant day, unsigned *given,
                               struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    pg_put_int(&params, programme);
    pg_put_text(&params, prefix);
    pg_put_instant(&params, day);
    enum error_code code = pg_run(
        pg, "SELECT count(*) FROM message WHERE programme = $1 AND window_at >= $3 AND starts_with(number, $2)", &params,
        &rows, err);
    if (!code) *given = (unsigned)pg_int(&rows, 0, 0);
    return code;
}

static void add_line(crypto_generichash_state *state, const char *text) {
    crypto_generichash_update(state, (const uint8_t *)"\n", 1);
    crypto_generichash_update(state, (const uint8_t *)text, strlen(text));
}

/* Of recipient and notices, so that a database that was restored repeats with the same key. What was shown in trial and
 * is said when it is live is another message; and a brief is its morning's even when there is nothing else in it. */
static void message_key(int32_t programme, const struct outbox_message *message, char out[65]) {
    crypto_generichash_state state;
    uint8_t hash[32];
    char morning[INSTANT_TEXT_MAX], number[16];
    crypto_generichash_init(&state, NULL, 0, sizeof hash);
    crypto_generichash_update(&state, (const uint8_t *)message->recipient, strlen(message->recipient));
    for (size_t i = 0; i < message->notice_count; i++) add_line(&state, message->keys[i]);
    if (message->trial) add_line(&state, "trial");
    if (message->kind && strcmp(message->kind, "brief") == 0) {
        instant_print(message->window_at, morning);
        snprintf(number, sizeof number, "%d", (int)programme);
        add_line(&state, morning);
        add_line(&state, number);
    }
    crypto_generichash_final(&state, hash, sizeof hash);
    sodium_bin2hex(out, 65, hash, sizeof hash);
}

static const char message_sql[] =
    "WITH made AS (INSERT INTO message (programme, number, recipient, window_at, rendered_at, key, first_line, body,"
    "                                   facts, notices, items, kind, long_body, attachment_name, attachment)"
    "              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $18, $19, $20, $21) RETURNING id),"
    "     ways AS (INSERT INTO delivery (message, channel, address, mention, fallback_channel, fallback_address, state)"
    "              SELECT made.id, d.channel, d.address, d.mention, d.fallback_channel, d.fallback_address, $12"
    "                FROM made, unnest($13::text[], $14::text[], $15::text[], $16::text[], $17::text[])"
    "                     AS d(channel, address, mention, fallback_channel, fallback_address))"
    "SELECT id FROM made";

/* One text of every delivery, as an array; NULL stays NULL. */
static void put_column(struct pg_params *params, const struct outbox_message *message, size_t offset) {
    pg_array_begin(params, PG_ELEMENT_TEXT, message->delivery_count);
    for (size_t i = 0; i < message->delivery_count; i++) {
        const char *text;
        memcpy(&text, (const char *)&message->deliveries[i] + offset, sizeof text);
        binary_slice(&params->bytes, slice_of(text));
    }
    pg_array_end(params);
}

enum error_code outbox_message_add(struct pg *pg, int32_t programme, const struct outbox_message *message, int64_t *id,
                                   struct error *err) {
    static const size_t columns[] = {
        offsetof(struct outbox_delivery, channel), offsetof(struct outbox_delivery, address),
        offsetof(struct outbox_delivery, mention), offsetof(struct outbox_delivery, fallback_channel),
        offsetof(struct outbox_delivery, fallback_address)};
    char key[65];
    message_key(programme, message, key);
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_int(&params, programme);
    pg_put_text(&params, message->number);
    pg_put_text(&params, message->recipient);
    pg_put_instant(&params, message->window_at);
    pg_put_instant(&params, message->rendered_at);
    pg_put_text(&params, key);
    pg_put_slice(&params, message->first_line);
    pg_put_slice(&params, message->body);
    pg_put_json(&params, message->facts);
    pg_put_bigints(&params, message->notices, message->notice_count);
    pg_array_begin(&params, PG_ELEMENT_INT, message->notice_count);
    for (size_t i = 0; i < message->notice_count; i++) binary_int4(&params.bytes, message->items[i]);
    pg_array_end(&params);
    pg_put_text(&params, message->trial ? "trial" : "waiting");
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) put_column(&params, message, columns[i]);
    pg_put_text(&params, message->kind ? message->kind : "notices");
    pg_put_slice(&params, message->long_body);
    pg_put_text(&params, message->attachment_name);
    pg_put_bytes(&params, message->attachment_name ? message->attachment.ptr : NULL, message->attachment.len);
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    enum error_code code = pg_run(pg, message_sql, &params, &rows, err);
    if (!code && id) *id = pg_int(&rows, 0, 0);
    return code;
}

enum error_code outbox_drop(struct pg *pg, const int64_t *notices, const char *const *causes, size_t count,
                            struct error *err) {
    if (count == 0) return ERROR_OK;
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_bigints(&params, notices, count);
    pg_array_begin(&params, PG_ELEMENT_TEXT, count);
    for (size_t i = 0; i < count; i++) binary_slice(&params.bytes, slice_of(causes[i]));
    pg_array_end(&params);
    return pg_run(pg,
                  "UPDATE notice SET state = 'dropped', cause = d.cause"
                  "  FROM unnest($1::bigint[], $2::text[]) AS d(id, cause) WHERE notice.id = d.id AND state = 'waiting'",
                  &params, NULL, err);
}

enum error_code outbox_unreachable(struct pg *pg, const int64_t *notices, size_t count, struct error *err) {
    if (count == 0) return ERROR_OK;
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_bigints(&params, notices, count);
    return pg_run(pg,
                  "UPDATE notice SET meant_for = recipient, recipient = 'office', unroutable = true"
                  " WHERE id = ANY($1) AND NOT unroutable",
                  &params, NULL, err);
}

static const char rendered_sql[] =
    "UPDATE notice SET state = 'rendered', messages = coalesce(notice.messages, '{}') || n.messages"
    "  FROM (SELECT d.id, coalesce(array_agg(s.message) FILTER (WHERE s.message IS NOT NULL), '{}') AS messages"
    "          FROM unnest($1::bigint[]) AS d(id) LEFT JOIN unnest($2::bigint[], $3::bigint[]) AS s(id, message) USING (id)"
    "         GROUP BY d.id) n"
    " WHERE notice.id = n.id";

enum error_code outbox_rendered(struct pg *pg, const struct outbox_said *said, struct error *err) {
    if (said->count == 0) return ERROR_OK;
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_bigints(&params, said->notices, said->count);
    pg_put_bigints(&params, said->said, said->said_count);
    pg_put_bigints(&params, said->by, said->said_count);
    return pg_run(pg, rendered_sql, &params, NULL, err);
}

enum error_code outbox_messages_begin(struct pg *pg, struct error *err) {
    return pg_script(pg, "SET LOCAL enable_seqscan = off", err);
}
enum error_code outbox_messages_end(struct pg *pg, struct error *err) {
    return pg_script(pg, "SET LOCAL enable_seqscan TO DEFAULT", err);
}
