#include "services/collector/sql_job.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/file.h"
#include "common/base/text.h"
#include "proto/event.h"

enum { SECRET_BYTES_MAX = 4096, NUMBER_TEXT_MAX = 24, HIDDEN_LEAST = 3 };

/* --- making --- */

/* One line; a line break at its end is the editor's. */
static enum error_code read_line(const char *path, struct buffer *out, struct error *err) {
    enum error_code code = file_read(path, SECRET_BYTES_MAX, out, err);
    if (code) return code;
    while (out->len && strchr("\r\n", out->data[out->len - 1]))
        buffer_cut(out, out->len - 1);
    if (out->len == 0) return error_set(err, ERROR_INPUT, "%s is empty", path);
    return ERROR_OK;
}

static enum error_code read_password(const struct sql_settings *settings, struct buffer *out, struct error *err) {
    if (settings->password_file) return read_line(settings->password_file, out, err);
    const char *text = settings->password_env ? getenv(settings->password_env) : NULL;
    if (settings->password_env && !text)
        return error_set(err, ERROR_INPUT, "the environment has no %s", settings->password_env);
    buffer_add_text(out, text ? text : "");
    return ERROR_OK;
}

enum error_code sql_job_make(const struct sql_settings *settings, const char *since, struct sql_job *out,
                             struct error *err) {
    CLEAN(buffer_finish) struct buffer connection = {0};
    CLEAN(buffer_finish) struct buffer password = {0};
    *out = (struct sql_job){.driver = settings->driver,
                            .query = settings->query,
                            .timeout_ms = settings->timeout_ms,
                            .rows_max = settings->rows_max};
    enum error_code code =
        settings->connection_file ? read_line(settings->connection_file, &connection, err) : ERROR_OK;
    if (!code && !settings->connection_file) buffer_add_text(&connection, settings->connection);
    if (!code) code = read_password(settings, &password, err);
    if (code) return code;
    size_t password_at = connection.len + 1, since_at = password_at + password.len + 1;
    buffer_add(&out->memory, buffer_text(&connection), connection.len + 1);
    buffer_add(&out->memory, buffer_text(&password), password.len + 1);
    buffer_add_text(&out->memory, since ? since : "");
    if (password.data) memset(password.data, 0, password.len);
    if (out->memory.failed) return error_set(err, ERROR_MEMORY, "no memory for a query");
    out->connection = out->memory.data;
    out->password = password.len ? out->memory.data + password_at : NULL;
    out->since = since ? out->memory.data + since_at : NULL;
    return ERROR_OK;
}

void sql_job_finish(struct sql_job *job) {
    if (job->memory.data) explicit_bzero(job->memory.data, job->memory.len);
    buffer_finish(&job->memory);
    *job = (struct sql_job){.query = NULL};
}

/* --- as bytes: texts with a NUL behind each --- */

static void put(struct buffer *out, const char *text) {
    buffer_add_char(out, text ? '1' : '0');
    buffer_add(out, text ? text : "", text ? strlen(text) + 1 : 1);
}

void sql_job_write(const struct sql_job *job, struct buffer *out) {
    buffer_printf(out, "%d %lld %lld", (int)job->driver, (long long)job->timeout_ms, (long long)job->rows_max);
    buffer_add_char(out, 0);
    put(out, job->connection);
    put(out, job->password);
    put(out, job->query);
    put(out, job->since);
}

static bool take(struct slice *in, const char **out) {
    const char *end = in->len > 1 ? memchr(in->ptr, 0, in->len) : NULL;
    if (!end) return false;
    *out = in->ptr[0] == '1' ? in->ptr + 1 : NULL;
    in->len -= (size_t)(end + 1 - in->ptr);
    in->ptr = end + 1;
    return true;
}

bool sql_job_read(struct slice bytes, struct sql_job *out) {
    *out = (struct sql_job){.query = NULL};
    char *end;
    const char *numbers = bytes.ptr, *stop = bytes.len ? memchr(bytes.ptr, 0, bytes.len) : NULL;
    if (!stop) return false;
    out->driver = (enum sql_driver)strtol(numbers, &end, 10);
    out->timeout_ms = strtoll(end, &end, 10);
    out->rows_max = strtoll(end, &end, 10);
    struct slice rest = {stop + 1, bytes.len - (size_t)(stop + 1 - bytes.ptr)};
    return end == stop && take(&rest, &out->connection) && take(&rest, &out->password) && take(&rest, &out->query) &&
           take(&rest, &out->since) && rest.len == 0 && out->connection && out->query && out->timeout_ms > 0 &&
           out->rows_max > 0;
}

/* --- the query's $1 --- */

/* The length of what is no code: a text or name in quotes, a comment; 0 = code. */
static size_t skipped(const char *at) {
    if (*at == '\'' || *at == '"' || *at == '`') {
        const char *end = strchr(at + 1, *at);
        return end ? (size_t)(end + 1 - at) : strlen(at);
    }
    if (strncmp(at, "--", 2) == 0) return strcspn(at, "\n");
    if (strncmp(at, "/*", 2) != 0) return 0;
    const char *end = strstr(at + 2, "*/");
    return end ? (size_t)(end + 2 - at) : strlen(at);
}

bool sql_job_query(const char *query, const char *mark, struct buffer *out, size_t *count) {
    *count = 0;
    while (*query) {
        size_t len = skipped(query);
        if (!len && strncmp(query, "$1", 2) == 0 && !strchr("0123456789", query[2] ? query[2] : 'x')) {
            buffer_add_text(out, mark);
            query += 2;
            ++*count;
            continue;
        }
        buffer_add(out, query, len ? len : 1);
        query += len ? len : 1;
    }
    return !out->failed;
}

void sql_job_hide(const struct sql_job *job, struct buffer *words) {
    size_t len = job->password ? strlen(job->password) : 0;
    if (len < HIDDEN_LEAST || !words->data) return;
    for (char *at = words->data; (at = strstr(at, job->password)); at += len)
        memset(at, '*', len);
}
