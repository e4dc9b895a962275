#include "services/collector/sql_ask.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/text.h"
#include "common/link/foreign.h"

enum { FLUSH_BYTES = 65536 };

/* --- to the file --- */

static bool write_out(struct sql_asking *asking) {
    size_t done = 0;
    while (done < asking->bytes.len) {
        ssize_t wrote = write(asking->out, asking->bytes.data + done, asking->bytes.len - done);
        if (wrote < 0 && errno != EINTR) return false;
        if (wrote > 0) done += (size_t)wrote;
    }
    asking->written += done;
    buffer_clear(&asking->bytes);
    return true;
}

bool sql_asking_row(struct sql_asking *asking) {
    if (asking->rows++ >= asking->job->rows_max) {
        sql_asking_fail(asking, SQL_TROUBLE_ROWS, "超过 %lld 行", (long long)asking->job->rows_max);
        return false;
    }
    if (asking->written + asking->bytes.len > ANSWER_BYTES_MAX) {
        sql_asking_fail(asking, SQL_TROUBLE_ROWS, "超过 %d MB", ANSWER_BYTES_MAX >> 20);
        return false;
    }
    if (asking->bytes.len >= FLUSH_BYTES && !write_out(asking)) {
        sql_asking_fail(asking, SQL_TROUBLE_WORKER, "no memory for the answer");
        return false;
    }
    answer_add_row(&asking->bytes);
    return !asking->bytes.failed;
}

void sql_asking_fail(struct sql_asking *asking, enum sql_trouble trouble, const char *format, ...) {
    CLEAN(buffer_finish) struct buffer words = {0}, clean = {0};
    va_list args;
    if (asking->trouble) return;
    va_start(args, format);
    buffer_vprintf(&words, format, args);
    va_end(args);
    sql_job_hide(asking->job, &words);
    text_clean(buffer_text(&words), words.len, &clean);
    size_t len = text_cut_bytes(buffer_text(&clean), clean.len, sizeof asking->words - 1);
    memcpy(asking->words, buffer_text(&clean), len);
    asking->words[len] = 0;
    asking->trouble = trouble;
}

bool sql_asking_finish(struct sql_asking *asking) {
    if (asking->bytes.failed) {
        buffer_clear(&asking->bytes);
        sql_asking_fail(asking, SQL_TROUBLE_WORKER, "no memory for the answer");
    }
    /* a failure stands behind whole rows only where the reader may find it: at the beginning of a mark */
    if (asking->trouble) {
        buffer_clear(&asking->bytes);
        if (asking->written == 0) answer_begin(&asking->bytes);
        answer_fail(&asking->bytes, asking->trouble, asking->words);
    } else {
        answer_end(&asking->bytes);
    }
    bool sound = write_out(asking);
    buffer_finish(&asking->bytes);
    return sound;
}

/* --- PostgreSQL --- */

static void tell_columns(void *context, size_t count, const enum foreign_type *types, const char *const *names) {
    static const enum answer_kind kinds[] = {
        [FOREIGN_TEXT] = ANSWER_TEXT,       [FOREIGN_EXACT] = ANSWER_EXACT,     [FOREIGN_FLOAT8] = ANSWER_DOUBLE,
        [FOREIGN_FLOAT4] = ANSWER_SINGLE,   [FOREIGN_BOOL] = ANSWER_BOOLEAN,    [FOREIGN_DATE] = ANSWER_DAY,
        [FOREIGN_TIMESTAMP] = ANSWER_LOCAL, [FOREIGN_TIMESTAMPTZ] = ANSWER_INSTANT, [FOREIGN_BYTEA] = ANSWER_BYTES,
    };
    struct sql_asking *asking = context;
    for (size_t i = 0; i < count; i++)
        answer_add_column(&asking->bytes, kinds[types[i]], slice_of(names[i]));
}

/* t and f, where the column before says so, are written out. */
static struct slice spelled(struct slice value, bool boolean) {
    if (!boolean || value.len != 1) return value;
    return slice_of(*value.ptr == 't' ? "true" : "false");
}

struct postgresql_asking {
    struct sql_asking *asking;
    bool booleans[FOREIGN_COLUMNS_MAX], bytes[FOREIGN_COLUMNS_MAX];
};

static void take_columns(void *context, size_t count, const enum foreign_type *types, const char *const *names) {
    struct postgresql_asking *in = context;
    for (size_t i = 0; i < count; i++) {
        in->booleans[i] = types[i] == FOREIGN_BOOL;
        in->bytes[i] = types[i] == FOREIGN_BYTEA;
    }
    tell_columns(in->asking, count, types, names);
}

static bool take_row(void *context, size_t count, const struct slice *values) {
    struct postgresql_asking *in = context;
    if (!sql_asking_row(in->asking)) return false;
    for (size_t i = 0; i < count; i++) {
        struct slice value = spelled(values[i], in->booleans[i]);
        if (value.len > ANSWER_VALUE_MAX) {
            sql_asking_fail(in->asking, SQL_TROUBLE_ROWS, "一个值超过 %d MB", ANSWER_VALUE_MAX >> 20);
            return false;
        }
        answer_add_value(&in->asking->bytes, in->bytes[i] && value.ptr ? (struct slice){"", 0} : value);
    }
    return true;
}

void sql_ask_postgresql(struct sql_asking *asking) {
    static const enum sql_trouble troubles[] = {
        [FOREIGN_FINE] = SQL_TROUBLE_NONE,         [FOREIGN_CONNINFO] = SQL_TROUBLE_CONNECTION,
        [FOREIGN_UNREACHABLE] = SQL_TROUBLE_UNREACHABLE, [FOREIGN_LOGIN] = SQL_TROUBLE_PASSWORD,
        [FOREIGN_QUERY] = SQL_TROUBLE_QUERY,       [FOREIGN_LOST] = SQL_TROUBLE_LOST,
        [FOREIGN_TIMEOUT] = SQL_TROUBLE_TIMEOUT,   [FOREIGN_STOPPED] = SQL_TROUBLE_ROWS,
    };
    struct postgresql_asking in = {.asking = asking};
    struct foreign_query query = {.conninfo = asking->job->connection,
                                  .password = asking->job->password,
                                  .application = "duban-collector",
                                  .sql = asking->job->query,
                                  .since = asking->job->since,
                                  .timeout_ms = asking->job->timeout_ms,
                                  .context = &in,
                                  .columns = take_columns,
                                  .row = take_row};
    enum foreign_fault fault = FOREIGN_FINE;
    struct error err;
    answer_begin(&asking->bytes);
    if (foreign_run(&query, &fault, &err)) sql_asking_fail(asking, troubles[fault], "%s", err.message);
}
