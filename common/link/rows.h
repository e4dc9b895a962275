/* What a statement answered. Values come in PostgreSQL's binary form; the readers take the column's own type into account
 * and give the zero value (0, "", INSTANT_NONE, DAY_NONE, a NULL slice) for null. Row and column must exist. Texts and
 * bytes are borrowed until pg_rows_finish. */
#ifndef DUBAN_LINK_ROWS_H
#define DUBAN_LINK_ROWS_H

#include "common/base/clock.h"
#include "proto/decimal.h"
#include "proto/event.h"

struct pg_result; /* libpq's */
struct pg_rows {
    struct pg_result *result;
};

void pg_rows_finish(struct pg_rows *rows); /* accepts a zeroed one */
size_t pg_count(const struct pg_rows *rows);
size_t pg_columns(const struct pg_rows *rows);
int64_t pg_affected(const struct pg_rows *rows); /* by INSERT, UPDATE, DELETE, COPY */

bool pg_is_null(const struct pg_rows *rows, size_t row, size_t column);
int64_t pg_int(const struct pg_rows *rows, size_t row, size_t column); /* int2, int4, int8, whole numeric */
bool pg_bool(const struct pg_rows *rows, size_t row, size_t column);
const char *pg_text(const struct pg_rows *rows, size_t row, size_t column);   /* text, json, jsonb; "" for null */
struct slice pg_slice(const struct pg_rows *rows, size_t row, size_t column); /* text, bytea, json; NULL for null */
struct instant pg_instant(const struct pg_rows *rows, size_t row, size_t column);
struct day pg_day(const struct pg_rows *rows, size_t row, size_t column);
bool pg_decimal(const struct pg_rows *rows, size_t row, size_t column, struct decimal *out); /* false: null or too big */
/* Exactly len bytes of a bytea or uuid into out; false otherwise. */
bool pg_bytes(const struct pg_rows *rows, size_t row, size_t column, void *out, size_t len);
/* Walks a one-dimensional array of text: start with *at = 0; false at the end. A null element is a NULL slice. */
bool pg_array_next(const struct pg_rows *rows, size_t row, size_t column, size_t *at, struct slice *item);
size_t pg_array_count(const struct pg_rows *rows, size_t row, size_t column);

#endif
