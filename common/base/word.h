/* Closed lists of words and their enum values; a table ends with {NULL, 0}. Pure. */
#ifndef DUBAN_BASE_WORD_H
#define DUBAN_BASE_WORD_H

#include <stdbool.h>
#include <stddef.h>

#include "common/base/buffer.h"

struct word {
    const char *text;
    int value;
};

bool word_find(const struct word *words, const char *text, size_t len, int *out);
const char *word_text(const struct word *words, int value);           /* NULL if not in the table */
const char *word_nearest(const struct word *words, const char *text); /* NULL if none is near */
void word_list(const struct word *words, struct buffer *out);         /* "a, b, c" */

#endif
