/* A source that is no folder, inside the running agent: opened with it, asked at every look, closed with it. It may
 * watch sockets and set timers of its own in the agent's loop. All that it takes goes through taker_take. */
#ifndef DUBAN_COLLECTOR_SOURCE_H
#define DUBAN_COLLECTOR_SOURCE_H

#include "common/base/status.h"
#include "common/link/context.h"
#include "common/link/poll.h"
#include "services/collector/taker.h"

/* What a source is given; all borrowed, and there until it is closed. */
struct source_host {
    const struct settings *settings;
    struct taker *taker;
    struct link_loop *loop; /* loop->clock is the domain clock */
    struct link_context *context;
    void *agent; /* for the two below */
    /* Of every document when taker_take is ERROR_OK, also of one that must come again later: for the status file. */
    void (*took)(void *agent, const struct source_settings *source, const char *name, const struct taken *taken);
    /* taker_take failed: the spool's error. A broken spool ends the agent, which is then started anew. */
    void (*failed)(void *agent, enum error_code code, const struct error *err);
};

/* One of these for each kind that is opened source by source (sql: services/collector/sql.h). */
struct source_type {
    /* An error is what no waiting mends: a wrong configuration, an address in use. A database that cannot be reached
     * now is trouble for the report. */
    enum error_code (*open)(const struct source_host *host, const struct source_settings *settings, void **out,
                            struct error *err);
    /* At every look (settings->poll; once at every step of a stepped clock): takes what is due, adds to *report what
     * waits (files_pending), when to look again (wake_at, the earlier one), trouble. An error is the spool's. */
    enum error_code (*look)(void *source, struct instant now, struct taker_report *report, struct error *err);
    void (*close)(void **source);
};

/* All sources of the configuration but folders and the standard input. One that cannot be opened (the port is in use)
 * does not stop the others: it is trouble in the report, and tried again at every look. */
struct source_set;
__attribute__((warn_unused_result)) enum error_code source_set_open(const struct source_host *host,
                                                                    struct source_set **out, struct error *err);
__attribute__((warn_unused_result)) enum error_code source_set_look(struct source_set *set, struct instant now,
                                                                    struct taker_report *report, struct error *err);
/* Adds where the sources listen: "http" and "source/NAME/address". */
void source_set_show(const struct source_set *set, struct status *status);
void source_set_close(struct source_set **set); /* accepts NULL */

#endif
