#include "proto/event.h"

#include "tests/unit/proto/samples.h"

Test(event, golden_vectors) {
    const struct sample *all = samples();
    for (size_t i = 0; i < SAMPLES; i++) {
        struct vector v = vector_of("events.json", all[i].name);
        expect_bytes(all[i].name, all[i].event_bytes, all[i].len, &v);
    }
}

Test(event, decodes_to_what_was_encoded) {
    const struct sample *all = samples();
    for (size_t i = 0; i < SAMPLES; i++) {
        const struct event *a = &all[i].event;
        struct event b;
        unsigned field = 99;
        uint8_t again[2048];
        size_t len = 0;
        cr_assert_eq(event_decode(all[i].event_bytes, all[i].len, &b, &field), PROTO_OK, "%s %u", all[i].name, field);
        cr_expect_eq(a->kind, b.kind);
        cr_expect(slice_equal(a->target, b.target) && slice_equal(a->area, b.area) && slice_equal(a->note, b.note));
        cr_expect(slice_equal(a->doubts, b.doubts) && slice_equal(a->more, b.more), "%s", all[i].name);
        cr_expect_eq(a->as_of.n, b.as_of.n);
        cr_expect_eq(a->figure.form, b.figure.form);
        cr_expect_eq(decimal_compare(a->figure.value, b.figure.value), 0);
        cr_assert_eq(event_encode(&b, again, sizeof again, &len), PROTO_OK);
        cr_expect(len == all[i].len && memcmp(again, all[i].event_bytes, len) == 0, "%s", all[i].name);
    }
}

Test(event, a_buffer_too_small_is_refused_and_never_passed) {
    const struct sample *p = sample_of("receipt");
    for (size_t cap = 0; cap < p->len; cap++) {
        uint8_t *out = malloc(cap ? cap : 1);
        size_t len = 0;
        cr_expect_eq(event_encode(&p->event, out, cap, &len), PROTO_NO_SPACE);
        free(out);
    }
}

Test(event, every_prefix_is_truncated_and_every_tail_trailing) {
    const struct sample *all = samples();
    for (size_t i = 0; i < SAMPLES; i++) {
        struct event out;
        unsigned field;
        for (size_t len = 0; len < all[i].len; len++) {
            uint8_t *exact = malloc(len ? len : 1);
            memcpy(exact, all[i].event_bytes, len);
            cr_expect_neq(event_decode(exact, len, &out, &field), PROTO_OK, "%s %zu", all[i].name, len);
            free(exact);
        }
        uint8_t longer[2049];
        memcpy(longer, all[i].event_bytes, all[i].len);
        longer[all[i].len] = 0xc0;
        cr_expect_eq(event_decode(longer, all[i].len + 1, &out, &field), PROTO_TRAILING);
    }
}

/* Replaces `old` (hex) in the bytes of a sample by `new`, decodes. */
static void expect_changed(const char *sample, const char *old, const char *new, enum proto_code want,
                           const char *want_field) {
    uint8_t bytes[4096];
    size_t len = sample_changed(sample, old, new, bytes, sizeof bytes);
    struct event out;
    unsigned field = 99;
    enum proto_code got = event_decode(bytes, len, &out, &field);
    cr_expect_eq(got, want, "%s %s → %s: %s, not %s", sample, old, new, proto_code_name(got), proto_code_name(want));
    cr_expect_str_eq(event_field_name(field), want_field, "%s → %s", old, new);
}

Test(event, the_array_has_15_elements_in_its_short_form) {
    expect_changed("figure", "9f01c4100101", "9e01c4100101", PROTO_SYNTAX, "event");
    expect_changed("figure", "9f01c4100101", "dc000f01c4100101", PROTO_NOT_CANONICAL, "event");
    expect_changed("figure", "9f01c4100101", "dd0000000f01c4100101", PROTO_NOT_CANONICAL, "event");
    expect_changed("figure", "9f01c4100101", "ddff00000001c4100101", PROTO_TRUNCATED, "event");
}

