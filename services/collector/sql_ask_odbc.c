#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/text.h"
#include "services/collector/sql_ask.h"
#include "services/collector/sql_odbc.h"

enum {
    SQL_SS_TIMESTAMPOFFSET = -155, /* SQL Server's own: with an offset */
    CHUNK_UNITS = 2048,
    STATE_MAX = 6,
    SECOND_MS = 1000,
    NAME_UNITS = 256,
    SINCE_MAX = 16, /* $1 in one query */
};

struct odbc_asking {
    struct sql_asking *asking;
    struct odbc odbc;
    SQLHENV environment;
    SQLHDBC connection;
    SQLHSTMT statement;
    struct odbc_column {
        enum answer_kind kind;
        SQLSMALLINT as; /* the C type it is read as */
    } columns[ANSWER_COLUMNS_MAX];
    SQLSMALLINT column_count;
    char state[STATE_MAX]; /* of the last failure */
    SQLINTEGER native;
    struct buffer raw, text;
};

static void asking_finish(struct odbc_asking *in) {
    buffer_finish(&in->raw);
    buffer_finish(&in->text);
}

static bool fine(SQLRETURN result) {
    return result == SQL_SUCCESS || result == SQL_SUCCESS_WITH_INFO;
}

/* --- texts: UTF-16 there, UTF-8 here --- */

/* In *out, with a zero behind it. */
static SQLWCHAR *wide(const char *text, struct buffer *out) {
    size_t len = strlen(text);
    for (size_t at = 0; at < len;) {
        uint32_t c = text_next(text, len, &at);
        uint16_t units[2] = {(uint16_t)c};
        size_t count = 1;
        if (c > 0xffff) {
            units[0] = (uint16_t)(0xd800 + ((c - 0x10000) >> 10));
            units[1] = (uint16_t)(0xdc00 + ((c - 0x10000) & 0x3ff));
            count = 2;
        }
        buffer_add(out, units, count * sizeof units[0]);
    }
    uint16_t end = 0;
    buffer_add(out, &end, sizeof end);
    return out->failed ? NULL : (SQLWCHAR *)(void *)out->data;
}

static void narrow(const void *units, size_t count, struct buffer *out) {
    size_t bad;
    if (!text_decode(TEXT_UTF16LE, units, count * sizeof(SQLWCHAR), out, &bad)) buffer_add_char(out, '\xff');
}

/* --- what went wrong --- */

static void read_failure(struct odbc_asking *in, SQLSMALLINT kind, SQLHANDLE handle, struct buffer *words) {
    SQLWCHAR state[STATE_MAX] = {0}, text[512];
    SQLSMALLINT len = 0;
    *in->state = 0;
    in->native = 0;
    if (!fine(in->odbc.GetDiagRecW(kind, handle, 1, state, &in->native, text, 512, &len))) return;
    for (int i = 0; i < STATE_MAX - 1; i++)
        in->state[i] = (char)state[i];
    in->state[STATE_MAX - 1] = 0;
    narrow(text, len > 0 ? (size_t)(len < 511 ? len : 511) : 0, words);
}

static bool state_is(const struct odbc_asking *in, const char *begin) {
    return strncmp(in->state, begin, strlen(begin)) == 0;
}

/* MySQL's own numbers where its states are too general. */
static enum sql_trouble connect_trouble(const struct odbc_asking *in) {
    enum { UNKNOWN_DATABASE = 1049, DENIED_DATABASE = 1044 };
    if (state_is(in, "IM") || state_is(in, "01000")) return SQL_TROUBLE_DRIVER;
    if (state_is(in, "28") || in->native == UNKNOWN_DATABASE || in->native == DENIED_DATABASE)
        return SQL_TROUBLE_PASSWORD;
    return SQL_TROUBLE_UNREACHABLE;
}

static enum sql_trouble query_trouble(const struct odbc_asking *in) {
    enum { STATEMENT_TIME = 1969, EXECUTION_TIME = 3024, GONE = 2006, LOST = 2013 };
    if (state_is(in, "HYT") || state_is(in, "HY008") || in->native == STATEMENT_TIME || in->native == EXECUTION_TIME)
        return SQL_TROUBLE_TIMEOUT;
    if (state_is(in, "08") || in->native == GONE || in->native == LOST) return SQL_TROUBLE_LOST;
    return SQL_TROUBLE_QUERY;
}

static bool failed_to(struct odbc_asking *in, SQLSMALLINT kind, SQLHANDLE handle, bool connecting) {
    CLEAN(buffer_finish) struct buffer words = {0};
    read_failure(in, kind, handle, &words);
    sql_asking_fail(in->asking, connecting ? connect_trouble(in) : query_trouble(in), "%s %s", in->state,
                    buffer_text(&words));
    return false;
}

