/* The session's side of the spool: reading batches, positions, retention, a new epoch. */
#include <stdlib.h>
#include <string.h>

#include "common/base/random.h"
#include "common/spool/spool.h"
#include "common/spool/spool_sql.h"

enum { TRIM_AT_ONCE = 2000 };

/* --- how many bytes lie between two numbers: mostly the batches that went out, so they are remembered --- */

static void spool_note_read(struct spool *spool, const struct spool_batch *batch) {
    while (spool->read_count && spool->reads[spool->read_count - 1].last >= batch->first_seq)
        spool->read_count--;
    if (spool->read_count == SPOOL_READS_MAX)
        memmove(spool->reads, spool->reads + 1, --spool->read_count * sizeof *spool->reads);
    const uint64_t last = batch->first_seq + batch->count - 1;
    spool->reads[spool->read_count++] = (struct spool_read_note){batch->first_seq, last, batch->bytes};
}

/* Takes the remembered batches that fill the front of (after, until] and gives their bytes; *after moves behind them.
 */
static uint64_t spool_noted_bytes(struct spool *spool, uint64_t *after, uint64_t until) {
    size_t done = 0;
    uint64_t bytes = 0;
    for (; done < spool->read_count && spool->reads[done].last <= until; done++) {
        if (spool->reads[done].first != *after + 1) continue; /* of an older position */
        bytes += spool->reads[done].bytes;
        *after = spool->reads[done].last;
    }
    spool->read_count -= done;
    memmove(spool->reads, spool->reads + done, spool->read_count * sizeof *spool->reads);
    return bytes;
}

/* --- reading --- */

static bool spool_make_room(struct spool *spool, size_t items) {
    if (items <= spool->batch_capacity) return true;
    struct slice *grown = realloc(spool->batch_items, items * sizeof *grown);
    if (!grown) return false;
    spool->batch_items = grown;
    spool->batch_capacity = items;
    return true;
}

/* Items hold offsets until the buffer has stopped moving. */
static enum error_code spool_collect(struct spool *spool, sqlite3_stmt *statement, size_t max_bytes,
                                     struct spool_batch *out, struct error *err) {
    for (bool row = true; row;) {
        enum error_code code = spool_step(spool, statement, &row, err);
        if (code) return code;
        if (!row) break;
        size_t len = (size_t)sqlite3_column_bytes(statement, 2);
        if (out->count && out->bytes + len > max_bytes) break;
        if (!spool_column_bytes(statement, 1, out->last.bytes, CHAIN_HASH_BYTES)) return ERROR_INPUT;
        buffer_add(&spool->batch_bytes, sqlite3_column_blob(statement, 2), len);
        spool->batch_items[out->count++] = (struct slice){.ptr = NULL, .len = len};
        out->bytes += len;
    }
    sqlite3_reset(statement);
    return spool->batch_bytes.failed ? error_set(err, ERROR_MEMORY, "no memory for a batch") : ERROR_OK;
}

enum error_code spool_read(struct spool *spool, uint64_t from, size_t max_events, size_t max_bytes,
                           struct spool_batch *out, struct error *err) {
    *out = (struct spool_batch){.first_seq = from};
    if (max_events > MESSAGE_EVENTS_MAX) max_events = MESSAGE_EVENTS_MAX;
    if (!spool_make_room(spool, max_events)) return error_set(err, ERROR_MEMORY, "no memory for a batch");
    buffer_clear(&spool->batch_bytes);
    bool found = false;
    enum error_code code = spool_hash(spool, from - 1, &out->before, &found, err);
    if (code) return code;
    if (!found) return error_set(err, ERROR_NOT_FOUND, "event %llu is not kept", (unsigned long long)from);
    out->last = out->before;
    sqlite3_stmt *statement = spool_statement(spool, SQL_EVENT_RANGE, err);
    if (!statement) return ERROR_IO;
    sqlite3_bind_int64(statement, 1, (int64_t)from);
    sqlite3_bind_int64(statement, 2, (int64_t)max_events);
    code = spool_collect(spool, statement, max_bytes, out, err);
    if (code) return code;
    const char *at = buffer_text(&spool->batch_bytes);
    for (size_t i = 0; i < out->count; at += spool->batch_items[i++].len)
        spool->batch_items[i].ptr = at;
    out->items = spool->batch_items;
    if (out->count) spool_note_read(spool, out);
    return ERROR_OK;
}

enum error_code spool_hash(struct spool *spool, uint64_t seq, struct chain_hash *out, bool *found, struct error *err) {
    *found = seq >= spool->base_seq && seq <= spool->state.last_seq;
    if (!*found) return ERROR_OK;
    if (seq == spool->base_seq)
        *out = spool->base_hash;
    else if (seq == spool->state.last_seq)
        *out = spool->state.head;
    else {
        sqlite3_stmt *statement = spool_statement(spool, SQL_EVENT_HASH, err);
        if (!statement) return ERROR_IO;
        sqlite3_bind_int64(statement, 1, (int64_t)seq);
        bool row = false;
        enum error_code code = spool_step(spool, statement, &row, err);
        if (code) return code;
        *found = row && spool_column_bytes(statement, 0, out->bytes, CHAIN_HASH_BYTES);
        sqlite3_reset(statement);
    }
    return ERROR_OK;
}

