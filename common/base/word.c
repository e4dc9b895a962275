#include "common/base/word.h"

#include <string.h>

#include "common/base/text.h"

bool word_find(const struct word *words, const char *text, size_t len, int *out) {
    for (const struct word *w = words; w->text; w++) {
        if (strlen(w->text) == len && memcmp(w->text, text, len) == 0) {
            *out = w->value;
            return true;
        }
    }
    return false;
}

const char *word_text(const struct word *words, int value) {
    for (const struct word *w = words; w->text; w++) {
        if (w->value == value) return w->text;
    }
    return NULL;
}

const char *word_nearest(const struct word *words, const char *text) {
    const char *best = NULL;
    size_t least = SIZE_MAX;
    for (const struct word *w = words; w->text; w++) {
        size_t distance = text_distance(text, w->text);
        if (distance < least && text_nearest(text, &w->text, 1)) {
            least = distance;
            best = w->text;
        }
    }
    return best;
}

void word_list(const struct word *words, struct buffer *out) {
    for (const struct word *w = words; w->text; w++)
        buffer_printf(out, "%s%s", w == words ? "" : ", ", w->text);
}
