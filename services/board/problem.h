/* What went wrong, said to a browser or a program: RFC 9457, application/problem+json. One table gives each kind its
 * stable type, its status and its title; the rest is filled in where it happens. Pure. */
#ifndef DUBAN_BOARD_PROBLEM_H
#define DUBAN_BOARD_PROBLEM_H

#include "common/base/buffer.h"
#include "common/base/error.h"

enum problem_kind {
    PROBLEM_NONE,
    /* of the request */
    PROBLEM_BAD_TARGET,        /* encoding, path tricks */
    PROBLEM_TARGET_TOO_LONG,
    PROBLEM_UNKNOWN_PARAMETER,
    PROBLEM_BAD_PARAMETER,
    PROBLEM_BAD_BODY,
    PROBLEM_BODY_TOO_LARGE,
    PROBLEM_NOT_JSON,          /* another content type */
    PROBLEM_BAD_FIELD,         /* of a JSON body */
    PROBLEM_BAD_METHOD,
    PROBLEM_UNKNOWN_RESOURCE,
    PROBLEM_UNKNOWN_AREA,
    PROBLEM_UNKNOWN_TASK,
    PROBLEM_UNKNOWN_TARGET,
    PROBLEM_UNKNOWN_UNIT,
    PROBLEM_UNKNOWN_FILE,
    PROBLEM_UNKNOWN_SUBJECT,   /* of an action */
    /* of who asks */
    PROBLEM_NEEDS_LOGIN,
    PROBLEM_NOT_ALLOWED,
    PROBLEM_CROSS_SITE,        /* Sec-Fetch-Site, Origin */
    PROBLEM_BAD_TOKEN,         /* X-CSRF-Token */
    PROBLEM_FORGED_PROXY,      /* X-Remote-User from an address that is not listed */
    PROBLEM_WRONG_LOGIN,
    PROBLEM_TOO_MANY_LOGINS,
    PROBLEM_NO_ACCOUNTS,
    /* of an action */
    PROBLEM_NO_KEY,            /* Idempotency-Key */
    PROBLEM_KEY_REUSED,
    PROBLEM_ALREADY_DECIDED,
    PROBLEM_NOT_POSSIBLE,      /* true, but not now */
    PROBLEM_NOT_CONFIRMED,     /* the centre did not acknowledge in time */
    /* of the house */
    PROBLEM_BUSY,              /* too much asked at once, or it took too long */
    PROBLEM_DATABASE_AWAY,
    PROBLEM_INTERNAL,
    PROBLEM_KINDS,
};

enum { PROBLEM_FIELD_MAX = 64, PROBLEM_TEXT_MAX = 400, PROBLEM_STATE_MAX = 200 };
struct problem {
    enum problem_kind kind;
    char field[PROBLEM_FIELD_MAX];  /* "" = none */
    char detail[PROBLEM_TEXT_MAX];  /* what, in words */
    char hint[PROBLEM_TEXT_MAX];    /* how to mend it */
    char state[PROBLEM_STATE_MAX];  /* of what was decided already */
    int retry_after_s;              /* 0 = none; else also a header */
};

extern const struct problem_words {
    const char *type; /* "/problems/unknown-area" */
    int status;
    const char *title; /* Chinese */
} problem_words[PROBLEM_KINDS];

/* Sets all of it; field and hint may be NULL. Long texts are cut at a character. */
__attribute__((format(printf, 5, 6))) void problem_set(struct problem *problem, enum problem_kind kind,
                                                       const char *field, const char *hint, const char *detail, ...);
/* What an error of ours is to somebody outside: parameters and unknown things in its words, the rest without them.
 * unknown: the kind of ERROR_NOT_FOUND. */
void problem_of_error(const struct error *err, enum problem_kind unknown, struct problem *out);
void problem_print(const struct problem *problem, struct buffer *out);

#endif
