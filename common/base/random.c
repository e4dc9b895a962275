#include "common/base/random.h"

#include <errno.h>
#include <sys/random.h>
#include <sys/types.h>

enum error_code random_bytes(void *out, size_t len, struct error *err) {
    uint8_t *at = out;
    while (len) {
        ssize_t got = getrandom(at, len, 0);
        if (got < 0) {
            if (errno == EINTR) continue;
            return error_set_errno(err, ERROR_IO, errno, "cannot get random bytes from the kernel");
        }
        at += got;
        len -= (size_t)got;
    }
    return ERROR_OK;
}

enum error_code random_uid(uint8_t out[UID_BYTES], struct error *err) {
    return random_bytes(out, UID_BYTES, err);
}
