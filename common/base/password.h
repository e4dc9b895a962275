/* Passwords of people: kept as Argon2id at 19 MiB and two passes (some 33 ms each), as text that carries its own
 * parameters. Nothing of a password is left in memory here. */
#ifndef DUBAN_BASE_PASSWORD_H
#define DUBAN_BASE_PASSWORD_H

#include <stdbool.h>
#include <stddef.h>

#include "common/base/error.h"

enum { PASSWORD_KEPT_MAX = 128, PASSWORD_CHARS_MIN = 10, PASSWORD_BYTES_MAX = 256 };

/* ERROR_MEMORY: 19 MiB are not to be had. */
__attribute__((warn_unused_result)) enum error_code password_keep(const char *password, char out[PASSWORD_KEPT_MAX],
                                                                  struct error *err);
bool password_is(const char *kept, const char *password);
/* Whether somebody may choose it: of ten characters or more, one line of UTF-8, not the name. ERROR_USAGE. */
__attribute__((warn_unused_result)) enum error_code password_check(const char *password, const char *name,
                                                                   struct error *err);

#endif
