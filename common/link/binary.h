/* PostgreSQL's binary form of values, both ways: shared by COPY, parameters and results. Writers put the 4-byte length
 * and the bytes; NULL is length -1. Pure; failure sticks in the buffer. */
#ifndef DUBAN_LINK_BINARY_H
#define DUBAN_LINK_BINARY_H

#include "common/base/buffer.h"
#include "common/base/clock.h"
#include "proto/decimal.h"
#include "proto/event.h"

void binary_null(struct buffer *out);
void binary_bool(struct buffer *out, bool value);
void binary_int2(struct buffer *out, int16_t value);
void binary_int4(struct buffer *out, int32_t value);
void binary_int8(struct buffer *out, int64_t value);
void binary_bytes(struct buffer *out, const void *bytes, size_t len); /* text, bytea, uuid */
void binary_slice(struct buffer *out, struct slice bytes);            /* NULL slice = NULL */
void binary_instant(struct buffer *out, struct instant t);            /* timestamptz; INSTANT_NONE = NULL */
void binary_day(struct buffer *out, struct day d);                    /* date; DAY_NONE = NULL */
void binary_decimal(struct buffer *out, struct decimal value);        /* numeric */
void binary_jsonb(struct buffer *out, struct slice json);             /* NULL slice = NULL */

/* Readers of a value without its length. false: not of that form, or beyond what our types hold. */
bool binary_read_int(const char *bytes, size_t len, int64_t *out); /* 2, 4 or 8 bytes */
bool binary_read_instant(const char *bytes, size_t len, struct instant *out);
bool binary_read_day(const char *bytes, size_t len, struct day *out);
bool binary_read_decimal(const char *bytes, size_t len, struct decimal *out);

#endif