enum error_code spool_store_gen(struct spool *spool, uint64_t gen, struct error *err) {
    if (gen > INT64_MAX) return error_set(err, ERROR_INPUT, "gen out of range");
    enum error_code code = spool_begin(spool, err);
    if (code) return code;
    spool->state.gen = gen;
    return spool_commit(spool, err);
}

/* Gives events first … last the numbers seq - offset and new hashes from the base on. Upwards, so that a number is free
 * before it is given again. */
static enum error_code spool_rechain(struct spool *spool, uint64_t first, uint64_t offset, struct error *err) {
    struct chain_hash head = spool->base_hash;
    for (uint64_t seq = first; seq <= spool->state.last_seq; seq++) {
        sqlite3_stmt *read = spool_statement(spool, SQL_EVENT_RANGE, err);
        sqlite3_stmt *move = spool_statement(spool, SQL_EVENT_MOVE, err);
        if (!read || !move) return ERROR_IO;
        sqlite3_bind_int64(read, 1, (int64_t)seq);
        sqlite3_bind_int64(read, 2, 1);
        bool row = false;
        enum error_code code = spool_step(spool, read, &row, err);
        if (code) return code;
        if (!row) return error_set(err, ERROR_INPUT, "event %llu is missing", (unsigned long long)seq);
        head = chain_append(&head, sqlite3_column_blob(read, 2), (size_t)sqlite3_column_bytes(read, 2));
        sqlite3_reset(read);
        sqlite3_bind_int64(move, 1, (int64_t)(seq - offset));
        sqlite3_bind_blob(move, 2, head.bytes, CHAIN_HASH_BYTES, SQLITE_TRANSIENT);
        sqlite3_bind_int64(move, 3, (int64_t)seq);
        code = spool_run(spool, move, err);
        if (code) return code;
    }
    spool->state.head = head;
    return ERROR_OK;
}

static enum error_code spool_end(struct spool *spool, enum error_code code, struct error *err) {
    if (!code) code = spool_commit(spool, err);
    if (code) spool_rollback(spool);
    return code;
}

enum error_code spool_adopt_base(struct spool *spool, const struct chain_hash *base, struct error *err) {
    if (spool->base_seq != 0 || spool->state.acked_seq != 0)
        return error_set(err, ERROR_CONFLICT, "the chain's start cannot change after an acknowledgement");
    if (chain_equal(base, &spool->base_hash)) return ERROR_OK;
    enum error_code code = spool_begin(spool, err);
    if (code) return code;
    spool->base_hash = *base;
    return spool_end(spool, spool_rechain(spool, 1, 0, err), err);
}

static enum error_code spool_bytes_between(struct spool *spool, uint64_t after, uint64_t until, uint64_t *bytes,
                                           struct error *err) {
    sqlite3_stmt *statement = spool_statement(spool, SQL_EVENT_BYTES_BETWEEN, err);
    if (!statement) return ERROR_IO;
    sqlite3_bind_int64(statement, 1, (int64_t)after);
    sqlite3_bind_int64(statement, 2, (int64_t)until);
    bool row = false;
    enum error_code code = spool_step(spool, statement, &row, err);
    if (code) return code;
    *bytes = row ? (uint64_t)sqlite3_column_int64(statement, 0) : 0;
    sqlite3_reset(statement);
    return ERROR_OK;
}

/* An ACK that a power cut takes away is as one that never came: the centre tells its position at the next WELCOME, and
 * the events are still here, for trimming is a transaction of its own and waits for the disk. */
