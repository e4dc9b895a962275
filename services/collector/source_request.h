/* The head of a request to POST /SOURCE: whose it is, and whether its body is wanted. Pure. */
#ifndef DUBAN_COLLECTOR_SOURCE_REQUEST_H
#define DUBAN_COLLECTOR_SOURCE_REQUEST_H

#include "services/collector/refusal.h"
#include "services/collector/settings.h"

/* As they came; NULL = not there. */
struct request_head {
    const char *method, *path; /* the path decoded: "/进度" */
    const char *host, *type, *authorization;
    const char *name;   /* ?name=…, decoded */
    const char *length; /* Content-Length */
};

struct request_token {
    bool wanted;
    uint8_t hash[32];
};
/* What a token file holds, or a request brought, as it is compared. */
void request_token_set(struct request_token *token, struct slice text);

struct request_rules {
    const struct settings *settings;
    const struct request_token *tokens; /* one for each source of the settings */
    bool anybody; /* other machines may reach the door: it speaks TLS, and the name it is called by is its own affair */
};

struct request_verdict {
    const struct source_settings *source; /* NULL = refused */
    int status;                           /* of the refusal: 400 401 403 404 405 413 415 */
    enum refusal_code code;
    const char *reason; /* Chinese; NULL = that of the table */
};
struct request_verdict request_judge(const struct request_rules *rules, const struct request_head *head);

/* "127.0.0.1:8610", "[::1]:8610". False: not an address and a port. *local: of this machine alone. */
struct request_address {
    bool ip6, local;
    uint8_t bytes[16];
    uint16_t port;
};
bool request_address_parse(const char *text, struct request_address *out);
/* What the configuration may not be: other machines let in without TLS or without tokens. NULL = nothing; else English,
 * with the remedy. */
const char *request_rules_wrong(const struct settings *settings);
/* A plain file name that is no temporary one. */
bool request_name_sound(const char *name);

#endif
