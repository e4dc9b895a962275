/* Random bytes from the kernel (getrandom): for identities and nonces. */
#ifndef DUBAN_BASE_RANDOM_H
#define DUBAN_BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"

enum { UID_BYTES = 16 };

__attribute__((warn_unused_result)) enum error_code random_bytes(void *out, size_t len, struct error *err);
__attribute__((warn_unused_result)) enum error_code random_uid(uint8_t out[UID_BYTES], struct error *err);

#endif
