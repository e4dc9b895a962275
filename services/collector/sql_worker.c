#include "services/collector/sql_worker.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "services/collector/sql_ask.h"

/* In the worker: what it is given. The last is held open until it ends, so that the agent's loop sees that. */
enum { FD_JOB = 0, FD_ANSWER = 1, FD_ENDED = 3, FD_FIRST_OTHER = 4 };
enum { GRACE_MS = 3000 };

/* --- starting --- */

struct ends {
    int job, answer, ended[2];
};

static void ends_close(struct ends *ends) {
    if (ends->job >= 0) close(ends->job);
    if (ends->answer >= 0) close(ends->answer);
    if (ends->ended[0] >= 0) close(ends->ended[0]);
    if (ends->ended[1] >= 0) close(ends->ended[1]);
}

static bool write_job(int file, const struct sql_job *job) {
    struct buffer bytes = {0};
    sql_job_write(job, &bytes);
    bool sound = !bytes.failed && bytes.len <= SQL_JOB_BYTES_MAX &&
                 write(file, buffer_text(&bytes), bytes.len) == (ssize_t)bytes.len && lseek(file, 0, SEEK_SET) == 0;
    if (bytes.data) explicit_bzero(bytes.data, bytes.len);
    buffer_finish(&bytes);
    return sound;
}

