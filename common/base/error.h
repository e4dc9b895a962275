/* Errors are values. A function that can fail returns enum error_code (ERROR_OK = 0) and fills the caller's
 * struct error with words a user can act on: where, what, how to mend it. Only main exits. */
#ifndef DUBAN_BASE_ERROR_H
#define DUBAN_BASE_ERROR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "proto/code.h"

enum error_code {
    ERROR_OK = 0,
    ERROR_USAGE, /* the command line or the caller */
    ERROR_INPUT, /* bytes from outside are wrong: remedy is theirs */
    ERROR_NOT_FOUND,
    ERROR_CONFLICT,   /* true, but not now or not twice */
    ERROR_IO,         /* file, disk, pipe: sys_errno is set */
    ERROR_CONNECTION, /* cannot reach it, or it went away: try again */
    ERROR_DATABASE,   /* the database refused: a fault of ours or of the schema */
    ERROR_REFUSED,    /* no permission, wrong key, halted */
    ERROR_MEMORY,
};

enum { ERROR_PLACE_MAX = 256, ERROR_MESSAGE_MAX = 1024 };

struct error {
    enum error_code code;
    int sys_errno;                   /* 0 = none */
    char place[ERROR_PLACE_MAX];     /* "plan.yaml:12:7", "" = none */
    char message[ERROR_MESSAGE_MAX]; /* UTF-8, never cut inside a character */
};

/* Sets code and message and returns the code, for `return error_set(err, ERROR_INPUT, "…")`. err may be NULL. */
__attribute__((format(printf, 3, 4))) enum error_code error_set(struct error *err, enum error_code code,
                                                                const char *format, ...);
/* The same with ": strerror(sys_errno)" behind it. */
__attribute__((format(printf, 4, 5))) enum error_code error_set_errno(struct error *err, enum error_code code,
                                                                      int sys_errno, const char *format, ...);
/* Sets the place ("file:line:column") of an error already set. */
__attribute__((format(printf, 2, 3))) void error_place(struct error *err, const char *format, ...);
enum error_code error_from_proto(struct error *err, enum proto_code code, const char *what);

const char *error_code_name(enum error_code code); /* "input" … */
int error_exit_status(enum error_code code);       /* 0 ok · 1 error · 2 usage · 3 cannot reach */

/* A list of findings: a parser reports all that is wrong, not the first. */
struct finding {
    char place[ERROR_PLACE_MAX];
    bool warning;
    char message[ERROR_MESSAGE_MAX];
};
struct findings {
    struct finding *items;
    size_t count, capacity;
    size_t errors; /* how many are not warnings */
};
__attribute__((format(printf, 4, 5))) void findings_add(struct findings *all, bool warning, const char *place,
                                                        const char *format, ...);
void findings_finish(struct findings *all); /* frees; accepts a zeroed one */

#endif
