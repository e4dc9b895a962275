/* Inside of common/spool: the open file, its statements and how they are run. Nobody else includes this.
 * Statements are prepared once and reset after use; run_* take a bound statement. */
#ifndef DUBAN_SPOOL_SPOOL_SQL_H
#define DUBAN_SPOOL_SPOOL_SQL_H

#include <sqlite3.h>

#include "common/base/buffer.h"
#include "common/spool/spool.h"

enum spool_statement {
    SQL_BEGIN,
    SQL_COMMIT,
    SQL_ROLLBACK,
    SQL_STATE_WRITE,
    SQL_EVENT_INSERT,
    SQL_EVENT_RANGE,
    SQL_EVENT_HASH,
    SQL_EVENT_MOVE,
    SQL_EVENT_DELETE_UNTIL,
    SQL_EVENT_OLDEST_AFTER,
    SQL_EVENT_BYTES_BETWEEN,
    SQL_FILE_FIND,
    SQL_FILE_MARK,
    SQL_LOOK_FIND,
    SQL_LOOK_SET,
    SQL_FIGURE_AT,
    SQL_FIGURE_BEFORE,
    SQL_FIGURE_SET,
    SQL_WORDS_FIND,
    SQL_WORDS_SET,
    SQL_EXTENT_FIND,
    SQL_EXTENT_SET,
    SQL_RECEIPT_FIND,
    SQL_RECEIPT_SET,
    SQL_RECEIPT_FORGET,
    SQL_PULL_FIND,
    SQL_PULL_SET,
    SQL_COUNT
};

enum { SPOOL_READS_MAX = 64 };

struct spool {
    sqlite3 *db;
    char *file, *folder;
    char stream[STREAM_NAME_MAX + 1];
    struct spool_limits limits;
    struct spool_state state;
    uint64_t base_seq; /* first_retained - 1 */
    struct chain_hash base_hash;
    bool loaded; /* there is a state to be written at commit */
    bool in_transaction;
    size_t unasked; /* bytes that may still be appended in this transaction before the disk is asked again for its room */
    bool broken; /* the disk failed under a write: only closing helps */
    struct {
        struct spool_state state;
        uint64_t base_seq;
        struct chain_hash base_hash;
    } before; /* as it was at spool_begin */
    sqlite3_stmt *statements[SQL_COUNT];
    struct buffer batch_bytes;
    struct slice *batch_items;
    size_t batch_capacity;
    struct spool_read_note {
        uint64_t first, last, bytes;
    } reads[SPOOL_READS_MAX]; /* batches read and not yet acknowledged, oldest first; forgotten ones are counted anew */
    size_t read_count;
};

/* The prepared statement, reset; NULL with err set. */
sqlite3_stmt *spool_statement(struct spool *spool, enum spool_statement which, struct error *err);
/* Runs a statement without rows. */
enum error_code spool_run(struct spool *spool, sqlite3_stmt *statement, struct error *err);
/* Steps a statement with rows: *row = false at the end (the statement is reset then). */
enum error_code spool_step(struct spool *spool, sqlite3_stmt *statement, bool *row, struct error *err);
/* The error of the last call on the database; a failure inside a transaction rolls it back. */
enum error_code spool_failed(struct spool *spool, const char *what, struct error *err);
/* Text or "" for nil. */
void spool_bind_slice(sqlite3_stmt *statement, int place, struct slice text);
/* A blob of exactly len bytes; false else. */
bool spool_column_bytes(sqlite3_stmt *statement, int column, void *out, size_t len);
/* Makes the tables of an empty file; checks those of an old one. */
enum error_code spool_schema(struct spool *spool, struct error *err);
/* Reads state and chain of an opened file. */
enum error_code spool_load(struct spool *spool, struct error *err);
/* Part of every commit. */
enum error_code spool_write_state(struct spool *spool, struct error *err);

#endif
