#include "services/board/snapshot.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* --- bytes --- */

struct blob *blob_create(const void *bytes, size_t len) {
    struct blob *blob = malloc(sizeof *blob + len + 1);
    if (!blob) return NULL;
    atomic_init(&blob->holders, 1);
    blob->len = len;
    if (len) memcpy(blob->bytes, bytes, len);
    blob->bytes[len] = '\0';
    return blob;
}

struct blob *blob_hold(struct blob *blob) {
    atomic_fetch_add_explicit(&blob->holders, 1, memory_order_relaxed);
    return blob;
}

void blob_drop(struct blob **blob) {
    if (*blob && atomic_fetch_sub_explicit(&(*blob)->holders, 1, memory_order_acq_rel) == 1) free(*blob);
    *blob = NULL;
}

/* --- renderings --- */

static struct blob *compress_blob(const char *text, size_t len) {
    z_stream stream = {0};
    const int gzip = 16 + MAX_WBITS;
    if (len > UINT32_MAX || deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, gzip, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        return NULL;
    uLong room = deflateBound(&stream, (uLong)len);
    unsigned char *out = malloc(room);
    struct blob *blob = NULL;
    stream.next_in = (z_const Bytef *)(uintptr_t)text;
    stream.avail_in = (uInt)len;
    stream.next_out = out;
    stream.avail_out = (uInt)room;
    if (out && deflate(&stream, Z_FINISH) == Z_STREAM_END && stream.total_out < len)
        blob = blob_create(out, stream.total_out);
    (void)deflateEnd(&stream);
    free(out);
    return blob;
}

static void print_tag(const char *text, size_t len, char out[TAG_MAX]) {
    unsigned char hash[crypto_generichash_BYTES_MIN];
    char hex[2 * sizeof hash + 1];
    (void)crypto_generichash(hash, sizeof hash, (const unsigned char *)text, len, NULL, 0);
    snprintf(out, TAG_MAX, "\"%s\"", sodium_bin2hex(hex, sizeof hex, hash, sizeof hash));
}

struct rendering *rendering_create(const char *text, size_t len) {
    return rendering_create_headed(text, len, 0);
}

struct rendering *rendering_create_headed(const char *text, size_t len, size_t head) {
    struct rendering *rendering = calloc(1, sizeof *rendering);
    if (!rendering) return NULL;
    atomic_init(&rendering->holders, 1);
    rendering->plain = blob_create(text, len);
    if (!rendering->plain) {
        rendering_drop(&rendering);
        return NULL;
    }
    rendering->gzip = compress_blob(text, len);
    print_tag(text, len, rendering->tag);
    print_tag(text + head, len - head, rendering->content);
    return rendering;
}

struct rendering *rendering_hold(struct rendering *rendering) {
    atomic_fetch_add_explicit(&rendering->holders, 1, memory_order_relaxed);
    return rendering;
}

void rendering_drop(struct rendering **slot) {
    struct rendering *rendering = *slot;
    *slot = NULL;
    if (!rendering || atomic_fetch_sub_explicit(&rendering->holders, 1, memory_order_acq_rel) != 1) return;
    for (size_t i = 0; i < RENDERING_ANSWERS; i++)
        if (rendering->answers[i]) rendering->release(rendering->answers[i]);
    blob_drop(&rendering->plain);
    blob_drop(&rendering->gzip);
    free(rendering);
}

/* --- the store --- */

void store_init(struct store *store) {
    *store = (struct store){.lock = PTHREAD_MUTEX_INITIALIZER};
}

static void slot_finish(struct store_slot *slot) {
    free(slot->key);
    rendering_drop(&slot->rendering);
}

void store_finish(struct store *store) {
    for (size_t i = 0; i < store->count; i++) slot_finish(&store->slots[i]);
    free(store->slots);
    store->slots = NULL;
    store->count = store->capacity = 0;
}

/* The place of the key, or where it would be. */
static bool find_slot(const struct store *store, const char *key, size_t *place) {
    size_t low = 0, high = store->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(store->slots[middle].key, key);
        if (order == 0) {
            *place = middle;
            return true;
        }
        if (order < 0) low = middle + 1;
        else high = middle;
    }
    *place = low;
    return false;
}

