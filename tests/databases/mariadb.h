/* A MariaDB for one test program: made in a folder under /tmp, reachable through its socket alone, gone with the
 * program; nothing of the machine's own is read or touched. Asked through unixODBC, spoken to as root through its own
 * client. */
#ifndef DUBAN_TESTS_DATABASES_MARIADB_H
#define DUBAN_TESTS_DATABASES_MARIADB_H

#include <stdbool.h>
#include <sys/types.h>

struct mariadb {
    char folder[64];
    pid_t server;
};

/* Aborts with words on stderr when it cannot. runner: whose it is (its pid names the folder). */
void mariadb_start(struct mariadb *mariadb, pid_t runner);
void mariadb_stop(struct mariadb *mariadb); /* and removes the folder */
/* As root, in the database `county`; what it prints, in static memory. */
const char *mariadb_run(pid_t runner, const char *sql);
/* Of ODBC, without the password; in static memory. */
const char *mariadb_connection(pid_t runner, const char *user);

#endif
