#include "common/base/random.h"

#include <criterion/criterion.h>
#include <string.h>

Test(random, fills_all_bytes) {
    uint8_t bytes[4096] = {0};
    size_t zeros = 0;
    cr_assert_eq(random_bytes(bytes, sizeof bytes, NULL), ERROR_OK);
    for (size_t i = 0; i < sizeof bytes; i++)
        zeros += bytes[i] == 0;
    cr_assert_lt(zeros, 100u, "16 are to be expected");
    cr_assert_eq(random_bytes(bytes, 0, NULL), ERROR_OK);
}

Test(random, identities_differ) {
    uint8_t a[UID_BYTES], b[UID_BYTES];
    cr_assert_eq(random_uid(a, NULL), ERROR_OK);
    cr_assert_eq(random_uid(b, NULL), ERROR_OK);
    cr_assert_neq(memcmp(a, b, UID_BYTES), 0);
}
