/* A decision of the office: an event of its own stream, through its own spool, as every other event. Waits for the
 * centre's acknowledgement. */
#ifndef DUBAN_CLI_DECIDE_H
#define DUBAN_CLI_DECIDE_H

#include "proto/more.h"
#include "services/cli/cli.h"

struct decision_event {
    enum event_kind kind;
    const char *target, *area;    /* NULL = none */
    struct day as_of;             /* DAY_NONE = none */
    struct more more;             /* by is filled in */
    uint8_t uid[EVENT_UID_BYTES]; /* out: made here */
};

/* Takes --by and --reason from the command line. ERROR_CONNECTION: it is kept in the spool and goes with the next one.
 */
__attribute__((warn_unused_result)) enum error_code decide(struct cli *cli, struct decision_event *decision,
                                                           struct error *err);
/* Whether a freeze may be made: a name people can say again later, a day that is not still to come. */
__attribute__((warn_unused_result)) enum error_code freeze_check(const char *name, struct day as_of, struct day today,
                                                                 struct error *err);

#endif
