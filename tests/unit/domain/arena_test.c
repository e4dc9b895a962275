#include "common/domain/arena.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "common/base/cleanup.h"

Test(arena, gives_zeroed_memory_that_stays) {
    CLEAN(arena_destroy) struct arena *arena = arena_create();
    char *arrays[100];
    for (size_t i = 0; i < 100; i++) {
        arrays[i] = arena_array(arena, i * 100, 7); /* some larger than a block of its own */
        cr_assert_not_null(arrays[i]);
        cr_expect_eq((uintptr_t)arrays[i] % 8, 0);
        for (size_t k = 0; k < i * 700; k++)
            cr_assert_eq(arrays[i][k], 0);
        memset(arrays[i], (int)i, i * 700);
    }
    for (size_t i = 0; i < 100; i++)
        for (size_t k = 0; k < i * 700; k++)
            cr_assert_eq(arrays[i][k], (char)i);
    cr_expect_not(arena_failed(arena));
}

Test(arena, copies_texts_in_nfc) {
    CLEAN(arena_destroy) struct arena *arena = arena_create();
    cr_expect_str_eq(arena_copy(arena, "e\xCC\x81"), "\xC3\xA9"); /* e + acute = é */
    cr_expect_str_eq(arena_text(arena, "旺苍县", 6), "旺苍");
    cr_expect_null(arena_copy(arena, NULL));
}

Test(arena, remembers_that_it_failed) {
    CLEAN(arena_destroy) struct arena *arena = arena_create();
    cr_expect_null(arena_array(arena, SIZE_MAX, 2));
    cr_expect(arena_failed(arena));
    cr_expect_null(arena_array(arena, SIZE_MAX / 4, 3));
}
