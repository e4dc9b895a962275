/* What the office decides or takes down, for whoever offers it (`duban`, the board): a request in words is read,
 * checked against a view of now, made into events of the office's stream, and written (office.h). One request is one
 * struct desk_case, whose steps are desk_case_read, desk_case_check, and office_record for each of its decisions. */
#ifndef DUBAN_DESK_DESK_H
#define DUBAN_DESK_DESK_H

#include "common/desk/card.h"
#include "common/desk/naming.h"
#include "proto/more.h"

enum desk_verb {
    DESK_CONFIRM,
    DESK_RELEASE,
    DESK_PROMISE, /* an answer, with or without a day */
    DESK_EXTENSION_ASK,
    DESK_EXTENSION_GRANT,
    DESK_EXTENSION_REFUSE,
    DESK_CLOSE_OUT_CLAIM,
    DESK_CLOSE_OUT_CHECK,
    DESK_CLOSE_OUT_VERIFY,
    DESK_CLOSE_OUT_REFUSE,
    DESK_ISSUE,
    DESK_MUTE,
    DESK_OVERRIDE,
    DESK_REVERSE,
    DESK_FREEZE,
    DESK_GO_LIVE,
    DESK_TRIAL,
    DESK_VERBS,
};
const char *desk_verb_word(enum desk_verb verb); /* "extension-grant" */
bool desk_verb_parse(const char *word, enum desk_verb *verb);

/* As people typed it; NULL = not given. Everything is borrowed until desk_case_finish. */
struct desk_request {
    enum desk_verb verb;
    const char *const *subject; /* NUMBER[/ITEM] …, TARGET AREA, AREA, E0007, K0004, a uid: as the verb takes it */
    size_t subject_count;
    const char *by; /* who decides: always needed, but for a draft */
    const char *reason, *document, *who, *text, *level, *light, *rule, *due, *by_day, *until, *as_of;
    bool as_lead; /* a close-out refused by the lead */
    bool draft;   /* a card to be looked at: nothing is recorded */
    bool replace; /* knowing that an answer, a mute or an override stands already; else that is a conflict */
    struct instant now;
    /* Whether the one who asks may know of a cell (NO_INDEX: of what belongs to no cell); NULL = of all. */
    bool (*sees)(const void *context, const struct view *view, size_t cell);
    const void *context;
};

struct desk_decision {
    enum event_kind kind;
    const char *target, *area; /* NULL = none */
    struct day as_of;          /* DAY_NONE = none */
    const char *reason, *note; /* NULL = none */
    struct more more;
    uint8_t uid[EVENT_UID_BYTES]; /* made by office_record */
    size_t cell;                  /* NO_INDEX = none */
};

enum { DESK_STATE_MAX = 160 };
struct desk_case {
    const struct desk_request *request;
    const struct view *view; /* borrowed from desk_case_check on */
    /* read */
    struct day due, by_day, until, as_of;
    enum light light;
    enum draft_level level;
    const char *rule, *reason_token;
    /* found */
    struct naming naming;          /* what was named by number or cell */
    size_t cell;                   /* NO_INDEX = none, or several */
    const struct close_out *claim; /* NULL */
    const struct desk_event *taken_back;
    size_t other_held; /* held figures of the cell beside the one meant */
    struct card card;
    char number[NAMED_NUMBER_MAX];
    struct buffer texts[2];
    /* made */
    struct desk_decision *decisions;
    size_t decision_count;
    /* refused */
    const char *field;          /* what is wrong, as members are called in a request: "due"; NULL = nothing by itself */
    char state[DESK_STATE_MAX]; /* of the thing now, Chinese: "销号 K0004 已销号（李四）"; "" = not to be said */
    bool unknown;               /* what was named is not there, or not to be seen */
    bool already;               /* somebody has decided it: state says how */
};

/* What can be checked without a view. Pure. ERROR_USAGE. *one is initialised either way. */
__attribute__((warn_unused_result)) enum error_code
desk_case_read(struct desk_case *one, const struct desk_request *request, struct error *err);
/* Against a view of now, read under desk_lock. ERROR_NOT_FOUND, ERROR_USAGE; ERROR_CONFLICT: decided already, or
 * nothing to decide. Waits for the database where a message's number was given or a card is drafted. */
__attribute__((warn_unused_result)) enum error_code desk_case_check(struct desk_case *one, struct pg *pg,
                                                                    const struct view *view, struct error *err);
void desk_case_finish(struct desk_case *one);

/* "剑阁 融合试点村 同意延到2022-03-31（…）": a decision that was made, in words; of an event as it is kept. */
void desk_event_words(const struct view *view, const struct desk_event *event, struct buffer *out);
/* The same of one just made. */
void desk_decision_words(const struct view *view, const struct desk_decision *decision, struct buffer *out);

/* Whether a freeze may be made: a name people can say again later, a day that is not still to come. */
__attribute__((warn_unused_result)) enum error_code freeze_check(const char *name, struct day as_of, struct day today,
                                                                 struct error *err);

#endif
