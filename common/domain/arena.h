/* Memory that is freed as a whole: what a plan owns. Failure is sticky: after a failed allocation the texts are "" and
 * the arrays NULL, and one look at arena_failed at the end is enough (callers treat a NULL array as empty). Pure. */
#ifndef DUBAN_DOMAIN_ARENA_H
#define DUBAN_DOMAIN_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

struct arena *arena_create(void); /* NULL when there is no memory */
void arena_destroy(struct arena **arena);
bool arena_failed(const struct arena *arena);

void *arena_array(struct arena *arena, size_t count,
                  size_t size); /* zeroed; NULL when failed; count 0 is one element */
/* A copy, NFC, NUL-terminated. */
const char *arena_text(struct arena *arena, const char *text, size_t len);
const char *arena_copy(struct arena *arena, const char *text); /* NULL stays NULL */

#endif
