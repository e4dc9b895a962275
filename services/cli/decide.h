/* What the office decides or takes down: an event of its own stream, through its own spool, as every other event. Waits
 * for the centre's acknowledgement. */
#ifndef DUBAN_CLI_DECIDE_H
#define DUBAN_CLI_DECIDE_H

#include "common/report/view.h"
#include "proto/more.h"
#include "services/cli/cli.h"

struct decision_event {
    enum event_kind kind;
    const char *target, *area;    /* NULL = none */
    struct day as_of;             /* DAY_NONE = none */
    const char *reason, *note;    /* NULL = none */
    struct more more;             /* by is filled in from --by */
    uint8_t uid[EVENT_UID_BYTES]; /* out: made here */
};

/* Wants --by. ERROR_CONNECTION: it is kept in the spool and goes with the next one. */
__attribute__((warn_unused_result)) enum error_code decide(struct cli *cli, struct decision_event *decision,
                                                           struct error *err);
/* The second line of what is told of it: its number, and how it is taken back. */
void decide_tell(struct cli *cli, const struct decision_event *decision);
/* Where messages go next: "2021-11-08 16:30", or, on trial, that nothing leaves. */
void decide_tell_window(struct cli *cli, const struct view *view);

/* The moment of a decision is now, whatever day its figure is of: the database and the whole view of now. */
__attribute__((warn_unused_result)) enum error_code decide_open(struct cli *cli, struct pg **pg, struct view *view,
                                                                struct error *err);

/* --- options of decisions --- */

/* The day of an option; NULL as text = DAY_NONE, unless it is wanted. ERROR_USAGE. */
__attribute__((warn_unused_result)) enum error_code decide_day(const struct cli *cli, const char *option, bool wanted,
                                                               struct day *out, struct error *err);
/* The same, of today or later. */
__attribute__((warn_unused_result)) enum error_code decide_day_to_come(const struct cli *cli, const char *option,
                                                                       bool wanted, struct day *out, struct error *err);
/* A text that has to be given: what it is for stands in the error. */
__attribute__((warn_unused_result)) enum error_code decide_text(const struct cli *cli, const char *option,
                                                                const char *why, const char **out, struct error *err);

/* Whether a freeze may be made: a name people can say again later, a day that is not still to come. */
__attribute__((warn_unused_result)) enum error_code freeze_check(const char *name, struct day as_of, struct day today,
                                                                 struct error *err);

#endif
