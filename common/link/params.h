/* Typed parameters of one statement, in binary form with their types: $1, $2 … in the order they are put. They own their
 * bytes. A failed allocation or one too many sticks in `failed`, which the running of the statement reports. Pure. */
#ifndef DUBAN_LINK_PARAMS_H
#define DUBAN_LINK_PARAMS_H

#include "common/link/binary.h"

enum { PG_PARAMS_MAX = 40 };

struct pg_params {
    struct buffer bytes;
    uint32_t types[PG_PARAMS_MAX];
    size_t starts[PG_PARAMS_MAX]; /* of the value, behind its length */
    size_t count;
    bool failed;
};

void pg_params_clear(struct pg_params *params); /* keeps the memory */
void pg_params_finish(struct pg_params *params);

void pg_put_null(struct pg_params *params); /* of the type the statement infers */
void pg_put_bool(struct pg_params *params, bool value);
void pg_put_int(struct pg_params *params, int32_t value);
void pg_put_bigint(struct pg_params *params, int64_t value);
void pg_put_text(struct pg_params *params, const char *text); /* NULL = null */
void pg_put_slice(struct pg_params *params, struct slice text);
void pg_put_bytes(struct pg_params *params, const void *bytes, size_t len); /* bytea; NULL = null */
void pg_put_uid(struct pg_params *params, const uint8_t uid[EVENT_UID_BYTES]); /* uuid; NULL = null */
void pg_put_instant(struct pg_params *params, struct instant t);
void pg_put_day(struct pg_params *params, struct day d);
void pg_put_decimal(struct pg_params *params, const struct decimal *value); /* NULL = null */
void pg_put_json(struct pg_params *params, struct slice json);              /* jsonb */

/* One-dimensional arrays: begin with the element type, put count values with binary.h into &params->bytes, end. */
enum pg_element { PG_ELEMENT_BOOL, PG_ELEMENT_INT, PG_ELEMENT_BIGINT, PG_ELEMENT_TEXT, PG_ELEMENT_BYTES,
                  PG_ELEMENT_UID, PG_ELEMENT_INSTANT, PG_ELEMENT_DAY, PG_ELEMENT_DECIMAL };
void pg_array_begin(struct pg_params *params, enum pg_element element, size_t count);
void pg_array_end(struct pg_params *params);
void pg_put_ints(struct pg_params *params, const int32_t *items, size_t count);
void pg_put_bigints(struct pg_params *params, const int64_t *items, size_t count);
void pg_put_texts(struct pg_params *params, const char *const *items, size_t count); /* an item NULL = null */

#endif
