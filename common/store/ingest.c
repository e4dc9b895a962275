#include "common/store/ingest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Locked in the order of ids first; the row's gen, its position and the key are checked under that lock. */
const struct pgprepare ingest_prepare[INGEST_PREPARED] = {
    {"ingest_positions",
     "WITH locked AS (SELECT id FROM log WHERE id = ANY ($1::int[]) ORDER BY id FOR UPDATE) "
     "UPDATE log SET committed_seq = u.to_seq, head_hash = u.head "
     "FROM locked, unnest($1::int[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bytea[], $6::text[]) "
     "AS u(log, gen, from_seq, to_seq, head, pubkey) "
     "WHERE locked.id = log.id AND log.id = u.log AND log.current AND log.gen = u.gen AND log.committed_seq = u.from_seq "
     "AND EXISTS (SELECT FROM key k JOIN key_stream ks ON ks.pubkey = k.pubkey WHERE k.pubkey = u.pubkey "
     "AND k.revoked_at IS NULL AND ks.stream = log.stream)"},
    {"ingest_currents",
     "UPDATE cell_current SET known_at = $1::timestamptz, as_of = u.as_of, value = u.value, denominator = u.denominator, "
     "done = u.done, log = u.log, seq = u.seq "
     "FROM unnest($2::int[], $3::date[], $4::numeric[], $5::numeric[], $6::bool[], $7::int[], $8::bigint[]) "
     "AS u(cell, as_of, value, denominator, done, log, seq) WHERE cell_current.cell = u.cell"},
    {"ingest_statuses",
     "INSERT INTO stream_status AS t (status_at, stream, last_seq, depth, oldest_age_ms, disk_free, clock_skew_ms, software) "
     "SELECT $1::timestamptz, u.* FROM unnest($2::int[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], "
     "$7::bigint[], $8::text[]) AS u(stream, last_seq, depth, oldest_age_ms, disk_free, clock_skew_ms, software) "
     "ON CONFLICT (stream) DO UPDATE SET status_at = excluded.status_at, last_seq = excluded.last_seq, depth = excluded.depth, "
     "oldest_age_ms = excluded.oldest_age_ms, disk_free = excluded.disk_free, clock_skew_ms = excluded.clock_skew_ms, "
     "software = coalesce(excluded.software, t.software)"},
};

/* Without the generic plan the unnest updates are planned anew for every array, and turn into scans of whole tables. */
const char ingest_setup[] = "SET plan_cache_mode = force_generic_plan; SET synchronous_commit = on; LISTEN duban_keys; "
                            "LISTEN duban_plan";

static const char batch_sql[] =
    "COPY batch (log, first_seq, last_seq, layout, known_at, head) FROM STDIN (FORMAT binary)";
static const char receipt_sql[] =
    "COPY file_receipt (log, seq, stream, known_at, reported_at, file, hash, feed, period, taken, unchanged, held, refused, "
    "refusals) FROM STDIN (FORMAT binary)";
static const char wake_sql[] = "COPY wake (cell, stream, not_before) FROM STDIN (FORMAT binary)";

void ingest_begin(struct ingest *ingest, struct instant known_at) {
    ingest->known_at = known_at;
    copy_begin(&ingest->events);
    copy_begin(&ingest->batches);
    copy_begin(&ingest->quarantine);
    copy_begin(&ingest->receipts);
    copy_begin(&ingest->wakes);
    ingest->position_rows.count = ingest->current_rows.count = ingest->status_rows.count = 0;
    ingest->step_count = ingest->position_step = 0;
    ingest->failed = false;
}

void ingest_finish(struct ingest *ingest) {
    copy_finish(&ingest->events);
    copy_finish(&ingest->batches);
    copy_finish(&ingest->quarantine);
    copy_finish(&ingest->receipts);
    copy_finish(&ingest->wakes);
    free(ingest->position_rows.items);
    free(ingest->current_rows.items);
    free(ingest->status_rows.items);
    pg_params_finish(&ingest->positions);
    pg_params_finish(&ingest->currents);
    pg_params_finish(&ingest->statuses);
    *ingest = (struct ingest){0};
}

