#include "proto/prescan.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const struct prescan_limits limits = {1 << 20, 8, 1000};

static void expect(const char *what, const uint8_t *bytes, size_t len, enum proto_code want) {
    uint8_t *exact = malloc(len ? len : 1); /* so that a read behind the end is seen */
    if (len) memcpy(exact, bytes, len);
    enum proto_code got = prescan(exact, len, limits);
    free(exact);
    cr_expect_eq(got, want, "%s: %s, not %s", what, proto_code_name(got), proto_code_name(want));
}
#define EXPECT(what, want, ...)                                                                                        \
    expect(what, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}), want)

Test(prescan, one_value_and_nothing_else) {
    EXPECT("nil", PROTO_OK, 0xc0);
    EXPECT("two", PROTO_TRAILING, 0xc0, 0xc0);
    EXPECT("array", PROTO_OK, 0x93, 0x01, 0xa1, 'x', 0xc4, 0x01, 0xff);
    EXPECT("map", PROTO_OK, 0x81, 0xa1, 'a', 0xcb, 0, 0, 0, 0, 0, 0, 0, 0);
    EXPECT("ext", PROTO_OK, 0xc7, 0x02, 0x05, 0x01, 0x02);
    EXPECT("fixext 1", PROTO_OK, 0xd4, 0x05, 0x01);
    EXPECT("never used", PROTO_SYNTAX, 0xc1);
    expect("nothing", NULL, 0, PROTO_TRUNCATED);
}

Test(prescan, counts_are_not_believed) {
    EXPECT("array of 4 G", PROTO_TRUNCATED, 0xdd, 0xff, 0x00, 0x00, 0x00);
    EXPECT("map of 4 G", PROTO_TRUNCATED, 0xdf, 0xff, 0xff, 0xff, 0xff);
    EXPECT("str of 4 G", PROTO_TRUNCATED, 0xdb, 0xff, 0xff, 0xff, 0xff);
    EXPECT("bin of 4 G", PROTO_TRUNCATED, 0xc6, 0xff, 0xff, 0xff, 0xff, 0x00);
    EXPECT("ext of 4 G", PROTO_TRUNCATED, 0xc9, 0xff, 0xff, 0xff, 0xff, 0x00);
    EXPECT("half a head", PROTO_TRUNCATED, 0xdd, 0x00);
    EXPECT("half a number", PROTO_TRUNCATED, 0xcf, 0x00);
    EXPECT("an item short", PROTO_TRUNCATED, 0x92, 0x01);
    EXPECT("odd map", PROTO_TRUNCATED, 0x81, 0x01);
}

Test(prescan, depth_items_and_bytes_are_capped) {
    uint8_t nested[200];
    memset(nested, 0x91, sizeof nested);
    expect("nested 200", nested, sizeof nested, PROTO_TOO_LARGE);
    nested[8] = 0xc0;
    expect("nested 8", nested, 9, PROTO_OK);
    nested[8] = 0x91;
    nested[9] = 0xc0;
    expect("nested 9", nested, 10, PROTO_TOO_LARGE);
    uint8_t many[1003] = {0xdc, 1000 >> 8, 1000 & 0xff};
    expect("1001 items", many, sizeof many, PROTO_TOO_LARGE);
    many[2] = (999 & 0xff);
    expect("1000 items", many, sizeof many - 1, PROTO_OK);
    cr_expect_eq(prescan(many, 100, (struct prescan_limits){99, 8, 1000}), PROTO_TOO_LARGE);
}

Test(prescan, survives_any_bytes) {
    uint64_t random = 42;
    for (int round = 0; round < 20000; round++) {
        uint8_t bytes[64];
        for (size_t i = 0; i < sizeof bytes; i++) {
            random = random * 6364136223846793005U + 1442695040888963407U;
            bytes[i] = (uint8_t)(random >> 56);
        }
        size_t len = random >> 32 & 63, used = 0;
        uint8_t *exact = malloc(len ? len : 1);
        memcpy(exact, bytes, len);
        if (prescan_one(exact, len, limits, &used) == PROTO_OK) cr_assert(used >= 1 && used <= len);
        free(exact);
    }
}
