/* The way to a server, tested step by step so that county IT knows whom to call. Blocks, bounded by seconds. */
#ifndef DUBAN_COLLECTOR_PROBE_H
#define DUBAN_COLLECTOR_PROBE_H

#include <stdbool.h>

#include "common/link/context.h"
#include "common/link/keys.h"

enum probe_result {
    PROBE_GOOD,
    PROBE_BAD_ADDRESS,
    PROBE_NO_NAME,   /* the name cannot be resolved */
    PROBE_NO_PORT,   /* nobody listens, or a firewall drops it */
    PROBE_BAD_KEY,   /* the server is not the one whose key was given */
    PROBE_NOT_KNOWN, /* the centre does not know our key (yet) */
};
/* The result in Chinese, with what to do. */
const char *probe_words(enum probe_result result);
/* Says each step on stdout as it goes. */
enum probe_result probe_server(const char *address, const char *server_key, const struct key_pair *own);

#endif
