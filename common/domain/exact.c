#include "common/domain/exact.h"

__extension__ typedef unsigned __int128 uint128;

const int64_t exact_powers_of_ten[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};

static bool narrow(int128 a) {
    return a == (int128)(int64_t)a;
}

static int128 magnitude(int128 a) {
    return a < 0 ? -a : a;
}

static unsigned bits(int128 a) {
    uint128 size = (uint128)magnitude(a);
    uint64_t high = (uint64_t)(size >> 64), low = (uint64_t)size;
    if (high) return 128 - (unsigned)__builtin_clzll(high);
    return low ? 64 - (unsigned)__builtin_clzll(low) : 0;
}

/* clang has no library call for a checked 128-bit product here, so the check is ours. */
static bool product(int128 a, int128 b, int128 *out) {
    if (!(narrow(a) && narrow(b)) && bits(a) + bits(b) > 126) return false;
    *out = a * b;
    return true;
}

static int128 greatest_divisor(int128 a, int128 b) {
    a = magnitude(a);
    while (b != 0 && !(narrow(a) && narrow(b))) {
        int128 rest = a % b;
        a = b;
        b = rest;
    }
    uint64_t small = (uint64_t)a, rest = (uint64_t)b;
    if (b == 0) return a;
    while (rest != 0) {
        uint64_t next = small % rest;
        small = rest;
        rest = next;
    }
    return (int128)small;
}

static struct exact lowest(struct exact a) {
    int128 divisor = greatest_divisor(a.num, a.den);
    return divisor > 1 ? (struct exact){a.num / divisor, a.den / divisor} : a;
}

/* Small enough as it is: reducing would only cost time. */
static struct exact tidy(struct exact a) {
    return bits(a.num) <= 80 && bits(a.den) <= 62 ? a : lowest(a);
}

struct exact exact_ratio(int64_t num, int64_t den) {
    if (den == 0) return EXACT_UNKNOWN;
    return den < 0 ? (struct exact){-(int128)num, -(int128)den} : (struct exact){num, den};
}

/* The sum over a common denominator; false when a product does not fit. */
static bool sum_over(struct exact a, struct exact b, int128 shared, struct exact *out) {
    int128 left, right;
    return product(a.num, b.den / shared, &left) && product(b.num, a.den / shared, &right) &&
           product(a.den, b.den / shared, &out->den) && !__builtin_add_overflow(left, right, &out->num);
}

struct exact exact_add_wide(struct exact a, struct exact b) {
    if (!exact_known(a) || !exact_known(b)) return EXACT_UNKNOWN;
    struct exact sum = {.den = a.den};
    if (a.den == b.den) return __builtin_add_overflow(a.num, b.num, &sum.num) ? EXACT_UNKNOWN : tidy(sum);
    if (sum_over(a, b, 1, &sum)) return tidy(sum);
    a = lowest(a);
    b = lowest(b);
    return sum_over(a, b, greatest_divisor(a.den, b.den), &sum) ? lowest(sum) : EXACT_UNKNOWN;
}

struct exact exact_multiply_wide(struct exact a, struct exact b) {
    if (!exact_known(a) || !exact_known(b)) return EXACT_UNKNOWN;
    struct exact out;
    if (product(a.num, b.num, &out.num) && product(a.den, b.den, &out.den)) return tidy(out);
    struct exact left = lowest((struct exact){a.num, b.den}), right = lowest((struct exact){b.num, a.den});
    if (!product(left.num, right.num, &out.num) || !product(left.den, right.den, &out.den)) return EXACT_UNKNOWN;
    return lowest(out);
}

struct exact exact_divide(struct exact a, struct exact b) {
    if (!exact_known(a) || !exact_known(b) || b.num == 0) return EXACT_UNKNOWN;
    struct exact inverse = b.num < 0 ? (struct exact){-b.den, -b.num} : (struct exact){b.den, b.num};
    return exact_multiply(a, inverse);
}

static int128 floor_whole(struct exact a) {
    int128 whole = a.num / a.den;
    return whole * a.den > a.num ? whole - 1 : whole;
}

/* Compares wholes, then the inverses of the rests: Euclid's way, in which nothing grows. */
static int compare_by_rests(struct exact a, struct exact b) {
    int sign = 1;
    for (;;) {
        int128 left = floor_whole(a), right = floor_whole(b);
        if (left != right) return left < right ? -sign : sign;
        int128 left_rest = a.num - left * a.den, right_rest = b.num - right * b.den;
        if (left_rest == 0 || right_rest == 0) return left_rest == right_rest ? 0 : (left_rest == 0 ? -sign : sign);
        a = (struct exact){a.den, left_rest};
        b = (struct exact){b.den, right_rest};
        sign = -sign;
    }
}

int exact_compare_wide(struct exact a, struct exact b) {
    int128 left, right;
    if (product(a.num, b.den, &left) && product(b.num, a.den, &right)) return left < right ? -1 : left > right;
    return compare_by_rests(a, b);
}

struct exact exact_round_whole_wide(struct exact a, enum rounding how) {
    if (!exact_known(a)) return a;
    int128 whole = a.num / a.den, rest = a.num - whole * a.den; /* cut toward zero */
    switch (how) {
    case ROUND_CUT:
        break;
    case ROUND_FLOOR:
        whole -= rest < 0;
        break;
    case ROUND_CEILING:
        whole += rest > 0;
        break;
    case ROUND_HALF_UP:
        if (magnitude(rest) >= a.den - magnitude(rest)) whole += a.num < 0 ? -1 : 1;
        break;
    }
    return (struct exact){whole, 1};
}

bool exact_round(struct exact a, unsigned places, enum rounding how, struct decimal *out) {
    *out = (struct decimal){0, 0};
    if (!exact_known(a) || places > DECIMAL_SCALE_MAX) return false;
    struct exact scaled = exact_round_whole(exact_multiply(a, exact_whole(exact_powers_of_ten[places])), how);
    return exact_known(scaled) && narrow(scaled.num) && decimal_make((int64_t)scaled.num, places, out) == PROTO_OK;
}
