#include "common/link/pg.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/link/pq.h"
#include "common/link/statements.h"

enum { CONNECT_MS = 5000, ANSWER_MS = 30000, COPY_CHUNK = 65536 };

struct pg {
    struct pq_target target;
    char *application;
    int connect_ms, answer_ms;
    PGconn *conn; /* NULL: broken */
    bool warned, in_doubt;
    char state[PQ_SQLSTATE_MAX];
    PGnotify *notify; /* the last one given out */
    struct statements statements;
};

/* --- waiting --- */

static bool wait_fd(int fd, short events, struct tick deadline) {
    for (;;) {
        struct pollfd one = {fd, events, 0};
        int left = tick_wait(tick_now(), deadline);
        if (left == 0) return false;
        int ready = poll(&one, 1, left);
        if (ready > 0) return true;
        if (ready == 0 || errno != EINTR) return false;
    }
}

static void drop(struct pg *pg) {
    statements_finish(&pg->statements);
    PQfinish(pg->conn);
    pg->conn = NULL;
}

static enum error_code broke(struct pg *pg, const char *what, struct error *err) {
    enum error_code code = pq_failure_connection(err, pg->conn, what);
    drop(pg);
    return code;
}

static enum error_code too_late(struct pg *pg, struct error *err) {
    drop(pg);
    return error_set(err, ERROR_CONNECTION, "the database did not answer within %d ms; the connection was dropped",
                     pg->answer_ms);
}

/* --- connecting --- */

static enum error_code finish_connecting(struct pg *pg, struct error *err) {
    struct tick deadline = tick_after(tick_now(), pg->connect_ms);
    PostgresPollingStatusType want = PGRES_POLLING_WRITING;
    if (!pg->conn || PQstatus(pg->conn) == CONNECTION_BAD) return broke(pg, "cannot reach the database", err);
    while (want != PGRES_POLLING_OK) {
        short events = want == PGRES_POLLING_READING ? POLLIN : POLLOUT;
        if (!wait_fd(PQsocket(pg->conn), events, deadline)) {
            drop(pg);
            return error_set(err, ERROR_CONNECTION, "cannot reach the database within %d ms", pg->connect_ms);
        }
        want = PQconnectPoll(pg->conn);
        if (want == PGRES_POLLING_FAILED) return broke(pg, "cannot reach the database", err);
    }
    if (PQsetnonblocking(pg->conn, 1) != 0) return broke(pg, "cannot use the database's connection", err);
    pq_notices(pg->conn, &pg->warned);
    return pg_script(pg, pq_session_sql, err);
}

enum error_code pg_reopen(struct pg *pg, struct error *err) {
    enum error_code code = ERROR_CONNECTION;
    for (size_t tried = 0; tried < pg->target.hosts && code != ERROR_OK; tried++) {
        if (pg->conn) drop(pg);
        pg->conn = pq_start(&pg->target);
        code = finish_connecting(pg, err);
    }
    return code;
}

enum error_code pg_open(const struct pg_settings *settings, struct pg **out, struct error *err) {
    *out = NULL;
    struct pg *pg = calloc(1, sizeof *pg);
    char *application = settings->application ? strdup(settings->application) : NULL;
    if (!pg || (settings->application && !application)) {
        free(pg);
        free(application);
        return error_set(err, ERROR_MEMORY, "no memory");
    }
    pg->application = application;
    pg->connect_ms = settings->connect_ms ? settings->connect_ms : CONNECT_MS;
    pg->answer_ms = settings->answer_ms ? settings->answer_ms : ANSWER_MS;
    enum error_code code = pq_target_init(&pg->target, settings->conninfo, application, err);
    if (code == ERROR_OK) code = pg_reopen(pg, err);
    if (code != ERROR_OK) pg_close(&pg);
    *out = pg;
    return code;
}

void pg_close(struct pg **pg) {
    if (!*pg) return;
    PQfreemem((*pg)->notify);
    statements_finish(&(*pg)->statements);
    PQfinish((*pg)->conn);
    pq_target_finish(&(*pg)->target);
    free((*pg)->application);
    free(*pg);
    *pg = NULL;
}

bool pg_broken(const struct pg *pg) {
    return !pg->conn || PQstatus(pg->conn) != CONNECTION_OK;
}
void pg_set_answer_ms(struct pg *pg, int answer_ms) {
    pg->answer_ms = answer_ms ? answer_ms : ANSWER_MS;
}
const char *pg_state(const struct pg *pg) {
    return pg->state;
}

