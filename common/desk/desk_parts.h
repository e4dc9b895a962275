/* What the files of this room share: the steps of each verb, and how a refusal is said. */
#ifndef DUBAN_DESK_PARTS_H
#define DUBAN_DESK_PARTS_H

#include "common/desk/desk.h"

/* --- reading: members of a request by themselves (read.c) --- */

typedef enum error_code desk_reader(struct desk_case *one, struct error *err);
desk_reader read_confirm, read_promise, read_extension_ask, read_extension_grant, read_refusal, read_claim, read_verify,
    read_issue, read_mute, read_override, read_reverse, read_freeze;

/* --- checking against the view --- */

typedef enum error_code desk_checker(struct desk_case *one, struct pg *pg, struct error *err);
desk_checker check_confirm, check_release, check_override;                       /* figures.c */
desk_checker check_extension_ask, check_extension_grant, check_extension_refuse; /* asked.c */
desk_checker check_claim, check_lead_check, check_verify, check_claim_refused;   /* asked.c */
desk_checker check_promise, check_mute;                                          /* answers.c */
desk_checker check_issue;                                                        /* issue.c */
desk_checker check_reverse;                                                      /* reversal.c */
desk_checker check_freeze, check_live;                                           /* desk.c */

/* The decision that is made, with the request's reason; NULL without memory (an error is set). */
struct desk_decision *desk_make(struct desk_case *one, enum event_kind kind, size_t cell, struct error *err);
/* TARGET AREA as typed. */
__attribute__((warn_unused_result)) enum error_code desk_cell(struct desk_case *one, size_t *cell, struct error *err);
/* Messages and items, or TARGET AREA, into one->naming. */
__attribute__((warn_unused_result)) enum error_code desk_names(struct desk_case *one, struct pg *pg, struct error *err);
/* Whether the one who asks may know of the cell: else it is not there. */
__attribute__((warn_unused_result)) enum error_code desk_seen(struct desk_case *one, size_t cell, struct error *err);
/* The member that is wrong. */
void desk_wrong(struct desk_case *one, const char *field);
/* Why it is not possible, as the thing is now; desk_already: because somebody has decided it. Chinese. */
__attribute__((format(printf, 2, 3))) void desk_state(struct desk_case *one, const char *format, ...);
__attribute__((format(printf, 2, 3))) void desk_already(struct desk_case *one, const char *format, ...);
/* The same of a decision that stands: "李四 同意延到…（2021-11-08 10:20）". */
void desk_already_decided(struct desk_case *one, const struct desk_event *event);

#endif
