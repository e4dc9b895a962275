#include "common/spool/spool_sql.h"

#include <string.h>

static const char *const sql_texts[SQL_COUNT] = {
    [SQL_BEGIN] = "BEGIN IMMEDIATE",
    [SQL_COMMIT] = "COMMIT",
    [SQL_ROLLBACK] = "ROLLBACK",
    [SQL_STATE_WRITE] = "UPDATE state SET epoch = ?1, gen = ?2, base_seq = ?3, base_hash = ?4, last_seq = ?5,"
                        " acked_seq = ?6, acked_hash = ?7, halt = ?8, halt_gen = ?9",
    [SQL_EVENT_INSERT] = "INSERT INTO event (seq, appended_at, hash, bytes) VALUES (?1, ?2, ?3, ?4)",
    [SQL_EVENT_RANGE] = "SELECT seq, hash, bytes, appended_at FROM event WHERE seq >= ?1 ORDER BY seq LIMIT ?2",
    [SQL_EVENT_HASH] = "SELECT hash FROM event WHERE seq = ?1",
    [SQL_EVENT_MOVE] = "UPDATE event SET seq = ?1, hash = ?2 WHERE seq = ?3",
    [SQL_EVENT_DELETE_UNTIL] = "DELETE FROM event WHERE seq <= ?1",
    [SQL_EVENT_OLDEST_AFTER] = "SELECT appended_at FROM event WHERE seq > ?1 ORDER BY seq LIMIT 1",
    [SQL_EVENT_BYTES_BETWEEN] = "SELECT coalesce(sum(length(bytes)), 0) FROM event WHERE seq > ?1 AND seq <= ?2",
    [SQL_FILE_FIND] = "SELECT name, taken_at FROM file WHERE source = ?1 AND hash = ?2",
    [SQL_FILE_MARK] = "INSERT INTO file (source, hash, name, taken_at) VALUES (?1, ?2, ?3, ?4)"
                      " ON CONFLICT DO NOTHING",
    [SQL_LOOK_FIND] = "SELECT size, mtime, since, first, decided FROM look WHERE source = ?1 AND name = ?2",
    [SQL_LOOK_SET] = "INSERT OR REPLACE INTO look (source, name, size, mtime, since, first, decided)"
                     " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [SQL_FIGURE_AT] = "SELECT as_of, kind, doubted, form, mantissa, scale, under_mantissa, under_scale, uid FROM figure"
                      " WHERE target = ?1 AND area = ?2 AND reporter = ?3 AND as_of = ?4",
    [SQL_FIGURE_BEFORE] =
        "SELECT as_of, kind, doubted, form, mantissa, scale, under_mantissa, under_scale, uid FROM figure"
        " WHERE target = ?1 AND area = ?2 AND reporter = ?3 AND as_of < ?4 ORDER BY as_of DESC LIMIT 1",
    [SQL_FIGURE_SET] = "INSERT OR REPLACE INTO figure (target, area, reporter, as_of, kind, doubted, form, mantissa,"
                       " scale, under_mantissa, under_scale, uid)"
                       " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    [SQL_WORDS_FIND] = "SELECT words FROM words WHERE target = ?1 AND area = ?2 AND reporter = ?3 AND as_of = ?4",
    [SQL_WORDS_SET] = "INSERT OR REPLACE INTO words (target, area, reporter, as_of, words) VALUES (?1, ?2, ?3, ?4, ?5)",
    [SQL_EXTENT_FIND] = "SELECT name, figures, cells FROM extent WHERE source = ?1",
    [SQL_EXTENT_SET] = "INSERT OR REPLACE INTO extent (source, name, figures, cells) VALUES (?1, ?2, ?3, ?4)",
    [SQL_RECEIPT_FIND] = "SELECT more FROM receipt WHERE source = ?1 AND hash = ?2",
    [SQL_RECEIPT_SET] = "INSERT OR REPLACE INTO receipt (source, hash, more, given_at) VALUES (?1, ?2, ?3, ?4)",
    [SQL_PULL_FIND] = "SELECT mark, asked_at, failures, code, refused, noted, basis FROM pull WHERE source = ?1",
    [SQL_PULL_SET] = "INSERT OR REPLACE INTO pull (source, mark, asked_at, failures, code, refused, noted,"
                     " basis) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    [SQL_RECEIPT_FORGET] = "DELETE FROM receipt WHERE given_at < ?1",
};

