/* A query of somebody else's PostgreSQL (or of what speaks its protocol), for reports: read-only, every answer with a
 * deadline, rows one by one as text. Nothing is believed of its types but what is written here; unknown ones are text.
 * Blocks until the deadline at most. */
#ifndef DUBAN_LINK_FOREIGN_H
#define DUBAN_LINK_FOREIGN_H

#include "common/base/clock.h"
#include "common/base/error.h"
#include "proto/event.h"

enum foreign_type {
    FOREIGN_TEXT,
    FOREIGN_EXACT, /* int2, int4, int8, numeric, oid */
    FOREIGN_FLOAT8,
    FOREIGN_FLOAT4,
    FOREIGN_BOOL,        /* t, f */
    FOREIGN_DATE,        /* 2021-06-30 */
    FOREIGN_TIMESTAMP,   /* 2021-06-30 08:00:00.25 */
    FOREIGN_TIMESTAMPTZ, /* the same with +00 behind it */
    FOREIGN_BYTEA,
};

enum foreign_fault {
    FOREIGN_FINE,
    FOREIGN_CONNINFO,    /* the connection's text is wrong */
    FOREIGN_UNREACHABLE, /* nobody answers, or not now */
    FOREIGN_LOGIN,       /* refused: user, password, database, no entry in pg_hba.conf */
    FOREIGN_QUERY,
    FOREIGN_LOST, /* gone before the end */
    FOREIGN_TIMEOUT,
    FOREIGN_STOPPED, /* row() did not want more */
};

struct foreign_query {
    const char *conninfo; /* libpq's; several hosts are tried in turn */
    const char *password; /* NULL = that of conninfo, of its passfile, or none */
    const char *application;
    const char *sql;    /* one statement */
    const char *since;  /* for $1, as text, of whatever type the statement wants; NULL = it has none */
    int64_t timeout_ms; /* of everything together */
    void *context;      /* of the two below; columns comes once, before the first row, also when there is none */
    void (*columns)(void *context, size_t count, const enum foreign_type *types, const char *const *names);
    bool (*row)(void *context, size_t count, const struct slice *values); /* borrowed; ptr NULL = NULL */
};
enum { FOREIGN_COLUMNS_MAX = 512 };

/* In a transaction that may only read and sees one state of the database. *fault tells what failed; the words are the
 * server's, without the password. */
__attribute__((warn_unused_result)) enum error_code foreign_run(const struct foreign_query *query,
                                                                enum foreign_fault *fault, struct error *err);

#endif
