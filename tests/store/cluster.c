#include "tests/store/cluster.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdarg.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PROGRAMS "/usr/lib/postgresql/15/bin/"
enum { READY_MS = 30000, TURN_NS = 20000000 };

__attribute__((noreturn, format(printf, 1, 2))) static void die(const char *format, ...) {
    va_list args;
    va_start(args, format);
    (void)vfprintf(stderr, format, args);
    va_end(args);
    (void)fputc('\n', stderr);
    abort();
}

static const struct passwd *other_user(void) {
    const struct passwd *user = getpwnam("postgres");
    if (!user) user = getpwnam("nobody");
    if (!user) die("neither a user postgres nor nobody");
    return user;
}

/* Runs as the other user when we are root; dies with its parent. */
static pid_t spawn(const char *const *argv, const char *log) {
    const struct passwd *user = geteuid() == 0 ? other_user() : NULL;
    pid_t parent = getpid(), pid = fork();
    if (pid != 0) return pid;
    int out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0644), in = open("/dev/null", O_RDONLY);
    if (out < 0 || in < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0 || dup2(in, 0) < 0) _exit(125);
    if (user && (setgroups(0, NULL) != 0 || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0)) _exit(126);
    if (prctl(PR_SET_PDEATHSIG, SIGQUIT) != 0 || getppid() != parent) _exit(124);
    sigset_t none;
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    if (chdir("/") != 0) _exit(123);
    char *args[32];
    size_t n = 0;
    for (; argv[n] && n < 31; n++) args[n] = strdup(argv[n]);
    args[n] = NULL;
    execv(args[0], args);
    _exit(127);
}

static void path_in(const struct cluster *cluster, const char *name, char out[128]) {
    (void)snprintf(out, 128, "%s/%s", cluster->folder, name);
}

static void run(const struct cluster *cluster, const char *const *argv) {
    char log[128];
    int status = 0;
    path_in(cluster, "log", log);
    pid_t pid = spawn(argv, log);
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0) die("%s failed (%d): see %s", argv[0], status, log);
}

static void wait_until_ready(const struct cluster *cluster) {
    char conninfo[192];
    (void)snprintf(conninfo, sizeof conninfo, "host=%s dbname=postgres user=postgres", cluster->folder);
    const struct pg_settings settings = {.conninfo = conninfo};
    struct tick deadline = tick_after(tick_now(), READY_MS);
    struct error err = {0};
    struct pg *pg = NULL;
    while (pg_open(&settings, &pg, &err) != ERROR_OK) {
        if (tick_wait(tick_now(), deadline) == 0) die("PostgreSQL is not ready: %s", err.message);
        (void)nanosleep(&(struct timespec){.tv_nsec = TURN_NS}, NULL);
    }
    pg_close(&pg);
}

void cluster_restart(struct cluster *cluster) {
    char data[128], log[128], sockets[160];
    path_in(cluster, "data", data);
    path_in(cluster, "log", log);
    (void)snprintf(sockets, sizeof sockets, "unix_socket_directories=%s", cluster->folder);
    const char *fsync = cluster->fast ? "fsync=off" : "fsync=on";
    const char *const postgres[] = {PROGRAMS "postgres", "-D", data, "-c", "listen_addresses=", "-c", sockets, "-c", fsync,
                                    "-c", "max_wal_size=4GB", "-c", "shared_buffers=256MB", "-c", "max_connections=40", NULL};
    cluster->postgres = spawn(postgres, log);
    wait_until_ready(cluster);
}

void cluster_start(struct cluster *cluster, pid_t runner, bool fast) {
    char data[128];
    *cluster = (struct cluster){.fast = fast};
    (void)snprintf(cluster->folder, sizeof cluster->folder, "/tmp/duban-test-%d", (int)runner);
    if (mkdir(cluster->folder, 0755) != 0) die("cannot make %s: %s", cluster->folder, strerror(errno));
    if (geteuid() == 0 && chown(cluster->folder, other_user()->pw_uid, other_user()->pw_gid) != 0)
        die("cannot give away %s: %s", cluster->folder, strerror(errno));
    path_in(cluster, "data", data);
    const char *const initdb[] = {PROGRAMS "initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8",
                                  "--locale=C.UTF-8", "--no-sync", "--no-instructions", NULL};
    run(cluster, initdb);
    cluster_restart(cluster);
}

void cluster_kill(struct cluster *cluster) {
    if (cluster->postgres <= 0) return;
    (void)kill(cluster->postgres, SIGQUIT);
    (void)waitpid(cluster->postgres, NULL, 0);
    cluster->postgres = 0;
}

void cluster_stop(struct cluster *cluster) {
    cluster_kill(cluster);
    const char *const remove[] = {"/bin/rm", "-rf", cluster->folder, NULL};
    pid_t pid = fork();
    if (pid == 0) {
        char *args[] = {strdup(remove[0]), strdup(remove[1]), strdup(remove[2]), NULL};
        execv(args[0], args);
        _exit(127);
    }
    (void)waitpid(pid, NULL, 0);
}

const char *cluster_conninfo(pid_t runner, const char *database, const char *role) {
    static char text[4][256];
    static unsigned turn;
    char *out = text[turn++ % 4];
    (void)snprintf(out, sizeof text[0], "host=/tmp/duban-test-%d dbname=%s user=%s", (int)runner, database, role);
    return out;
}

struct pg *cluster_open(pid_t runner, const char *database, const char *role) {
    const struct pg_settings settings = {.conninfo = cluster_conninfo(runner, database, role), .application = "test"};
    struct error err = {0};
    struct pg *pg = NULL;
    if (pg_open(&settings, &pg, &err) != ERROR_OK) die("cannot open %s: %s", database, err.message);
    return pg;
}

struct pg *cluster_database(pid_t runner, const char *name, enum installation_kind kind) {
    char sql[128];
    struct error err = {0};
    struct migration_report report;
    struct pg *postgres = cluster_open(runner, "postgres", "postgres");
    (void)snprintf(sql, sizeof sql, "CREATE DATABASE %s", name);
    if (pg_script(postgres, sql, &err) != ERROR_OK) die("cannot make %s: %s", name, err.message);
    pg_close(&postgres);
    struct pg *owner = cluster_open(runner, name, "postgres");
    if (migrate(owner, DUBAN_SOURCE_DIR "/deploy/sql", kind, NULL, NULL, &report, &err) != ERROR_OK)
        die("cannot migrate: %s: %s", err.place, err.message);
    return owner;
}