Test(event, longer_forms_than_needed) {
    expect_changed("figure", "01c4100101", "cc01c4100101", PROTO_NOT_CANONICAL, "kind");
    expect_changed("figure", "c4100101", "c500100101", PROTO_NOT_CANONICAL, "uid");
    expect_changed("figure", "a55430362e31", "d9055430362e31", PROTO_NOT_CANONICAL, "target");
    expect_changed("figure", "cd49d4", "ce000049d4", PROTO_NOT_CANONICAL, "as_of");
    expect_changed("figure", "cd49d4", "d149d4", PROTO_NOT_CANONICAL, "as_of"); /* signed form of a positive number */
    expect_changed("figure", "921f00", "921fcc00", PROTO_NOT_CANONICAL, "figure");
    expect_changed("figure", "921f00", "dc00021f00", PROTO_NOT_CANONICAL, "figure");
    expect_changed("figure", "921f00", "92cd013601", PROTO_NOT_CANONICAL, "figure"); /* 31.0 */
    expect_changed("later_kind", "9401fba178", "9401d0fba178", PROTO_NOT_CANONICAL, "more");
}

Test(event, fields_of_another_type_or_range) {
    expect_changed("figure", "c4100101", "a4100101", PROTO_SYNTAX, "uid");
    expect_changed("figure", "921f00", "931f0000", PROTO_SYNTAX, "figure");
    expect_changed("figure", "921f00", "921f0a", PROTO_RANGE, "figure");
    expect_changed("figure", "921f00", "cb4010000000000000", PROTO_SYNTAX, "figure");
    expect_changed("figure", "cd49d4", "ce7fffffff", PROTO_RANGE, "as_of");
    expect_changed("figure", "a55430362e31", "a0", PROTO_RANGE, "target");
    expect_changed("figure", "a55430362e31", "a5543036ff31", PROTO_RANGE, "target");
    expect_changed("figure", "a55430362e31", "a55430360931", PROTO_RANGE, "target"); /* TAB */
    expect_changed("figure", "a55430362e31", "a55430c28531", PROTO_RANGE, "target"); /* U+0085 */
    expect_changed("later_kind", "9401fba178", "8101fba178", PROTO_SYNTAX, "more");
    expect_changed("later_kind", "9401fba178", "94cb0000000000000000fba178", PROTO_SYNTAX, "more");
}

Test(event, a_note_has_200_characters_at_most) {
    struct event e = sample_of("words")->event; /* has 200 */
    char note[604];
    uint8_t out[2048];
    size_t len = 0;
    memcpy(note, e.note.ptr, 600);
    memcpy(note + 600, "x", 2);
    e.note = slice_of(note);
    cr_expect_eq(event_encode(&e, out, sizeof out, &len), PROTO_TOO_LARGE);
}

Test(event, encode_refuses_what_decode_would) {
    struct event e = sample_of("figure")->event;
    uint8_t out[2048];
    size_t len = 0;
    e.figure.value = (struct decimal){310, 1};
    cr_expect_eq(event_encode(&e, out, sizeof out, &len), PROTO_NOT_CANONICAL);
    e = sample_of("figure")->event;
    e.reason = s("一\n二");
    cr_expect_eq(event_encode(&e, out, sizeof out, &len), PROTO_RANGE);
    e = sample_of("figure")->event;
    e.reporter = s(NULL);
    cr_expect_eq(event_encode(&e, out, sizeof out, &len), PROTO_SYNTAX);
    e.kind = 0;
    cr_expect_eq(event_encode(&e, out, sizeof out, &len), PROTO_RANGE);
}

Test(event, survives_any_change_of_bytes) {
    const struct sample *all = samples();
    uint64_t random = 7;
    for (int round = 0; round < 30000; round++) {
        const struct sample *p = &all[round % SAMPLES];
        uint8_t *bytes = malloc(p->len);
        struct event out;
        struct more more;
        unsigned field;
        memcpy(bytes, p->event_bytes, p->len);
        for (int i = 0; i < 3; i++) {
            random = random * 6364136223846793005U + 1442695040888963407U;
            bytes[(random >> 33) % p->len] = (uint8_t)(random >> 24);
        }
        if (event_decode(bytes, p->len, &out, &field) == PROTO_OK) {
            uint8_t again[2048];
            size_t len = 0;
            cr_assert_eq(event_encode(&out, again, sizeof again, &len), PROTO_OK);
            cr_assert(len == p->len && memcmp(again, bytes, len) == 0); /* what is canonical has one form only */
            if (more_decode(out.kind, out.more, &more) == PROTO_OK) cr_assert(more_expected(out.kind));
        }
        free(bytes);
    }
}

Test(event, names) {
    cr_expect_str_eq(event_field_name(5), "as_of");
    cr_expect_str_eq(event_field_name(0), "event");
    cr_expect_str_eq(event_field_name(16), "event");
    cr_expect_str_eq(event_kind_name(EVENT_FREEZE), "freeze");
    cr_expect_str_eq(event_kind_name(99), "kind");
}
