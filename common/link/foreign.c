#include "common/link/foreign.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/link/oids.h"
#include "common/link/pq.h"

enum { OID_OID = 26, OID_FLOAT4 = 700, OID_FLOAT8 = 701, OID_TIMESTAMP = 1114 };

struct foreign {
    const struct foreign_query *query;
    struct pq_target target;
    PGconn *conn;
    struct tick deadline;
    enum foreign_fault fault;
    bool warned;
    bool told; /* columns() was called */
    struct error *err;
};

static void foreign_finish(struct foreign *foreign) {
    PQfinish(foreign->conn);
    pq_target_finish(&foreign->target);
}

static enum error_code failed(struct foreign *foreign, enum foreign_fault fault, enum error_code code,
                              const char *words) {
    foreign->fault = fault;
    return error_set(foreign->err, code, "%s", words);
}

static enum error_code too_late(struct foreign *foreign) {
    foreign->fault = FOREIGN_TIMEOUT;
    return error_set(foreign->err, ERROR_CONNECTION, "no answer within %lld ms",
                     (long long)foreign->query->timeout_ms);
}

static enum error_code lost(struct foreign *foreign) {
    foreign->fault = FOREIGN_LOST;
    return pq_failure_connection(foreign->err, foreign->conn, "the connection was lost");
}

static bool wait_for(struct foreign *foreign, short events) {
    for (;;) {
        struct pollfd one = {PQsocket(foreign->conn), events, 0};
        int left = tick_wait(tick_now(), foreign->deadline);
        int ready = left > 0 ? poll(&one, 1, left) : 0;
        if (ready >= 0 || errno != EINTR) return ready > 0;
    }
}

/* --- connecting --- */

static enum error_code set_password(struct foreign *foreign) {
    if (!foreign->query->password) return ERROR_OK;
    for (PQconninfoOption *option = foreign->target.options; option->keyword; option++) {
        if (strcmp(option->keyword, "password") != 0) continue;
        free(option->val);
        option->val = strdup(foreign->query->password);
        return option->val ? ERROR_OK : failed(foreign, FOREIGN_CONNINFO, ERROR_MEMORY, "no memory");
    }
    return ERROR_OK;
}

/* libpq tells no SQLSTATE of a login that failed. What the server itself says begins with FATAL, in a Chinese one with
 * 致命. */
static enum foreign_fault login_fault(const PGconn *conn) {
    static const char *const refused[] = {"password", "authentication", "pg_hba", "role", "认证", "does not exist", "不存在"};
    const char *text = PQerrorMessage(conn);
    if (PQconnectionNeedsPassword(conn)) return FOREIGN_LOGIN;
    if (!strstr(text, "FATAL") && !strstr(text, "致命")) return FOREIGN_UNREACHABLE;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (strstr(text, refused[i])) return FOREIGN_LOGIN;
    return FOREIGN_UNREACHABLE;
}

static enum error_code connect_one(struct foreign *foreign) {
    PostgresPollingStatusType want = PGRES_POLLING_WRITING;
    PQfinish(foreign->conn);
    foreign->conn = pq_start(&foreign->target);
    while (foreign->conn && PQstatus(foreign->conn) != CONNECTION_BAD && want != PGRES_POLLING_OK &&
           want != PGRES_POLLING_FAILED) {
        if (!wait_for(foreign, want == PGRES_POLLING_READING ? POLLIN : POLLOUT)) {
            foreign->fault = FOREIGN_UNREACHABLE;
            return error_set(foreign->err, ERROR_CONNECTION, "cannot be reached within %lld ms",
                             (long long)foreign->query->timeout_ms);
        }
        want = PQconnectPoll(foreign->conn);
    }
    if (want == PGRES_POLLING_OK && PQsetnonblocking(foreign->conn, 1) == 0) return ERROR_OK;
    foreign->fault = foreign->conn ? login_fault(foreign->conn) : FOREIGN_UNREACHABLE;
    return pq_failure_connection(foreign->err, foreign->conn, "cannot connect");
}

static enum error_code connect_any(struct foreign *foreign) {
    enum error_code code = ERROR_CONNECTION;
    for (size_t tried = 0; tried < foreign->target.hosts && code; tried++)
        code = connect_one(foreign);
    return code;
}

/* --- asking --- */

static enum error_code flush(struct foreign *foreign) {
    for (int left; (left = PQflush(foreign->conn)) != 0;) {
        if (left < 0) return lost(foreign);
        if (!wait_for(foreign, POLLIN | POLLOUT)) return too_late(foreign);
        if (!PQconsumeInput(foreign->conn)) return lost(foreign);
    }
    return ERROR_OK;
}

static enum error_code next_result(struct foreign *foreign, PGresult **result) {
    while (PQisBusy(foreign->conn)) {
        if (!wait_for(foreign, POLLIN)) return too_late(foreign);
        if (!PQconsumeInput(foreign->conn)) return lost(foreign);
    }
    *result = PQgetResult(foreign->conn);
    return ERROR_OK;
}

static enum error_code result_failed(struct foreign *foreign, const PGresult *result) {
    char state[PQ_SQLSTATE_MAX];
    enum error_code code = pq_failure_result(foreign->err, result, state);
    bool gone = code == ERROR_CONNECTION || PQstatus(foreign->conn) != CONNECTION_OK;
    foreign->fault = strcmp(state, "57014") == 0 ? FOREIGN_TIMEOUT : gone ? FOREIGN_LOST : FOREIGN_QUERY;
    return code;
}

