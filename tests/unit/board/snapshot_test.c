/* Renderings and the store: tags, shared bytes, publications in one step, what is dropped. */
#include <criterion/criterion.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "services/board/snapshot.h"

static void begin(void) {
    cr_assert_geq(sodium_init(), 0);
}
TestSuite(snapshot, .init = begin);

static struct rendering *rendering_of(const char *text) {
    struct rendering *rendering = rendering_create(text, strlen(text));
    cr_assert_not_null(rendering);
    return rendering;
}

Test(snapshot, a_tag_is_of_the_bytes) {
    struct rendering *one = rendering_of("{\"a\":1}"), *same = rendering_of("{\"a\":1}"), *other = rendering_of("{\"a\":2}");
    cr_expect_eq(strlen(one->tag), 34);
    cr_expect(one->tag[0] == '"' && one->tag[33] == '"');
    cr_expect_str_eq(one->tag, same->tag);
    cr_expect_str_neq(one->tag, other->tag);
    rendering_drop(&one);
    rendering_drop(&same);
    rendering_drop(&other);
    cr_expect_null(one);
}

Test(snapshot, gzip_is_kept_where_it_is_shorter) {
    static char text[4001];
    memset(text, 'a', 4000);
    struct rendering *rendering = rendering_of(text), *tiny = rendering_of("{}");
    char back[4096];
    cr_assert_not_null(rendering->gzip);
    cr_expect_lt(rendering->gzip->len, 100);
    z_stream stream = {.next_in = (unsigned char *)rendering->gzip->bytes,
                       .avail_in = (unsigned)rendering->gzip->len,
                       .next_out = (unsigned char *)back,
                       .avail_out = sizeof back};
    cr_assert_eq(inflateInit2(&stream, 16 + MAX_WBITS), Z_OK);
    cr_expect_eq(inflate(&stream, Z_FINISH), Z_STREAM_END);
    cr_expect_eq(stream.total_out, 4000);
    cr_expect_eq(memcmp(back, text, 4000), 0);
    inflateEnd(&stream);
    cr_expect_null(tiny->gzip);
    rendering_drop(&rendering);
    rendering_drop(&tiny);
}

static unsigned released;
static void release(void *answer) {
    (void)answer;
    released++;
}

Test(snapshot, ready_answers_go_with_the_last_holder) {
    int answer;
    struct rendering *rendering = rendering_of("{}"), *second = rendering_hold(rendering);
    rendering->answers[1] = &answer;
    rendering->release = release;
    rendering_drop(&rendering);
    cr_expect_eq(released, 0);
    rendering_drop(&second);
    cr_expect_eq(released, 1);
}

static struct store store;

/* key=text … published at once. */
static struct publication publish(const char *const *pairs, size_t count, bool always, int64_t now) {
    struct publication publication = {0};
    for (size_t i = 0; i < count; i++) publication_add(&publication, pairs[2 * i], rendering_of(pairs[2 * i + 1]), always);
    cr_assert_not(publication.failed);
    store_publish(&store, &publication, (struct tick){now});
    return publication;
}

static void expect_found(const char *key, const char *text, int64_t now) {
    struct rendering *found = store_find(&store, key, (struct tick){now});
    if (!text) cr_expect_null(found, "%s", key);
    else cr_assert(found && strcmp(found->plain->bytes, text) == 0, "%s", key);
    rendering_drop(&found);
}

Test(snapshot, only_what_differs_counts_as_changed) {
    static const char *const first[] = {"b", "1", "a", "2", "c", "3"};
    static const char *const second[] = {"a", "2", "b", "9"};
    store_init(&store);
    struct publication publication = publish(first, 3, false, 0);
    for (size_t i = 0; i < 3; i++) cr_expect(publication.items[i].changed);
    publication_finish(&publication);
    struct rendering *held = store_find(&store, "b", (struct tick){0}), *kept = store_find(&store, "a", (struct tick){0});
    publication = publish(second, 2, false, 0);
    cr_expect_not(publication.items[0].changed);
    cr_expect(publication.items[1].changed);
    publication_finish(&publication);
    cr_expect_str_eq(held->plain->bytes, "1", "who holds the old one keeps it");
    struct rendering *again = store_find(&store, "a", (struct tick){0});
    cr_expect_eq(again, kept, "equal bytes keep the rendering and its answers");
    rendering_drop(&again);
    rendering_drop(&held);
    rendering_drop(&kept);
    expect_found("b", "9", 0);
    expect_found("c", "3", 0);
    expect_found("d", NULL, 0);
    store_finish(&store);
}

Test(snapshot, what_nobody_asks_for_is_dropped) {
    static const char *const pairs[] = {"used", "1", "unused", "2"}, *const always[] = {"overview", "3"};
    store_init(&store);
    struct publication publication = publish(pairs, 2, false, 1000);
    publication_finish(&publication);
    publication = publish(always, 1, true, 1000);
    publication_finish(&publication);
    expect_found("used", "1", 5000);
    cr_expect(store_keep(&store, "used", (struct tick){4000}));
    cr_expect_not(store_keep(&store, "unused", (struct tick){4000}));
    cr_expect(store_keep(&store, "overview", (struct tick){4000}));
    cr_expect_not(store_keep(&store, "never", (struct tick){0}));
    expect_found("unused", NULL, 5000);
    cr_expect_eq(store_count(&store), 2);
    store_finish(&store);
}

Test(snapshot, a_full_store_drops_the_one_longest_not_asked_for) {
    store_init(&store);
    for (int i = 0; i < STORE_MAX; i++) {
        char key[16];
        snprintf(key, sizeof key, "%06d", i);
        const char *pair[] = {key, "x"};
        struct publication publication = publish(pair, 1, i == 0, i);
        publication_finish(&publication);
    }
    expect_found("000001", "x", STORE_MAX);
    static const char *const more[] = {"more", "y"};
    struct publication publication = publish(more, 1, false, STORE_MAX);
    publication_finish(&publication);
    cr_expect_eq(store_count(&store), STORE_MAX);
    expect_found("000000", "x", STORE_MAX);
    expect_found("000001", "x", STORE_MAX);
    expect_found("000002", NULL, STORE_MAX);
    expect_found("more", "y", STORE_MAX);
    store_finish(&store);
}

/* When it was read moves with every reading; a page that says the same keeps its tag, and nobody is told. */
Test(store, a_moved_head_alone_is_no_change) {
    struct store pages;
    struct publication publication = {0};
    static const char first[] = "{\"change\":1,\"a\":1}", second[] = "{\"change\":2,\"a\":1}", third[] = "{\"change\":3,\"a\":2}";
    static const char *const texts[] = {first, second, third};
    static const bool changed[] = {true, false, true};
    enum { HEAD = sizeof "{\"change\":1" - 1 };
    char tag[TAG_MAX] = "";
    store_init(&pages);
    for (size_t i = 0; i < 3; i++) {
        struct rendering *made = rendering_create_headed(texts[i], strlen(texts[i]), HEAD);
        cr_assert(made);
        publication_add(&publication, "k", made, true);
        store_publish(&pages, &publication, (struct tick){(int64_t)i});
        cr_expect_eq(publication.items[0].changed, changed[i], "%zu", i);
        publication_finish(&publication);
        struct rendering *kept = store_find(&pages, "k", (struct tick){9});
        if (i == 1) cr_expect_str_eq(kept->tag, tag);
        memcpy(tag, kept->tag, sizeof tag);
        rendering_drop(&kept);
    }
    store_finish(&pages);
}
