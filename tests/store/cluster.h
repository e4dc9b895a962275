/* A PostgreSQL cluster for one test program: made in a folder under /tmp, reachable through its socket alone, gone with
 * the program. As root it runs as `postgres` (or `nobody`), which PostgreSQL insists on. The program defines its hooks
 * with CLUSTER_START and CLUSTER_STOP (two lines); each test then makes a database of its own. */
#ifndef DUBAN_TESTS_STORE_CLUSTER_H
#define DUBAN_TESTS_STORE_CLUSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "common/link/pg.h"
#include "common/store/migrate.h"

struct cluster {
    char folder[64];
    pid_t postgres;
    bool fast; /* fsync = off: for tests, not for measuring */
};

/* Aborts with words on stderr when it cannot. runner: whose cluster it is (its pid names the folder). */
void cluster_start(struct cluster *cluster, pid_t runner, bool fast);
void cluster_restart(struct cluster *cluster); /* after cluster_kill */
void cluster_kill(struct cluster *cluster);    /* SIGQUIT: at once, without a checkpoint */
void cluster_stop(struct cluster *cluster);    /* and removes the folder */

/* "host=… dbname=NAME user=ROLE" of the runner's cluster; in static memory of the process. */
const char *cluster_conninfo(pid_t runner, const char *database, const char *role);
/* A new database: migrated, of this kind. Gives a session of its owner. */
struct pg *cluster_database(pid_t runner, const char *name, enum installation_kind kind);
struct pg *cluster_open(pid_t runner, const char *database, const char *role);
/* Criterion runs each test in a child of the runner. */
#define CLUSTER_START                                                                                                  \
    static struct cluster the_cluster;                                                                                 \
    ReportHook(PRE_ALL)(struct criterion_test_set * set) {                                                             \
        (void)set;                                                                                                     \
        cluster_start(&the_cluster, getpid(), true);                                                                   \
    }
#define CLUSTER_STOP                                                                                                   \
    ReportHook(POST_ALL)(struct criterion_global_stats * stats) {                                                      \
        (void)stats;                                                                                                   \
        cluster_stop(&the_cluster);                                                                                    \
    }

#endif
