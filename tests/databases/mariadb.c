#include "tests/databases/mariadb.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { READY_TRIES = 1500, TURN_NS = 20000000, PATH_MAX_BYTES = 160, ARGS_MAX = 24 };

__attribute__((noreturn, format(printf, 1, 2))) static void die(const char *format, ...) {
    va_list args;
    va_start(args, format);
    (void)vfprintf(stderr, format, args);
    va_end(args);
    (void)fputc('\n', stderr);
    abort();
}

static const struct passwd *other_user(void) {
    const struct passwd *user = getpwnam("nobody");
    if (!user) die("there is no user nobody");
    return user;
}

/* As another user when we are root; dies with its parent. in, out: -1 = nothing, the log. */
static pid_t spawn(const char *folder, const char *const *argv, int in, int out) {
    const struct passwd *user = geteuid() == 0 ? other_user() : NULL;
    char log[PATH_MAX_BYTES], *args[ARGS_MAX + 1];
    pid_t parent = getpid(), pid = fork();
    if (pid != 0) return pid;
    (void)snprintf(log, sizeof log, "%s/log", folder);
    int other = open(log, O_WRONLY | O_CREAT | O_APPEND, 0666), nothing = open("/dev/null", O_RDONLY);
    if (dup2(out >= 0 ? out : other, 1) < 0 || dup2(other, 2) < 0 || dup2(in >= 0 ? in : nothing, 0) < 0) _exit(125);
    if (user && (setgroups(0, NULL) != 0 || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0)) _exit(126);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent || chdir("/") != 0) _exit(124);
    sigset_t none;
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    size_t n = 0;
    for (; argv[n] && n < ARGS_MAX; n++)
        args[n] = strdup(argv[n]);
    args[n] = NULL;
    execv(args[0], args);
    _exit(127);
}

static int ended(pid_t pid) {
    int status = -1;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return status;
}

static void option(const char *name, const char *folder, const char *file, char out[PATH_MAX_BYTES]) {
    (void)snprintf(out, PATH_MAX_BYTES, "--%s=%s/%s", name, folder, file);
}

/* What the server says; NULL when it does not answer. */
static const char *ask(const char *folder, const char *database, const char *sql) {
    static char said[16384];
    char socket[PATH_MAX_BYTES];
    int from[2];
    option("socket", folder, "socket", socket);
    const char *const argv[] = {"/usr/bin/mariadb", "--no-defaults", socket,     "--user=root", "--batch",
                                "--default-character-set=utf8mb4", "--skip-column-names",               "--execute", sql,          database, NULL};
    if (pipe2(from, O_CLOEXEC) != 0) die("no pipe");
    pid_t pid = spawn(folder, argv, -1, from[1]);
    close(from[1]);
    size_t used = 0;
    for (ssize_t len; used < sizeof said - 1 && (len = read(from[0], said + used, sizeof said - 1 - used)) > 0;)
        used += (size_t)len;
    said[used] = 0;
    close(from[0]);
    return ended(pid) == 0 ? said : NULL;
}

static void wait_until_ready(const char *folder) {
    for (int i = 0; i < READY_TRIES; i++) {
        if (ask(folder, "mysql", "SELECT 1")) return;
        (void)nanosleep(&(struct timespec){.tv_nsec = TURN_NS}, NULL);
    }
    die("MariaDB is not ready: see %s/log", folder);
}

void mariadb_start(struct mariadb *mariadb, pid_t runner) {
    char data[PATH_MAX_BYTES], socket[PATH_MAX_BYTES], pid_file[PATH_MAX_BYTES];
    (void)snprintf(mariadb->folder, sizeof mariadb->folder, "/tmp/duban-mariadb-%d", (int)runner);
    if (mkdir(mariadb->folder, 0755) != 0) die("cannot make %s: %s", mariadb->folder, strerror(errno));
    if (geteuid() == 0 && chown(mariadb->folder, other_user()->pw_uid, other_user()->pw_gid) != 0)
        die("cannot give away %s: %s", mariadb->folder, strerror(errno));
    option("datadir", mariadb->folder, "data", data);
    option("socket", mariadb->folder, "socket", socket);
    option("pid-file", mariadb->folder, "pid", pid_file);
    const char *const install[] = {"/usr/bin/mariadb-install-db", "--no-defaults", data, "--skip-test-db",
                                   "--auth-root-authentication-method=normal", "--skip-name-resolve", NULL};
    if (ended(spawn(mariadb->folder, install, -1, -1)) != 0) die("mariadb-install-db failed: see %s/log", mariadb->folder);
    const char *const server[] = {"/usr/sbin/mariadbd", "--no-defaults", data, socket, pid_file, "--skip-networking",
                                  "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=16M",
                                  "--character-set-server=utf8mb4", "--performance-schema=OFF", "--sql-mode=", NULL};
    mariadb->server = spawn(mariadb->folder, server, -1, -1);
    wait_until_ready(mariadb->folder);
    if (!ask(mariadb->folder, "mysql", "CREATE DATABASE county CHARACTER SET utf8mb4"))
        die("cannot make a database: see %s/log", mariadb->folder);
}

void mariadb_stop(struct mariadb *mariadb) {
    if (mariadb->server > 0) {
        (void)kill(mariadb->server, SIGKILL);
        (void)ended(mariadb->server);
    }
    const char *const remove[] = {"/bin/rm", "-rf", mariadb->folder, NULL};
    (void)ended(spawn("/tmp", remove, -1, -1));
}

const char *mariadb_run(pid_t runner, const char *sql) {
    char folder[64];
    (void)snprintf(folder, sizeof folder, "/tmp/duban-mariadb-%d", (int)runner);
    const char *said = ask(folder, "county", sql);
    if (!said) die("MariaDB refuses “%s”: see %s/log", sql, folder);
    return said;
}

const char *mariadb_connection(pid_t runner, const char *user) {
    static char text[4][256];
    static unsigned turn;
    char *out = text[turn++ % 4];
    (void)snprintf(out, sizeof text[0], "Driver={MariaDB Unicode};Socket=/tmp/duban-mariadb-%d/socket;Database=county;Uid=%s",
                   (int)runner, user);
    return out;
}