/* 'dubs': tells our file from another program's. */
static const char schema_text[] =
    "PRAGMA application_id = 1685414515; PRAGMA user_version = 1;"
    "CREATE TABLE state (one INTEGER PRIMARY KEY CHECK (one = 1), stream TEXT NOT NULL, epoch BLOB NOT NULL,"
    " gen INTEGER NOT NULL, base_seq INTEGER NOT NULL, base_hash BLOB NOT NULL, last_seq INTEGER NOT NULL,"
    " acked_seq INTEGER NOT NULL, acked_hash BLOB NOT NULL, halt INTEGER NOT NULL, halt_gen INTEGER NOT NULL) STRICT;"
    "CREATE TABLE event (seq INTEGER PRIMARY KEY, appended_at INTEGER NOT NULL, hash BLOB NOT NULL,"
    " bytes BLOB NOT NULL) STRICT;"
    "CREATE TABLE file (source TEXT NOT NULL, hash BLOB NOT NULL, name TEXT NOT NULL, taken_at INTEGER NOT NULL,"
    " PRIMARY KEY (source, hash)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE look (source TEXT NOT NULL, name TEXT NOT NULL, size INTEGER NOT NULL, mtime INTEGER NOT NULL,"
    " since INTEGER NOT NULL, first INTEGER NOT NULL, decided INTEGER NOT NULL, PRIMARY KEY (source, name))"
    " STRICT, WITHOUT ROWID;"
    "CREATE TABLE figure (target TEXT NOT NULL, area TEXT NOT NULL, reporter TEXT NOT NULL, as_of INTEGER NOT NULL,"
    " kind INTEGER NOT NULL, doubted INTEGER NOT NULL, form INTEGER NOT NULL, mantissa INTEGER NOT NULL, scale INTEGER "
    "NOT NULL,"
    " under_mantissa INTEGER NOT NULL, under_scale INTEGER NOT NULL, uid BLOB NOT NULL,"
    " PRIMARY KEY (target, area, reporter, as_of)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE words (target TEXT NOT NULL, area TEXT NOT NULL, reporter TEXT NOT NULL, as_of INTEGER NOT NULL,"
    " words TEXT NOT NULL, PRIMARY KEY (target, area, reporter, as_of)) STRICT, WITHOUT ROWID;";

static enum error_code sqlite_error_code(int result) {
    switch (result & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return ERROR_CONFLICT;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return ERROR_INPUT;
    case SQLITE_NOMEM:
        return ERROR_MEMORY;
    default:
        return ERROR_IO;
    }
}

static const char *sqlite_remedy(int result) {
    switch (result & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return "another program holds it: only one may run on one spool";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return "the file is damaged: keep a copy, move it away, ask the centre for `duban stream reopen`, start again";
    case SQLITE_FULL:
        return "the disk is full: free some space";
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        return "the folder must exist and be writable for this user";
    default:
        return "see the disk's messages";
    }
}

enum error_code spool_failed(struct spool *spool, const char *what, struct error *err) {
    int result = sqlite3_extended_errcode(spool->db);
    enum error_code code = sqlite_error_code(result);
    if ((result & 0xff) == SQLITE_IOERR || code == ERROR_INPUT) spool->broken = true;
    error_set(err, code, "%s: %s (%s)", what, sqlite3_errmsg(spool->db), sqlite_remedy(result));
    error_place(err, "%s", spool->file);
    if (spool->in_transaction) spool_rollback(spool);
    return code;
}

