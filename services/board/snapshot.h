/* Documents ready to be sent, and the store of those that are kept up to date. A rendering never changes and lives as
 * long as anybody holds it: its bytes, the same as gzip, its strong tag, and the answers http made of it. The store maps
 * keys (scope and name) to renderings; what a change touched is published in one step, so that no reader sees a half.
 * All of it may be used from any thread; nothing waits for more than the store's own lock. */
#ifndef DUBAN_BOARD_SNAPSHOT_H
#define DUBAN_BOARD_SNAPSHOT_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/base/clock.h"
#include "common/base/error.h"

struct blob { /* shared bytes */
    atomic_uint holders;
    size_t len;
    char bytes[];
};
/* gives: one holder. NULL without memory. */
struct blob *blob_create(const void *bytes, size_t len);
struct blob *blob_hold(struct blob *blob); /* one holder more; gives it back */
void blob_drop(struct blob **blob);        /* accepts NULL */

enum { TAG_MAX = 36, RENDERING_ANSWERS = 3 };
struct rendering {
    atomic_uint holders;
    struct blob *plain, *gzip; /* gzip NULL: no shorter */
    char tag[TAG_MAX];         /* "\"32 hex digits\"" */
    char content[TAG_MAX];     /* the same of what it says, without the head that moves with every reading */
    /* Ready answers, made and used by the HTTP thread alone; released with the rendering. */
    void *answers[RENDERING_ANSWERS];
    void (*release)(void *answer);
};
/* Takes the text's meaning, not its memory. gives: one holder. NULL without memory. */
struct rendering *rendering_create(const char *text, size_t len);
/* The same of a document whose first `head` bytes say when it was made and are no change by themselves. */
struct rendering *rendering_create_headed(const char *text, size_t len, size_t head);
struct rendering *rendering_hold(struct rendering *rendering);
void rendering_drop(struct rendering **rendering); /* accepts NULL */

/* --- the store --- */

enum { STORE_MAX = 2048 }; /* keys; the one longest not asked for makes room */

struct store {
    pthread_mutex_t lock;
    struct store_slot {
        char *key;
        struct rendering *rendering;
        struct tick asked; /* last */
        bool always;       /* kept up to date whether asked for or not */
    } * slots; /* by key */
    size_t count, capacity;
};
void store_init(struct store *store);
void store_finish(struct store *store);
/* What stands under the key, held for the caller (NULL = nothing yet); remembers that it was asked for. */
struct rendering *store_find(struct store *store, const char *key, struct tick now);

/* A publication: collect what was made, then publish all of it at once. */
struct publication {
    struct published {
        char *key;
        struct rendering *rendering; /* held */
        char tag[TAG_MAX];
        bool always;
        bool changed; /* filled in by store_publish: its content differs from what stood there, or nothing did */
    } * items;
    size_t count, capacity;
    bool failed; /* out of memory: sticks */
};
/* Takes the caller's hold of rendering. */
void publication_add(struct publication *publication, const char *key, struct rendering *rendering, bool always);
/* Equal content keeps the old rendering (and its ready answers). New keys count as asked for at now. */
void store_publish(struct store *store, struct publication *publication, struct tick now);
void publication_finish(struct publication *publication);

/* Whether what stands under the key is still wanted: always kept, or asked for since then. If not, it is dropped. */
bool store_keep(struct store *store, const char *key, struct tick since);
size_t store_count(struct store *store);

#endif
