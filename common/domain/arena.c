#include "common/domain/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/buffer.h"
#include "common/base/cleanup.h"
#include "common/base/text.h"

enum { BLOCK_BYTES = 64 * 1024 };

struct block {
    struct block *next;
    size_t used, size;
    max_align_t bytes[];
};
struct arena {
    struct block *blocks;
    bool failed;
};

struct arena *arena_create(void) {
    return calloc(1, sizeof(struct arena));
}

void arena_destroy(struct arena **arena) {
    if (!*arena) return;
    for (struct block *block = (*arena)->blocks, *next; block; block = next) {
        next = block->next;
        free(block);
    }
    free(*arena);
    *arena = NULL;
}

bool arena_failed(const struct arena *arena) {
    return arena->failed;
}

static struct block *block_with(struct arena *arena, size_t bytes) {
    struct block *block = arena->blocks;
    if (block && block->size - block->used >= bytes) return block;
    size_t size = bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES;
    if (size > SIZE_MAX - sizeof *block || !(block = calloc(1, sizeof *block + size))) {
        arena->failed = true;
        return NULL;
    }
    block->size = size;
    block->next = arena->blocks;
    arena->blocks = block;
    return block;
}

void *arena_array(struct arena *arena, size_t count, size_t size) {
    size_t bytes, unit = sizeof(max_align_t);
    if (__builtin_mul_overflow(count ? count : 1, size ? size : 1, &bytes) || bytes > SIZE_MAX / 2) {
        arena->failed = true;
        return NULL;
    }
    bytes = (bytes + unit - 1) / unit * unit;
    struct block *block = block_with(arena, bytes);
    if (!block) return NULL;
    void *place = (char *)block->bytes + block->used;
    block->used += bytes;
    return place;
}

const char *arena_text(struct arena *arena, const char *text, size_t len) {
    CLEAN(buffer_finish) struct buffer normal = {0};
    if (!text_is_nfc(text, len) && text_nfc(text, len, &normal)) {
        text = buffer_text(&normal);
        len = normal.len;
    }
    char *copy = arena_array(arena, len + 1, 1);
    if (!copy) return "";
    memcpy(copy, text, len);
    return copy;
}

const char *arena_copy(struct arena *arena, const char *text) {
    return text ? arena_text(arena, text, strlen(text)) : NULL;
}
