/* The hash chain of one stream and epoch, BLAKE2b-256 throughout (libsodium):
 *   d(n) = H(canonical bytes of event n)      h(n) = H(h(n-1) ‖ d(n))
 *   h(0) = H("duban1" ‖ msgpack[stream, epoch, old epoch's head or nil])
 * Over digests, so that an event may later be withheld by giving its 32 bytes, and the chain still proves the rest.
 * Pure; no function blocks or allocates. */
#ifndef DUBAN_PROTO_CHAIN_H
#define DUBAN_PROTO_CHAIN_H

#include "proto/event.h"

enum { CHAIN_HASH_BYTES = 32, EPOCH_BYTES = 16, STREAM_NAME_MAX = 32 };

struct chain_hash {
    uint8_t bytes[CHAIN_HASH_BYTES];
};
struct epoch {
    uint8_t bytes[EPOCH_BYTES];
};

/* [a-z0-9-]{1,32}: the only names a stream may have. */
bool chain_stream_name_valid(struct slice name);

/* h(0). old_head NULL = the stream's first epoch. The name must be valid. */
struct chain_hash chain_start(struct slice stream, const struct epoch *epoch, const struct chain_hash *old_head);
/* d(n). */
struct chain_hash chain_digest(const uint8_t *event, size_t len);
/* The same of what next gives piece by piece (0 = the end), for files that are not held whole. */
struct chain_hash chain_digest_of(size_t (*next)(void *context, uint8_t *room, size_t cap), void *context);
/* h(n) from h(n-1) and d(n). */
struct chain_hash chain_next(const struct chain_hash *before, const struct chain_hash *digest);
/* h(n) from h(n-1) and the event's bytes. */
struct chain_hash chain_append(const struct chain_hash *before, const uint8_t *event, size_t len);

static inline bool chain_equal(const struct chain_hash *a, const struct chain_hash *b) {
    return memcmp(a->bytes, b->bytes, CHAIN_HASH_BYTES) == 0;
}
static inline bool epoch_equal(const struct epoch *a, const struct epoch *b) {
    return memcmp(a->bytes, b->bytes, EPOCH_BYTES) == 0;
}

#endif
