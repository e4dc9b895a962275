/* The codes that travel and are stored, one table each: why an event lies in quarantine, and why a session was refused.
 * Numbers are fixed for ever (proto/README.md); a number is never used again for something else. Pure. */
#ifndef DUBAN_PROTO_CODES_H
#define DUBAN_PROTO_CODES_H

#include <stddef.h>
#include <stdint.h>

#include "proto/code.h"

/* An event in quarantine: stored with its raw bytes, its seq consumed, the agent told in the ACK. 4, 9 and 36 were given
 * to rules that are no more: they stay unused. */
enum quarantine_code {
    QUARANTINE_NONE = 0,
    /* the bytes */
    QUARANTINE_NOT_AN_EVENT = 1,  /* no msgpack array of 15 with these types */
    QUARANTINE_NOT_CANONICAL = 2, /* decodes, but not the one form */
    QUARANTINE_EVENT_TOO_LARGE = 3,
    QUARANTINE_TEXT_NOT_NFC = 5,
    QUARANTINE_TEXT_CONTROL = 6, /* control characters or no UTF-8 */
    QUARANTINE_TEXT_TOO_LONG = 7,
    QUARANTINE_BAD_MORE = 8,
    /* who may say it */
    QUARANTINE_OUT_OF_SCOPE = 20,
    QUARANTINE_NOT_A_DECISION_STREAM = 21,
    QUARANTINE_REPORTER_NOT_OF_STREAM = 22,
    QUARANTINE_DOCUMENT_MISSING = 23, /* 代报 without its source document */
    /* what it is about */
    QUARANTINE_UNKNOWN_TARGET = 30,
    QUARANTINE_UNKNOWN_AREA = 31,
    QUARANTINE_NO_CELL = 32,
    QUARANTINE_UNKNOWN_UNIT = 33, /* reporter or blocked_by is no unit of the plan */
    QUARANTINE_TARGET_MISSING = 34,
    QUARANTINE_AREA_MISSING = 35,
    QUARANTINE_WORDS_ONLY = 37, /* a figure for an activity or a parameter */
    /* the figure */
    QUARANTINE_FIGURE_MISSING = 50,
    QUARANTINE_BAD_FIGURE_FORM = 51,
    QUARANTINE_TOO_MANY_DECIMALS = 52,
    QUARANTINE_VALUE_OUT_OF_RANGE = 53,
    QUARANTINE_NUMERATOR_ABOVE_DENOMINATOR = 54,
    QUARANTINE_DENOMINATOR_ZERO = 55,
    QUARANTINE_NEGATIVE = 56,
    QUARANTINE_FIGURE_NOT_ALLOWED = 57, /* this kind of event carries none */
    /* the day */
    QUARANTINE_AS_OF_MISSING = 70,
    QUARANTINE_AS_OF_OUT_OF_RANGE = 71,
};

enum error_class { ERROR_CLASS_NEVER = 1, ERROR_CLASS_LATER = 2, ERROR_CLASS_REHELLO = 3 };

/* What an ERROR message says. */
enum wire_error {
    WIRE_ERROR_NONE = 0,
    WIRE_FENCED = 1,
    WIRE_REVOKED = 2,
    WIRE_FORK = 3,
    WIRE_UNSUPPORTED_VERSION = 4,
    WIRE_FORMER_EPOCH = 5, /* an epoch of this stream that a reopening has closed: the spool is an old copy */
    WIRE_NOT_AUTHORISED = 16,
    WIRE_UNKNOWN_EPOCH = 17,
    WIRE_BUSY = 18,
    WIRE_DRAINING = 19,
    WIRE_MALFORMED = 32,
    WIRE_TOO_LARGE = 33,
    WIRE_NO_SESSION = 34, /* no HELLO with this gen is known here: the database went back, or was it never said */
};

struct code_row {
    uint16_t number;
    uint8_t class;       /* enum error_class for wire errors, else 0 */
    const char *name;    /* "OUT_OF_SCOPE" */
    const char *english; /* what to do, one line */
    const char *chinese;
};

/* Row by number; for an unknown one a row named "UNKNOWN". Never NULL. */
const struct code_row *quarantine_row(unsigned number);
const struct code_row *wire_error_row(unsigned number);
/* The tables, in order of number. */
const struct code_row *quarantine_rows(size_t *count);
const struct code_row *wire_error_rows(size_t *count);

/* The code for an event that event_decode refused, from its answer and *field. */
enum quarantine_code quarantine_of_decode(enum proto_code code, unsigned field);

static inline const char *quarantine_name(unsigned number) {
    return quarantine_row(number)->name;
}
static inline const char *wire_error_name(unsigned number) {
    return wire_error_row(number)->name;
}

#endif