struct rendering *store_find(struct store *store, const char *key, struct tick now) {
    struct rendering *found = NULL;
    size_t place;
    pthread_mutex_lock(&store->lock);
    if (find_slot(store, key, &place)) {
        store->slots[place].asked = now;
        found = rendering_hold(store->slots[place].rendering);
    }
    pthread_mutex_unlock(&store->lock);
    return found;
}

size_t store_count(struct store *store) {
    pthread_mutex_lock(&store->lock);
    size_t count = store->count;
    pthread_mutex_unlock(&store->lock);
    return count;
}

/* --- publications --- */

void publication_add(struct publication *publication, const char *key, struct rendering *rendering, bool always) {
    char *name = strdup(key);
    if (publication->count == publication->capacity) {
        size_t capacity = publication->capacity ? 2 * publication->capacity : 16;
        struct published *items = reallocarray(publication->items, capacity, sizeof *items);
        if (items) {
            publication->items = items;
            publication->capacity = capacity;
        }
    }
    if (!name || !rendering || publication->count == publication->capacity) {
        free(name);
        rendering_drop(&rendering);
        publication->failed = true;
        return;
    }
    struct published *item = &publication->items[publication->count++];
    *item = (struct published){.key = name, .rendering = rendering, .always = always};
    memcpy(item->tag, rendering->tag, sizeof item->tag);
}

void publication_finish(struct publication *publication) {
    for (size_t i = 0; i < publication->count; i++) {
        free(publication->items[i].key);
        rendering_drop(&publication->items[i].rendering);
    }
    free(publication->items);
    *publication = (struct publication){0};
}

static void remove_slot(struct store *store, size_t place) {
    slot_finish(&store->slots[place]);
    memmove(&store->slots[place], &store->slots[place + 1], (store->count - place - 1) * sizeof *store->slots);
    store->count--;
}

static void make_room(struct store *store) {
    size_t oldest = SIZE_MAX;
    for (size_t i = 0; i < store->count; i++)
        if (!store->slots[i].always && (oldest == SIZE_MAX || store->slots[i].asked.ms < store->slots[oldest].asked.ms))
            oldest = i;
    if (oldest != SIZE_MAX) remove_slot(store, oldest);
}

static bool insert_slot(struct store *store, const char *key, struct rendering *rendering, bool always,
                        struct tick now) {
    size_t place;
    if (store->count == STORE_MAX) make_room(store);
    if (store->count == store->capacity) {
        size_t capacity = store->capacity ? 2 * store->capacity : 64;
        struct store_slot *slots = reallocarray(store->slots, capacity, sizeof *slots);
        if (!slots) return false;
        store->slots = slots;
        store->capacity = capacity;
    }
    char *name = strdup(key);
    if (!name || store->count >= STORE_MAX) {
        free(name);
        return false;
    }
    (void)find_slot(store, key, &place);
    memmove(&store->slots[place + 1], &store->slots[place], (store->count - place) * sizeof *store->slots);
    store->slots[place] = (struct store_slot){name, rendering_hold(rendering), now, always};
    store->count++;
    return true;
}

void store_publish(struct store *store, struct publication *publication, struct tick now) {
    pthread_mutex_lock(&store->lock);
    for (size_t i = 0; i < publication->count; i++) {
        struct published *item = &publication->items[i];
        size_t place;
        if (!find_slot(store, item->key, &place)) {
            item->changed = insert_slot(store, item->key, item->rendering, item->always, now);
            continue;
        }
        struct store_slot *slot = &store->slots[place];
        slot->always = slot->always || item->always;
        item->changed = strcmp(slot->rendering->content, item->rendering->content) != 0;
        if (!item->changed) continue;
        struct rendering *old = slot->rendering;
        slot->rendering = item->rendering;
        item->rendering = old; /* dropped with the publication, outside the lock */
    }
    pthread_mutex_unlock(&store->lock);
}

bool store_keep(struct store *store, const char *key, struct tick since) {
    size_t place;
    pthread_mutex_lock(&store->lock);
    bool keep = find_slot(store, key, &place);
    if (keep && !store->slots[place].always && store->slots[place].asked.ms < since.ms) {
        remove_slot(store, place);
        keep = false;
    }
    pthread_mutex_unlock(&store->lock);
    return keep;
}
