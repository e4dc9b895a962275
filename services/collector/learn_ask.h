/* Questions to a person, each with what was seen and what is proposed; or the same answered from a file. Blocks on the
 * person. */
#ifndef DUBAN_COLLECTOR_LEARN_ASK_H
#define DUBAN_COLLECTOR_LEARN_ASK_H

#include <stdio.h>

#include "common/base/yaml.h"
#include "common/domain/arena.h"

enum { LEARN_CHOICES_MAX = 8 };

struct learn_question {
    const char *key;                        /* "columns/value": names it in a file of answers */
    const char *words;                      /* Chinese: what was seen, and what it is taken for */
    const char *proposal;                   /* taken when nothing is typed; "" = there is none */
    const char *choices[LEARN_CHOICES_MAX]; /* numbered from 1; what is typed may be one's number */
    const char *choice_words[LEARN_CHOICES_MAX];
    size_t choice_count;
    /* NULL: any answer fits. Else why the answer does not, in Chinese; NULL when it does. */
    const char *(*objection)(const void *context, const char *answer);
    const void *context;
};

struct learn_asker {
    FILE *in, *out;       /* of the person; in NULL = answers come from the file */
    struct yaml *answers; /* NULL = none */
    struct arena *arena;
    bool failed; /* an answer is missing: it was said which */
};

/* The answer, in the arena: the proposal for an empty one; "" for "-", none. Of a file the key must be there, or
 * `others: accept` for all that are not. A person whose answer does not fit is asked again. */
const char *learn_ask(struct learn_asker *asker, const struct learn_question *question);
/* Adds a choice; the first one is the proposal when there is none. */
void learn_offer(struct learn_question *question, const char *choice, const char *words);

#endif
