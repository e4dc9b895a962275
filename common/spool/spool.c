#include "common/spool/spool.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "common/base/cleanup.h"
#include "common/base/file.h"
#include "common/base/random.h"
#include "common/spool/spool_sql.h"

enum { UNASKED_MAX = 1 << 20 };

static const struct spool_limits spool_defaults = {
    .keep_ms = 35LL * MS_DAY,
    .keep_bytes = 256LL << 20,
    .max_bytes = 1LL << 30,
    .reserve_bytes = 64LL << 20,
};

static void spool_set_limits(struct spool *spool, const struct spool_limits *limits) {
    spool->limits = spool_defaults;
    if (!limits) return;
    if (limits->keep_ms) spool->limits.keep_ms = limits->keep_ms;
    if (limits->keep_bytes) spool->limits.keep_bytes = limits->keep_bytes;
    if (limits->max_bytes) spool->limits.max_bytes = limits->max_bytes;
    if (limits->reserve_bytes) spool->limits.reserve_bytes = limits->reserve_bytes;
}

static enum error_code spool_open_file(struct spool *spool, int wait_ms, struct error *err) {
    enum error_code code = random_bytes(spool->state.epoch.bytes, EPOCH_BYTES, err);
    if (code) return code;
    /* The file holds figures before the office has seen them: for its owner only. */
    mode_t mask = umask(0077);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW;
    int result = sqlite3_open_v2(spool->file, &spool->db, flags, NULL);
    if (result == SQLITE_OK) {
        sqlite3_busy_timeout(spool->db, wait_ms);
        code = spool_schema(spool, err);
    } else {
        code = spool->db ? spool_failed(spool, "open", err) : error_set(err, ERROR_MEMORY, "no memory for the spool");
    }
    umask(mask);
    return code ? code : spool_load(spool, err);
}

enum error_code spool_open(const char *file, struct slice stream, const struct spool_limits *limits, int wait_ms,
                           struct spool **out, struct error *err) {
    *out = NULL;
    if (!chain_stream_name_valid(stream))
        return error_set(err, ERROR_USAGE, "stream name \"%.*s\": 1 to 32 of a-z, 0-9 and -", (int)stream.len,
                         stream.ptr ? stream.ptr : "");
    CLEAN(spool_close) struct spool *spool = calloc(1, sizeof *spool);
    if (!spool) return error_set(err, ERROR_MEMORY, "no memory for the spool");
    memcpy(spool->stream, stream.ptr, stream.len);
    spool->file = path_absolute(file);
    spool->folder = spool->file ? path_folder(spool->file) : NULL;
    if (!spool->folder) return error_set(err, ERROR_MEMORY, "no memory for the spool");
    spool_set_limits(spool, limits);
    enum error_code code = spool_open_file(spool, wait_ms, err);
    if (code) return code;
    *out = TAKE(spool);
    return ERROR_OK;
}

void spool_close(struct spool **slot) {
    struct spool *spool = *slot;
    if (!spool) return;
    if (spool->db) {
        spool_rollback(spool);
        for (size_t i = 0; i < SQL_COUNT; i++)
            sqlite3_finalize(spool->statements[i]);
        sqlite3_close(spool->db);
    }
    buffer_finish(&spool->batch_bytes);
    free(spool->batch_items);
    free(spool->file);
    free(spool->folder);
    free(spool);
    *slot = NULL;
}

const struct spool_state *spool_state(const struct spool *spool) {
    return &spool->state;
}

struct slice spool_stream(const struct spool *spool) {
    return slice_of(spool->stream);
}

enum error_code spool_begin(struct spool *spool, struct error *err) {
    sqlite3_stmt *statement = spool_statement(spool, SQL_BEGIN, err);
    if (!statement) return ERROR_IO;
    enum error_code code = spool_run(spool, statement, err);
    if (code) return code;
    spool->in_transaction = true;
    spool->unasked = 0;
    spool->before.state = spool->state;
    spool->before.base_seq = spool->base_seq;
    spool->before.base_hash = spool->base_hash;
    return ERROR_OK;
}

enum error_code spool_commit(struct spool *spool, struct error *err) {
    if (!spool->in_transaction) return error_set(err, ERROR_CONFLICT, "the spool's transaction was rolled back");
    if (spool->loaded) {
        enum error_code code = spool_write_state(spool, err);
        if (code) return code;
    }
    sqlite3_stmt *statement = spool_statement(spool, SQL_COMMIT, err);
    if (!statement) return ERROR_IO;
    enum error_code code = spool_run(spool, statement, err);
    if (code) return code;
    spool->in_transaction = false;
    return ERROR_OK;
}

