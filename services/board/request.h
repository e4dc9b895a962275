/* What a browser or anybody else sends, read strictly: the request line, the headers we look at, JSON bodies. Whatever is
 * not understood is refused with its reason, nothing is guessed. Pure; nothing here allocates but the JSON reader. */
#ifndef DUBAN_BOARD_REQUEST_H
#define DUBAN_BOARD_REQUEST_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "proto/event.h"

enum {
    REQUEST_TARGET_MAX = 2048,    /* bytes of path and query as sent */
    REQUEST_PARTS_MAX = 8,        /* of a path */
    REQUEST_PARAMETERS_MAX = 12,  /* of a query */
    REQUEST_BODY_MAX = 64 * 1024, /* bytes */
    REQUEST_BODY_DEPTH = 8,
};

enum request_method { REQUEST_GET, REQUEST_HEAD, REQUEST_POST, REQUEST_DELETE, REQUEST_OTHER };
enum request_method request_method_of(const char *word);

enum request_wrong {
    REQUEST_FINE,
    REQUEST_TOO_LONG,     /* the target, or too many parts or parameters */
    REQUEST_BAD_ENCODING, /* a broken %XX, no UTF-8, a control character */
    REQUEST_BAD_PATH,     /* "..", ".", an empty part, a slash or backslash in disguise */
    REQUEST_REPEATED,     /* one parameter twice */
};

/* The decoded request line. "/" has no parts. */
struct request_line {
    const char *parts[REQUEST_PARTS_MAX];
    size_t part_count;
    struct request_parameter {
        const char *name, *value; /* value "" where there is no '=' */
    } parameters[REQUEST_PARAMETERS_MAX];
    size_t parameter_count;
    char text[REQUEST_TARGET_MAX + 1]; /* what all of these point into */
};
/* target: "/areas/510823?as_of=2021-09-30", as sent. *out is complete only when fine. */
enum request_wrong request_line_read(const char *target, size_t len, struct request_line *out);
/* NULL = not given. */
const char *request_parameter(const struct request_line *line, const char *name);

/* The value of one cookie; false: none of that name, or more than one (a planted second one must not win). Borrowed. */
bool request_cookie(const char *header, const char *name, struct slice *value);
/* If-None-Match: whether the list names this tag (written with its quotes). */
bool request_names_tag(const char *header, const char *tag);
/* Accept-Encoding: gzip, and not by q=0. */
bool request_accepts_gzip(const char *header);
/* "application/json", with or without a charset of UTF-8. */
bool request_is_json(const char *content_type);

/* The one object in the bytes: no duplicate names, no depth beyond REQUEST_BODY_DEPTH, no NUL, nothing behind it. NULL:
 * `why` says what is wrong, in words with a place. The caller owns what is returned. */
enum { REQUEST_WHY_MAX = 160 };
json_t *request_body_read(const char *bytes, size_t len, char why[REQUEST_WHY_MAX]);

#endif
