/* Secrets that lie in files of their own: tokens, private keys. Blocks on the disk. */
#ifndef DUBAN_COLLECTOR_SOURCE_SECRET_H
#define DUBAN_COLLECTOR_SOURCE_SECRET_H

#include "common/base/buffer.h"
#include "common/base/error.h"

enum { SECRET_BYTES_MAX = 64 << 10, TOKEN_BYTES_MIN = 16 };

/* The whole file. ERROR_REFUSED when everybody on this machine may read it. */
__attribute__((warn_unused_result)) enum error_code secret_read(const char *path, struct buffer *out,
                                                                struct error *err);
/* Its first line, without spaces at either end. ERROR_INPUT when that is shorter than TOKEN_BYTES_MIN. */
__attribute__((warn_unused_result)) enum error_code secret_read_token(const char *path, struct buffer *out,
                                                                      struct error *err);

#endif
