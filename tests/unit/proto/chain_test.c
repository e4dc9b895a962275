#include "proto/chain.h"

#include "tests/unit/proto/samples.h"

static struct epoch epoch_of(const char *hex) {
    struct epoch epoch;
    cr_assert_eq(unhex(hex, epoch.bytes, sizeof epoch.bytes), EPOCH_BYTES);
    return epoch;
}

Test(chain, golden_vectors) {
    struct epoch first = epoch_of("00112233445566778899aabbccddeeff");
    struct epoch second = epoch_of("ffffffffffffffffffffffffffffffff");
    struct vector v = vector_of("chain.json", "empty");
    struct chain_hash head = chain_start(slice_of("zhaohua"), &first, NULL);
    expect_bytes("empty", head.bytes, sizeof head.bytes, &v);
    static const char *const names[] = {"figure", "correction", "receipt"};
    for (size_t i = 0; i < 3; i++) {
        const struct sample *p = sample_of(names[i]);
        head = chain_append(&head, p->event_bytes, p->len);
    }
    v = vector_of("chain.json", "three");
    expect_bytes("three", head.bytes, sizeof head.bytes, &v);
    struct chain_hash old;
    memset(old.bytes, 0x5a, sizeof old.bytes);
    head = chain_start(slice_of("zhaohua"), &second, &old);
    const struct sample *p = sample_of("figure");
    struct chain_hash digest = chain_digest(p->event_bytes, p->len);
    head = chain_next(&head, &digest);
    v = vector_of("chain.json", "reopened");
    expect_bytes("reopened", head.bytes, sizeof head.bytes, &v);
}

Test(chain, stream_names) {
    cr_expect(chain_stream_name_valid(slice_of("zhaohua-2")));
    cr_expect(chain_stream_name_valid(slice_of("abcdefghijklmnopqrstuvwxyz012345")));
    static const char *const bad[] = {"", "Zhaohua", "a_b", "a b", "昭化", "abcdefghijklmnopqrstuvwxyz0123456"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_expect_not(chain_stream_name_valid(slice_of(bad[i])), "%s", bad[i]);
    cr_expect_not(chain_stream_name_valid((struct slice){NULL, 0}));
}
