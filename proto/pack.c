#include "proto/pack.h"

static void put(struct pack *pack, const void *bytes, size_t len) {
    if (!pack->full && len <= pack->cap - pack->len) {
        if (len > 0) memcpy(pack->out + pack->len, bytes, len);
    } else {
        pack->full = true;
    }
    pack->len += len;
}

/* A first byte and the lowest `size` bytes of value behind it, big-endian. */
static void put_head(struct pack *pack, uint8_t first, uint64_t value, unsigned size) {
    uint8_t head[9] = {first};
    for (unsigned i = 0; i < size; i++)
        head[1 + i] = (uint8_t)(value >> 8 * (size - 1 - i));
    put(pack, head, 1 + size);
}

/* Lengths and counts: `first` is the one-byte form, or the two-byte form where there is none shorter. */
static void put_length(struct pack *pack, size_t len, uint8_t first, bool has_one_byte) {
    if (has_one_byte && len <= UINT8_MAX)
        put_head(pack, first, len, 1);
    else if (len <= UINT16_MAX)
        put_head(pack, (uint8_t)(first + (has_one_byte ? 1 : 0)), len, 2);
    else if (len <= UINT32_MAX)
        put_head(pack, (uint8_t)(first + (has_one_byte ? 2 : 1)), len, 4);
    else
        pack->full = true;
}

void pack_array(struct pack *pack, size_t count) {
    if (count <= 15)
        put_head(pack, (uint8_t)(0x90 | count), 0, 0);
    else
        put_length(pack, count, 0xdc, false);
}

void pack_uint(struct pack *pack, uint64_t value) {
    if (value <= 0x7f)
        put_head(pack, (uint8_t)value, 0, 0);
    else if (value <= UINT8_MAX)
        put_head(pack, 0xcc, value, 1);
    else if (value <= UINT16_MAX)
        put_head(pack, 0xcd, value, 2);
    else if (value <= UINT32_MAX)
        put_head(pack, 0xce, value, 4);
    else
        put_head(pack, 0xcf, value, 8);
}

void pack_int(struct pack *pack, int64_t value) {
    if (value >= 0)
        pack_uint(pack, (uint64_t)value);
    else if (value >= -32)
        put_head(pack, (uint8_t)value, 0, 0);
    else if (value >= INT8_MIN)
        put_head(pack, 0xd0, (uint64_t)value, 1);
    else if (value >= INT16_MIN)
        put_head(pack, 0xd1, (uint64_t)value, 2);
    else if (value >= INT32_MIN)
        put_head(pack, 0xd2, (uint64_t)value, 4);
    else
        put_head(pack, 0xd3, (uint64_t)value, 8);
}

void pack_bool(struct pack *pack, bool value) {
    put_head(pack, value ? 0xc3 : 0xc2, 0, 0);
}

void pack_nil(struct pack *pack) {
    put_head(pack, 0xc0, 0, 0);
}

void pack_text(struct pack *pack, struct slice text) {
    if (!text.ptr) {
        pack_nil(pack);
        return;
    }
    if (text.len <= 31)
        put_head(pack, (uint8_t)(0xa0 | text.len), 0, 0);
    else
        put_length(pack, text.len, 0xd9, true);
    put(pack, text.ptr, text.len);
}

void pack_bin(struct pack *pack, const void *bytes, size_t len) {
    put_length(pack, len, 0xc4, true);
    put(pack, bytes, len);
}

void pack_day(struct pack *pack, struct day day) {
    if (day_is(day))
        pack_int(pack, day.n);
    else
        pack_nil(pack);
}

void pack_raw(struct pack *pack, const void *bytes, size_t len) {
    put(pack, bytes, len);
}

enum proto_code pack_end(const struct pack *pack, size_t *len) {
    if (pack->full) return PROTO_NO_SPACE;
    *len = pack->len;
    return PROTO_OK;
}