/* --- connecting --- */

static void add_password(const char *password, struct buffer *text) {
    bool plain = password[strcspn(password, "[]{}(),;?*=!@ ")] == 0;
    if (text->len && text->data[text->len - 1] != ';') buffer_add_char(text, ';');
    buffer_add_text(text, plain ? "PWD=" : "PWD={");
    for (const char *at = password; *at; at++) {
        if (*at == '}') buffer_add_char(text, '}');
        buffer_add_char(text, *at);
    }
    if (!plain) buffer_add_char(text, '}');
}

static SQLPOINTER number(SQLULEN value) {
    return (SQLPOINTER)(uintptr_t)value; /* attributes take numbers in the place of a pointer */
}

static bool open_connection(struct odbc_asking *in) {
    CLEAN(buffer_finish) struct buffer text = {0}, units = {0};
    const struct sql_job *job = in->asking->job;
    SQLULEN seconds = (SQLULEN)((job->timeout_ms + SECOND_MS - 1) / SECOND_MS);
    if (!fine(in->odbc.AllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &in->environment)) ||
        !fine(in->odbc.SetEnvAttr(in->environment, SQL_ATTR_ODBC_VERSION, number(SQL_OV_ODBC3), 0)) ||
        !fine(in->odbc.AllocHandle(SQL_HANDLE_DBC, in->environment, &in->connection))) {
        sql_asking_fail(in->asking, SQL_TROUBLE_DRIVER, "unixODBC");
        return false;
    }
    /* a driver that does not know these goes without them: the worker's own time bounds all */
    (void)in->odbc.SetConnectAttr(in->connection, SQL_ATTR_LOGIN_TIMEOUT, number(seconds), SQL_IS_UINTEGER);
    (void)in->odbc.SetConnectAttr(in->connection, SQL_ATTR_ACCESS_MODE, number(SQL_MODE_READ_ONLY), SQL_IS_UINTEGER);
    buffer_add_text(&text, job->connection);
    if (job->password) add_password(job->password, &text);
    SQLWCHAR *wanted = wide(buffer_text(&text), &units);
    SQLSMALLINT len = 0;
    if (!wanted || !fine(in->odbc.DriverConnectW(in->connection, NULL, wanted, SQL_NTS, NULL, 0, &len,
                                                 SQL_DRIVER_NOPROMPT)))
        return failed_to(in, SQL_HANDLE_DBC, in->connection, true);
    return true;
}

/* A transaction that may only read, where the database knows that; SQL Server has no such thing, there the user's
 * rights must do. */
static bool begin_reading(struct odbc_asking *in) {
    CLEAN(buffer_finish) struct buffer units = {0};
    SQLWCHAR *statement = wide("SET TRANSACTION READ ONLY", &units);
    (void)in->odbc.SetConnectAttr(in->connection, SQL_ATTR_AUTOCOMMIT, number(SQL_AUTOCOMMIT_OFF), SQL_IS_UINTEGER);
    if (!statement || !fine(in->odbc.AllocHandle(SQL_HANDLE_STMT, in->connection, &in->statement)))
        return failed_to(in, SQL_HANDLE_DBC, in->connection, false);
    (void)in->odbc.ExecDirectW(in->statement, statement, SQL_NTS);
    if (!fine(in->odbc.AllocHandle(SQL_HANDLE_STMT, in->connection, &in->statement)))
        return failed_to(in, SQL_HANDLE_DBC, in->connection, false);
    return true;
}

/* --- asking --- */

/* $1 as ODBC writes it; every ? is bound to the same text. */
static bool execute(struct odbc_asking *in) {
    CLEAN(buffer_finish) struct buffer text = {0}, units = {0};
    const struct sql_job *job = in->asking->job;
    SQLULEN seconds = (SQLULEN)((job->timeout_ms + SECOND_MS - 1) / SECOND_MS);
    SQLLEN len = SQL_NTS;
    size_t count = 0;
    (void)in->odbc.SetStmtAttr(in->statement, SQL_ATTR_QUERY_TIMEOUT, number(seconds), SQL_IS_UINTEGER);
    SQLWCHAR *query = sql_job_query(job->query, "?", &text, &count) ? wide(buffer_text(&text), &units) : NULL;
    if (!query || count > SINCE_MAX || (count && !job->since)) {
        sql_asking_fail(in->asking, SQL_TROUBLE_QUERY, "$1");
        return false;
    }
    if (!fine(in->odbc.PrepareW(in->statement, query, SQL_NTS)))
        return failed_to(in, SQL_HANDLE_STMT, in->statement, false);
    CLEAN(buffer_finish) struct buffer since = {0};
    buffer_add_text(&since, job->since ? job->since : "");
    for (size_t i = 0; i < count; i++)
        if (!fine(in->odbc.BindParameter(in->statement, (SQLUSMALLINT)(i + 1), SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR,
                                         since.len ? since.len : 1, 0, since.data, (SQLLEN)since.len + 1, &len)))
            return failed_to(in, SQL_HANDLE_STMT, in->statement, false);
    SQLRETURN result = in->odbc.Execute(in->statement);
    return fine(result) || result == SQL_NO_DATA || failed_to(in, SQL_HANDLE_STMT, in->statement, false);
}

