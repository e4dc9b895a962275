/* The two questions of every reading command: what was it like on a day (--as-of), as known when (--known-at)
 * (DOMAIN: as-of and known-at). Pure. */
#ifndef DUBAN_CLI_MOMENT_H
#define DUBAN_CLI_MOMENT_H

#include "common/base/clock.h"
#include "common/base/error.h"

struct moment {
    struct day as_of;        /* figures as of it or before; never after the day of known_at */
    struct instant known_at; /* what was committed at it or before */
    bool past;               /* known_at was asked for: what is only known of the present is not shown */
};

/* Texts may be NULL. A bare day means all committed before its end; --known-at alone sets as_of to its day; --as-of
 * alone leaves known_at at `now`. ERROR_USAGE. */
__attribute__((warn_unused_result)) enum error_code
moment_resolve(const char *as_of, const char *known_at, struct instant now, struct moment *out, struct error *err);
/* The first instant that no longer counts: for functions that take "known before". */
static inline struct instant moment_before(const struct moment *moment) {
    return (struct instant){moment->known_at.ms + 1};
}
/* "2021-06-30" or an instant, as its first moment. */
bool moment_parse_since(const char *text, struct instant *out);

#endif
