#include "common/link/params.h"

#include <endian.h>
#include <string.h>

#include "common/link/oids.h"

void pg_params_clear(struct pg_params *params) {
    buffer_clear(&params->bytes);
    params->count = 0;
    params->failed = false;
}

void pg_params_finish(struct pg_params *params) {
    buffer_finish(&params->bytes);
    *params = (struct pg_params){0};
}

/* The place of the next parameter; its value is then written into params->bytes. */
static bool next(struct pg_params *params, uint32_t type) {
    if (params->count == PG_PARAMS_MAX) {
        params->failed = true;
        return false;
    }
    params->types[params->count] = type;
    params->starts[params->count] = params->bytes.len + 4;
    params->count++;
    return true;
}

void pg_put_null(struct pg_params *params) {
    if (next(params, 0)) binary_null(&params->bytes);
}
void pg_put_bool(struct pg_params *params, bool value) {
    if (next(params, OID_BOOL)) binary_bool(&params->bytes, value);
}
void pg_put_int(struct pg_params *params, int32_t value) {
    if (next(params, OID_INT4)) binary_int4(&params->bytes, value);
}
void pg_put_bigint(struct pg_params *params, int64_t value) {
    if (next(params, OID_INT8)) binary_int8(&params->bytes, value);
}
void pg_put_text(struct pg_params *params, const char *text) {
    pg_put_slice(params, slice_of(text));
}
void pg_put_slice(struct pg_params *params, struct slice text) {
    if (next(params, OID_TEXT)) binary_slice(&params->bytes, text);
}
void pg_put_bytes(struct pg_params *params, const void *bytes, size_t len) {
    if (next(params, OID_BYTEA)) binary_slice(&params->bytes, (struct slice){bytes, len});
}
void pg_put_uid(struct pg_params *params, const uint8_t uid[EVENT_UID_BYTES]) {
    if (next(params, OID_UUID)) binary_slice(&params->bytes, (struct slice){(const char *)uid, EVENT_UID_BYTES});
}
void pg_put_instant(struct pg_params *params, struct instant t) {
    if (next(params, OID_TIMESTAMPTZ)) binary_instant(&params->bytes, t);
}
void pg_put_day(struct pg_params *params, struct day d) {
    if (next(params, OID_DATE)) binary_day(&params->bytes, d);
}
void pg_put_decimal(struct pg_params *params, const struct decimal *value) {
    if (!next(params, OID_NUMERIC)) return;
    if (value) binary_decimal(&params->bytes, *value);
    else binary_null(&params->bytes);
}
void pg_put_json(struct pg_params *params, struct slice json) {
    if (next(params, OID_JSONB)) binary_jsonb(&params->bytes, json);
}

static const struct {
    uint32_t element, array;
} array_types[] = {
    [PG_ELEMENT_BOOL] = {OID_BOOL, OID_BOOL_ARRAY},
    [PG_ELEMENT_INT] = {OID_INT4, OID_INT4_ARRAY},
    [PG_ELEMENT_BIGINT] = {OID_INT8, OID_INT8_ARRAY},
    [PG_ELEMENT_TEXT] = {OID_TEXT, OID_TEXT_ARRAY},
    [PG_ELEMENT_BYTES] = {OID_BYTEA, OID_BYTEA_ARRAY},
    [PG_ELEMENT_UID] = {OID_UUID, OID_UUID_ARRAY},
    [PG_ELEMENT_INSTANT] = {OID_TIMESTAMPTZ, OID_TIMESTAMPTZ_ARRAY},
    [PG_ELEMENT_DAY] = {OID_DATE, OID_DATE_ARRAY},
    [PG_ELEMENT_DECIMAL] = {OID_NUMERIC, OID_NUMERIC_ARRAY},
};

static void add_32(struct buffer *bytes, uint32_t value) {
    value = htobe32(value);
    buffer_add(bytes, &value, sizeof value);
}

void pg_array_begin(struct pg_params *params, enum pg_element element, size_t count) {
    if (count > INT32_MAX) params->failed = true;
    if (params->failed || !next(params, array_types[element].array)) return;
    struct buffer *bytes = &params->bytes;
    add_32(bytes, 0); /* the length, known at the end */
    add_32(bytes, count ? 1 : 0);
    add_32(bytes, 1); /* nulls are possible */
    add_32(bytes, array_types[element].element);
    if (count) {
        add_32(bytes, (uint32_t)count);
        add_32(bytes, 1); /* the first index */
    }
}

void pg_array_end(struct pg_params *params) {
    if (params->failed || params->bytes.failed) return;
    size_t start = params->starts[params->count - 1];
    size_t len = params->bytes.len - start;
    if (len > INT32_MAX) {
        params->failed = true;
        return;
    }
    uint32_t wire = htobe32((uint32_t)len);
    memcpy(params->bytes.data + start - 4, &wire, sizeof wire);
}

void pg_put_ints(struct pg_params *params, const int32_t *items, size_t count) {
    pg_array_begin(params, PG_ELEMENT_INT, count);
    for (size_t i = 0; i < count; i++) binary_int4(&params->bytes, items[i]);
    pg_array_end(params);
}
void pg_put_bigints(struct pg_params *params, const int64_t *items, size_t count) {
    pg_array_begin(params, PG_ELEMENT_BIGINT, count);
    for (size_t i = 0; i < count; i++) binary_int8(&params->bytes, items[i]);
    pg_array_end(params);
}
void pg_put_texts(struct pg_params *params, const char *const *items, size_t count) {
    pg_array_begin(params, PG_ELEMENT_TEXT, count);
    for (size_t i = 0; i < count; i++) binary_slice(&params->bytes, slice_of(items[i]));
    pg_array_end(params);
}