/* --- rows --- */

void ingest_put_event(struct ingest *ingest, const struct stored_event *event) {
    event_copy_row(&ingest->events, event);
}

void ingest_put_quarantine(struct ingest *ingest, const struct quarantined *row) {
    quarantine_copy_row(&ingest->quarantine, row);
}

void ingest_put_batch(struct ingest *ingest, const struct ingest_batch *batch) {
    struct buffer *out = &ingest->batches.bytes;
    copy_row(&ingest->batches, 6);
    binary_int4(out, batch->log);
    binary_int8(out, (int64_t)batch->first_seq);
    binary_int8(out, (int64_t)batch->last_seq);
    binary_int2(out, EVENT_LAYOUT);
    binary_instant(out, ingest->known_at);
    binary_bytes(out, batch->head.bytes, sizeof batch->head.bytes);
}

void ingest_put_receipt(struct ingest *ingest, const struct ingest_receipt *receipt) {
    struct buffer *out = &ingest->receipts.bytes;
    copy_row(&ingest->receipts, 14);
    binary_int4(out, receipt->log);
    binary_int8(out, receipt->seq);
    binary_int4(out, receipt->stream);
    binary_instant(out, ingest->known_at);
    binary_instant(out, receipt->reported_at);
    binary_slice(out, receipt->file.ptr ? receipt->file : slice_of(""));
    binary_slice(out, (struct slice){(const char *)receipt->hash, EVENT_HASH_BYTES});
    binary_slice(out, receipt->feed);
    binary_slice(out, receipt->period);
    binary_int4(out, (int32_t)(receipt->taken & INT32_MAX));
    binary_int4(out, (int32_t)(receipt->unchanged & INT32_MAX));
    binary_int4(out, (int32_t)(receipt->held & INT32_MAX));
    binary_int4(out, (int32_t)(receipt->refused & INT32_MAX));
    binary_jsonb(out, receipt->refusals);
}

void ingest_put_wake_cell(struct ingest *ingest, int32_t cell, struct instant not_before) {
    copy_row(&ingest->wakes, 3);
    binary_int4(&ingest->wakes.bytes, cell);
    binary_null(&ingest->wakes.bytes);
    binary_instant(&ingest->wakes.bytes, not_before);
}

void ingest_put_wake_stream(struct ingest *ingest, int32_t stream, struct instant not_before) {
    copy_row(&ingest->wakes, 3);
    binary_null(&ingest->wakes.bytes);
    binary_int4(&ingest->wakes.bytes, stream);
    binary_instant(&ingest->wakes.bytes, not_before);
}

static void add_row(struct ingest *ingest, struct ingest_rows *rows, const void *row, size_t size) {
    if (rows->count == rows->capacity) {
        size_t capacity = rows->capacity ? rows->capacity * 2 : 64;
        void *more = reallocarray(rows->items, capacity, size);
        if (!more) {
            ingest->failed = true;
            return;
        }
        rows->items = more;
        rows->capacity = capacity;
    }
    memcpy((char *)rows->items + rows->count++ * size, row, size);
}

void ingest_put_position(struct ingest *ingest, const struct ingest_position *position) {
    add_row(ingest, &ingest->position_rows, position, sizeof *position);
}
void ingest_put_current(struct ingest *ingest, const struct ingest_current *current) {
    add_row(ingest, &ingest->current_rows, current, sizeof *current);
}
void ingest_put_status(struct ingest *ingest, const struct ingest_status *status) {
    add_row(ingest, &ingest->status_rows, status, sizeof *status);
}

bool ingest_is_empty(const struct ingest *ingest) {
    return ingest->position_rows.count == 0 && ingest->status_rows.count == 0 && ingest->wakes.rows == 0;
}

/* --- arrays, one a column --- */

#define EACH_ROW(type, row, rows) \
    for (const type *row = (rows)->items, *end_ = row ? row + (rows)->count : row; row != end_; row++)

