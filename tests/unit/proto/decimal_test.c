#include "proto/decimal.h"

#include "proto/pack.h"
#include "tests/unit/proto/vectors.h"

static struct decimal parsed(const char *text) {
    struct decimal value = {0};
    cr_assert_eq(decimal_parse(text, strlen(text), &value), PROTO_OK, "%s", text);
    return value;
}

Test(decimal, parse_takes_the_smallest_exact_scale) {
    static const struct {
        const char *text;
        int64_t mantissa;
        unsigned scale;
    } rows[] = {
        {"100", 100, 0},
        {"485.80", 4858, 1},
        {"0.00", 0, 0},
        {"-0", 0, 0},
        {"+7", 7, 0},
        {"007.50", 75, 1},
        {"-3.000000000000000000000000", -3, 0},
        {"0.000000001", 1, 9},
        {"9223372036854775807", INT64_MAX, 0},
        {"-9223372036854775808", INT64_MIN, 0},
        {"-9223372036.854775808", INT64_MIN, 9},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct decimal value = parsed(rows[i].text);
        cr_expect_eq(value.mantissa, rows[i].mantissa, "%s", rows[i].text);
        cr_expect_eq(value.scale, rows[i].scale, "%s", rows[i].text);
        cr_expect(decimal_is_canonical(value), "%s", rows[i].text);
    }
}

Test(decimal, parse_refuses_what_is_not_plain) {
    static const char *const syntax[] = {"",   "+",     "-",    ".",  "1.",  ".5",    "1e3", " 1",
                                         "1 ", "1,000", "0x10", "１", "--1", "1.2.3", "NaN"};
    static const char *const range[] = {"9223372036854775808", "-9223372036854775809", "0.0000000001",
                                        "9223372036854775807.1", "99999999999999999999999999999999"};
    struct decimal value;
    for (size_t i = 0; i < sizeof syntax / sizeof *syntax; i++)
        cr_expect_eq(decimal_parse(syntax[i], strlen(syntax[i]), &value), PROTO_SYNTAX, "%s", syntax[i]);
    for (size_t i = 0; i < sizeof range / sizeof *range; i++)
        cr_expect_eq(decimal_parse(range[i], strlen(range[i]), &value), PROTO_RANGE, "%s", range[i]);
}

Test(decimal, make_reduces_or_refuses) {
    struct decimal value;
    cr_assert_eq(decimal_make(4858000, 4, &value), PROTO_OK);
    cr_expect(value.mantissa == 4858 && value.scale == 1);
    cr_assert_eq(decimal_make(0, 4000000000U, &value), PROTO_OK);
    cr_expect(value.mantissa == 0 && value.scale == 0);
    cr_assert_eq(decimal_make(1000, 12, &value), PROTO_OK);
    cr_expect(value.mantissa == 1 && value.scale == 9);
    cr_expect_eq(decimal_make(100, 12, &value), PROTO_RANGE);
}

Test(decimal, prints_the_shortest_plain_form) {
    static const struct {
        struct decimal value;
        const char *text, *fixed;
        unsigned decimals;
    } rows[] = {
        {{4858, 1}, "485.8", "485.80", 2},
        {{-3, 0}, "-3", "-3.0", 1},
        {{5, 2}, "0.05", "0.05", 1},
        {{0, 0}, "0", "0", 0},
        {{-1, 9}, "-0.000000001", "-0.000000001", 9},
        {{INT64_MIN, 0}, "-9223372036854775808", "-9223372036854775808.000000000", 9},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[DECIMAL_TEXT_MAX];
        cr_expect_eq(decimal_print(rows[i].value, text), strlen(rows[i].text));
        cr_expect_str_eq(text, rows[i].text);
        cr_expect_eq(decimal_print_fixed(rows[i].value, rows[i].decimals, text), strlen(rows[i].fixed));
        cr_expect_str_eq(text, rows[i].fixed);
    }
}

Test(decimal, compares_exactly) {
    cr_expect_eq(decimal_compare(parsed("0.1"), parsed("0.10")), 0);
    cr_expect_eq(decimal_compare(parsed("9223372036854775807"), parsed("9223372036.854775807")), 1);
    cr_expect_eq(decimal_compare(parsed("-9223372036854775808"), parsed("-0.000000001")), -1);
    cr_expect_eq(decimal_compare(parsed("99.999999999"), parsed("100")), -1);
}

Test(decimal, golden_vectors) {
    struct vector v;
    FILE *file = vectors_open("decimals.json");
    size_t count = 0;
    for (; vector_next(file, &v); count++) {
        uint8_t bytes[32];
        size_t len = 0;
        struct decimal value = parsed(v.name); /* the name is the text */
        struct pack pack = pack_into(bytes, sizeof bytes);
        pack_array(&pack, 2);
        pack_int(&pack, value.mantissa);
        pack_uint(&pack, value.scale);
        cr_assert_eq(pack_end(&pack, &len), PROTO_OK);
        expect_bytes(v.name, bytes, len, &v);
    }
    fclose(file);
    cr_expect_eq(count, 27);
}
