/* What both kinds of connection share; for this room. A conninfo with several hosts is taken apart, so that the host
 * that hung last time is not the first one asked again. */
#ifndef DUBAN_LINK_PQ_H
#define DUBAN_LINK_PQ_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/base/error.h"
#include "common/link/params.h"

struct pq_target {
    PQconninfoOption *options;
    size_t hosts, next; /* how many; the one to try now */
    const char *application;
};

enum { PQ_SQLSTATE_MAX = 6 };

__attribute__((warn_unused_result)) enum error_code pq_target_init(struct pq_target *target, const char *conninfo,
                                                                   const char *application, struct error *err);
void pq_target_finish(struct pq_target *target);
/* Begins connecting to the next host, and moves on to the one after it. NULL without memory. */
PGconn *pq_start(struct pq_target *target);

enum error_code pq_failure_connection(struct error *err, const PGconn *conn, const char *what);
/* Classes a refused statement by its SQLSTATE, which goes to state. */
enum error_code pq_failure_result(struct error *err, const PGresult *result, char state[PQ_SQLSTATE_MAX]);
bool pq_result_failed(const PGresult *result);

int pq_send_params(PGconn *conn, const char *sql, const struct pg_params *params);
int pq_send_prepared(PGconn *conn, const char *name, const struct pg_params *params);

/* Puts notices where they belong: a WARNING sets *warned, the rest is dropped. */
void pq_notices(PGconn *conn, bool *warned);

extern const char pq_session_sql[]; /* after connecting */

#endif
