/* The ring of changes: who missed what, who must begin anew, and nothing of another scope. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "services/board/stream.h"

static struct stream_ring ring;

static int64_t change(int64_t number, const char *scope, const char *resource, const char *tag) {
    struct stream_draft draft = {0};
    stream_draft_add(&draft, scope, resource, tag);
    return stream_ring_add(&ring, number, &draft);
}

static void expect_next(struct stream_place *place, const char *scope, const char *text) {
    struct blob *next = stream_next(&ring, scope, place);
    if (!text) cr_expect_null(next, "%s", next ? next->bytes : "");
    else cr_assert(next && strcmp(next->bytes, text) == 0, "%s", next ? next->bytes : "(nothing)");
    blob_drop(&next);
}

Test(stream, a_change_names_resources_and_tags_and_no_figure) {
    struct stream_draft draft = {0};
    stream_ring_init(&ring, 0);
    struct stream_place place = stream_begin(&ring, NULL);
    stream_draft_add(&draft, "office", "overview", "\"aa\"");
    stream_draft_add(&draft, "area:510823", "areas/510823", "\"bb\"");
    stream_draft_add(&draft, "office", "units/市教育局", "\"cc\"");
    cr_expect_eq(stream_ring_add(&ring, 7, &draft), 7);
    struct stream_place other = place, third = place;
    expect_next(&place, "office",
                "id: 7\nevent: changed\ndata: {\"change\":7,\"resources\":{\"overview\":\"\\\"aa\\\"\",\"units/市教育局\":\"\\\"cc\\\"\"}}\n\n");
    expect_next(&place, "office", NULL);
    expect_next(&other, "area:510823",
                "id: 7\nevent: changed\ndata: {\"change\":7,\"resources\":{\"areas/510823\":\"\\\"bb\\\"\"}}\n\n");
    expect_next(&third, "viewer", NULL);
    stream_ring_finish(&ring);
}

Test(stream, ids_only_grow) {
    stream_ring_init(&ring, 40);
    cr_expect_eq(change(41, "office", "a", "1"), 41);
    cr_expect_eq(change(41, "office", "a", "2"), 42, "what time alone changed has a number of its own");
    cr_expect_eq(change(42, "office", "a", "3"), 43);
    cr_expect_eq(change(60, "office", "a", "4"), 60);
    struct stream_draft nothing = {0};
    cr_expect_eq(stream_ring_add(&ring, 61, &nothing), 60);
    stream_ring_finish(&ring);
}

Test(stream, who_comes_back_gets_what_was_missed) {
    stream_ring_init(&ring, 10);
    change(11, "office", "a", "1");
    change(12, "office", "b", "2");
    change(13, "office", "c", "3");
    struct stream_place place = stream_begin(&ring, "11");
    expect_next(&place, "office", "id: 12\nevent: changed\ndata: {\"change\":12,\"resources\":{\"b\":\"2\"}}\n\n");
    expect_next(&place, "office", "id: 13\nevent: changed\ndata: {\"change\":13,\"resources\":{\"c\":\"3\"}}\n\n");
    expect_next(&place, "office", NULL);
    place = stream_begin(&ring, "10");
    expect_next(&place, "office", "id: 11\nevent: changed\ndata: {\"change\":11,\"resources\":{\"a\":\"1\"}}\n\n");
    place = stream_begin(&ring, "13");
    expect_next(&place, "office", NULL);
    stream_ring_finish(&ring);
}

Test(stream, who_missed_too_much_begins_anew) {
    static const char *const strange[] = {"9", "14", "-1", "x", "99999999999999999999", "1 1"};
    stream_ring_init(&ring, 10);
    change(11, "office", "a", "1");
    change(12, "office", "a", "2");
    for (size_t i = 0; i < sizeof strange / sizeof *strange; i++) {
        struct stream_place place = stream_begin(&ring, strange[i]);
        expect_next(&place, "office", "id: 12\nevent: reset\ndata: {\"change\":12}\n\n");
        expect_next(&place, "office", NULL);
    }
    stream_ring_finish(&ring);
}

Test(stream, the_ring_holds_so_many_and_no_more) {
    stream_ring_init(&ring, 0);
    for (int i = 1; i <= STREAM_RING; i++) change(i, "office", "a", "1");
    struct stream_place all = stream_begin(&ring, "0"), slow = stream_begin(&ring, "1");
    expect_next(&all, "office", "id: 1\nevent: changed\ndata: {\"change\":1,\"resources\":{\"a\":\"1\"}}\n\n");
    change(STREAM_RING + 1, "office", "a", "2");
    change(STREAM_RING + 2, "office", "a", "3");
    struct stream_place lost = stream_begin(&ring, "1");
    expect_next(&lost, "office", "id: 1026\nevent: reset\ndata: {\"change\":1026}\n\n");
    expect_next(&slow, "office", "id: 1026\nevent: reset\ndata: {\"change\":1026}\n\n");
    struct stream_place just = stream_begin(&ring, "2");
    expect_next(&just, "office", "id: 3\nevent: changed\ndata: {\"change\":3,\"resources\":{\"a\":\"1\"}}\n\n");
    stream_ring_finish(&ring);
}

Test(stream, a_change_that_could_not_be_kept_is_missed_by_all) {
    stream_ring_init(&ring, 0);
    change(1, "office", "a", "1");
    struct stream_place place = stream_begin(&ring, "1");
    struct stream_draft draft = {.failed = true};
    cr_expect_eq(stream_ring_add(&ring, 2, &draft), 2);
    expect_next(&place, "office", "id: 2\nevent: reset\ndata: {\"change\":2}\n\n");
    stream_ring_finish(&ring);
}