static int spawn(const struct ends *ends, pid_t *pid) {
    static char name[] = "duban-collector", command[] = "sql-worker";
    char *const argv[] = {name, command, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    int failed = posix_spawn_file_actions_init(&actions);
    if (failed) return failed;
    if ((failed = posix_spawnattr_init(&attributes)) == 0) {
        /* the pipe first: its number may be one of those that the others are given */
        failed = posix_spawn_file_actions_adddup2(&actions, ends->ended[1], FD_ENDED);
        if (!failed) failed = posix_spawn_file_actions_adddup2(&actions, ends->job, FD_JOB);
        if (!failed) failed = posix_spawn_file_actions_adddup2(&actions, ends->answer, FD_ANSWER);
        if (!failed) failed = posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
        if (!failed) failed = posix_spawnattr_setsigmask(&attributes, &none);
        if (!failed) failed = posix_spawnattr_setsigdefault(&attributes, &all);
        if (!failed) failed = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
        if (!failed) failed = posix_spawn(pid, "/proc/self/exe", &actions, &attributes, argv, environ);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

/* A number that is none of the worker's own: dup2 onto them would close it. */
static int aside(int fd) {
    if (fd < 0 || fd >= FD_FIRST_OTHER) return fd;
    int other = fcntl(fd, F_DUPFD_CLOEXEC, FD_FIRST_OTHER);
    close(fd);
    return other;
}

enum error_code sql_worker_start(struct sql_worker *worker, const struct sql_job *job, struct error *err) {
    CLEAN(ends_close) struct ends ends = {.job = -1, .answer = -1, .ended = {-1, -1}};
    *worker = SQL_WORKER_NONE;
    ends.job = aside(memfd_create("duban-job", MFD_CLOEXEC));
    ends.answer = aside(memfd_create("duban-answer", MFD_CLOEXEC));
    if (ends.job < 0 || ends.answer < 0 || pipe2(ends.ended, O_CLOEXEC) != 0)
        return error_set_errno(err, ERROR_IO, errno, "cannot ask a database: no memory file");
    ends.ended[0] = aside(ends.ended[0]);
    ends.ended[1] = aside(ends.ended[1]);
    if (!write_job(ends.job, job)) return error_set_errno(err, ERROR_IO, errno, "cannot ask a database: no room");
    int failed = spawn(&ends, &worker->pid);
    if (failed) {
        worker->pid = 0;
        return error_set_errno(err, ERROR_IO, failed, "cannot start a process that asks the database");
    }
    worker->answer = ends.answer;
    worker->ended = ends.ended[0];
    ends.answer = ends.ended[0] = -1;
    worker->timeout_ms = job->timeout_ms;
    worker->deadline = tick_after(tick_now(), job->timeout_ms + GRACE_MS);
    return ERROR_OK;
}

/* --- ending --- */

static void read_answer(int file, struct buffer *out) {
    struct stat seen;
    if (fstat(file, &seen) != 0 || seen.st_size <= 0 || seen.st_size > 2 * ANSWER_BYTES_MAX) return;
    char *room = buffer_reserve(out, (size_t)seen.st_size);
    ssize_t len = room ? pread(file, room, (size_t)seen.st_size, 0) : -1;
    if (len > 0) out->len += (size_t)len;
}

static void fail(struct buffer *out, enum sql_trouble trouble, const char *words) {
    buffer_clear(out);
    answer_begin(out);
    answer_fail(out, trouble, words);
}

/* What it said counts when it ended by itself; an answer that was cut off says so by itself, too. */
static void take_answer(const struct sql_worker *worker, int status, struct buffer *out) {
    char words[96];
    if (worker->killed || (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)) { /* by us, or by its own clock */
        snprintf(words, sizeof words, "%lld 秒", (long long)worker->timeout_ms / MS_SECOND);
        fail(out, SQL_TROUBLE_TIMEOUT, words);
    } else if (WIFSIGNALED(status)) {
        snprintf(words, sizeof words, "信号 %d", WTERMSIG(status));
        fail(out, SQL_TROUBLE_WORKER, words);
    } else {
        read_answer(worker->answer, out);
    }
}

static void close_worker(struct sql_worker *worker) {
    if (worker->answer >= 0) close(worker->answer);
    if (worker->ended >= 0) close(worker->ended);
    *worker = SQL_WORKER_NONE;
}

bool sql_worker_ended(struct sql_worker *worker, struct tick now, struct buffer *answer) {
    int status = 0;
    if (!worker->killed && tick_wait(now, worker->deadline) == 0) {
        worker->killed = kill(worker->pid, SIGKILL) == 0;
    }
    pid_t ended = waitpid(worker->pid, &status, WNOHANG);
    if (ended == 0 || (ended < 0 && errno == EINTR)) return false;
    take_answer(worker, ended < 0 ? 0 : status, answer);
    close_worker(worker);
    return true;
}

void sql_worker_stop(struct sql_worker *worker) {
    if (worker->pid > 0) {
        (void)kill(worker->pid, SIGKILL);
        while (waitpid(worker->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    close_worker(worker);
}

/* --- the process itself --- */

/* The spool, the sockets and whatever else the agent had open are not for a driver. */
static void close_others(void) {
    DIR *folder = opendir("/proc/self/fd");
    if (!folder) return;
    int own = dirfd(folder);
    for (const struct dirent *entry; (entry = readdir(folder));) {
        int fd = atoi(entry->d_name);
        if (fd >= FD_FIRST_OTHER && fd != own) close(fd);
    }
    closedir(folder);
}

/* No core file: the password is in there. And no life beyond that of the agent, or beyond the job's time. */
static void be_a_worker(void) {
    struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)signal(SIGPIPE, SIG_IGN);
    close_others(); /* while /proc/self is still our own */
    (void)prctl(PR_SET_DUMPABLE, 0);
    /* drivers turn texts into the locale's charset and back; numbers keep their point */
    if (!setlocale(LC_CTYPE, "C.UTF-8")) (void)setlocale(LC_CTYPE, "zh_CN.UTF-8");
}

static bool read_job(struct buffer *bytes, struct sql_job *job) {
    bytes->max = SQL_JOB_BYTES_MAX + 1;
    for (ssize_t len = 1; len > 0;) {
        char *room = buffer_reserve(bytes, 4096);
        len = room ? read(FD_JOB, room, 4096) : -1;
        if (len > 0) bytes->len += (size_t)len;
    }
    close(FD_JOB);
    return !bytes->failed && sql_job_read((struct slice){buffer_text(bytes), bytes->len}, job);
}

int sql_worker_main(int argc, char **argv) {
    CLEAN(buffer_finish) struct buffer bytes = {0};
    struct sql_job job;
    (void)argc, (void)argv;
    /* by hand, nobody is there to hear the answer */
    if (fcntl(FD_ENDED, F_GETFD) < 0) {
        fputs("sql-worker is started by duban-collector itself\n", stderr);
        return 2;
    }
    be_a_worker();
    if (!read_job(&bytes, &job)) return 1;
    (void)alarm((unsigned)((job.timeout_ms + GRACE_MS) / MS_SECOND + 1));
    struct sql_asking asking = {.job = &job, .out = FD_ANSWER};
    if (job.driver == SQL_DRIVER_POSTGRESQL)
        sql_ask_postgresql(&asking);
    else
        sql_ask_odbc(&asking);
    bool sound = sql_asking_finish(&asking);
    _exit(sound ? 0 : 1); /* without the drivers' own endings, which may hang */
}