sqlite3_stmt *spool_statement(struct spool *spool, enum spool_statement which, struct error *err) {
    if (spool->broken) {
        error_set(err, ERROR_IO, "the spool failed before and must be opened anew: restart the program");
        error_place(err, "%s", spool->file);
        return NULL;
    }
    if (!spool->statements[which] && sqlite3_prepare_v3(spool->db, sql_texts[which], -1, SQLITE_PREPARE_PERSISTENT,
                                                        &spool->statements[which], NULL) != SQLITE_OK) {
        spool_failed(spool, "prepare", err);
        return NULL;
    }
    sqlite3_reset(spool->statements[which]);
    return spool->statements[which];
}

enum error_code spool_step(struct spool *spool, sqlite3_stmt *statement, bool *row, struct error *err) {
    int result = sqlite3_step(statement);
    *row = result == SQLITE_ROW;
    if (*row) return ERROR_OK;
    if (result != SQLITE_DONE) {
        enum error_code code = spool_failed(spool, "read", err);
        sqlite3_reset(statement);
        return code;
    }
    sqlite3_reset(statement);
    return ERROR_OK;
}

enum error_code spool_run(struct spool *spool, sqlite3_stmt *statement, struct error *err) {
    if (sqlite3_step(statement) != SQLITE_DONE) {
        sqlite3_reset(statement);
        return spool_failed(spool, "write", err);
    }
    sqlite3_reset(statement);
    return ERROR_OK;
}

void spool_bind_slice(sqlite3_stmt *statement, int place, struct slice text) {
    sqlite3_bind_text(statement, place, text.ptr ? text.ptr : "", (int)text.len, SQLITE_TRANSIENT);
}

bool spool_column_bytes(sqlite3_stmt *statement, int column, void *out, size_t len) {
    const void *bytes = sqlite3_column_blob(statement, column);
    if (!bytes || (size_t)sqlite3_column_bytes(statement, column) != len) return false;
    memcpy(out, bytes, len);
    return true;
}

static enum error_code spool_pragma(struct spool *spool, const char *text, int64_t *value, struct error *err) {
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(spool->db, text, -1, &statement, NULL) != SQLITE_OK) return spool_failed(spool, "open", err);
    int result = sqlite3_step(statement);
    if (result == SQLITE_ROW && value) *value = sqlite3_column_int64(statement, 0);
    enum error_code code = result == SQLITE_ROW || result == SQLITE_DONE ? ERROR_OK : spool_failed(spool, "open", err);
    sqlite3_finalize(statement);
    return code;
}

/* Spools made before files were compared with the last one, receipts kept for those who ask again, or databases asked,
 * lack these. */
static enum error_code spool_add_tables(struct spool *spool, struct error *err) {
    static const char text[] =
        "CREATE TABLE IF NOT EXISTS extent (source TEXT PRIMARY KEY, name TEXT NOT NULL,"
        " figures INTEGER NOT NULL, cells TEXT NOT NULL) STRICT, WITHOUT ROWID;"
        "CREATE TABLE IF NOT EXISTS receipt (source TEXT NOT NULL, hash BLOB NOT NULL, more BLOB NOT NULL,"
        " given_at INTEGER NOT NULL, PRIMARY KEY (source, hash)) STRICT, WITHOUT ROWID;"
        "CREATE INDEX IF NOT EXISTS receipt_given_at ON receipt (given_at);"
        "CREATE TABLE IF NOT EXISTS pull (source TEXT PRIMARY KEY, mark TEXT NOT NULL, asked_at INTEGER NOT NULL,"
        " failures INTEGER NOT NULL, code TEXT NOT NULL, refused BLOB NOT NULL, noted BLOB NOT NULL,"
        " basis BLOB NOT NULL) STRICT, WITHOUT ROWID;";
    return sqlite3_exec(spool->db, text, NULL, NULL, NULL) == SQLITE_OK ? ERROR_OK : spool_failed(spool, "create", err);
}

