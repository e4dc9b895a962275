/* A connection to PostgreSQL for programs that may wait: the CLI, migrations, the alerter. Every call has a deadline; a
 * server that is frozen or half dead costs that long and not more, then the connection is dropped (ERROR_CONNECTION).
 * A list of hosts is tried in turn, starting behind the one that failed last.
 *
 * Statements are sent with typed parameters (params.h) and answer in binary form (rows.h). PQ… appears nowhere else. */
#ifndef DUBAN_LINK_PG_H
#define DUBAN_LINK_PG_H

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/link/params.h"
#include "common/link/rows.h"

struct pg;

struct pg_settings {
    const char *conninfo;    /* libpq's, several hosts allowed: "host=/run/x,db2 user=… dbname=…" */
    const char *application; /* for pg_stat_activity */
    int connect_ms;          /* 0 = 5 s a host */
    int answer_ms;           /* 0 = 30 s a statement */
};

/* Tries each host once. The session has search_path = duban, TimeZone UTC. */
__attribute__((warn_unused_result)) enum error_code pg_open(const struct pg_settings *settings, struct pg **out,
                                                            struct error *err);
void pg_close(struct pg **pg); /* accepts NULL */
bool pg_broken(const struct pg *pg); /* the connection is gone: pg_reopen */
__attribute__((warn_unused_result)) enum error_code pg_reopen(struct pg *pg, struct error *err);
void pg_set_answer_ms(struct pg *pg, int answer_ms);

/* One statement. params, rows may be NULL; rows is initialised either way and wants pg_rows_finish.
 * ERROR_CONFLICT for a violated constraint, a deadlock or a serialisation failure; ERROR_REFUSED for missing rights;
 * ERROR_DATABASE for the rest. */
__attribute__((warn_unused_result)) enum error_code pg_run(struct pg *pg, const char *sql,
                                                           const struct pg_params *params, struct pg_rows *rows,
                                                           struct error *err);
/* Several statements without parameters (a migration). */
__attribute__((warn_unused_result)) enum error_code pg_script(struct pg *pg, const char *sql, struct error *err);
/* `copy_sql` is COPY … FROM STDIN (FORMAT binary); bytes come from copy.h. */
__attribute__((warn_unused_result)) enum error_code pg_copy_in(struct pg *pg, const char *copy_sql, const void *bytes,
                                                               size_t len, struct error *err);
/* SQLSTATE of the last failure, "" = none. */
const char *pg_state(const struct pg *pg);

__attribute__((warn_unused_result)) enum error_code pg_begin(struct pg *pg, struct error *err);
/* ERROR_CONNECTION with pg_in_doubt() true when the answer was lost, or came with a WARNING (not durable). */
__attribute__((warn_unused_result)) enum error_code pg_commit(struct pg *pg, struct error *err);
bool pg_in_doubt(const struct pg *pg);
void pg_rollback(struct pg *pg); /* nothing when no transaction is open */
bool pg_in_transaction(const struct pg *pg);

/* --- NOTIFY, for a loop --- */
int pg_fd(const struct pg *pg); /* -1 while broken; POLLIN */
/* Takes one notification that has arrived, without waiting; channel is lent until the next call. After it gave false
 * because the connection broke, pg_broken is true. */
bool pg_notified(struct pg *pg, const char **channel, const char **payload);

#endif
