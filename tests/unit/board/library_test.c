/* What is sent while the database is away differs in what says so, and in nothing else. */
#include <criterion/criterion.h>
#include <sodium.h>
#include <string.h>

#include "services/board/library.h"

Test(library, a_stale_document_says_since_when) {
    static const char fresh[] = "{\"stale_since\":null,\"schema\":1,\"text\":\"{\\\"stale_since\\\":null\"}";
    struct instant since;
    cr_assert_geq(sodium_init(), 0);
    cr_assert(instant_parse("2021-09-24T08:30:00+08:00", 25, &since));
    struct rendering *rendering = rendering_create(fresh, sizeof fresh - 1);
    struct rendering *stale = library_stale(rendering, since);
    cr_assert_not_null(stale);
    cr_expect_str_eq(stale->plain->bytes,
                     "{\"stale_since\":\"2021-09-24T08:30:00+08:00\",\"schema\":1,\"text\":\"{\\\"stale_since\\\":null\"}");
    cr_expect_str_neq(stale->tag, rendering->tag, "a browser reads it anew");
    cr_expect_null(library_stale(stale, since), "it says so already");
    rendering_drop(&stale);
    rendering_drop(&rendering);
}
