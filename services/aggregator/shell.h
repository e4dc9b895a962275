/* The thin shell around core.h: one loop over the ROUTER, the ZAP handler, one connection to the database, signals and
 * the clock. It does one thing at a time with the connection: the snapshot, positions, HELLOs, a group. */
#ifndef DUBAN_AGGREGATOR_SHELL_H
#define DUBAN_AGGREGATOR_SHELL_H

#include "common/base/status.h"
#include "common/link/pgflow.h"
#include "common/link/zap.h"
#include "services/aggregator/core.h"
#include "services/aggregator/load.h"
#include "services/aggregator/settings.h"

enum shell_job { JOB_NONE, JOB_LOAD, JOB_SETTLE, JOB_HELLO, JOB_PARTITION, JOB_GROUP };

struct shell {
    const struct settings *settings;
    struct clock clock;
    struct link_loop loop;
    struct link_context *context;
    struct zap *zap;
    struct router *router;
    struct pgflow *database;
    struct core core;
    struct load load;
    struct position position;
    struct pgstep step; /* of the job that ensures a partition */
    struct pg_params step_params;
    struct ingest_group *group; /* under way */
    char partition[EVENT_PARTITION_MAX]; /* of the month it was asked for */
    bool partition_made;
    bool connected, reload, draining, reading, hello_last;
    struct loop_timer reload_timer, retry_timer, wait_timer, status_timer, hush_timer;
    bool pausing;   /* after a refusal, until retry_timer */
    bool waited;    /* the group has waited long enough */
    struct status status;
    bool status_due;
    uint64_t shown_received, shown_committed; /* in the file as it stands */
    const char *shown_state;
    int exit_status;
};

/* Sets everything up and listens. */
__attribute__((warn_unused_result)) enum error_code shell_open(struct shell *shell, const struct settings *settings,
                                                               struct error *err);
/* Until SIGTERM; gives the exit status. */
int shell_run(struct shell *shell);
void shell_close(struct shell *shell);

#endif
