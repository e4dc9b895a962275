#include "services/board/limit.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static uint64_t key_of(const struct limits *limits, char kind, const char *text) {
    uint8_t hash[crypto_shorthash_BYTES], key[crypto_shorthash_KEYBYTES];
    uint64_t out;
    _Static_assert(sizeof key == LIMIT_SALT, "the salt is the key");
    memcpy(key, limits->salt, sizeof key);
    key[0] ^= (uint8_t)kind;
    crypto_shorthash(hash, (const unsigned char *)text, strlen(text), key);
    memcpy(&out, hash, sizeof out);
    return out | 1; /* 0 = forgotten */
}

bool limits_init(struct limits *limits, const uint8_t salt[LIMIT_SALT]) {
    *limits = (struct limits){.failures = calloc(LIMIT_KEPT, sizeof *limits->failures)};
    memcpy(limits->salt, salt, sizeof limits->salt);
    return limits->failures != NULL;
}

void limits_finish(struct limits *limits) {
    free(limits->failures);
    *limits = (struct limits){0};
}

/* The failures of one key that still count, newest first; the moment the last of `most` of them is over. */
static int wait_of(const struct limits *limits, uint64_t key, bool peer, unsigned most, struct tick now) {
    unsigned found = 0;
    for (size_t i = 0; i < limits->count; i++) {
        const struct limit_failure *one = &limits->failures[(limits->next + LIMIT_KEPT - 1 - i) % LIMIT_KEPT];
        int64_t left = one->at.ms + LIMIT_WINDOW_MS - now.ms;
        if (left <= 0) break;
        found += (peer ? one->peer : one->account) == key;
        if (found == most) return (int)((left + MS_SECOND - 1) / MS_SECOND);
    }
    return 0;
}

int limits_wait_s(const struct limits *limits, const char *account, const char *peer, struct tick now) {
    int of_account = wait_of(limits, key_of(limits, 'a', account), false, LIMIT_ACCOUNT, now);
    int of_peer = wait_of(limits, key_of(limits, 'p', peer), true, LIMIT_PEER, now);
    return of_account > of_peer ? of_account : of_peer;
}

void limits_failed(struct limits *limits, const char *account, const char *peer, struct tick now) {
    limits->failures[limits->next] =
        (struct limit_failure){key_of(limits, 'a', account), key_of(limits, 'p', peer), now};
    limits->next = (limits->next + 1) % LIMIT_KEPT;
    if (limits->count < LIMIT_KEPT) limits->count++;
}

void limits_passed(struct limits *limits, const char *account, const char *peer) {
    uint64_t of_account = key_of(limits, 'a', account), of_peer = key_of(limits, 'p', peer);
    for (size_t i = 0; i < limits->count; i++) {
        struct limit_failure *one = &limits->failures[i];
        if (one->account != of_account) continue;
        one->account = 0;
        if (one->peer == of_peer) one->peer = 0;
    }
}