static struct odbc_column column_of(SQLSMALLINT type) {
    switch (type) {
    case SQL_TINYINT:
    case SQL_SMALLINT:
    case SQL_INTEGER:
    case SQL_BIGINT:
    case SQL_DECIMAL:
    case SQL_NUMERIC:
        return (struct odbc_column){ANSWER_EXACT, SQL_C_CHAR};
    case SQL_FLOAT:
    case SQL_DOUBLE:
        return (struct odbc_column){ANSWER_DOUBLE, SQL_C_DOUBLE};
    case SQL_REAL:
        return (struct odbc_column){ANSWER_SINGLE, SQL_C_FLOAT};
    case SQL_BIT:
        return (struct odbc_column){ANSWER_BOOLEAN, SQL_C_BIT};
    case SQL_TYPE_DATE:
    case SQL_DATE:
        return (struct odbc_column){ANSWER_DAY, SQL_C_TYPE_DATE};
    case SQL_TYPE_TIMESTAMP:
    case SQL_TIMESTAMP:
        return (struct odbc_column){ANSWER_LOCAL, SQL_C_TYPE_TIMESTAMP};
    case SQL_SS_TIMESTAMPOFFSET:
        return (struct odbc_column){ANSWER_INSTANT, SQL_C_CHAR};
    case SQL_BINARY:
    case SQL_VARBINARY:
    case SQL_LONGVARBINARY:
        return (struct odbc_column){ANSWER_BYTES, SQL_C_BINARY};
    default:
        return (struct odbc_column){ANSWER_TEXT, SQL_C_WCHAR};
    }
}

static bool describe(struct odbc_asking *in) {
    if (!fine(in->odbc.NumResultCols(in->statement, &in->column_count)))
        return failed_to(in, SQL_HANDLE_STMT, in->statement, false);
    if (in->column_count < 1 || in->column_count > ANSWER_COLUMNS_MAX) {
        sql_asking_fail(in->asking, SQL_TROUBLE_QUERY, "the query gives no columns, or more than %d",
                        ANSWER_COLUMNS_MAX);
        return false;
    }
    answer_begin(&in->asking->bytes);
    for (SQLSMALLINT i = 0; i < in->column_count; i++) {
        CLEAN(buffer_finish) struct buffer name = {0};
        SQLWCHAR units[NAME_UNITS];
        SQLSMALLINT len = 0, type = 0, decimals = 0, nullable = 0;
        SQLULEN size = 0;
        if (!fine(in->odbc.DescribeColW(in->statement, (SQLUSMALLINT)(i + 1), units, NAME_UNITS, &len, &type, &size,
                                        &decimals, &nullable)))
            return failed_to(in, SQL_HANDLE_STMT, in->statement, false);
        narrow(units, len > 0 ? (size_t)(len < NAME_UNITS ? len : NAME_UNITS - 1) : 0, &name);
        in->columns[i] = column_of(type);
        answer_add_column(&in->asking->bytes, in->columns[i].kind, (struct slice){buffer_text(&name), name.len});
    }
    return true;
}

/* --- values --- */

static struct slice kept(struct odbc_asking *in) {
    return (struct slice){buffer_text(&in->text), in->text.len};
}

/* Of any length, piece by piece, without the zero that ends each. */
static SQLRETURN read_pieces(struct odbc_asking *in, SQLUSMALLINT column, SQLSMALLINT as, bool *is_null) {
    size_t unit = as == SQL_C_WCHAR ? sizeof(SQLWCHAR) : 1;
    SQLWCHAR piece[CHUNK_UNITS];
    *is_null = false;
    for (SQLRETURN result;;) {
        SQLLEN left = 0;
        result = in->odbc.GetData(in->statement, column, as, piece, (SQLLEN)sizeof piece, &left);
        if (result == SQL_NO_DATA) return SQL_SUCCESS;
        if (!fine(result)) return result;
        *is_null = left == SQL_NULL_DATA;
        if (*is_null) return SQL_SUCCESS;
        size_t room = sizeof piece - unit;
        size_t len = left == SQL_NO_TOTAL || (size_t)left > room ? room : (size_t)left;
        buffer_add(&in->raw, piece, len);
        if (in->raw.len > ANSWER_VALUE_MAX) return SQL_ERROR;
        if (len < room || (left != SQL_NO_TOTAL && (size_t)left <= room)) return SQL_SUCCESS;
    }
}

