/* The plan's closed lists of words, for its reader and the catalogue's; and a plan's first breath. */
#ifndef DUBAN_DOMAIN_PLAN_WORDS_H
#define DUBAN_DOMAIN_PLAN_WORDS_H

#include "common/base/word.h"
#include "common/domain/plan.h"

extern const struct word target_kind_words[], comparator_words[], firmness_words[], denominator_words[],
    period_length_words[];
const char *denominator_word(enum denominator_rule rule); /* "declared" */

struct plan *plan_create(void); /* empty, with its arena; NULL when there is no memory */

#endif
