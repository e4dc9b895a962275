#include "services/collector/mark.h"

#include <string.h>

#include "proto/chain.h"
#include "services/collector/structure.h"

void mark_of(const struct paper *paper, bool refused, uint8_t out[SOURCE_HASH_BYTES]) {
    bool period = paper->mapping->as_of == AS_OF_PERIOD;
    struct day day = period ? structure_open_period(paper) : (struct day){0};
    uint8_t bytes[5 + SOURCE_HASH_BYTES] = {refused ? 'r' : 't'};
    memcpy(out, paper->hash, SOURCE_HASH_BYTES);
    if (!refused && !period) return;
    for (size_t i = 0; i < 4; i++)
        bytes[1 + i] = (uint8_t)((uint32_t)day.n >> (8 * i));
    memcpy(bytes + 5, paper->hash, SOURCE_HASH_BYTES);
    struct chain_hash hash = chain_digest(bytes, sizeof bytes);
    memcpy(out, hash.bytes, SOURCE_HASH_BYTES);
}

enum error_code mark_find(struct spool *spool, const struct paper *paper, struct source_file *out, struct error *err) {
    uint8_t mark[SOURCE_HASH_BYTES];
    mark_of(paper, false, mark);
    return sources_file_find(spool, paper->source, mark, out, err);
}

enum error_code mark_refused_before(struct spool *spool, const struct paper *paper, bool *before, struct error *err) {
    uint8_t mark[SOURCE_HASH_BYTES];
    struct source_file known;
    mark_of(paper, true, mark);
    enum error_code code = sources_file_find(spool, paper->source, mark, &known, err);
    *before = !code && known.found;
    return code;
}
