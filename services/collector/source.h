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

/* All sources of the configuration but folders and the standard input. One that cannot be opened (the port is in use)
 * does not stop the others: it is trouble in the report, and tried again at every look. */
struct source_set;
__attribute__((warn_unused_result)) enum error_code source_set_open(const struct source_host *host,
                                                                    struct source_set **out, struct error *err);
__attribute__((warn_unused_result)) enum error_code source_set_look(struct source_set *set, struct instant now,
                                                                    struct taker_report *report, struct error *err);
/* Adds where the sources listen, "http" and "source/NAME/address", and how far databases were read. */
void source_set_show(const struct source_set *set, struct status *status);
void source_set_close(struct source_set **set); /* accepts NULL */

#endif
