#include "proto/prescan.h"

#include <stdbool.h>

/* What the first byte of a value says: how many bytes of head follow it, and what they count. */
enum shape { SHAPE_FIXED, SHAPE_BYTES, SHAPE_EXT, SHAPE_ARRAY, SHAPE_MAP, SHAPE_NONE };
struct head {
    uint8_t shape;
    uint8_t length_bytes; /* of a length or count behind the first byte */
    uint8_t size;         /* SHAPE_FIXED: bytes of payload */
};

static const struct head heads[32] = {
    {SHAPE_FIXED, 0, 0},  {SHAPE_NONE, 0, 0},  {SHAPE_FIXED, 0, 0}, {SHAPE_FIXED, 0, 0}, /* c0 nil, c1, false, true */
    {SHAPE_BYTES, 1, 0},  {SHAPE_BYTES, 2, 0}, {SHAPE_BYTES, 4, 0},                      /* c4 bin */
    {SHAPE_EXT, 1, 0},    {SHAPE_EXT, 2, 0},   {SHAPE_EXT, 4, 0},                        /* c7 ext */
    {SHAPE_FIXED, 0, 4},  {SHAPE_FIXED, 0, 8},                                           /* ca float */
    {SHAPE_FIXED, 0, 1},  {SHAPE_FIXED, 0, 2}, {SHAPE_FIXED, 0, 4}, {SHAPE_FIXED, 0, 8}, /* cc uint */
    {SHAPE_FIXED, 0, 1},  {SHAPE_FIXED, 0, 2}, {SHAPE_FIXED, 0, 4}, {SHAPE_FIXED, 0, 8}, /* d0 int */
    {SHAPE_FIXED, 0, 2},  {SHAPE_FIXED, 0, 3}, {SHAPE_FIXED, 0, 5}, {SHAPE_FIXED, 0, 9}, /* d4 fixext */
    {SHAPE_FIXED, 0, 17}, {SHAPE_BYTES, 1, 0}, {SHAPE_BYTES, 2, 0}, {SHAPE_BYTES, 4, 0}, /* d9 str */
    {SHAPE_ARRAY, 2, 0},  {SHAPE_ARRAY, 4, 0},                                           /* dc array */
    {SHAPE_MAP, 2, 0},    {SHAPE_MAP, 4, 0},                                             /* de map */
};

/* The head at *at, and past it: shape, and the count of values or bytes that belong to it. */
static enum proto_code read_head(const uint8_t **at, const uint8_t *end, enum shape *shape, uint64_t *count) {
    uint8_t first = *(*at)++;
    *shape = SHAPE_FIXED;
    *count = 0;
    if (first < 0x80 || first >= 0xe0) return PROTO_OK;
    if (first < 0xc0) {
        *shape = first < 0x90 ? SHAPE_MAP : first < 0xa0 ? SHAPE_ARRAY : SHAPE_BYTES;
        *count = first & (first < 0xa0 ? 0x0fU : 0x1fU);
        return PROTO_OK;
    }
    struct head head = heads[first - 0xc0];
    if (head.shape == SHAPE_NONE) return PROTO_SYNTAX;
    if (end - *at < head.length_bytes) return PROTO_TRUNCATED;
    *shape = head.shape;
    *count = head.size;
    for (unsigned i = 0; i < head.length_bytes; i++)
        *count = *count << 8 | *(*at)++;
    return PROTO_OK;
}

enum proto_code prescan_one(const uint8_t *bytes, size_t len, struct prescan_limits limits, size_t *used) {
    uint64_t open[PRESCAN_DEPTH_MAX + 1]; /* values still to come, of each level */
    unsigned level = 0;
    size_t items = 0;
    const uint8_t *at = bytes, *end = bytes + len;
    open[0] = 1;
    for (;;) {
        while (open[level] == 0) {
            if (level == 0) {
                *used = (size_t)(at - bytes);
                return *used > limits.bytes ? PROTO_TOO_LARGE : PROTO_OK;
            }
            level--;
        }
        open[level]--;
        enum shape shape;
        uint64_t count;
        if (at == end) return PROTO_TRUNCATED;
        if (++items > limits.items) return PROTO_TOO_LARGE;
        enum proto_code code = read_head(&at, end, &shape, &count);
        if (code != PROTO_OK) return code;
        if (shape == SHAPE_MAP) count *= 2;
        if (shape == SHAPE_EXT) count += 1;
        if (count > (uint64_t)(end - at)) return PROTO_TRUNCATED; /* each value takes a byte at least */
        if (shape != SHAPE_ARRAY && shape != SHAPE_MAP) {
            at += count;
        } else {
            if (level >= limits.depth || level >= PRESCAN_DEPTH_MAX) return PROTO_TOO_LARGE;
            open[++level] = count;
        }
    }
}

enum proto_code prescan(const uint8_t *bytes, size_t len, struct prescan_limits limits) {
    size_t used = 0;
    if (len > limits.bytes) return PROTO_TOO_LARGE;
    enum proto_code code = prescan_one(bytes, len, limits, &used);
    if (code == PROTO_OK && used != len) return PROTO_TRAILING;
    return code;
}