static void spool_wait_for_disk(struct spool *spool, bool wait) {
    (void)sqlite3_exec(spool->db, wait ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", NULL, NULL, NULL);
}

static enum error_code spool_write_acked(struct spool *spool, uint64_t seq, const struct chain_hash *hash,
                                         struct error *err) {
    struct spool_state *state = &spool->state;
    bool forward = seq > state->acked_seq;
    uint64_t after = forward ? state->acked_seq : seq, until = forward ? seq : state->acked_seq, rest = 0;
    enum error_code code = spool_begin(spool, err);
    if (code) return code;
    uint64_t bytes = spool_noted_bytes(spool, &after, until);
    if (after < until) code = spool_bytes_between(spool, after, until, &rest, err);
    if (code) return spool_end(spool, code, err);
    bytes += rest;
    state->kept_bytes = forward ? state->kept_bytes + bytes : state->kept_bytes - bytes;
    state->pending_bytes = forward ? state->pending_bytes - bytes : state->pending_bytes + bytes;
    state->acked_seq = seq;
    state->acked_hash = *hash;
    return spool_commit(spool, err);
}

enum error_code spool_set_acked(struct spool *spool, uint64_t seq, const struct chain_hash *hash, struct error *err) {
    const struct spool_state *state = &spool->state;
    if (seq > state->last_seq) return error_set(err, ERROR_INPUT, "acknowledged beyond the last event");
    if (seq == state->acked_seq && chain_equal(hash, &state->acked_hash)) return ERROR_OK;
    spool_wait_for_disk(spool, false);
    enum error_code code = spool_write_acked(spool, seq, hash, err);
    spool_wait_for_disk(spool, true);
    return code;
}

enum error_code spool_set_halt(struct spool *spool, enum halt_reason halt, uint64_t centre_gen, struct error *err) {
    enum error_code code = spool_begin(spool, err);
    if (code) return code;
    spool->state.halt = halt;
    spool->state.halt_gen = centre_gen;
    return spool_commit(spool, err);
}

/* How far a trim goes now: the longest prefix of acknowledged events that is too old, or too much. */
static enum error_code spool_trim_until(struct spool *spool, struct instant now, uint64_t *until, uint64_t *bytes,
                                        struct chain_hash *hash, struct error *err) {
    sqlite3_stmt *statement = spool_statement(spool, SQL_EVENT_RANGE, err);
    if (!statement) return ERROR_IO;
    sqlite3_bind_int64(statement, 1, (int64_t)spool->state.first_retained);
    sqlite3_bind_int64(statement, 2, TRIM_AT_ONCE);
    for (bool row = true;;) {
        enum error_code code = spool_step(spool, statement, &row, err);
        if (code) return code;
        uint64_t seq = row ? (uint64_t)sqlite3_column_int64(statement, 0) : 0;
        if (!row || seq > spool->state.acked_seq) break;
        bool old = sqlite3_column_int64(statement, 3) < now.ms - spool->limits.keep_ms;
        bool much = spool->state.kept_bytes - *bytes > (uint64_t)spool->limits.keep_bytes;
        if (!old && !much) break;
        if (!spool_column_bytes(statement, 1, hash->bytes, CHAIN_HASH_BYTES)) break;
        *until = seq;
        *bytes += (uint64_t)sqlite3_column_bytes(statement, 2);
    }
    sqlite3_reset(statement);
    return ERROR_OK;
}

enum error_code spool_trim(struct spool *spool, struct instant now, struct error *err) {
    uint64_t until = 0, bytes = 0;
    struct chain_hash hash = {0};
    if (spool->state.first_retained > spool->state.acked_seq) return ERROR_OK;
    enum error_code code = spool_trim_until(spool, now, &until, &bytes, &hash, err);
    if (code || until == 0) return code;
    code = spool_begin(spool, err);
    if (code) return code;
    sqlite3_stmt *statement = spool_statement(spool, SQL_EVENT_DELETE_UNTIL, err);
    if (!statement) return spool_end(spool, ERROR_IO, err);
    sqlite3_bind_int64(statement, 1, (int64_t)until);
    code = spool_run(spool, statement, err);
    if (code) return code;
    spool->base_seq = until;
    spool->base_hash = hash;
    spool->state.first_retained = until + 1;
    spool->state.kept_bytes -= bytes;
    return spool_commit(spool, err);
}

enum error_code spool_oldest_pending(struct spool *spool, struct instant *out, struct error *err) {
    *out = INSTANT_NONE;
    if (spool->state.acked_seq == spool->state.last_seq) return ERROR_OK;
    sqlite3_stmt *statement = spool_statement(spool, SQL_EVENT_OLDEST_AFTER, err);
    if (!statement) return ERROR_IO;
    sqlite3_bind_int64(statement, 1, (int64_t)spool->state.acked_seq);
    bool row = false;
    enum error_code code = spool_step(spool, statement, &row, err);
    if (code) return code;
    if (row) out->ms = sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return ERROR_OK;
}

static enum error_code spool_renumber(struct spool *spool, uint64_t first, struct error *err) {
    struct spool_state *state = &spool->state;
    sqlite3_stmt *statement = spool_statement(spool, SQL_EVENT_DELETE_UNTIL, err);
    if (!statement) return ERROR_IO;
    sqlite3_bind_int64(statement, 1, (int64_t)(first - 1));
    enum error_code code = spool_run(spool, statement, err);
    if (code) return code;
    spool->base_seq = 0;
    spool->base_hash = chain_start(spool_stream(spool), &state->epoch, NULL);
    spool->read_count = 0;
    code = spool_rechain(spool, first, first - 1, err);
    if (code) return code;
    state->last_seq -= first - 1;
    state->acked_seq = 0;
    state->first_retained = 1;
    state->kept_bytes = 0;
    memset(&state->acked_hash, 0, sizeof state->acked_hash);
    return spool_bytes_between(spool, 0, state->last_seq, &state->pending_bytes, err);
}

enum error_code spool_new_epoch(struct spool *spool, struct error *err) {
    struct epoch epoch;
    enum error_code code = random_bytes(epoch.bytes, EPOCH_BYTES, err);
    if (code) return code;
    uint64_t first = spool->state.halt == HALT_GAP_LOST ? spool->state.first_retained : spool->state.acked_seq + 1;
    code = spool_begin(spool, err);
    if (code) return code;
    spool->state.epoch = epoch;
    return spool_end(spool, spool_renumber(spool, first, err), err);
}
