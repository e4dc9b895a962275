#include "common/link/rows.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#include "common/link/binary.h"
#include "common/link/oids.h"

void pg_rows_finish(struct pg_rows *rows) {
    PQclear(rows->result);
    rows->result = NULL;
}

size_t pg_count(const struct pg_rows *rows) {
    return rows->result ? (size_t)PQntuples(rows->result) : 0;
}
size_t pg_columns(const struct pg_rows *rows) {
    return rows->result ? (size_t)PQnfields(rows->result) : 0;
}
int64_t pg_affected(const struct pg_rows *rows) {
    return rows->result ? strtoll(PQcmdTuples(rows->result), NULL, 10) : 0;
}

static const char *raw(const struct pg_rows *rows, size_t row, size_t column, size_t *len, Oid *type) {
    int r = (int)row, c = (int)column;
    if (!rows->result || PQgetisnull(rows->result, r, c)) return NULL;
    *len = (size_t)PQgetlength(rows->result, r, c);
    *type = PQftype(rows->result, c);
    return PQgetvalue(rows->result, r, c);
}

bool pg_is_null(const struct pg_rows *rows, size_t row, size_t column) {
    size_t len;
    Oid type;
    return raw(rows, row, column, &len, &type) == NULL;
}

int64_t pg_int(const struct pg_rows *rows, size_t row, size_t column) {
    size_t len = 0;
    Oid type = 0;
    const char *bytes = raw(rows, row, column, &len, &type);
    int64_t value = 0;
    if (!bytes) return 0;
    if (type == OID_NUMERIC) {
        struct decimal decimal = {0};
        return binary_read_decimal(bytes, len, &decimal) && decimal.scale == 0 ? decimal.mantissa : 0;
    }
    return binary_read_int(bytes, len, &value) ? value : 0;
}

bool pg_bool(const struct pg_rows *rows, size_t row, size_t column) {
    size_t len = 0;
    Oid type = 0;
    const char *bytes = raw(rows, row, column, &len, &type);
    return bytes && len == 1 && bytes[0] != 0;
}

struct slice pg_slice(const struct pg_rows *rows, size_t row, size_t column) {
    size_t len = 0;
    Oid type = 0;
    const char *bytes = raw(rows, row, column, &len, &type);
    if (bytes && type == OID_JSONB && len) return (struct slice){bytes + 1, len - 1}; /* behind its version */
    return (struct slice){bytes, bytes ? len : 0};
}

const char *pg_text(const struct pg_rows *rows, size_t row, size_t column) {
    struct slice text = pg_slice(rows, row, column); /* libpq puts a NUL behind every value */
    return text.ptr ? text.ptr : "";
}

struct instant pg_instant(const struct pg_rows *rows, size_t row, size_t column) {
    struct slice bytes = pg_slice(rows, row, column);
    struct instant t = INSTANT_NONE;
    return bytes.ptr && binary_read_instant(bytes.ptr, bytes.len, &t) ? t : INSTANT_NONE;
}

struct day pg_day(const struct pg_rows *rows, size_t row, size_t column) {
    struct slice bytes = pg_slice(rows, row, column);
    struct day d = DAY_NONE;
    return bytes.ptr && binary_read_day(bytes.ptr, bytes.len, &d) ? d : DAY_NONE;
}

bool pg_decimal(const struct pg_rows *rows, size_t row, size_t column, struct decimal *out) {
    struct slice bytes = pg_slice(rows, row, column);
    return bytes.ptr && binary_read_decimal(bytes.ptr, bytes.len, out);
}

bool pg_bytes(const struct pg_rows *rows, size_t row, size_t column, void *out, size_t len) {
    struct slice bytes = pg_slice(rows, row, column);
    if (!bytes.ptr || bytes.len != len) return false;
    memcpy(out, bytes.ptr, len);
    return true;
}

/* The form of an array: dimensions, null flag, element type, then per dimension count and first index. */
enum { ARRAY_HEAD = 12, ARRAY_DIMENSION = 8 };

static size_t array_elements(struct slice bytes) {
    int64_t dimensions, count;
    if (!bytes.ptr || bytes.len < ARRAY_HEAD + ARRAY_DIMENSION) return 0;
    if (!binary_read_int(bytes.ptr, 4, &dimensions) || dimensions != 1) return 0;
    if (!binary_read_int(bytes.ptr + ARRAY_HEAD, 4, &count) || count < 0) return 0;
    return (size_t)count;
}

size_t pg_array_count(const struct pg_rows *rows, size_t row, size_t column) {
    return array_elements(pg_slice(rows, row, column));
}

bool pg_array_next(const struct pg_rows *rows, size_t row, size_t column, size_t *at, struct slice *item) {
    struct slice bytes = pg_slice(rows, row, column);
    if (array_elements(bytes) == 0) return false;
    size_t place = *at ? *at : ARRAY_HEAD + ARRAY_DIMENSION;
    int64_t len;
    if (place + 4 > bytes.len || !binary_read_int(bytes.ptr + place, 4, &len)) return false;
    place += 4;
    if (len < 0) {
        *item = (struct slice){NULL, 0};
    } else {
        if ((size_t)len > bytes.len - place) return false;
        *item = (struct slice){bytes.ptr + place, (size_t)len};
        place += (size_t)len;
    }
    *at = place;
    return true;
}
