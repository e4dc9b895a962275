/* `more` and `doubts` of an event: what each kind carries beyond the common fields (proto/README.md, "more").
 * Encode makes canonical msgpack for event.more, decode reads it back and borrows its texts from it. The first element
 * of every decision of the office (kinds 32-63) is `by`, the person's name. Elements added later stand at the end:
 * readers that do not know them ignore them, and what was written before them reads as nil there. Pure. */
#ifndef DUBAN_PROTO_MORE_H
#define DUBAN_PROTO_MORE_H

#include "proto/event.h"

enum { MORE_REFUSALS_MAX = 10, MORE_KEY_BYTES = 32, MORE_BYTES_MAX = 8192 };

struct more_refusal {
    struct slice place; /* "6月!F17", ":17", nil = the file as a whole */
    struct slice code;  /* the collector's stable word, "unknown_target" */
    struct slice text;  /* Chinese: what was read, what to do */
};

enum matter_kind { MATTER_DIFFICULTY = 1, MATTER_RISK = 2, MATTER_EXAMPLE = 3 }; /* 难点 风险 典型案例 */

/* Which member is used follows from the kind of the event. */
struct more {
    struct slice by; /* kinds 32-63; 16, 17, 18: who wrote it down, nil = not said */
    union {
        struct { /* 4 */
            struct slice feed;
            struct slice period; /* "2021-10" | nil */
            uint32_t taken, unchanged, held, refused;
            uint32_t refusal_count; /* those carried here: the first ten */
            struct more_refusal refusals[MORE_REFUSALS_MAX];
            bool whole; /* the file as a whole was refused (退回) */
        } receipt;
        struct {                 /* 16 */
            struct slice number; /* of the alert answered */
            struct slice who;
            struct day by_when; /* DAY_NONE = nil */
            struct slice reason_code;
            struct slice text;
        } reply;
        struct {                   /* 17, 36 */
            struct day due;        /* proposed; decided (DAY_NONE = refused) */
            struct slice document; /* | nil */
            bool has_request;      /* 36: the uid of the request */
            uint8_t request[EVENT_UID_BYTES];
        } extension;
        struct {                   /* 18, 37 */
            struct slice document; /* | nil */
            bool passed;           /* 37 */
            bool has_claim;        /* 37: the uid of the claim */
            uint8_t claim[EVENT_UID_BYTES];
            struct slice step; /* 37: "lead" the lead has checked, "office" verified; nil = office */
        } close_out;
        struct { /* 19 */
            enum matter_kind kind;
            struct slice text;
        } matter;
        struct {                 /* 20 */
            struct slice number; /* of the alert or circular objected to */
            struct slice text;
        } objection;
        struct { /* 32 the held event, 40 the decision taken back */
            uint8_t uid[EVENT_UID_BYTES];
        } of_event;
        struct { /* 33 */
            struct slice name;
        } freeze;
        struct { /* 34: by the alert's number, or the red of event.target × event.area standing at an instant */
            struct slice alert; /* | nil */
            bool has_instant;
            int64_t instant_ms;
        } release;
        struct {                   /* 35 */
            struct slice number;   /* of the message or item whose alert it is; "" = by target and area alone */
            struct slice document; /* | nil */
            struct slice level;    /* "yellow_card" "red_card" "circular"; nil in what older programs wrote */
        } issue;
        struct {                /* 38 */
            struct slice light; /* "green" … */
            struct day until;
        } override;
        struct {               /* 39 */
            struct slice rule; /* nil = all */
            struct day until;  /* DAY_NONE = until resolved */
        } mute;
        struct { /* 41 */
            struct slice question, answer;
        } plan_answer;
        struct { /* 42, 43 */
            uint8_t public_key[MORE_KEY_BYTES];
            struct slice stream;       /* 43: nil = of all its streams */
            struct slice unit;         /* 42; nil in 43 */
            struct slice areas, tasks; /* 42: msgpack arrays of str (list_next); empty = all */
        } key;
        struct { /* 44 */
            bool live;
            struct slice rules; /* hash of the rules file it was said of, in hex; "" = the rules as shipped */
        } go_live;
    };
};

/* Whether events of this kind carry `more` known here. */
bool more_expected(uint32_t kind);
/* Whether events of this kind carry none; a kind unknown here may carry anything. */
bool more_is_nil(uint32_t kind);
/* A decision of the office: 32-63. */
static inline bool event_kind_is_decision(uint32_t kind) {
    return kind >= 32 && kind <= 63;
}

__attribute__((warn_unused_result)) enum proto_code more_encode(uint32_t kind, const struct more *more, uint8_t *out,
                                                                size_t cap, size_t *len);
/* bytes = event.more. PROTO_SYNTAX when nil where the kind needs one, or of another form; PROTO_VERSION for a kind
 * unknown here. */
__attribute__((warn_unused_result)) enum proto_code more_decode(uint32_t kind, struct slice bytes, struct more *out);

/* Lists of texts as msgpack: doubts, areas, tasks. */
__attribute__((warn_unused_result)) enum proto_code list_encode(const struct slice *items, size_t count, uint8_t *out,
                                                                size_t cap, size_t *len);
/* Walks a list: start with {0}; false at the end. list must have come out of a decoder or encoder here. */
struct list_cursor {
    size_t index, count;
    const char *at;
};
bool list_next(struct slice list, struct list_cursor *cursor, struct slice *item);

#endif
