#include "common/link/pq.h"

#include <endian.h>
#include <stdio.h>
#include <string.h>

#include "common/base/buffer.h"
#include "common/base/cleanup.h"

const char pq_session_sql[] = "SET search_path = duban, pg_temp; SET TimeZone = 'UTC'; SET client_encoding = 'UTF8'";

static size_t commas(const char *text) {
    size_t count = 0;
    for (; text && *text; text++) count += *text == ',';
    return count;
}

static const char *option(const struct pq_target *target, const char *keyword) {
    for (const PQconninfoOption *o = target->options; o->keyword; o++)
        if (strcmp(o->keyword, keyword) == 0) return o->val;
    return NULL;
}

enum error_code pq_target_init(struct pq_target *target, const char *conninfo, const char *application,
                               struct error *err) {
    char *why = NULL;
    *target = (struct pq_target){.application = application};
    target->options = PQconninfoParse(conninfo, &why);
    if (!target->options) {
        enum error_code code = error_set(err, ERROR_INPUT, "the database's connection text is wrong: %s", why ? why : "no memory");
        PQfreemem(why);
        return code;
    }
    size_t hosts = commas(option(target, "host")), addresses = commas(option(target, "hostaddr"));
    target->hosts = 1 + (hosts > addresses ? hosts : addresses);
    return ERROR_OK;
}

void pq_target_finish(struct pq_target *target) {
    PQconninfoFree(target->options);
    *target = (struct pq_target){0};
}

/* The n-th of a list; a list of one stands for all. */
static bool nth(const char *list, size_t n, struct buffer *out) {
    for (size_t i = 0; i < n && commas(list); i++) list = strchr(list, ',') + 1;
    buffer_add(out, list, strcspn(list, ","));
    return !out->failed;
}

enum { PQ_OPTIONS_MAX = 96 };

PGconn *pq_start(struct pq_target *target) {
    const char *keywords[PQ_OPTIONS_MAX + 1], *values[PQ_OPTIONS_MAX + 1];
    static const char *const lists[] = {"host", "hostaddr", "port"};
    struct buffer one[3] = {0};
    PGconn *conn = NULL;
    size_t count = 0;
    /* A dead network is told by the kernel in seconds, not in the two hours of plain TCP. */
    static const char *const ours[][2] = {
        {"keepalives_idle", "10"}, {"keepalives_interval", "5"}, {"keepalives_count", "3"}, {"tcp_user_timeout", "15000"}};
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
        keywords[count] = ours[i][0];
        values[count++] = ours[i][1];
    }
    if (target->application) {
        keywords[count] = "fallback_application_name";
        values[count++] = target->application;
    }
    bool sound = true;
    for (const PQconninfoOption *o = target->options; o->keyword && count < PQ_OPTIONS_MAX; o++) {
        if (!o->val) continue;
        keywords[count] = o->keyword;
        values[count] = o->val;
        for (size_t i = 0; i < 3; i++) {
            if (strcmp(o->keyword, lists[i]) != 0 || !strchr(o->val, ',')) continue;
            sound = sound && nth(o->val, target->next, &one[i]);
            values[count] = buffer_text(&one[i]);
        }
        count++;
    }
    keywords[count] = NULL;
    values[count] = NULL;
    target->next = (target->next + 1) % target->hosts;
    if (sound) conn = PQconnectStartParams(keywords, values, 0);
    for (size_t i = 0; i < 3; i++) buffer_finish(&one[i]);
    return conn;
}

/* libpq's messages end in a line break and may have several lines. */
static void one_line(const char *text, char *out, size_t size) {
    (void)snprintf(out, size, "%s", text);
    size_t len = strlen(out);
    while (len && (out[len - 1] == '\n' || out[len - 1] == ' ')) out[--len] = '\0';
    for (char *c = out; *c; c++)
        if (*c == '\n' || *c == '\t') *c = ' ';
}

enum error_code pq_failure_connection(struct error *err, const PGconn *conn, const char *what) {
    char text[512];
    one_line(conn ? PQerrorMessage(conn) : "no memory", text, sizeof text);
    return error_set(err, ERROR_CONNECTION, "%s%s%s", what, *text ? ": " : "", text);
}

static enum error_code class_of(const char *state) {
    if (strcmp(state, "42501") == 0 || strncmp(state, "28", 2) == 0) return ERROR_REFUSED;
    if (strncmp(state, "23", 2) == 0 || strncmp(state, "40", 2) == 0 || strcmp(state, "55P03") == 0)
        return ERROR_CONFLICT;
    if (strncmp(state, "08", 2) == 0 || strncmp(state, "57P", 3) == 0) return ERROR_CONNECTION;
    return ERROR_DATABASE;
}

enum error_code pq_failure_result(struct error *err, const PGresult *result, char state[PQ_SQLSTATE_MAX]) {
    const char *code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
    const char *where = PQresultErrorField(result, PG_DIAG_CONTEXT);
    char text[768];
    (void)snprintf(state, PQ_SQLSTATE_MAX, "%s", code ? code : "");
    one_line(primary ? primary : PQresultErrorMessage(result), text, sizeof text);
    return error_set(err, code ? class_of(code) : ERROR_CONNECTION, "PostgreSQL: %s (%s)%s%.200s%s%.120s", text,
                     code ? code : "no state", detail ? " " : "", detail ? detail : "", where ? " at " : "",
                     where ? where : "");
}

bool pq_result_failed(const PGresult *result) {
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE;
}

struct pq_values {
    const char *values[PG_PARAMS_MAX];
    int lengths[PG_PARAMS_MAX], formats[PG_PARAMS_MAX];
};

/* Where each value stands; its length is in front of it. */
static int point(const struct pg_params *params, struct pq_values *out) {
    size_t count = params ? params->count : 0;
    for (size_t i = 0; i < count; i++) {
        const char *at = params->bytes.data + params->starts[i];
        uint32_t len;
        memcpy(&len, at - 4, sizeof len);
        len = be32toh(len);
        out->values[i] = len == UINT32_MAX ? NULL : at;
        out->lengths[i] = len == UINT32_MAX ? 0 : (int)len;
        out->formats[i] = 1;
    }
    return (int)count;
}

int pq_send_params(PGconn *conn, const char *sql, const struct pg_params *params) {
    struct pq_values values;
    int count = point(params, &values);
    return PQsendQueryParams(conn, sql, count, params ? params->types : NULL, values.values, values.lengths,
                             values.formats, 1);
}

int pq_send_prepared(PGconn *conn, const char *name, const struct pg_params *params) {
    struct pq_values values;
    int count = point(params, &values);
    return PQsendQueryPrepared(conn, name, count, values.values, values.lengths, values.formats, 1);
}

static void receive_notice(void *warned, const PGresult *result) {
    const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    if (severity && strcmp(severity, "WARNING") == 0) *(bool *)warned = true;
}

void pq_notices(PGconn *conn, bool *warned) {
    (void)PQsetNoticeReceiver(conn, receive_notice, warned);
}
