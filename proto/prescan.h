/* A bounded look over msgpack bytes before anything decodes or allocates: five bytes `dd ff 00 00 00` can ask a decoder
 * for 96 GB. Declared counts must be ≤ the bytes left; depth, items and bytes are capped. One pass, no recursion,
 * no allocation, time linear in len. Pure. */
#ifndef DUBAN_PROTO_PRESCAN_H
#define DUBAN_PROTO_PRESCAN_H

#include <stddef.h>
#include <stdint.h>

#include "proto/code.h"

enum { PRESCAN_DEPTH_MAX = 16 };

struct prescan_limits {
    size_t bytes;   /* of the whole */
    unsigned depth; /* nested arrays and maps; ≤ PRESCAN_DEPTH_MAX */
    size_t items;   /* values altogether, each array and map counting as one */
};

/* Exactly one msgpack value, all of it, within the limits. PROTO_TOO_LARGE (bytes, depth, items), PROTO_TRUNCATED
 * (a count or length beyond the bytes left), PROTO_TRAILING, PROTO_SYNTAX (the byte 0xc1). */
__attribute__((warn_unused_result)) enum proto_code prescan(const uint8_t *bytes, size_t len,
                                                            struct prescan_limits limits);

/* The same for the first value only; *used = its length. Bytes behind it are not looked at. */
__attribute__((warn_unused_result)) enum proto_code prescan_one(const uint8_t *bytes, size_t len,
                                                                struct prescan_limits limits, size_t *used);

#endif
