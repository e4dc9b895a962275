/* What is asked of the office and what became of it: extensions (延期) and close-outs (销号), found again from the
 * events of a programme as they were known at an instant. E0007 is its 7th extension asked for, K0004 its 4th close-out
 * claimed, in commit order. A decision that was taken back has no effect. Pure. */
#ifndef DUBAN_DOMAIN_REQUESTS_H
#define DUBAN_DOMAIN_REQUESTS_H

#include "common/domain/ledger.h"
#include "proto/more.h"

/* An event of kind 16 or above: what people said and decided. */
struct desk_event {
    struct cell_event event;
    struct slice target, area; /* codes; nil = none */
    size_t cell;               /* of the plan; NO_INDEX = none */
};

/* REPLACED: a later one of the same cell came before it was decided. */
enum extension_state { EXTENSION_WAITING, EXTENSION_GRANTED, EXTENSION_REFUSED, EXTENSION_REPLACED };
struct extension {
    unsigned number; /* 7 of E0007; 0 = granted without having been asked for */
    size_t cell;
    enum extension_state state;
    const struct desk_event *asked;   /* NULL */
    const struct desk_event *decided; /* the newest that stands; NULL */
    struct day due_original;          /* of the plan, before any change */
    struct day due_before;            /* in force when it was asked (decided without asking: when decided) */
    struct day due_asked;             /* DAY_NONE */
    struct day due_decided;           /* DAY_NONE: waiting or refused */
    bool late;                        /* asked after the day that was due then */
    struct slice reason, asked_by, asked_document, decided_by, document;
};

enum close_out_state {
    CLOSE_OUT_CLAIMED,
    CLOSE_OUT_LEAD_CHECKED,
    CLOSE_OUT_CLOSED,
    CLOSE_OUT_REFUSED,
    CLOSE_OUT_REPLACED,
};
struct close_out {
    unsigned number; /* 4 of K0004 */
    size_t cell;
    enum close_out_state state;
    const struct desk_event *claimed;
    const struct desk_event *checked;  /* by the lead; NULL */
    const struct desk_event *verified; /* by the office, passed or refused; NULL */
    struct slice document, claimed_by, checked_by, verified_by, verified_document;
};

struct requests {
    struct extension *extensions; /* in commit order of their first event */
    size_t extension_count;
    struct close_out *close_outs; /* in commit order of the claims */
    size_t close_out_count;
    bool failed; /* no memory */
};

/* events: all of the programme of kind 16 and above, in commit order; they and the plan must outlive *out. Requests
 * about no cell of the plan keep their number and are left out. */
void requests_build(const struct plan *plan, const struct desk_event *events, size_t count, struct requests *out);
void requests_finish(struct requests *requests);

/* Of a cell: the one that is closed, else the newest; NULL = none. */
const struct close_out *requests_close_out(const struct requests *requests, size_t cell);
/* Of a cell: the newest that waits for the office; NULL = none. */
const struct extension *requests_extension_waiting(const struct requests *requests, size_t cell);
/* The extension that made the cell's present due day; NULL = none. */
const struct extension *requests_extension_granted(const struct requests *requests, size_t cell);

/* Whether a decision was taken back by a later one among `events`. */
bool desk_event_reversed(const struct desk_event *events, size_t count, const struct desk_event *decision);
/* Kinds that `duban reverse` may name: 32, 34-39 and 44. */
bool decision_is_reversible(uint32_t kind);

/* "E0007", "K0004", "e7". */
bool request_number_parse(const char *text, char letter, unsigned *number);
const char *extension_state_word(enum extension_state state);    /* "waiting" */
const char *extension_state_chinese(enum extension_state state); /* "待决定" */
const char *close_out_state_word(enum close_out_state state);    /* "lead_checked" */
const char *close_out_state_chinese(enum close_out_state state); /* "牵头已核" */
/* Reasons of a reply: the token that travels ("land") from either form ("用地"); NULL = not in the list. */
const char *reply_reason_token(struct slice text);
const char *reply_reason_chinese(struct slice token); /* NULL = not in the list */
const char *reply_reasons_all(void); /* "天气 用地 资金 等上级标准 施工 数据有误 其他" */
/* "D21-1108-05" or "D21-1108-05/2": the message's own number (len bytes of text) and the item, 0 = the message as a
 * whole. False: it cannot be one. */
bool message_number_parse(const char *text, size_t *len, unsigned *item);

#endif
