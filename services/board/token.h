/* The secret of a session: 256 random bits that only the browser keeps. We keep their hash, and make of the secret the
 * token that a page must send with whatever it changes. Pure but for token_make. */
#ifndef DUBAN_BOARD_TOKEN_H
#define DUBAN_BOARD_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/error.h"
#include "proto/event.h"

/* "__Host-": the browser takes it over TLS alone (and from this very machine), for this host and no other. */
#define TOKEN_COOKIE "__Host-duban"

enum { TOKEN_BYTES = 32, TOKEN_TEXT = 43, TOKEN_HASH = 32, CSRF_TEXT_MAX = 33, TOKEN_COOKIE_MAX = 160 };

struct token {
    uint8_t bytes[TOKEN_BYTES];
};
__attribute__((warn_unused_result)) enum error_code token_make(struct token *out, struct error *err);
/* As the cookie has it: exactly 43 characters of base64url, and the only way to write these bytes. */
bool token_read(struct slice text, struct token *out);
void token_hash(const struct token *token, uint8_t out[TOKEN_HASH]);
/* 32 hex digits that cannot be made without the secret, and do not give it away. */
void token_csrf(const struct token *token, char out[CSRF_TEXT_MAX]);
/* The same for who has no session (a proxy's word): of a key of the process and the name. */
void token_csrf_named(const struct token *key, const char *name, char out[CSRF_TEXT_MAX]);
/* In constant time. sent may be NULL. */
bool token_csrf_is(const char *sent, const char *expected);
/* The value of Set-Cookie; NULL = it is taken away. */
void token_cookie(const struct token *token, char out[TOKEN_COOKIE_MAX]);

#endif
