#include "proto/decimal.h"

__extension__ typedef __int128 wide;

enum proto_code decimal_make(int64_t mantissa, unsigned scale, struct decimal *out) {
    if (mantissa == 0) scale = 0;
    for (; scale > 0 && mantissa % 10 == 0; scale--)
        mantissa /= 10;
    if (scale > DECIMAL_SCALE_MAX) return PROTO_RANGE;
    *out = (struct decimal){mantissa, (uint8_t)scale};
    return PROTO_OK;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* value * 10 - digit, so that INT64_MIN can be reached. */
static bool shift_in(int64_t *value, char digit) {
    return !__builtin_mul_overflow(*value, (int64_t)10, value) &&
           !__builtin_sub_overflow(*value, (int64_t)(digit - '0'), value);
}

enum proto_code decimal_parse(const char *text, size_t len, struct decimal *out) {
    const char *at = text, *end = text + len;
    bool negative = false;
    if (at < end && (*at == '+' || *at == '-')) negative = *at++ == '-';
    const char *whole = at;
    while (at < end && is_digit(*at))
        at++;
    const char *whole_end = at, *fraction = at, *fraction_end = at;
    if (at == whole) return PROTO_SYNTAX;
    if (at < end) {
        if (*at != '.') return PROTO_SYNTAX;
        fraction = ++at;
        while (at < end && is_digit(*at))
            at++;
        if (at != end || at == fraction) return PROTO_SYNTAX;
        fraction_end = at;
        while (fraction_end > fraction && fraction_end[-1] == '0')
            fraction_end--;
    }
    if (fraction_end - fraction > DECIMAL_SCALE_MAX) return PROTO_RANGE;
    int64_t value = 0;
    for (at = whole; at < whole_end; at++)
        if (!shift_in(&value, *at)) return PROTO_RANGE;
    for (at = fraction; at < fraction_end; at++)
        if (!shift_in(&value, *at)) return PROTO_RANGE;
    if (!negative && __builtin_sub_overflow((int64_t)0, value, &value)) return PROTO_RANGE;
    *out = (struct decimal){value, (uint8_t)(fraction_end - fraction)};
    return PROTO_OK;
}

size_t decimal_print(struct decimal value, char out[DECIMAL_TEXT_MAX]) {
    return decimal_print_fixed(value, 0, out);
}

size_t decimal_print_fixed(struct decimal value, unsigned decimals, char out[DECIMAL_TEXT_MAX]) {
    uint64_t left = value.mantissa < 0 ? 0 - (uint64_t)value.mantissa : (uint64_t)value.mantissa;
    unsigned places = value.scale, wanted = decimals > DECIMAL_SCALE_MAX ? DECIMAL_SCALE_MAX : decimals;
    char backwards[DECIMAL_TEXT_MAX];
    size_t n = 0, len = 0;
    if (wanted > places)
        for (unsigned i = places; i < wanted; i++)
            backwards[n++] = '0';
    for (unsigned i = 0; i < places; i++, left /= 10)
        backwards[n++] = (char)('0' + left % 10);
    if (n > 0) backwards[n++] = '.';
    do {
        backwards[n++] = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (value.mantissa < 0) backwards[n++] = '-';
    while (n > 0)
        out[len++] = backwards[--n];
    out[len] = '\0';
    return len;
}

static wide times_power(int64_t value, unsigned power) {
    wide w = value;
    while (power-- > 0)
        w *= 10;
    return w;
}

int decimal_compare(struct decimal a, struct decimal b) {
    wide left = times_power(a.mantissa, b.scale), right = times_power(b.mantissa, a.scale);
    return (left > right) - (left < right);
}

bool decimal_is_canonical(struct decimal value) {
    return value.scale == 0 || (value.scale <= DECIMAL_SCALE_MAX && value.mantissa % 10 != 0);
}
