/* A small msgpack writer into the caller's buffer: always the shortest form. A write that does not fit sets `full` and
 * from then on nothing is written, so that only the end needs a check. `len` goes on counting what would have been
 * needed. Pure. */
#ifndef DUBAN_PROTO_PACK_H
#define DUBAN_PROTO_PACK_H

#include "proto/event.h"

struct pack {
    uint8_t *out;
    size_t cap;
    size_t len;
    bool full;
};

static inline struct pack pack_into(uint8_t *out, size_t cap) {
    return (struct pack){.out = out, .cap = cap};
}

void pack_array(struct pack *pack, size_t count);
void pack_uint(struct pack *pack, uint64_t value);
void pack_int(struct pack *pack, int64_t value);
void pack_bool(struct pack *pack, bool value);
void pack_nil(struct pack *pack);
void pack_text(struct pack *pack, struct slice text); /* str; nil for a NULL slice */
void pack_bin(struct pack *pack, const void *bytes, size_t len);
void pack_day(struct pack *pack, struct day day); /* int; nil for DAY_NONE */
/* Bytes that are msgpack already. */
void pack_raw(struct pack *pack, const void *bytes, size_t len);

/* PROTO_OK and the length, or PROTO_NO_SPACE. */
__attribute__((warn_unused_result)) enum proto_code pack_end(const struct pack *pack, size_t *len);

#endif
