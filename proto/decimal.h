/* Exact decimals, as they travel: an integer mantissa and a scale of 0 to 9.
 *
 * A decimal is *canonical* when its scale is the smallest that is exact: 100 is {100, 0}, 485.80 is {4858, 1},
 * zero is {0, 0}. Everything that makes a decimal here makes a canonical one. No floating point anywhere.
 * Pure; no function blocks, allocates or keeps a pointer. */
#ifndef DUBAN_PROTO_DECIMAL_H
#define DUBAN_PROTO_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/code.h"

enum { DECIMAL_SCALE_MAX = 9, DECIMAL_TEXT_MAX = 32 };

struct decimal {
    int64_t mantissa;
    uint8_t scale;
};

/* The canonical decimal of mantissa / 10^scale. PROTO_RANGE when scale > 9 cannot be reduced to 9 exactly. */
__attribute__((warn_unused_result)) enum proto_code decimal_make(int64_t mantissa, unsigned scale, struct decimal *out);

/* Reads "[+-]digits[.digits]" and nothing else (no exponent, separators or spaces).
 * PROTO_SYNTAX when it is not that, PROTO_RANGE when it does not fit int64 and 9 places exactly. */
__attribute__((warn_unused_result)) enum proto_code decimal_parse(const char *text, size_t len, struct decimal *out);

/* Writes the shortest plain form ("485.8", "-3", "0.05") with a final NUL; returns its length. */
size_t decimal_print(struct decimal value, char out[DECIMAL_TEXT_MAX]);

/* Writes with at least `decimals` places ("3.0" for 3 with 1); never rounds. decimals ≤ 9. */
size_t decimal_print_fixed(struct decimal value, unsigned decimals, char out[DECIMAL_TEXT_MAX]);

/* -1, 0, 1 as a < b, a = b, a > b; exact for all values. */
int decimal_compare(struct decimal a, struct decimal b);

bool decimal_is_canonical(struct decimal value);

#endif
