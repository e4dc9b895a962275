/* How often a login may fail: 5 times an account and 20 times an address in 15 minutes, whether the account exists or
 * not. Pure, the clock is given; bounded memory (the oldest failures are forgotten first). */
#ifndef DUBAN_BOARD_LIMIT_H
#define DUBAN_BOARD_LIMIT_H

#include <stddef.h>
#include <stdint.h>

#include "common/base/clock.h"

enum { LIMIT_ACCOUNT = 5, LIMIT_PEER = 20, LIMIT_WINDOW_MS = 15 * MS_MINUTE, LIMIT_KEPT = 32768, LIMIT_SALT = 16 };

struct limits {
    uint8_t salt[LIMIT_SALT]; /* so that nobody can choose names that meet */
    struct limit_failure {
        uint64_t account, peer;
        struct tick at;
    } * failures; /* circular */
    size_t count, next;
};
/* false: no memory. salt: random bytes. */
__attribute__((warn_unused_result)) bool limits_init(struct limits *limits, const uint8_t salt[LIMIT_SALT]);
void limits_finish(struct limits *limits);

/* Seconds until the next try is heard; 0 = now. */
int limits_wait_s(const struct limits *limits, const char *account, const char *peer, struct tick now);
void limits_failed(struct limits *limits, const char *account, const char *peer, struct tick now);
/* Who has proven who he is begins anew; the address keeps what it failed for others. */
void limits_passed(struct limits *limits, const char *account, const char *peer);

#endif
