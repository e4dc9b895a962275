/* Exact fractions for the rules that decide who is late: no floating point, no rounding before printing.
 *
 * Values from outside are bounded (|mantissa| ≤ 10^15, places ≤ 9), so 128 bits hold what the rules compute with them;
 * what does not fit becomes "unknown" (den = 0), which stays unknown through every operation and is asked for with
 * exact_known. Comparing two known fractions is always exact. Pure. */
#ifndef DUBAN_DOMAIN_EXACT_H
#define DUBAN_DOMAIN_EXACT_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/decimal.h"

__extension__ typedef __int128 int128;

struct exact {
    int128 num;
    int128 den; /* > 0; 0 = unknown */
};

#define EXACT_UNKNOWN ((struct exact){0, 0})

enum rounding {
    ROUND_CUT,     /* toward zero */
    ROUND_FLOOR,   /* down */
    ROUND_CEILING, /* up */
    ROUND_HALF_UP, /* to the nearest, halves away from zero */
};

static inline bool exact_known(struct exact a) {
    return a.den != 0;
}
static inline struct exact exact_whole(int64_t n) {
    return (struct exact){n, 1};
}
extern const int64_t exact_powers_of_ten[DECIMAL_SCALE_MAX + 1];
static inline struct exact exact_of(struct decimal value) {
    if (value.scale > DECIMAL_SCALE_MAX) return EXACT_UNKNOWN;
    return (struct exact){value.mantissa, exact_powers_of_ten[value.scale]};
}
struct exact exact_ratio(int64_t num, int64_t den); /* den 0 = unknown */

/* Both parts fit 64 bits: the common case, for which products cannot overflow 128. */
static inline bool exact_is_narrow(struct exact a) {
    return a.num == (int64_t)a.num && a.den == (int64_t)a.den;
}

static inline struct exact exact_negate(struct exact a) {
    return (struct exact){-a.num, a.den};
}

/* The same in 128 bits, reduced where needed. */
struct exact exact_add_wide(struct exact a, struct exact b);
struct exact exact_multiply_wide(struct exact a, struct exact b);

/* In machine words wherever that holds the result. */
static inline struct exact exact_add(struct exact a, struct exact b) {
    int64_t left = (int64_t)a.num, right = (int64_t)b.num, den = (int64_t)a.den, sum;
    if (exact_is_narrow(a) && exact_is_narrow(b) &&
        (a.den == b.den || (!__builtin_mul_overflow(left, (int64_t)b.den, &left) &&
                            !__builtin_mul_overflow(right, den, &right) &&
                            !__builtin_mul_overflow(den, (int64_t)b.den, &den))) &&
        !__builtin_add_overflow(left, right, &sum))
        return (struct exact){sum, den};
    return exact_add_wide(a, b);
}

static inline struct exact exact_multiply(struct exact a, struct exact b) {
    int64_t num, den;
    if (exact_is_narrow(a) && exact_is_narrow(b) && !__builtin_mul_overflow((int64_t)a.num, (int64_t)b.num, &num) &&
        !__builtin_mul_overflow((int64_t)a.den, (int64_t)b.den, &den))
        return (struct exact){num, den};
    return exact_multiply_wide(a, b);
}

static inline struct exact exact_subtract(struct exact a, struct exact b) {
    return exact_add(a, exact_negate(b));
}
struct exact exact_divide(struct exact a, struct exact b); /* by zero = unknown */
static inline struct exact exact_absolute(struct exact a) {
    return (struct exact){a.num < 0 ? -a.num : a.num, a.den};
}

int exact_compare_wide(struct exact a, struct exact b);
/* -1, 0, 1 as a < b, a = b, a > b. Both must be known. */
static inline int exact_compare(struct exact a, struct exact b) {
    if (a.den == b.den) return a.num < b.num ? -1 : a.num > b.num;
    if (!exact_is_narrow(a) || !exact_is_narrow(b)) return exact_compare_wide(a, b);
    int128 left = (int128)(int64_t)a.num * (int64_t)b.den, right = (int128)(int64_t)b.num * (int64_t)a.den;
    return left < right ? -1 : left > right;
}
static inline int exact_sign(struct exact a) {
    return a.num < 0 ? -1 : a.num > 0;
}

struct exact exact_round_whole_wide(struct exact a, enum rounding how);
/* The whole number a rounds to; both as a fraction. */
static inline struct exact exact_round_whole(struct exact a, enum rounding how) {
    if (!exact_known(a) || !exact_is_narrow(a) || how == ROUND_HALF_UP) return exact_round_whole_wide(a, how);
    int64_t whole = (int64_t)a.num / (int64_t)a.den, rest = (int64_t)a.num % (int64_t)a.den;
    if (how == ROUND_FLOOR) whole -= rest < 0;
    if (how == ROUND_CEILING) whole += rest > 0;
    return (struct exact){whole, 1};
}
/* Rounded to `places` (≤ 9) decimals. False when unknown or too large for a decimal; then *out is zero. */
bool exact_round(struct exact a, unsigned places, enum rounding how, struct decimal *out);

#endif
