#include "common/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/cleanup.h"

static void close_fd(int *fd) {
    if (*fd >= 0) close(*fd);
}

static enum error_code read_all(int fd, const char *path, size_t max, struct buffer *out, struct error *err) {
    enum { STEP = 65536 };
    size_t total = 0;
    for (;;) {
        char *room = buffer_reserve(out, STEP);
        if (!room) return error_set(err, ERROR_MEMORY, "%s: no memory for the file", path);
        ssize_t got = read(fd, room, STEP);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return error_set_errno(err, ERROR_IO, errno, "cannot read %s", path);
        total += (size_t)got;
        if (total > max) return error_set(err, ERROR_INPUT, "%s is larger than the %zu bytes allowed", path, max);
        out->len += (size_t)got;
        out->data[out->len] = '\0';
        if (got == 0) return ERROR_OK;
    }
}

enum error_code file_read(const char *path, size_t max, struct buffer *out, struct error *err) {
    if (strcmp(path, "-") == 0) return read_all(STDIN_FILENO, "standard input", max, out, err);
    /* O_NONBLOCK: a fifo in the place of the file must not hold us until somebody writes to it. */
    CLEAN(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return error_set_errno(err, errno == ENOENT ? ERROR_NOT_FOUND : ERROR_IO, errno, "cannot open %s", path);
    struct stat st;
    if (fstat(fd, &st) != 0) return error_set_errno(err, ERROR_IO, errno, "cannot look at %s", path);
    if (!S_ISREG(st.st_mode)) return error_set(err, ERROR_INPUT, "%s is not a regular file", path);
    if (st.st_size > 0 && (uintmax_t)st.st_size > max)
        return error_set(err, ERROR_INPUT, "%s is larger than the %zu bytes allowed", path, max);
    return read_all(fd, path, max, out, err);
}

static bool write_all(int fd, const char *bytes, size_t len) {
    while (len) {
        ssize_t done = write(fd, bytes, len);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return false;
        bytes += done;
        len -= (size_t)done;
    }
    return true;
}

static enum error_code sync_folder(const char *path, struct error *err) {
    AUTO_FREE char *folder = path_folder(path);
    if (!folder) return error_set(err, ERROR_MEMORY, "%s: no memory", path);
    CLEAN(close_fd) int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0)
        return error_set_errno(err, ERROR_IO, errno, "cannot write the folder %s to disk", folder);
    return ERROR_OK;
}

static enum error_code replace(const char *path, const void *bytes, size_t len, mode_t mode, bool durable,
                               struct error *err) {
    CLEAN(buffer_finish) struct buffer temporary = {0};
    buffer_printf(&temporary, "%s.XXXXXX", path);
    if (temporary.failed) return error_set(err, ERROR_MEMORY, "%s: no memory", path);
    CLEAN(close_fd) int fd = mkostemp(temporary.data, O_CLOEXEC);
    if (fd < 0) return error_set_errno(err, ERROR_IO, errno, "cannot make a file beside %s", path);
    if (write_all(fd, bytes, len) && fchmod(fd, mode) == 0 && (!durable || fsync(fd) == 0) &&
        rename(temporary.data, path) == 0)
        return durable ? sync_folder(path, err) : ERROR_OK;
    int why = errno;
    unlink(temporary.data);
    return error_set_errno(err, ERROR_IO, why, "cannot write %s", path);
}

enum error_code file_write(const char *path, const void *bytes, size_t len, mode_t mode, struct error *err) {
    return replace(path, bytes, len, mode, true, err);
}

enum error_code file_write_fast(const char *path, const void *bytes, size_t len, mode_t mode, struct error *err) {
    return replace(path, bytes, len, mode, false, err);
}

enum error_code file_make_folders(const char *path, mode_t mode, struct error *err) {
    AUTO_FREE char *part = strdup(path);
    if (!part) return error_set(err, ERROR_MEMORY, "%s: no memory", path);
    for (char *slash = part[0] ? part + 1 : part; *slash; slash++) {
        if (*slash != '/') continue;
        *slash = '\0';
        if (mkdir(part, mode) != 0 && errno != EEXIST)
            return error_set_errno(err, ERROR_IO, errno, "cannot make the folder %s", part);
        *slash = '/';
    }
    struct stat st;
    if (mkdir(part, mode) != 0 && errno != EEXIST)
        return error_set_errno(err, ERROR_IO, errno, "cannot make the folder %s", path);
    if (stat(part, &st) != 0 || !S_ISDIR(st.st_mode))
        return error_set(err, ERROR_IO, "%s is there, but it is not a folder", path);
    return ERROR_OK;
}

bool file_exists(const char *path) {
    return access(path, F_OK) == 0;
}

char *path_join(const char *folder, const char *path) {
    while (path[0] == '.' && path[1] == '/') {
        path += 2;
        while (*path == '/')
            path++;
    }
    if (path[0] == '/' || !folder[0]) return strdup(path);
    size_t len = strlen(folder);
    if (strcmp(path, ".") == 0 || !path[0]) return strdup(folder);
    struct buffer joined = {0};
    buffer_printf(&joined, "%s%s%s", folder, folder[len - 1] == '/' ? "" : "/", path);
    return buffer_take(&joined);
}

char *path_folder(const char *path) {
    const char *slash = strrchr(path, '/');
    if (!slash) return strdup(".");
    return slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
}

char *path_absolute(const char *path) {
    if (path[0] == '/') return strdup(path);
    AUTO_FREE char *here = getcwd(NULL, 0);
    return here ? path_join(here, path) : NULL;
}

const char *path_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}
