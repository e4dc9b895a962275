/* The configured channels as the database knows them, and test messages. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/random.h"
#include "common/base/text.h"
#include "common/store/outbox.h"

static const char declare_sql[] =
    "INSERT INTO channel (name, kind, interval_ms, burst, abreast, quiet_seconds)"
    " SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::int[], $5::int[], $6::int[])"
    " ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, interval_ms = excluded.interval_ms, burst = excluded.burst,"
    "    abreast = excluded.abreast, quiet_seconds = excluded.quiet_seconds, declared_at = now() /* real */";

static void put_numbers(struct pg_params *params, const struct outbox_channel *channels, size_t count, size_t offset) {
    pg_array_begin(params, PG_ELEMENT_INT, count);
    for (size_t i = 0; i < count; i++) {
        int64_t number;
        memcpy(&number, (const char *)&channels[i] + offset, sizeof number);
        binary_int4(&params->bytes, (int32_t)(number < INT32_MAX ? number : INT32_MAX));
    }
    pg_array_end(params);
}

enum error_code outbox_channels_declare(struct pg *pg, const struct outbox_channel *channels, size_t count,
                                        struct error *err) {
    static const size_t numbers[] = {
        offsetof(struct outbox_channel, interval_ms), offsetof(struct outbox_channel, burst),
        offsetof(struct outbox_channel, abreast), offsetof(struct outbox_channel, quiet_seconds)};
    if (count == 0) return ERROR_OK;
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_array_begin(&params, PG_ELEMENT_TEXT, count);
    for (size_t i = 0; i < count; i++) binary_slice(&params.bytes, slice_of(channels[i].name));
    pg_array_end(&params);
    pg_array_begin(&params, PG_ELEMENT_TEXT, count);
    for (size_t i = 0; i < count; i++) binary_slice(&params.bytes, slice_of(channels[i].kind));
    pg_array_end(&params);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) put_numbers(&params, channels, count, numbers[i]);
    return pg_run(pg, declare_sql, &params, NULL, err);
}

static char *heap(const struct pg_rows *rows, size_t row, size_t column) {
    struct slice text = pg_slice(rows, row, column);
    return strndup(text.ptr ? text.ptr : "", text.len);
}

static const char channels_sql[] =
    "SELECT c.name, c.kind, CASE WHEN c.held_until > now() /* real */ THEN c.held_cause END,"
    "       (SELECT d.last_answer FROM delivery d JOIN delivery_attempt t ON t.delivery = d.id"
    "         WHERE d.channel = c.kind AND d.address = c.name ORDER BY t.at DESC LIMIT 1),"
    "       CASE WHEN c.held_until > now() /* real */ THEN c.held_until END, c.declared_at,"
    "       (SELECT count(*) FROM delivery d WHERE d.channel = c.kind AND d.address = c.name"
    "           AND d.state IN ('waiting', 'leased')),"
    "       (SELECT count(*) FROM delivery d WHERE d.channel = c.kind AND d.address = c.name AND d.state = 'failed')"
    "  FROM channel c ORDER BY c.name COLLATE \"C\"";

enum error_code outbox_channels(struct pg *pg, struct outbox_channel_rows *out, struct error *err) {
    *out = (struct outbox_channel_rows){0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    enum error_code code = pg_run(pg, channels_sql, NULL, &rows, err);
    if (code) return code;
    size_t count = pg_count(&rows);
    out->items = calloc(count ? count : 1, sizeof *out->items);
    if (!out->items) return error_set(err, ERROR_MEMORY, "out of memory for %zu channels", count);
    out->count = count;
    for (size_t row = 0; row < count; row++) {
        struct outbox_channel_row *c = &out->items[row];
        char **const texts[] = {&c->name, &c->kind, &c->held_cause, &c->last_answer};
        for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
            if (!(*texts[i] = heap(&rows, row, i))) return error_set(err, ERROR_MEMORY, "out of memory");
        c->held_until = pg_instant(&rows, row, 4);
        c->declared_at = pg_instant(&rows, row, 5);
        c->waiting = pg_int(&rows, row, 6);
        c->failed = pg_int(&rows, row, 7);
    }
    return ERROR_OK;
}

void outbox_channel_rows_finish(struct outbox_channel_rows *rows) {
    for (size_t i = 0; i < rows->count; i++) {
        struct outbox_channel_row *c = &rows->items[i];
        char *const texts[] = {c->name, c->kind, c->held_cause, c->last_answer};
        for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++) free(texts[k]);
    }
    free(rows->items);
    *rows = (struct outbox_channel_rows){0};
}

