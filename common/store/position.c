#include "common/store/position.h"

void position_finish(struct position *position) {
    pg_params_finish(&position->streams);
    pg_params_finish(&position->keep);
    pg_params_finish(&position->retire);
    pg_params_finish(&position->make);
}

static void add_step(struct position *position, enum pgstep_kind kind, const char *sql, const struct pg_params *params,
                     int64_t expect_rows) {
    position->steps[position->step_count++] =
        (struct pgstep){.kind = kind, .sql = sql, .params = params, .expect_rows = expect_rows};
}

static bool sound(const struct pg_params *params) {
    return !params->failed && !params->bytes.failed;
}

/* Locked in the order of ids, as ingest does: two aggregators cannot wait for each other. */
static const char lock_sql[] =
    "SELECT stream, id, epoch, gen, committed_seq, head_hash, EXISTS (SELECT FROM stream_reopen r WHERE r.stream = log.stream "
    "AND r.used_log IS NULL) FROM log WHERE stream = ANY ($1) AND current ORDER BY id FOR UPDATE";

static const char former_sql[] = "SELECT stream, epoch FROM log WHERE stream = ANY ($1) AND NOT current";

bool position_lock(struct position *position, const int32_t *streams, size_t count) {
    position->step_count = 0;
    pg_params_clear(&position->streams);
    pg_put_ints(&position->streams, streams, count);
    add_step(position, PGSTEP_SQL, "BEGIN", NULL, -1);
    add_step(position, PGSTEP_QUERY, lock_sql, &position->streams, -1);
    add_step(position, PGSTEP_QUERY, former_sql, &position->streams, -1);
    return sound(&position->streams);
}

void position_take(const struct pg_rows *rows, int32_t stream, struct stream_row *out) {
    *out = (struct stream_row){0};
    for (size_t i = 0; i < pg_count(rows); i++) {
        if (pg_int(rows, i, 0) != stream) continue;
        out->log = (int32_t)pg_int(rows, i, 1);
        out->has_epoch = pg_bytes(rows, i, 2, out->epoch.bytes, sizeof out->epoch.bytes);
        out->gen = (uint64_t)pg_int(rows, i, 3);
        out->committed_seq = (uint64_t)pg_int(rows, i, 4);
        (void)pg_bytes(rows, i, 5, out->head.bytes, sizeof out->head.bytes);
        out->reopen = pg_bool(rows, i, 6);
        return;
    }
}

bool position_former(const struct pg_rows *rows, int32_t stream, const struct epoch *epoch) {
    struct epoch former;
    for (size_t i = 0; i < pg_count(rows); i++)
        if (pg_int(rows, i, 0) == stream && pg_bytes(rows, i, 1, former.bytes, sizeof former.bytes) &&
            epoch_equal(&former, epoch))
            return true;
    return false;
}

/* One column of the changes as an array; `pick` writes the value of one. */
static void put_column(struct pg_params *params, enum pg_element element, const struct position_change *changes,
                       size_t count, bool new_epoch, void (*pick)(struct buffer *, const struct position_change *)) {
    size_t chosen = 0;
    for (size_t i = 0; i < count; i++) chosen += changes[i].new_epoch == new_epoch;
    pg_array_begin(params, element, chosen);
    for (size_t i = 0; i < count; i++)
        if (changes[i].new_epoch == new_epoch) pick(&params->bytes, &changes[i]);
    pg_array_end(params);
}

static void pick_log(struct buffer *out, const struct position_change *change) {
    binary_int4(out, change->row.log);
}
static void pick_gen(struct buffer *out, const struct position_change *change) {
    binary_int8(out, (int64_t)change->row.gen);
}
static void pick_stream(struct buffer *out, const struct position_change *change) {
    binary_int4(out, change->stream);
}
static void pick_epoch(struct buffer *out, const struct position_change *change) {
    binary_bytes(out, change->row.epoch.bytes, sizeof change->row.epoch.bytes);
}
static void pick_first(struct buffer *out, const struct position_change *change) {
    binary_bytes(out, change->first_hash.bytes, sizeof change->first_hash.bytes);
}

static const char keep_sql[] =
    "UPDATE log SET gen = u.gen FROM unnest($1, $2) AS u(log, gen) WHERE log.id = u.log AND log.current";
static const char retire_sql[] = "UPDATE log SET current = false WHERE stream = ANY ($1) AND current";
static const char make_sql[] =
    "INSERT INTO log (stream, epoch, first_hash, gen, head_hash, opened_at) SELECT u.stream, u.epoch, u.first, u.gen, "
    "u.first, $5 FROM unnest($1, $2, $3, $4) AS u(stream, epoch, first, gen) RETURNING stream, id";
static const char used_sql[] =
    "UPDATE stream_reopen r SET used_log = l.id FROM log l WHERE l.stream = r.stream AND l.current AND r.used_log IS NULL "
    "AND r.stream = ANY ($1)";

bool position_store(struct position *position, const struct position_change *changes, size_t count, struct instant at) {
    size_t made = 0;
    position->step_count = position->make_step = 0;
    for (size_t i = 0; i < count; i++) made += changes[i].new_epoch;
    if (made < count) {
        pg_params_clear(&position->keep);
        put_column(&position->keep, PG_ELEMENT_INT, changes, count, false, pick_log);
        put_column(&position->keep, PG_ELEMENT_BIGINT, changes, count, false, pick_gen);
        add_step(position, PGSTEP_QUERY, keep_sql, &position->keep, (int64_t)(count - made));
    }
    if (made) {
        pg_params_clear(&position->retire);
        put_column(&position->retire, PG_ELEMENT_INT, changes, count, true, pick_stream);
        add_step(position, PGSTEP_QUERY, retire_sql, &position->retire, -1);
        pg_params_clear(&position->make);
        put_column(&position->make, PG_ELEMENT_INT, changes, count, true, pick_stream);
        put_column(&position->make, PG_ELEMENT_BYTES, changes, count, true, pick_epoch);
        put_column(&position->make, PG_ELEMENT_BYTES, changes, count, true, pick_first);
        put_column(&position->make, PG_ELEMENT_BIGINT, changes, count, true, pick_gen);
        pg_put_instant(&position->make, at);
        position->make_step = position->step_count;
        add_step(position, PGSTEP_QUERY, make_sql, &position->make, (int64_t)made);
        add_step(position, PGSTEP_QUERY, used_sql, &position->retire, -1);
    }
    add_step(position, PGSTEP_COMMIT, "COMMIT", NULL, -1);
    return sound(&position->keep) && sound(&position->retire) && sound(&position->make);
}

void position_stored(const struct position *position, const struct pg_rows *rows, struct position_change *changes,
                     size_t count) {
    if (!position->make_step) return;
    const struct pg_rows *made = &rows[position->make_step];
    for (size_t i = 0; i < count; i++)
        for (size_t row = 0; changes[i].new_epoch && row < pg_count(made); row++)
            if (pg_int(made, row, 0) == changes[i].stream) changes[i].row.log = (int32_t)pg_int(made, row, 1);
}

bool position_release(struct position *position) {
    position->step_count = 0;
    add_step(position, PGSTEP_SQL, "ROLLBACK", NULL, -1);
    return true;
}
