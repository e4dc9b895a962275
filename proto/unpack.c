#include "proto/unpack.h"

#include "proto/prescan.h"

enum { SKIP_ITEMS_MAX = 4096 };

static size_t left(const struct unpack *in) {
    return (size_t)(in->end - in->at);
}

/* The first byte of the next value; 0xc1, which no value has, after a fault. */
static uint8_t first_byte(struct unpack *in) {
    if (in->code == PROTO_OK && in->at < in->end) return *in->at++;
    unpack_fail(in, PROTO_TRUNCATED);
    return 0xc1;
}

static uint64_t big_endian(struct unpack *in, unsigned size) {
    uint64_t value = 0;
    if (left(in) < size) {
        unpack_fail(in, PROTO_TRUNCATED);
        return 0;
    }
    for (unsigned i = 0; i < size; i++)
        value = value << 8 | *in->at++;
    return value;
}

/* A length or count in `size` bytes that must be more than what the next shorter form can say. */
static size_t length(struct unpack *in, unsigned size, uint64_t shorter_max) {
    uint64_t value = big_endian(in, size);
    if (value <= shorter_max) in->long_form = true;
    if (value > left(in)) {
        unpack_fail(in, PROTO_TRUNCATED);
        return 0;
    }
    return (size_t)value;
}

size_t unpack_array(struct unpack *in) {
    uint8_t first = first_byte(in);
    if ((first & 0xf0) == 0x90) {
        size_t count = first & 0x0f;
        if (count <= left(in)) return count;
        unpack_fail(in, PROTO_TRUNCATED);
        return 0;
    }
    if (first == 0xdc) return length(in, 2, 15);
    if (first == 0xdd) return length(in, 4, UINT16_MAX);
    unpack_fail(in, PROTO_SYNTAX);
    return 0;
}

/* What an unsigned number of so many bytes must be above, to need them. */
static uint64_t shorter_uint_max(unsigned size) {
    return size == 1 ? 0x7f : size == 2 ? UINT8_MAX : size == 4 ? UINT16_MAX : UINT32_MAX;
}

static int64_t sign_extend(uint64_t value, unsigned size) {
    if (size < 8 && (value >> (8 * size - 1)) != 0) value |= UINT64_MAX << 8 * size;
    return (int64_t)value;
}

static int64_t shorter_int_min(unsigned size) {
    return size == 1 ? -32 : size == 2 ? INT8_MIN : size == 4 ? INT16_MIN : INT32_MIN;
}

/* A number as its magnitude's bits: *negative tells whether they are to be read as int64. */
static uint64_t number(struct unpack *in, uint8_t first, bool *negative) {
    *negative = first >= 0xe0;
    if (first < 0x80) return first;
    if (first >= 0xe0) return (uint64_t)(int64_t)(int8_t)first;
    if (first >= 0xcc && first <= 0xcf) {
        unsigned size = 1U << (first - 0xcc);
        uint64_t value = big_endian(in, size);
        if (value <= shorter_uint_max(size)) in->long_form = true;
        return value;
    }
    if (first >= 0xd0 && first <= 0xd3) {
        unsigned size = 1U << (first - 0xd0);
        int64_t value = sign_extend(big_endian(in, size), size);
        *negative = value < 0;
        if (value >= shorter_int_min(size)) in->long_form = true; /* so every value ≥ 0 too */
        return (uint64_t)value;
    }
    unpack_fail(in, PROTO_SYNTAX);
    return 0;
}

uint64_t unpack_uint(struct unpack *in) {
    bool negative;
    uint64_t value = number(in, first_byte(in), &negative);
    if (!negative) return in->code == PROTO_OK ? value : 0;
    unpack_fail(in, PROTO_RANGE);
    return 0;
}

int64_t unpack_int(struct unpack *in) {
    bool negative;
    uint64_t value = number(in, first_byte(in), &negative);
    if (!negative && value > INT64_MAX) unpack_fail(in, PROTO_RANGE);
    return in->code == PROTO_OK ? (int64_t)value : 0;
}

bool unpack_bool(struct unpack *in) {
    uint8_t first = first_byte(in);
    if (first != 0xc2 && first != 0xc3) unpack_fail(in, PROTO_SYNTAX);
    return first == 0xc3;
}

bool unpack_nil(struct unpack *in) {
    if (in->code != PROTO_OK || in->at == in->end || *in->at != 0xc0) return false;
    in->at++;
    return true;
}

static struct slice take(struct unpack *in, size_t len) {
    if (in->code != PROTO_OK || len > left(in)) {
        unpack_fail(in, PROTO_TRUNCATED);
        return (struct slice){NULL, 0};
    }
    struct slice out = {(const char *)in->at, len};
    in->at += len;
    return out;
}

static struct slice text_after(struct unpack *in, uint8_t first) {
    size_t len = 0;
    if ((first & 0xe0) == 0xa0)
        len = first & 0x1f;
    else if (first == 0xd9)
        len = length(in, 1, 31);
    else if (first == 0xda)
        len = length(in, 2, UINT8_MAX);
    else if (first == 0xdb)
        len = length(in, 4, UINT16_MAX);
    else
        unpack_fail(in, PROTO_SYNTAX);
    struct slice text = take(in, len);
    if (text.ptr && !unpack_text_valid(text.ptr, text.len)) {
        unpack_fail(in, PROTO_RANGE);
        return (struct slice){NULL, 0};
    }
    return text;
}

