/* The commands of the office's desk: options become a request, common/desk decides what may be, the office's stream
 * takes it. Waits for the database and for the centre's acknowledgement. */
#ifndef DUBAN_CLI_DECIDE_H
#define DUBAN_CLI_DECIDE_H

#include "common/desk/office.h"
#include "services/cli/cli.h"

struct deciding {
    struct desk_request request;
    struct pg *pg;
    struct view view; /* of now, whatever day the figure decided on is of */
    struct desk_case one;
};

/* The options of a command as members of a request; its words are the subject. */
struct desk_request decide_request(const struct cli *cli, enum desk_verb verb);
/* Reads the options, opens the view of now, finds what is meant and checks it. *out is initialised either way. */
__attribute__((warn_unused_result)) enum error_code decide_prepare(struct cli *cli, enum desk_verb verb,
                                                                   struct deciding *out, struct error *err);
void deciding_finish(struct deciding *deciding);
/* Records one of the decisions. */
__attribute__((warn_unused_result)) enum error_code decide_record(struct cli *cli, struct desk_decision *decision,
                                                                  struct error *err);
/* Prepares and records what is one decision. */
__attribute__((warn_unused_result)) enum error_code decide(struct cli *cli, enum desk_verb verb, struct deciding *out,
                                                           struct error *err);

/* "苍溪 融合试点村" of what was decided. */
void decide_name(const struct deciding *deciding, struct buffer *out);
/* The last line of what is told of it: its number, and how it is taken back. */
void decide_tell(struct cli *cli, const struct desk_decision *decision);
/* Where messages go next: "2021-11-08 16:30", or, on trial, that nothing leaves. */
void decide_tell_window(struct cli *cli, const struct view *view);

#endif