static enum error_code spool_create_tables(struct spool *spool, struct error *err) {
    sqlite3_stmt *statement = NULL;
    if (sqlite3_exec(spool->db, schema_text, NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(spool->db, "INSERT INTO state VALUES (1, ?1, ?2, 0, 0, ?3, 0, 0, ?4, 0, 0)", -1, &statement,
                           NULL) != SQLITE_OK)
        return spool_failed(spool, "create", err);
    struct chain_hash base = chain_start(spool_stream(spool), &spool->state.epoch, NULL);
    static const struct chain_hash zeros;
    sqlite3_bind_text(statement, 1, spool->stream, -1, SQLITE_STATIC);
    sqlite3_bind_blob(statement, 2, spool->state.epoch.bytes, EPOCH_BYTES, SQLITE_TRANSIENT);
    sqlite3_bind_blob(statement, 3, base.bytes, CHAIN_HASH_BYTES, SQLITE_TRANSIENT);
    sqlite3_bind_blob(statement, 4, zeros.bytes, CHAIN_HASH_BYTES, SQLITE_STATIC);
    enum error_code code = spool_run(spool, statement, err);
    sqlite3_finalize(statement);
    return code;
}

enum error_code spool_schema(struct spool *spool, struct error *err) {
    static const char *const settings[] = {"PRAGMA locking_mode = EXCLUSIVE", "PRAGMA mmap_size = 0",
                                           "PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL",
                                           "PRAGMA trusted_schema = OFF"};
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        enum error_code code = spool_pragma(spool, settings[i], NULL, err);
        if (code) return code;
    }
    enum error_code code = spool_begin(spool, err); /* takes the lock before anything is believed */
    if (code) return code;
    int64_t application = 0, version = 0;
    code = spool_pragma(spool, "PRAGMA application_id", &application, err);
    if (!code) code = spool_pragma(spool, "PRAGMA user_version", &version, err);
    if (!code && application == 0 && version == 0)
        code = spool_create_tables(spool, err);
    else if (!code && (application != 1685414515 || version != 1)) {
        code = error_set(err, ERROR_INPUT, "this is no spool, or one of a newer version: give another file");
        error_place(err, "%s", spool->file);
    }
    if (!code) code = spool_add_tables(spool, err);
    if (!code) return spool_commit(spool, err);
    spool_rollback(spool);
    return code;
}

enum error_code spool_write_state(struct spool *spool, struct error *err) {
    const struct spool_state *state = &spool->state;
    sqlite3_stmt *statement = spool_statement(spool, SQL_STATE_WRITE, err);
    if (!statement) return ERROR_IO;
    sqlite3_bind_blob(statement, 1, state->epoch.bytes, EPOCH_BYTES, SQLITE_TRANSIENT);
    sqlite3_bind_int64(statement, 2, (int64_t)state->gen);
    sqlite3_bind_int64(statement, 3, (int64_t)spool->base_seq);
    sqlite3_bind_blob(statement, 4, spool->base_hash.bytes, CHAIN_HASH_BYTES, SQLITE_TRANSIENT);
    sqlite3_bind_int64(statement, 5, (int64_t)state->last_seq);
    sqlite3_bind_int64(statement, 6, (int64_t)state->acked_seq);
    sqlite3_bind_blob(statement, 7, state->acked_hash.bytes, CHAIN_HASH_BYTES, SQLITE_TRANSIENT);
    sqlite3_bind_int64(statement, 8, (int64_t)state->halt);
    sqlite3_bind_int64(statement, 9, (int64_t)state->halt_gen);
    return spool_run(spool, statement, err);
}