/* --- tests --- */

static const char test_sql[] =
    "WITH made AS (INSERT INTO message (programme, number, recipient, window_at, rendered_at, key, first_line, body,"
    "                                   facts, kind)"
    "              VALUES ($1, $2, 'office', $3, $3, $4, $5, $6, '[]', 'test') RETURNING id),"
    "     put AS (INSERT INTO delivery (message, channel, address) SELECT id, $7, $8 FROM made RETURNING id)"
    "SELECT id, pg_notify('duban_wake', '') FROM put";

enum error_code outbox_test_add(struct pg *pg, int32_t programme, const char *channel, const char *address,
                                struct instant now, int64_t *delivery, struct error *err) {
    static const char line[] = "【测试】督办 渠道测试 请勿处理";
    uint8_t uid[UID_BYTES];
    char number[32], key[2 * UID_BYTES + 6] = "test-", when[INSTANT_TEXT_MAX];
    enum error_code code = random_uid(uid, err);
    if (code) return code;
    for (size_t i = 0; i < UID_BYTES; i++) snprintf(key + 5 + 2 * i, 3, "%02x", uid[i]);
    instant_print(now, when);
    snprintf(number, sizeof number, "TEST-%.8s", key + 5); /* never a number of the office's own list */
    CLEAN(buffer_finish) struct buffer body = {0};
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    buffer_printf(&body, "%s\n这是渠道测试，不是督办消息，不用回复。\n%.10s %.5s 编号 %s", line, when, when + 11,
                  number);
    pg_put_int(&params, programme);
    pg_put_text(&params, number);
    pg_put_instant(&params, now);
    pg_put_text(&params, key);
    pg_put_text(&params, line);
    pg_put_text(&params, buffer_text(&body));
    pg_put_text(&params, channel);
    pg_put_text(&params, address);
    code = pg_run(pg, test_sql, &params, &rows, err);
    if (!code) *delivery = pg_int(&rows, 0, 0);
    return code;
}

static const char test_state_sql[] =
    "SELECT d.state, d.attempts, d.last_answer,"
    "       EXISTS (SELECT FROM channel c WHERE c.kind = d.channel AND c.name = d.address"
    "                  AND channel_free_at(c) > now() /* real */)"
    "  FROM delivery d WHERE d.id = $1";

static void copy(struct slice text, char *out, size_t capacity) {
    size_t len = text.ptr ? text_cut_bytes(text.ptr, text.len, capacity - 1) : 0;
    if (len) memcpy(out, text.ptr, len);
    out[len] = '\0';
}

enum error_code outbox_test_state(struct pg *pg, int64_t delivery, struct outbox_test_state *out, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    pg_put_bigint(&params, delivery);
    enum error_code code = pg_run(pg, test_state_sql, &params, &rows, err);
    if (code) return code;
    if (pg_count(&rows) == 0) return error_set(err, ERROR_NOT_FOUND, "the test is not in the outbox any more");
    copy(pg_slice(&rows, 0, 0), out->state, sizeof out->state);
    out->attempts = pg_int(&rows, 0, 1);
    copy(pg_slice(&rows, 0, 2), out->answer, sizeof out->answer);
    out->held = pg_bool(&rows, 0, 3);
    return ERROR_OK;
}