struct slice unpack_text(struct unpack *in) {
    return text_after(in, first_byte(in));
}

struct slice unpack_text_or_nil(struct unpack *in) {
    uint8_t first = first_byte(in);
    return first == 0xc0 ? (struct slice){NULL, 0} : text_after(in, first);
}

static struct slice bin_after(struct unpack *in, uint8_t first) {
    size_t len = 0;
    if (first == 0xc4)
        len = big_endian(in, 1);
    else if (first == 0xc5)
        len = length(in, 2, UINT8_MAX);
    else if (first == 0xc6)
        len = length(in, 4, UINT16_MAX);
    else
        unpack_fail(in, PROTO_SYNTAX);
    return take(in, len);
}

struct slice unpack_bin(struct unpack *in) {
    return bin_after(in, first_byte(in));
}

void unpack_bytes(struct unpack *in, uint8_t *out, size_t len) {
    struct slice bin = unpack_bin(in);
    if (bin.ptr && bin.len == len) {
        memcpy(out, bin.ptr, len);
        return;
    }
    unpack_fail(in, PROTO_SYNTAX);
    memset(out, 0, len);
}

struct day unpack_day_or_nil(struct unpack *in) {
    enum { FIRST = -25567, LAST = 376199 }; /* 1900-01-01, 2999-12-31 */
    if (unpack_nil(in)) return DAY_NONE;
    int64_t n = unpack_int(in);
    if (n < FIRST || n > LAST) {
        unpack_fail(in, PROTO_RANGE);
        return DAY_NONE;
    }
    return (struct day){(int32_t)n};
}

struct slice unpack_value(struct unpack *in) {
    size_t open[UNPACK_DEPTH_MAX + 1] = {1};
    unsigned level = 0;
    const uint8_t *start = in->at;
    while (in->code == PROTO_OK) {
        while (open[level] == 0 && level > 0)
            level--;
        if (open[level] == 0) return (struct slice){(const char *)start, (size_t)(in->at - start)};
        open[level]--;
        uint8_t first = first_byte(in);
        if ((first & 0xf0) == 0x90 || first == 0xdc || first == 0xdd) {
            in->at--;
            size_t count = unpack_array(in);
            if (level == UNPACK_DEPTH_MAX)
                unpack_fail(in, PROTO_TOO_LARGE);
            else
                open[++level] = count;
        } else if ((first & 0xe0) == 0xa0 || (first >= 0xd9 && first <= 0xdb)) {
            text_after(in, first);
        } else if (first >= 0xc4 && first <= 0xc6) {
            bin_after(in, first);
        } else if (first != 0xc0 && first != 0xc2 && first != 0xc3) {
            bool negative;
            number(in, first, &negative);
        }
    }
    return (struct slice){NULL, 0};
}

struct slice unpack_skip(struct unpack *in) {
    static const struct prescan_limits limits = {SIZE_MAX, PRESCAN_DEPTH_MAX, SKIP_ITEMS_MAX};
    size_t used = 0;
    if (in->code == PROTO_OK) in->code = prescan_one(in->at, left(in), limits, &used);
    return in->code == PROTO_OK ? take(in, used) : (struct slice){NULL, 0};
}

enum proto_code unpack_end(const struct unpack *in, bool canonical) {
    if (in->code != PROTO_OK) return in->code;
    if (in->at != in->end) return PROTO_TRAILING;
    return canonical && in->long_form ? PROTO_NOT_CANONICAL : PROTO_OK;
}

/* How many bytes the character at `at` has, 0 when it is none or a control character (RFC 3629, table 3-7 of Unicode).
 */
static size_t character(const uint8_t *at, size_t len) {
    uint8_t a = at[0];
    if (a < 0x80) return a >= 0x20 && a != 0x7f ? 1 : 0;
    size_t size = a < 0xc2 ? 0 : a < 0xe0 ? 2 : a < 0xf0 ? 3 : a < 0xf5 ? 4 : 0;
    if (size == 0 || size > len) return 0;
    uint8_t low = a == 0xc2 ? 0xa0 : a == 0xe0 ? 0xa0 : a == 0xf0 ? 0x90 : 0x80; /* c2 80-9f are U+0080-009F */
    uint8_t high = a == 0xed ? 0x9f : a == 0xf4 ? 0x8f : 0xbf;
    if (at[1] < low || at[1] > high) return 0;
    for (size_t i = 2; i < size; i++)
        if ((at[i] & 0xc0) != 0x80) return 0;
    return size;
}

bool unpack_text_valid(const char *text, size_t len) {
    const uint8_t *at = (const uint8_t *)text;
    for (size_t i = 0; i < len;) {
        if (at[i] >= 0x20 && at[i] < 0x7f) { /* most of it */
            i++;
            continue;
        }
        size_t size = character(at + i, len - i);
        if (size == 0) return false;
        i += size;
    }
    return true;
}

size_t unpack_text_chars(struct slice text) {
    size_t chars = 0;
    for (size_t i = 0; i < text.len; i++)
        chars += ((uint8_t)text.ptr[i] & 0xc0) != 0x80;
    return chars;
}