static enum error_code spool_damaged(struct spool *spool, const char *what, uint64_t seq, struct error *err) {
    error_set(err, ERROR_INPUT,
              "%s at event %llu: the spool is damaged. Keep a copy, move it away, ask the centre for `duban stream "
              "reopen`, start again",
              what, (unsigned long long)seq);
    error_place(err, "%s", spool->file);
    return ERROR_INPUT;
}

static enum error_code spool_load_chain(struct spool *spool, struct error *err) {
    struct spool_state *state = &spool->state;
    sqlite3_stmt *statement = spool_statement(spool, SQL_EVENT_RANGE, err);
    if (!statement) return ERROR_IO;
    sqlite3_bind_int64(statement, 1, 0);
    sqlite3_bind_int64(statement, 2, -1);
    uint64_t seq = spool->base_seq;
    struct chain_hash head = spool->base_hash;
    for (bool row = true;;) {
        enum error_code code = spool_step(spool, statement, &row, err);
        if (code) return code;
        if (!row) break;
        struct chain_hash stored;
        const uint8_t *bytes = sqlite3_column_blob(statement, 2);
        size_t len = (size_t)sqlite3_column_bytes(statement, 2);
        if ((uint64_t)sqlite3_column_int64(statement, 0) != seq + 1)
            return spool_damaged(spool, "a hole", seq + 1, err);
        head = chain_append(&head, bytes, len);
        seq++;
        if (!spool_column_bytes(statement, 1, stored.bytes, CHAIN_HASH_BYTES) || !chain_equal(&stored, &head))
            return spool_damaged(spool, "a wrong hash", seq, err);
        if (seq <= state->acked_seq)
            state->kept_bytes += len;
        else
            state->pending_bytes += len;
    }
    if (seq != state->last_seq) return spool_damaged(spool, "the end is missing", seq + 1, err);
    state->head = head;
    return ERROR_OK;
}

enum error_code spool_load(struct spool *spool, struct error *err) {
    sqlite3_stmt *statement = NULL;
    struct spool_state *state = &spool->state;
    if (sqlite3_prepare_v2(spool->db,
                           "SELECT stream, epoch, gen, base_seq, base_hash, last_seq, acked_seq, acked_hash, halt,"
                           " halt_gen FROM state",
                           -1, &statement, NULL) != SQLITE_OK ||
        sqlite3_step(statement) != SQLITE_ROW) {
        sqlite3_finalize(statement);
        return spool_failed(spool, "read the spool's state", err);
    }
    const char *stream = (const char *)sqlite3_column_text(statement, 0);
    enum error_code code = ERROR_OK;
    if (!stream || strcmp(stream, spool->stream) != 0) {
        code = error_set(err, ERROR_CONFLICT, "this spool belongs to stream %s, not to %s: give each stream its own",
                         stream ? stream : "?", spool->stream);
        error_place(err, "%s", spool->file);
    } else if (!spool_column_bytes(statement, 1, state->epoch.bytes, EPOCH_BYTES) ||
               !spool_column_bytes(statement, 4, spool->base_hash.bytes, CHAIN_HASH_BYTES) ||
               !spool_column_bytes(statement, 7, state->acked_hash.bytes, CHAIN_HASH_BYTES)) {
        code = spool_damaged(spool, "a wrong state", 0, err);
    }
    state->gen = (uint64_t)sqlite3_column_int64(statement, 2);
    spool->base_seq = (uint64_t)sqlite3_column_int64(statement, 3);
    state->last_seq = (uint64_t)sqlite3_column_int64(statement, 5);
    state->acked_seq = (uint64_t)sqlite3_column_int64(statement, 6);
    state->halt = (enum halt_reason)sqlite3_column_int(statement, 8);
    state->halt_gen = (uint64_t)sqlite3_column_int64(statement, 9);
    state->first_retained = spool->base_seq + 1;
    sqlite3_finalize(statement);
    if (code) return code;
    spool->loaded = true;
    return spool_load_chain(spool, err);
}
