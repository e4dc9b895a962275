/* One source of the configuration: where documents come from, and how their columns are to be read. */
#ifndef DUBAN_COLLECTOR_SOURCE_SETTINGS_H
#define DUBAN_COLLECTOR_SOURCE_SETTINGS_H

#include "common/base/config.h"
#include "common/link/keys.h"
#include "services/collector/mapping.h"
#include "services/collector/sql_settings.h"

enum source_kind {
    SOURCE_FOLDER, /* files laid into a folder */
    SOURCE_SQL,    /* a query of a database */
    SOURCE_HTTP,   /* POST /NAME */
    SOURCE_ZMQ,    /* messages to a PULL socket */
    SOURCE_STDIN,  /* `duban-collector take`; the running agent leaves it alone */
};

enum { SOURCE_KEYS_MAX = 64, SOURCE_NAME_BYTES = 60 };

struct source_settings {
    const char *name;
    enum source_kind kind;
    const char *rejected; /* where refused rows go; NULL = the folder itself, of other kinds nowhere */
    struct mapping mapping;
    bool on_behalf;

    const char *folder; /* SOURCE_FOLDER */
    int64_t quiet_ms;   /* domain time without a change before a file is taken */
    struct sql_settings sql;
    struct source_http {
        const char *token; /* path of the file that holds it; NULL = none, for this machine alone */
    } http;
    struct source_zmq {
        const char *listen;
        char (*keys)[KEY_TEXT_MAX]; /* who may send: public keys */
        size_t key_count;
    } zmq;
};

const char *source_kind_word(enum source_kind kind); /* "folder" */
/* Reads an item of the list `sources`; faults become findings. */
void source_settings_read(struct config *config, struct yaml_node *node, struct arena *arena,
                          struct source_settings *out);

#endif
