/* A cursor over msgpack bytes: nothing is allocated, texts are borrowed, every length is checked against the bytes left
 * before it is believed. The first fault sticks in `code`; later reads return zero values, so only the end needs a
 * check. A longer form than necessary is read, and remembered in `long_form`: canonical bytes must have none.
 * Floats, maps and ext are no part of the wire: PROTO_SYNTAX (skip passes over them). Pure. */
#ifndef DUBAN_PROTO_UNPACK_H
#define DUBAN_PROTO_UNPACK_H

#include "proto/event.h"

enum { UNPACK_DEPTH_MAX = 8 };

struct unpack {
    const uint8_t *at, *end;
    enum proto_code code;
    bool long_form;
};

static inline struct unpack unpack_over(const void *bytes, size_t len) {
    const uint8_t *at = bytes;
    return (struct unpack){.at = at, .end = at + len};
}
static inline void unpack_fail(struct unpack *in, enum proto_code code) {
    if (in->code == PROTO_OK) in->code = code;
}

size_t unpack_array(struct unpack *in); /* the count; ≤ bytes left */
uint64_t unpack_uint(struct unpack *in);
int64_t unpack_int(struct unpack *in);
bool unpack_bool(struct unpack *in);
bool unpack_nil(struct unpack *in);          /* true and past it when a nil is next */
struct slice unpack_text(struct unpack *in); /* str; PROTO_RANGE unless valid wire text */
struct slice unpack_text_or_nil(struct unpack *in);
struct slice unpack_bin(struct unpack *in);
void unpack_bytes(struct unpack *in, uint8_t *out, size_t len); /* a bin of exactly len bytes */
struct day unpack_day_or_nil(struct unpack *in);
/* One value of the wire's types (str, bin, int, nil, bool, array), checked through, as its bytes. */
struct slice unpack_value(struct unpack *in);
/* One value of any type, as its bytes; bounded, not looked into: fields of a later version. */
struct slice unpack_skip(struct unpack *in);
/* PROTO_TRAILING when bytes are left, PROTO_NOT_CANONICAL when `canonical` and a long form was seen. */
__attribute__((warn_unused_result)) enum proto_code unpack_end(const struct unpack *in, bool canonical);

/* Wire text: valid UTF-8 without U+0000-001F and U+007F-009F. NFC is not checked here (no Unicode tables in proto). */
bool unpack_text_valid(const char *text, size_t len);
/* Code points of valid UTF-8. */
size_t unpack_text_chars(struct slice text);

#endif
