#include "proto/unpack.h"

#include <criterion/criterion.h>

#define OVER(...) unpack_over((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

Test(unpack, long_forms_are_read_and_remembered) {
    struct unpack in = OVER(0xcc, 0x7f);
    cr_expect_eq(unpack_uint(&in), 127);
    cr_expect(in.long_form);
    cr_expect_eq(unpack_end(&in, true), PROTO_NOT_CANONICAL);
    cr_expect_eq(unpack_end(&in, false), PROTO_OK);
    in = OVER(0xd3, 0, 0, 0, 1, 0, 0, 0, 0); /* as long as the unsigned form, but not it */
    cr_expect_eq(unpack_int(&in), 4294967296);
    cr_expect(in.long_form);
    in = OVER(0xd0, 0xe0); /* -32 has one byte */
    cr_expect_eq(unpack_int(&in), -32);
    cr_expect(in.long_form);
    in = OVER(0xd0, 0xdf);
    cr_expect_eq(unpack_int(&in), -33);
    cr_expect_not(in.long_form);
    in = OVER(0xc5, 0x00, 0x01, 0x55);
    cr_expect_eq(unpack_bin(&in).len, 1);
    cr_expect(in.long_form);
}

Test(unpack, the_first_fault_sticks) {
    struct unpack in = OVER(0xa2, 'a', 'b', 0x05);
    cr_expect_eq(unpack_uint(&in), 0);
    cr_expect_eq(in.code, PROTO_SYNTAX);
    cr_expect_eq(unpack_int(&in), 0);
    cr_expect_null(unpack_text(&in).ptr);
    cr_expect_not(unpack_nil(&in));
    cr_expect_eq(unpack_end(&in, false), PROTO_SYNTAX);
}

Test(unpack, numbers_out_of_range) {
    struct unpack in = OVER(0xff);
    unpack_uint(&in);
    cr_expect_eq(in.code, PROTO_RANGE);
    in = OVER(0xcf, 0x80, 0, 0, 0, 0, 0, 0, 0);
    unpack_int(&in);
    cr_expect_eq(in.code, PROTO_RANGE);
    in = OVER(0xca, 0, 0, 0, 0);
    unpack_int(&in);
    cr_expect_eq(in.code, PROTO_SYNTAX);
}

Test(unpack, values_of_the_wire_and_others) {
    struct unpack in = OVER(0x93, 0x92, 0x01, 0xc0, 0xa1, 'x', 0xc4, 0x00, 0x07);
    cr_expect_eq(unpack_value(&in).len, 8);
    cr_expect_eq(unpack_uint(&in), 7);
    in = OVER(0x91, 0x81, 0x01, 0x02);
    cr_expect_null(unpack_value(&in).ptr);
    cr_expect_eq(in.code, PROTO_SYNTAX);
    in = OVER(0x91, 0x81, 0x01, 0x02);
    cr_expect_eq(unpack_skip(&in).len, 4);
    cr_expect_eq(in.code, PROTO_OK);
    in = OVER(0x91, 0x91, 0x91, 0x91, 0x91, 0x91, 0x91, 0x91, 0x91, 0xc0); /* nine deep */
    unpack_value(&in);
    cr_expect_eq(in.code, PROTO_TOO_LARGE);
    in = OVER(0x92, 0x01);
    unpack_value(&in);
    cr_expect_eq(in.code, PROTO_TRUNCATED);
}

Test(unpack, text) {
    static const struct {
        const char *text;
        bool valid;
    } rows[] = {
        {"", true},
        {"昭化区 31.0", true},
        {"\xf0\xa0\x80\x80", true}, /* U+20000, a name's character */
        {"\xf4\x8f\xbf\xbf", true},
        {"\xc2\xa0", true},
        {"\t", false},
        {"\x7f", false},
        {"\xc2\x80", false}, /* U+0080 */
        {"\xc2\x9f", false},
        {"\xc0\xaf", false}, /* overlong */
        {"\xe0\x80\xaf", false},
        {"\xed\xa0\x80", false}, /* surrogate */
        {"\xf4\x90\x80\x80", false},
        {"\xf5\x80\x80\x80", false},
        {"\x80", false},
        {"\xe6\x98", false}, /* cut */
        {"\xe6\x98x", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(unpack_text_valid(rows[i].text, strlen(rows[i].text)), rows[i].valid, "row %zu", i);
    cr_expect_not(unpack_text_valid("a\0b", 3));
    cr_expect_eq(unpack_text_chars(slice_of("昭化区 31.0")), 8);
}
