/* The aggregator's configuration: one table, from which parsing, --help, --check-config and the sample file come. */
#ifndef DUBAN_AGGREGATOR_SETTINGS_H
#define DUBAN_AGGREGATOR_SETTINGS_H

#include "common/base/config.h"

struct settings {
    const char *database, *listen, *key, *clock, *status; /* clock, status: NULL = none */
    int64_t group_events, group_wait_ms, window_events, window_bytes, heartbeat_ms;
    int log_level;
};

extern const struct config_program settings_program;

#endif
