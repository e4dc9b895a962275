#include "services/board/stream.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/text.h"

const char stream_hello[] = "retry: 3000\n\n";
const char stream_comment[] = ": still here\n\n";

void stream_ring_init(struct stream_ring *ring, int64_t newest) {
    *ring = (struct stream_ring){.newest = newest, .floor = newest};
}

static void change_finish(struct stream_change *change) {
    for (size_t i = 0; i < change->count; i++) {
        free(change->frames[i].scope);
        blob_drop(&change->frames[i].text);
    }
    free(change->frames);
    *change = (struct stream_change){0};
}

void stream_ring_finish(struct stream_ring *ring) {
    for (size_t i = 0; i < STREAM_RING; i++) change_finish(&ring->changes[i]);
}

/* --- the next change --- */

static struct stream_draft_scope *scope_of(struct stream_draft *draft, const char *scope) {
    for (size_t i = 0; i < draft->count; i++)
        if (strcmp(draft->scopes[i].scope, scope) == 0) return &draft->scopes[i];
    struct stream_draft_scope *scopes = reallocarray(draft->scopes, draft->count + 1, sizeof *scopes);
    char *name = strdup(scope);
    if (scopes) draft->scopes = scopes;
    if (!scopes || !name) {
        free(name);
        return NULL;
    }
    scopes[draft->count] = (struct stream_draft_scope){.scope = name};
    return &scopes[draft->count++];
}

void stream_draft_add(struct stream_draft *draft, const char *scope, const char *resource, const char *tag) {
    struct stream_draft_scope *one = scope_of(draft, scope);
    json_t *pair = json_pack("{s:s}", resource, tag);
    char *text = pair ? json_dumps(pair, JSON_COMPACT) : NULL;
    size_t len = text ? strlen(text) : 0;
    json_decref(pair);
    char *grown = one && text ? realloc(one->resources, one->len + len) : NULL;
    if (!grown || len < 2) {
        free(text);
        draft->failed = true;
        return;
    }
    one->resources = grown;
    if (one->len) grown[one->len++] = ',';
    memcpy(grown + one->len, text + 1, len - 2); /* without the braces */
    one->len += len - 2;
    free(text);
}

void stream_draft_finish(struct stream_draft *draft) {
    for (size_t i = 0; i < draft->count; i++) {
        free(draft->scopes[i].scope);
        free(draft->scopes[i].resources);
    }
    free(draft->scopes);
    *draft = (struct stream_draft){0};
}

/* --- the ring --- */

static struct blob *print_changed(int64_t id, const char *resources, size_t len) {
    size_t room = len + 128;
    char *text = malloc(room);
    if (!text) return NULL;
    int written = snprintf(text, room, "id: %lld\nevent: changed\ndata: {\"change\":%lld,\"resources\":{%.*s}}\n\n",
                           (long long)id, (long long)id, (int)len, resources ? resources : "");
    struct blob *blob = written > 0 ? blob_create(text, (size_t)written) : NULL;
    free(text);
    return blob;
}

static bool fill(struct stream_change *change, int64_t id, struct stream_draft *draft) {
    *change = (struct stream_change){.id = id, .frames = calloc(draft->count, sizeof *change->frames)};
    if (!change->frames) return false;
    for (size_t i = 0; i < draft->count; i++) {
        struct stream_draft_scope *one = &draft->scopes[i];
        struct blob *text = print_changed(id, one->resources, one->len);
        if (!text) return false;
        change->frames[change->count++] = (struct stream_frame){one->scope, text};
        one->scope = NULL;
    }
    return true;
}

/* A change that could not be told is one that every reader has missed. */
static void forget_all(struct stream_ring *ring) {
    for (size_t i = 0; i < STREAM_RING; i++) change_finish(&ring->changes[i]);
    ring->first = ring->count = 0;
    ring->floor = ring->newest;
}

int64_t stream_ring_add(struct stream_ring *ring, int64_t change_no, struct stream_draft *draft) {
    if (draft->count == 0 && !draft->failed) return ring->newest;
    ring->newest = change_no > ring->newest ? change_no : ring->newest + 1;
    if (ring->count == STREAM_RING) {
        ring->floor = ring->changes[ring->first].id;
        change_finish(&ring->changes[ring->first]);
        ring->first = (ring->first + 1) % STREAM_RING;
        ring->count--;
    }
    struct stream_change *change = &ring->changes[(ring->first + ring->count) % STREAM_RING];
    if (draft->failed || !fill(change, ring->newest, draft)) forget_all(ring);
    else ring->count++;
    stream_draft_finish(draft);
    return ring->newest;
}

struct stream_place stream_begin(const struct stream_ring *ring, const char *last_event_id) {
    int64_t seen = 0;
    if (!last_event_id || !*last_event_id) return (struct stream_place){.seen = ring->newest};
    bool known = text_to_int(last_event_id, strlen(last_event_id), &seen) && seen >= ring->floor && seen <= ring->newest;
    return (struct stream_place){.seen = known ? seen : ring->newest, .reset = !known};
}

static struct blob *print_reset(int64_t id) {
    char text[96];
    int len = snprintf(text, sizeof text, "id: %lld\nevent: reset\ndata: {\"change\":%lld}\n\n", (long long)id, (long long)id);
    return blob_create(text, (size_t)len);
}

struct blob *stream_next(const struct stream_ring *ring, const char *scope, struct stream_place *place) {
    if (place->seen < ring->floor) *place = (struct stream_place){.seen = ring->newest, .reset = true};
    if (place->reset) {
        struct blob *text = print_reset(place->seen);
        if (text) place->reset = false;
        return text;
    }
    for (size_t i = 0; i < ring->count && place->seen < ring->newest; i++) {
        const struct stream_change *change = &ring->changes[(ring->first + i) % STREAM_RING];
        if (change->id <= place->seen) continue;
        place->seen = change->id;
        for (size_t j = 0; j < change->count; j++)
            if (strcmp(change->frames[j].scope, scope) == 0) return blob_hold(change->frames[j].text);
    }
    return NULL;
}
