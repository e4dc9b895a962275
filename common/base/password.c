#include "common/base/password.h"

#include <sodium.h>
#include <string.h>

#include "common/base/text.h"

enum { PASSES = 2, MEMORY = 19 * 1024 * 1024 };

_Static_assert(PASSWORD_KEPT_MAX == crypto_pwhash_STRBYTES, "what libsodium writes");

enum error_code password_keep(const char *password, char out[PASSWORD_KEPT_MAX], struct error *err) {
    if (sodium_init() < 0) return error_set(err, ERROR_IO, "libsodium cannot get random bytes from the kernel");
    if (crypto_pwhash_str_alg(out, password, strlen(password), PASSES, MEMORY, crypto_pwhash_ALG_ARGON2ID13) == 0)
        return ERROR_OK;
    return error_set(err, ERROR_MEMORY, "out of memory for Argon2id (19 MiB)");
}

bool password_is(const char *kept, const char *password) {
    return crypto_pwhash_str_verify(kept, password, strlen(password)) == 0;
}

enum error_code password_check(const char *password, const char *name, struct error *err) {
    size_t len = strlen(password), chars = 0;
    bool line = text_is_utf8(password, len, NULL);
    for (size_t i = 0; i < len; i++) {
        line = line && (unsigned char)password[i] >= ' ' && password[i] != 0x7f;
        chars += ((unsigned char)password[i] & 0xc0) != 0x80;
    }
    if (!line || chars < PASSWORD_CHARS_MIN || len > PASSWORD_BYTES_MAX)
        return error_set(err, ERROR_USAGE, "a password wants %d characters or more, on one line, and at most %d bytes",
                         PASSWORD_CHARS_MIN, PASSWORD_BYTES_MAX);
    if (name && strcmp(name, password) == 0) return error_set(err, ERROR_USAGE, "a name is no password");
    return ERROR_OK;
}