/* What prepares the session and opens the transaction: several statements without an answer worth reading. */
static enum error_code script(struct foreign *foreign, const char *sql) {
    if (!PQsendQuery(foreign->conn, sql)) return lost(foreign);
    enum error_code code = flush(foreign), worst = ERROR_OK;
    PGresult *result = NULL;
    while (!code && !(code = next_result(foreign, &result)) && result) {
        if (pq_result_failed(result) && !worst) worst = result_failed(foreign, result);
        PQclear(result);
    }
    return code ? code : worst;
}

static enum foreign_type type_of(Oid oid) {
    switch (oid) {
    case OID_INT2:
    case OID_INT4:
    case OID_INT8:
    case OID_NUMERIC:
    case OID_OID:
        return FOREIGN_EXACT;
    case OID_FLOAT4:
        return FOREIGN_FLOAT4;
    case OID_FLOAT8:
        return FOREIGN_FLOAT8;
    case OID_BOOL:
        return FOREIGN_BOOL;
    case OID_DATE:
        return FOREIGN_DATE;
    case OID_TIMESTAMP:
        return FOREIGN_TIMESTAMP;
    case OID_TIMESTAMPTZ:
        return FOREIGN_TIMESTAMPTZ;
    case OID_BYTEA:
        return FOREIGN_BYTEA;
    default:
        return FOREIGN_TEXT;
    }
}

static enum error_code tell_columns(struct foreign *foreign, const PGresult *result) {
    enum foreign_type types[FOREIGN_COLUMNS_MAX];
    const char *names[FOREIGN_COLUMNS_MAX];
    int count = PQnfields(result);
    if (foreign->told) return ERROR_OK;
    if (count < 1 || count > FOREIGN_COLUMNS_MAX)
        return failed(foreign, FOREIGN_QUERY, ERROR_INPUT, "the query gives no columns, or more than 512");
    for (int i = 0; i < count; i++) {
        types[i] = type_of(PQftype(result, i));
        names[i] = PQfname(result, i);
    }
    foreign->told = true;
    foreign->query->columns(foreign->query->context, (size_t)count, types, names);
    return ERROR_OK;
}

static enum error_code tell_rows(struct foreign *foreign, const PGresult *result) {
    struct slice values[FOREIGN_COLUMNS_MAX];
    int count = PQnfields(result);
    for (int row = 0; row < PQntuples(result); row++) {
        for (int i = 0; i < count; i++)
            values[i] = PQgetisnull(result, row, i)
                            ? (struct slice){NULL, 0}
                            : (struct slice){PQgetvalue(result, row, i), (size_t)PQgetlength(result, row, i)};
        if (!foreign->query->row(foreign->query->context, (size_t)count, values))
            return failed(foreign, FOREIGN_STOPPED, ERROR_CONFLICT, "more rows than are wanted");
    }
    return ERROR_OK;
}

static enum error_code take_result(struct foreign *foreign, const PGresult *result) {
    ExecStatusType status = PQresultStatus(result);
    if (pq_result_failed(result)) return result_failed(foreign, result);
    if (status != PGRES_TUPLES_OK && status != PGRES_SINGLE_TUPLE)
        return failed(foreign, FOREIGN_QUERY, ERROR_INPUT, "the query gives no rows: it must be a SELECT");
    enum error_code code = tell_columns(foreign, result);
    return code ? code : tell_rows(foreign, result);
}

static enum error_code ask(struct foreign *foreign) {
    const char *const values[1] = {foreign->query->since};
    if (!PQsendQueryParams(foreign->conn, foreign->query->sql, foreign->query->since ? 1 : 0, NULL, values, NULL, NULL,
                           0) ||
        !PQsetSingleRowMode(foreign->conn))
        return lost(foreign);
    enum error_code code = flush(foreign);
    PGresult *result = NULL;
    while (!code && !(code = next_result(foreign, &result)) && result) {
        code = take_result(foreign, result);
        PQclear(result);
    }
    if (!code && PQstatus(foreign->conn) != CONNECTION_OK) return lost(foreign);
    return code;
}

enum error_code foreign_run(const struct foreign_query *query, enum foreign_fault *fault, struct error *err) {
    CLEAN(foreign_finish) struct foreign foreign = {
        .query = query, .deadline = tick_after(tick_now(), query->timeout_ms), .fault = FOREIGN_CONNINFO, .err = err};
    char session[512];
    (void)snprintf(session, sizeof session,
                   "SET client_encoding = 'UTF8'; SET datestyle = 'ISO, YMD'; SET timezone = 'UTC';"
                   "SET extra_float_digits = 3; SET statement_timeout = %lld;"
                   "START TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",
                   (long long)query->timeout_ms);
    enum error_code code = pq_target_init(&foreign.target, query->conninfo, query->application, err);
    if (!code) code = set_password(&foreign);
    if (!code) code = connect_any(&foreign);
    if (!code) pq_notices(foreign.conn, &foreign.warned);
    if (!code) code = script(&foreign, session);
    if (!code) code = ask(&foreign);
    *fault = code ? foreign.fault : FOREIGN_FINE;
    return code;
}
