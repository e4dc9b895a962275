/* The board's configuration as one table. */
#ifndef DUBAN_BOARD_SETTINGS_H
#define DUBAN_BOARD_SETTINGS_H

#include "common/base/config.h"
#include "common/desk/office.h"

enum settings_auth { AUTH_ACCOUNTS, AUTH_HEADER };

struct settings {
    const char *database, *clock, *status, *programme;
    const char *listen, *assets, *certificate, *key;
    int auth; /* enum settings_auth */
    struct config_texts proxies;
    bool open_to_public;
    int rehearsal_role; /* enum role; ROLE_PUBLIC = nobody without an account */
    struct config_texts metrics_from;
    int64_t connections, poll_ms, request_ms;
    int log_level;
    struct office office; /* spool NULL: no actions */
};
extern const struct config_program board_program;

/* What the table cannot say: TLS or loopback, a rehearsal's liberties only with its clock. ERROR_INPUT. */
__attribute__((warn_unused_result)) enum error_code settings_check(const void *settings, struct error *err);

/* "127.0.0.1:8090", "[::1]:8090", "0.0.0.0:8443": numbers only. */
struct listen_address {
    char host[48];
    int port;
    bool six, loopback;
};
bool listen_address_read(const char *text, struct listen_address *out);

#endif
