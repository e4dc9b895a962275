#include "services/collector/source_secret.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "common/base/file.h"

enum error_code secret_read(const char *path, struct buffer *out, struct error *err) {
    struct stat seen;
    if (stat(path, &seen) != 0) return error_set_errno(err, ERROR_IO, errno, "%s cannot be read", path);
    if (seen.st_mode & S_IRWXO)
        return error_set(err, ERROR_REFUSED,
                         "%s is open to everybody on this machine: chmod 600 it, or 640 for a group", path);
    return file_read(path, SECRET_BYTES_MAX, out, err);
}

enum error_code secret_read_token(const char *path, struct buffer *out, struct error *err) {
    enum error_code code = secret_read(path, out, err);
    if (code) return code;
    const char *text = buffer_text(out);
    size_t begin = strspn(text, " \t"), len = strcspn(text + begin, "\r\n");
    while (len && strchr(" \t", text[begin + len - 1]))
        len--;
    if (len < TOKEN_BYTES_MIN)
        return error_set(err, ERROR_INPUT,
                         "%s holds no token of at least %d characters: make one with `openssl rand -hex 24 > FILE`",
                         path, TOKEN_BYTES_MIN);
    memmove(out->data, text + begin, len);
    buffer_cut(out, len);
    return ERROR_OK;
}
