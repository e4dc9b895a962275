#include "services/board/token.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "common/base/random.h"

enum { LONGEST_S = 7 * 24 * 3600 };

static const int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

enum error_code token_make(struct token *out, struct error *err) {
    return random_bytes(out->bytes, sizeof out->bytes, err);
}

bool token_read(struct slice text, struct token *out) {
    char again[TOKEN_TEXT + 1];
    size_t len = 0;
    if (text.len != TOKEN_TEXT ||
        sodium_base642bin(out->bytes, sizeof out->bytes, text.ptr, text.len, NULL, &len, NULL, variant) != 0 ||
        len != sizeof out->bytes)
        return false;
    sodium_bin2base64(again, sizeof again, out->bytes, sizeof out->bytes, variant);
    return memcmp(again, text.ptr, TOKEN_TEXT) == 0;
}

void token_hash(const struct token *token, uint8_t out[TOKEN_HASH]) {
    crypto_generichash(out, TOKEN_HASH, token->bytes, sizeof token->bytes, NULL, 0);
}

static void csrf_of(const struct token *key, const char *what, char out[CSRF_TEXT_MAX]) {
    unsigned char hash[(CSRF_TEXT_MAX - 1) / 2];
    crypto_generichash(hash, sizeof hash, (const unsigned char *)what, strlen(what), key->bytes, sizeof key->bytes);
    sodium_bin2hex(out, CSRF_TEXT_MAX, hash, sizeof hash);
}

void token_csrf(const struct token *token, char out[CSRF_TEXT_MAX]) {
    csrf_of(token, "duban csrf", out);
}

void token_csrf_named(const struct token *key, const char *name, char out[CSRF_TEXT_MAX]) {
    csrf_of(key, name, out);
}

bool token_csrf_is(const char *sent, const char *expected) {
    return sent && strlen(sent) == CSRF_TEXT_MAX - 1 && strlen(expected) == CSRF_TEXT_MAX - 1 &&
           sodium_memcmp(sent, expected, CSRF_TEXT_MAX - 1) == 0;
}

void token_cookie(const struct token *token, char out[TOKEN_COOKIE_MAX]) {
    char text[TOKEN_TEXT + 1] = "";
    if (token) sodium_bin2base64(text, sizeof text, token->bytes, sizeof token->bytes, variant);
    snprintf(out, TOKEN_COOKIE_MAX, TOKEN_COOKIE "=%s; Path=/; Max-Age=%d; HttpOnly; Secure; SameSite=Lax", text,
             token ? LONGEST_S : 0);
}
