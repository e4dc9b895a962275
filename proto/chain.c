#include "proto/chain.h"

#include <sodium/crypto_generichash_blake2b.h>

#include "proto/pack.h"

static struct chain_hash hash(const void *bytes, size_t len) {
    struct chain_hash out;
    /* Fails only for impossible lengths of key and output. */
    (void)crypto_generichash_blake2b(out.bytes, CHAIN_HASH_BYTES, bytes, len, NULL, 0);
    return out;
}

bool chain_stream_name_valid(struct slice name) {
    if (!name.ptr || name.len < 1 || name.len > STREAM_NAME_MAX) return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-') return false;
    }
    return true;
}

struct chain_hash chain_start(struct slice stream, const struct epoch *epoch, const struct chain_hash *old_head) {
    static const char mark[] = "duban1";
    uint8_t bytes[128];
    struct pack pack = pack_into(bytes, sizeof bytes);
    pack_raw(&pack, mark, sizeof mark - 1);
    pack_array(&pack, 3);
    pack_text(&pack, stream);
    pack_bin(&pack, epoch->bytes, EPOCH_BYTES);
    if (old_head)
        pack_bin(&pack, old_head->bytes, CHAIN_HASH_BYTES);
    else
        pack_nil(&pack);
    return hash(bytes, pack.full ? 0 : pack.len);
}

struct chain_hash chain_digest(const uint8_t *event, size_t len) {
    return hash(event, len);
}

struct chain_hash chain_digest_of(size_t (*next)(void *context, uint8_t *room, size_t cap), void *context) {
    struct chain_hash out;
    uint8_t room[8192];
    crypto_generichash_blake2b_state state;
    (void)crypto_generichash_blake2b_init(&state, NULL, 0, CHAIN_HASH_BYTES);
    for (size_t len; (len = next(context, room, sizeof room)) != 0;)
        (void)crypto_generichash_blake2b_update(&state, room, len);
    (void)crypto_generichash_blake2b_final(&state, out.bytes, CHAIN_HASH_BYTES);
    return out;
}

struct chain_hash chain_next(const struct chain_hash *before, const struct chain_hash *digest) {
    uint8_t bytes[2 * CHAIN_HASH_BYTES];
    memcpy(bytes, before->bytes, CHAIN_HASH_BYTES);
    memcpy(bytes + CHAIN_HASH_BYTES, digest->bytes, CHAIN_HASH_BYTES);
    return hash(bytes, sizeof bytes);
}

struct chain_hash chain_append(const struct chain_hash *before, const uint8_t *event, size_t len) {
    struct chain_hash digest = chain_digest(event, len);
    return chain_next(before, &digest);
}
