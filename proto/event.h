/* The event: what every figure, receipt, word and decision is, and its canonical bytes.
 *
 * Canonical bytes are the bytes on the wire and under the hash chain: one msgpack array of 15, shortest forms, only
 * str, bin, int, nil, bool, array, text UTF-8 without control characters (proto/README.md, "The event"). That text is
 * NFC is checked where the Unicode tables are (common/base/text).
 * A decoded event borrows every text from the buffer it was decoded from. Pure. */
#ifndef DUBAN_PROTO_EVENT_H
#define DUBAN_PROTO_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "proto/code.h"
#include "proto/day.h"
#include "proto/decimal.h"

/* Borrowed bytes or text; ptr NULL = nil, which is not the empty text. */
struct slice {
    const char *ptr;
    size_t len;
};

static inline struct slice slice_of(const char *text) {
    return text ? (struct slice){text, strlen(text)} : (struct slice){NULL, 0};
}
static inline bool slice_is(struct slice s, const char *text) {
    return s.ptr && s.len == strlen(text) && memcmp(s.ptr, text, s.len) == 0;
}
static inline bool slice_equal(struct slice a, struct slice b) {
    return (a.ptr == NULL) == (b.ptr == NULL) && a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

enum event_kind {
    EVENT_FIGURE = 1,
    EVENT_CORRECTION = 2,
    EVENT_NO_CHANGE = 3,
    EVENT_RECEIPT = 4,
    EVENT_WORDS = 5,
    EVENT_RETRACTION = 6,
    EVENT_REPLY = 16,
    EVENT_EXTENSION_ASKED = 17,
    EVENT_CLOSE_CLAIMED = 18,
    EVENT_MATTER = 19,
    EVENT_OBJECTION = 20,
    /* decisions of the office */
    EVENT_CONFIRM = 32,
    EVENT_FREEZE = 33,
    EVENT_RELEASE = 34,
    EVENT_ISSUE = 35,
    EVENT_EXTENSION = 36,
    EVENT_CLOSE_CHECKED = 37,
    EVENT_OVERRIDE = 38,
    EVENT_MUTE = 39,
    EVENT_REVERSAL = 40,
    EVENT_PLAN_ANSWER = 41,
    EVENT_KEY_ALLOWED = 42,
    EVENT_KEY_REVOKED = 43,
    EVENT_GO_LIVE = 44,
};

enum {
    EVENT_UID_BYTES = 16,
    EVENT_HASH_BYTES = 16, /* of the source file */
    EVENT_BYTES_MAX = 16384,
    EVENT_NOTE_CHARS_MAX = 200,
    EVENT_LAYOUT = 1, /* the shape described here */
};

enum figure_form { FIGURE_NONE, FIGURE_VALUE, FIGURE_FRACTION, FIGURE_DONE };

struct figure {
    enum figure_form form;
    struct decimal value;       /* FIGURE_VALUE; the numerator of FIGURE_FRACTION */
    struct decimal denominator; /* FIGURE_FRACTION */
    bool done;                  /* FIGURE_DONE */
};

struct event_source {
    bool present;
    struct slice file;
    uint8_t hash[EVENT_HASH_BYTES];
    struct slice place;    /* "6月!F17", ":17" */
    struct slice raw;      /* the cell's own text */
    struct slice document; /* nil | a document number */
};

struct event {
    uint32_t kind; /* enum event_kind, or a later one: stored, never refused */
    uint8_t uid[EVENT_UID_BYTES];
    struct slice target; /* "T06.1", a task "T07" for words, nil for receipts */
    struct slice area;   /* nil | a code */
    struct day as_of;    /* DAY_NONE = nil */
    struct figure figure;
    int64_t reported_at_ms; /* the agent's domain time, Unix milliseconds */
    struct slice reporter;  /* the unit, as text */
    struct event_source source;
    bool has_replaces;
    uint8_t replaces[EVENT_UID_BYTES];
    struct slice reason;
    struct slice note;
    struct slice blocked_by;
    struct slice doubts; /* msgpack array of str, canonical; nil = the empty array */
    struct slice more;   /* msgpack, canonical, fixed by kind; nil = nil */
};

/* Writes the canonical bytes. PROTO_NO_SPACE when cap is too small; PROTO_SYNTAX / PROTO_RANGE when a field breaks
 * the rules (RANGE: text no UTF-8 or with control characters), PROTO_TOO_LARGE for a note too long, PROTO_NOT_CANONICAL
 * for a decimal that is not. */
__attribute__((warn_unused_result)) enum proto_code event_encode(const struct event *event, uint8_t *out, size_t cap,
                                                                 size_t *len);

/* Reads canonical bytes; *out borrows from bytes. *field is the place of the fault, 1-15 (0 = the array itself). */
__attribute__((warn_unused_result)) enum proto_code event_decode(const uint8_t *bytes, size_t len, struct event *out,
                                                                 unsigned *field);

/* The name of a field by its place 1-15 ("as_of"); "event" for 0. */
const char *event_field_name(unsigned field);
const char *event_kind_name(uint32_t kind); /* "figure"; "kind" for one unknown here */

#endif
