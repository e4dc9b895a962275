/* Events that could not take effect: their bytes whole, why, and where they stand in the chain. */
#ifndef DUBAN_STORE_QUARANTINE_H
#define DUBAN_STORE_QUARANTINE_H

#include "common/link/copy.h"
#include "common/link/pg.h"
#include "proto/chain.h"

struct quarantined {
    int32_t log;
    int64_t seq;
    char stream[STREAM_NAME_MAX + 1]; /* when read */
    struct instant known_at;
    const char *code, *field, *hint; /* lent; field and hint may be NULL */
    struct slice raw;                /* lent */
};

extern const char quarantine_copy_sql[]; /* COPY quarantine (…) FROM STDIN (FORMAT binary) */
void quarantine_copy_row(struct copy *copy, const struct quarantined *row);

/* Newest first; programme 0 = all; stream NULL = all; limit 0 = all. */
__attribute__((warn_unused_result)) enum error_code
quarantine_each(struct pg *pg, int32_t programme, const char *stream, int64_t limit,
                bool (*each)(void *context, const struct quarantined *row), void *context, struct error *err);
/* For other lists: what to select, and how to take a row of it. */
#define QUARANTINED_SQL                                                                                                \
    "q.log, q.seq, s.name, q.known_at, q.code, q.field, q.hint, q.raw FROM quarantine q JOIN log l ON l.id = q.log "   \
    "JOIN stream s ON s.id = l.stream "
void quarantined_take(const struct pg_rows *rows, size_t row, struct quarantined *out);

#endif