void spool_rollback(struct spool *spool) {
    if (!spool->in_transaction) return;
    spool->in_transaction = false;
    spool->read_count = 0; /* what was appended and read since has other bytes next time */
    /* SQLite has rolled back by itself after some failures; then this one fails, which is right. */
    sqlite3_exec(spool->db, "ROLLBACK", NULL, NULL, NULL);
    spool->state = spool->before.state;
    spool->base_seq = spool->before.base_seq;
    spool->base_hash = spool->before.base_hash;
}

uint64_t spool_disk_free(const struct spool *spool) {
    struct statvfs disk;
    if (statvfs(spool->folder, &disk) != 0) return 0;
    return (uint64_t)disk.f_bavail * disk.f_frsize;
}

static const char *spool_why_full(const struct spool *spool, size_t bytes, bool ask_disk) {
    if (spool->state.pending_bytes + bytes > (uint64_t)spool->limits.max_bytes)
        return "待发数据已到上限：先恢复与中心的连接，文件留在原处，不会丢";
    if (ask_disk && spool_disk_free(spool) < (uint64_t)spool->limits.reserve_bytes)
        return "磁盘空间不足：请清理磁盘，文件留在原处，不会丢";
    return NULL;
}

bool spool_full(const struct spool *spool, size_t bytes, const char **why) {
    const char *reason = spool_why_full(spool, bytes, true);
    if (why) *why = reason;
    return reason != NULL;
}

/* The disk is asked at the first event of a transaction and after each stretch of bytes: asking costs more than
 * appending. */
static const char *spool_takes_not(struct spool *spool, size_t bytes) {
    bool ask = bytes > spool->unasked;
    const char *why = spool_why_full(spool, bytes, ask);
    if (!why) spool->unasked = (ask ? UNASKED_MAX : spool->unasked) - bytes;
    return why;
}

static enum error_code spool_insert(struct spool *spool, const uint8_t *event, size_t len, struct instant now,
                                    struct error *err) {
    struct chain_hash head = chain_append(&spool->state.head, event, len);
    sqlite3_stmt *statement = spool_statement(spool, SQL_EVENT_INSERT, err);
    if (!statement) return ERROR_IO;
    sqlite3_bind_int64(statement, 1, (int64_t)spool->state.last_seq + 1);
    sqlite3_bind_int64(statement, 2, now.ms);
    sqlite3_bind_blob(statement, 3, head.bytes, CHAIN_HASH_BYTES, SQLITE_TRANSIENT);
    sqlite3_bind_blob(statement, 4, event, (int)len, SQLITE_TRANSIENT);
    enum error_code code = spool_run(spool, statement, err);
    if (code) return code;
    spool->state.last_seq++;
    spool->state.head = head;
    spool->state.pending_bytes += len;
    return ERROR_OK;
}

enum error_code spool_append(struct spool *spool, const uint8_t *event, size_t len, struct instant now, uint64_t *seq,
                             struct error *err) {
    if (!spool->in_transaction) return error_set(err, ERROR_CONFLICT, "append outside of a transaction");
    struct event decoded;
    unsigned field = 0;
    const char *why = NULL;
    enum error_code code = ERROR_OK;
    enum proto_code proto = event_decode(event, len, &decoded, &field);
    if (proto)
        code = error_from_proto(err, proto, event_field_name(field));
    else if ((why = spool_takes_not(spool, len)))
        code = error_set(err, ERROR_CONFLICT, "the spool is full: %s", why);
    else
        code = spool_insert(spool, event, len, now, err);
    if (code) {
        spool_rollback(spool);
        return code;
    }
    if (seq) *seq = spool->state.last_seq;
    return ERROR_OK;
}

enum error_code spool_append_event(struct spool *spool, const struct event *event, struct instant now, uint64_t *seq,
                                   struct error *err) {
    uint8_t bytes[EVENT_BYTES_MAX];
    size_t len = 0;
    enum proto_code proto = event_encode(event, bytes, sizeof bytes, &len);
    if (!proto) return spool_append(spool, bytes, len, now, seq, err);
    spool_rollback(spool);
    return error_from_proto(err, proto, "event");
}