/* --- statements --- */

static enum error_code flush(struct pg *pg, struct tick deadline, struct error *err) {
    for (;;) {
        int left = PQflush(pg->conn);
        if (left == 0) return ERROR_OK;
        if (left < 0) return broke(pg, "the database's connection is gone", err);
        if (!wait_fd(PQsocket(pg->conn), POLLIN | POLLOUT, deadline)) return too_late(pg, err);
        if (!PQconsumeInput(pg->conn)) return broke(pg, "the database's connection is gone", err);
    }
}

/* The next result; *result NULL = no more. */
static enum error_code next_result(struct pg *pg, struct tick deadline, PGresult **result, struct error *err) {
    *result = NULL;
    while (PQisBusy(pg->conn)) {
        if (!wait_fd(PQsocket(pg->conn), POLLIN, deadline)) return too_late(pg, err);
        if (!PQconsumeInput(pg->conn)) return broke(pg, "the database's connection is gone", err);
    }
    *result = PQgetResult(pg->conn);
    return ERROR_OK;
}

/* All results of what was sent; the last one that is not an error goes to *kept. Stops before a COPY. */
static enum error_code collect(struct pg *pg, struct tick deadline, PGresult **kept, struct error *err) {
    enum error_code failed = ERROR_OK, code;
    PGresult *result;
    while ((code = next_result(pg, deadline, &result, err)) == ERROR_OK && result) {
        if (pq_result_failed(result) && failed == ERROR_OK) {
            failed = pq_failure_result(err, result, pg->state);
        } else if (!pq_result_failed(result)) {
            PQclear(*kept);
            *kept = result;
            if (PQresultStatus(result) == PGRES_COPY_IN) return failed;
            continue;
        }
        PQclear(result);
    }
    if (code != ERROR_OK) return code;
    if (PQstatus(pg->conn) != CONNECTION_OK) {
        if (failed == ERROR_OK) return broke(pg, "the database's connection is gone", err);
        drop(pg);
        return err ? err->code = ERROR_CONNECTION : ERROR_CONNECTION;
    }
    return failed;
}

static enum error_code ready_to_send(struct pg *pg, struct error *err) {
    pg->state[0] = '\0';
    pg->warned = false;
    if (pg->conn) return ERROR_OK;
    return error_set(err, ERROR_CONNECTION, "the database's connection was lost");
}

static enum error_code prepare(struct pg *pg, struct statement *statement, struct tick deadline, struct error *err) {
    PGresult *kept = NULL;
    if (!PQsendPrepare(pg->conn, statement->name, statement->sql, (int)statement->count, statement->types))
        return broke(pg, "cannot send to the database", err);
    enum error_code code = flush(pg, deadline, err);
    if (code == ERROR_OK) code = collect(pg, deadline, &kept, err);
    PQclear(kept);
    statement->prepared = code == ERROR_OK;
    return code;
}

/* A table was changed underneath, or somebody discarded what this session kept. */
static bool no_longer_valid(const char *state) {
    return strcmp(state, "0A000") == 0 || strcmp(state, "26000") == 0;
}

/* What comes again and again is planned once. */
static enum error_code run(struct pg *pg, const char *sql, const struct pg_params *params, struct tick deadline,
                           PGresult **kept, struct error *err) {
    struct statement *statement = statements_meet(&pg->statements, sql, params);
    enum error_code code = statement && !statement->prepared ? prepare(pg, statement, deadline, err) : ERROR_OK;
    if (code != ERROR_OK) return code;
    int sent = statement ? pq_send_prepared(pg->conn, statement->name, params) : pq_send_params(pg->conn, sql, params);
    if (!sent) return broke(pg, "cannot send to the database", err);
    code = flush(pg, deadline, err);
    if (code == ERROR_OK) code = collect(pg, deadline, kept, err);
    if (code != ERROR_OK && statement && pg->conn && no_longer_valid(pg->state))
        statements_refused(&pg->statements, statement);
    return code;
}

enum error_code pg_run(struct pg *pg, const char *sql, const struct pg_params *params, struct pg_rows *rows,
                       struct error *err) {
    PGresult *kept = NULL;
    if (rows) rows->result = NULL;
    if (params && (params->failed || params->bytes.failed)) return error_set(err, ERROR_MEMORY, "no memory");
    enum error_code code = ready_to_send(pg, err);
    if (code != ERROR_OK) return code;
    struct tick deadline = tick_after(tick_now(), pg->answer_ms);
    code = run(pg, sql, params, deadline, &kept, err);
    if (rows && code == ERROR_OK) rows->result = TAKE(kept);
    PQclear(kept);
    return code;
}

