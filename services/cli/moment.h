/* The two questions of every reading command as they are typed: --as-of and --known-at. Pure. */
#ifndef DUBAN_CLI_MOMENT_H
#define DUBAN_CLI_MOMENT_H

#include "common/report/view.h"

/* Texts may be NULL. A bare day means all committed before its end; --known-at alone sets as_of to its day; --as-of
 * alone leaves known_at at `now`. ERROR_USAGE. */
__attribute__((warn_unused_result)) enum error_code
moment_resolve(const char *as_of, const char *known_at, struct instant now, struct moment *out, struct error *err);
/* "2021-06-30" or an instant, as its first moment. */
bool moment_parse_since(const char *text, struct instant *out);

#endif
