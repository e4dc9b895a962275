#include "proto/pack.h"

#include <criterion/criterion.h>
#include <msgpack.h>
#include <stdlib.h>

#include "proto/unpack.h"

static const int64_t numbers[] = {0,     1,     31,        32,         127,        128,       255,         256,
                                  65535, 65536, INT32_MAX, UINT32_MAX, 4294967296, INT64_MAX, -1,          -32,
                                  -33,   -128,  -129,      -32768,     -32769,     INT32_MIN, -2147483649, INT64_MIN};
static const size_t lengths[] = {0, 1, 15, 16, 31, 32, 255, 256, 65535, 65536};

/* msgpack-c writes shortest forms: another's word for ours. */
Test(pack, numbers_as_msgpack_c_writes_them) {
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        uint8_t out[16];
        size_t len = 0;
        msgpack_sbuffer buffer;
        msgpack_packer packer;
        msgpack_sbuffer_init(&buffer);
        msgpack_packer_init(&packer, &buffer, msgpack_sbuffer_write);
        msgpack_pack_int64(&packer, numbers[i]);
        struct pack pack = pack_into(out, sizeof out);
        pack_int(&pack, numbers[i]);
        cr_assert_eq(pack_end(&pack, &len), PROTO_OK);
        cr_expect(len == buffer.size && memcmp(out, buffer.data, len) == 0, "%lld", (long long)numbers[i]);
        struct unpack in = unpack_over(out, len);
        cr_expect_eq(unpack_int(&in), numbers[i]);
        cr_expect_eq(unpack_end(&in, true), PROTO_OK);
        msgpack_sbuffer_destroy(&buffer);
    }
}

Test(pack, lengths_as_msgpack_c_writes_them) {
    static char text[65536];
    static uint8_t out[3 * 65600];
    memset(text, 'x', sizeof text);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        size_t n = lengths[i], len = 0;
        msgpack_sbuffer buffer;
        msgpack_packer packer;
        msgpack_sbuffer_init(&buffer);
        msgpack_packer_init(&packer, &buffer, msgpack_sbuffer_write);
        msgpack_pack_str(&packer, n);
        msgpack_pack_str_body(&packer, text, n);
        msgpack_pack_bin(&packer, n);
        msgpack_pack_bin_body(&packer, text, n);
        msgpack_pack_array(&packer, n);
        struct pack pack = pack_into(out, sizeof out);
        pack_text(&pack, (struct slice){text, n});
        pack_bin(&pack, text, n);
        pack_array(&pack, n);
        cr_assert_eq(pack_end(&pack, &len), PROTO_OK);
        cr_expect(len == buffer.size && memcmp(out, buffer.data, len) == 0, "%zu", n);
        memset(out + len, 0xc0, n);
        struct unpack in = unpack_over(out, len + n);
        cr_expect_eq(unpack_text(&in).len, n);
        cr_expect_eq(unpack_bin(&in).len, n);
        cr_expect_eq(unpack_array(&in), n);
        cr_expect(in.code == PROTO_OK && !in.long_form, "%zu", n);
        msgpack_sbuffer_destroy(&buffer);
    }
}

Test(pack, the_first_overflow_sticks) {
    uint8_t out[4] = {0};
    size_t len = 77;
    struct pack pack = pack_into(out, 3);
    pack_text(&pack, slice_of("abc"));
    pack_nil(&pack);
    cr_expect(pack.full);
    cr_expect_eq(pack.len, 5);
    cr_expect_eq(pack_end(&pack, &len), PROTO_NO_SPACE);
    cr_expect_eq(out[3], 0);
}