enum error_code pg_script(struct pg *pg, const char *sql, struct error *err) {
    PGresult *kept = NULL;
    enum error_code code = ready_to_send(pg, err);
    if (code != ERROR_OK) return code;
    struct tick deadline = tick_after(tick_now(), pg->answer_ms);
    if (!PQsendQuery(pg->conn, sql)) return broke(pg, "cannot send to the database", err);
    code = flush(pg, deadline, err);
    if (code == ERROR_OK) code = collect(pg, deadline, &kept, err);
    PQclear(kept);
    return code;
}

static enum error_code send_copy(struct pg *pg, const char *bytes, size_t len, struct tick deadline,
                                 struct error *err) {
    enum error_code code = ERROR_OK;
    while (len && code == ERROR_OK) {
        int part = (int)(len < COPY_CHUNK ? len : COPY_CHUNK);
        int put = PQputCopyData(pg->conn, bytes, part);
        if (put < 0) return broke(pg, "cannot send to the database", err);
        if (put > 0) {
            bytes += part;
            len -= (size_t)part;
        }
        code = flush(pg, deadline, err);
    }
    if (code == ERROR_OK && PQputCopyEnd(pg->conn, NULL) < 0) return broke(pg, "cannot send to the database", err);
    return code == ERROR_OK ? flush(pg, deadline, err) : code;
}

enum error_code pg_copy_in(struct pg *pg, const char *copy_sql, const void *bytes, size_t len, struct error *err) {
    PGresult *kept = NULL;
    enum error_code code = ready_to_send(pg, err);
    if (code != ERROR_OK) return code;
    struct tick deadline = tick_after(tick_now(), pg->answer_ms);
    if (!PQsendQuery(pg->conn, copy_sql)) return broke(pg, "cannot send to the database", err);
    code = flush(pg, deadline, err);
    if (code == ERROR_OK) code = collect(pg, deadline, &kept, err);
    if (code == ERROR_OK && PQresultStatus(kept) != PGRES_COPY_IN)
        code = error_set(err, ERROR_USAGE, "not a COPY … FROM STDIN: %.60s", copy_sql);
    if (code == ERROR_OK) code = send_copy(pg, bytes, len, deadline, err);
    if (code == ERROR_OK) code = collect(pg, deadline, &kept, err);
    PQclear(kept);
    return code;
}

/* --- transactions --- */

enum error_code pg_begin(struct pg *pg, struct error *err) {
    pg->in_doubt = false;
    return pg_run(pg, "BEGIN", NULL, NULL, err);
}

enum error_code pg_commit(struct pg *pg, struct error *err) {
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    pg->in_doubt = false;
    bool was_open = pg->conn != NULL;
    enum error_code code = pg_run(pg, "COMMIT", NULL, &rows, err);
    if (code == ERROR_CONNECTION) {
        pg->in_doubt = was_open;
        return code;
    }
    if (code != ERROR_OK) return code;
    if (strcmp(PQcmdStatus(rows.result), "COMMIT") != 0)
        return error_set(err, ERROR_DATABASE, "the transaction was rolled back");
    if (!pg->warned) return ERROR_OK;
    pg->in_doubt = true;
    drop(pg);
    return error_set(err, ERROR_CONNECTION, "the database committed with a warning: it may be lost with this server");
}

bool pg_in_doubt(const struct pg *pg) {
    return pg->in_doubt;
}

bool pg_in_transaction(const struct pg *pg) {
    return pg->conn && PQtransactionStatus(pg->conn) != PQTRANS_IDLE;
}

void pg_rollback(struct pg *pg) {
    struct error ignored;
    if (!pg_in_transaction(pg)) return;
    if (pg_run(pg, "ROLLBACK", NULL, NULL, &ignored) != ERROR_OK && pg->conn) drop(pg);
}

/* --- NOTIFY --- */

int pg_fd(const struct pg *pg) {
    return pg->conn ? PQsocket(pg->conn) : -1;
}

bool pg_notified(struct pg *pg, const char **channel, const char **payload) {
    PQfreemem(pg->notify);
    pg->notify = NULL;
    if (!pg->conn) return false;
    if (!PQconsumeInput(pg->conn)) {
        drop(pg);
        return false;
    }
    pg->notify = PQnotifies(pg->conn);
    if (!pg->notify) return false;
    *channel = pg->notify->relname;
    *payload = pg->notify->extra;
    return true;
}
