/* The configuration of `duban`: where the database is, which clock file, where the office's spool. Read from --config,
 * $DUBAN_CONFIG, ./duban.yaml or /etc/duban/duban.yaml, the first that is there; without any the defaults stand. */
#ifndef DUBAN_CLI_SETTINGS_H
#define DUBAN_CLI_SETTINGS_H

#include "common/base/config.h"

struct settings_server {
    const char *address, *key; /* key: 40 characters, or a .pub file */
};
enum { SETTINGS_SERVERS_MAX = 8 };
struct settings_servers {
    struct settings_server items[SETTINGS_SERVERS_MAX];
    size_t count;
};

struct settings {
    const char *owner, *admin, *reader; /* connection strings */
    const char *programme;              /* NULL = the only one */
    const char *clock;                  /* the stepped clock's file; NULL = real time */
    const char *status;                 /* folder of status files; NULL = none */
    const char *calendar;               /* for plans that name none */
    const char *sql;                    /* folder of migrations */
    const char *office_spool, *office_stream, *office_unit, *office_key;
    struct settings_servers office_servers;
};

extern const struct config_program settings_program;
/* The file to read: given (may be NULL), or the first of the usual places that exists; NULL = none. */
const char *settings_file(const char *given);
/* deploy/… of the source tree, or share/duban/… of an installation: where `part` is, found from this program's own
 * place. Heap; NULL when it is nowhere. */
char *settings_share(const char *part);

#endif