static void plan_positions(struct ingest *ingest) {
    struct pg_params *params = &ingest->positions;
    const struct ingest_rows *rows = &ingest->position_rows;
    struct buffer *out = &params->bytes;
    pg_params_clear(params);
    pg_array_begin(params, PG_ELEMENT_INT, rows->count);
    EACH_ROW(struct ingest_position, row, rows) binary_int4(out, row->log);
    pg_array_end(params);
    pg_array_begin(params, PG_ELEMENT_BIGINT, rows->count);
    EACH_ROW(struct ingest_position, row, rows) binary_int8(out, (int64_t)row->gen);
    pg_array_end(params);
    pg_array_begin(params, PG_ELEMENT_BIGINT, rows->count);
    EACH_ROW(struct ingest_position, row, rows) binary_int8(out, (int64_t)row->from_seq);
    pg_array_end(params);
    pg_array_begin(params, PG_ELEMENT_BIGINT, rows->count);
    EACH_ROW(struct ingest_position, row, rows) binary_int8(out, (int64_t)row->to_seq);
    pg_array_end(params);
    pg_array_begin(params, PG_ELEMENT_BYTES, rows->count);
    EACH_ROW(struct ingest_position, row, rows) binary_bytes(out, row->head.bytes, sizeof row->head.bytes);
    pg_array_end(params);
    pg_array_begin(params, PG_ELEMENT_TEXT, rows->count);
    EACH_ROW(struct ingest_position, row, rows) binary_slice(out, slice_of(row->key));
    pg_array_end(params);
}

static void put_value(struct buffer *out, const struct figure *figure) {
    if (figure->form == FIGURE_VALUE || figure->form == FIGURE_FRACTION) binary_decimal(out, figure->value);
    else binary_null(out);
}
static void put_denominator(struct buffer *out, const struct figure *figure) {
    if (figure->form == FIGURE_FRACTION) binary_decimal(out, figure->denominator);
    else binary_null(out);
}
static void put_done(struct buffer *out, const struct figure *figure) {
    if (figure->form == FIGURE_DONE) binary_bool(out, figure->done);
    else binary_null(out);
}

static void plan_currents(struct ingest *ingest) {
    struct pg_params *params = &ingest->currents;
    const struct ingest_rows *rows = &ingest->current_rows;
    struct buffer *out = &params->bytes;
    pg_params_clear(params);
    pg_put_instant(params, ingest->known_at);
    pg_array_begin(params, PG_ELEMENT_INT, rows->count);
    EACH_ROW(struct ingest_current, row, rows) binary_int4(out, row->cell);
    pg_array_end(params);
    pg_array_begin(params, PG_ELEMENT_DAY, rows->count);
    EACH_ROW(struct ingest_current, row, rows) binary_day(out, row->as_of);
    pg_array_end(params);
    pg_array_begin(params, PG_ELEMENT_DECIMAL, rows->count);
    EACH_ROW(struct ingest_current, row, rows) put_value(out, &row->figure);
    pg_array_end(params);
    pg_array_begin(params, PG_ELEMENT_DECIMAL, rows->count);
    EACH_ROW(struct ingest_current, row, rows) put_denominator(out, &row->figure);
    pg_array_end(params);
    pg_array_begin(params, PG_ELEMENT_BOOL, rows->count);
    EACH_ROW(struct ingest_current, row, rows) put_done(out, &row->figure);
    pg_array_end(params);
    pg_array_begin(params, PG_ELEMENT_INT, rows->count);
    EACH_ROW(struct ingest_current, row, rows) binary_int4(out, row->log);
    pg_array_end(params);
    pg_array_begin(params, PG_ELEMENT_BIGINT, rows->count);
    EACH_ROW(struct ingest_current, row, rows) binary_int8(out, row->seq);
    pg_array_end(params);
}

