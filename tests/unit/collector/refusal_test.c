#include "services/collector/refusal.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/file.h"
#include "common/base/text.h"

/* The page for county IT and the list in the code are one table. */
Test(refusal, the_page_for_county_it_has_every_code_as_it_is) {
    struct buffer page = {0};
    struct error err;
    cr_assert_eq(file_read(DUBAN_SOURCE_DIR "/services/collector/README.zh.md", 1 << 20, &page, &err), ERROR_OK);
    size_t rows = 0;
    for (const char *at = buffer_text(&page); (at = strstr(at, "\n| `")); at++)
        rows++;
    cr_expect_eq(rows, REFUSAL_COUNT - 1, "the page has %zu codes, the code %d", rows, REFUSAL_COUNT - 1);
    for (int code = 1; code < REFUSAL_COUNT; code++) {
        const struct refusal_row *row = refusal_row((enum refusal_code)code);
        char line[1024];
        snprintf(line, sizeof line, "\n| `%s` | %s | %s | %s |\n", row->word, row->file ? "整份" : "一行", row->meaning,
                 row->remedy);
        cr_expect(strstr(buffer_text(&page), line), "README.zh.md lacks the line:%s", line);
    }
    buffer_finish(&page);
}

Test(refusal, every_code_has_a_word_of_its_own_and_a_remedy) {
    for (int i = 0; i < REFUSAL_COUNT; i++) {
        const struct refusal_row *row = refusal_row((enum refusal_code)i);
        cr_assert_not_null(row->word, "code %d", i);
        cr_expect_eq(strspn(row->word, "abcdefghijklmnopqrstuvwxyz_"), strlen(row->word), "%s", row->word);
        cr_expect(i == 0 || *row->remedy, "%s", row->word);
        for (int k = 0; k < i; k++)
            cr_expect_str_neq(row->word, refusal_row((enum refusal_code)k)->word);
    }
    cr_expect_str_eq(refusal_row((enum refusal_code)999)->word, "misfit");
}

Test(refusal, long_and_hostile_text_is_shown_short_and_whole) {
    struct arena *arena = arena_create();
    char text[4096];
    for (size_t i = 0; i + 3 < sizeof text; i += 3)
        memcpy(text + i, "县", 3);
    const char *short_one = shown(arena, (struct slice){text, sizeof text - sizeof text % 3});
    cr_expect_eq(text_chars(short_one, strlen(short_one)), 41, "40 and the dots");
    const char *said = say(arena, "%s%.*s", "原因：", (int)(sizeof text - sizeof text % 3), text);
    cr_expect(text_is_utf8(said, strlen(said), NULL));
    cr_expect_lt(strlen(said), 720);
    cr_expect_str_eq(shown(arena, (struct slice){"a\nb\tc", 5}), "a b c");
    arena_destroy(&arena);
}
