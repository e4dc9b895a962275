/* The collector's configuration file. */
#ifndef DUBAN_COLLECTOR_SETTINGS_H
#define DUBAN_COLLECTOR_SETTINGS_H

#include "common/base/config.h"
#include "common/link/keys.h"
#include "common/spool/uplink.h"
#include "services/collector/source_settings.h"

enum { SETTINGS_SERVERS_MAX = 8 };

struct settings {
    const char *stream, *unit;
    struct settings_servers {
        struct uplink_server items[SETTINGS_SERVERS_MAX];
        char keys[SETTINGS_SERVERS_MAX][KEY_TEXT_MAX];
        size_t count;
    } servers;
    const char *key, *catalogue, *spool;
    const char *clock;  /* NULL = real time */
    const char *status; /* NULL = none */
    int language, log;
    int64_t poll_ms; /* real time between two looks into the folders */
    int64_t keep_ms, keep_bytes, max_bytes, reserve_bytes;
    struct settings_http { /* for all sources of kind http */
        const char *listen;
        const char *certificate, *key; /* NULL, "" = no TLS */
        int64_t body_bytes, patience_ms;
    } http;
    struct settings_sources {
        struct source_settings *items;
        size_t count;
        struct arena *arena; /* owns them; NULL when the configuration has none */
    } sources;
};

extern const struct config_program settings_program;
void settings_finish(struct settings *settings);
/* By name; the first when name is NULL; NULL when there is none. */
const struct source_settings *settings_source(const struct settings *settings, const char *name);

#endif