static SQLRETURN read_text(struct odbc_asking *in, SQLUSMALLINT column, SQLSMALLINT as, bool *is_null) {
    buffer_clear(&in->raw);
    SQLRETURN result = read_pieces(in, column, as, is_null);
    if (!fine(result) || *is_null) return result;
    if (as == SQL_C_WCHAR)
        narrow(buffer_text(&in->raw), in->raw.len / sizeof(SQLWCHAR), &in->text);
    else
        buffer_add(&in->text, buffer_text(&in->raw), in->raw.len);
    return result;
}

static void print_stamp(const SQL_TIMESTAMP_STRUCT *t, struct buffer *out) {
    buffer_printf(out, "%04d-%02u-%02u %02u:%02u:%02u", t->year, t->month, t->day, t->hour, t->minute, t->second);
    if (t->fraction) buffer_printf(out, ".%09lu", (unsigned long)t->fraction);
}

static SQLRETURN read_fixed(struct odbc_asking *in, SQLUSMALLINT column, SQLSMALLINT as, bool *is_null) {
    union {
        double real;
        float single;
        unsigned char bit;
        SQL_DATE_STRUCT date;
        SQL_TIMESTAMP_STRUCT stamp;
    } value;
    SQLLEN len = 0;
    memset(&value, 0, sizeof value);
    SQLRETURN result = in->odbc.GetData(in->statement, column, as, &value, (SQLLEN)sizeof value, &len);
    *is_null = len == SQL_NULL_DATA;
    if (!fine(result) || *is_null) return result;
    if (as == SQL_C_DOUBLE)
        buffer_printf(&in->text, "%.17g", value.real);
    else if (as == SQL_C_FLOAT)
        buffer_printf(&in->text, "%.9g", (double)value.single);
    else if (as == SQL_C_BIT)
        buffer_add_text(&in->text, value.bit ? "true" : "false");
    else if (as == SQL_C_TYPE_DATE)
        buffer_printf(&in->text, "%04d-%02u-%02u", value.date.year, value.date.month, value.date.day);
    else
        print_stamp(&value.stamp, &in->text);
    return result;
}

static bool take_value(struct odbc_asking *in, SQLSMALLINT index) {
    const struct odbc_column *column = &in->columns[index];
    SQLUSMALLINT place = (SQLUSMALLINT)(index + 1);
    bool is_null = false;
    buffer_clear(&in->text);
    if (column->kind == ANSWER_BYTES) {
        answer_add_value(&in->asking->bytes, (struct slice){"", 0});
        return true;
    }
    bool pieces = column->as == SQL_C_WCHAR || column->as == SQL_C_CHAR;
    SQLRETURN result =
        pieces ? read_text(in, place, column->as, &is_null) : read_fixed(in, place, column->as, &is_null);
    if (!fine(result)) return failed_to(in, SQL_HANDLE_STMT, in->statement, false);
    if (in->text.failed || in->raw.failed || in->text.len > ANSWER_VALUE_MAX) {
        sql_asking_fail(in->asking, SQL_TROUBLE_ROWS, "一个值超过 %d MB", ANSWER_VALUE_MAX >> 20);
        return false;
    }
    answer_add_value(&in->asking->bytes, is_null ? (struct slice){NULL, 0} : kept(in));
    return true;
}

static bool fetch_all(struct odbc_asking *in) {
    for (;;) {
        SQLRETURN result = in->odbc.Fetch(in->statement);
        if (result == SQL_NO_DATA) return true;
        if (!fine(result)) return failed_to(in, SQL_HANDLE_STMT, in->statement, false);
        if (!sql_asking_row(in->asking)) return false;
        for (SQLSMALLINT i = 0; i < in->column_count; i++)
            if (!take_value(in, i)) return false;
    }
}

/* --- all of it --- */

void sql_ask_odbc(struct sql_asking *asking) {
    CLEAN(asking_finish) struct odbc_asking in = {.asking = asking};
    const char *why = "";
    if (!odbc_load(&in.odbc, &why)) {
        sql_asking_fail(asking, SQL_TROUBLE_DRIVER, "%s", why ? why : "");
        return;
    }
    if (!open_connection(&in) || !begin_reading(&in) || !execute(&in) || !describe(&in) || !fetch_all(&in)) return;
    (void)in.odbc.EndTran(SQL_HANDLE_DBC, in.connection, SQL_ROLLBACK);
    (void)in.odbc.Disconnect(in.connection);
}
