/* The office's way to the centre: its own stream, spool and key. Each program that decides has a stream of its own. */
#ifndef DUBAN_DESK_OFFICE_H
#define DUBAN_DESK_OFFICE_H

#include "common/desk/desk.h"

enum { OFFICE_SERVERS_MAX = 8 };
struct office {
    const char *spool, *stream, *unit, *key; /* files and names; key: the secret key's file */
    struct office_server {
        const char *address, *key; /* key: 40 characters, or a .pub file */
    } servers[OFFICE_SERVERS_MAX];
    size_t server_count;
    const char *software; /* "duban 0.1.0" */
    int patience_ms;      /* for the acknowledgement; 0 = a minute */
};

/* Writes one decision and waits for the centre's acknowledgement. ERROR_CONNECTION: it
 * is kept in the spool and goes with the next one. ERROR_REFUSED: the centre put it into quarantine. Makes its uid. */
__attribute__((warn_unused_result)) enum error_code
office_record(const struct office *office, struct desk_decision *decision, struct instant now, struct error *err);

#endif