static void plan_statuses(struct ingest *ingest) {
    struct pg_params *params = &ingest->statuses;
    const struct ingest_rows *rows = &ingest->status_rows;
    struct buffer *out = &params->bytes;
    pg_params_clear(params);
    pg_put_instant(params, ingest->known_at);
    pg_array_begin(params, PG_ELEMENT_INT, rows->count);
    EACH_ROW(struct ingest_status, row, rows) binary_int4(out, row->stream);
    pg_array_end(params);
    pg_array_begin(params, PG_ELEMENT_BIGINT, rows->count);
    EACH_ROW(struct ingest_status, row, rows) binary_int8(out, row->last_seq);
    pg_array_end(params);
    pg_array_begin(params, PG_ELEMENT_BIGINT, rows->count);
    EACH_ROW(struct ingest_status, row, rows) binary_int8(out, row->depth);
    pg_array_end(params);
    pg_array_begin(params, PG_ELEMENT_BIGINT, rows->count);
    EACH_ROW(struct ingest_status, row, rows) binary_int8(out, row->oldest_age_ms);
    pg_array_end(params);
    pg_array_begin(params, PG_ELEMENT_BIGINT, rows->count);
    EACH_ROW(struct ingest_status, row, rows) binary_int8(out, row->disk_free);
    pg_array_end(params);
    pg_array_begin(params, PG_ELEMENT_BIGINT, rows->count);
    EACH_ROW(struct ingest_status, row, rows) binary_int8(out, row->clock_skew_ms);
    pg_array_end(params);
    pg_array_begin(params, PG_ELEMENT_TEXT, rows->count);
    EACH_ROW(struct ingest_status, row, rows) binary_slice(out, row->software);
    pg_array_end(params);
}

/* --- steps --- */

static void add_step(struct ingest *ingest, struct pgstep step) {
    ingest->steps[ingest->step_count++] = step;
}

static void add_copy(struct ingest *ingest, const char *sql, struct copy *copy) {
    if (copy->rows == 0) return;
    copy_end(copy);
    if (copy->bytes.failed) ingest->failed = true;
    add_step(ingest, (struct pgstep){.kind = PGSTEP_COPY, .sql = sql, .bytes = copy->bytes.data, .len = copy->bytes.len,
                                     .expect_rows = (int64_t)copy->rows});
}

static void add_update(struct ingest *ingest, const char *name, const struct pg_params *params, const struct ingest_rows *rows,
                       void (*plan)(struct ingest *ingest), bool exact) {
    if (rows->count == 0) return;
    plan(ingest);
    if (params->failed || params->bytes.failed) ingest->failed = true;
    add_step(ingest, (struct pgstep){.kind = PGSTEP_PREPARED, .sql = name, .params = params,
                                     .expect_rows = exact ? (int64_t)rows->count : -1});
}

bool ingest_plan(struct ingest *ingest, const char *partition) {
    ingest->step_count = ingest->position_step = 0;
    (void)snprintf(ingest->event_sql, sizeof ingest->event_sql, "COPY %s %s FROM STDIN (FORMAT binary)", partition,
                   event_copy_columns);
    add_step(ingest, (struct pgstep){.kind = PGSTEP_SQL, .sql = "BEGIN", .expect_rows = -1});
    if (ingest->position_rows.count) ingest->position_step = ingest->step_count;
    add_update(ingest, "ingest_positions", &ingest->positions, &ingest->position_rows, plan_positions, true);
    add_copy(ingest, ingest->event_sql, &ingest->events);
    add_copy(ingest, batch_sql, &ingest->batches);
    add_copy(ingest, quarantine_copy_sql, &ingest->quarantine);
    add_copy(ingest, receipt_sql, &ingest->receipts);
    add_copy(ingest, wake_sql, &ingest->wakes);
    add_update(ingest, "ingest_currents", &ingest->currents, &ingest->current_rows, plan_currents, false);
    add_update(ingest, "ingest_statuses", &ingest->statuses, &ingest->status_rows, plan_statuses, false);
    bool wakes = ingest->wakes.rows > 0;
    add_step(ingest, (struct pgstep){.kind = PGSTEP_COMMIT, .sql = wakes ? "NOTIFY duban_wake; COMMIT" : "COMMIT",
                                     .expect_rows = -1});
    return !ingest->failed;
}
