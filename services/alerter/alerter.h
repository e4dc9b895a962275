/* The alerter as a whole: at every step of the clock, every notification and every poll it works off the due queue, renders
 * the windows that have come, and carries deliveries, until nothing is left; then it sleeps until the next instant. */
#ifndef DUBAN_ALERTER_ALERTER_H
#define DUBAN_ALERTER_ALERTER_H

#include "common/base/status.h"
#include "services/alerter/docket.h"
#include "services/alerter/settings.h"

struct alerter {
    const struct settings *settings;
    struct clock clock;
    struct loop loop;
    struct pg *pg;
    struct assess_scratch *scratch;
    struct light_rules rules;
    bool own_rules;
    struct docket *dockets;
    size_t docket_count;
    bool dockets_stale;
    struct courier courier;
    struct loop_timer look;   /* the next look at the database */
    struct status status;
    unsigned failures;        /* in a row: back-off */
    int64_t settled_step;
    int64_t failed_seen;      /* deliveries, when the house was last looked at; -1 = not yet */
    int64_t others_ms;        /* until the next look while another alerter holds what is due; 0 = nobody does */
    struct tick next_watch;   /* while deliveries wait */
    int watched_fd;           /* the connection's, for NOTIFY */
    enum error_code fatal;    /* why the loop stopped by itself */
};

__attribute__((warn_unused_result)) enum error_code alerter_open(struct alerter *alerter,
                                                                 const struct settings *settings, struct error *err);
/* Runs until SIGTERM or a fault that trying again does not mend. */
__attribute__((warn_unused_result)) enum error_code alerter_run(struct alerter *alerter, struct error *err);
void alerter_finish(struct alerter *alerter);

#endif
