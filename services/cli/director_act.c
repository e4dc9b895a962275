#include "services/cli/director_act.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/buffer.h"
#include "common/base/cleanup.h"
#include "common/base/file.h"
#include "common/base/loop.h"

enum { ACT_BYTES_MAX = 64 * 1024 * 1024, UNREACHED = 3 /* the exit status of `duban` that means: try again */ };

static enum error_code write_all(int fd, const char *bytes, size_t len, const char *path, struct error *err) {
    while (len) {
        ssize_t wrote = write(fd, bytes, len);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) return error_set_errno(err, ERROR_IO, errno, "cannot write %s", path);
        bytes += wrote;
        len -= (size_t)wrote;
    }
    return ERROR_OK;
}

static enum error_code put_bytes(const char *path, int flags, const struct buffer *bytes, struct error *err) {
    int fd = open(path, flags | O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0) return error_set_errno(err, ERROR_IO, errno, "cannot open %s", path);
    enum error_code code = write_all(fd, buffer_text(bytes), bytes->len, path, err);
    if (close(fd) && !code) code = error_set_errno(err, ERROR_IO, errno, "cannot write %s", path);
    return code;
}

/* The temporary name begins with a point: agents leave such names alone. */
static enum error_code drop(const char *source, const char *target, struct error *err) {
    CLEAN(buffer_finish) struct buffer bytes = {0}, name = {0};
    enum error_code code = file_read(source, ACT_BYTES_MAX, &bytes, err);
    if (code) return code;
    AUTO_FREE char *folder = path_folder(target);
    buffer_printf(&name, "%s/.%s.tmp", folder ? folder : ".", path_name(target));
    if ((code = put_bytes(buffer_text(&name), O_TRUNC, &bytes, err))) return code;
    if (rename(buffer_text(&name), target))
        return error_set_errno(err, ERROR_IO, errno, "cannot rename %s to %s", buffer_text(&name), target);
    return ERROR_OK;
}

static enum error_code append(const char *source, const char *target, struct error *err) {
    CLEAN(buffer_finish) struct buffer bytes = {0};
    enum error_code code = file_read(source, ACT_BYTES_MAX, &bytes, err);
    return code ? code : put_bytes(target, O_APPEND, &bytes, err);
}

static enum error_code run(const char *command, const char *folder, struct error *err) {
    pid_t child = fork();
    if (child < 0) return error_set_errno(err, ERROR_IO, errno, "cannot start a process");
    if (child == 0) {
        loop_signals_restore();
        dup2(STDERR_FILENO, STDOUT_FILENO);
        if (chdir(folder) == 0) execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) return error_set_errno(err, ERROR_IO, errno, "cannot wait for: %s", command);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return ERROR_OK;
    bool unreached = WIFEXITED(status) && WEXITSTATUS(status) == UNREACHED;
    return error_set(err, unreached ? ERROR_CONNECTION : ERROR_CONFLICT, "%s %d from: %s",
                     WIFEXITED(status) ? "exit status" : "signal",
                     WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status), command);
}

enum error_code director_act(const struct script_line *line, const char *folder, struct error *err) {
    if (line->verb == SCRIPT_RUN) return run(line->source, folder, err);
    AUTO_FREE char *source = path_join(folder, line->source), *target = path_join(folder, line->target);
    if (!source || !target) return error_set(err, ERROR_MEMORY, "out of memory");
    if (line->verb == SCRIPT_DROP) return drop(source, target, err);
    if (line->verb == SCRIPT_APPEND) return append(source, target, err);
    if (rename(source, target)) return error_set_errno(err, ERROR_IO, errno, "cannot rename %s to %s", source, target);
    return ERROR_OK;
}
