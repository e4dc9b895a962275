#include "common/link/binary.h"

#include <endian.h>
#include <string.h>

/* Days and milliseconds from 1970-01-01 to 2000-01-01, where PostgreSQL starts counting. */
enum { EPOCH_DAYS = 10957, NUMERIC_BASE = 10000, NUMERIC_DIGITS_MAX = 12, NUMERIC_NEGATIVE = 0x4000 };
#define EPOCH_MS (INT64_C(86400000) * EPOCH_DAYS)

static void put_16(char *at, uint16_t value) {
    value = htobe16(value);
    memcpy(at, &value, sizeof value);
}
static void put_32(char *at, uint32_t value) {
    value = htobe32(value);
    memcpy(at, &value, sizeof value);
}
static uint16_t get_16(const char *at) {
    uint16_t value;
    memcpy(&value, at, sizeof value);
    return be16toh(value);
}

/* Room for a value of len bytes, its length already written. */
static char *open_value(struct buffer *out, size_t len) {
    if (len > INT32_MAX) {
        out->failed = true;
        return NULL;
    }
    char *at = buffer_reserve(out, 4 + len);
    if (!at) return NULL;
    put_32(at, (uint32_t)len);
    out->len += 4 + len;
    return at + 4;
}

void binary_null(struct buffer *out) {
    char *at = buffer_reserve(out, 4);
    if (!at) return;
    put_32(at, UINT32_MAX);
    out->len += 4;
}

void binary_bool(struct buffer *out, bool value) {
    char *at = open_value(out, 1);
    if (at) *at = value;
}

void binary_int2(struct buffer *out, int16_t value) {
    char *at = open_value(out, 2);
    if (at) put_16(at, (uint16_t)value);
}

void binary_int4(struct buffer *out, int32_t value) {
    char *at = open_value(out, 4);
    if (at) put_32(at, (uint32_t)value);
}

void binary_int8(struct buffer *out, int64_t value) {
    char *at = open_value(out, 8);
    if (!at) return;
    uint64_t bits = htobe64((uint64_t)value);
    memcpy(at, &bits, sizeof bits);
}

void binary_bytes(struct buffer *out, const void *bytes, size_t len) {
    char *at = open_value(out, len);
    if (at && len) memcpy(at, bytes, len);
}

void binary_slice(struct buffer *out, struct slice bytes) {
    if (bytes.ptr) binary_bytes(out, bytes.ptr, bytes.len);
    else binary_null(out);
}

void binary_instant(struct buffer *out, struct instant t) {
    int64_t us;
    if (!instant_is(t)) {
        binary_null(out);
    } else if (__builtin_sub_overflow(t.ms, EPOCH_MS, &us) || __builtin_mul_overflow(us, 1000, &us)) {
        out->failed = true;
    } else {
        binary_int8(out, us);
    }
}

void binary_day(struct buffer *out, struct day d) {
    int32_t n;
    if (!day_is(d)) binary_null(out);
    else if (__builtin_sub_overflow(d.n, EPOCH_DAYS, &n)) out->failed = true;
    else binary_int4(out, n);
}

/* numeric: digits of base 10,000 around the point, no zeros at either end. The mantissa is first made a multiple of
 * 10^-4k, so that its base-10,000 digits fall on the point. */
void binary_decimal(struct buffer *out, struct decimal value) {
    static const unsigned powers[] = {1, 10, 100, 1000};
    unsigned groups = (value.scale + 3U) / 4U;
    __extension__ unsigned __int128 rest =
        value.mantissa < 0 ? -(unsigned __int128)value.mantissa : (unsigned __int128)value.mantissa;
    rest *= powers[groups * 4U - value.scale];
    uint16_t digits[NUMERIC_DIGITS_MAX];
    int count = 0;
    for (; rest; rest /= NUMERIC_BASE) digits[count++] = (uint16_t)(rest % NUMERIC_BASE);
    int skipped = 0;
    while (skipped < count && digits[skipped] == 0) skipped++;
    int weight = count ? count - 1 - (int)groups : 0;

    char *at = open_value(out, 8 + 2 * (size_t)(count - skipped));
    if (!at) return;
    put_16(at, (uint16_t)(count - skipped));
    put_16(at + 2, (uint16_t)(int16_t)weight);
    put_16(at + 4, value.mantissa < 0 ? NUMERIC_NEGATIVE : 0);
    put_16(at + 6, value.scale);
    at += 8;
    for (int i = count - 1; i >= skipped; i--, at += 2) put_16(at, digits[i]);
}

void binary_jsonb(struct buffer *out, struct slice json) {
    if (!json.ptr) {
        binary_null(out);
        return;
    }
    char *at = open_value(out, json.len + 1);
    if (!at) return;
    at[0] = 1; /* the version of the form */
    memcpy(at + 1, json.ptr, json.len);
}

bool binary_read_int(const char *bytes, size_t len, int64_t *out) {
    uint64_t value = 0;
    if (len != 2 && len != 4 && len != 8) return false;
    for (size_t i = 0; i < len; i++) value = value << 8 | (uint8_t)bytes[i];
    if (len == 2) *out = (int16_t)value;
    else if (len == 4) *out = (int32_t)value;
    else *out = (int64_t)value;
    return true;
}

bool binary_read_instant(const char *bytes, size_t len, struct instant *out) {
    int64_t us;
    if (len != 8 || !binary_read_int(bytes, len, &us) || us == INT64_MAX || us == INT64_MIN) return false;
    int64_t ms = us / 1000;
    if (us % 1000 < 0) ms--;
    return !__builtin_add_overflow(ms, EPOCH_MS, &out->ms);
}

bool binary_read_day(const char *bytes, size_t len, struct day *out) {
    int64_t n;
    if (len != 4 || !binary_read_int(bytes, len, &n) || n == INT32_MAX || n == INT32_MIN) return false;
    if (n > INT32_MAX - EPOCH_DAYS) return false;
    out->n = (int32_t)n + EPOCH_DAYS;
    return true;
}

bool binary_read_decimal(const char *bytes, size_t len, struct decimal *out) {
    if (len < 8) return false;
    unsigned count = get_16(bytes), sign = get_16(bytes + 4);
    int weight = (int16_t)get_16(bytes + 2);
    if (len != 8 + 2 * (size_t)count || (sign != 0 && sign != NUMERIC_NEGATIVE)) return false;
    if (count == 0) {
        *out = (struct decimal){0, 0};
        return true;
    }
    /* The digits as one integer, then moved so that it counts 10^-12: 9 places need three groups, the last cut to one. */
    if (weight > 5 || weight < -3) return false;
    __extension__ __int128 value = 0;
    int groups = (int)count - 1 - weight; /* behind the point */
    if (groups > 3 || count > 9) return false;
    for (unsigned i = 0; i < count; i++) {
        unsigned digit = get_16(bytes + 8 + 2 * (size_t)i);
        if (digit >= NUMERIC_BASE) return false;
        value = value * NUMERIC_BASE + digit;
    }
    for (int i = groups; i < 0; i++) value *= NUMERIC_BASE;
    unsigned scale = groups > 0 ? (unsigned)groups * 4U : 0;
    while (scale > 0 && value % 10 == 0) {
        value /= 10;
        scale--;
    }
    if (sign) value = -value;
    if (value > INT64_MAX || value < INT64_MIN) return false;
    return decimal_make((int64_t)value, scale, out) == PROTO_OK;
}
