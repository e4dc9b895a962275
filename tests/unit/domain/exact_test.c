#include "common/domain/exact.h"

#include <criterion/criterion.h>
#include <string.h>

#define BIG INT64_C(1000000000000000) /* 10^15, the bound of a mantissa */

static const char *rounded(int64_t num, int64_t den, unsigned places, enum rounding how) {
    static char text[DECIMAL_TEXT_MAX];
    struct decimal out;
    if (!exact_round(exact_ratio(num, den), places, how, &out)) return "?";
    decimal_print(out, text);
    return text;
}

Test(exact, rounding) {
    static const struct {
        int64_t num, den;
        unsigned places;
        const char *cut, *floor, *ceiling, *half_up;
    } table[] = {
        {1, 3, 2, "0.33", "0.33", "0.34", "0.33"},        {-1, 3, 2, "-0.33", "-0.34", "-0.33", "-0.33"},
        {5, 1000, 2, "0", "0", "0.01", "0.01"},           {-5, 1000, 2, "0", "-0.01", "0", "-0.01"},
        {9996, 100, 1, "99.9", "99.9", "100", "100"},     {93, 2, 0, "46", "46", "47", "47"},
        {-1499, 1000, 1, "-1.4", "-1.5", "-1.4", "-1.5"}, {7, 1, 3, "7", "7", "7", "7"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        cr_expect_str_eq(rounded(table[i].num, table[i].den, table[i].places, ROUND_CUT), table[i].cut);
        cr_expect_str_eq(rounded(table[i].num, table[i].den, table[i].places, ROUND_FLOOR), table[i].floor);
        cr_expect_str_eq(rounded(table[i].num, table[i].den, table[i].places, ROUND_CEILING), table[i].ceiling);
        cr_expect_str_eq(rounded(table[i].num, table[i].den, table[i].places, ROUND_HALF_UP), table[i].half_up);
    }
}

Test(exact, arithmetic_stays_exact) {
    struct exact third = exact_ratio(1, 3), half = exact_ratio(1, 2);
    cr_expect_eq(exact_compare(exact_add(third, half), exact_ratio(5, 6)), 0);
    cr_expect_eq(exact_compare(exact_subtract(third, half), exact_ratio(-1, 6)), 0);
    cr_expect_eq(exact_compare(exact_multiply(third, half), exact_ratio(1, 6)), 0);
    cr_expect_eq(exact_compare(exact_divide(third, half), exact_ratio(2, 3)), 0);
    cr_expect_eq(exact_compare(exact_divide(third, exact_negate(half)), exact_ratio(-2, 3)), 0);
}

Test(exact, unknown_stays_unknown) {
    struct exact zero = exact_whole(0), one = exact_whole(1);
    cr_expect_not(exact_known(exact_divide(one, zero)));
    cr_expect_not(exact_known(exact_add(one, exact_divide(one, zero))));
    cr_expect_not(exact_known(exact_ratio(1, 0)));
    struct decimal out;
    cr_expect_not(exact_round(EXACT_UNKNOWN, 2, ROUND_CUT, &out));
}

Test(exact, what_does_not_fit_is_unknown_not_wrong) {
    struct exact big = exact_whole(BIG);
    struct exact product = exact_multiply(exact_multiply(big, big), big); /* 10^45 */
    cr_expect_not(exact_known(product));
    struct exact tiny = exact_divide(exact_divide(exact_ratio(1, BIG - 1), big), exact_whole(BIG + 1));
    cr_expect_not(exact_known(tiny));
}

Test(exact, bounded_values_fit) {
    struct exact large = exact_of((struct decimal){BIG - 1, 9}), other = exact_of((struct decimal){BIG - 7, 0});
    struct exact range = exact_subtract(other, large);
    struct exact planned = exact_add(large, exact_multiply(range, exact_ratio(4530961, 22654800)));
    cr_expect(exact_known(planned));
    cr_expect_gt(exact_compare(planned, large), 0);
    cr_expect_lt(exact_compare(planned, other), 0);
}

Test(exact, comparison_never_overflows) {
    struct exact a = exact_divide(exact_whole(BIG), exact_whole(BIG - 1)), b = a;
    a.num = a.num * BIG + 1; /* about 10^30 over 10^15, then over 10^30 */
    a.den = a.den * BIG;
    cr_expect_eq(exact_compare(a, b), 1);
    cr_expect_eq(exact_compare(b, a), -1);
    cr_expect_eq(exact_compare(exact_negate(a), exact_negate(b)), -1);
    cr_expect_eq(exact_compare(a, a), 0);
}
